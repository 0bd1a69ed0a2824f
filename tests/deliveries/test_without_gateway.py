"""A process that only sends has no servers in memory: what it says is the same."""

from __future__ import annotations

from typing import Any

import discord
from sqlalchemy import select

from bot.app import Bot, build
from bot.db import fetch
from bot.deliveries.models import Delivery
from bot.deliveries.parcels import due_of
from bot.deliveries.values import Due
from bot.features.people.service import AddressService
from bot.i18n import words_for
from bot.ui.renderers import Message, Occasion
from tests.announcements.support import begin
from tests.support.worlds import World

#: What the scenario below makes the bot say.
SAID = {
    "announcements:message",
    "announcements:reminder",
    "announcements:silent",
    "briefs:message",
    "discord_roles:trouble",
    "handovers:ask",
    "members:greeting",
}


async def rendered(bot: Bot, due: Due) -> Message | None:
    address = await bot.services[AddressService].look_up(due.organisation_id)
    occasion = Occasion(bot.services, words_for("ja"), address, bot.clock.now())
    message: Message | None = await bot.renderers.messages[due.kind](occasion, due)
    return message


async def test_all_that_is_said_can_be_said_by_a_process_without_servers(world: World) -> None:
    setting = await begin(world)
    await setting.send()
    guild = world.bot.get_guild(setting.server.guild.id)
    assert guild is not None
    role = discord.utils.get(guild.roles, name="全国役員")
    assert role is not None
    world.env.backend.edit_role(guild.id, role.id, {"position": guild.me.top_role.position + 5})
    await world.env.settle()
    await setting.officer.slash(
        setting.server.channel, "officer appoint", person=setting.tokyo, post="president", ends="2026-02-08"
    )
    compared: dict[str, set[bool]] = {}
    sender: Any = build(world.bot.settings, world.bot.clock)
    await sender.load_commands()
    try:
        for _ in range(12):
            await setting.go(days=1)
            async with world.bot.database.reading() as connection:
                rows = await fetch(connection, select(Delivery.__table__).where(Delivery.recipient_kind != "job"))
            for row in rows:
                due = due_of(row, None)
                with_servers, without = await rendered(world.bot, due), await rendered(sender, due)
                assert (with_servers is None) == (without is None), due
                compared.setdefault(due.kind, set()).add(without is not None)
    finally:
        await sender.database.close()
    assert {kind for kind, said in compared.items() if True in said} >= SAID, compared
