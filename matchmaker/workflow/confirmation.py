"""Whether who acts on an introduction, or confirms an outcome, has read what stands there."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.errors import ChangedMeanwhile, InvalidInput
from matchmaker.messages import Message, message
from matchmaker.workflow.introduction import Introduction, Outcome, Transition
from matchmaker.workflow.introduction_states import Action, AmountBand

_MEND = "Look at it again."


def check_version(
    introduction: Introduction, transition: Transition, version: int, changed: Introduction
) -> None:
    """Raise ChangedMeanwhile unless what was read is what stands now, of the stored `version`.

    The other side may report anew at any moment, so confirming names what was read: the version,
    the outcome or both. InvalidInput where it names neither. Any other action that only repeats
    (`changed` is the introduction itself) may have been read at any time.
    """
    if changed is introduction:
        _check_repeated(introduction, transition, version)
        return
    is_confirming = transition.action is Action.CONFIRM
    named = transition.outcome if is_confirming else None
    if is_confirming and transition.version is None and named is None:
        raise InvalidInput(
            "is missing.",
            where="version",
            mend="Send the version that you read, or the outcome as you read it.",
        )
    if transition.version in (None, version) and _is_outcome(named, introduction.outcome):
        return
    outcome = introduction.outcome
    if not is_confirming or outcome is None:
        raise ChangedMeanwhile("It was changed since you read it.", mend=_MEND)
    parts = _parts(outcome)
    if transition.version is None:  # who only names it may never have read another one
        raise ChangedMeanwhile(
            "Another outcome is reported: %(outcome)s.", mend=_MEND, outcome=parts
        )
    raise ChangedMeanwhile(
        "It was changed since you read it. The outcome is now: %(outcome)s.",
        mend=_MEND,
        outcome=parts,
    )


def _check_repeated(introduction: Introduction, transition: Transition, version: int) -> None:
    """Raise ChangedMeanwhile for who confirms again, but something else than was confirmed.

    The outcome that stands is what is named, or was read as it was confirmed, or since.
    """
    if transition.action is not Action.CONFIRM or introduction.outcome is None:
        return
    if transition.outcome is not None:  # whoever names it whole has read it, whenever that was
        if not _is_outcome(transition.outcome, introduction.outcome):
            raise ChangedMeanwhile(
                "Another outcome was confirmed: %(outcome)s.",
                mend=_MEND,
                outcome=_parts(introduction.outcome),
            )
        return
    read = version if transition.version is None else transition.version
    if not introduction.acted_version <= read <= version:
        raise ChangedMeanwhile(
            "You read another version. The outcome that was confirmed is: %(outcome)s.",
            mend=_MEND,
            outcome=_parts(introduction.outcome),
        )


def _is_outcome(named: Outcome | None, reported: Outcome | None) -> bool:
    """Tell whether an outcome is named as it was reported, or none; its note may be left out."""
    if named is None or reported is None:
        return named is None
    return named == replace(reported, note=named.note and reported.note)


def _parts(outcome: Outcome) -> tuple[str | Message, ...]:
    return (
        outcome.kind,
        *([outcome.amount] if outcome.amount is not AmountBand.NONE else []),
        *([message("a new product")] if outcome.new_product else []),
        *([message("%(jobs)s jobs", jobs=outcome.jobs)] if outcome.jobs else []),
        *([outcome.note] if outcome.note else []),
    )
