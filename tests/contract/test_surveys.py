"""Tie surveys on both stores: what two answers make of a tie, and who may see what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import GraphRows, Kind, Layer, Membership, Organization, SourceTier
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.services.auditing.survey_forms import SuggestedBy
from matchmaker.services.auditing.survey_sync import SurveySync
from matchmaker.services.operations.document_merge import DocumentMerge
from matchmaker.store.documents import Store
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.survey import (
    DeniedTie,
    ReportedTie,
    SurveyAnswer,
    SurveyState,
    TieStatus,
    response_id,
)
from tests.contract.cooperation import LAB, cooperation_on
from tests.contract.surveys import MEMBERS, Q, SurveyWorld, survey_world


@pytest.fixture
def world(store: Store, tmp_path) -> SurveyWorld:
    return survey_world(cooperation_on(store), tmp_path)


def test_a_tie_is_declared_by_one_confirmed_by_both_and_then_in_the_graph(
    world: SurveyWorld,
) -> None:
    world.answer("t:f0", ReportedTie(Q.SELLS_TO, "t:f1", since=2019))
    assert world.ties("t:f0") == []
    (claim,) = _claims(world, "t:f1")
    assert claim == (Q.BUYS_FROM, "t:f0")
    world.answer("t:f1", ReportedTie(Q.BUYS_FROM, "t:f0", since=2021))
    (tie,) = world.ties("t:f0")
    assert (tie.source, tie.target, tie.layer) == ("t:f0", "t:f1", Layer.SUPPLIES)
    assert (tie.since.year, tie.provenance.tier) == (2019, SourceTier.SELF)
    assert tie.provenance.record == world.round
    (seen,) = world.surveys.ties(world.coordinator, world.round).ties
    assert seen.status is TieStatus.CONFIRMED


def _claims(world: SurveyWorld, organization: str) -> list:
    """What others say of a member, which its people see once it has answered; no link shows it."""
    token = world.token(organization)
    assert world.answers.form_of_link(token).claims == ()
    assert world.answers.answer_by_link(token, SurveyAnswer()).claims == ()
    person = world.base.person(organization).principal()
    form = world.answers.form(person, world.round, organization)
    return [(claim.question, claim.partner.id) for claim in form.claims]


@pytest.mark.parametrize("who", ["t:f0", "t:f1"])
@pytest.mark.parametrize("way", ["taken back", "denied"])
def test_an_answer_taken_back_as_its_tie_is_being_written_leaves_none(
    world: SurveyWorld, monkeypatch: pytest.MonkeyPatch, who: str, way: str
) -> None:
    """Its own writing finds no tie to end yet; whoever is slower looks again."""
    other = {"t:f0": "t:f1", "t:f1": "t:f0"}[who]
    question = {"t:f0": Q.SELLS_TO, "t:f1": Q.BUYS_FROM}[who]
    withdraw = world.answers.withdraw_by_link
    upsert, left = world.base.store.upsert, [who]
    tokens = {firm: world.token(firm) for firm in (who, other)}

    def late(rows: GraphRows) -> object:
        if rows.ties and left:
            left.pop()
            if way == "denied":
                world.answer(who, denied=(DeniedTie(question, other),))
            else:
                withdraw(tokens[who])
        return upsert(rows)

    world.answer("t:f0", ReportedTie(Q.SELLS_TO, "t:f1"))
    monkeypatch.setattr(world.base.store, "upsert", late)
    world.answer("t:f1", ReportedTie(Q.BUYS_FROM, "t:f0"))
    assert not left
    world.answers.sync.write_pending()
    assert world.ties("t:f0") == []


def test_a_denied_tie_is_none_and_ends_where_it_was_confirmed_before(world: SurveyWorld) -> None:
    world.answer("t:f0", ReportedTie(Q.RESEARCHES_WITH, LAB))
    world.answer(LAB, ReportedTie(Q.RESEARCHES_WITH, "t:f0"))
    assert len(world.ties(LAB)) == 1
    world.answer(LAB, denied=(DeniedTie(Q.RESEARCHES_WITH, "t:f0"),))
    assert world.ties(LAB) == []
    person = world.base.person(LAB).principal()
    assert world.answers.form(person, world.round, LAB).claims == ()
    world.answer(LAB, ReportedTie(Q.RESEARCHES_WITH, "t:f0"))
    assert len(world.ties(LAB)) == 1


def test_coordinators_see_counts_of_five_answers_at_the_end_and_rows_of_those_who_agreed(
    world: SurveyWorld,
) -> None:
    world.answer("t:f0", ReportedTie(Q.SELLS_TO, "t:f1"), ReportedTie(Q.SELLS_TO, name="外单位"))
    world.answer("t:f1")
    world.answer("t:f2", ReportedTie(Q.SELLS_TO, "t:f3"), shows_rows=True)
    world.answer("t:f3", denied=(DeniedTie(Q.BUYS_FROM, "t:f2"),))
    view = world.surveys.show(world.coordinator, world.round)
    assert (view.figures.answered, view.figures.asked, view.figures.counts) == (4, 5, ())
    world.answer(LAB)
    view = world.surveys.show(world.coordinator, world.round)
    # Nor then: how they change with the next answer would tell what that one says.
    assert (view.is_open, view.figures.answered, view.figures.counts) == (True, 5, ())
    assert view.figures.outside is None
    world.surveys.close(world.coordinator, world.round)
    figures = world.surveys.show(world.coordinator, world.round).figures
    supplies = next(count for count in figures.counts if count.layer is Layer.SUPPLIES)
    assert (supplies.confirmed, supplies.declared, supplies.denied) == (0, 1, 1)
    assert (figures.outside, figures.response_rate) == (1, 1.0)
    # t:f2 agreed, t:f3, which denies, did not: that it denies is its own.
    (seen,) = world.surveys.ties(world.coordinator, world.round).ties
    assert (seen.key.source, seen.status) == ("t:f2", TieStatus.DECLARED)


def test_a_link_is_of_one_member_ends_when_renewed_and_with_the_round(world: SurveyWorld) -> None:
    old = world.token("t:f0")
    assert world.answers.form_of_link(old).organization.id == "t:f0"
    new = world.token("t:f0", renew=True)
    with pytest.raises(InvalidInput):
        world.answers.form_of_link(old)
    with pytest.raises(InvalidInput):
        world.answers.answer_by_link(old, SurveyAnswer())
    world.answers.answer_by_link(new, SurveyAnswer())
    with pytest.raises(InvalidInput):
        world.answers.form_of_link(new[:-2] + ("AA" if new[-2:] != "AA" else "BB"))
    world.surveys.close(world.coordinator, world.round)
    for act in (
        lambda: world.answers.answer_by_link(new, SurveyAnswer()),
        lambda: world.answers.form_of_link(new),
        lambda: world.answers.withdraw_by_link(new),
    ):
        with pytest.raises(WrongState):
            act()


def test_who_has_a_link_alone_takes_its_answer_back_with_it(world: SurveyWorld) -> None:
    world.answer("t:f0", ReportedTie(Q.SELLS_TO, "t:f1"))
    world.answer("t:f1", ReportedTie(Q.BUYS_FROM, "t:f0"))
    assert len(world.ties("t:f0")) == 1
    form = world.answers.withdraw_by_link(world.token("t:f1"))
    assert (form.response.answered, form.answer.ties) == (None, ())
    assert world.ties("t:f0") == []
    old = world.token("t:f2")
    world.token("t:f2", renew=True)
    with pytest.raises(InvalidInput):
        world.answers.withdraw_by_link(old)


def test_a_link_shows_no_answer_and_changes_none_of_an_account(world: SurveyWorld) -> None:
    """Its coordinator holds it, too; an answer of this round or the last is the member's own."""
    owner = world.base.person("t:f0").principal()
    tie = ReportedTie(Q.SELLS_TO, "t:f1")
    token = world.token("t:f0")
    sent = world.answers.answer_by_link(token, SurveyAnswer((tie,)))
    assert sent.answer.ties == (tie,)
    world.answer("t:f1", ReportedTie(Q.BUYS_FROM, LAB), ReportedTie(Q.SELLS_TO, "t:f0"))
    later = world.answers.form_of_link(token)
    assert (later.answer, later.response.answer, later.claims) == (SurveyAnswer(),) * 2 + ((),)
    assert all(not each.tie for asked in later.questions for each in asked.suggestions)
    for renew in (False, True):
        with pytest.raises(WrongState, match="has answered"):
            world.surveys.link(world.coordinator, world.round, "t:f0", renew=renew)
    own = SurveyAnswer((tie,), shows_rows=False)
    world.answers.answer(owner, world.round, "t:f0", own)
    for act in (
        lambda: world.answers.form_of_link(token),
        lambda: world.answers.answer_by_link(token, SurveyAnswer(shows_rows=True)),
        lambda: world.answers.withdraw_by_link(token),
    ):
        with pytest.raises(WrongState, match="by an account"):
            act()
    assert world.answers.form(owner, world.round, "t:f0").answer == own
    world.round = world.another_round()
    assert world.answers.form_of_link(world.token("t:f0")).answer == SurveyAnswer()


