"""How each kind of long work is done."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, PlaceLevel
from matchmaker.services.auditing.derived_clusters import ClusterDerivation
from matchmaker.services.matching.evaluation import RankerLearning
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.job_queue import JobHandler
from matchmaker.services.operations.refresher import Progress, SnapshotRefresher
from matchmaker.workflow.job import Job, JobKind

# Places with fewer organisations make no cluster.
MEMBERS = 20


def job_handlers(
    intake: ImportWorkflow,
    refreshing: SnapshotRefresher,
    learning: RankerLearning,
    deriving: ClusterDerivation,
) -> Mapping[JobKind, JobHandler]:
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
        JobKind.IMPORT: intake.written,
        JobKind.REFRESH: refresh,
        JobKind.TRAIN: train,
        JobKind.DERIVE: derive,
    }
