"""Lanes: what is light is not behind what is heavy, and no queue is longer than it may be."""

import itertools
import threading
import time

import pytest

from matchmaker.serving.lanes import Lane, LaneName, LaneSize, Occupancy, Pause, lane_of, lanes
from matchmaker.serving.turns import Caller


class Waiter:
    """A request that takes until it may end."""

    def __init__(self, may_end):
        self.may_end, self.served, self.cancelled = may_end, threading.Event(), False

    def service(self):
        self.served.set()
        self.may_end.wait(10)

    def cancel(self):
        self.cancelled = True


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        ("GET", "/livez", LaneName.PROBE),
        ("GET", "/readyz", LaneName.LIGHT),
        ("GET", "/api/v1/organizations/cn:a/b", LaneName.LIGHT),
        ("POST", "/api/v1/recommendations", LaneName.HEAVY),
        ("GET", "/api/v1/organizations/cn:a/b/recommendations", LaneName.HEAVY),
        ("GET", "/api/v1/clusters/c:1/audit", LaneName.HEAVY),
        ("GET", "/api/v1/clusters/c:1", LaneName.LIGHT),
        ("POST", "/api/v1/imports", LaneName.FILES),
        ("GET", "/api/v1/imports/a/problems", LaneName.FILES),
        ("POST", "/admin/import", LaneName.FILES),
        ("GET", "/postings/list", LaneName.FILES),
        ("POST", "/clusters/c:1/import", LaneName.FILES),
        ("GET", "/own_lists/a", LaneName.FILES),  # 2,000 lines, and approved all are written
        ("POST", "/own_lists/a", LaneName.FILES),
        ("DELETE", "/api/v1/imports/a", LaneName.LIGHT),
        ("POST", "/imports/a/cancel", LaneName.LIGHT),
        ("GET", "/find", LaneName.HEAVY),
        ("GET", "/sign-in", LaneName.LIGHT),
        ("POST", "/sign-in", LaneName.HEAVY),
        ("GET", "/static/style.css", LaneName.LIGHT),
        ("GET", "/auth/oidc", LaneName.OUTWARD),
        ("HEAD", "/auth/oidc", LaneName.OUTWARD),
        ("GET", "/admin", LaneName.OUTWARD),
        ("GET", "/admin/accounts", LaneName.LIGHT),
        ("POST", "/organizations/cn:91330000/invitation", LaneName.OUTWARD),
        ("POST", "/api/v1/invitations", LaneName.OUTWARD),
        ("POST", "/api/v1/invitations/look", LaneName.LIGHT),
        ("GET", "/clusters/c:1/members", LaneName.HEAVY),
        ("POST", "/clusters/c:1/members", LaneName.OUTWARD),
        ("GET", "/", LaneName.HEAVY),
        ("GET", "/needs", LaneName.HEAVY),
        ("GET", "/needs/post:1", LaneName.HEAVY),
        ("GET", "/introductions", LaneName.LIGHT),
        ("GET", "/welcome", LaneName.HEAVY),  # the first matches
        ("POST", "/welcome", LaneName.HEAVY),  # a need is posted
        ("POST", "/searches", LaneName.HEAVY),  # whom it finds now
        ("POST", "/searches/a", LaneName.HEAVY),  # alerts begun: the same
        ("GET", "/searches/a", LaneName.LIGHT),
        ("GET", "/calls", LaneName.LIGHT),
        ("GET", "/calls/a", LaneName.HEAVY),  # whom to invite is ranked
        ("POST", "/calls/new", LaneName.HEAVY),  # its text is read
        ("POST", "/api/v1/calls", LaneName.HEAVY),
        ("GET", "/api/v1/calls", LaneName.LIGHT),
        ("GET", "/api/v1/calls/a", LaneName.LIGHT),
        ("GET", "/api/v1/calls/a/suggestions", LaneName.HEAVY),
        ("POST", "/api/v1/calls/a/corrections", LaneName.HEAVY),
        ("GET", "/calls/a/answers.xlsx", LaneName.FILES),
        ("GET", "/surveys/a/codes", LaneName.FILES),  # a code for each of 2,000 members
        ("GET", "/introductions/a1", LaneName.HEAVY),
        ("POST", "/introductions/a1", LaneName.LIGHT),
        ("GET", "/postings", LaneName.LIGHT),
        ("GET", "/postings/a1", LaneName.HEAVY),
        ("GET", "/api/v1/postings/a1", LaneName.LIGHT),
        ("POST", "/api/v1/postings", LaneName.HEAVY),
        ("PATCH", "/api/v1/postings/a1", LaneName.HEAVY),
        ("POST", "/profile/reach", LaneName.HEAVY),
        ("GET", "/search", LaneName.HEAVY),
        ("PUT", "/api/v1/surveys/a1/answer", LaneName.HEAVY),
        ("POST", "/api/v1/survey-answers", LaneName.HEAVY),
        ("POST", "/survey", LaneName.HEAVY),
        ("GET", "/surveys/a1", LaneName.HEAVY),  # what all members answered is counted
        ("POST", "/surveys/a1", LaneName.HEAVY),
        ("GET", "/api/v1/surveys/a1", LaneName.HEAVY),
        ("GET", "/api/v1/surveys/a1/ties", LaneName.HEAVY),
        ("POST", "/api/v1/surveys/a1/close", LaneName.HEAVY),
        ("POST", "/api/v1/clusters/c:1/surveys", LaneName.HEAVY),  # all members are told
        ("GET", "/api/v1/clusters/c:1/surveys", LaneName.LIGHT),
        ("POST", "/api/v1/survey-links", LaneName.LIGHT),
        ("GET", "/api/v1/account/export", LaneName.FILES),
        ("GET", "/api/v1/organizations/cn:a/b/export", LaneName.FILES),
        ("GET", "/api/v1/organizations/cn:a/b/offers/export", LaneName.FILES),
        ("GET", "/find/export", LaneName.FILES),
        ("GET", "/clusters/c:1/report.pdf", LaneName.FILES),
        ("GET", "/api/openapi.json", LaneName.HEAVY),
        ("GET", "/reset", LaneName.LIGHT),
        ("POST", "/reset", LaneName.HEAVY),
        ("GET", "/api/v1/account/keys", LaneName.LIGHT),
        ("POST", "/api/v1/account/keys", LaneName.HEAVY),
        ("POST", "/api/v1/account/sessions/a1/end", LaneName.HEAVY),
    ],
)
def test_requests_go_where_others_cost_as_much(method, path, lane):
    assert lane_of(method, path) is lane


