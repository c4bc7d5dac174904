"""Whether who stands in a file is somebody known: asked before it is written, and remembered."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from matchmaker.access import Principal
from matchmaker.errors import NotAllowed
from matchmaker.ingest.pair_decisions import PairDecision
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations import import_sheets
from tests.web.conftest import in_languages, press
from tests.web.test_imports import ADMIN, COORDINATOR, VALVES, brought, table, work_off

NAMES = {"zh": ("温州伟联伺服科技有限公司", "Wenzhou Weilian Servo Co., Ltd."),
         "en": ("温州恒泰密封件有限公司", "Wenzhou Hengtai Sealing Co., Ltd."),
         "services": ("温州瑞丰铸造有限公司", "Wenzhou Ruifeng Foundry Co., Ltd.")}  # fmt: skip
ELSEWHERE = Principal("account:e", account="e", clusters=frozenset({"seed:cluster-hosiery"}))


def orders(name, number="P1"):
    return (
        "PO no.,Order date,Vendor,Vendor country,Customer,Item\n"
        f'{number},2026-01-12,"{name}",CN,Zhejiang Tongli Food Ltd.,Motors\n'
    )


def member(sample, name):
    """The id of a new member of the cluster."""
    brought(sample, COORDINATOR, "organizations", f"name,kind,country\n{name},firm,CN\n", VALVES)
    return next(row.id for row in sample.store.members(VALVES, None, 500).rows if row.name == name)


def looked_at(sample, principal, name, number="P1", decisions=(), cluster=VALVES):
    id = sample.import_workflow.keep(principal, "orders.csv", table(orders(name, number)), cluster)
    if decisions:
        sample.import_workflow.choose(principal, id, TableOptions(decisions=decisions))
    return id, sample.import_workflow.preview(principal, id)


def written(sample, principal, id):
    job = sample.import_workflow.write(principal, id)
    work_off(sample)
    return job.id


def sold_by(sample, id):
    return sample.store.rows_about(id).engagements


@in_languages("zh")
def test_who_is_a_member_under_another_name_is_said_on_the_page_and_its_orders_load(
    visit, sample, tmp_path, language
):
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    chinese, english = NAMES[language]
    id = member(sample, chinese)
    file = tmp_path / "orders.csv"
    file.write_text(orders(english), "utf-8")
    coordinator = visit("coordinator", language)
    page = coordinator.page
    coordinator.open(f"/clusters/{VALVES}/import")
    page.set_input_files("input[name=file]", file)
    press(page, say("先检查", "Look at it first"))
    row = page.locator("#pairs tbody tr", has_text=chinese)
    row.locator("select").select_option(label=say("是同一家", "the same"))
    press(page, say("按这些选择重新检查", "Look again with these choices"))
    told = say(f"“{english}”就是“{chinese}”", f"'{english}' is '{chinese}'")
    expect(page.locator("main")).to_contain_text(told)
    row = page.locator("#pairs tbody tr", has_text=chinese)
    assert row.locator("select").input_value() == "same"
    press(page, say("写入可用的行", "Write the good rows"))
    work_off(sample)
    kept = sample.store.organization(id)
    assert (kept.name, english in kept.other_names) == (chinese, True)
    assert len(sold_by(sample, id)) == 1


def test_what_was_said_holds_for_the_next_file_until_the_import_is_taken_back(sample):
    chinese, english = NAMES["services"]
    id = member(sample, chinese)
    upload, look = looked_at(sample, COORDINATOR, english)
    (pair,) = [each for each in look.pairs if each.other == id]
    assert (look.report.loaded, pair.name, pair.closed) == (0, english, None)
    same = PairDecision(pair.first, pair.second, is_same=True)
    upload, look = looked_at(sample, COORDINATOR, english, decisions=(same,))
    assert look.report.loaded == 1
    first = written(sample, COORDINATOR, upload)
    _, later = looked_at(sample, COORDINATOR, english, "P2")
    assert (later.report.loaded, later.pairs) == (1, ())
    sample.import_workflow.undo(COORDINATOR, first)
    _, again = looked_at(sample, COORDINATOR, english, "P2")
    assert (again.report.loaded, [each.other for each in again.pairs]) == (0, [id])
    assert sample.store.organization(id).other_names == ()


def test_who_is_said_not_to_be_a_member_is_not_asked_about_again(sample):
    id = member(sample, "温州宏声仪表有限公司")
    name = "Wenzhou Hongsheng Instrument Co., Ltd."
    _, look = looked_at(sample, ADMIN, name, cluster="")
    (pair,) = [each for each in look.pairs if each.other == id]
    apart = PairDecision(pair.first, pair.second, is_same=False)
    upload, look = looked_at(sample, ADMIN, name, decisions=(apart,), cluster="")
    assert [each.is_same for each in look.pairs if each.other == id] == [False]
    written(sample, ADMIN, upload)
    assert (pair.first, pair.second) not in {each.key for each in sample.store.duplicates()}
    _, later = looked_at(sample, ADMIN, name, "P2", cluster="")
    assert id not in {each.other for each in later.pairs}


def test_a_coordinator_decides_on_no_member_of_others(sample):
    id = member(sample, "温州大江电机有限公司")
    name = "Wenzhou Dajiang Motor Co., Ltd."
    _, look = looked_at(sample, ELSEWHERE, name, cluster="seed:cluster-hosiery")
    (pair,) = [each for each in look.pairs if each.other == id]
    assert "administrator" in pair.closed.text("en")
    same = PairDecision(pair.first, pair.second, is_same=True)
    with pytest.raises(NotAllowed):
        looked_at(sample, ELSEWHERE, name, decisions=(same,), cluster="seed:cluster-hosiery")


def test_of_two_members_only_one_is_who_stands_in_the_file(sample):
    """The second answer does not count, and that is told."""
    ids = [member(sample, name) for name in ("温州金田阀杆有限公司", "温州金田阀杆厂")]
    name = "Wenzhou Jintian Stem Co., Ltd."
    _, look = looked_at(sample, COORDINATOR, name)
    pairs = [each for each in look.pairs if each.other in ids]
    said = tuple(PairDecision(each.first, each.second, is_same=True) for each in pairs)
    assert len(said) == 2
    upload, look = looked_at(sample, COORDINATOR, name, decisions=said)
    assert [each.is_same for each in look.pairs].count(True) == 1
    assert any("another one already" in note.reason.text("en") for note in look.report.notes)
    written(sample, COORDINATOR, upload)
    assert sorted(len(sold_by(sample, id)) for id in ids) == [0, 1]


def test_pairs_of_a_large_file_are_decided_after_its_check(sample, monkeypatch):
    monkeypatch.setattr(import_sheets, "takes_long", lambda path, table: True)
    id = member(sample, "温州明光电器有限公司")
    name = "Wenzhou Mingguang Electric Co., Ltd."
    upload, _ = looked_at(sample, COORDINATOR, name)
    sample.import_workflow.check(COORDINATOR, upload)
    work_off(sample)
    look = sample.import_workflow.preview(COORDINATOR, upload)
    (pair,) = [each for each in look.pairs if each.other == id]
    assert (look.is_large, pair.name) == (True, name)
    options = sample.import_workflow.read_as(COORDINATOR, upload)[0]
    same = PairDecision(pair.first, pair.second, is_same=True)
    sample.import_workflow.choose(COORDINATOR, upload, replace(options, decisions=(same,)))
    written(sample, COORDINATOR, upload)
    assert len(sold_by(sample, id)) == 1
