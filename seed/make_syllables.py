"""Write which Chinese characters sound alike, from a public package.

    python seed/make_syllables.py

`matchmaker/recommend/syllables.tsv` has a line for each syllable, without its tone, and the
characters of GB 2312 that are mostly read so: `xiu` and 修休羞锈秀绣…. The readings are those of
`pypinyin` (MIT), which Matchmaker installs.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from pathlib import Path

from pypinyin.pinyin_dict import pinyin_dict

FILE = Path(__file__).resolve().parents[1] / "matchmaker" / "recommend" / "syllables.tsv"


def is_common(character: str) -> bool:
    """Whether GB 2312 has it, the 6,763 characters that nearly every text keeps to."""
    try:
        return len(character.encode("gb2312")) > 1
    except UnicodeEncodeError:
        return False


def syllable(reading: str) -> str:
    """A reading without its tone: xiù → xiu, lǜ → lv."""
    plain = unicodedata.normalize("NFD", reading.casefold()).replace("u\u0308", "v")
    return "".join(letter for letter in plain if letter.isascii())


def main() -> None:
    alike: dict[str, list[str]] = defaultdict(list)
    for point, readings in sorted(pinyin_dict.items()):
        if is_common(chr(point)):
            alike[syllable(readings.partition(",")[0])].append(chr(point))
    lines = (
        f"{each}\t{''.join(characters)}\n" for each, characters in sorted(alike.items()) if each
    )
    FILE.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
