from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import simcord

from bot.db import insert_if_absent
from bot.features.local_committees.models import State
from bot.features.organisations.models import Server as LinkedServer
from bot.features.organisations.models import ServerPart
from bot.features.people.terms import LC_REPRESENTATIVE, appoint, ensure_person
from tests.support.worlds import Server, World, page_text, shown, text_of


@dataclass
class Setting:
    """A national officer, and three member LCs: two with a channel and a representative, one with neither."""

    server: Server
    officer: simcord.MemberActor
    tokyo: simcord.MemberActor
    kyoto: simcord.MemberActor
    channels: dict[str, simcord.ChannelHandle]

    @property
    def world(self) -> World:
        return self.server.world

    async def write(self, title: str = "春の総会", text: str = "総会のお知らせです。", **more: Any) -> Any:
        form = await self.officer.slash(self.server.channel, "announce new")
        return await self.officer.submit_modal(form, {"title": title, "text_ja": text, **more})

    def last(self, name: str) -> Any:
        return self.channels[name].history()[-1]


async def lc_id_of(server: Server, person: simcord.MemberActor, name: str) -> int:
    choices = await person.autocomplete(server.channel, "lc show", "lc", name)
    return int(choices[0]["value"][1:])


async def make_part(server: Server, key: str, discord_id: int) -> None:
    """What the bot would have made in the server."""
    database, clock = server.world.bot.database, server.world.bot.clock
    async with database.writing() as session:
        await insert_if_absent(
            session, ServerPart, server_id=await _server_id(session, server), key=key, discord_id=discord_id,
            made_at=clock.now(),
        )  # fmt: skip


async def _server_id(session: Any, server: Server) -> Any:
    from sqlalchemy import select

    return await session.scalar(select(LinkedServer.id).where(LinkedServer.discord_guild_id == server.guild.id))


async def hold(server: Server, person: simcord.MemberActor, post: str, lc_id: int) -> None:
    now = server.world.bot.clock.now()
    async with server.world.bot.database.writing() as session:
        record = await ensure_person(
            session, organisation_id=1, discord_user_id=person.id, display_name=person.name, at=now
        )
        await appoint(
            session, record, post, starts_on=now.date(), ends_on=now.date().replace(month=12, day=31), at=now,
            by_discord_id=1, origin="test", lc_id=lc_id,
        )  # fmt: skip


@pytest.fixture
async def setting(world: World) -> Setting:
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer], term="2025-04-01 ~ 2027-03-31")
    people, channels = [], {}
    for name, person in (("東京大学", "tokyo"), ("京都大学", "kyoto"), ("大阪大学", None)):
        lc_id = await lc_id_of(server, officer, name)
        await officer.slash(
            server.channel, "manage lc", lc=f"#{lc_id}", state=State.MEMBER.value, date="2025-10-12", decision="第1号"
        )
        if person is None:
            continue
        representative = server.person(person)
        await hold(server, representative, LC_REPRESENTATIVE, lc_id)
        people.append(representative)
        channels[name] = server.guild.create_text_channel(f"lc-{person}")
        await make_part(server, f"channel:lc:{lc_id}", channels[name].id)
    return Setting(server, officer, people[0], people[1], channels)


async def test_an_officer_announces_to_all_lcs_and_a_representative_acknowledges(setting: Setting) -> None:
    world = setting.world
    await world.env.advance_time(3600 * 3)  # noon in Tokyo
    draft = await setting.write(text_en="About the assembly.")
    seen = text_of(draft)
    assert "📣 春の総会" in seen
    assert "総会のお知らせです。" in seen
    assert "About the assembly." in seen
    assert "宛先：**すべての団体会員LC**（3件）" in seen
    assert "LC1件には届きません" in seen
    await setting.officer.click(shown(draft), label="いま送る")
    for name in ("東京大学", "京都大学"):
        assert "総会のお知らせです。" in page_text(setting.last(name))
    status = await setting.officer.slash(setting.server.channel, "announce status")
    assert "届きました **2**" in text_of(status)
    assert "3件中**0**件" in text_of(status)
    pressed = await setting.tokyo.click(setting.last("東京大学"), label="確認しました")
    assert "東京大学" in text_of(pressed)
    status = await setting.officer.slash(setting.server.channel, "announce status")
    assert "3件中**1**件" in text_of(status)
    await setting.officer.click(shown(status), label="LCごと")
    assert "✅ **東京大学** 届きました、" in page_text(shown(status))
