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

from matchmaker.cli.language import language
from matchmaker.cli.output import print_json, progress_bars, say, wired
from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput
from matchmaker.messages import message, translated

if TYPE_CHECKING:
    from matchmaker.services.matching.evaluation import Evaluation

STRATA = ("history", "size", "place", "cluster", "language")
# The context of what a group of questions is called.
STRATUM = "stratum"
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
    type=click.DateTime(["%Y-%m-%d"]),
    help="Learn only from what was known by this day; kept apart, for `evaluate`.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def train(goal: str | None, cut: datetime | None, as_json: bool) -> None:
    """Learn to rank from the graph's own history; recommendations use it at once."""
    learning = wired().learning
    goals = [GoalName(goal)] if goal else list(learning.goals())
    if not goals:
        say(message("No goal has a history to learn from; fixed weights are used."), error=True)
    day = cut.date() if cut else None
    by_goal = {}
    for name in goals:
        try:
            with progress_bars() as report:
                by_goal[name.value] = learning.train(name, report, day).figures
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
        say(message("Written: %(path)s", path=write(plain, out)), error=True)
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

    def word(text: str) -> str:
        return translated(text, language())

    console = Console(soft_wrap=True, width=max(110, Console().width))
    learned = message("learned")
    fixed = message("fixed weights: the history is too short to learn from")
    say(
        message(
            "%(goal)s as of %(day)s, foreseen until %(until)s: %(candidates)s candidates, %(how)s, "
            "%(seconds).0f s",
            goal=evaluation.goal,
            day=evaluation.cut,
            until=evaluation.until,
            candidates=f"{evaluation.candidates:,}",
            how=learned if evaluation.learned else fixed,
            seconds=evaluation.seconds,
        ),
        bold=True,
    )
    for title, part in evaluation.tables.items():
        questions = message(
            "%(table)s (%(count)s questions)", table=word(title), count=f"{part['trials']:,}"
        )
        table = Table(title=questions.text(language()), title_justify="left")
        table.add_column(word("method"))
        names = list(next(iter(part["methods"].values())))
        for name in (*names, word("ours less it, hit@10"), word("largest share")):
            table.add_column(name, justify="right")
        for method, figures in part["methods"].items():
            low, high = figures["hit@10"]["ours_less_interval"]
            table.add_row(
                word(method),
                *(f"{figures[name]['mean']:.3f}" for name in names),
                f"{figures['hit@10']['ours_less']:+.3f} [{low:+.3f}, {high:+.3f}]",
                f"{part['exposure'][method]['largest_share']:.3f}",
            )
        console.print(table, markup=False)
        fair = Table(title=word("What fairness costs"), title_justify="left")
        fair.add_column(word("setting"))
        names = ["hit@10", "cost", "largest_share", "other_clusters", "smaller"]
        for name in names:
            fair.add_column(word(name.replace("_", " ")), justify="right")
        for item in part["settings"]:
            label = f"{word(item['knob'])} {item['value']:g}"
            fair.add_row(label, *(f"{item[name]:.3f}" for name in names))
        console.print(fair, markup=False)
        for group, stratum in part.get("strata", {}).items():
            best = sorted(stratum["methods"].items(), key=lambda item: -item[1]["hit@10"])[:4]
            leaders = ", ".join(f"{word(name)} {item['hit@10']:.3f}" for name, item in best)
            label = f"{word(part['by'])} {translated(group, language(), STRATUM)}"
            console.print(f"  {label} ({stratum['trials']:,}): {leaders}", markup=False)
    if evaluation.reliability:
        steps = ", ".join(
            f"{x['predicted']:.4f} → {x['observed']:.4f}" for x in evaluation.reliability
        )
        say(
            message(
                "Probability promised → came true, in tenths of the pairs: %(steps)s", steps=steps
            )
        )
