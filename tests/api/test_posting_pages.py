"""The pages of one's own needs and offers."""

import re
from urllib.parse import urlsplit

import pytest

from tests.api.world import make_world


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


@pytest.mark.slow
def test_a_published_need_can_be_shown_around_and_a_draft_cannot(app, world):
    client, headers = app.test_client(), world.headers("member")
    sent = {"what": "need", "goal": "supplier", "text": "求购铸铁阀体，二维码测试"}
    pages = {}
    for how in ("draft", "publish"):
        made = client.post("/postings/new", data=sent | {"do": how}, headers=headers)
        assert made.status_code == 303, made.text
        pages[how] = client.get(made.location, headers=headers).text
    assert "data:image/svg+xml" not in pages["draft"]
    assert 'src="data:image/svg+xml' in pages["publish"]
    (address,) = re.findall(r'<a href="(http[^"]+/needs/[^"]+)"', pages["publish"])
    opened = client.get(urlsplit(address).path, headers=world.headers("stranger"))
    assert opened.status_code == 200
    assert "求购铸铁阀体，二维码测试" in opened.text
    assert client.get(urlsplit(address).path).status_code in {302, 303, 401}
