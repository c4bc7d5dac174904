"""Files beside calls and answers, on both stores: who reads which, and what becomes of them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, ServiceUnavailable, WrongState
from matchmaker.services.cooperation.attachment_files import AttachmentFiles
from matchmaker.services.cooperation.call_files import CallFiles
from matchmaker.services.cooperation.file_quota import FileQuota
from matchmaker.services.cooperation.scanner import Scanner
from matchmaker.store.documents import Store
from matchmaker.workflow.call import MAX_CORRECTIONS, EndReason
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.refusals import DeclineReason
from tests.contract.calls import CALLER, FIRST, SECOND, THIRD, CallWorld, calls_on

PLAN = ("plan.txt", "见附图".encode())


class Desk:
    """The use cases of files, with all files in one folder."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.folder = folder
        self.world: CallWorld = calls_on(store)
        self.files = CallFiles(
            self.world.calls.views, self.world.calls.notices,
            AttachmentFiles(folder, Scanner("")),
            FileQuota(self.world.base.repositories, 500), self.world.base.clock,
        )  # fmt: skip
        self.world.answers = replace(self.world.answers, drop_file=self.files.files.drop)

    def to_call(self, call: str, *names: str, by: str = CALLER) -> None:
        sent = [(name, BytesIO(PLAN[1])) for name in names or (PLAN[0],)]
        self.files.attach_to_call(self.world.people[by], call, sent)

    def to_answer(self, call: str, firm: str, name: str = PLAN[0], by: str = "") -> str:
        sent = [(name, BytesIO(PLAN[1]))]
        self.files.attach_to_answer(self.world.people[by or firm], call, firm, sent)
        return self.world.answers.form(self.world.people[firm], call, firm).files[-1].id

    def readers(self, call: str, file: str) -> list[str]:
        """Who of the four firms reads a file."""
        found = []
        for firm, person in self.world.people.items():
            try:
                _, content = self.files.read(person, call, file)
            except NotFound:
                continue
            with content:
                assert content.read() == PLAN[1]
            found.append(firm)
        return found

    def kept(self) -> int:
        return len(list(self.folder.iterdir())) if self.folder.is_dir() else 0


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path / "call-files")


def test_a_call_s_file_is_read_by_who_calls_and_who_may_answer(desk: Desk) -> None:
    call = desk.world.open(FIRST, SECOND)
    desk.to_call(call)
    (file,) = desk.world.calls.show(desk.world.people[CALLER], call).brief.files
    assert (file.name, file.media_type, file.size) == ("plan.txt", "text/plain", len(PLAN[1]))
    assert desk.readers(call, file.id) == [CALLER, FIRST, SECOND]
    assert desk.world.told(FIRST)[-1] is NotificationKind.CALL_CORRECTED
    with pytest.raises(NotFound):
        desk.to_call(call, by=FIRST)
    desk.files.detach(desk.world.people[CALLER], call, file.id)
    assert desk.readers(call, file.id) == []
    assert desk.kept() == 0


def test_names_of_files_stand_in_letters_without_web_addresses(desk: Desk) -> None:
    world = desk.world
    call = world.open(FIRST)
    names = ("Locked www.evil.example sign in.txt", "evil.example.txt", "plan 2.1.txt")
    for sent in (names, names[:2]):
        files = [(name, BytesIO(b"x")) for name in sent]
        desk.files.attach_to_call(world.people[CALLER], call, files)
    account = world.people[FIRST].account
    notices = sorted(
        world.base.repositories.notifications.values("account", account), key=lambda each: each.at
    )
    told = [
        {language: each.message.text(language).split(" ")[-1] for language in ("en", "zh")}
        for each in notices
        if each.kind is NotificationKind.CALL_CORRECTED
    ]
    texts = " ".join(each.message.text("en") for each in notices)
    assert len(told) == 2
    assert "evil" not in texts
    assert ": plan 2.1.txt" in texts
    assert any(each["en"] == "files" and each["zh"].endswith("附件") for each in told)


def test_an_answer_s_file_is_its_firm_s_until_it_is_submitted_and_never_another_s(
    desk: Desk,
) -> None:
    call = desk.world.open(FIRST, SECOND)
    file = desk.to_answer(call, FIRST)
    assert desk.readers(call, file) == [FIRST]
    desk.world.submit(call, FIRST)
    assert desk.readers(call, file) == [CALLER, FIRST]
    view = desk.world.calls.show(desk.world.people[CALLER], call)
    assert [[each.id for each in party.files] for party in view.parties] == [[file], []]
    with pytest.raises(NotFound):  # for a firm that is not one's own
        desk.to_answer(call, FIRST, by=SECOND)
    with pytest.raises(NotFound):
        desk.files.detach(desk.world.people[SECOND], call, file, FIRST)


