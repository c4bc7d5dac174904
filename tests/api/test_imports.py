"""Lists brought in over the API: looked at, written, taken back."""

import csv
import io
import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import Workbook

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import Alias, GraphRows, Kind, Membership, Organization, OrganizationFilter
from matchmaker.errors import InvalidInput, NotAllowed, ServiceUnavailable, WrongState
from matchmaker.ingest.earlier_keys import earlier_name_key
from matchmaker.ingest.names import name_key
from matchmaker.ingest.pair_decisions import PairDecision
from matchmaker.ingest.table_file import TableFile, open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations import (
    import_preview,
    import_reading,
    import_records,
    import_report,
    import_sheets,
    import_undo,
)
from matchmaker.services.operations.import_preview import file_preview
from matchmaker.services.operations.import_status import ImportState
from matchmaker.services.operations.reference_data import reference_index
from matchmaker.workflow.job import JobKind
from tests.api.sending import take_back_imports
from tests.api.things_of_routes import API, CLUSTER
from tests.api.world import PASSWORD, make_world

MEMBERS = """会员名录,,,
序号,单位名称,单位性质,规模
1,示例接口甲厂,民营,小微企业
2,示例接口乙研究院,科研院所,
3,,民营,
,合计,2家,
"""
ORDERS = """Vendor,Client,Goods,Amount (EUR)
示例接口甲厂,示例阀门1厂,Seals,1500.50
N/A,示例阀门1厂,Bolts,20.00
"""


@pytest.fixture(scope="module")
def world(wired):
    made = make_world(wired)
    yield made
    work_off(made)
    take_back_imports(made)


@pytest.fixture
def coordinator(app, world):
    """Sends as the coordinator of t:cluster, in English."""
    client = app.test_client()
    headers = world.headers("coordinator") | {"Accept-Language": "en"}

    def send(method, place, **sent):
        sent["headers"] = headers | sent.get("headers", {})
        return client.open(f"{API}{place}", method=method, **sent)

    return send


def form(text, name="list.csv", **fields):
    return {"file": (io.BytesIO(text.encode()), name), "cluster": CLUSTER, **fields}


def work_off(world, kind=JobKind.IMPORT):
    queue = world.services.requested_jobs[kind]
    while (task := queue.dequeue()) is not None:
        queue.execute(task)


def test_a_list_is_looked_at_written_and_taken_back(world, coordinator):
    choices = {
        "values": {"size": {"小微企业": "micro"}},
        "edits": {"5": {"单位名称": "示例接口丙厂"}},
    }
    looked = coordinator("POST", "/imports", data=form(MEMBERS, options=json.dumps(choices)))
    assert looked.status_code == 201, looked.text
    seen = looked.json
    assert (seen["state"], seen["table"]) == ("looked_at", "organizations")
    assert seen["lines"] == {"read": 4, "loaded": 3, "refused": 0, "passed": 1, "warned": 0}
    assert (seen["new"], seen["known"]) == (3, 0)
    assert [column["column"] for column in seen["columns"]] == ["", "name", "kind", "size"]
    assert seen["words"][0]["chosen"] == "micro"
    place = f"/imports/{seen['id']}"
    assert looked.headers["Location"].endswith(place)
    assert coordinator("POST", f"{place}/write", json={}).json["state"] == "queued"
    work_off(world)
    written = coordinator("GET", place).json
    assert (written["state"], written["can_be_undone"]) == ("written", True)
    assert written["counts"]["memberships"] == 3
    assert coordinator("GET", f"/imports?cluster={CLUSTER}").json["items"][0]["id"] == seen["id"]
    assert coordinator("POST", f"{place}/undo", json={}).json["state"] == "taken_back"
    assert coordinator("POST", f"{place}/undo", json={}).status_code == 409


def test_a_large_import_is_taken_back_by_the_worker_and_its_way_is_told(
    app, world, coordinator, monkeypatch
):
    """What of it somebody changed since stays, and how much that is stands with the import."""
    written = coordinator("POST", "/imports", data=form(MEMBERS, write="true")).json
    work_off(world)
    place = f"/imports/{written['id']}"
    record = world.services.repositories.imports.get(written["id"]).value
    changed = replace(record.put.organizations[0], website="https://changed.example")
    world.services.store.upsert(GraphRows(organizations=(changed,)))
    monkeypatch.setattr(import_undo, "AT_ONCE", len(record.put) - 1)
    asked = coordinator("POST", f"{place}/undo", json={})
    assert asked.status_code == 200
    assert (asked.json["state"], asked.json["taken_back"]) == ("taking_back", None)
    assert coordinator("POST", f"{place}/undo", json={}).json["state"] == "taking_back"
    listed = coordinator("GET", f"/imports?cluster={CLUSTER}").json["items"][0]
    assert (listed["id"], listed["state"]) == (written["id"], "taking_back")
    seen, stored = [], type(world.services.store).stored

    def looking(self, rows):
        progress = world.services.job_queue._running[f"undo-{written['id']}"].job
        seen.append((str(progress.stage), progress.done, progress.total))
        return stored(self, rows)

    with monkeypatch.context() as context:
        context.setattr(type(world.services.store), "stored", looking)
        work_off(world, JobKind.UNDO)
    assert seen[0][0] == "Comparing with what is stored now"
    assert seen[0][1] < seen[-1][1] < seen[-1][2] == len(record.put)
    told = coordinator("GET", place).json
    assert (told["state"], told["left"]) == ("taken_back", 1)
    assert (told["restored"], told["removed"]) == (0, len(record.put) - 1)
    job = world.services.job_queue.show(ADMIN, f"undo-{written['id']}")
    assert f"Somebody has changed this since, and it stays: organizations {changed.id}." in str(
        job.result
    )
    assert coordinator("POST", f"{place}/undo", json={}).status_code == 409
    world.services.store.replace_rows(GraphRows(), GraphRows(organizations=(changed,)))


@pytest.mark.parametrize("is_large", [False, True])
def test_that_an_import_is_too_large_to_be_taken_back_is_told_before_it_is_written(
    world, coordinator, monkeypatch, is_large
):
    """Two organisations and their memberships are four rows."""
    if is_large:
        monkeypatch.setattr(import_sheets, "takes_long", lambda *_: True)
    for most, is_too_large in ((4, False), (3, True)):
        monkeypatch.setattr(import_report, "MAX_UNDONE", most)
        monkeypatch.setattr(import_records, "MAX_UNDONE", most)
        looked = coordinator("POST", "/imports", data=form(MEMBERS)).json
        work_off(world, JobKind.CHECK)
        place = f"/imports/{looked['id']}"
        seen = coordinator("GET", place).json
        assert (seen["state"], seen["is_too_large_to_undo"]) == ("looked_at", is_too_large)
        assert seen["new"] == 2
        coordinator("DELETE", place)


