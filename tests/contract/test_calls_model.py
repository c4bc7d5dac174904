"""Random actions of a caller and those it may invite, against a small model, on both stores."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic_core import to_json

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.store.documents import Store
from matchmaker.workflow.call import EndReason
from matchmaker.workflow.refusals import DeclineReason
from tests.contract.calls import BID, CALLER, FIRST, SECOND, THIRD, calls_on
from tests.contract.state_machines import run_on

FIRMS = (FIRST, SECOND, THIRD)
REFUSED = (NotFound, NotAllowed, WrongState, InvalidInput)
firms = st.sampled_from(FIRMS)


@dataclass
class Modelled:
    """What the model knows of a call: by firm what it did, in words of its own."""

    deadline: date
    wide: bool
    sealed: bool = False
    unsealed: bool = False
    wording: int = 1
    answered_to: dict[str, int] = field(default_factory=dict)  # by firm which wording
    decided: str = ""
    invited: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)  # invited, and never told
    part: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)  # submitted
    drafts: dict[str, str] = field(default_factory=dict)


class CallMachine(RuleBasedStateMachine):
    """One call; the model says after each action who may do and see what."""

    store: Store

    @initialize(wide=st.booleans(), sealed=st.booleans(), days=st.integers(2, 6))
    def begin(self, wide: bool, sealed: bool, days: int) -> None:
        clear = getattr(self.store, "clear", None)
        if clear is not None:
            clear()
        self.world = calls_on(self.store)
        self.id = self.world.open(days=days, cluster_wide=wide, sealed=sealed)
        self.model = Modelled(self.today + timedelta(days=days), wide, sealed)
        self.number = 0

    @property
    def today(self) -> date:
        return self.world.base.clock().date()

    @property
    def is_open(self) -> bool:
        return not self.model.decided and self.today <= self.model.deadline

    def may_take_part(self, firm: str) -> bool:
        model = self.model
        if firm in model.part and firm not in model.kept:
            return True
        return self.is_open and model.wide and firm not in model.apart

    def may_answer(self, firm: str) -> bool:
        return self.is_open and self.may_take_part(firm) and firm not in self.model.apart

    def attempt(self, expected: bool, action) -> bool:
        try:
            action()
        except REFUSED:
            assert not expected
            return False
        assert expected
        return True

    def bid(self, firm: str):
        """An answer whose words nobody else may read, unless they are submitted."""
        self.number += 1
        return replace(BID, price=float(self.number), text=f"字样{firm[-1]}第{self.number}号")

    # -- those who may answer

    @rule(firm=firms)
    def draft(self, firm: str) -> None:
        bid = self.bid(firm)
        expected = self.may_answer(firm)
        act = self.world.answers.save_draft
        if self.attempt(expected, lambda: act(self.world.people[firm], self.id, firm, bid)):
            self.model.part.setdefault(firm, "waiting")
            self.model.kept.discard(firm)
            self.model.drafts[firm] = bid.text

    @rule(firm=firms)
    def submit(self, firm: str) -> None:
        bid = self.bid(firm)
        expected = self.may_answer(firm)
        if self.attempt(expected, lambda: self.world.submit(self.id, firm, bid)):
            self.model.part[firm] = "submitted"
            self.model.kept.discard(firm)
            self.model.words[firm] = bid.text
            self.model.answered_to[firm] = self.model.wording
            self.model.drafts.pop(firm, None)

    @rule(firm=firms)
    def decline(self, firm: str) -> None:
        expected = self.is_open and self.may_take_part(firm)
        act = self.world.answers.decline
        reason = DeclineReason.NO_CAPACITY
        if self.attempt(expected, lambda: act(self.world.people[firm], self.id, firm, reason)):
            self.model.part[firm] = "declined"
            self.model.kept.discard(firm)
            self.model.words.pop(firm, None)
            self.model.drafts.pop(firm, None)

    @rule(firm=firms)
    def withdraw(self, firm: str) -> None:
        model = self.model
        expected = self.may_take_part(firm) and model.part.get(firm) != "awarded"
        act = self.world.answers.withdraw
        if self.attempt(expected, lambda: act(self.world.people[firm], self.id, firm)):
            if firm in model.words and not model.decided:
                model.part[firm] = "withdrawn"
            model.words.pop(firm, None)
            model.drafts.pop(firm, None)

    @rule(firm=firms, excludes=st.booleans())
    def keep_apart(self, firm: str, excludes: bool) -> None:
        person = self.world.people[firm]
        if excludes:
            self.world.exclusions.exclude(person, firm, CALLER)
            self.model.apart.add(firm)
        else:
            self.world.exclusions.allow(person, firm, CALLER)
            self.model.apart.discard(firm)

    # -- who calls

    @rule(firm=firms)
    def invite(self, firm: str) -> None:
        model, act = self.model, self.world.invitations.invite
        if self.attempt(self.is_open, lambda: act(self.world.people[CALLER], self.id, [firm])):
            if firm not in model.apart:
                model.kept.discard(firm)
            elif firm not in model.part:
                model.kept.add(firm)
            model.part.setdefault(firm, "waiting")
            model.invited.add(firm)

    @rule(days=st.integers(-1, 6))
    def prolong(self, days: int) -> None:
        day = self.today + timedelta(days=days)
        expected = (
            not self.model.decided
            and not self.model.unsealed
            and days >= 0
            and day > self.model.deadline
        )
        act = self.world.calls.prolong
        if self.attempt(expected, lambda: act(self.world.people[CALLER], self.id, day)):
            self.model.deadline = day

    @rule(days=st.integers(0, 6))
    def correct(self, days: int) -> None:
        """A new wording, and a later day where that is one."""
        model, day = self.model, self.today + timedelta(days=days)
        later = day if day > model.deadline else None
        expected = not model.decided and bool(
            self.is_open or (later is not None and not model.unsealed)
        )
        act, words = self.world.calls.correct, f"球阀第{model.wording + 1}稿"
        person = self.world.people[CALLER]
        if self.attempt(expected, lambda: act(person, self.id, "另一种", words, later)):
            model.wording += 1
            model.deadline = later or model.deadline

    @rule()
    def unseal(self) -> None:
        model = self.model
        expected = model.sealed and not model.decided and not self.is_open
        act = self.world.calls.unseal
        if self.attempt(expected, lambda: act(self.world.people[CALLER], self.id)):
            model.unsealed = True

    @property
    def outdated(self) -> set[str]:
        model = self.model
        return {
            firm
            for firm, state in model.part.items()
            if state == "submitted" and model.answered_to[firm] < model.wording
        }

    @precondition(lambda self: self.model.words)
    @rule(data=st.data())
    def award_an_answer(self, data: st.DataObject) -> None:
        self.award(data.draw(st.sampled_from(sorted(self.model.words))))

    @rule(firm=firms)
    def award(self, firm: str) -> None:
        model = self.model
        everybody = not model.wide and model.part and "waiting" not in model.part.values()
        everybody = everybody and not self.outdated
        expected = (
            model.decided != "ended"
            and bool(everybody or not self.is_open)
            and (model.unsealed or not model.sealed)
            and firm in model.words
            and model.part[firm] != "awarded"
        )
        if self.attempt(expected, lambda: self.world.award(self.id, firm, also=True)):
            model.decided = "awarded"
            for each, state in model.part.items():
                if state == "submitted":
                    model.part[each] = "not_awarded"
            model.part[firm] = "awarded"
            model.drafts.clear()

    @precondition(lambda self: self.model.words)
    @rule()
    def end(self) -> None:
        act = self.world.decisions.end
        expected = not self.model.decided
        person = self.world.people[CALLER]
        if self.attempt(expected, lambda: act(person, self.id, EndReason.NOT_NEEDED)):
            self.model.decided = "ended"
            for each, state in self.model.part.items():
                if state == "submitted":
                    self.model.part[each] = "not_awarded"
            self.model.drafts.clear()

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.world.base.clock.forward(timedelta(days=days))
        self.world.decisions.work_due()

    # -- what always holds

    @invariant()
    def states_are_the_same(self) -> None:
        if hasattr(self, "model"):
            assert self.world.states(self.id) == self.model.part
            stored = self.world.base.repositories.calls.get(self.id).value
            assert stored.state == (self.model.decided or "open")

    @invariant()
    def who_calls_reads_what_was_submitted_and_nothing_else(self) -> None:
        if not hasattr(self, "model"):
            return
        model = self.model
        view = self.world.calls.show(self.world.people[CALLER], self.id)
        is_shown = model.unsealed or not model.sealed
        known = {
            f
            for f, state in model.part.items()
            if f in model.invited or (is_shown and state != "waiting")
        }
        assert {party.organization.id for party in view.parties} == known
        states = {party.organization.id: party.state for party in view.parties}
        assert states == {f: model.part[f] if is_shown else None for f in known}
        seen = to_json(view).decode()
        for words in model.words.values():
            assert (words in seen) is is_shown
        outdated = {each.organization.id for each in view.parties if each.outdated}
        assert outdated == (self.outdated if is_shown else set())
        assert view.brief.version == model.wording
        for words in model.drafts.values():
            assert words not in seen

    @invariant()
    def a_firm_reads_its_own_part_and_of_the_others_nothing(self) -> None:
        for firm in FIRMS if hasattr(self, "model") else ():
            person = self.world.people[firm]
            with pytest.raises(NotFound):
                self.world.calls.show(person, self.id)
            if not self.may_take_part(firm):
                with pytest.raises(NotFound):
                    self.world.answers.form(person, self.id, firm)
                continue
            seen = to_json(self.world.answers.form(person, self.id, firm)).decode()
            for other in set(FIRMS) - {firm}:
                assert other not in seen
                assert f"字样{other[-1]}" not in seen

    @invariant()
    def only_awards_lead_to_introductions_and_nothing_takes_a_slot(self) -> None:
        if not hasattr(self, "model"):
            return
        made = self.world.base.repositories.introductions.values("call", self.id)
        awarded = {firm for firm, state in self.model.part.items() if state == "awarded"}
        assert {each.candidate for each in made} == awarded
        assert list(self.world.base.repositories.slots.values("busy", "yes")) == []


@pytest.mark.slow
def test_random_actions_agree_with_the_model(store: Store, tmp_path_factory) -> None:
    run_on(store, CallMachine, tmp_path_factory, examples=(15, 2), steps=(20, 12))
