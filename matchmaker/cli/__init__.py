"""The command line: `matchmaker …`.

Exit codes: 0 done; 1 the input or the state of things does not allow it; 2 wrong
usage; 3 done, but some rows or seekers were refused; 4 store, snapshot or model
unavailable; 5 the disk cannot be written; 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys

import click

from matchmaker import errors
from matchmaker.cli.assistants import mcp
from matchmaker.cli.auditing import audit, clusters
from matchmaker.cli.backup import backup, restore, upgrade
from matchmaker.cli.calls import call
from matchmaker.cli.cooperation import effect, introduction, post
from matchmaker.cli.directory import show_log
from matchmaker.cli.exports import export
from matchmaker.cli.import_lists import list_command
from matchmaker.cli.import_undo import changes, history, undo
from matchmaker.cli.imports import duplicates, import_group, seed, template
from matchmaker.cli.language import language, language_option
from matchmaker.cli.learning import evaluate, train
from matchmaker.cli.matching import recommend
from matchmaker.cli.operations import doctor, key, refresh, serve, setup, status, worker
from matchmaker.cli.output import say
from matchmaker.cli.people import account
from matchmaker.cli.programmes import programmes
from matchmaker.messages import located, message
from matchmaker.system_errors import reason_of

_UNAVAILABLE = (
    errors.ServiceUnavailable, errors.StoreMismatch, errors.SnapshotUnavailable,
    errors.ModelUnavailable, errors.RankerMismatch,
)  # fmt: skip
_COMMANDS = (
    recommend, programmes, audit, clusters, account, post, introduction, call, effect, show_log,
    import_group, template, export, seed, duplicates, refresh, train, evaluate, status, doctor,
    setup, serve, worker, key, backup, restore, upgrade, mcp,
)  # fmt: skip
import_group.add_command(list_command)
for _command in (history, changes, undo):
    import_group.add_command(_command)
_EPILOG = (
    "Exit codes: 0 done, 1 input or state, 2 usage, 3 some rows refused, "
    "4 store, snapshot or model unavailable, 5 disk, 130 interrupted."
)


@click.group(
    commands=_COMMANDS, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="matchmaker", help="Show the version and exit.")
@language_option
def cli() -> None:
    """Find the ties an industrial cluster is missing, and why they are worth making."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command; every expected error becomes one line and an exit code."""
    os.umask(0o077)  # what it writes is its own, in a shared folder of snapshots too
    # Most of what a command makes is its modules, which stay: looked through for garbage as often
    # as by default they would take a sixth longer to load.
    gc.set_threshold(20_000, 20, 20)
    code = run(arguments)
    gc.freeze()  # what is left goes with the process, and Python would look through it once more
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Like `main`, but gives the exit code back."""
    try:
        result = cli.main(arguments, prog_name="matchmaker", standalone_mode=False)
    except errors.MatchmakerError as error:
        return _fail(error.text(language()), exit_code(error))
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _fail(message("Interrupted.").text(language()), 130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; Python would complain at exit
        return 0
    except OSError as error:
        where = str(error.filename) if error.filename else ""
        problem = message("%(reason)s.", reason=reason_of(error))
        return _fail((located(where, problem) if where else problem).text(language()), 5)
    return result if isinstance(result, int) else 0


def exit_code(error: errors.MatchmakerError) -> int:
    """The exit code of an expected error."""
    if isinstance(error, _UNAVAILABLE):
        return 4
    return 5 if isinstance(error, errors.StorageFull) else 1


def _fail(problem: str, code: int) -> int:
    say(message("Error: %(what)s", what=" ".join(problem.split())), error=True)
    return code
