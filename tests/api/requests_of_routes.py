"""A valid request for every route: what is asked of t:firm1, its people and its cluster."""

import itertools
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import quote

import pyotp

from matchmaker.access import ADMIN, SYSTEM, Principal
from matchmaker.domain import GoalName, Need, NeedState, Offer, OfferKind, Organization
from matchmaker.errors import WrongState
from matchmaker.services.cooperation.call_decisions import Award
from matchmaker.services.directory.certificates import CertificateContent
from matchmaker.services.people.channels import ChannelContent
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import AccountMembership, Scope
from matchmaker.workflow.appointment import AppointmentAction, AppointmentOffer, AppointmentStep
from matchmaker.workflow.call import CallContent
from matchmaker.workflow.call_answer import Bid
from matchmaker.workflow.gathering import Gathering, GatheringKind, InvitationAnswer
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, OutcomeKind
from matchmaker.workflow.posting import Posting
from matchmaker.workflow.session import SignInOrigin
from matchmaker.workflow.survey import ReportedTie, SurveyAnswer, SurveyQuestion, SurveyRound
from tests.api.world import PASSWORD
from tests.authenticator import Authenticator

API = "/api/v1"
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0"
FIRM, CLUSTER = "t:firm1", "t:cluster"
_number = itertools.count()


def _posting(world, publish=False):
    posting = Posting(
        FIRM, "Castings that stand high pressure", goal=GoalName.SUPPLIER,
        id=new_id(), author="", created=datetime.now(UTC),
    )  # fmt: skip
    return world.services.postings.post(ADMIN, posting, publish=publish).posting.id


def _need(world):
    need = Need(f"t:walk{next(_number)}", FIRM, GoalName.SUPPLIER, "Castings for valves")
    world.services.directory.post_need(ADMIN, need, datetime.now(UTC).date())
    return need.id


def _programme(world):
    id = f"t:programme{next(_number)}"
    offer = Offer(id, "t:office", OfferKind.PROGRAMME, "Support for new machines")
    office = Organization("t:office", "Sample office", "public_body")
    with suppress(WrongState):
        world.services.directory.create(ADMIN, office, "")
    world.services.directory.post_offer(ADMIN, offer, datetime.now(UTC).date())
    return id


def _introduction(world, accepted=False):
    """Between t:firm1, which asks, and an institute of its own that is made for it."""
    if accepted:
        _close_all(world)  # each takes a slot
    lab = f"u:lab{next(_number)}"
    row = Organization(lab, "Sample institute", "research_institute", capacity=9)
    world.services.directory.create(ADMIN, row, "")
    owner = world.principal("owner")
    proposal = Proposal(GoalName.RESEARCH_PARTNER, FIRM, lab)
    made = world.services.introductions.propose(owner, proposal)
    if accepted:
        other = world.services.accounts.create(
            ADMIN, f"{lab[2:]}@example.org", "lab", PASSWORD, memberships=(AccountMembership(lab),)
        )
        world.services.introductions.act(other.principal(), made.id, Transition(Action.ACCEPT))
    return made.id


_seen = {}  # digests of what was made last


def _certificate(world, confirmed=False):
    """One of t:firm1, with a file."""
    content = CertificateContent(f"Scheme {next(_number)}")
    file = ("scheme.txt", BytesIO(b"Scheme held"))
    use_cases = world.services.certificates
    made = use_cases.enter(world.principal("owner"), FIRM, content, file)
    _seen["certificate"] = made.digest
    if confirmed:
        use_cases.confirm(ADMIN, made.certificate.id, made.digest)
    return quote(made.certificate.id)


def _channel(world):
    """One of t:cluster."""
    content = ChannelContent(ROBOT, CLUSTER)
    admin = world.principal("admin")
    for stored in list(world.services.repositories.channels.values("owner", f"cluster:{CLUSTER}")):
        world.services.channels.remove(admin, stored.id)
    return world.services.channels.enter(admin, content).id


def _finished(world):
    """An introduction of t:firm1 that came to a confirmed outcome."""
    id = _introduction(world, accepted=True)
    introductions = world.services.introductions
    report = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.CONTRACT))
    introductions.act(world.principal("owner"), id, report)
    lab = introductions.show(world.principal("owner"), id).candidate.id
    other = Principal("system", account="system", organizations=frozenset({lab}))
    introductions.act(other, id, Transition(Action.CONFIRM))
    return id


def _tomorrow():
    return (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0).isoformat()


def _attachment(world):
    """Of a conversation of t:firm1."""
    id = _introduction(world, accepted=True)
    file = ("drawing.txt", BytesIO(b"M8 x 40"))
    sent = world.services.conversations.write(world.principal("owner"), id, "", files=[file])
    return sent.attachments[0].id


