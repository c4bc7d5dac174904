"""Words of a question marked where a text says them."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from matchmaker.text import marked
from matchmaker.web.layout import web


def with_marks(text: str, marks: Iterable[tuple[int, int]]) -> Markup:
    """The text, escaped, with some stretches of it as `mark`."""
    pieces, last = list[str](), 0
    for start, end in marks:
        pieces += [escape(text[last:start]), Markup("<mark>"), escape(text[start:end])]
        pieces.append(Markup("</mark>"))
        last = end
    return Markup().join([*pieces, escape(text[last:])])


@web.app_template_filter()
def mark_words(text: str, question: str) -> Markup:
    """The text, escaped, with the words of a question marked in it."""
    return with_marks(text, marked(text, question) if question else ())
