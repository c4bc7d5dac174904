"""Evaluations as tables for the terminal, and as a page in Markdown with plots beside it."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchmaker.domain import GoalName
from matchmaker.messages import SOURCE, message, translated
from matchmaker.recommend.evaluate import CAPPED, OURS, OWN
from matchmaker.whole_file import whole_file

MEASURES = ("hit@10", "recall@10", "recall@50", "ndcg@10", "mrr")
# The context of what a group of questions is called.
STRATUM = "stratum"
_EXPOSURE = {
    "coverage": message("coverage"),
    "gini": message("Gini"),
    "top_50_share": message("top 50"),
    "largest_share": message("largest share"),
    "congestion": message("congestion"),
    "other_clusters": message("other clusters"),
    "smaller": message("smaller"),
}


@dataclass(frozen=True, slots=True)
class EvaluationTable:
    """Words and figures as they are shown; the first column names the row."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def headline(evaluation: Mapping[str, Any], language: str) -> str:
    """A headline: what was evaluated, as of when, and how."""
    learned = message("learned from what was known by then")
    fixed = message("fixed weights: the history is too short to learn from")
    return message(
        "%(goal)s as of %(day)s, compared with what happened until %(until)s: %(candidates)s "
        "candidates, every one ranked; %(how)s; %(seconds).0f s",
        goal=GoalName(evaluation["goal"]),
        day=evaluation["cut"],
        until=evaluation["until"],
        candidates=f"{evaluation['candidates']:,}",
        how=learned if evaluation["learned"] else fixed,
        seconds=evaluation["seconds"],
    ).text(language)


def tables_of(title: str, part: Mapping[str, Any], language: str) -> Iterator[EvaluationTable]:
    """The tables of one kind of questions: methods, strata, exposure, settings."""
    count = f"{part['trials']:,}"
    yield EvaluationTable(
        message(
            "%(table)s (%(count)s questions)", table=translated(title, language), count=count
        ).text(language),
        _words(("method", *MEASURES, "ours less it, hit@10"), language),
        [
            [
                translated(method, language),
                *(f"{figures[name]['mean']:.3f}" for name in MEASURES),
                "" if method == OURS else _difference(figures["hit@10"], "ours_less"),
            ]
            for method, figures in part["methods"].items()
        ],
    )
    if part.get("strata"):
        yield _strata(part, language)
    yield EvaluationTable(
        message("How places are spread").text(language),
        [translated("method", language), *(name.text(language) for name in _EXPOSURE.values())],
        [
            [translated(method, language), *(f"{figures[name]:.3f}" for name in _EXPOSURE)]
            for method, figures in part["exposure"].items()
            if method in OWN or figures["coverage"] > 0
        ],
    )
    if part.get("settings"):
        shares = ("largest_share", "other_clusters", "smaller")
        names = ("setting", "hit@10", "cost", *(name.replace("_", " ") for name in shares))
        yield EvaluationTable(
            translated("What fairness costs", language),
            _words(names, language),
            [
                [
                    f"{translated(setting['knob'], language)} {setting['value']:g}",
                    f"{setting['hit@10']:.3f}",
                    _difference(setting, "cost"),
                    *(f"{setting[name]:.3f}" for name in shares),
                ]
                for setting in part["settings"]
            ],
        )


def reliability(evaluation: Mapping[str, Any], language: str) -> EvaluationTable:
    """The table of learned probabilities, beside what came true."""
    heads = (message("promised"), message("came true"), message("pairs"))
    return EvaluationTable(
        message(
            "What probabilities promised and what came true, of seekers drawn at random, those "
            "included to whom nothing happened, in tenths of the pairs that were ranked"
        ).text(language),
        [head.text(language) for head in heads],
        [
            [f"{tenth['predicted']:.4f}", f"{tenth['observed']:.4f}", f"{tenth['count']:,.0f}"]
            for tenth in evaluation["reliability"]
        ],
    )


def asker_table(evaluation: Mapping[str, Any], language: str) -> EvaluationTable:
    """The table of each method's figures with a known asker and without."""
    heads = _words(("method", "hit@10 with", "without", "difference"), language)
    heads += _words(("MRR with", "without", "difference"), language)
    return EvaluationTable(
        message("What knowing who asks changes, for the same questions").text(language),
        heads,
        [
            [
                translated(method, language),
                *(
                    cell
                    for figures in (measures["hit@10"], measures["mrr"])
                    for cell in (
                        f"{figures['known']:.3f}",
                        f"{figures['nobody']:.3f}",
                        _difference(figures, "difference"),
                    )
                ),
            ]
            for method, measures in evaluation["asker"].items()
        ],
    )


def page_name(evaluation: Mapping[str, Any]) -> str:
    """The name of the files of an evaluation, without their ending."""
    suffix = "-own-words" if evaluation.get("asker") else ""
    return f"{evaluation['goal']}-{evaluation['cut']}{suffix}"


def write(evaluation: Mapping[str, Any], folder: Path, language: str = SOURCE) -> Path:
    """Page and plots of one evaluation, as `evaluate --out` and the quality report write them."""
    name = page_name(evaluation)
    title = message(
        "%(goal)s as of %(day)s", goal=GoalName(evaluation["goal"]), day=evaluation["cut"]
    )
    lines = [f"# {title.text(language)}", "", *section(evaluation, folder, name, language)]
    page = folder / f"{name}.md"
    with whole_file(page) as unfinished:
        unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return page


