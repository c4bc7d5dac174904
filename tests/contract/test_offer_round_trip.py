# ruff: noqa: E501 -- conditions as offices write them
"""What an export says of programmes, an import reads as the same, by field, on both stores."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from matchmaker.access import ADMIN
from matchmaker.domain import (
    Cluster,
    GraphRows,
    Industry,
    Kind,
    Membership,
    Offer,
    OfferKind,
    Organization,
    Place,
    PlaceLevel,
    Size,
    Stage,
    Terms,
    Tier,
)
from matchmaker.exports.files import write_export
from matchmaker.exports.tables import ExportFormat
from matchmaker.services.directory.cluster_sources import ClusterSources
from matchmaker.services.directory.directory import Directory
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.operations.exports import Exports
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.services.unit_of_work import utc_now
from matchmaker.store.documents import Store
from matchmaker.text import unguarded
from tests.contract.graphs import DAY

OFFICE = Organization("t:office", "示例市经信局", Kind.PUBLIC_BODY)
WORKS = Organization("t:works", "示例厂", Kind.FIRM)
FULL = Offer(
    "o:1", OFFICE.id, OfferKind.PROGRAMME, "=智能化改造补助\n上年度研发费用占营业收入3%以上，且有研发机构", "zh",
    Terms.FREE, 7, (Stage.MAKING, Stage.RESEARCH), DAY(2026, 9, 1),
    for_tiers=(Tier.SPECIALISED, Tier.LITTLE_GIANT), for_certificates=("高新技术企业", "ISO 9001"),
    for_sizes=(Size.MICRO, Size.SME), for_places=("t:p1", "t:p2"), for_industries=("t:i1",),
    min_years=1, max_years=10,
    further_conditions=("上年度研发费用占营业收入3%以上，且有研发机构", "-no arrears, no court orders"),
    opens=DAY(2026, 11, 1), deadline=DAY(2026, 12, 31), amount="最高 50 万元，先到先得",
    url="https://example.com/policy?a=1&b=2",
)  # fmt: skip
BARE = Offer("o:2", OFFICE.id, OfferKind.PROGRAMME, "Fair subsidy", "en")
LATHE = Offer("o:3", WORKS.id, OfferKind.EQUIPMENT, "车床", "zh", Terms.DISCOUNTED, active=False)
ROWS = GraphRows(
    places=(
        Place("t:p1", "甲市", PlaceLevel.CITY), Place("t:p2", "乙市", PlaceLevel.CITY),
    ),
    industries=(Industry("t:i1", "阀门制造"),),
    organizations=(OFFICE, WORKS),
    clusters=(Cluster("t:c", "群"),),
    memberships=(Membership("t:c", OFFICE.id), Membership("t:c", WORKS.id)),
    offers=(FULL, BARE, LATHE),
)  # fmt: skip


def exports_on(store: Store) -> Exports:
    codes = SimpleNamespace()
    directory = Directory(store, utc_now, codes, OptedOut(lambda: store))
    return Exports(
        store, SimpleNamespace(), ClusterSources(store), directory, SimpleNamespace(), lambda: None
    )


def said(row: Offer) -> dict[str, object]:
    """All of it but where it comes from."""
    return {each.name: getattr(row, each.name) for each in fields(row) if each.name != "provenance"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
def test_offers_exported_and_imported_are_the_same(
    store: Store, tmp_path: Path, format: str, language: str
) -> None:
    store.upsert(ROWS)
    exported = exports_on(store).offers(ADMIN, "t:c")
    file = tmp_path / f"{exported.name}.{format}"
    file.write_bytes(write_export(exported, ExportFormat(format), language))
    # Into a graph where all offers say something else by now.
    changed = [
        replace(Offer(row.id, row.organization, row.kind, "other", "en"), active=not row.active)
        for row in (FULL, BARE, LATHE)
    ]
    store.upsert(GraphRows(offers=tuple(changed)))
    report = Importer(store, set).tables(ADMIN, [file], ImportOptions())
    assert [str(problem.reason) for problem in report.problems] == []
    assert report.rows["offers"] == 3
    assert not report.created
    for row in (FULL, BARE, LATHE):
        assert said(store.offer(row.id)) == said(row)


def test_the_fields_of_a_programme_are_written_as_told_by_hand(store: Store) -> None:
    store.upsert(ROWS)
    exported = exports_on(store).offers_of(ADMIN, OFFICE.id)
    told = {
        "id": "o:1", "organization": "t:office", "kind": "programme",
        "for_tiers": "specialised; little_giant", "for_certificates": "高新技术企业; ISO 9001",
        "for_sizes": "micro; sme", "for_places": "t:p1; t:p2", "for_industries": "t:i1",
        "min_years": "1", "max_years": "10", "opens": "2026-11-01", "deadline": "2026-12-31",
        "amount": "最高 50 万元，先到先得", "url": "https://example.com/policy?a=1&b=2",
        "further_conditions":
            "上年度研发费用占营业收入3%以上，且有研发机构; -no arrears, no court orders",
        "organization_name": "示例市经信局",
    }  # fmt: skip
    content = write_export(exported, ExportFormat.CSV, "en").decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(content))
    # Where lines are parted at semicolons, "-no arrears" would be computed.
    assert "机构;' -no arrears" in first["further_conditions"]
    assert {name: unguarded(first[name]) for name in told} == told
    assert (second["deadline"], second["for_tiers"], second["min_years"]) == ("", "", "")
    book = load_workbook(io.BytesIO(write_export(exported, ExportFormat.XLSX, "en")))
    titles, cells, *_ = book.worksheets[0].iter_rows(values_only=True)
    row = dict(zip(titles, cells, strict=True))
    assert row["deadline"].date() == DAY(2026, 12, 31)
    assert row["max_years"] == 10
    whole = json.loads(write_export(exported, ExportFormat.JSON, "zh"))
    (table,) = whole["tables"]
    assert table["rows"][0]["further_conditions"] == list(FULL.further_conditions)
    assert table["rows"][0]["for_sizes"] == ["micro", "sme"]
