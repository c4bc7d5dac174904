"""The dead and the own group are nobody to meet; a competitor is marked."""

from __future__ import annotations

import datetime

import pytest

from matchmaker.domain import (
    Description,
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Organization,
    OrganizationStatus,
    StatementKind,
    Tie,
)
from matchmaker.recommend.model import Request, Seeker, SeekerText
from tests.unit.recommend.small_graphs import TODAY, matches, snapshot_of

CASTINGS = "castings for valves"
LATER, EARLIER = TODAY + datetime.timedelta(days=90), TODAY - datetime.timedelta(days=90)


def foundry(name: str, **more: object) -> Organization:
    return Organization(f"t:{name}", name, Kind.FIRM, **more)  # type: ignore[arg-type]


def owns(owner: str, owned: str, until: datetime.date | None = None) -> Tie:
    return Tie(f"r:{owner}{owned}", f"t:{owner}", f"t:{owned}", Layer.OWNS, until=until)


def recommended(*others: Organization, ties: tuple[Tie, ...] = ()) -> dict[str, object]:
    """Who is recommended to `asker`, who looks for castings; all of the others cast."""
    everyone = (foundry("asker"), *others)
    texts = tuple(Description(f"{row.id}#about", row.id, CASTINGS) for row in others)
    snapshot = snapshot_of(GraphRows(organizations=everyone, descriptions=texts, ties=ties))
    seeker = Seeker(
        row=snapshot.row_of("t:asker"),
        texts=(SeekerText(CASTINGS, StatementKind.NEED, goal=GoalName.SUPPLIER),),
    )
    found = matches(snapshot, seeker, Request(GoalName.SUPPLIER, limit=20))
    return {row.id.removeprefix("t:"): row for row in found}


@pytest.mark.parametrize(
    ("fields", "stays"),
    [
        ({}, True),
        ({"status": OrganizationStatus.IN_LIQUIDATION}, False),
        ({"status": OrganizationStatus.DISSOLVED}, False),
        ({"status": OrganizationStatus.DISSOLVED, "ended": EARLIER}, False),
        ({"status": OrganizationStatus.DISSOLVED, "ended": LATER}, True),
    ],
)
def test_who_was_dissolved_is_not_recommended(fields: dict[str, object], stays: bool) -> None:
    """A day that lies ahead of the snapshot's has not come."""
    found = recommended(foundry("other"), foundry("one", **fields))
    assert set(found) == ({"other", "one"} if stays else {"other"})


def test_nobody_of_the_own_group_is_recommended() -> None:
    """Owned, owner, sister and the sister's own: whatever way ownership leads."""
    others = [foundry(name) for name in ("owned", "owner", "sister", "niece", "stranger")]
    ties = (
        owns("asker", "owned"),
        owns("owner", "asker"),
        owns("owner", "sister"),
        owns("sister", "niece"),
    )
    assert set(recommended(*others, ties=ties)) == {"stranger"}


def test_who_was_sold_is_of_the_group_no_more() -> None:
    others = [foundry("sold"), foundry("kept")]
    ties = (owns("asker", "sold", until=EARLIER), owns("asker", "kept", until=LATER))
    assert set(recommended(*others, ties=ties)) == {"sold"}


def test_a_competitor_is_marked_as_such() -> None:
    rivalry = Tie("r:1", "t:asker", "t:rival", Layer.COMPETES_WITH)
    found = recommended(foundry("rival"), foundry("other"), ties=(rivalry,))
    assert list(found) == ["other", "rival"]
    reasons = {reason.feature: reason.contribution for reason in found["rival"].against}  # type: ignore[attr-defined]
    assert reasons["rivalry"] < 0
