"""``/setup``: an organisation and its server, an LC's own server, and what is missing in either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import discord
from discord.utils import escape_markdown

from bot.errors import Invalid, NextStep, NotFound
from bot.features.announcements.access import WRITE
from bot.features.channels.servers import NO_LC_HERE, LcServerService, unlink_step
from bot.features.discord_roles.service import OPEN as OPEN_ROLES
from bot.features.handovers.rescue import RescueService
from bot.features.homes.facts import Facts
from bot.features.organisations.models import OrganisationKind
from bot.features.organisations.parts import ANNOUNCEMENTS, LC_OFFICER_ROLE
from bot.features.posts.catalogue import LIST as POSTS
from bot.features.setups.service import Linkable, LinkedServer, NewOrganisation, SetupService, Start
from bot.features.sheets.service import SHEETS
from bot.i18n import N_, Words, words_for
from bot.paging import Part, part_of
from bot.ui.building import Builder, Report, Target, alone, failed_fields
from bot.ui.fields import Choice, Field, Officers, Term, Text, User
from bot.ui.forms import Form
from bot.ui.home import HomePart, home_button, panel_page
from bot.ui.items import RoutedButton
from bot.ui.local_committees import terms_step
from bot.ui.pages import COLOUR, TROUBLE, Item, Page, Rows, in_rows
from bot.ui.paging import TurningButton
from bot.ui.permissions import (
    IN_LC_SERVER,
    MARK_OF_OFFICER,
    PERMISSIONS,
    TO_WRITE,
    WISHED,
    invite_link,
    missing_permissions,
    needed_permissions,
    silence,
    speaks,
)
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, Request, guild_of, host
from cogs.setups import builder, rescue
from cogs.setups.builder import SetupBuilder, SetupReport, former_officers, missing_parts

Step = tuple[str, NextStep]

START_WORDS = {
    Start.JAPAN_ASSOCIATION: N_("Association of LCs, starting with the 82 medical schools of Japan"),
    Start.ASSOCIATION: N_("Association of LCs, starting with an empty directory"),
    Start.PROGRAMME: N_("Programme"),
    Start.SOCIETY: N_("Society"),
}
KIND_WORDS = {
    OrganisationKind.ASSOCIATION: N_("association of LCs"),
    OrganisationKind.PROGRAMME: N_("programme"),
    OrganisationKind.SOCIETY: N_("society"),
}

CHANNELS = NextStep(N_("LC channels"), "channels:look")
#: The posts of the whole organisation, those of its LCs too.
ALL = 0
#: How an organisation begins once its server is set up, and the button to it.
WITH_LCS: tuple[Step, ...] = (
    (N_("Bring in your LCs and their representatives from a sheet."), SHEETS),
    (N_("Create a channel for each LC: announcements reach LCs there."), CHANNELS),
    (N_("Write your first announcement."), WRITE),
)
WITHOUT_LCS: tuple[Step, ...] = (
    (N_("Check which posts your organisation has."), POSTS),
    (N_("Appoint the first officers."), terms_step(ALL)),
    (N_("Write your first announcement."), WRITE),
)


def next_steps(words: Words, linked: LinkedServer, reader: int) -> tuple[tuple[str, str, bool], list[Item]]:
    """What to do next, in three lines. National officers, who have the rights for it, get the buttons too."""
    steps = WITH_LCS if linked.kind is OrganisationKind.ASSOCIATION else WITHOUT_LCS
    lines = [f"{number}. {words(text)}" for number, (text, _) in enumerate(steps, 1)]
    if reader not in linked.officers:
        return (words("What the national officers can do next"), "\n".join(lines), False), []
    return (words("What to do next"), "\n".join(lines), False), [step_button(to, words) for _, to in steps]


def permissions_field(words: Words, missing: Sequence[str]) -> tuple[str, str, bool]:
    advice = words(
        "Server Settings → Roles → the bot's role: turn these on, then run /setup again. Nothing changes until then."
    )
    return words("Missing permissions"), "\n".join([*(f"・{words(name)}" for name in missing), advice]), False


def wish_field(words: Words, wished: Sequence[str]) -> tuple[str, str, bool]:
    """Where Discord hides the switch of a permission, the link gives it."""
    advice = words(
        "Without it, Discord doesn't show /officer to LC officers. They still have all the buttons. "
        "Press “Grant the permission”, choose this server, then come back and press “Check and "
        "create what's missing”."
    )
    return words("Recommended permission"), "\n".join([*(f"・{words(name)}" for name in wished), advice]), False


def _give_button(request: Request) -> Item:
    """Opens Discord's own page, on which somebody who may manage the server agrees to what the bot asks for."""
    application_id, guild = host(request.interaction).application_id, guild_of(request)
    assert application_id is not None
    wanted = (guild.self_role.permissions if guild.self_role else needed_permissions()) | MARK_OF_OFFICER
    return discord.ui.Button(label=request.words("Grant the permission"), url=invite_link(application_id, wanted))


