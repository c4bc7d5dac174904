"""Audits of the sample clusters: what seed/README.md says they were designed to show."""

from __future__ import annotations

import dataclasses
import json
import re
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from matchmaker import messages
from matchmaker.access import ADMIN, ANONYMOUS, Principal
from matchmaker.api.auditing.responses import AuditOut, BenchmarkOut, WorklistOut
from matchmaker.audit.profile import ClusterStage
from matchmaker.audit.ties import CHANNELS, Channel
from matchmaker.domain import GoalName, Kind, PlaceLevel
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, SettingsError
from matchmaker.reports import files, pictures
from matchmaker.reports.audit_report import audit_report
from matchmaker.reports.benchmark_report import benchmark_report
from matchmaker.reports.document import Document, DocumentTable, Section, Writer
from matchmaker.services.auditing.auditing import Auditing
from matchmaker.services.auditing.derived_clusters import ClusterDerivation
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.sqlite import SqliteStore
from tests.samples import SEED, copy_plain_samples, snapshot_of_seed

CLUSTERS = ("hosiery", "spectacles", "valves", "moulds", "newmaterials", "drones")
DESIGNED = {
    found[1]: [float(cell) for cell in found[2].split("|")]
    for found in re.finditer(
        r"^\| `seed:cluster-(\w+)` \|([\d. |]+)\|$",
        (SEED / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
}


class Installation:
    """The sample graph in a real store, with a snapshot that has no vectors."""

    def __init__(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        folder = tmp_path_factory.mktemp("plain") / "var"
        copy_plain_samples(tmp_path_factory, folder)
        self.root = folder / "snapshots"
        self.store = SqliteStore(folder / "graph.db")
        self.reader = SnapshotReader(self.root)
        self.auditing = Auditing(self.store, self.reader, RankerFiles(folder / "rankers"))
        self.cluster_derivation = ClusterDerivation(self.store, self.reader)

    def refresh(self):
        snapshot_of_seed(self.store, self.root)


@pytest.fixture(scope="module")
def sample_graph(tmp_path_factory):
    made = Installation(tmp_path_factory)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def auditing(sample_graph):
    return sample_graph.auditing


def of(name):
    return f"seed:cluster-{name}"


def figures_of(audit):
    return {layer.layer: layer.figures for layer in audit.layers}


@pytest.mark.slow
@pytest.mark.parametrize("name", CLUSTERS)
def test_figures_are_those_that_the_samples_were_designed_with(auditing, name):
    members, supplies, density, _, _, uses, _, _ = DESIGNED[name]
    found = figures_of(auditing.audit(ADMIN, of(name), samples=0))
    assert found[Channel.COOPERATION]["members"].value == members
    assert found[Channel.SUPPLY]["ties"].value == supplies
    assert found[Channel.SUPPLY]["density"].value == pytest.approx(density, abs=5e-5)
    assert found[Channel.PLATFORM]["ties"].value == uses


def test_stages_are_those_that_the_samples_were_designed_with(auditing):
    aims = {name: auditing.audit(ADMIN, of(name), samples=0).course[-1].aim for name in CLUSTERS}
    assert aims["hosiery"] is ClusterStage.COMPETITIVE  # gathered only
    assert aims["spectacles"] in (
        ClusterStage.COMPETITIVE,
        ClusterStage.INNOVATIVE,
    )  # between the two
    assert aims["valves"] is ClusterStage.INNOVATIVE  # competitive, little research
    assert aims["moulds"] in (ClusterStage.INNOVATIVE, ClusterStage.DYNAMIC)
    assert aims["newmaterials"] in (ClusterStage.DYNAMIC, None)
    assert aims["drones"] in (ClusterStage.DYNAMIC, None)
    scores = {
        name: auditing.audit(ADMIN, of(name), samples=0).course[-1].groups["network"]
        for name in CLUSTERS
    }
    assert min(scores, key=scores.get) == "hosiery"


def test_gathered_and_joined_are_told_apart_by_expected_ties(auditing):
    main = {
        name: figures_of(auditing.audit(ADMIN, of(name), samples=0))[Channel.COOPERATION][
            "observed_over_expected"
        ]
        for name in CLUSTERS
    }
    assert main["hosiery"].high < 1
    assert main["newmaterials"].low > 1


def test_coverage_is_counted(auditing):
    """Every sample has texts; 15 firms of 47 report figures (counted in the CSV)."""
    has = auditing.audit(ADMIN, of("hosiery"), samples=0).coverage
    assert (has.members, has.with_statement, has.with_industry, has.with_place) == (47,) * 4
    lines = (SEED / "observations.samples.csv").read_text(encoding="utf-8").splitlines()[1:]
    subjects = {line.split(",")[1] for line in lines}
    left = {
        line.split(",")[1]
        for line in (SEED / "memberships.samples.csv").read_text(encoding="utf-8").splitlines()[1:]
        if line.split(",")[3]
    }
    here = {one for one in subjects if one.startswith("seed:hosiery-")} - left
    assert has.with_observation == len(here)


def test_the_worklist_names_members_and_improves_the_network(auditing, sample_graph):
    found = auditing.worklist(ADMIN, of("hosiery"))
    assert len(found.items) == 10
    members = {row.id for row in sample_graph.store.members(of("hosiery"), None, 200).rows}
    for one in found.items:
        assert {one.asker.id, one.partner.id} <= members
        assert 0 < one.feasibility <= 1
        assert one.reasons
    first, last = found.items[0].before, found.items[-1].after
    assert last.fragmentation < first.fragmentation
    assert last.isolates < first.isolates
    assert {one.organization.id for one in found.isolates} <= members


@pytest.mark.slow
def test_platforms_are_for_firms(auditing):
    for name in CLUSTERS:
        for one in auditing.worklist(ADMIN, of(name)).items:
            if one.goal is GoalName.PLATFORM:
                assert one.asker.kind is Kind.FIRM


def test_what_if_is_what_the_worklist_says(auditing):
    items = auditing.worklist(ADMIN, of("hosiery")).items
    ties = [(one.asker.id, one.partner.id) for one in items]
    found = auditing.what_if(ADMIN, of("hosiery"), ties)
    assert found.before == items[0].before
    assert found.after == items[-1].after


@pytest.mark.parametrize(
    ("ties", "where"),
    [
        ([("seed:hosiery-001", "seed:drones-001")], "ties[0]"),
        ([("seed:hosiery-001", "seed:hosiery-002"), ("seed:hosiery-001", "x:1")], "ties[1]"),
        ([("seed:hosiery-001", "seed:hosiery-001")], "ties[0]"),
        ([("seed:hosiery-001", "seed:hosiery-002")] * 201, "ties"),
    ],
)
def test_a_tie_that_cannot_be_is_refused_by_name(auditing, ties, where):
    with pytest.raises(InvalidInput) as refused:
        auditing.what_if(ADMIN, of("hosiery"), ties)
    assert refused.value.where == where


def test_unknown_clusters_and_years_are_refused(auditing):
    with pytest.raises(NotFound):
        auditing.audit(ADMIN, "seed:cluster-none")
    for year in (1500, 2027):
        with pytest.raises(InvalidInput, match="must be from 1900 to 2026"):
            auditing.audit(ADMIN, of("hosiery"), year)


def test_a_cluster_without_members_gets_reasons(auditing):
    found = auditing.audit(ADMIN, "miit:sme-001")
    assert found.basis.members == 0
    for figures in figures_of(found).values():
        assert figures["density"].because
    assert auditing.worklist(ADMIN, "miit:sme-001").items == ()


def test_answers_hold_no_nan(auditing):
    for cluster in (of("hosiery"), "miit:sme-001"):
        audited = AuditOut.of(auditing.audit(ADMIN, cluster), "zh").model_dump(mode="json")
        listed = WorklistOut.of(auditing.worklist(ADMIN, cluster), "en").model_dump(mode="json")
        json.dumps([audited, listed], allow_nan=False)
    every = BenchmarkOut.of(auditing.benchmark(ADMIN), "en").model_dump(mode="json")
    json.dumps(every, allow_nan=False)


@pytest.mark.slow
def test_a_second_look_is_the_first_answer(auditing):
    assert auditing.audit(ADMIN, of("drones")) is auditing.audit(ADMIN, of("drones"))
    assert auditing.worklist(ADMIN, of("drones")) is auditing.worklist(ADMIN, of("drones"))


def test_an_older_year_is_another_network(auditing):
    now, then = (auditing.audit(ADMIN, of("newmaterials"), year, 0) for year in (2025, 2022))
    ties = [figures_of(one)[Channel.RESEARCH]["ties"].value for one in (then, now)]
    assert ties[0] < ties[1]
    assert now.years == (2021, 2022, 2023, 2024, 2025)
    assert now.layer(Channel.RESEARCH).series["ties"][1].value == ties[0]


def test_the_yearly_report_names_its_gaps(auditing):
    found = auditing.audit(ADMIN, of("hosiery"), samples=0)
    assert found.annual_year == 2025  # 2026 is not over
    entries = {one.item.code: one for one in found.annual}
    assert entries["local_supply_share"].origin.text("en") == "reported"
    written = (SEED / "observations.samples.csv").read_text(encoding="utf-8")
    value = re.search(r"cluster-hosiery-local_supply_share-2025,.*,2025,([\d.]+),", written)[1]
    assert entries["local_supply_share"].figure.value == float(value)
    assert entries["cluster_output"].figure.value is None
    assert entries["cluster_output"].origin is None
    assert found.annual_deadline == "2026-03-31"  # batch 2024


COORDINATOR = Principal("c", account="c", clusters=frozenset({of("hosiery")}))


@pytest.mark.parametrize("who", [ANONYMOUS, Principal("m", account="m"), COORDINATOR])
def test_only_coordinators_of_a_cluster_see_it(auditing, who):
    """Nobody of the drones asks; what is asked for does not matter, nor whether it is there."""
    for cluster in (of("drones"), "seed:cluster-none"):
        for ask in (auditing.audit, auditing.worklist):
            with pytest.raises(NotAllowed):
                ask(who, cluster)
        with pytest.raises(NotAllowed):
            auditing.what_if(who, cluster, [])
        with pytest.raises(NotAllowed):
            auditing.view(who, cluster, Channel.SUPPLY)
        with pytest.raises(NotAllowed):
            auditing.benchmark(who, cluster_id=cluster)


def test_of_other_clusters_a_coordinator_sees_aggregates_of_five_at_least(auditing, monkeypatch):
    everything = auditing.benchmark(ADMIN).rows
    assert auditing.benchmark(COORDINATOR).rows == everything  # all have more than five members
    monkeypatch.setattr("matchmaker.services.auditing.auditing.FEWEST", 1_000)
    own = auditing.benchmark(COORDINATOR).rows
    assert [row.cluster.id for row in own] == [of("hosiery")]
    assert auditing.benchmark(ADMIN).rows == everything
    with pytest.raises(NotAllowed):
        auditing.benchmark(Principal("m", account="m"))


def test_a_cluster_is_compared_with_its_nearest_peers(auditing):
    near = auditing.benchmark(COORDINATOR, cluster_id=of("hosiery")).rows
    own = next(row for row in near if row.cluster.id == of("hosiery"))
    assert {row.cluster.id for row in near} == {of("hosiery"), *own.peers}


def test_the_benchmark_has_every_cluster_with_members(auditing):
    rows = auditing.benchmark(ADMIN).rows
    assert {row.cluster.id for row in rows} == {of(name) for name in CLUSTERS}
    assert all(row.cluster.id not in row.peers and len(row.peers) == 5 for row in rows)
    best = max(rows, key=lambda row: row.percentiles["observed_over_expected"])
    assert best.cluster.id == of("newmaterials")


# -- reports


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request, auditing):
    cluster = of("spectacles")
    view = auditing.view(ADMIN, cluster, Channel.COOPERATION)
    return audit_report(
        auditing.audit(ADMIN, cluster), auditing.worklist(ADMIN, cluster), view, request.param
    )


def test_a_report_is_in_one_language(report):
    titles = [section.title for section in report.sections]
    assert len(titles) == 12
    is_chinese = [bool(re.search("[\u4e00-\u9fff]", title)) for title in titles]
    assert all(is_chinese) == (report.language == "zh")
    assert any(is_chinese) == (report.language == "zh")


def test_a_report_shows_pictures_with_words_for_them(report):
    page = files.html(report)
    assert page.count('src="data:image/svg+xml;base64,') == 3
    assert 'alt=""' not in page
    assert "http://" not in page.replace("http://www.w3.org", "")


@pytest.mark.slow
def test_a_pdf_has_its_pages_and_the_font_for_chinese(report, tmp_path):
    path = tmp_path / "audit.pdf"
    files.write_pdf(report, path)
    read = PdfReader(path)
    assert len(read.pages) >= 8
    text = "".join(page.extract_text() for page in read.pages)
    for section in report.sections:
        assert re.sub(r"\s", "", section.title) in re.sub(r"\s", "", text)
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in read.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert any("CJK" in font for font in fonts)
    assert list(tmp_path.iterdir()) == [path]


def test_a_workbook_has_a_sheet_for_each_section(report, tmp_path):
    path = tmp_path / "audit.xlsx"
    files.write_workbook(report, path)
    book = load_workbook(path)
    assert len(book.sheetnames) == len(report.sections)
    # No half words: "3 Actors, channels, network; fo".
    whole = {word.strip(",;:") for section in report.sections for word in section.title.split()}
    assert {name.split()[-1] for name in book.sheetnames if name.isascii()} <= whole
    cells = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value]
    assert report.title in cells
    assert any("0.44" in cell for cell in cells)  # observed over expected of this cluster


def test_a_text_in_a_workbook_is_no_formula(tmp_path):
    table = DocumentTable(("a",), (("=1+1",), ("@x",), ("fine\x00",)))
    path = tmp_path / "x.xlsx"
    files.write_workbook(Document("en", "t", "s", (Section("[a/b]", (table,)),)), path)
    sheet = load_workbook(path).active
    cells = {cell.value: cell for row in sheet for cell in row if cell.value}
    assert {"=1+1", "@x", "fine"} <= set(cells)
    assert all(cell.data_type == "s" for cell in cells.values())
    assert cells["=1+1"].quotePrefix  # so it stays one when somebody edits it
    assert cells["@x"].quotePrefix


@pytest.mark.parametrize(("language", "million"), [("zh", "1,234,567"), ("en", "1,234,567")])
def test_figures_in_a_workbook_are_numbers(tmp_path, language, million):
    """Seen: "'-0.27", with an apostrophe to be read, and columns that no sum adds up."""
    rows = (("-0.27", "38 %", million, "0.0710", "-0.27 [-7.04, 6.50]", "2 + 3", "1.2.3", "NaN"),)
    table = DocumentTable(tuple("abcdefgh"), rows)
    path = tmp_path / "x.xlsx"
    files.write_workbook(Document(language, "t", "s", (Section("x", (table,)),)), path)
    shown = list(load_workbook(path).active.iter_rows())[-1]
    assert [cell.value for cell in shown] == [
        -0.27, 0.38, 1_234_567, 0.071, "-0.27 [-7.04, 6.50]", "2 + 3", "1.2.3", "NaN",
    ]  # fmt: skip
    formats = [cell.number_format for cell in shown[:4]]
    assert formats == ["#,##0.00", "#,##0 %", "#,##0", "#,##0.0000"]


@pytest.mark.parametrize(
    "name", ["1E-9999999", "1E999", "1_000", "007", "1234", "٣", "１２", "1,23", "+1E5", "1.", "-"]
)
def test_a_name_in_a_workbook_is_no_number(tmp_path, name):
    """Any member may be called so, and need so. Seen: a format of ten million digits for the first,
    a workbook that no program opens for the second."""
    path, table = tmp_path / "x.xlsx", DocumentTable(("Isolate",), ((name,),))
    files.write_workbook(Document("en", "t", "s", (Section("x", (table,)),)), path)
    shown = list(load_workbook(path).active.iter_rows())[-1][0]
    assert (shown.value, shown.data_type, shown.number_format) == (name, "s", "General")


def test_titles_of_a_workbook_are_texts_without_what_no_file_can_hold(tmp_path):
    table = DocumentTable(("a",), (("So\uffffck \ufffeMill",),))
    path = tmp_path / "x.xlsx"
    files.write_workbook(Document("en", "=1+1", "+1\uffff", (Section("x", (table,)),)), path)
    sheet = load_workbook(path).active
    assert (sheet["A1"].value, sheet["A1"].data_type) == ("=1+1", "s")
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("+1", "s")
    assert "Sock Mill" in {cell.value for row in sheet for cell in row}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_name_in_a_picture_is_no_formula_and_breaks_none(auditing, monkeypatch, language):
    """Any member may be called so; matplotlib would refuse the report, and browsers the picture."""
    for name in ("name_of", "english_name_of"):
        monkeypatch.setattr(Snapshot, name, lambda *_: "$\\wrong$ US$1\uffff<")
    view = auditing.view(ADMIN, of("spectacles"), Channel.COOPERATION)
    drawn = ElementTree.fromstring(pictures.network(view, (), Writer(language)))
    assert "$\\wrong$ US$1<" in {text.strip() for text in drawn.itertext()}


def test_markup_in_a_name_is_text(auditing):
    table = DocumentTable(("a",), (("<script>alert(1)</script>",),))
    page = files.html(Document("en", "<b>t</b>", "s", (Section("x", (table,)),)))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.slow
def test_without_a_font_for_chinese_the_pdf_is_refused(report, tmp_path, monkeypatch):
    """Only where it is needed: the English report has no Chinese in it."""
    monkeypatch.setattr(files, "_has_chinese_font", lambda: False)
    if report.language == "en":
        files.write_pdf(report, tmp_path / "audit.pdf")
        assert (tmp_path / "audit.pdf").read_bytes().startswith(b"%PDF")
        return
    with pytest.raises(SettingsError, match="fonts-noto-cjk"):
        files.write_pdf(report, tmp_path / "audit.pdf")
    assert not list(tmp_path.iterdir())


def test_the_comparison_of_all_is_a_document_too(auditing, tmp_path):
    found = benchmark_report(auditing.benchmark(ADMIN), "zh")
    rows = found.tables[0][1].rows
    assert len(rows) == 6
    assert rows[0][0] == "示例·武进新材料产业集群"


# -- borders


@pytest.mark.slow
def test_clusters_are_derived_where_none_are_declared(tmp_path_factory):
    """55 of the universities are in 北京 or 上海, none of them in a declared cluster."""
    made = Installation(tmp_path_factory)
    shown = made.cluster_derivation.by_place(ADMIN, PlaceLevel.PROVINCE, 10, write=False)
    assert shown.counts is None
    found = made.cluster_derivation.by_place(ADMIN, PlaceLevel.PROVINCE, 10)
    assert found.clusters == shown.clusters
    listed = (SEED / "organizations.universities.csv").read_text(encoding="utf-8").splitlines()
    beijing = sum(",gbt2260:11" in line for line in listed)
    sizes = {one.id: one.members for one in found.clusters}
    assert sizes["derived:gbt2260:110000"] == beijing
    assert not any("example" in one for one in sizes)
    again = made.cluster_derivation.by_place(ADMIN, PlaceLevel.PROVINCE, 10).counts
    assert again.created == {}
    made.refresh()
    audited = made.auditing.audit(ADMIN, "derived:gbt2260:110000", samples=0)
    assert audited.basis.members == beijing
    made.store.close()


def test_only_an_admin_draws_borders(sample_graph):
    for write in (True, False):
        with pytest.raises(NotAllowed):
            sample_graph.cluster_derivation.by_place(ANONYMOUS, PlaceLevel.CITY, 5, write=write)
    with pytest.raises(NotAllowed):
        sample_graph.cluster_derivation.by_community(ANONYMOUS, 5)
    with pytest.raises(InvalidInput, match="not known"):
        sample_graph.cluster_derivation.by_place(ADMIN, PlaceLevel.CITY, 5, "gbt4754:none")
    with pytest.raises(InvalidInput, match="at least 2"):
        sample_graph.cluster_derivation.by_community(ADMIN, 1)


def test_communities_of_the_samples_follow_their_borders(sample_graph):
    """Six clusters with few ties between them: the network's own borders are much the same."""
    found = sample_graph.cluster_derivation.by_community(ADMIN, 10)
    assert found.agreement > 0.75
    for row in found.rows:
        assert 0 < row.shared <= row.members
    nearest = {row.cluster for row in found.rows}
    assert len(nearest) >= 5


def test_all_layers_are_audited(auditing):
    assert tuple(figures_of(auditing.audit(ADMIN, of("moulds"), samples=0))) == CHANNELS
    assert dataclasses.is_dataclass(auditing.audit(ADMIN, of("moulds"), samples=0))


def test_a_report_in_another_language_needs_only_its_catalogue(auditing, tmp_path, monkeypatch):
    (tmp_path / "de.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "%(cluster)s: network audit"\nmsgstr "%(cluster)s: Netzwerkprüfung"\n\n'
        'msgctxt "indicator"\nmsgid "Members"\nmsgstr "Mitglieder"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(messages, "TRANSLATIONS", tmp_path)
    messages.catalogue.cache_clear()
    cluster = of("spectacles")
    view = auditing.view(ADMIN, cluster, Channel.COOPERATION)
    audit, worklist = auditing.audit(ADMIN, cluster), auditing.worklist(ADMIN, cluster)
    report = audit_report(audit, worklist, view, "de")
    monkeypatch.undo()
    messages.catalogue.cache_clear()
    cells = [cell for _, table in report.tables for row in table.rows for cell in row]
    assert report.title.endswith(": Netzwerkprüfung")
    assert "Mitglieder" in cells
    assert any("0,44" in str(cell) for cell in cells)  # observed over expected
