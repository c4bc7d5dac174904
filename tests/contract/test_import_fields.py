"""Single fields of an import go back, with where they came from; on both stores."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import (
    Cluster,
    FieldOrigin,
    GoalName,
    GraphRows,
    Kind,
    Organization,
    Provenance,
    SourceTier,
)
from matchmaker.errors import InvalidInput, WrongState
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.undo import KeptField, WhyKept
from matchmaker.services.auditing.surveys import Surveys
from matchmaker.services.directory.cluster_sources import ClusterSources
from matchmaker.services.operations.import_cancellation import take_back_parts
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_fields import ImportFields
from matchmaker.services.operations.import_rows import WrittenState
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.importer import Importer
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.operations.upload_folder import UploadFolder
from matchmaker.services.repositories import Repositories
from matchmaker.services.submitted_list import SubmittedList
from matchmaker.services.unit_of_work import utc_now
from matchmaker.store.documents import Store
from matchmaker.store.merging import merged_organization, origin_of_field
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from matchmaker.workflow.interactions import Slots
from matchmaker.workflow.introduction import Proposal
from matchmaker.workflow.job import ImportPart
from matchmaker.workflow.survey import (
    ReportedTie,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
    SurveyRound,
    response_id,
)
from tests.contract.cooperation import services_on
from tests.contract.surveys import surveys_again
from tests.contract.test_two_at_once import sign_in_on

LIST_BEFORE = Provenance("old", date=datetime.date(2020, 1, 1))
FIRM = Organization(
    "m:1", "Old Name Ltd", Kind.FIRM, website="https://old.example", provenance=LIST_BEFORE
)
FILE = (
    "id,name,kind,website,phone,name_en\n"
    "m:1,New Name Ltd,firm,https://new.example,+44 20 7946 0000,New Name\n"
    "m:2,Wholly New Ltd,firm,,,\n"
)


class Desk:
    """One organisation on record, and a file that changes four of its fields and brings another."""

    def __init__(self, store: Store, folder: Path, firm: Organization = FIRM) -> None:
        store.upsert(GraphRows(organizations=(firm,)))
        self.store = store
        repositories, queue = Repositories(lambda: store.documents), cast(JobQueue, None)
        uploads = UploadFolder(folder / "uploads")
        importer = Importer(store)
        self.workflow = ImportWorkflow(
            store,
            repositories,
            importer,
            queue,
            uploads,
            ImportDecisions(store, repositories),
            utc_now,
        )
        self.fields = ImportFields(store, repositories, ClusterSources(store), utc_now)
        self.id = self.workflow.keep(ADMIN, "new.csv", BytesIO(FILE.encode()))
        self.workflow.choose(ADMIN, self.id, TableOptions("organizations", "new"))
        self.workflow.write_now(ADMIN, self.id)

    @property
    def firm(self) -> Organization:
        return self.store.organizations_by_id(["m:1"])["m:1"]

    def states(self) -> dict[str, WrittenState]:
        return {each.field: each.state for each in self.fields.show(ADMIN, self.id).fields}


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path)


def test_both_values_stand_with_their_sources_and_tiers(desk: Desk) -> None:
    shown = desk.fields.show(ADMIN, desk.id)
    assert (shown.new, shown.can_be_undone) == (1, True)
    [site] = [each for each in shown.fields if each.field == "website"]
    assert (site.before, site.before_source, site.before_tier) == (
        "https://old.example", "old", SourceTier.IMPORT,
    )  # fmt: skip
    assert (site.after, site.after_source, site.after_tier) == (
        "https://new.example", "new", SourceTier.IMPORT,
    )  # fmt: skip
    assert set(desk.states().values()) == {WrittenState.STANDS}
    assert {"name", "website", "name_en"} <= set(desk.states())


def test_one_goes_back_alone_and_the_whole_import_still_can(desk: Desk) -> None:
    before = desk.store.version()
    assert desk.fields.take_back(ADMIN, desk.id, [("m:1", "website")]).kept == ()
    assert desk.store.version() > before
    assert (desk.firm.website, desk.firm.name) == ("https://old.example", "New Name Ltd")
    states = desk.states()
    assert states.pop("website") is WrittenState.TAKEN_BACK
    assert set(states.values()) == {WrittenState.STANDS}
    assert desk.fields.take_back(ADMIN, desk.id, [("m:1", "website")]).kept == ()
    assert desk.workflow.undo(ADMIN, desk.id).kept == ()
    assert replace(desk.firm, version=FIRM.version) == FIRM
    assert desk.store.organizations_by_id(["m:2"]) == {}
    with pytest.raises(WrongState):
        desk.fields.take_back(ADMIN, desk.id, [("m:1", "name")])


def test_what_others_changed_since_stays_and_is_told(desk: Desk) -> None:
    own = Provenance("own", tier=SourceTier.SELF, date=datetime.date(2026, 1, 1))
    theirs = replace(desk.firm, name="Their Name Ltd", provenance=own)
    desk.store.upsert(GraphRows(organizations=(theirs,)))
    chosen = [("m:1", "name"), ("m:1", "website")]
    kept = desk.fields.take_back(ADMIN, desk.id, chosen).kept
    assert kept == (KeptField("organizations", "m:1", "name"),)
    assert (desk.firm.name, desk.firm.website) == ("Their Name Ltd", "https://old.example")
    assert desk.states()["name"] is WrittenState.CHANGED_SINCE


def test_what_the_import_did_not_change_is_refused(desk: Desk) -> None:
    for chosen in ([("m:1", "kind")], [("m:2", "name")], [("m:9", "name")], []):
        with pytest.raises(InvalidInput):
            desk.fields.take_back(ADMIN, desk.id, chosen)
    assert set(desk.states().values()) == {WrittenState.STANDS}


def test_fields_of_who_is_gone_are_told_and_logged_as_left(desk: Desk) -> None:
    desk.store.replace_rows(GraphRows(), GraphRows(organizations=(desk.firm,)))
    kept = desk.fields.take_back(ADMIN, desk.id, [("m:1", "name"), ("m:1", "website")]).kept
    assert kept == tuple(
        KeptField("organizations", "m:1", field, WhyKept.GONE) for field in ("name", "website")
    )
    lines = [line.entry for line in desk.store.documents.last_log(5)]
    detail = next(line.detail for line in lines if line.action == "import.fields_undone")
    assert dict(detail) == {"fields": "0", "left": "2"}


@pytest.mark.parametrize("is_whole", [False, True])
def test_what_somebody_writes_meanwhile_is_not_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, is_whole: bool
) -> None:
    write, streets = desk.store.replace_rows, iter(["1 New Road"])

    def late(*args: Any, **kwargs: Any) -> Any:
        for street in streets:  # the firm is faster, once
            own = replace(desk.firm, street_address=street)
            desk.store.replace_organization(own, None, own.version)
        return write(*args, **kwargs)

    monkeypatch.setattr(desk.store, "replace_rows", late)
    if is_whole:
        desk.workflow.undo(ADMIN, desk.id)
    else:
        desk.fields.take_back(ADMIN, desk.id, [("m:1", "website")])
    assert (desk.firm.website, desk.firm.street_address) == ("https://old.example", "1 New Road")


def test_what_a_stronger_source_confirmed_since_stays(desk: Desk) -> None:
    register = Provenance("register", tier=SourceTier.REGISTER)
    same = Organization(
        "m:1", "New Name Ltd", Kind.FIRM, website="https://new.example", provenance=register
    )
    desk.store.upsert(GraphRows(organizations=(merged_organization(desk.firm, same),)))
    states = desk.states()
    assert states["website"] is states["name"] is WrittenState.CONFIRMED_SINCE
    kept = desk.fields.take_back(ADMIN, desk.id, [("m:1", "website"), ("m:1", "name_en")]).kept
    of_register = WhyKept.CONFIRMED_SINCE
    assert kept == (KeptField("organizations", "m:1", "website", of_register),)
    assert (desk.firm.website, desk.firm.name_en) == ("https://new.example", "")
    assert origin_of_field(desk.firm, "website").source == "register"
    name = KeptField("organizations", "m:1", "name", of_register)
    assert name in desk.workflow.undo(ADMIN, desk.id).kept
    assert desk.firm.name == "New Name Ltd"


def test_an_import_taken_back_stands_for_nothing_and_contradicts_nobody(
    store: Store, tmp_path: Path
) -> None:
    own = FieldOrigin("name", "own", SourceTier.SELF)
    guessed = FieldOrigin("website", "old", SourceTier.DERIVED)
    before = replace(FIRM, website="https://new.example", origins=(own, guessed))
    desk = Desk(store, tmp_path, before)
    of_import = {origin.field: origin for origin in desk.firm.origins}
    assert of_import["name"].conflict is not None
    assert of_import["website"].source == "new"
    assert desk.workflow.undo(ADMIN, desk.id).kept == ()
    assert replace(desk.firm, version=before.version) == before


def test_what_a_weaker_source_said_since_still_stands_beside_a_field(desk: Desk) -> None:
    guess = Provenance("guess", date=datetime.date(2019, 1, 1))
    other = Organization("m:1", "Guessed Ltd", Kind.FIRM, provenance=guess)
    desk.store.upsert(GraphRows(organizations=(merged_organization(desk.firm, other),)))
    said = origin_of_field(desk.firm, "name").conflict
    assert said is not None
    assert said.value == "Guessed Ltd"
    assert desk.fields.take_back(ADMIN, desk.id, [("m:1", "name")]).kept == ()
    assert (desk.firm.name, origin_of_field(desk.firm, "name").conflict) == ("Old Name Ltd", said)


def test_an_organisation_whose_list_waits_stays_when_its_import_goes(desk: Desk) -> None:
    """Else the list was nobody's, and nobody could send it back."""
    lists = desk.fields.repositories.submitted_lists
    waiting = SubmittedList("l", "m:2", "list.csv", "account:a", utc_now(), ())
    desk.store.documents.commit([lists.put(waiting)])
    taken = desk.workflow.undo(ADMIN, desk.id)
    assert taken.kept == (KeptField("organizations", "m:2", "", WhyKept.IN_USE),)


