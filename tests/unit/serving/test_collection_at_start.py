"""Nothing is looked through for garbage while a server loads, and everything from then on."""

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


def test_garbage_is_collected_as_soon_as_a_server_is_ready(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MASTER],
        env={**os.environ, "MATCHMAKER_DATA_DIR": str(tmp_path)},
        cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "looked through: False True True"
