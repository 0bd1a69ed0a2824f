"""What the proofs share: rows to send, processes that send them, and what became of both."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, select

from bot.clock import SystemClock
from bot.db import Database, fetch
from bot.deliveries.models import Delivery, RecipientKind, Urgency
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery, Recipient
from bot.features import Services
from tests.support.databases import opened
from tests.support.people import found_organisation
from tests.support.processes import ROOT, environment
from tests.support.waiting import HANG, until_it_is
from tests.wire.apart import WireApart
from tests.wire.discord import WireDiscord
from tests.wire.forked import Forked, fork
from tests.wire.sending import KIND

#: discord.py waits so many seconds for its servers. With none at all, a server that comes at that very moment stays
#: without its members.
PATIENT = {"TSUNAGU_GUILD_READY_TIMEOUT": "1"}
#: Discord's ids of the channels that the tests write to.
CHANNEL = 940_000_000_000_000_000


def home(url: str, **changes: str) -> dict[str, str]:
    """The settings of a process: its database, no pace, any free port for its health."""
    return {
        "TSUNAGU_DATABASE_URL": url,
        "TSUNAGU_HTTP_PORT": "0",
        "TSUNAGU_LOG_FORMAT": "json",
        "TSUNAGU_SEND_RATE": "0",
        "TSUNAGU_DIRECT_MESSAGE_RATE": "0",
    } | changes


def row(key: str, recipient: Recipient | None = None, **changes: Any) -> NewDelivery:
    """Something urgent and due now; to a channel of its own unless a recipient is named."""
    made = NewDelivery(
        organisation_id=1,
        kind=KIND,
        key=key,
        subject="wire:1",
        recipient=recipient or channel(int(key.rsplit("-", 1)[-1])),
        due_at=SystemClock().now(),
        time_zone="Asia/Tokyo",
        urgency=Urgency.URGENT,
    )
    return replace(made, **changes)


def channel(number: int) -> Recipient:
    return Recipient(RecipientKind.CHANNEL, CHANNEL + number)


async def fill(url: str, news: list[NewDelivery], *, guild: int | None = None) -> None:
    """Found the organisation and enqueue rows, as a feature would."""
    async with opened(url) as database:
        await found_organisation(Services(database, SystemClock()), **({"guild": guild} if guild else {}))
        await put(database, news)


async def put(database: Database, news: list[NewDelivery]) -> None:
    for start in range(0, len(news), 1000):
        async with database.writing() as session:
            await enqueue(session, news[start : start + 1000], SystemClock().now())


async def add(url: str, *news: NewDelivery) -> None:
    async with opened(url) as database:
        await put(database, list(news))


#: Jobs of the bot's own are planned in every organisation: the morning's brief, handovers, 1 April.
#: Without jobs, and without the morning's message at 8:00 in Tokyo, which has nowhere to go here.
_OURS = and_(
    Delivery.recipient_kind != RecipientKind.JOB,
    Delivery.kind != "briefs:message",
    Delivery.key.not_like("deliveries:trouble:%:no_officers_channel:%"),
)


async def states(url: str) -> Counter[str]:
    """How many rows are in each state."""
    async with opened(url) as database, database.reading() as connection:
        query = select(Delivery.state, func.count().label("n")).where(_OURS).group_by(Delivery.state)
        return Counter({one.state: one.n for one in await fetch(connection, query)})


async def rows(url: str) -> dict[str, Any]:
    """The rows by key."""
    async with opened(url) as database, database.reading() as connection:
        return {one.key: one for one in await fetch(connection, select(Delivery.__table__).where(_OURS))}


async def until_states(url: str, wanted: Mapping[str, int]) -> None:
    """Wait until that is what became of the rows."""
    found: Counter[str] = Counter()

    async def look() -> bool:
        nonlocal found
        found = await states(url)
        return found == wanted

    await until_it_is(look, lambda: f"{dict(found)} instead of {dict(wanted)}")


def arrived(discord: WireDiscord) -> Counter[int]:
    """How many messages each channel has."""
    return Counter({place: len(found) for place, found in discord.messages.channels.items() if found})


class Sending:
    """A running process. Its log goes to a file, so that it never waits for somebody to read it."""

    def __init__(self, process: asyncio.subprocess.Process | Forked, log: Path, begins_at: int) -> None:
        self.process, self._log, self._begins_at = process, log, begins_at

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]

    @property
    def said(self) -> str:
        """What it logged; others may have used the file before it."""
        return self._log.read_bytes()[self._begins_at :].decode()

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [entry for entry in self.log if entry["event"] == event]

    async def until_logged(self, event: str) -> dict[str, Any]:
        async def look() -> list[dict[str, Any]]:
            found = self.logged(event)
            assert found or self.process.returncode is None, self.said
            return found

        found: list[dict[str, Any]] = await until_it_is(look, lambda: f"{event!r} wasn't logged:\n{self.said}")
        return found[-1]

    async def tell(self, **order: Any) -> None:
        """See ``tests.wire.sending``."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def end(self) -> int:
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), HANG)


@asynccontextmanager
async def sending(
    discord: WireDiscord | WireApart, settings: Mapping[str, str], log: Path, **options: Any
) -> AsyncIterator[Sending]:
    """A process that sends; killed at the end if it still runs. ``options``: of ``tests.wire.sending``."""
    with log.open("a") as target:
        begins_at = target.tell()
        process = await fork([json.dumps(options)], {**discord.environment, **settings}, target.fileno())
    async with _killed_at_the_end(Sending(process, log, begins_at)) as found:
        yield found


@asynccontextmanager
async def running(discord: WireDiscord | WireApart, settings: dict[str, str], log: Path) -> AsyncIterator[Sending]:
    """``python -m bot run`` on the machine's own clock, watched; killed at the end if it still runs."""
    async with process_of(discord, PATIENT | settings, log, "tests.wire.watched", "run") as process:
        yield process


@asynccontextmanager
async def process_of(
    discord: WireDiscord | WireApart, settings: Mapping[str, str], log: Path, *arguments: str
) -> AsyncIterator[Sending]:
    """``python -m`` with these arguments, killed at the end if it still runs."""
    with log.open("a") as target:
        begins_at = target.tell()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments,
            cwd=ROOT, env=environment({**discord.environment, **settings}),
            stdin=asyncio.subprocess.PIPE, stderr=target,
        )  # fmt: skip
    async with _killed_at_the_end(Sending(process, log, begins_at)) as found:
        yield found


@asynccontextmanager
async def _killed_at_the_end(found: Sending) -> AsyncIterator[Sending]:
    try:
        yield found
    finally:
        await found.kill()
        assert found.process.stdin is not None
        found.process.stdin.close()


def later(**by: float) -> Any:
    return SystemClock().now() + timedelta(**by)
