"""What all tests share."""

import gc
import multiprocessing
import os
import resource
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path

import psutil
import pytest
from _pytest.assertion import rewrite
from _pytest.unraisableexception import gc_collect_iterations_key
from hypothesis import settings

from matchmaker.settings import Settings

# A machine under load must not fail a test of what, not how fast.
settings.register_profile("matchmaker", deadline=None, max_examples=50)
settings.register_profile("long", deadline=None, max_examples=200)
settings.load_profile("matchmaker")


# A folder in memory, where nothing waits for a disk: half of what the quick tests took was that.
IN_MEMORY = Path("/dev/shm")
ROOM, LEFT = 4 << 30, 8 << 30  # what all tests write, and the memory that there is beside it

if (
    IN_MEMORY.is_dir()
    and os.access(IN_MEMORY, os.W_OK)
    and shutil.disk_usage(IN_MEMORY).free > ROOM
    and psutil.virtual_memory().available > LEFT
):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))

# A server of Neo4j lives for minutes here, on cores that the tests need too: compiled soon rather
# than well, and tidied by one thread, it takes three fifths of the processor's time.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")


class SlowTest(pytest.PytestWarning):
    """A quick test takes as long as a slow one, also where its vectors are there: mark it."""


_MEMORY = resource.getrlimit(resource.RLIMIT_AS)
# The test that runs, where it is a quick one.
_quick_now: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    """Look once through what is left at the end, as CPython finds it then, and not five times."""
    config.stash[gc_collect_iterations_key] = 1


def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Compile the tests once, on all cores, where else each worker does it with all of them.

    In a fresh checkout that is half of what a worker takes until it has them together.
    """
    if sys.dont_write_bytecode:
        return
    folder = Path(__file__).parent
    paths = [
        path
        for path in (*folder.rglob("test_*.py"), *folder.rglob("conftest.py"))
        if rewrite._read_pyc(path, _compiled(path)) is None
    ]
    forking = multiprocessing.get_context("fork")
    processes = [
        forking.Process(target=_compile, args=(config, paths[first :: os.cpu_count()]))
        for first in range(os.cpu_count() or 1)
        if paths[first:]
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def _compiled(path: Path) -> Path:
    return rewrite.get_cache_dir(path) / f"{path.stem}{rewrite.PYC_TAIL}"


def _compile(config: pytest.Config, paths: list[Path]) -> None:
    """As pytest does where it imports one of them."""
    for path in paths:
        _compiled(path).parent.mkdir(exist_ok=True)
        stat, code = rewrite._rewrite_test(path, config)
        rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, stat, _compiled(path))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Know whether the test that runs may take its time."""
    quick = not any(map(item.get_closest_marker, ("long", "neo4j", "browser", "slow")))
    _quick_now[:] = [item.nodeid] if quick else []
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fail the test that would have all later ones of its worker run out of memory."""
    result = yield
    if resource.getrlimit(resource.RLIMIT_AS) != _MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, _MEMORY)
        pytest.fail(f"{item.nodeid} limits the memory of this process.")
    return result


@pytest.fixture(scope="session", autouse=True)
def _one_model_in_memory() -> Iterator[None]:
    """The packaged model, loaded once in a process and not for every installation or command.

    The tests of loading itself have the real function.
    """
    from matchmaker import embedding
    from matchmaker.embedding.packaged import PACKAGE
    from tests.samples import unpacked_in_turn

    load = embedding.load_embedder
    loaded: dict[tuple[object, ...], embedding.Embedder] = {}

    def load_once(chosen: Settings) -> embedding.Embedder:
        if chosen.model != PACKAGE:
            return load(chosen)
        key = (chosen.query_prefix, chosen.passage_prefix)
        if key not in loaded:
            if _quick_now:
                # No failure: where the vectors of its texts are not there yet, the first one must.
                warnings.warn(SlowTest(f"{_quick_now[-1]} loads the model."), stacklevel=2)
            with unpacked_in_turn(chosen.data_dir / "models"):
                loaded[key] = load(chosen)
        return loaded[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding, "load_embedder", load_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_snapshot_of_the_samples() -> Iterator[None]:
    """What is worked out from the sample graph is worked out once in a process."""
    from tests.samples import load_shared

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matchmaker.snapshot.load.load", load_shared)
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> Iterator[None]:
    """Each takes 64 MiB and a tenth of a second of four threads otherwise.

    The test of what they cost has the real ones; so have servers and commands that tests start.
    """
    from tests.passwords import cheap_hasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matchmaker.wiring.PasswordHasher", cheap_hasher)
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each of a hundred applications compiles no templates that another has, in any worker."""
    from flask import Flask
    from jinja2 import FileSystemBytecodeCache

    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # of all workers
    folder = shared / "templates"
    folder.mkdir(exist_ok=True)
    options = Flask.jinja_options | {"bytecode_cache": FileSystemBytecodeCache(str(folder))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", options)
        yield


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_when_built() -> Iterator[None]:
    """Each of a hundred applications compiles how the addresses are built that a test asks it for.

    Werkzeug compiles a function for each of its 350 addresses, twice: four fifths of the time that
    making an application takes.
    """
    from werkzeug.routing import Rule

    compile_now = Rule._compile_builder

    def compile_later(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(bound: Rule, **values: object) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(rule, append_unknown))
            return compiled[0](bound, **values)

        return build

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_later)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[object]:
    """What is imported and collected stays: not looked through for garbage, then or later.

    What tests make is looked through less often than in a server, as most of it goes by itself.
    """
    # pytest 9.1 forgets the fixtures of a folder when it is asked for a file above it after one in
    # it (pytest-dev/pytest#14635): files above go first.
    session.config.args.sort(key=_depth)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)