@pytest.mark.parametrize(
    ("query", "lane"),
    [
        ("", LaneName.LIGHT),
        ("goal=supplier&as=others", LaneName.LIGHT),
        ("goal=supplier&text=", LaneName.LIGHT),
        ("goal=supplier&text=valves", LaneName.HEAVY),
        ("goal=supplier&question=4a406753ad8d9525b9a3f147d2fe625298d9613d", LaneName.HEAVY),
        ("t%65xt=valves", LaneName.HEAVY),
        ("&" * 300, LaneName.HEAVY),  # nobody reads what is long to see that it says nothing
    ],
)
def test_a_page_that_judges_by_words_is_heavy_where_some_were_asked(query, lane):
    """20,000 characters take a second: thirty such pages kept all others waiting for fifty."""
    assert lane_of("GET", "/organizations/cn:a/b", query) is lane


def test_a_full_lane_takes_nobody_and_a_free_one_does():
    may_end, occupancy = threading.Event(), Occupancy()
    lane = Lane(LaneName.HEAVY, LaneSize(1, 3, 3, 10), lambda task: None, occupancy, 1)
    waiters = [Waiter(may_end) for _ in range(4)]
    assert [lane.add(waiter) for waiter in waiters] == [True, True, True, False]
    may_end.set()
    assert all(waiter.served.wait(5) for waiter in waiters[:3])
    until = time.monotonic() + 5
    while not lane.is_idle and time.monotonic() < until:
        time.sleep(0.01)
    assert occupancy.total(LaneName.HEAVY) == 0
    assert lane.add(waiters[3])
    lane.stop()


