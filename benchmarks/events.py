"""Events: `/event` among ten thousand of them, and the reminders of one to which four hundred people come."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from benchmarks import Figure
from benchmarks._constant import to_constant
from bot import schema
from bot.db import Database
from bot.deliveries.models import Delivery
from bot.features import Services
from bot.features.events.following import REMINDER, FollowingService
from bot.features.events.models import Event
from bot.features.events.service import EventService
from bot.features.people.models import Person
from bot.features.signups.models import Party, PartyMember
from tests.support.clocks import FakeClock
from tests.support.databases import opened
from tests.support.members import join
from tests.support.people import REPRESENTATIVE, actor, represented_lc
from tests.support.statements import statements_of
from tests.support.worlds import open_world

EVENTS, COMING = 10_000, 400
_TABLE: Any = Event.__table__


async def measure() -> list[Figure]:
    return [*await _list(), *await _reminders()]


async def _list() -> list[Figure]:
    """Of a student: half of the events are over."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_world(f"sqlite+aiosqlite:///{folder}/events.db") as world:
            with world.env.time_context():
                server = world.server()
                await server.set_up(server.admin(), officers=[server.person("officer")])
                student = server.person("student")
                await join(world.services, student.id, "学生 一", guild=server.guild.id)
                await _fill(world.bot.database, world.bot.clock.now())
                await student.slash(server.channel, "event")
                with statements_of(world.bot.database) as found:
                    await student.slash(server.channel, "event")
                ratio = await to_constant(world, server, student, "event")
    return [
        Figure("events.list_statements", len(found), "", 6.0),
        Figure("events.list_ratio", ratio, "x", 6.0),
    ]


async def _fill(database: Database, now: datetime) -> None:
    rows = []
    for number in range(EVENTS):
        starts = now + timedelta(hours=number - EVENTS // 2)
        rows.append(
            {
                "organisation_id": 1, "state": "posted", "version": 1, "uid": f"bench-{number}", "sequence": 0,
                "turn": 0,
                "title_ja": f"症例勉強会 第{number}回", "title_en": "Case study", "text": "一行目です。\n" * 5,
                "pasted": "", "starts_local": starts.strftime("%Y-%m-%dT%H:%M"), "whole_days": False,
                "time_zone": "Asia/Tokyo", "starts_at": starts, "ends_at": starts + timedelta(hours=2), "place": "Zoom",
                "link": "", "is_online": True, "audience": "everybody", "cost": "", "made_at": now, "changed_at": now,
            }
        )  # fmt: skip
    async with database.writing() as session:
        await session.execute(insert(_TABLE), rows)


async def _reminders() -> list[Figure]:
    """In one transaction, as the job makes them."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(f"sqlite+aiosqlite:///{folder}/reminders.db") as database:
            await schema.upgrade(database)
            services = Services(database, FakeClock())
            await represented_lc(services)
            maker = await actor(services, REPRESENTATIVE)
            event_id = await services[EventService].begin(maker, "12/5(土) 10時〜17時 総会")
            await services[EventService].post(maker, event_id, 0)
            card = await services[EventService].event(maker, event_id)
            await _come(database, maker.organisation.id, card.signup_id or 0)
            took = []
            for _ in range(5):
                async with database.writing() as session:
                    await session.execute(delete(Delivery).where(Delivery.kind == REMINDER))
                begun = time.perf_counter()
                await services[FollowingService].remind(event_id, FakeClock().now(), 0)
                took.append(time.perf_counter() - begun)
                async with database.reading() as connection:
                    made = (await connection.execute(select(Delivery.id).where(Delivery.kind == REMINDER))).all()
                assert len(made) == COMING
    return [Figure("events.reminders_400", statistics.median(took) * 1000, "ms", 200.0)]


async def _come(database: Database, organisation_id: int, signup_id: int) -> None:
    at = FakeClock().now()
    async with database.writing() as session:
        for number in range(COMING):
            person = Person(
                organisation_id=organisation_id, discord_user_id=9_000 + number, display_name="人", created_at=at
            )
            party = Party(signup_id=signup_id, state="accepted", applied_at=at)
            session.add_all([person, party])
            await session.flush()
            session.add(
                PartyMember(
                    party_id=party.id, signup_id=signup_id, person_id=person.id, agreed_at=at, is_live=True,
                    may_message=True,
                )
            )  # fmt: skip
