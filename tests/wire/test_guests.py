"""The real process lets people without an account take part, by an address from a text for LINE. Nobody finds it in its
log."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.clock import SystemClock
from bot.features import Services
from bot.features.events.service import EventService
from tests.support.databases import opened
from tests.support.people import actor
from tests.wire.organisation import GUILD, REPRESENTATIVE
from tests.wire.people import Person
from tests.wire.test_calendars import PUBLIC, open_to_the_world

LINK = "https://us02web.zoom.us/j/123"


async def address_in(person: Person) -> str:
    """The token in a text."""
    (token,) = re.findall(rf"{PUBLIC}/a/([\w-]{{43}})", person.reads)
    return str(token)


class Guest:
    """Somebody with a phone, and no account."""

    def __init__(self, http: aiohttp.ClientSession, root: str, token: str) -> None:
        self._http, self._root, self.token = http, root, token

    async def sees(self) -> str:
        async with self._http.get(f"{self._root}/a/{self.token}") as answer:
            self.status = answer.status
            return await answer.text()

    async def presses(self, do: str, **fields: str) -> str:
        """The page that follows."""
        url = f"{self._root}/a/{self.token}"
        async with self._http.post(url, data={"do": do, **fields}) as answer:
            self.status = answer.status
            self.token = answer.url.path.rpartition("/")[2]
            return await answer.text()


async def test_people_without_an_account_take_part_by_an_address(database_url: str, tmp_path: Path) -> None:
    async with (
        open_to_the_world(database_url, tmp_path / "log") as (place, root),
        aiohttp.ClientSession() as http,
        opened(database_url) as database,
    ):
        services = Services(database, SystemClock())
        events, maker = services[EventService], await actor(services, REPRESENTATIVE, GUILD)
        day = maker.today + timedelta(days=9)
        event_id = await events.begin(maker, f"{day} 19:00-21:00 Zoomで症例勉強会 定員1名 {LINK}")
        await events.post(maker, event_id, (await events.draft(maker, event_id)).event.version)
        officer = place.representative
        await officer.use("event")
        await officer.choose("events:one", "症例勉強会")
        await officer.press("LINE・メール用の文面")
        shared = await address_in(officer)
        assert LINK not in officer.reads

        scanner = Guest(http, root, shared)
        pages = [await scanner.sees() for _ in range(3)]
        assert all("症例勉強会" in page and LINK not in page for page in pages)
        first, second = Guest(http, root, shared), Guest(http, root, shared)
        assert LINK in await first.presses("enter", name="札幌 四郎", school="札幌医科大学")
        assert "1人中1番目" in await second.presses("enter", name="鈴木 一")
        assert len({shared, first.token, second.token}) == 3
        assert LINK not in await first.presses("leave")
        offered = await second.sees()
        assert "席を確保しています" in offered
        assert LINK not in offered
        assert LINK in await second.presses("accept")
        assert "取り消しました" in await second.presses("leave")

        await events.edit(maker, event_id, (await events.event(maker, event_id)).version, place="A棟")
        await officer.press("戻る")
        await officer.press("LINE・メール用の文面")
        assert "変更のお知らせ" in officer.reads
        assert "Zoom → A棟" in officer.reads
        await officer.press("これまでの申し込みリンクを無効にする")
        await officer.press("無効にする")
        newest = await address_in(officer)
        assert "使えません" in await scanner.sees()
        assert scanner.status == 404
        assert "A棟" in await second.sees()
        tokens = (shared, first.token, second.token, newest)
        await _names_from_line_are_entered(officer)
    for token in tokens:
        assert token not in place.process.said


async def _names_from_line_are_entered(officer: Person) -> None:
    for label in ("戻る", "参加者の一覧", "名前を入力する"):
        await officer.press(label)
    await officer.write(text="佐藤 参加\n高橋 参加\n田中 不参加")
    assert "佐藤, 高橋" in officer.reads or "佐藤、高橋" in officer.reads
    await officer.press("登録する")
    assert "1人の参加が決まりました" in officer.reads
    assert "1人がキャンセル待ちです" in officer.reads
    await officer.press("参加者の一覧")
    assert "佐藤" in officer.reads
