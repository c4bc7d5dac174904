"""`matchmaker import list`: proposed, told, written after a yes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matchmaker.cli import run
from matchmaker.services.operations import import_report

MEMBERS = """会员名录,,,
序号,单位名称,单位性质,规模
1,示例命令甲厂,民营,小型
2,示例命令乙研究院,科研院所,
3,,民营,
,合计,2家,
"""
ORDERS = """Vendor,Client,Goods,Amount (EUR)
示例命令甲厂,示例命令乙研究院,Seals,1500.50
"""


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation, in English."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def test_what_is_understood_is_told_and_nothing_written_without_a_yes(fresh, capsys):
    members = written(fresh, "members.csv", MEMBERS)
    assert run(["import", "list", members, "--dry-run"]) == 3
    told = capsys.readouterr()
    assert "单位名称 → name" in told.out
    assert "4 lines read, 2 loaded (0 with warnings), 1 refused, 1 passed over" in told.out
    assert "Nothing was written" in told.err
    assert run(["import", "list", members, "--yes"]) == 3
    assert "2 new" in capsys.readouterr().out


def test_a_list_is_read_as_it_is_told_to_be(fresh, capsys):
    orders = written(fresh, "list.csv", ORDERS)
    assert run(["import", "list", orders, "--yes", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["written"], report["rows"]["engagements"]) == (True, 1)
    assert run(["import", "list", orders, "--table", "organizations", "--yes"]) == 1
    wrong = written(fresh, "list.pdf", ORDERS)
    assert run(["import", "list", wrong, "--yes"]) == 1
    assert "must be a file of" in capsys.readouterr().err


def test_values_that_another_source_contradicts_are_told(fresh, capsys):
    first = written(fresh, "organizations.csv", "id,name,kind,website\nm:1,A Ltd,firm,a.example\n")
    other = written(
        fresh, "organizations.2.csv", "id,name,kind,website\nm:1,A Ltd,firm,b.example\n"
    )
    assert run(["import", "tables", first]) == 0
    assert "another source" not in capsys.readouterr().err
    assert run(["import", "tables", other]) == 0
    assert "Of 1 values another source says otherwise" in capsys.readouterr().err


def test_an_import_is_found_again_and_taken_back_in_part_and_whole(fresh, capsys):
    members = written(fresh, "members.csv", MEMBERS)
    assert run(["import", "list", members, "--yes"]) == 3
    capsys.readouterr()
    more = MEMBERS.replace("规模", "规模,主要产品,认证").replace("小型", "小型,机械密封,CNAS")
    more = written(fresh, "more.csv", more.replace("会员名录", "会员名录,,"))
    assert run(["import", "list", more, "--source", "members", "--yes"]) == 3
    id = capsys.readouterr().out.rsplit("matchmaker import undo ", 1)[1].split("`")[0]
    assert run(["import", "history", "--json"]) == 0
    newest, first = json.loads(capsys.readouterr().out)
    assert (newest["id"], newest["file"], first["file"]) == (id, "more.csv", "members.csv")
    assert run(["import", "history"]) == 0
    assert capsys.readouterr().out.count("of 4 lines 2 loaded (can be taken back)") == 2
    assert run(["import", "changes", id, "--json"]) == 0
    rows = {row["table"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert run(["import", "changes", id]) == 0
    shown = capsys.readouterr().out
    key = rows["certificates"]["key"]
    assert f"certificates {key}" in shown
    assert "机械密封" in shown
    assert run(["import", "undo", id, "--row", "certificates", key]) == 0
    assert "Taken back. Fields as before: 0; entries removed: 1." in capsys.readouterr().out
    assert run(["import", "undo", id, "--row", "certificates", key]) == 0
    assert "Nothing was taken back: all of it is as before" in capsys.readouterr().out
    assert run(["import", "undo", id, "--row", "certificates", "none"]) == 1
    assert "wrote no such row" in capsys.readouterr().err
    assert run(["import", "undo", id, "--field", "nobody:1", "name"]) == 1
    assert "changed no such field" in capsys.readouterr().err
    assert run(["import", "undo", id, "--json"]) == 0
    taken = json.loads(capsys.readouterr().out)
    assert (taken["id"], taken["kept"]) == (id, [])
    assert taken["fields"] + taken["rows"] > 0
    assert run(["import", "undo", id]) == 1
    assert "was already" in capsys.readouterr().err
    assert run(["import", "history"]) == 0
    assert "(taken back)" in capsys.readouterr().out


def test_that_a_list_is_too_large_to_be_taken_back_is_told_before_it_is_written(
    fresh, capsys, monkeypatch
):
    """Two organisations are two rows and more than one."""
    members = written(fresh, "members.csv", MEMBERS)
    for most, is_told in ((20_000, False), (1, True)):
        monkeypatch.setattr(import_report, "MAX_UNDONE", most)
        run(["import", "list", members, "--dry-run"])
        told = "An import of more than 1 cannot be taken back" in capsys.readouterr().err
        assert told is is_told
        run(["import", "list", members, "--dry-run", "--json"])
        assert json.loads(capsys.readouterr().out)["is_too_large_to_undo"] is is_told


def test_new_firms_of_an_announcement_join_a_cluster_only_where_that_is_said(fresh, capsys):
    """As the report says that one may choose."""
    clusters = written(fresh, "clusters.csv", "id,name,place\nmy:c,示例集群,gbt2260:330324\n")
    assert run(["import", "tables", clusters]) in (0, 3)
    text = "省专精特新中小企业名单公示\n企业名称,主导产品\n示例命令丙厂,阀杆\n"
    announced = written(fresh, "announced.csv", text)
    asked = ["import", "list", announced, "--cluster", "my:c", "--dry-run"]
    capsys.readouterr()
    assert run(asked) == 3
    assert "1 lines read, 0 loaded" in capsys.readouterr().out
    assert run([*asked, "--join"]) == 0
    assert "memberships: 1 new" in capsys.readouterr().out
