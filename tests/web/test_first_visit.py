"""Before and right after signing in, and a coordinator's members: pages as forms, no browser."""

import html
import re
from functools import partial
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.app import create_app
from matchmaker.workflow.account import AccountMembership, MembershipRole
from matchmaker.workflow.notification import Notification, NotificationKind
from matchmaker.workflow.posting import PostingAction
from tests.web.test_imports import COORDINATOR, HOSIERY, brought

VALVES = "seed:cluster-valves"


@pytest.fixture
def client(sample):
    return create_app(sample).test_client()


def token(client, path):
    page = client.get(path).get_data(as_text=True)
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def enter(client, role, language="en"):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sent = {"csrf_token": token(client, "/sign-in")}
    assert client.post(f"/demo/{role}", data=sent).status_code == 303
    return client


def text_of(client, path):
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_tour_stands_open_in_the_language_of_the_browser(client):
    for language, words in (("zh-CN", "面向集群协调人"), ("en-GB", "For coordinators")):
        answer = client.get("/tour", headers={"Accept-Language": language})
        assert words in answer.get_data(as_text=True)


def test_an_english_browser_stays_english_and_a_choice_is_kept_with_the_account(client, sample):
    enter(client, "supplier", "en-GB")
    assert '<html lang="en">' in text_of(client, "/")
    client.post("/language", data={"csrf_token": token(client, "/account"), "language": "zh"})
    assert sample.demo.account("supplier").preferences.language == "zh"


def test_a_coordinator_opens_on_the_cluster_of_the_sample_firm(client):
    enter(client, "coordinator")
    assert client.get("/").headers["Location"].endswith(f"/clusters/{VALVES}")


def test_an_invited_person_is_led_in_three_steps_and_their_link_is_a_picture(client, sample):
    enter(client, "coordinator")
    free = next(
        row.id
        for row in sample.directory.members(ADMIN, VALVES, None, 200).rows
        if not any(True for _ in sample.accounts.of_organization(row.id))
    )
    path = f"/clusters/{VALVES}/members"
    lines = f"{free}, first@example.org\nnobody we know, second@example.org"
    sent = {"csrf_token": token(client, path), "do": "list", "list": lines}
    refused = client.post(path, data=sent)
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert ">nobody we know, second@example.org</textarea>" in page
    (invitation,) = sample.invitations.open_to(ADMIN, free)
    assert (invitation.email, invitation.role) == ("first@example.org", MembershipRole.OWNER)
    sent = {"csrf_token": sent["csrf_token"], "do": "link", "invitation": invitation.id}
    page = client.post(path, data=sent).get_data(as_text=True)
    link = re.search(r'value="(http[^"]+/invitation\?token=[^"]+)"', page)[1]
    assert 'src="data:image/svg+xml' in page
    guest = create_app(sample).test_client()
    query = link.partition("?")[2]
    sent = {
        "csrf_token": token(guest, f"/invitation?{query}"), "token": query.partition("=")[2],
        "name": "First", "password": "correct horse 9",
    }  # fmt: skip
    taken = guest.post("/invitation", data=sent)
    assert taken.headers["Location"].endswith("/welcome")
    for step in ("1", "2", "3"):
        assert 'aria-current="step"' in text_of(guest, f"/welcome?step={step}")
    sample.privacy.delete_account(ADMIN, sample.accounts.by_email(ADMIN, "first@example.org").id)


def test_where_no_mail_is_sent_an_invitation_is_a_link_at_once(client, sample):
    enter(client, "coordinator")
    free = next(
        row.id
        for row in sample.directory.members(ADMIN, VALVES, None, 200).rows
        if not any(True for _ in sample.accounts.of_organization(row.id))
    )
    path = f"/clusters/{VALVES}/members"
    sent = {"csrf_token": token(client, path), "organization": free, "email": "third@example.org"}
    page = client.post(path, data=sent).get_data(as_text=True)
    assert re.search(r'value="http[^"]+/invitation\?token=[^"]+"', page)
    assert "third@example.org" in page


@pytest.mark.parametrize(("language", "contact"), [("en", "contact"), ("zh", "联系方式")])
def test_the_address_of_a_list_is_there_to_invite_by_and_nobody_elses(
    client, sample, language, contact
):
    id, address = f"my:listed-{language}", f"info-{language}@listed.example"
    row = f"{id},示例新来厂{language},firm,王工 {address}"
    brought(sample, COORDINATOR, "organizations", f"id,name,kind,contact\n{row}\n", VALVES)
    enter(client, "coordinator", language)
    page = text_of(client, f"/clusters/{VALVES}/members")
    line = next(each for each in page.split("<tr>") if f"/organizations/{id}" in each)
    assert f'value="{address}"' in line
    assert contact not in line.rpartition("<td")[2]
    assert f"王工 {address}" in text_of(client, f"/organizations/{id}")
    hosiery = Principal("account:h", account="h", clusters=frozenset({HOSIERY}))
    both = Principal("account:b", account="b", clusters=frozenset({VALVES, HOSIERY}))
    read = partial(sample.invitations.contact_to_invite, organization_id=id)
    assert [read(who) for who in (both, hosiery)] == [f"王工 {address}", ""]
    # What the list did not say is not theirs, though they may invite there.
    free = next(
        row.id
        for row in sample.directory.members(ADMIN, VALVES, None, 200).rows
        if row.id.startswith("seed:") and sample.accounts.without_people([row.id])
    )
    assert sample.invitations.may_invite(both, free)
    assert sample.invitations.contact_to_invite(both, free) == ""
    owner = AccountMembership(id, MembershipRole.OWNER)
    account = sample.accounts.create(
        ADMIN, f"own-{language}@example.org", "R", "correct horse 9", memberships=(owner,)
    )
    assert read(both) == ""
    assert address not in text_of(client, f"/organizations/{id}")
    sample.privacy.delete_account(ADMIN, account.id)