def test_the_page_of_imports_tells_too_large_from_unchanged_by_what_was_written(
    app, world, coordinator, monkeypatch
):
    """Of a file of two lines: one too many changed, then none. Rows read say neither."""
    before = world.services.store.export().rows
    monkeypatch.setattr(import_report, "MAX_UNDONE", 3)
    monkeypatch.setattr(import_records, "MAX_UNDONE", 3)

    def written():
        id = coordinator("POST", "/imports", data=form(MEMBERS, write="true")).json["id"]
        work_off(world)
        seen = coordinator("GET", f"/imports/{id}").json
        assert (seen["state"], seen["can_be_undone"]) == ("written", False)
        page = app.test_client().get(
            f"/clusters/{CLUSTER}/import",
            headers=world.headers("coordinator") | {"Accept-Language": "en"},
        )
        assert page.status_code == 200
        newest = page.text.partition("<tbody>")[2].partition("</tr>")[0]
        told = {word for word in ("too large to take back", "changed nothing") if word in newest}
        return seen["is_too_large_to_undo"], told

    large, unchanged = written(), written()
    after = world.services.store.export().rows
    new = {row.id for row in after.organizations} - {row.id for row in before.organizations}
    added = GraphRows(
        organizations=tuple(row for row in after.organizations if row.id in new),
        memberships=tuple(row for row in after.memberships if row.organization in new),
    )
    world.services.store.replace_rows(GraphRows(), added)
    assert large == (True, {"too large to take back"})
    assert unchanged == (False, {"changed nothing"})


def test_what_a_waiting_import_waits_for_is_told_until_it_is_written(
    world, coordinator, monkeypatch
):
    looked = coordinator("POST", "/imports", data=form(MEMBERS, options="{}")).json
    place = f"/imports/{looked['id']}"
    assert coordinator("POST", f"{place}/write", json={}).json["waits_for"] is None
    with monkeypatch.context() as context:

        def break_off(*_):
            raise ServiceUnavailable("The place of files broke off.")

        context.setattr(type(world.services.import_workflow.uploads), "requested", break_off)
        work_off(world)
    waiting = coordinator("GET", place, headers={"Accept-Language": "en"}).json
    assert (waiting["state"], waiting["error"]) == ("queued", None)
    assert "The place of files broke off." in waiting["waits_for"]
    told = coordinator("GET", place, headers={"Accept-Language": "zh"}).json["waits_for"]
    assert "自动重新开始" in told
    assert world.services.job_queue.send_forgotten() == 1
    work_off(world)
    written = coordinator("GET", place).json
    assert (written["state"], written["waits_for"]) == ("written", None)
    coordinator("POST", f"{place}/undo", json={})


@pytest.mark.parametrize(
    ("claim", "kept"),
    [("from register", "confirmed_by_coordinator"), ("confirmed by partner", "stated")],
)
def test_what_is_written_is_what_was_previewed(world, coordinator, claim, kept):
    """A coordinator's file is no register, and no partner speaks by it."""
    number = f"N-{claim}"
    file = (
        "id,organization,kind,number,issuer,claim,confirmed_on\n"
        f"zz:{claim.replace(' ', '-')},t:firm2,ISO 14001,{number},TUV,{claim},2026-11-01\n"
    )
    chosen = json.dumps({"table": "certificates"})
    looked = coordinator("POST", "/imports", data=form(file, options=chosen)).json
    coordinator("POST", f"/imports/{looked['id']}/write", json={})
    work_off(world)
    written = coordinator("GET", f"/imports/{looked['id']}").json
    told = [[row["field"] for row in seen["problems"]] for seen in (looked, written)]
    claims = {
        row["number"]: row["claim"]
        for row in coordinator("GET", "/organizations/t:firm2/certificates").json["items"]
    }
    assert told == [["claim"], ["claim"]]
    assert claims[number] == kept


def test_whose_list_it_was_only_the_cluster_s_people_read(app, world, coordinator):
    """t:firm3 is a member of t:cluster, so is the member who reads; others are not."""
    file = "id,name,kind,website\nt:firm3,示例阀门3厂,firm,https://three.example\n"
    sent = coordinator("POST", "/imports", data=form(file, write="true"))
    work_off(world)
    client, shown = app.test_client(), {}
    for role in ("anyone", "stranger", "elsewhere", "member", "coordinator", "admin"):
        headers = world.headers(role)
        read = [
            client.get(f"{API}/{place}", headers=headers)
            for place in ("organizations/t:firm3", "organizations?limit=200")
        ]
        [origin] = [each for each in read[0].json["origins"] if each["field"] == "website"]
        assert f'"source":"{origin["source"]}"' in read[1].text
        shown[role] = origin["source"]
    person = {"email": world.accounts["stranger"].email, "password": PASSWORD}
    client.post(f"{API}/session", json=person)
    page = client.get("/organizations/t:firm3")
    world.services.import_workflow.undo(ADMIN, sent.json["id"])
    assert "某集群的名单" in page.text
    others, own = ("anyone", "stranger", "elsewhere"), ("member", "coordinator", "admin")
    assert shown == dict.fromkeys(others, "cluster-list") | dict.fromkeys(own, "cluster")


@pytest.mark.parametrize("file", [
    "id,name,kind,website,source\nt:firm4,示例阀门4厂,firm,https://four.example,gleif\n"
    ",示例来源乙厂,firm,,gleif\n",
    "供应商,采购方,采购内容\n示例来源丙厂,示例阀门4厂,阀体\n",
])  # fmt: skip
def test_what_a_coordinator_imports_is_of_the_clusters_own_source(world, coordinator, file):
    """The cluster is t:cluster; the file calls itself a register, and so does who sends it."""
    sent = coordinator(
        "POST", "/imports", data=form(file, options=json.dumps({"source": "gleif"}), write="true")
    )
    work_off(world)
    record = world.services.repositories.imports.get(sent.json["id"]).value
    written = [row for name, rows in record.put.tables() for row in rows if name != "memberships"]
    rows = [row for row in written if hasattr(row, "provenance")]
    sources = {row.provenance.source for row in rows}
    sources |= {each.source for row in rows for each in getattr(row, "origins", ())}
    new = {row.id.partition(":")[0] for row in record.put.organizations} - {"t"}
    world.services.import_workflow.undo(ADMIN, sent.json["id"])
    # The member's own row was made by the API.
    assert sources - {"api"} == {"cluster"}
    assert new == {"cluster"}


