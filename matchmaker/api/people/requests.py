"""Bodies and queries of requests about accounts."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, Field, model_validator

from matchmaker.api.http.fields import LookupId, Name, Short, Strict
from matchmaker.messages import languages
from matchmaker.services.people.channels import ChannelContent
from matchmaker.services.people.second_factors import FactorAnswer, OwnProof
from matchmaker.workflow.account import (
    MAX_EMAIL,
    MAX_PASSWORD,
    MailRhythm,
    MembershipRole,
    Preferences,
    Scope,
    checked_language,
)
from matchmaker.workflow.channel import DEFAULT_ZONE, MAX_ADDRESS, QuietHours, quiet_hours

EmailAddress = Annotated[str, Field(min_length=3, max_length=MAX_EMAIL)]
Secret = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD)]
LinkToken = Annotated[str, Field(min_length=1, max_length=1000)]
Tongue = Annotated[
    str,
    AfterValidator(checked_language),
    Field(json_schema_extra=lambda schema: schema.update(enum=list(languages()))),
]


class Nothing(Strict):
    """Nothing is needed."""


class Email(Strict):
    """An address."""

    email: EmailAddress


OneTimeCode = Annotated[str, Field(max_length=40)]


class SignIn(Email):
    """Address and password, and the code of a second factor where there is one."""

    password: Secret
    code: OneTimeCode = ""


class Token(Strict):
    """The token of a link."""

    token: LinkToken


class ConfirmedAddress(Token):
    """The token of a letter's link, and a password from who is not signed in to the account."""

    password: Annotated[str, Field(max_length=MAX_PASSWORD)] = ""


class Reset(Token):
    """A new password by a link."""

    password: Secret


class Accept(Token):
    """Name and password of somebody invited."""

    name: Name
    password: Secret
    code: OneTimeCode = ""


class Code(Strict):
    """A code of an authenticator."""

    code: OneTimeCode


class Password(Strict):
    """One's password."""

    password: Annotated[str, Field(max_length=MAX_PASSWORD)] = ""


class OwnFactor(Strict):
    """Where there is a second factor: a code or a passkey's answer, besides the password.

    A code is of the authenticator or for recovery; the answer is to a question of
    `POST /account/passkeys/confirm/options`.
    """

    code: OneTimeCode = ""
    credential: dict[str, Any] | None = None

    @property
    def answer(self) -> FactorAnswer:
        """What confirms the change besides the password."""
        return FactorAnswer(self.code, self.credential)


class PasswordAndFactor(Password, OwnFactor):
    """One's password, and where there is a second factor a code or a passkey's answer."""


class PasskeyAnswer(Strict):
    """The answer of `navigator.credentials`, as the standard's `toJSON` writes it."""

    credential: dict[str, Any]


class NewPasskey(PasskeyAnswer):
    """The same for a new passkey, and what to call it."""

    name: Name


class PasswordChange(OwnFactor):
    """The present and the new password, and an answer of the second factor that there is."""

    old_password: Annotated[str, Field(max_length=MAX_PASSWORD)] = ""
    new_password: Secret


class OwnProofSent(OwnFactor):
    """The password of who asks, and a code or a passkey's answer, where there is a second factor.

    Nothing of who has none.
    """

    password: Annotated[str, Field(max_length=MAX_PASSWORD)] = ""

    @property
    def proof(self) -> OwnProof:
        """What shows that the account is one's own."""
        return OwnProof(self.password, self.answer)


class DeletionProof(OwnProofSent):
    """The same where nothing may be sent at all."""

    @model_validator(mode="before")
    @classmethod
    def _of_nothing(cls, sent: object) -> object:
        return {} if sent is None else sent


