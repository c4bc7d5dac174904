"""Evaluations as a page: tables in Markdown, plots beside them as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matchmaker.recommend.evaluate import CAPPED, OURS, OWN

MEASURES = ("hit@10", "recall@10", "recall@50", "ndcg@10", "mrr")
_EXPOSURE = {
    "coverage": "coverage",
    "gini": "Gini",
    "top_50_share": "top 50",
    "largest_share": "largest",
    "congestion": "congestion",
    "other_clusters": "other clusters",
    "smaller": "smaller",
}


def write(evaluation: Mapping[str, Any], folder: Path) -> Path:
    """Page and plots of one evaluation, as `evaluate --out` and the quality report write them."""
    name = f"{evaluation['goal']}-{evaluation['cut']}"
    lines = [
        f"# {evaluation['goal']} as of {evaluation['cut']}",
        "",
        *section(evaluation, folder, name),
    ]
    page = folder / f"{name}.md"
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return page


def section(evaluation: Mapping[str, Any], folder: Path, name: str) -> list[str]:
    """Markdown lines of one evaluation; its plots are written to `folder`."""
    learned = "learned from what was known by then"
    how = learned if evaluation["learned"] else "fixed weights: too short a history to learn from"
    lines = [
        f"Frozen as of {evaluation['cut']}, compared with what happened until "
        f"{evaluation['until']}; {evaluation['candidates']:,} candidates, every one ranked; {how}. "
        f"{evaluation['seconds']:.0f} s.",
        "",
    ]
    for number, (title, part) in enumerate(evaluation["tables"].items()):
        picture = f"{name}-{number}.svg"
        _plot(title, part, folder / picture)
        lines += [f"**{title}** ({part['trials']:,} questions)", "", *_table(part), ""]
        lines += [f"![hit@10 of every method, with 95 % intervals]({picture})", ""]
        lines += _strata(part)
        lines += ["How places are spread:", "", *_exposure(part), ""]
        if part.get("settings"):
            curve = f"{name}-{number}-settings.svg"
            _plot_settings(part["settings"], folder / curve)
            lines += ["What fairness costs:", "", *_settings(part["settings"]), ""]
            lines += [f"![hit@10 against the largest share of places]({curve})", ""]
    if evaluation.get("reliability"):
        rows = [
            [f"{tenth['predicted']:.4f}", f"{tenth['observed']:.4f}", f"{tenth['count']:,.0f}"]
            for tenth in evaluation["reliability"]
        ]
        lines += [
            "What probabilities promised and what came true, of seekers drawn at random, those "
            "included to whom nothing happened, in tenths of the pairs that were ranked:",
            "",
        ]
        lines += [*_markdown(["promised", "came true", "pairs"], rows), ""]
    return lines


def _table(part: Mapping[str, Any]) -> list[str]:
    head = ["method", *MEASURES, "hit@10, ours less it"]
    rows = []
    for method, figures in part["methods"].items():
        low, high = figures["hit@10"]["ours_less_interval"]
        less = f"{figures['hit@10']['ours_less']:+.3f} [{low:+.3f}, {high:+.3f}]"
        cells = [f"{figures[name]['mean']:.3f}" for name in MEASURES]
        rows.append([_marked(method), *cells, "" if method == OURS else less])
    return _markdown(head, rows)


def _marked(method: str) -> str:
    return f"**{method}**" if method in OWN else method


def _strata(part: Mapping[str, Any]) -> list[str]:
    strata = part.get("strata", {})
    if not strata:
        return []
    rows = []
    for group, stratum in strata.items():
        hits = {name: figures["hit@10"] for name, figures in stratum["methods"].items()}
        best = max((name for name in hits if name not in OWN), key=hits.__getitem__)
        ours = [f"{hits[name]:.3f}" for name in (OURS, CAPPED)]
        rows.append([group, f"{stratum['trials']:,}", *ours, f"{hits[best]:.3f} ({best})"])
    head = [part["by"], "questions", "ours", "capped", "best baseline, hit@10"]
    return [*_markdown(head, rows), ""]


def _exposure(part: Mapping[str, Any]) -> list[str]:
    rows = [
        [_marked(method), *(f"{figures[name]:.3f}" for name in _EXPOSURE)]
        for method, figures in part["exposure"].items()
        if method in OWN or figures["coverage"] > 0
    ]
    return _markdown(["method", *_EXPOSURE.values()], rows)


def _settings(curve: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = []
    for setting in curve:
        knob, (low, high) = setting["knob"], setting["cost_interval"]
        title = knob if knob == "by default" else f"{knob} {setting['value']:g}"
        cost = f"{setting['cost']:+.3f} [{low:+.3f}, {high:+.3f}]"
        shares = [f"{setting[name]:.3f}" for name in ("largest_share", "other_clusters", "smaller")]
        rows.append([title, f"{setting['hit@10']:.3f}", cost, *shares])
    head = ["setting", "hit@10", "cost", "largest", "other clusters", "smaller"]
    return _markdown(head, rows)


def _plot_settings(curve: Sequence[Mapping[str, Any]], path: Path) -> None:
    """hit@10 against what each knob brings: less for the most shown, more for others."""
    from matplotlib import pyplot

    panels = (("exposure price", "largest_share", "largest share of places"),
              ("slots for other clusters", "other_clusters", "share in other clusters"),
              ("price of a place taken", "largest_share", "largest share of places"))  # fmt: skip
    figure, axes = pyplot.subplots(1, 3, figsize=(9, 2.6), sharey=True, layout="constrained")
    for axis, (knob, bought, label) in zip(axes, panels, strict=True):
        points = [curve[0], *(point for point in curve if point["knob"] == knob and point["value"])]
        x = [point[bought] for point in points]
        axis.plot(x, [point["hit@10"] for point in points], marker="o", color="#0b6e4f")
        for point, at in zip(points, x, strict=True):
            axis.annotate(f"{point['value']:g}", (at, point["hit@10"]), fontsize=7)
        axis.set(title=knob, xlabel=label)
    axes[0].set_ylabel("hit@10")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def _plot(title: str, part: Mapping[str, Any], path: Path) -> None:
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
    axes.barh([name for name, _ in methods], means, xerr=[below, above], color=colours, capsize=2)
    axes.set_xlabel("hit@10")
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)
