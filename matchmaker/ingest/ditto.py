"""Signs that stand for the cell above: 〃, 同上, ditto."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from matchmaker.ingest.rows import Row
from matchmaker.messages import message

# Firms are called so, too.
_ALSO_NAMES = frozenset({"dito", "idem"})
_DITTO = _ALSO_NAMES | {"〃", "″", "同上", "如上", "ditto", "do.", "same as above"}
# In brackets it is the same sign: （同上）.
_BRACKETS = "()（）[]【】 "


@dataclass(slots=True)
class DittoReader:
    """Puts what stands above where a row only points there; `rows` are all those of the table."""

    rows: Callable[[], Iterator[Row]]
    _above: Sequence[str] = ()
    # How many signs each column has, counted where a word first may be a name.
    _signs: Counter[int] = field(default_factory=Counter)
    _are_counted: bool = False

    def fill(self, row: Row) -> None:
        """Fill a row's cells by the row that was filled before, and tell it.

        Where nothing stands above the sign stays: it names nobody.
        """
        signs = [at for at, cell in enumerate(row.cells) if cell and _is_sign(cell)]
        for position in signs:
            written = self._above[position] if position < len(self._above) else ""
            if not written:
                continue
            cell = row.cells[position]
            if len(signs) < 2 and self._is_name(position, cell, written):
                reason = message(
                    "'%(cell)s' is read as a name, and not as the cell above it.", cell=cell
                )
            else:
                row.cells[position] = written
                reason = message(
                    "'%(cell)s' is read as the cell above it: '%(above)s'.",
                    cell=cell,
                    above=written,
                )
            row.problems.append((position, reason, "warning"))
        self._above = row.cells

    def _is_name(self, position: int, cell: str, above: str) -> bool:
        """Tell whether a word, written as a name, is its column's only one that could be a sign.

        Below a name with a capital `idem` is none.
        """
        if cell.casefold() not in _ALSO_NAMES or (cell.islower() and not above.islower()):
            return False
        if not self._are_counted:
            self._are_counted = True
            for row in self.rows():
                self._signs.update(
                    at for at, each in enumerate(row.cells) if each.casefold() in _DITTO
                )
        return self._signs[position] < 2


def _is_sign(cell: str) -> bool:
    return cell.strip(_BRACKETS).casefold() in _DITTO
