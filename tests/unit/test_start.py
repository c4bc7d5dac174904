"""What a command loads before it does anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matchmaker.cli import main

HEAVY = {"torch", "sklearn", "matplotlib", "transformers"}


@pytest.mark.slow
def test_the_services_are_wired_without_what_only_some_commands_need():
    """Each of these takes from half a second to several: whoever needs one loads it then."""
    program = "import sys, matchmaker.wiring; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(done.stdout.split())


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
