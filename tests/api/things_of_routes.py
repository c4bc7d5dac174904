"""What the valid requests of routes are about: each made anew for one request."""

import itertools
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import quote

import pyotp

from matchmaker.access import ADMIN, SYSTEM, Principal
from matchmaker.domain import GoalName, Need, Offer, OfferKind, Organization
from matchmaker.errors import WrongState
from matchmaker.services.cooperation.call_decisions import Award
from matchmaker.services.directory.certificates import CertificateContent
from matchmaker.services.people.channels import ChannelContent
from matchmaker.services.people.second_factors import FactorAnswer
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
from tests.past_days import sent_before_today

API = "/api/v1"


ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0"


FIRM, CLUSTER = "t:firm1", "t:cluster"
_number = itertools.count()
_seen = {}  # digests of what was made last


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
    sent_before_today(world.services.repositories, FIRM)
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
    return world.services.channels.enter(admin, content, PASSWORD).id


def _finished(world):
    """An introduction of t:firm1 that came to a confirmed outcome."""
    id = _introduction(world, accepted=True)
    introductions = world.services.introductions
    report = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.CONTRACT))
    introductions.act(world.principal("owner"), id, report)
    lab = introductions.show(world.principal("owner"), id).candidate.id
    other = Principal("system", account="system", organizations=frozenset({lab}))
    read = introductions.show(other, id)
    introductions.act(other, id, Transition(Action.CONFIRM, version=read.version))
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
    """One that five members have answered, and that is over."""
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
    services.surveys.close(ADMIN, id)
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
    sent_before_today(world.services.repositories, FIRM)
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
    account, _ = world.another("liaison")
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
    if role == "anyone":
        return {"json": {"password": PASSWORD, "code": ""}}
    account, device = _with_passkey(world, role)
    services, person = world.services, account.principal()
    answer = FactorAnswer(credential=device.sign(services.passkeys.ask_own(person)))
    key = services.api_keys.issue(person, "walk", Scope.WRITE, PASSWORD, answer).secret
    credential = device.sign(services.passkeys.ask_own(person))
    return {
        "json": {"password": PASSWORD, "credential": credential},
        "id": account.passkeys[0].id,
        "headers": {"Authorization": f"Bearer {key}"},
    }


def _asking_own_passkey(world, role):
    if role == "anyone":
        return {"json": {}}
    sent = _ending_passkey(world, role)
    return {"json": {}, "headers": sent["headers"]}


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
