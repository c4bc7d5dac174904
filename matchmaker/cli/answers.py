"""An answer for reading: who fits, why, and what speaks against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matchmaker.cli.language import language
from matchmaker.cli.output import obeyed_by_none, say
from matchmaker.messages import message, plural
from matchmaker.vocabulary import NOT_OF_THE_CANDIDATE

if TYPE_CHECKING:
    from rich.console import Console

REASONS = 3


def print_answer(page: dict[str, Any]) -> None:
    """Print a page of recommendations, as the API gives it."""
    from rich.console import Console

    console = Console(soft_wrap=True)
    if page["partners"]:
        console.print(page["partners"], markup=False)
        for partner in page["known_partners"]:
            _print_name(console, "  · ", partner, partner["id"])
            _print_evidence(console, partner["evidence"][:1])
        if page["known_partners"] and (further := page["further_known_partners"]):
            say(
                plural(
                    "One more that you already work with may fit.",
                    "%(count)s more that you already work with may fit.",
                    further,
                )
            )
        say(message("`--with-partners` puts them into the list."), dim=True)
    if page.get("named"):
        console.print(page["naming"], markup=False)
    for named in page.get("named", ()):
        _print_name(console, "  · ", named, named["id"])
    for notice in page["notices"]:
        console.print(obeyed_by_none(notice), markup=False)  # may hold words of the question
    if page["text"]:
        console.print(page["text"], markup=False)
    elif not (page["recommendations"] or page["programmes"]):
        say(message("No candidate fits. Try fewer filters, or --with-partners."))
    for closest in page["closest"]:
        _print_name(console, "  · ", closest, closest["id"])
        _print_evidence(console, [closest["evidence"]])
    for rank, programme in enumerate(page["programmes"], 1):
        print_programme(console, rank, programme)
    # Who offers them stands with each.
    for rank, candidate in enumerate(() if page["programmes"] else page["recommendations"], 1):
        _print_candidate(console, rank, candidate)
    if page["nearby"]:
        say(message("Near you, but nothing they say mentions it"))
    for rank, candidate in enumerate(page["nearby"], 1):
        _print_candidate(console, rank, candidate)
    fresh = page["snapshot"]
    say(
        message("Snapshot %(version)s of %(day)s.", version=fresh["version"], day=fresh["as_of"]),
        dim=True,
    )
    if fresh["store_version"] is not None and fresh["store_version"] != fresh["version"]:
        say(message("The graph has changed since: `matchmaker refresh`."), fg="yellow")


_SIGNS = {"met": "✓", "unmet": "✗", "unknown": "?"}


def print_programme(console: Console, rank: int, programme: dict[str, Any]) -> None:
    """A programme with its conditions, each with what is on record."""
    console.print(f"{rank:>3}. {programme['title']}", style="bold", markup=False)
    _print_name(console, "     ", programme, programme["id"])
    if programme["deadline"]:
        day = message("until %(day)s", day=programme["deadline"]).text(language())
        console.print(f"     {day}", markup=False)
    for said in filter(None, (programme["amount"], programme["url"])):
        console.print(f"     {said}", markup=False)
    for each in programme["conditions"]:
        value = each["value"]
        if each["condition"] != "further":
            value = message("yours: %(value)s", value=value).text(language())
        sign = _SIGNS[each["verdict"]]
        line = f"     {sign} {each['title']}: {each['asked']} ({value})"
        console.print(line, style="dim", markup=False)


def _print_candidate(console: Console, rank: int, candidate: dict[str, Any]) -> None:
    _print_name(console, f"{rank:>3}. ", candidate, f"{candidate['id']}  {candidate['score']:.3f}")
    reasons = [each for each in candidate["reasons"] if each["feature"] not in NOT_OF_THE_CANDIDATE]
    for reason in reasons[:REASONS]:
        console.print(f"     {reason['text']}", style="dim", markup=False)
    for reason in candidate["against"][:REASONS]:
        text = message("against: %(reason)s", reason=reason["text"]).text(language())
        console.print(f"     {text}", style="dim", markup=False)
    _print_evidence(console, candidate["evidence"][:1])


def _print_name(console: Console, before: str, named: dict[str, Any], about: str) -> None:
    name, english = named["name"], named["name_en"]
    title = f"{name} ({english})" if english and english != name else name
    console.print(f"{before}{title}", style="bold", markup=False, end="")
    console.print(f"  {about}", markup=False)


def _print_evidence(console: Console, pieces: list[dict[str, Any]]) -> None:
    for piece in pieces:
        year = f"{piece['year']}: " if piece["year"] else ""
        console.print(f"     “{year}{_shortened(piece['text'])}”", style="italic", markup=False)


def _shortened(text: str, length: int = 160) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
