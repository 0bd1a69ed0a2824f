"""Calendars as people see them: from their home to the address, or to the file."""

from __future__ import annotations

import re
from typing import Any

import pytest
import simcord

from bot.features.calendars.service import CalendarService
from tests.calendars.support import Dates, entry
from tests.events.test_slash import post, post_of
from tests.members.test_slash import joined
from tests.support.members import join
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown

ADDRESS = re.compile(r"https://bot\.example\.org/calendar/([\w-]{43})\.ics")


@pytest.fixture
async def server(world: World) -> Server:
    world.bot.settings = world.bot.settings.model_copy(update={"public_url": "https://bot.example.org"})
    return world.server()


@pytest.fixture(autouse=True)
async def officer(server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    return officer


@pytest.fixture
def dates(world: World) -> Dates:
    world.services[CalendarService].source = found = Dates([entry(1), entry(2)])
    return found


async def calendars(person: simcord.MemberActor, server: Server, *way: str) -> Any:
    """The list, opened as on a phone."""
    page = await person.slash(server.channel, "home")
    for label in way or ("その他", "カレンダーに入れる"):
        await person.click(shown(page), label=label)
    return page


async def test_somebody_makes_an_address_renews_it_and_turns_it_off(server: Server, world: World, dates: Dates) -> None:
    student = server.person("student")
    await joined(student, server, "東京 花子")
    page = await calendars(student, server)
    assert options(shown(page))[0] == "参加する予定"
    await choose(student, shown(page), "参加する予定")
    assert "アドレスはまだありません" in page_text(shown(page))
    assert labels(shown(page)) == ["アドレスをつくる", ".icsファイルをダウンロード", "戻る", "ホーム"]
    await student.click(shown(page), label="アドレスをつくる")
    (first,) = ADDRESS.findall(page_text(shown(page)))
    for word in ("表示されるのはいまだけ", "Google", "iPhone", "Outlook"):
        assert word in page_text(shown(page))
    await student.click(shown(page), label="戻る")
    assert first not in page_text(shown(page)), "shown once"
    assert "アドレスは2026年1月1日(木)につくりました。まだどのカレンダーも読み込んでいません" in page_text(shown(page))
    await student.click(shown(page), label="アドレスをつくり直す")
    (second,) = ADDRESS.findall(page_text(shown(page)))
    service = world.services[CalendarService]
    assert await service.behind(first) is None
    assert await service.behind(second) is not None
    await student.click(shown(page), label="戻る")
    await student.click(shown(page), label="アドレスを無効にする")
    assert "使っているカレンダーは更新されなくなります" in page_text(shown(page))
    assert await service.behind(second) is not None, "not before they are sure"
    await student.click(shown(page), label="無効にする")
    assert "アドレスを無効にしました" in page_text(shown(page))
    assert await service.behind(second) is None


async def test_without_a_public_address_there_is_a_file(server: Server, world: World, dates: Dates) -> None:
    world.bot.settings = world.bot.settings.model_copy(update={"public_url": None})
    student = server.person("student")
    await joined(student, server, "東京 花子")
    page = await calendars(student, server)
    assert "外から見られるアドレスがない" in page_text(shown(page))
    await choose(student, shown(page), "参加する予定")
    assert labels(shown(page)) == [".icsファイルをダウンロード", "戻る", "ホーム"]
    await student.click(shown(page), label=".icsファイルをダウンロード")
    assert "予定が2件入っています" in page_text(shown(page))
    (file,) = shown(page).attachments
    assert file.filename == "calendar.ics"
    assert "SUMMARY:症例勉強会" in (await file.read()).decode()
    await student.click(shown(page), label="戻る")
    assert not shown(page).attachments


async def test_somebody_who_has_not_joined_has_none(server: Server, dates: Dates) -> None:
    stranger = server.person("stranger")
    page = await stranger.slash(server.channel, "home")
    assert not {"その他", "カレンダーに入れる"} & set(labels(shown(page)))


async def test_the_page_of_an_event_has_a_file_of_it(
    server: Server, world: World, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await post(server, officer)
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    page = await student.click(post_of(server), label="詳細")
    await student.click(shown(page), label="カレンダーに入れる")
    assert "予定が1件入っています" in page_text(shown(page))
    (file,) = shown(page).attachments
    content = (await file.read()).decode()
    assert "SUMMARY:症例勉強会" in content
    assert "zoom.us" not in content
    await student.click(shown(page), label="戻る")
    await student.click(shown(page), label="参加する")
    await student.click(shown(page), label="カレンダーに入れる")
    (file,) = shown(page).attachments
    assert "zoom.us" in (await file.read()).decode()
