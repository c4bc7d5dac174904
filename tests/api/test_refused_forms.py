"""A form that was refused comes back with the reason and what was typed; secrets never do."""

import html
import inspect
import itertools
import re

import pytest

from matchmaker.access import ADMIN
from matchmaker.web.refused_forms import has_page
from matchmaker.wiring import wire
from matchmaker.workflow.account import AccountMembership, MembershipRole
from tests.api.conftest import application_of, application_of_a_file, installation_of_a_file
from tests.api.test_attempts import ASK_FOR_NONE, asks_for_a_secret
from tests.api.test_second_factor import set_up

API = "/api/v1"
PASSWORD = "correct horse 9"
WRONG = "wrong horse 8"
ADDRESS = "https://oapi.dingtalk.com/robot/send?access_token=b2c3"
_number = itertools.count()
ELSEWHERE = {"X-Forwarded-For": "192.0.2.9"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
in_both = pytest.mark.parametrize(
    ("language", "refusal", "waiting"),
    [("zh", "与现用的不符", "1 分钟后再试"), ("en", "is not the present one", "in 1 min")],
)

in_languages_of_waiting = pytest.mark.parametrize(
    ("language", "words"), [("zh", "请稍候一分钟"), ("en", "Wait a minute")]
)


wired, app = installation_of_a_file(), application_of_a_file()


@pytest.fixture
def person(wired):
    return wired.accounts.create(
        ADMIN, f"p{next(_number)}@refused.example", "王芳", PASSWORD, clusters=("t:cluster",),
        memberships=(AccountMembership("t:firm2", MembershipRole.OWNER),),
    )  # fmt: skip


def browser(app, email, language):
    """A browser that has signed in, and the token of its forms."""
    client = app.test_client()
    page = client.get("/sign-in").text
    form = {"email": email, "password": PASSWORD, "csrf_token": csrf_of(page)}
    assert client.post("/sign-in", data=form).status_code == 303
    token = csrf_of(client.get("/account").text)
    client.post("/language", data={"language": language, "csrf_token": token})
    return client, token


def csrf_of(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def forms_of(page):
    """Each form's values that the browser would show and send, by name, as HTML has them."""
    found = []
    for form in re.findall(r"<form method=\"post\".*?</form>", page, re.S):
        values = {}
        for tag in re.findall(r"<input[^>]*>", form):
            attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
            if attributes.get("type") != "checkbox" or re.search(r"\schecked", tag):
                values[attributes["name"]] = html.unescape(attributes.get("value", ""))
        for name, options in re.findall(r'<select name="(\w+)">(.*?)</select>', form, re.S):
            chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
            values[name] = html.unescape(chosen[1]) if chosen else ""
        values["buttons"] = re.findall(r'name="(?:what|do)" value="([\w-]+)"', form)
        found.append(values)
    return found


def form_with(page, button):
    return next(form for form in forms_of(page) if button in form["buttons"])


def test_each_form_that_asks_for_a_password_or_code_comes_back_on_its_page(app):
    asking = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("web.")
        and "POST" in rule.methods
        and asks_for_a_secret(inspect.unwrap(app.view_functions[rule.endpoint]))
    }
    inviting = {"web.invite_to", "web.invite_members", "web.change_accounts"}
    asking |= inviting | {"web.change_channels", "web.change_second_factor", "web.enter_code"}
    assert {"web.change_account", "web.accept_invitation"} <= asking
    assert {each for each in asking - ASK_FOR_NONE if not has_page(each)} == set()


@in_both
def test_a_refused_form_of_the_account_comes_back_as_it_was_typed(
    app, person, language, refusal, waiting
):
    client, token = browser(app, person.email, language)
    asked = {
        "what": "key", "name": "ERP <2>", "writes": "1", "password": WRONG, "csrf_token": token,
        "back": "/account",
    }  # fmt: skip
    statuses = []
    for _ in range(6):
        answer = client.post("/account", data=asked)
        statuses.append(answer.status_code)
        form = form_with(answer.text, "key")
        assert (form["name"], form["writes"], form["password"]) == ("ERP <2>", "1", "")
        assert form["back"] == "/account"
        assert WRONG not in answer.text
        assert (refusal if answer.status_code == 422 else waiting) in answer.text
        # The name of the key stands in its own form alone.
        assert form_with(answer.text, "preferences")["name"] == person.name
    assert statuses == [422] * 5 + [429]
    assert 50 < int(answer.headers["Retry-After"]) <= 60
    assert client.get("/account").text.count("ERP") == 0


def test_what_was_typed_about_oneself_stays(app, person):
    client, token = browser(app, person.email, "en")
    typed = {
        "what": "preferences", "name": "Wang Fang", "mail": "never", "alerts": "many",
        "language": "en", "csrf_token": token,
    }  # fmt: skip
    answer = client.post("/account", data=typed)
    form = form_with(answer.text, "preferences")
    assert answer.status_code == 422
    assert {name: form[name] for name in ("name", "mail", "alerts", "language")} == {
        name: typed[name] for name in ("name", "mail", "alerts", "language")
    }
    assert "programmes" not in form  # its tick was taken out


@in_both
def test_a_refused_channel_comes_back_in_the_form_of_its_cluster(
    app, person, language, refusal, waiting
):
    client, token = browser(app, person.email, language)
    typed = {
        "cluster": "t:cluster", "rhythm": "at_once", "quiet_from": "22", "quiet_until": "6",
        "zone": "Asia/Tokyo",
    }  # fmt: skip
    secret = {"secret_address": ADDRESS, "password": WRONG}
    sent = typed | secret | {"do": "enter", "csrf_token": token, "back": "/channels"}
    statuses = []
    for _ in range(6):
        answer = client.post("/channels", data=sent)
        statuses.append(answer.status_code)
        own, of_cluster = [form for form in forms_of(answer.text) if "enter" in form["buttons"]]
        assert {name: of_cluster[name] for name in typed} == typed
        assert (own["cluster"], own["quiet_from"]) == ("", "")
        # The robot's key is in its address, of which the page says that nobody reads it again.
        assert of_cluster["secret_address"] == own["secret_address"] == ""
        assert not any(each in answer.text for each in (WRONG, ADDRESS, ADDRESS.split("=")[-1]))
        assert (refusal if answer.status_code == 422 else waiting) in answer.text
    assert statuses == [422] * 5 + [429]
    assert 50 < int(answer.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "https://]x"])