def test_a_member_s_people_are_told_once_of_answers_by_its_link(world: SurveyWorld) -> None:
    person = world.base.person("t:f0")
    world.answer("t:f0", ReportedTie(Q.SELLS_TO, "t:f1"))
    world.answer("t:f0")
    world.answers.withdraw_by_link(world.token("t:f0"))
    told = world.base.repositories.notifications.values("account", person.id)
    by_link = [each for each in told if each.kind is NotificationKind.SURVEY_ANSWERED_BY_LINK]
    assert [each.subject for each in by_link] == [f"survey/{world.round}"]


def test_who_has_left_the_cluster_is_not_asked(world: SurveyWorld) -> None:
    """One whose last day is today still is; who comes tomorrow is not yet."""
    day = world.base.clock().date()
    world.base.store.upsert(
        GraphRows(
            memberships=(
                Membership("t:c", "t:f0", until=day - timedelta(days=1)),
                Membership("t:c", "t:f1", until=day),
                Membership("t:c", "t:f2", since=day + timedelta(days=1)),
            )
        )
    )
    assert world.surveys.member_ids("t:c") == ["t:f1", "t:f3", LAB]
    for gone in ("t:f0", "t:f2"):
        with pytest.raises(InvalidInput, match="no member"):
            world.another_round(members=(gone, "t:f1"))


