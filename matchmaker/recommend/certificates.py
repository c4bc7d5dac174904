"""Certificates that a question asks for, against those that organisations hold on record.

A fact outweighs a text: one that holds meets what is asked for, whatever the best statement says
of it, and one that has ended speaks against.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np

from matchmaker.domain import ClaimTier, is_within
from matchmaker.messages import Message, message
from matchmaker.recommend.answers import Answers, adjusted_fit
from matchmaker.recommend.specification import (
    Comparison,
    Fulfilment,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
    covers,
    read,
)
from matchmaker.snapshot.model import (
    CLAIM_TIERS,
    BoolArray,
    FloatArray,
    IntArray,
    Snapshot,
    from_days,
)
from matchmaker.terms import TERMS
from matchmaker.text import normal

# What a certificate may be asked for as: CE is a certificate, EN ISO 10497 a standard.
_ASKED_AS = frozenset({RequirementKind.CERTIFICATE, RequirementKind.STANDARD})


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A certificate as the snapshot has it; days are None where they are not known."""

    kind: str
    since: date | None
    until: date | None
    claim: ClaimTier
    taken_back: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the certificate is valid on a day."""
        return is_within(self.since, self.until, day)

    @property
    def message(self) -> Message:
        """Until when the certificate is valid, and who stands for it."""
        claim = Message(TERMS[self.claim.value])
        if self.taken_back is not None:
            claim = message("confirmation taken back on %(day)s", day=self.taken_back)
        if self.until is None:
            return claim
        return message("until %(month)s, %(claim)s", month=f"{self.until:%Y-%m}", claim=claim)


def held_by(snapshot: Snapshot) -> dict[int, tuple[HeldCertificate, ...]]:
    """Certificates held now and before, by row of the organisations that have any; made once."""
    return snapshot.cached("held certificates", lambda: _certificates_by_row(snapshot))


def _certificates_by_row(snapshot: Snapshot) -> dict[int, tuple[HeldCertificate, ...]]:
    held: dict[int, list[HeldCertificate]] = {}
    for row in snapshot.certificates.to_pylist():
        certificate = HeldCertificate(
            row["kind"], from_days(row["since"]), from_days(row["until"]),
            CLAIM_TIERS[row["claim"]], from_days(row["taken_back"]),
        )  # fmt: skip
        held.setdefault(snapshot.row_of(row["organization"]), []).append(certificate)
    return {row: tuple(certificates) for row, certificates in held.items()}


def holders(snapshot: Snapshot, kinds: Iterable[str]) -> BoolArray:
    """True for holders of one of these kinds, or of one that implies it, on the snapshot's day,
    (N,).
    """
    today, wanted = snapshot.meta.as_of, list(kinds)
    answering: dict[str, bool] = {}
    rows = []
    for row, certificates in held_by(snapshot).items():
        for each in certificates:
            if each.kind not in answering:
                answering[each.kind] = any(answers_kind(each.kind, asked) for asked in wanted)
            if answering[each.kind] and each.is_valid_on(today):
                rows.append(row)
    return np.isin(np.arange(len(snapshot)), rows)


def answers_kind(held: str, asked: str) -> bool:
    """Tell whether who holds one kind has what another names: IATF 16949 shows ISO 9001, too."""
    if normal(held) == normal(asked):
        return True
    wanted = _certificates_of(asked)
    return bool(wanted) and all(_answers(held, each) for each in wanted)


def changes_by(snapshot: Snapshot, day: date) -> bool:
    """Tell whether a certificate began or ended to hold between the snapshot's day and another."""
    as_of = snapshot.meta.as_of
    return as_of != day and any(
        each.is_valid_on(as_of) is not each.is_valid_on(day)
        for certificates in held_by(snapshot).values()
        for each in certificates
    )


def with_certificates(
    snapshot: Snapshot, answers: Answers, need: Specification, rows: IntArray
) -> Answers:
    """Answers of the candidates at `rows` (n,), with the certificates that they hold on record."""
    asked = [
        each for each in need.requirements if each.kind in _ASKED_AS and not each.denied
    ]  # fmt: skip
    held = held_by(snapshot) if asked else {}
    if not held:
        return answers
    comparisons, adjustment = list(answers.comparisons), answers.adjustment.copy()
    for position, comparison in enumerate(answers.comparisons):
        certificates = held.get(int(rows[position]), ())
        if comparison is None or not certificates:
            continue
        whole = _with_facts(comparison, certificates, snapshot.meta.as_of)
        comparisons[position] = whole
        fit = float(answers.fit[position])
        adjustment[position] += adjusted_fit(fit, whole) - adjusted_fit(fit, comparison)
    return replace(answers, comparisons=tuple(comparisons), adjustment=adjustment)


def _with_facts(
    comparison: Comparison, certificates: Sequence[HeldCertificate], day: date
) -> Comparison:
    judgements = tuple(
        judge(each.requirement, certificates, day) or each for each in comparison.judgements
    )
    return replace(comparison, judgements=judgements)


# What a certificate on record counts, by who stands for it.
_SURE = {
    ClaimTier.STATED: 0.5,
    ClaimTier.PARTNER: 0.75,
    ClaimTier.COORDINATOR: 0.9,
    ClaimTier.REGISTER: 1.0,
}
_TAKEN_BACK = 0.25  # a coordinator looked, and no longer stands for it


def share_held(answers: Answers) -> FloatArray:
    """Of the certificates asked for, how many are held on record, by how sure that is, (n,)."""
    return np.array([_share(comparison) for comparison in answers.comparisons], dtype=np.float32)


def _share(comparison: Comparison | None) -> float:
    judgements = comparison.judgements if comparison is not None else ()
    asked = [each for each in judgements if each.requirement.kind is RequirementKind.CERTIFICATE]
    held = (each for each in judgements if each.on_record and each.verdict is Fulfilment.MET)
    return min(1.0, sum(each.sureness for each in held) / len(asked)) if asked else 0.0


def judge(
    asked: Requirement, certificates: Sequence[HeldCertificate], day: date
) -> Judgement | None:
    """Tell whether what is held meets a requirement on a day; None where it says nothing of it.

    Of several the one that holds, that the strongest stands for, that lasts longest.
    """
    if asked.kind not in _ASKED_AS or asked.denied:
        return None
    fitting = [each for each in certificates if _answers(each.kind, asked)]
    if not fitting:
        return None
    best = max(
        fitting,
        key=lambda each: (
            each.is_valid_on(day), each.claim.rank, each.taken_back is None, each.until or date.max,
        ),
    )  # fmt: skip
    evidence = asked._replace(text=best.kind, start=0, end=0)
    if best.is_valid_on(day):
        note, sureness = best.message, _TAKEN_BACK if best.taken_back else _SURE[best.claim]
        return Judgement(asked, Fulfilment.MET, evidence, note, on_record=True, sureness=sureness)
    if best.until is None or best.until >= day:  # it has not begun
        return None
    ended = message("ended %(month)s", month=f"{best.until:%Y-%m}")
    return Judgement(asked, Fulfilment.UNMET, evidence, ended, on_record=True)


def _answers(held: str, asked: Requirement) -> bool:
    """Tell whether a kind that is held is what a requirement asks for, or shows as much."""
    if normal(held) in (normal(asked.value), normal(asked.text)):
        return True
    return any(covers(asked.value, each.value) for each in _certificates_of(held))


@lru_cache(maxsize=4_096)
def _certificates_of(kind: str) -> tuple[Requirement, ...]:
    """What a kind is read as, as needs are read."""
    return tuple(each for each in read(kind).items if each.kind in _ASKED_AS)
