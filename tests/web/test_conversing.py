"""Both accepted: writing with files, and finding a time to meet, in the real browser."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from playwright.sync_api import expect

from matchmaker.domain import GoalName
from matchmaker.workflow.appointment import AppointmentOffer
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from tests.web.conftest import press

FIRM, SUPPLIER = "seed:valves-001", "seed:valves-005"
STEP = b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"


@pytest.fixture
def opened(sample):
    """An introduction of the two sample firms that both accepted; ended afterwards."""
    firm, supplier = (sample.demo.account(role).principal() for role in ("firm", "supplier"))
    view = sample.introductions.propose(firm, Proposal(GoalName.SUPPLIER, FIRM, SUPPLIER))
    sample.introductions.act(supplier, view.id, Transition(Action.ACCEPT))
    yield view.id
    sample.introductions.act(firm, view.id, Transition(Action.END))


def test_a_drawing_is_sent_and_kept_by_the_other_side(visit, opened, tmp_path):
    drawing, program = tmp_path / "阀体 A.step", tmp_path / "drawing.pdf"
    drawing.write_bytes(STEP)
    program.write_bytes(b"MZ\x90")
    firm, supplier = visit("firm", "zh"), visit("supplier", "en", accept_downloads=True)
    page = firm.page
    firm.open(f"/introductions/{opened}")
    page.fill("textarea[name=message]", "请看图纸，壁厚能否做到 4 mm？")
    page.set_input_files("input[name=file]", program)
    press(page, "发送")
    expect(page.get_by_role("alert")).to_contain_text("内容与扩展名不符")
    assert page.input_value("textarea[name=message]") == "请看图纸，壁厚能否做到 4 mm？"
    page.set_input_files("input[name=file]", drawing)
    press(page, "发送")
    expect(page.locator(".files")).to_contain_text("阀体 A.step")
    supplier.open(f"/introductions/{opened}")
    with supplier.page.expect_download() as kept:
        supplier.page.get_by_role("link", name="阀体 A.step").click()
    assert kept.value.suggested_filename == "阀体 A.step"
    assert Path(kept.value.path()).read_bytes() == STEP
    assert firm.violations() == []


def test_one_of_three_times_is_picked_and_goes_into_a_calendar(visit, sample, opened):
    firm = visit("firm", "en", timezone_id="Europe/Berlin")
    supplier = visit("supplier", "zh", accept_downloads=True)
    page = firm.page
    firm.open(f"/introductions/{opened}")
    page.locator("summary", has_text="Propose times").click()
    assert page.input_value("select[name=zone]") == "Europe/Berlin"
    day = datetime.now(UTC).date() + timedelta(days=20)
    for box, hour in zip(page.locator("input[name=time]").all(), ("09", "11", "15"), strict=True):
        box.fill(f"{day}T{hour}:00")
    page.fill("input[name=place]", "Hall 2, gate B")
    press(page, "Propose these times")
    expect(page.locator(".meeting")).to_contain_text("The other side picks one.")
    supplier.open(f"/introductions/{opened}")
    choices = supplier.page.locator("input[type=radio][name=time]")
    assert choices.count() == 3
    choices.nth(1).check()
    press(supplier.page, "确定这个时间")
    expect(supplier.page.locator(".meeting .when")).to_contain_text("11:00")
    with supplier.page.expect_download() as kept:
        supplier.page.get_by_role("button", name="加入我的日历").click()
    calendar = icalendar.Calendar.from_ical(Path(kept.value.path()).read_bytes())
    (event,) = calendar.walk("VEVENT")
    appointment, *_ = sample.conversations.appointments(
        sample.demo.account("firm").principal(), opened
    )
    eleven = datetime.fromisoformat(f"{day}T11:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert event["dtstart"].dt == appointment.time == eleven
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=60)
    assert str(event["location"]) == "Hall 2, gate B"
    assert (event["status"], len(event.walk("VALARM"))) == ("CONFIRMED", 1)
    assert supplier.violations() == []
    page.reload()
    expect(page.locator(".stepper [aria-current=step]")).to_contain_text("In talks")
    page.locator("summary", has_text="Call it off").click()
    press(page, "Call it off")
    expect(page.locator("#meet + .empty")).to_contain_text("No meeting is planned.")


def test_times_to_meet_wait_on_the_first_page_and_in_the_list(visit, sample, opened):
    """Seen: "Nothing waits for your answer" while two times were to be picked from."""
    firm = sample.demo.account("firm").principal()
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(days=9)
    sample.conversations.offer(firm, opened, AppointmentOffer((ahead,), "Asia/Shanghai"))
    supplier = visit("supplier", "zh")
    page = supplier.page
    supplier.open("/introductions")
    row = page.locator("tr", has=page.locator(f"a[href$='{opened}']"))
    expect(row).to_contain_text("选定会面时间")
    supplier.open("/")
    press(page, page.get_by_role("button", name="选定会面时间"))
    page.locator("input[type=radio][name=time]").check()
    press(page, "确定这个时间")
    supplier.open("/")
    expect(page.get_by_role("button", name="选定会面时间")).to_have_count(0)
    assert supplier.complaints == []


def test_what_is_said_of_how_it_goes_is_noted_and_not_completed(visit, opened):
    """Seen: "已完成" above an introduction that was only agreed on."""
    firm = visit("firm", "zh")
    firm.open(f"/introductions/{opened}")
    press(firm.page, "我们已达成协议")
    expect(firm.page.get_by_text("已记录。", exact=True)).to_be_visible()
