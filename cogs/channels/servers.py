"""An LC's own server: handing out its code, and unlinking it."""

from __future__ import annotations

from discord import ButtonStyle

from bot.features.channels.servers import LcServerService
from bot.features.local_committees.records import Card
from bot.features.local_committees.service import LocalCommitteeService
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.requests import MemberRequest, host
from cogs.channels import render


async def show_code(request: MemberRequest, card: Card) -> None:
    code, until = await request.services[LcServerService].new_code(request.actor, card.lc_id)
    await request.show(render.code_page(card, code, until, request.words, [home_button(request.words)]))


class UnlinkButton(RoutedButton, route="channels:unlink:{lc_id:int}"):
    """Says what unlinking does; changes nothing."""

    async def act(self, request: MemberRequest, lc_id: int) -> None:
        own = await request.services[LcServerService].own(request.actor, lc_id)
        card = await request.services[LocalCommitteeService].show(request.actor, f"#{lc_id}")
        guild = host(request.interaction).get_guild(own.guild_id)
        confirm = ConfirmButton.make(request.words("Unlink"), style=ButtonStyle.danger, lc_id=lc_id)
        row = [confirm, home_button(request.words)]
        await request.show(render.unlink_page(card, guild.name if guild else None, request.words, row))


class ConfirmButton(RoutedButton, route="channels:unlink_now:{lc_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int) -> None:
        await request.services[LcServerService].unlink(request.actor, lc_id)
        await request.show(render.unlinked_page(request.words))