def section(
    evaluation: Mapping[str, Any], folder: Path, name: str, language: str = SOURCE
) -> list[str]:
    """Markdown lines of one evaluation; its plots are written to `folder`."""
    lines = [headline(evaluation, language), ""]
    own = set(_words(sorted(OWN), language))
    for number, (title, part) in enumerate(evaluation["tables"].items()):
        plots = {f"{name}-{number}.svg": message("hit@10 of every method, with 95 % intervals")}
        with warnings.catch_warnings():
            # Letters are written as letters: whoever reads the file has the font, not we.
            warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
            _plot(title, part, folder / f"{name}-{number}.svg", language)
            if part.get("settings"):
                curve = f"{name}-{number}-settings.svg"
                plots[curve] = message("hit@10 against the largest share of places")
                _plot_settings(part["settings"], folder / curve, language)
        for table in tables_of(title, part, language):
            lines += _markdown(table, own)
        lines += [f"![{text.text(language)}]({plot})\n" for plot, text in plots.items()]
    if evaluation.get("asker"):
        lines += _markdown(asker_table(evaluation, language), own)
    if evaluation.get("reliability"):
        lines += _markdown(reliability(evaluation, language))
    return lines


def _words(names: Sequence[str], language: str) -> list[str]:
    return [translated(name, language) for name in names]


def _difference(figures: Mapping[str, Any], name: str) -> str:
    """A difference with its interval."""
    low, high = figures[f"{name}_interval"]
    return f"{figures[name]:+.3f} [{low:+.3f}, {high:+.3f}]"


def _strata(part: Mapping[str, Any], language: str) -> EvaluationTable:
    rows = []
    for group, stratum in part["strata"].items():
        hits = {name: figures["hit@10"] for name, figures in stratum["methods"].items()}
        best = max((name for name in hits if name not in OWN), key=hits.__getitem__)
        cells = [f"{hits[name]:.3f}" if name in hits else "" for name in (OURS, CAPPED)]
        label = f"{hits[best]:.3f} ({translated(best, language)})"
        rows.append([translated(group, language, STRATUM), f"{stratum['trials']:,}", *cells, label])
    heads = (message("questions"), message("ours"), message("capped"),
             message("best baseline, hit@10"))  # fmt: skip
    by = translated(part["by"], language)
    return EvaluationTable(by, [by, *(head.text(language) for head in heads)], rows)


def _plot_settings(curve: Sequence[Mapping[str, Any]], path: Path, language: str) -> None:
    """hit@10 against what each knob brings: less for the most shown, more for others."""
    from matplotlib import pyplot

    largest, others = message("largest share of places"), message("share in other clusters")
    panels = (("exposure price", "largest_share", largest),
              ("slots for other clusters", "other_clusters", others),
              ("price of a place taken", "largest_share", largest))  # fmt: skip
    figure, axes = pyplot.subplots(1, 3, figsize=(9, 2.6), sharey=True, layout="constrained")
    for axis, (knob, bought, label) in zip(axes, panels, strict=True):
        points = [curve[0], *(point for point in curve if point["knob"] == knob and point["value"])]
        x = [point[bought] for point in points]
        axis.plot(x, [point["hit@10"] for point in points], marker="o", color="#0b6e4f")
        for point, at in zip(points, x, strict=True):
            axis.annotate(f"{point['value']:g}", (at, point["hit@10"]), fontsize=7)
        axis.set(title=translated(knob, language), xlabel=label.text(language))
    axes[0].set_ylabel("hit@10")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _markdown(table: EvaluationTable, own: Collection[str] = ()) -> list[str]:
    """A table with its title; the names of `own` methods in bold."""
    rows = [[f"**{name}**" if name in own else name, *cells] for name, *cells in table.rows]
    return [
        f"**{table.title}**",
        "",
        "| " + " | ".join(table.head) + " |",
        "|" + "---|" * len(table.head),
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
    ]


def _plot(title: str, part: Mapping[str, Any], path: Path, language: str) -> None:
    """Bars of hit@10 with their intervals, the best on top."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "matchmaker"  # the same figures give the same file
    mpl.rcParams["svg.fonttype"] = "none"  # letters stay letters: smaller, and can be searched
    from matplotlib import pyplot

    methods = sorted(part["methods"].items(), key=lambda item: item[1]["hit@10"]["mean"])
    means = [figures["hit@10"]["mean"] for _, figures in methods]
    ranges = [figures["hit@10"]["interval"] for _, figures in methods]
    below = [mean - low for mean, (low, _) in zip(means, ranges, strict=True)]
    above = [high - mean for mean, (_, high) in zip(means, ranges, strict=True)]
    figure, axes = pyplot.subplots(figsize=(7, 0.28 * len(methods) + 0.8))
    colours = ["#b3541e" if name in OWN else "#8aa0b0" for name, _ in methods]
    names = _words([name for name, _ in methods], language)
    axes.barh(names, means, xerr=[below, above], color=colours, capsize=2)
    axes.set_xlabel("hit@10")
    axes.set_title(translated(title, language), loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)