def unlinked_page(words: Words, missing: Sequence[str], rows: Rows) -> Page:
    text = words(
        "This server isn't linked to an organisation yet. Setting it up registers an organisation "
        "with its first officers, and creates roles, a category with four channels and a pinned "
        "panel here. Nothing that's already here changes."
    )
    own = words("Is this the server of a single LC? Then you need the code that a national officer gives your LC.")
    return Page(
        title=words("Set up this server"),
        text=f"{text}\n{own}",
        fields=[permissions_field(words, missing)] if missing else [],
        rows=rows,
        colour=TROUBLE if missing else COLOUR,
    )


def _about(words: Words, linked: LinkedServer) -> str:
    name = words.either(linked.name_ja, linked.name_en)
    officers = words(", ").join(escape_markdown(officer) for officer in linked.officers.values())
    return "\n".join(
        [
            words("**{name}** ({kind})", name=escape_markdown(name), kind=words(KIND_WORDS[linked.kind])),
            words("Current national officers: {officers}", officers=officers or words("nobody")),
        ]
    )


def status_page(
    words: Words,
    linked: LinkedServer,
    missing: Sequence[str],
    missing_parts: Sequence[str],
    former_officers: Sequence[str],
    rows: list[list[Item]],
    *,
    wished: Sequence[str],
    knows_all: bool,
    reader: int,
) -> Page:
    """``wished``: permissions without which only a part of it is as it should be. ``knows_all``: Discord has told of
    everybody who is in the server; ``reader``: the Discord id."""
    fields = [permissions_field(words, missing)] if missing else []
    if wished:
        fields.append(wish_field(words, wished))
    if former_officers:
        names = escape_markdown("\n".join(f"・{name}" for name in former_officers))
        fields.append((words("Still have the officers' role after their term"), names, False))
    if missing_parts:
        fields.append((words("Missing"), "\n".join(f"・{words(name)}" for name in missing_parts), False))
    elif not missing and not former_officers:
        if not wished:
            fields.append((words("All set"), words("The roles, channels and permissions are all in order."), False))
        steps, buttons = next_steps(words, linked, reader)
        fields.append(steps)
        rows = [*rows, buttons]
    if not knows_all:
        unknown = words(
            "Discord hasn't sent the full list of members yet. Check again in a minute to see who has the role."
        )
        fields.append((words("Members of this server"), unknown, False))
    return Page(
        title=words("Server setup"),
        text=_about(words, linked),
        fields=fields,
        rows=[*rows, [home_button(words)]],
        colour=TROUBLE if missing else COLOUR,
    )


def _done_fields(words: Words, report: Report) -> list[tuple[str, str, bool]]:
    fields = []
    if report.made:
        fields.append((words("Created"), "\n".join(f"✅ {name}" for name in report.made), True))
    if report.found:
        fields.append((words("Already there"), "\n".join(f"・{name}" for name in report.found), True))
    return [*fields, *failed_fields(words, report)]