@pytest.mark.parametrize(
    ("language", "warning", "link"),
    [
        ("en", "no account yet, nobody there can answer", "Invite first"),
        ("zh", "还没有账号，目前没有人能答复", "先邀请"),
    ],
)
def test_worklist_and_plan_say_who_has_no_account(client, sample, language, warning, link):
    enter(client, "coordinator", language)
    path = f"/clusters/{VALVES}/worklist"
    page = text_of(client, path)
    pairs = re.findall(r'name="pair" (?:checked|disabled) value="([^"]+)"', page)
    ids = [id for pair in pairs for id in html.unescape(pair).split("\t")[:2]]
    silent = [id for id in ids if not any(sample.accounts.of_organization(id))]
    assert silent
    assert (page.count(warning), page.count(link)) == (len(silent), len(silent))
    chosen = next(pair for pair in map(html.unescape, pairs) if silent[0] in pair)
    sent = {"csrf_token": token(client, path), "do": "plan", "pair": chosen}
    plan = client.post(f"/clusters/{VALVES}/introductions", data=sent).get_data(as_text=True)
    of_pair = [id for id in chosen.split("\t")[:2] if id in silent]
    assert plan.count(warning) == len(of_pair)


def test_a_member_of_another_cluster_may_not_look_at_the_members(client):
    enter(client, "firm")
    assert client.get(f"/clusters/{VALVES}/members").status_code == 403


def test_a_notice_is_read_once_its_thing_was_opened(sample):
    account = sample.accounts.create(
        ADMIN, "reader@example.org", "R", "correct horse 9",
        memberships=(AccountMembership("seed:valves-005"),),
    )  # fmt: skip
    for number, subject in enumerate(("introduction/a", "introduction/b")):
        row = Notification(
            f"n{number}", account.id, NotificationKind.MESSAGE_RECEIVED, subject, account.created
        )
        sample.repositories.records.commit([sample.repositories.notifications.put(row)])
    sample.notifications.mark_read_of(account.principal(), "introduction/a")
    page = sample.notifications.inbox(account.principal()).page.rows
    assert {row.subject: row.read for row in page} == {
        "introduction/a": True, "introduction/b": False,
    }  # fmt: skip
    sample.privacy.delete_account(ADMIN, account.id)


@pytest.mark.parametrize(("language", "title"), [("en", "Who could meet it"), ("zh", "谁能满足")])
def test_the_first_three_are_those_for_the_need_that_was_just_posted(
    client, sample, language, title
):
    """Seen: foundries by the profile, for who had just asked for heat treatment of flanges."""
    enter(client, "firm", language)
    need = "请帮忙找做袜子缝头外发加工的，童袜，每天五千双"
    sent = {"csrf_token": token(client, "/welcome?step=2"), "step": "2"}
    answer = client.post("/welcome", data=sent | {"goal": "supplier", "text": need})
    assert answer.status_code == 303
    place = answer.headers["Location"]
    posting = parse_qs(urlsplit(place).query)["posting"][0]
    try:
        page = text_of(client, place)
        assert title in page
        assert need in page
        cards = re.findall(r'<h3><a href="[^"]*organizations/([^"?]+)', page)
        assert len(cards) == 3
        assert all("hosiery" in card for card in cards)
        assert quote("童袜，每天五千双") in page  # the request begins with it
    finally:
        firm = sample.demo.account("firm").principal()
        sample.postings.act(firm, posting, PostingAction.WITHDRAW)


@pytest.mark.parametrize(
    ("language", "told"), [("en", "No account yet?"), ("zh", "还没有账号？请让集群协调员")]
)
def test_who_has_no_account_reads_how_to_get_one(client, language, told):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    assert told in html.unescape(text_of(client, "/sign-in"))


def test_a_published_need_that_nobody_meets_is_not_to_be_posted_again(client, sample):
    enter(client, "firm", "zh")
    sent = {
        "csrf_token": token(client, "/postings/new?what=need"),
        "what": "need", "goal": "supplier", "text": "止回阀阀瓣要衬胶，耐海水", "do": "publish",
    }  # fmt: skip
    path = client.post("/postings/new", data=sent).headers["Location"]
    page = text_of(client, path)
    assert "需求已发布：以后有谁能满足" in page
    assert "发布为需求" not in page
    client.post(path, data={"csrf_token": token(client, path), "action": "withdraw"})


def test_names_and_addresses_are_parted_by_blanks_too_and_names_have_commas(client, sample):
    """As two columns come out of a mail or a chat."""
    enter(client, "coordinator", "en")
    path = f"/clusters/{VALVES}/members"
    lines = [
        "示例·云诚阀门有限公司 blank@example.org",
        "Sample Qisheng Valve Co., Ltd., two@example.org",
        "Sample Huafan Valve Co., Ltd. three@example.org",
    ]
    sent = {"csrf_token": token(client, path), "do": "list", "list": "\n".join(lines)}
    page = client.post(path, data=sent, follow_redirects=True).get_data(as_text=True)
    assert "Invited: 3." in page


def test_a_table_of_titles_alone_says_that_there_is_nothing_to_write(client, sample):
    enter(client, "coordinator", "zh")
    path = f"/clusters/{VALVES}/import"
    sent = {"csrf_token": token(client, path), "pasted": "企业名称,主营产品"}
    page = client.post(path, data=sent, follow_redirects=True).get_data(as_text=True)
    assert "文件只有列名，下面没有数据行" in page