def test_who_has_left_the_cluster_is_not_told_who_has_come_since(world: SurveyWorld) -> None:
    """It was a member as it was asked, and may still answer; who is in a cluster its members read.

    Its form is there for as long as the round is kept."""
    left, came = world.base.person("t:f0").principal(), Organization("t:new", "新厂", Kind.FIRM)
    yesterday = world.base.clock().date() - timedelta(days=1)
    world.base.store.upsert(
        GraphRows(
            organizations=(came,),
            memberships=(Membership("t:c", "t:f0", until=yesterday), Membership("t:c", "t:new")),
        )
    )
    form = world.answers.form(left, world.round, "t:f0")
    assert {row.id for row in form.roster} == {"t:f1", "t:f2", "t:f3", LAB}
    suggested = {each.organization.id for asked in form.questions for each in asked.suggestions}
    assert "t:new" not in suggested
    stayed = world.answers.form(world.base.person("t:f1").principal(), world.round, "t:f1")
    assert "t:new" in {row.id for row in stayed.roster}


def test_of_a_round_for_some_members_the_others_are_suggested_and_named_too(
    world: SurveyWorld,
) -> None:
    some = world.another_round(members=("t:f0", "t:f1"))
    token = world.surveys.link(world.coordinator, some, "t:f0").url.partition("token=")[2]
    form = world.answers.form_of_link(token)
    assert {row.id for row in form.roster} == {"t:f1", "t:f2", "t:f3", LAB}
    after = world.answers.answer_by_link(
        token, SurveyAnswer((ReportedTie(Q.SELLS_TO, name="厂t:f3"),))
    )
    assert after.answer.ties[0].partner == "t:f3"
    assert after.claims == ()


def test_an_answer_is_nobodys_but_the_members(world: SurveyWorld) -> None:
    own = world.base.person("t:f0").principal()
    world.answers.answer(own, world.round, "t:f0", SurveyAnswer())
    assert world.answers.form(own, world.round, "t:f0").response.answered
    other = world.base.person("t:f1").principal()
    for stranger in (world.coordinator, ADMIN, other):
        with pytest.raises(NotAllowed):
            world.answers.form(stranger, world.round, "t:f0")
    outsider = Principal("x", account="x", organizations=frozenset({"t:elsewhere"}))
    for refused in (outsider, other, Principal("y", account="y", clusters=frozenset({"t:d"}))):
        with pytest.raises(NotFound):
            world.surveys.show(refused, world.round)


