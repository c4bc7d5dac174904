"""What terms, fields, messages and errors are called in the reader's language, as filters."""

from __future__ import annotations

from matchmaker.errors import MatchmakerError
from matchmaker.messages import FIELD, Message, text_of, translated
from matchmaker.terms import TERMS
from matchmaker.web.layout import language, web


def word(term: object) -> str:
    """The term in the reader's language; an unknown one as it is."""
    return translated(TERMS.get(str(term), str(term)), language())


def said(what: object) -> str:
    """An error, a message or a text of the catalogue in the reader's language."""
    if isinstance(what, MatchmakerError):
        return what.text(language())
    return (
        text_of(what, language())
        if isinstance(what, Message)
        else translated(str(what), language())
    )


def field(name: str) -> str:
    """What a field is called, by the columns of our tables."""
    plain, _, rest = name.partition("[")
    plain = plain.rpartition(".")[2]
    known = translated(plain, language(), FIELD)
    return name if known == plain else known + (f"[{rest}" if rest else "")


web.add_app_template_filter(said, "said")
web.add_app_template_filter(field, "field")
web.add_app_template_filter(word, "word")
