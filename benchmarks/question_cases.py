"""Cases of what is asked after an import: what may be found, and for which reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.case_installation import Check, Installation, case


@case("21")
def _(at: Installation) -> Iterator[Check]:
    for file, words in (
        ("organizations.medium.csv", "titanium impellers for seawater pumps"),
        ("organizations.medzh.csv", "海水泵用钛合金叶轮"),
    ):
        own = Installation(at.case, at.data / file)
        own.tables(file)
        own.run("refresh")
        first = own.ask(words)["recommendations"][:1]
        yield f"{file}: found", [row["id"][:2] for row in first], ["m:"]
        quoted = [piece["text"] for row in first for piece in row["evidence"][:1]]
        is_quoted = any(word in text for text in quoted for word in ("titanium", "钛合金"))
        yield "its last sentence is quoted", is_quoted, True


@case("25")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv", "ties.csv")
    status = {id: str(row.status) for id, row in at.organizations().items()}
    yield "in liquidation", status["g:4"], "in_liquidation"
    at.run("refresh")
    words = "stainless steel castings for ball valves"
    question = at.data / "question.jsonl"
    question.write_text(json.dumps({"id": "1", "text": words, "organization": "g:1"}))
    answer = at.run("recommend", "--goal", "supplier", "--texts-file", str(question), "--json")
    yield "own group is left out", "g:2" in answer.stdout, False
    yield "the dead are left out", "g:4" in answer.stdout, False
    yield "the other foundry", "g:3" in answer.stdout, True
    for language, asked in (("English", words), ("Chinese", "球阀不锈钢铸件")):
        page = at.ask(asked, "--for", "g:1")
        shown = [row["id"] for row in (*page["recommendations"], *page["nearby"])]
        yield f"{language}: nobody of the own group, nobody dead", {"g:2", "g:4"} & {*shown}, set()


@case("27")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv")
    at.run("refresh")
    for words in ("stainless steel ball valves DN50 PN16", "不锈钢球阀 DN50 PN16"):
        page = at.ask(words)
        rows = {row["id"]: row for row in page["recommendations"]}
        yield f"{words}: first", {*list(rows)[:3]}, {"n:2", "n:4", "n:5"}
        denied = "n:6" in rows
        yield "who denies it is no match", denied, False
        for number in ("n:1", "n:3"):
            unmet = "size" in _judged(rows.get(number), "unmet")
            yield f"{number} is another size, or not there", number not in rows or unmet, True
        unknown = _judged(rows.get("n:5"), "unknown")
        yield "PN is not known of class 150", "pressure" in unknown, True
    answers = [row["id"] for row in at.ask("6204-2RS")["recommendations"]]
    yield "6204-2RS", answers, ["n:7"]


def _judged(row: dict[str, Any] | None, verdict: str) -> set[str]:
    """Kinds of what was specified that are met, unmet or unknown of a recommendation."""
    judged = (row or {}).get("requirements", ())
    return {each["requirement"].split(":")[0] for each in judged if each["verdict"] == verdict}
