"""The first question of both READMEs: its answer is the one they show, and HTTP gives the same."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from matchmaker.app import create_app
from matchmaker.cli import run
from tests.api.conftest import ADMIN_KEY, services_in
from tests.samples import copy_samples

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
# The day, the number of the snapshot, and the score, whose last digit is the processor's.
FIGURES = re.compile(r"\d+-\d+-\d+|0\.\d+$|(?<=Snapshot )\d+|(?<=快照 )\d+", re.MULTILINE)
SCORE = re.compile(r"(0\.\d+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first") / "var"
    copy_samples(tmp_path_factory, folder)
    return folder


def blocks(name: str) -> list[str]:
    return FENCED.findall((ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize("name", READMES)
def test_the_answer_that_is_shown_is_the_one_given(
    samples: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(samples))
    monkeypatch.setenv("LC_ALL", "C")
    shown = blocks(name)
    at = next(place for place, block in enumerate(shown) if "matchmaker" in block)
    assert run(shlex.split(shown[at])[1:]) == 0
    printed = capsys.readouterr().out
    assert FIGURES.sub("", printed) == FIGURES.sub("", shown[at + 1])
    (score,), (shown_score,) = SCORE.findall(printed), SCORE.findall(shown[at + 1])
    assert float(score) == pytest.approx(float(shown_score), abs=0.01)


@pytest.mark.parametrize("name", READMES)
def test_the_question_over_http_finds_the_same(samples: Path, name: str) -> None:
    """What curl would send, with the key of this installation."""
    shown = blocks(name)
    (block,) = (block for block in shown if "curl" in block)
    words = shlex.split(block[block.index("curl") :].replace("\\\n", " "), comments=True)
    (address,) = (word for word in words if word.startswith("http"))
    headers = [words[at + 1] for at, word in enumerate(words) if word == "-H"]
    services = services_in(samples)
    response = (
        create_app(services)
        .test_client()
        .open(
            "/" + address.split("/", 3)[3],
            method=words[words.index("-X") + 1],
            headers=[tuple(line.replace("$KEY", ADMIN_KEY).split(": ", 1)) for line in headers],
            data=words[words.index("-d") + 1],
        )
    )
    services.store.close()
    assert response.status_code == 200, response.text
    first = json.loads(response.data)["recommendations"][0]
    assert first["id"] in shown[1] + shown[2]
