"""Shapes of answers about accounts: never a password's or key's hash."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Self

from pydantic import BaseModel, Field

from matchmaker.api.http.fields import ListOut, Localised, Outgoing, PageOut
from matchmaker.messages import Message
from matchmaker.services.cooperation.webhooks import HookState
from matchmaker.services.people.made_with_key import MadeWithKey
from matchmaker.workflow.account import (
    Account,
    ApiKey,
    MailRhythm,
    MembershipRole,
    Preferences,
    Scope,
)
from matchmaker.workflow.channel import Delivered, NoticeChannel, QuietHours
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.webhook import CallProblem


class AccountMembershipOut(Outgoing):
    """Membership of a person in an organisation."""

    organization: str
    role: MembershipRole


class AccountOut(Outgoing):
    """A person."""

    id: str
    email: str
    name: str
    created: datetime.datetime
    memberships: list[AccountMembershipOut]
    clusters: list[str]
    admin: bool
    active: bool
    is_proved: bool
    has_second_factor: bool
    preferences: Preferences


class AccountPage(PageOut[AccountOut]):
    """Accounts."""


class MemberAccountOut(BaseModel):
    """Somebody who acts for an organisation, as colleagues see them."""

    id: str
    email: str
    name: str
    role: MembershipRole


class MemberList(ListOut[MemberAccountOut]):
    """The accounts that act for an organisation."""

    @classmethod
    def of(cls, accounts: Iterable[Account], organization: str) -> MemberList:
        return cls(
            items=[
                MemberAccountOut(
                    id=account.id, email=account.email, name=account.name, role=membership.role
                )
                for account in accounts
                for membership in account.memberships
                if membership.organization == organization
            ]
        )


class SessionOut(BaseModel):
    """The person signed in; nobody without an account. Send `csrf_token` as X-CSRF-Token."""

    account: AccountOut | None
    csrf_token: str
    admin: bool


class InvitedOut(BaseModel):
    """An invitation, and what became of its letter, which `text` says in the reader's language.

    With `sent_again` the mail server did not take it, and it is sent again by itself. With neither
    that nor `mailed` this service sends no mail, and an administrator hands the link over.
    """

    id: str
    email: str
    expires: datetime.datetime
    mailed: bool
    sent_again: bool
    text: str


class LinkOut(BaseModel):
    """A link to pass on."""

    link: str


class MailedOut(BaseModel):
    """True where a letter is on its way; there is none without a mail server."""

    mailed: bool


class NewSecondFactorOut(Outgoing):
    """The secret for an authenticator, also as an `otpauth:` address."""

    secret: str
    address: str


class PasskeyRequestOut(BaseModel):
    """Options for `navigator.credentials`, in the standard's JSON form."""

    public_key: dict[str, Any]


class PasskeyOut(Outgoing):
    """A passkey, without its key."""

    id: str
    name: str
    created: datetime.datetime
    last_used: datetime.datetime | None


class PasskeyList(ListOut[PasskeyOut]):
    """One's passkeys."""


class RecoveryOut(BaseModel):
    """Codes for when the second factor is lost; each good once, shown this once."""

    codes: list[str]


class BrowserSessionOut(Outgoing):
    """A session that is signed in; `current` is the one that asks."""

    id: str
    created: datetime.datetime
    last_used: datetime.datetime
    address: str
    agent: str
    current: bool


class SessionList(ListOut[BrowserSessionOut]):
    """One's sessions."""


class InvitationOut(Outgoing):
    """The organisation, cluster or role that a link invites to."""

    email: str
    organization: str
    role: MembershipRole | None
    cluster: str
    admin: bool
    language: str
    expires: datetime.datetime


