"""How each kind of long work is done."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, PlaceLevel
from matchmaker.services.auditing.derived_clusters import Deriving
from matchmaker.services.matching.evaluation import Learning
from matchmaker.services.operations.import_workflow import Intake
from matchmaker.services.operations.job_queue import Doing
from matchmaker.services.operations.refresh import Progress, Refreshing
from matchmaker.workflow.job import Job, WorkKind

# Places with fewer organisations make no cluster.
MEMBERS = 20


def chores(
    intake: Intake, refreshing: Refreshing, learning: Learning, deriving: Deriving
) -> Mapping[WorkKind, Doing]:
    """What `Work` calls for each kind; each says in a few words what came of it."""

    def refresh(job: Job, progress: Progress) -> str:
        del job
        return str(refreshing.refresh(progress).version)

    def train(job: Job, progress: Progress) -> str:
        asked = job.arguments.get("goal", "")
        goals = [GoalName(asked)] if asked else list(learning.goals())
        for goal in goals:
            learning.train(goal, progress)
        return ", ".join(goals) or "0"

    def derive(job: Job, progress: Progress) -> str:
        del job
        progress("Looking for clusters", 0, 0)
        return str(len(deriving.by_place(ADMIN, PlaceLevel.CITY, MEMBERS).clusters))

    return {
        WorkKind.IMPORT: intake.written,
        WorkKind.REFRESH: refresh,
        WorkKind.TRAIN: train,
        WorkKind.DERIVE: derive,
    }
