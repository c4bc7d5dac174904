"""How well needs and offers are read: precision and recall by kind on texts labelled by hand.

python -m benchmarks.specifications            # texts that nothing was tuned on
python -m benchmarks.specifications --tuning   # those the patterns were tuned on
python -m benchmarks.specifications --misses   # with what was missed and what was wrong
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from matchmaker.recommend.specification import ItemRole, Requirement, read

DATA = Path(__file__).parent / "data"
REPORTING, TUNING = DATA / "specifications-reporting.txt", DATA / "specifications-tuning.txt"
_LABEL = re.compile(r"^(\w+)([!?~]*):\s*(.+)$")


@dataclass(frozen=True)
class Label:
    """What a text specifies, as a person reads it; any of `values` is right."""

    kind: str
    values: tuple[str, ...]
    denied: bool
    soft: bool
    itself: bool

    @property
    def text(self) -> str:
        marks = "!" * self.denied + "?" * self.soft + "~" * (not self.itself)
        return f"{self.kind}{marks}: {'|'.join(self.values)}"


def labelled(path: Path) -> list[tuple[str, list[Label]]]:
    """Every text with its labels, in the order of the file."""
    texts: list[tuple[str, list[Label]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if not line.startswith("  "):
            texts.append((line, []))
            continue
        for part in line.strip().split("; "):
            match = _LABEL.match(part)
            if match is None:
                raise ValueError(f"{path}: {part!r} is no label")
            kind, marks, values = match.groups()
            texts[-1][1].append(
                Label(kind, tuple(values.split("|")), "!" in marks, "?" in marks, "~" not in marks)
            )
    return texts


def agrees(label: Label, item: Requirement) -> bool:
    """Whether what was read is what a person reads; a preference is counted apart."""
    if (label.denied, label.itself) != (item.denied, item.role is ItemRole.ITSELF):
        return False
    return any(_same(label.kind, value, item) for value in label.values)


def _same(kind: str, value: str, item: Requirement) -> bool:
    if ": " in value:
        kind, value = value.split(": ", 1)
    written, read_as = value.casefold(), (item.value.casefold(), item.text.casefold())
    if item.kind != kind:
        return False
    if item.aspect == "unlisted" or kind == "product":
        return any(written == v or v.endswith(written) for v in read_as)
    return written in read_as


@dataclass
class Counts:
    """Of one kind: read rightly, read wrongly, and not read; and preferences told apart."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def line(self, name: str) -> str:
        precision = self.right / max(self.right + self.wrong, 1)
        recall = self.right / max(self.right + self.missed, 1)
        count = self.right + self.missed
        return f"{name:12} {count:5} {precision:9.3f} {recall:7.3f}"


def measure(texts: list[tuple[str, list[Label]]], misses: bool) -> dict[str, Counts]:
    """Counts by kind over these texts; `all` is their sum, `soft` of preferences."""
    counts: dict[str, Counts] = {"all": Counts(), "soft": Counts()}
    for text, labels in texts:
        unique = {(item.key, item.role): item for item in read(text).items}
        items, wanting = list(unique.values()), []
        for label in labels:
            item = next((item for item in items if agrees(label, item)), None)
            if item is None:
                wanting.append(label)
                continue
            items.remove(item)
            _count(counts, label.kind, "right")
            if label.soft or item.soft:
                agreed = (
                    "right" if label.soft == item.soft else ("wrong" if item.soft else "missed")
                )
                if misses and agreed != "right":
                    print(text, "\n    soft", agreed, label.text)
                setattr(counts["soft"], agreed, getattr(counts["soft"], agreed) + 1)
        # A whole or a customer that nobody labelled is no requirement: it harms nobody.
        spurious = [item for item in items if item.role is ItemRole.ITSELF]
        for label in wanting:
            _count(counts, label.kind, "missed")
        for item in spurious:
            _count(counts, str(item.kind), "wrong")
        if misses and (wanting or spurious):
            print(text)
            for label in wanting:
                print("    missed", label.text)
            for item in spurious:
                print("    wrong ", item.key, repr(item.text), "denied" if item.denied else "")
    return counts


def _count(counts: dict[str, Counts], kind: str, what: str) -> None:
    for name in (kind, "all"):
        entry = counts.setdefault(name, Counts())
        setattr(entry, what, getattr(entry, what) + 1)


def speed(texts: list[str]) -> float:
    """Microseconds for each text, none of them read before."""
    begin = time.process_time()
    for text in texts:
        read.__wrapped__(text)
    return (time.process_time() - begin) / len(texts) * 1e6


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tuning", action="store_true", help="the texts tuned on")
    parser.add_argument("--misses", action="store_true", help="print what was missed and wrong")
    arguments = parser.parse_args()
    texts = labelled(TUNING if arguments.tuning else REPORTING)
    counts = measure(texts, arguments.misses)
    print(f"{len(texts)} texts {'for tuning' if arguments.tuning else 'for reporting'}")
    print(f"{'kind':12} {'count':>5} {'precision':>9} {'recall':>7}")
    for name in sorted(counts, key=lambda name: (name in ("all", "soft"), name)):
        print(counts[name].line(name))
    languages = Counter("zh" if re.search("[\u4e00-\u9fff]", text) else "en" for text, _ in texts)
    characters = sum(len(text) for text, _ in texts) / len(texts)
    microseconds = speed([text for text, _ in texts])
    print(f"{dict(languages)}; {microseconds:.0f} µs a text of {characters:.0f} characters")


if __name__ == "__main__":
    main()