def test_the_next_round_begins_from_the_last_answer_and_names_find_members(
    world: SurveyWorld,
) -> None:
    owner = world.base.person("t:f0").principal()
    world.answer("t:f0", ReportedTie(Q.SELLS_TO, name=" 厂t:f1 "), ReportedTie(Q.BUYS_FROM, "t:f2"))
    world.base.clock.forward(timedelta(days=20))
    assert world.surveys.work_due() == 1
    assert world.surveys.survey_of(world.round).value.state is SurveyState.CLOSED
    second = world.another_round()
    form = world.answers.form(owner, second, "t:f0")
    told = {tie.question: tie.partner for tie in form.answer.ties}
    assert told == {Q.SELLS_TO: "t:f1", Q.BUYS_FROM: "t:f2"}
    first = form.questions[0].suggestions[0]
    assert (first.organization.id, first.by) == ("t:f2", SuggestedBy.LAST_ANSWER)
    assert form.response.answered is None


def test_who_has_not_answered_is_reminded_five_and_two_days_before_the_end(
    world: SurveyWorld,
) -> None:
    silent, quick = world.base.person("t:f0"), world.base.person("t:f1")
    world.answers.answer(quick.principal(), world.round, "t:f1", SurveyAnswer())

    def reminders(account) -> int:
        found = world.base.repositories.notifications.values("account", account.id)
        return sum(each.kind is NotificationKind.SURVEY_CLOSES for each in found)

    counts = []
    for _ in range(14):
        world.base.clock.forward(timedelta(days=1))
        world.surveys.work_due()
        for each in world.base.repositories.notifications.iterate("account", silent.id):
            seen = replace(each.value, read=True)
            world.base.repositories.records.commit(
                [world.base.repositories.notifications.put(seen, each.version)]
            )
        counts.append(reminders(silent))
    assert counts == [0] * 8 + [1] * 3 + [2] * 3
    assert reminders(quick) == 0


def test_a_survey_of_a_cluster_that_is_gone_stops_no_reminder_of_another(
    world: SurveyWorld,
) -> None:
    member, repositories = world.base.person("t:f0"), world.base.repositories
    orphan = replace(repositories.surveys.get(world.round).value, id="0", cluster="t:gone")
    repositories.records.commit([repositories.surveys.put(orphan)])
    world.base.clock.forward(timedelta(days=10))
    world.surveys.work_due()
    told = repositories.notifications.values("account", member.id)
    reminded = [each.subject for each in told if each.kind is NotificationKind.SURVEY_CLOSES]
    assert reminded == [f"survey/{world.round}"]


def test_what_was_answered_and_not_written_is_written_later(
    world: SurveyWorld, monkeypatch
) -> None:
    """A process that ends between the commit of an answer and the graph loses nothing."""
    world.answer("t:f0", ReportedTie(Q.SELLS_TO, "t:f1"))
    with monkeypatch.context() as ended:
        ended.setattr(SurveySync, "_write", lambda *_: (_ for _ in ()).throw(WrongState("ended")))
        world.answer("t:f1", ReportedTie(Q.BUYS_FROM, "t:f0"))
    assert world.ties("t:f0") == []
    assert world.answers.sync.write_pending() == 1
    assert len(world.ties("t:f0")) == 1
    assert world.answers.sync.write_pending() == 0


