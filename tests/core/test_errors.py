from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from sqlalchemy import text

from bot.ui.forms import Form
from tests.support.pages import find_lc
from tests.support.worlds import World, page_text, shown, text_of


async def test_an_unexpected_error_gives_the_user_a_reference_and_the_log_the_traceback(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    student, guest = server.person("student"), server.person("guest", locale="en-US")
    form = await student.click(shown(await student.slash(server.channel, "home")), label="LCをさがす")
    home = await guest.slash(server.channel, "home")
    world.expects_faults = True
    async with world.bot.database.writing() as session:
        await session.execute(text("DROP TABLE local_committees"))

    for result in (
        await find_lc(student, server.channel, text="東"),
        await student.submit_modal(form, {"text": "東"}),
    ):
        assert "こちらの不具合で処理できませんでした" in text_of(result)
        found = re.search(r"番号[^：]*：\s*([0-9A-Z]{8})", text_of(result))
        assert found is not None, text_of(result)
        reference = found[1]
        logged: list[Any] = [fault.msg for fault in world.faults]
        entry = next(entry for entry in logged if entry["reference"] == reference)
        assert "local_committees" in str(entry["exc_info"])
        assert entry["exc_info"].__traceback__ is not None
    pressed = await guest.click(shown(home), label="Coverage")
    assert "Something went wrong on our side" in text_of(pressed)
    world.env.errors  # noqa: B018 - looked at: they were provoked


async def test_an_old_button_is_answered(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    student = server.person("student")
    channel = world.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="old", custom_id="events:signup:7"))
    view.stop()
    message = await channel.send("from before an update", view=view)
    result = await student.click(message, label="old")
    assert "古いメッセージのもので、もう使えません" in text_of(result)
    await student.click(shown(result), label="ホーム")
    assert "今週できること" in page_text(shown(result))


async def test_a_form_from_before_a_restart_is_answered(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    student = server.person("student")
    home = await student.slash(server.channel, "home")
    form = await student.click(shown(home), label="LCをさがす")
    Form.opened.clear()  # the forms of a process end with it
    await world.restart()
    result = await student.submit_modal(form, {"text": "東"})
    assert "もう使えません" in text_of(result)
    assert shown(result).id == shown(home).id, "the page stands below"
    assert "今週できること" in text_of(result)


async def test_a_form_left_open_too_long_is_answered(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    student = server.person("student")
    form = await student.click(shown(await student.slash(server.channel, "home")), label="LCをさがす")
    await world.env.advance_time(16 * 60)
    result = await student.submit_modal(form, {"text": "東"})
    assert "もう使えません" in text_of(result)


async def test_a_form_that_was_sent_is_not_kept(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    student = server.person("student")
    before = len(Form.opened)
    form = await student.click(shown(await student.slash(server.channel, "home")), label="LCをさがす")
    assert len(Form.opened) == before + 1
    await student.submit_modal(form, {"text": "京大"})
    assert len(Form.opened) == before


@pytest.mark.parametrize("code", [10062, 40060])
async def test_a_form_that_could_not_be_shown_is_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Discord waited no longer, or another process has answered."""
    server = world.server()
    await server.set_up(server.admin())
    student = server.person("student")
    home = shown(await student.slash(server.channel, "home"))
    before = len(Form.opened), len(Form.unsent)

    async def refuse(_response: discord.InteractionResponse[Any], _modal: discord.ui.Modal) -> None:
        answer: Any = SimpleNamespace(status=400, reason="Bad Request")
        raise discord.HTTPException(answer, {"code": code, "message": "refused"})

    monkeypatch.setattr(discord.InteractionResponse, "send_modal", refuse)
    world.expects_faults = True
    await student.click(home, label="LCをさがす")
    assert (len(Form.opened), len(Form.unsent)) == before
