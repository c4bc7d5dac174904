"""Certificates in both stores: filters, who stands for them, and telling of those that end."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import (
    Certificate,
    ClaimTier,
    GraphRows,
    OrganizationFilter,
    certificate_id,
    last_day_of_text,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.scope import with_claims_of_importer
from matchmaker.ingest.undo import reversal
from matchmaker.services.directory.certificates import CertificateContent
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.store.documents import Store
from matchmaker.store.merging import merged_row
from matchmaker.store.schema import CERTIFICATES
from matchmaker.workflow.attachment import MAX_FILES_TOGETHER
from matchmaker.workflow.certificate import CertificateRecord
from matchmaker.workflow.notification import NotificationKind
from tests.contract.certificates import (
    BY_OWNER,
    CONFIRMED,
    COORDINATOR,
    NOW,
    OF_A_LIST,
    OWN,
    PARTNER,
    STRANGER,
    TODAY,
    Desk,
)
from tests.contract.graphs import everything


def test_only_who_holds_a_kind_today_passes_its_filter(store: Store) -> None:
    today = date.today()  # noqa: DTZ011 (as stores compare it, but for midnight)
    day = timedelta(days=2)
    rows = everything()
    store.upsert(replace(rows, certificates=()))
    for number, (since, until) in enumerate([
        (None, None), (today - day, today + day), (None, today - day), (today + day, None),
    ]):  # fmt: skip
        row = Certificate(f"k:{number}", "t:1", f"Kind {number}", since=since, until=until)
        store.upsert(GraphRows(certificates=(row,)))
    passing = [
        [row.id for row in store.organizations(_holding(f"Kind {n}"), None, 9).rows]
        for n in range(5)
    ]
    assert passing == [["t:1"], ["t:1"], [], [], []]
    either = OrganizationFilter(certificates=frozenset({"Kind 2", "Kind 1"}))
    assert [row.id for row in store.organizations(either, None, 9).rows] == ["t:1"]
    assert store.certificates_by_owner(["t:1", "t:2"]).keys() == {"t:1"}
    ending = store.certificates_ending((today - day).isoformat(), today.isoformat())
    assert [row.id for row in ending] == ["k:2"]


def _holding(kind: str) -> OrganizationFilter:
    return OrganizationFilter(certificates=frozenset({kind}))


def test_what_is_entered_is_confirmed_by_others_and_once_changed_no_longer(desk: Desk) -> None:
    cases = desk.use_cases
    content = CertificateContent("iatf16949", "T-1", "TÜV", until=date(2027, 3, 31))
    entered = cases.enter(OWN, "t:1", content, ("iatf.txt", io.BytesIO(b"IATF 16949")))
    id = entered.certificate.id
    assert (entered.certificate.kind, entered.certificate.claim) == ("IATF 16949", ClaimTier.STATED)
    with pytest.raises(InvalidInput, match="on record already"):
        cases.enter(OWN, "t:1", content)
    for nobody in (OWN, STRANGER):
        with pytest.raises(NotAllowed):
            desk.confirm(nobody, id)
    with pytest.raises(NotFound):
        cases.file(STRANGER, id)
    assert cases.file(PARTNER, id)[1].read() == b"IATF 16949"
    assert desk.confirm(PARTNER, id).certificate.claim is ClaimTier.PARTNER
    assert desk.confirm(COORDINATOR, id).certificate.claim is ClaimTier.COORDINATOR
    # The weaker one changes nothing any more.
    assert desk.confirm(PARTNER, id).certificate.claim is ClaimTier.COORDINATOR
    assert [kind for kind, _ in desk.told()] == [NotificationKind.CERTIFICATE_CONFIRMED] * 2
    same = cases.change(OWN, id, content).certificate
    assert (same.claim, same.proof) == (ClaimTier.COORDINATOR, "")
    longer = replace(content, until=date(2030, 1, 1))
    assert cases.change(OWN, id, longer).certificate.claim is ClaimTier.STATED
    desk.confirm(COORDINATOR, id)
    assert cases.take_back(COORDINATOR, id).certificate.claim is ClaimTier.STATED
    with pytest.raises(NotAllowed):
        cases.remove(COORDINATOR, id)
    cases.remove(OWN, id)
    assert cases.listed(STRANGER, "t:1") == ()
    actions = [line.entry.action for line in desk.store.documents.last_log(20)]
    assert actions.count("certificate.confirmed") == 3
    assert actions.count("certificate.removed") == 1


def test_an_import_that_says_otherwise_takes_the_confirmation(desk: Desk) -> None:
    row = Certificate(
        certificate_id("t:1", "ISO 9001"), "t:1", "ISO 9001", until=date(2027, 1, 1),
        claim=ClaimTier.COORDINATOR, confirmed_on=TODAY,
    )  # fmt: skip
    desk.store.import_rows(GraphRows(certificates=(row,)))
    plain = replace(row, claim=ClaimTier.STATED, confirmed_on=None)
    desk.store.import_rows(GraphRows(certificates=(plain,)))
    assert desk.store.certificate(row.id).claim is ClaimTier.COORDINATOR
    desk.store.import_rows(GraphRows(certificates=(replace(plain, until=date(2028, 1, 1)),)))
    assert desk.store.certificate(row.id).claim is ClaimTier.STATED
    assert desk.store.certificate(row.id).confirmed_on is None


def test_an_expired_one_is_not_confirmed(desk: Desk) -> None:
    past = CertificateContent("CNAS", until=TODAY - timedelta(days=1))
    id = desk.use_cases.enter(OWN, "t:1", past).certificate.id
    with pytest.raises(WrongState):
        desk.confirm(ADMIN, id)


def test_its_holder_is_told_in_time_and_once_each(desk: Desk) -> None:
    """Days before the end by hand: 60, 14, and after it."""
    until = TODAY + timedelta(days=61)
    desk.use_cases.enter(OWN, "t:1", CertificateContent("ISO 9001", until=until))
    told = []
    for left in (61, 60, 59, 15, 14, 1, 0, -1, -2):
        desk.now = NOW + timedelta(days=61 - left)
        if desk.use_cases.remind_due():
            told.append(left)
    assert told == [60, 14, -1]
    ends, ended = NotificationKind.CERTIFICATE_ENDS, NotificationKind.CERTIFICATE_ENDED
    assert desk.told() == [(ends, "ISO 9001"), (ends, "ISO 9001"), (ended, "ISO 9001")]
    # Renewed, it is told of anew when its time comes; with a longer one beside it, it is not.
    desk.now = NOW
    (view,) = desk.use_cases.listed(OWN, "t:1")
    later = CertificateContent("ISO 9001", until=TODAY + timedelta(days=10))
    desk.use_cases.change(OWN, view.certificate.id, later)
    longer = CertificateContent("ISO 9001", "N-2", until=TODAY + timedelta(days=900))
    desk.use_cases.enter(OWN, "t:1", longer)
    assert desk.use_cases.remind_due() == 0


def test_an_import_confirms_only_what_it_says_itself() -> None:
    """The owner's number stays, so a file that confirms another one confirms nothing of it."""
    old = replace(BY_OWNER, number="OLD-1", provenance=OF_A_LIST, **CONFIRMED)
    assert merged_row(CERTIFICATES, BY_OWNER, old) == BY_OWNER
    unnumbered = replace(old, number="")
    assert merged_row(CERTIFICATES, BY_OWNER, unnumbered) == BY_OWNER
    same = merged_row(CERTIFICATES, BY_OWNER, replace(old, number="NEW-999"))
    assert (same.claim, same.confirmed_on) == (ClaimTier.COORDINATOR, TODAY)