def _appointment(world, fixed=False):
    """A meeting that t:firm1 proposed, or one whose time the other side picked."""
    id = _introduction(world, accepted=True)
    conversations = world.services.conversations
    offer = AppointmentOffer((datetime.fromisoformat(_tomorrow()),))
    made = conversations.offer(world.principal("owner"), id, offer)
    if fixed:
        lab = world.services.introductions.show(world.principal("owner"), id).candidate.id
        other = Principal("system", account="system", organizations=frozenset({lab}))
        step = AppointmentStep(AppointmentAction.PICK, made.offer.times[0])
        conversations.answer(other, made.id, step)
    return made.id


def _close(world, id):
    """So that t:firm1 keeps its slots for the next one."""
    services = world.services
    found = services.introductions.show(world.principal("owner"), id)
    for action in (Action.CANCEL, Action.END):
        if action in found.allowed:
            services.introductions.act(world.principal("owner"), id, Transition(action))


def _close_all(world):
    for running in world.services.repositories.introductions.values("phase", "active"):
        if FIRM in (running.seeker, running.candidate):
            _close(world, running.id)


def _gathering(world, joined=False):
    parties = [FIRM, *(f"t:firm{number}" for number in range(2, 6))]
    made = Gathering(
        new_id(), GatheringKind.CIRCLE, CLUSTER, "Circle of valves", "", "admin", datetime.now(UTC),
        tuple((one, InvitationAnswer.WAITING) for one in parties),
    )  # fmt: skip
    world.services.gatherings.convene(SYSTEM, made)
    for party in parties if joined else ():
        member = Principal("system", account="system", organizations=frozenset({party}))
        world.services.gatherings.answer(member, made.id, party, InvitationAnswer.JOINED)
    return made.id


def _survey(world):
    """A round that asks the members of t:cluster, t:firm1 among them."""
    today = datetime.now(UTC).date()
    made = SurveyRound(
        new_id(), CLUSTER, "Zorvex", (SurveyQuestion.BUYS_FROM,),
        (FIRM, "t:firm2", "t:firm3"), today + timedelta(days=7), "admin", datetime.now(UTC),
    )  # fmt: skip
    return world.services.surveys.open(ADMIN, made).survey.id


def _answered_survey(world):
    """One that five members have answered."""
    members = tuple(f"t:firm{number}" for number in range(1, 7))
    today = datetime.now(UTC).date()
    made = SurveyRound(
        new_id(), CLUSTER, "Zorvex", (SurveyQuestion.SELLS_TO,), members,
        today + timedelta(days=7), "admin", datetime.now(UTC),
    )  # fmt: skip
    services = world.services
    id = services.surveys.open(ADMIN, made).survey.id
    for member, partner in itertools.pairwise(members):
        tie = ReportedTie(SurveyQuestion.SELLS_TO, partner)
        acting = Principal("system", account="system", organizations=frozenset({member}))
        services.survey_answers.answer(acting, id, member, SurveyAnswer((tie,)))
    return id


def _survey_token(world):
    link = world.services.surveys.link(ADMIN, _survey(world), FIRM)
    return link.url.partition("token=")[2]


def _call(world, submitted=False):
    """A call of t:firm1's owner, to a firm that is made for it."""
    firm = f"t:asked{next(_number)}"
    row = Organization(firm, "Sample foundry", "firm", capacity=9)
    world.services.directory.create(ADMIN, row, "")
    _forget_calls(world, FIRM)
    opening, answers = world.services.call_opening, world.services.call_answers
    id = opening.open(world.principal("owner"), _call_content(FIRM), [firm]).brief.id
    if submitted:
        answers.submit(_of_firm(firm), id, firm, Bid(price=3, currency="CNY"))
    return id


def _sealed_call(world):
    """One of t:firm1 with sealed answers, whose deadline has passed."""
    id = _call(world)
    calls = world.services.repositories.calls
    stored = calls.get(id)
    over = stored.value.created.date() - timedelta(days=2)
    past = replace(stored.value, sealed=True, deadline=over)
    world.services.repositories.records.commit([calls.put(past, stored.version)])
    return id


def _forget_calls(world, organization):
    """Forget the calls of an organisation, which has only so many open at a time."""
    repositories = world.services.repositories
    calls = list(repositories.calls.iterate("organization", organization))
    repositories.records.commit([repositories.calls.remove(call) for call in calls])


def _call_content(organization, **more):
    deadline = datetime.now(UTC).date() + timedelta(days=9)
    return CallContent(
        organization, "Ball valves", "Ball valves DN50 of steel 316L", GoalName.SUPPLIER, deadline,
        **more,
    )  # fmt: skip


def _of_firm(firm):
    """Somebody who acts for a firm; no account is kept of them."""
    one = frozenset({firm})
    return Principal("system", account="system", organizations=one, owned=one)


