"""How many clicks from the first page lead to what people come for, counted by the browser."""

import pytest
from playwright.sync_api import expect

from matchmaker.workflow.introduction import Transition
from matchmaker.workflow.introduction_states import Action
from tests.web.conftest import press

CLUSTER = "seed:cluster-valves"
MEMBERS = "企业名称,所在地,主营产品\n示例点数甲铸造有限公司,永嘉县,不锈钢铸件\n"


@pytest.fixture
def counted(visit):
    """Somebody on the first page, and the clicks of theirs so far."""

    def arrive(role):
        visitor, clicks = visit(role, "zh"), []
        visitor.context.expose_binding("clicked", lambda source: clicks.append(source["page"].url))
        visitor.context.add_init_script(
            "addEventListener('click', event => event.isTrusted && clicked(), true)"
        )
        visitor.open("/")
        return visitor, clicks

    return arrive


def test_a_match_is_seen_at_once_a_request_sent_in_four_clicks_and_answered_in_two(counted, sample):
    firm, clicks = counted("firm")
    page = firm.page
    assert page.locator("section:has(#matches) li.card").count() == 3
    assert len(clicks) <= 1  # a match was seen
    page.fill("main textarea[name=text]", "止回阀 示例·朗拓阀门有限公司")
    press(page, "寻找")
    press(page, page.locator("#results article.card footer > a").first)
    press(page, "发出请求")
    assert 0 < len(clicks) <= 4
    id = page.url.rpartition("/")[2]
    principal = sample.demo.account("firm").principal()
    sample.introductions.act(principal, id, Transition(Action.CANCEL))
    (supplier_id,) = sample.demo.account("supplier").principal().organizations
    page.goto(f"{firm.server}/introductions/new?goal=supplier&candidate={supplier_id}")
    press(page, "发出请求")
    supplier, answering = counted("supplier")
    other = supplier.page
    press(other, other.get_by_role("button", name="查看并答复").first)
    press(other, "接受")
    assert 0 < len(answering) <= 2
    sample.introductions.act(principal, page.url.rpartition("/")[2], Transition(Action.END))


def test_the_ten_ties_are_one_click_away_and_a_list_of_members_six(counted, tmp_path):
    visitor, clicks = counted("coordinator")
    page = visitor.page
    expect(page.locator("input[name=pair]")).to_have_count(10)
    assert len(clicks) <= 1
    press(page, page.get_by_role("link", name="导入", exact=True))
    file = tmp_path / "members.csv"
    file.write_text(MEMBERS, "utf-8")
    page.set_input_files("input[type=file]", file)
    clicks.append("the file is chosen")
    press(page, "先检查")
    press(page, "写入可用的行")
    assert "/jobs/" in page.url
    assert 0 < len(clicks) <= 6
