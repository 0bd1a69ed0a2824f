"""The picture of an event as people see it: a banner under the post, one's own in its place, or none."""

from __future__ import annotations

import io
from typing import Any

import pytest
import simcord
from PIL import Image

from bot.ui.banners import HEIGHT, WIDTH
from tests.events.support import photo
from tests.events.test_slash import open_event, post, post_of
from tests.support.members import join
from tests.support.worlds import Server, World, labels, page_text, shown, text_of


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


async def size_of(card: Any) -> tuple[int, int]:
    """Of the picture that stands under a message."""
    (attachment,) = card.attachments
    return Image.open(io.BytesIO(await attachment.read())).size


async def picture_page(server: Server, person: simcord.MemberActor) -> Any:
    page = await person.slash(server.channel, "event")
    await open_event(person, page)
    await person.click(shown(page), label="主催者メニュー")
    await person.click(shown(page), label="文章・画像")
    await person.click(shown(page), label="写真・画像")
    return page


async def test_a_post_has_a_banner_then_a_picture_then_none(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await post(server, officer)
    card = post_of(server)
    assert await size_of(card) == (WIDTH, HEIGHT)
    assert card.embeds[0].image is not None
    page = await picture_page(server, officer)
    assert await size_of(shown(page)) == (WIDTH, HEIGHT), "how it looks"
    form = await officer.click(shown(page), label="画像を追加")
    refused = await officer.submit_modal(form, {"file": ("a.png", b"no picture")})
    assert "使える画像ではありません" in text_of(refused)
    form = await officer.click(shown(page), label="画像を追加")
    await officer.submit_modal(form, {"file": ("a.jpg", photo((90, 60)))})
    assert "保存しました" in page_text(shown(page))
    await world.env.advance_time(15)
    assert await size_of(post_of(server)) == (90, 60)
    await officer.click(shown(page), label="画像なし")
    await world.env.advance_time(15)
    assert post_of(server).attachments == []
    await officer.click(shown(page), label="バナーを使う")
    await world.env.advance_time(15)
    assert await size_of(post_of(server)) == (WIDTH, HEIGHT)


async def test_where_the_bot_cannot_attach_files_the_post_goes_without(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    (channel,) = (one for one in guild.text_channels if one.name == "お知らせ")
    allowed = channel.overwrites_for(guild.me)
    allowed.update(attach_files=False)
    await channel.set_permissions(guild.me, overwrite=allowed)
    await post(server, officer)
    card = post_of(server)
    assert card.attachments == []
    assert labels(card) == ["参加する", "詳細"]
    page = await officer.slash(server.channel, "event")
    await open_event(officer, page)
    await officer.click(shown(page), label="主催者メニュー")
    assert "ファイルを添付できない" in page_text(shown(page))
