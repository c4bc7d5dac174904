"""Random rounds, links, answers, denials and ends of surveys against a model, on both stores.

The model knows of a tie who gives and who takes, and works out by itself what two answers make.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.store.documents import Store
from matchmaker.workflow.survey import DeniedTie, ReportedTie, SurveyAnswer, SurveyState
from tests.contract.cooperation import cooperation_on
from tests.contract.state_machines import run_on
from tests.contract.surveys import MEMBERS, Q, survey_world

REFUSED = (NotFound, NotAllowed, WrongState, InvalidInput)
FIRST, SECOND = 0, 1
# By question whether who answers gives, takes, or neither; research has no direction.
ASKED = {FIRST: (Q.BUYS_FROM, Q.SELLS_TO, Q.RESEARCHES_WITH), SECOND: (Q.BUYS_FROM, Q.SELLS_TO)}
members = st.sampled_from(MEMBERS)
mentions = st.lists(
    st.tuples(st.sampled_from(ASKED[FIRST]), st.sampled_from(MEMBERS[:3]), st.booleans()),
    unique_by=lambda each: each[:2],
    max_size=5,
)
Bond = tuple[str, str, str]


def bond(question: Q, own: str, partner: str) -> Bond:
    """Which tie is meant: of what sort, from whom, to whom."""
    if question is Q.RESEARCHES_WITH:
        return ("research", *sorted((own, partner)))
    return ("supply", own, partner) if question is Q.SELLS_TO else ("supply", partner, own)


@dataclass
class Said:
    """What a member answered: the ties it names, those that it denies, whether all may be seen."""

    named: set[Bond]
    denied: set[Bond]
    shows: bool


@dataclass
class Round:
    """What the model knows of one round."""

    id: str
    deadline: date
    closed: bool = False
    said: dict[str, Said] = field(default_factory=dict)
    by_account: set[str] = field(default_factory=set)
    link: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEMBERS, 1))

    def sayers(self) -> dict[Bond, set[str]]:
        """By tie who names it."""
        by_bond: dict[Bond, set[str]] = {}
        for member, said in self.said.items():
            for each in said.named:
                by_bond.setdefault(each, set()).add(member)
        return by_bond


class SurveyMachine(RuleBasedStateMachine):
    """Two rounds of one cluster; the model says after each step who may do and see what."""

    store: Store

    @initialize()
    def begin(self) -> None:
        clear = getattr(self.store, "clear", None)
        if clear is not None:
            clear()
        base = cooperation_on(self.store)
        self.world = survey_world(base, self.folder)
        self.people = {id: base.person(id).principal() for id in MEMBERS}
        self.rounds = {FIRST: Round(self.world.round, self.today + timedelta(days=14))}
        self.tokens: list[tuple[int, str, int, str]] = []
        self.held: dict[Bond, int] = {}  # ties of the graph, by the round that confirmed them

    @property
    def folder(self):
        return self.tmp.mktemp("surveys")

    @property
    def today(self) -> date:
        return self.world.base.clock().date()

    def is_open(self, number: int) -> bool:
        round = self.rounds[number]
        return not round.closed and self.today <= round.deadline

    def attempt(self, expected: bool, action) -> bool:
        try:
            action()
        except REFUSED:
            assert not expected
            return False
        assert expected
        return True

    def drawn(self, number: int, own: str, said, shows: bool) -> tuple[SurveyAnswer, Said]:
        """An answer of what was drawn, in the words of the interface and in the model's own."""
        kept = [each for each in said if each[1] != own and each[0] in ASKED[number]]
        ties = tuple(ReportedTie(question, partner) for question, partner, named in kept if named)
        denied = tuple(DeniedTie(question, partner) for question, partner, is_ in kept if not is_)
        model = Said(
            {bond(question, own, partner) for question, partner, named in kept if named},
            {bond(question, own, partner) for question, partner, named in kept if not named},
            shows,
        )
        return SurveyAnswer(ties, denied, shows), model

    def settle(self, number: int, own: str) -> None:
        """What the graph holds after a member's part has changed."""
        round = self.rounds[number]
        confirmed = {
            each for each, who in round.sayers().items() if len(who) == 2 and own in each[1:]
        }
        denied = round.said[own].denied if own in round.said else set()
        for each in [tie for tie in self.held if own in tie[1:] and tie not in confirmed]:
            if each in denied or self.held[each] == number:
                del self.held[each]
        self.held |= dict.fromkeys(confirmed, number)

    # -- coordinators

    @precondition(lambda self: SECOND not in self.rounds)
    @rule()
    def open_another(self) -> None:
        self.rounds[SECOND] = Round(self.world.another_round(6), self.today + timedelta(days=6))

    @rule(data=st.data(), member=members, renew=st.booleans())
    def give_a_link(self, data: st.DataObject, member: str, renew: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.rounds)))
        round, made = self.rounds[number], []

        def give() -> None:
            link = self.world.surveys.link(self.world.coordinator, round.id, member, renew=renew)
            made.append(link.url.partition("token=")[2])

        if self.attempt(self.is_open(number) and member not in round.said, give):
            round.link[member] += renew
            self.tokens.append((number, member, round.link[member], made[0]))

    @precondition(lambda self: len(self.tokens) > 3)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        round = self.rounds[data.draw(st.sampled_from(sorted(self.rounds)))]
        self.world.surveys.close(self.world.coordinator, round.id)
        round.closed = True

    @rule(days=st.integers(1, 4))
    def time_passes(self, days: int) -> None:
        self.world.base.clock.forward(timedelta(days=days))
        self.world.surveys.work_due()
        for round in self.rounds.values():
            round.closed = round.closed or self.today > round.deadline

    # -- members

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), said=mentions, shows=st.booleans())
    def answer_by_link(self, data: st.DataObject, said, shows: bool) -> None:
        number, member, link, token = data.draw(st.sampled_from(self.tokens))
        answer, model = self.drawn(number, member, said, shows)
        round = self.rounds[number]
        is_newest = link == round.link[member]
        expected = self.is_open(number) and is_newest and member not in round.by_account
        act = self.world.answers.answer_by_link
        if self.attempt(expected, lambda: act(token, answer)):
            self.rounds[number].said[member] = model
            self.settle(number, member)

    @rule(data=st.data(), member=members, said=mentions, shows=st.booleans())
    def answer(self, data: st.DataObject, member: str, said, shows: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.rounds)))
        answer, model = self.drawn(number, member, said, shows)
        act, id = self.world.answers.answer, self.rounds[number].id
        person = self.people[member]
        if self.attempt(self.is_open(number), lambda: act(person, id, member, answer)):
            self.rounds[number].said[member] = model
            self.rounds[number].by_account.add(member)
            self.settle(number, member)

    @precondition(lambda self: any(round.said for round in self.rounds.values()))
    @rule(data=st.data())
    def answer_what_another_says(self, data: st.DataObject) -> None:
        """Confirm or deny a tie that somebody named, beside all that one said before."""
        claims = [
            (number, each, who)
            for number, round in sorted(self.rounds.items())
            for each, (who, *more) in sorted(
                (tie, sorted(sayers)) for tie, sayers in round.sayers().items()
            )
            if not more
        ]
        if not claims:
            return
        number, tie, who = data.draw(st.sampled_from(claims))
        confirms = data.draw(st.booleans())
        own = tie[1] if tie[2] == who else tie[2]
        round = self.rounds[number]
        before = round.said.get(own, Said(set(), set(), False))
        named = before.named | {tie} if confirms else before.named - {tie}
        denied = before.denied - {tie} if confirms else before.denied | {tie}
        answer = SurveyAnswer(
            tuple(ReportedTie(*self.asked(each, own)) for each in sorted(named)),
            tuple(DeniedTie(*self.asked(each, own)) for each in sorted(denied)),
            before.shows,
        )
        act = self.world.answers.answer
        person = self.people[own]
        if self.attempt(self.is_open(number), lambda: act(person, round.id, own, answer)):
            round.said[own] = Said(named, denied, before.shows)
            round.by_account.add(own)
            self.settle(number, own)

    def asked(self, tie: Bond, own: str) -> tuple[Q, str]:
        """Question and partner by which a member means a tie."""
        sort, source, target = tie
        partner = target if source == own else source
        if sort == "research":
            return Q.RESEARCHES_WITH, partner
        return (Q.SELLS_TO if source == own else Q.BUYS_FROM), partner

    @rule(data=st.data(), member=members)
    def take_back(self, data: st.DataObject, member: str) -> None:
        """After the end, too."""
        number = data.draw(st.sampled_from(sorted(self.rounds)))
        round = self.rounds[number]
        self.world.answers.withdraw(self.people[member], round.id, member)
        round.by_account.discard(member)
        if round.said.pop(member, None) is not None:
            self.settle(number, member)

    # -- what always holds

    @invariant()
    def a_round_is_open_and_answered_as_the_model_says(self) -> None:
        for number, round in self.rounds.items() if hasattr(self, "rounds") else ():
            view = self.world.surveys.show(self.world.coordinator, round.id)
            assert view.is_open is self.is_open(number)
            assert (view.survey.state is SurveyState.CLOSED) is round.closed
            told = {each.organization.id for each in view.members if each.answered}
            assert told == set(round.said)
            assert view.figures.answered == len(round.said)
            if len(round.said) < 5 or view.is_open:
                assert view.figures.counts == ()
                continue
            for layer, sort in (("SUPPLIES", "supply"), ("COOPERATES_WITH", "research")):
                if sort == "research" and number == SECOND:
                    continue
                (count,) = [each for each in view.figures.counts if each.layer == layer]
                assert (count.confirmed, count.declared, count.denied) == self.counts(round, sort)

    def counts(self, round: Round, sort: str) -> tuple[int, int, int]:
        confirmed = declared = denied = 0
        for tie, who in round.sayers().items():
            if tie[0] != sort:
                continue
            (is_denied,) = {any(tie in said.denied for said in round.said.values())}
            confirmed += len(who) == 2
            denied += len(who) == 1 and is_denied
            declared += len(who) == 1 and not is_denied
        return confirmed, declared, denied

    @invariant()
    def coordinators_see_what_both_confirm_or_who_says_it_shows(self) -> None:
        for round in self.rounds.values() if hasattr(self, "rounds") else ():
            expected = {
                (tie, frozenset(who))
                for tie, who in round.sayers().items()
                if len(who) == 2 or all(round.said[each].shows for each in who)
            }
            seen = self.world.surveys.ties(self.world.coordinator, round.id).ties
            sorts = {"SUPPLIES": "supply", "COOPERATES_WITH": "research"}
            assert {
                ((sorts[each.key.layer], each.key.source, each.key.target), each.said_by)
                for each in seen
            } == expected

    @invariant()
    def the_graph_holds_what_is_confirmed_and_nothing_else(self) -> None:
        if not hasattr(self, "rounds"):
            return
        sorts = {"SUPPLIES": "supply", "COOPERATES_WITH": "research"}
        there = {
            (sorts[tie.layer], tie.source, tie.target): tie.provenance.record
            for member in MEMBERS
            for tie in self.world.ties(member)
        }
        assert there == {tie: self.rounds[number].id for tie, number in self.held.items()}

    @invariant()
    def a_link_that_was_renewed_opens_nothing_and_the_newest_its_own_form(self) -> None:
        for number, member, link, token in getattr(self, "tokens", ())[-6:]:
            if not self.is_open(number):
                with pytest.raises(WrongState):
                    self.world.answers.form_of_link(token)
                continue
            if link != self.rounds[number].link[member]:
                with pytest.raises(InvalidInput):
                    self.world.answers.form_of_link(token)
                continue
            round = self.rounds[number]
            if member in round.by_account:
                with pytest.raises(WrongState):
                    self.world.answers.form_of_link(token)
                continue
            form = self.world.answers.form_of_link(token)
            assert form.organization.id == member
            assert (form.answer, form.claims) == (SurveyAnswer(), ())

    @invariant()
    def a_member_sees_its_own_answer_and_who_named_it(self) -> None:
        for round in self.rounds.values() if hasattr(self, "rounds") else ():
            for member, person in self.people.items():
                form = self.world.answers.form(person, round.id, member)
                if member not in round.said:
                    assert form.claims == ()
                    continue
                own = {bond(each.question, member, each.partner) for each in form.answer.ties}
                assert own == round.said[member].named
                claimed = {bond(each.question, member, each.partner.id) for each in form.claims}
                named_by_others = {tie for tie, who in round.sayers().items() if member in tie[1:]}
                said = round.said[member]
                assert claimed == named_by_others - said.named - said.denied

    @invariant()
    def nobody_answers_for_another(self) -> None:
        if not hasattr(self, "rounds"):
            return
        stranger, id = self.people[MEMBERS[0]], self.rounds[FIRST].id
        for act in (
            lambda: self.world.answers.form(stranger, id, MEMBERS[1]),
            lambda: self.world.answers.form(self.world.coordinator, id, MEMBERS[1]),
            lambda: self.world.surveys.ties(stranger, id),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                act()


@pytest.mark.slow
def test_random_actions_agree_with_the_model(store: Store, tmp_path_factory) -> None:
    SurveyMachine.tmp = tmp_path_factory
    run_on(store, SurveyMachine, tmp_path_factory, examples=(30, 2), steps=(30, 12))
