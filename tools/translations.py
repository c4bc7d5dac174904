"""The catalogues kept whole: every text that the code can say, against every language.

python -m tools.translations          # sort the catalogues, list what is missing or unused
python -m tools.translations --check  # change nothing; exit with 1 when anything is
"""

from __future__ import annotations

import argparse
import ast
import functools
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from matchmaker import errors
from matchmaker.messages import TRANSLATIONS
from matchmaker.terms import TERMS

PACKAGE = Path(__file__).parents[1] / "matchmaker"
PLACEHOLDER = re.compile(r"%(?:\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%)")
ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.MatchmakerError)
} | {"PreconditionRequired", "BadRequest", "UnsupportedMediaType", "UndecidedCell"}
# Functions by the positions of their texts; a context stands before the text.
CALLS = {
    "message": (0,),
    "unknown": (0,),
    "paragraph": (0,),
    "translated": (0,),
    "gettext": (0,),
    "plural": (0, 1),
    "ngettext": (0, 1),
    "in_context": (1,),
}
# Built by `matchmaker.messages` itself.
OWN = {("list", ", "), ("sentences", "%(before)s %(after)s"), ("located", "%(where)s: %(what)s")}

_CLICK_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")


@dataclass(frozen=True, order=True)
class Text:
    """A text to translate: its context, itself, its plural."""

    context: str
    id: str
    plural: str = ""


EVALUATION_NAMES = (
    "all answers", "new partners", "repeats", "new partners, seekers with a history",
    "new partners, seekers without", "method", "ours less it, hit@10", "largest share",
    "What fairness costs", "setting", "cost", "other clusters", "smaller",
    "asked by a known organisation", "the same questions, asked by nobody",
    "asked by a known organisation, its partners left out",
    "asked by nobody, of whom nothing is known", "hit@10 with", "MRR with", "without", "difference",
)  # fmt: skip
STRATUM_NAMES = (
    "more", "not said", "home", "abroad", "both", "in none", "other", "same", "none",
    "micro", "small", "medium", "large",
)  # fmt: skip

# What click says to whoever declares a command wrongly.
_OF_DEVELOPERS = {
    "Arguments take exactly one parameter declaration, got {length}: {decls}.",
    "Boolean option {decl!r} cannot use the same flag for true/false.",
    "Choice({choices})",
    "Could not determine name for option with declarations {decls!r}",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}",
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}",
    "Invalid start character for option ({option})",
    "Name '{name}' defined twice",
    "No options defined but a name was passed ({name})."
    " Did you mean to declare an argument instead?"
    " Did you mean to pass '--{name}'?",
    "Unknown color {colour!r}",
}


@functools.cache
def texts() -> frozenset[Text]:
    """Everything that the package can say, read once: its code stays as it is meanwhile."""
    wanted = {Text(context, id) for context, id in OWN} | {
        Text("", label) for label in TERMS.values()
    }
    for path in PACKAGE.rglob("*.py"):
        if path.name == "messages.py":  # its own texts are in OWN
            continue
        own = {"ValueError"} if "api" in path.parts else set()  # of the fields' validators
        wanted.update(_in_code(ast.parse(path.read_text("utf-8")), ERRORS | own))
    for path in PACKAGE.rglob("templates/*.html"):
        wanted.update(_in_template(path))
    wanted.update(_declared())
    return frozenset(text for text in wanted if text.id)


