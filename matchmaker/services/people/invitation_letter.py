"""What the letter of an invitation says: for whom, from whom, and what it is."""

from __future__ import annotations

from matchmaker.domain import Cluster, Organization
from matchmaker.errors import NotFound
from matchmaker.messages import BilingualName, Message, message
from matchmaker.naming import shortened, unlinked
from matchmaker.services.repositories import Repositories
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import Invitation


def invitation_subject(store: GraphStore, invitation: Invitation) -> Message:
    """For whom it is, so that it is not taken for somebody's trick."""
    place = _place(store, invitation)
    if place is None:
        return message("You are invited to Matchmaker")
    return message("You are invited to Matchmaker: %(place)s", place=place)


def invitation_text(
    store: GraphStore, repositories: Repositories, invitation: Invitation, link: str, days: int
) -> Message:
    """Who invites whom to what, the link, and what happens to who accepts."""
    place = _place(store, invitation)
    inviter = repositories.accounts.get_or_none(invitation.invited_by.removeprefix("account:"))
    name = unlinked(shortened(inviter.value.name)) if inviter else ""
    if place is None:
        offered = message("You are invited to administer Matchmaker.")
    elif invitation.cluster:
        offered = message("You are invited to coordinate %(place)s on Matchmaker.", place=place)
    else:
        offered = message(
            "You are invited to act for %(place)s on Matchmaker, where firms, universities and "
            "platforms find partners.",
            place=place,
        )
    sender = message("Invited by: %(name)s.", name=name) if name else ""
    return message(
        "%(offered)s\n%(sender)s\n\nOpen this link within %(days)s days to set a password:\n\n"
        "%(link)s\n\nYour contact is shown to nobody until both sides have accepted. If you do not "
        "know who invites you, ignore this letter; nothing happens then.\n",
        offered=offered,
        sender=sender,
        days=days,
        link=link,
    )


def _place(store: GraphStore, invitation: Invitation) -> BilingualName | None:
    """The organisation or the cluster; None among the administrators, or where it is gone."""
    named: Cluster | Organization
    try:
        if invitation.cluster:
            named = store.cluster(invitation.cluster)
        elif invitation.organization:
            named = store.organization(invitation.organization)
        else:
            return None
    except NotFound:
        return None
    name, latin = (unlinked(shortened(each)) for each in (named.name, named.name_en))
    return BilingualName(name, latin)
