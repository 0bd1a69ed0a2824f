"""Bringing about what the blueprint says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import discord

from bot.features.organisations.models import OrganisationKind
from bot.features.organisations.parts import ANNOUNCEMENTS, LC_OFFICER_ROLE, OFFICER_CHANNEL
from bot.features.organisations.parts import OFFICER_ROLE as OFFICER_ROLE_KEY
from bot.features.setups.service import LinkedServer, SetupService
from bot.i18n import N_, Words, words_for
from bot.ui.building import Builder, Report
from bot.ui.home import panel_page
from bot.ui.pages import Page
from bot.ui.patience import FAILURES
from bot.ui.permissions import MARK_OF_NATION, MARK_OF_OFFICER, grantable, silence, speaks
from bot.ui.requests import Request, host


@dataclass(slots=True)
class SetupReport(Report):
    absent_officers: int = 0
    #: People who lost the officers' role.
    taken: list[str] = field(default_factory=list)


class SetupBuilder(Builder):
    def __init__(self, request: Request, guild: discord.Guild, linked: LinkedServer) -> None:
        note = partial(request.services[SetupService].note_part, request.caller, linked.server_id)
        super().__init__(guild, linked.parts, note, "/setup")
        self.linked = linked
        self._panel_items = host(request.interaction).home.panel_items
        self._keeper = host(request.interaction).role_keeper
        #: Names in the server are in its language; the report is in the language of the person who asked.
        self.words: Words = words_for(linked.language)
        self._readers = request.words

    async def run(self) -> SetupReport:
        """Make what is missing. Nothing that the bot didn't make is changed."""
        self.outcome = SetupReport()
        await self.go(self.outcome)
        return self.outcome

    async def everything(self) -> None:
        role = await self._officer_role(OFFICER_ROLE)
        if has_lcs(self.linked.kind):
            await self._officer_role(LC_OFFICERS)
        keys = [plan.key for plan in CHANNELS]
        category = await self.category(CATEGORY_KEY, self.words(CATEGORY_NAME), keys)
        home: discord.TextChannel | None = None
        for plan in CHANNELS:
            wanted = overwrites(plan, self.guild, role)
            channel = await self.text_channel(plan.key, self.words(plan.name), self.words(plan.topic), category, wanted)
            if plan is HOME_CHANNEL:
                home = channel
            if channel is not None and role is not None:
                await self._let_in(plan, channel, role)
        await self.panel(home, self._panel_page(), self._readers)
        await self._officers()

    async def _officer_role(self, plan: RolePlan) -> discord.Role | None:
        return await self.role(plan.key, self.words(plan.name), plan.colour, plan.permissions)

    async def _let_in(self, plan: ChannelPlan, channel: discord.TextChannel, role: discord.Role) -> None:
        """A channel may be older than the role: that couldn't be made then, or people deleted it meanwhile."""
        wanted = overwrites(plan, self.guild, role).get(role)
        if wanted is None or role in channel.overwrites:
            return
        try:
            await channel.set_permissions(role, overwrite=wanted, reason=self.reason)
        except FAILURES as error:
            self.failed(f"#{channel.name}", error)

    def _panel_page(self) -> Page:
        other = words_for("en" if self.linked.language == "ja" else "ja")
        name = self.words.either(self.linked.name_ja, self.linked.name_en)
        return panel_page(name, self.words, other, self._panel_items)

    async def _officers(self) -> None:
        """The role is for those in office and nobody else: it is given, and taken when a term has ended."""
        kept = await self._keeper.keep(self.guild, self.linked.organisation_id)
        if self._keeper.knows_all(self.guild):  # else missing people may only not be known yet
            here = [self.guild.get_member(discord_id) for discord_id in self.linked.officers]
            self.outcome.absent_officers = here.count(None)
        taken = (self.guild.get_member(user) for key, user in kept.taken if key == OFFICER_ROLE.key)
        self.outcome.taken += [member.display_name for member in taken if member is not None]
        self.people(kept)


def former_officers(role: discord.Role | None, linked: LinkedServer) -> list[discord.Member]:
    """Who has the officers' role without being in office."""
    return [member for member in role.members if member.id not in linked.officers] if role else []


def missing_parts(guild: discord.Guild, linked: LinkedServer) -> list[str]:
    """Message ids of the parts that the server lacks. The panel is looked at only when it is made."""
    roles = [OFFICER_ROLE, *([LC_OFFICERS] if has_lcs(linked.kind) else [])]
    missing = [plan.name for plan in roles if guild.get_role(linked.parts.get(plan.key, 0)) is None]
    if guild.get_channel(linked.parts.get(CATEGORY_KEY, 0)) is None:
        missing.append(CATEGORY_NAME)
    missing += [plan.name for plan in CHANNELS if guild.get_channel(linked.parts.get(plan.key, 0)) is None]
    return missing


def has_lcs(kind: OrganisationKind) -> bool:
    return kind is OrganisationKind.ASSOCIATION


def unmarked(guild: discord.Guild, linked: LinkedServer) -> bool:
    """Is there a role to which Discord would show no commands, though the bot could change that?"""
    for plan in (OFFICER_ROLE, LC_OFFICERS):
        role = guild.get_role(linked.parts.get(plan.key, 0))
        if role is not None and not role.permissions.is_superset(grantable(guild, plan.permissions)):
            return True
    return False


@dataclass(frozen=True, slots=True)
class RolePlan:
    key: str
    name: str
    colour: int
    permissions: discord.Permissions


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """``officers_only``: seen by national officers alone. ``read_only``: everybody reads, officers write."""

    key: str
    name: str
    topic: str
    officers_only: bool = False
    read_only: bool = False


#: National officers see what officers of LCs see, too.
OFFICER_ROLE = RolePlan(OFFICER_ROLE_KEY, N_("National officers"), 0x1F7A8C, MARK_OF_NATION | MARK_OF_OFFICER)
LC_OFFICERS = RolePlan(LC_OFFICER_ROLE, N_("LC officers"), 0x5B8DB8, MARK_OF_OFFICER)
CATEGORY_KEY, CATEGORY_NAME = "category:national", N_("National")
HOME_CHANNEL = ChannelPlan("channel:home", N_("home"), N_("Start here: press the button"), read_only=True)
CHANNELS = (
    HOME_CHANNEL,
    ChannelPlan(
        ANNOUNCEMENTS,
        N_("announcements"),
        N_("News for everybody, from the national officers"),
        read_only=True,
    ),
    ChannelPlan("channel:lounge", N_("lounge"), N_("Talk with everybody")),
    ChannelPlan(OFFICER_CHANNEL, N_("national-officers"), N_("Only national officers see this"), officers_only=True),
)


def overwrites(
    plan: ChannelPlan, guild: discord.Guild, officers: discord.Role | None
) -> dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]:
    """Who sees and writes in the channel. The bot always does."""
    allowed = discord.PermissionOverwrite(view_channel=True, send_messages=True)
    made: dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite] = {guild.me: speaks(guild)}
    if plan.officers_only:
        made[guild.default_role] = discord.PermissionOverwrite(view_channel=False)
    elif plan.read_only:
        made[guild.default_role] = silence(guild)
    if officers is not None and (plan.officers_only or plan.read_only):
        made[officers] = allowed
    return made
