"""The reader's language on the command line: `--language`, else as the environment says."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from typing import Any

import click

from matchmaker.messages import SOURCE, catalogue, languages, terminal_language, translated

_chosen = SOURCE
_TEXTS = (
    "help", "short_help", "epilog", "prompt", "metavar", "options_metavar", "subcommand_metavar",
)  # fmt: skip
_CALLED_BY_NAME = (click.Path, *map(type, (click.INT, click.FLOAT, click.STRING)))
_english: dict[int, dict[str, object]] = {}


def language() -> str:
    """The language of the running command."""
    return _chosen


def choose(context: click.Context, parameter: click.Parameter, wanted: str | None) -> str | None:
    """The value of `--language` put into force, helps of all commands included."""
    del parameter
    global _chosen  # noqa: PLW0603
    _chosen = wanted or terminal_language()
    # Click says its own words ("Usage", "No such option") through these, which read compiled files.
    gettext.dgettext, gettext.dngettext = _dgettext, _dngettext
    _translate_help(context.find_root().command, _chosen)
    return wanted


def language_option(command: Any) -> Any:
    """Give a group the option `--language`."""
    return click.option(
        "--language",
        type=click.Choice(languages()),
        is_eager=True,
        expose_value=False,
        callback=choose,
        help="Language of what is printed; default: the locale's.",
    )(command)


def help_texts(command: click.Command) -> Iterator[tuple[object, str, str]]:
    """Every text of the help: whose it is, under which attribute, and the English text."""
    for owner in (command, *command.params, *_kinds_of_values(command)):
        texts = {name: getattr(owner, name, None) for name in _texts_of(owner)}
        for name, text in _english.setdefault(id(owner), texts).items():
            if isinstance(text, str) and text:
                yield owner, name, text
    for part in getattr(command, "commands", {}).values():
        yield from help_texts(part)


def _texts_of(owner: object) -> tuple[str, ...]:
    if isinstance(owner, click.Argument):  # its name stays, as those of options do
        return ()
    return ("name",) if isinstance(owner, click.ParamType) else _TEXTS


def _kinds_of_values(command: click.Command) -> Iterator[object]:
    """Those that click calls by their name, in helps and where a value is none ("integer")."""
    for parameter in command.params:
        for kind in getattr(parameter.type, "types", (parameter.type,)):
            if isinstance(kind, _CALLED_BY_NAME):
                yield kind


def _translate_help(command: click.Command, language: str) -> None:
    for owner, name, text in help_texts(command):
        setattr(owner, name, translated(text, language))
        if isinstance(owner, click.Command):
            owner._help_option = None  # click keeps it in the language of its first help


def _dgettext(domain: str, message: str) -> str:
    del domain
    return translated(message, _chosen)


def _dngettext(domain: str, msgid1: str, msgid2: str, n: int) -> str:
    del domain
    return str(catalogue(_chosen).ungettext(msgid1, msgid2, n))
