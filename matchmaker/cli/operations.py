"""Commands for whoever runs Matchmaker: setup, refresh, status, doctor, serve, worker, key."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.imports import load_seed
from matchmaker.cli.output import print_json, progress_bars, wired
from matchmaker.errors import SettingsError

if TYPE_CHECKING:
    from matchmaker.settings import Settings
    from matchmaker.wiring import Wiring

UNHEALTHY = 4


@click.command()
def setup() -> None:
    """Get ready to serve: store, sample graph, admin key, snapshot. Loses nothing when repeated."""
    from matchmaker.services.operations.health import require_writable

    services = wired()
    require_writable(services.settings.data_dir)
    _require_free_port(services.settings)
    click.echo(f"Preparing the {services.settings.store_kind} store …")
    services.store.prepare()
    counts = services.store.status().counts
    if counts.get("organizations", 0) == 0:
        click.echo("The graph is empty: loading the sample graph from seed/ …")
        load_seed(services, None)
    made = services.operator_key.make()
    if made is not None:
        click.echo(f"Admin key, shown this once: {made}")
        click.echo("Keep it: writing needs 'Authorization: Bearer KEY'.")
    if services.refresher.is_needed():
        _refresh(services)
    else:
        click.echo("The snapshot is up to date.")
    services.store.close()


@click.command()
@click.option("--if-needed", is_flag=True, help="Only when the graph has changed since the last.")
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def refresh(if_needed: bool, as_json: bool) -> None:
    """Embed what is new and build a snapshot of the graph."""
    services = wired()
    if if_needed and not services.refresher.is_needed():
        click.echo("The snapshot is up to date.", err=True)
        return
    _refresh(services, quiet=as_json)
    if as_json:
        meta = services.reader.current().meta
        print_json({"version": meta.version, "as_of": meta.as_of, "counts": dict(meta.counts)})


def _refresh(services: Wiring, *, quiet: bool = False) -> None:
    with progress_bars() as report:
        meta = services.refresher.refresh(report)
    if not quiet:
        counts = ", ".join(f"{count:,} {name}" for name, count in meta.counts.items() if count)
        click.echo(f"Snapshot {meta.version} of {meta.as_of}: {counts}.")
        if not services.rankers.current().models and services.learning.goals():
            click.echo("There is a history to learn from: `matchmaker train`.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def status(as_json: bool) -> None:
    """Show what is in the graph, and how fresh the snapshot is."""
    from dataclasses import asdict

    found = wired().health.status()
    if as_json:
        print_json(asdict(found))
        return
    click.echo(
        f"Store:    {found.store}, schema {found.schema_version}, version {found.store_version}"
    )
    for name, count in found.counts.items():
        click.echo(f"          {count:>9,} {name}")
    if found.snapshot is None:
        click.echo("Snapshot: none that can be read. Run `matchmaker refresh`.")
        return
    behind = "" if found.snapshot.version == found.store_version else ", older than the store"
    click.echo(f"Snapshot: version {found.snapshot.version} of {found.snapshot.as_of}{behind}")
    click.echo(f"Model:    {found.model or 'none'}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def doctor(as_json: bool) -> int:
    """Check settings, data folder, store, model and snapshot, and say how to mend each."""
    from dataclasses import asdict

    checks = wired().health.checks()
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            mark = click.style("ok  ", fg="green") if check.ok else click.style("FAIL", fg="red")
            click.echo(f"{mark} {check.name}: {check.detail}")
            if check.mend:
                click.echo(f"     {check.mend}")
    return 0 if all(check.ok for check in checks) else UNHEALTHY


@click.command()
def serve() -> None:
    """Serve the API with gunicorn, until Ctrl-C."""
    services = wired()
    _require_free_port(services.settings)
    root = Path(__file__).parents[2]
    configuration = root / "gunicorn.conf.py"
    if not configuration.exists():
        raise SettingsError(
            "%(configuration)s is missing.",
            mend="Serve from the project's own folder: `make run`.",
            configuration=configuration,
        )
    sys.stdout.flush()
    arguments = ["-m", "gunicorn", "--config", str(configuration), "wsgi:app"]
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606


@click.command()
def worker() -> None:
    """Work off background jobs: keep the snapshot up to date. `serve` starts one itself."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "matchmaker.jobs"])  # noqa: S606


@click.command()
@click.option("--renew", is_flag=True, help="Make a new admin key; the old one stops working.")
def key(renew: bool) -> None:
    """Make the admin key, and show it this once."""
    operator_key = wired().operator_key
    made = operator_key.renew() if renew else operator_key.make()
    if made is None:
        click.echo("There is a key already; only its hash is kept. `--renew` makes a new one.")
    else:
        click.echo(made)


def _require_free_port(settings: Settings) -> None:
    """Raise SettingsError when somebody else listens on our port, or the host is not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with closing(socket.socket(family, kind, protocol)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise SettingsError(
            "%(host)s:%(port)s cannot be served on: %(strerror)s.",
            mend="Choose another, as in `make run PORT=8001` or MATCHMAKER_PORT=8001.",
            host=settings.host,
            port=settings.port,
            strerror=error.strerror,
        ) from None