@pytest.mark.parametrize(
    ("language", "told"), [("en", "ids of another source"), ("zh", "其他来源的编号")]
)
def test_a_coordinators_list_takes_no_ids_that_another_source_would_give(
    world, coordinator, language, told
):
    """t: is the source of firms that are no members, gleif a register, other another cluster's.

    Its own source, and one that nobody else uses, are free.
    """
    ids = ["t:squat", "gleif:5493001KJTIIGC8Y1R12", "other:dabd4a88eadd5f61", "cluster:a1", "own:1"]
    names = ["示例占甲厂", "示例占乙厂", "示例占丙厂", "示例占丁厂", "示例占戊厂"]
    file = "id,name\n" + "".join(f"{id},{name}\n" for id, name in zip(ids, names, strict=True))
    offers = "id,organization,kind,text\nt:squat-offer,cluster:a1,product,阀\n,t:squat,product,泵\n"
    headers = {"Accept-Language": language}
    sent = coordinator("POST", "/imports", data=form(file, write="true"), headers=headers)
    work_off(world)
    looked = coordinator("GET", f"/imports/{sent.json['id']}", headers=headers).json
    second = coordinator("POST", "/imports", data=form(offers, "offers.csv"), headers=headers).json
    written = {row.id for row in world.services.store.organizations_by_id(ids).values()}
    world.services.import_workflow.undo(ADMIN, sent.json["id"])
    assert written == {"cluster:a1", "own:1"}
    errors = [row for row in looked["problems"] if row["severity"] == "error"]
    assert [(row["line"], row["field"]) for row in errors] == [(2, "id"), (3, "id"), (4, "id")]
    assert all(told in row["reason"] for row in errors)
    assert {row["line"] for row in second["problems"] if row["severity"] == "error"} == {2, 3}


def test_a_coordinators_list_leaves_what_stands_for_an_identity_as_it_is(world, coordinator):
    """On record: a firm, founded in 1990, active, as an administrator entered it."""
    store, services = world.services.store, world.services
    before = replace(store.organization("t:firm4"), founded=date(1990, 1, 1))
    store.upsert(GraphRows(organizations=(before,)))
    file = (
        "id,name,kind,founded,tier,status,successor,website\n"
        "t:firm4,示例阀门4厂,university,2001-01-01,champion,dissolved,t:firm5,https://id.example\n"
    )
    looked = coordinator("POST", "/imports", data=form(file)).json
    coordinator("POST", f"/imports/{looked['id']}/write", json={})
    work_off(world)
    written = coordinator("GET", f"/imports/{looked['id']}").json
    after = store.organization("t:firm4")
    services.import_workflow.undo(ADMIN, looked["id"])
    store.upsert(GraphRows(organizations=(replace(before, founded=None),)))
    assert (after.kind, after.founded) == ("firm", date(1990, 1, 1))
    assert (after.status, after.successor) == ("active", before.successor)
    # Nobody had stated these.
    assert (after.tier, after.website) == ("champion", "https://id.example")
    for seen in (looked, written):
        told = {row["field"] for row in seen["problems"]}
        assert told == {"kind", "founded", "status", "successor"}


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_what_an_administrator_confirmed_by_sending_it_again_no_list_corrects(
    app, world, coordinator, is_confirmed
):
    """A list said that it is a firm; the next one of the same cluster says otherwise."""
    store, headers = world.services.store, world.headers("admin")

    def brought(kind):
        file = f"id,name,kind\n{organization},示例确认厂,{kind}\n"
        looked = coordinator("POST", "/imports", data=form(file, write="true")).json
        work_off(world)
        imports.append(looked["id"])
        return coordinator("GET", f"/imports/{looked['id']}").json

    organization, imports = "own:confirmed", []
    brought("firm")
    if is_confirmed:
        url = f"{API}/organizations/{organization}"
        headers |= {"If-Match": app.test_client().get(url, headers=headers).headers["ETag"]}
        answer = app.test_client().patch(url, headers=headers, json={"kind": "firm", "tier": None})
        assert answer.status_code == 200, answer.text
    told = brought("university")["problems"]
    after = store.organization(organization)
    for id in reversed(imports):
        with suppress(WrongState):  # it changed nothing
            world.services.import_workflow.undo(ADMIN, id)
    assert after.kind == ("firm" if is_confirmed else "university")
    assert ("kind" in {row["field"] for row in told}) is is_confirmed


def test_a_coordinators_list_does_not_speak_for_who_has_people_of_its_own(world, coordinator):
    """t:firm1 has an owner, t:firm5 nobody; a website fills the blank of both."""
    store = world.services.store
    before = {id: store.organization(id) for id in ("t:firm1", "t:firm5")}
    file = "id,name,kind,listed,capacity,contact,website\n" + "".join(
        f"{id},{row.name},firm,false,0,evil@coord.example,https://{id[2:]}.example\n"
        for id, row in before.items()
    )
    looked = coordinator("POST", "/imports", data=form(file)).json
    coordinator("POST", f"/imports/{looked['id']}/write", json={})
    work_off(world)
    after = {id: store.organization(id) for id in before}
    world.services.import_workflow.undo(ADMIN, looked["id"])
    own, other = after["t:firm1"], after["t:firm5"]
    assert (own.listed, own.capacity) == (True, before["t:firm1"].capacity)
    assert (own.contact, own.website) == (before["t:firm1"].contact, "https://firm1.example")
    assert (other.listed, other.capacity, other.contact) == (False, 0, "evil@coord.example")
    told = {row["field"] for row in looked["problems"]}
    assert told == {"listed", "capacity", "contact"}


