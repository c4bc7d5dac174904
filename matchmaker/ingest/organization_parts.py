"""Further rows from a line of an organisation: texts, a need, yearly figures, a membership."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from matchmaker.domain import (
    MAX_TEXT,
    Certificate,
    DatePrecision,
    Description,
    GoalName,
    Membership,
    Need,
    NeedState,
    Observation,
    Offer,
    Organization,
    OrganizationStatus,
    certificate_id,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.certificates import certificates_in
from matchmaker.ingest.dates import PartialDate
from matchmaker.ingest.dealings import DEALINGS, named_in
from matchmaker.ingest.facts import digest
from matchmaker.ingest.lent_cells import offers_in
from matchmaker.ingest.names import normal_name
from matchmaker.ingest.need_kinds import NO_PARTNER, needs_of_cells
from matchmaker.ingest.need_sides import SIDES, with_sides
from matchmaker.ingest.numbers import Amount
from matchmaker.ingest.qualifications import CERTIFICATES
from matchmaker.ingest.report import NamedDealing, joined_to
from matchmaker.ingest.table_file import Line
from matchmaker.ingest.table_reader import MEMBERSHIP_DAYS, TableReader
from matchmaker.ingest.table_reading import RowValues
from matchmaker.ingest.title_keys import says_last_year, year_of_title
from matchmaker.messages import message
from matchmaker.regex import regex
from matchmaker.store.merging import (
    OTHER_NAMES,
    as_said_of,
    changed_fields,
    is_blank,
    merged_organization,
    text_of,
)
from matchmaker.text import language_of, normal

HEADCOUNT, NEED, NEED_KIND, NEED_STATE = "headcount", "need", "need_kind", "need_state"
OFFER = "offer"
NEED_QUANTITY, NEED_BUDGET, NEED_DEADLINE = "need_quantity", "need_budget", "need_deadline"
# What goes with a need, and with nothing else.
_OF_NEEDS = (NEED_QUANTITY, NEED_BUDGET, NEED_DEADLINE)
# Figures of an organisation, and how many years ago the one is of whose title names no year.
FIGURES = {
    HEADCOUNT: 0, "revenue": 1, "output": 1, "registered_capital": 0, "rd_expenditure": 1,
    "patents": 0,
}  # fmt: skip
_MONEY = frozenset({"revenue", "output", "registered_capital", "rd_expenditure"})
# Texts about an organisation, and what ends their ids.
TEXTS = {"description": "about", "description_en": "about-en", CERTIFICATES: CERTIFICATES}
# Says which fields of a row nobody stated: worked out, or as they are by default.
WORKED_OUT = "worked_out"
UNSTATED_DEFAULTS: dict[str, Any] = {"listed": True, "status": OrganizationStatus.ACTIVE}
PARTS = (
    *TEXTS, SIDES, OFFER, NEED, NEED_KIND, NEED_STATE, *_OF_NEEDS, *FIGURES, *MEMBERSHIP_DAYS,
    *DEALINGS
)  # fmt: skip


def keep_parts(
    reader: TableReader, line: Line, row: RowValues, organization: str, parts: Mapping[str, Any]
) -> None:
    """Keep the values of the columns PARTS that go with an organisation."""
    if SIDES in reader.titles:
        parts, doubt = with_sides(parts)
        if doubt is not None:
            reader.reading.warn(reader.file.name, row.line, NEED, doubt, is_lost=True)
    if parts.get(NEED_STATE) not in (None, NeedState.OPEN):
        reason = message("is looked for no more, as the line says: not kept.")
        reader.reading.warn(reader.file.name, row.line, NEED, reason, is_lost=True)
        parts = {name: value for name, value in parts.items() if name not in (NEED, *_OF_NEEDS)}
    for name, suffix in TEXTS.items():
        if text := parts.get(name):
            _keep_description(reader, row, organization, (name, suffix, text))
    if held := parts.get(CERTIFICATES):
        _keep_certificates(reader, row, organization, held)
    if lent := parts.get(OFFER):
        _keep_offers(reader, row, organization, line, lent)
    if need := parts.get(NEED):
        goals = parts.get(NEED_KIND) or ()
        needs = [(need, goal) for goal in goals]
        if not goals:
            asker = reader.reading.rows["organizations"][organization].kind
            cells = reader.cells_of(line, NEED)
            needs = [*needs_of_cells(cells, need, asker)]
        terms = _terms(reader, row, parts)
        if isinstance(parts.get(NEED_BUDGET), str):  # a range
            said = (f"{title}: {cell}" for title, cell in reader.cells_of(line, NEED_BUDGET))
            said_too = "".join(f"\n{each}" for each in said)
            needs = [(f"{text}{said_too}", goal) for text, goal in needs]
        is_lost = not any(goal for _, goal in needs)
        for text, goal in needs:
            _keep_need(reader, row, organization, (text, goal, terms), is_lost=is_lost)
    else:
        for name in _OF_NEEDS:
            if parts.get(name) is not None:
                reason = message("is said of a need, and the line names none: not kept.")
                reader.reading.warn(reader.file.name, row.line, name, reason, is_lost=True)
    for indicator, years_ago in FIGURES.items():
        usual = reader.file.year or reader.today.year - years_ago
        for year, figure in _figures(reader, line, indicator, parts.get(indicator)):
            amount = figure if isinstance(figure, Amount) else Amount(figure)
            _keep_figure(reader, row, (organization, indicator, year or usual), amount)
    days = [parts.get(name) for name in MEMBERSHIP_DAYS]
    if any(days):
        _keep_membership(reader, row, organization, *days)
    for name in DEALINGS:
        if cell := parts.get(name):
            _keep_dealings(reader, row, organization, (name, cell))


def _keep_dealings(
    reader: TableReader, row: RowValues, organization: str, named: tuple[str, str]
) -> None:
    """Whom it deals with, by their names, until it is known who they are."""
    column, cell = named
    reading, file = reader.reading, reader.file.name
    if reading.spool is not None:
        if column not in reader.bare:
            reader.bare.add(column)
            reason = message(
                "In a file of this size whom they deal with is not read: import the same file once"
                " more as relations, with this column as the other side."
            )
            reading.problems.append(reader.note(reader.titles[column][0], reason))
        return
    reading.dealings += (
        NamedDealing(organization, column, name, file, row.line, row.provenance)
        for name in named_in(cell)
    )


def _figures(
    reader: TableReader, line: Line, indicator: str, latest: Any
) -> Iterator[tuple[int | None, Any]]:
    """The figures of a line, each with the year that its title names: several where these do."""
    cells = reader.cells_of(line, indicator)
    if len(cells) < 2:
        if latest is not None:
            yield next(filter(None, (_year_of(reader, title) for title, _ in cells)), None), latest
        return
    column = next(each for each in reader.table.columns if each.name == indicator)
    for title, cell in cells:
        # What is wrong with a cell was told when the line was read.
        figure = reader.value_in(line, column, title, cell, [])
        if figure is not None:
            yield _year_of(reader, title), figure


def _year_of(reader: TableReader, title: str) -> int | None:
    """The year of a column's figures as its title says, None where it does not."""
    if says_last_year(title):
        return (reader.file.year or reader.today.year) - 1
    return year_of_title(title)


