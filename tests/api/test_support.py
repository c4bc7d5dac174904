"""Somebody asks what it can apply for: over the API, on the page, from the posting onwards."""

import datetime
import re
import sys

import pytest

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.assistants.tools import AssistantTools
from matchmaker.cli.answers import print_answer
from matchmaker.domain import GoalName, Size, Tier
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope
from tests.api.conftest import ADMIN_KEY, installation, installation_of_a_file
from tests.api.world import PASSWORD, make_world

API = "/api/v1"

HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}
TODAY = datetime.datetime.now(datetime.UTC).date()
WORDS = "上年度研发费用占营业收入3%以上，且有研发机构"
SOON = TODAY + datetime.timedelta(days=30)


def posted(client, text, **terms):
    """A programme that the platform of the graph publishes."""
    body = {"organization": "t:office", "offer_kind": "programme", "text": text, **terms}
    answer = client.post(f"{API}/postings", json=body, headers=HEADERS)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.json


services_of_supported = installation_of_a_file()


@pytest.fixture(scope="module")
def supported(services_of_supported):
    services = services_of_supported
    client = create_app(services).test_client()
    office = {"name": "示例市经信局", "kind": "public_body"}
    made = client.post(f"{API}/organizations", json={"id": "t:office", **office}, headers=HEADERS)
    assert made.status_code == 201, made.get_data(as_text=True)
    firm = {"name": "示例申报企业", "kind": "firm", "size": "small", "tier": "specialised"}
    made = client.post(f"{API}/organizations", json={"id": "t:applicant", **firm}, headers=HEADERS)
    assert made.status_code == 201, made.get_data(as_text=True)
    met = {"for_sizes": [Size.SMALL], "for_tiers": [Tier.INNOVATIVE]}
    posted(client, "智能化改造补助\n设备更新", amount="最高 50 万元", deadline=str(SOON), **met)
    posted(
        client,
        "大企业研发奖励",
        for_sizes=[Size.LARGE],
        url="https://example.com/policy",
        further_conditions=[WORDS],
    )
    services.refresher.refresh(ADMIN)
    client.member = make_world(services).headers("member")
    own = (AccountMembership("t:office", MembershipRole.OWNER),)
    account = services.accounts.create(
        ADMIN, "office@example.org", "office", PASSWORD, memberships=own
    )
    key = services.api_keys.issue(account.principal(), "tests", Scope.WRITE, PASSWORD)
    client.office = {"Authorization": f"Bearer {key.secret}"}
    return client


def test_programmes_come_with_their_conditions(supported):
    path = f"{API}/organizations/t:applicant/recommendations?goal=support"
    answer = supported.get(path, headers=HEADERS | {"Accept-Language": "zh"})
    first, second = answer.json["programmes"]
    assert first["title"] == "智能化改造补助"
    assert first["deadline"] == str(SOON)
    assert first["amount"] == "最高 50 万元"
    told = [(each["condition"], each["verdict"], each["value"]) for each in first["conditions"]]
    assert told == [("qualification", "met", "专精特新"), ("size", "met", "小型")]
    told = [(each["verdict"], each["asked"], each["value"]) for each in second["conditions"]]
    assert told == [("unmet", "大型", "小型"), ("unknown", WORDS, "请自行核对")]


@pytest.mark.slow  # a question in words loads the models
@pytest.mark.parametrize(("language", "value"), [("zh", "贵单位："), ("en", "yours: ")])
def test_the_page_says_what_is_met_and_by_what(supported, language, value):
    page = supported.get(
        "/find?goal=support&text=我们能申请哪些政策",
        headers=supported.member | {"Accept-Language": language},
    ).get_data(as_text=True)
    titles = re.findall(r'rowcard programme"><h3 dir="auto">(?:<a [^>]*>)?([^<]+)', page)
    assert sorted(titles) == ["大企业研发奖励", "智能化改造补助"]
    assert 'href="https://example.com/policy"' in page
    assert page.count(value) == 3  # a condition each that can be checked
    assert re.search(rf'class="chip unknown">\?.{{1,200}}{WORDS}', page, re.DOTALL)