def test_files_of_a_call_count_for_who_calls_and_those_of_answers_for_who_answers(
    desk: Desk,
) -> None:
    quota = replace(desk.files.quota, most=1)
    desk.files = replace(desk.files, quota=quota)
    call, other = desk.world.open(FIRST), desk.world.open(FIRST)

    def attach(firm: str, call: str) -> None:
        sent = [("plan.txt", BytesIO(b"x" * 400_000))]
        if firm == CALLER:
            desk.files.attach_to_call(desk.world.people[firm], call, sent)
        else:
            desk.files.attach_to_answer(desk.world.people[firm], call, firm, sent)

    for firm in (CALLER, FIRST):
        attach(firm, call)
        attach(firm, other)
        with pytest.raises(InvalidInput, match="1 MB together"):
            attach(firm, call)
    assert desk.kept() == 4
    desk.world.answers.withdraw(desk.world.people[FIRST], other, FIRST)
    attach(FIRST, call)


def test_files_of_sealed_answers_are_sealed_with_them(desk: Desk) -> None:
    call = desk.world.open(FIRST, days=3, sealed=True)
    file = desk.to_answer(call, FIRST)
    desk.world.submit(call, FIRST)
    assert desk.readers(call, file) == [FIRST]
    assert desk.world.calls.show(desk.world.people[CALLER], call).parties[0].files == ()
    desk.world.base.clock.forward(timedelta(days=4))
    assert desk.readers(call, file) == [FIRST]
    desk.world.calls.unseal(desk.world.people[CALLER], call)
    assert desk.readers(call, file) == [CALLER, FIRST]
    with pytest.raises(WrongState):  # after the deadline nothing comes in
        desk.to_answer(call, FIRST)


@pytest.mark.parametrize("way", ["withdraw", "decline"])
def test_files_of_an_answer_that_is_taken_back_are_gone(desk: Desk, way: str) -> None:
    call = desk.world.open(FIRST)
    file = desk.to_answer(call, FIRST)
    desk.world.submit(call, FIRST)
    person = desk.world.people[FIRST]
    if way == "withdraw":
        desk.world.answers.withdraw(person, call, FIRST)
    else:
        desk.world.answers.decline(person, call, FIRST, DeclineReason.NO_CAPACITY)
    assert desk.readers(call, file) == []
    assert desk.kept() == 0


