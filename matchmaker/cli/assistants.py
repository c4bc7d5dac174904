"""`matchmaker mcp`: the server that assistants speak with."""

from __future__ import annotations

import click

from matchmaker.cli.output import say, wired
from matchmaker.errors import SettingsError
from matchmaker.messages import message


@click.command()
@click.option("--http", is_flag=True, help="Over HTTP, for everybody with a key.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http: where.")
@click.option("--port", default=8765, show_default=True, help="With --http: at which port.")
@click.option("--url", default="", help="With --http: how it is reached from outside.")
def mcp(http: bool, host: str, port: int, url: str) -> None:
    """Serve assistants by the Model Context Protocol; the key is in MATCHMAKER_KEY."""
    try:
        from matchmaker.api.http.threads import give_way_often
        from matchmaker.assistants.connections import server_of
        from matchmaker.assistants.server import PATH, http_server, reached_at, stdio_server
    except ModuleNotFoundError as error:
        raise SettingsError(
            "Assistants need a package that is not installed: %(name)s.",
            mend="pip install 'matchmaker[assistants]'",
            name=error.name or "mcp",
        ) from None
    services = wired()
    # Until it ends: no store is put in the place of its own meanwhile.
    if not http:
        services.single_assistants_lock.share()
        stdio_server(services).run("stdio")
        return
    services.assistants_lock.acquire()
    address = f"{url.rstrip('/') or f'http://{host}:{port}'}{PATH}"
    say(message("Assistants are served at %(address)s", address=address), error=True)
    application = http_server(services, address).streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, transport_security=reached_at(address),
        host=host,
    )  # fmt: skip
    give_way_often()
    server_of(application, host, port, services.wrong_keys_allowance).run()
