"""Lists of organisations that others saved, dismissed, or never want to meet: ids and keys."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.store.changes import Keys
from matchmaker.workflow.interactions import InteractionKind

_NEVER, _WITHIN = "never ", "within "
# Under which all are found that stay within their clusters.
STAYING_WITHIN = ("within", "yes")


@dataclass(frozen=True, slots=True)
class PickedOrganizations:
    """Organisations that somebody saved, or dismissed with a reason; `id` says which and whose."""

    id: str
    items: tuple[tuple[str, str], ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the organisations."""
        return frozenset(id for id, _ in self.items)

    @property
    def owner(self) -> str:
        """Id of the organisation whose list it is."""
        return self.id.partition(" ")[2]

    @property
    def says_never(self) -> bool:
        """True of those whom an organisation never wants to be brought together with."""
        return self.id.startswith(_NEVER)

    @property
    def says_within(self) -> bool:
        """True of what says that an organisation is brought together within its clusters only."""
        return self.id.startswith(_WITHIN)


def never_id(organization: str) -> str:
    """The id of the list of those whom an organisation never wants to be brought together with."""
    return f"{_NEVER}{organization}"


def picked_id(kind: InteractionKind, organization: str) -> str:
    """The id of the list of those whom an organisation saved, or dismissed."""
    return f"{kind} {organization}"


def within_id(organization: str) -> str:
    """The id of what says that an organisation is brought together within its clusters only."""
    return f"{_WITHIN}{organization}"


def naming(organization: str) -> tuple[str, str]:
    """The key under which never-with lists are found that name an organisation."""
    return ("never", organization)


def list_keys(picks: PickedOrganizations) -> Keys:
    """Keys of the members of never-with lists alone, as these hold from both sides."""
    return {
        "never": [id for id, _ in picks.items] if picks.says_never else [],
        "within": ["yes"] if picks.says_within else [],
    }