def test_what_other_processes_do_counts_until_they_are_gone():
    occupancy = Occupancy()
    occupancy.change(LaneName.HEAVY, 2, 5)  # another process
    lane = Lane(LaneName.HEAVY, LaneSize(1, 5, 5, 10), lambda task: None, occupancy, 1)
    waiter = Waiter(threading.Event())
    assert not lane.add(waiter)
    occupancy.clear(2)
    assert lane.add(waiter)
    lane.stop()


@pytest.mark.parametrize("count", [3, 4])
def test_in_a_crowd_who_has_waited_too_long_is_refused_and_else_nobody(count):
    """Three places are assured: one more than that, and those who wait are told."""
    may_end, refused = threading.Event(), []
    lane = Lane(LaneName.HEAVY, LaneSize(1, 5, 3, 0.0), refused.append, Occupancy(), 1)
    waiters = [Waiter(may_end) for _ in range(count)]
    assert lane.add(waiters[0])
    assert waiters[0].served.wait(5)
    assert all(lane.add(waiter) for waiter in waiters[1:])
    time.sleep(0.01)
    lane.refuse_overdue()
    # Those in the queue when the crowd came; the last came after it was noted.
    assert refused == (waiters[1:-1] if count == 4 else [])
    may_end.set()
    assert waiters[-1].served.wait(5)
    lane.stop()


def test_who_would_wait_too_long_is_refused_at_once():
    may_end, occupancy = threading.Event(), Occupancy()
    lane = Lane(LaneName.HEAVY, LaneSize(1, 50, 2, 0.5), lambda task: None, occupancy, 1)
    first = Waiter(may_end)
    assert lane.add(first)
    assert first.served.wait(5)
    time.sleep(0.6)  # what one takes
    may_end.set()
    until = time.monotonic() + 5
    while not lane.is_idle and time.monotonic() < until:
        time.sleep(0.01)
    may_end.clear()
    taken = [lane.add(Waiter(may_end)) for _ in range(10)]
    assert taken[:2] == [True, True]
    assert not all(taken)
    may_end.set()
    lane.stop()


def test_computing_waits_for_a_crowd_to_be_read_and_for_half_of_the_time_at_most():
    """Ten seconds in which many come without end, on a clock of its own."""
    now, waited = [0.0], [0.0]

    def sleep(seconds):
        now[0] += seconds
        waited[0] += seconds

    pause = Pause(lambda: now[0], sleep)
    while now[0] < 10:
        pause.extend()
        pause.wait()
        now[0] += 0.001
    assert 4 < waited[0] < 5.5


class Timed:
    """A request that notes when it began and when it ended."""

    def __init__(self, seconds):
        self.seconds, self.ended = seconds, threading.Event()

    def service(self):
        self.begun_at = time.monotonic()
        time.sleep(self.seconds)
        self.ended_at = time.monotonic()
        self.ended.set()

    def cancel(self):
        pass


def served_side_by_side(seconds, alone):
    """Requests that take so long each, served by two threads of one lane."""
    lane = Lane(
        LaneName.HEAVY, LaneSize(2, 50, 50, 10, alone=alone), lambda task: None, Occupancy(), 1
    )
    tasks = [Timed(each) for each in seconds]
    callers = (Caller("192.0.2.1", str(number)) for number in range(len(tasks)))
    assert all(map(lane.add, tasks, callers))
    assert all(task.ended.wait(10) for task in tasks)
    lane.stop()
    return tasks


def test_what_is_soon_done_is_done_one_after_another():
    tasks = served_side_by_side([0.02] * 6, alone=1.0)
    for first, second in itertools.pairwise(sorted(tasks, key=lambda task: task.begun_at)):
        assert first.ended_at <= second.begun_at


