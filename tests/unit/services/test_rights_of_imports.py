"""An import that runs ends with the rights that its sender has when it is written."""

import io
from dataclasses import replace

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import Cluster, GraphRows, Kind, Membership, Organization
from matchmaker.errors import NotAllowed
from matchmaker.ingest.made_ids import source_of_cluster
from matchmaker.services.operations import import_reversal
from matchmaker.services.unit_of_work import utc_now
from matchmaker.workflow.account import Account
from matchmaker.workflow.job import JobState

LIST = "企业名称,地区\n示例阀门厂,温州\n".encode()
FIRM = Organization("t:f", "示例电机厂", Kind.FIRM, website="https://own.example")


@pytest.fixture
def sender(wired):
    """A coordinator, who is an administrator too."""
    account = Account(
        "a", "a@rights.example", "a", utc_now(), clusters=("t:c",), admin=True, is_proved=True
    )
    wired.store.upsert(
        GraphRows(
            organizations=(FIRM,), clusters=(Cluster("t:c", "甲集群", "A"),),
            memberships=(Membership("t:c", "t:f"),),
        )
    )  # fmt: skip
    wired.repositories.records.commit([wired.repositories.accounts.put(account)])
    return account


def closed(wired):
    wired.accounts.set_active(ADMIN, "a", active=False)


def deleted(wired):
    wired.privacy.delete_account(ADMIN, "a")


def relieved(wired):
    wired.accounts.relieve(ADMIN, "a")
    wired.accounts.relieve(ADMIN, "a", "t:c")


def while_written(wired, monkeypatch, happens):
    """Something happens once the rows that are to be written are made."""
    real, done = type(wired.store).import_rows, []

    def meanwhile(store, rows, rules, *rest):
        if not (rules.dry_run or done):
            done.append(happens(wired))
        return real(store, rows, rules, *rest)

    monkeypatch.setattr(type(wired.store), "import_rows", meanwhile)


def sent(wired, sender, cluster="t:c", content=LIST):
    workflow, principal = wired.import_workflow, sender.principal()
    id = workflow.keep(principal, "list.csv", io.BytesIO(content), cluster)
    return workflow.write(principal, id).id


def names(wired):
    return {row.name for row in wired.store.export().rows.organizations}


@pytest.mark.parametrize("happens", [closed, deleted, relieved])
def test_who_may_import_no_more_when_it_is_written_writes_nothing(
    wired, sender, monkeypatch, happens
):
    id = sent(wired, sender)
    while_written(wired, monkeypatch, happens)
    wired.job_queue.run(id)
    assert wired.repositories.jobs.get(id).value.state is JobState.FAILED
    assert names(wired) == {FIRM.name}
    assert wired.repositories.imports.get_or_none(id) is None
    assert wired.import_workflow.uploads.all_requested() == []


def test_who_is_a_coordinator_alone_by_then_writes_as_one(wired, sender, monkeypatch):
    """An administrator's list for everybody is a register's word; a coordinator's is its own."""
    id = sent(wired, sender)
    while_written(wired, monkeypatch, lambda wired: wired.accounts.relieve(ADMIN, "a"))
    wired.job_queue.run(id)
    assert wired.repositories.jobs.get(id).value.state is JobState.DONE
    record = wired.repositories.imports.get(id).value
    assert record.by_administrator is False
    new = [row for row in wired.store.export().rows.organizations if row.name == "示例阀门厂"]
    assert new[0].provenance.source == source_of_cluster("t:c")


def test_rights_that_do_not_change_are_no_obstacle_where_the_account_does(
    wired, sender, monkeypatch
):
    id = sent(wired, sender)
    while_written(wired, monkeypatch, lambda w: w.accounts.rename(sender.principal(), "Else"))
    wired.job_queue.run(id)
    assert wired.repositories.jobs.get(id).value.state is JobState.DONE
    assert "示例阀门厂" in names(wired)


def test_what_an_import_depends_on_is_of_its_commit(wired, sender, monkeypatch):
    """Where rights go between the last look at them and the commit, it is the commit that fails."""
    real, written = type(wired.store).import_rows, []

    def noting(store, rows, rules, complete, *rest):
        def noted(changes):
            entries, documents = complete(changes)
            written.extend((each.kind, each.id) for each in documents)
            return entries, documents

        return real(store, rows, rules, noted, *rest)

    monkeypatch.setattr(type(wired.store), "import_rows", noting)
    version = wired.repositories.accounts.get("a").version
    id = sent(wired, sender)
    wired.job_queue.run(id)
    account = wired.repositories.accounts.put(sender)
    assert (account.kind, "a") in written
    assert wired.repositories.accounts.get("a").version > version


def test_who_may_import_no_more_takes_nothing_back(wired, sender, monkeypatch):
    id = sent(wired, sender)
    wired.job_queue.run(id)
    real = import_reversal.import_reversal

    def meanwhile(*arguments):
        monkeypatch.undo()
        relieved(wired)
        return real(*arguments)

    monkeypatch.setattr(import_reversal, "import_reversal", meanwhile)
    by = replace(sender.principal(), epoch=None)
    with pytest.raises(NotAllowed):
        wired.import_workflow.undo(by, id)
    assert "示例阀门厂" in names(wired)
