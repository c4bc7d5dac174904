"""The audit of a survey, over HTTP and as a page."""

import pytest

from tests.api.things_of_routes import API, _answered_survey, _survey, _survey_token
from tests.api.world import make_world


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


def test_five_of_six_say_whom_they_sell_to_in_a_chain(app, world):
    """Unseen is to whom the sixth sells: 5 ties are told, and 5 to 10 there may be."""
    id, client = _answered_survey(world), app.test_client()
    headers = world.headers("coordinator")
    query = {"layer": "supply", "draws": 40}
    found = client.get(f"{API}/surveys/{id}/audit", query_string=query, headers=headers).json
    assert (found["answered"], found["members"]) == (5, 6)
    figures = {figure["name"]: figure for figure in found["figures"]}
    ties = figures["ties"]
    assert (ties["band"]["told"]["value"], ties["confirmed"]["value"]) == (5, 0)
    assert (ties["band"]["least"], ties["band"]["most"]) == (5, 10)
    assert 5 <= ties["band"]["low"] <= ties["band"]["high"] <= 10
    assert figures["density"]["band"]["told"]["value"] == pytest.approx(5 / 30)
    # Nobody stands alone whatever the sixth says, and no tie is confirmed: undefined is undefined.
    assert figures["isolates"]["band"]["low"] == figures["isolates"]["band"]["high"] == 0
    assert figures["transitivity"]["confirmed"]["value"] is None
    assert figures["transitivity"]["confirmed"]["because"]


@pytest.mark.parametrize(("language", "words"), [("en", "stand alone"), ("zh", "孤立")])
def test_the_page_says_what_it_rests_on(app, world, language, words):
    headers = world.headers("coordinator") | {"Accept-Language": language}
    page = app.test_client().get(f"/surveys/{_answered_survey(world)}/audit", headers=headers)
    assert page.status_code == 200
    assert words in page.text
    assert "Kossinets" in page.text


def test_fewer_than_five_answers_give_no_figure(app, world):
    headers = world.headers("coordinator")
    answer = app.test_client().get(
        f"{API}/surveys/{_survey(world)}/audit?layer=supply", headers=headers
    )
    assert answer.status_code == 409


def test_who_has_a_personal_link_needs_no_account_to_take_the_answer_back(app, world):
    """Also from elsewhere, where the directory is closed: as for looking and answering."""
    token, far = _survey_token(world), {"X-Forwarded-For": "192.0.2.7"}
    tie = {"question": "buys_from", "name": "Others"}
    for place, sent in (("", {"ties": [tie]}), ("/look", {}), ("/withdrawal", {})):
        answer = app.test_client().post(
            f"{API}/survey-answers{place}", json={"token": token, **sent}, headers=far
        )
        assert answer.status_code in (200, 201), answer.text
    assert (answer.json["answered"], answer.json["answer"]["ties"]) == (None, [])