# With which registers end what a firm may do: it says nothing of what this one does.
_FORMULA = regex(
    r"(?<!\s)\s*[(（]除?依法须经批准的项目[，,外]?[^()（）]{0,120}[)）][。．.；;]?(?=\s*(?:$|一般项目|许可项目))"
)


def _keep_description(
    reader: TableReader, row: RowValues, organization: str, text: tuple[str, str, str]
) -> None:
    column, suffix, content = text
    content = _FORMULA.sub("；", content).rstrip(" ；") or content
    try:
        description = Description(
            f"{organization}#{suffix}", organization, content, language_of(content),
            provenance=row.provenance,
        )  # fmt: skip
    except InvalidInput as error:
        file = reader.file.name
        reader.reading.warn(file, row.line, column, error.message, is_lost=True)
        return
    before = reader.reading.rows["descriptions"].get(description.id)
    if before is None or before.language != description.language:
        _keep_first(reader, row, "descriptions", description, column, "text")
    elif content not in before.text:
        _join_text(reader, row, before, column, content)


def _keep_certificates(reader: TableReader, row: RowValues, organization: str, text: str) -> None:
    """Each certificate that the text names; it stays as it is written, too."""
    reading = reader.reading
    for named in certificates_in(text):
        id = certificate_id(organization, named.kind)
        before = reading.rows["certificates"].get(id)
        if before is not None and before.number != named.number:
            id = certificate_id(organization, named.kind, named.number)
        certificate = Certificate(
            id, organization, named.kind, named.number, until=named.until,
            provenance=row.provenance,
        )  # fmt: skip
        if id not in reading.rows["certificates"]:
            reading.keep("certificates", id, certificate, reader.file.name, row.line)