def test_an_import_that_fills_a_blank_leaves_the_row_the_owner_s() -> None:
    listed = replace(BY_OWNER, number="", issuer="TÜV", provenance=OF_A_LIST)
    after = merged_row(CERTIFICATES, BY_OWNER, listed)
    assert (after.issuer, after.number, after.provenance) == ("TÜV", "NEW-999", BY_OWNER.provenance)
    again = replace(listed, issuer="", number="OLD-1")
    assert merged_row(CERTIFICATES, after, again) == after


def test_who_imports_stands_for_no_more_than_on_the_page() -> None:
    of_register = replace(BY_OWNER, claim=ClaimTier.REGISTER, confirmed_on=TODAY)
    of_partner = replace(BY_OWNER, id="k:3", claim=ClaimTier.PARTNER, confirmed_on=TODAY)
    own = replace(BY_OWNER, id="k:2", organization="t:2", **CONFIRMED)
    parsed = Parsed(GraphRows(certificates=(of_register, own, of_partner)), ())
    lowered = with_claims_of_importer(parsed, GraphRows(), {"t:2"})
    assert [row.claim for row in lowered.rows.certificates] == [
        ClaimTier.COORDINATOR, ClaimTier.STATED, ClaimTier.STATED,
    ]  # fmt: skip
    assert [row.confirmed_on for row in lowered.rows.certificates] == [TODAY, None, None]
    assert [problem.field for problem in lowered.problems] == ["claim"] * 3
    # What is on record already, an export that comes back, is as it is.
    assert with_claims_of_importer(parsed, parsed.rows, {"t:2"}) == parsed


