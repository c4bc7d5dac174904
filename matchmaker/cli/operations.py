"""Commands for operators: setup, refresh, status, doctor, serve, worker, key."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.access import ADMIN
from matchmaker.cli.imports import load_seed
from matchmaker.cli.language import language
from matchmaker.cli.output import fields_of, print_json, progress_bars, say, wired
from matchmaker.errors import SettingsError
from matchmaker.messages import LANGUAGE_VARIABLE, message, term
from matchmaker.nodes.notes import NodeNote
from matchmaker.system_errors import reason_of

if TYPE_CHECKING:
    from matchmaker.services.operations.health import Nodes, Status
    from matchmaker.settings import Settings
    from matchmaker.wiring import Wiring

UNHEALTHY = 4
_UP_TO_DATE = message("The snapshot is up to date.")


@click.command()
@click.option(
    "--without-samples", is_flag=True,
    help="For real use: places, industries, clusters and universities, no made-up firms.",
)  # fmt: skip
def setup(without_samples: bool) -> None:
    """Get ready to serve: store, sample graph, admin key, snapshot. Loses nothing when repeated."""
    from matchmaker.services.operations.health import require_writable

    services = wired()
    require_writable(services.settings.data_dir)
    _require_free_port(services.settings)
    say(message("Preparing the %(store)s store …", store=services.settings.store_kind))
    services.store.prepare()
    counts = services.store.status().counts
    if counts.get("organizations", 0) == 0:
        if without_samples:
            say(message("The graph is empty: loading places, industries, clusters, universities …"))
        else:
            say(message("The graph is empty: loading the sample graph from seed/ …"))
        load_seed(services, None, samples=not without_samples)
    admin_key = services.operator_key.make()
    services.operator_key.signing_secret()  # while there is room on the disk for it
    if admin_key is not None:
        say(message("Admin key, shown this once: %(key)s", key=admin_key))
        say(message("Keep it: writing needs 'Authorization: Bearer KEY'."))
    if services.refresher.is_needed():
        _refresh(services)
    else:
        say(_UP_TO_DATE)
    services.store.close()


@click.command()
@click.option("--if-needed", is_flag=True, help="Only when the graph has changed since the last.")
@click.option("--whole", is_flag=True, help="From the whole graph, not from what changed.")
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def refresh(if_needed: bool, whole: bool, as_json: bool) -> None:
    """Embed what is new and build a snapshot of the graph."""
    services = wired()
    if if_needed and not services.refresher.is_needed():
        say(_UP_TO_DATE, error=True)
        return
    _refresh(services, quiet=as_json, whole=whole)
    if as_json:
        meta = services.reader.current().meta
        print_json({"version": meta.version, "as_of": meta.as_of, "counts": dict(meta.counts)})


def _refresh(services: Wiring, *, quiet: bool = False, whole: bool = False) -> None:
    from matchmaker.ingest.columns import table_name

    with progress_bars() as progress:
        refreshed = services.refresher.refresh(ADMIN, progress, whole=whole)
    meta = refreshed.meta
    if not quiet:
        counts = [
            message("%(count)s %(table)s", count=f"{count:,}", table=table_name(name))
            for name, count in meta.counts.items()
            if count
        ]
        say(
            message(
                "Snapshot %(version)s of %(day)s: %(counts)s.",
                version=meta.version,
                day=meta.as_of,
                counts=counts,
            )
        )
        if refreshed.whole_because is None:
            say(message("Made of the last one and what changed since."))
        else:
            reason = refreshed.whole_because
            say(message("Made from the whole graph: %(reason)s", reason=reason))
        if not services.rankers.current().models and services.learning.goals():
            say(message("There is a history to learn from: `matchmaker train`."))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def status(as_json: bool) -> None:
    """Show what is in the graph, and how fresh the snapshot is."""
    from dataclasses import asdict

    from matchmaker.ingest.columns import table_name

    services = wired()
    state, nodes = services.health.status(), services.health.nodes(ADMIN)
    damaged = services.health.counts_begun_anew()
    waiting = services.job_queue.waiting(ADMIN)
    if as_json:
        told = [{"id": job.id, "kind": job.kind, "waits_for": job.waits_for} for job in waiting]
        at = damaged.isoformat() if damaged else None
        more = {"waiting_jobs": told, "counts_begun_anew": at}
        print_json(asdict(state) | ({"nodes": asdict(nodes)} if nodes else {}) | more)
        return
    say(
        message(
            "Store:    %(store)s, schema %(schema)s, version %(version)s",
            store=state.store,
            schema=state.schema_version,
            version=state.store_version,
        )
    )
    for name, count in state.counts.items():
        click.echo(f"          {count:>9,} {table_name(name).text(language())}")
    _show_snapshot(state)
    started = state.jobs.started
    say(
        message("Jobs:     worked off since %(time)s", time=started.isoformat(" ", "seconds"))
        if started
        else message("Jobs:     no worker is running: `matchmaker serve` or `matchmaker worker`")
    )
    for job in waiting:
        say(
            message(
                "          %(kind)s asked for at %(time)s: %(reason)s",
                kind=term(job.kind, language()),
                time=job.requested_at.isoformat(" ", "seconds"),
                reason=job.waits_for,
            )
        )
    if damaged is not None:
        at = damaged.isoformat(" ", "seconds")
        say(message("Counts:   of attempts were damaged, and begun anew at %(time)s", time=at))
    if nodes is not None:
        _show_nodes(nodes)


def _show_snapshot(state: Status) -> None:
    snapshot = state.snapshot
    if snapshot is None:
        say(message("Snapshot: none that can be read. Run `matchmaker refresh`."))
        return
    parameters = {"version": snapshot.version, "day": snapshot.as_of}
    say(
        message("Snapshot: version %(version)s of %(day)s", **parameters)
        if snapshot.version == state.store_version
        else message("Snapshot: version %(version)s of %(day)s, older than the store", **parameters)
    )
    say(message("Model:    %(model)s", model=state.model or message("none")))


_NOTES = {
    NodeNote.WAITS: message("no snapshot was published yet"),
    NodeNote.OTHER_PROGRAM: message(
        "keeps its last snapshot: the newest is of another program; upgrade this node"
    ),
    NodeNote.UNREACHABLE: message(
        "keeps its last snapshot: the place of snapshots does not answer"
    ),
    NodeNote.DAMAGED: message("keeps its last snapshot: what was fetched is damaged"),
    NodeNote.NO_ROOM: message("keeps its last snapshot: its data folder cannot be written"),
}


def _show_nodes(nodes: Nodes) -> None:
    say(message("Nodes:    snapshot %(version)s is the newest", version=nodes.published))
    for node in nodes.nodes:
        remarks = []
        if node.is_elected:
            remarks.append(message("works off the jobs of all nodes"))
        if node.generation < nodes.newest_generation:
            remarks.append(message("its program is older than another node's"))
        if node.note in _NOTES:
            remarks.append(_NOTES[node.note])
        say(
            message(
                "          %(name)s (program %(program)s): snapshot %(snapshot)s there, "
                "answers from %(served)s",
                name=node.name,
                program=node.program,
                snapshot=node.snapshot or message("none"),
                served=node.served or message("none"),
            )
        )
        for remark in remarks:
            click.echo(f"            {remark.text(language())}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def doctor(as_json: bool) -> int:
    """Check settings, data folder, store, model and snapshot, and say how to mend each."""
    checks = wired().health.checks(ADMIN)
    if as_json:
        print_json([fields_of(check) for check in checks])
    else:
        for check in checks:
            mark = click.style("ok  ", fg="green") if check.ok else click.style("FAIL", fg="red")
            name, detail, mend = (
                text.text(language()) for text in (check.name, check.detail, check.mend)
            )
            click.echo(f"{mark} {name}: {detail}")
            if mend:
                click.echo(f"     {mend}")
    return 0 if all(check.ok for check in checks) else UNHEALTHY


@click.command()
def serve() -> None:
    """Serve the API with gunicorn, until Ctrl-C."""
    services = wired()
    # The server takes it itself: this tells at once who is in the way.
    services.server_lock.acquire()
    services.server_lock.release()
    _require_free_port(services.settings)
    configuration = Path(__file__).parents[2] / "gunicorn.conf.py"
    if not configuration.exists():
        raise SettingsError(
            "%(configuration)s is missing.",
            mend="Serve from the project's own folder: `make run`.",
            configuration=configuration,
        )
    _become("matchmaker.serving")


@click.command()
def worker() -> None:
    """Run background jobs: keep the snapshot up to date. `serve` starts one itself."""
    wired()  # finishes a restore that was not
    _become("matchmaker.jobs")


def _become(module: str) -> None:
    """Run a module in the place of this process; what it prints is in the same language."""
    sys.stdout.flush()
    environment = os.environ | {LANGUAGE_VARIABLE: language()}
    os.execve(sys.executable, [sys.executable, "-m", module], environment)  # noqa: S606


@click.command()
@click.option("--renew", is_flag=True, help="Make a new admin key; the old one stops working.")
def key(renew: bool) -> None:
    """Make the admin key, and show it this once."""
    operator_key = wired().operator_key
    admin_key = operator_key.renew() if renew else operator_key.make()
    if admin_key is None:
        say(message("There is a key already; only its hash is kept. `--renew` makes a new one."))
    else:
        click.echo(admin_key)


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
            "Cannot listen on %(host)s:%(port)s: %(reason)s.",
            mend="Choose another, as in `make run PORT=8001` or MATCHMAKER_PORT=8001.",
            host=settings.host,
            port=settings.port,
            reason=reason_of(error),
        ) from None