def test_the_command_line_prints_them_with_a_sign_for_each_condition(
    supported, capsys, monkeypatch
):
    monkeypatch.setattr(sys.modules["matchmaker.cli.language"], "_chosen", "en")
    path = f"{API}/organizations/t:applicant/recommendations?goal=support"
    page = supported.get(path, headers=HEADERS).json
    print_answer(page | {"notices": ["Said around: \x1b]0;owned\x07"]})
    printed = capsys.readouterr().out
    assert "Said around: \ufffd]0;owned\ufffd" in printed  # words of the question: none is obeyed
    assert "✓ Firm size: small (yours: small)" in printed
    assert "✗ Firm size: large (yours: small)" in printed
    assert f"until {SOON}" in printed
    assert f"? Further condition: {WORDS} (to be checked by you)" in printed


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "No programme that can be applied to is on record yet."), ("zh", "目前没有登记可申报")],
)
@pytest.mark.slow
def test_where_none_is_on_record_every_door_says_so(tmp_path_factory, language, said, capsys):
    """And not that nobody says what was asked for."""
    services = installation(tmp_path_factory)
    client = create_app(services).test_client()
    headers = HEADERS | {"Accept-Language": language}
    for question in ({"goal": "support"}, {"goal": "support", "text": "money for new machines"}):
        if "text" in question:
            answer = client.post(f"{API}/recommendations", json=question, headers=headers)
        else:
            services.refresher.refresh(ADMIN)
            path = f"{API}/organizations/t:firm1/recommendations?goal=support"
            answer = client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.json["text"].startswith(said)
        print_answer(answer.json)
        assert said[:12] in capsys.readouterr().out
    member = make_world(services)
    page = client.get(
        "/find?goal=support&text=设备更新",
        headers=member.headers("member") | {"Accept-Language": language},
    )
    assert said in page.text
    asker = member.principal("member")
    told = AssistantTools(services).recommend(asker, GoalName.SUPPORT, "t:firm1", "设备更新")
    assert "offers" in told["text"] or "供给" in told["text"]
    services.store.close()


def test_filters_that_leave_no_programme_are_not_told_as_none_on_record(supported):
    path = f"{API}/organizations/t:applicant/recommendations?goal=support&kind=university"
    assert supported.get(path, headers=HEADERS).json["text"] == (
        "Open programmes are on record, but none passes this. Try fewer filters."
    )


@pytest.mark.parametrize(("language", "until"), [("zh", "截至"), ("en", "until")])
def test_places_are_typed_by_name_and_the_pages_show_the_terms(supported, language, until):
    key = supported.office
    sent = {
        "what": "offer", "offer_kind": "programme", "terms": "free",
        "text": f"绿色改造补助 {language}",
        "for_places": "甲市", "for_sizes": "small", "min_years": "2", "deadline": str(SOON),
        "amount": "最高 30 万元", "do": "publish",
    }  # fmt: skip
    headers = key | {"Accept-Language": language}
    made = supported.post("/postings/new", data=sent, headers=headers)
    assert made.status_code == 303, made.text
    posting = supported.get(made.location, headers=headers).text
    wrong = supported.post("/postings/new", data=sent | {"for_places": "Nowhere"}, headers=headers)
    assert wrong.status_code == 422
    assert "Nowhere" in wrong.text
    organization = supported.get("/organizations/t:office", headers=headers).text
    for page in (posting, organization):
        assert "最高 30 万元" in page
        assert until in page
    change = supported.get(f"{made.location}/change", headers=headers).text
    assert "甲市" in re.search(r'<input[^>]*name="for_places"[^>]*>', change)[0]


@pytest.mark.parametrize(
    ("language", "told", "reminded"),
    [
        ("en", "This programme fits you: “智能化改造补助”", "Programmes that fit you: 1"),
        ("zh", "有项目适合贵单位：“智能化改造补助”", "适合贵单位的项目：1"),
    ],
)
def test_a_firm_is_told_of_what_fits_and_keeps_or_leaves_it(
    supported, services_of_supported, language, told, reminded
):
    services = services_of_supported
    own = (AccountMembership("t:applicant", MembershipRole.OWNER),)
    account = services.accounts.create(
        ADMIN, f"{language}@example.com", language, PASSWORD, memberships=own
    )
    key = services.api_keys.issue(account.principal(), "tests", Scope.WRITE, PASSWORD)
    headers = {"Authorization": f"Bearer {key.secret}", "Accept-Language": language}
    stored = services.repositories.programme_alerts.get_or_none("t:applicant")
    if stored:  # of the other language
        services.repositories.records.commit(
            [services.repositories.programme_alerts.remove(stored)]
        )
    services.programme_alerts._last_look.at = None
    assert services.programme_alerts.tell() >= 1
    notices = supported.get(f"{API}/notices", headers=headers).json["items"]
    assert [each["kind"] for each in notices] == ["programmes_fit"]
    assert notices[0]["text"].startswith(told)
    assert notices[0]["subject"] == "programmes/t:applicant"
    assert reminded in supported.get("/", headers=headers).text
    page = supported.get("/programmes?of=t:applicant", headers=headers).text
    assert page.count('class="card rowcard programme"') == 1
    assert supported.get(f"{API}/notices", headers=headers).json["unread"] == 0
    path = f"{API}/organizations/t:applicant/programmes"
    (row,) = supported.get(path, headers=headers).json["items"]
    id, choice = row["programme"]["id"], {"programme": row["programme"]["id"], "choice": "left"}
    assert supported.put(path, json=choice, headers=headers).status_code == 204
    assert supported.get(path, headers=headers).json["items"][0]["choice"] == "left"
    sent = {"programme": id, "of": "t:applicant", "what": ""}
    assert supported.post("/programmes", data=sent, headers=headers).status_code == 303
    assert supported.get(path, headers=headers).json["items"][0]["choice"] is None
    quiet = supported.patch(f"{API}/account", json={"programmes": False}, headers=headers).json
    assert quiet["preferences"]["programmes"] is False
