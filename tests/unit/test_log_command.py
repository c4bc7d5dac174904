"""Lines of the log that are asked for by who, what and day, on the command line as on the page."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from matchmaker.access import ADMIN
from matchmaker.cli import cli
from matchmaker.cli import directory as commands
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.errors import NotFound
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring
from matchmaker.workflow.account import AccountMembership, MembershipRole
from matchmaker.workflow.introduction import Proposal

MAIL, SHANGHAI = "a@example.org", ZoneInfo("Asia/Shanghai")
# The first is of the 2nd in Shanghai, and of the 1st in Greenwich.
TIMES = (datetime(2026, 3, 1, 17, tzinfo=UTC), datetime(2026, 3, 2, 15, tzinfo=UTC))


@pytest.fixture
def services(tmp_path, monkeypatch):
    """A firm with a member, who proposes on another day than the account was made."""
    wired = Wiring(Settings(data_dir=tmp_path, time_zone="Asia/Shanghai", _env_file=None))
    wired.clock = lambda: TIMES[0]
    wired.store.prepare()
    firms = tuple(Organization(f"t:{name}", name, Kind.FIRM) for name in "ab")
    wired.store.upsert(GraphRows(organizations=firms))
    member = (AccountMembership("t:a", MembershipRole.OWNER),)
    account = wired.accounts.create(ADMIN, MAIL, "A", "a long enough secret 1", memberships=member)
    wired.clock = lambda: TIMES[1] + timedelta(days=1)
    proposal = Proposal(GoalName.SUPPLIER, "t:a", "t:b")
    wired.introductions.clock = wired.clock
    wired.introductions.propose(account.principal(), proposal)
    monkeypatch.setattr(commands, "wired", lambda: wired)
    yield wired
    wired.store.close()
    CliRunner().invoke(cli, ["--language", "en", "--help"])  # other tests read English


def asked(*options):
    answer = CliRunner().invoke(cli, ["log", "--json", *options])
    assert answer.exit_code == 0, answer.output
    return [line["entry"] for line in json.loads(answer.output)]


def test_lines_are_narrowed_by_who_what_and_day(services):
    every = asked()
    made = [line for line in every if line["action"].startswith("account.")]
    proposed = [line for line in every if line["action"] == "introduction.proposed"]
    assert made
    assert len(proposed) == 1
    assert asked("--who", MAIL) == [line for line in every if line["actor"] != "admin"]
    assert asked("--who", "admin") == [line for line in every if line["actor"] == "admin"]
    assert asked("--action", "introduction.proposed") == proposed
    assert asked("--action", "account.") == made
    for day, expected in (("2026-03-01", []), ("2026-03-02", made), ("2026-03-03", proposed)):
        lines = [line for line in asked("--day", day) if line in made + proposed]
        assert lines == expected, day
    assert asked("--who", MAIL, "--day", "2026-03-02") == []


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "没有符合条件的日志记录"), ("en", "No line of the log is like that.")],
)
def test_what_nobody_did_says_so_and_an_unknown_address_is_refused(services, language, said):
    options = ["--language", language, "log", "--action", "posting."]
    answer = CliRunner().invoke(cli, options)
    assert said in answer.output
    with pytest.raises(NotFound):
        services.change_log.narrowed(ADMIN, who="nobody@example.org")