def report_page(
    words: Words, linked: LinkedServer, report: SetupReport, rows: list[list[Item]], *, reader: int
) -> Page:
    fields = _done_fields(words, report)
    if report.taken:
        fields.append((words("Role removed because the term ended"), escape_markdown("\n".join(report.taken)), False))
    if report.absent_officers:
        fields.append(
            (
                words("Officers not in this server"),
                words.plural(
                    "{n} officer isn't in this server and has no role here.",
                    "{n} officers aren't in this server and have no role here.",
                    report.absent_officers,
                ),
                False,
            )
        )
    if not report.is_unfinished:
        steps, buttons = next_steps(words, linked, reader)
        fields.append(steps)
        rows = [*rows, buttons]
    return Page(
        title=words("Setup finished") if not report.is_unfinished else words("Setup isn't finished yet"),
        text=_about(words, linked),
        fields=fields,
        rows=[*rows, [home_button(words)]],
        colour=TROUBLE if report.is_unfinished else COLOUR,
    )


def _own_names(words: Words, linked: LinkedServer) -> str:
    assert linked.own is not None
    return words(
        "**{lc}**'s own server, linked to {name}",
        lc=escape_markdown(words.either(linked.own.name_ja, linked.own.name_en)),
        name=escape_markdown(words.either(linked.name_ja, linked.name_en)),
    )


def own_page(
    words: Words,
    linked: LinkedServer,
    missing: Sequence[str],
    missing_parts: Sequence[str],
    announcements: str | None,
    rows: list[list[Item]],
    *,
    wished: Sequence[str],
) -> Page:
    """An LC's own server. ``announcements``: the mention of the channel in which they arrive, if there is one."""
    fields = [permissions_field(words, missing)] if missing else []
    if wished:
        fields.append(wish_field(words, wished))
    if missing_parts:
        fields.append((words("Missing"), "\n".join(f"・{words(name)}" for name in missing_parts), False))
    fields.append((words("National announcements arrive in"), announcements or words("no channel yet"), False))
    return Page(
        title=words("Server setup"),
        text=_own_names(words, linked),
        fields=fields,
        rows=[*rows, [home_button(words)]],
        colour=TROUBLE if missing or missing_parts else COLOUR,
    )


def own_report_page(words: Words, linked: LinkedServer, report: Report, rows: list[list[Item]]) -> Page:
    return Page(
        title=words("Setup finished") if not report.is_unfinished else words("Setup isn't finished yet"),
        text=_own_names(words, linked),
        fields=_done_fields(words, report),
        rows=[*rows, [home_button(words)]],
        colour=TROUBLE if report.is_unfinished else COLOUR,
    )


CATEGORY, HOME = "category:own", "channel:home"
HOME_NAME, ANNOUNCEMENTS_NAME = N_("tsunagu-home"), N_("national-announcements")


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
        officers = self.guild.get_role(self.noted(LC_OFFICER_ROLE))
        if officers is not None:  # one from before Discord showed commands by it
            await self.mark(officers, MARK_OF_OFFICER)
        name = words.either(linked.name_ja, linked.name_en)
        category = await self.category(CATEGORY, name, (HOME, ANNOUNCEMENTS))
        wanted: dict[Target, discord.PermissionOverwrite] = {
            self.guild.me: speaks(self.guild),
            self.guild.default_role: silence(self.guild),
        }
        home = await self.text_channel(HOME, words(HOME_NAME), words("Start here: press the button"), category, wanted)
        assert linked.own is not None
        if _chosen(self.guild, linked) is None:
            topic = words("Announcements from the national officers arrive here")
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
        row.append(CheckOwnButton.make(words("Check and create what's missing"), style=style))
    row.append(ChooseButton.make(words("Choose the announcement channel"), emoji="📣"))
    row += [step_button(OPEN_ROLES, words), step_button(unlink_step(own.lc_id), words)]
    wished = missing_permissions(guild.me.guild_permissions, WISHED) if LC_OFFICER_ROLE in linked.parts else []
    if wished:
        row.append(_give_button(request))
    arrives = _chosen(guild, linked) or guild.get_channel(linked.parts.get(ANNOUNCEMENTS, 0))
    mention = arrives.mention if arrives else None
    await request.show(own_page(words, linked, missing, absent, mention, [row], wished=wished))


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
        await request.show(own_report_page(request.words, linked, report, [again]))


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


