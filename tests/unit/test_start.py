"""What a command loads before it does anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matchmaker.cli import main

HEAVY = {"torch", "sklearn", "matplotlib", "transformers", "openpyxl", "scipy.optimize"}


@pytest.mark.slow
def test_a_server_is_wired_without_what_only_some_requests_need():
    """Each takes from a tenth of a second to several: whoever needs one loads it then.

    So does the description of the API, which most processes are never asked for.
    """
    program = (
        "import sys, matchmaker.app\n"
        "print(*sys.modules)\n"
        "print(len(matchmaker.app.directory.paths), len(matchmaker.app.calls.components_schemas))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules, described = done.stdout.splitlines()
    assert not HEAVY & set(modules.split())
    assert described == "0 0"


@pytest.mark.slow
def test_what_commands_write_nobody_else_reads(tmp_path, monkeypatch):
    """Whatever the shell's umask: the graph, its snapshot, vectors and locks."""
    data, table = tmp_path / "data", tmp_path / "organizations.csv"
    data.mkdir(mode=0o700)
    models = Path(os.environ.get("MATCHMAKER_DATA_DIR", "var")).resolve() / "models"
    models.mkdir(parents=True, exist_ok=True)
    (data / "models").symlink_to(models)
    table.write_text(
        "id,name,kind,description\n"
        + "".join(f"my:{n},示例权限{n}厂,firm,生产不锈钢球阀\n" for n in range(8))
    )
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(data))
    monkeypatch.setenv("MATCHMAKER_STORE", "")
    before = os.umask(0o022)
    try:
        for arguments in (["import", "tables", str(table)], ["refresh"]):
            os.umask(0o022)
            with pytest.raises(SystemExit) as ended:
                main(arguments)
            assert ended.value.code == 0
    finally:
        os.umask(before)
    written = [path for path in data.rglob("*") if not path.is_symlink()]
    readable = [str(path.relative_to(data)) for path in written if path.stat().st_mode & 0o077]
    assert {"snapshots", "vectors"} <= {path.name for path in written}
    assert readable == []
