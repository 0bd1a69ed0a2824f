"""An event in another time zone: what is typed about it is meant on the clocks there."""

from __future__ import annotations

import simcord

from tests.events.test_slash import server, write  # noqa: F401 - ``server`` is a fixture
from tests.support.members import join
from tests.support.worlds import Server, World, page_text, shown


async def test_a_time_that_has_passed_at_home_alone_has_not_passed(world: World, server: Server) -> None:  # noqa: F811
    """It is 9:00 on 1 January in Tokyo, and 19:00 on 31 December in New York."""
    officer: simcord.MemberActor = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    preview = await write(server, officer)
    await officer.click(shown(preview), label="その他の設定")
    form = await officer.click(shown(preview), label="使用言語・時差")
    await officer.submit_modal(form, {"language": ["both"], "title_en": "Case night", "zone": "ニューヨーク"})
    form = await officer.click(shown(preview), label="編集")
    await officer.submit_modal(form, {"title_ja": "症例勉強会", "when": "12/31 22:00-23:00"})
    assert "12月31日(水) 22:00–23:00（ニューヨーク時間）" in page_text(shown(preview)), "in 2026 it is a Thursday"
    form = await officer.click(shown(preview), label="説明など")
    await officer.submit_modal(form, {"closes": "12/31 21:00", "alcohol": ["-"]})
    assert "保存しました" in page_text(shown(preview))
    await officer.click(shown(preview), label="申し込みのルール")
    form = await officer.click(shown(preview), label="申し込みの開始")
    await officer.submit_modal(form, {"opens": "12/31 20:00"})
    assert "12月31日(水) 20:00" in page_text(shown(preview))