def _keep_offers(
    reader: TableReader, row: RowValues, organization: str, line: Line, text: str
) -> None:
    """What others may use or have done: each piece of the cells an offer."""
    titles = tuple(title for title, _ in reader.cells_of(line, OFFER))
    offers = reader.reading.rows["offers"]
    for kind, said in offers_in(text, titles):
        id = f"{organization}#{OFFER}-{digest(kind.value, said)}"
        try:
            offer = Offer(
                id, organization, kind, said, language_of(said), provenance=row.provenance
            )
        except InvalidInput as error:
            reader.reading.warn(reader.file.name, row.line, OFFER, error.message, is_lost=True)
            continue
        if id not in offers:
            reader.reading.keep("offers", id, offer, reader.file.name, row.line)


def _terms(reader: TableReader, row: RowValues, parts: Mapping[str, Any]) -> dict[str, Any]:
    """How much is needed, what it may cost and until when, as a need has them."""
    terms = {"quantity": parts.get(NEED_QUANTITY), "deadline": parts.get(NEED_DEADLINE)}
    budget: Amount | str | None = parts.get(NEED_BUDGET)
    if isinstance(budget, Amount) and budget.value < 0:
        reason = message("must not be negative.")
        reader.reading.warn(reader.file.name, row.line, NEED_BUDGET, reason, is_lost=True)
    elif isinstance(budget, Amount):  # a range stands with the words of the need
        terms["budget"] = float(budget.value)
        terms["currency"], difference = budget.in_currency("")
        if difference is not None:
            reader.reading.warn(reader.file.name, row.line, NEED_BUDGET, difference)
    return {name: value for name, value in terms.items() if value is not None}


def _keep_need(
    reader: TableReader,
    row: RowValues,
    organization: str,
    said: tuple[str, str, Mapping[str, Any]],
    *,
    is_lost: bool,
) -> None:
    """What an organisation looks for, told in the list that names it: of several lines each.

    `said` are its text, its goal and its terms. `is_lost`: where the goal is of no
    partner nothing is kept of the text.
    """
    text, goal, terms = said
    if goal == NO_PARTNER:
        reason = message("is looked for of no partner that is found here: not kept.")
        reader.reading.warn(reader.file.name, row.line, NEED, reason, is_lost=is_lost)
        return
    id = f"{organization}#{NEED}"
    needs = reader.reading.rows["needs"]
    if (before := needs.get(id)) is not None and before.text != text:
        id = f"{id}-{digest(text)}"
    if (before := needs.get(id)) is not None and before.goal != goal:
        id = f"{id}-{goal}"
    try:
        need = Need(
            id, organization, GoalName(goal), text, language_of(text), provenance=row.provenance,
            **terms,
        )  # fmt: skip
    except InvalidInput as error:
        reader.reading.warn(reader.file.name, row.line, NEED, error.message, is_lost=True)
        return
    _keep_first(reader, row, "needs", need, NEED, "text")


def _join_text(
    reader: TableReader, row: RowValues, before: Description, column: str, content: str
) -> None:
    """Add what a further line says of the same organisation, where there is room."""
    both = f"{before.text}; {content}"
    if len(both) <= MAX_TEXT:
        reader.reading.rows["descriptions"][before.id] = replace(before, text=both)
    else:
        line = reader.reading.origins["descriptions", before.id][1]
        warn_of_other(reader, row.line, column, before.text, line)


def _keep_first(
    reader: TableReader, row: RowValues, table: str, made: Any, column: str, value: str
) -> None:
    """Keep a row that goes with an organisation; of two lines the first one's."""
    reading = reader.reading
    before = reading.rows[table].get(made.id)
    if before is None:
        reading.keep(table, made.id, made, reader.file.name, row.line)
    elif getattr(before, value) != getattr(made, value):
        line = reading.origins[table, made.id][1]
        warn_of_other(reader, row.line, column, str(getattr(before, value)), line)


