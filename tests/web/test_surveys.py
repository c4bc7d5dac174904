"""A tie survey in a real browser: answered on phones, without an account."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from matchmaker.access import ADMIN
from matchmaker.store.documents import new_id
from matchmaker.workflow.survey import SurveyQuestion, SurveyRound
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
        first.page.locator("input[name='other:sells_to']").first.fill(name)
        first.page.get_by_role("button", name="发送", exact=True).click()
        expect(first.page.locator(f"input[name='tie:sells_to'][value='{SECOND}']")).to_be_checked()

        second = visit("", "en", viewport=PHONE)
        second.open(_path(sample, survey, SECOND))
        second.page.get_by_role("button", name="Send", exact=True).click()
        claim = second.page.locator(f"input[name='claim:buys_from:{FIRST}'][value=yes]")
        claim.check()
        assert second.violations() == []
        second.page.get_by_role("button", name="Save", exact=True).click()
        ticked = second.page.locator(f"input[name='tie:buys_from'][value='{FIRST}']")
        expect(ticked).to_be_checked()

        coordinator = visit("coordinator", "en")
        coordinator.open(f"/surveys/{survey}")
        expect(coordinator.page.locator("main")).to_contain_text("Confirmed by both")
        assert coordinator.violations() == []
        assert first.complaints + second.complaints + coordinator.complaints == []
    finally:
        sample.surveys.close(ADMIN, survey)
