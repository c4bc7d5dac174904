"""Every refused request is problem+json, names the field at fault, and is never a 500."""

from datetime import UTC, datetime

import pytest

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.errors import NotFound
from matchmaker.wiring import wire
from matchmaker.workflow.account import Preferences, Scope

API = "/api/v1"
OFFER = {"organization": "t:firm1", "kind": "product", "text": "球阀"}


def assert_problem(answer, status, field=None):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["title"]
    if field is not None:
        assert field in [error["field"] for error in answer.json["errors"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("kind=bakery", "kind.0"),
        ("cursor=forged", "cursor"),
        ("q=", "q"),
        ("q=" + "x" * 501, "q"),
        ("place=%00", "place.0"),
        ("colour=red", "colour"),
    ],
)
def test_a_bad_query_names_its_field(client, query, field):
    assert_problem(client.get(f"{API}/organizations?{query}"), 422, field)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "goal"),
        ("goal=friendship", "goal"),
        ("goal=supplier&limit=101", "limit"),
        ("goal=supplier&radius_km=nan", "radius_km"),
        ("goal=supplier&radius_km=-1", "radius_km"),
        ("goal=supplier&place=place:nowhere", "place"),
        ("goal=supplier&cluster=x:none", "cluster"),
    ],
)
def test_a_bad_question_names_its_field(client, query, field):
    answer = client.get(f"{API}/organizations/t:firm1/recommendations?{query}")
    assert_problem(answer, 422, field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": None}, "text"),
        ({"text": 7}, "text"),
        ({"slots": 10**30}, "slots"),
        ({"slots": -1}, "slots"),
        ({"kind": "gift"}, "kind"),
        ({"organization": "no id"}, "organization"),
        ({"organization": "t:nobody"}, "organization"),
        ({"date": "yesterday"}, "date"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_bad_body_names_its_field(client, writer, change, field):
    assert_problem(client.post(f"{API}/offers", json=OFFER | change, headers=writer), 422, field)


def test_a_lone_surrogate_is_refused(client, writer):
    body = '{"organization": "t:firm1", "kind": "product", "text": "\\ud800"}'
    answer = client.post(
        f"{API}/offers", data=body, headers=writer, content_type="application/json"
    )
    assert_problem(answer, 422, "text")


@pytest.mark.slow
def test_the_longest_text_is_taken(client):
    body = {"text": "阀" * 20_000, "goal": "supplier", "limit": 1}
    assert client.post(f"{API}/recommendations", json=body).status_code == 200


@pytest.mark.parametrize("body", ["", "{", "nul", "[" * 49_000])
def test_broken_json_is_a_400(client, writer, body):
    answer = client.post(
        f"{API}/offers", data=body.encode(), headers=writer, content_type="application/json"
    )
    assert_problem(answer, 400)


@pytest.mark.parametrize("body", ["[]", "null", "7", '"{}"'])
def test_json_that_is_no_object_is_a_422(client, writer, body):
    answer = client.post(
        f"{API}/offers", data=body, headers=writer, content_type="application/json"
    )
    assert_problem(answer, 422, "body")


def test_another_media_type_is_a_415(client, writer):
    answer = client.post(f"{API}/offers", data="a=1", headers=writer, content_type="text/plain")
    assert_problem(answer, 415)


@pytest.mark.parametrize("part", [b"[],", b"{},", b'"[",[[]],'])
def test_a_body_of_hundreds_of_thousands_of_lists_is_refused_before_it_is_read(client, part):
    """Reading 300,000 empty ones took half a second of the processor, from anybody."""
    body = b'{"email": [' + part * (900_000 // len(part)) + b"0]}"
    for path in ("session", "offers"):  # also of who is nobody
        answer = client.post(f"{API}/{path}", data=body, content_type="application/json")
        assert_problem(answer, 413)
    few = b'{"email": [' + part * 10_000 + b"0]}"
    answer = client.post(f"{API}/session", data=few, content_type="application/json")
    assert_problem(answer, 422)


def test_a_body_over_the_limit_is_a_413(client, writer):
    answer = client.post(
        f"{API}/offers", data=b" " * 1_000_001, headers=writer, content_type="application/json"
    )
    assert_problem(answer, 413)


@pytest.mark.parametrize(
    "path",
    [
        "organizations/t:nobody",
        "organizations/%00",
        "organizations/t:nobody/neighborhood",
        "organizations/t:nobody/recommendations?goal=supplier",
        "clusters/t:none",
        "clusters/t:none/members",
        "offers/t:none",
        "offers?organization=t:nobody",
        "needs/t:none",
        "engagements/t:none",
        "paths?source=t:firm1&target=t:nobody",
        "nothing-of-the-kind",
    ],
)
def test_what_is_unknown_is_a_404(client, path):
    answer = client.get(f"{API}/{path}")
    assert_problem(answer, 422 if "%00" in path else 404)


def test_a_method_that_is_not_there_is_a_405(client):
    answer = client.delete(f"{API}/organizations")
    assert_problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_titles_are_in_the_language_asked_for(client):
    chinese = client.get(f"{API}/offers/t:none", headers={"Accept-Language": "zh-CN"})
    assert chinese.json["title"] == "未找到"
    assert client.get(f"{API}/offers/t:none").json["title"] == "Not found"


CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.1"}


def test_details_are_in_the_language_asked_for(client):
    answer = client.get(f"{API}/nothing-of-the-kind", headers=CHINESE)
    assert answer.json["detail"] == "服务器上没有此地址。如为手工输入，请检查拼写后再试。"
    answer = client.get(f"{API}/organizations?cursor=forged", headers=CHINESE)
    assert answer.json["errors"][0]["message"] == "不是此列表的游标。"
    assert "请使用上一页的 `next`" in answer.json["detail"]


@pytest.mark.parametrize(
    ("change", "chinese", "english"),
    [
        ({"text": ""}, "至少应有 1 个字符", "String should have at least 1 character"),
        ({"text": "   "}, "此值无效：不能为空", "Value error, must not be blank"),
        ({"text": 7}, "应为文字", "Input should be a valid string"),
        ({"slots": -1}, "应大于或等于 0", "Input should be greater than or equal to 0"),
        ({"unknown": 1}, "不接受此字段", "Extra inputs are not permitted"),
        (
            {"terms": "gift"},
            "应为 'free'、'discounted' 或 'market'",
            "Input should be 'free', 'discounted' or 'market'",
        ),
    ],
)
def test_faults_of_fields_are_in_the_language_asked_for(client, change, chinese, english):
    for headers, expected in ((CHINESE, chinese), ({}, english)):
        answer = client.post(f"{API}/offers", json=OFFER | change, headers=headers)
        assert [error["message"] for error in answer.json["errors"]] == [expected]
    assert answer.json["detail"] == f"Correct {next(iter(change))}."


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (CHINESE, "此值无效：2012-13-01 不是日历上的日子。"),
        ({}, "Value error, '2012-13-01' is no day of the calendar."),
    ],
)
def test_what_our_own_validators_refuse_is_too(client, headers, expected):
    sent = {"founded": "2012-13-01"}
    answer = client.patch(f"{API}/organizations/t:firm1", json=sent, headers=headers)
    assert [error["message"] for error in answer.json["errors"]] == [expected]


def test_what_is_not_there_is_named_in_the_readers_language(wired):
    with pytest.raises(NotFound) as caught:
        wired.repositories.jobs.get("none")
    assert caught.value.message.text("zh") == "没有任务 none。"
    assert caught.value.message.text("en") == "There is no job 'none'."


def test_without_accept_language_the_accounts_own_language_counts(app, wired):
    account = wired.accounts.create(ADMIN, "reads@example.org", "R", "correct horse 9")
    wired.accounts.set_preferences(account.principal(), Preferences(language="zh"))
    key = wired.api_keys.issue(account.principal(), "tests", Scope.READ, "correct horse 9").secret
    headers = {"Authorization": f"Bearer {key}"}
    answer = app.test_client().get(f"{API}/offers/t:none", headers=headers)
    assert answer.json["title"] == "未找到"
    assert answer.headers["Content-Language"] == "zh"
    answer = app.test_client().get(
        f"{API}/offers/t:none", headers=headers | {"Accept-Language": "en"}
    )
    assert answer.json["title"] == "Not found"


# -- access


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic a2V5"}])
def test_writing_without_a_key_is_refused(anonymous, headers):
    answer = anonymous.post(f"{API}/offers", json=OFFER, headers=headers)
    assert_problem(answer, 401)


def test_a_wrong_key_is_refused_even_for_reading(client):
    answer = client.get(f"{API}/organizations", headers={"Authorization": "Bearer guess"})
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "request_from",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"headers": {"X-Forwarded-For": "192.0.2.7"}},
        {"headers": {"Host": "evil.example"}},
    ],
    ids=["another machine", "a proxy", "a name bound to 127.0.0.1"],
)
def test_reading_from_elsewhere_needs_the_key(anonymous, writer, request_from):
    assert_problem(anonymous.get(f"{API}/organizations", **request_from), 401)
    headers = request_from.get("headers", {}) | writer
    allowed = anonymous.get(f"{API}/organizations", **request_from | {"headers": headers})
    assert allowed.status_code == 200


def test_where_to_report_a_hole_is_told_where_it_is_set(wired):
    """As RFC 9116 has it: a contact, and a day in the future on which it expires."""
    assert create_app(wired).test_client().get("/.well-known/security.txt").status_code == 404
    settings = wired.settings.model_copy(update={"security_contact": "mailto:security@a.example"})
    services = wire(settings)
    answer = create_app(services).test_client().get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.mimetype == "text/plain"
    assert fields["Contact"] == "mailto:security@a.example"
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)
    services.store.close()


def test_of_very_many_faults_the_first_are_named(client):
    """80,000 fields that nobody knows were answered with 6 MB, of a body of one."""
    body = {f"unknown{number}": 1 for number in range(20_000)}
    answer = client.post(f"{API}/session", json=body)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["errors"]][:2] == ["email", "password"]
    assert len(answer.json["errors"]) == 100
    assert len(answer.data) < 30_000