def warn_of_other(reader: TableReader, line: int, column: str, kept: str, earlier: int) -> None:
    reason = message("is '%(kept)s' on line %(line)s: that stays.", kept=kept[:100], line=earlier)
    reader.reading.warn(reader.file.name, line, column, reason, is_lost=True)


def join_line(
    reader: TableReader, before: Organization, row: Organization, *, has_own_id: bool, line: int
) -> None:
    """Join a line to an earlier one of the same organisation: blanks are filled, the rest stays.

    Raises InvalidInput where one id has two names.
    """
    reading, file = reader.reading, reader.file.name
    origin = reading.origins["organizations", before.id]
    if has_own_id and normal_name(before.name) != normal_name(row.name):
        raise InvalidInput(
            "%(names)s was already on %(before)s:%(before_2)s.",
            where="id", names=row.id, before=origin[0], before_2=origin[1],
        )  # fmt: skip
    is_other_name = normal(before.name) != normal(row.name)
    said = as_said_of(row, before.id) if is_other_name else row
    joined = merged_organization(before, said, only_blanks=True)
    joined = replace(joined, contact=_both(before.contact, row.contact))
    for name in changed_fields(joined, row):
        if name == "name" and row.name in joined.other_names:
            reason = message("'%(cell)s' is kept as another name of it.", cell=row.name)
            reading.warn(file, line, name, reason)
        elif name == "contact" and row.contact in joined.contact:
            continue
        elif not is_blank(row, name) and name != OTHER_NAMES:  # those of both lines are kept
            warn_of_other(reader, line, name, text_of(joined, name), origin[1])
    reading.rows["organizations"][before.id] = joined
    reading.merged += 1
    reading.warn(file, line, "", joined_to(origin[1]))


def _both(contact: str, other: str) -> str:
    """Who to turn to by two lines: what both say, each once."""
    return "; ".join(each for each in (contact, "" if other in contact else other) if each)


def _keep_figure(
    reader: TableReader, row: RowValues, key: tuple[str, str, int], figure: Amount
) -> None:
    """A figure of an organisation and a year."""
    organization, indicator, year = key
    unit = figure.in_currency("")[0] or figure.currency
    if indicator in _MONEY and not unit and indicator not in reader.bare:
        reader.bare.add(indicator)
        title = next(iter(reader.titles.get(indicator, ())), indicator)
        reason = message(
            "Numbers without a currency are kept as they are written, from line %(line)s on: say"
            " in the title what they are in, such as (k€) or (万元).",
            line=row.line,
        )
        reader.reading.problems.append(reader.note(title, reason))
    try:
        observation = Observation(
            _figure_id(reader.source, organization, indicator, year),
            organization, indicator, year,
            float(figure.value), unit, provenance=row.provenance,
        )  # fmt: skip
    except InvalidInput as error:
        reader.reading.warn(reader.file.name, row.line, indicator, error.message, is_lost=True)
        return
    _keep_first(reader, row, "observations", observation, indicator, "value")


def _figure_id(source: str, organization: str, indicator: str, year: int) -> str:
    """One for each source, so that what two sources say of the same year is kept side by side."""
    prefix, _, key = organization.partition(":")
    own = key if prefix == source else organization
    return f"{source}:{own}#{indicator}-{year}"


def _keep_membership(
    reader: TableReader, row: RowValues, organization: str,
    since: PartialDate | None, until: datetime.date | None,
) -> None:  # fmt: skip
    """Since when it belongs to the cluster that the list is imported for, and until when."""
    reading, cluster = reader.reading, reader.reading.cluster
    if not cluster:
        return  # said once, of the whole file
    key = f"{cluster} {organization}"
    try:
        membership = Membership(
            cluster, organization, since.date if since else None, until,
            row.provenance, since.precision if since else DatePrecision.DAY,
        )  # fmt: skip
    except InvalidInput as error:
        reading.warn(reader.file.name, row.line, "member_until", error.message, is_lost=True)
        return
    if key not in reading.rows["memberships"]:
        reading.keep("memberships", key, membership, reader.file.name, row.line)