def _in_code(tree: ast.Module, errors: set[str]) -> Iterator[Text]:
    named = _named_texts(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in errors:
            mends = [keyword.value for keyword in node.keywords if keyword.arg == "mend"]
            arguments = [*node.args[:1], *mends]
            for argument in arguments:
                yield from (Text("", text) for text in _constants(argument, named))
        elif name in CALLS and len(node.args) > max(CALLS[name]):
            parts = [_constants(node.args[position], named) for position in CALLS[name]]
            if name == "in_context":
                contexts = _constants(node.args[0], named)
                yield from (Text(context, id) for context in contexts for id in parts[0])
            elif len(parts) == 2:
                yield from (Text("", singular, many) for singular, many in zip(*parts, strict=True))
            else:
                yield from (Text("", id) for id in parts[0])


def _named_texts(tree: ast.Module) -> dict[str, str]:
    """Texts that a module gives a name: what several of its errors say."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _constants(node: ast.expr, named: Mapping[str, str]) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _constants(node.body, named) + _constants(node.orelse, named)
    if isinstance(node, ast.Name) and node.id in named:
        return [named[node.id]]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return []


def _in_template(path: Path) -> Iterator[Text]:
    with path.open("rb") as file:
        options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
        names = ("_", "gettext", "ngettext")
        for _, function, arguments, _ in babel_extract(file, names, (), options):
            if function == "ngettext":
                yield Text("", arguments[0], arguments[1])
            else:
                yield Text("", arguments if isinstance(arguments, str) else arguments[0])


def _declared() -> Iterator[Text]:
    """Texts declared as data: columns, goals, features, indicators, helps, what libraries say."""
    from matchmaker.api.directory.reconciliation_shapes import PROPERTY
    from matchmaker.api.http.problems import REFUSALS
    from matchmaker.audit.indicators import INDICATORS
    from matchmaker.cli import cli
    from matchmaker.cli.language import help_texts
    from matchmaker.cli.learning import STRATA
    from matchmaker.cli.quality_page import STRATUM
    from matchmaker.domain import GraphRows
    from matchmaker.exports.tables import EXPORTED
    from matchmaker.goals import GOALS
    from matchmaker.ingest.columns import table_name
    from matchmaker.ingest.list_formats import FORMATS
    from matchmaker.messages import FIELD
    from matchmaker.recommend.baselines import BASELINES
    from matchmaker.recommend.evaluate import OWN, settings
    from matchmaker.recommend.features import FEATURES
    from matchmaker.services.cooperation.call_export import ANSWERS, MET_REQUIREMENTS
    from matchmaker.services.directory.reconciliation import FETCHED
    from matchmaker.services.operations.exported_clusters import (
        CERTIFICATE_EXTRAS,
        MEMBER_EXTRAS,
        OFFER_EXTRAS,
        TIE_EXTRAS,
    )
    from matchmaker.services.operations.exported_results import ALL_COLUMNS
    from matchmaker.validation import COUNTED, TEXTS
    from matchmaker.web.field_words import FORM_FIELDS
    from matchmaker.workflow.notification import STATES

    for name in (*GraphRows.__dataclass_fields__, "participants"):
        yield Text(table_name(name).context, name)
    # Reasons that are stored with pairs that may be one.
    for reason in ("same name and place", "same name", "like names"):
        yield Text("", reason)
    for table in FORMATS.values():
        yield Text("", table.title.id)
        for column in table.columns:
            yield Text(FIELD, column.name)
            yield Text(column.title.context, column.title.id)
            if " | " not in column.meaning.id:  # words of the tables themselves
                yield Text(column.meaning.context, column.meaning.id)
    yield from (Text(FIELD, name) for name in FORM_FIELDS)
    yield from (Text(PROPERTY, name) for name in FETCHED)
    for columns in (
        MEMBER_EXTRAS, CERTIFICATE_EXTRAS, OFFER_EXTRAS, TIE_EXTRAS, ANSWERS, MET_REQUIREMENTS,
        *ALL_COLUMNS,
    ):  # fmt: skip
        yield from (Text(EXPORTED, column.name) for column in columns)
    for goal in GOALS.values():
        yield Text("", goal.label)
        yield Text(goal.heading.context, goal.heading.id)
    # Names of an evaluation's tables, methods, settings and groups of questions.
    yield from (Text("", name) for name in (*OWN, *BASELINES, *EVALUATION_NAMES))
    yield from (Text("", name) for name in STRATA)
    for goal in GOALS.values():
        yield from (Text("", setting.knob) for setting in settings(goal))
    yield from (Text(STRATUM, name) for name in STRATUM_NAMES)
    for feature in FEATURES.values():
        yield Text("", feature.meaning)
    for definition, _ in INDICATORS.values():
        yield Text(definition.title.context, definition.title.id)
        yield Text("", definition.about.id)
    yield from (Text(state.context, state.id) for state in STATES.values())
    for text in (*TEXTS.values(), *REFUSALS.values()):
        yield Text("", text)
    for _, single, many in COUNTED.values():
        yield Text("", single, many)
    yield from (Text("", text) for _, _, text in help_texts(cli))
    yield from _of_click()


def _of_click() -> Iterator[Text]:
    """What click itself says, through gettext, where a reader of ours can meet it."""
    for name in _CLICK_MODULES:
        path = Path(click.__file__).with_name(f"{name}.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                parts = [part for argument in node.args for part in _constants(argument, {})]
                if parts and parts[0] not in _OF_DEVELOPERS:
                    yield Text("", *parts)


def read(path: Path) -> Catalog:
    """A catalogue by its file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def faults(catalogue: Catalog, wanted: set[Text]) -> list[str]:
    """What is missing, not used, or says other parameters than the text."""
    entries = {
        Text(entry.context or "", *_forms(entry.id)): entry for entry in catalogue if entry.id
    }
    problems = [f"missing: {_shown(text)}" for text in sorted(wanted - set(entries))]
    problems += [f"unused: {_shown(text)}" for text in sorted(set(entries) - wanted)]
    for text in sorted(wanted & set(entries)):
        forms = entries[text].string
        allowed = set(PLACEHOLDER.findall(text.id + text.plural))
        for form in (forms,) if isinstance(forms, str) else forms:
            if not form:
                problems.append(f"empty: {_shown(text)}")
            elif not set(PLACEHOLDER.findall(form)) <= allowed:
                problems.append(f"parameters differ: {_shown(text)} and {form!r}")
    return problems


def _shown(text: Text) -> str:
    return f"{text.context}: {text.id!r}" if text.context else repr(text.id)


def _forms(id: str | tuple[str, ...]) -> tuple[str, str]:
    return (id, "") if isinstance(id, str) else (id[0], id[1])


def main() -> int:
    """Sort, or only check, every catalogue."""
    parser = argparse.ArgumentParser(prog="python -m tools.translations")
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    wanted, code = texts(), 0
    for path in sorted(TRANSLATIONS.glob("*.po")):
        catalogue = read(path)
        for fault in faults(catalogue, wanted):
            print(f"{path.name}: {fault}")  # noqa: T201
            code = 1
        if not check:
            write(path, catalogue)
    return code if check else 0


def write(path: Path, catalogue: Catalog) -> None:
    """A catalogue sorted, without marks of the tool."""
    head = path.read_text("utf-8").split("\n\n", 1)[0]
    for entry in catalogue:
        entry.flags.discard("python-format")
        entry.locations = []
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, omit_header=True)
    path.write_text(f"{head}\n\n{path.read_text('utf-8').lstrip()}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
