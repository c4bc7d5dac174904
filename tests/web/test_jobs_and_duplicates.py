"""Duplicates, long work and clusters, in a real browser and both languages."""

import pytest

from matchmaker.domain import DuplicateCandidate, GraphRows, Kind, Membership, Organization
from matchmaker.errors import MatchmakerError, ServiceUnavailable, WrongState
from matchmaker.messages import message
from matchmaker.workflow.account import AccountMembership, MembershipRole
from matchmaker.workflow.job import JobKind, JobState
from tests.web.conftest import in_languages, press
from tests.web.test_imports import ADMIN, COORDINATOR, MEMBER, work_off

ANSWERS = {
    "zh": {
        "keep": "相同，保留左边", "merge": "合并", "yes": "是", "no": "否", "nobody": "无",
        "lose": "将不再代表该单位", "changed": "您阅读之后内容已被更改。以下是现在的内容。",
    },
    "en": {
        "keep": "The same; keep the left one", "merge": "Make them one", "yes": "Yes", "no": "No",
        "nobody": "Nobody", "lose": "lose their place",
        "changed": "It was changed since you read it. Here it is as it is now.",
    },
}  # fmt: skip


def put_pair(sample, *ids):
    """Two records that may be one, the second a member of the valves' cluster."""
    firms = [Organization(id, f"重名厂{id}", Kind.FIRM) for id in ids]
    pair = DuplicateCandidate(*ids, 0.97, "same name")
    member = Membership("seed:cluster-valves", ids[1])
    rows = GraphRows(organizations=tuple(firms), memberships=(member,), duplicates=(pair,))
    sample.store.upsert(rows)


def owner(sample, name, organization):
    """Somebody who owns an organisation."""
    place = AccountMembership(organization, MembershipRole.OWNER)
    return sample.accounts.create(ADMIN, f"{name}@pairs.example", name, None, memberships=(place,))


@in_languages("zh")
def test_two_records_become_one_as_the_administrator_answered(visit, sample, language):
    kept, gone = f"dup:1{language}", f"dup:2{language}"
    words = ANSWERS[language]
    put_pair(sample, kept, gone)
    person = owner(sample, f"p-{language}", gone)
    cluster = sample.store.cluster("seed:cluster-valves")
    cluster_name = cluster.name if language == "zh" else cluster.name_en
    visitor = visit("admin", language)
    page = visitor.page
    visitor.open("/admin/duplicates")
    article = page.locator("article", has_text=gone)
    assert cluster_name in article.inner_text()
    with page.expect_navigation(wait_until="load"):
        article.get_by_role("button", name=words["keep"]).click()
    # Who acts for each is named, and nothing is done before both questions are answered.
    stays, goes = (page.locator("tbody tr").nth(3).locator("td").nth(column) for column in (0, 1))
    assert stays.inner_text() == words["nobody"]
    assert person.email in goes.inner_text()
    page.get_by_role("button", name=words["merge"], exact=True).click()
    assert sample.store.organization(gone).id == gone
    people, member = page.locator("fieldset").all()
    assert cluster_name in member.inner_text()
    people.get_by_label(words["yes"], exact=True).check()
    member.get_by_label(words["no"], exact=True).check()
    press(page, words["merge"])
    assert sample.store.organization(gone).id == kept
    assert not sample.store.clusters_of(kept)
    [account] = sample.repositories.accounts.values("organization", kept)
    assert account.email == person.email
    assert visitor.complaints == []


@in_languages("zh")
def test_who_loses_a_place_is_named_before_two_become_one(visit, sample, language):
    kept, gone = f"dup:3{language}", f"dup:4{language}"
    words = ANSWERS[language]
    put_pair(sample, kept, gone)
    owner(sample, f"real-{language}", kept)
    visitor = visit("admin", language)
    page = visitor.page
    visitor.open(f"/admin/duplicates/merge?gone={gone}&kept={kept}")
    page.locator("fieldset").get_by_label(words["yes"], exact=True).check()
    # Somebody accepts an invitation meanwhile: what is decided is what was read.
    evil = owner(sample, f"evil-{language}", gone)
    press(page, words["merge"])
    assert words["changed"] in page.inner_text("main")
    assert sample.store.organization(gone).id == gone
    told = page.locator("form .notice").inner_text()
    assert words["lose"] in told
    assert evil.email in told
    page.locator("fieldset").get_by_label(words["yes"], exact=True).check()
    press(page, words["merge"])
    [account] = sample.repositories.accounts.values("organization", kept)
    assert account.email == f"real-{language}@pairs.example"
    assert [cluster.id for cluster in sample.store.clusters_of(kept)] == ["seed:cluster-valves"]
    assert visitor.complaints == []


