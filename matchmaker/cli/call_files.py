"""`matchmaker call files`: files beside calls and answers, from a terminal."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from matchmaker.cli.files import FileToRead
from matchmaker.cli.output import AS_OPTION, acting_principal, say, wired
from matchmaker.messages import message
from matchmaker.whole_file import whole_file

_FILE = FileToRead()
_ANSWER = click.option("--answer", default="", help="Of your organisation's answer: its id.")


@click.group("files")
def call_files() -> None:
    """Files beside a call, for all who read it, and beside your own answer."""


@call_files.command("list")
@click.argument("id")
@AS_OPTION
def list_files(id: str, email: str | None) -> None:
    """The files of the call ID and of its answers that you may read."""
    services = wired()
    for each in services.call_files.listed(acting_principal(services, email), id):
        file = each.attachment
        click.echo(f"{file.id}  {file.size:,}  {each.organization or '-'}  {file.name}")


@call_files.command("add")
@click.argument("id")
@click.argument("paths", nargs=-1, required=True, type=_FILE, metavar="PATH…")
@_ANSWER
@AS_OPTION
def add_files(id: str, paths: tuple[Path, ...], answer: str, email: str | None) -> None:
    """Put files beside the call ID; all invited are told. With --answer beside your answer."""
    services = wired()
    principal = acting_principal(services, email)
    with ExitStack() as opened:
        sent = [(path.name, opened.enter_context(path.open("rb"))) for path in paths]
        if answer:
            services.call_files.attach_to_answer(principal, id, answer, sent)
        else:
            services.call_files.attach_to_call(principal, id, sent)
    say(message("Files added: %(count)s", count=len(paths)))


@call_files.command("get")
@click.argument("id")
@click.argument("file")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@AS_OPTION
def get_file(id: str, file: str, out: Path | None, email: str | None) -> None:
    """Write the FILE (its id) of the call ID, under its own name where no --out is given."""
    services = wired()
    attachment, content = services.call_files.read(acting_principal(services, email), id, file)
    target = out or Path(attachment.name)
    with content, whole_file(target) as unfinished:
        unfinished.write_bytes(content.read())
    say(message("Written: %(path)s", path=target))


@call_files.command("remove")
@click.argument("id")
@click.argument("file")
@_ANSWER
@AS_OPTION
def remove_file(id: str, file: str, answer: str, email: str | None) -> None:
    """Take the FILE (its id) of the call ID away; all invited are told where it is the call's."""
    services = wired()
    services.call_files.detach(acting_principal(services, email), id, file, answer)
    say(message("The file is gone."))
