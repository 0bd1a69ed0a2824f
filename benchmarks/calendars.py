"""A calendar of 1,000 events, as a program fetches it: made anew, and kept."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import timedelta

import aiohttp
from aiohttp import web

from benchmarks import Figure
from bot import schema
from bot.clock import SystemClock
from bot.db import Database
from bot.features import Services
from bot.features.calendars.models import ScopeKind
from bot.features.calendars.service import CalendarService
from bot.features.calendars.values import Scope
from bot.features.events.models import Event
from bot.features.people.actors import Actor
from bot.web.calendars import PER_MINUTE, Calendars
from tests.support.databases import opened
from tests.support.loopback import on_loopback
from tests.support.people import OFFICER, actor, found_organisation

COUNT = 1000


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(f"sqlite+aiosqlite:///{folder}/calendars.db") as database:
            return await _measured(database)


async def _measured(database: Database) -> list[Figure]:
    await schema.upgrade(database)
    services = Services(database, SystemClock())
    await found_organisation(services)
    officer = await actor(services, OFFICER)
    await _events(database, officer)
    token = await services[CalendarService].make(officer, Scope(ScopeKind.ORGANISATION))
    cold, kept = [], []
    for _ in range(5):
        app = web.Application()
        app.add_routes(Calendars(services[CalendarService]).routes())
        async with on_loopback(app) as port, aiohttp.ClientSession() as http:
            address = f"http://127.0.0.1:{port}/calendar/{token}.ics"
            cold.append(await _fetched(http, address))
            kept += [await _fetched(http, address) for _ in range(PER_MINUTE // 6)]
    return [
        Figure("events.ics_cold", statistics.median(cold) * 1000, "ms", 500.0),
        Figure("events.ics_kept", statistics.median(kept) * 1000, "ms", 5.0),
    ]


async def _fetched(http: aiohttp.ClientSession, address: str) -> float:
    begun = time.perf_counter()
    async with http.get(address) as answer:
        assert (await answer.read()).count(b"BEGIN:VEVENT") == COUNT
    return time.perf_counter() - begun


async def _events(database: Database, officer: Actor) -> None:
    now = SystemClock().now()
    async with database.writing() as session:
        for number in range(COUNT):
            starts = now + timedelta(hours=number)
            session.add(
                Event(
                    organisation_id=officer.organisation.id, state="posted", version=1, uid=f"bench-{number}",
                    sequence=0, turn=0, title_ja=f"症例勉強会 第{number}回", title_en="", text="一行目です。\n" * 5,
                    pasted="", starts_local=starts.strftime("%Y-%m-%dT%H:%M"), ends_local=None, time_zone="Asia/Tokyo",
                    starts_at=starts, ends_at=starts + timedelta(hours=2), place="Zoom", link="", audience="everybody",
                    cost="", made_at=now, changed_at=now,
                )
            )  # fmt: skip
