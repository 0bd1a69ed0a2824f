"""An assembly of three days. Its people check in by the code at two doors at once, the desk ticks others and lets some
in without a sign-up, a check-in is undone, and the bot is killed in the middle. Everybody is counted once.

``TSUNAGU_TEST_DOOR`` says how many people come; 400 are an assembly.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bot.db import Database, fetch
from bot.features.attendance.models import CheckIn
from bot.features.members.models import Profile
from bot.features.members.rules import VERSION
from bot.features.people.models import Person as Record
from bot.features.signups.models import Party, PartyMember, SignUp
from tests.support.databases import opened
from tests.wire.discord import organisation, wire_discord
from tests.wire.organisation import GUILD, LC, Place
from tests.wire.people import Person
from tests.wire.test_journey_new_year import days_from

FIRST = GUILD + 2_000
#: People with a place, of whom so many are ticked by the desk, and people without one who come in by the code.
PEOPLE = int(os.environ.get("TSUNAGU_TEST_DOOR", "40"))
TICKED, WALK_INS = 10, 4
TITLE = "春の総会"
LINE = f"5/15(土) 10:00〜5/17(月) 15:00 A棟で{TITLE}、誰でも"


async def test_an_assembly_of_three_days_at_two_doors(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        desk = place.representative
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await desk.use("event")
            await desk.press("イベントをつくる")
            await desk.write(text=LINE)
            await desk.press("投稿する")
            await place.until_said(LC, TITLE)
            await days.process.kill()
        async with opened(database_url) as database:
            await _place(database)
        comers = [Person(discord, GUILD, FIRST + number) for number in range(PEOPLE + WALK_INS)]
        for one in comers:
            await discord.servers.join(GUILD, one.user_id)
        by_code, walk_ins = comers[TICKED:PEOPLE], comers[PEOPLE:]

        async with days_from(place, database_url, log, "05-15 09:45") as days:
            await _desk(desk)
            await desk.press("受付を準備する")
            await desk.press("設定")
            if "5分ごとに変わります" not in desk.reads:  # one code is enough for few people
                await desk.press("コードを5分ごとに変える")
            await desk.press("申し込みなしの人も受け付ける")
            await desk.press("入口")
            await desk.write(names="北口\n南口")
            codes = [await _code(desk, door) for door in ("北口", "南口")]
            half = len(by_code) // 2
            # Two doors at once, and the process is killed while they press.
            opened_forms = [asyncio.create_task(_open(one)) for one in by_code]
            await asyncio.gather(*opened_forms)
            sent = [asyncio.create_task(_type(one, codes[n % 2])) for n, one in enumerate(by_code)]
            await discord.until(lambda: sum(task.done() for task in sent) >= half)
            await days.process.kill()
            for task in sent:
                task.cancel()  # nobody answers them any more
            await asyncio.gather(*sent, return_exceptions=True)
        async with days_from(place, database_url, log, "05-15 11:00") as days:
            codes = [await _code(desk, door) for door in ("北口", "南口")]
            # Whoever had no answer looks again: the button is there for those alone who aren't in.
            await asyncio.gather(*(_again(one, codes[n % 2]) for n, one in enumerate(by_code)))
            await asyncio.gather(*(_come(one, codes[0]) for one in walk_ins))
            await _tick(desk)
            await desk.press("受付に戻る")
            await desk.press("申し込みなしの人")
            await desk.write(name="飛入 三郎")
            came = PEOPLE + WALK_INS + 1
            assert f"申し込んだ{PEOPLE}人のうち{PEOPLE}人が来ました" in desk.reads, desk.reads
            assert f"申し込みなしで来た人：{WALK_INS + 1}人" in desk.reads, desk.reads
            yesterday = codes[0]
            await desk.press("名簿でチェック")
            await desk.choose("attendance:person", "学生000")
            await desk.press("受付を取り消す")
            assert f"来た人{came - 1}人、申し込み{PEOPLE}人" in desk.reads, desk.reads
            await days.process.kill()
        async with days_from(place, database_url, log, "05-16 10:00") as days:
            first = by_code[0]
            await _open(first)
            await _type(first, yesterday)
            assert "そのコードはもう使えません" in first.reads, first.reads
            await _come(first, await _code(desk, "南口"))
            assert "受付しました（5月16日(日)）" in first.reads, first.reads
            await first.use("me")
            await first.press("参加の記録")
            assert "**2027年**：16時間" in first.reads, first.reads
            assert await days.process.end() == 0
        async with opened(database_url) as database:
            await _exact(database, came)


async def _place(database: Database) -> None:
    """They joined before, and most of them signed up."""
    now = datetime.now(UTC)
    async with database.writing() as session:
        people = [
            Record(organisation_id=1, discord_user_id=FIRST + n, display_name=f"学生{n:03}", created_at=now)
            for n in range(PEOPLE + WALK_INS)
        ]
        session.add_all(people)
        await session.flush()
        session.add_all(
            Profile(organisation_id=1, person_id=one.id, purpose_version=VERSION, consented_at=now) for one in people
        )
        signup_id = await session.scalar(select(SignUp.id).where(SignUp.title_ja == TITLE))
        parties = [Party(signup_id=signup_id, state="accepted", applied_at=now) for _ in range(PEOPLE)]
        session.add_all(parties)
        await session.flush()
        session.add_all(
            PartyMember(party_id=party.id, signup_id=signup_id, person_id=one.id, agreed_at=now, is_live=True)
            for party, one in zip(parties, people[:PEOPLE], strict=True)
        )


async def _event(person: Person) -> None:
    await person.use("event")
    await person.choose("events:one", TITLE)


async def _desk(person: Person) -> None:
    await _event(person)
    await person.press("主催者メニュー")
    await person.press("attendance:at")


async def _code(desk: Person, door: str) -> str:
    await _desk(desk)
    await desk.choose("attendance:door", door)
    await desk.press("コードを表示")
    line = next(one for one in desk.reads.split("\n") if one.startswith("# "))
    return line.removeprefix("# ").replace(" ", "")


async def _open(person: Person) -> None:
    await _event(person)
    await person.press("受付する")


async def _type(person: Person, code: str) -> None:
    await person.write(code=code)


async def _come(person: Person, code: str) -> None:
    await _open(person)
    await _type(person, code)
    assert "受付しました" in person.reads, person.reads


async def _again(person: Person, code: str) -> None:
    await _event(person)
    if "attendance:check_in" in str(person.page):
        await _come(person, code)


async def _tick(desk: Person) -> None:
    """The first ones on the list; the same list is confirmed a second time, from a page that stayed open."""
    await _desk(desk)
    await desk.choose("attendance:door", "北口")
    await desk.press("名簿でチェック")
    await desk.choose("attendance:tick", *(f"学生{n:03}" for n in range(TICKED)))
    await desk.press("attendance:confirm")
    assert f"{TICKED}人を受付しました" in desk.reads, desk.reads


async def _exact(database: Database, came: int) -> None:
    query = select(CheckIn.day, CheckIn.person_id, CheckIn.way, CheckIn.door, CheckIn.undone_as, CheckIn.undone_by_id)
    async with database.reading() as connection:
        rows = await fetch(connection, query)
        undone = await connection.scalar(select(func.count()).where(CheckIn.undone_at.is_not(None)))
    first = [row for row in rows if row.day == 0]
    assert len(first) == came, "once each, whatever was pressed and killed"
    assert len({row.person_id for row in first}) == came
    ways = Counter(row.way for row in first)
    assert ways == {"code": PEOPLE - TICKED + WALK_INS, "ticked": TICKED, "walk_in": 1}
    assert {row.door for row in first} >= {"北口", "南口"}
    assert undone == 1
    assert [row.day for row in rows if row.day] == [1]