def _called(world):
    """A call that t:firm1 is invited to."""
    _forget_calls(world, "t:firm2")
    view = world.services.call_opening.open(_of_firm("t:firm2"), _call_content("t:firm2"), [FIRM])
    return view.brief.id


def _called_with_file(world):
    """The same, with a file beside the answer of t:firm1."""
    call, owner = _called(world), world.principal("owner")
    file = ("plan.txt", BytesIO("见附图".encode()))
    world.services.call_files.attach_to_answer(owner, call, FIRM, [file])
    return call


def _answer_file(world, role):
    """The newest of t:firm1's."""
    answers = world.services.repositories.call_answers.values("organization", FIRM)
    newest = max(
        (each for each in answers if each.files), key=lambda each: (each.created, each.call)
    )
    return {"query_string": {"file": newest.files[0].id, "organization": FIRM}}


def _party(world, call):
    (answer,) = world.services.repositories.call_answers.values("call", call)
    return answer.organization


def _noted_call(world):
    call = _call(world)
    view = world.services.calls.note(world.principal("owner"), call, "Ask for the price")
    return {"id": call, "query_string": {"note": view.notes[0].id}}


def _asked_call(world):
    call = _call(world)
    firm = _party(world, call)
    world.services.call_answers.ask(_of_firm(firm), call, firm, "Until when?")
    (question,) = world.services.repositories.call_questions.values("call", call)
    return {"id": call, "json": {"question": question.id, "answer": "Until June"}}


def _answered_call(world):
    _close_all(world)
    call = _call(world, submitted=True)
    return {"id": call, "json": {"winners": [_party(world, call)]}}


def _awarded_call(world):
    sent = _answered_call(world)
    call, firm = sent["id"], sent["json"]["winners"][0]
    world.services.call_decisions.award(world.principal("owner"), call, Award((firm,)))
    for made in world.services.repositories.introductions.values("call", call):
        world.services.introductions.act(SYSTEM, made.id, Transition(Action.CANCEL))
    return {"id": call, "json": {"organization": FIRM, "winner": firm}}


def _own_of(world, r):
    return {"query_string": {"organization": FIRM}}


def _account(world):
    email = f"walk{next(_number)}@example.org"
    memberships = (AccountMembership(FIRM),)
    return world.services.accounts.create(
        ADMIN, email, "walk", PASSWORD, memberships=memberships
    ).id


def _invitation(world):
    email = f"walk{next(_number)}@example.org"
    made = world.services.invitations.invite(ADMIN, email, cluster="t:other")
    return made.invitation.id


def _offer(world):
    link = world.services.invitations.hand_over(ADMIN, _invitation(world))
    return link.partition("token=")[2]


def _confirmation(world):
    account = world.accounts["liaison"]
    return world.services.links.token("confirm", [account.id, account.email])


def _session(world, role):
    """One of the role's own; anyone has none."""
    if role == "anyone":
        return "none"
    account = world.services.accounts.own_account(world.principal(role))
    world.services.sessions.begin(account, SignInOrigin("192.0.2.1"))
    return world.services.sessions.own_sessions(world.principal(role))[0].id


def _impression(world, role):
    """One that the role itself saw, or the owner, where the role sees none."""
    principal = world.principal(role if role != "anyone" else "owner")
    interaction_log = world.services.interaction_log
    id = interaction_log.impression(
        world.principal("owner") if role in ("anyone", "stranger", "elsewhere") else principal,
        GoalName.SUPPLIER, FIRM, [("t:firm2", 0.5)], "fixed", 1,
    )  # fmt: skip
    interaction_log.flush()
    return id


def _key(world, role):
    """One of the role's own; anyone has none."""
    if role == "anyone":
        return "none"
    made = world.services.api_keys.issue(world.principal(role), "walk", Scope.READ, PASSWORD)
    return made.key.id


def _version(world):
    return str(world.services.directory.profile(ADMIN, FIRM).organization.version)


def _edit(world):
    """The profile of t:firm1 as it is."""
    organization = world.services.directory.profile(ADMIN, FIRM).organization
    return {name: getattr(organization, name) for name in ("name", "kind", "contact", "place")}


def _reset(world):
    email = world.accounts["liaison"].email
    return world.services.sign_in.reset_link(ADMIN, email).partition("token=")[2]


def _confirming(world, role):
    """By an account like the role's own, whose keys it ends, with a second factor begun."""
    if role == "anyone":
        return {"json": {"code": "000000"}}
    account, headers = world.another(role)
    begun = world.services.second_factors.begin(account.principal(), PASSWORD)
    return {"json": {"code": pyotp.TOTP(begun.secret).now()}, "headers": headers}


def _making_passkey(world, role):
    """By an account like the role's own, whose keys it ends, with a device that has answered."""
    if role == "anyone":
        return {"json": {"name": "walk", "credential": {}}}
    account, headers = world.another(role)
    options = world.services.passkeys.begin(account.principal(), PASSWORD)
    credential = Authenticator(world.services.passkeys.site.origin).make(options)
    return {"json": {"name": "walk", "credential": credential}, "headers": headers}


