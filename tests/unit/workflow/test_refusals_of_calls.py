"""What calls and answers refuse, in which words, and where; what a change leaves as it was."""

from __future__ import annotations

import datetime as d
from collections.abc import Callable
from dataclasses import replace

import pytest

from matchmaker.domain import GoalName, Need, Offer, OfferKind, Stage, Terms, Tier
from matchmaker.errors import MatchmakerError
from matchmaker.workflow import call as calls
from matchmaker.workflow import call_answer as answers
from matchmaker.workflow.call_answer import AnswerState, Bid, CallAnswer, InvitedBy, Met
from matchmaker.workflow.posting import PostingState, adopted
from matchmaker.workflow.second_factor import SecondFactor, new_secret, recovery_digest

NOW = d.datetime(2026, 3, 1, 8, tzinfo=d.UTC)
TODAY = NOW.date()
LAST = d.date(2026, 3, 10)
AFTER = d.date(2026, 3, 11)


def call(**fields):
    given = {
        "organization": "t:a", "title": "Seals", "text": "500 seals", "goal": GoalName.SUPPLIER,
        "deadline": LAST, "id": "c", "opened_by": "account:1", "created": NOW,
    } | fields  # fmt: skip
    return calls.Call(**given)


def part(**fields):
    given = {
        "id": "c t:b", "call": "c", "organization": "t:b", "invited_by": next(iter(InvitedBy)),
        "created": NOW,
    } | fields  # fmt: skip
    return CallAnswer(**given)


STEEL = calls.CallRequirement("steel", "material", "stainless steel")
ENDED = calls.end(call(), calls.EndReason.NOT_NEEDED, "", NOW)
OPENED = replace(call(sealed=True), unsealed=NOW)
BID = Bid(price=3.0, currency="CNY")
AWARDED = part(state=AnswerState.AWARDED, bid=BID)
GIVEN = part(state=AnswerState.SUBMITTED, bid=BID, submitted=NOW)
LATER = NOW + d.timedelta(days=20)
HALF = calls.CallCorrection(NOW, "Half as many")


def member(number, role=calls.CallRole.READER):
    return calls.TeamMember(f"account:{number}", role)


