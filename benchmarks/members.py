"""Finding people: within an organisation of 5,000, in a database of 1,300,000 people in 130 organisations.

``BENCH_MEMBERS`` sets another number of people in all. The others' organisations have people and profiles; terms and
interests are there for the organisation that is searched, as both are looked up by its own LCs and committees.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import select, text

from benchmarks import Figure
from bot import schema
from bot.db import Database
from bot.errors import NotFound
from bot.features import Services
from bot.features.committees.models import StandingCommittee
from bot.features.local_committees.models import LocalCommittee
from bot.features.members.finding import FindService
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.models import Post
from bot.features.schools.names import search_text
from bot.features.setups.service import Start
from tests.support.clocks import FakeClock
from tests.support.databases import opened
from tests.support.people import GUILD, OFFICER, actor, appoint_to, found_organisation
from tests.support.postgres import Cluster

ALL, ORGANISATIONS, OURS = int(os.environ.get("BENCH_MEMBERS", "1300000")), 130, 5_000
ROUNDS = 12
#: One and two characters, kana and kanji, Latin letters, schools, committees, nobody.
TYPED = "山 田 さ や た 山田 さく 佐藤 はな 田中太郎 東京 順天堂 九州大学 scope 公衆衛生 sato ん いない人"
FAMILY = (
    "山田:やまだ 佐藤:さとう 鈴木:すずき 高橋:たかはし 田中:たなか 渡辺:わたなべ 伊藤:いとう 中村:なかむら "
    "小林:こばやし 加藤:かとう 吉田:よしだ 山本:やまもと 佐々木:ささき 松本:まつもと 井上:いのうえ 木村:きむら "
    "林:はやし 清水:しみず"
)
GIVEN = (
    "太郎:たろう 花子:はなこ さくら:さくら 健:けん 美緒:みお 翔:しょう 葵:あおい 陸:りく 陽菜:ひな 大翔:ひろと "
    "結衣:ゆい 蓮:れん 空:そら"
)
NOW = datetime(2026, 11, 21, tzinfo=UTC)

Rows = list[tuple[Any, ...]]
PEOPLE = ("id", "organisation_id", "discord_user_id", "display_name", "created_at")
PROFILES = (
    "organisation_id", "person_id", "purpose_version", "consented_at", "reading", "kind", "school_id", "institution",
    "year_of_study", "interests_answered", "visibility", "search",
)  # fmt: skip
TERMS = ("organisation_id", "person_id", "post_id", "lc_id", "starts_on", "ends_on", "created_at")
INTERESTS = ("person_id", "committee_id")


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/members.db"
        figures = await _measured("sqlite", url)
    cluster = Cluster.start()
    if cluster is not None:
        try:
            figures += await _measured("postgresql", cluster.url)
        finally:
            cluster.stop()
    return figures


async def _measured(system: str, url: str) -> list[Figure]:
    async with opened(url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        begun = time.perf_counter()
        await _fill(database, services)
        print(
            f"  {system}: {ALL:,} people in {ORGANISATIONS} organisations made in {time.perf_counter() - begun:.0f} s"
        )
        officer = await actor(services, OFFICER, GUILD)
        assert (await services[FindService].find(officer, "さ")).total > 500
        student = await actor(services, 10**18 + 1, GUILD)
        return [
            Figure(f"members.find_{system}_p99", await _p99(services, officer), "ms", 50.0),
            Figure(f"members.find_by_student_{system}_p99", await _p99(services, student), "ms", 50.0),
        ]


async def _p99(services: Services, asking: Actor) -> float:
    """Milliseconds within which 99 of 100 searches are there, with the look-up of who asks, as in a real one."""
    find, times = services[FindService], []
    for number, typed in enumerate(TYPED.split() * ROUNDS):
        begun = time.perf_counter()
        who = await actor(services, asking.caller.discord_user_id, GUILD)
        with suppress(NotFound):
            await find.find(who, typed, number % 3)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(times, n=100)[98]


async def _fill(database: Database, services: Services) -> None:
    """All people of one organisation after the other, written past the ORM."""
    chance, families, given_names = random.Random("members"), FAMILY.split(), GIVEN.split()
    for number in range(ORGANISATIONS):
        start = Start.JAPAN_ASSOCIATION if number == 0 else Start.SOCIETY
        await found_organisation(services, guild=GUILD + number, start=start, officer=OFFICER + 1000 * number)
    await appoint_to(services, 10**18 + 1, "lc_member", await _first_lc(database))
    async with database.reading() as connection:
        organisations = list(await connection.scalars(select(Organisation.id).order_by(Organisation.id)))
        lcs = [tuple(row) for row in await connection.execute(select(LocalCommittee.id, LocalCommittee.school_id))]
        committees = list(await connection.scalars(select(StandingCommittee.id)))
        post = await connection.scalar(
            select(Post.id).where(Post.organisation_id == organisations[0], Post.key == "lc_member")
        )
    others = (ALL - OURS) // (ORGANISATIONS - 1)
    first = 1_000_000
    for organisation in organisations:
        is_ours = organisation == organisations[0]
        people: Rows = []
        profiles: Rows = []
        terms: Rows = []
        interests: Rows = []
        for person in range(first, first + (OURS if is_ours else others)):
            family, family_kana = chance.choice(families).split(":")
            given, given_kana = chance.choice(given_names).split(":")
            name, reading = f"{family} {given}", f"{family_kana} {given_kana}"
            lc, school = chance.choice(lcs) if is_ours else (None, None)
            people.append((person, organisation, 10**18 + person, name, NOW))
            visibility = chance.choice(["officers", "lc", "everybody"])
            profiles.append(
                (organisation, person, "bench", NOW, reading, "student", school, "", 1 + person % 6, True, visibility,
                 search_text([reading, name]))
            )  # fmt: skip
            if is_ours and chance.random() < 0.6:
                terms.append((organisation, person, post, lc, NOW.date(), NOW.date().replace(year=2027), NOW))
            if is_ours:
                interests += [(person, one) for one in chance.sample(committees, k=chance.randint(0, 3))]
        first += len(people)
        await _write(database, people=people, profiles=profiles, terms=terms, interests=interests)
    async with database.engine.connect() as connection:
        await connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))


async def _first_lc(database: Database) -> int:
    async with database.reading() as connection:
        found = await connection.scalar(select(LocalCommittee.id).order_by(LocalCommittee.id).limit(1))
    assert found is not None
    return found


async def _write(database: Database, **tables: Rows) -> None:
    columns = {"people": PEOPLE, "profiles": PROFILES, "terms": TERMS, "interests": INTERESTS}
    if database.is_sqlite:
        with closing(sqlite3.connect(str(database.url.database))) as connection, connection:
            for table, rows in tables.items():
                marks = ", ".join("?" * len(columns[table]))
                statement = f"INSERT INTO {table} ({', '.join(columns[table])}) VALUES ({marks})"  # noqa: S608
                connection.executemany(statement, _as_sqlite(rows))
        return
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(address)
    try:
        for table, rows in tables.items():
            await connection.copy_records_to_table(table, records=rows, columns=columns[table])
    finally:
        await connection.close()


def _as_sqlite(rows: Rows) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(
            value.strftime("%Y-%m-%d %H:%M:%S.000000") if isinstance(value, datetime)
            else value.isoformat() if hasattr(value, "isoformat")
            else value
            for value in row
        )  # fmt: skip
