"""The audit of a survey, over HTTP and as a page."""

import io
import re

import pytest
from openpyxl import load_workbook

from matchmaker.access import Principal
from matchmaker.services.auditing.surveys import LINK_LIVES, LINK_PURPOSE
from matchmaker.workflow.survey import ReportedTie, SurveyAnswer, SurveyQuestion
from tests.api.conftest import application_of_a_file, installation_of_a_file
from tests.api.things_of_routes import API, FIRM, _answered_survey, _survey, _survey_token
from tests.api.world import make_world

wired, app = installation_of_a_file(), application_of_a_file()


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


def test_an_answer_that_is_taken_back_after_the_end_is_not_told_by_what_changes(app, world):
    id, client = _answered_survey(world), app.test_client()
    headers = world.headers("coordinator") | {"Accept-Language": "en"}
    before = client.get(f"{API}/surveys/{id}", headers=headers).json["figures"]
    acting = Principal("system", account="system", organizations=frozenset({FIRM}))
    world.services.survey_answers.withdraw(acting, id, FIRM)
    after = client.get(f"{API}/surveys/{id}", headers=headers).json["figures"]
    assert after == before | {"answered": before["answered"] - 1}
    refused = client.get(f"{API}/surveys/{id}/audit?layer=supply", headers=headers)
    assert (refused.status_code, "taken back" in refused.json["detail"]) == (409, True)
    page = client.get(f"/surveys/{id}", headers=headers).text
    assert "the counts stay as they were then" in page
    assert f"/surveys/{id}/audit" not in page


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


def test_a_coordinator_reads_and_changes_no_private_answer_by_a_link(app, world):
    """The link is made before, its coordinator keeps it; the owner answers signed in."""
    token, client = _survey_token(world), app.test_client()
    survey = world.services.surveys.links.read(LINK_PURPOSE, token, LINK_LIVES)[0]
    owner, coordinator = world.headers("owner"), world.headers("coordinator")
    answer = {"organization": FIRM, "ties": [{"question": "buys_from", "partner": "t:firm2"}]}
    place = f"{API}/surveys/{survey}/answer"
    assert client.put(place, json=answer, headers=owner).status_code == 200
    asked = {"survey": survey, "organization": FIRM}
    refused = client.post(f"{API}/survey-links", json=asked, headers=coordinator)
    assert refused.status_code == 409
    shown = {"ties": [], "shows_rows": True}
    for path, more in (("/look", {}), ("", shown), ("/withdrawal", {})):
        sent = {"token": token, **more}
        by_link = client.post(f"{API}/survey-answers{path}", json=sent, headers=coordinator)
        assert by_link.status_code == 409
        assert "t:firm2" not in by_link.text
    own = client.get(place, query_string={"organization": FIRM}, headers=owner).json["answer"]
    assert [tie["partner"] for tie in own["ties"]] == ["t:firm2"]
    assert own["shows_rows"] is False
    ties = client.get(f"{API}/surveys/{survey}/ties", headers=coordinator).json
    assert ties["items"] == []


