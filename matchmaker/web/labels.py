"""Everything in the reader's language: texts, terms, numbers, dates and times of a page."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, get_timezone_name
from babel.numbers import format_decimal
from flask import Flask, g, session
from jinja2 import pass_context
from jinja2.runtime import Context

from matchmaker.api.http.context import accepted_language
from matchmaker.errors import MatchmakerError
from matchmaker.ingest.codes import CODE_KINDS, CodeKind, HasCodes, invalid_codes
from matchmaker.messages import (
    FIELD,
    SOURCE,
    Message,
    catalogue,
    languages,
    locale_of,
    localised_value,
    message,
    translated,
)
from matchmaker.services.people.demo import shown_name
from matchmaker.terms import TERMS
from matchmaker.text import language_of
from matchmaker.web.field_words import in_words


def language() -> str:
    """By choice, by the account's preference, or by Accept-Language."""
    account = g.get("account")
    preferred = account.preferences.language if account is not None else None
    wanted = (session.get("language"), preferred)
    # A page asks at each of its texts: which languages there are is looked up once for it.
    if "page_language" not in g or g.page_language[0] != wanted:
        g.page_language = wanted, _chosen(wanted)
    return str(g.page_language[1])


def _chosen(wanted: Iterable[str | None]) -> str:
    known = languages()
    chosen = next((each for each in wanted if each in known), None)
    return chosen or accepted_language() or SOURCE


def language_names() -> list[tuple[str, str]]:
    """Every language there is, with its own name for itself."""
    return [(code, locale_of(code).get_display_name(code) or code) for code in languages()]


def gettext(text: str, /, **parameters: Any) -> str:
    """A text of the catalogue with its parameters."""
    return message(text, **parameters).text(language())


def word(value: object) -> str:
    """The name of a term of the field; an unknown one as it is."""
    return translated(TERMS.get(str(value), str(value)), language())


def text_of(value: object) -> str:
    """An error, a message, a list of them, or a text of the catalogue."""
    if isinstance(value, MatchmakerError):
        return value.text(language())
    if isinstance(value, Message | list | tuple):
        return str(localised_value(value, language()))
    return translated(str(value), language())


def field(name: str) -> str:
    """The title of a field, by the columns of our tables."""
    plain, _, rest = name.partition("[")
    plain = plain.rpartition(".")[2]
    label = translated(plain, language(), FIELD)
    if label == plain and name == plain:
        return in_words(name)
    return name if label == plain else label + (f"[{rest}" if rest else "")


def capitalised(text: str) -> str:
    """A text that stands as a title: its first letter is a large one."""
    return text[:1].upper() + text[1:]


def person(name: str) -> str:
    """The name of a person; of a sample one in the reader's language."""
    return shown_name(name, language())


class NotKnown(str):
    """A dash in the place of what is not known; pages say so to who hovers and who listens."""

    __slots__ = ()

    def __html__(self) -> str:
        said = html.escape(gettext("not known"))
        return (
            f'<span class="not-known" title="{said}"><span aria-hidden="true">–</span>'
            f'<span class="unseen">{said}</span></span>'
        )


def not_known() -> NotKnown:
    """A mark for a value that is not known."""
    return NotKnown("–")


def spoken_language(text: str) -> str:
    """The language that a text is in, for who has it read aloud; "" where it is the page's own."""
    spoken = language_of(text)
    return "" if spoken == language() else spoken


def number(value: float | None, digits: int = 2) -> str:
    """A number, rounded; a dash where there is none."""
    return not_known() if value is None else format_decimal(round(value, digits), locale=_locale())


def percent(value: float | None, digits: int = 0) -> str:
    """A share in per cent, rounded; a dash where there is none."""
    if value is None:
        return not_known()
    return f"{format_decimal(round(value * 100, digits), locale=_locale())}%"


def country(code: str) -> str:
    """The name of a country; its code where that is unknown."""
    return str(_locale().territories.get(code, code))


def day(value: date | str | None) -> str:
    """A date, or the text of one; nothing where there is none."""
    shown_day = date.fromisoformat(value) if isinstance(value, str) and value else value
    return format_date(shown_day, locale=_locale()) if isinstance(shown_day, date) else ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC, as an element that the browser turns into the reader's own."""

    at: datetime

    def __str__(self) -> str:
        return f"{format_datetime(self.at, 'short', locale=_locale())} UTC"

    def __html__(self) -> str:
        at = html.escape(self.at.isoformat())
        return f'<time class="moment" datetime="{at}">{html.escape(str(self))}</time>'


def moment(value: datetime | str | None) -> Moment | str:
    """Of a time, or of the text of one."""
    if value is None:
        return ""
    return Moment(datetime.fromisoformat(value) if isinstance(value, str) else value)


def slot(value: datetime, zone: str) -> str:
    """A time on the clocks of a time zone, with its day of the week and the zone."""
    there, locale = ZoneInfo(zone), _locale()
    day_there = format_skeleton("yMMMEd", value, tzinfo=there, locale=locale)
    time = format_datetime(value, "HH:mm", tzinfo=there, locale=locale)
    return f"{day_there} {time} · {zone_name(zone)}"


def zone_name(zone: str) -> str:
    """The name of a time zone."""
    return "UTC" if zone == "UTC" else get_timezone_name(ZoneInfo(zone), locale=_locale())


def file_size(value: int) -> str:
    """Bytes as kB or MB."""
    if value < 1_000_000:
        return f"{format_decimal(max(1, round(value / 1_000)), locale=_locale())} kB"
    return f"{format_decimal(round(value / 1_000_000, 1), locale=_locale())} MB"


# Tokens of a user agent and what people call it, those first that others' agents carry too.
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(agent: str) -> str:
    """Browser and system of a user agent as people call them; of others its first word."""
    named = (
        next((name for token, name in table if token in agent), "")
        for table in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(filter(None, named)) or agent.partition(" ")[0]


def codes(organization: HasCodes) -> list[tuple[CodeKind, str, bool]]:
    """Kind, text and validity of each code that an organisation has."""
    invalid = set(invalid_codes(organization))
    return [
        (kind, text, kind not in invalid)
        for kind in CODE_KINDS
        if (text := getattr(organization, kind))
    ]


def _locale() -> Locale:
    return locale_of(language())


def register(app: Flask) -> None:
    """Put texts and filters on the application's templates."""
    templates = app.jinja_env
    templates.add_extension("jinja2.ext.i18n")
    templates.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: translated(text, language()),
        lambda single, many, count: catalogue(language()).ungettext(single, many, count),
        newstyle=True,
    )
    templates.globals["not_known"] = not_known
    for show in (
        word, text_of, field, number, percent, country, day, moment, slot, zone_name, file_size,
        codes, device_name, capitalised, person, spoken_language,
    ):  # fmt: skip
        templates.filters[show.__name__] = _at_each_showing(show)


def _at_each_showing(show: Callable[..., object]) -> Callable[..., object]:
    """A filter that Jinja never works out while it compiles.

    Of a constant it would else, once for all, in the language of whoever came first.
    """

    @pass_context
    @wraps(show)
    def shown_now(_: Context, *arguments: object, **options: object) -> object:
        return show(*arguments, **options)

    return shown_now
