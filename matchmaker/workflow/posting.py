"""A need or an offer on its way into the graph: drafted, reviewed, published, ended.

What is not published is kept beside the graph, so no list, search, recommendation
or path can show it to anybody else.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from matchmaker.domain import (
    GoalName,
    Need,
    NeedState,
    Offer,
    OfferKind,
    ProgrammeTerms,
    Provenance,
    SourceTier,
    Stage,
    Terms,
)
from matchmaker.errors import WrongState
from matchmaker.provenance import POSTED
from matchmaker.workflow.checks import not_possible

# A need or offer without a date of its own is asked after again when this is over.
LIFETIME = timedelta(days=180)


class PostingState(StrEnum):
    """The state of a posting."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class PostingAction(StrEnum):
    """The actions on a posting."""

    PUBLISH = "publish"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    RENEW = "renew"
    EXPIRE = "expire"


S, A = PostingState, PostingAction
TRANSITIONS: dict[tuple[PostingState, PostingAction], PostingState] = {
    (S.DRAFT, A.PUBLISH): S.PUBLISHED,  # IN_REVIEW where the cluster reviews
    (S.IN_REVIEW, A.APPROVE): S.PUBLISHED,
    (S.IN_REVIEW, A.RETURN): S.DRAFT,
    (S.IN_REVIEW, A.WITHDRAW): S.WITHDRAWN,
    (S.DRAFT, A.WITHDRAW): S.WITHDRAWN,
    (S.PUBLISHED, A.WITHDRAW): S.WITHDRAWN,
    (S.PUBLISHED, A.EXPIRE): S.EXPIRED,
    (S.PUBLISHED, A.RENEW): S.PUBLISHED,
    (S.EXPIRED, A.RENEW): S.PUBLISHED,
    (S.WITHDRAWN, A.RENEW): S.PUBLISHED,
}
_MATCHING = frozenset({NeedState.OPEN, NeedState.MATCHED})
# What makes text public, so what a cluster may want to see first.
PUBLISHING = frozenset({A.PUBLISH, A.RENEW})


@dataclass(frozen=True, slots=True)
class PostingContent(ProgrammeTerms):
    """The words of an organisation in a need (with `goal`) or an offer (with `offer_kind`).

    The terms of a programme are for offers of that kind; `deadline` is also that of a need.
    """

    organization: str
    text: str
    _: KW_ONLY
    goal: GoalName | None = None
    offer_kind: OfferKind | None = None
    language: str = ""
    terms: Terms = Terms.MARKET
    slots: int | None = None
    quantity: str = ""
    budget: float | None = None
    currency: str = ""
    stages: tuple[Stage, ...] = ()
    expires: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting(PostingContent):
    """A need or an offer with all that became of it."""

    id: str
    author: str
    created: datetime
    state: PostingState = PostingState.DRAFT
    published: date | None = None
    note: str = ""  # the reviewer's, when it was returned
    # Of one that was in the graph before, from an import: the id that it keeps there.
    imported: str = ""

    def __post_init__(self) -> None:
        # The domain's own checks, before anything is kept.
        _ = self.need() if self.goal else self.offer()

    @property
    def graph_id(self) -> str:
        """Its id in the graph, once published."""
        return self.imported or f"post:{self.id}"

    def need(self, state: NeedState = NeedState.OPEN) -> Need:
        """As the graph keeps it."""
        return Need(
            self.graph_id, self.organization, self.goal or GoalName.SUPPLIER, self.text,
            self.language, self.quantity, self.budget, self.currency, self.deadline,
            self.stages, self.published, state, self.provenance,
        )  # fmt: skip

    def offer(self, *, active: bool = True) -> Offer:
        """As the graph keeps it."""
        return Offer(
            self.graph_id, self.organization, self.offer_kind or OfferKind.PRODUCT, self.text,
            self.language, self.terms, self.slots, self.stages, self.published, active,
            self.provenance, **terms_of(self),
        )  # fmt: skip

    @property
    def provenance(self) -> Provenance:
        """The source of its row in the graph."""
        return Provenance(POSTED, self.id, SourceTier.SELF)

    @property
    def is_in_graph(self) -> bool:
        """Tell whether the graph has a row of it: its text was ever published.

        The row keeps the words last published; what is typed since is here alone.

        What an import published is withdrawn with its posting, whose own text nobody saw.
        """
        is_withdrawn_import = bool(self.imported) and self.state is PostingState.WITHDRAWN
        return self.published is not None or is_withdrawn_import


def adopted(row: Need | Offer, id: str, created: datetime) -> Posting:
    """A draft of what a row of the graph says, to be changed and published in its place."""
    if isinstance(row, Need):
        return Posting(
            row.organization, row.text, id=id, author="", created=created, imported=row.id,
            goal=row.goal, language=row.language, quantity=row.quantity, budget=row.budget,
            currency=row.currency, deadline=row.deadline, stages=row.stages,
        )  # fmt: skip
    return Posting(
        row.organization, row.text, id=id, author="", created=created, imported=row.id,
        offer_kind=row.kind, language=row.language, terms=row.terms, slots=row.slots,
        stages=row.stages, **terms_of(row),
    )  # fmt: skip


def is_taken_down(row: Need | Offer) -> bool:
    """Tell whether a row is of a posting that ended: withdrawn, in review anew or a draft again."""
    if row.provenance.source != POSTED:
        return False
    return not row.active if isinstance(row, Offer) else row.state is NeedState.CLOSED


def require_movable(row: Need, before: NeedState, after: NeedState) -> None:
    """Raise WrongState for a need that ends, or is opened again, with its posting.

    It would be as its posting says again within the hour. Matched it may be, and open again.
    """
    if row.provenance.source == POSTED and not {before, after} <= _MATCHING:
        raise WrongState(
            "%(id)s is posted here: it ends and is opened again with its posting.",
            mend="Withdraw or renew the posting %(posting)s.",
            id=row.id,
            posting=row.provenance.record,
        )


def terms_of(row: ProgrammeTerms) -> dict[str, Any]:
    """The fields of the terms of a programme."""
    return {each.name: getattr(row, each.name) for each in fields(ProgrammeTerms)}


def act(
    posting: Posting, action: PostingAction, today: date, *, reviewed: bool = False, note: str = ""
) -> Posting:
    """The posting after an action; `reviewed` says that a coordinator has to approve it.

    Raises WrongState.
    """
    target = TRANSITIONS.get((posting.state, action))
    if target is None:
        possible = tuple(other for (state, other) in TRANSITIONS if state is posting.state)
        raise not_possible(posting.state, action, possible)
    if action in PUBLISHING and reviewed and posting.state is not PostingState.PUBLISHED:
        return replace(posting, state=PostingState.IN_REVIEW, note="")
    if target is PostingState.PUBLISHED:
        return replace(
            posting,
            state=target,
            note="",
            published=posting.published or today,
            expires=_end(posting, action, today),
        )
    return replace(posting, state=target, note=note)


def _end(posting: Posting, action: PostingAction, today: date) -> date:
    end = posting.deadline or posting.expires
    if end is not None and end >= today and action is not PostingAction.RENEW:
        return end
    if posting.deadline is not None and posting.deadline >= today:
        return posting.deadline
    return today + LIFETIME
