"""What a server does as it starts, and not where its configuration is read again."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
# What gunicorn does with the configuration, at a SIGHUP too, without the application in between.
MASTER = """
import gc, runpy, sys, types
configured = runpy.run_path("gunicorn.conf.py")
loading = gc.isenabled()
configured["when_ready"](None)
ready = gc.isenabled()
sys.modules["wsgi"] = types.ModuleType("wsgi")  # loaded by then
runpy.run_path("gunicorn.conf.py")
print("looked through:", loading, ready, gc.isenabled())
"""


KEPT = """
import os, runpy, sys, types
folder = runpy.run_path("gunicorn.conf.py")["_metrics_folder"]
(folder / "counter_1.db").touch()
sys.modules["wsgi"] = types.ModuleType("wsgi")
runpy.run_path("gunicorn.conf.py")
print("left:", os.listdir(folder))
"""


def _printed(program: str, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **settings},
        cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


def test_what_processes_counted_is_there_after_the_configuration_was_read_again(tmp_path) -> None:
    """A SIGHUP took the files away that the metrics of running processes are in."""
    settings = {"MATCHMAKER_DATA_DIR": str(tmp_path), "MATCHMAKER_METRICS_PORT": "9"}
    assert _printed(KEPT, **settings) == "left: ['counter_1.db']"


def test_garbage_is_collected_as_soon_as_a_server_is_ready(tmp_path) -> None:
    printed = _printed(MASTER, MATCHMAKER_DATA_DIR=str(tmp_path))
    assert printed == "looked through: False True True"
