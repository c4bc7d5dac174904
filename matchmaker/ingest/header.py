"""Finding a table in its rows: titles, lines above and below, totals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.consortia import is_organization_name
from matchmaker.ingest.group_titles import needs_group
from matchmaker.ingest.names import name_parts
from matchmaker.ingest.question_titles import is_numbered
from matchmaker.ingest.rows import Row
from matchmaker.ingest.title_keys import only_counts
from matchmaker.ingest.totals import MAX_TITLE, is_text, is_total, shortened
from matchmaker.messages import Message, languages, message
from matchmaker.regex import regex
from matchmaker.text import is_han, normal

# Rows among which the header is looked for.
SAMPLE = 60
# 一、整机企业, （二）配套企业, 第三批
_HEADING = regex(
    r"[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．:：]\s*\S.*|[(（][一二三四五六七八九十]{1,3}[)）].+"
)
# (1), 2, [3]: numbers of columns.
_NUMBERED = regex(r"[(（\[]?(\d{1,3})[)）\]]?")
_NOTE = regex(
    r"(?:注释?|附注|备注|说明|填表|制表|填报|审核|复核|统计|数据来源|资料来源|来源|打印|导出|更新|截至|截止|联系|单位|负责"
    r"|notes?|remarks?|sources?|quelle|stand|hinweis|anmerkung|printed|generated|exported|created"
    r"|prepared|as of|last updated|disclaimer|legend|footnote|fuente|fonte|nota|contact)"
    r"[^:：]{0,20}[:：].*"
    r"|(?:注|备注|说明|note)\d*[.、．].*|\*+\s*\D.*|第\s*\d+\s*页.*|page \d+( of \d+)?"
    r"|以下空白|-*\s*end of .*",
    re.DOTALL,
)
_ADDRESS = regex(r"[^\s@]@[^\s@]+\.|\bhttps?://|\bwww\.")
_YEAR = regex(r"(?<!\d)(?:19|20)\d\d(?!\d)|^\D*\d{1,2}\D*$")
# A second field of a line that is a note: 日期：2024-05-01.
_FIELD = regex(r"[^\d:：]{1,20}[:：].*|\d{4}\D.*", re.DOTALL)
# A label before a colon, and not a time, an address or what the label of a value is like.
_LABELLED = regex(r"[^\d:：/]{1,16}[:：](?!//).*", re.DOTALL)

# A label with what it says is over no columns: 编制单位：示例公司, 单位：万元; 其中：专利 may be.
_SAYS = regex(r"(?!其中|of which)[^\d:：/]{1,16}[:：](?!//)\s*\S.*", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """The titles of columns by position, all different, and the lines that they take.

    A title that stands over several columns carries their positions, `Name#4` and `Name#6`;
    a column without title is `#3`. `duplicates` has the positions, from 1, of such titles.
    """

    first: int
    line: int
    titles: tuple[str, ...]
    duplicates: tuple[tuple[str, tuple[int, ...]], ...] = ()


def find_header(
    rows: Sequence[Row], expected: Collection[str] = (), line: int = 0
) -> Header | None:
    """The header among the first rows, None where there is none.

    That is the line given; else the row with most of the expected titles, if it has two;
    else the first row that is about as wide as most and is made of texts.
    """
    if line:
        row = next((row for row in rows if row.number == line), None)
        return _header([row]) if row is not None and any(row.cells) else None
    rows = [row for row in rows if any(row.cells) and not row.broken]
    candidates = [row for row in rows if not is_comment(row.cells, expected)]
    if not candidates:
        return None
    best = max(candidates, key=lambda row: (_hits(row, expected), -row.number))
    usual = _usual_width(candidates)
    enough = 2 if usual > 1 else 1
    if _hits(best, expected) < enough:
        best = next((row for row in candidates if _is_titles(row, usual)), None) or next(
            row for row in candidates if _width(row) >= 0.6 * usual
        )
    position = rows.index(best)
    above = rows[position - 1] if position and rows[position - 1] in candidates else None
    below = rows[position + 1] if position + 1 < len(rows) else None
    if above is not None and _are_groups(above, best):
        return _header([above, best])
    if below is not None and _are_groups(best, below) and not _hits_less(below, best, expected):
        return _header([best, below])
    header = _header([best])
    if below is not None and _hits(below, expected) >= max(2, _width(best) / 2):
        return Header(header.first, below.number, header.titles, header.duplicates)
    return header


def cell_of_row(header: Header, rows: Sequence[Row], expected: Collection[str]) -> str:
    """A cell under which no column can stand, where the header is rather a row; "" for none.

    So where fewer than two titles are known, and one stands below itself too, or is the name of
    a firm with its legal form, or a number that is no year.
    """
    below = [row for row in rows if row.number > header.line and not row.broken]
    titles = [title.partition("#")[0] for title in header.titles]
    columns: list[set[str]] = [set() for _ in titles]
    for row in below:
        cells = [_one_line(cell) for cell in row.cells]
        if cells != titles[: len(cells)]:  # titles are repeated on every page of some lists
            for position, cell in enumerate(cells[: len(titles)]):
                columns[position].add(cell)
    odd = [
        title
        for title, cells in zip(titles, columns, strict=True)
        if title and (title in cells or (not is_expected(title, expected) and _is_of_row(title)))
    ]
    known = {title for title in titles if is_expected(title, expected)} - set(odd)
    return odd[0] if odd and len(known) < 2 else ""


def _is_of_row(title: str) -> bool:
    """Tell whether a text is as in rows: a firm's name, an address, a number that is no year."""
    if _ADDRESS.search(title):
        return True
    if not is_text(title):
        return any(map(str.isdigit, title)) and not _YEAR.search(title)
    return name_parts(title).form not in ("", "co", "corp", "公司", "sa", "as")


