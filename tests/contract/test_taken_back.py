"""That a coordinator took a confirmation back is remembered, whatever is written afterwards."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import Certificate, ClaimTier, GraphRows
from matchmaker.errors import InvalidInput, NotAllowed, WrongState
from matchmaker.ingest.undo import reversal
from matchmaker.services.directory.certificate_view import CertificateView
from matchmaker.services.directory.certificates import CertificateContent
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.store.documents import Store
from matchmaker.store.merging import merged_row
from matchmaker.store.neo4j import Neo4jStore, migrations
from matchmaker.store.schema import CERTIFICATES
from matchmaker.store.sqlite import SqliteStore
from tests.contract.certificates import (
    BY_OWNER,
    CONFIRMED,
    COORDINATOR,
    OF_A_LIST,
    OWN,
    PARTNER,
    STRANGER,
    TODAY,
    Desk,
)


def taken_back(desk: Desk, content: CertificateContent) -> str:
    """The id of a certificate that a coordinator confirmed, and no longer stands for."""
    id = desk.use_cases.enter(OWN, "t:1", content).certificate.id
    desk.confirm(COORDINATOR, id)
    view = desk.use_cases.take_back(COORDINATOR, id)
    assert view.taken_back_on == TODAY
    assert desk.store.certificate(id).taken_back_on == TODAY
    return id


def seen(desk: Desk, principal: Principal, kind: str) -> CertificateView:
    (view,) = (
        view for view in desk.use_cases.listed(principal, "t:1") if view.certificate.kind == kind
    )
    return view


def test_no_change_of_its_holder_lets_a_confirmation_taken_back_be_forgotten(desk: Desk) -> None:
    """Edited, taken out and entered again, or called otherwise: only a coordinator confirms it."""
    cases, content = desk.use_cases, CertificateContent("ISO 9001", "N-1")
    id = taken_back(desk, content)
    cases.change(OWN, id, replace(content, issuer="TÜV"), ("a.txt", io.BytesIO(b"ISO")))
    assert desk.store.certificate(id).taken_back_on == TODAY
    with pytest.raises(NotAllowed, match="took the confirmation back on 2026-05-01"):
        desk.confirm(PARTNER, id)
    assert seen(desk, PARTNER, "ISO 9001").may_confirm is None
    cases.remove(OWN, id)
    again = cases.enter(OWN, "t:1", content).certificate
    assert (again.id, seen(desk, STRANGER, "ISO 9001").taken_back_on) == (id, TODAY)
    # Called otherwise it is another one; what it was called before is remembered, too.
    cases.change(OWN, id, replace(content, kind="CE"))
    cases.enter(OWN, "t:1", content)
    assert seen(desk, PARTNER, "ISO 9001").may_confirm is None
    # Another number is another certificate.
    cases.enter(OWN, "t:1", replace(content, kind="UL", number="1"))
    assert seen(desk, PARTNER, "UL").may_confirm is ClaimTier.PARTNER
    anew = desk.confirm(COORDINATOR, seen(desk, COORDINATOR, "ISO 9001").certificate.id)
    assert (anew.certificate.claim, anew.taken_back_on) == (ClaimTier.COORDINATOR, None)


def test_who_confirms_anew_knows_that_it_was_taken_back(desk: Desk) -> None:
    id = desk.use_cases.enter(OWN, "t:1", CertificateContent("CNAS")).certificate.id
    before = seen(desk, COORDINATOR, "CNAS").digest
    desk.confirm(COORDINATOR, id)
    desk.use_cases.take_back(COORDINATOR, id)
    with pytest.raises(WrongState, match="changed since you saw it"):
        desk.use_cases.confirm(COORDINATOR, id, before)
    desk.confirm(COORDINATOR, id)
    row = desk.store.certificate(id)
    assert (row.claim, row.confirmed_on, row.taken_back_on) == (ClaimTier.COORDINATOR, TODAY, None)


@pytest.mark.parametrize("principal", [COORDINATOR, ADMIN])
@pytest.mark.parametrize("id", ["", "my:other"])
@pytest.mark.parametrize("claim", ["confirmed_by_coordinator", "from_register"])
def test_no_import_restores_a_confirmation_that_was_taken_back(
    desk: Desk, tmp_path: Path, principal: Principal, id: str, claim: str
) -> None:
    """An export of the day before, or a list that has the certificate under an id of its own."""
    own = taken_back(desk, CertificateContent("ISO 9001", "N-1"))
    file = tmp_path / "certificates.csv"
    file.write_text(
        "id,organization,kind,number,claim,confirmed_on\n"
        f"{id or own},t:1,ISO 9001,N-1,{claim},2026-04-30\n"
    )
    importer = Importer(desk.store, taken_back=desk.use_cases.records.taken_back)
    report = importer.tables(principal, [file], ImportOptions(cluster="c:1"))
    assert any("took its confirmation back" in str(each.reason) for each in report.problems)
    assert {row.claim for row in desk.store.certificates_of("t:1")} == {ClaimTier.STATED}
    assert desk.store.certificate(own).taken_back_on == TODAY
    # Nor does one once its holder has taken it out.
    for row in desk.store.certificates_of("t:1"):
        desk.use_cases.remove(OWN, row.id)
    importer.tables(principal, [file], ImportOptions(cluster="c:1"))
    assert {row.claim for row in desk.store.certificates_of("t:1")} == {ClaimTier.STATED}


def test_an_export_carries_what_was_taken_back_to_where_it_is_imported(desk: Desk) -> None:
    """Confirmed before: taken back; confirmed since then, or on that day: as it is."""
    said = replace(BY_OWNER, taken_back_on=TODAY, provenance=OF_A_LIST)
    confirmed = replace(BY_OWNER, **CONFIRMED, provenance=OF_A_LIST)
    earlier = replace(confirmed, confirmed_on=TODAY - timedelta(days=1))
    assert merged_row(CERTIFICATES, earlier, said).taken_back_on == TODAY
    assert merged_row(CERTIFICATES, earlier, said).claim is ClaimTier.STATED
    assert merged_row(CERTIFICATES, confirmed, said) == confirmed
    desk.store.import_rows(GraphRows(certificates=(said,)))
    assert desk.store.certificate(BY_OWNER.id) == said
    desk.store.import_rows(GraphRows(certificates=(confirmed,)))
    assert desk.store.certificate(BY_OWNER.id) == said
    # Silence changes nothing.
    desk.store.import_rows(GraphRows(certificates=(replace(said, taken_back_on=None),)))
    assert desk.store.certificate(BY_OWNER.id) == said
    with pytest.raises(InvalidInput, match="taken back"):
        replace(said, claim=ClaimTier.COORDINATOR)


def test_undoing_an_import_restores_nothing_that_was_taken_back_since() -> None:
    was = replace(BY_OWNER, **CONFIRMED)
    written = replace(was, number="B-2", **CONFIRMED)
    now = replace(written, claim=ClaimTier.STATED, confirmed_on=None, taken_back_on=TODAY)
    (row,) = reversal(
        *[GraphRows(certificates=(row,)) for row in (written, was, now)]
    ).put.certificates
    assert (row.number, row.claim, row.taken_back_on) == ("NEW-999", ClaimTier.STATED, TODAY)
    # An import that took confirmations back by mistake is undone.
    mistake = replace(was, claim=ClaimTier.STATED, confirmed_on=None, taken_back_on=TODAY)
    (row,) = reversal(
        *[GraphRows(certificates=(row,)) for row in (mistake, was, mistake)]
    ).put.certificates
    assert row == was


def test_a_store_of_before_learns_from_its_log_what_was_taken_back(
    desk: Desk, tmp_path: Path
) -> None:
    """ISO 9001 was taken back; CNAS, too, and confirmed anew; nobody ever confirmed CE."""
    taken_back(desk, CertificateContent("ISO 9001"))
    anew = taken_back(desk, CertificateContent("CNAS"))
    desk.confirm(COORDINATOR, anew)
    desk.use_cases.change(OWN, anew, CertificateContent("CNAS", "L-1"))
    desk.use_cases.enter(OWN, "t:1", CertificateContent("CE"))
    days = _migrated(desk.store)
    assert days == {"ISO 9001": TODAY, "CNAS": None, "CE": None}


def _migrated(store: Store) -> dict[str, date | None]:
    """Days on which confirmations were taken back, of a store as the last version left it."""
    if isinstance(store, Neo4jStore):
        connection = store._connection
        connection.apply("MATCH (c:Certificate) REMOVE c.taken_back_on")
        (file,) = migrations.GRAPH_SCHEMA.glob("V0010__*.cypher")
        connection.apply(file.read_text("utf-8").rstrip().rstrip(";"))
    else:
        assert isinstance(store, SqliteStore)
        with closing(sqlite3.connect(store._connections.path)) as earlier:
            earlier.execute("ALTER TABLE certificates DROP COLUMN taken_back_on")
            earlier.execute("PRAGMA user_version = 9")
            earlier.commit()
        store.prepare()
    return {row.kind: row.taken_back_on for row in store.certificates_of("t:1")}


def undone(was: Certificate, written: Certificate, now: Certificate) -> Certificate:
    """What is on record once the import is undone."""
    rows = [GraphRows(certificates=(row,)) for row in (written, was, now)]
    (row,) = reversal(*rows).put.certificates
    return row
