"""An LC's own server: a panel that leads home and a channel for the nation's announcements. Roles only
where its officers choose them (``cogs/discord_roles``)."""

from __future__ import annotations

from functools import partial
from typing import Any

import discord

from bot.errors import Invalid, NotFound
from bot.features.channels.servers import NO_LC_HERE, LcServerService, unlink_step
from bot.features.discord_roles.catalogue import OPEN as OPEN_ROLES
from bot.features.organisations.parts import ANNOUNCEMENTS
from bot.features.setups.records import LinkedServer
from bot.features.setups.service import SetupService
from bot.i18n import N_, Words, words_for
from bot.ui.building import Builder, Report, Target, alone
from bot.ui.forms import Form, labelled
from bot.ui.home import panel_page
from bot.ui.items import RoutedButton
from bot.ui.pages import Item
from bot.ui.permissions import IN_LC_SERVER, PERMISSIONS, TO_WRITE, missing_permissions, silence
from bot.ui.replies import step_button
from bot.ui.requests import Request, guild_of, host
from cogs.setups import render

CATEGORY, HOME = "category:own", "channel:home"
HOME_NAME, ANNOUNCEMENTS_NAME = N_("tsunagu-home"), N_("nation-announcements")


class OwnBuilder(Builder):
    def __init__(self, request: Request, guild: discord.Guild, linked: LinkedServer) -> None:
        note = partial(request.services[SetupService].note_part, request.caller, linked.server_id)
        super().__init__(guild, linked.parts, note, "/setup")
        self.linked = linked
        self._panel_items = host(request.interaction).home.panel_items
        self.words: Words = words_for(linked.language)
        self._readers = request.words

    async def everything(self) -> None:
        words, linked = self.words, self.linked
        name = words.either(linked.name_ja, linked.name_en)
        category = await self.category(CATEGORY, name, (HOME, ANNOUNCEMENTS))
        me = discord.PermissionOverwrite(view_channel=True, send_messages=True)
        wanted: dict[Target, discord.PermissionOverwrite] = {
            self.guild.me: me,
            self.guild.default_role: silence(self.guild),
        }
        home = await self.text_channel(HOME, words(HOME_NAME), words("Start here: press the button"), category, wanted)
        assert linked.own is not None
        if _chosen(self.guild, linked) is None:
            topic = words("Announcements of the national officers arrive here")
            await self.text_channel(ANNOUNCEMENTS, words(ANNOUNCEMENTS_NAME), topic, category, wanted)
        other = words_for("en" if linked.language == "ja" else "ja")
        lc = words.either(linked.own.name_ja, linked.own.name_en)
        await self.panel(home, panel_page(f"{name} / {lc}", words, other, self._panel_items), self._readers)


def _chosen(guild: discord.Guild, linked: LinkedServer) -> discord.abc.GuildChannel | None:
    """The channel that people chose for announcements, if it is still there."""
    return guild.get_channel((linked.own and linked.own.announcements) or 0)


def _missing_parts(guild: discord.Guild, linked: LinkedServer) -> list[str]:
    missing = [HOME_NAME] if guild.get_channel(linked.parts.get(HOME, 0)) is None else []
    if _chosen(guild, linked) is None and guild.get_channel(linked.parts.get(ANNOUNCEMENTS, 0)) is None:
        missing.append(ANNOUNCEMENTS_NAME)
    return missing


async def show_status(request: Request, guild: discord.Guild, linked: LinkedServer) -> None:
    """How the LC's server stands. Changes nothing."""
    words, own = request.words, linked.own
    assert own is not None
    missing = missing_permissions(guild.me.guild_permissions, IN_LC_SERVER)
    absent = _missing_parts(guild, linked)
    row: list[Item] = []
    if not missing:
        style = discord.ButtonStyle.primary if absent else discord.ButtonStyle.secondary
        row.append(CheckOwnButton.make(words("Check and make what is missing"), style=style))
    row.append(ChooseButton.make(words("Choose the channel for announcements"), emoji="📣"))
    row += [step_button(OPEN_ROLES, words), step_button(unlink_step(own.lc_id), words)]
    arrives = _chosen(guild, linked) or guild.get_channel(linked.parts.get(ANNOUNCEMENTS, 0))
    await request.show(render.own_page(words, linked, missing, absent, arrives.mention if arrives else None, [row]))


