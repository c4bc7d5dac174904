"""Links of cells that say what the cell itself does not: 官网, with an address behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from matchmaker.ingest.cells import CellProblem, is_nothing
from matchmaker.ingest.table_file import Line
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.text import normal

# Columns that hold addresses of pages, and of mail.
_OF_PAGES = frozenset({"website", "address"})
_OF_MAIL = frozenset({"contact"})
_PAGE = regex(r"https?://\S+", re.IGNORECASE)
_SHOWN_PAGE = regex(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_MAILBOX = regex(r"[^\s@,;:<>()]+@[^\s@,;:<>()]+\.[^\s@,;:<>()]+")
_MAIL_WORD = regex(
    r"(?:(?:电子)?(?:邮箱|邮件)|发(?:送)?邮件|联系(?:我们|邮箱|方式)?|点击\w*|e-?mail|mail|contact|write|kontakt"
    r"|(?:send|e-?mail|mail|contact|write to) us|link|click here|here)",
    re.IGNORECASE,
)
_PAGE_WORD = regex(
    r"(?:公司|企业)?(?:官方)?(?:官网|网站|网址|主页|链接|首页)"
    r"|(?:点击|点此)?(?:查看|访问|进入)(?:官网|网站|详情)?|详情"
    r"|(?:web ?)?(?:site|link|page)|home ?page|url|visit(?: (?:web)?site)?"
    r"|(?:click )?here|click|open|www|details|more|view",
    re.IGNORECASE,
)


def with_links(line: Line, columns: Mapping[str, str]) -> Line:
    """A line whose cells under addresses are those behind them, where they show none.

    `columns` leads from titles to our columns. A cell that shows another address than the one
    behind it is told, and read as it is shown.
    """
    if not line.links:
        return line
    cells = dict(line.cells)
    problems: list[CellProblem] = []
    for title, link in line.links.items():
        column, cell = columns.get(title, ""), cells.get(title, "")
        if not cell:  # emptied, and its link forgotten
            continue
        if column in _OF_PAGES:
            cells[title], told = _page(cell, link)
        elif column in _OF_MAIL:
            cells[title], told = _mail(cell, link)
        else:
            continue
        if told is not None:
            problems.append(CellProblem(title, told, "warning"))
    return replace(line, cells=cells, problems=(*line.problems, *problems))


def shown_and_linked(line: Line) -> Iterator[tuple[str, str]]:
    """Titles and cells, as they tell what a column holds: an address stands for a word for it."""
    for title, cell in line.cells.items():
        link = line.links.get(title, "") if line.links else ""
        yield title, link if _PAGE.fullmatch(link) and _is_word_for_page(cell) else cell


def _is_word_for_page(cell: str) -> bool:
    return bool(_PAGE_WORD.fullmatch(normal(cell)))


def _page(cell: str, link: str) -> tuple[str, Message | None]:
    if not _PAGE.fullmatch(link):
        return cell, None
    if not _SHOWN_PAGE.fullmatch(cell.strip()):
        return link, None
    if _host(cell) == _host(link):
        return cell, None
    return cell, _differs(cell, link)


def _mail(cell: str, link: str) -> tuple[str, Message | None]:
    scheme, _, rest = link.partition(":")
    mailbox = unquote(rest.partition("?")[0]).strip()
    if scheme.lower() != "mailto" or not _MAILBOX.fullmatch(mailbox):
        return cell, None
    shown = [normal(each) for each in _MAILBOX.findall(cell)]
    if normal(mailbox) in shown:
        return cell, None
    if shown:
        return cell, _differs(cell, mailbox)
    if is_nothing(cell) or _MAIL_WORD.fullmatch(normal(cell)):
        return mailbox, None
    return f"{cell}, {mailbox}", None


def _host(address: str) -> str:
    whole = address.strip() if "://" in address else f"http://{address.strip()}"
    try:
        host = urlsplit(whole).hostname or ""
    except ValueError:
        return ""
    return host.casefold().removeprefix("www.")


def _differs(cell: str, link: str) -> Message:
    return message(
        "shows %(cell)s, and the link behind it leads to %(link)s: read as it is shown.",
        cell=cell[:200],
        link=link[:200],
    )