def test_two_firms_that_are_not_one_are_not_asked_about_again(sample):
    pair = DuplicateCandidate("seed:valves-010", "seed:valves-011", 0.9, "same name")
    sample.store.upsert(GraphRows(duplicates=(pair,)))
    sample.duplicates.keep_apart(ADMIN, *pair.key)
    assert pair not in sample.duplicates.pairs(ADMIN)
    assert ("seed:valves-010", "seed:valves-011") in {
        (pair.first, pair.second) for pair in sample.repositories.not_duplicates.values()
    }


def test_work_that_fails_says_why_and_work_goes_on(sample, monkeypatch):
    def fails(job, progress):
        progress(message("Reading the graph"), 1, 2)
        raise WrongState("Another refresh is running.", mend="Wait until it is done.")

    monkeypatch.setitem(sample.job_handlers, JobKind.REFRESH, fails)
    monkeypatch.setitem(sample.job_handlers, JobKind.DERIVE, lambda job, progress: message("7"))
    first = sample.job_queue.request(ADMIN, JobKind.REFRESH)
    second = sample.job_queue.request(ADMIN, JobKind.DERIVE)
    assert work_off(sample) == 2
    failed = sample.job_queue.show(ADMIN, first.id)
    assert (failed.state, str(failed.stage), failed.done) == (
        JobState.FAILED,
        "Reading the graph",
        1,
    )
    assert str(failed.result) == "Another refresh is running. Wait until it is done."
    assert failed.result.text("zh") == "另一次刷新正在进行。请等它完成。"
    assert str(sample.job_queue.show(ADMIN, second.id).result) == "7"
    with pytest.raises(MatchmakerError):
        sample.job_queue.show(COORDINATOR, first.id)


@in_languages("zh")
def test_what_work_waits_for_is_shown_on_its_page_and_in_the_list(
    visit, sample, monkeypatch, language
):
    def is_away(job, progress):
        raise ServiceUnavailable("Another refresh is running.")

    monkeypatch.setitem(sample.job_handlers, JobKind.IMPORT, is_away)
    job = sample.job_queue.request(ADMIN, JobKind.IMPORT)
    assert work_off(sample) == 1
    admin = visit("admin", language)
    for page in (f"/jobs/{job.id}", "/admin/jobs"):
        admin.open(page)
        shown = admin.page.locator("main").inner_text()
        assert (
            "另一次刷新正在进行" if language == "zh" else "Another refresh is running."
        ) in shown
        assert ("自动重新开始" if language == "zh" else "begun again by itself") in shown
    sample.job_queue.send_forgotten()
    monkeypatch.setitem(sample.job_handlers, JobKind.IMPORT, lambda job, progress: message("7"))
    assert work_off(sample) == 1


def test_work_that_breaks_is_told_without_its_inside(sample, monkeypatch):
    def breaks(job, progress):
        raise RuntimeError("secret")

    monkeypatch.setitem(sample.job_handlers, JobKind.REFRESH, breaks)
    job = sample.job_queue.request(ADMIN, JobKind.REFRESH)
    assert work_off(sample) == 1
    failed = sample.job_queue.show(ADMIN, job.id)
    assert failed.state is JobState.FAILED
    assert "secret" not in str(failed.result)


def test_clusters_are_made_renamed_and_their_members_let_in_and_out(visit, sample):
    visitor = visit("admin", "zh")
    page = visitor.page
    visitor.open("/admin/clusters")
    page.fill("input[name=name]", "示例新集群")
    page.fill("input[name=place]", "温州市")
    press(page, "保存")
    id = page.locator("form input[name=id]").first.input_value()
    assert sample.published.cluster(id).place == "gbt2260:330300"
    page.fill("input[name=organization]", MEMBER)
    press(page, "加入集群")
    assert id in [cluster.id for cluster in sample.store.clusters_of(MEMBER)]
    press(page, page.locator("button[value=leave]").first)
    assert id not in [cluster.id for cluster in sample.store.clusters_of(MEMBER)]
    assert visitor.complaints == []
