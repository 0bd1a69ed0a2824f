"""One pass over 5,000 members of whom nothing has changed: how long it takes, and that Discord isn't asked."""

from __future__ import annotations

import tempfile
import time
from datetime import date
from typing import Any

import discord
from sqlalchemy import insert

from benchmarks import Figure
from bot.features.people.models import Person, Term
from tests.channels.test_slash import begin, build
from tests.support.worlds import open_world

MEMBERS, LCS = 5_000, 50


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        async with open_world(f"sqlite+aiosqlite:///{folder}/roles.db") as world:
            with world.env.time_context():
                server, officer = await begin(world, lcs=LCS)
                await build(server, officer)
                guild = world.bot.get_guild(server.guild.id)
                assert guild is not None
                users = range(9_000_000_000_000_000_000, 9_000_000_000_000_000_000 + MEMBERS)
                now = world.bot.clock.now()
                people = [
                    {"organisation_id": 1, "discord_user_id": user, "display_name": f"m{user}", "created_at": now}
                    for user in users
                ]
                async with world.bot.database.writing() as session:
                    ids = (await session.scalars(insert(Person).returning(Person.id), people)).all()
                    terms = [
                        {
                            "organisation_id": 1,
                            "person_id": person,
                            "post_id": 18,
                            "lc_id": 1 + number % LCS,
                            "starts_on": date(2025, 4, 1),
                            "ends_on": date(2026, 3, 31),
                            "created_at": now,
                        }
                        for number, person in enumerate(ids)
                    ]
                    await session.execute(insert(Term), terms)
                (plan,) = await world.bot.role_keeper._service.plan(1)
                for user in users:  # into the cache, as the gateway brings them at the start
                    given = [str(plan.roles[key]) for key in plan.wanted[user] if key in plan.roles]
                    guild._add_member(discord.Member(data=_member(user, given), guild=guild, state=guild._state))
                before = len(world.env.http_requests)
                begun = time.perf_counter()
                kept = await world.bot.role_keeper.keep(guild, 1)
                seconds = time.perf_counter() - begun
                calls = len(world.env.http_requests) - before
                assert (kept.given, len(kept.taken), len(guild.members) > MEMBERS) == (0, 0, True)
    return [
        Figure("roles of 5,000 members, no change", seconds, "s", 2.0),
        Figure("  requests to Discord for it", calls, "", 0.0),
    ]


def _member(user: int, roles: list[str]) -> Any:
    return {
        "user": {"id": str(user), "username": f"m{user}", "discriminator": "0", "avatar": None, "global_name": None},
        "roles": roles,
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
