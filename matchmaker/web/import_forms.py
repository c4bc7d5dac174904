"""The form of the import page: what a person chose, as it was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import IO, Any

from werkzeug.datastructures import FileStorage, MultiDict

from matchmaker.errors import InvalidInput
from matchmaker.ingest.columns import Column
from matchmaker.ingest.list_formats import FORMATS
from matchmaker.ingest.offerings import titled
from matchmaker.ingest.pair_decisions import PairDecision
from matchmaker.ingest.table_file import FileOptions
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations.import_preview import choices_of
from matchmaker.web.layout import whole_number

Form = MultiDict[str, str]
# Columns for which one word may stand in all rows whose cell is empty.
DEFAULTED = frozenset(
    {
        "kind",
        "country",
        "place",
        "industry",
        "currency",
        "supplier",
        "buyer",
        "lead",
        "owner",
        "body",
        "holder",
    }
)
_SAYS = {"same": True, "apart": False}
_DAY_FIRST = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class DefaultField:
    """A column that may have one word for all empty cells; `choices` where it is a closed list."""

    column: Column
    choices: tuple[str, ...]


def default_fields(format: str) -> tuple[DefaultField, ...]:
    """The columns of a format that may have a default."""
    return tuple(
        DefaultField(column, choices_of(format, column.name))
        for column in FORMATS[format].columns
        if column.name in DEFAULTED
    )


def sent_list(sent: FileStorage | None, pasted: str, *, is_own: object) -> tuple[str, IO[bytes]]:
    """The name and the bytes of a list that was sent: a file, else what was pasted.

    Raises InvalidInput where there is neither.
    """
    if sent is not None and sent.filename:
        return sent.filename, sent.stream
    if not pasted.strip():
        raise InvalidInput("is missing.", where="file", mend="Choose one, or paste its lines.")
    text = titled(pasted) if is_own else pasted
    return "pasted.txt", BytesIO(text.encode("utf-8-sig"))


def chosen_options(form: Form, before: TableOptions) -> TableOptions:
    """Options of reading a file that a form holds; what it does not hold stays as it was."""
    edits = {} if form.get("forget_edits") else _edits(form, before.edits)
    return replace(
        before,
        table=form.get("table", before.table),
        source=form.get("source", before.source).strip()[:32],
        file=_file(form, before.file),
        mapping=dict(zip(form.getlist("cell"), form.getlist("column"), strict=False)),
        defaults=_defaults(form, before.defaults),
        values=_values(form, before.values),
        edits=edits,
        decimal=form.get("decimal", before.decimal),
        day_first=_DAY_FIRST.get(form.get("day_first", "")),
        decisions=_decisions(form, before.decisions),
    )


def chosen_sheets(
    form: Form, first: TableOptions, before: Sequence[TableOptions]
) -> tuple[TableOptions, tuple[TableOptions, ...] | None]:
    """How the first of the ticked sheets is read, and how the others, None where none can be
    ticked.

    `first` is what the form says of the sheet that it shows first, `before` how further ones were
    read: what is said of each begins with its place.
    """
    if "was_sheets" not in form:
        return first, None
    shown = form["was_sheets"]
    read = {shown: replace(first, file=replace(first.file, sheet=shown))}
    for place, options in enumerate(before, 1):
        read[options.file.sheet] = chosen_options(_of_sheet(form, f"s{place}."), options)
    unread = replace(first, mapping={}, values={}, edits={}, defaults={})
    chosen = [
        read.get(name) or replace(unread, file=FileOptions(sheet=name))
        for name in dict.fromkeys(form.getlist("sheets") or [shown])
    ]
    return chosen[0], tuple(chosen[1:])


def _of_sheet(form: Form, prefix: str) -> Form:
    """What a form says of one of several sheets, as it says it of one alone."""
    names = (name for name in form if name.startswith(prefix))
    return MultiDict(
        (name.removeprefix(prefix), value) for name in names for value in form.getlist(name)
    )


def _file(form: Form, before: FileOptions) -> FileOptions:
    """What was judged stays judged, unless it was changed."""

    def is_changed(name: str) -> bool:
        return name in form and form[name] != form.get(f"was_{name}", "")

    changes: dict[str, Any] = {
        name: form[name] for name in ("sheet", "encoding") if is_changed(name)
    }
    if is_changed("header_line") and form["header_line"].strip():
        changes["header_line"] = whole_number(form["header_line"], "header_line")
    elif "sheet" in changes or "encoding" in changes:
        changes["header_line"] = 0
    return replace(before, **changes)


def _defaults(form: Form, before: Mapping[str, str]) -> dict[str, str]:
    sent = {
        name.removeprefix("default."): value.strip()[:200]
        for name, value in form.items()
        if name.startswith("default.")
    }
    return {name: value for name, value in (dict(before) | sent).items() if value}


def _values(form: Form, before: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    values = {column: dict(words) for column, words in before.items()}
    rows = (form.getlist(f"word_{part}") for part in ("column", "cell", "means"))
    for column, cell, means in zip(*rows, strict=False):
        words = values.setdefault(column, {})
        if means.strip():
            words[cell] = means.strip()
        else:
            words.pop(cell, None)
    return {column: words for column, words in values.items() if words}


def _edits(form: Form, before: Mapping[int, Mapping[str, str]]) -> dict[int, dict[str, str]]:
    edits = {line: dict(cells) for line, cells in before.items()}
    rows = (form.getlist(f"edit_{part}") for part in ("line", "title", "was", "cell"))
    for line, title, was, cell in zip(*rows, strict=False):
        if cell.strip() != was.strip():
            edits.setdefault(whole_number(line, "edit_line"), {})[title] = cell.strip()
    return edits


def _decisions(form: Form, before: Sequence[PairDecision]) -> tuple[PairDecision, ...]:
    """What is said of the pairs that the form shows; of others what was said stays."""
    decisions = {each.key: each for each in before}
    rows = (form.getlist(f"pair_{part}") for part in ("first", "second", "says"))
    for first, second, says in zip(*rows, strict=False):
        said = PairDecision(first, second, _SAYS.get(says, False))
        decisions.pop(said.key, None)
        if says in _SAYS:
            decisions[said.key] = said
    return tuple(decisions.values())