async def _build(request: Request) -> None:
    """Make the server's parts and show what was done.

    Raises:
        NotFound: the server is no LC's own (any more).
        Conflict: something is being made in this server already.
    """
    await request.defer()
    guild = guild_of(request)
    with alone(guild):
        linked = await request.services[SetupService].linked(request.caller)
        if linked is None or linked.own is None:
            raise NotFound(NO_LC_HERE)
        if missing_permissions(guild.me.guild_permissions, IN_LC_SERVER):
            await show_status(request, guild, linked)
            return
        report = Report()
        await OwnBuilder(request, guild, linked).go(report)
        again: list[Item] = [CheckOwnButton.make(request.words("Try again"))] if report.is_unfinished else []
        await request.show(render.own_report_page(request.words, linked, report, [again]))


class CheckOwnButton(RoutedButton, route="setups:own_check"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        await _build(request)


class EnterCodeButton(RoutedButton, route="setups:own_code"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        await request.services[SetupService].require_unlinked(request.caller)  # before somebody fills in the form
        await CodeForm(request.words).open(request.interaction)


class ChooseButton(RoutedButton, route="setups:own_choose"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        linked = await request.services[SetupService].linked(request.caller)
        if linked is None or linked.own is None:
            raise NotFound(NO_LC_HERE)
        await ChooseForm(request.words).open(request.interaction)


def _channel_menu(*, required: bool) -> discord.ui.ChannelSelect[Any]:
    return discord.ui.ChannelSelect(
        custom_id="channel",
        channel_types=[discord.ChannelType.text, discord.ChannelType.news],
        min_values=int(required),
        max_values=1,
        required=required,
    )


def _writable(request: Request, menu: discord.ui.ChannelSelect[Any]) -> int | None:
    """The id of the chosen channel, in which the bot can write; None if none was chosen.

    Raises:
        Invalid: the bot can't write there.
    """
    if not menu.values:
        return None
    guild = guild_of(request)
    channel = guild.get_channel(menu.values[0].id)
    missing = list(TO_WRITE) if channel is None else []
    if channel is not None:
        have = channel.permissions_for(guild.me)
        missing = [flag for flag in TO_WRITE if not getattr(have, flag)]
    if missing:
        names = request.words(", ").join(request.words(PERMISSIONS[flag]) for flag in missing)
        raise Invalid(
            N_("I can't write in that channel: I lack {permissions} there. Allow it, or choose another channel."),
            permissions=names,
        )
    return menu.values[0].id


class CodeForm(Form, route="setups:own_code"):
    """The one-time code from a national officer, and where announcements are to arrive."""

    request_kind = Request

    def __init__(self, words: Words) -> None:
        super().__init__(words("This is an LC's own server"))
        self.code: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="code", max_length=40)
        self.channel = _channel_menu(required=False)
        self.add_item(labelled(words("One-time code"), self.code, words("A national officer gives it to your LC")))
        self.add_item(
            labelled(
                words("Channel for the nation's announcements"), self.channel, words("Left empty, I make one of my own")
            )
        )

    async def act(self, request: Request) -> None:
        channel_id = _writable(request, self.channel)
        await request.defer()
        await request.services[LcServerService].link(request.caller, self.code.value, channel_id)
        await _build(request)


class ChooseForm(Form, route="setups:own_choose"):
    request_kind = Request

    def __init__(self, words: Words) -> None:
        super().__init__(words("Choose the channel for announcements"))
        self.channel = _channel_menu(required=True)
        self.add_item(labelled(words("Channel for the nation's announcements"), self.channel))

    async def act(self, request: Request) -> None:
        channel_id = _writable(request, self.channel)
        assert channel_id is not None, "Discord requires a choice"
        await request.defer()
        await request.services[LcServerService].choose_announcements(request.caller, channel_id)
        linked = await request.services[SetupService].linked(request.caller)
        assert linked is not None
        await show_status(request, guild_of(request), linked)