@dataclass(eq=False)
class ChannelField(Field[int | None]):
    """A channel in which the bot can write, by its id; None if none was chosen."""

    def component(self, words: Words) -> discord.ui.ChannelSelect[Any]:
        return discord.ui.ChannelSelect(
            custom_id=self.name,
            channel_types=[discord.ChannelType.text, discord.ChannelType.news],
            min_values=int(self.required),
            required=self.required,
        )

    def sent(self, component: Any, request: Request) -> int | None:
        if not component.values:
            return None
        guild, channel_id = guild_of(request), int(component.values[0].id)
        channel = guild.get_channel(channel_id)
        missing = list(TO_WRITE) if channel is None else []
        if channel is not None:
            have = channel.permissions_for(guild.me)
            missing = [flag for flag in TO_WRITE if not getattr(have, flag)]
        if missing:
            names = request.words(", ").join(request.words(PERMISSIONS[flag]) for flag in missing)
            raise Invalid(
                N_(
                    "The bot can't write in that channel. It's missing: {permissions}. Allow this, or choose "
                    "another channel."
                ),
                permissions=names,
            )
        return channel_id


class CodeForm(Form, route="setups:own_code", title=N_("Link as an LC's server")):
    """The one-time code from a national officer, and where announcements are to arrive."""

    request_kind = Request

    code = Text(N_("One-time code"), hint=N_("A national officer gives it to your LC"))
    channel = ChannelField(
        N_("Channel for national announcements"), hint=N_("If left empty, a new one is created"), required=False
    )

    async def act(self, request: Request) -> None:
        await request.defer()
        await request.services[LcServerService].link(request.caller, self.code, self.channel)
        await _build(request)


class ChooseForm(Form, route="setups:own_choose", title=N_("Choose the announcement channel")):
    request_kind = Request

    channel = ChannelField(N_("Channel for national announcements"))

    async def act(self, request: Request) -> None:
        assert self.channel is not None, "Discord requires a choice"
        await request.defer()
        await request.services[LcServerService].choose_announcements(request.caller, self.channel)
        request.done = request.words("Saved.")
        linked = await request.services[SetupService].linked(request.caller)
        assert linked is not None
        await show_status(request, guild_of(request), linked)


#: Organisations of one page.
PAGE = 15


class BeginPageButton(TurningButton, route="setups:begin:{page:int}"):
    request_kind = Request

    @classmethod
    async def show(cls, request: Request, page: int = 0) -> None:
        """How the server stands and what can be done about it. Changes nothing."""
        guild, service = guild_of(request), request.services[SetupService]
        linked = await service.linked(request.caller)
        missing = missing_permissions(guild.me.guild_permissions)
        if linked is None:
            linkable = part_of(await service.linkable(request.caller), page, PAGE)
            beginnings = [] if missing else _beginnings(request.words, linkable)
            if not missing_permissions(guild.me.guild_permissions, IN_LC_SERVER):
                beginnings.append(EnterCodeButton.make(request.words("Link as an LC's server"), emoji="🏫"))
            await request.show(unlinked_page(request.words, missing, in_rows(beginnings)))
        elif linked.own is not None:
            await show_status(request, guild, linked)
        else:
            await _show_status(request, guild, linked, missing)


