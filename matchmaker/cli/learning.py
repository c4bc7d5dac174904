"""`matchmaker train` and `matchmaker evaluate`: learning to rank, and how often it is right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.output import print_json, progress_bars, wired
from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput

if TYPE_CHECKING:
    from matchmaker.services.matching.evaluation import Evaluation

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
            self.fail(f"{value!r} is not a length of time: write 2y, 18m or 90d.", param, ctx)
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
    type=click.DateTime(["%Y-%m-%d"]),
    help="Learn only from what was known by this day; kept apart, for `evaluate`.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def train(goal: str | None, cut: datetime | None, as_json: bool) -> None:
    """Learn to rank from the graph's own history; recommendations use it at once."""
    learning = wired().learning
    goals = [GoalName(goal)] if goal else list(learning.goals())
    if not goals:
        click.echo("No goal has a history to learn from; fixed weights are used.", err=True)
    day = cut.date() if cut else None
    by_goal = {}
    for name in goals:
        try:
            with progress_bars() as report:
                by_goal[name.value] = learning.train(name, report, day).figures
        except InvalidInput as error:
            if goal:
                raise
            click.echo(f"{name}: {error}", err=True)  # the others may have more to learn from
            continue
        if not as_json:
            figures = by_goal[name.value]
            click.echo(
                f"{name}: {figures['features']} features, {figures['examples']:,} examples of "
                f"{len(figures['cuts'])} cuts, {figures['seconds']:.0f} s."
            )
    if as_json:
        print_json(by_goal)


@click.command()
@_goal(required=True)
@click.option(
    "--cut",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="Freeze the graph as of this day.",
)
@click.option("--horizon", type=_Horizon(), default="2y", show_default=True, help="How far ahead.")
@click.option("--by", type=click.Choice(STRATA), help="A table for each stratum as well.")
@click.option("--limit", type=click.IntRange(1), help="At most so many questions, drawn at random.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write JSON, page and plots."
)
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def evaluate(
    goal: str,
    cut: datetime,
    horizon: timedelta,
    by: str | None,
    limit: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Rank every candidate as of a day, and compare with what happened later."""
    learning = wired().learning
    with progress_bars() as report:
        evaluation = learning.evaluate(GoalName(goal), cut.date(), horizon, by, report, limit)
    plain = json.loads(json.dumps(asdict(evaluation), ensure_ascii=False, default=_plain))
    if out is not None:
        from matchmaker.cli.quality_page import write

        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(plain, ensure_ascii=False, indent=1)
        (out / f"{goal}-{cut.date()}.json").write_text(text + "\n", encoding="utf-8")
        click.echo(f"Written: {write(plain, out)}", err=True)
    if as_json:
        print_json(plain)
        return
    _print(evaluation)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value)


def _print(evaluation: Evaluation) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True, width=max(110, Console().width))
    how = (
        "learned" if evaluation.learned else "fixed weights: the history is too short to learn from"
    )
    console.print(
        f"[bold]{evaluation.goal}[/bold] as of {evaluation.cut}, "
        f"foreseen until {evaluation.until}: "
        f"{evaluation.candidates:,} candidates, {how}, {evaluation.seconds:.0f} s"
    )
    for title, part in evaluation.tables.items():
        table = Table(title=f"{title} ({part['trials']:,} questions)", title_justify="left")
        table.add_column("method")
        names = list(next(iter(part["methods"].values())))
        for name in names:
            table.add_column(name, justify="right")
        table.add_column("ours less it, hit@10", justify="right")
        table.add_column("largest share", justify="right")
        for method, figures in part["methods"].items():
            low, high = figures["hit@10"]["ours_less_interval"]
            table.add_row(
                method,
                *(f"{figures[name]['mean']:.3f}" for name in names),
                f"{figures['hit@10']['ours_less']:+.3f} [{low:+.3f}, {high:+.3f}]",
                f"{part['exposure'][method]['largest_share']:.3f}",
            )
        console.print(table, markup=False)
        fair = Table(title="What fairness costs", title_justify="left")
        names = ["hit@10", "cost", "largest_share", "other_clusters", "smaller"]
        for column in ("setting", *names):
            fair.add_column(
                column.replace("_", " "), justify="left" if column == "setting" else "right"
            )
        for item in part["settings"]:
            label = f"{item['knob']} {item['value']:g}"
            fair.add_row(label, *(f"{item[name]:.3f}" for name in names))
        console.print(fair, markup=False)
        for group, stratum in part.get("strata", {}).items():
            best = sorted(stratum["methods"].items(), key=lambda item: -item[1]["hit@10"])[:4]
            leaders = ", ".join(f"{name} {item['hit@10']:.3f}" for name, item in best)
            console.print(
                f"  {part['by']} {group} ({stratum['trials']:,}): {leaders}", markup=False
            )
    if evaluation.reliability:
        steps = ", ".join(
            f"{x['predicted']:.4f} → {x['observed']:.4f}" for x in evaluation.reliability
        )
        console.print(f"Probability promised → came true, in tenths of the pairs: {steps}")
