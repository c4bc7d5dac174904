"""A tie survey in a real browser: answered on phones, without an account."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from matchmaker.access import ADMIN
from matchmaker.store.documents import new_id
from matchmaker.workflow.survey import SurveyQuestion, SurveyRound
from tests.web.conftest import press
from tests.web.test_pages import PHONE

CLUSTER = "seed:cluster-valves"
FIRST, SECOND = "seed:valves-001", "seed:valves-002"


def _survey(sample):
    """A round of three members that ends in a week; a test closes it."""
    members = (FIRST, SECOND, "seed:valves-003")
    today = sample.clock()
    made = SurveyRound(
        new_id(), CLUSTER, "贵单位与谁合作？", (SurveyQuestion.SELLS_TO, SurveyQuestion.BUYS_FROM),
        members, today.date() + timedelta(days=7), "admin", today,
    )  # fmt: skip
    return sample.surveys.open(ADMIN, made).survey.id


def _path(sample, survey, organization):
    link = urlsplit(sample.surveys.link(ADMIN, survey, organization).url)
    return f"/survey?token={parse_qs(link.query)['token'][0]}"


def test_two_members_confirm_a_tie_on_their_phones(visit, sample):
    survey = _survey(sample)
    try:
        first = visit("", "zh", viewport=PHONE)
        assert first.open(_path(sample, survey, FIRST)).status == 200
        assert first.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert first.violations() == []
        name = sample.store.organization(SECOND).name
        asked = first.page.locator("[data-question=sells_to]")
        asked.locator(".other input").fill(name[3:7])
        asked.locator(".matches").get_by_role("button", name=name, exact=True).click()
        asked.locator(".other input").fill("上海外部阀门厂")
        asked.get_by_role("button", name="名录之外：“上海外部阀门厂”").click()
        # Since when is asked of who is ticked, and of nobody else.
        ticked = asked.locator(".partner:has(input:checked) details")
        expect(ticked).to_be_visible()
        assert asked.locator(".partner details:visible").count() == 1
        press(first.page, "发送")
        expect(first.page.locator("input[value='上海外部阀门厂']")).to_be_visible()
        expect(first.page.locator(f"input[name='tie:sells_to'][value='{SECOND}']")).to_be_checked()

        second = visit("", "en", viewport=PHONE)
        second.open(_path(sample, survey, SECOND))
        name = sample.store.organization(FIRST).name_en
        asked = second.page.locator("[data-question=buys_from]")
        asked.locator(".other input").fill(name[7:16])
        asked.locator(".matches").get_by_role("button", name=name, exact=True).click()
        press(second.page, "Send")
        # Who named it a link shows to nobody: whoever handed it on could read that.
        expect(second.page.get_by_role("button", name="Save", exact=True)).to_be_visible()
        assert second.page.locator("input[name^='claim:']").count() == 0
        assert second.violations() == []
        ticked = second.page.locator(f"input[name='tie:buys_from'][value='{FIRST}']")
        expect(ticked).to_be_checked()

        coordinator = visit("coordinator", "en")
        coordinator.open(f"/surveys/{survey}")
        expect(coordinator.page.locator("main")).to_contain_text("Confirmed by both")
        assert coordinator.violations() == []
        assert first.complaints + second.complaints + coordinator.complaints == []
    finally:
        sample.surveys.close(ADMIN, survey)


def test_a_coordinator_asks_some_members_and_ends_the_round_knowingly(visit, sample):
    coordinator = visit("coordinator", "en")
    coordinator.open(f"/clusters/{CLUSTER}/surveys")
    page = coordinator.page
    page.get_by_text("Whom? All").click()
    page.get_by_label("Search by name").fill(sample.store.organization(FIRST).name_en)
    choices = page.locator("#asked-members label:visible")
    assert choices.count() == 1
    choices.get_by_role("checkbox").check()
    page.get_by_label("Search by name").fill(sample.store.organization(SECOND).name_en)
    assert choices.count() == 2  # what is ticked stays in sight
    page.locator(f"#asked-members input[value='{SECOND}']").check()
    assert coordinator.violations() == []
    press(page, "Open the survey")
    survey = page.url.rpartition("/")[2]
    assert sample.surveys.survey_of(survey).value.members == (FIRST, SECOND)
    assert page.locator("nav.sub [aria-current=page]").inner_text() == "Surveys"
    token = _path(sample, survey, FIRST)
    page.locator("summary", has_text="End it now").click()
    press(page, page.locator("button[value=close]"))
    expect(page.locator("main")).to_contain_text("The survey is over")
    # A link that fell into other hands shows nothing of an answer any more.
    stranger = visit("", "en")
    assert stranger.open(token).status == 409
    assert coordinator.complaints == []


def test_a_link_that_is_longer_than_its_field_is_copied_by_a_press(visit, sample):
    """Seen on a phone: the middle of an address, to be marked and copied by a thumb."""
    survey = _survey(sample)
    try:
        coordinator = visit("coordinator", "zh", viewport=PHONE)
        coordinator.context.grant_permissions(["clipboard-read", "clipboard-write"])
        coordinator.open(f"/surveys/{survey}")
        page = coordinator.page
        press(page, page.get_by_role("button", name="链接和二维码").first)
        link = page.get_by_label("链接", exact=True).input_value()
        page.get_by_role("button", name="复制").click()
        expect(page.get_by_role("button", name="已复制")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == link
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        with page.expect_download() as download:
            page.get_by_role("link", name="全部链接，用于转发（Excel）").or_(
                page.get_by_role("button", name="全部链接，用于转发（Excel）")
            ).click()
        assert download.value.suggested_filename.endswith("贵单位与谁合作？.xlsx")
        assert coordinator.complaints == []
    finally:
        sample.surveys.close(ADMIN, survey)
