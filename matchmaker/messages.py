"""Messages to people: a message is an id and its parameters, its words come from a catalogue.

The id is the English text, so code reads as it speaks and English needs no catalogue; every
other language is one file, `translations/LANGUAGE.po`. Errors, reasons, advice, notifications,
figures, columns and jobs carry messages; pages, API, command line, mails and reports give them
their words at the edge, in the reader's language.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.support import NullTranslations, Translations

from matchmaker.compiled import compiled
from matchmaker.terms import TERMS

TRANSLATIONS = Path(__file__).with_name("translations")
SOURCE = "en"
# The language of names; readers of any other one get the Latin name, where there is one.
NAMES = "zh"
# Contexts of texts that are the same in English and not in other languages.
FIELD = "field"
_LIST, _SENTENCES, _LOCATED = "list", "sentences", "located"
# Of a process that prints: the variable of our own, else the locale that counts.
LANGUAGE_VARIABLE = "MATCHMAKER_LANGUAGE"
# Types of parameters that are the same in every language.
_PLAIN = frozenset({str, int, float})
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True, slots=True)
class Message:
    """A text in English with `%(name)s` where a parameter goes.

    With `plural`, that is the text for more than one, chosen by the parameter `count`.
    `context` tells apart what is one word in English and two elsewhere. A parameter may be
    a message itself, a term of the field (any StrEnum), or a sequence, which becomes a list.
    """

    id: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    plural: str = ""
    context: str = ""

    def text(self, language: str) -> str:
        """In a language; what its catalogue lacks is said in English."""
        if self.plural:
            words, count = catalogue(language), self.parameters["count"]
            text = (
                words.unpgettext(self.context, self.id, self.plural, count)
                if self.context
                else words.ungettext(self.id, self.plural, count)
            )
        else:
            text = translated(self.id, language, self.context)
        if not self.parameters:
            return text
        return text % {
            name: value if type(value) in _PLAIN else localised_value(value, language)
            for name, value in self.parameters.items()
        }

    def __str__(self) -> str:
        return self.text(SOURCE)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """In an answer it is its text, in the `language` of the validation's context."""
        from pydantic_core import core_schema

        return core_schema.with_info_before_validator_function(
            lambda value, info: text_of(value, (info.context or {}).get("language", SOURCE)),
            core_schema.str_schema(),
        )


def message(id: str, /, **parameters: Any) -> Message:
    """A message with its parameters."""
    return Message(id, parameters)


def plural(singular: str, many: str, /, count: int, **parameters: Any) -> Message:
    """A message that depends on a number, which is its parameter `count`."""
    return Message(singular, {"count": count, **parameters}, plural=many)


def in_context(context: str, id: str, /, **parameters: Any) -> Message:
    """A message whose English stands for several things."""
    return Message(id, parameters, context=context)


def sentences(*parts: Message | str) -> Message:
    """Sentences one after the other; blank ones are left out."""
    kept = _Sentences(part for part in parts if part and getattr(part, "id", part))
    return Message("%(parts)s", {"parts": kept})


def located(where: str, problem: Message) -> Message:
    """A message of what is wrong, with the field, file or line."""
    return Message(
        "%(where)s: %(what)s",
        {"where": Message(where, context=FIELD), "what": problem},
        context=_LOCATED,
    )


def text_of(value: object, language: str) -> str:
    """A message in a language; anything else as it is."""
    return value.text(language) if isinstance(value, Message) else str(value)


def languages() -> tuple[str, ...]:
    """Every language there is: English, and those with a catalogue."""
    return _languages_in(TRANSLATIONS)


@cache
def _languages_in(folder: Path) -> tuple[str, ...]:
    return (SOURCE, *sorted(path.stem for path in folder.glob("*.po")))


def best_language(wanted: Iterable[str]) -> str | None:
    """The first of the languages wanted (`zh-CN`, `zh_Hans`, `en`) that there is."""
    available = languages()
    for tag in wanted:
        primary = tag.replace("_", "-").split("-")[0].lower()
        if primary in available:
            return primary
    return None


def terminal_language() -> str:
    """The language of what this process prints: as the environment says, else English.

    `MATCHMAKER_LANGUAGE` counts before the locale; `C` is no language.
    """
    values = [os.environ.get(name, "") for name in _LOCALE_VARIABLES]
    locale = next((value.split(".")[0] for value in values if value), "")
    return best_language([os.environ.get(LANGUAGE_VARIABLE, ""), locale]) or SOURCE


