"""Pages of administrators: the log by name, invitations and clusters by name."""

import re

import pytest

from matchmaker.services.unit_of_work import UnitOfWork, utc_now
from tests.web.conftest import press

FOUNDRY, NAME = "seed:valves-012", "示例·正拓铸造有限公司"


@pytest.mark.parametrize("script", [True, False])
def test_somebody_is_invited_for_an_organisation_by_its_name(visit, sample, script):
    visitor = visit("admin", "en", java_script_enabled=script)
    visitor.open("/admin/accounts")
    page = visitor.page
    page.fill("input[name=email]", f"script-{script}@example.org".lower())
    if script:
        page.locator("input[name=organization]").press_sequentially("zhengtuo")
        option = page.locator("#organizations option").first
        option.wait_for(state="attached")
        assert option.get_attribute("value") == FOUNDRY
        page.fill("input[name=organization]", FOUNDRY)
    else:
        page.fill("input[name=organization]", NAME)
    press(page, "Invite")
    assert "Sample Zhengtuo Foundry" in page.inner_text("main")
    visitor.open("/admin/log")
    newest = page.locator("tbody tr").first
    assert "Demo admin" in newest.inner_text()
    assert f"script-{script}@example.org".lower() in newest.inner_text()
    address = newest.get_by_role("link", name="Sample Zhengtuo Foundry").get_attribute("href")
    assert address.endswith(f"/organizations/{FOUNDRY}")
    assert not re.search(r"[0-9a-f]{32}", newest.inner_text())


def test_a_name_of_several_is_asked_about(visit):
    visitor = visit("admin", "en")
    visitor.open("/admin/accounts")
    visitor.page.fill("input[name=email]", "several@example.org")
    visitor.page.fill("input[name=organization]", "铸造")
    press(visitor.page, "Invite")
    assert "may be" in visitor.page.inner_text("main")
    assert FOUNDRY in visitor.page.inner_text("main")
    assert visitor.page.input_value("input[name=email]") == "several@example.org"


def test_a_part_of_a_name_is_asked_about_also_where_only_one_has_it(visit):
    visitor = visit("admin", "en")
    visitor.open("/admin/accounts")
    visitor.page.fill("input[name=email]", "part@example.org")
    visitor.page.fill("input[name=organization]", "zhengtuo")
    press(visitor.page, "Invite")
    assert f"may be {FOUNDRY}" in visitor.page.inner_text("main")
    assert visitor.page.locator("main", has_text="part@example.org").count() == 0


def test_clusters_are_found_by_a_part_of_their_name(visit):
    visitor = visit("admin", "zh")
    page = visitor.page
    for path in ("/clusters", "/admin/clusters"):
        visitor.open(path)
        page.locator("main input[type=search]").fill("阀门")
        press(page, page.locator("main form[role=search] button"))
        assert page.locator("main li a").all_inner_texts() == ["示例·永嘉阀门产业集群"]
    visitor.open("/clusters?q=火星")
    assert "没有名称相符的集群" in page.inner_text("main")


def test_the_log_looks_all_organisations_of_its_lines_up_at_once(visit, sample, monkeypatch):
    store = sample.directory.store
    looked_up = []
    many = store.organizations_by_id
    monkeypatch.setattr(
        store, "organizations_by_id", lambda ids: looked_up.append(tuple(ids)) or many(ids)
    )
    visitor = visit("admin", "en")
    visitor.open("/admin/log")
    assert FOUNDRY in looked_up[-1]
    assert sum(FOUNDRY in ids for ids in looked_up) == 1
    assert visitor.page.locator("tbody").get_by_role("link", name="Sample Zhengtuo Foundry").count()


def test_the_log_says_in_words_what_was_done_and_is_narrowed_down(visit, sample):
    visitors = {language: visit("admin", language) for language in ("en", "zh")}
    unit = UnitOfWork("system", utc_now())
    unit.log("posting.return", "posting/none")
    unit.log("organisation.taught", "organization/none")  # by a version that knew more
    unit.commit(sample.repositories.records)
    for language, returned, family in (
        ("en", "Need or offer sent back", "Needs and offers posted"),
        ("zh", "退回需求或供给", "发布的需求与供给"),
    ):
        visitor = visitors[language]
        page = visitor.page
        visitor.open("/admin/log")
        rows = page.locator("tbody tr")
        assert "organisation.taught" in rows.nth(0).inner_text()
        assert returned in rows.nth(1).inner_text()
        assert not re.search(r"\b(account|introduction|posting)\.[a-z]", page.inner_text("tbody"))
        page.select_option("select[name=action]", "posting.")
        assert family in page.locator("select[name=action] option:checked").inner_text()
        press(page, page.locator("main form.toolbar button"))
        assert returned in rows.nth(0).inner_text()
        assert page.input_value("select[name=action]") == "posting."
        system = page.locator("#actors option").nth(1).get_attribute("value")
        page.fill("input[name=who]", system)
        page.fill("input[name=day]", "2001-01-01")
        press(page, page.locator("main form.toolbar button"))
        assert rows.count() == 0
        page.fill("input[name=day]", "")
        page.fill("input[name=who]", "nobody@example.org")
        press(page, page.locator("main form.toolbar button"))
        assert "nobody@example.org" in page.locator("[role=alert]").inner_text()
        assert page.input_value("input[name=who]") == "nobody@example.org"
        visitor.open("/admin/log?who=admin@demo.matchmaker.example")
        actors = page.locator("tbody td:nth-child(3)").all_inner_texts()
        assert all("Demo admin" in actor or "演示管理员" in actor for actor in actors), actors
