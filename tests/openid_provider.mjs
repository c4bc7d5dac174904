// A real OpenID Connect provider on loopback: node openid_provider.mjs PORT RESOURCE
//
// Who signs in types an address, whatever the password; one that begins with "unverified." is
// an address that the provider does not vouch for. RESOURCE is the address of an API that access
// tokens are made for.
import process from "node:process";
import { errors, Provider } from "oidc-provider";

const [port, resource] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "matchmaker",
      client_secret: "secret",
      redirect_uris: ["http://localhost/auth/callback"],
    },
  ],
  scopes: ["openid", "offline_access", "matchmaker.read", "matchmaker.write"],
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: sub, email_verified: !sub.startsWith("unverified."), name: `Name of ${sub}` }),
  }),
  features: {
    registration: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, indicator) => {
        if (indicator !== resource && indicator !== "https://elsewhere.example/api") throw new errors.InvalidTarget();
        return {
          scope: "matchmaker.read matchmaker.write",
          audience: indicator,
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
        };
      },
    },
  },
  ttl: { Session: 600, Grant: 600, Interaction: 600, IdToken: 600 },
  cookies: { keys: ["of the tests"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log(issuer));
process.on("SIGTERM", () => process.exit(0));