def test_a_coordinator_s_file_is_no_register(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "certificates.csv"
    file.write_text(
        "id,organization,kind,number,claim,confirmed_on\n"
        "my:1,t:1,ISO 9001,N-1,from_register,2026-01-01\n"
    )
    for principal, claim in ((COORDINATOR, ClaimTier.COORDINATOR), (ADMIN, ClaimTier.REGISTER)):
        Importer(desk.store).tables(principal, [file], ImportOptions(cluster="c:1"))
        assert desk.store.certificate("my:1").claim is claim
    # Their file once more, read as it is on record now, takes nothing away.
    Importer(desk.store).tables(COORDINATOR, [file], ImportOptions(cluster="c:1"))
    assert desk.store.certificate("my:1").claim is ClaimTier.REGISTER


def test_a_list_that_drops_the_first_number_leaves_each_certificate_once(
    desk: Desk, tmp_path: Path
) -> None:
    """Numbers told again are known; a number that is new while another one is known is added."""
    file = tmp_path / "certificates.csv"

    def held_after(*numbers: str) -> list[str]:
        lines = "".join(f"t:1,ISO 9001,{number}\n" for number in numbers)
        file.write_text(f"organization,kind,number\n{lines}")
        Importer(desk.store).tables(ADMIN, [file], ImportOptions())
        return sorted(row.number for row in desk.store.certificates_of("t:1"))

    assert held_after("N-1", "N-2") == ["N-1", "N-2"]
    ids = {row.number: row.id for row in desk.store.certificates_of("t:1")}
    assert held_after("N-2") == ["N-1", "N-2"]
    assert held_after("N-2", "N-1") == ["N-1", "N-2"]
    assert held_after("N-3", "N-1") == ["N-1", "N-2", "N-3"]
    kept = {row.number: row.id for row in desk.store.certificates_of("t:1")}
    assert {number: kept[number] for number in ids} == ids


def test_undoing_an_import_takes_its_confirmation_too() -> None:
    """A confirmed B-2 says nothing of A-1; what was confirmed before the import was as it is."""
    before = replace(BY_OWNER, number="A-1")
    written = replace(before, number="B-2")

    def undone(was: Certificate, left: Certificate, now: Certificate) -> Certificate:
        rows = [GraphRows(certificates=(row,)) for row in (left, was, now)]
        (row,) = reversal(*rows).put.certificates
        return row

    assert undone(before, written, replace(written, **CONFIRMED)) == before
    was = replace(before, **CONFIRMED)
    assert undone(was, written, written) == was


def test_another_kind_is_another_certificate(desk: Desk) -> None:
    cases, content = desk.use_cases, CertificateContent("ISO 9001", "N-1")
    old = cases.enter(OWN, "t:1", content, ("a.txt", io.BytesIO(b"ISO"))).certificate.id
    desk.confirm(COORDINATOR, old)
    moved = cases.change(OWN, old, replace(content, kind="ISO 14001")).certificate
    assert moved.id == certificate_id("t:1", "ISO 14001")
    assert moved.claim is ClaimTier.STATED
    assert cases.file(OWN, moved.id)[1].read() == b"ISO"
    with pytest.raises(NotFound):
        cases.file(OWN, old)
    assert cases.enter(OWN, "t:1", content).certificate.id == old
    with pytest.raises(InvalidInput, match="on record already"):
        cases.change(OWN, old, replace(content, kind="ISO 14001"))
    assert [view.certificate.kind for view in cases.listed(OWN, "t:1")] == ["ISO 14001", "ISO 9001"]


def test_a_file_s_name_is_nobody_else_s_and_the_one_before_goes(desk: Desk, tmp_path: Path) -> None:
    content = CertificateContent("CE", "1")
    id = desk.use_cases.enter(OWN, "t:1", content, ("Li Lei.txt", io.BytesIO(b"1"))).certificate.id
    assert desk.store.certificate(id).proof == ""
    view = desk.use_cases.change(OWN, id, proof=("new.txt", io.BytesIO(b"22")))
    assert view.file is not None
    assert [path.name for path in (tmp_path / "proofs").iterdir()] == [view.file.id]
    # A full account: one more byte is refused, and nothing of it kept.
    full = CertificateRecord("k:9", "t:1", replace(view.file, size=MAX_FILES_TOGETHER - 2))
    desk.store.documents.commit([desk.repositories.certificates.put(full)])
    desk.use_cases.change(OWN, id, proof=("new.txt", io.BytesIO(b"22")))
    with pytest.raises(InvalidInput, match="200 MB"):
        desk.use_cases.change(OWN, id, proof=("new.txt", io.BytesIO(b"333")))
    assert [path.read_bytes() for path in (tmp_path / "proofs").iterdir()] == [b"22"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027", "2027-12-31"),
        ("2024-02", "2024-02-29"),
        ("2027-Q2", "2027-06-30"),
        ("2027-05-01",) * 2,
    ],
)
def test_what_ends_in_a_year_or_a_month_ends_with_it(text: str, day: str) -> None:
    assert last_day_of_text(text).isoformat() == day


def test_what_was_changed_since_it_was_seen_is_not_confirmed(desk: Desk) -> None:
    content, cases = CertificateContent("CNAS", "L1"), desk.use_cases
    id = cases.enter(OWN, "t:1", content, ("a.txt", io.BytesIO(b"1"))).certificate.id
    (seen,) = cases.listed(COORDINATOR, "t:1")
    cases.change(OWN, id, proof=("a.txt", io.BytesIO(b"2")))
    with pytest.raises(WrongState, match="changed since you saw it"):
        cases.confirm(COORDINATOR, id, seen.digest)
    (seen,) = cases.listed(COORDINATOR, "t:1")
    assert cases.confirm(COORDINATOR, id, seen.digest).certificate.claim is ClaimTier.COORDINATOR


def test_who_confirmed_one_proof_did_not_confirm_the_next(desk: Desk) -> None:
    content = CertificateContent("CNAS", "L1", proof="https://a.example/1.pdf")
    id = desk.use_cases.enter(OWN, "t:1", content).certificate.id
    desk.confirm(COORDINATOR, id)
    other = replace(content, proof="https://a.example/2.pdf")
    assert desk.use_cases.change(OWN, id, other).certificate.claim is ClaimTier.STATED
