"""The work behind each kind of job."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.access import SYSTEM
from matchmaker.domain import GoalName, PlaceLevel
from matchmaker.messages import Message, message
from matchmaker.services.auditing.derived_clusters import ClusterDerivation
from matchmaker.services.matching.evaluation import RankerLearning
from matchmaker.services.operations.import_undo import UndoWorkflow
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.job_queue import JobHandler
from matchmaker.services.operations.refresher import Progress, SnapshotRefresher
from matchmaker.workflow.job import Job, JobKind

# Places with fewer organisations make no cluster.
MIN_MEMBERS = 20


def job_handlers(
    imports: ImportWorkflow,
    undo: UndoWorkflow,
    refresher: SnapshotRefresher,
    learning: RankerLearning,
    derivation: ClusterDerivation,
) -> Mapping[JobKind, JobHandler]:
    """Handlers by kind of job; each returns a short message on its result."""

    def refresh(job: Job, progress: Progress) -> Message:
        del job
        refreshed = refresher.refresh(SYSTEM, progress)
        if refreshed.whole_because is None:
            return message("Version %(version)s.", version=refreshed.meta.version)
        return message(
            "Version %(version)s, from the whole graph: %(reason)s",
            version=refreshed.meta.version,
            reason=refreshed.whole_because,
        )

    def train(job: Job, progress: Progress) -> Message:
        requested = job.arguments.get("goal", "")
        goals = [GoalName(requested)] if requested else list(learning.goals())
        for goal in goals:
            learning.train(goal, progress)
        if not goals:
            return message("No goal has a history to learn from.")
        return message("Learned for: %(goals)s.", goals=goals)

    def derive(job: Job, progress: Progress) -> Message:
        del job
        progress(message("Looking for clusters"), 0, 0)
        derived = derivation.by_place(SYSTEM, PlaceLevel.CITY, MIN_MEMBERS)
        return message("Clusters found: %(count)s.", count=len(derived.clusters))

    return {
        JobKind.IMPORT: imports.run,
        JobKind.CHECK: imports.run_check,
        JobKind.REFRESH: refresh,
        JobKind.TRAIN: train,
        JobKind.DERIVE: derive,
        JobKind.UNDO: undo.run,
    }
