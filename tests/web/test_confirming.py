"""Confirming an address by the link that was mailed, in a real browser and both languages."""

from matchmaker.access import ADMIN
from matchmaker.workflow.account import AccountMembership
from tests.web.conftest import in_languages, press

BEFORE, AFTER = "set by who had the link", "chosen by the owner here"
WORDS = {
    "zh": {"mine": "这是我的邮箱地址", "enter": "登录", "easy": "太容易猜到"},
    "en": {"mine": "This address is mine", "enter": "Sign in", "easy": "too easy to guess"},
}


def unproved_account(sample, name):
    """An account that somebody made by a link handed over, and the link that confirms it."""
    place = AccountMembership("seed:valves-003")
    email = f"{name}@confirming.example"
    account = sample.accounts.create(
        ADMIN, email, name, BEFORE, memberships=(place,), language=name.partition("-")[2]
    )
    assert not account.is_proved
    links = sample.sign_in.links
    return account, f"/confirm?token={links.token('confirm', [account.id, account.email])}"


def enter(visitor, email, password, words):
    """Sign in by the form."""
    visitor.open("/sign-in")
    visitor.page.fill("main input[name=email]", email)
    visitor.page.fill("main input[name=password]", password)
    press(visitor.page, words["enter"])


@in_languages("zh")
def test_who_confirms_elsewhere_chooses_a_password_and_comes_in_with_it_alone(
    visit, sample, language
):
    words = WORDS[language]
    account, link = unproved_account(sample, f"elsewhere-{language}")
    visitor = visit("", language)
    page = visitor.page
    visitor.open(link)
    assert visitor.violations() == []
    page.get_by_role("button", name=words["mine"]).click()
    assert not sample.repositories.accounts.get(account.id).value.is_proved  # none was typed
    page.fill("main input[name=password]", "1234567890")
    press(page, words["mine"])
    assert words["easy"] in page.inner_text("main")
    page.fill("main input[name=password]", AFTER)
    press(page, words["mine"])
    assert sample.repositories.accounts.get(account.id).value.is_proved
    enter(visitor, account.email, BEFORE, words)
    assert page.url.endswith("/sign-in")
    enter(visitor, account.email, AFTER, words)
    assert not page.url.endswith("/sign-in")


@in_languages("en")
def test_who_confirms_while_signed_in_is_asked_for_no_password(visit, sample, language):
    words = WORDS[language]
    account, link = unproved_account(sample, f"here-{language}")
    visitor = visit("", language)
    page = visitor.page
    enter(visitor, account.email, BEFORE, words)
    visitor.open(link)
    assert page.locator("main input[name=password]").count() == 0
    press(page, words["mine"])
    assert sample.repositories.accounts.get(account.id).value.is_proved
    assert visitor.open("/account").status == 200
    assert page.url.endswith("/account")
    assert visitor.complaints == []
