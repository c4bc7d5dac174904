"""What somebody asks with: its needs, its peers' needs, or what it says of itself."""

from __future__ import annotations

import datetime

import pytest

from matchmaker.domain import (
    Description,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Need,
    NeedState,
    Offer,
    OfferKind,
    Organization,
)
from matchmaker.goals import GOALS
from matchmaker.recommend.evidence import FITS_PARTLY
from matchmaker.recommend.model import Request
from matchmaker.recommend.questions import QuestionSource, questions
from matchmaker.recommend.trials import seeker_of
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import matches
from tests.unit.snapshot.graphs import snapshot_of

SUPPLIER = GOALS[GoalName.SUPPLIER]


def firm(name: str, industry: str | None) -> Organization:
    return Organization(f"t:{name}", name, Kind.FIRM, industry=industry)


def need(name: str, number: int, text: str, **more: object) -> Need:
    day = datetime.date(2025, 1, number + 1)
    return Need(f"n:{name}{number}", f"t:{name}", GoalName.SUPPLIER, text, date=day, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def trade() -> Snapshot:
    """Valve makers, of whom two look for castings, a foundry, and a sock mill that seeks yarn."""
    return snapshot_of(
        GraphRows(
            industries=(Industry("i:valves", "阀门"), Industry("i:foundries", "铸造"),
                        Industry("i:socks", "袜业")),
            organizations=(
                firm("me", "i:valves"), firm("rival", "i:valves"), firm("peer", "i:valves"),
                firm("foundry", "i:foundries"), firm("mill", "i:socks"), firm("nobody", None),
            ),
            descriptions=(Description("d:1", "t:me", "maker of ball valves"),
                          Description("d:2", "t:rival", "maker of ball valves")),
            offers=(
                Offer("o:1", "t:rival", OfferKind.PRODUCT, "ball valves"),
                Offer("o:2", "t:foundry", OfferKind.PRODUCT, "steel castings for bodies"),
            ),
            needs=(
                need("rival", 1, "steel castings"),
                need("peer", 2, "castings for bodies"),
                need("peer", 3, "ball valves", state=NeedState.CLOSED),
                need("mill", 4, "yarn"),
            ),
        )
    )  # fmt: skip


def texts(snapshot: Snapshot, name: str) -> tuple[QuestionSource, set[str]]:
    found = questions(snapshot, seeker_of(snapshot, snapshot.row_of(f"t:{name}")), SUPPLIER)
    return found.source, {text.text for text in found.texts}


def test_who_has_a_need_asks_with_it(trade: Snapshot) -> None:
    assert texts(trade, "mill") == (QuestionSource.NEED, {"yarn"})


def test_who_has_none_asks_with_open_needs_of_others_in_its_industry(trade: Snapshot) -> None:
    assert texts(trade, "me") == (QuestionSource.PEERS, {"steel castings", "castings for bodies"})


def test_who_has_no_such_peers_asks_with_what_it_says_of_itself(trade: Snapshot) -> None:
    assert texts(trade, "foundry") == (QuestionSource.OWN, {"steel castings for bodies"})
    assert texts(trade, "nobody") == (QuestionSource.OWN, set())


def test_a_maker_of_valves_is_sent_to_a_foundry_before_another_maker(trade: Snapshot) -> None:
    seeker = seeker_of(trade, trade.row_of("t:me"))
    found = matches(trade, seeker, Request(GoalName.SUPPLIER))

    assert [one.id for one in found[:2]] == ["t:foundry", "t:rival"]
    said = {reason.feature: reason.message.text("en") for reason in found[0].reasons}
    assert "what others in your industry ask" in said["text"]
    assert all(text.fit >= FITS_PARTLY for one in found for text in one.evidence)