def test_a_form_from_what_is_no_address_is_refused_in_words(app, origin):
    answer = app.test_client().post("/account", data={"name": "hello"}, headers={"Origin": origin})
    assert answer.status_code in (400, 401, 403)


@pytest.mark.parametrize("address", ["//[", "http://[::1", "https://]x"])
def test_a_page_that_is_said_to_lead_from_or_to_no_address_is_answered(app, address):
    client = app.test_client()
    asked = client.get("/sign-in", query_string={"next": address})
    assert asked.status_code == 200
    token = forms_of(asked.text)[0]["csrf_token"]
    sent = client.post("/language", data={"csrf_token": token, "back": address})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/")
    part = client.get("/find", headers={"HX-Request": "true", "HX-Current-URL": address})
    assert part.status_code == 401
    shared = client.get("/api/v1/reconcile", headers={"Origin": address})
    assert shared.status_code == 200
    assert "Access-Control-Allow-Origin" not in shared.headers


def test_a_channel_s_address_is_not_kept_when_the_session_has_ended(app):
    """What is kept to be sent again stands in the page, the robot's key with it."""
    sent = {"do": "enter", "secret_address": ADDRESS, "rhythm": "at_once", "zone": "Asia/Tokyo"}
    answer = app.test_client().post("/channels", data=sent)
    assert answer.status_code in (302, 303, 400, 401)
    assert ADDRESS.split("=")[-1] not in answer.text


@pytest.mark.parametrize(
    ("language", "refusal", "waiting"),
    [("zh", "验证码不正确", "1 分钟后再试"), ("en", "The code is not right", "in 1 min")],
)
def test_codes_are_never_repeated_and_a_wrong_one_keeps_the_form(
    app, person, language, refusal, waiting
):
    set_up(app, person.email)
    client = app.test_client()
    page = client.get("/sign-in").text
    form = {"email": person.email, "password": PASSWORD, "csrf_token": csrf_of(page)}
    page = client.post("/sign-in", data=form, headers={"Accept-Language": language})
    sent = {"code": "000000", "csrf_token": csrf_of(page.text)}
    for _ in range(6):
        answer = client.post("/sign-in/code", data=sent, headers={"Accept-Language": language})
        assert ('name="code"' in answer.text, "000000" in answer.text) == (True, False)
        assert (refusal if answer.status_code == 401 else waiting) in answer.text
    assert answer.status_code == 429


def test_a_wrong_code_of_a_new_authenticator_asks_for_the_next_one(app, person):
    """The secret is not shown again: a session alone does not give it away."""
    client, token = browser(app, person.email, "en")
    begin = {"what": "begin", "password": PASSWORD, "csrf_token": token}
    begun = client.post("/account/second-factor", data=begin).text
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", begun)[1]
    wrong = {"what": "confirm", "code": "000000", "csrf_token": token}
    answer = client.post("/account/second-factor", data=wrong)
    assert answer.status_code == 422
    assert form_with(answer.text, "confirm")["code"] == ""
    assert secret not in answer.text


