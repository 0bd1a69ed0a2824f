"""Events among Discord's scheduled events, with the real process: made once although it is killed between the request
and its answer, edited, taken away, and not asked for again where Discord refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.wire.discord import Fault, WireDiscord, organisation, wire_discord
from tests.wire.discord.objects import BOT_ID
from tests.wire.organisation import GUILD, Place
from tests.wire.people import Person
from tests.wire.test_journey_new_year import Days, days_from

TITLE = "症例勉強会"
LINE = f"5/15(土) 19時〜21時 {TITLE}、誰でも\nhttps://us02web.zoom.us/j/123"
PART = f"/guilds/{GUILD}/scheduled-events"
CREATE_EVENTS = 1 << 44
#: Discord's code.
FULL = 30038


def standing(discord: WireDiscord) -> list[dict[str, Any]]:
    return discord.routes.scheduled.of(GUILD)


async def _post(maker: Person, line: str = LINE) -> None:
    await maker.use("event")
    await maker.press("イベントをつくる")
    await maker.write(text=line)
    await maker.press("投稿する")


async def _open(maker: Person) -> None:
    await maker.use("event")
    await maker.choose("events:one", TITLE)


async def test_it_is_made_once_follows_its_event_and_goes_with_it(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            discord.faults.add(Fault("POST", PART, delay=600, after=True))  # made, and never answered
            await _post(place.representative)
            await days.go("05-10 12:05")
            await discord.until(lambda: standing(discord))
            await days.process.kill()
        discord.faults.waiting.clear()
        discord.gateway.pass_time(31)
        async with days_from(place, database_url, log, "05-10 12:30") as days:
            await days.go("05-10 12:40")
            await discord.until(lambda: discord.sent("PATCH", PART))
            (mirror,) = standing(discord)
            assert len(discord.sent("POST", PART)) == 1, "it was looked for"
            assert mirror["name"] == TITLE
            assert mirror["entity_metadata"] == {"location": "オンライン"}
            assert "興味あり" in mirror["description"]
            assert "zoom.us" not in str(mirror), "the link is for those who come"
            await _it_follows(place, days, mirror)
            await _it_goes(place, days)
            assert await days.process.end() == 0


async def _it_follows(place: Place, days: Days, mirror: dict[str, Any]) -> None:
    maker = place.representative
    await _open(maker)
    await maker.press("events:edit")
    await maker.write(when="5/16 18:00-20:00", place="A棟 2階")
    assert "A棟 2階" in maker.reads
    await days.go("05-10 13:00")
    await place.discord.until(lambda: mirror["entity_metadata"] == {"location": "A棟 2階"})
    starts = datetime.fromisoformat(mirror["scheduled_start_time"])
    assert starts == datetime(2027, 5, 16, 9, tzinfo=UTC)
    assert standing(place.discord) == [mirror], "there is no second one"


async def _it_goes(place: Place, days: Days) -> None:
    maker = place.representative
    await _open(maker)
    await maker.press("主催者メニュー")
    await maker.press("その他")
    await maker.press("イベントを中止する")
    await maker.write(reason="台風のため")
    await days.go("05-10 13:30")
    await place.discord.until(lambda: not standing(place.discord))


async def test_one_made_twice_by_a_lost_answer_is_there_once(sqlite_url: str, tmp_path: Path) -> None:
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, sqlite_url, tmp_path / "log", "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            discord.faults.add(Fault("POST", PART, status=500, after=True))
            await _post(place.representative)
            await days.go("05-10 12:05")
            await discord.until(lambda: discord.sent("DELETE", PART))
            await discord.until(lambda: len(standing(discord)) == 1)
            assert len(discord.sent("POST", PART)) == 2
            assert await days.process.end() == 0


async def test_a_refusal_is_tried_again_the_next_morning_and_no_sooner(sqlite_url: str, tmp_path: Path) -> None:
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, sqlite_url, tmp_path / "log", "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            _allow(discord, allowed=False)
            await _post(place.representative)
            await days.go("05-10 12:05")
            refused = await discord.until(lambda: discord.sent("POST", PART))
            await _post(place.representative, LINE.replace("5/15(土)", "5/16(日)"))
            await days.go("05-10 12:30")
            await days.go("05-10 20:00")
            assert [one.status for one in refused] == [403]
            assert len(discord.sent("POST", PART)) == 1
            assert standing(discord) == []
            _allow(discord, allowed=True)
            await days.go("05-11 04:31")
            await discord.until(lambda: len(standing(discord)) == 2)
            gone = standing(discord)[0]["id"]
            del discord.routes.scheduled.events[str(GUILD)][gone]  # somebody deletes one by hand
            await days.go("05-12 04:31")
            assert len(discord.sent("POST", PART)) == 3, "it stays deleted"
            assert await days.process.end() == 0


async def test_a_full_list_stops_what_is_new_and_nothing_else(sqlite_url: str, tmp_path: Path) -> None:
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, sqlite_url, tmp_path / "log", "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await _post(place.representative)
            await days.go("05-10 12:05")
            (mirror,) = await discord.until(lambda: standing(discord))
            discord.faults.add(Fault("POST", PART, status=400, code=FULL, times=9))
            for day in ("5/16(日)", "5/17(月)"):
                await _post(place.representative, LINE.replace("5/15(土)", day).replace(TITLE, "読書会"))
            await _open(place.representative)
            await place.representative.press("events:edit")
            await place.representative.write(place="A棟 2階")
            await days.go("05-10 12:30")
            await discord.until(lambda: mirror["entity_metadata"] == {"location": "A棟 2階"})
            await _open(place.representative)
            await place.representative.press("主催者メニュー")
            await place.representative.press("その他")
            await place.representative.press("イベントを中止する")
            await place.representative.write(reason="台風のため")
            await days.go("05-10 13:00")
            await discord.until(lambda: not standing(discord))
            assert len(discord.sent("POST", PART)) == 2, "the first, and one that was refused"
            assert await days.process.end() == 0


def _allow(discord: WireDiscord, *, allowed: bool) -> None:
    """The bot's permission to make events, by the roles that it holds."""
    held = discord.servers.member(GUILD, BOT_ID)["roles"]
    for one in discord.servers.guild(str(GUILD))["roles"]:
        if one["id"] in held:
            value = int(one["permissions"])
            one["permissions"] = str(value | CREATE_EVENTS if allowed else value & ~CREATE_EVENTS)
