"""Faults that an outsider named at the same tasks later, and how pages speak since."""

import pytest

from matchmaker.workflow.posting import PostingAction
from tests.web.conftest import press

FIRM, SUPPLIER, VALVES = "seed:valves-001", "seed:valves-005", "seed:cluster-valves"
PHONE = {"viewport": {"width": 390, "height": 800}}
BOTH = pytest.mark.parametrize("language", ["zh", "en"])


@BOTH
def test_an_offer_published_a_moment_ago_answers_needs_on_the_first_page(visit, sample, language):
    visitor = visit("supplier", language)
    page = visitor.page
    text = f"我厂提供阀芯球体研磨精加工服务，SS316，圆度0.01以内，{language}"
    version = sample.reader.current().meta.version
    visitor.open("/")
    assert text not in page.inner_text("main")
    visitor.open("/postings/new?what=offer")
    page.fill("textarea[name=text]", text)
    page.select_option("select[name=offer_kind]", "service")
    page.select_option("select[name=terms]", "market")
    press(page, {"zh": "发布", "en": "Publish"}[language])
    posting = page.url.rsplit("/", 1)[1]
    visitor.open("/")
    assert text in page.locator("section[aria-labelledby=answerable]").inner_text()
    assert sample.reader.current().meta.version == version
    principal = sample.demo.account("supplier").principal()
    sample.postings.act(principal, posting, PostingAction.WITHDRAW)
    visitor.open("/")
    assert text not in page.inner_text("main")
    assert visitor.complaints == []