def test_a_file_is_cancelled_by_who_sent_it(app, world, coordinator):
    """Looked at, it goes; waiting to be written, its work is cancelled; then it is too late."""
    others, headers = app.test_client(), world.headers("admin")
    looked = coordinator("POST", "/imports", data=form(MEMBERS)).json["id"]
    stranger = others.delete(f"{API}/imports/{looked}", headers=headers)
    assert (stranger.status_code, coordinator("GET", f"/imports/{looked}").status_code) == (
        404,
        200,
    )
    assert coordinator("DELETE", f"/imports/{looked}").status_code == 204
    assert coordinator("GET", f"/imports/{looked}").status_code == 404
    waiting = coordinator("POST", "/imports", data=form(MEMBERS, write="true")).json["id"]
    stranger = others.delete(f"{API}/imports/{waiting}", headers=headers)
    unknown = others.delete(f"{API}/imports/nothing", headers=headers)
    assert stranger.status_code == unknown.status_code == 404
    assert stranger.json["detail"] == unknown.json["detail"]
    assert coordinator("DELETE", f"/imports/{waiting}").status_code == 204
    work_off(world)
    assert coordinator("GET", f"/imports/{waiting}").json["state"] == "cancelled"
    names = [row.name for row in world.services.store.export().rows.organizations]
    assert "示例接口甲厂" not in names
    written = coordinator("POST", "/imports", data=form(MEMBERS, write="true")).json["id"]
    work_off(world)
    late = coordinator("DELETE", f"/imports/{written}")
    assert (late.status_code, late.json["detail"][:27]) == (409, "It is done already, or bein")
    said = coordinator("DELETE", f"/imports/{written}", headers={"Accept-Language": "zh"})
    assert "已经完成，或正在写入" in said.json["detail"]
    assert coordinator("POST", f"/imports/{written}/undo", json={}).status_code == 200


def test_an_administrators_import_is_taken_back_by_administrators(app, world, coordinator):
    """It may have ended an organisation, which no coordinator brings back."""
    file = "id,name,kind,tier\nt:firm4,示例阀门4厂,firm,champion\n"
    client, headers = app.test_client(), world.headers("admin")
    sent = client.post(f"{API}/imports", data=form(file, write="true"), headers=headers).json["id"]
    work_off(world)
    assert coordinator("GET", f"/imports/{sent}").json["state"] == "written"
    assert coordinator("POST", f"/imports/{sent}/undo", json={}).status_code == 403
    assert world.services.store.organization("t:firm4").tier == "champion"
    assert client.post(f"{API}/imports/{sent}/undo", json={}, headers=headers).status_code == 200


def test_an_administrators_import_stays_theirs_when_its_account_is_gone(app, world, coordinator):
    """As it was with the account there: who deletes it hands nothing to coordinators."""
    account, headers = world.another("admin")
    file = "id,name,kind,tier\nt:firm5,示例阀门5厂,firm,champion\n"
    data = form(file, write="true")
    sent = app.test_client().post(f"{API}/imports", data=data, headers=headers).json["id"]
    work_off(world)
    world.services.privacy.delete_account(ADMIN, account.id)
    assert coordinator("POST", f"/imports/{sent}/undo", json={}).status_code == 403
    assert world.services.store.organization("t:firm5").tier == "champion"


def test_who_has_left_the_cluster_is_out_of_its_coordinators_lists(world, coordinator):
    store = world.services.store
    stays = Membership(CLUSTER, "t:firm6")
    store.upsert(GraphRows(memberships=(replace(stays, until=date(2020, 1, 1)),)))
    files = {
        "organizations": "id,name,kind,website\nt:firm6,示例阀门6厂,firm,https://past.example\n",
        "offers": "id,organization,kind,text\nzz:offer-past,t:firm6,product,阀体\n",
    }
    for table, file in files.items():
        options = json.dumps({"table": table})
        looked = coordinator("POST", "/imports", data=form(file, options=options)).json
        assert (looked["lines"]["loaded"], looked["lines"]["refused"]) == (0, 1), looked
    store.replace_rows(GraphRows(memberships=(stays,)), GraphRows())


@pytest.mark.parametrize("after", [{"clusters": ()}, {"active": False}])
def test_an_import_whose_sender_may_no_longer_write_it_is_not_written(app, world, after):
    account, headers = world.another("coordinator")
    sent = {"headers": headers, "data": form("单位名称,性质\n示例接口丁厂,民营\n", write="true")}
    asked = app.test_client().post(f"{API}/imports", **sent)
    assert asked.json["state"] == "queued", asked.text
    services = world.services
    services.accounts.change(account.id, lambda old: replace(old, **after), "account.changed")
    work_off(world)
    assert services.repositories.jobs.get(asked.json["id"]).value.state == "failed"
    assert services.repositories.imports.get_or_none(asked.json["id"]) is None
    assert not (services.import_workflow.uploads.root / "asked" / asked.json["id"]).exists()


def test_orders_go_to_the_members_that_they_name(world, coordinator):
    sent = form(ORDERS, write="true")
    answer = coordinator("POST", "/imports", data=sent)
    assert (answer.status_code, answer.json["state"]) == (201, "queued")
    work_off(world)
    done = coordinator("GET", f"/imports/{answer.json['id']}").json
    assert (done["lines"]["loaded"], done["counts"]["engagements"]) == (2, 2)
    assert [(row["line"], row["field"]) for row in done["problems"]] == [(3, "supplier")]
    record = world.services.repositories.imports.get(answer.json["id"]).value
    buyers = {part.organization for row in record.put.engagements for part in row.participants
              if part.role == "buyer"}  # fmt: skip
    assert buyers == {"t:firm1"}
    told = coordinator("GET", f"/imports/{answer.json['id']}/problems?format=csv")
    rows = list(csv.reader(io.StringIO(told.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row[:3] for row in rows[1:]] == [["3", "supplier", "warning"]]
    world.services.import_workflow.undo(ADMIN, answer.json["id"])


def test_who_may_be_a_member_is_listed_and_decided_over_the_api(world, coordinator):
    """Firm 1 under a name that only comes near its own: nobody's, until it is said to be."""
    orders = "Vendor,Client,Goods\n示例接口甲厂,示例阀门1厂有限公司,Seals\n"
    seen = coordinator("POST", "/imports", data=form(orders)).json
    pairs = [pair for pair in seen["pairs"] if pair["other"] == "t:firm1"]
    assert seen["lines"]["loaded"] == 0
    assert [(pair["name"], pair["is_same"], pair["closed"]) for pair in pairs] == [
        ("示例阀门1厂有限公司", None, None)
    ]
    said = {name: pairs[0][name] for name in ("first", "second")} | {"is_same": True}
    sent = form(orders, options=json.dumps({"decisions": [said]}))
    decided = coordinator("POST", "/imports", data=sent).json
    assert decided["lines"]["loaded"] == 1
    assert [pair["is_same"] for pair in decided["pairs"] if pair["other"] == "t:firm1"] == [True]


def test_what_was_decided_of_one_that_is_no_member_any_more_is_not_written(world):
    workflow, who = (
        world.services.import_workflow,
        Principal("s", "s", clusters=frozenset([CLUSTER])),
    )
    outside = next(
        id
        for id in (f"t:firm{number}" for number in range(1, 60))
        if world.services.store.organizations_by_id([id])
        and not any(each.id == CLUSTER for each in world.services.store.clusters_of(id))
    )
    id = workflow.keep(who, "list.csv", io.BytesIO(ORDERS.encode()), CLUSTER)
    upload = workflow.uploads.of(who, id)
    said = TableOptions(decisions=(PairDecision("list:one", outside, is_same=True),))
    upload.save(replace(upload.state, options=said))
    with pytest.raises(NotAllowed):
        workflow.write(who, id)
    with pytest.raises(NotAllowed):
        workflow.write_now(who, id)


def test_a_repeated_request_keeps_one_file(coordinator):
    key = {"Idempotency-Key": "one file"}
    body = (
        b"--b\r\nContent-Disposition: form-data; name=cluster\r\n\r\n" + CLUSTER.encode()
        + b"\r\n--b\r\nContent-Disposition: form-data; name=file; filename=a.csv\r\n\r\nname\nA\n"
        b"\r\n--b--\r\n"
    )  # fmt: skip
    sent = {"data": body, "content_type": "multipart/form-data; boundary=b", "headers": key}
    first, second = (coordinator("POST", "/imports", **sent) for _ in range(2))
    assert first.status_code == 201, first.text
    assert first.json["id"] == second.json["id"]
    assert second.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "list.pdf"}, "file"),
        ({"options": '{"mappings": {}}'}, "options.mappings"),
        ({"options": "no JSON"}, "options"),
        ({"options": '{"table": "clusters"}'}, "table"),
        ({"options": '{"header_line": -1}'}, "options.header_line"),
    ],
)
def test_what_is_wrong_with_a_request_is_told(coordinator, fields, field):
    answer = coordinator("POST", "/imports", data=form(MEMBERS, **fields))
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field


