"""Nothing is looked through for garbage while a server loads, and everything from then on."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
# What gunicorn does with the configuration, without the application between the two.
MASTER = """
import gc, runpy
configured = runpy.run_path("gunicorn.conf.py")
loading = gc.isenabled()
configured["when_ready"](None)
print("looked through:", loading, gc.isenabled())
"""


def test_garbage_is_collected_as_soon_as_a_server_is_ready(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MASTER],
        env={**os.environ, "MATCHMAKER_DATA_DIR": str(tmp_path)},
        cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "looked through: False True"
