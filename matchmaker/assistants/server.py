"""The server of the Model Context Protocol: over standard input and output, and over HTTP.

Over HTTP it is a resource server of OAuth 2 (RFC 9728): where a token is missing the answer
says where its metadata are. The tokens are keys of accounts.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import AnyHttpUrl

from matchmaker.access import Principal
from matchmaker.assistants.tools import TOOLS, AssistantTools, Fields
from matchmaker.errors import MatchmakerError, SignInNeeded
from matchmaker.messages import SOURCE, message
from matchmaker.services.people.api_keys import ApiKeys
from matchmaker.wiring import Wiring

# The variable that holds the key where standard input and output are the connection.
KEY = "MATCHMAKER_KEY"
PATH = "/mcp"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# Parameters of a tool that no assistant gives.
_SERVER_PARAMETERS = frozenset({"self", "principal"})
_INSTRUCTIONS = (
    "Matchmaker recommends partners to firms of industrial clusters and says why. Begin with "
    "who_am_i. You may search, ask for recommendations with reasons, read figures and needs, and "
    "draft; whatever binds somebody the person does on the page whose address a draft returns. "
    "Give those addresses to the person as they are."
)


def stdio_server(services: Wiring) -> MCPServer[Any]:
    """For one person, whose key is in the environment. Raises SignInNeeded without a right one."""

    def principal() -> Principal:
        return _principal(services.api_keys, os.environ.get(KEY, ""))

    principal()  # a wrong key is said at once, not at the first question
    return _server(services, principal)


def http_server(services: Wiring, address: str) -> MCPServer[Any]:
    """For everybody with a key; `address` is where the protocol is reached."""

    def principal() -> Principal:
        token = get_access_token()
        return _principal(services.api_keys, token.token if token else "")

    settings = services.settings
    auth = AuthSettings(
        issuer_url=AnyHttpUrl(settings.oidc_issuer or settings.base_url),
        resource_server_url=AnyHttpUrl(address),
        validate_token_resource=False,  # keys are ours alone
    )
    return _server(services, principal, auth=auth, verifier=KeyVerifier(services.api_keys))


def reached_at(address: str) -> TransportSecuritySettings:
    """Only requests for `address` or this machine; a page elsewhere gets none by its own name."""
    parts = urlsplit(address)
    return TransportSecuritySettings(
        allowed_hosts=[parts.netloc, *(f"{name}:*" for name in _LOOPBACK)],
        allowed_origins=[
            f"{parts.scheme}://{parts.netloc}", *(f"http://{name}:*" for name in _LOOPBACK)
        ],
    )  # fmt: skip


class KeyVerifier:
    """Bearer tokens that are keys of accounts."""

    def __init__(self, api_keys: ApiKeys) -> None:
        self._api_keys = api_keys

    async def verify_token(self, token: str) -> AccessToken | None:
        """Whose key it is; None for one that is wrong or was revoked."""
        principal = self._api_keys.principal_of(token)
        if principal is None:
            return None
        scopes = ["read", "write"] if principal.writes else ["read"]
        return AccessToken(token=token, client_id=principal.subject, scopes=scopes)


def _principal(api_keys: ApiKeys, key: str) -> Principal:
    """Read anew at each call, so that a key that was revoked works no more."""
    principal = api_keys.principal_of(key) if key else None
    if principal is None:
        raise SignInNeeded(
            "The key is not right.",
            mend=message("Make one under 'My account', and set %(name)s to it.", name=KEY),
        )
    return principal


def _server(
    services: Wiring,
    principal: Callable[[], Principal],
    auth: AuthSettings | None = None,
    verifier: KeyVerifier | None = None,
) -> MCPServer[Any]:
    tools = AssistantTools(services)
    server: MCPServer[Any] = MCPServer(
        "matchmaker",
        title="Matchmaker",
        instructions=_INSTRUCTIONS,
        version=version("matchmaker"),
        auth=auth,
        token_verifier=verifier,
        log_level="WARNING",
    )
    for function, effect in TOOLS:
        server.add_tool(
            _offered(tools, function, principal),
            name=function.__name__,
            description=" ".join((function.__doc__ or "").split()),
            annotations=ToolAnnotations(
                read_only_hint=effect == "reads", destructive_hint=False, open_world_hint=False
            ),
            structured_output=True,
        )
    return server


def _offered(
    tools: AssistantTools, method: Callable[..., Fields], principal: Callable[[], Principal]
) -> Callable[..., Fields]:
    """A tool as the protocol calls it: for whoever sends the key, and with a line in the log.

    What is refused is said to the assistant, in the language of the person.
    """
    signature = inspect.signature(method, eval_str=True)
    kept = [each for name, each in signature.parameters.items() if name not in _SERVER_PARAMETERS]

    @functools.wraps(method)
    def called(**arguments: Any) -> Fields:
        try:
            who = principal()
        except SignInNeeded as error:
            raise ToolError(error.text(SOURCE)) from None
        try:
            tools.note(who, method.__name__)
            return method(tools, who, **arguments)
        except MatchmakerError as error:
            raise ToolError(error.text(tools.language(who))) from None

    called.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in kept} | {"return": Fields}
    return called
