"""`matchmaker train` and `matchmaker evaluate`: learning to rank, and how often it is right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from matchmaker.cli.days import DayParameter
from matchmaker.cli.language import language
from matchmaker.cli.output import print_json, progress_bars, say, wired
from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput
from matchmaker.messages import message
from matchmaker.whole_file import whole_file

STRATA = ("history", "size", "place", "cluster", "language")
_DAYS = {"d": 1, "m": 30.4375, "y": 365.25}


class _Horizon(click.ParamType[timedelta]):
    """A length of time: 2y, 18m, 90d."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"(\d{1,4})([dmy])", str(value).strip())
        if not match or not int(match[1]):
            refusal = message(
                "'%(value)s' is not a length of time: write 2y, 18m or 90d.", value=value
            )
            self.fail(refusal.text(language()), param, ctx)
        return timedelta(days=round(int(match[1]) * _DAYS[match[2]]))


def _goal(required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--goal", type=click.Choice([goal.value for goal in GoalName]), required=required,
        help="What the partner is for." if required else "Default: every goal with a history.",
    )  # fmt: skip


@click.command()
@_goal(required=False)
@click.option(
    "--cut",
    type=DayParameter(),
    help="Learn only from what was known by this day; kept apart, for `evaluate`.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def train(goal: str | None, cut: date | None, as_json: bool) -> None:
    """Learn to rank from the graph's own history; recommendations use it at once."""
    learning = wired().learning
    goals = [GoalName(goal)] if goal else list(learning.goals())
    if not goals:
        say(message("No goal has a history to learn from; fixed weights are used."), error=True)
    by_goal = {}
    for name in goals:
        try:
            with progress_bars() as report:
                by_goal[name.value] = learning.train(name, report, cut).figures
        except InvalidInput as error:
            if goal:
                raise
            # The others may have more to learn from.
            click.echo(f"{name}: {error.text(language())}", err=True)
            continue
        if not as_json:
            figures = by_goal[name.value]
            say(
                message(
                    "%(goal)s: %(features)s features, %(examples)s examples of %(cuts)s cuts, "
                    "%(seconds).0f s.",
                    goal=name,
                    features=figures["features"],
                    examples=f"{figures['examples']:,}",
                    cuts=len(figures["cuts"]),
                    seconds=figures["seconds"],
                )
            )
    if as_json:
        print_json(by_goal)


@click.command()
@_goal(required=True)
@click.option("--cut", type=DayParameter(), required=True, help="Freeze the graph as of this day.")
@click.option("--horizon", type=_Horizon(), default="2y", show_default=True, help="How far ahead.")
@click.option(
    "--asked",
    type=click.Choice(["on-record", "own-words"]),
    default="on-record",
    show_default=True,
    help="Ask with profiles on record, or with texts, once as a known organisation and once "
    "as nobody.",
)
@click.option("--by", type=click.Choice(STRATA), help="A table for each stratum as well.")
@click.option("--limit", type=click.IntRange(1), help="At most so many questions, drawn at random.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write JSON, page and plots."
)
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def evaluate(
    goal: str,
    cut: date,
    horizon: timedelta,
    asked: str,
    by: str | None,
    limit: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Rank every candidate as of a day, and compare with what happened later."""
    from matchmaker.services.matching.evaluation import AskedWith

    learning = wired().learning
    with progress_bars() as report:
        evaluation = learning.evaluate(
            GoalName(goal), cut, horizon, by, report, limit, AskedWith(asked)
        )
    plain = json.loads(json.dumps(asdict(evaluation), ensure_ascii=False, default=_plain))
    if out is not None:
        from matchmaker.cli.quality_page import page_name, write

        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(plain, ensure_ascii=False, indent=1)
        with whole_file(out / f"{page_name(plain)}.json") as unfinished:
            unfinished.write_text(text + "\n", encoding="utf-8")
        say(message("Written: %(path)s", path=write(plain, out, language())), error=True)
    if as_json:
        print_json(plain)
        return
    _print(plain)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value)


def _print(evaluation: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from matchmaker.cli.quality_page import asker_table, headline, reliability, tables_of

    console = Console(soft_wrap=True, width=max(110, Console().width))
    click.secho(headline(evaluation, language()), bold=True)
    tables = [
        table
        for title, part in evaluation["tables"].items()
        for table in tables_of(title, part, language())
    ]
    if evaluation["asker"]:
        tables.append(asker_table(evaluation, language()))
    if evaluation["reliability"]:
        tables.append(reliability(evaluation, language()))
    for table in tables:
        printed = Table(title=table.title, title_justify="left")
        for number, name in enumerate(table.head):
            printed.add_column(name, justify="right" if number else "left")
        for row in table.rows:
            printed.add_row(*row)
        console.print(printed, markup=False)