def test_what_takes_long_keeps_nobody_waiting_for_longer_than_it_may():
    long, *short = served_side_by_side([1.5, 0.01, 0.01], alone=0.1)
    for task in short:
        assert task.begun_at >= long.begun_at + 0.1
        assert task.ended_at < long.ended_at


def test_the_last_free_thread_is_not_for_who_has_many_waiting():
    """Of two threads one is free for the next who comes, whatever somebody else has sent."""
    may_end = threading.Event()
    lane = Lane(LaneName.HEAVY, LaneSize(2, 50, 50, 10), lambda task: None, Occupancy(), 1)
    of_one = [Waiter(may_end) for _ in range(20)]
    assert all(lane.add(waiter, Caller("192.0.2.1", "a")) for waiter in of_one)
    begun = [waiter.served.wait(0.2) for waiter in of_one[:3]]
    other = Waiter(may_end)
    assert lane.add(other, Caller("192.0.2.1", "b"))
    assert other.served.wait(5) or begun == [True, True, False]
    may_end.set()
    assert all(waiter.served.wait(5) for waiter in of_one)
    lane.stop()


def test_in_a_crowd_who_sent_many_is_refused_before_who_sent_nothing_yet():
    may_end = threading.Event()
    lane = Lane(LaneName.HEAVY, LaneSize(1, 30, 10, 10), lambda task: None, Occupancy(), 1)
    many = [lane.add(Waiter(may_end), Caller("192.0.2.1", "a")) for _ in range(40)]
    assert many == [True] * 20 + [False] * 20
    assert lane.add(Waiter(may_end), Caller("192.0.2.2", "b"))
    may_end.set()
    lane.stop()


def test_in_a_crowd_of_one_nobody_else_is_refused_for_having_to_wait():
    """Half of what others asked was refused while one sent 220 at once."""
    may_end, refused = threading.Event(), []
    lane = Lane(LaneName.HEAVY, LaneSize(1, 60, 20, 0.0), refused.append, Occupancy(), 1)
    many = [Waiter(may_end) for _ in range(20)]
    assert all(lane.add(waiter, Caller("192.0.2.1", "a")) for waiter in many)
    few = [Waiter(may_end) for _ in range(3)]
    assert all(lane.add(waiter, Caller("192.0.2.2", "b")) for waiter in few)
    lane.is_full_for(Caller("192.0.2.1", "a"))  # the crowd goes on
    time.sleep(0.01)
    lane.refuse_overdue()
    assert refused
    assert not {*refused} & {*few}
    may_end.set()
    assert all(waiter.served.wait(5) for waiter in few)
    lane.stop()


def test_in_a_crowd_of_all_who_has_nine_waiting_keeps_nobody_from_being_refused():
    """While one had nine waiting, a crowd of others was not refused for waiting, but waited."""
    may_end, refused = threading.Event(), []
    lane = Lane(LaneName.HEAVY, LaneSize(1, 200, 20, 0.0), refused.append, Occupancy(), 1)
    callers = [Caller("192.0.2.1", "a")] * 12 + [Caller(f"192.0.2.{n}") for n in range(2, 62)]
    waiting = [Waiter(may_end) for _ in callers]
    assert all(map(lane.add, waiting, callers))
    lane.is_full_for(Caller("192.0.2.99"))  # the crowd goes on
    time.sleep(0.01)
    lane.refuse_overdue()
    assert len(refused) > 60
    may_end.set()
    lane.stop()


def test_who_sends_long_files_leaves_a_thread_to_others():
    """Six lists of a member, read for a minute each, kept all others' files waiting for minutes;
    exports of 12,000 offers, fifteen seconds each, kept everybody's home and sign-in."""
    may_end = threading.Event()
    size = LaneSize(2, 10, 10, 10, long=True)
    lane = Lane(LaneName.FILES, size, lambda task: None, Occupancy(), 1)
    own, other = [Waiter(may_end) for _ in range(3)], Waiter(may_end)
    assert all(lane.add(each, Caller("192.0.2.1", "a")) for each in own)
    assert own[0].served.wait(5)
    assert lane.add(other, Caller("192.0.2.2", "b"))
    assert other.served.wait(5)
    assert not any(each.served.is_set() for each in own[1:])
    may_end.set()
    assert all(each.served.wait(5) for each in own)
    lane.stop()