class Invite(OwnProofSent):
    """An invitation to one of: an organisation, a cluster, the admins.

    Of an account with a second factor all but one of a member takes its password, and a code or a
    passkey's answer.
    """

    email: EmailAddress
    organization: LookupId | None = None
    # Called `post` before.
    role: MembershipRole = Field(
        MembershipRole.MEMBER, validation_alias=AliasChoices("role", "post")
    )
    cluster: Annotated[str, Field(max_length=240)] = ""
    admin: bool = False
    language: Tongue = "zh"
    password: Annotated[str, Field(max_length=MAX_PASSWORD)] = Field(
        "", description="The account's, where it has a second factor and more than a member comes."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Invite:
        if bool(self.organization) + bool(self.cluster) + self.admin != 1:
            raise ValueError("name one of organization, cluster and admin")
        return self


class AccountPatch(Strict):
    """Changes of an account; what is not sent stays."""

    name: Name | None = None
    language: Tongue | None = None
    mail: MailRhythm | None = None
    alerts_a_week: int | None = Field(None, ge=0, le=100)
    programmes: bool | None = None

    def to_preferences(self, before: Preferences) -> Preferences:
        """One's preferences with what was sent."""
        return Preferences(
            self.language or before.language,
            self.mail or before.mail,
            before.alerts_a_week if self.alerts_a_week is None else self.alerts_a_week,
            before.programmes if self.programmes is None else self.programmes,
        )


class NewKey(OwnFactor):
    """The name of a new key, its rights, and what shows that its account is one's own."""

    name: Name
    scope: Scope = Scope.READ
    password: Annotated[str, Field(max_length=MAX_PASSWORD)] = ""


class AccountQuery(Strict):
    """The account that is asked about."""

    account: Short


class WithMade(Strict):
    """Whether what was made with a key ends with it."""

    made: bool = Field(
        default=False,
        description="End its webhooks, open invitations and the places that people have by it, too."
        " Also of a key that was revoked before.",
    )


class Active(OwnProofSent):
    """Permission to use the account, given or taken.

    Of an account with a second factor giving it takes its password, and a code or a passkey's
    answer.
    """

    active: bool


class NotificationIds(Strict):
    """Ids of notifications; none named: all."""

    ids: list[Short] = Field([], max_length=200)


class OrganizationQuery(Strict):
    """The organisation that is meant, by id."""

    organization: LookupId


class NewHook(OwnFactor):
    """The owner of a new webhook, and its address."""

    organization: LookupId
    url: Annotated[str, Field(min_length=1, max_length=2000)]
    password: Annotated[str, Field(max_length=MAX_PASSWORD)] = Field(
        "",
        description="The account's, where a session asks: a webhook outlasts it. None with a key.",
    )


class ChannelTimes(Strict):
    """Times when a channel is sent to: at once or once a day, and not within quiet hours."""

    rhythm: MailRhythm = MailRhythm.AT_ONCE
    quiet_from: int | None = Field(None, ge=0, le=23, description="First quiet hour.")
    quiet_until: int | None = Field(None, ge=0, le=23, description="Hour at which they end.")
    zone: Short = Field(DEFAULT_ZONE, description="Time zone of these hours (IANA).")

    def quiet(self) -> QuietHours | None:
        return quiet_hours(self.quiet_from, self.quiet_until, self.zone)


class NewChannel(ChannelTimes, OwnFactor):
    """A robot, a chat, an SMS gateway or a mailbox that notices go to."""

    address: Annotated[str, Field(min_length=1, max_length=MAX_ADDRESS)] = Field(
        description="A robot's webhook address (企业微信, 钉钉, 飞书, Slack, Teams), or any address"
        " of Apprise (`mailtos://…`, `tgram://…`). It is stored encrypted and never shown again."
    )
    password: Annotated[str, Field(max_length=MAX_PASSWORD)] = Field(
        "", description="The account's, if it has one: a channel outlasts a session."
    )

    def to_content(self, cluster: str = "") -> ChannelContent:
        return ChannelContent(self.address, cluster, self.rhythm, self.quiet())
