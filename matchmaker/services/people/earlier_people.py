"""Whether anybody ever acted for an organisation: what they left is theirs, also once they left."""

from __future__ import annotations

from matchmaker.services.picked_organizations import never_id, picked_id, within_id
from matchmaker.services.repositories import Repositories
from matchmaker.workflow.call_answer import AnswerState
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.introduction_states import Side


def had_people(repositories: Repositories, organization: str) -> bool:
    """Tell whether an organisation has an account, closed ones too, or what only people leave.

    That is a list of its own, a call or an answer to one, a posting, a webhook, its part in an
    introduction, or a tie survey answered by an account.
    """
    kept = (
        repositories.accounts, repositories.postings, repositories.calls, repositories.hooks,
    )  # fmt: skip
    return (
        any(True for each in kept for _ in each.values("organization", organization))
        or bool(repositories.lists.many(_lists_of(organization)))
        or any(
            answer.draft is not None or answer.state is not AnswerState.WAITING
            for answer in repositories.call_answers.values("organization", organization)
        )
        or any(
            step.side is side
            for introduction in repositories.introductions.values("organization", organization)
            for side in Side
            if introduction.organization(side) == organization
            for step in introduction.steps
        )
        or any(
            response.answered is not None and not response.by_link
            for response in repositories.survey_responses.values("organization", organization)
        )
    )


def _lists_of(organization: str) -> list[str]:
    picked = (InteractionKind.SAVED, InteractionKind.DISMISSED)
    own = [picked_id(kind, organization) for kind in picked]
    return [never_id(organization), within_id(organization), *own]
