"""Turns of who waits for background work."""

from datetime import UTC, datetime, timedelta

from matchmaker.messages import Message
from matchmaker.services.operations.job_turns import JobTurns
from matchmaker.workflow.job import Job, JobKind

BEGUN = datetime(2026, 11, 30, tzinfo=UTC)


def job(id, by, second=0, kind=JobKind.CHECK, **more):
    return Job(id, kind, by, BEGUN + timedelta(seconds=second), **more)


def test_whoever_sends_ten_files_keeps_others_waiting_for_one_of_them():
    """Ten lists of one account, three minutes each, kept every other list waiting for half an
    hour."""
    waiting = [job(f"a{n}", "account:a", n) for n in range(10)]
    waiting += [job("b0", "account:b", 20), job("c0", "account:c", 21), job("b1", "account:b", 22)]
    turns, order = JobTurns(), []
    for sent in list(waiting):
        order.append(turns.next_of(waiting, sent))
        waiting = [each for each in waiting if each.id != order[-1]]
    assert order[:6] == ["a0", "b0", "c0", "a1", "b1", "a2"]
    assert len(set(order)) == 13


def test_what_waits_for_a_store_is_begun_only_when_it_is_sent_itself():
    waits = job("a0", "account:a", result=Message("It waits."))
    other = job("b0", "account:b", 5)
    assert JobTurns().next_of([waits, other], other) == "b0"
    assert JobTurns().next_of([waits], waits) == "a0"


def test_kinds_of_work_have_turns_of_their_own():
    check, undo = job("a0", "account:a"), job("b0", "account:b", kind=JobKind.UNDO)
    assert JobTurns().next_of([check, undo], undo) == "b0"
