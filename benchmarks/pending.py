"""What a great many pending rows cost, beside APScheduler's SQLAlchemy job store with as many jobs."""

from __future__ import annotations

import asyncio
import pickle
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from benchmarks import Figure
from bot import schema
from bot.clock import SystemClock
from bot.db import Database
from bot.deliveries.claims import Claims
from bot.deliveries.models import Track
from tests.support.databases import opened
from tests.support.postgres import Cluster
from tests.support.processes import ROOT, environment
from tests.wire.apart import WireApart, wire_apart
from tests.wire.outbound import add, fill, home, later, row, sending, states

COUNTS = {"0": 0, "100k": 100_000, "1m": 1_000_000}
POLLS, STARTS = 300, 5
#: Of APScheduler: jobs that are not due yet, and jobs that are (a million would take it longer than anybody waits).
JOBS, OVERDUE_JOBS = 100_000, 2_000
_COPY = """
INSERT INTO deliveries (organisation_id, kind, key, subject, track, lane, urgency, action, recipient_kind, recipient_id,
  is_budgeted, time_zone, due_at, payload, nonce, state, attempts, next_attempt_at, created_at)
SELECT organisation_id, kind, 'copy-' || n, subject, track, lane, urgency, action, recipient_kind, recipient_id + n,
  is_budgeted, time_zone, due_at, payload, nonce, state, attempts, next_attempt_at, created_at
FROM deliveries, {numbers} WHERE key = 'row-1'
"""
_NUMBERS = {
    True: "(WITH RECURSIVE c(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c)",
    False: "generate_series(2, {count}) AS numbers(n)",
}


async def measure() -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        async with wire_apart() as discord:
            files = [f"sqlite+aiosqlite:///{folder}/{name}.db" for name in COUNTS]
            figures += await _ours("sqlite", files, discord, Path(folder))
            cluster = await asyncio.to_thread(Cluster.start)
            if cluster is not None:
                try:
                    urls = [await _created(cluster.url, f"bench_{name}") for name in COUNTS]
                    figures += await _ours("postgresql", urls, discord, Path(folder))
                finally:
                    await asyncio.to_thread(cluster.stop)
        figures += await asyncio.to_thread(_scheduler, f"sqlite:///{folder}/jobs.db")
    return figures


async def _created(url: str, name: str) -> str:
    admin = Database(url)
    async with admin.engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await admin.close()
    return url.rsplit("/", 1)[0] + f"/{name}"


async def _ours(system: str, urls: list[str], discord: WireApart, folder: Path) -> list[Figure]:
    polls: dict[str, list[float]] = {}
    for (name, count), url in zip(COUNTS.items(), urls, strict=True):
        async with opened(url) as database:
            await schema.upgrade(database)
            await fill(url, [])
            await _fill(database, url, count)
            polls[name] = await _polls(database)
    # In turn, so that what else the machine does falls on all alike.
    starts: dict[str, list[tuple[float, float]]] = {name: [] for name in COUNTS}
    for _ in range(STARTS):
        for name, url in zip(COUNTS, urls, strict=True):
            starts[name].append(await _start(url, discord, folder))
    figures = []
    for name in COUNTS:
        p99 = statistics.quantiles(polls[name], n=100)[98] * 1000
        figures.append(Figure(f"pending.{system}.{name}.poll_p99", p99, "ms", 10.0))
    for name in list(COUNTS)[1:]:
        poll, seconds, megabytes = (
            statistics.median(values[name]) / statistics.median(values["0"])
            for values in (
                polls,
                {key: [start[0] for start in found] for key, found in starts.items()},
                {key: [start[1] for start in found] for key, found in starts.items()},
            )
        )
        figures.append(Figure(f"pending.{system}.{name}.poll_ratio", poll, "x", 2.0))
        figures.append(Figure(f"pending.{system}.{name}.start_ratio", seconds, "x", 1.1))
        figures.append(Figure(f"pending.{system}.{name}.memory_ratio", megabytes, "x", 1.1))
    return figures


