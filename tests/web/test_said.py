"""Every sentence with which a service refuses is there in Chinese too."""

import ast
from pathlib import Path

import pytest

from matchmaker import errors
from matchmaker.web.said import in_chinese, sentences

ROOT = Path(__file__).parents[2] / "matchmaker"
# What a page can meet: not the commands, nor the server that `make neo4j` starts.
SHOWN = ("domain.py", "access.py", "services", "exchange", "ingest", "web", "snapshot", "embedding")
REFUSALS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.MatchmakerError)
} | {"_require"}


def texts(node):
    """The strings that an expression can be, with {} for what is put in."""
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
        return ["".join(parts)]
    return []


def refusals():
    for name in SHOWN:
        path = ROOT / name
        for file in [path] if path.suffix else path.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if called not in REFUSALS:
                    continue
                given = [*node.args, *(one.value for one in node.keywords if one.arg == "mend")]
                for each in given:
                    yield from (text for text in texts(each) if " " in text.strip("{} "))


def test_every_refusal_is_in_the_catalogue():
    found = set(refusals())
    assert len(found) > 200
    assert sorted(found - set(sentences())) == []


def test_what_is_put_in_stays_in():
    for english, chinese in sentences().items():
        assert english.count("{}") == chinese.count("{}"), english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("must not be empty.", "不能为空。"),
        ("capacity: must be a whole number.", "capacity：必须是整数。"),
        ("has 20001 characters; at most 20000.", "有 20001 个字符，最多 20000 个。"),
        (
            "示例厂 has no free slot left. Wait until one of its introductions is over.",
            "示例厂 已没有空余名额。请等其一项对接结束。",
        ),
        ("Nobody ever wrote this. Nor this.", "Nobody ever wrote this. Nor this."),
    ],
)
def test_a_sentence_is_found_with_what_was_put_in(web_request, english, chinese):
    assert in_chinese(english) == chinese


@pytest.fixture
def web_request(sample):
    """A request in English, so that fields keep their names."""
    from matchmaker.app import create_app

    with create_app(sample).test_request_context("/", headers={"Accept-Language": "en"}):
        yield
