"""A request that is sent several times is done once, with its receipt: on both stores."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from matchmaker.access import ADMIN, Principal, RepeatableRequest
from matchmaker.domain import GoalName, GraphRows, Kind, Need, Organization
from matchmaker.errors import DoneBefore, MatchmakerError, StoreUnavailable, VersionConflict
from matchmaker.services.directory.codes import Codes
from matchmaker.services.directory.directory import Directory
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.receipts import Receipts
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork, commit_changes
from matchmaker.store.changes import Put
from matchmaker.store.documents import Store, new_id
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.workflow.interactions import LongQuestion
from tests.contract.test_two_at_once import at_once
from tools.neo4j.server import RunningServer

NOW = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)


@dataclass
class Desk:
    """What writes questions, as somebody who sends each with a key."""

    store: Store

    @property
    def repositories(self) -> Repositories:
        return Repositories(lambda: self.store.documents)

    @property
    def receipts(self) -> Receipts:
        return Receipts(self.repositories, lambda: NOW)

    def sender(self, key: str) -> Principal:
        """Somebody who sends a request with that key, this time."""
        return replace(ADMIN, request=RepeatableRequest(key, "what it says", new_id()))

    def write(self, principal: Principal, text: str = "") -> str:
        """Write a new question; its id."""
        questions = self.repositories.long_questions

        def change(unit: UnitOfWork) -> str:
            question = LongQuestion(new_id(), "", text, unit.at)
            unit.add(questions.put(question))
            unit.log("question.asked", f"question/{question.id}")
            return question.id

        return commit_changes(self.store.documents, principal, lambda: NOW, change)

    def written(self) -> list[str]:
        return [each.text for each in self.repositories.long_questions.values()]


@pytest.fixture
def writing(store: Store) -> Desk:
    return Desk(store)


def test_what_was_done_is_not_done_again_and_its_receipt_names_it(writing: Desk) -> None:
    id = writing.write(writing.sender("k"))
    with pytest.raises(DoneBefore):
        writing.write(writing.sender("k"))
    receipt = writing.receipts.of("k")
    assert receipt is not None
    assert (receipt.digest, receipt.made) == ("what it says", {"question": id})
    assert len(writing.written()) == 1
    assert len(writing.store.documents.last_log(9)) == 1


def test_of_many_sendings_at_once_one_is_done(writing: Desk) -> None:
    senders = [writing.sender("k") for _ in range(8)]
    results = at_once(*(lambda one=one: writing.write(one) for one in senders))
    refused = [result for result in results if isinstance(result, MatchmakerError)]
    assert {type(each) for each in refused} == {DoneBefore}
    assert (len(refused), len(writing.written())) == (7, 1)


def test_other_keys_and_requests_without_one_are_their_own(writing: Desk) -> None:
    for sender in (writing.sender("k"), writing.sender("l"), ADMIN, ADMIN):
        writing.write(sender)
    assert len(writing.written()) == 4
    assert sum(writing.store.documents.tally("receipt", "day").values()) == 2


def test_a_request_that_writes_twice_has_one_receipt_of_what_it_wrote_first(writing: Desk) -> None:
    sender = writing.sender("k")
    first = writing.write(sender)
    writing.write(sender)
    receipt = writing.receipts.of("k")
    assert receipt is not None
    assert receipt.made == {"question": first}
    assert len(writing.written()) == 2


def test_what_was_not_done_has_no_receipt(writing: Desk) -> None:
    put = Put("apart", "a b", "{}", 0, {})
    writing.store.documents.commit([put])
    unit = UnitOfWork.of(writing.sender("k"), NOW)
    unit.add(put)  # it is there by now
    with pytest.raises(VersionConflict):
        unit.commit(writing.store.documents)
    assert writing.receipts.of("k") is None
    assert writing.write(writing.sender("k"))


def test_a_row_of_the_graph_is_written_once_with_its_receipt(writing: Desk) -> None:
    store = writing.store
    store.upsert(GraphRows(organizations=(Organization("t:a", "A", Kind.FIRM),)))
    directory = Directory(store, lambda: NOW, Codes(lambda: store), OptedOut(lambda: store))
    first, again = (Need(f"t:{n}", "t:a", GoalName.SUPPLIER, "Castings") for n in range(2))
    directory.post_need(writing.sender("k"), first, NOW.date())
    with pytest.raises(VersionConflict):
        directory.post_need(writing.sender("k"), again, NOW.date())
    assert [need.id for need in store.rows_about("t:a").needs] == ["t:0"]
    receipt = writing.receipts.of("k")
    assert receipt is not None
    assert receipt.made == {"need": "t:0"}


def test_old_receipts_are_forgotten_and_those_of_a_day_stay(writing: Desk) -> None:
    for number in range(3):
        writing.write(writing.sender(f"k{number}"))
    assert writing.receipts.forget_old() == 0
    later = Receipts(writing.repositories, lambda: NOW.replace(day=3))
    assert later.forget_old() == 3
    assert writing.receipts.of("k1") is None


@pytest.mark.slow
@pytest.mark.neo4j
def test_a_server_that_hangs_while_it_writes_loses_and_doubles_nothing(
    neo4j_server: RunningServer, neo4j_store: Neo4jStore
) -> None:
    """Whoever is told that it does not answer sends the same again until it does."""
    neo4j_store.clear()
    writing, over = Desk(neo4j_store), threading.Event()
    sent: list[list[str]] = [[] for _ in range(4)]

    def send(texts: list[str]) -> None:
        while not over.is_set():
            key = new_id()
            while True:
                try:
                    writing.write(writing.sender(key), key)
                except DoneBefore:
                    pass
                except StoreUnavailable:
                    time.sleep(0.1)
                    continue
                break
            texts.append(key)

    threads = [threading.Thread(target=send, args=(texts,)) for texts in sent]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.5)
        os.kill(neo4j_server.process.pid, signal.SIGSTOP)
        time.sleep(6.0)  # so that who waits is told that it does not answer
        os.kill(neo4j_server.process.pid, signal.SIGCONT)
    time.sleep(1.0)
    over.set()
    for thread in threads:
        thread.join()
    acknowledged = sorted(text for texts in sent for text in texts)
    assert len(acknowledged) > 20
    assert sorted(writing.written()) == acknowledged