async def _fill(database: Database, url: str, count: int) -> None:
    """So many rows that are due in a month."""
    if not count:
        return
    await add(url, row("row-1", due_at=later(days=30)))
    numbers = _NUMBERS[database.is_sqlite].format(count=count)
    async with database.writing() as session:
        await session.execute(text(_COPY.format(numbers=numbers)))  # both parts are ours
    assert await states(url) == {"pending": count}
    async with database.reading() as connection:
        await connection.execute(text("ANALYZE"))


async def _polls(database: Database) -> list[float]:
    """The seconds that the question takes which the worker asks whenever it wakes: what is due next?"""
    claims = Claims(database, SystemClock(), "bench")
    times = []
    for number in range(POLLS + 20):
        begun = time.perf_counter()
        await claims.claim(Track.CHANNELS, 100)
        if number >= 20:
            times.append(time.perf_counter() - begun)
    return times


async def _start(url: str, discord: WireApart, folder: Path) -> tuple[float, float]:
    """Seconds to ready, and MiB that are resident a second later."""
    begun = time.perf_counter()
    async with sending(discord, home(url), folder / "log") as process:
        await process.until_logged("ready")
        seconds = time.perf_counter() - begun
        await asyncio.sleep(1)
        status = await asyncio.to_thread(Path(f"/proc/{process.process.pid}/status").read_text)
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        await process.kill()
    return seconds, resident / 1024


# --- APScheduler ------------------------------------------------------------------------------------------------------

_SCHEDULE = """
import asyncio, sys, time
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
async def main():
    scheduler = AsyncIOScheduler(jobstores={"default": SQLAlchemyJobStore(url=sys.argv[1])}, timezone="UTC")
    scheduler.start()
    longest, last, end = 0.0, time.perf_counter(), time.perf_counter() + 2
    while last < end:
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    print(longest)
asyncio.run(main())
"""


def nothing() -> None:
    """What the scheduler's jobs do."""


def _scheduler(url: str) -> list[Figure]:
    """How long a look for due jobs takes among many, and how long its loop stands still over overdue ones."""
    import subprocess

    from apscheduler.job import Job
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.date import DateTrigger

    store = SQLAlchemyJobStore(url=url)
    scheduler = BackgroundScheduler(timezone="UTC")
    store.start(scheduler, "default")

    def put(count: int, at: datetime, name: str) -> None:
        job = Job(
            scheduler, id="x", func=nothing, args=(), kwargs={}, name="x", trigger=DateTrigger(at), executor="default",
            misfire_grace_time=None, coalesce=True, max_instances=1, next_run_time=at,
        )  # fmt: skip
        state = job.__getstate__()
        rows = []
        for number in range(count):
            identity = {**state, "id": f"{name}-{number}"}
            rows.append({
                "id": identity["id"], "next_run_time": at.timestamp(), "job_state": pickle.dumps(identity, 5),
            })  # fmt: skip
        with store.engine.begin() as connection:
            connection.execute(store.jobs_t.insert(), rows)

    put(JOBS, datetime.now(UTC) + timedelta(days=30), "later")
    times = []
    for _ in range(POLLS):
        begun = time.perf_counter()
        store.get_due_jobs(datetime.now(UTC))
        store.get_next_run_time()
        times.append(time.perf_counter() - begun)
    put(OVERDUE_JOBS, datetime.now(UTC) - timedelta(hours=1), "overdue")
    ended = subprocess.run(
        [sys.executable, "-c", _SCHEDULE, url],
        cwd=ROOT,
        env=environment({}),
        check=True,
        capture_output=True,
        text=True,
    )
    return [
        Figure("pending.apscheduler.100k.poll_p99", statistics.quantiles(times, n=100)[98] * 1000, "ms", None),
        Figure("pending.apscheduler.2k_overdue.loop_stands", float(ended.stdout.split()[-1]), "s", None),
    ]
