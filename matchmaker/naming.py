"""What may be called how: names go in letters to people who never met whom they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from matchmaker.errors import InvalidInput
from matchmaker.regex import regex

_NAMES = ("name", "name_en", "other_names")
# C0, C1 and the two separators of Unicode: all that ends a line somewhere; and what turns the
# direction of other letters.
_CONTROL = regex("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# Full stops of Chinese and Japanese, which browsers read as points of a domain (RFC 3490, 3.1).
_STOPS = "\u3002\uff61\ufe12"
_AS_POINTS = str.maketrans(dict.fromkeys(_STOPS, "."))
# What programs of mail make a link of, by whatever scheme. A bare domain is part of names:
# Booking.com B.V.
_ADDRESS = regex(rf"://|(?<![a-z0-9])www[.{_STOPS}]")
_LINK = regex(
    rf"(?:[a-z0-9+.-]{{0,20}}://|(?<![a-z0-9])www[.{_STOPS}])(?:https?://|www[.{_STOPS}]){{0,9}}"
    r"([^\s/()（）]{0,200})[^\s()（）]*",
    re.IGNORECASE,
)
_MOST_LINKS = 10
# A point before two letters or more, and those of the address of a machine: without them there is
# nothing to make a link of. Between may be what nobody sees and browsers leave out.
_UNSEEN = "[\u00ad\u200b-\u200d\u2060-\u2064\ufeff]*"
_POINT = regex(rf"(?<=\S)([.．․﹒])(?={_UNSEEN}[^\W\d_]{_UNSEEN}[^\W\d_])")
# Such a stop within Chinese ends a sentence; beside letters of addresses it may be one's point.
_STOP = regex(
    rf"(?<=[a-z0-9])([{_STOPS}])(?={_UNSEEN}[^\W_])|(?<=\S)([{_STOPS}])(?={_UNSEEN}[a-z])",
    re.IGNORECASE,
)
_WWW = regex(rf"(?<![a-z0-9])(www[.．․﹒{_STOPS}])(?=\S)", re.IGNORECASE)
# Schemes without slashes that programs know: of others they make nothing.
_SCHEME = regex(
    r"(?<![a-z0-9])((?:mailto|tel|sms|callto|sips?|xmpp|skype|facetime|magnet|geo|news|data"
    r"|javascript|vbscript|file)[:：])(?=\S)",
    re.IGNORECASE,
)
_NUMBERS = regex(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
# Letters carry no more of a name: a whole notice would stand there as somebody's.
MOST_IN_LETTERS = 80

# Where a text is no name, a bare domain as well: of a title or a sentence it is no part.
_DOMAIN = regex(r"(?<![a-z0-9@.-])(?:[a-z0-9-]+\.)+([a-z]{2,})(?![a-z0-9])", re.IGNORECASE)
# What is no domain though it looks like one: abbreviations, and where a sentence ends without a
# space ("valves.Urgent"). Domains so spelled end in what everybody knows.
_ABBREVIATED = regex(
    r"(?:co|pte|pvt|pty|sdn)\.ltd|sdn\.bhd"
    r"|(?:art|cat|cert|drg|dwg|fig|item|mat|model|order|part|pos|ref|ser|std|type)\.no",
    re.IGNORECASE,
)
_KNOWN_END = regex(
    "app|asia|biz|cc|club|cn|co|com|de|dev|edu|eu|fr|gov|hk|info|io|it|jp|kr|link|live|ltd|me|mobi"
    "|net|online|org|ru|shop|site|store|tech|top|tv|tw|uk|us|vip|xyz",
    re.IGNORECASE,
)


def has_address(name: str) -> bool:
    """Tell whether a web address stands in a name, in full-width letters too."""
    return _ADDRESS.search(_plain(name)) is not None


def has_link(text: str) -> bool:
    """Tell whether a program of mail may make a link of something in it, a bare domain as well."""
    spelled = in_one_spelling(text)
    domains = _DOMAIN.finditer(spelled.translate(_AS_POINTS))
    return has_address(text) or any(
        _is_domain(match, is_sure="." in spelled[slice(*match.span())]) for match in domains
    )


def _is_domain(match: re.Match[str], *, is_sure: bool) -> bool:
    """Tell whether it is one; it is not sure where only full stops stand between its parts."""
    end = match[1]
    if _ABBREVIATED.fullmatch(match[0]):
        return False
    return (is_sure and not end.istitle()) or _KNOWN_END.fullmatch(end) is not None


def check_title(title: str, where: str = "title") -> None:
    """Raise InvalidInput for what `check_name` refuses, and for a bare domain.

    Of what a title names no domain is a part, as of names of organisations (Booking.com B.V.).
    """
    check_name(title, where)
    if has_link(title):
        raise InvalidInput(
            "must not hold a web address.",
            where=where,
            mend="Write it in the text: titles stand in letters to others.",
        )


def check_name(name: str, where: str = "name") -> None:
    """Raise InvalidInput for a name with line breaks, control characters or a web address.

    So for one without any letter or digit. `where` names its field.
    """
    if _CONTROL.search(name):
        raise InvalidInput(
            "must be one line, without control characters.",
            where=where,
            mend="Write the name alone: other text belongs in the description.",
        )
    if has_address(name):
        raise InvalidInput(
            "must not hold a web address.",
            where=where,
            mend="Take the address out of the name: a website has a field of its own.",
        )
    if not any(character.isalnum() for character in name):
        raise InvalidInput("must have a letter or a digit.", where=where)


def clean_name(name: str) -> str:
    """A name that a register has, as `check_name` takes it; "" where nothing is left.

    It is one line without control or turning characters, and has of a web address the domain only,
    of which nobody's program makes a link: https://www.sample.example/en is sample.example.
    """
    clean = " ".join(_CONTROL.sub(" ", name).split())
    for _ in range(_MOST_LINKS):
        if not has_address(clean):
            return clean if any(character.isalnum() for character in clean) else ""
        spelled = unicodedata.normalize("NFKC", clean)
        clean = " ".join(_LINK.sub(r"\1", spelled).split())
    return ""


def shortened(name: str) -> str:
    """A name as letters carry it: of a longer one the beginning."""
    if len(name) <= MOST_IN_LETTERS:
        return name
    return f"{name[: MOST_IN_LETTERS - 1].rstrip()}…"


def unlinked(text: str) -> str:
    """What others wrote as letters carry it: with nothing of which a program makes a link.

    A blank after each point that may be one of an address parts it, and is seen by who reads:
    "Booking. com B.V."; "pay.example/login" is "pay. example/login". So does one behind "mailto:".
    """
    parted = _NUMBERS.sub(lambda numbers: numbers[0].replace(".", ". "), text)
    parted = _POINT.sub(r"\1 ", parted.replace("://", ": //"))
    parted = _STOP.sub(lambda stop: f"{stop[0]} ", parted)
    return _SCHEME.sub(r"\1 ", _WWW.sub(r"\1 ", parted))


def check_names(changes: Mapping[str, Any], before: object = None) -> None:
    """Check what is called anew of an organisation or cluster: its name, in English, others.

    Names that it has `before` stay as they are, from whenever. Raises InvalidInput.
    """
    for field in _NAMES:
        known = _listed(getattr(before, field, None))
        for name in _listed(changes.get(field)):
            if name and name not in known:
                check_name(name, field)


def _listed(names: str | Iterable[str] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())


def _plain(name: str) -> str:
    return in_one_spelling(name).casefold()


def in_one_spelling(text: str) -> str:
    """NFKC without characters that are never seen: what a reader takes for one text is one."""
    spelled = unicodedata.normalize("NFKC", text)
    return "".join(each for each in spelled if unicodedata.category(each) != "Cf")
