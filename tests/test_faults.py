"""A real server on loopback, and what breaks: the small form of `benchmarks/faults.py`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks import faults
from matchmaker.settings import Settings
from matchmaker.wiring import wire

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """An empty installation, without snapshot and model, so that it starts soon."""
    folder = tmp_path_factory.mktemp("served")
    services = wire(Settings(data_dir=folder, _env_file=None))
    services.store.prepare()
    services.store.close()
    without = {"MATCHMAKER_STORE": "", "MATCHMAKER_MODEL": str(folder / "none")}
    server = faults.Served(folder, faults.free_port(), **without)
    server.wait()
    yield server
    server.stop()


def test_the_jobs_worker_is_back_within_five_seconds_of_its_death(served):
    finding = faults.killed_worker(served, times=2)
    assert finding.is_reached, finding.measured


def test_slow_clients_cost_others_nothing(served):
    """More than there are threads in all."""
    finding = faults.slow_clients(served, count=40, others=10)
    assert finding.is_reached, finding.measured


def test_a_second_server_on_the_folder_says_so(served):
    environment = os.environ | {
        "MATCHMAKER_DATA_DIR": str(served.data_dir),
        "MATCHMAKER_PORT": str(faults.free_port()),
    }
    second = subprocess.run(
        [sys.executable, "-m", "matchmaker.cli", "serve"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert f"Process {served.process.pid} already works with this data folder" in second.stderr
