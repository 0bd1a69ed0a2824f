"""The demo as its visitors meet it: over HTTP, without a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.demo.lobby import Lobby
from bot.demo.main import own_settings
from bot.demo.simulator import localised
from bot.demo.world import close, create
from bot.errors import StartError
from bot.features.local_committees.models import LcState
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.actors import Caller
from bot.features.people.service import PeopleService
from bot.settings import Settings
from tests.support.pages import open_contacts
from tests.support.processes import run_bot


@pytest.fixture
async def lobby(tmp_path: Path) -> AsyncIterator[Lobby]:
    folder = tmp_path / "demo"

    async def begin() -> object:
        for file in folder.glob("*"):
            file.unlink()
        return await create(own_settings(Settings(), folder))

    lobby = Lobby(begin, close, port=0)  # type: ignore[arg-type]
    with localised(lambda _user: lobby.locale):
        async with lobby.open():
            yield lobby


@pytest.fixture
async def http(lobby: Lobby) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{lobby.port}") as session:
        yield session


async def page(http: aiohttp.ClientSession) -> str:
    async with http.get("/") as answer:
        assert answer.status == 200
        return await answer.text()


async def post(http: aiohttp.ClientSession, path: str, **form: str) -> str:
    """Press a button; the address it leads to."""
    async with http.post(path, data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"]


async def test_the_world_is_ifmsa_japans(lobby: Lobby) -> None:
    world = lobby.world
    officer = world.people["officer"].member
    actor = await world.bot.services[PeopleService].actor(Caller(officer.id, "", world.guild.id))
    coverage = await world.bot.services[LocalCommitteeService].coverage(actor)
    assert coverage.total == {
        LcState.MEMBER: 50,
        LcState.DORMANT: 4,
        LcState.LEAD: 3,
        LcState.FOUNDING: 2,
        LcState.APPLYING: 1,
        LcState.NO_CONTACT: 22,
    }
    assert list(world.people) == ["officer", "newcomer-1", "student", "member", "representative", "founder"]


async def test_a_student_sees_of_a_small_lc_only_what_a_member_may(lobby: Lobby) -> None:
    world = lobby.world
    representative = world.people["representative"].member
    acting = await world.bot.services[PeopleService].actor(Caller(representative.id, "", world.guild.id))
    (home_lc,) = acting.officer_of
    seen = {}
    for who in ("representative", "officer", "member", "student"):
        looked = await open_contacts(world.people[who].member, world.guild.channels["ラウンジ"], lc=f"#{home_lc}")
        assert looked.response is not None
        seen[who] = looked.response.embeds[0].description or ""
        assert "例山 けん" in seen[who]
        assert "LPO" in seen[who].split("については")[0], "six empty posts route to the representative"
    details = ["lc@example.org", "https://example.org/lc", "平日の18時", "LINEグループ", "ken@example.org", "DM"]
    assert {who: [text for text in details if text in page] for who, page in seen.items()} == {
        "representative": details,
        "officer": details,
        "member": ["lc@example.org", "https://example.org/lc", "DM"],
        "student": [],
    }


async def test_each_person_is_offered_the_places_they_see(http: aiohttp.ClientSession, lobby: Lobby) -> None:
    text = await page(http)
    forms = {re.search(r"<h3>(.*?)</h3>", form)[1]: form for form in text.split("<form class")[1:]}  # type: ignore[index]
    assert "# 全国役員" in forms["仮名 りく"]
    assert "# 全国役員" not in forms["架空 そら"]
    assert "# はじめに" in forms.pop("新川 はじめ")
    for form in forms.values():
        assert "# ホーム" in form
        assert "ダイレクトメッセージ" in form


async def test_a_place_opens_on_the_previews_own_address(http: aiohttp.ClientSession, lobby: Lobby) -> None:
    channel = lobby.world.guild.channels["ラウンジ"]
    first = await post(http, "/open", person="student", place=str(channel.id))
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#.+", first)
    second = await post(http, "/open", person="officer", place="direct")
    assert second != first
    async with aiohttp.ClientSession() as other, other.get(second) as answer:
        assert answer.status == 200
    forbidden = lobby.world.guild.channels["全国役員"]
    await post(http, "/open", person="student", place=str(forbidden.id))
    assert lobby._preview is not None
    assert lobby._preview.channel.guild is None, "what one may not see opens the direct messages instead"
    assert await post(http, "/open", person="nobody", place="direct") == "/"


async def test_time_goes_on(http: aiohttp.ClientSession, lobby: Lobby) -> None:
    assert "2026年1月1日(木) 09:00" in await page(http)
    await post(http, "/time", by="hour")
    await post(http, "/time", by="day")
    assert "2026年1月2日(金) 10:00" in await page(http)
    # Events are made, shown and reminded of in between.
    await _until_due(http, "2026年1月3日(土) 00:00")  # terms begin and end
    await _until_due(http, "2026年1月3日(土) 08:00")  # the officers' brief of the next morning


async def _until_due(http: aiohttp.ClientSession, wanted: str) -> None:
    for _ in range(20):
        await post(http, "/time", by="due")
        if wanted in await page(http):
            return
    raise AssertionError(f"nothing is due at {wanted}")


async def test_a_newcomer_joins_and_everything_can_start_over(http: aiohttp.ClientSession) -> None:
    await post(http, "/join")
    text = await page(http)
    assert "見本 2号さんがサーバーに参加しました" in text
    assert "<h3>見本 2号</h3>" in text
    await post(http, "/time", by="day")
    await post(http, "/reset")
    text = await page(http)
    assert "最初の状態に戻しました" in text
    assert "<h3>見本 2号</h3>" not in text
    assert "2026年1月1日(木) 09:00" in text


async def test_the_language_is_switched_for_page_and_discord(http: aiohttp.ClientSession, lobby: Lobby) -> None:
    await post(http, "/language", language="en")
    text = await page(http)
    assert '<html lang="en">' in text
    assert "Who do you want to be?" in text
    student = lobby.world.people["student"].member
    result = await student.slash(lobby.world.guild.channels["ラウンジ"], "home")
    assert result.response is not None
    assert result.response.embeds[0].title == "Home"


async def test_another_site_cannot_press_the_buttons(http: aiohttp.ClientSession) -> None:
    for origin in ("https://elsewhere.example", "null", "http://127.0.0.1:1"):
        async with http.post("/reset", headers={"Origin": origin}) as answer:
            assert answer.status == 403, origin
    async with http.get("/", headers={"Host": "elsewhere.example"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:///var/tsunagu.db", "postgresql://localhost/tsunagu"])
def test_no_other_database_is_ever_taken(url: str) -> None:
    with pytest.raises(StartError, match="a database of its own"):
        own_settings(Settings(database_url=url))
    assert own_settings(Settings()).database_url == "sqlite+aiosqlite:///var/demo/tsunagu.db"


async def test_the_command_line_refuses_another_database() -> None:
    ended = await run_bot("demo", env={"TSUNAGU_DATABASE_URL": "sqlite+aiosqlite:///var/tsunagu.db"})
    assert ended.code == 2
    assert len(ended.err.strip().splitlines()) == 1
