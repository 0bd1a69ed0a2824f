"""To find out whom an announcement means is most of the work of a page about it: it is done once a page, once a press
and once at its hour."""

from __future__ import annotations

import pytest

from tests.announcements.support import Setting, begin, choose_in
from tests.announcements.test_drafts import let_ping
from tests.support.statements import statements_of
from tests.support.worlds import World

#: Part of each resolution with direct messages among the places, and of nothing else.
RESOLVES = "FROM subscriptions LEFT OUTER JOIN people"


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


def times(statements: list[str]) -> int:
    return sum(RESOLVES in one for one in statements)


async def test_once_a_page(setting: Setting) -> None:
    with statements_of(setting.world.bot.database) as found:
        page = await setting.write()
        assert times(found) == 1, "the draft with its preview"
        found.clear()
        await setting.officer.click(page, label="宛先")
        assert times(found) == 0, "what can be chosen depends on nobody"
        await choose_in(setting.officer, page, "announcements:rule", "everyone")
        assert times(found) == 1


async def test_once_when_it_is_planned_and_once_at_its_hour(setting: Setting) -> None:
    page = await setting.write()
    form = await setting.officer.click(page, label="日時を指定")
    with statements_of(setting.world.bot.database) as found:
        await setting.officer.submit_modal(form, {"when": "2時間後"})
        assert times(found) == 1, "for the plan, its pings and the page that says so"
        found.clear()
        await setting.go(hours=3)
        assert setting.messages("東京大学")
        assert times(found) == 1


@pytest.mark.parametrize("ping", ["none", "everyone"])
async def test_once_for_sending_now_and_once_as_it_goes_out(setting: Setting, ping: str) -> None:
    await let_ping(setting)
    page = await setting.write()
    await setting.officer.click(page, label="その他の設定")
    await choose_in(setting.officer, page, "announcements:set_ping", ping)
    await setting.officer.click(page, label="下書きに戻る")
    with statements_of(setting.world.bot.database) as found:
        await setting.officer.click(page, label="いま送る")
        assert setting.last("東京大学").content == ("@everyone" if ping == "everyone" else "")
        assert times(found) == 2, "the press, and the work of the hour"
