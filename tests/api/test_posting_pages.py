"""The pages of one's own needs and offers."""

import re
from urllib.parse import urlsplit

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Industry
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


def test_a_programme_for_an_industry_with_commas_in_its_name_is_saved_again(app, world, wired):
    """泵、阀门制造 is one industry: parted at its comma both halves were refused."""
    industry = Industry("t:344", "泵、阀门制造", "Pumps and valves")
    wired.store.upsert(GraphRows(industries=(industry,)))
    wired.refresher.refresh(ADMIN)
    client, headers = app.test_client(), world.headers("member")
    sent = {
        "what": "offer", "offer_kind": "programme", "text": "节能改造补贴", "do": "draft",
        "for_industries": "泵、阀门制造",
    }  # fmt: skip
    made = client.post("/postings/new", data=sent, headers=headers)
    assert made.status_code == 303, made.text
    posting = wired.postings.show(world.principal("member"), made.location.rsplit("/", 1)[1])
    assert posting.posting.for_industries == ("t:344",)
    shown = client.get(f"/postings/{posting.posting.id}/change", headers=headers)
    assert 'value="泵、阀门制造"' in shown.text
