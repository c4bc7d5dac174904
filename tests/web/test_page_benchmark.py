"""The benchmark of the pages, on one role's pages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "pages.py"


@pytest.mark.long  # as the other benchmarks that start something
@pytest.mark.slow
@pytest.mark.usefixtures("chromium_path")  # skipped where there is none
def test_every_page_of_a_role_is_visited_and_the_network_panned(server: str) -> None:
    command = [sys.executable, str(BENCHMARK), server, "--visits", "1", "--roles", "university"]
    command += ["--nodes", "200"]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert printed.returncode == 0, printed.stderr
    *visits, frames = map(json.loads, printed.stdout.splitlines())
    assert [visit["page"] for visit in visits] == ["/", "/needs", "/portfolio"]
    assert all(visit["first_paint_ms"] > 0 < visit["kB"] for visit in visits)
    assert frames["frames_a_second"] > 0
