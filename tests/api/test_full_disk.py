"""A real disk that is full: what is sent to be imported."""

import json
import subprocess
import sys

import pytest

IN_NAMESPACE = ["unshare", "--map-root-user", "--mount"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    if subprocess.run([*IN_NAMESPACE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    folder = tmp_path_factory.mktemp("full")
    done = subprocess.run(
        [*IN_NAMESPACE, sys.executable, "-m", "tests.api.on_full_disk", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) | {"log": done.stderr}


@pytest.mark.slow
def test_a_file_for_which_there_is_no_room_is_refused_in_words_and_leaves_nothing(answers):
    kept = answers["room"]["left"]
    assert (answers["room"]["status"], kept) == (201, ["small.csv", "upload.json"])
    for name in ("small en", "small zh", "large", "rows"):
        assert answers[name]["status"] == 507, name
        assert [each for each in answers[name]["left"] if each != "upload.json"] == ["small.csv"]
    assert "cannot be written: the disk is full" in answers["small en"]["detail"]
    assert "无法写入" in answers["small zh"]["detail"]
    assert "Traceback" not in answers["log"]


@pytest.mark.slow
def test_once_there_is_room_the_same_file_is_taken(answers):
    assert answers["freed"]["status"] == 201