def test_a_file_that_cannot_be_read_is_kept_and_says_why(coordinator):
    answer = coordinator("POST", "/imports", data=form("", "empty.csv"))
    assert answer.status_code == 201
    assert "empty" in answer.json["error"]
    assert answer.json["lines"]["read"] == 0


LARGE = b"id,name,kind\nlarge:1,Large List Works,firm\nlarge:2,,firm\n"


def test_a_large_file_is_checked_by_the_worker_and_not_while_a_page_waits(wired, monkeypatch):
    monkeypatch.setattr(import_preview, "MAX_LOOKED_AT", 10)
    workflow = wired.import_workflow
    id = workflow.keep(ADMIN, "organizations.csv", io.BytesIO(LARGE))
    look = workflow.preview(ADMIN, id)
    assert (look.is_large, look.report, look.refused) == (True, None, None)
    assert [column.column for column in look.file.columns] == ["id", "name", "kind"]
    assert workflow.status(ADMIN, id).state is ImportState.CHECKING
    with pytest.raises(WrongState):
        workflow.problems(ADMIN, id)
    job = workflow.check(ADMIN, id)
    assert "1" in workflow.run_check(job).text("en")
    checked = workflow.preview(ADMIN, id)
    assert (checked.report.loaded, checked.report.refused, checked.report.new) == (1, 1, 1)
    assert [(row.line, row.is_refused) for row in checked.rows] == [(3, True)]
    status = workflow.status(ADMIN, id)
    assert (status.state, status.lines.read) == (ImportState.LOOKED_AT, 2)
    with monkeypatch.context() as no_reading:
        no_reading.delattr(import_reading, "open_upload")
        (row,) = workflow.problems(ADMIN, id).rows
    assert row[:3] == ("large:2", "", "firm")
    assert "empty" in row[3].text("en")
    workflow.choose(
        ADMIN, id, replace(workflow.read_as(ADMIN, id)[0], edits={3: {"name": "Second"}})
    )
    assert workflow.preview(ADMIN, id).report is None  # what was checked was another reading
    report = workflow.write_now(ADMIN, id)
    assert (report.loaded, report.refused) == (2, 0)


@pytest.mark.slow
def test_a_small_file_of_many_lines_is_large_too(wired):
    """Half a megabyte, 50,000 lines: read at once, a page waited for a minute."""
    workflow = wired.import_workflow
    lines = "".join(f"many:{n},Works\n" for n in range(50_000))
    id = workflow.keep(ADMIN, "many.csv", io.BytesIO(f"id,name\n{lines}".encode()))
    started = time.monotonic()
    look = workflow.preview(ADMIN, id)
    assert time.monotonic() - started < 15
    assert (look.is_large, look.report, look.refused) == (True, None, None)
    with pytest.raises(WrongState):
        workflow.problems(ADMIN, id)


@pytest.mark.slow
def test_a_small_workbook_that_unpacks_to_much_text_is_large_too(wired):
    workflow = wired.import_workflow
    book, packed = Workbook(), io.BytesIO()
    book.active.append(["id", "name", "kind", "description"])
    for number in range(200):
        book.active.append([f"text:{number}", f"Works {number}", "firm", "valve, " * 4_000])
    book.save(packed)
    assert len(packed.getvalue()) < 500_000
    packed.seek(0)
    look = workflow.preview(ADMIN, workflow.keep(ADMIN, "texts.xlsx", packed))
    assert (look.is_large, look.report, look.refused) == (True, None, None)


def test_a_file_that_names_many_on_each_line_is_large_too(wired):
    """180,000 suppliers on 3,000 lines: a page waited for more than a minute."""
    workflow = wired.import_workflow
    many = [";".join(f"Works {n} {k} Ltd" for k in range(60)) for n in range(600)]
    orders = "".join(f"{each},Client {n} Ltd,Seals\n" for n, each in enumerate(many))
    id = workflow.keep(ADMIN, "orders.csv", io.BytesIO(f"Vendor,Client,Goods\n{orders}".encode()))
    look = workflow.preview(ADMIN, id)
    assert (look.is_large, look.report, look.refused) == (True, None, None)


@pytest.mark.slow
def test_a_table_of_thousands_of_columns_is_proposed_in_time(wired):
    """2,000 titles that nobody knows, each held against every known one: 14 seconds."""
    workflow = wired.import_workflow
    titles = [f"Kennzahl der Anlage {n}" for n in range(1_990)]
    lines = [",".join(["名称", *titles]), *(",".join(["Works", *["x"] * 1_990]) for _ in range(9))]
    id = workflow.keep(ADMIN, "wide.csv", io.BytesIO("\n".join(lines).encode()))
    started = time.process_time()
    look = workflow.preview(ADMIN, id)
    assert time.process_time() - started < 10
    assert look.options.mapping["名称"] == "name"


