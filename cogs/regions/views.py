from __future__ import annotations

import re

import discord
from discord import app_commands
from discord.utils import escape_markdown

from bot.errors import Invalid, NotFound
from bot.features import Services
from bot.features.homes.facts import Facts
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.rules import Right
from bot.features.regions.service import NO_REGION, RegionDraft, RegionEntry, RegionService, prefectures_named
from bot.i18n import N_, Words
from bot.ui.draft_forms import RowForm
from bot.ui.fields import Lines, LongText, Text
from bot.ui.forms import Form
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named

#: LCs that one form moves; a whole prefecture is one line of it.
MOST_LINES = 25


async def show_regions(request: MemberRequest) -> None:
    entries = await request.services[RegionService].entries(request.actor)
    words = request.words
    rows: list[list[Item]] = []
    if entries:
        options = [
            discord.SelectOption(label=words.either(one.name_ja, one.name_en), value=str(one.region_id))
            for one in entries
        ]
        rows.append([EntrySelect.make(words("Choose a region"), options)])
    rows.append([NewRegionButton.make(words("New region"), emoji="➕"), home_button(words)])
    lines = [
        words.plural("・{region}: {n} school", "・{region}: {n} schools", one.schools, region=_name(one, request))
        for one in entries
    ]
    text = "\n".join(lines) or words("There are no regions yet.")
    await request.show(Page(title=words("Regions"), text=text, rows=rows))


async def show_region(request: MemberRequest, region_id: int) -> None:
    entry = await _entry(request, region_id)
    words = request.words
    lines = [
        escape_markdown(words.either(entry.name_en, entry.name_ja)),
        words.plural("{n} school in this region.", "{n} schools in this region.", entry.schools),
    ]
    if entry.aliases:
        lines.append(words("Also searchable as: {names}", names=escape_markdown(words(", ").join(entry.aliases))))
    if entry.schools:
        lines.append(words("You can remove it once its schools have moved to other regions."))
    changing: list[Item] = [
        EditRegionButton.make(words("Edit"), emoji="✏️", region_id=region_id),
        BringButton.make(words("Move LCs here"), emoji="➡️", region_id=region_id),
        MoveRegionButton.make(words("Up"), emoji="⬆️", region_id=region_id, way="up"),
        MoveRegionButton.make(words("Down"), emoji="⬇️", region_id=region_id, way="down"),
        RemoveButton.make(words("Remove"), emoji="🗑️", disabled=entry.schools > 0, region_id=region_id),
    ]
    await request.show(
        Page(
            title=words.either(entry.name_ja, entry.name_en),
            text="\n".join(lines),
            rows=[changing, [RegionsButton.make(words("Back")), home_button(words)]],
        )
    )


async def _entry(request: MemberRequest, region_id: int) -> RegionEntry:
    for one in await request.services[RegionService].entries(request.actor):
        if one.region_id == region_id:
            return one
    raise NotFound(NO_REGION)


def _name(entry: RegionEntry, request: MemberRequest) -> str:
    return escape_markdown(request.words.either(entry.name_ja, entry.name_en))


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    if not request.actor.may(Right.EDIT_DIRECTORY):
        return HomePart()
    return HomePart(managing=[RegionsButton.make(request.words("Regions"), emoji="🗺️")])


RegionsButton = button_to("regions:list", show_regions)
EntrySelect = menu_to("regions:entry", show_region)


class NewRegionButton(RoutedButton, route="regions:new"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[RegionService].to_add(request.actor)  # checked before the form opens
        await RegionForm(request.words, RegionDraft("", "", [])).open(request.interaction)


class EditRegionButton(RoutedButton, route="regions:edit:{region_id:int}"):
    async def act(self, request: MemberRequest, region_id: int) -> None:
        await RegionForm(request.words, await _entry(request, region_id), region_id).open(request.interaction)


class BringButton(RoutedButton, route="regions:bring:{region_id:int}"):
    async def act(self, request: MemberRequest, region_id: int) -> None:
        entry = await _entry(request, region_id)
        await BringForm(request.words, entry.region_id).open(request.interaction)


class MoveRegionButton(RoutedButton, route="regions:move:{region_id:int}:{way}"):
    async def act(self, request: MemberRequest, region_id: int, way: str) -> None:
        await request.services[RegionService].move(request.actor, region_id, up=way == "up")
        request.done = request.words("Saved.")
        await show_regions(request)


class RemoveButton(RoutedButton, route="regions:remove:{region_id:int}"):
    async def act(self, request: MemberRequest, region_id: int) -> None:
        await request.services[RegionService].remove(request.actor, region_id)
        request.done = request.words("The region was removed.")
        await show_regions(request)


class RegionForm(RowForm[RegionDraft], route="regions:form"):
    titles = N_("New region"), N_("Edit region")
    name_ja = Text(N_("Name in Japanese"), 60, required=False)
    name_en = Text(N_("Name in English"), 60, hint=N_("One of the two names is enough"), required=False)
    aliases = Lines(
        N_("Other names, one per line"), 200, hint=N_("People can also find its LCs by these names"), required=False
    )

    def service(self, services: Services) -> RegionService:
        return services[RegionService]

    async def show(self, request: MemberRequest, row_id: int) -> None:
        await show_region(request, row_id)


class BringForm(Form, route="regions:bring_form", title=N_("Move LCs here")):
    """Which LCs and prefectures come into a region. All of them do, or none."""

    prefectures = LongText(
        N_("Whole prefectures"), 1000, hint=N_("One per line, such as 山口県; all of its schools move"), required=False
    )
    lcs = LongText(N_("Individual LCs"), 1000, hint=N_("One per line, such as 徳島大学"), required=False)

    def __init__(self, words: Words, region_id: int) -> None:
        super().__init__(words)
        self.region_id = region_id

    async def act(self, request: MemberRequest) -> None:
        lcs, prefectures = _split(self.lcs), _split(self.prefectures)
        if not lcs and not prefectures:
            raise Invalid(N_("Please enter at least one prefecture or LC."))
        if len(lcs) > MOST_LINES:
            raise Invalid(N_("You can move at most {n} LCs at once. Please do it in several steps."), n=MOST_LINES)
        ids = [await request.services[LocalCommitteeService].meant(request.actor, name) for name in lcs]
        await request.services[RegionService].bring(request.actor, self.region_id, ids, prefectures_named(prefectures))
        request.done = request.words("Saved.")
        await show_region(request, self.region_id)


def _split(text: str) -> list[str]:
    return list(filter(None, (part.strip() for part in re.split(r"[\n、,，]", text))))


class RegionManagement(app_commands.Group, name="regions"):
    @app_commands.command(name=named("command", "regions"), description=N_("Manage regions and their LCs"))
    async def regions(self, interaction: Interaction) -> None:
        await show_regions(await MemberRequest.open(interaction))
