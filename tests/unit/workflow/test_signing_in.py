"""Second factors, attempts, accounts and passkeys, against the standards they follow."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.workflow.account import (
    Account,
    AccountMembership,
    GivenPlace,
    Invitation,
    MembershipRole,
    checked_email,
    checked_name,
    first_address,
    mailable_email,
)
from matchmaker.workflow.passkey import (
    PasskeyRefused,
    Site,
    challenge_of,
    credential_of,
    new_passkey,
    registration_options,
    sign_in_options,
    site_of,
)
from matchmaker.workflow.second_factor import (
    SecondFactor,
    UsedRecoveryCode,
    address_of,
    new_recovery_codes,
    new_secret,
    recovery_digest,
)
from matchmaker.workflow.session import (
    SignInAttempts,
    SignInOrigin,
    attempts_id,
    counted_address,
    strangers_id,
)
from tests.authenticator import Authenticator, base64url, from_base64url

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# RFC 6238, appendix B: the secret, a time, and the last six digits of its code.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = {
    59: "287082",
    1_111_111_109: "081804",
    1_234_567_890: "005924",
    20_000_000_000: "353130",
}


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_a_code_is_the_standards_and_is_taken_once(seconds: int, code: str) -> None:
    factor = SecondFactor("sealed", since=NOW)
    used = factor.after_code(RFC_SECRET, f" {code[:3]} {code[3:]}", at(seconds))
    assert used == replace(factor, last_step=seconds // 30)
    assert used.after_code(RFC_SECRET, code, at(seconds)) is None
    assert factor.after_code(RFC_SECRET, code[:-1] + "x", at(seconds)) is None


@pytest.mark.parametrize(("off", "is_taken"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_a_step_off(off: int, is_taken: bool) -> None:
    used = SecondFactor("sealed").after_code(RFC_SECRET, RFC_CODES[59], at(59 - off))
    assert (used is not None) is is_taken


def test_an_earlier_code_is_not_taken_after_a_later_one() -> None:
    factor = SecondFactor("sealed", last_step=3)
    assert factor.after_code(RFC_SECRET, RFC_CODES[59], at(59)) is None


@pytest.mark.parametrize(("later", "is_recent"), [(0, True), (30, True), (60, False)])
def test_a_code_sent_again_is_known_as_long_as_it_would_count(later: int, is_recent: bool) -> None:
    used = SecondFactor("sealed", last_step=1)
    assert used.is_last_code(RFC_SECRET, RFC_CODES[59], at(59 + later)) is is_recent
    assert not used.is_last_code(RFC_SECRET, "000000", at(59 + later))
    unused = SecondFactor("sealed", last_step=0)
    assert not unused.is_last_code(RFC_SECRET, RFC_CODES[59], at(59 + later))


def test_a_secret_and_its_address_are_what_authenticators_read() -> None:
    secret = new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert secret != new_secret()
    parts = urlsplit(address_of(secret, "wang@example.org"))
    assert (parts.scheme, parts.netloc, parts.path) == (
        "otpauth",
        "totp",
        "/Matchmaker:wang%40example.org",
    )
    assert parse_qs(parts.query) == {"secret": [secret], "issuer": ["Matchmaker"]}


def test_recovery_codes_are_many_long_and_read_however_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-7]{4}-){5}[a-z2-7]{4}", code) for code in codes)
    plain = codes[0].replace("-", "")
    for typed in (codes[0], plain, codes[0].upper(), f" {plain[:12]} {plain[12:]} "):
        assert recovery_digest(typed) == hashlib.sha256(plain.encode()).hexdigest()


def test_a_recovery_code_works_once_and_goes_with_the_last_factor() -> None:
    codes = ("aaaa-bbbb", "cccc-dddd")
    factor = SecondFactor("sealed", since=NOW)
    digests = tuple(map(recovery_digest, codes))
    account = replace(ACCOUNT, second_factor=factor, recovery=digests)
    used = account.after_recovery_code("AAAABBBB", NOW)
    last = UsedRecoveryCode(digests[0], NOW)
    assert used == replace(account, recovery=digests[1:], last_recovery=last)
    assert used.after_recovery_code("aaaa-bbbb", NOW) is None
    later = [NOW + timedelta(seconds=seconds) for seconds in (0, 89, 90)]
    assert [last.is_code("aaaabbbb", moment) for moment in later] == [True, True, False]
    assert not last.is_code(codes[1], NOW)
    assert account.ended() == replace(account, epoch=4)
    assert used.ended().last_recovery is None
    assert replace(account, second_factor=None).ended().recovery == ()


def test_what_an_earlier_version_kept_with_the_authenticator_is_the_accounts() -> None:
    factor = SecondFactor("sealed", since=NOW, recovery=("two",))
    account = replace(ACCOUNT, second_factor=factor, recovery=("one",))
    assert account.recovery == ("one", "two")
    assert account.second_factor == replace(factor, recovery=())


# -- accounts

ACCOUNT = Account(
    "a1", "wang@example.org", "王芳", NOW, epoch=3, clusters=("t:c",), admin=True,
    memberships=(
        AccountMembership("t:1", MembershipRole.OWNER),
        AccountMembership("t:2", MembershipRole.LIAISON),
    ),
)  # fmt: skip


def test_a_proved_account_keeps_its_password_and_no_other_way_in() -> None:
    """Whoever had it before may have put a factor, a passkey or a provider on it."""
    had = replace(
        ACCOUNT, password_hash="h", openid_subject="issuer somebody", recovery=("digest",),
        second_factor=SecondFactor("secret", NOW),
    )  # fmt: skip
    proved = had.proved()
    assert (proved.is_proved, proved.password_hash, proved.epoch) == (True, "h", 4)
    assert (proved.second_factor, proved.passkeys, proved.openid_subject) == (None, (), "")
    assert proved.recovery == ()
    assert (proved.memberships, proved.clusters) == (ACCOUNT.memberships, ACCOUNT.clusters)


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("王芳 <Wang@Example.org>，电话 0577", "wang@example.org"),
        ("mail: a@b.cn; c@d.cn", "a@b.cn"),
        ("（li@x.com）", "li@x.com"),
        ("0577-12345", ""),
        ("", ""),
    ],
)
def test_the_first_address_of_a_contact_is_read(line: str, address: str) -> None:
    assert first_address(line) == address


def test_who_acts_acts_for_what_the_account_belongs_to() -> None:
    principal = ACCOUNT.principal(writes=False)
    assert principal.subject == "account:a1"
    assert principal.account == "a1"
    assert (principal.admin, principal.writes, principal.is_recent) == (True, False, False)
    assert principal.organizations == {"t:1", "t:2"}
    assert principal.owned == {"t:1"}
    assert principal.clusters == {"t:c"}
    assert ACCOUNT.principal().writes
    assert not replace(ACCOUNT, admin=False).principal().admin


def test_a_factor_is_asked_for_once_it_is_confirmed() -> None:
    begun = replace(ACCOUNT, second_factor=SecondFactor("sealed"))
    assert not begun.has_authenticator
    assert not begun.has_second_factor
    confirmed = replace(ACCOUNT, second_factor=SecondFactor("sealed", since=NOW))
    assert confirmed.has_authenticator
    assert confirmed.has_second_factor
    assert ACCOUNT.require_active() is ACCOUNT


def test_an_invitation_gives_its_place_and_takes_none_away() -> None:
    invitation = Invitation("i", "wang@example.org", "x", NOW)
    assert invitation.give_to(ACCOUNT) == ACCOUNT
    assert (invitation.organization, invitation.role) == ("", None)
    member = replace(invitation, membership=AccountMembership("t:1"))
    assert (member.organization, member.role) == ("t:1", MembershipRole.MEMBER)
    assert member.give_to(ACCOUNT).memberships == (ACCOUNT.memberships[1], AccountMembership("t:1"))
    cluster = replace(invitation, cluster="t:d")
    assert cluster.give_to(ACCOUNT).clusters == ("t:c", "t:d")
    assert cluster.give_to(cluster.give_to(ACCOUNT)).clusters == ("t:c", "t:d")
    plain = replace(ACCOUNT, admin=False)
    assert not invitation.give_to(plain).admin
    assert replace(invitation, admin=True).give_to(plain).admin
    assert invitation.give_to(ACCOUNT).admin


def test_addresses_and_names_are_kept_in_one_form() -> None:
    assert checked_email("  Wang@Example.ORG ") == "wang@example.org"
    assert checked_email("a" * 242 + "@example.org") == "a" * 242 + "@example.org"
    assert checked_name("  王  芳 ") == "王 芳"
    assert checked_name("x" * 200) == "x" * 200


def test_a_name_holds_nothing_that_is_not_seen() -> None:
    """Characters that Unicode lists as turning direction (UAX 9) or as zero-width."""
    assert checked_name("n1\u202egnp.exe\u2066") == "n1gnp.exe"
    assert checked_name("می\u200cخواهم") == "می\u200cخواهم"
    for unseen in ("\u200b\u200b", "\u2800", "\u3164", "\u0301\ufe0f", "\u2067 \u2069"):
        with pytest.raises(InvalidInput):
            checked_name(unseen)


# -- attempts


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("192.0.2.7:50001", "192.0.2.7"),
        ("[2001:db8:1:2::9]:50001", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("[::ffff:192.0.2.7]:50001", "192.0.2.7"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_network_of_ipv6_counts_as_one_address(address: str, counted: str) -> None:
    assert counted_address(address) == counted


def test_after_the_free_failures_each_further_one_doubles_the_wait_up_to_an_hour() -> None:
    attempts = SignInAttempts("x", 0, NOW)
    waits = []
    for _ in range(12):
        attempts = attempts.failed(NOW, 5)
        waits.append(attempts.until and (attempts.until - NOW) / MINUTE)
    assert waits == [None] * 4 + [1, 2, 4, 8, 16, 32, 60, 60]
    assert attempts.wait(NOW + HOUR - MINUTE) == MINUTE
    assert not attempts.wait(NOW + HOUR)
    assert not SignInAttempts("x", 4, NOW).wait(NOW)
    assert replace(attempts, failures=10_000).failed(NOW, 5).until == NOW + HOUR


def test_a_day_without_failures_forgets_them() -> None:
    attempts = SignInAttempts("x", 7, NOW)
    assert attempts.failed(NOW + DAY, 5).failures == 8
    forgotten = attempts.failed(NOW + DAY + MINUTE, 5)
    assert (forgotten.failures, forgotten.last, forgotten.until) == (1, NOW + DAY + MINUTE, None)


def test_failures_are_counted_by_address_and_place() -> None:
    here, there = SignInOrigin("192.0.2.1"), SignInOrigin("192.0.2.2")
    device = SignInOrigin("192.0.2.1", "mark")
    ids = [attempts_id("a@x.org", place) for place in (here, there, device)]
    ids += [attempts_id("b@x.org", here), strangers_id("a@x.org"), strangers_id("b@x.org")]
    assert len(set(ids)) == 6
    assert attempts_id("a@x.org", replace(device, address="192.0.2.9")) == ids[2]
    assert attempts_id("a@x.org", replace(here, agent="other")) == ids[0]
    expected = hashlib.sha256(b"a@x.org\naddress 192.0.2.1").hexdigest()[:40]
    assert ids[0] == expected
    assert ids[4] == hashlib.sha256(b"a@x.org\nstrangers").hexdigest()[:40]
    assert len(attempts_id("\ud800", here)) == len(strangers_id("\ud800")) == 40


# -- passkeys

SITE = Site("example.org", "https://example.org")
QUESTION = b"a question of ours"


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(SITE.origin)


def made(device: Authenticator):
    options = registration_options(SITE, QUESTION, "a1", "wang@example.org", "王芳", ())
    return new_passkey(device.make(options), SITE, QUESTION, "laptop", NOW)


def test_a_device_is_asked_for_a_key_bound_to_the_site_and_account(device: Authenticator) -> None:
    options = registration_options(SITE, QUESTION, "a1", "wang@example.org", "王芳", [made(device)])
    assert options["rp"] == {"id": "example.org", "name": "Matchmaker"}
    user = {"id": base64url(b"a1"), "name": "wang@example.org", "displayName": "王芳"}
    assert options["user"] == user
    assert from_base64url(options["challenge"]) == QUESTION
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("preferred", "preferred")
    assert [each["id"] for each in options["excludeCredentials"]] == [base64url(device.id)]


def test_signing_in_asks_for_the_owner_where_no_password_came_before(device: Authenticator) -> None:
    alone = sign_in_options(SITE, QUESTION)
    assert (alone["rpId"], alone["userVerification"]) == ("example.org", "required")
    assert alone["allowCredentials"] == []
    assert from_base64url(alone["challenge"]) == QUESTION
    after = sign_in_options(SITE, QUESTION, [made(device)])
    assert after["userVerification"] == "preferred"
    assert [each["id"] for each in after["allowCredentials"]] == [base64url(device.id)]


def test_a_passkey_is_made_and_its_answers_are_counted(device: Authenticator) -> None:
    passkey = made(device)
    assert (passkey.id, passkey.name, passkey.created) == (base64url(device.id), "laptop", NOW)
    assert (passkey.sign_count, passkey.last_used) == (0, None)
    answer = device.sign(sign_in_options(SITE, QUESTION))
    used = passkey.after_answer(answer, SITE, QUESTION, NOW + DAY, is_alone=True)
    assert used == replace(passkey, sign_count=1, last_used=NOW + DAY)
    with pytest.raises(PasskeyRefused):  # a copy's counter did not grow
        used.after_answer(answer, SITE, QUESTION, NOW + DAY, is_alone=True)


@pytest.mark.parametrize(
    ("site", "question"),
    [
        (Site("example.net", SITE.origin), QUESTION),
        (Site("example.org", "https://other.example.org"), QUESTION),
        (SITE, b"another question"),
    ],
)
def test_an_answer_for_another_site_or_question_is_refused(
    device: Authenticator, site: Site, question: bytes
) -> None:
    passkey = made(device)
    answer = device.sign(sign_in_options(SITE, QUESTION))
    with pytest.raises(PasskeyRefused):
        passkey.after_answer(answer, site, question, NOW, is_alone=True)
    options = registration_options(SITE, QUESTION, "a1", "x@example.org", "X", ())
    with pytest.raises(PasskeyRefused):
        new_passkey(device.make(options), site, question, "x", NOW)


def test_a_device_that_asked_nobody_counts_after_the_password_only() -> None:
    device = Authenticator(SITE.origin, verifies=False)
    passkey = made(device)
    answer = device.sign(sign_in_options(SITE, QUESTION))
    with pytest.raises(PasskeyRefused):
        passkey.after_answer(answer, SITE, QUESTION, NOW, is_alone=True)
    assert passkey.after_answer(answer, SITE, QUESTION, NOW, is_alone=False).sign_count == 1


def test_what_is_no_answer_of_a_device_is_refused(device: Authenticator) -> None:
    answer = device.sign(sign_in_options(SITE, QUESTION))
    assert challenge_of(answer) == QUESTION
    assert credential_of(answer) == base64url(device.id)
    assert credential_of({}) == credential_of({"id": 7}) == ""
    listed = base64url(b'["no object"]')
    for wrong in ({}, {"response": {}}, {"response": {"clientDataJSON": listed}}, {"response": 7}):
        with pytest.raises(PasskeyRefused, match="no answer of a device"):
            challenge_of(wrong)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://example.org", SITE),
        ("https://example.org:443/below", SITE),
        ("https://example.org:8443", Site("example.org", "https://example.org:8443")),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("http://localhost:80", Site("localhost", "http://localhost")),
        ("http://127.0.0.1:8000", Site("localhost", "http://localhost:8000")),
        ("http://[::1]:8000", Site("localhost", "http://localhost:8000")),
        ("http://my.localhost", Site("my.localhost", "http://my.localhost")),
        ("http://example.org", None),
        ("https://192.0.2.1", None),
        ("ftp://localhost", None),
        ("http://notlocalhost", None),
        ("", None),
    ],
)
def test_passkeys_are_bound_to_a_name_over_https_or_to_this_machine(
    address: str, site: Site | None
) -> None:
    assert site_of(address) == site


MAILABLE = [
    "wang@example.org", "a.b+c_d@mail-1.example.co.uk", "o'neil@x.example", "li@例子.中国",
    "a@भारत.भारत",
]  # fmt: skip
NOT_MAILABLE = [
    "a..b@example.org", ".a@example.org", "a.@example.org", "a(b)@example.org", "a]@example.org",
    "a\\b@example.org", "ü@example.org", "a@example..org", "a@-example.org", "a@example-.org",
    "a@ex_ample.org", "a@[127.0.0.1]", "a@1.2.3.45", "a@example.org(b)", "a\u200bb@example.org",
    "a@straße.de", "a@example。org", "a@" + "b" * 64 + ".example",
]  # fmt: skip


@pytest.mark.parametrize("address", MAILABLE)
def test_a_letter_can_be_sent_to_it(address):
    assert mailable_email(address) == address


@pytest.mark.parametrize("address", NOT_MAILABLE)
def test_what_no_letter_reaches_is_no_address_for_somebody_new(address):
    with pytest.raises(InvalidInput) as refused:
        mailable_email(address)
    assert refused.value.where == "email"


def test_a_place_that_somebody_had_is_not_one_by_the_key_of_a_later_invitation() -> None:
    """Seen: whoever had been a member for years left with what was made with a leaked key."""
    had = AccountMembership("t:1")
    member = replace(ACCOUNT, memberships=(had,), clusters=("t:c",), admin=True)
    by_key = Invitation("i", "wang@example.org", "x", NOW, key="k")
    again = [
        replace(by_key, membership=had), replace(by_key, cluster="t:c"),
        replace(by_key, admin=True),
    ]  # fmt: skip
    assert all(each.give_to(member).places_by("k") == () for each in again)
    owner = replace(by_key, membership=AccountMembership("t:1", MembershipRole.OWNER))
    assert owner.give_to(member).places_by("k") == (GivenPlace("k", "t:1"),)  # more than it had


def test_a_place_by_one_key_stays_one_by_it_until_somebody_offers_it_without_a_key() -> None:
    plain = replace(ACCOUNT, memberships=(), clusters=(), admin=False)
    first = Invitation("i", "wang@example.org", "x", NOW, cluster="t:c", key="k")
    come = first.give_to(plain)
    assert replace(first, key="other").give_to(come).places_by("k") == (GivenPlace("k", "", "t:c"),)
    assert replace(first, key="").give_to(come).given_by_key == ()
