"""Invited, reminded once, answered, left in peace; on Sunday evening an LC has its week, once, over every kill."""

from __future__ import annotations

from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import text
from tests.wire.organisation import GUILD, Place
from tests.wire.people import Person
from tests.wire.test_journey_new_year import THREAD, days_from

TITLE = "症例勉強会"
#: A Saturday; the bot begins on the Monday before.
LINE = f"5/22(土) 19時〜21時 Zoomで{TITLE}、誰でも\nhttps://us02web.zoom.us/j/123"
WEEK, REMINDER, INVITATION = "今週のまとめ", "ご都合はいかがですか", "招待が届いています"


def told(person: Person, words: str) -> list[str]:
    return [one for one in map(text, person.direct) if words in one]


async def test_invited_reminded_once_and_a_week_for_line(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await _confirmed(place)
            for person in (place.student, place.other):
                await _wants_messages(person)
            await _invited(place)
            await discord.until(lambda: told(place.student, INVITATION) and told(place.other, INVITATION))
            assert "zoom.us" not in told(place.student, INVITATION)[0]
            await _declines_from_home(place.student)
            await days.go("05-16 17:59")
            await days.process.kill()
        async with days_from(place, database_url, log, "05-16 18:30") as days:
            week = await place.until_said(THREAD, WEEK)
            assert TITLE in text(week)
            await days.process.kill()
        async with days_from(place, database_url, log, "05-16 19:00") as days:
            representative = place.representative
            await representative.press("LINE用の文章", on=week)
            assert f"・5月22日(土) 19:00–21:00 {TITLE}" in representative.reads
            assert "zoom.us" not in representative.reads
            await days.go("05-19 18:50")
            assert not told(place.other, REMINDER)
            await days.go("05-19 19:01")
            await discord.until(lambda: told(place.other, REMINDER))
            await days.process.kill()
        async with days_from(place, database_url, log, "05-19 19:30") as days:
            await place.other.use("home")
            await place.other.press("events:join")
            assert "https://us02web.zoom.us/j/123" in place.other.reads
            await days.go("05-20 12:00")
            await days.go("05-21 12:00")
            await days.go("05-23 18:01")  # nothing comes in the week after
            assert await days.process.end() == 0
        assert len(told(place.other, REMINDER)) == 1
        assert told(place.student, REMINDER) == [], "they have answered"
        assert len([one for one in place.said(THREAD) if WEEK in text(one)]) == 1
        await _counted_without_names_for_others(place)


async def _confirmed(place: Place) -> None:
    await place.representative.use("home")
    await place.representative.press("members:claims")
    await place.representative.press("members:confirm")


async def _wants_messages(person: Person) -> None:
    await person.use("me")
    await person.press("members:step:contact")
    await person.press("members:contact:direct")


async def _invited(place: Place) -> None:
    maker = place.representative
    await maker.use("event")
    await maker.press("イベントをつくる")
    await maker.write(text=LINE)
    await maker.press("投稿する")
    await maker.use("event")
    await maker.choose("events:one", TITLE)
    await maker.press("主催者メニュー")
    await maker.press("参加者・主催者")
    await maker.press("招待する")
    await maker.press("events:invite_lc")
    assert "2人を招待しました" in maker.reads, maker.reads


async def _declines_from_home(person: Person) -> None:
    await person.use("home")
    assert INVITATION in person.reads
    await person.press("events:decline")
    assert "回答ありがとうございます" in person.reads
    await person.use("home")
    assert INVITATION not in person.reads


async def _counted_without_names_for_others(place: Place) -> None:
    """What the organiser read last; the process has ended."""
    assert "東京 次郎" not in "".join(map(text, place.said(THREAD)))
