"""All files that one organisation sends, wherever they stand, have a bound: on both stores."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest

from matchmaker.domain import Certificate, GoalName, GraphRows
from matchmaker.errors import InvalidInput
from matchmaker.services.cooperation.attachment_files import AttachmentFiles
from matchmaker.services.cooperation.scanner import Scanner
from matchmaker.services.directory.certificates import CertificateContent, Certificates
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.operations.document_merge import DocumentMerge
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from tests.contract.cooperation import Cooperation, cooperation_on, services_on
from tests.contract.test_two_at_once import at_once

OWN, THIRD_OF_A_MB = "t:f0", 300_000
PARTNERS = ("t:f1", "t:f2", "t:f3")


def sent(size: int = THIRD_OF_A_MB) -> tuple[str, io.BytesIO]:
    return ("drawing.txt", io.BytesIO(b"x" * size))


class Firm:
    """A firm that may send files of 1 MB together, to three that it is introduced to."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.folder = folder
        cooperation_on(store)
        self.services: Cooperation = services_on(store, folder / "attachments", files_mb=1)
        self.person = self.services.person(OWN).principal()
        self.introductions = [self._introduced_to(partner) for partner in PARTNERS]
        self.certificates = Certificates(
            store, OptedOut(lambda: store), self.services.repositories,
            AttachmentFiles(folder / "proofs", Scanner("")),
            self.services.conversations.quota, NotificationOutbox(self.services.repositories),
            self.services.clock,
        )  # fmt: skip

    def _introduced_to(self, partner: str) -> str:
        proposal = Proposal(GoalName.SUPPLIER, OWN, partner)
        id = self.services.introductions.propose(self.person, proposal).id
        other = self.services.person(partner).principal()
        self.services.introductions.act(other, id, Transition(Action.ACCEPT))
        return id

    def write(self, introduction: str, size: int = THIRD_OF_A_MB) -> None:
        self.services.conversations.write(self.person, introduction, "", files=[sent(size)])

    def certify(self, number: str, kind: str = "ISO 9001") -> Certificate:
        content = CertificateContent(kind, number)
        return self.certificates.enter(self.person, OWN, content, sent()).certificate

    def bytes_kept(self) -> int:
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def firm(store: Store, tmp_path: Path) -> Firm:
    return Firm(store, tmp_path / "files")


def test_files_of_messages_and_certificates_count_together(firm: Firm) -> None:
    firm.write(firm.introductions[0])
    firm.write(firm.introductions[1])
    certificate = firm.certify("1")
    with pytest.raises(InvalidInput) as refused:
        firm.write(firm.introductions[2])
    for language, words in (("en", "1 MB together, and 0.9 MB"), ("zh", "已用 0.9 MB")):
        assert words in refused.value.text(language)
    with pytest.raises(InvalidInput):
        firm.certify("2")
    assert firm.bytes_kept() == 3 * THIRD_OF_A_MB
    # Another firm's account is its own.
    other = firm.services.principal_of("p0.t.f1@example.org")
    firm.services.conversations.write(other, firm.introductions[0], "", files=[sent()])
    # What is taken away makes room at once.
    firm.certificates.remove(firm.person, certificate.id)
    assert firm.bytes_kept() == 3 * THIRD_OF_A_MB
    firm.write(firm.introductions[2])


def test_a_file_in_the_place_of_another_takes_only_what_it_is_larger(firm: Firm) -> None:
    id = firm.certify("1").id
    firm.write(firm.introductions[0])
    for _ in range(4):
        firm.certificates.change(firm.person, id, proof=sent())
    assert firm.bytes_kept() == 2 * THIRD_OF_A_MB
    with pytest.raises(InvalidInput):
        firm.certificates.change(firm.person, id, proof=sent(800_000))


def test_several_at_the_same_moment_do_not_get_past_the_bound(firm: Firm) -> None:
    results = at_once(*(lambda id=id: firm.write(id) for id in firm.introductions * 2))
    assert sum(result is None for result in results) == 3
    assert all(result is None or isinstance(result, InvalidInput) for result in results)
    assert firm.bytes_kept() == 3 * THIRD_OF_A_MB


def test_what_was_sent_before_anything_was_counted_counts(firm: Firm) -> None:
    for id in firm.introductions:
        firm.write(id)
    repositories = firm.services.repositories
    counted = repositories.files_taken.get(OWN)
    firm.services.store.documents.commit([repositories.files_taken.remove(counted)])
    with pytest.raises(InvalidInput):
        firm.write(firm.introductions[0])


def test_the_file_of_a_certificate_that_an_import_takes_out_goes_with_it(firm: Firm) -> None:
    """Nobody could take it away: it would count for ever."""
    gone, kept = firm.certify("1"), firm.certify("2")
    firm.write(firm.introductions[0])
    firm.services.store.replace_rows(GraphRows(), GraphRows(certificates=(gone,)), [], [])
    with pytest.raises(InvalidInput):
        firm.certify("3", "ISO 14001")
    firm.services.clock.forward(timedelta(days=40_000))  # files are as old as their clock says
    assert firm.certificates.drop_orphans() == 1
    assert firm.certificates.listed(firm.person, OWN)[0].certificate.id == kept.id
    assert firm.bytes_kept() == 2 * THIRD_OF_A_MB
    firm.certify("3", "ISO 14001")


def test_who_is_merged_into_another_brings_what_its_files_take(firm: Firm) -> None:
    other, store = firm.services.principal_of("p0.t.f1@example.org"), firm.services.store
    files = [sent(), sent()]
    firm.services.conversations.write(other, firm.introductions[0], "", files=files)
    firm.write(firm.introductions[1])
    merge = DocumentMerge(firm.services.repositories, "t:f1", OWN, brings_people=False)
    store.replace_rows(GraphRows(), GraphRows(), [], merge.changes())
    with pytest.raises(InvalidInput):
        firm.write(firm.introductions[2])
