"""Pages of one's own needs and offers: two people who change the same one."""

import pytest

from tests.api.world import PASSWORD, make_world


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


def test_who_saves_second_sees_what_was_saved_first(app, world):
    owner = app.test_client()
    sent = {"email": world.accounts["owner"].email, "password": PASSWORD}
    token = owner.post("/api/v1/session", json=sent).json["csrf_token"]
    form = {"csrf_token": token, "what": "offer", "do": "draft", "text": "draft"}
    made = owner.post("/postings/new", data=form | {"offer_kind": "product"})
    assert made.status_code == 303
    page = f"{made.location}/change"
    change = {"csrf_token": token, "what": "offer", "terms": "market", "version": "1"}
    assert owner.post(page, data=change | {"text": "theirs"}).status_code == 303
    for version in ("1", "", "9" * 5000):
        second = owner.post(page, data=change | {"text": "mine", "version": version})
        assert second.status_code == 409
        assert "theirs" in second.text
        assert "mine" in second.text
