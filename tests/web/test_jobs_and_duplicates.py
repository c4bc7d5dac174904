"""Duplicates, long work and clusters, in a real browser and both languages."""

import pytest

from matchmaker.domain import DuplicateCandidate, GraphRows, Kind, Membership, Organization
from matchmaker.errors import MatchmakerError, WrongState
from matchmaker.messages import message
from matchmaker.workflow.job import JobKind, JobState
from tests.web.conftest import press
from tests.web.test_imports import ADMIN, COORDINATOR, MEMBER, work_off


def test_two_records_of_one_firm_become_one_and_its_people_stay(visit, sample):
    firms = [Organization("dup:1", "重名厂", Kind.FIRM), Organization("dup:2", "重名廠", Kind.FIRM)]
    pair = DuplicateCandidate("dup:1", "dup:2", 0.97, "same name")
    member = Membership("seed:cluster-valves", "dup:2")
    rows = GraphRows(organizations=tuple(firms), memberships=(member,), duplicates=(pair,))
    sample.store.upsert(rows)
    visitor = visit("admin", "zh")
    visitor.open("/admin/duplicates")
    article = visitor.page.locator("article", has_text="重名厂")
    assert "名称相同" in article.inner_text()
    # What comes along with it, and for whom it would be.
    assert sample.store.cluster("seed:cluster-valves").name in article.inner_text()
    assert "代表该单位的人员" in article.inner_text()
    press(visitor.page, article.get_by_role("button", name="相同，保留左边"))
    assert sample.directory.profile(ADMIN, "dup:2").organization.id == "dup:1"
    assert visitor.page.locator("article", has_text="重名厂").count() == 0
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
