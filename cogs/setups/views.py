from __future__ import annotations

from typing import Any

import discord

from bot.clock import HOME_ZONE, local_date
from bot.errors import Invalid
from bot.features.handovers.rescue import RescueService
from bot.features.setups.records import Linkable, LinkedServer, NewOrganisation, Start
from bot.features.setups.service import SetupService
from bot.i18n import N_, Words
from bot.paging import Part, part_of
from bot.times import read_term
from bot.ui.building import alone
from bot.ui.forms import Form, labelled
from bot.ui.home import HomePart
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, in_rows
from bot.ui.paging import turning
from bot.ui.permissions import IN_LC_SERVER, missing_permissions
from bot.ui.requests import MemberRequest, Request, guild_of, host
from cogs.setups import blueprint, own, render, rescue
from cogs.setups.builder import SetupBuilder, former_officers, missing_parts

#: Organisations of one page.
PAGE = 15


async def begin(request: Request, page: int = 0) -> None:
    """How the server stands and what can be done about it. Changes nothing."""
    guild, service = guild_of(request), request.services[SetupService]
    linked = await service.linked(request.caller)
    missing = missing_permissions(guild.me.guild_permissions)
    if linked is None:
        linkable = part_of(await service.linkable(request.caller), page, PAGE)
        beginnings = [] if missing else _beginnings(request.words, linkable)
        if not missing_permissions(guild.me.guild_permissions, IN_LC_SERVER):
            beginnings.append(own.EnterCodeButton.make(request.words("This is an LC's own server"), emoji="🏫"))
        await request.show(render.unlinked_page(request.words, missing, in_rows(beginnings)))
    elif linked.own is not None:
        await own.show_status(request, guild, linked)
    else:
        await _show_status(request, guild, linked, missing)


async def _show_status(request: Request, guild: discord.Guild, linked: LinkedServer, missing: list[str]) -> None:
    absent = missing_parts(guild, linked)
    role = guild.get_role(linked.parts.get(blueprint.OFFICER_ROLE.key, 0))
    former = [member.display_name for member in former_officers(role, linked)]
    repair: list[Item] = []
    if not missing:
        style = discord.ButtonStyle.primary if absent or former else discord.ButtonStyle.secondary
        repair = [RepairButton.make(request.words("Check and make what is missing"), style=style)]
    if await request.services[RescueService].may(request.caller):
        label = request.words("Name a national officer")
        repair.insert(0, rescue.NameOfficerButton.make(label, style=discord.ButtonStyle.danger))
    known = host(request.interaction).role_keeper.knows_all(guild)
    await request.show(render.status_page(request.words, linked, missing, absent, former, [repair], knows_all=known))


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
        *turning(BeginPageButton.make, linkable.page, linkable.pages, words),
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
            await begin(request)
            return
        if missing := missing_permissions(guild.me.guild_permissions):
            await _show_status(request, guild, linked, missing)
            return
        report = await SetupBuilder(request, guild, linked).run()
        again: list[Item] = [RepairButton.make(request.words("Try again"))] if report.is_unfinished else []
        await request.show(render.report_page(request.words, linked, report, [again]))


class CreateButton(RoutedButton, route="setups:create"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        await request.services[SetupService].require_unlinked(request.caller)  # before somebody fills in the form
        starts, ends = request.services[SetupService].default_term()
        form = CreateForm(request.words, request.interaction.user, f"{starts} ~ {ends}")
        await form.open(request.interaction)


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


class BeginPageButton(RoutedButton, route="setups:begin:{page:int}"):
    request_kind = Request

    async def act(self, request: Request, page: int) -> None:
        await begin(request, page)


class StatusButton(RoutedButton, route="setups:status"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        await begin(request)


class CreateForm(Form, route="setups:create"):
    """What an organisation needs to begin: names, kind, first officers and their term."""

    request_kind = Request

    def __init__(self, words: Words, user: discord.User | discord.Member, term: str) -> None:
        super().__init__(words("Create an organisation"))
        self.name_ja: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="name_ja", max_length=100, required=False
        )
        self.name_en: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="name_en", max_length=100, required=False
        )
        self.start: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="start",
            options=[
                discord.SelectOption(
                    label=words(text)[:100], value=start.value, default=start is Start.JAPAN_ASSOCIATION
                )
                for start, text in render.START_WORDS.items()
            ],
        )
        self.officers: discord.ui.UserSelect[Any] = discord.ui.UserSelect(
            custom_id="officers", required=True, min_values=1, max_values=10, default_values=[user]
        )
        self.term: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="term", default=term, max_length=60)
        self.add_item(labelled(words("Name in Japanese"), self.name_ja))
        self.add_item(labelled(words("Name in English"), self.name_en))
        self.add_item(labelled(words("What it is"), self.start))
        self.add_item(labelled(words("First national officers"), self.officers))
        self.add_item(
            labelled(
                words("Their term (first and last day)"),
                self.term,
                words("Rights end by themselves after the last day."),
            )
        )

    async def act(self, request: Request) -> None:
        if any(user.bot for user in self.officers.values):
            raise Invalid(N_("A bot can't be an officer. Please choose people."))
        today = local_date(host(request.interaction).clock.now(), HOME_ZONE)
        starts_on, ends_on = read_term(self.term.value, today)
        new = NewOrganisation(
            name_ja=self.name_ja.value,
            name_en=self.name_en.value,
            start=Start(self.start.values[0]),
            officers={user.id: user.display_name for user in self.officers.values},
            starts_on=starts_on,
            ends_on=ends_on,
            language=request.words.language,
        )
        await request.defer()
        await request.services[SetupService].create(request.caller, new)
        await build(request)


async def home_part(request: MemberRequest) -> HomePart:
    if not request.caller.manages_server:
        return HomePart()
    return HomePart(actions=[StatusButton.make(request.words("This server's set-up"), emoji="🛠️")])
