"""How gunicorn serves: complete requests, one shared copy of snapshot and model, metrics apart."""

import gc
import os
import shutil
import sys
from pathlib import Path

# Before anything imports torch. A thread pool warmed in the master does not
# survive the fork: workers then wait for threads that are not there.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from matchmaker.errors import MatchmakerError
from matchmaker.messages import terminal_language
from matchmaker.services.operations.local_server import announce, withdraw
from matchmaker.services.operations.process_lock import ProcessLock
from matchmaker.settings import read_settings

# The application is loaded after this and stays, so nothing of it is looked through for garbage
# until it is there (`when_ready`): that takes a sixth of the time in which its modules load.
# This file is read again at a SIGHUP: then it is there, and nobody would turn collection on again.
_is_start = "wsgi" not in sys.modules
if _is_start:
    gc.disable()

_settings = read_settings()
_metrics_folder = (_settings.data_dir / "metrics").resolve()
if _settings.metrics_port and _is_start:
    # Before anything imports prometheus_client, which reads it then. Afterwards its files are
    # those of the processes that run: this one has them open, and counts on in them.
    shutil.rmtree(_metrics_folder, ignore_errors=True)
    _metrics_folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics_folder)

bind = (
    f"[{_settings.host}]:{_settings.port}"
    if ":" in _settings.host
    else f"{_settings.host}:{_settings.port}"
)
# Not chdir: a relative data folder is relative to where the command was given.
pythonpath = str(Path(__file__).parent)
wsgi_app = "wsgi:app"
worker_class = "matchmaker.serving.worker.BufferedWorker"
workers = _settings.workers
threads = _settings.threads
preload_app = True
timeout = 60
graceful_timeout = 20
max_requests = 0
backlog = 2048
# A heartbeat file on a slow disk would stall workers.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
errorlog = "-"
loglevel = "warning"


def on_starting(server):
    """Take the data folder; a second server on it would work against the first."""
    server.lock = ProcessLock(_settings.data_dir / "server.lock")
    server.jobs_lock = ProcessLock(_settings.data_dir / "jobs.lock")
    try:
        server.lock.acquire()
    except MatchmakerError as error:
        sys.exit(error.text(terminal_language()))


def when_ready(server):  # noqa: ARG001 (gunicorn gives it)
    """Serve metrics, tell the command line of this folder, and say where to go."""
    gc.enable()
    announce(_settings, os.getpid())
    if _settings.metrics_port:
        _serve_metrics()
    from matchmaker.serving.arbiter import welcome

    print(welcome(f"http://{bind}", terminal_language()), flush=True)  # noqa: T201


def post_worker_init(worker):  # noqa: ARG001 (gunicorn gives it)
    """Let few threads wait for a lock; trace; keep what every cluster's page needs ready."""
    import threading

    from matchmaker import telemetry
    from matchmaker.api.http.metrics import note_snapshot
    from wsgi import wired

    telemetry.start(_settings)
    if _settings.store_kind == "sqlite":
        wired.store.bound_waiting()
    threading.Thread(target=wired.keep_ready, args=(note_snapshot,), daemon=True).start()


def on_exit(server):  # noqa: ARG001 (gunicorn gives it)
    """The command line is to ask without the server now."""
    withdraw(_settings, os.getpid())


def child_exit(server, worker):  # noqa: ARG001 (gunicorn gives both)
    """Forget the gauges of a worker that ended, and what it was doing."""
    from matchmaker.serving.worker import OCCUPANCY, OPEN_CONNECTIONS

    OCCUPANCY.clear(worker.age)
    OPEN_CONNECTIONS.clear(worker.age)
    if _settings.metrics_port:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def _serve_metrics():
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

    # This process loaded the application and answers nobody: its 0 is no version served.
    mark_process_dead(os.getpid())
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    start_http_server(_settings.metrics_port, addr="127.0.0.1", registry=registry)
