"""Clusters whose coordinators see what members post before others do."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.access import SYSTEM
from matchmaker.domain import Organization
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.notification import NotificationKind, name_parameters
from matchmaker.workflow.posting import PostingState


def reviewing_clusters(
    store: GraphStore, repositories: Repositories, organization: str
) -> frozenset[str]:
    """Clusters of an organisation that want to see its postings first."""
    ids = [cluster.id for cluster in store.clusters_of(organization)]
    rules = repositories.rules.many(ids)
    return frozenset(id for id, stored in rules.items() if stored.value.reviews)


def tell_reviewers(
    unit: UnitOfWork, outbox: NotificationOutbox, clusters: Iterable[str], owner: Organization
) -> None:
    """Tell the coordinators of these clusters that something of an organisation waits for them.

    Once, until they have looked: however often it hands something in and takes it back.
    """
    facts = name_parameters(owner)
    for cluster in clusters:
        # The page of what is to be reviewed has it.
        subject, kind = f"review/{cluster}", NotificationKind.POSTING_SUBMITTED
        outbox.notify(unit, "cluster", cluster, kind, subject, facts, once=True)


def tell_submitter(
    unit: UnitOfWork, outbox: NotificationOutbox, owner: str, subject: str, state: PostingState
) -> None:
    """Tell the people of an organisation what became of what they handed in.

    What the system gave back waited where nobody reviews any more.
    """
    is_given_back = unit.actor == SYSTEM.subject and state is PostingState.DRAFT
    kind = NotificationKind.REVIEW_ENDED if is_given_back else NotificationKind.POSTING_REVIEWED
    facts = {} if is_given_back else {"state": state}
    outbox.notify(unit, "organization", owner, kind, subject, facts)