def test_by_the_same_rows_that_are_read_once_formats_and_words_are_judged(
    wired, tmp_path, monkeypatch
):
    """Every pass over 200 rows of 1,990 columns took a second and a half."""
    path, passes = tmp_path / "list.csv", []
    path.write_text("名称,类型,成立日期\n甲厂,民营甲类,03/04/2001\n乙厂,民营甲类,13/04/2001\n")
    mapping = {"名称": "name", "类型": "kind", "成立日期": "founded"}
    table, lines = open_table(path), TableFile.lines
    monkeypatch.setattr(TableFile, "lines", lambda of: passes.append(of) or lines(of))
    options = TableOptions(table="organizations", mapping=mapping)
    seen = file_preview(table, options, {}, reference_index(wired.store))
    assert len(passes) == 1
    assert [(word.column, word.cell, word.count) for word in seen.words] == [
        ("kind", "民营甲类", 2)
    ]
    assert seen.columns[2].format is not None


def test_a_large_file_that_cannot_be_read_says_so_after_its_check(wired, monkeypatch):
    monkeypatch.setattr(import_preview, "MAX_LOOKED_AT", 10)
    workflow = wired.import_workflow
    rows = b"".join(b"large:%d,Works %d,firm\n" % (n, n) for n in range(3, 400))
    text = LARGE + rows + b'large:400,"open,firm\n'
    id = workflow.keep(ADMIN, "organizations.csv", io.BytesIO(text))
    job = workflow.check(ADMIN, id)
    with pytest.raises(InvalidInput):
        workflow.run_check(job)
    look = workflow.preview(ADMIN, id)
    assert look.report is None
    assert look.refused is not None
    assert workflow.status(ADMIN, id).state is ImportState.LOOKED_AT


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("会员名单.csv", "企业名称,所在地\n示例来源厂,甲市\n"),
        ("采购台账.csv", "供应商,采购方,采购内容\n示例来源供应厂,示例来源采购厂,阀体\n"),
    ],
)
def test_a_source_is_called_as_its_file_and_its_ids_are_plain(wired, name, content):
    workflow = wired.import_workflow
    id = workflow.keep(ADMIN, name, io.BytesIO(content.encode()))
    workflow.write_now(ADMIN, id)
    rows = workflow.store.organizations(OrganizationFilter(), None, 1000).rows
    written = [row for row in rows if "示例来源" in row.name and row.id.isascii()]
    sources = {row.provenance.source for row in written}
    assert name.removesuffix(".csv") in sources
    assert all(each.source in sources for row in written for each in row.origins)


def test_single_fields_of_an_import_are_listed_and_taken_back(world, coordinator):
    firm = world.services.store.organizations_by_id(["t:firm1"])["t:firm1"]
    text = f"id,name,kind,website,founded\nt:firm1,{firm.name},firm,https://fields.example,1987\n"
    sent = coordinator("POST", "/imports", data=form(text, write="true")).json
    work_off(world)
    place = f"/imports/{sent['id']}"
    listed = coordinator("GET", f"{place}/changes").json
    changed = {row["field"]: row for row in listed["items"]}
    assert {row["organization"] for row in listed["items"]} == {"t:firm1"}
    assert changed["website"]["after"] == "https://fields.example"
    assert changed["website"]["after_tier"] == "import"
    assert {row["state"] for row in listed["items"]} == {"stands"}
    one = {"fields": [{"organization": "t:firm1", "field": "website"}]}
    answer = coordinator("POST", f"{place}/undo", json=one)
    assert (answer.status_code, answer.json["state"]) == (200, "written"), answer.text
    now = world.services.store.organizations_by_id(["t:firm1"])["t:firm1"]
    assert now.website == firm.website
    assert answer.json["taken_back"] == {"fields": 1, "rows": 0, "kept": []}
    assert sent.get("taken_back") is None
    states = {
        row["field"]: row["state"] for row in coordinator("GET", f"{place}/changes").json["items"]
    }
    assert states.pop("website") == "taken_back"
    assert set(states.values()) <= {"stands"}
    page = coordinator("GET", f"{place}/changes?offset={listed['total']}").json
    assert (page["items"], page["total"]) == ([], listed["total"])
    other = {"fields": [{"organization": "t:firm2", "field": "website"}]}
    assert coordinator("POST", f"{place}/undo", json=other).status_code == 422
    assert coordinator("POST", f"{place}/undo", json={"fields": []}).status_code == 422
    assert coordinator("POST", f"{place}/undo", json={}).json["state"] == "taken_back"
    now = world.services.store.organizations_by_id(["t:firm1"])["t:firm1"]
    assert replace(now, version=firm.version) == firm
    assert coordinator("POST", f"{place}/undo", json=one).status_code == 409


def test_single_rows_of_an_import_are_listed_and_taken_back(world, coordinator):
    firm = world.services.store.organizations_by_id(["t:firm1"])["t:firm1"]
    before = world.services.store.certificates_of("t:firm1")
    text = f"id,name,kind,certificates\nt:firm1,{firm.name},firm,ISO 14001: L99; CE\n"
    sent = coordinator("POST", "/imports", data=form(text, write="true")).json
    work_off(world)
    place = f"/imports/{sent['id']}"
    listed = coordinator("GET", f"{place}/changes").json
    rows = {tuple(row["says"]): row for row in listed["rows"] if row["table"] == "certificates"}
    assert rows.keys() == {("ISO 14001", "L99"), ("CE",)}
    row = rows["ISO 14001", "L99"]
    assert (row["organizations"], row["state"], row["is_new"]) == (["t:firm1"], "stands", True)
    assert listed["total_rows"] == len(listed["rows"])
    one = {"rows": [{"table": row["table"], "key": row["key"]}]}
    answer = coordinator("POST", f"{place}/undo", json=one)
    assert (answer.status_code, answer.json["state"]) == (200, "written"), answer.text
    held = {each.kind for each in world.services.store.certificates_of("t:firm1")}
    assert "ISO 14001" not in held
    assert "CE" in held
    states = {
        tuple(each["says"]): each["state"]
        for each in coordinator("GET", f"{place}/changes").json["rows"]
    }
    assert (states["ISO 14001", "L99"], states["CE",]) == ("taken_back", "stands")
    other = {"rows": [{"table": "organizations", "key": "t:firm1"}]}
    assert coordinator("POST", f"{place}/undo", json=other).status_code == 422
    assert coordinator("POST", f"{place}/undo", json={}).json["state"] == "taken_back"
    assert world.services.store.certificates_of("t:firm1") == before


