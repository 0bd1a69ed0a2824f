"""What an event was like, as people press it. The simulated world begins on 1 January 2026."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from tests.events.support import photo
from tests.events.test_slash import joined, open_event, post
from tests.support.members import join
from tests.support.worlds import Server, World, choose, labels, menus, page_text, shown, text_of

BOTH = ["people", "children"]


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


async def past_events(server: Server, person: simcord.MemberActor) -> Any:
    page = await person.slash(server.channel, "event")
    wanted = menus(shown(page))["events:which"]["終わったイベント"]
    await person.select(shown(page), values=[wanted], custom_id="events:which")
    return page


async def test_pictures_show_what_it_was_like(world: World, server: Server, officer: simcord.MemberActor) -> None:
    student = await joined(world, server, "student")
    await post(server, officer)
    await world.env.advance_time(60 * 60 * 24 * 20)
    page = await past_events(server, officer)
    await open_event(officer, page)
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="その他")
    await officer.click(shown(page), label="イベントのようす")
    assert "まだ写真がありません" in page_text(shown(page))
    form = await officer.click(shown(page), label="画像を追加")
    refused = await officer.submit_modal(form, {"file": ("a.jpg", photo()), "agreed": ["people"]})
    assert "両方" in text_of(refused)
    form = await officer.click(shown(page), label="画像を追加")
    refused = await officer.submit_modal(form, {"file": ("a.png", b"no picture"), "agreed": BOTH})
    assert "使える画像ではありません" in text_of(refused)
    for _ in range(2):
        form = await officer.click(shown(page), label="画像を追加")
        await officer.submit_modal(form, {"file": ("a.jpg", photo((90, 60))), "agreed": BOTH})
    assert "写真2枚" in page_text(shown(page))
    form = await officer.click(shown(page), label="ひとこと書く")
    await officer.submit_modal(form, {"text": "20人が来ました。"})
    assert "20人が来ました" in page_text(shown(page))
    home = await student.slash(server.channel, "home")
    assert "📷" in text_of(home)
    assert "当日のようす" in text_of(home)
    theirs = await past_events(server, student)
    assert "📷 " in page_text(shown(theirs))
    await open_event(student, theirs)
    assert "20人が来ました" in page_text(shown(theirs))
    assert len(shown(theirs).attachments) == 1
    assert "主催者メニュー" not in labels(shown(theirs))
    await student.click(shown(theirs), label="写真を見る")
    assert len(shown(theirs).attachments) == 2
    await choose(officer, shown(page), "写真1")
    assert "完全に削除" in page_text(shown(page))
    await officer.click(shown(page), label="外す")
    assert "写真1枚" in page_text(shown(page))
