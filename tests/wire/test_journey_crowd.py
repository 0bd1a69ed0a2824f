"""Two hundred people press at once for fifty places; one leaves, the line moves, a change and the reminder arrive. The
bot is killed in between."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

from bot.db import Database
from bot.features.members.models import Profile
from bot.features.members.rules import VERSION
from bot.features.people.models import Person as Record
from tests.support.databases import opened
from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import text
from tests.wire.organisation import GUILD, LC, Place
from tests.wire.people import Person
from tests.wire.test_journey_new_year import days_from

FIRST, PEOPLE, PLACES = GUILD + 700, 200, 50
TITLE = "縫合の練習会"
LINE = f"5/15(土) 19時〜21時 Zoomで{TITLE}、誰でも 定員{PLACES}名\nhttps://us02web.zoom.us/j/789"


async def test_two_hundred_press_for_fifty_places(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await place.representative.use("event")
            await place.representative.press("イベントをつくる")
            await place.representative.write(text=LINE)
            await place.representative.press("投稿する")
            await place.until_said(LC, TITLE)
            await days.process.kill()
        async with opened(database_url) as database:
            await _join(database)
        crowd = [Person(discord, GUILD, FIRST + number) for number in range(PEOPLE)]
        for one in crowd:
            await discord.servers.join(GUILD, one.user_id)
        async with days_from(place, database_url, log, "05-11 12:00") as days:
            post = await place.until_said(LC, TITLE)
            await asyncio.gather(*(one.press("参加する", on=post) for one in crowd))
            comes = [one for one in crowd if "申し込みました" in one.reads]
            waits = {int(found[1]): one for one in crowd if (found := re.search(r"待ちの(\d+)番目", one.reads))}
            assert (len(comes), sorted(waits)) == (PLACES, list(range(1, PEOPLE - PLACES + 1)))
            await place.until_said(LC, f"満員です（定員{PLACES}人） ・ キャンセル待ち{PEOPLE - PLACES}人")
            for one in (*comes[:3], waits[1]):
                await one.press("events:messages")
            await days.process.kill()
        async with days_from(place, database_url, log, "05-12 12:00") as days:
            await _see(comes[0])
            await comes[0].press("events:leave")
            await comes[0].press("events:really_leave")
            await discord.until(lambda: any(TITLE in text(one) for one in waits[1].direct))
            await _see(waits[1])
            await waits[1].press("events:accept")
            assert "https://us02web.zoom.us/j/789" in waits[1].reads
            await _see(waits[2])
            assert "1番目" in waits[2].reads, waits[2].reads
            await _see(place.representative)
            await place.representative.press("events:edit")
            await place.representative.write(place="実習室")
            await days.go("05-12 12:30")
            told = [comes[1], comes[2], waits[1]]
            await discord.until(lambda: all(_said(one, "Zoom → 実習室") for one in told))
            await days.process.kill()
        async with days_from(place, database_url, log, "05-14 18:50") as days:
            await days.go("05-14 19:10")
            await discord.until(lambda: all(_said(one, "まもなく") for one in told))
            assert await days.process.end() == 0
        for words in ("Zoom → 実習室", "まもなく"):
            assert [sum(words in text(message) for message in one.direct) for one in told] == [1, 1, 1], words
        quiet = [one for one in crowd if one not in told]
        assert not any(_said(one, words) for one in quiet for words in ("実習室", "まもなく")), (
            "they left, or said nothing"
        )


async def _join(database: Database) -> None:
    """They joined the organisation before."""
    now = datetime.now(UTC)
    async with database.writing() as session:
        people = [
            Record(organisation_id=1, discord_user_id=FIRST + number, display_name=f"学生{number}", created_at=now)
            for number in range(PEOPLE)
        ]
        session.add_all(people)
        await session.flush()
        session.add_all(
            Profile(organisation_id=1, person_id=one.id, purpose_version=VERSION, consented_at=now) for one in people
        )


async def _see(person: Person) -> None:
    await person.use("event")
    await person.choose("events:one", TITLE)


def _said(person: Person, words: str) -> bool:
    return any(words in text(one) for one in person.direct)
