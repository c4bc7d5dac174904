"""Pages of administrators: the log by name, invitations and clusters by name."""

import re

import pytest

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
