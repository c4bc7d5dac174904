"use strict";
// Passkeys: asks the browser for one, and sends what it answers. Without scripts there are none.
const bytesOf = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const textOf = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function send(path, body) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  const token = document.querySelector("meta[name=csrf-token]");
  if (token) headers["X-CSRF-Token"] = token.content;
  const answer = await fetch(`/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const content = await answer.json();
  if (!answer.ok) {
    const parts = (content.errors || []).map((error) => error.message);
    throw new Error([content.detail, ...parts].filter(Boolean).join(" ") || content.title);
  }
  return content;
}

const known = (list) => (list || []).map((each) => ({ ...each, id: bytesOf(each.id) }));

async function make(form) {
  const fields = new FormData(form);
  const { public_key: options } = await send(
    "account/passkeys/options", { password: fields.get("password") || "" });
  const made = await navigator.credentials.create({ publicKey: {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  } });
  await send("account/passkeys", { name: fields.get("name"), credential: {
    id: made.id, rawId: textOf(made.rawId), type: made.type,
    response: {
      clientDataJSON: textOf(made.response.clientDataJSON),
      attestationObject: textOf(made.response.attestationObject),
    },
  } });
}

async function signIn() {
  const { public_key: options } = await send("session/passkey/options", {});
  const used = await navigator.credentials.get({ publicKey: {
    ...options,
    challenge: bytesOf(options.challenge),
    allowCredentials: known(options.allowCredentials),
  } });
  const { response } = used;
  await send("session/passkey", { credential: {
    id: used.id, rawId: textOf(used.rawId), type: used.type,
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: response.userHandle ? textOf(response.userHandle) : null,
    },
  } });
}

async function attempt(place, work) {
  const problem = document.querySelector("[data-passkey-problem]");
  problem.hidden = true;
  try {
    await work(place);
    location.assign(place.dataset.next);
  } catch (error) {
    const isStopped = error instanceof DOMException;
    problem.textContent = isStopped ? problem.dataset.cancelled : error.message;
    problem.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const place of document.querySelectorAll("[data-passkey]")) {
    place.hidden = false;
    if (place.dataset.passkey === "make") {
      place.addEventListener("submit", (event) => { event.preventDefault(); attempt(place, make); });
    } else {
      place.addEventListener("click", () => attempt(place, signIn));
    }
  }
}