def test_an_organisation_that_people_joined_stays_when_its_import_goes(desk: Desk) -> None:
    member = AccountMembership("m:2", MembershipRole.OWNER)
    account = Account("a1", "a@example.org", "A", utc_now(), memberships=(member,))
    desk.store.documents.commit([desk.fields.repositories.accounts.put(account)])
    taken = desk.workflow.undo(ADMIN, desk.id)
    assert taken.kept == (KeptField("organizations", "m:2", "", WhyKept.IN_USE),)
    record = desk.fields.repositories.imports.get(desk.id).value
    assert (record.left, record.can_be_undone) == (1, False)
    assert desk.firm.name == "Old Name Ltd"
    assert "m:2" in desk.store.organizations_by_id(["m:2"])


@pytest.mark.parametrize("named_by", ["coordinator", "survey"])
def test_a_cluster_that_somebody_coordinates_stays_when_its_import_goes(
    desk: Desk, named_by: str
) -> None:
    """Else no answer of its survey could be taken back, and no reminder be sent."""
    id = desk.workflow.keep(ADMIN, "clusters.csv", BytesIO(b"id,name\nm:c,Moulds\nm:d,Dies\n"))
    desk.workflow.choose(ADMIN, id, TableOptions(table="clusters"))
    desk.workflow.write_now(ADMIN, id)
    repositories = desk.fields.repositories
    today = utc_now().date()
    documents = {
        "coordinator": repositories.accounts.put(
            Account("a1", "a@example.org", "A", utc_now(), clusters=("m:c",))
        ),
        "survey": repositories.surveys.put(
            SurveyRound(
                "s1", "m:c", "Who", (SurveyQuestion.BUYS_FROM,), ("m:1", "m:2"), today, "x",
                utc_now(),
            )
        ),
    }  # fmt: skip
    desk.store.documents.commit([documents[named_by]])
    taken = desk.workflow.undo(ADMIN, id)
    assert taken.kept == (KeptField("clusters", "m:c", "", WhyKept.IN_USE),)
    assert taken.rows == 1
    assert [row.id for row in desk.store.export().rows.clusters] == ["m:c"]