@pytest.mark.parametrize(("language", "words"), [("en", "is not shown"), ("zh", "不显示已作答")])
def test_the_page_of_a_used_link_shows_nothing_that_was_sent_by_it(app, world, language, words):
    token, client = _survey_token(world), app.test_client()
    ties = [{"question": "buys_from", "name": "Zorvex Castings"}]
    sent = client.post(f"{API}/survey-answers", json={"token": token, "ties": ties})
    assert "Zorvex Castings" in sent.text
    page = client.get(f"/survey?token={token}", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert "Zorvex Castings" not in page.text
    assert words in page.text
    looked = client.post(f"{API}/survey-answers/look", json={"token": token}).json
    assert (looked["answer"]["ties"], bool(looked["answered"])) == ([], True)


def book_of(answer):
    """Rows of each sheet of a workbook, by its title."""
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_links_of_those_who_are_silent_are_one_file_to_send(app, world):
    """Seen: 49 members without an account, and one press for each link."""
    survey, client = _survey(world), app.test_client()
    headers = world.headers("coordinator") | {"Accept-Language": "zh"}
    (rows,) = book_of(client.get(f"/surveys/{survey}/links/export", headers=headers)).values()
    names = {world.services.store.organization(f"t:firm{number}").name for number in (1, 2, 3)}
    assert {row[0] for row in rows[1:]} == names
    for name, _, link, text in rows[1:]:
        assert text.startswith(f"{name}：")
        assert text.endswith(link)
        page = app.test_client().get(link.partition("/survey")[1] + link.partition("/survey")[2])
        assert name in page.text
    stranger = world.headers("member")
    assert client.get(f"/surveys/{survey}/links/export", headers=stranger).status_code == 404


def test_what_came_of_a_survey_is_a_file(app, world):
    id, client = _answered_survey(world), app.test_client()
    headers = world.headers("coordinator") | {"Accept-Language": "en"}
    sheets = book_of(client.get(f"/surveys/{id}/export", headers=headers))
    members, counts, figures = sheets.values()  # nobody agreed to show a tie
    assert [row[2] is not None for row in members[1:]] == [True] * 5 + [False]
    assert counts[1][1:] == (0, 5, 0)
    ties = next(row for row in figures if row[0] == "Ties")
    assert (ties[2], ties[3], ties[6], ties[7]) == (0, 5, 5, 10)
    open_one = book_of(client.get(f"/surveys/{_survey(world)}/export", headers=headers))
    assert len(open_one) == 1  # who has answered, and no count


@pytest.mark.parametrize(
    ("language", "asked_on", "silent"),
    [("en", "pass the link on", "did not answer"), ("zh", "请转交链接", "未答复")],
)
def test_of_a_round_that_is_over_no_link_is_to_be_passed_on(app, world, language, asked_on, silent):
    headers = world.headers("coordinator") | {"Accept-Language": language}
    page = app.test_client().get(f"/surveys/{_answered_survey(world)}", headers=headers).text
    table = page.partition('<table class="stacked">')[2].partition("</table>")[0]
    assert silent in table
    assert asked_on not in table
    assert "–" not in table  # no link is no value that is not known


def test_a_reminder_says_whom_it_does_not_reach(app, world):
    """Seen: "Members reminded: 2." while 41 had no account."""
    services, survey = world.services, _survey(world)
    headers = world.headers("coordinator") | {"Accept-Language": "en"}
    members = services.surveys.show(world.principal("coordinator"), survey).members
    reached = sum(member.has_people for member in members)
    assert 0 < reached < 3
    page = app.test_client().post(
        f"/surveys/{survey}", data={"do": "remind"}, headers=headers, follow_redirects=True
    )
    assert f"Without an account: {3 - reached}" in page.text


@pytest.mark.parametrize(("language", "words"), [("en", "Fewer than five"), ("zh", "不足五家")])
def test_a_round_that_is_over_promises_no_counts_for_when_it_is_over(app, world, language, words):
    """Seen below "The survey is over.": counts are shown once it is over."""
    survey, services = _survey(world), world.services
    services.surveys.close(world.principal("coordinator"), survey)
    headers = world.headers("coordinator") | {"Accept-Language": language}
    page = app.test_client().get(f"/surveys/{survey}", headers=headers).text
    assert words in page
    promise = {"en": "once the survey is over", "zh": "调查结束后"}[language]
    assert promise not in page


def test_nobody_is_asked_for_an_answer_to_a_round_that_is_over(app, world):
    """Seen: a letter "waits for your answer, until 14 December", sent after the end."""
    survey, services = _survey(world), world.services
    notices = services.repositories.notifications
    asked = list(notices.values("subject", f"survey/{survey}"))
    assert asked
    assert not any(notice.read for notice in asked)
    services.surveys.remind(world.principal("coordinator"), survey)
    services.surveys.close(world.principal("coordinator"), survey)
    assert all(notice.read for notice in notices.values("subject", f"survey/{survey}"))


def test_an_answer_of_a_colleague_is_not_replaced_unseen(app, world):
    """Both are told of the survey, and open it; who sends second sees what both said, ticked."""
    id, client = _survey(world), app.test_client()
    place = f"/surveys/{id}/answer"
    first, second = world.headers("owner"), world.headers("member")
    opened = client.get(place, headers=second).text
    seen = re.search(r'name="seen" value="([^"]*)"', opened)[1]
    of_first = {"seen": seen, "tie:buys_from": "t:firm2", "other:buys_from": "Zorvex Castings"}
    assert client.post(place, data=of_first, headers=first).status_code == 303
    of_second = {"seen": seen, "other:buys_from": "Quux Pumps"}
    refused = client.post(place, data=of_second, headers=second)
    assert refused.status_code == 409
    own = client.get(f"{API}{place}", query_string={"organization": FIRM}, headers=first)
    assert [tie["partner"] or tie["name"] for tie in own.json["answer"]["ties"]] == [
        "t:firm2",
        "Zorvex Castings",
    ]
    assert 'value="Zorvex Castings"' in refused.text
    assert 'value="Quux Pumps"' in refused.text
    assert re.search(r'name="tie:buys_from" value="t:firm2" checked', refused.text)
    seen = re.search(r'name="seen" value="([^"]+)"', refused.text)[1]
    names = ["Zorvex Castings", "Quux Pumps"]
    both = of_first | {"seen": seen, "other:buys_from": names}
    assert client.post(place, data=both, headers=second).status_code == 303
    # Sent twice, it is the same answer.
    assert client.post(place, data=both, headers=second).status_code == 303


def test_answers_within_one_second_are_told_apart_by_a_version(app, world):
    """A program of one colleague answers at the moment at which another one does."""
    id, client = _survey(world), app.test_client()
    place, own = f"{API}/surveys/{id}/answer", {"organization": FIRM}
    headers = world.headers("owner")
    tags = [client.get(place, query_string=own, headers=headers).headers["ETag"]]
    statuses = []
    for name in ("Zorvex Castings", "Quux Pumps", "Wibble Seals"):
        body = own | {"ties": [{"question": "buys_from", "name": name}]}
        sent = client.put(place, json=body, headers=headers | {"If-Match": tags[-1]})
        statuses.append(sent.status_code)
        tags.append(sent.headers["ETag"])
    assert statuses == [200, 200, 200]
    assert len(set(tags)) == 4
    late = own | {"ties": []}
    for earlier in tags[:-1]:
        tagged = headers | {"If-Match": earlier}
        assert client.put(place, json=late, headers=tagged).status_code == 412
        assert client.delete(place, query_string=own, headers=tagged).status_code == 412
    [tie] = client.get(place, query_string=own, headers=headers).json["answer"]["ties"]
    assert tie["name"] == "Wibble Seals"
    # Whoever names none replaces what is there, as before.
    assert client.put(place, json=late, headers=headers).status_code == 200
    assert client.delete(place, query_string=own, headers=headers).status_code == 204


def test_an_answer_that_a_colleague_changed_is_not_taken_back_unseen(app, world):
    id, client = _survey(world), app.test_client()
    place, headers = f"/surveys/{id}/answer", world.headers("owner")
    client.post(place, data={"other:buys_from": "Zorvex Castings"}, headers=headers)
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(place, headers=headers).text)[1]
    client.post(place, data={"other:buys_from": "Quux Pumps"}, headers=world.headers("member"))
    back = {"do": "withdraw", "seen": seen}
    refused = client.post(place, data=back, headers=headers)
    assert refused.status_code == 409
    assert 'value="Quux Pumps"' in refused.text


