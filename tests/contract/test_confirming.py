"""Who confirms an outcome confirms the one that was read, on both stores."""

import pytest

from matchmaker.domain import GoalName
from matchmaker.errors import ChangedMeanwhile, InvalidInput
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, AmountBand, OutcomeKind
from tests.contract.cooperation import cooperation_on

ASKING, ASKED = "t:f0", "t:f1"


def test_an_outcome_that_was_reported_anew_is_not_confirmed_unread(store: Store) -> None:
    base = cooperation_on(store)
    asking, asked = (base.person(firm).principal() for firm in (ASKING, ASKED))
    act = base.introductions.act
    id = base.introductions.propose(asking, Proposal(GoalName.SUPPLIER, ASKING, ASKED)).id
    act(asked, id, Transition(Action.ACCEPT))
    act(asking, id, Transition(Action.REPORT, outcome=Outcome(OutcomeKind.EXCHANGE)))
    read = base.introductions.show(asked, id)
    large = Outcome(OutcomeKind.CONTRACT, AmountBand.OVER_10M, True, 500, "三年框架")
    act(asking, id, Transition(Action.REPORT, outcome=large))

    with pytest.raises(ChangedMeanwhile) as refused:
        act(asked, id, Transition(Action.CONFIRM, version=read.version))
    for language, words in (("en", ("500 jobs", "new product")), ("zh", ("500 个岗位", "新产品"))):
        told = refused.value.text(language)
        assert all(word in told for word in (*words, "三年框架")), told
    with pytest.raises(InvalidInput):
        act(asked, id, Transition(Action.CONFIRM))
    assert base.introductions.show(asked, id).state == "accepted"

    now = base.introductions.show(asked, id)
    confirmed = Transition(Action.CONFIRM, version=now.version)
    assert act(asked, id, confirmed).state == "completed"
    assert act(asked, id, confirmed).outcome == large  # sent again, it is the same


def test_an_outcome_is_confirmed_by_naming_it_whole(store: Store) -> None:
    base = cooperation_on(store)
    asking, asked = (base.person(firm).principal() for firm in (ASKING, ASKED))
    act = base.introductions.act
    id = base.introductions.propose(asking, Proposal(GoalName.SUPPLIER, ASKING, ASKED)).id
    act(asked, id, Transition(Action.ACCEPT))
    reported = Outcome(OutcomeKind.CONTRACT, AmountBand.OVER_10M, jobs=500, note="三年框架")
    act(asking, id, Transition(Action.REPORT, outcome=reported))

    for named in (
        Outcome(OutcomeKind.CONTRACT),
        Outcome(OutcomeKind.CONTRACT, AmountBand.OVER_10M, jobs=5),
        Outcome(OutcomeKind.CONTRACT, AmountBand.OVER_10M, jobs=500, note="一年"),
    ):
        with pytest.raises(ChangedMeanwhile):
            act(asked, id, Transition(Action.CONFIRM, outcome=named))
    named = Outcome(OutcomeKind.CONTRACT, AmountBand.OVER_10M, jobs=500)
    assert act(asked, id, Transition(Action.CONFIRM, outcome=named)).state == "completed"


def test_who_confirms_again_something_else_than_stands_is_told_so(store: Store) -> None:
    base = cooperation_on(store)
    asking, asked = (base.person(firm).principal() for firm in (ASKING, ASKED))
    act, show = base.introductions.act, base.introductions.show
    id = base.introductions.propose(asking, Proposal(GoalName.SUPPLIER, ASKING, ASKED)).id
    act(asked, id, Transition(Action.ACCEPT))
    act(asking, id, Transition(Action.REPORT, outcome=Outcome(OutcomeKind.EXCHANGE)))
    before = show(asked, id).version
    stands = Outcome(OutcomeKind.CONTRACT, AmountBand.OVER_10M, jobs=5)
    act(asking, id, Transition(Action.REPORT, outcome=stands))
    read = show(asked, id).version
    assert act(asked, id, Transition(Action.CONFIRM, version=read)).state == "completed"
    base.conversations.write(asking, id, "谢谢")

    other = Outcome(OutcomeKind.EXCHANGE, jobs=99)
    for again in (
        Transition(Action.CONFIRM, outcome=other),
        Transition(Action.CONFIRM, outcome=other, version=read),
    ):
        with pytest.raises(ChangedMeanwhile) as refused:
            act(asked, id, again)
        for language, words in (
            ("en", ("Another outcome was confirmed", "5 jobs")),
            ("zh", ("已确认的成果与此不同", "5 个岗位")),
        ):
            told = refused.value.text(language)
            assert all(word in told for word in words), told
    # Of a version alone nobody can tell what was read in it: not that it was another outcome.
    for version in (before, show(asked, id).version + 1):
        with pytest.raises(ChangedMeanwhile) as refused:
            act(asked, id, Transition(Action.CONFIRM, version=version))
        for language, words in (
            ("en", ("You read another version", "5 jobs")),
            ("zh", ("您读到的是另一版本", "5 个岗位")),
        ):
            told = refused.value.text(language)
            assert all(word in told for word in words), told
    now = show(asked, id).version
    for same in (
        Transition(Action.CONFIRM, version=read),
        Transition(Action.CONFIRM, version=now),
        Transition(Action.CONFIRM, outcome=stands),
        Transition(Action.CONFIRM, outcome=stands, version=before),
        Transition(Action.CONFIRM, outcome=stands, version=now),
    ):
        assert act(asked, id, same).outcome == stands
    assert show(asked, id).version == now


def test_no_money_is_no_word_in_what_is_told_of_an_outcome(store: Store) -> None:
    base = cooperation_on(store)
    asking, asked = (base.person(firm).principal() for firm in (ASKING, ASKED))
    act = base.introductions.act
    id = base.introductions.propose(asking, Proposal(GoalName.SUPPLIER, ASKING, ASKED)).id
    act(asked, id, Transition(Action.ACCEPT))
    act(asking, id, Transition(Action.REPORT, outcome=Outcome(OutcomeKind.EXCHANGE, jobs=3)))
    with pytest.raises(ChangedMeanwhile) as refused:
        act(asked, id, Transition(Action.CONFIRM, outcome=Outcome(OutcomeKind.CONTRACT)))
    assert "exchange, 3 jobs" in refused.value.text("en")