def test_an_import_of_which_all_stays_stands_and_says_so(store: Store, tmp_path: Path) -> None:
    """One firm whose four fields somebody has confirmed since, and one that people belong to."""
    desk = Desk(store, tmp_path)
    own = Provenance("own", tier=SourceTier.SELF, date=datetime.date(2026, 1, 1))
    desk.store.upsert(GraphRows(organizations=(replace(desk.firm, origins=(), provenance=own),)))
    member = AccountMembership("m:2", MembershipRole.OWNER)
    account = Account("a1", "a@example.org", "A", utc_now(), memberships=(member,))
    desk.store.documents.commit([desk.fields.repositories.accounts.put(account)])
    firm, version = desk.firm, desk.store.version()
    taken = desk.workflow.undo(ADMIN, desk.id)
    assert (taken.fields, taken.rows) == (0, 0)
    whys = {(each.key, each.field): each.why for each in taken.kept}
    assert whys["m:2", ""] is WhyKept.IN_USE
    assert whys["m:1", "name"] is whys["m:1", "website"] is WhyKept.CONFIRMED_SINCE
    assert (desk.firm, desk.store.version()) == (firm, version)
    assert desk.fields.repositories.imports.get(desk.id).value.can_be_undone


def test_what_went_back_is_counted_in_fields_and_rows(desk: Desk) -> None:
    """Of name, website, phone and name_en somebody changed one; one firm was brought."""
    desk.store.upsert(GraphRows(organizations=(replace(desk.firm, name="Their Name Ltd"),)))
    first = desk.fields.take_back(ADMIN, desk.id, [("m:1", "website"), ("m:1", "name")])
    assert (first.fields, first.rows, len(first.kept)) == (1, 0, 1)
    again = desk.fields.take_back(ADMIN, desk.id, [("m:1", "website")])
    assert again.is_nothing
    assert again.kept == ()
    whole = desk.workflow.undo(ADMIN, desk.id)
    assert (whole.fields, whole.rows, len(whole.kept)) == (2, 1, 1)