def _depth(argument: str) -> int:
    return argument.partition("::")[0].rstrip("/").count("/")


# Models, snapshots, a browser or the server of Neo4j, and what it writes in memory.
ROOM_OF_A_WORKER = 4 << 30


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Iterator[int]:
    """Twice as many workers as cores, where there is memory for them.

    Tests wait: for browsers, servers, other processes, the clock. With half as many workers again
    as cores a quarter of the processor was idle. The quick ones wait less, and so many suffice.
    """
    cores = yield
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return cores
    room = psutil.virtual_memory().available // ROOM_OF_A_WORKER
    is_quick = "not browser" in config.option.markexpr
    return max(cores, min(cores * 3 // 2 if is_quick else cores * 2, room))


# Fixtures that load models, or the sample graph whole.
COSTLY = frozenset({"sample", "embedder", "second", "sample_graph"})


# Around all others: pytest-xdist reads the groups in a hook of the same name, itself a first one.
@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Name what needs a browser, keep together what shares costly things, the quick ones first.

    With several workers a file stays on one of them, in its order, and all of Neo4j too: one
    server, begun first, as it takes half as long as all the others together. Of files as costly as
    each other the large ones go first, so that the workers end together. Those with a browser wait
    for it half of their time: they are spread among the slow ones, which fill it.
    """
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "chromium_path" in fixtures:
            item.add_marker("browser")
        if COSTLY.intersection(fixtures):
            item.add_marker("slow")
        server = item.get_closest_marker("neo4j") is not None
        # Its path and not its name: of two `test_faults.py` one has a browser.
        group = "neo4j" if server else item.path.relative_to(config.rootpath).as_posix()
        item.add_marker(pytest.mark.xdist_group(group))
        groups.setdefault(group, []).append(item)
    begun = groups.pop("neo4j", []) if hasattr(config, "workerinput") else []
    turns: list[tuple[int, float, list[pytest.Item]]] = []
    for cost in range(len(_COSTS)):
        alike = [group for group in groups.values() if max(map(_cost, group)) == cost]
        alike.sort(key=_length, reverse=True)
        stage = _SLOW if cost == _BROWSER else cost
        turns += [(stage, place / len(alike), group) for place, group in enumerate(alike)]
    turns.sort(key=itemgetter(0, 1))
    items[:] = [item for group in (begun, *(group for _, _, group in turns)) for item in group]
    yield
    if items and config.option.__dict__.get("loadgroup") and "@" not in items[0].nodeid:
        raise pytest.UsageError("This pytest and pytest-xdist do not keep groups together.")


_COSTS = ("", "slow", "neo4j", "browser")
_SLOW, _BROWSER = _COSTS.index("slow"), _COSTS.index("browser")


def _cost(item: pytest.Item) -> int:
    names = enumerate(_COSTS)
    return max(cost for cost, name in names if not name or item.get_closest_marker(name))


def _length(group: list[pytest.Item]) -> int:
    """How many tests these are; a test says as how many others it takes: `slow(tests=50)`."""
    slow = (item.get_closest_marker("slow") for item in group)
    return sum(mark.kwargs.get("tests", 1) if mark else 1 for mark in slow)