def test_who_asks_long_questions_leaves_a_thread_to_others():
    """Twenty of one account kept sign-in and home of others waiting for eight seconds."""
    may_end = threading.Event()
    lane = Lane(LaneName.HEAVY, LaneSize(2, 50, 50, 10), lambda task: None, Occupancy(), 1)
    own, other = [Waiter(may_end) for _ in range(3)], Waiter(may_end)
    assert all(lane.add(each, Caller("192.0.2.1", "a")) for each in own)
    assert own[0].served.wait(5)
    assert not own[1].served.wait(0.3)
    assert lane.add(other, Caller("192.0.2.1", "b"))
    assert other.served.wait(5)
    may_end.set()
    assert all(each.served.wait(5) for each in own)
    lane.stop()


@pytest.mark.parametrize("is_long", [False, True])
def test_three_accounts_of_a_firm_leave_a_thread_to_others(is_long):
    """Each with one long question at a time, they kept others waiting for nine seconds."""
    may_end = threading.Event()
    name = LaneName.FILES if is_long else LaneName.HEAVY
    size = LaneSize(2, 50, 50, 10, long=is_long)
    lane = Lane(name, size, lambda task: None, Occupancy(), 1)
    own, other = [Waiter(may_end) for _ in range(3)], Waiter(may_end)
    for number, each in enumerate(own):
        assert lane.add(each, Caller("", str(number), "firm"))
    assert own[0].served.wait(5)
    assert not own[1].served.wait(0.3)
    assert lane.add(other, Caller("192.0.2.2", "b", ""))
    assert other.served.wait(5)
    assert not own[2].served.is_set()
    may_end.set()
    assert all(each.served.wait(5) for each in own)
    lane.stop()


def test_many_of_a_firm_count_together():
    """Fourteen of its people with eight each were a crowd of all, in which others were refused."""
    may_end = threading.Event()
    lane = Lane(LaneName.HEAVY, LaneSize(1, 300, 110, 0.0), lambda task: None, Occupancy(), 1)
    for number in range(14):
        for _ in range(8):
            lane.add(Waiter(may_end), Caller("", str(number), "firm"))
    few = [Waiter(may_end) for _ in range(3)]
    assert all(lane.add(each, Caller("192.0.2.2", "b")) for each in few)
    refused = []
    lane._refuse = refused.append
    lane.is_full_for(Caller("", "0", "firm"))  # the crowd goes on
    time.sleep(0.01)
    lane.refuse_overdue()
    assert refused
    assert not {*refused} & {*few}
    may_end.set()
    assert all(each.served.wait(5) for each in few)
    lane.stop()


def test_who_asks_what_is_short_has_all_threads():
    may_end = threading.Event()
    lane = Lane(LaneName.HEAVY, LaneSize(2, 50, 50, 10), lambda task: None, Occupancy(), 1)
    short, own = Timed(0.2), [Waiter(may_end) for _ in range(3)]
    assert all(lane.add(each, Caller("192.0.2.1", "a")) for each in (short, *own))
    assert own[0].served.wait(5)
    assert own[1].served.wait(5)
    may_end.set()
    lane.stop()


def test_a_process_with_one_thread_serves_light_pages_beside_a_file_that_is_looked_through():
    """With MATCHMAKER_THREADS=1 a scanner that hung for two minutes held all light pages."""
    may_end = threading.Event()
    light = lanes(1, lambda task: None, Occupancy(), 1, Pause())[LaneName.LIGHT]
    sending, other = Waiter(may_end), Waiter(may_end)
    assert light.add(sending, Caller("192.0.2.1", "a"))
    assert light.add(other, Caller("192.0.2.1", "b"))
    assert all(each.served.wait(5) for each in (sending, other))
    may_end.set()
    light.stop()
