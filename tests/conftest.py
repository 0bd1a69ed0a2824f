from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import simcord

from bot import log
from bot.db import Database
from bot.features import Services
from bot.features.people.actors import Actor
from bot.settings import Settings
from tests.support import garbage, presses
from tests.support.clocks import FakeClock
from tests.support.comparisons import refuse_none
from tests.support.compiled import share_compiled
from tests.support.databases import Databases, opened, postgres_url
from tests.support.deliveries import keys_with_discord_ids
from tests.support.people import REPRESENTATIVE, actor, represented_lc
from tests.support.postgres import Cluster
from tests.support.worlds import World, open_world

#: Bytes that have to be free in memory for the files of tests.
ROOM = 4 << 30
_cluster: Cluster | None = None
_folder: str | None = None

# How long an example takes says nothing on a busy machine: speed is measured by `make bench`.
hypothesis.settings.register_profile("tsunagu", deadline=None)
hypothesis.settings.load_profile("tsunagu")
refuse_none()
share_compiled()
# Next to nothing that is imported or collected is ever garbage. Looking for it begins with the first test.
gc.disable()
#: The longest tests, by what their names contain, the longest first.
_FIRST = ("wire/test_kills", "wire/test_journey_first_week", "wire/test_crawl", "wire/", "demo/", "core/test_schema")


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts one private PostgreSQL for all workers; they inherit its address."""
    global _cluster  # noqa: PLW0603
    for name in list(os.environ):  # what a developer has set for the bot is not for its tests
        if name.startswith("TSUNAGU_") and not name.startswith(("TSUNAGU_TEST_", "TSUNAGU_CONTRACT_DIR")):
            del os.environ[name]
    os.environ.pop("DISCORD_TOKEN", None)
    _keep_bytecode()
    _keep_files_in_memory()
    log.configure(Settings())
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    if not is_worker and not config.option.collectonly and postgres_url() is None:
        _cluster = Cluster.start()
        if _cluster is not None:
            os.environ["TSUNAGU_TEST_POSTGRES_URL"] = _cluster.url


def _keep_bytecode() -> None:
    """Where Python is told to keep none beside the code, the tests' many processes keep it elsewhere: compiling all of
    the bot takes longer than the rest of its start."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None) and "PYTHONPYCACHEPREFIX" not in os.environ:
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "tsunagu-tests-bytecode")


def _keep_files_in_memory() -> None:
    """A database of a test waits for the disk at each commit, and a disk that others use takes its time. In memory
    nothing waits. The folder goes with the run, unless ``TMPDIR`` names another."""
    global _folder  # noqa: PLW0603
    memory = Path("/dev/shm")  # noqa: S108
    if "TMPDIR" in os.environ or not memory.is_dir() or shutil.disk_usage(memory).free < ROOM:
        return
    _folder = tempfile.mkdtemp(prefix="tsunagu-tests-", dir=memory)
    Path(_folder).chmod(0o711)  # PostgreSQL has a folder in it, as another user where we are root
    os.environ["TMPDIR"] = tempfile.tempdir = _folder


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that take longest begin first, so that no process is left alone with them at the end. They wait a good part
    of their time, while others compute."""
    items.sort(key=lambda item: next((n for n, part in enumerate(_FIRST) if part in item.nodeid), len(_FIRST)))


def pytest_unconfigure() -> None:
    if _cluster is not None:
        _cluster.stop()
    if _folder is not None:
        tempfile.tempdir = None
        shutil.rmtree(_folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test to which the crawl leaves something to press has to press it."""
    promised = presses.promised(item.nodeid)
    if not promised:
        return (yield)
    with presses.recorded() as pressed:
        result = yield
    assert not presses.missing(promised, pressed), "tests/wire/unpressed.py says that this test presses it"
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    garbage.look(item, report)
    return report


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    # The fixture ``worker_id`` is there only beside other workers; a test may also be run alone.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    return Databases(tmp_path_factory.mktemp("databases"), worker)


@pytest.fixture
async def sqlite_url(databases: Databases, tmp_path: Path) -> str:
    return await databases.sqlite_file(tmp_path / "tsunagu.db")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return await databases.sqlite_file(tmp_path / "tsunagu.db")
    if postgres_url() is None:
        pytest.skip("PostgreSQL is not installed, and TSUNAGU_TEST_POSTGRES_URL names none")
    return await databases.postgres()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database: the test runs once on SQLite and once on PostgreSQL."""
    async with opened(database_url) as database:
        yield database
        if not database.is_closing:  # a test that put another file in its place has closed it
            assert await keys_with_discord_ids(database) == []


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def services(database: Database, clock: FakeClock) -> Services:
    return Services(database, clock)


@pytest.fixture
async def lc(services: Services) -> int:
    """The LC at 東京大学 of a new organisation, represented by REPRESENTATIVE; OTHER represents the one at 京都大学."""
    return await represented_lc(services)


@pytest.fixture
async def representative(services: Services, lc: int) -> Actor:
    return await actor(services, REPRESENTATIVE)


@pytest.fixture
async def opened_world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


@pytest.fixture
def simcord_env(opened_world: World) -> simcord.Env:
    """Under this name SimCord's plugin finds the simulation and runs the test on its time."""
    return opened_world.env


@pytest.fixture
def world(opened_world: World, simcord_env: simcord.Env) -> World:
    """The real bot in a simulated Discord, on an empty SQLite database. Unexpected errors fail the test."""
    assert opened_world.env is simcord_env
    return opened_world