def test_a_link_tells_nobody_whether_an_answer_was_guessed(app, world):
    token, client = _survey_token(world), app.test_client()
    tie = {"question": "buys_from", "name": "Zorvex Castings"}
    client.post(f"{API}/survey-answers", json={"token": token, "ties": [tie]})
    page = client.get(f"/survey?token={token}").text
    crumb = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    statuses = {
        client.post(
            "/survey",
            data={"token": token, "csrf_token": crumb, "seen": "", "other:buys_from": guess},
        ).status_code
        for guess in ("Zorvex Castings", "Quux Pumps")
    }
    assert statuses == {409}


def test_what_was_confirmed_stays_when_something_else_is_changed(app, world):
    """The round asks from whom one buys; that one sells to who named one is said by confirming."""
    id, client = _survey(world), app.test_client()
    owner, place = world.headers("owner"), f"/surveys/{id}/answer"
    client.post(place, data={"tie:buys_from": "t:firm3"}, headers=owner)
    acting = Principal("system", account="system", organizations=frozenset({"t:firm2"}))
    named = SurveyAnswer((ReportedTie(SurveyQuestion.BUYS_FROM, FIRM),))
    world.services.survey_answers.answer(acting, id, "t:firm2", named)
    page = client.get(place, headers=owner).text
    assert 'name="claim:sells_to:t:firm2"' in page
    sent = {"tie:buys_from": "t:firm3", "claim:sells_to:t:firm2": "yes"}
    client.post(place, data=sent, headers=owner)
    page = client.get(place, headers=owner).text
    ticked = re.findall(r'name="(tie:[a-z_]+)" value="([^"]+)" checked', page)
    assert sorted(ticked) == [("tie:buys_from", "t:firm3"), ("tie:sells_to", "t:firm2")]