def test_what_is_no_such_file_or_too_many_is_refused_and_nothing_stays(desk: Desk) -> None:
    call = desk.world.open(FIRST)
    for name, content in (
        ("plan.exe", b"MZ"), ("plan.pdf", "见附图".encode()), ("plan.txt", b""),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            desk.files.attach_to_call(desk.world.people[CALLER], call, [(name, BytesIO(content))])
    desk.to_call(call, *(f"{number}.txt" for number in range(4)))
    with pytest.raises(InvalidInput):
        desk.to_call(call, "a.txt", "b.txt")
    assert desk.kept() == 4
    with pytest.raises((NotFound, NotAllowed)):
        desk.to_answer(call, THIRD)


@pytest.mark.parametrize("end", ["awarded", "ended"])
def test_files_of_a_finished_call_are_removed_by_whose_they_are_and_nobody_is_told(
    desk: Desk, end: str
) -> None:
    world = desk.world
    call = world.open(FIRST, SECOND)
    desk.to_call(call)
    (of_call,) = world.calls.show(world.people[CALLER], call).brief.files
    of_answer = desk.to_answer(call, FIRST)
    for firm in (FIRST, SECOND):
        world.submit(call, firm)
    world.base.clock.forward(timedelta(days=11))
    for firm, file, own in ((CALLER, of_call.id, ""), (FIRST, of_answer, FIRST)):
        with pytest.raises(WrongState):  # others rely on them while it is decided on
            desk.files.detach(world.people[firm], call, file, own)
    if end == "awarded":
        world.award(call, FIRST)
    else:
        world.decisions.end(world.people[CALLER], call, EndReason.NOT_NEEDED)
    told = [world.told(firm) for firm in (CALLER, FIRST, SECOND)]
    for firm, file, own in (
        (FIRST, of_call.id, ""), (SECOND, of_call.id, SECOND), (SECOND, of_answer, FIRST),
        (CALLER, of_answer, ""),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            desk.files.detach(world.people[firm], call, file, own)
    assert desk.kept() == 2
    desk.files.detach(world.people[CALLER], call, of_call.id)
    desk.files.detach(world.people[FIRST], call, of_answer, FIRST)
    assert desk.kept() == 0
    assert desk.readers(call, of_call.id) == desk.readers(call, of_answer) == []
    assert [world.told(firm) for firm in (CALLER, FIRST, SECOND)] == told
    log = world.base.repositories.records.last_log(10)
    removed = [line.entry.actor for line in log if line.entry.action == "call.file_removed"]
    assert sorted(removed) == sorted(world.people[firm].subject for firm in (CALLER, FIRST))


def test_files_stay_beside_an_answer_that_an_awarded_call_may_yet_be_awarded_to(desk: Desk) -> None:
    world = desk.world
    call = world.open(FIRST, SECOND)
    file = desk.to_answer(call, SECOND)
    for firm in (FIRST, SECOND):
        world.submit(call, firm)
    world.base.clock.forward(timedelta(days=11))
    world.award(call, FIRST)
    with pytest.raises(WrongState, match="still be awarded"):
        desk.files.detach(world.people[SECOND], call, file, SECOND)
    assert desk.readers(call, file) == [CALLER, SECOND]
    world.answers.withdraw(world.people[SECOND], call, SECOND)
    assert desk.kept() == 0


def test_files_go_with_the_call_that_is_forgotten(desk: Desk) -> None:
    call = desk.world.open(FIRST)
    desk.to_call(call)
    desk.to_answer(call, FIRST)
    assert desk.kept() == 2
    assert desk.files.drop_orphans() == 0
    repositories = desk.world.base.repositories
    changes = [repositories.calls.remove(repositories.calls.get(call))]
    changes += [
        repositories.call_answers.remove(each)
        for each in repositories.call_answers.iterate("call", call)
    ]
    repositories.records.commit(changes)
    desk.world.base.clock.now += timedelta(days=3650)
    assert desk.files.drop_orphans() == 2
    assert desk.kept() == 0


def test_files_are_put_beside_a_call_so_often_and_no_more(desk: Desk) -> None:
    """Each time everybody invited is told; what is there can always be taken away."""
    call, caller = desk.world.open(FIRST), desk.world.people[CALLER]
    for number in range(MAX_CORRECTIONS):
        desk.to_call(call, f"plan{number}.txt")
        (file,) = desk.world.calls.show(caller, call).brief.files
        if number < MAX_CORRECTIONS - 1:
            desk.files.detach(caller, call, file.id)
    told = desk.world.told(FIRST, call)
    with pytest.raises(WrongState):
        desk.to_call(call, "another.txt")
    assert desk.world.told(FIRST, call) == told
    assert desk.kept() == 1
    desk.files.detach(caller, call, file.id)


def test_two_people_of_a_firm_leave_a_place_of_the_scanner_to_others(
    desk: Desk, tmp_path: Path
) -> None:
    """They held both of a process, one file after another, and nobody else could send any."""
    call, over, begun = desk.world.open(FIRST, SECOND), tmp_path / "over", tmp_path / "begun"
    script = tmp_path / "scan.sh"
    script.write_text(
        f"#!/bin/sh\ngrep -q slow $1 || exit 0\ntouch {begun}\n"
        f"for i in $(seq 80); do [ -e {over} ] && exit 0; sleep 0.1; done\n"
    )
    script.chmod(0o700)
    scanned = AttachmentFiles(desk.folder, Scanner(str(script)))
    files = replace(desk.files, files=scanned)
    person = desk.world.people[FIRST]
    colleague = replace(person, subject="account:colleague", account="colleague")

    def send(by: Principal, firm: str, content: bytes) -> None:
        files.attach_to_answer(by, call, firm, [("plan.txt", BytesIO(content))])

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(send, person, FIRST, b"slow")
        until = time.monotonic() + 5
        while not begun.exists() and time.monotonic() < until:
            time.sleep(0.05)
        with pytest.raises(ServiceUnavailable):
            send(colleague, FIRST, b"slow")
        send(desk.world.people[SECOND], SECOND, b"quick")
        over.touch()
        first.result()
    assert desk.kept() == 2
