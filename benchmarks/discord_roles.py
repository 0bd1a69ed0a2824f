"""One pass over 5,000 members of whom nothing has changed: how long it takes, and that Discord isn't asked.

The members are an organisation's whole free list, with the memberships, answers of April and interests of its real
size. The server has a role for each LC, committee, interest, kind and region, and ten LCs have roles in their own.
"""

from __future__ import annotations

import random
import tempfile
import time
from datetime import date
from typing import Any

import discord
from sqlalchemy import insert, select

from benchmarks import Figure
from bot.db import Database
from bot.features.committees.models import StandingCommittee
from bot.features.members.models import Contact, Interest, Kind, Profile
from bot.features.memberships.models import Answer, Membership, MembershipKind, Renewal
from bot.features.organisations.models import Server, ServerPart
from bot.features.people.models import Person, Post, Term
from tests.channels.test_slash import begin, build
from tests.discord_roles.test_slash import make
from tests.support.postgres import Cluster
from tests.support.worlds import open_world, shown

MEMBERS, LCS, OWN_SERVERS = 5_000, 50, 10
INDIVIDUAL, STAFF, ALUMNI = 430, 400, 300
FIRST = 9_000_000_000_000_000_000
#: The simulation begins on 1 January 2026.
YEAR = {"starts_on": date(2025, 4, 1), "ends_on": date(2026, 3, 31)}
GROUPS = ("委員会の担当者", "委員会に関心のある人", "会員の種類", "地域")


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        figures = await _measured("sqlite", f"sqlite+aiosqlite:///{folder}/roles.db")
    cluster = Cluster.start()
    if cluster is not None:
        try:
            figures += await _measured("postgresql", cluster.url)
        finally:
            cluster.stop()
    return figures


async def _measured(system: str, url: str) -> list[Figure]:
    async with open_world(url) as world:
        with world.env.time_context():
            server, officer = await begin(world, lcs=LCS)
            await build(server, officer)
            looked = await officer.slash(server.channel, "manage roles")
            for group in GROUPS:
                await make(world, officer, shown(looked), group)
            guild = world.bot.get_guild(server.guild.id)
            assert guild is not None
            await _fill(world.bot.database, world.bot.clock.now())
            plan = next(one for one in await world.bot.role_keeper._service.plan(1) if one.guild_id == guild.id)
            kinds = {key for user in range(FIRST, FIRST + MEMBERS) for key in plan.wanted[user]}
            assert {"role:kind:staff", "role:kind:free_list", "role:interest:scoph"} <= kinds & plan.roles.keys()
            for user in range(FIRST, FIRST + MEMBERS):  # into the cache, as the gateway brings them at the start
                given = [str(plan.roles[key]) for key in plan.wanted[user] if key in plan.roles]
                guild._add_member(discord.Member(data=_member(user, given), guild=guild, state=guild._state))
            before = len(world.env.http_requests)
            begun = time.perf_counter()
            kept = await world.bot.role_keeper.keep(guild, 1)
            seconds = time.perf_counter() - begun
            calls = len(world.env.http_requests) - before
            assert (kept.given, len(kept.taken), len(guild.members) > MEMBERS) == (0, 0, True)
    return [
        Figure(f"roles of 5,000 members, no change, {system}", seconds, "s", 2.0),
        Figure(f"  requests to Discord for it, {system}", calls, "", 0.0),
    ]


async def _fill(database: Database, now: Any) -> None:
    chance = random.Random("roles")
    people = [
        {"organisation_id": 1, "discord_user_id": FIRST + number, "display_name": f"m{number}", "created_at": now}
        for number in range(MEMBERS)
    ]
    async with database.writing() as session:
        post = await session.scalar(select(Post.id).where(Post.organisation_id == 1, Post.key == "lc_member"))
        committees = list(await session.scalars(select(StandingCommittee.id)))
        ids = list(await session.scalars(insert(Person).returning(Person.id), people))
        own: list[tuple[type[Any], list[dict[str, Any]]]] = [
            (Term, [{"person_id": one, "post_id": post, "lc_id": 1 + n % LCS, **YEAR} for n, one in enumerate(ids)]),
            (Membership, [{"person_id": one, "kind": kind.value, **YEAR} for one, kind in _kinds(ids)]),
            (
                Profile,
                [
                    {
                        "person_id": one,
                        "purpose_version": "bench",
                        "consented_at": now,
                        "joined_at": now,
                        "kind": (Kind.GRADUATE if number > MEMBERS - ALUMNI else Kind.STUDENT).value,
                        "contact": chance.choice(list(Contact)).value,
                    }
                    for number, one in enumerate(ids)
                ],
            ),
            (
                Renewal,
                [
                    {"person_id": one, "year": 2025, "asked_at": now, "answer": Answer.STAY.value}
                    for one in ids[: MEMBERS // 2]
                ],
            ),
        ]
        for table, rows in own:
            stamp = {"created_at": now} if table in (Term, Membership) else {}
            await session.execute(insert(table), [{"organisation_id": 1, **stamp, **row} for row in rows])
        interests = [
            {"person_id": one, "committee_id": committee}
            for one in ids
            for committee in chance.sample(committees, k=chance.randint(0, 3))
        ]
        await session.execute(insert(Interest), interests)
        for lc_id in range(1, OWN_SERVERS + 1):
            server = Server(organisation_id=1, discord_guild_id=FIRST - lc_id, lc_id=lc_id, linked_at=now)
            session.add(server)
            await session.flush()
            for number, key in enumerate((f"role:lc:{lc_id}", "role:lc_officers", "role:kind:staff")):
                session.add(
                    ServerPart(server_id=server.id, key=key, discord_id=FIRST - 100 * lc_id - number, made_at=now)
                )


def _kinds(ids: list[int]) -> list[tuple[int, MembershipKind]]:
    """Staff are individual members first."""
    staff = [(one, kind) for one in ids[:STAFF] for kind in (MembershipKind.INDIVIDUAL, MembershipKind.STAFF)]
    return staff + [(one, MembershipKind.INDIVIDUAL) for one in ids[STAFF : STAFF + INDIVIDUAL]]


def _member(user: int, roles: list[str]) -> Any:
    return {
        "user": {"id": str(user), "username": f"m{user}", "discriminator": "0", "avatar": None, "global_name": None},
        "roles": roles,
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
