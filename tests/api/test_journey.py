"""The whole way as each of them would go it: a need, an introduction, an outcome, its figures."""

import re

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Membership
from matchmaker.workflow.account import AccountMembership, MembershipRole
from matchmaker.workflow.interactions import InteractionKind
from tests.api.conftest import application_of_a_file, installation_of_a_file

API = "/api/v1"
PASSWORD = "correct horse 9"


class Person:
    """A browser with a session of its own."""

    def __init__(self, app, email):
        self.client = app.test_client()
        answer = self.client.post(f"{API}/session", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200
        self.token = answer.json["csrf_token"]

    def get(self, path):
        return self.client.get(f"{API}/{path}")

    def post(self, path, body, status=200):
        answer = self.client.post(f"{API}/{path}", json=body, headers={"X-CSRF-Token": self.token})
        assert answer.status_code == status, answer.text
        return answer.json


# What happens here would be seen by other tests.
wired, app = installation_of_a_file(), application_of_a_file()


@pytest.fixture(scope="module")
def people(app, wired):
    """An SME, a lab, another firm, and the coordinator of their cluster."""
    wired.store.upsert(GraphRows(memberships=(Membership("t:cluster", "t:lab"),)))
    wired.refresher.refresh(ADMIN)
    make = wired.accounts.create
    for name, organization in (("sme", "t:firm1"), ("labs", "t:lab"), ("third", "t:firm5")):
        make(
            ADMIN, f"{name}@journey.example", name, PASSWORD,
            memberships=(AccountMembership(organization, MembershipRole.OWNER),), language="en",
        )  # fmt: skip
    make(ADMIN, "coordinator@journey.example", "C", PASSWORD, clusters=("t:cluster",))
    return {
        name: Person(app, f"{name}@journey.example")
        for name in ("sme", "labs", "third", "coordinator")
    }


@pytest.mark.slow
def test_from_a_need_to_a_confirmed_outcome(people, wired):
    sme, lab, third = people["sme"], people["labs"], people["third"]
    before = wired.directory.neighborhood(ADMIN, "t:firm1", 1, 50)

    need = {"organization": "t:firm1", "goal": "research_partner", "text": "高温阀门密封材料的研究"}
    preview = sme.post("postings/preview", need)["answer"]
    assert "t:lab" in [row["id"] for row in preview["recommendations"]]
    posted = sme.post("postings", need, 201)
    assert posted["state"] == "published"
    assert "t:lab" in [row["id"] for row in posted["matches"]]

    answer = sme.get("organizations/t:firm1/recommendations?goal=research_partner").json
    place = [row["id"] for row in answer["recommendations"]].index("t:lab") + 1
    sme.client.post(
        f"{API}/impressions/{answer['impression']}/clicks",
        json={"candidate": "t:lab"},
        headers={"X-CSRF-Token": sme.token},
    )
    proposed = sme.post(
        "introductions",
        {
            "goal": "research_partner", "seeker": "t:firm1", "candidate": "t:lab",
            "message": "想一起做高温密封", "need": posted["graph_id"],
            "impression": answer["impression"], "position": place,
        },
        201,
    )  # fmt: skip
    id = proposed["id"]
    assert proposed["contact"] is None

    notices = lab.get("notices").json
    assert notices["items"][0]["text"] == "示例阀门1厂 would like to work with you"
    assert lab.get(f"introductions/{id}").json["contact"] is None
    assert third.get(f"introductions/{id}").status_code == 404
    assert lab.get(f"introductions/{id}/messages").status_code == 403

    opened = lab.post(f"introductions/{id}/transition", {"action": "accept"})
    assert opened["contact"]["text"] == "tel 0577-555"
    assert opened["contact"]["people"] == [{"name": "sme", "email": "sme@journey.example"}]
    lab.post(f"introductions/{id}/messages", {"text": "周三见"}, 201)
    assert sme.get(f"introductions/{id}/messages").json["items"][0]["text"] == "周三见"
    for action in ("meet", "agree", "deliver"):
        sme.post(f"introductions/{id}/transition", {"action": action})
    outcome = {"kind": "joint_research", "amount": "under_1m", "new_product": True, "jobs": 2}
    report = {"action": "report", "outcome": outcome, "satisfaction": 5}
    told = sme.post(f"introductions/{id}/transition", report)
    refused = sme.client.post(
        f"{API}/introductions/{id}/transition",
        json={"action": "confirm"},
        headers={"X-CSRF-Token": sme.token},
    )
    assert refused.status_code == 403  # nobody confirms what they reported themselves
    anew = report | {"outcome": outcome | {"jobs": 3}}
    read, told = told, sme.post(f"introductions/{id}/transition", anew)
    confirmed = {"action": "confirm", "satisfaction": 4, "version": read["version"]}
    place = f"introductions/{id}/transition"
    unread = lab.post(place, confirmed, 409)["detail"]
    assert "3 jobs" in unread or "3 个岗位" in unread
    lab.post(place, {"action": "confirm"}, 422)
    confirmed["version"] = told["version"]
    done = lab.post(f"introductions/{id}/transition", confirmed)
    assert done["state"] == "completed"
    assert lab.post(place, confirmed)["version"] == done["version"]  # sent again
    other = confirmed | {"outcome": {"kind": "exchange", "jobs": 99}}
    assert any(words in lab.post(place, other, 409)["detail"] for words in ("3 jobs", "3 个岗位"))

    assert sme.get(f"needs/{posted['graph_id']}").json["state"] == "matched"
    after = wired.directory.neighborhood(ADMIN, "t:firm1", 1, 50)
    new = {tie.id for tie in after.ties} - {tie.id for tie in before.ties}
    assert f"intro:{id}#tie" in new

    wired.interaction_log.flush()
    funnel = people["coordinator"].get("clusters/t:cluster/funnel").json["items"]
    row = next(row for row in funnel if row["goal"] == "research_partner")
    assert (row["proposed"], row["accepted"], row["delivered"], row["completed"]) == (1, 1, 1, 1)
    assert row["clicked"] == 1


@pytest.mark.slow
def test_the_coordinators_audit_sees_the_new_tie(people, wired):
    wired.refresher.refresh(ADMIN)
    answer = people["coordinator"].get("clusters/t:cluster/audit?samples=0").json
    research = next(layer for layer in answer["layers"] if layer["layer"] == "research")
    figures = research["figures"]
    # t:firm2–t:lab of the rows, and the new one.
    assert figures["ties"]["value"] == 2


def test_a_session_changes_nothing_without_its_token(people):
    answer = people["sme"].client.patch(f"{API}/account", json={"language": "en"})
    assert answer.status_code == 400
    assert "CSRF" in answer.json["detail"]


@pytest.mark.slow
def test_a_draft_is_nowhere_to_be_found(people):
    sme, third = people["sme"], people["third"]
    secret = "绝密配方九号"
    draft = sme.post(
        "postings",
        {"organization": "t:firm1", "goal": "supplier", "text": secret, "publish": False},
        201,
    )
    assert draft["graph_id"] is None
    for path in (
        f"postings/{draft['id']}", "postings?organization=t:firm1",
        "needs?organization=t:firm1&limit=200", f"organizations?q={secret}",
        "organizations/t:firm1/neighborhood", "organizations/t:firm5/recommendations?goal=customer",
    ):  # fmt: skip
        assert secret not in third.get(path).text
    published = sme.post(f"postings/{draft['id']}/transition", {"action": "publish"})
    assert secret in third.get(f"needs/{published['graph_id']}").text
    sme.post(f"postings/{draft['id']}/transition", {"action": "withdraw"})
    assert third.get(f"needs/{published['graph_id']}").json["state"] == "closed"


@pytest.mark.slow
@pytest.mark.parametrize("kind", [{"goal": "supplier"}, {"offer_kind": "product"}])
def test_what_is_typed_after_withdrawing_is_nowhere_to_be_found(app, people, kind):
    sme, anybody = people["sme"], app.test_client()
    words, secret = "公开征集的铸件", "撤回以后写的报价"
    posted = sme.post("postings", {"organization": "t:firm1", "text": words, **kind}, 201)
    lists = [
        f"{API}/{name}?limit=200{only}" for name in ("needs", "offers")
        for only in ("", "&organization=t:firm1")
    ]  # fmt: skip
    assert any(words in anybody.get(path).text for path in lists)
    sme.post(f"postings/{posted['id']}/transition", {"action": "withdraw"})
    headers = {"X-CSRF-Token": sme.token, "If-Match": "*"}
    edited = sme.client.patch(
        f"{API}/postings/{posted['id']}", json={"text": secret}, headers=headers
    )
    assert (edited.status_code, edited.json["state"]) == (200, "withdrawn")
    places = [f"{API}/{name}/{posted['graph_id']}" for name in ("needs", "offers")]
    searches = [f"{API}/search?q={secret}", f"/organizations/t:firm1?q={secret}"]
    for path in (*lists, *places, *searches):
        assert secret not in anybody.get(path).text.replace(f"q={secret}", "")
    for path in lists:
        assert words not in anybody.get(path).text
    export = people["third"].get("organizations/t:firm1/offers/export?format=csv")
    assert words not in export.text


@pytest.fixture
def reviewing(people):
    """The cluster sees first what its members publish."""
    coordinator = people["coordinator"]
    path, headers = f"{API}/clusters/t:cluster/rules", {"X-CSRF-Token": coordinator.token}
    coordinator.client.put(path, json={"reviews": True}, headers=headers)
    yield
    coordinator.client.put(path, json={"reviews": False}, headers=headers)


@pytest.mark.usefixtures("reviewing")
def test_the_page_of_reviews_shows_the_newer_words_instead_of_approving_them(people):
    sme, coordinator = people["sme"], people["coordinator"]
    offer = {"organization": "t:firm1", "offer_kind": "equipment", "text": "闲置磨床"}
    id = sme.post("postings", offer, 201)["id"]
    page = coordinator.client.get("/clusters/t:cluster/review").text
    article = page[page.index("闲置磨床") :]
    sent = dict(re.findall(r'name="(csrf_token|version|back)" value="([^"]+)"', article)[:3])
    sme.client.patch(
        f"{API}/postings/{id}", json={"text": "请加微信"}, headers={"X-CSRF-Token": sme.token}
    )
    answer = coordinator.client.post(
        f"/postings/{id}", data=sent | {"action": "approve"}, follow_redirects=True
    )
    assert "请加微信" in answer.text
    assert any(words in answer.text for words in ("changed since you read it", "内容已被更改"))
    assert sme.get(f"postings/{id}").json["state"] == "in_review"


@pytest.mark.usefixtures("reviewing")
def test_where_a_cluster_reviews_nothing_is_public_before(people):
    sme, coordinator, third = people["sme"], people["coordinator"], people["third"]
    offer = {"organization": "t:firm1", "offer_kind": "equipment", "text": "闲置五轴机床"}
    waiting = sme.post("postings", offer, 201)
    assert waiting["state"] == "in_review"
    assert "闲置五轴机床" not in third.get("offers?limit=200").text
    listed = coordinator.get("clusters/t:cluster/postings").json["items"]
    assert waiting["id"] in [row["id"] for row in listed]
    step = {"action": "return", "note": "请写明可用时段"}
    coordinator.post(f"postings/{waiting['id']}/transition", step)
    assert sme.get(f"postings/{waiting['id']}").json["note"] == "请写明可用时段"
    sme.post(f"postings/{waiting['id']}/transition", {"action": "publish"})
    read = coordinator.get(f"postings/{waiting['id']}").json["version"]
    coordinator.post(f"postings/{waiting['id']}/transition", {"action": "approve"}, 422)
    step = {"action": "approve", "version": read}
    coordinator.post(f"postings/{waiting['id']}/transition", step)
    assert "闲置五轴机床" in third.get("offers?limit=200").text


def test_terms_come_before_the_name(people):
    sme, third = people["sme"], people["third"]
    proposed = sme.post(
        "introductions",
        {
            "goal": "supplier", "seeker": "t:firm1", "candidate": "t:firm5", "staged": True,
            "terms": "每月两吨，月结三十天", "message": "我们是示例阀门1厂",
        },
        201,
    )  # fmt: skip
    shown = third.get(f"introductions/{proposed['id']}").json
    assert shown["terms"] == "每月两吨，月结三十天"
    for text in (
        str(shown),
        third.get("notices").text,
        third.get("introductions?organization=t:firm5").text,
    ):
        assert "示例阀门1厂" not in text
        assert "t:firm1" not in text
    path = f"introductions/{proposed['id']}"
    asked = third.post(f"{path}/transition", {"action": "ask", "reason": "每批多少？"})
    assert asked["state"] == "terms"
    answered = sme.post(f"{path}/transition", {"action": "ask", "reason": "每批五百公斤"})
    assert answered["contact"] is None
    shown = third.get(path).json
    assert [step["reason"] for step in shown["steps"]][-2:] == ["每批多少？", "每批五百公斤"]
    assert "示例阀门1厂" not in str(shown) + third.get("notices").text
    agreed = third.post(f"introductions/{proposed['id']}/transition", {"action": "agree_terms"})
    assert agreed["seeker"]["name"] == "示例阀门1厂"
    assert "terms_agreed" in [each["kind"] for each in sme.get("notices").json["items"]]
    assert agreed["contact"] is None
    third.post(
        f"introductions/{proposed['id']}/transition", {"action": "decline", "reason": "产能已满"}
    )


def test_who_was_dismissed_is_not_shown_again(people, wired):
    sme = people["sme"]
    path = "organizations/t:firm1/recommendations?goal=supplier"
    first = sme.get(path).json["recommendations"][0]["id"]
    pick = {"candidate": first, "kind": InteractionKind.DISMISSED, "reason": "no_fit"}
    answer = sme.client.post(
        f"{API}/organizations/t:firm1/picks", json=pick, headers={"X-CSRF-Token": sme.token}
    )
    assert answer.status_code == 204
    assert first not in [row["id"] for row in sme.get(path).json["recommendations"]]
    sme.client.delete(
        f"{API}/organizations/t:firm1/picks?candidate={first}", headers={"X-CSRF-Token": sme.token}
    )
    assert first in [row["id"] for row in sme.get(path).json["recommendations"]]


def test_a_batch_keeps_to_the_slots_and_to_chance(people, wired):
    coordinator = people["coordinator"]
    plan = coordinator.post("clusters/t:cluster/introductions", {"goal": "supplier"})
    assert plan["id"] == ""
    assert plan["introductions"] == []
    assert plan["planned"]
    batch = coordinator.post(
        "clusters/t:cluster/introductions", {"goal": "supplier", "limit": 3, "dry_run": False}
    )
    assert len(batch["introductions"]) == len(batch["planned"]) == 3
    introduction = coordinator.get(f"introductions/{batch['introductions'][0]}").json
    assert (introduction["side"], introduction["accepted"], introduction["contact"]) == (
        None,
        [],
        None,
    )
    for id in batch["introductions"]:
        coordinator.post(f"introductions/{id}/transition", {"action": "cancel"})


def test_a_circle_runs_when_five_have_joined(people, wired, app):
    coordinator, sme = people["coordinator"], people["sme"]
    parties = [f"t:firm{number}" for number in range(1, 6)]
    body = {"kind": "circle", "cluster": "t:cluster", "title": "阀门圈", "parties": parties}
    circle = coordinator.post("gatherings", body, 201)
    assert circle["state"] == "forming"
    for number in (2, 3, 4):
        email = f"circle{number}@journey.example"
        wired.accounts.create(
            ADMIN, email, email, PASSWORD, memberships=(AccountMembership(f"t:firm{number}"),)
        )
        answer = {"organization": f"t:firm{number}", "answer": "joined"}
        Person(app, email).post(f"gatherings/{circle['id']}/answer", answer)
    for person, party in ((sme, "t:firm1"), (people["third"], "t:firm5")):
        member_view = person.post(
            f"gatherings/{circle['id']}/answer", {"organization": party, "answer": "joined"}
        )
    assert member_view["state"] == "running"
    contacts = {party["organization"]: party["contact"] for party in member_view["parties"]}
    assert contacts["t:firm1"]["text"] == "tel 0577-555"
    assert coordinator.get(f"gatherings/{circle['id']}").json["parties"][0]["contact"] is None
    meeting = {"at": "2026-05-01T09:00:00Z", "topic": "降本", "present": parties[:4]}
    coordinator.post(f"gatherings/{circle['id']}/meetings", meeting)
    event = wired.published.engagement(f"gathering:{circle['id']}.1")
    assert [part.organization for part in event.participants] == parties[:4]


@pytest.mark.parametrize("asking", ["candidate", "seeker"])
def test_an_introduction_tells_nobody_which_cluster_the_other_side_is_in(app, wired, asking):
    """t:firm5 is a member of t:cluster, t:firm7 of none."""
    wired.accounts.create(
        ADMIN, f"outside-{asking}@journey.example", "O", PASSWORD,
        memberships=(AccountMembership("t:firm7", MembershipRole.OWNER),), language="en",
    )  # fmt: skip
    outside = Person(app, f"outside-{asking}@journey.example")
    inside = Person(app, "third@journey.example")
    goal = {"candidate": "supplier", "seeker": "customer"}[asking]
    parties = {asking: "t:firm7", {"candidate": "seeker", "seeker": "candidate"}[asking]: "t:firm5"}
    asked = outside.post("introductions", {**parties, "goal": goal, "asking_side": asking}, 201)
    assert asked["cluster"] == ""
    assert outside.get(f"introductions/{asked['id']}").json["cluster"] == ""
    outside.post(f"introductions/{asked['id']}/transition", {"action": "cancel"})
    back = inside.post(
        "introductions", {"seeker": "t:firm5", "candidate": "t:firm7", "goal": "supplier"}, 201
    )
    assert back["cluster"] == "t:cluster"
    assert outside.get(f"introductions/{back['id']}").json["cluster"] == ""
    assert "t:cluster" not in outside.get("introductions?organization=t:firm7").text
    inside.post(f"introductions/{back['id']}/transition", {"action": "cancel"})
