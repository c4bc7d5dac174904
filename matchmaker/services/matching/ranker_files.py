"""Learned rankers on disk: written whole, read only when they are ours and fit this program."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import structlog

from matchmaker.domain import GoalName
from matchmaker.errors import RankerMismatch
from matchmaker.nodes.mirror import Mirror
from matchmaker.recommend.exposure import Prices
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.learned import Calibration, GoalModel, LearnedRanker
from matchmaker.system_errors import reason_of

log = structlog.get_logger(__name__)
FORMAT = 5  # those who learned from questions in words say so
# Beyond what skops trusts by itself: the trees of scikit-learn.
TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]
MEND = "Run `matchmaker train` again; until then fixed weights are used."


class RankerFiles:
    """One file for each goal; another for each goal as learned up to a day.

    By the `mirror` other nodes have them as well.
    """

    def __init__(self, root: Path, mirror: Mirror | None = None) -> None:
        self.root = root
        self._mirror = mirror or Mirror(root)
        self._lock = threading.Lock()
        self._paths = [(goal.value, str(self.path(goal))) for goal in GoalName]
        self._stamp: tuple[tuple[str, int, int], ...] | None = None
        self._ranker = LearnedRanker({})
        self._problems: tuple[RankerMismatch, ...] = ()

    def path(self, goal: GoalName, day: date | None = None) -> Path:
        """The file of a model: of all the history, or of that up to `day`."""
        return self.root / (f"{goal}.skops" if day is None else f"{goal}@{day}.skops")

    def save(self, goal: GoalName, model: GoalModel, day: date | None = None) -> Path:
        """Write a model beside, then put it in place."""
        import skops.io

        self.root.mkdir(parents=True, exist_ok=True)
        path = self.path(goal, day)
        beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        content = {
            "format": FORMAT,
            "goal": goal.value,
            "features": list(model.features),
            "meaning": meaning(model.features),
            "classifiers": list(model.classifiers),
            "ranking": list(model.ranking),
            "slope": model.calibration.slope,
            "intercept": model.calibration.intercept,
            "seeker": dict(model.calibration.seeker),
            "newcomers": _line(model.calibration.newcomers),
            "reads_words": model.reads_words,
            "own_share": model.own_share,
            "prices": {
                "history": dict(model.prices.history),
                "newcomers": dict(model.prices.newcomers),
            },
            "figures": json.dumps(model.figures, ensure_ascii=False),
        }
        try:
            skops.io.dump(content, beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        self._mirror.put_folder("")
        return path

    def sync(self) -> None:
        """Have what another node learned; where nothing was shared yet, share what is here.

        Raises ServiceUnavailable.
        """
        if not self._mirror.fetch_folder("") and self._files():
            self._mirror.put_folder("")

    def load(self, path: Path, goal: GoalName) -> GoalModel:
        """Raises RankerMismatch when the file is not one of ours, or of other features."""
        import skops.io

        try:
            foreign = set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED)
            if foreign:
                raise RankerMismatch(
                    "%(path)s holds %(value)s, not a ranker.",
                    mend=MEND,
                    path=path,
                    value=min(foreign),
                )
            content: dict[str, Any] = skops.io.load(path, trusted=TRUSTED)
            features = tuple(content["features"])
            if content["format"] != FORMAT or content["goal"] != goal.value:
                raise RankerMismatch("%(path)s is of another format or goal.", mend=MEND, path=path)
            if content["meaning"] != meaning(features):
                raise RankerMismatch(
                    "%(path)s was learned from other features.", mend=MEND, path=path
                )
            model = GoalModel(
                ranking=tuple(content["ranking"]),
                classifiers=tuple(content["classifiers"]),
                calibration=Calibration(
                    float(content["slope"]),
                    float(content["intercept"]),
                    content["seeker"],
                    _of_line(content.get("newcomers")),
                ),
                prices=Prices(**content["prices"]),
                figures=json.loads(content["figures"]),
                reads_words=bool(content["reads_words"]),
                own_share=float(content["own_share"]),
            )
            if model.features != features:
                raise RankerMismatch(
                    "%(path)s does not fit together: its parts are of different versions.",
                    mend=MEND,
                    path=path,
                )
            return model
        except RankerMismatch:
            raise
        except Exception as error:  # a damaged archive fails in as many ways as there are bytes
            raise RankerMismatch(
                "%(path)s cannot be read: %(error)s.", mend=MEND, path=path, error=reason_of(error)
            ) from None

    def current(self) -> LearnedRanker:
        """The rankers learned by now, looked for at every call; a refused file is logged."""
        stamp = self._files()
        with self._lock:
            if stamp != self._stamp:
                self._ranker, self._problems = self._read(stamp)
                self._stamp = stamp
            return self._ranker

    def problems(self) -> tuple[RankerMismatch, ...]:
        """Reasons why files were refused."""
        self.current()
        return self._problems

    def label(self, goal: GoalName) -> str:
        """The name of a goal's ranker, for interactions: the learned one's time, or fixed."""
        times = [learned for name, learned, _ in self._files() if name == goal]
        return f"learned {times[0]}" if times else "fixed"

    def learned_at(self, goal: GoalName) -> datetime | None:
        """The time when the ranker of a goal was learned; None where there is none."""
        times = [learned for name, learned, _ in self._files() if name == goal]
        return datetime.fromtimestamp(times[0] / 1e9, UTC) if times else None

    def _files(self) -> tuple[tuple[str, int, int], ...]:
        stamps = []
        for name, path in self._paths:
            try:
                about = os.stat(path)  # noqa: PTH116 (at every question: a path object costs more)
            except OSError:
                continue
            stamps.append((name, about.st_mtime_ns, about.st_size))
        return tuple(stamps)

    def _read(
        self, stamp: tuple[tuple[str, int, int], ...]
    ) -> tuple[LearnedRanker, tuple[RankerMismatch, ...]]:
        models: dict[GoalName, GoalModel] = {}
        problems = []
        for name, _, _ in stamp:
            goal = GoalName(name)
            try:
                models[goal] = self.load(self.path(goal), goal)
            except RankerMismatch as error:
                log.warning("ranker_refused", reason=str(error.message))
                problems.append(error)
        return LearnedRanker(models), tuple(problems)


def meaning(features: tuple[str, ...]) -> Mapping[str, str]:
    """The meaning of each feature: a model is refused when one came to mean another thing."""
    return {name: FEATURES[name].meaning if name in FEATURES else "" for name in features}


def _line(calibration: Calibration | None) -> list[float] | None:
    """Slope and intercept of those without a history."""
    return None if calibration is None else [calibration.slope, calibration.intercept]


def _of_line(line: list[float] | None) -> Calibration | None:
    return None if line is None else Calibration(float(line[0]), float(line[1]), {})
