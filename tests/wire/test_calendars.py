"""The real process gives a calendar to whoever has its address, and nobody finds the address in its log."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from icalendar import Calendar

from bot.clock import SystemClock
from bot.features import Services
from bot.features.events.joining import JoiningService
from bot.features.events.service import EventService
from tests.support.databases import opened
from tests.support.people import actor
from tests.wire.discord import organisation, wire_discord
from tests.wire.organisation import GUILD, REPRESENTATIVE, STUDENT, Place
from tests.wire.outbound import home, running
from tests.wire.people import Person

PUBLIC = "https://bot.example.org"


@asynccontextmanager
async def open_to_the_world(database_url: str, log: Path) -> AsyncIterator[tuple[Place, str]]:
    """An organisation with an LC, and the root of the bot's own pages."""
    settings = home(database_url, TSUNAGU_PUBLIC_URL=PUBLIC, TSUNAGU_LOG_LEVEL="debug")
    async with (
        wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord,
        running(discord, settings, log) as process,
    ):
        await process.until_logged("ready")
        port = (await process.until_logged("health server"))["port"]
        place = Place(discord, process)
        await place.set_up()
        await place.begin_lc()
        yield place, f"http://127.0.0.1:{port}"
        assert await process.end() == 0
        assert discord.problems == []


async def new_address(person: Person, calendar: str = "参加する予定") -> str:
    """They go there from their home; the token."""
    await person.use("home")
    for label in ("その他", "カレンダーに入れる"):
        await person.press(label)
    await person.choose("calendars:choose", calendar)
    await person.press("アドレスをつくる")
    (token,) = re.findall(rf"{PUBLIC}/calendar/([\w-]{{43}})\.ics", person.reads)
    return str(token)


async def test_an_address_works_over_the_wire_until_it_is_turned_off(database_url: str, tmp_path: Path) -> None:
    async with open_to_the_world(database_url, tmp_path / "log") as (place, root), aiohttp.ClientSession() as http:
        student = place.student
        token = await new_address(student)
        address = f"{root}/calendar/{token}.ics"
        async with http.get(address) as answer:
            assert (answer.status, answer.content_type) == (200, "text/calendar")
            assert (await answer.read()).startswith(b"BEGIN:VCALENDAR\r\n")
            tag = answer.headers["ETag"]
        async with http.get(address, headers={"If-None-Match": tag}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
        async with http.head(address) as answer:
            assert (answer.status, answer.headers["ETag"]) == (200, tag)
        await broken_request(int(root.rpartition(":")[2]), token)
        await student.press("戻る")
        assert "最後に読み込まれたのは" in student.reads
        await student.press("アドレスを無効にする")
        await student.press("無効にする")
        answers = []
        for url in (address, address.replace(token, "A" * 43)):
            async with http.get(url) as answer:
                answers.append((answer.status, await answer.read()))
        assert answers == [(404, b"404: Not Found")] * 2
    process = place.process
    assert process.logged("Error handling request from 127.0.0.1"), "what isn't HTTP is logged"
    assert "/calendar/[secret].ics" in process.said
    assert token not in process.said


async def test_an_event_comes_into_the_calendar_and_its_cancellation_too(database_url: str, tmp_path: Path) -> None:
    async with (
        open_to_the_world(database_url, tmp_path / "log") as (place, root),
        aiohttp.ClientSession() as http,
        opened(database_url) as database,
    ):
        services = Services(database, SystemClock())
        events, maker = services[EventService], await actor(services, REPRESENTATIVE, GUILD)
        day = maker.today + timedelta(days=9)
        event_id = await events.begin(maker, f"{day:%Y-%m-%d} 19:00-21:00 症例勉強会")
        await events.post(maker, event_id, (await events.draft(maker, event_id)).event.version)
        tokens = [await new_address(place.student), await new_address(place.representative, "東京大学")]
        tags: list[str] = []

        async def fetched(number: int) -> list[Any]:
            known = {"If-None-Match": tags[number]} if len(tags) > number else {}
            async with http.get(f"{root}/calendar/{tokens[number]}.ics", headers=known) as answer:
                assert answer.status == 200, await answer.read()
                tags[number : number + 1] = [answer.headers["ETag"]]
                return list(Calendar.from_ical(await answer.read()).walk("VEVENT"))

        assert [len(await fetched(number)) for number in (0, 1)] == [0, 1], "the student hasn't signed up"
        await services[JoiningService].join(await actor(services, STUDENT, GUILD), event_id)
        (before,) = await fetched(0)
        assert (before["SUMMARY"], before["STATUS"]) == ("症例勉強会", "CONFIRMED")
        await events.cancel(maker, event_id, "台風のため")
        for number in (0, 1):
            (after,) = await fetched(number)
            assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
            assert after["SEQUENCE"] > before["SEQUENCE"]


async def broken_request(port: int, token: str) -> None:
    """Something that isn't HTTP, of which the server logs what it couldn't read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /calendar/{token}.ics HTTX/9\r\nHost: x\r\n\r\n".encode())
    assert b"400" in await reader.readline()
    writer.close()
    await writer.wait_closed()
