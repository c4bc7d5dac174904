"""What services say when something is not possible, in the reader's language.

Services speak English, with what they were given put in. The catalogue has each sentence
with `{}` where something is put in; a test keeps it whole.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from matchmaker.ingest.columns import TABLES
from matchmaker.web.labels import word
from matchmaker.web.layout import language, web

CATALOGUE = Path(__file__).parent / "translations" / "zh" / "errors.po"
_LOCATED = re.compile(r"(?P<where>[^\s:]+(?::\d+)?): (?P<rest>.+)", re.DOTALL)
_END = re.compile(r"(?<=[.。]) ")


@cache
def sentences() -> dict[str, str]:
    """English to Chinese."""
    with CATALOGUE.open("rb") as file:
        found = read_po(file, locale="zh")
    return {str(one.id): str(one.string) for one in found if one.id}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    # The most letters first: a sentence that is nearly all blank matches too much.
    known = sorted(sentences().items(), key=lambda pair: -len(pair[0].replace("{}", "")))
    return tuple(
        (re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), chinese)
        for english, chinese in known
        if "{}" in english
    )


@cache
def _fields() -> dict[str, str]:
    return {column.name: column.zh for table in TABLES.values() for column in table.columns}


def said(what: object) -> str:
    """An error, or a sentence of a service, in the reader's language."""
    text = str(what)
    return text if language() != "zh" else in_chinese(text)


def in_chinese(text: str) -> str:
    """The sentence in Chinese; one that is not in the catalogue as it is."""
    whole = _sentence(text)
    if whole is not None:
        return whole
    for end in _END.finditer(text):
        first, rest = _sentence(text[: end.start()]), text[end.end() :]
        if first is not None:
            return first + in_chinese(rest)
    located = _LOCATED.fullmatch(text)
    if located:
        where, rest = located["where"], in_chinese(located["rest"])
        return text if rest == located["rest"] else f"{field(where)}：{rest}"
    return text


def _sentence(text: str) -> str | None:
    exact = sentences().get(text)
    if exact is not None:
        return exact
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(text)
        if found:
            parts = chinese.split("{}")
            given = [str(word(part.strip("'"))) for part in found.groups()]
            return "".join(a + b for a, b in zip(parts, [*given, ""], strict=True))
    return None


def field(name: str) -> str:
    """What a field is called, by the columns of our tables."""
    plain, _, rest = name.partition("[")
    plain = plain.rpartition(".")[2]
    if language() != "zh" or plain not in _fields():
        return name
    return _fields()[plain] + (f"[{rest}" if rest else "")


web.add_app_template_filter(said, "said")
web.add_app_template_filter(field, "field")
