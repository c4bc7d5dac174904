"""Who opted out is named no more where an id of it was kept before: on both stores."""

from dataclasses import replace
from typing import Any

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, GraphRows, Need
from matchmaker.nodes.allowance import LocalAllowance
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.people import channels as channel_services
from matchmaker.services.people.channel_call import Delivered
from matchmaker.services.people.channels import ChannelContent
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.people.notifications import Notifications
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.documents import Store
from matchmaker.workflow.account import MailRhythm
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.notification import NotificationKind, name_parameters
from tests.contract.cooperation import PASSWORD, cooperation_on
from tests.contract.test_address_proof import Takeover
from tests.contract.test_channels import ROBOT

OWN, GONE, OTHER = "t:f0", "t:f1", "t:f2"


def opt_out(store: Store) -> None:
    store.upsert(GraphRows(organizations=(replace(store.organization(GONE), listed=False),)))


@pytest.mark.parametrize("kind", [InteractionKind.SAVED, InteractionKind.DISMISSED])
def test_whom_somebody_picked_is_listed_no_more_once_it_opted_out(
    store: Store, kind: InteractionKind
) -> None:
    base = cooperation_on(store)
    me, opted_out = base.person(OWN).principal(), base.introductions.exclusions.opted_out
    log = InteractionLog(store, base.repositories, opted_out, base.clock, LocalAllowance(0))
    for id in (GONE, OTHER):
        log.pick(me, OWN, id, kind, "known")
    opt_out(store)
    assert [id for id, _ in log.picks(me, OWN, kind).items] == [OTHER]
    assert [id for id, _ in log.picks(ADMIN, OWN, kind).items] == [GONE, OTHER]
    # It is still not suggested, and comes back with the firm.
    bounds = base.introductions.exclusions.of_seeker(OWN, without_dismissed=True)
    assert bounds.keep_apart_from(GONE) == (kind is InteractionKind.DISMISSED)


def test_a_never_with_list_names_nobody_who_opted_out_and_still_holds(store: Store) -> None:
    base = cooperation_on(store)
    me, exclusions = base.person(OWN).principal(), base.introductions.exclusions
    for id in (GONE, OTHER):
        exclusions.exclude(me, OWN, id)
    opt_out(store)
    assert [each.organization.id for each in exclusions.listed(me, OWN)] == [OTHER]
    assert exclusions.reader()(OWN).keep_apart_from(GONE)


class _Letters:
    """Links that keep the letters they mail."""

    can_mail = True

    def __init__(self) -> None:
        self.texts: list[str] = []

    def token(self, purpose: str, content: object) -> str:
        return f"{purpose}-{content}"

    def url(self, page: str, token: str = "") -> str:
        return f"https://m.example/{page}?token={token}"

    def mail(self, to: str, language: str, subject: object, text: str, headers: object) -> None:
        self.texts.append(text)


def test_who_opted_out_after_it_posted_a_need_is_named_in_no_notice_letter_or_message(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Takeover(store)
    base, account, letters = told.base, told.account, _Letters()
    me = account.principal()
    store.upsert(GraphRows(needs=(Need("t:need", GONE, GoalName.SUPPLIER, "球阀", "zh"),)))
    sent: list[str] = []

    def called(address: str, message: Any, **rules: object) -> Delivered:
        sent.extend(message.lines)
        return Delivered.SENT

    monkeypatch.setattr(channel_services, "call", called)
    told.channels.enter(me, ChannelContent(ROBOT, rhythm=MailRhythm.DAILY), PASSWORD)
    notices = Notifications(
        base.repositories, base.accounts, letters, base.clock,  # type: ignore[arg-type]
        told.channels.stop, base.finds_statement,
    )  # fmt: skip
    unit = UnitOfWork("system", base.clock())
    facts = {**name_parameters(store.organization(GONE)), "need": "t:need"}
    NotificationOutbox(base.repositories).notify(
        unit, "organization", OWN, NotificationKind.NEED_POSTED, "need/t:need", facts
    )
    unit.commit(base.repositories.records)
    (before,) = (notice.message.text("zh") for notice in notices.inbox(me).page.rows)
    assert store.organization(GONE).name in before

    opt_out(store)
    base.clock.forward(channel_services.STOPPED_WITHIN)
    notices.mail_due()
    told.channels.deliver_due()
    now = [notice.message.text("zh") for notice in notices.inbox(me).page.rows]
    assert (len(now), len(letters.texts), bool(sent)) == (1, 1, True)
    name = store.organization(GONE).name
    assert not [text for text in (*now, *letters.texts, *sent) if name in text]