def test_an_answer_is_exported_taken_back_and_forgotten_in_time(world: SurveyWorld) -> None:
    owner = world.base.person("t:f0").principal()
    tie = ReportedTie(Q.SELLS_TO, "t:f1")
    world.answers.answer(owner, world.round, "t:f0", SurveyAnswer((tie,)))
    world.answer("t:f1", ReportedTie(Q.BUYS_FROM, "t:f0"))
    privacy = world.base.privacy(keep_interactions=timedelta(days=30), keep_over=timedelta(days=60))
    (exported,) = privacy.export_organization(owner, "t:f0")["survey_answers"]
    assert exported["answer"]["ties"][0]["partner"] == "t:f1"
    world.answers.withdraw(owner, world.round, "t:f0")
    assert world.ties("t:f0") == []
    assert privacy.export_organization(owner, "t:f0")["survey_answers"][0]["answer"]["ties"] == []
    world.surveys.close(world.coordinator, world.round)
    world.base.clock.forward(timedelta(days=100))
    assert privacy.forget_old() == 1
    assert list(world.base.repositories.survey_responses.values()) == []
    (tally,) = world.base.repositories.monthly_counts.values()
    assert dict(tally.counts) == {"asked": 5, "answered": 1}


def test_answers_follow_an_organisation_that_is_merged(world: SurveyWorld) -> None:
    world.base.store.upsert(GraphRows(organizations=(Organization("t:new", "新厂", "firm"),)))
    world.answer("t:f0", ReportedTie(Q.SELLS_TO, "t:f1"))
    world.answer("t:f1", ReportedTie(Q.BUYS_FROM, "t:f0"))
    changes = DocumentMerge(world.base.repositories, "t:f1", "t:new", brings_people=True).changes()
    world.base.repositories.records.commit(changes)
    responses = {one.organization: one for one in world.surveys.responses(world.round)}
    assert set(responses) == {"t:f0", "t:new"}
    assert responses["t:f0"].answer.ties[0].partner == "t:new"
    assert "t:new" in world.surveys.survey_of(world.round).value.members


@pytest.mark.parametrize(
    "ties",
    [
        (ReportedTie(Q.SELLS_TO, "t:f0"),),
        (ReportedTie(Q.SELLS_TO, "t:nobody"),),
        (ReportedTie(Q.USES, "t:f1"),),
        (ReportedTie(Q.SELLS_TO, "t:f1", since=1066),),
        (ReportedTie(Q.SELLS_TO),),
        (ReportedTie(Q.SELLS_TO, name="x" * 501),),
    ],
)
def test_what_is_no_answer_is_refused(world: SurveyWorld, ties: tuple[ReportedTie, ...]) -> None:
    with pytest.raises(InvalidInput):
        world.answer("t:f0", *ties)
    assert world.surveys.responses(world.round) == []


def test_another_s_answer_does_not_bring_back_what_was_denied_since(world: SurveyWorld) -> None:
    """f2 works with f0 and f1; that these two deny each other in a later round is theirs."""
    world.answer("t:f0", ReportedTie(Q.RESEARCHES_WITH, "t:f1"))
    world.answer("t:f1", ReportedTie(Q.RESEARCHES_WITH, "t:f0"))
    assert len(world.ties("t:f0")) == 1
    first, world.round = world.round, world.another_round(questions=(Q.RESEARCHES_WITH,))
    world.answer("t:f0", denied=(DeniedTie(Q.RESEARCHES_WITH, "t:f1"),))
    assert world.ties("t:f0") == []
    world.round = first
    both = (ReportedTie(Q.RESEARCHES_WITH, "t:f0"), ReportedTie(Q.RESEARCHES_WITH, "t:f1"))
    world.answer("t:f2", *both)
    assert world.ties("t:f0") == []


def test_who_opted_out_is_named_by_those_alone_who_named_it_before(world: SurveyWorld) -> None:
    outsider = Organization("t:out", "隐者厂", Kind.FIRM)
    world.base.store.upsert(GraphRows(organizations=(outsider,)))
    tie = ReportedTie(Q.BUYS_FROM, "t:out")
    world.answer("t:f0", tie)
    world.base.store.upsert(GraphRows(organizations=(replace(outsider, listed=False),)))
    with pytest.raises(InvalidInput, match="t:out' is not known"):
        world.answer("t:f1", tie)
    world.answer("t:f0", tie, ReportedTie(Q.BUYS_FROM, "t:f1"))