def test_a_file_is_of_whom_its_own_name_says_and_not_the_one_read_before(desk: Desk) -> None:
    """Two universities send patents under the same titles."""
    rows = "专利名称,专利号\n{},ZL202010123456.7\n"
    for name, holder in (
        ("示例大学专利清单.csv", "示例大学"),
        ("另例大学专利清单.csv", "另例大学"),
        ("第三例大学校友企业专利.csv", "另例大学"),  # says nothing of its own; shown as remembered
    ):
        id = desk.workflow.keep(ADMIN, name, BytesIO(rows.format(name).encode()))
        preview = desk.workflow.preview(ADMIN, id)
        options = desk.workflow.read_as(ADMIN, id)[0]
        assert options.defaults["holder"] == holder
        assert preview.is_remembered == (holder == "另例大学")
        desk.workflow.write_now(ADMIN, id)


@pytest.mark.parametrize("way", ["asked", "named"])
def test_an_organisation_that_a_survey_asks_or_an_answer_names_stays(desk: Desk, way: str) -> None:
    """Its form, or the other ties of who named it, could not be read or written any more."""
    repositories = desk.fields.repositories
    asked = ("m:1", "m:2") if way == "asked" else ("m:1", "m:3")
    question, last = SurveyQuestion.BUYS_FROM, datetime.date(2030, 1, 1)
    survey = SurveyRound("s", "c:1", "S", (question,), asked, last, "account:a", utc_now())
    answer = SurveyAnswer((ReportedTie(question, "m:2"),)) if way == "named" else SurveyAnswer()
    response = SurveyResponse(response_id("s", "m:1"), "s", "m:1", answer, utc_now())
    desk.store.documents.commit(
        [repositories.surveys.put(survey), repositories.survey_responses.put(response)]
    )
    taken = desk.workflow.undo(ADMIN, desk.id)
    assert taken.kept == (KeptField("organizations", "m:2", "", WhyKept.IN_USE),)
    assert "m:2" in desk.store.organizations_by_id(["m:2"])


