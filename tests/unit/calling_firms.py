"""Three firms with an owner each, who call and answer by command."""

from pathlib import Path

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring
from matchmaker.workflow.account import AccountMembership, MembershipRole

CALLER, FIRM, OTHER = "caller@x.example", "firm@x.example", "other@x.example"


def calling_firms(folder: Path) -> Wiring:
    """Services in a folder of their own, with t:a, t:b and t:c and the owners of each."""
    wired = Wiring(Settings(data_dir=folder / "var", _env_file=None))
    wired.store.prepare()
    firms = tuple(Organization(f"t:{x}", f"厂{x}", Kind.FIRM) for x in "abc")
    wired.store.upsert(GraphRows(organizations=firms))
    for email, firm in ((CALLER, "t:a"), (FIRM, "t:b"), (OTHER, "t:c")):
        own = (AccountMembership(firm, MembershipRole.OWNER),)
        wired.accounts.create(ADMIN, email, email, None, memberships=own)
    return wired
