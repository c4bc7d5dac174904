"""`matchmaker call`: calls and answers as files, as the pages and the API give and take them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from matchmaker.cli.exports import OUT, OUT_OPTION, format_of, format_option, write_out
from matchmaker.cli.language import language
from matchmaker.cli.output import AS_OPTION, acting_principal, print_json, say, wired
from matchmaker.errors import InvalidInput
from matchmaker.exports.tables import ExportFormat
from matchmaker.messages import Message, message, term

if TYPE_CHECKING:
    from pydantic import BaseModel

    from matchmaker.services.cooperation.call_shapes import CallForm
    from matchmaker.workflow.call_answer import Bid

    Shape = TypeVar("Shape", bound=BaseModel)

MAX_BYTES = 1_000_000
_FORMATS = [ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.JSON]
_ORGANIZATION = click.option("--organization", required=True, help="Id of your organisation.")
_FILE = click.argument("file", type=click.File("rb"))


@click.command("open-file")
@_FILE
@AS_OPTION
def open_file(file: Any, email: str | None) -> None:
    """Open the call that FILE (JSON, - reads standard input) describes, as the API takes it."""
    from matchmaker.api.cooperation.call_requests import NewCall

    services = wired()
    described = _read(NewCall, file)
    principal = acting_principal(services, email)
    view = services.call_opening.open(principal, described.to_content(), described.invited)
    click.echo(view.brief.id)


@click.command("comparison")
@click.argument("id")
@format_option(_FORMATS)
@OUT_OPTION
@AS_OPTION
def comparison(id: str, chosen: str | None, out: Path | None, email: str | None) -> None:
    """The answers to the call ID side by side, as the page and the API give them."""
    from matchmaker.exports.files import write_export
    from matchmaker.services.cooperation.call_export import comparison_export

    services = wired()
    view = services.calls.show(acting_principal(services, email), id)
    form = format_of(chosen, out, _FORMATS)
    write_out(write_export(comparison_export(view), form, language(), ""), out)


@click.command("form")
@click.argument("id")
@_ORGANIZATION
@click.option("--out", type=OUT, help="Write your answer to a file, to be sent by `call answer`.")
@AS_OPTION
def form(id: str, organization: str, out: Path | None, email: str | None) -> None:
    """Show what the call ID asks, and what your organisation has answered so far."""
    services = wired()
    shown = services.call_answers.form(acting_principal(services, email), id, organization)
    answer = _answer(shown)
    _show(shown, error=True)
    if out is None:
        return print_json(answer)
    text = json.dumps(answer, ensure_ascii=False, indent=2, default=str)
    write_out(f"{text}\n".encode(), out)
    return None


@click.command("answer")
@click.argument("id")
@_FILE
@click.option("--draft", is_flag=True, help="Keep it without sending it.")
@AS_OPTION
def answer(id: str, file: Any, draft: bool, email: str | None) -> None:
    """Answer the call ID with FILE (JSON, - reads standard input), as `call form` writes it.

    The answer before is replaced.
    """
    from matchmaker.api.cooperation.call_requests import BidBody

    services = wired()
    body, principal = _read(BidBody, file), acting_principal(services, email)
    answers = services.call_answers
    act = answers.save_draft if draft or body.draft else answers.submit
    _show(act(principal, id, body.organization, body.to_bid()))


@click.command("withdraw")
@click.argument("id")
@_ORGANIZATION
@AS_OPTION
def withdraw(id: str, organization: str, email: str | None) -> None:
    """Take the answer to the call ID back; nothing of it stays."""
    services = wired()
    services.call_answers.withdraw(acting_principal(services, email), id, organization)
    say(message("Nothing of it is left."))


def _read(shape: type[Shape], file: Any) -> Shape:
    """Read what a file describes. Raises InvalidInput, with the field."""
    from pydantic import ValidationError

    from matchmaker.validation import field_fault

    name = getattr(file, "name", "")
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidInput("is larger than %(limit)s bytes.", where=name, limit=MAX_BYTES)
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise InvalidInput(field_fault(fault), where=where or name) from None


def _answer(form: CallForm) -> dict[str, Any]:
    """One's own answer in the fields that the API and `call answer` take."""
    bid: Bid | None = form.draft or form.bid
    fields = ("price", "currency", "unit", "lead_time_days", "minimum_quantity", "capacity",
              "text", "valid_until")  # fmt: skip
    said = {name: getattr(bid, name) for name in fields} if bid else {}
    met = [{"requirement": key, "met": met} for key, met in bid.met] if bid else []
    return {"organization": form.organization.id, **said, "met": met}


def _show(form: CallForm, *, error: bool = False) -> None:
    brief = form.brief

    def line(text: str | Message) -> None:
        click.echo(text.text(language()) if isinstance(text, Message) else text, err=error)

    state = term(form.state, language())
    line(f"{brief.id}  {term(brief.phase, language())}  {brief.deadline}  {state}  {brief.title}")
    for each in brief.requirements:
        line(f"  {each.key}  {each.words}")
    if brief.asked:
        names = ", ".join(term(each, language()) for each in brief.asked)
        line(message("  must be stated: %(names)s", names=names))