def test_who_takes_a_place_keeps_the_name_that_was_typed(app, wired):
    offer = wired.invitations.invite(ADMIN, "refused@invited.example", cluster="t:cluster")
    token = wired.invitations.hand_over(ADMIN, offer.invitation.id).partition("token=")[2]
    client = app.test_client()
    page = client.get(f"/invitation?token={token}").text
    form = {"token": token, "name": "李 <雷>", "password": "short", "csrf_token": csrf_of(page)}
    answer = client.post(f"/invitation?token={token}", data=form)
    assert answer.status_code == 422
    assert 'value="李 &lt;雷&gt;"' in answer.text
    assert "short" not in re.sub(r"<p class=\"notice.*?</p>", "", answer.text)


def test_a_refused_invitation_of_a_member_keeps_its_address(app, person):
    client, token = browser(app, person.email, "en")
    sent = {"email": "no address", "csrf_token": token, "back": "/organizations/t:firm3?goal=x"}
    answer = client.post("/organizations/t:firm3/invitation", data=sent)
    assert answer.status_code == 422
    assert 'name="email" required value="no address"' in answer.text
    assert "/organizations/t:firm3?goal=x" in {form.get("back") for form in forms_of(answer.text)}
    sent = {"email": "no address", "organization": "t:firm4", "csrf_token": token}
    answer = client.post("/clusters/t:cluster/members", data=sent)
    addresses = {
        form["organization"]: form["email"]
        for form in forms_of(answer.text)
        if "organization" in form
    }
    assert (answer.status_code, addresses["t:firm4"]) == (422, "no address")
    assert addresses["t:firm5"] == ""


@pytest.mark.parametrize(("language", "words"), [("zh", "请稍后再试"), ("en", "try again later")])
def test_who_signs_in_too_often_keeps_the_address(wired, language, words):
    client = application_of(wired).test_client()
    page = client.get("/sign-in").text
    form = {"password": "x" * 12, "csrf_token": csrf_of(page)}
    for number in range(31):
        form["email"] = f"n{number}@refused.example"
        answer = client.post("/sign-in", data=form, headers={"Accept-Language": language})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert words in answer.text
    assert 'value="n30@refused.example"' in answer.text


@pytest.mark.slow
@in_languages_of_waiting
def test_who_has_to_wait_reads_nothing_of_others_by_sending_its_form(
    wired, person, language, words
):
    services = wire(wired.settings.model_copy(update={"requests_a_minute": 5}))
    client, token = browser(application_of(services), person.email, language)
    name = services.directory.profile(ADMIN, "t:firm3").organization.name
    form = {"email": "no address", "csrf_token": token}
    answer = client.post("/organizations/t:firm3/invitation", data=form, headers=ELSEWHERE)
    assert (answer.status_code, name in answer.text) == (422, True)
    for _ in range(11):
        client.get("/tour", headers=ELSEWHERE)
    forms = {
        "/organizations/t:firm3/invitation": form,
        "/clusters/t:cluster/members": form | {"organization": "t:firm3"},
        "/admin/accounts": form | {"what": "invite"},
    }
    for address, sent in forms.items():
        answer = client.post(address, data=sent, headers=ELSEWHERE | SAME_SITE)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60"), address
        assert words in answer.text
        assert name not in answer.text
        kept = next(each for each in forms_of(answer.text) if "email" in each)
        assert kept["email"] == "no address"
    services.store.close()


@pytest.mark.slow
@in_languages_of_waiting
def test_what_was_written_too_fast_is_kept_to_be_sent_again(wired, person, language, words):
    services = wire(wired.settings.model_copy(update={"requests_a_minute": 5}))
    app = application_of(services)
    client, token = browser(app, person.email, language)  # on this machine, which is not counted
    for _ in range(11):
        client.get("/tour", headers=ELSEWHERE)
    written = {"organization": "t:firm2", "goal": "supplier", "text": "每月二百件 <密封件>"}
    sent = written | {"csrf_token": token}
    answer = client.post("/postings/new", data=sent, headers=ELSEWHERE | SAME_SITE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert words in answer.text
    kept = next(form for form in forms_of(answer.text) if "text" in form)
    assert {name: kept[name] for name in written} == written
    # A survey is answered by a personal link, without an account.
    stranger, link = app.test_client(), {"token": "personal", "tie:0": "甲厂有限公司"}
    for _ in range(11):
        stranger.get("/tour", headers=ELSEWHERE)
    answer = stranger.post("/survey", data=link, headers=ELSEWHERE | SAME_SITE)
    kept = next(form for form in forms_of(answer.text) if "tie:0" in form)
    assert (answer.status_code, kept["token"]) == (429, "personal")
    assert ">personal<" not in answer.text
    key = {"what": "key", "name": "ERP 3", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/account", data=key, headers=ELSEWHERE)
    assert answer.status_code == 429
    assert words in answer.text
    assert form_with(answer.text, "key")["name"] == "ERP 3"
    assert PASSWORD not in answer.text
    services.store.close()