def test_an_organisation_that_somebody_names_as_its_import_is_cancelled_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an import that nobody finished a part is written, which brought it."""
    repositories, services = desk.fields.repositories, services_on(desk.store)
    record = repositories.imports.get(desk.id).value
    part = ImportPart("p", desk.id, "account:a", put=record.put, before=record.before)
    desk.store.documents.commit([repositories.import_parts.put(part)])
    place, write = AccountMembership("m:2", MembershipRole.OWNER), desk.store.replace_rows
    left = [
        lambda: sign_in_on(services).invitations.invite(ADMIN, "a@example.org", membership=place)
    ]

    def late(*args: Any, **kwargs: Any) -> Any:
        if left:
            left.pop()()
        return write(*args, **kwargs)

    monkeypatch.setattr(desk.store, "replace_rows", late)
    take_back_parts(desk.store, repositories, ADMIN, utc_now, desk.id)
    assert "m:2" in desk.store.organizations_by_id(["m:2"])
    assert desk.firm.name == "Old Name Ltd"


@pytest.mark.parametrize("way", ["invited", "proposed to"])
def test_an_organisation_that_somebody_names_as_its_import_goes_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """What is named was looked for already; it is looked for again."""
    services = services_on(desk.store)
    place, invite = AccountMembership("m:2", MembershipRole.OWNER), sign_in_on(services).invitations
    names: dict[str, Callable[[], object]] = {
        "invited": lambda: invite.invite(ADMIN, "a@example.org", membership=place),
        "proposed to": lambda: services.introductions.propose(
            ADMIN, Proposal(GoalName.SUPPLIER, "m:1", "m:2")
        ),
    }
    write, left = desk.store.replace_rows, [names[way]]

    def late(*args: Any, **kwargs: Any) -> Any:
        if left:
            left.pop()()
        return write(*args, **kwargs)

    monkeypatch.setattr(desk.store, "replace_rows", late)
    taken = desk.workflow.undo(ADMIN, desk.id)
    assert taken.kept == (KeptField("organizations", "m:2", "", WhyKept.IN_USE),)
    assert "m:2" in desk.store.organizations_by_id(["m:2"])


def test_an_organisation_that_a_survey_asks_as_its_import_goes_stays(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round is opened after it was looked at who is in use, before all is written."""
    services = services_on(desk.store)
    desk.store.upsert(GraphRows(clusters=(Cluster("c:1", "群"),)))
    # Memberships that this import did not bring would keep it from being taken back at all.
    monkeypatch.setattr(Surveys, "member_ids", lambda *_: ["m:1", "m:2"])
    world = surveys_again(services, tmp_path, ADMIN, "")
    survey = SurveyRound(
        "s", "c:1", "S", (SurveyQuestion.BUYS_FROM,), ("m:1", "m:2"),
        services.clock().date() + datetime.timedelta(days=9), "x", services.clock(),
    )  # fmt: skip
    write, left = desk.store.replace_rows, [lambda: world.surveys.open(ADMIN, survey)]

    def late(*args: Any, **kwargs: Any) -> Any:
        if left:
            left.pop()()
        return write(*args, **kwargs)

    monkeypatch.setattr(desk.store, "replace_rows", late)
    desk.workflow.undo(ADMIN, desk.id)
    assert "m:2" in desk.store.organizations_by_id(["m:2"])


def test_an_import_that_was_taken_back_leaves_nothing_of_who_it_brought(desk: Desk) -> None:
    """What two who write at once both wrote goes with the next night."""
    repositories, services = desk.fields.repositories, services_on(desk.store)
    desk.workflow.undo(ADMIN, desk.id)
    assert "m:2" not in desk.store.organizations_by_id(["m:2"])
    there = [Slots("m:1"), Slots("m:gone", ("an introduction",))]
    desk.store.documents.commit([repositories.slots.put(slots) for slots in there])
    long = datetime.timedelta(days=30)
    services.privacy(keep_interactions=long, keep_over=long).forget_old()
    assert {slots.id for slots in repositories.slots.values()} == {"m:1", "m:gone"}