class MadeWithKeyOut(Outgoing):
    """What is left of what was made with a key, by ids: it does not end with the key by itself.

    `others` counts people with a place by it whom an administrator, or the owner of their
    organisation, has to part from it.
    """

    webhooks: list[str] = Field(default_factory=list)
    invitations: list[str] = Field(default_factory=list)
    accounts: list[str] = Field(default_factory=list)
    others: int = 0

    @classmethod
    def of(cls, made: MadeWithKey) -> MadeWithKeyOut:
        return cls(
            webhooks=[each.id for each in made.hooks],
            invitations=[each.id for each in made.invitations],
            accounts=[each.id for each in made.people],
            others=made.beyond,
        )


class KeyOut(Outgoing):
    """An API key without its secret."""

    id: str
    name: str
    scope: Scope
    created: datetime.datetime
    last_used: datetime.datetime | None
    revoked: bool
    made: MadeWithKeyOut = MadeWithKeyOut()


class KeyList(ListOut[KeyOut]):
    """One's keys."""

    @classmethod
    def of(cls, keys: Iterable[ApiKey], made: Mapping[str, MadeWithKey]) -> KeyList:
        items = [KeyOut.model_validate(key) for key in keys]
        for item in items:
            item.made = MadeWithKeyOut.of(made[item.id])
        return cls(items=items)


class NewKeyOut(KeyOut):
    """A key as it is shown once."""

    secret: str


class ExportOut(BaseModel):
    """All that is held."""

    held: dict[str, Any]


class NotificationOut(Localised):
    """A notification in one's own language; `subject` is what it is about, as `kind/id`."""

    id: str
    kind: NotificationKind
    subject: str
    at: datetime.datetime
    text: Message = Field(validation_alias="message")
    read: bool


class InboxOut(Localised):
    """A page of notifications, and how many are unread in all."""

    items: list[NotificationOut]
    next: str | None
    unread: int


class HookOut(Localised):
    """A webhook without its secret; what came of the last call, and what waits.

    `problem` and its `reason` tell why the last call was not taken, `status` what was answered.
    """

    id: str
    organization: str
    url: str
    created: datetime.datetime
    active: bool
    paused: bool = Field(description="Until it is registered again: see why in the inbox.")
    failures: int = Field(description="Calls in a row that were not taken.")
    failing_since: datetime.datetime | None
    called: datetime.datetime | None
    problem: CallProblem | None
    reason: Message | None
    status: int = Field(description="0 where none was answered.")
    waiting: int = Field(description="Calls to be made.")
    next_call: datetime.datetime | None

    @classmethod
    def of_state(cls, state: HookState, language: str) -> Self:
        """The answer in a language."""
        hook = state.hook
        facts = {name: getattr(hook, name, None) for name in cls.model_fields}
        waits = {"waiting": state.waiting, "next_call": state.next_call}
        return cls.of(facts | waits | {"reason": hook.problem_text}, language)


class HookList(ListOut[HookOut]):
    """Webhooks."""


class NewHookOut(HookOut):
    """A webhook with the secret that signs its calls, shown once (Standard Webhooks)."""

    secret: str = Field(description="Empty of one that was paused and goes on, with its secret.")


class ChannelOut(Localised):
    """A channel; `label` is its address without secrets, `cluster` empty for one's own.

    `problem` and its `reason` tell why the last message was not taken, `retry_at` when it is tried
    again. One that did not answer too often is not `active` any more.
    """

    id: str
    cluster: str
    service: str
    label: str
    rhythm: MailRhythm
    quiet: QuietHours | None
    active: bool
    failures: int
    problem: Delivered | None
    reason: Message | None
    retry_at: datetime.datetime | None
    created: datetime.datetime
    sent: datetime.datetime | None
    by: str = Field(
        description="Of a cluster's: the name of who set it up, or changed it last, and answers"
        " for it; empty of one's own, and where the account is gone."
    )

    @classmethod
    def of_channel(cls, channel: NoticeChannel, author: str, language: str) -> Self:
        """The answer in a language, with the name of who answers for a cluster's."""
        facts = {name: getattr(channel, name) for name in cls.model_fields}
        return cls.of(facts | {"by": author}, language)


class ChannelList(ListOut[ChannelOut]):
    """Channels of an account or a cluster."""
