"""An introduction's page and Today say who proposed it, what happened, and who has to answer."""

import re

import lxml.html
import pytest

from matchmaker.access import Principal
from matchmaker.app import create_app
from matchmaker.domain import GoalName
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action, Side

FIRM, SUPPLIER, VALVES = "seed:valves-001", "seed:valves-005", "seed:cluster-valves"
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(scope="module")
def application(sample):
    """What serves the pages."""
    return create_app(sample)


@pytest.fixture(scope="module")
def read(application):
    """Reads an address as somebody of the demo: the document's main part."""
    clients = {}

    def read(role, address, language):
        spoken = {"Accept-Language": language}
        client = clients.get((role, language))
        if client is None:
            client = clients[role, language] = application.test_client()
            form = client.get("/sign-in", headers=spoken).text
            token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
            client.post("/demo/" + role, data={"csrf_token": token}, headers=spoken)
        answer = client.get(address, headers=spoken)
        assert answer.status_code == 200
        return lxml.html.fromstring(answer.text).find(".//main")

    return read


@pytest.fixture
def begun(sample):
    """Begins introductions of the two sample firms as some role; over afterwards."""
    ids = []

    def begin(role, **fields):
        principal = sample.demo.account(role).principal()
        proposal = Proposal(GoalName.SUPPLIER, FIRM, SUPPLIER, **fields)
        ids.append((principal, sample.introductions.propose(principal, proposal).id))
        return ids[-1][1]

    yield begin
    for principal, id in ids:
        allowed = sample.introductions.show(principal, id).allowed
        for action in (Action.CANCEL, Action.END):
            if action in allowed:
                sample.introductions.act(principal, id, Transition(action))


@pytest.fixture
def names(sample):
    """In either language, what the two firms and their cluster are called."""
    parties = [sample.store.organization(id) for id in (FIRM, SUPPLIER)]
    parties.append(sample.store.cluster(VALVES))
    return {
        "zh": [each.name for each in parties],
        "en": [each.name_en or each.name for each in parties],
    }


def text_of(node, xpath="."):
    """The words of the first that the path finds, spaces as one."""
    return " ".join(node.xpath(xpath)[0].text_content().split())


def events(main):
    """What happened, each without its time."""
    rows = main.xpath("//ol[@class='happened']/li")
    return [" ".join(row.text_content().split()).partition(" · ")[2] for row in rows]


@LANGUAGES
def test_a_coordinators_proposal_says_so_everywhere(read, begun, names, language):
    id = begun("coordinator", message="两家正好互补", cluster=VALVES)
    firm, supplier, cluster = names[language]
    said = {"zh": f"由{cluster}的协调员提出", "en": f"Proposed by the coordinator of {cluster}"}
    for role, other in (("firm", supplier), ("supplier", firm)):
        page = read(role, f"/introductions/{id}", language)
        assert said[language] in text_of(page, ".//p[@class='chips']")
        assert text_of(page, ".//h1") == f"{firm} – {supplier}"
        author = {"zh": f"{cluster}的协调员写道：", "en": f"The coordinator of {cluster} wrote:"}
        assert author[language] in text_of(page, ".//section[h2[@id='words']]")
        card = read(role, "/", language).xpath(".//li[.//a[contains(@href, $id)]]", id=id)[0]
        assert said[language] in text_of(card)
        title = {"zh": f"与{other}的对接", "en": f"Introduction to {other}"}
        assert text_of(card, ".//h3") == title[language]


@LANGUAGES
def test_only_who_sent_it_may_take_it_back(read, begun, sample, language):
    id = begun("coordinator", cluster=VALVES)
    for role in ("firm", "supplier"):
        offered = read(role, f"/introductions/{id}", language).xpath(".//button/@value")
        assert "accept" in offered
        assert not {"cancel", "withdraw"} & set(offered)
    coordinators = read("coordinator", f"/introductions/{id}", language)
    assert "cancel" in coordinators.xpath(".//button/@value")


