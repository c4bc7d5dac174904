"""A cluster of people who follow what is assumed of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from matchmaker.domain import (
    Certificate,
    ClaimTier,
    Cluster,
    GoalName,
    GraphRows,
    Kind,
    Membership,
    Organization,
)
from matchmaker.errors import MatchmakerError
from matchmaker.services.cooperation.call_decisions import Award
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from matchmaker.workflow.call import CallContent
from matchmaker.workflow.call_answer import Bid
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, OutcomeKind, State
from matchmaker.workflow.refusals import DeclineReason

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


HORIZON, POSTED_WITHIN = 90, 30


ARMS = {
    "baseline": frozenset(),
    "calls": frozenset({"calls"}),
    "reminders": frozenset({"reminders"}),
    "trust": frozenset({"trust"}),
    "plans": frozenset({"plans"}),
    "all": frozenset({"calls", "reminders", "trust", "plans"}),
}


PLENTY = 50


GOAL = GoalName.SUPPLIER


def assumptions():
    """The values of cooperation.toml, and their ranges."""
    read = tomllib.loads(Path(__file__).with_name("cooperation.toml").read_text("utf-8"))
    values = {name: row.get("value") for name, row in read.items() if name != "baseline"}
    ranges = {name: row["range"] for name, row in read.items() if "range" in row}
    return values, ranges, read["baseline"]["completed"]


@dataclass
class Request:
    """A need of a firm: whom it may ask, in order, and what has become of it."""

    firm: int
    day: int
    candidates: list[int]
    luck: np.random.Generator
    tries: int = 0
    open: str = ""
    answered: int | None = None
    completed: int | None = None
    call: str = ""
    given_up: bool = False


@dataclass
class World:
    """Firms, needs and the services that they act through."""

    assumed: dict
    helped: frozenset
    seed: int
    firms: int
    needs: int
    folder: str
    day: int = 0
    work: dict = field(default_factory=dict)  # introduction: (day it ends, completed?)

    def __post_init__(self):
        self.services = wire(Settings(data_dir=Path(self.folder), store="", _env_file=None))
        self.services.clock = lambda: START + timedelta(days=self.day)
        self.services.store.prepare()
        people = np.random.default_rng([self.seed, 1])
        assumed = self.assumed
        gaps = assumed["checks_days"] * np.exp(0.6 * people.normal(size=self.firms) - 0.18)
        self.looks = 1 / np.maximum(1, gaps)
        self.room = np.where(people.random(self.firms) < assumed["busy"], 1, PLENTY)
        self.able = people.random((self.needs, self.firms)) < assumed["able"]
        self.shown = self.able & (people.random((self.needs, self.firms)) < assumed["on_record"])
        firms = [f"t:{number}" for number in range(self.firms)]
        told = "plans" in self.helped
        capacities = [int(room) if told else PLENTY for room in self.room]
        rows = GraphRows(
            organizations=tuple(
                Organization(id, f"Firm {id}", Kind.FIRM, capacity=capacity)
                for id, capacity in zip(firms, capacities, strict=True)
            ),
            clusters=(Cluster("t:c", "Cluster"),),
            memberships=tuple(Membership("t:c", id) for id in firms),
            certificates=tuple(
                Certificate(
                    f"t:k{need}-{firm}", f"t:{firm}", f"Scheme {need}",
                    claim=ClaimTier.COORDINATOR, until=START.date() + timedelta(days=400),
                )
                for need, firm in np.argwhere(self.shown).tolist()
                if "trust" in self.helped
            ),
        )  # fmt: skip
        self.services.store.upsert(rows)
        accounts = [
            Account(
                f"p{number}", f"p{number}@example.org", f"P{number}", START,
                memberships=(AccountMembership(id, MembershipRole.OWNER),),
            )
            for number, id in enumerate(firms)
        ]  # fmt: skip
        put = self.services.repositories.accounts.put
        self.services.repositories.records.commit([put(account) for account in accounts])
        self.people = [account.principal() for account in accounts]
        self.requests = [self._request(number, people) for number in range(self.needs)]
        self.luck = [np.random.default_rng([self.seed, 3, number]) for number in range(self.firms)]
        # Of a pair and a need, whatever the arm: would it accept, and would it come to something?
        pairs = np.random.default_rng([self.seed, 4])
        shape = (self.needs, self.firms)
        self.willing, self.trusting, self.lucky, self.price = (
            pairs.random(shape) for _ in range(4)
        )
        self.lasting = np.exp(0.5 * pairs.normal(size=shape))
        self.of_call, self.of_introduction = {}, {}

    def _request(self, number, people):
        firm = int(people.integers(self.firms))
        order = [other for other in people.permutation(self.firms).tolist() if other != firm]
        if "trust" in self.helped:
            held = self.services.store.certificates_by_owner([f"t:{other}" for other in order])
            kind, today = f"Scheme {number}", START.date()
            shown = {
                int(id[2:])
                for id, rows in held.items()
                if any(row.kind == kind and row.is_valid_on(today) for row in rows)
            }
            order.sort(key=lambda other: other not in shown)
        luck = np.random.default_rng([self.seed, 2, number])
        return Request(firm, int(people.integers(POSTED_WITHIN)), order, luck)

    # -- a day

    def run(self):
        for self.day in range(POSTED_WITHIN + HORIZON + 1):
            self._finish_work()
            self.services.introductions.expire_due()
            if "reminders" in self.helped:
                self.services.introductions.remind_due()
                self.services.call_decisions.work_due()
            for number, request in enumerate(self.requests):
                if request.day == self.day:
                    self._ask(number, request)
            for firm in range(self.firms):
                if self.luck[firm].random() < self.looks[firm]:
                    self._look(firm)
        self.services.store.close()
        return self.requests

    def _look(self, firm):
        """Somebody opens the inbox: each notice is dealt with, or passed over for good."""
        repositories, person = self.services.repositories, self.people[firm]
        unread = list(repositories.notifications.values("unread", person.account))
        noticed = [
            notice.subject
            for notice in sorted(unread, key=lambda each: each.id)
            if self.luck[firm].random() < self.assumed["notices"]
        ]
        self.services.notifications.mark_all_read(person)
        for subject in dict.fromkeys(noticed):
            kind, _, id = subject.partition("/")
            if kind == "introduction":
                self._answer_introduction(firm, id)
            elif kind == "call":
                self._answer_call(firm, id)
        # Who looks also sees how its own needs stand.
        for number, request in enumerate(self.requests):
            if request.firm == firm and request.day <= self.day:
                self._go_on(number, request)

    # -- asking

    def _ask(self, number, request):
        """The next one, or with calls the next many; nobody twice."""
        if request.tries >= self.assumed["most_tries"] or not request.candidates:
            request.given_up = True
            return
        own = self.services.store.organization(f"t:{request.firm}")
        usage = self.services.capacity.slot_usage(own)
        if usage.running >= usage.capacity:
            return  # it has no room itself: it asks when it looks again
        request.tries += 1
        if "calls" in self.helped:
            self._call(number, request)
            return
        while request.candidates:
            candidate = request.candidates.pop(0)
            proposal = Proposal(GOAL, f"t:{request.firm}", f"t:{candidate}", message="need")
            try:
                made = self.services.introductions.propose(self.people[request.firm], proposal)
            except MatchmakerError:
                continue  # the service says that it has no room: nobody waits for it
            request.open = made.id
            self.of_introduction[made.id] = [number]
            return
        request.given_up = True

    def _call(self, number, request):
        deadline = (START + timedelta(days=self.day)).date()
        deadline += timedelta(days=self.assumed["deadline_days"])
        content = CallContent(
            f"t:{request.firm}", f"Need {number}", "need", GOAL, deadline, cluster="t:c"
        )
        person = self.people[request.firm]
        invited = []
        while request.candidates and len(invited) < self.assumed["invited"]:
            candidate = request.candidates.pop(0)
            organization = self.services.store.organization(f"t:{candidate}")
            if self.services.capacity.slot_usage(organization).free > 0:
                invited.append(organization.id)
        try:
            made = self.services.call_opening.open(person, content, invited)
        except MatchmakerError:
            request.given_up = True
            return
        request.open = made.brief.id
        self.of_call[made.brief.id] = number

    def _go_on(self, number, request):
        """After a refusal or a lapse, who asked tries the next, or gives the need up."""
        if request.completed is not None or request.given_up or self.day - request.day > HORIZON:
            return
        if not request.open:
            self._ask(number, request)
            return
        if request.open in self.of_call:
            self._decide(number, request, request.open)
            return
        state = self.services.repositories.introductions.get(request.open).value.state
        if state in (State.DECLINED, State.EXPIRED, State.ENDED, State.CANCELLED):
            if request.luck.random() >= self.assumed["goes_on"]:
                request.given_up = True
            elif request.call:  # the next of those who bid, before anybody else is asked
                self._decide(number, request, request.call)
            else:
                self._ask(number, request)

    def _decide(self, number, request, id):
        call = self.services.repositories.calls.get(id).value
        if call.is_open_on((START + timedelta(days=self.day)).date()):
            return
        answers = self.services.repositories.call_answers.values("call", call.id)
        bids = [int(each.organization[2:]) for each in answers if each.state == "submitted"]
        # Certificates tell who can do it; else the best price, which says nothing of that.
        shown = self.shown[number] if "trust" in self.helped else np.zeros(self.firms)
        for winner in sorted(bids, key=lambda firm: (not shown[firm], self.price[number, firm])):
            try:
                award = Award((f"t:{winner}",))
                self.services.call_decisions.award(self.people[request.firm], call.id, award)
            except MatchmakerError:
                continue  # it has no room by now
            answer = self.services.repositories.call_answers.values("call", call.id)
            made = next(each.introduction for each in answer if each.organization == f"t:{winner}")
            # Two who are in touch for another need already settle this one with it.
            request.open, request.call = made, call.id
            self.of_introduction.setdefault(made, []).append(number)
            return
        request.call = ""
        if request.luck.random() < self.assumed["goes_on"]:
            self._ask(number, request)
        else:
            request.given_up = True

    # -- answering

    def _has_room(self, firm):
        running = sum(f"t:{firm}" in parties for _, _, parties in self.work.values())
        return running < self.room[firm]

    def _would_accept(self, number, firm, request):
        """Whether it accepts what it noticed, and else why not."""
        trusts = self.trusting[number, firm] >= self.assumed["distrusts"]
        if "trust" in self.helped and self.shown[:, request.firm].any():
            trusts = True  # what the asker holds is confirmed
        if not self._has_room(firm):
            return DeclineReason.NO_CAPACITY
        if not trusts:
            return DeclineReason.LACKS_TRUST
        if self.willing[number, firm] >= self.assumed["accepts"]:
            return DeclineReason.NOT_OUR_TRADE
        return None

    def _answer_introduction(self, firm, id):
        stored = self.services.repositories.introductions.get_or_none(id)
        number = next(iter(self.of_introduction.get(id, ())), None)
        if stored is None or number is None or stored.value.state is not State.PROPOSED:
            return
        introduction, request = stored.value, self.requests[number]
        if introduction.candidate != f"t:{firm}":
            return
        request.answered = request.answered if request.answered is not None else self.day
        # Who bid for a call that was awarded accepts the award, if it still has room.
        reason = self._would_accept(number, firm, request)
        if introduction.call and reason is not DeclineReason.NO_CAPACITY:
            reason = None
        action = Action.ACCEPT if reason is None else Action.DECLINE
        transition = Transition(action, decline_reason=reason)
        try:
            view = self.services.introductions.act(self.people[firm], id, transition)
        except MatchmakerError:
            return  # lapsed, or no slot
        if view.state is State.ACCEPTED:
            can = bool(self.able[number, firm])
            comes = can and self.lucky[number, firm] < self.assumed["completes"]
            days = self.assumed["work_days"] * self.lasting[number, firm]
            parties = (introduction.seeker, introduction.candidate)
            self.work[id] = (self.day + max(1, round(days)), comes, parties)

    def _answer_call(self, firm, id):
        number = self.of_call.get(id)
        if number is None or self.requests[number].firm == firm:
            return
        request, person = self.requests[number], self.people[firm]
        own = self.services.repositories.call_answers.values("organization", f"t:{firm}")
        for answer in own:
            if answer.call == id and answer.introduction:  # the award leads to it
                self._answer_introduction(firm, answer.introduction)
                return
        request.answered = request.answered if request.answered is not None else self.day
        reason = self._would_accept(number, firm, request)
        try:
            if reason is None:
                self.services.call_answers.submit(person, id, f"t:{firm}", Bid(text="We can."))
            else:
                self.services.call_answers.decline(person, id, f"t:{firm}", reason)
        except MatchmakerError:
            return  # too late

    def _finish_work(self):
        for id, (day, comes, parties) in list(self.work.items()):
            if day > self.day:
                continue
            del self.work[id]
            seeker, candidate = (self.people[int(party[2:])] for party in parties)
            act = self.services.introductions.act
            if not comes:
                act(candidate, id, Transition(Action.END, reason="It came to nothing."))
                continue
            report = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.CONTRACT))
            told = act(candidate, id, report)
            act(seeker, id, Transition(Action.CONFIRM, version=told.version))
            for number in self.of_introduction[id]:
                self.requests[number].completed = self.day
