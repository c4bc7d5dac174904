"""One search over everything: what answers, why, and nothing that was closed meanwhile."""

import datetime

import pytest

from matchmaker.access import ADMIN, ANONYMOUS
from matchmaker.domain import (
    GoalName,
    GraphRows,
    Kind,
    Need,
    NeedState,
    Offer,
    OfferKind,
    Organization,
    Place,
    PlaceLevel,
)
from matchmaker.services.directory import search
from matchmaker.services.directory.name_search import MatchedBy
from matchmaker.services.directory.search_results import ResultKind, quoted
from tests.api.conftest import services_in
from tests.samples import link_models

pytestmark = pytest.mark.slow  # searches by meaning, too

CREDIT_CODE = "91330100799655058B"
TOMORROW = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
YESTERDAY = TOMORROW - datetime.timedelta(days=2)
TEXT = "需要磁悬浮轴承样机"
ROWS = GraphRows(
    places=(Place("gbt2260:330300", "温州市", PlaceLevel.CITY, "Wenzhou"),),
    organizations=(
        Organization("t:zju", "浙江大学", Kind.UNIVERSITY, contact="secret@example.org"),
        Organization("t:firm", "温州轴承厂", Kind.FIRM, credit_code=CREDIT_CODE),
        Organization("t:gone", "退出电机厂", Kind.FIRM, listed=False),
    ),
    needs=(
        Need("t:open", "t:firm", GoalName.SUPPLIER, TEXT, deadline=TOMORROW),
        Need("t:past", "t:firm", GoalName.SUPPLIER, TEXT, deadline=YESTERDAY),
        Need("t:met", "t:firm", GoalName.SUPPLIER, TEXT),
    ),
    offers=(
        Offer("t:offer", "t:zju", OfferKind.TECHNOLOGY, "磁悬浮电机控制"),
        Offer("t:hidden", "t:gone", OfferKind.TECHNOLOGY, "磁悬浮电机"),
    ),
)


@pytest.fixture(scope="module")
def services(wired, tmp_path_factory):
    """Two organisations; one need was closed and one offer withdrawn after the snapshot."""
    folder = tmp_path_factory.mktemp("search")
    link_models(folder)
    services = services_in(folder)
    services.__dict__["_embedder"] = wired.embedder()  # loaded once for all tests
    services.store.prepare()
    services.store.upsert(ROWS)
    services.refresher.refresh(ADMIN)
    services.store.transition_need("t:met", NeedState.OPEN, NeedState.CLOSED)
    yield services
    services.store.close()


def found(services, text, **options):
    """(kind, id, by) of every result."""
    groups = services.search.everything(ANONYMOUS, text, 5, **options)
    return [(group.kind, one.id, one.match.by) for group in groups for one in group.results]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("浙大", (ResultKind.ORGANIZATION, "t:zju", MatchedBy.SHORT_NAME)),
        ("zjdx", (ResultKind.ORGANIZATION, "t:zju", MatchedBy.INITIALS)),
        (CREDIT_CODE, (ResultKind.ORGANIZATION, "t:firm", MatchedBy.CODE)),
        ("9133 0100-799", (ResultKind.ORGANIZATION, "t:firm", MatchedBy.CODE)),
        ("330300", (ResultKind.PLACE, "gbt2260:330300", MatchedBy.CODE)),
        ("wenzhou", (ResultKind.PLACE, "gbt2260:330300", MatchedBy.OTHER_NAME)),
        ("磁悬浮电机", (ResultKind.OFFER, "t:offer", MatchedBy.WORDS)),
    ],
)
def test_the_first_result_and_why(services, text, first):
    assert found(services, text)[0] == first


def test_only_needs_that_can_still_be_answered_are_shown(services):
    needs = found(services, TEXT, kinds=frozenset({ResultKind.NEED}))
    assert needs == [(ResultKind.NEED, "t:open", MatchedBy.WORDS)]


def test_who_opted_out_takes_no_place_of_those_that_are_looked_at(services, monkeypatch):
    """How many others are found would tell that somebody says just that."""
    monkeypatch.setattr(search, "_LOOKED_AT", 1)
    offers = found(services, "磁悬浮电机", kinds=frozenset({ResultKind.OFFER}), by_meaning=False)
    assert offers == [(ResultKind.OFFER, "t:offer", MatchedBy.WORDS)]


def test_of_what_answers_only_what_is_shown_is_quoted(services, monkeypatch):
    """To mark words in a text of 20,000 characters takes 10 ms, and sixty may answer."""
    read = []
    monkeypatch.setattr(
        search, "quoted", lambda match, text: read.append(match.text) or quoted(match, text)
    )
    services.search.organizations(ANONYMOUS, TEXT)  # of whom ids alone are told
    assert not read
    kinds = frozenset({ResultKind.NEED, ResultKind.OFFER})
    (needs,) = services.search.everything(ANONYMOUS, TEXT, 1, kinds, by_meaning=False)
    assert [each.match.marks for each in needs.results] == [((1, len(TEXT)),)]
    assert read == [TEXT]


def test_what_was_added_after_the_snapshot_is_found_by_its_name(services):
    services.store.upsert(
        GraphRows(organizations=(Organization("t:new", "乐清电磁阀研究中心", Kind.PLATFORM),))
    )
    assert (ResultKind.ORGANIZATION, "t:new", MatchedBy.NAME) in found(services, "电磁阀研究")


def test_what_is_found_says_no_contact_and_which_words_answer(client):
    answer = client.get("/api/v1/search", query_string={"q": "耐高压 铸件"})
    assert answer.status_code == 200
    assert "contact" not in answer.text
    groups = {group["kind"]: group for group in answer.json["items"]}
    need = next(one for one in groups["need"]["results"] if one["id"] == "t:need1")
    text = need["match"]["text"]
    assert [text[start:end] for start, end in need["match"]["marks"]] == ["耐高压", "铸件"]
    assert need["organization"]["id"] == "t:firm1"


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "x" * 501}, {"q": "x", "kind": "person"}])
def test_a_search_that_asks_nothing_is_refused(client, query):
    assert client.get("/api/v1/search", query_string=query).status_code == 422


def test_a_blank_search_is_refused(client):
    assert client.get("/api/v1/search", query_string={"q": "  "}).status_code == 422