def test_what_stays_of_an_import_is_told_with_its_reason(world, coordinator):
    firm = world.services.store.organizations_by_id(["t:firm1"])["t:firm1"]
    text = f"id,name,kind,website\nt:firm1,{firm.name},firm,https://stays.example\n"
    sent = coordinator("POST", "/imports", data=form(text, write="true")).json
    work_off(world)
    now = world.services.store.organizations_by_id(["t:firm1"])["t:firm1"]
    other = replace(now, website="https://other.example")
    world.services.store.upsert(GraphRows(organizations=(other,)))
    one = {"fields": [{"organization": "t:firm1", "field": "website"}]}
    answer = coordinator("POST", f"/imports/{sent['id']}/undo", json=one).json
    stays = {"table": "organizations", "key": "t:firm1", "field": "website"}
    stays["why"] = "changed_since"
    assert answer["taken_back"] == {"fields": 0, "rows": 0, "kept": [stays]}
    assert (answer["state"], answer["left"]) == ("written", 0)
    world.services.store.upsert(GraphRows(organizations=(firm,)))


@pytest.mark.parametrize("is_same", [True, False])
def test_an_id_that_stands_for_another_clusters_organisation_is_not_decided_on(
    world, coordinator, is_same
):
    """It is on record under the id that an earlier version made of its name, and no member."""
    name, other = "示例远处验光设备有限公司", "示例无名骗子厂"
    foreign = f"cluster:{earlier_name_key(name)}"
    store = world.services.store
    store.upsert(GraphRows(organizations=(Organization(foreign, name, Kind.FIRM),)))
    made = sorted(f"cluster:{name_key(each)}" for each in (name, other))
    said = {"first": made[0], "second": made[1], "is_same": is_same}
    orders = f"Vendor,Client,Goods\n{name},示例阀门1厂,Lenses\n{other},示例阀门1厂,Lenses\n"
    options = json.dumps({"table": "orders", "source": "cluster", "decisions": [said]})
    sent = coordinator("POST", "/imports", data=form(orders, options=options, write="true"))
    assert sent.status_code == 201, sent.text
    work_off(world)
    written = coordinator("GET", f"/imports/{sent.json['id']}").json
    unknown = coordinator("GET", f"/organizations/cluster:{name_key(other)}")
    decided = {each.id for each in world.services.repositories.not_duplicates.values()}
    world.services.import_workflow.undo(ADMIN, sent.json["id"])
    assert written["state"] == "written"
    assert unknown.json.get("id") != foreign
    assert not any(foreign in pair for pair in decided)


def test_nobody_without_an_account_learns_which_imports_there_are(app, world, coordinator):
    sent = coordinator("POST", "/imports", data=form(MEMBERS, write="true")).json
    work_off(world)
    client = app.test_client()
    for id in (sent["id"], "nope"):
        assert client.post(f"{API}/imports/{id}/undo", json={}).status_code == 401
    world.services.import_workflow.undo(ADMIN, sent["id"])


HIDDEN = "t:firm7"  # of no cluster of the coordinator's
NAME_OF_HIDDEN = "示例远山球阀厂"
SOMEBODY = "Somebody on record may be the same: an administrator decides."


@pytest.fixture
def opted_out(world):
    """A firm that the coordinator does not find, under its own name and another id too."""
    store = world.services.store
    before = store.organization(HIDDEN)
    hidden = replace(before, listed=False, name=NAME_OF_HIDDEN, name_en="Yuanshan Ball Valves")
    store.upsert(
        GraphRows(organizations=(hidden,), aliases=(Alias("old:yuanshan", HIDDEN, "merged"),))
    )
    yield hidden
    store.upsert(GraphRows(organizations=(replace(before, version=0),)))


def looked_at(coordinator, text, table, **options):
    sent = form(text, options=json.dumps({"table": table, **options}))
    answer = coordinator("POST", "/imports", data=sent)
    assert answer.status_code == 201, answer.text
    return answer


def test_a_list_finds_nobody_who_opted_out_by_names_that_come_near(world, coordinator, opted_out):
    members = "name,kind\n示例远山球阀有限公司,firm\n示例云岭铸件厂,firm\n"
    answer = looked_at(coordinator, members, "organizations")
    assert answer.json["pairs"] == []
    assert [(row["line"], row["reason"]) for row in answer.json["problems"]] == [(2, SOMEBODY)]
    assert not any(told in answer.text for told in (HIDDEN, opted_out.name, opted_out.name_en))
    chinese = coordinator("GET", f"/imports/{answer.json['id']}", headers={"Accept-Language": "zh"})
    assert [row["reason"] for row in chinese.json["problems"]] == [
        "库中可能已有同一家，由管理员判定。"
    ]
    world.services.store.upsert(GraphRows(organizations=(replace(opted_out, listed=True),)))
    pairs = looked_at(coordinator, members, "organizations").json["pairs"]
    assert [(pair["other"], pair["other_name"]) for pair in pairs] == [(HIDDEN, opted_out.name)]


def test_who_opted_out_is_refused_without_its_name_and_stays_for_administrators(
    app, world, coordinator, opted_out
):
    exact = f"name,kind,place\n{opted_out.name},firm,乙市\n"
    answer = looked_at(coordinator, exact, "organizations").json
    assert answer["lines"]["refused"] == 1
    assert [(row["line"], row["reason"]) for row in answer["problems"]] == [(2, SOMEBODY)]
    # An administrator reads whom the list means, and decides.
    alike = form("name,kind\n示例远山球阀有限公司,firm\n")
    admin = world.headers("admin")
    seen = app.test_client().post(f"{API}/imports", data=alike, headers=admin)
    assert [pair["other"] for pair in seen.json["pairs"]] == [HIDDEN]


# Guesses at the one firm: its own name with and without its place, what comes near it, and twice.
GUESSES = {
    "certain": f"{NAME_OF_HIDDEN},乙市",
    "elsewhere": f"{NAME_OF_HIDDEN},甲市",
    "without place": f"{NAME_OF_HIDDEN},",
    "alike": "示例远山球阀有限公司,",
}