def _with_passkey(world, role):
    """Somebody like the role with a passkey, and its device."""
    account, _ = world.another(role)
    services, device = world.services, Authenticator(world.services.passkeys.site.origin)
    options = services.passkeys.begin(account.principal(), PASSWORD)
    account = services.passkeys.confirm(account.principal(), "walk", device.make(options))
    return account, device


def _by_passkey(world, role):
    _, device = _with_passkey(world, "member")
    return {"json": {"credential": device.sign(world.services.passkeys.ask())}}


def _ending_passkey(world, role):
    """By an account like the role's own, with a passkey and a key made after it.

    What renews its recovery codes sends the same.
    """
    sent = {"json": {"password": PASSWORD, "code": ""}}
    if role == "anyone":
        return sent
    account, _ = _with_passkey(world, role)
    key = world.services.api_keys.issue(account.principal(), "walk", Scope.WRITE, PASSWORD).secret
    headers = {"Authorization": f"Bearer {key}"}
    return {**sent, "id": account.passkeys[0].id, "headers": headers}


def _file():
    """A list of one organisation that no other file names."""
    name = f"示例导入{next(_number)}厂"
    return BytesIO(f"单位名称,性质\n{name},企业\n,企业\n".encode()), "members.csv"


def _upload(world, role):
    """A file that the role keeps, or the coordinator, where the role may not."""
    sender = world.principal(role if role in ("coordinator", "admin") else "coordinator")
    content, name = _file()
    return world.services.import_workflow.keep(sender, name, content, CLUSTER)


def _imported(world, role):
    """An import that was written for t:cluster."""
    id = _upload(world, "coordinator")
    world.services.import_workflow.write_now(world.principal("coordinator"), id)
    return id


POSTING = {
    "organization": FIRM,
    "text": "Castings that stand high pressure",
    "goal": "supplier",
    "publish": False,
}
MEETING = {"at": "2026-05-01T09:00:00Z", "topic": "Seals"}


# "METHOD /path": (the path's id or a function that makes one, what else is sent)
def _with(id="", **sent):
    return id, lambda world, role: sent


