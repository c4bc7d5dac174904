"""What an organisation changed counts on its own pages at once, as the next snapshot has it."""

import datetime
from dataclasses import replace

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import (
    Certificate,
    GoalName,
    GraphRows,
    Kind,
    Need,
    Offer,
    OfferKind,
    Organization,
)
from matchmaker.embedding import embed_missing
from matchmaker.recommend.conditions import MET
from matchmaker.recommend.model import Request
from matchmaker.recommend.questions import MAX_QUESTIONS
from matchmaker.services.matching import own_changes, seekers
from matchmaker.services.matching.own_changes import TEXTS_AT_ONCE, _most_kept

OWN = Principal("account:a", account="a", organizations=frozenset({"t:own"}))
NEW = Principal("account:n", account="n", organizations=frozenset({"t:new"}))
GRINDING = Offer(
    "o:grinding", "t:own", OfferKind.SERVICE, "阀芯球体研磨精加工，SS316，圆度0.01", "zh"
)
ROWS = GraphRows(
    organizations=(
        Organization("t:own", "研磨厂", Kind.FIRM),
        *(Organization(f"t:{name}", name, Kind.FIRM) for name in ("asks", "other")),
        Organization("t:office", "市经信局", Kind.PUBLIC_BODY),
    ),
    offers=(
        Offer("o:towels", "t:other", OfferKind.PRODUCT, "纯棉毛巾织造与印染", "zh"),
        Offer(
            "o:grant", "t:office", OfferKind.PROGRAMME, "技改补助",
            for_certificates=("ISO 9001",),
        ),
    ),
    needs=(Need("n:balls", "t:asks", GoalName.SUPPLIER, "寻找阀芯球体研磨加工厂，SS316", "zh"),),
)  # fmt: skip


@pytest.fixture
def services(wired):
    wired.store.upsert(ROWS)
    wired.refresher.refresh(ADMIN)
    return wired


def answered(services, principal=OWN, own="t:own"):
    """What answers each need that is told of, by the need's id."""
    rows = services.open_needs.answered(principal, own)
    return {row.need.id: (row.answer.evidence.id, row.answer.match) for row in rows}


@pytest.mark.slow
def test_a_published_offer_answers_needs_before_the_next_snapshot_and_a_withdrawn_one_does_not(
    services,
):
    version = services.reader.current().meta.version
    assert answered(services) == {}
    services.store.upsert(GraphRows(offers=(GRINDING,)))
    at_once = answered(services)
    assert {need: offer for need, (offer, _) in at_once.items()} == {"n:balls": GRINDING.id}
    assert services.reader.current().meta.version == version
    services.refresher.refresh(ADMIN, whole=True)
    assert answered(services) == at_once
    services.store.upsert(GraphRows(offers=(replace(GRINDING, active=False),)))
    assert answered(services) == {}


@pytest.mark.slow
def test_what_others_changed_waits_for_the_next_snapshot(services):
    services.store.upsert(GraphRows(offers=(replace(GRINDING, organization="t:other"),)))
    last = services.reader.current()
    assert services.matching.own_snapshot("t:own") is last
    assert services.matching.own_snapshot("t:other") is not last
    assert services.matching.own_snapshot("t:other") is services.matching.own_snapshot("t:other")


@pytest.mark.slow
def test_who_was_entered_a_moment_ago_may_answer_needs(services):
    offer = replace(GRINDING, id="o:new", organization="t:new")
    services.store.upsert(
        GraphRows(organizations=(Organization("t:new", "新厂", Kind.FIRM),), offers=(offer,))
    )
    assert {need: offer for need, (offer, _) in answered(services, NEW, "t:new").items()} == {
        "n:balls": "o:new"
    }


@pytest.mark.slow
def test_a_certificate_meets_the_condition_of_a_programme_at_once(services):
    def met():
        (row,) = services.programme_alerts.listed(OWN, "t:own")
        return row.fit.count(MET)

    assert met() == 0
    services.store.upsert(GraphRows(certificates=(Certificate("c:1", "t:own", "ISO 9001"),)))
    assert met() == 1


@pytest.mark.slow
def test_of_each_organisation_only_the_newest_changes_are_kept(services):
    last = services.reader.current()
    for text in ("阀芯球体研磨", "阀芯球体抛光", "阀芯球体车削"):
        services.store.upsert(GraphRows(offers=(replace(GRINDING, text=text),)))
        newest = services.matching.own_snapshot("t:own")
        assert services.matching.own_snapshot("t:own") is newest is not last
    kept = last.cached("own changes", list)
    (of_own,) = kept._values.values()
    assert list(of_own._values.values()) == [newest]


def many(count: int) -> GraphRows:
    """Offers of one organisation, the first of them the newest."""
    days = [datetime.date(2026, 3, 1) - datetime.timedelta(number) for number in range(count)]
    offers = (
        replace(GRINDING, id=f"o:{number:02}", text=f"阀芯研磨第{number}种", date=day)
        for number, day in enumerate(days)
    )
    return GraphRows(offers=tuple(offers))


@pytest.fixture
def embedded(monkeypatch):
    """How many texts each request had vectors of."""
    counts: list[int] = []

    def counting(embedder, cache, texts, *more, **options):
        counts.append(len(texts))
        return embed_missing(embedder, cache, texts, *more, **options)

    for module in (own_changes, seekers):
        monkeypatch.setattr(module, "embed_missing", counting)
    return counts


@pytest.mark.slow
def test_of_many_new_offers_the_newest_count_at_once_and_the_others_with_the_next_snapshot(
    services, embedded
):
    services.store.upsert(many(TEXTS_AT_ONCE + 10))
    said = services.matching.own_snapshot("t:own").statements.table["id"].to_pylist()
    assert [id for id in said if id.startswith("o:") and id[2:].isdigit()] == [
        f"o:{n:02}" for n in range(TEXTS_AT_ONCE)
    ]
    assert embedded == [TEXTS_AT_ONCE]
    services.refresher.refresh(ADMIN)
    said = services.matching.own_snapshot("t:own").statements.table["id"].to_pylist()
    assert f"o:{TEXTS_AT_ONCE + 9:02}" in said


@pytest.mark.slow
def test_who_says_much_that_is_new_has_no_more_embedded_than_is_asked_with(
    services, embedded, monkeypatch
):
    """It is answered as if all that it says were embedded."""
    services.store.upsert(many(30))
    request = Request[str](GoalName.CUSTOMER, 5)

    def matches():
        answer = services.matching.for_organization(OWN, "t:own", request, recorded=False)
        return [(each.id, each.score) for each in answer.recommendations]

    few = matches()
    monkeypatch.setattr(seekers, "own_questions", lambda seeker, _: seeker.texts)
    assert few == matches() != []
    assert embedded == [MAX_QUESTIONS, 30]


def test_fewer_changed_snapshots_are_kept_the_larger_they_are():
    """200 MB are those of 50,000 statements with 1,024 figures each."""
    assert [_most_kept(size) for size in (0, 10**6, 50_000 * 1_024 * 4)] == [8, 8, 1]