def is_comment(cells: Sequence[str], expected: Collection[str]) -> bool:
    """Tell whether a row above the header is a comment: it begins with #, and is no header."""
    first = next((cell for cell in cells if cell), "")
    if not first.startswith("#"):
        return False
    others = [cell for cell in cells if cell and cell != first]
    titles = sum(is_expected(cell, expected) for cell in others)
    is_number_title = len(first) < 4 and len(others) > 1
    return not (titles >= 2 or (is_number_title and all(map(is_text, others))))


def _hits(row: Row, expected: Collection[str]) -> int:
    return len({cell for cell in row.cells if is_expected(cell, expected)})


def is_expected(title: str, expected: Collection[str]) -> bool:
    """Tell whether a title is an expected one, with or without marks, or a numbered question."""
    return 0 < len(title) <= MAX_TITLE and (
        normal(title) in expected or plain_title(title) in expected or is_numbered(title)
    )


def plain_title(title: str) -> str:
    """A title as expected ones are compared: without marks of what is required."""
    return normal(
        re.sub(r"^[*#＊\s]+|[*＊:：\s]+$|[(（]\s*(?:必填|required)\s*[)）]", "", title[:MAX_TITLE])
    )


def _hits_less(below: Row, above: Row, expected: Collection[str]) -> bool:
    return bool(expected) and _hits(below, expected) + _hits(above, expected) == 0


def _width(row: Row) -> int:
    """How many different cells are filled: a merged title is one."""
    return len(set(row.cells) - {""})


def _usual_width(rows: Sequence[Row]) -> int:
    """The most usual number of filled cells of those rows that have several."""
    widths = Counter(width for row in rows if (width := _width(row)) > 1)
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _is_titles(row: Row, usual: int) -> bool:
    filled = [cell for cell in row.cells if cell]
    texts = [cell for cell in filled if is_text(cell) and len(cell) <= 120]
    return _width(row) >= 0.6 * usual and len(texts) >= 0.7 * len(filled)


def _are_groups(above: Row, below: Row) -> bool:
    """Tell whether a row of groups (企业, 联系方式) stands over a row of titles.

    Every title of the lower row is either a group's or also stands in the upper one; the
    lower row names columns that the upper leaves blank or names by a group.
    """
    if _width(above) < 2 or _width(below) < 2:
        return False
    if not all(map(is_text, filter(None, (*above.cells, *below.cells)))):
        return False
    if any(_SAYS.fullmatch(cell) for cell in above.cells):
        return False
    size = max(len(above.cells), len(below.cells))
    upper, lower = _padded(above.cells, size), _padded(below.cells, size)
    groups = _spread(upper, lower)
    parted = 0
    for position in range(size):
        top, bottom = upper[position], lower[position]
        if not top and only_counts(bottom):
            continue  # 序号 beside the groups
        if bottom and not groups[position] and top != bottom:
            return False  # two titles over one column, or one without a group
        if not bottom and not top:
            return False
        parted += bool(bottom and groups[position] and groups[position] != bottom)
    return parted >= 2