async def _show_status(request: Request, guild: discord.Guild, linked: LinkedServer, missing: list[str]) -> None:
    absent = missing_parts(guild, linked)
    role = guild.get_role(linked.parts.get(builder.OFFICER_ROLE.key, 0))
    former = [member.display_name for member in former_officers(role, linked)]
    repair: list[Item] = []
    if not missing:
        is_asked = absent or former or builder.unmarked(guild, linked)
        style = discord.ButtonStyle.primary if is_asked else discord.ButtonStyle.secondary
        repair = [RepairButton.make(request.words("Check and create what's missing"), style=style)]
    if await request.services[RescueService].may(request.caller):
        label = request.words("Appoint a national officer")
        repair.insert(0, rescue.NameOfficerButton.make(label, style=discord.ButtonStyle.danger))
    wished = missing_permissions(guild.me.guild_permissions, WISHED) if builder.has_lcs(linked.kind) else []
    if wished:
        repair.append(_give_button(request))
    known = host(request.interaction).role_keeper.knows_all(guild)
    page = status_page(
        request.words,
        linked,
        missing,
        absent,
        former,
        [repair],
        wished=wished,
        knows_all=known,
        reader=request.caller.discord_user_id,
    )
    await request.show(page)


def _beginnings(words: Words, linkable: Part[Linkable]) -> list[Item]:
    return [
        CreateButton.make(words("Create an organisation"), style=discord.ButtonStyle.primary),
        *(
            LinkButton.make(
                words("Link to {name}", name=words.either(one.name_ja, one.name_en)),
                organisation_id=one.organisation_id,
            )
            for one in linkable
        ),
        *BeginPageButton.turning(linkable, words),
    ]


async def build(request: Request) -> None:
    """Make the parts of a linked server and show what was done.

    Raises:
        Conflict: something is being made in this server already.
    """
    guild = guild_of(request)
    with alone(guild):
        linked = await request.services[SetupService].linked(request.caller)
        if linked is None or linked.own is not None:
            await BeginPageButton.show(request)
            return
        if missing := missing_permissions(guild.me.guild_permissions):
            await _show_status(request, guild, linked, missing)
            return
        report = await SetupBuilder(request, guild, linked).run()
        again: list[Item] = [RepairButton.make(request.words("Try again"))] if report.is_unfinished else []
        reader = request.caller.discord_user_id
        await request.show(report_page(request.words, linked, report, [again], reader=reader))


class CreateButton(RoutedButton, route="setups:create"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        await request.services[SetupService].require_unlinked(request.caller)  # before somebody fills in the form
        term = request.services[SetupService].default_term()
        await CreateForm(request.words, request.interaction.user, term).open(request.interaction)


class LinkButton(RoutedButton, route="setups:link:{organisation_id:int}"):
    request_kind = Request

    async def act(self, request: Request, organisation_id: int) -> None:
        await request.services[SetupService].link(request.caller, organisation_id)
        await request.defer()
        await build(request)


class RepairButton(RoutedButton, route="setups:repair"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        await request.services[SetupService].linked(request.caller)  # says no while the answer can still be a new one
        await request.defer()
        await build(request)


class StatusButton(RoutedButton, route="setups:status"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        await BeginPageButton.show(request)


class CreateForm(Form, route="setups:create", title=N_("Create an organisation")):
    """What an organisation needs to begin: names, kind, first officers and their term."""

    request_kind = Request

    name_ja = Text(N_("Name in Japanese"), 100, required=False)
    name_en = Text(N_("Name in English"), 100, required=False)
    start = Choice(N_("Type of organisation"), START_WORDS)
    officers = Officers(N_("First national officers"), 10)
    term = Term(N_("Term (first and last day)"), 60, hint=N_("Permissions end automatically after the last day."))

    def __init__(self, words: Words, user: User, term: tuple[date, date]) -> None:
        super().__init__(words)
        self.start, self.officers, self.term = Start.JAPAN_ASSOCIATION, [user], term

    async def act(self, request: Request) -> None:
        starts_on, ends_on = self.term
        new = NewOrganisation(
            name_ja=self.name_ja,
            name_en=self.name_en,
            start=self.start,
            officers={user.id: user.display_name for user in self.officers},
            starts_on=starts_on,
            ends_on=ends_on,
            language=request.words.language,
        )
        await request.defer()
        await request.services[SetupService].create(request.caller, new)
        await build(request)


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    if not request.caller.manages_server:
        return HomePart()
    return HomePart(more=[StatusButton.make(request.words("Server setup"), emoji="🛠️")])
