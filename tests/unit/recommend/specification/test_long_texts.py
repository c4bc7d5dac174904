"""Long texts are read as far as anybody writes them, and few of them are kept."""

from __future__ import annotations

from matchmaker.recommend.specification import read
from matchmaker.recommend.specification.clauses import remembered
from matchmaker.recommend.specification.reading import MOST


def test_of_a_text_that_names_thousands_of_things_the_first_are_read() -> None:
    text = "，".join(f"{size} mm" for size in range(10, 2_000))
    assert [item.text for item in read(text).items] == [
        f"{size} mm" for size in range(10, 10 + MOST)
    ]


def test_short_texts_are_worked_out_once_and_of_long_ones_the_last_are_kept() -> None:
    worked_out: list[str] = []

    @remembered(1_000)
    def length(text: str) -> int:
        worked_out.append(text)
        return len(text)

    short, long = [str(n) for n in range(900)], [f"{n} {'x' * 3_000}" for n in range(200)]
    for text in (*short, *long, *short, *long[-50:], long[0]):
        length(text)
    assert worked_out == [*short, *long, long[0]]
