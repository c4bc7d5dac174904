"""The figures that a server serves to Prometheus, added up over its processes."""

import os
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
# A master loads the application, which makes the metrics, and then forks a worker that answers
# from version 7; both sides of it are what gunicorn does with the configuration that is here.
MASTER = """
import os, runpy, socket, time, urllib.request
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
os.environ["MATCHMAKER_METRICS_PORT"] = str(port)
configured = runpy.run_path("gunicorn.conf.py")
from matchmaker.api.http import metrics
ready, told = os.pipe()
worker = os.fork()
if not worker:
    metrics._SNAPSHOT_VERSION.set(7)
    metrics.observe("GET", "/x", 200, 0.5, {"store": 0.25})
    os.write(told, b"1")
    time.sleep(60)
configured["_serve_metrics"]()
os.read(ready, 1)
print(urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode())
os.kill(worker, 9)
"""


def test_the_version_served_is_that_of_the_workers(tmp_path) -> None:
    """The master answers nobody, from no snapshot: its nought is not the oldest of them."""
    done = subprocess.run(
        [sys.executable, "-c", MASTER],
        env={**os.environ, "MATCHMAKER_DATA_DIR": str(tmp_path)},
        cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert re.search(r"^matchmaker_snapshot_version (\S+)$", done.stdout, re.MULTILINE)[1] == "7.0"
    assert 'matchmaker_http_requests_total{method="GET",route="/x",status="200"} 1.0' in done.stdout