def translated(id: str, language: str, context: str = "") -> str:
    """A text without parameters in a language."""
    if not id:  # gettext answers the empty text with the catalogue's header
        return ""
    return _looked_up(catalogue(language), id, context)


# A page says the same few texts hundreds of times.
@lru_cache(maxsize=20_000)
def _looked_up(words: NullTranslations, id: str, context: str) -> str:
    return str(words.upgettext(context, id) if context else words.ugettext(id))


@cache
def catalogue(language: str) -> NullTranslations:
    """The words of a language; English ones where it has no catalogue."""
    path = TRANSLATIONS / f"{language}.po"
    if language not in languages() or not path.exists():
        return NullTranslations()
    return Translations(io.BytesIO(_compiled(path, language)))


def _compiled(path: Path, language: str) -> bytes:
    """A catalogue as gettext reads it.

    Compiling one takes as long as most of what else a process does until it can say something.
    """
    source = path.read_bytes()

    def compile_anew() -> bytes:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        words = io.BytesIO()
        write_mo(words, read_po(io.BytesIO(source), locale=locale_of(language)))
        return words.getvalue()

    return compiled(path.parent, f"{language}.mo", source, compile_anew)


def locale_of(language: str) -> Locale:
    """A language's conventions for dates, numbers and plurals; those of English if unknown."""
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE)


def localised_value(value: object, language: str) -> object:
    """A parameter as the reader sees it; numbers stay numbers, for `%(share).2f`."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Message):
        return value.text(language)
    if isinstance(value, StrEnum | _Term):
        return term(value, language)
    if isinstance(value, BilingualName):
        return str(value) if language == NAMES else value.latin or str(value)
    if isinstance(value, LocalDay):
        return format_date(value, locale=locale_of(language))
    if isinstance(value, _Sentences):
        pattern = translated("%(before)s %(after)s", language, _SENTENCES)
        first, *rest = (str(localised_value(part, language)) for part in value)
        for after in rest:
            first = pattern % {"before": first, "after": after}
        return first
    if isinstance(value, tuple | list | set | frozenset):
        parts = sorted(map(str, value)) if isinstance(value, set | frozenset) else value
        said = [str(localised_value(part, language)) for part in parts]
        comma = translated(", ", language, _LIST)
        # Names may have commas of their own: Sample Valve Co., Ltd.
        parted = any(comma in each for each in said)
        return (translated("; ", language) if parted else comma).join(said)
    return value


def term(value: StrEnum | str, language: str) -> str:
    """The name of a term of the field; an unknown one as it is, in English without label."""
    if language == SOURCE:
        return str(value).replace("_", " ")
    return translated(TERMS.get(str(value), str(value)), language)


def to_data(value: object) -> Any:
    """A message or a parameter as JSON can keep it; `from_data` gives it back."""
    if isinstance(value, Message):
        parameters = {name: to_data(part) for name, part in value.parameters.items()}
        parts = (("parameters", parameters), ("plural", value.plural), ("context", value.context))
        return {"id": value.id} | {name: part for name, part in parts if part}
    if isinstance(value, StrEnum | _Term):
        return {"term": str(value)}
    if isinstance(value, BilingualName):
        return {"name": str(value), "latin": value.latin}
    if isinstance(value, _Sentences):
        return {"sentences": [to_data(part) for part in value]}
    if isinstance(value, tuple | list | set | frozenset):
        return [to_data(part) for part in value]
    return value if isinstance(value, str | int | float | None) else str(value)


def from_data(data: Any) -> Any:
    """Read what `to_data` wrote."""
    if isinstance(data, list):
        return tuple(from_data(part) for part in data)
    if not isinstance(data, dict):
        return data
    if "term" in data:
        return _Term(data["term"])
    if "name" in data:
        return BilingualName(data["name"], data["latin"])
    if "sentences" in data:
        return _Sentences(from_data(part) for part in data["sentences"])
    parameters = {name: from_data(part) for name, part in data.get("parameters", {}).items()}
    return Message(data["id"], parameters, data.get("plural", ""), data.get("context", ""))


class _Sentences(tuple[Any, ...]):
    """Sentences that stand one after the other."""


class _Term(str):
    """A term of the field that was stored, whichever list it is of."""

    __slots__ = ()


class LocalDay(date):
    """A day that each reads as their language writes it."""


class BilingualName(str):
    """A name with the one that readers of other languages than that of names get."""

    __slots__ = ("latin",)
    latin: str

    def __new__(cls, name: str, latin: str = "") -> BilingualName:
        made = super().__new__(cls, name)
        made.latin = latin
        return made