def _spread(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The group over each position, "" where a title stands alone.

    A group is followed by blank cells, or stands several times as merged cells do.
    """
    groups = [""] * len(upper)
    position = 0
    while position < len(upper):
        end = position + 1
        while end < len(upper) and lower[end] and upper[end] in ("", upper[position]):
            end += 1
        if upper[position] and lower[position] and end > position + 1:
            for inside in range(position, end):
                groups[inside] = upper[position]
        position = end
    return groups


def _padded(cells: Sequence[str], size: int) -> list[str]:
    return [*cells, *[""] * (size - len(cells))]


def _header(rows: Sequence[Row]) -> Header:
    """The header of one row, or of a row of groups and one of titles."""
    if len(rows) == 1:
        titles = [_one_line(cell) for cell in rows[0].cells]
    else:
        size = max(len(row.cells) for row in rows)
        upper, lower = (_padded(list(map(_one_line, row.cells)), size) for row in rows)
        groups = _spread(upper, lower)
        titles = [below or above for above, below in zip(upper, lower, strict=True)]
        counts = Counter(titles)
        titles = [
            f"{group} {title}"
            if group and (counts[title] > 1 or needs_group(group, title))
            else title
            for group, title in zip(groups, titles, strict=True)
        ]
    while titles and not titles[-1]:
        titles.pop()
    positions: dict[str, list[int]] = {}
    for position, title in enumerate(titles, start=1):
        positions.setdefault(title, []).append(position)
    named = tuple(
        title if title and len(positions[title]) == 1 else f"{title}#{position}"
        for position, title in enumerate(titles, start=1)
    )
    duplicates = tuple((t, tuple(p)) for t, p in positions.items() if t and len(p) > 1)
    return Header(rows[0].number, rows[-1].number, named, duplicates)


def _one_line(title: str) -> str:
    """A title without breaks of lines; between Chinese characters they are no space."""
    parts = shortened(title).split("\n")
    text = parts[0].strip()
    for part in map(str.strip, parts[1:]):
        is_chinese = bool(text and part) and is_han(text[-1]) and is_han(part[0])
        text += part if is_chinese else f" {part}"
    return " ".join(text.split())


def template_lines(rows: Iterable[Row], header: Header) -> int:
    """The last line of the explanations that our own templates have below the header."""
    last = header.line
    for row in rows:
        if row.number in (last + 1, header.line + 1) and row.number <= header.line + 2:
            if not row.cells or row.cells[0] not in _explanations():
                break
            last = row.number
    return last


@cache
def _explanations() -> frozenset[str]:
    """First cells of the explanations in templates, today's and older ones."""
    first = [table.columns[0] for table in TABLES.values()]
    cells = {f"# {column.example}" for column in first} | _OLDER
    for column in first:
        for language in languages():
            meaning = column.meaning.text(language)
            cells |= {f"# {meaning}", f"# *{meaning}"}
    return frozenset(cells)


_OLDER = {
    "# *source:key, unique", "# *来源:键，须唯一", "# *来源:编号，不得重复", "# my:f-001",
    "# my:c-1", "# my:e-1", "# *id of the cluster", "# *集群编号", "# *id of the engagement",
}  # fmt: skip


# A line drawn with signs, as between the rows of printed lists.
_RULE = regex(r"[-=_+|*—–─━]{4,}")


_NOTED = message("is a note, not a row.")
# A further point of a note: 2．…, (3) …, ② ….
_POINT = regex(
    r"\s*(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）.．、]|[①-⑳])\s*(.+)", re.DOTALL
)


_LONGEST_SIGNED = 20


class Footer:
    """Tells lines that are no rows from rows: totals, notes, the header again."""

    def __init__(self, titles: Sequence[str], expected: Collection[str] = ()) -> None:
        self._titles, self._expected = tuple(titles), expected

    def reason(self, cells: Sequence[str]) -> Message | None:
        """The reason why a line is no row, None for a row."""
        filled = list(dict.fromkeys(cell for cell in cells if cell))
        if not filled:
            return None
        if all(map(_RULE.fullmatch, filled)):
            return message("is a ruled line, not a row.")
        if len(self._titles) > 1 and is_total(filled):
            return message("is a line of totals.")
        if len(self._titles) > 2 and (_is_note(filled) or self._is_signed(filled)):
            return _NOTED
        if self.repeats_titles(cells):
            return message("repeats the titles of the columns.")
        if len(self._titles) > 2 and self._is_heading(cells):
            return message("is a heading between the rows, not a row.")
        if self._numbers_columns(cells):
            return message("numbers the columns.")
        return None

    def repeats_titles(self, cells: Sequence[str]) -> bool:
        """Tell whether a line is the titles again, as on every page of some lists."""
        is_like = sum(map(bool, cells)) > 1 and _one_line(cells[0]) == self._titles[0]
        return is_like and tuple(map(_one_line, cells)) == self._titles

    def begins_other(self, cells: Sequence[str]) -> bool:
        """Tell whether a line apart from what stands above it has the titles of another table."""
        filled = [cell for cell in cells if cell]
        known = [cell for cell in filled if is_expected(cell, self._expected)]
        return (
            len(set(filled)) > 2
            and filled[0] in known
            and len(known) >= max(2, len(filled) / 2)
            and not any(map(str.isdigit, "".join(filled)))
        )

    def _is_heading(self, cells: Sequence[str]) -> bool:
        """Tell whether a line names the group of those below: numbered, alone, or over all."""
        filled = [cell for cell in cells if cell]
        if len(set(filled)) != 1 or not is_text(filled[0]):
            return False
        is_spread = len(filled) > 2 and len(filled) * 2 > len(self._titles)
        in_numbers = bool(cells[0]) and only_counts(self._titles[0])
        is_word = sum(map(str.isalpha, filled[0])) > 1
        return bool(_HEADING.fullmatch(filled[0])) or is_spread or (in_numbers and is_word)

    def _numbers_columns(self, cells: Sequence[str]) -> bool:
        """Tell whether a line only counts the columns: (1) (2) (3)."""
        numbers = [match[1] for cell in cells if (match := _NUMBERED.fullmatch(cell))]
        size = len(cells)
        is_all = size > 2 and size >= len(self._titles) - 1 and len(numbers) == size
        return is_all and numbers == [str(number) for number in range(1, size + 1)]

    def _is_signed(self, filled: Sequence[str]) -> bool:
        """Tell whether a line has only few cells, each a label and its value: 經辦：林小姐."""
        few = len(filled) * 2 < len(self._titles)
        return few and all(_LABELLED.fullmatch(cell[:MAX_TITLE]) for cell in filled)

    def goes_on(self, cells: Sequence[str]) -> bool:
        """Tell whether a line below a note is its next point: `2．…` alone, and names nobody."""
        filled = {cell for cell in cells if cell}
        match = _POINT.fullmatch(next(iter(filled))[:MAX_TITLE]) if len(filled) == 1 else None
        is_note = match is not None and not is_organization_name(match[1])
        return len(self._titles) > 2 and is_note

    def may_be_note(self, cells: Sequence[str]) -> bool:
        """Tell whether a line of one text may be a note, if no row follows."""
        filled = {cell for cell in cells if cell}
        return len(self._titles) > 2 and len(filled) == 1 and is_text(next(iter(filled)))


def _is_note(filled: Sequence[str]) -> bool:
    if len(filled) > 4 or not _NOTE.fullmatch(normal(filled[0][:MAX_TITLE])):
        return False
    pairs = pairwise(filled)
    return all(_FIELD.fullmatch(cell) or _is_named_by(label, cell) for label, cell in pairs)


def _is_named_by(label: str, cell: str) -> bool:
    """Tell whether a cell only says what the label before it asks for: 审核： 张三."""
    is_label = label.endswith((":", "："))
    return is_label and len(cell) <= _LONGEST_SIGNED and not any(map(str.isdigit, cell))


def with_footer(rows: Iterator[Row], footer: Footer) -> Iterator[tuple[Row, Message | None]]:
    """Rows with the reason why each is none.

    A single text after a blank row ends the table, and heads what repeats its titles; the
    titles of another table begin that, until ours stand there again.
    """
    waiting: list[Row] = []
    end = other = 0
    is_noted = False
    for row in rows:
        is_apart = bool(waiting) or row.number > end + 1 > 1
        end = row.number + sum(cell.count("\n") for cell in row.cells)
        repeats = not row.broken and bool(row.cells) and footer.repeats_titles(row.cells)
        if repeats:
            other = 0
        elif is_apart and not row.broken and footer.begins_other(row.cells):
            other = row.number
        if other and not row.broken:
            yield from ((each, message("is a heading between the rows, not a row."))
                        for each in waiting)  # fmt: skip
            waiting = []
            yield (
                row,
                message(
                    "is of another table, which begins on line %(line)s: give that a sheet or a "
                    "file of its own.",
                    line=other,
                ),
            )
            continue
        reason = footer.reason(row.cells)
        if reason is None and is_noted and not row.broken and footer.goes_on(row.cells):
            reason = _NOTED
        is_noted = reason == _NOTED
        if reason is None and is_apart and not row.broken and footer.may_be_note(row.cells):
            waiting.append(row)
            continue
        heading = message("is a heading between the rows, not a row.") if repeats else None
        yield from ((before, heading) for before in waiting)
        waiting = []
        yield row, reason
    reason = message("stands by itself below the table: a note, not a row.")
    yield from ((row, reason) for row in waiting)