def test_a_member_that_opted_out_is_asked_and_in_nobodys_form(world: SurveyWorld) -> None:
    gone = world.base.store.organization("t:f3")
    people = {id: world.base.person(id).principal() for id in ("t:f0", "t:f3")}
    world.base.store.upsert(GraphRows(organizations=(replace(gone, listed=False),)))
    forms = [
        world.answers.form(people["t:f0"], world.round, "t:f0"),
        world.answers.form_of_link(world.token("t:f0")),
    ]
    for form in forms:
        assert {row.id for row in form.roster} == {"t:f1", "t:f2", LAB}
        suggested = {each.organization.id for asked in form.questions for each in asked.suggestions}
        assert "t:f3" not in suggested
    sent = world.answers.answer_by_link(
        world.token("t:f0"), SurveyAnswer((ReportedTie(Q.SELLS_TO, name=gone.name),))
    )
    assert [(tie.partner, tie.name) for tie in sent.answer.ties] == [("", gone.name)]
    own = world.answers.form(people["t:f3"], world.round, "t:f3")
    assert {row.id for row in own.roster} == {"t:f0", "t:f1", "t:f2", LAB}


def test_who_opted_out_after_it_named_somebody_is_in_that_one_s_form_no_more(
    world: SurveyWorld,
) -> None:
    """Neither by its name nor by a notice that anybody named them; who named it before sees it."""
    people = {id: world.base.person(id).principal() for id in ("t:f0", "t:f1")}
    for id in ("t:f0", "t:f1", "t:f2"):
        world.answer(id, *([ReportedTie(Q.SELLS_TO, "t:f3")] if id == "t:f1" else []))
    ties = (ReportedTie(Q.BUYS_FROM, "t:f0"), ReportedTie(Q.RESEARCHES_WITH, "t:f1"))
    world.answer("t:f3", *ties)

    def claimed(id: str) -> list[str]:
        form = world.answers.form(people[id], world.round, id)
        return [claim.partner.id for claim in form.claims]

    def told() -> int:
        notices = world.base.repositories.notifications.values()
        return sum(each.kind is NotificationKind.SURVEY_TIE_DECLARED for each in notices)

    assert (claimed("t:f0"), claimed("t:f1")) == (["t:f3"], ["t:f3"])
    gone = world.base.store.organization("t:f3")
    world.base.store.upsert(GraphRows(organizations=(replace(gone, listed=False),)))
    assert (claimed("t:f0"), claimed("t:f1")) == ([], ["t:f3"])
    before = told()
    world.answer("t:f3", *ties, ReportedTie(Q.SELLS_TO, "t:f2"))
    assert told() == before


def test_what_was_denied_before_is_sent_again_though_its_other_side_opted_out(
    world: SurveyWorld,
) -> None:
    world.answer("t:f3", ReportedTie(Q.BUYS_FROM, "t:f0"))
    world.answer("t:f0", denied=(DeniedTie(Q.SELLS_TO, "t:f3"),))
    gone = world.base.store.organization("t:f3")
    world.base.store.upsert(GraphRows(organizations=(replace(gone, listed=False),)))
    world.answer("t:f0", denied=(DeniedTie(Q.SELLS_TO, "t:f3"),))
    with pytest.raises(InvalidInput, match="is not known"):
        world.answer("t:f1", denied=(DeniedTie(Q.SELLS_TO, "t:f3"),))


def test_counts_stay_and_the_audit_ends_where_an_answer_is_taken_back_after_the_end(
    world: SurveyWorld,
) -> None:
    """By their change a coordinator read how many ties the one had named who took it back."""
    owner = world.base.person("t:f0").principal()
    for asked in MEMBERS:
        ties = (ReportedTie(Q.SELLS_TO, "t:f1"), ReportedTie(Q.BUYS_FROM, name="Elsewhere"))
        if asked == "t:f0":
            world.answers.answer(owner, world.round, "t:f0", SurveyAnswer(ties))
        else:
            world.answer(asked)
    world.surveys.close(world.coordinator, world.round)
    before = world.surveys.show(world.coordinator, world.round).figures
    assert (sum(count.declared for count in before.counts), before.outside) == (1, 1)
    world.answers.withdraw(owner, world.round, "t:f0")
    after = world.surveys.show(world.coordinator, world.round).figures
    assert (after.counts, after.outside) == (before.counts, before.outside)
    assert after.answered == before.answered - 1
    kept = world.base.repositories.survey_responses.get(response_id(world.round, "t:f0"))
    assert kept.value.answer == SurveyAnswer()