@pytest.mark.parametrize("further", [0, 1])
@pytest.mark.parametrize("write", [False, True])
def test_no_guess_at_who_opted_out_is_told_to_be_right(
    world, coordinator, opted_out, write, further
):
    """Each is refused in the same words, and nothing that is counted differs."""

    def told(guess):
        """What a list of the guess, with an offer, is answered; and what its import leaves."""
        lines = [f"{guess},firm,Zorvex {number}" for number in range(1 + further)]
        text = "\n".join(["name,place,kind,offers", *lines, "示例云岭铸件厂,甲市,firm,"])
        sent = form(f"{text}\n", **({"write": "true"} if write else {}))
        answer = coordinator("POST", "/imports", data=sent).json
        if write:
            work_off(world)
            answer = coordinator("GET", f"/imports/{answer['id']}").json
            world.services.import_workflow.undo(ADMIN, answer["id"])
        kept = {
            name: answer.get(name)
            for name in ("state", "lines", "counts", "new", "known", "merged", "alike", "pairs",
                         "problems", "changes")
        }  # fmt: skip
        return json.loads(json.dumps(kept))

    answers = {name: told(guess) for name, guess in GUESSES.items()}
    first = answers["certain"]
    assert [(row["line"], row["severity"], row["reason"]) for row in first["problems"]] == [
        (line, "error", SOMEBODY) for line in range(2, 3 + further)
    ]
    assert (first["lines"]["refused"], first["lines"]["loaded"]) == (1 + further, 1)
    assert all(answer == first for answer in answers.values())


@pytest.mark.parametrize("id", [HIDDEN, "old:yuanshan"])
@pytest.mark.parametrize(
    ("table", "text"),
    [
        (
            "ties",
            "id,source,target,layer\nmy:1,t:firm1,{id},SUPPLIES\n"
            "my:2,t:firm1,示例远山球阀厂,SUPPLIES\n",
        ),
        ("offers", "id,organization,kind,text\nmy:1,{id},product,Zorvex\n"),
        ("organizations", "id,name,kind,offers\n{id},示例新铸件厂,firm,Zorvex\n"),
        ("memberships", "cluster,organization\nt:cluster,{id}\n"),
        ("observations", "id,subject,indicator,year,value\nmy:1,{id},revenue,2024,1\n"),
    ],
)
def test_the_id_of_who_opted_out_reads_as_one_that_nobody_has(
    coordinator, opted_out, table, text, id
):
    def told(asked):
        seen = looked_at(coordinator, text.format(id=asked), table).json
        kept = {name: seen[name] for name in ("lines", "counts", "new", "known", "problems")}
        return json.dumps(kept).replace(asked, "?")

    assert told(id) == told(f"{id}9")


def test_a_member_is_known_by_another_id_of_its_own_still(world, coordinator, opted_out):
    alias = Alias("old:firm1", "t:firm1", "merged")
    world.services.store.upsert(GraphRows(aliases=(alias,)))
    rows = "id,name,kind\nold:firm1,示例阀门1厂,firm\n"
    ties = "id,source,target,layer\nmy:1,old:firm1,t:firm2,SUPPLIES\n"
    for text, table in ((rows, "organizations"), (ties, "ties")):
        seen = looked_at(coordinator, text, table).json
        assert (seen["lines"]["loaded"], seen["problems"]) == (1, [])


@pytest.mark.parametrize("is_same", [True, False])
def test_a_decision_on_who_opted_out_is_one_on_nobody(coordinator, opted_out, is_same):
    def told(asked, listed):
        rows = f"id,name,kind\n{listed},示例新铸件厂,firm\n"
        said = {"first": listed, "second": asked, "is_same": is_same}
        sent = form(rows, options=json.dumps({"table": "organizations", "decisions": [said]}))
        answer = coordinator("POST", "/imports", data=sent)
        kept = [answer.json.get(name) for name in ("lines", "counts", "problems", "pairs")]
        return answer.status_code, json.dumps(kept).replace(asked, "?")

    assert told(HIDDEN, "my:new") == told("t:firm9999", "my:new")
    assert told(HIDDEN, HIDDEN) == told("t:firm9999", "t:firm9999")


def test_the_organisation_of_a_decision_that_opted_out_is_not_made_a_members(
    world, coordinator, opted_out
):
    said = {"first": "t:firm1", "second": HIDDEN, "is_same": True}
    sent = form(
        f"id,name,kind\n{HIDDEN},示例新铸件厂,firm\n", write="true",
        options=json.dumps({"table": "organizations", "decisions": [said]}),
    )  # fmt: skip
    coordinator("POST", "/imports", data=sent)
    work_off(world)
    assert world.services.store.organization(HIDDEN).id == HIDDEN


def test_what_a_list_wrote_does_not_tell_the_id_of_who_opted_out(world, coordinator, opted_out):
    orders = f"Vendor,Vendor city,Client,Goods\n{opted_out.name},乙市,示例阀门1厂,Seals\n"
    store = world.services.store
    store.upsert(GraphRows(organizations=(replace(opted_out, listed=True),)))
    sent = coordinator("POST", "/imports", data=form(orders, write="true")).json
    work_off(world)
    store.upsert(GraphRows(organizations=(opted_out,)))  # a day later
    record = world.services.repositories.imports.get(sent["id"]).value
    parties = {part.organization for row in record.put.engagements for part in row.participants}
    listed = coordinator("GET", f"/imports/{sent['id']}/changes")
    world.services.import_workflow.undo(ADMIN, sent["id"])
    assert parties == {HIDDEN, "t:firm1"}
    assert [row["organizations"] for row in listed.json["rows"] if row["table"] == "engagements"]
    assert HIDDEN not in listed.text


@pytest.mark.parametrize("vendor", [NAME_OF_HIDDEN, "示例远山球阀有限公司"])
def test_a_purchase_of_who_may_have_opted_out_is_left_out(world, coordinator, opted_out, vendor):
    """By the certain name as by one that comes near; what the next line says is written."""
    orders = (
        "Vendor,Vendor city,Client,Goods\n"
        f"{vendor},乙市,示例阀门1厂,Seals\n"
        f"{vendor},乙市,示例阀门2厂,Seals\n"
        "示例阀门3厂,甲市,示例阀门1厂,Rings\n"
    )
    sent = coordinator("POST", "/imports", data=form(orders, write="true")).json
    work_off(world)
    record = world.services.repositories.imports.get(sent["id"]).value
    told = coordinator("GET", f"/imports/{sent['id']}").json
    world.services.import_workflow.undo(ADMIN, sent["id"])
    parties = {part.organization for row in record.put.engagements for part in row.participants}
    assert parties == {"t:firm1", "t:firm3"}
    assert [(row["line"], row["reason"]) for row in told["problems"]] == [
        (2, SOMEBODY), (3, SOMEBODY),
    ]  # fmt: skip
    assert (told["lines"]["refused"], told["lines"]["loaded"]) == (2, 1)
