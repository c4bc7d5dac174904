"""Passkeys in the real browser, with the device that it can pretend to have."""

import socket
import threading

import pytest
from werkzeug.serving import make_server

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import GraphRows, Kind, Organization
from tests.api.conftest import services_in
from tests.web.conftest import Visitor, press

EMAIL, PASSWORD = "browser@passkey.example", "correct horse 9"
LEAVING = "leaving@passkey.example"
INVITING = "inviting@passkey.example"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server under the name of localhost, which browsers bind passkeys to, and two accounts."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listener.getsockname()[1]}"
    services = services_in(tmp_path_factory.mktemp("passkeys"), public_url=address)
    services.store.prepare()
    for email in (EMAIL, LEAVING):
        services.accounts.create(ADMIN, email, "Wang", PASSWORD, language="en")
    services.accounts.create(ADMIN, INVITING, "Li", PASSWORD, language="en", admin=True)
    services.store.upsert(GraphRows(organizations=(Organization("t:a", "甲厂", Kind.FIRM),)))
    server = make_server("127.0.0.1", 0, create_app(services), threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    services.store.close()


@pytest.fixture
def visitor(chromium, place):
    made = Visitor(chromium, place, "en")
    yield made
    assert not made.complaints
    made.close()


@pytest.fixture
def device(visitor):
    """The browser's own pretended device: the session with it, and its id."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def enter(page, place, email=EMAIL):
    page.goto(f"{place}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def make_passkey(page, place):
    page.goto(f"{place}/account/second-factor")
    making = page.locator("[data-passkey=make]")
    making.get_by_label("What to call it").fill("Laptop")
    making.get_by_label("Present password").fill(PASSWORD)
    press(page, making.get_by_role("button"))
    page.get_by_role("cell", name="Laptop").wait_for()


def sign_out(page):
    page.locator("header details.menu summary").click()
    press(page, "Sign out")
    page.wait_for_url("**/sign-in")


def test_a_passkey_is_made_signs_in_alone_and_after_the_password_and_is_ended(
    visitor, place, device
):
    page, (cdp, authenticator) = visitor.page, device
    enter(page, place)
    make_passkey(page, place)
    (kept,) = cdp.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert (kept["rpId"], kept["isResidentCredential"]) == ("localhost", True)
    assert not visitor.violations()

    sign_out(page)
    press(page, "Sign in with a passkey")
    page.locator("header details.menu").wait_for()
    page.goto(f"{place}/account")
    assert EMAIL in page.content()

    sign_out(page)
    enter(page, place)
    page.get_by_role("button", name="Go on with a passkey").wait_for()
    assert not visitor.violations()
    press(page, "Go on with a passkey")
    page.locator("header details.menu").wait_for()

    # Recovery codes are made with the device, in Chinese as well; a wrong password asks again.
    page.goto(f"{place}/account/second-factor")
    press(page, "中文")
    for password, said in (
        ("another horse 7", "与现用的不符"),
        (PASSWORD, "恢复码（仅显示这一次）"),
    ):
        making = page.locator("section", has=page.get_by_role("heading", name="恢复码", exact=True))
        if not making.locator("details[open]").count():  # it comes back open
            making.locator("summary").click()
        making.get_by_text("提交时会要求用通行密钥确认。").wait_for()
        making.get_by_label("现用密码").fill(password)
        press(page, making.get_by_role("button"))
        page.get_by_text(said).wait_for()
    assert all("422" in complaint for complaint in visitor.complaints)  # the browser notes it
    visitor.complaints.clear()
    codes = page.get_by_role("status").locator("li code").all_text_contents()
    assert len(codes) == 10
    assert not visitor.violations()
    press(page, "English")

    # Who does not have it to hand types a code instead.
    page.goto(f"{place}/account/second-factor")
    begin = page.locator("form", has=page.get_by_role("button", name="Set it up"))
    begin.get_by_label("Present password").fill(PASSWORD)
    begin.get_by_label("A recovery code").fill(codes[0])
    press(page, begin.get_by_role("button"))
    page.get_by_text("Read this picture with an authenticator").wait_for()

    page.goto(f"{place}/account/second-factor")
    row = page.get_by_role("row", name="Laptop")
    row.locator("summary").click()
    row.get_by_label("Present password").fill(PASSWORD)
    row.get_by_text("Left empty, your passkey is asked instead.").wait_for()
    press(page, row.get_by_role("button", name="End"))
    page.get_by_text("The passkey has ended.").wait_for()
    sign_out(page)
    visitor.complaints.clear()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The passkey does not open an account here.").wait_for()
    assert all("401" in complaint for complaint in visitor.complaints)  # the browser notes it
    visitor.complaints.clear()


def test_who_stops_the_device_reads_so_and_stays(visitor, place, device):
    page, (cdp, authenticator) = visitor.page, device
    cdp.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    page.goto(f"{place}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The device did not answer, or you stopped it.").wait_for()
    assert page.url.endswith("/sign-in")


def test_a_key_is_made_and_the_account_deleted_with_the_device(visitor, place, device):
    """The account has passkeys only: whoever stops the device reads so, and nothing is done."""
    page, (cdp, authenticator) = visitor.page, device
    enter(page, place, LEAVING)
    make_passkey(page, place)
    page.goto(f"{place}/account")
    keys = page.locator("section", has=page.get_by_role("heading", name="Keys for programs"))
    asked = {"authenticatorId": authenticator, "isUserVerified": False}
    for is_verified, said in ((False, "you stopped it"), (True, "The new key, shown this once:")):
        cdp.send("WebAuthn.setUserVerified", asked | {"isUserVerified": is_verified})
        keys.get_by_label("What it is for").fill("inventory")
        keys.get_by_label("Present password").fill(PASSWORD)
        keys.get_by_role("button", name="Make a key").click()
        page.get_by_text(said).wait_for()
    keys.get_by_role("cell", name="inventory").wait_for()
    page.goto(f"{place}/channels")
    page.locator("[name=secret_address]").first.fill(
        "https://oapi.dingtalk.com/robot/send?access_token=a"
    )
    page.get_by_label("Present password").first.fill(PASSWORD)
    page.get_by_text("Your passkey is asked for then.").first.wait_for()
    press(page, page.locator("[value=enter]").first)
    page.get_by_text("Saved. Try it now").wait_for()
    page.goto(f"{place}/account")
    press(page, "中文")
    page.locator("summary", has_text="删除我的账号").click()
    leaving = page.locator("details[open]", has_text="删除我的账号")
    leaving.get_by_label("现用密码").fill(PASSWORD)
    leaving.get_by_text("通行密钥").wait_for()
    press(page, leaving.get_by_role("button", name="删除我的账号"))
    page.wait_for_url("**/sign-in")
    assert not visitor.violations()


def test_a_member_is_invited_without_the_device_and_an_owner_with_it(visitor, place, device):
    page, (cdp, authenticator) = visitor.page, device
    enter(page, place, INVITING)
    make_passkey(page, place)
    asked = {"authenticatorId": authenticator, "isUserVerified": False}
    cdp.send("WebAuthn.setUserVerified", asked)

    def invite(role):
        form = page.locator("#invite")
        form.locator("[name=email]").fill(f"{role}@passkey.example")
        # Typed, it would be looked up in a snapshot, which there is none of here.
        form.locator("[name=organization]").evaluate("field => { field.value = 't:a'; }")
        form.locator("[name=role]").select_option(role)
        form.locator("[name=password]").fill("" if role == "member" else PASSWORD)
        form.get_by_role("button", name="Invite").click()

    page.goto(f"{place}/admin/accounts")
    invite("member")
    page.get_by_role("cell", name="member@passkey.example").wait_for()
    invite("owner")
    page.get_by_text("you stopped it").wait_for()
    assert page.get_by_role("cell", name="owner@passkey.example").count() == 0
    cdp.send("WebAuthn.setUserVerified", asked | {"isUserVerified": True})
    invite("owner")
    page.get_by_role("cell", name="owner@passkey.example").wait_for()
    assert not visitor.violations()