REFUSED: dict[str, tuple[Callable[[], object], str, str, str]] = {
    "title": (lambda: call(title=" "), "InvalidInput", "title", "must not be empty"),
    "text": (lambda: call(text="\n"), "InvalidInput", "text", "must not be empty"),
    "needs": (
        lambda: call(needs=tuple(map(str, range(calls.MAX_NEEDS + 1)))),
        "InvalidInput", "needs", f"has more than {calls.MAX_NEEDS}",
    ),
    "deadline passed": (
        lambda: calls.check_deadline(TODAY - d.timedelta(1), TODAY),
        "InvalidInput", "deadline", f"at most {calls.LONGEST.days} days ahead",
    ),
    "deadline far": (
        lambda: calls.check_deadline(TODAY + calls.LONGEST + d.timedelta(1), TODAY),
        "InvalidInput", "deadline", "must be a day from today on",
    ),
    "over": (
        lambda: calls.require_open(call(), AFTER),
        "WrongState", "", "takes no answers any more. Ask the caller to prolong it",
    ),
    "decided": (
        lambda: calls.require_undecided(ENDED), "WrongState", "", "The call is decided already",
    ),
    "reader decides": (
        lambda: calls.require_decider(calls.CallRole.READER),
        "NotAllowed", "", "not decide on it. Ask who decides to give you that part",
    ),
    "sealed": (
        lambda: calls.require_unsealed(call(sealed=True)),
        "WrongState", "", "The answers are sealed. Open them once the deadline has passed",
    ),
    "unseal plain": (
        lambda: calls.unseal(call(), AFTER, NOW),
        "WrongState", "", "The answers of this call are not sealed",
    ),
    "unseal early": (
        lambda: calls.unseal(call(sealed=True), LAST, NOW),
        "WrongState", "", "until the end of 2026-03-10. Open them once the deadline has passed",
    ),
    "correct without a word": (
        lambda: calls.correct(call(), replace(HALF, summary=" "), "250 seals", (), None, TODAY),
        "InvalidInput", "summary", "must not be empty",
    ),
    "correct nothing": (
        lambda: calls.correct(call(), HALF, "500 seals", (), LAST, TODAY),
        "InvalidInput", "text", "is as it was",
    ),
    "correct too often": (
        lambda: calls.correct(
            call(corrections=(HALF,) * calls.MAX_CORRECTIONS), HALF, "250 seals", (), None, TODAY
        ),
        "WrongState", "", "Enough was corrected here. End it, and open a new call",
    ),
    "correct late": (
        lambda: calls.correct(call(), HALF, "250 seals", (), None, AFTER),
        "WrongState", "", "takes no answers any more",
    ),
    "prolong opened": (
        lambda: calls.prolong(OPENED, AFTER, TODAY),
        "WrongState", "", "nobody could answer unseen any more",
    ),
    "prolong not": (
        lambda: calls.prolong(call(), LAST, TODAY),
        "InvalidInput", "deadline", "must be later than 2026-03-10, as others rely on it",
    ),
    "team large": (
        lambda: calls.with_team(call(), map(member, range(calls.MAX_TEAM + 1))),
        "InvalidInput", "team", f"has more than {calls.MAX_TEAM}",
    ),
    "team twice": (
        lambda: calls.with_team(call(), [member(1), member(2), member(1)]),
        "InvalidInput", "team", "names a person twice",
    ),
    "price below nought": (
        lambda: Bid(price=-0.5, currency="CNY"),
        "InvalidInput", "price", "must be a figure from nought on",
    ),
    "capacity below nought": (
        lambda: Bid(capacity=-1), "InvalidInput", "capacity", "must be a figure from nought on",
    ),
    "quantity beyond": (
        lambda: Bid(minimum_quantity=answers.MAX_FIGURE * 2),
        "InvalidInput", "minimum_quantity", "must be a figure from nought on",
    ),
    "days": (
        lambda: Bid(lead_time_days=answers.MAX_DAYS + 1),
        "InvalidInput", "lead_time_days", f"must be from 0 to {answers.MAX_DAYS}",
    ),
    "days below nought": (
        lambda: Bid(lead_time_days=-1), "InvalidInput", "lead_time_days", "must be from 0",
    ),
    "no currency": (
        lambda: Bid(price=0.0), "InvalidInput", "currency", "must name the currency of the price",
    ),
    "not stated": (
        lambda: answers.submit(call(asked=(calls.BidField.LEAD_TIME,)), part(), BID, NOW),
        "InvalidInput", "lead_time_days", "must be stated: the call asks for it",
    ),
    "no longer valid": (
        lambda: answers.submit(
            call(), part(), replace(BID, valid_until=TODAY - d.timedelta(1)), NOW
        ),
        "InvalidInput", "valid_until", "is in the past",
    ),
    "requirement twice": (
        lambda: answers.save_draft(
            call(requirements=(STEEL,)), part(),
            replace(BID, met=((STEEL.key, next(iter(Met))),) * 2), TODAY,
        ),
        "InvalidInput", "met", "names a requirement twice",
    ),
    "requirement unknown": (
        lambda: answers.save_draft(
            call(requirements=(STEEL,)), part(),
            replace(BID, met=(("x" * 200, next(iter(Met))),)), TODAY,
        ),
        "InvalidInput", "met", f"'{'x' * 100}' is not asked in this call",
    ),
    "award ended": (
        lambda: answers.award(ENDED, [], ["t:b"], {}, NOW),
        "WrongState", "", "The call is decided already",
    ),
    "award again": (
        lambda: answers.award(replace(call(), state=calls.CallState.AWARDED), [], ["t:b"], {}, NOW),
        "WrongState", "", "is awarded already. Look at the award, and say so where others are",
    ),
    "award sealed": (
        lambda: answers.award(call(sealed=True), [GIVEN], ["t:b"], {}, LATER),
        "WrongState", "", "The answers are sealed",
    ),
    "award early": (
        lambda: answers.award(call(cluster_wide=True), [GIVEN], ["t:b"], {}, NOW),
        "WrongState", "",
        "Others may still answer until 2026-03-10. Decide once the deadline has passed, or",
    ),
    "award nobody": (
        lambda: answers.award(call(), [GIVEN], [], {}, LATER),
        "InvalidInput", "winners", "must name at least one",
    ),
    "award who gave none": (
        lambda: answers.award(call(), [GIVEN, part(organization="t:c")], ["t:c"], {}, LATER),
        "InvalidInput", "winners", "'t:c' has submitted no answer",
    ),
    "award the same": (
        lambda: answers.award(
            replace(call(), state=calls.CallState.AWARDED), [AWARDED], ["t:b"], {}, LATER, also=True
        ),
        "WrongState", "", "It is awarded to them already",
    ),
    "shortlist sealed": (
        lambda: answers.shortlist(call(sealed=True), [GIVEN], ["t:b"]),
        "WrongState", "", "The answers are sealed",
    ),
    "shortlist who gave none": (
        lambda: answers.shortlist(call(), [GIVEN], ["t:z"]),
        "InvalidInput", "shortlist", "'t:z' has submitted no answer",
    ),
    "taken back too late": (
        lambda: answers.withdraw(call(), AWARDED),
        "WrongState", "", "It was awarded; answer the introduction that it led to. Decline",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_call_refuses_is_told_with_where_and_what_to_do(name: str) -> None:
    attempt, kind, where, words = REFUSED[name]
    with pytest.raises(MatchmakerError) as refused:
        attempt()
    error = refused.value
    assert (type(error).__name__, error.where) == (kind, where)
    assert words in error.text("en")
    assert "XX" not in error.text("en")


def test_what_is_at_the_limit_is_taken():
    assert call(needs=tuple(map(str, range(calls.MAX_NEEDS))))
    calls.check_deadline(TODAY, TODAY)
    calls.check_deadline(TODAY + calls.LONGEST, TODAY)
    calls.require_open(call(), LAST)
    assert len(calls.with_team(call(), map(member, range(calls.MAX_TEAM))).team) == calls.MAX_TEAM
    Bid(price=0.0, currency="CNY", minimum_quantity=answers.MAX_FIGURE, lead_time_days=0)
    Bid(lead_time_days=answers.MAX_DAYS)
    valid = replace(BID, valid_until=TODAY)
    assert answers.submit(call(), part(), valid, NOW).bid == valid


def test_a_longer_deadline_begins_reminders_anew_and_changes_nothing_else():
    before = call(reminded=(3, 1), told_over=True, team=(member(1),))
    after = calls.prolong(before, AFTER, TODAY)
    assert after == replace(before, deadline=AFTER, reminded=(), told_over=False)


def test_a_correction_notes_what_stood_there_before():
    reworded = calls.correct(call(), HALF, "250 seals", (STEEL,), None, TODAY)
    noted = replace(HALF, text_before="500 seals")
    assert reworded == replace(
        call(), text="250 seals", requirements=(STEEL,), corrections=(noted,)
    )
    both = calls.correct(reworded, HALF, "250 seals", (), AFTER, TODAY)
    assert both.corrections == (noted, replace(HALF, deadline_before=LAST))
    assert (both.deadline, both.requirements, both.version) == (AFTER, (STEEL,), 3)


def test_answers_are_opened_once_and_stay_open():
    opened = calls.unseal(call(sealed=True), AFTER, NOW)
    assert opened == replace(call(sealed=True), unsealed=NOW)
    assert calls.unseal(opened, AFTER, NOW + d.timedelta(1)) is opened


def test_submitting_after_declining_leaves_nothing_of_the_refusal():
    declined = answers.decline(
        call(), part(draft=BID), next(iter(answers.DeclineReason)), "No time", TODAY
    )
    assert (declined.state, declined.draft, declined.bid) == (AnswerState.DECLINED, None, None)
    assert declined.decline_text == "No time"
    submitted = answers.submit(call(corrections=(HALF,)), declined, BID, NOW)
    assert submitted == replace(
        part(), state=AnswerState.SUBMITTED, bid=BID, submitted=NOW, version=2
    )
    assert answers.submit(call(corrections=(HALF,)), submitted, BID, NOW) is submitted


def test_an_award_changes_those_whom_it_concerns_and_nobody_else():
    thanked = answers.Thanks(answers.ThanksReason.DEARER, "Next time")
    third, fourth, fifth = (
        replace(GIVEN, organization="t:c", id="c t:c"),
        replace(GIVEN, organization="t:d", id="c t:d"),
        part(organization="t:e", draft=BID),
    )
    silent = part(organization="t:f")
    awarded, changed = answers.award(
        call(), [GIVEN, third, fourth, fifth, silent], ["t:b"], {"t:c": thanked}, LATER
    )
    assert awarded == replace(call(), state=calls.CallState.AWARDED, decided=LATER)
    assert changed == (
        replace(GIVEN, state=AnswerState.AWARDED),
        replace(third, state=AnswerState.NOT_AWARDED, thanks=thanked),
        replace(fourth, state=AnswerState.NOT_AWARDED, thanks=answers.Thanks()),
        replace(fifth, draft=None),
    )
    more, second = answers.award(awarded, list(changed), ["t:b", "t:c"], {}, LATER, also=True)
    assert more.state is calls.CallState.AWARDED
    assert second == (replace(third, state=AnswerState.AWARDED, thanks=None),)


def test_an_end_without_an_award_tells_who_answered_and_drops_drafts():
    drafted = part(organization="t:e", draft=BID)
    assert answers.not_awarded([replace(GIVEN, draft=BID), drafted, part()]) == (
        replace(GIVEN, state=AnswerState.NOT_AWARDED),
        replace(drafted, draft=None),
    )


def test_a_shortlist_stands_in_the_order_of_the_answers():
    third = replace(GIVEN, organization="t:c")
    chosen = answers.shortlist(call(), [GIVEN, third], {"t:c", "t:b"})
    assert chosen == replace(call(), shortlist=("t:b", "t:c"))


def test_taking_an_answer_back_leaves_nothing_that_it_said():
    answer = part(state=AnswerState.SUBMITTED, bid=BID, draft=BID, submitted=NOW)
    assert answers.withdraw(call(), answer) == part(state=AnswerState.WITHDRAWN)
    lost = replace(answer, state=AnswerState.NOT_AWARDED)
    assert answers.withdraw(ENDED, lost) == replace(lost, bid=None, draft=None)
    assert answers.withdraw(call(), part(draft=BID)) == part()


def test_a_need_that_was_imported_becomes_a_draft_that_says_the_same():
    need = Need(
        "t:need", "t:a", GoalName.SUPPLIER, "500 seals", "en", quantity="500", budget=9.5,
        currency="CNY", deadline=LAST, stages=(next(iter(Stage)),),
    )  # fmt: skip
    draft = adopted(need, "p", NOW)
    assert (draft.id, draft.author, draft.created, draft.imported) == ("p", "", NOW, "t:need")
    assert (draft.organization, draft.text, draft.goal) == ("t:a", "500 seals", GoalName.SUPPLIER)
    assert (draft.language, draft.quantity, draft.budget, draft.currency) == (
        "en", "500", 9.5, "CNY",
    )  # fmt: skip
    assert (draft.deadline, draft.stages) == (LAST, need.stages)
    assert (draft.state, draft.offer_kind) == (PostingState.DRAFT, None)


def test_an_offer_that_was_imported_becomes_a_draft_that_says_the_same():
    offer = Offer(
        "t:offer", "t:a", OfferKind.PROGRAMME, "Grants for firms", "en", terms=Terms.FREE, slots=4,
        stages=(next(iter(Stage)),), for_tiers=(next(iter(Tier)),), deadline=LAST,
    )  # fmt: skip
    draft = adopted(offer, "p", NOW)
    assert (draft.id, draft.author, draft.created, draft.imported) == ("p", "", NOW, "t:offer")
    assert (draft.organization, draft.text, draft.goal) == ("t:a", "Grants for firms", None)
    assert (draft.offer_kind, draft.language) == (OfferKind.PROGRAMME, "en")
    assert (draft.terms, draft.slots, draft.stages) == (Terms.FREE, 4, offer.stages)
    assert (draft.for_tiers, draft.deadline) == (offer.for_tiers, LAST)


def test_what_is_no_text_at_all_is_a_wrong_code_and_no_fault():
    assert SecondFactor("", NOW).after_code(new_secret(), "\ud800", NOW) is None
    assert len(recovery_digest("\ud800")) == 64
