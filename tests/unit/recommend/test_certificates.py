"""Needs that name a certificate, against what is on record: it holds, it has ended, or nothing."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from matchmaker.domain import Certificate, ClaimTier, GraphRows, Offer, OfferKind, Organization
from matchmaker.goals import GOALS, GoalName
from matchmaker.recommend.certificates import HeldCertificate, answers_kind, changes_by, judge
from matchmaker.recommend.model import Filters, Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.specification import Fulfilment, RequirementKind, read
from matchmaker.snapshot.cut import cut
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import TODAY, snapshot_of

SUPPLIER = GoalName.SUPPLIER
DAY = datetime.timedelta(days=1)
NEED = "Aluminium castings for brackets, supplier must be IATF 16949 certified"
OFFER = "Die casting of aluminium: brackets, covers and housings to drawing, small lots"


def holding(number: int, kind: str, **more: object) -> Certificate:
    return Certificate(f"k:{number}", f"t:{number}", kind, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def foundries() -> Snapshot:
    """Five that say the same; 1 and 2 hold it, 3 held it, 4 holds a lesser one, 5 nothing."""
    return snapshot_of(
        GraphRows(
            organizations=tuple(
                Organization(f"t:{number}", f"Foundry {number}", "firm")  # type: ignore[arg-type]
                for number in range(1, 6)
            ),
            offers=tuple(
                Offer(f"o:{number}", f"t:{number}", OfferKind.PRODUCT, OFFER, "en")
                for number in range(1, 6)
            ),
            certificates=(
                holding(1, "IATF 16949", until=TODAY + 400 * DAY, claim=ClaimTier.COORDINATOR),
                holding(2, "IATF 16949"),
                holding(3, "IATF 16949", until=TODAY - DAY),
                holding(4, "ISO 9001"),
            ),
        ),
        {f"o:{number}": [1.0, 0.0] for number in range(1, 6)},
    )


def asked(text: str) -> Seeker:
    """With a vector that is near to what all of them say, and not the same."""
    near = np.array([0.8, 0.6], dtype=np.float32)
    words = GOALS[SUPPLIER].words
    question = SeekerText(text, words, "en", SUPPLIER, near, is_question=True)
    return Seeker(texts=(question,))


def test_a_certificate_on_record_is_met_and_one_that_ended_speaks_against(
    foundries: Snapshot,
) -> None:
    answer = recommend(foundries, asked(NEED), Request(SUPPLIER, limit=9))
    verdicts = {}
    for each in (*answer.matches, *answer.nearby):
        assert each.comparison is not None
        (found,) = (
            judged
            for judged in each.comparison.judgements
            if judged.requirement.kind is RequirementKind.CERTIFICATE
        )
        note = "" if found.note is None else found.note.text("en")
        verdicts[each.id] = (found.verdict, note)
    # 400 days after 2020-01-01 is 2021-02-04.
    assert verdicts == {
        "t:1": (Fulfilment.MET, "until 2021-02, confirmed by the coordinator"),
        "t:2": (Fulfilment.MET, "stated, not confirmed"),
        "t:3": (Fulfilment.UNMET, "ended 2019-12"),
        "t:4": (Fulfilment.UNKNOWN, ""),
        "t:5": (Fulfilment.UNKNOWN, ""),
    }
    # Confirmed before stated before nothing known before ended, as their texts are the same.
    scores = {each.id: each.score for each in answer.matches}
    assert scores["t:1"] > scores["t:2"] > scores["t:4"] == scores["t:5"] > scores["t:3"]
    first = next(each for each in answer.matches if each.id == "t:1")
    reasons = [reason.message.text("en") for reason in first.reasons]
    expected = "IATF 16949 until 2021-02, confirmed by the coordinator"
    assert any(expected in reason for reason in reasons), reasons
    chinese = [reason.message.text("zh") for reason in first.reasons]
    assert any("经协调员确认" in reason for reason in chinese), chinese


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("IATF 16949", {"t:1", "t:2"}),
        # Who holds the stronger one has the weaker one, too.
        ("ISO 9001", {"t:1", "t:2", "t:4"}),
        ("ISO 14001", set()),
    ],
)
def test_a_filter_by_certificate(foundries: Snapshot, kind: str, expected: set[str]) -> None:
    request = Request[int](SUPPLIER, limit=9, filters=Filters(certificates=frozenset({kind})))
    answer = recommend(foundries, asked("Aluminium castings for brackets"), request)
    assert {each.id for each in answer.matches} == expected


def test_of_several_the_one_that_holds_and_is_confirmed_counts() -> None:
    (need,) = read("CNAS").requirements
    ended = HeldCertificate("CNAS", None, TODAY - DAY, ClaimTier.REGISTER)
    stated = HeldCertificate("CNAS", None, None, ClaimTier.STATED)
    confirmed = HeldCertificate("CNAS", None, TODAY + DAY, ClaimTier.PARTNER)
    later = HeldCertificate("CNAS", TODAY + DAY, None, ClaimTier.STATED)
    best = judge(need, (ended, stated, confirmed, later), TODAY)
    assert best is not None
    assert best.note == confirmed.message
    assert judge(need, (later,), TODAY) is None
    assert judge(need, (HeldCertificate("CMA", None, None, ClaimTier.STATED),), TODAY) is None


def test_what_a_coordinator_took_back_counts_less_than_what_nobody_looked_at() -> None:
    (need,) = read("CNAS").requirements
    stated = HeldCertificate("CNAS", None, None, ClaimTier.STATED)
    taken_back = HeldCertificate("CNAS", None, None, ClaimTier.STATED, datetime.date(2026, 4, 2))
    judged = judge(need, (taken_back,), TODAY)
    untouched = judge(need, (taken_back, stated), TODAY)
    assert judged is not None
    assert untouched is not None
    assert judged.note is not None
    assert judged.note.text("en") == "confirmation taken back on 2026-04-02"
    assert judged.note.text("zh") == "确认已于 2026-04-02 撤回"
    assert 0 < judged.sureness < untouched.sureness


def test_one_kind_answers_another_by_name_or_by_what_it_shows() -> None:
    assert answers_kind("IATF 16949", "ISO 9001")
    assert not answers_kind("ISO 9001", "IATF 16949")
    assert answers_kind("高新技术企业", "high-tech enterprise")
    assert answers_kind("Nadcap AC7004", "nadcap ac7004")


def test_a_snapshot_is_old_once_a_certificate_has_ended(foundries: Snapshot) -> None:
    assert not changes_by(foundries, TODAY + 399 * DAY)
    assert changes_by(foundries, TODAY + 401 * DAY)


def test_what_begins_later_is_not_known_earlier() -> None:
    rows = GraphRows(
        organizations=(Organization("t:1", "One", "firm"),),  # type: ignore[arg-type]
        certificates=(holding(1, "CE"), Certificate("k:2", "t:1", "UL", since=TODAY)),
    )
    earlier = cut(snapshot_of(rows), TODAY - DAY)
    assert earlier.certificates.column("kind").to_pylist() == ["CE"]