REQUESTS = {
    "GET /organizations": _with(),
    "POST /organizations": ("", lambda w, r: {"json": {"name": "New works", "kind": "firm"}}),
    "GET /organizations/{id}": _with(FIRM),
    "PUT /organizations/{id}": (
        FIRM, lambda w, r: {"json": _edit(w), "headers": {"If-Match": _version(w)}}
    ),
    "PATCH /organizations/{id}": (
        FIRM, lambda w, r: {"json": {"website": ""}, "headers": {"If-Match": _version(w)}}
    ),
    "GET /organizations/{id}/neighborhood": _with(FIRM),
    "GET /organizations/{id}/certificates": _with(FIRM),
    "POST /organizations/{id}/certificates": (
        FIRM, lambda w, r: {"json": {"kind": f"Scheme {next(_number)}", "until": "2999-01-01"}}
    ),
    "PUT /certificates/{id}": (
        _certificate, lambda w, r: {"json": {"kind": f"Scheme {next(_number)}"}}
    ),
    "DELETE /certificates/{id}": (_certificate, lambda w, r: {}),
    "PUT /certificates/{id}/file": (
        _certificate, lambda w, r: {"data": {"file": (BytesIO(b"Held"), "held.txt")}}
    ),
    "GET /certificates/{id}/file": (_certificate, lambda w, r: {}),
    "POST /certificates/{id}/confirmation": (
        _certificate, lambda w, r: {"json": {"seen": _seen["certificate"]}}
    ),
    "DELETE /certificates/{id}/confirmation": (
        lambda w: _certificate(w, confirmed=True), lambda w, r: {}
    ),
    "GET /organizations/{id}/recommendations": _with(FIRM, query_string={"goal": "supplier"}),
    "GET /organizations/{id}/accounts": _with(FIRM),
    "DELETE /organizations/{id}/accounts": (
        FIRM, lambda w, r: {"query_string": {"account": _account(w)}}
    ),
    "GET /organizations/{id}/export": _with(FIRM),
    "GET /organizations/{id}/slots": _with(FIRM),
    "GET /organizations/{id}/load": _with(FIRM),
    "GET /organizations/{id}/picks": _with(FIRM),
    "POST /organizations/{id}/picks": _with(FIRM, json={"candidate": "t:firm2", "kind": "saved"}),
    "DELETE /organizations/{id}/picks": _with(FIRM, query_string={"candidate": "t:firm2"}),
    "GET /paths": _with(query_string={"source": FIRM, "target": "t:firm3"}),
    "GET /reconcile": _with(),
    "POST /reconcile": _with(data={"queries": '{"q0": {"query": "示例阀门1厂"}}'}),
    "POST /reconcile/match": _with(
        json={"queries": [{"conditions": [{"matchType": "name", "v": "示例阀门1厂"}]}]}
    ),
    "GET /reconcile/suggest/entity": _with(query_string={"prefix": "示例"}),
    "GET /reconcile/suggest/type": _with(),
    "GET /reconcile/suggest/property": _with(),
    "GET /reconcile/extend/propose": _with(),
    "GET /reconcile/preview": _with(query_string={"id": FIRM}),
    "GET /clusters": _with(),
    "GET /clusters/{id}": _with(CLUSTER),
    "GET /clusters/{id}/members": _with(CLUSTER),
    "GET /clusters/{id}/members/export": _with(CLUSTER, query_string={"format": "json"}),
    "GET /clusters/{id}/certificates/export": _with(CLUSTER, query_string={"format": "csv"}),
    "GET /clusters/{id}/ties/export": _with(CLUSTER, query_string={"format": "gexf"}),
    "GET /clusters/{id}/audit/export": _with(
        CLUSTER, query_string={"samples": 0, "format": "xlsx"}
    ),
    "GET /clusters/{id}/worklist/export": _with(CLUSTER, query_string={"format": "csv"}),
    "GET /organizations/{id}/recommendations/export": _with(
        FIRM, query_string={"goal": "supplier", "format": "graphml"}
    ),
    "GET /clusters/{id}/audit": _with(CLUSTER, query_string={"samples": 0}),
    "GET /clusters/{id}/worklist": _with(CLUSTER),
    "GET /clusters/{id}/benchmark": _with(CLUSTER),
    "POST /clusters/{id}/what-if": _with(
        CLUSTER, json={"ties": [{"source": FIRM, "target": "t:firm2"}]}
    ),
    "POST /clusters/{id}/introductions": _with(CLUSTER, json={"goal": "supplier"}),
    "GET /clusters/{id}/postings": _with(CLUSTER),
    "PUT /clusters/{id}/rules": _with(CLUSTER, json={"reviews": False}),
    "GET /clusters/{id}/funnel": _with(CLUSTER),
    "GET /clusters/{id}/effect": _with(CLUSTER),
    "GET /benchmark": _with(),
    "GET /indicators": _with(),
    "GET /goals": _with(),
    "GET /status": _with(),
    "GET /imports": _with(query_string={"cluster": CLUSTER}),
    "POST /imports": ("", lambda w, r: {"data": {"file": _file(), "cluster": CLUSTER}}),
    "GET /imports/{id}": (_imported, lambda w, r: {}),
    "GET /imports/{id}/changes": (_imported, lambda w, r: {}),
    "GET /imports/{id}/problems": (_imported, lambda w, r: {"query_string": {"format": "csv"}}),
    "POST /imports/{id}/write": (_upload, lambda w, r: {"json": {}}),
    "POST /imports/{id}/undo": (_imported, lambda w, r: {"json": {}}),
    "GET /offers": _with(),
    "POST /offers": _with(json={"organization": FIRM, "kind": "product", "text": "Ball valves"}),
    "GET /offers/{id}": _with("t:offer1"),
    "GET /needs": _with(),
    "GET /search": _with(query_string={"q": "阀"}),
    "POST /needs": _with(json={"organization": FIRM, "goal": "supplier", "text": "Castings"}),
    "GET /needs/{id}": _with("t:need1"),
    "POST /needs/{id}/transition": (
        _need, lambda w, r: {"json": {"before": NeedState.OPEN, "after": NeedState.CLOSED}}
    ),
    "GET /engagements": _with(),
    "POST /engagements": _with(
        json={"kind": "event", "participants": [{"organization": FIRM, "role": "attendee"}]}
    ),
    "GET /engagements/{id}": _with("t:project"),
    "POST /recommendations": _with(
        json={"text": "Ball valves for high pressure", "goal": "supplier", "organization": FIRM}
    ),
    "POST /impressions/{id}/clicks": (
        _impression, lambda w, r: {"json": {"candidate": "t:firm2"}}
    ),
    "GET /postings": _with(query_string={"organization": FIRM}),
    "POST /postings": _with(json=POSTING),
    "POST /postings/preview": _with(json=POSTING),
    "GET /postings/{id}": (_posting, lambda w, r: {}),
    "PATCH /postings/{id}": (_posting, lambda w, r: {"json": {"text": "Castings wanted"}}),
    "POST /postings/{id}/transition": (_posting, lambda w, r: {"json": {"action": "publish"}}),
    "GET /introductions": _with(query_string={"organization": FIRM}),
    "POST /introductions": _with(
        json={"goal": "supplier", "seeker": FIRM, "candidate": "t:firm4"}
    ),
    "GET /introductions/{id}": (_introduction, lambda w, r: {}),
    "POST /introductions/{id}/transition": (
        _introduction, lambda w, r: {"json": {"action": "cancel"}}
    ),
    "PUT /introductions/{id}/reference": (_finished, lambda w, r: {"json": {}}),
    "DELETE /introductions/{id}/reference": (_finished, lambda w, r: {}),
    "GET /introductions/{id}/messages": (
        lambda w: _introduction(w, accepted=True), lambda w, r: {}
    ),
    "POST /introductions/{id}/messages": (
        lambda w: _introduction(w, accepted=True), lambda w, r: {"json": {"text": "Good morning"}}
    ),
    "POST /introductions/{id}/attachments": (
        lambda w: _introduction(w, accepted=True),
        lambda w, r: {
            "data": {"file": (BytesIO("见附图".encode()), "drawing.txt"), "text": "Drawing"}
        },
    ),
    "GET /attachments/{id}": (_attachment, lambda w, r: {}),
    "GET /introductions/{id}/meetings": (
        lambda w: _introduction(w, accepted=True), lambda w, r: {}
    ),
    "POST /introductions/{id}/meetings": (
        lambda w: _introduction(w, accepted=True), lambda w, r: {"json": {"times": [_tomorrow()]}}
    ),
    "GET /meetings/{id}": (_appointment, lambda w, r: {}),
    "GET /meetings/{id}/calendar": (lambda w: _appointment(w, fixed=True), lambda w, r: {}),
    "POST /meetings/{id}/transition": (
        _appointment, lambda w, r: {"json": {"action": "call_off"}}
    ),
    "GET /gatherings": _with(query_string={"cluster": CLUSTER}),
    "POST /gatherings": _with(
        json={
            "kind": "circle", "cluster": CLUSTER, "title": "Circle",
            "parties": [f"t:firm{number}" for number in range(1, 6)],
        }
    ),
    "GET /gatherings/{id}": (_gathering, lambda w, r: {}),
    "POST /gatherings/{id}/answer": (
        _gathering, lambda w, r: {"json": {"organization": FIRM, "answer": "joined"}}
    ),
    "POST /gatherings/{id}/meetings": (
        lambda w: _gathering(w, joined=True), lambda w, r: {"json": MEETING}
    ),
    "POST /gatherings/{id}/close": (_gathering, lambda w, r: {"json": {}}),
    "GET /clusters/{id}/surveys": _with(CLUSTER),
    "POST /clusters/{id}/surveys": (
        CLUSTER,
        lambda w, r: {
            "json": {
                "title": "Zorvex",
                "questions": ["sells_to"],
                "deadline": _tomorrow()[:10],
            }
        },
    ),
    "GET /surveys/{id}": (_survey, lambda w, r: {}),
    "GET /surveys/{id}/audit": (
        _answered_survey,
        lambda w, r: {"query_string": {"layer": "supply", "draws": 20}},
    ),
    "GET /surveys/{id}/ties": (_survey, lambda w, r: {}),
    "POST /surveys/{id}/remind": (_survey, lambda w, r: {"json": {}}),
    "POST /surveys/{id}/close": (_survey, lambda w, r: {"json": {}}),
    "POST /survey-links": (
        "", lambda w, r: {"json": {"survey": _survey(w), "organization": FIRM}}
    ),
    "GET /surveys/{id}/answer": (_survey, lambda w, r: {"query_string": {"organization": FIRM}}),
    "PUT /surveys/{id}/answer": (
        _survey,
        lambda w, r: {
            "json": {
                "organization": FIRM, "ties": [{"question": "buys_from", "partner": "t:firm2"}]
            }
        },
    ),
    "DELETE /surveys/{id}/answer": (
        _survey, lambda w, r: {"query_string": {"organization": FIRM}}
    ),
    "POST /survey-answers/look": ("", lambda w, r: {"json": {"token": _survey_token(w)}}),
    "POST /survey-answers/withdrawal": ("", lambda w, r: {"json": {"token": _survey_token(w)}}),
    "POST /survey-answers": (
        "",
        lambda w, r: {
            "json": {
                "token": _survey_token(w), "ties": [{"question": "buys_from", "name": "Others"}]
            }
        },
    ),
    "GET /calls": ("", _own_of),
    "POST /calls": (
        "",
        lambda w, r: {
            "json": {
                "organization": FIRM, "title": "Valves", "text": "Ball valves DN50",
                "goal": "supplier", "deadline": _tomorrow()[:10],
            }
        },
    ),
    "GET /calls/{id}": (_call, lambda w, r: {}),
    "GET /calls/{id}/comparison": (
        lambda w: _call(w, submitted=True), lambda w, r: {"query_string": {"format": "csv"}}
    ),
    "GET /calls/{id}/suggestions": (_call, lambda w, r: {}),
    "POST /calls/{id}/invitations": (
        _call, lambda w, r: {"json": {"organizations": ["t:firm3"]}}
    ),
    "PUT /calls/{id}/deadline": (
        _call,
        lambda w, r: {
            "json": {"deadline": (datetime.now(UTC) + timedelta(days=20)).date().isoformat()}
        },
    ),
    "PUT /calls/{id}/team": (
        _call,
        lambda w, r: {
            "json": {"members": [{"account": w.accounts["member"].id, "role": "reader"}]}
        },
    ),
    "PUT /calls/{id}/shortlist": (_call, lambda w, r: {"json": {"organizations": []}}),
    "POST /calls/{id}/notes": (_call, lambda w, r: {"json": {"text": "Ask for the price"}}),
    "DELETE /calls/{id}/notes": (_call, lambda w, r: _noted_call(w)),
    "POST /calls/{id}/replies": (_call, lambda w, r: _asked_call(w)),
    "POST /calls/{id}/award": (_call, lambda w, r: _answered_call(w)),
    "POST /calls/{id}/introductions": (_call, lambda w, r: _awarded_call(w)),
    "POST /calls/{id}/end": (_call, lambda w, r: {"json": {"reason": "postponed"}}),
    "GET /call-invitations": ("", _own_of),
    "GET /call-invitations/open": ("", _own_of),
    "POST /calls/{id}/corrections": (
        _call, lambda w, r: {"json": {"summary": "DN65", "text": "Ball valves DN65"}}
    ),
    "POST /calls/{id}/opening": (_sealed_call, lambda w, r: {"json": {}}),
    "POST /calls/{id}/files": (
        _called,
        lambda w, r: {
            "data": {"file": (BytesIO("见附图".encode()), "plan.txt"), "organization": FIRM}
        },
    ),
    "GET /calls/{id}/files": (_called_with_file, _answer_file),
    "DELETE /calls/{id}/files": (_called_with_file, _answer_file),
    "GET /calls/{id}/calendar": (_called, lambda w, r: {}),
    "GET /calls/{id}/answer": (_called, _own_of),
    "PUT /calls/{id}/answer": (
        _called, lambda w, r: {"json": {"organization": FIRM, "text": "We can"}}
    ),
    "DELETE /calls/{id}/answer": (_called, _own_of),
    "POST /calls/{id}/decline": (
        _called, lambda w, r: {"json": {"organization": FIRM, "reason": "no_capacity"}}
    ),
    "POST /calls/{id}/questions": (
        _called, lambda w, r: {"json": {"organization": FIRM, "text": "Until when?"}}
    ),
    "GET /clusters/{id}/calls": _with(CLUSTER),
    "GET /clusters/{id}/refusals": _with(CLUSTER),
    "GET /organizations/{id}/refusals": _with(FIRM),
    "GET /organizations/{id}/programmes": _with(FIRM),
    "GET /organizations/{id}/offers/export": _with(FIRM),
    "GET /clusters/{id}/offers/export": _with(CLUSTER),
    "PUT /organizations/{id}/programmes": (
        FIRM, lambda w, r: {"json": {"programme": _programme(w), "choice": "kept"}}
    ),
    "GET /organizations/{id}/never-with": _with(FIRM),
    "GET /organizations/{id}/meeting-rule": _with(FIRM),
    "PUT /organizations/{id}/meeting-rule": (
        FIRM, lambda w, r: {"json": {"own_clusters_only": False}}
    ),
    "POST /organizations/{id}/never-with": (
        FIRM, lambda w, r: {"json": {"organization": "t:firm6"}}
    ),
    "DELETE /organizations/{id}/never-with": (
        FIRM, lambda w, r: {"query_string": {"organization": "t:firm6"}}
    ),
    "GET /session": _with(),
    "POST /session": (
        "",
        lambda w, r: {"json": {"email": w.accounts["member"].email, "password": PASSWORD}},
    ),
    "DELETE /session": _with(),
    "POST /password/request": _with(json={"email": "nobody@example.org"}),
    "POST /password/reset": (
        "", lambda w, r: {"json": {"token": _reset(w), "password": PASSWORD}}
    ),
    "POST /unsubscribe": (
        "",
        lambda w, r: {
            "json": {"token": w.services.notifications.unsubscribe_token(w.accounts["liaison"].id)}
        },
    ),
    "POST /invitations": (
        "",
        lambda w, r: {"json": {"email": f"i{next(_number)}@example.org", "organization": FIRM}},
    ),
    "POST /invitations/look": ("", lambda w, r: {"json": {"token": _offer(w)}}),
    "POST /invitations/accept": (
        "",
        lambda w, r: {
            "json": {"token": _offer(w), "name": "walk", "password": PASSWORD}
        },
    ),
    "POST /invitations/{id}/link": (_invitation, lambda w, r: {"json": {}}),
    "POST /confirmation": ("", lambda w, r: {"json": {"token": _confirmation(w)}}),
    "GET /account": _with(),
    "GET /account/sessions": _with(),
    "POST /account/sessions/{id}/end": (_session, lambda w, r: {"json": {"password": PASSWORD}}),
    "POST /account/confirmation": _with(json={}),
    "POST /account/second-factor": _with(json={"password": PASSWORD}),
    "POST /account/second-factor/confirm": ("", _confirming),
    "POST /account/second-factor/remove": (
        "",
        lambda w, r: {
            "json": {"password": PASSWORD, "code": ""}, "headers": w.headers_of_another(r),
        },
    ),
    "POST /account/recovery-codes": ("none", _ending_passkey),
    "POST /session/passkey/options": _with(json={}),
    "POST /session/passkey": ("", _by_passkey),
    "GET /account/passkeys": _with(),
    "POST /account/passkeys/options": _with(json={"password": PASSWORD}),
    "POST /account/passkeys": ("", _making_passkey),
    "POST /account/passkeys/{id}/remove": ("none", _ending_passkey),
    "PATCH /account": _with(json={"language": "zh"}),
    "POST /account/password": (
        "",
        lambda w, r: {
            "json": {"old_password": PASSWORD, "new_password": PASSWORD},
            "headers": w.headers_of_another(r),  # it ends with the old password
        },
    ),
    "POST /account/sign-out": _with(json={"password": PASSWORD}),
    "GET /account/export": _with(),
    "POST /account/delete": (
        "",
        lambda w, r: {"json": {"password": PASSWORD}, "headers": w.headers_of_another(r)},
    ),
    "GET /account/channels": _with(),
    "POST /account/channels": _with(json={"address": ROBOT, "quiet_from": 22, "quiet_until": 7}),
    "GET /clusters/{id}/channels": _with(CLUSTER),
    "POST /clusters/{id}/channels": _with(CLUSTER, json={"address": ROBOT, "rhythm": "daily"}),
    "PUT /channels/{id}": (_channel, lambda w, r: {"json": {"rhythm": "daily"}}),
    "DELETE /channels/{id}": (_channel, lambda w, r: {}),
    "GET /account/keys": _with(),
    "POST /account/keys": _with(json={"name": "walk", "password": PASSWORD}),
    "DELETE /account/keys/{id}": (_key, lambda w, r: {}),
    "GET /accounts": _with(),
    "PATCH /accounts/{id}": (_account, lambda w, r: {"json": {"active": True}}),
    "DELETE /accounts/{id}": (_account, lambda w, r: {}),
    "GET /log": _with(),
    "GET /notices": _with(),
    "POST /notices/read": _with(json={}),
    "GET /webhooks": _with(query_string={"organization": FIRM}),
    "POST /webhooks": _with(json={"organization": FIRM, "url": "https://example.org/hook"}),
    "DELETE /webhooks/{id}": (
        lambda w: w.services.webhooks.register(ADMIN, FIRM, "https://example.org/x").id,
        lambda w, r: {},
    ),
}  # fmt: skip


