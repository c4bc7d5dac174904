"""The same words get the same answer through every door, but for who asks."""

import json
import re

import pytest

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.cli import matching as command
from matchmaker.cli import run
from matchmaker.domain import (
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Need,
    Offer,
    OfferKind,
    Organization,
    Place,
    PlaceLevel,
    Tie,
)
from matchmaker.recommend.model import Request
from matchmaker.services.matching.bulk import TextQuestion
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope
from tests.api.conftest import services_in
from tests.samples import link_models

API = "/api/v1"
TEXT = "需要耐高温不锈钢阀门铸件"
OFFERS = (
    "不锈钢阀门铸件，耐高温，硅溶胶工艺",
    "CF8M不锈钢精密铸件，阀体阀盖",
    "球墨铸铁阀体铸件，消失模",
    "碳钢阀门铸件，中频炉",
    "耐热钢铸件，炉用",
    "不锈钢管件铸件",
    "Stainless valve castings, heat resistant",
    "阀门锻件毛坯",
    "铝合金压铸件",
    "袜子定型加工",
    "眼镜架电镀",
    "无人机机架",
)
HERE, FAR = "place:here", "place:far"


@pytest.fixture(scope="module")
def market(wired, tmp_path_factory):
    """Twelve firms with an offer each; askers with neither place nor partner, and with both."""
    folder = tmp_path_factory.mktemp("doors")
    link_models(folder)
    services = services_in(folder)
    services.__dict__["_embedder"] = wired.embedder()  # loaded once for all tests
    services.store.prepare()
    firms = [
        Organization(
            f"t:m{n:02}", f"铸造{n}", Kind.FIRM, place=HERE if n % 2 else FAR, country="CN"
        )
        for n in range(len(OFFERS))
    ]
    askers = [
        Organization("t:nobody", "新厂", Kind.FIRM),
        Organization("t:buyer", "老厂", Kind.FIRM, place=HERE, country="CN"),
    ]
    services.store.upsert(
        GraphRows(
            places=(
                Place(HERE, "甲市", PlaceLevel.CITY, country="CN", latitude=28.0, longitude=120.0),
                Place(FAR, "乙市", PlaceLevel.CITY, country="CN", latitude=40.0, longitude=110.0),
            ),
            organizations=(*firms, *askers),
            offers=tuple(
                Offer(f"t:o{n:02}", f"t:m{n:02}", OfferKind.PRODUCT, text)
                for n, text in enumerate(OFFERS)
            ),
            needs=(Need("t:n1", "t:nobody", GoalName.SUPPLIER, TEXT),),
            ties=(Tie("t:known", "t:m00", "t:buyer", Layer.SUPPLIES),),
        )
    )
    services.refresher.refresh(ADMIN)
    yield services
    services.store.close()


@pytest.fixture(scope="module")
def people(market):
    """Headers of a guest, who is of no organisation, and of members of either asker."""

    def headers(name, **places):
        account = market.accounts.create(
            ADMIN, f"{name}@example.org", name, "correct horse 9", **places
        )
        key = market.api_keys.issue(
            account.principal(), "tests", Scope.WRITE, "correct horse 9"
        ).secret
        return {"Authorization": f"Bearer {key}", "Accept-Language": "zh"}

    def member(organization_id):
        return {"memberships": (AccountMembership(organization_id, MembershipRole.OWNER),)}

    return {
        "guest": headers("guest"),
        "nobody": headers("nobody", **member("t:nobody")),
        "buyer": headers("buyer", **member("t:buyer")),
    }


def by_api(market, headers, **body):
    asked = {"goal": "supplier", "text": TEXT, "limit": 10} | body
    answer = (
        create_app(market).test_client().post(f"{API}/recommendations", json=asked, headers=headers)
    )
    assert answer.status_code == 200, answer.json
    return [each["id"] for each in answer.json["recommendations"]]


def by_page(market, headers):
    query = {"goal": "supplier", "text": TEXT}
    page = create_app(market).test_client().get("/find", query_string=query, headers=headers)
    heads = re.findall(
        r'<article class="card result".*?</header>', page.get_data(as_text=True), re.DOTALL
    )
    return [re.search(r"/organizations/(t:m\d\d)", head)[1] for head in heads]


def by_command(market, monkeypatch, capsys, *arguments):
    monkeypatch.setattr(command, "wired", lambda: market)
    code = run(["recommend", "--goal", "supplier", "--directly", "--json", *arguments])
    assert code == 0
    return [each["id"] for each in json.loads(capsys.readouterr().out)["recommendations"]]


def by_file(market, organization=""):
    question = TextQuestion("q", TEXT, organization)
    (answer,) = market.matching.for_texts(ADMIN, [question], Request(GoalName.SUPPLIER))
    return [each.id for each in answer.recommendations]


@pytest.mark.slow
def test_a_guest_an_account_the_command_line_and_a_file_get_one_answer(
    market, people, monkeypatch, capsys
):
    answers = {
        "guest by API": by_api(market, people["guest"]),
        "guest by page": by_page(market, people["guest"])[:10],
        "operator by command": by_command(market, monkeypatch, capsys, "--text", TEXT),
        "operator by file": by_file(market),
        "member for nobody": by_api(market, people["buyer"]),
    }
    expected = answers["guest by API"]
    assert len(expected) >= 4
    assert expected[0] in ("t:m00", "t:m01")
    assert not {"t:m09", "t:m10", "t:m11"} & set(expected)
    assert {name: ids for name, ids in answers.items() if ids != expected} == {}


@pytest.mark.slow
def test_an_organisation_of_no_place_and_no_partners_gets_the_answer_of_a_guest(
    market, people, monkeypatch, capsys
):
    answers = {
        "API": by_api(market, people["nobody"], organization="t:nobody"),
        "page": by_page(market, people["nobody"])[:10],
        "its posted need, by command": by_command(market, monkeypatch, capsys, "--need", "t:n1"),
        "file": by_file(market, "t:nobody"),
    }
    expected = by_api(market, people["guest"])
    assert {name: ids for name, ids in answers.items() if ids != expected} == {}


@pytest.mark.slow
def test_an_asker_s_own_place_and_partners_alone_change_the_answer(market, people):
    guest = by_api(market, people["guest"])
    answers = [
        by_api(market, people["buyer"], organization="t:buyer"),
        by_page(market, people["buyer"])[: len(guest) - 1],
        by_file(market, "t:buyer"),
    ]
    assert answers[0] == answers[1] == answers[2]
    asked = answers[0]
    # Its partner is named above the list; nobody else comes or goes.
    assert "t:m00" in guest
    assert set(asked) == set(guest) - {"t:m00"}
    with_partners = by_api(
        market, people["buyer"], organization="t:buyer", only_new=False, exposure_cap=False
    )
    assert set(with_partners) == set(guest)
    # Who is near may pass who is far, never the other way round.
    place = {id: guest.index(id) for id in asked}
    for above, below in ((a, b) for n, a in enumerate(asked) for b in asked[n + 1 :]):
        if place[above] > place[below]:
            assert int(above[-2:]) % 2 == 1, (above, below)
            assert int(below[-2:]) % 2 == 0, (above, below)
