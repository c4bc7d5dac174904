"""How the package is built: sizes, names, imports, and that its description is true."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "matchmaker"
FILES = sorted(PACKAGE.rglob("*.py"))
# What is written beside the package: sample data, tools, measurements.
BESIDE = [
    path for folder in ("seed", "tools", "benchmarks") for path in (ROOT / folder).rglob("*.py")
]
MAX_LINES = 450
# Longer than others because they are lists: the field's terms and rows; each part of a process
# and what it is made of.
DECLARATIVE = {"matchmaker/domain.py", "matchmaker/wiring.py"}


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in (*FILES, *sorted(BESIDE))}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@pytest.mark.slow
def test_no_file_is_too_long_to_read():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in FILES
    }
    long = {name: count for name, count in lengths.items() if count > MAX_LINES}
    assert {name: count for name, count in long.items() if name not in DECLARATIVE} == {}
    assert set(long) >= DECLARATIVE, "no longer long, so no longer to be declared"


def types_of(path: Path) -> dict[str, str]:
    """What a module calls a type: its classes, and its names for other types as they are written.

    Classes within classes and functions too. Variables of types stand for nothing of their own.
    """
    types = {
        node.name: f"class of {path}, line {node.lineno}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
    }
    for node in tree_of(path).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if re.fullmatch("[A-Z][a-z]+([A-Z][a-z]+)*", name):
                written = ast.unparse(node.value)
                if "TypeVar" not in written:
                    types[name] = written
    return types


@pytest.mark.slow
def test_the_name_of_a_type_means_one_thing():
    meanings = defaultdict(set)
    for path in (*FILES, *sorted((ROOT / "seed").rglob("*.py"))):
        for name, meaning in types_of(path).items():
            meanings[name].add(meaning)
    assert {name: told for name, told in meanings.items() if len(told) > 1} == {}


def imports_of(name: str) -> set[str]:
    """Modules of ours that a module imports, wherever in it, for type checks too."""
    path = MODULES[name]
    folder = name if path.name == "__init__.py" else name.rpartition(".")[0]
    imported = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = folder.split(".")[: len(folder.split(".")) + 1 - node.level]
            start = ".".join(above) if node.level else ""
            module = ".".join(filter(None, (start, node.module)))
            inner = {f"{module}.{alias.name}" for alias in node.names}
            modules = inner & set(MODULES)
            imported.update(modules)
            if inner - modules:
                imported.add(module)
    # A script imports what lies beside it by its bare name.
    beside = {f"{folder}.{module}" for module in imported if "." not in module}
    return (imported | beside) & set(MODULES) - {name}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of more than one node (Tarjan 1972)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for following in sorted(graph[node]):
            if following not in order:
                visit(following)
                lowest[node] = min(lowest[node], lowest[following])
            elif following in stack:
                lowest[node] = min(lowest[node], order[following])
        if lowest[node] == order[node]:
            component = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


@pytest.mark.slow
def test_no_modules_import_each_other_in_a_circle():
    assert circles({name: imports_of(name) for name in MODULES}) == []


def calls_at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Calls of a module that are not within its functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from calls_at_import(child)


@pytest.mark.slow
def test_no_module_compiles_patterns_as_it_is_imported():
    """`matchmaker.regex` compiles them when they are used. Those of bytes are few."""
    compiling = [
        f"{name}, line {call.lineno}"
        for name, path in MODULES.items()
        if name.startswith("matchmaker")
        for call in calls_at_import(tree_of(path))
        if ast.unparse(call.func) == "re.compile" and "b'" not in ast.unparse(call.args[0])
    ]
    assert compiling == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("matchmaker.store.upsert", "matchmaker.store.schema"),
        ("matchmaker.snapshot.build", "matchmaker.snapshot.columns"),
        ("seed.make_samples", "seed.sample_record"),
        ("tools.words_model", "matchmaker.recommend.words_model"),
    ],
)
def test_imports_are_seen(importer, imported):
    """Of packages and of scripts, which name what lies beside them without the folder."""
    assert imported in imports_of(importer)


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}, "c": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}, [["a", "b", "c"]]),
    ],
)
def test_circles_are_found(graph, expected):
    assert circles(graph) == expected


def test_the_table_of_the_architecture_names_what_is_there():
    """Every path in it, in backticks, is there."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = text.split("| if you want to change", 1)[1].split("\n## ", 1)[0]
    paths = re.findall(r"`([a-z_]+/[^`]*)`", table)
    assert len(paths) > 40, "the table's form has changed: nothing is checked"
    assert [path for path in paths if not (ROOT / path).exists()] == []