def id_of(world, operation, role="owner"):
    """An id that the path of an operation may have."""
    make = REQUESTS[operation][0]
    if make in (_impression, _key, _session, _upload, _imported):
        return make(world, role)
    return make(world) if callable(make) else make


def send(client, world, operation, role, key="", language=""):
    """The answer to the valid request of an operation, sent by a role or with another key."""
    method, path = operation.split(" ")
    id = id_of(world, operation, role)
    sent = dict(REQUESTS[operation][1](world, role))
    id = sent.pop("id", id)  # of something that was made with the rest
    headers = world.headers(role) | sent.pop("headers", {})
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if language:
        headers["Accept-Language"] = language
    place = path.replace("{id}", id)
    answer = client.open(f"{API}{place}", method=method, headers=headers, **sent)
    if operation == "POST /introductions" and answer.status_code == 201:
        world.services.introductions.act(SYSTEM, answer.json["id"], Transition(Action.CANCEL))
    elif "/introductions/{id}" in path:
        _close(world, id)
    elif path in ("/calls/{id}/award", "/calls/{id}/introductions"):
        for made in list(world.services.repositories.introductions.values("call", id)):
            _close(world, made.id)
    elif path.startswith(("/attachments", "/meetings")):
        _close_all(world)
    elif operation == "DELETE /webhooks/{id}" and answer.status_code != 204:
        world.services.webhooks.remove(ADMIN, id)
    elif operation == "POST /webhooks" and answer.status_code == 201:
        world.services.webhooks.remove(ADMIN, answer.json["id"])
    elif "/imports" in path:
        take_back_imports(world)
    return answer


def take_back_imports(world):
    """Imports that a request left, so that other tests find the members as they are."""
    workflow = world.services.import_workflow
    for record in workflow.imports(ADMIN, CLUSTER):
        if record.can_be_undone:
            workflow.undo(ADMIN, record.id)
