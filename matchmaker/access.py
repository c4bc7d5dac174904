"""The principal: an explicit argument of every service that changes or shows what is not public."""

from __future__ import annotations

from dataclasses import dataclass, field

from matchmaker.errors import NotAllowed, SignInNeeded


@dataclass(slots=True)
class RepeatableRequest:
    """A request that may be sent again, by a key of its sender's: what it does is done once.

    `id` stands for sender and key, `digest` for all that it says, `sending` for this time that it
    was sent. `has_receipt`, once what it did is written down, with its receipt.
    """

    id: str
    digest: str
    sending: str
    has_receipt: bool = False


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or program that acts, with all that it may act for.

    `subject` names them in the log by an id that says nothing about a person.
    `writes` is False for an API key that may only read, `is_recent` True for who signed in
    a moment ago. `epoch` is that of the account in which they were let in; None: without one.
    `session` or `key` is the id of what let them in, "" for neither. `request` is the one by which
    they act, where that may be sent again.
    """

    subject: str
    account: str = ""
    admin: bool = False
    organizations: frozenset[str] = field(default=frozenset())
    owned: frozenset[str] = field(default=frozenset())
    clusters: frozenset[str] = field(default=frozenset())
    writes: bool = True
    is_recent: bool = False
    epoch: int | None = None
    session: str = ""
    key: str = ""
    request: RepeatableRequest | None = field(default=None, compare=False, repr=False)

    @property
    def is_known(self) -> bool:
        """Tell whether they have signed in, or are the operator."""
        return self.admin or bool(self.account)

    @property
    def firm(self) -> str:
        """The organisation, else the cluster, whose people share what one may use of the service.

        Of several the first by its id; "" for who acts for none.
        """
        return min(self.organizations or self.clusters, default="")

    @property
    def counted_as(self) -> str:
        """The name by which what they take of something scarce counts: of a firm one for all."""
        return self.firm or self.subject

    def acts_for(self, organization_id: str) -> bool:
        """Tell whether they are a member of the organisation."""
        return organization_id in self.organizations

    def require_known(self) -> None:
        """Raise SignInNeeded for anybody."""
        if not self.is_known:
            raise SignInNeeded(
                "This needs an account.", mend="Sign in, or send 'Authorization: Bearer KEY'."
            )

    def require_writing(self) -> None:
        """Raise SignInNeeded, or NotAllowed for a key that may only read."""
        self.require_known()
        if not self.writes:
            raise NotAllowed("This key may only read.", mend="Use a key with the scope 'write'.")

    def require_admin(self) -> None:
        """Raise NotAllowed for anyone but an admin."""
        self.require_writing()
        if not self.admin:
            raise NotAllowed("Only an administrator may do this.")

    def require_member(self, organization_id: str) -> None:
        """Raise NotAllowed for anyone but the organisation's members and admins."""
        self.require_known()
        if not (self.admin or self.acts_for(organization_id)):
            raise NotAllowed("Only members of the organisation may do this.")

    def require_own_people(self, organization_id: str) -> None:
        """Raise NotAllowed for anyone but the organisation's own people, admins too."""
        self.require_known()
        if not self.acts_for(organization_id):
            raise NotAllowed("Only members of the organisation may do this.")

    def require_owner(self, organization_id: str) -> None:
        """Raise NotAllowed for anyone but the organisation's owner and admins."""
        self.require_known()
        if not (self.admin or organization_id in self.owned):
            raise NotAllowed("Only the owner of the organisation's account may do this.")

    def require_coordinator(self, cluster_id: str) -> None:
        """Raise NotAllowed for anyone but the cluster's coordinators and admins."""
        self.require_known()
        if not (self.admin or cluster_id in self.clusters):
            raise NotAllowed("Only coordinators of the cluster may do this.")


ANONYMOUS = Principal("anonymous")
ADMIN = Principal("admin", admin=True)
# Acts by itself: expiry, delivery, notifications.
SYSTEM = Principal("system", admin=True)
