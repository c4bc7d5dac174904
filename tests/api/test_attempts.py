"""What could be guessed with a session or key that was taken: limited, and counted by account."""

import inspect
from pathlib import Path

import pytest

from matchmaker.access import ADMIN
from matchmaker.api.http.attempts import LIMITS
from matchmaker.workflow.account import Scope
from tests.api.conftest import PASSWORD

API = "/api/v1"
ANOTHER = "violet harbour 7"
SECRETS = {"password", "old_password", "code"}
# Forms of the same pages that ask for none.
ASK_FOR_NONE = {
    "web.choose_language", "web.sign_out", "web.unsubscribed", "web.read_notices", "web.enter_demo",
}  # fmt: skip


def asks_for_a_secret(view):
    """Whether a route's body has a field for one, or the page's file reads it of a form."""
    body = view.__annotations__.get("body", "")
    model = view.__globals__.get(body) if isinstance(body, str) else body
    if fields := getattr(model, "model_fields", None):
        return bool(SECRETS & set(fields))
    return 'form.get("password"' in Path(inspect.getfile(view)).read_text(encoding="utf-8")


def test_wherever_a_password_or_code_is_taken_attempts_are_limited(app):
    views = {
        rule.endpoint: inspect.unwrap(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if rule.methods & {"POST", "PUT", "PATCH", "DELETE"}
    }
    asking = {endpoint for endpoint, view in views.items() if asks_for_a_secret(view)}
    assert {"people.sign_in", "people.make_key", "web.change_account"} <= asking
    assert asking - set(LIMITS) == ASK_FOR_NONE


@pytest.mark.parametrize(("language", "words"), [("zh", "1 分钟后再试"), ("en", "in 1 min")])
def test_wrong_passwords_of_one_account_are_counted_together_wherever_it_is_asked_for(
    app, wired, owner, language, words
):
    """Five mistyped cost nothing; then even the right one waits, from every address, until a reset.

    Signing in is not kept back by it: who has a session or key does not shut the owner out.
    """
    key = wired.api_keys.issue(owner.principal(), "k", Scope.WRITE, PASSWORD).secret
    by_key = {"Authorization": f"Bearer {key}", "Accept-Language": language}
    session = app.test_client()
    sign_in = {"email": owner.email, "password": PASSWORD}
    begun = session.post(f"{API}/session", json=sign_in)
    by_session = {"X-CSRF-Token": begun.json["csrf_token"], "Accept-Language": language}
    robot = "https://oapi.dingtalk.com/robot/send?access_token=a1b2"
    hook = {"organization": "t:firm2", "url": "https://erp.example.com/hook"}

    wrong = [
        session.post(
            f"{API}/webhooks", json=hook | {"password": f"wrong {number}"}, headers=by_session
        )
        for number in range(2)
    ]
    for number in range(3):
        body = {"address": robot, "password": f"wrong {number}"}
        wrong.append(app.test_client().post(f"{API}/account/channels", json=body, headers=by_key))
    assert [answer.status_code for answer in wrong] == [422] * 5
    key_body = {"name": "k", "password": PASSWORD}
    right = app.test_client().post(f"{API}/account/keys", json=key_body, headers=by_key)
    assert (right.status_code, words in right.json["detail"]) == (429, True)
    assert app.test_client().post(f"{API}/session", json=sign_in).status_code == 200
    token = wired.links.token("reset", [owner.id, owner.epoch, True])
    wired.sign_in.reset(token, ANOTHER)
    now = wired.accounts.by_email(ADMIN, owner.email)
    wired.accounts.require_password(now.principal(), now, ANOTHER)


def test_keys_that_are_none_are_counted_by_where_they_come_from(app, wired, owner):
    """As wrong passwords are, 30 a minute; what is right is answered from there all the while."""
    key = wired.api_keys.issue(owner.principal(), "k", Scope.READ, PASSWORD).secret
    client = app.test_client()

    def answered(bearer, address):
        headers = {"Authorization": f"Bearer {bearer}"}
        place = {"REMOTE_ADDR": address}
        return client.get(f"{API}/account", headers=headers, environ_base=place)

    wrong = [answered(f"mk_{number:016x}_{key}", "198.51.100.7") for number in range(40)]
    assert [each.status_code for each in wrong[:30]] == [401] * 30
    assert wrong[-1].status_code == 429
    assert int(wrong[-1].headers["Retry-After"]) > 0
    assert answered(key, "198.51.100.7").status_code == 200
    assert answered(f"{key}x", "198.51.100.8").status_code == 401