@LANGUAGES
def test_what_happened_begins_with_the_proposal_and_names_who_did_it(
    read, begun, names, sample, language
):
    id = begun("coordinator", cluster=VALVES)
    _, supplier, cluster = names[language]
    first = {
        "zh": f"{cluster}的协调员 · 提出了对接",
        "en": f"The coordinator of {cluster} · proposed the introduction",
    }[language]
    address = f"/introductions/{id}"
    assert events(read("firm", address, language)) == [first]
    waits = {
        "zh": f"等待贵方和{supplier}答复",
        "en": f"Waiting for your answer and that of {supplier}",
    }
    assert waits[language] in text_of(read("firm", address, language), ".//p[@class='chips']")
    own = {role: sample.demo.account(role).principal() for role in ("firm", "supplier")}
    asked = Transition(Action.ASK, reason="每批多少件？")
    sample.introductions.act(own["supplier"], id, asked)
    sample.introductions.act(own["firm"], id, Transition(Action.ACCEPT))
    wrote, accepted, you, both = {
        "zh": ("在决定前写道：每批多少件？", "已接受", "贵方", "双方已接受"),
        "en": ("wrote before deciding: 每批多少件？", "accepted", "You", "Accepted by both"),
    }[language]
    page = read("firm", address, language)
    assert events(page) == [first, f"{supplier} · {wrote}", f"{you} · {accepted}"]
    waits = {"zh": f"等待{supplier}答复", "en": f"Waiting for the answer of {supplier}"}
    assert waits[language] in text_of(page, ".//p[@class='chips']")
    sample.introductions.act(own["supplier"], id, Transition(Action.ACCEPT))
    last = events(read("supplier", address, language))[-1]
    assert last == f"{you} · {accepted} → {both}"
    sample.introductions.act(own["firm"], id, Transition(Action.END))


@LANGUAGES
def test_on_a_fresh_request_nobody_has_accepted_yet(read, begun, names, language):
    id = begun("firm")
    asked = {"zh": "请求对接", "en": "asked for the introduction"}[language]
    assert events(read("supplier", f"/introductions/{id}", language)) == [
        f"{names[language][0]} · {asked}"
    ]


@LANGUAGES
def test_an_offer_is_titled_from_who_offers_and_headed_as_one(read, begun, names, language):
    id = begun("supplier", asking_side=Side.CANDIDATE, message="我们可以供货")
    firm, supplier, _ = names[language]
    page = read("firm", f"/introductions/{id}", language)
    assert text_of(page, ".//h1") == f"{supplier} → {firm}"
    assert text_of(page, ".//h2[@id='words']") == {"zh": "响应内容", "en": "The offer"}[language]
    made = {"zh": "提出了响应", "en": "made the offer"}[language]
    assert events(page) == [f"{supplier} · {made}"]


def test_a_proposal_is_of_the_cluster_whose_coordinator_made_it(sample):
    """The seeker is of the moulds, the candidate of the valves, as is who proposes."""
    moulds = "seed:cluster-moulds"
    coordinator = Principal("account:v", account="v", clusters=frozenset({VALVES}))
    proposal = Proposal(GoalName.SUPPLIER, "seed:moulds-009", SUPPLIER)
    view = sample.introductions.propose(coordinator, proposal)
    assert [each.id for each in sample.store.clusters_of("seed:moulds-009")] == [moulds]
    assert view.cluster == VALVES
    sample.introductions.act(coordinator, view.id, Transition(Action.CANCEL))


@LANGUAGES
def test_what_an_administrator_proposed_or_took_back_is_not_the_coordinators(
    sample, read, begun, names, language
):
    id = begun("admin", message="两家正好互补")
    _, _, cluster = names[language]
    page = read("firm", f"/introductions/{id}", language)
    said = {"zh": "由管理员提出", "en": "Proposed by an administrator"}[language]
    assert said in text_of(page, ".//p[@class='chips']")
    wrote = {"zh": "一名管理员写道：", "en": "An administrator wrote:"}[language]
    assert wrote in text_of(page, ".//section[h2[@id='words']]")
    assert cluster not in text_of(page, ".//p[@class='chips']")
    administrator = sample.demo.account("admin").principal()
    sample.introductions.act(administrator, id, Transition(Action.CANCEL))
    proposed = begun("coordinator", cluster=VALVES)
    sample.introductions.act(administrator, proposed, Transition(Action.CANCEL))
    last = events(read("firm", f"/introductions/{proposed}", language))[-1]
    back = {"zh": "一名管理员 · 撤回了", "en": "An administrator · took it back"}[language]
    assert last.startswith(back)
