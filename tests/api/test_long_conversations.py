"""A conversation of more messages than a page shows: the latest are there, the others linked."""

import html
import re

import pytest

from matchmaker.web import conversations
from tests.api.requests_of_routes import REQUESTS
from tests.api.world import make_world

_EARLIER = re.compile(r'href="([^"]*before=[^"]*)"')


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


def test_what_was_written_last_is_on_the_page_and_the_rest_behind_a_link(app, world, monkeypatch):
    monkeypatch.setattr(conversations, "MESSAGES_SHOWN", 3)
    id = REQUESTS["POST /introductions/{id}/attachments"][0](world)
    client, headers = app.test_client(), world.headers("owner")
    for number in range(5):
        answer = client.post(
            f"/api/v1/introductions/{id}/messages", json={"text": f"w{number}."}, headers=headers
        )
        assert answer.status_code == 201, answer.text
    page = client.get(f"/introductions/{id}", headers=headers).text
    assert re.findall(r"w\d\.", page) == ["w2.", "w3.", "w4."]
    (link,) = _EARLIER.findall(page)
    earlier = client.get(html.unescape(link), headers=headers).text
    assert re.findall(r"w\d\.", earlier) == ["w0.", "w1."]
    assert not _EARLIER.search(earlier)
