"""`matchmaker recommend`: one question, or many from a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from matchmaker.access import ADMIN
from matchmaker.cli.answers import print_answer
from matchmaker.cli.files import FileToRead
from matchmaker.cli.language import language
from matchmaker.cli.output import SOME_REFUSED, print_json, progress_bars, say, usage_error, wired
from matchmaker.domain import GoalName, Kind, Size, Tier
from matchmaker.errors import InvalidInput
from matchmaker.messages import Message, message, sentences, term
from matchmaker.whole_file import whole_file

if TYPE_CHECKING:
    from matchmaker.recommend.model import Recommendation, Request
    from matchmaker.services.matching.bulk import BulkAnswer, TextQuestion
    from matchmaker.services.operations.refresher import Progress

MAX_LIMIT = 1000


class _Words(click.ParamType[Any]):
    """A term of a closed list, by its name or in the words that people use for it."""

    def __init__(self, members: type[GoalName] | type[Kind] | type[Size] | type[Tier]) -> None:
        self.members = members
        self.name = "|".join(members)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value in list(self.members):
            return self.members(value)
        from matchmaker.ingest.words import member_of

        try:
            return member_of(self.members, value)
        except InvalidInput as error:
            refusal = sentences(*map(self._with_names, (error.message, error.mend)))
            self.fail(refusal.text(language()), param, ctx)

    def _with_names(self, said: Message) -> Message:
        """Every term with the name by which helps, documents and the API call it."""

        def named(value: Any) -> Any:
            if isinstance(value, tuple):
                return tuple(map(named, value))
            if not isinstance(value, self.members):
                return value
            title, name = term(value, language()), str(value)
            is_same = title.replace(" ", "_") == name
            return name if is_same else message("%(title)s (%(name)s)", title=title, name=name)

        return replace(said, parameters={key: named(v) for key, v in said.parameters.items()})

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        del param, ctx
        return f"[{self.name}]"


@click.command()
@click.option("--goal", type=_Words(GoalName), required=True, help="What the partner is for.")
@click.option(
    "--for",
    "organization",
    metavar="ID",
    help="For an organisation of the graph; with --text it is the one that asks.",
)
@click.option("--text", help="For a free text; '-' reads it from standard input.")
@click.option("--need", metavar="ID", help="For a posted need.")
@click.option(
    "--for-file", type=FileToRead(takes_pipes=True), help="For each id of a file, one a line."
)
@click.option(
    "--texts-file",
    type=FileToRead(takes_pipes=True),
    help='For each line {"id": …, "text": …, "organization": …}; the last is optional.',
)
@click.option("--limit", type=click.IntRange(1, MAX_LIMIT), default=10, show_default=True)
@click.option(
    "--only-new/--with-partners",
    default=True,
    show_default=True,
    help="Leave out those who are partners already.",
)
@click.option(
    "--name-partners/--hide-partners",
    "names_partners",
    default=True,
    show_default=True,
    help="Name those that fit and are left out, or only say how many.",
)
@click.option(
    "--exposure-cap/--no-exposure-cap",
    "capped",
    default=True,
    show_default=True,
    help="Make those who are suggested to many others pay for it.",
)
@click.option("--kind", "kinds", type=_Words(Kind), multiple=True)
@click.option("--size", "sizes", type=_Words(Size), multiple=True)
@click.option("--tier", "tiers", type=_Words(Tier), multiple=True)
@click.option("--country", "countries", multiple=True, metavar="NAME", help="Or an ISO code.")
@click.option(
    "--place", "places", multiple=True, metavar="NAME", help="Or a code; with all below it."
)
@click.option(
    "--industry", "industries", multiple=True, metavar="NAME", help="Or a code; with all below it."
)
@click.option("--cluster", "clusters", multiple=True, metavar="NAME", help="Or its id.")
@click.option(
    "--certificate",
    "certificates",
    multiple=True,
    metavar="NAME",
    help="Who holds it today, or one that shows as much.",
)
@click.option("--radius", "radius_km", type=click.FloatRange(0, 20_040, min_open=True), help="km.")
@click.option(
    "--centre",
    type=(click.FloatRange(-90, 90), click.FloatRange(-180, 180)),
    default=None,
    help="Latitude and longitude for --radius; default: the seeker's place.",
)
@click.option("--directly", is_flag=True, help="Without the server that runs on this data folder.")
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Bulk: write lines to a file."
)
def recommend(
    goal: GoalName,
    organization: str | None,
    text: str | None,
    need: str | None,
    for_file: Path | None,
    texts_file: Path | None,
    limit: int,
    only_new: bool,
    names_partners: bool,
    capped: bool,
    directly: bool,
    as_json: bool,
    out: Path | None,
    **filters: Any,
) -> int:
    """Recommend partners, with reasons."""
    sources = [organization if text is None else text, need, for_file, texts_file]
    if sum(value is not None for value in sources) != 1:
        raise usage_error(message("Give one of --for, --text, --need, --for-file, --texts-file."))
    if out is not None and for_file is None and texts_file is None:
        raise usage_error(message("--out goes with --for-file or --texts-file."))
    if for_file is not None:
        matching, request = wired().matching, _request(goal, limit, only_new, capped, filters)
        ids = [line for _, line in _lines(for_file)]
        return _bulk(partial(matching.for_organizations, ADMIN, ids, request), len(ids), out)
    if texts_file is not None:
        matching, request = wired().matching, _request(goal, limit, only_new, capped, filters)
        texts = list(_texts(texts_file))
        return _bulk(lambda _: matching.for_texts(ADMIN, texts, request), len(texts), out)
    fields = {
        "goal": goal,
        "limit": limit,
        "only_new": only_new,
        "names_partners": names_partners,
        "capped": capped,
        "filters": filters,
        "organization": organization,
        "need": need,
        "text": sys.stdin.read() if text == "-" else text,
    }
    page = None if directly else _page_of_server(fields)
    if page is None:
        from matchmaker.api.matching.local import answer_page

        page = answer_page(wired(), fields, language())
    if as_json:
        print_json(page)
    else:
        print_answer(page)
    return 0


def _page_of_server(fields: dict[str, Any]) -> dict[str, Any] | None:
    # Not for `--help`: settings take longer than all of Click.
    from matchmaker.cli.server import answer_of_server
    from matchmaker.settings import read_settings

    return answer_of_server(read_settings(), fields)


def _request(
    goal: GoalName, limit: int, only_new: bool, capped: bool, filters: dict[str, Any]
) -> Request[str]:
    from matchmaker.recommend.model import Filters, Request

    ids = Filters(
        kinds=frozenset(filters["kinds"]),
        sizes=frozenset(filters["sizes"]),
        tiers=frozenset(filters["tiers"]),
        countries=frozenset(filters["countries"]),
        places=frozenset(filters["places"]),
        industries=frozenset(filters["industries"]),
        clusters=frozenset(filters["clusters"]),
        certificates=frozenset(filters["certificates"]),
        radius_km=filters["radius_km"],
        centre=filters["centre"],
    )
    return Request(goal, limit, only_new, ids, capped)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise InvalidInput("is not UTF-8.", where=str(path), mend="Convert it first.") from None
    return ((number, line.strip()) for number, line in enumerate(lines, 1) if line.strip())


def _texts(path: Path) -> Iterator[TextQuestion]:
    from matchmaker.services.matching.bulk import TextQuestion

    for number, line in _lines(path):
        where = message("%(file)s, line %(line)s", file=path, line=number).text(language())
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise InvalidInput("is not JSON.", where=where) from None
        if not isinstance(row, dict):
            raise InvalidInput("is not a JSON object.", where=where)
        yield TextQuestion(
            id=_string(row, "id", where),
            text=_string(row, "text", where),
            organization=_string({"organization": ""} | row, "organization", where),
        )


def _string(row: dict[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise InvalidInput("needs '%(name)s' as a string.", where=where, name=name)
    return value


def _bulk(ask: Callable[[Progress], Iterator[BulkAnswer]], total: int, out: Path | None) -> int:
    failed = 0
    with ExitStack() as stack:
        lines = stack.enter_context(_written(out)) if out else sys.stdout
        report = stack.enter_context(progress_bars())
        report(message("Recommending"), 0, total)
        for done, answer in enumerate(ask(report), 1):
            lines.write(json.dumps(_bulk_line(answer), ensure_ascii=False) + "\n")
            if answer.error is not None:
                failed += 1
                click.echo(f"{answer.seeker}: {answer.error.text(language())}", err=True)
            report(message("Recommending"), done, total)
    if failed:
        refused = message(
            "%(failed)s of %(total)s seekers got no recommendations.", failed=failed, total=total
        )
        say(refused, error=True)
    return SOME_REFUSED if failed else 0


def _bulk_line(answer: BulkAnswer) -> dict[str, Any]:
    line: dict[str, Any] = {
        "seeker": answer.seeker,
        "recommendations": _bulk_rows(answer.recommendations),
    }
    if answer.known:
        line["known_partners"] = _bulk_rows(answer.known)
    if answer.nearby:
        line["nearby"] = _bulk_rows(answer.nearby)
    return line if answer.error is None else line | {"error": str(answer.error)}


def _bulk_rows(recommendations: Iterable[Recommendation]) -> list[dict[str, Any]]:
    return [
        {"id": candidate.id, "name": candidate.name, "score": round(candidate.score, 6)}
        for candidate in recommendations
    ]


@contextmanager
def _written(path: Path) -> Iterator[IO[str]]:
    with whole_file(path) as unfinished, unfinished.open("w", encoding="utf-8") as file:
        yield file
