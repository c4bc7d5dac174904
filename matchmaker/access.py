"""Who acts: an explicit argument of every service that changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.errors import NotAllowed


class PrincipalRole(StrEnum):
    """What somebody may be. Members and coordinators come with accounts."""

    READER = "reader"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who acts; `subject` names them in the audit log."""

    role: PrincipalRole
    subject: str

    def require_admin(self) -> None:
        """Raise NotAllowed for anyone but an admin."""
        if self.role is not PrincipalRole.ADMIN:
            raise NotAllowed(
                "Writing needs the admin key.",
                mend="Send it as 'Authorization: Bearer KEY'; `make run` printed it once.",
            )


READER = Principal(PrincipalRole.READER, "anonymous")
ADMIN = Principal(PrincipalRole.ADMIN, "admin")
