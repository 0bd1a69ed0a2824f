from __future__ import annotations

import asyncio
from typing import Any

import discord

from bot.errors import Conflict
from bot.features.channels.servers import unlink_step
from bot.features.channels.service import ChannelService
from bot.features.committees.service import CommitteeService, missing_answers, own_lcs
from bot.features.discord_roles.service import OPEN as ROLES
from bot.features.homes.facts import Facts
from bot.features.local_committees.queries import FIND
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.local_committees.values import MAX_TEXT, Found
from bot.features.organisations.models import OrganisationKind
from bot.features.people.rules import Right
from bot.i18n import N_, Words
from bot.paging import Part
from bot.ui.board import Board
from bot.ui.committees import committee_names
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, Whose, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.local_committees import contacts_step, terms_step
from bot.ui.opening import button_to, button_to_form, menu_to
from bot.ui.pages import Item, in_rows
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.local_committees import render
from cogs.local_committees.answers import AnswersButton
from cogs.local_committees.records import EditButton, HistoryButton


class FoundButton(Board, route="local_committees:find:{page:int}:{text:text}"):
    @classmethod
    async def show(cls, request: MemberRequest, text: str, page: int = 0) -> None:
        """A page of results; a single result is shown as its card right away."""
        found = await request.services[LocalCommitteeService].find(request.actor, text, page)
        if found.total == 1:
            await show(request, f"#{found.hits[0].lc_id}")
            return
        await _show_found(request, found, cls, text=text)


class RegionPageButton(Board, route="local_committees:region:{region_id:int}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, region_id: int, page: int = 0) -> None:
        """A page of a region's LCs."""
        found = await request.services[LocalCommitteeService].in_region(request.actor, region_id, page)
        await _show_found(request, found, cls, region_id=region_id)


async def _show_found(request: MemberRequest, found: Found, board: type[Board], **values: Any) -> None:
    """A list to choose from."""
    words = request.words
    text = words.either(found.region.name_ja, found.region.name_en) if found.region else found.text
    options = [render.option(hit, words) for hit in found.hits]
    await board.lay_out(
        request,
        Part(found.hits, found.page, found.pages, found.total),
        title=words.plural("“{text}”: {n} LC", "“{text}”: {n} LCs", found.total, text=text),
        line=render.hit_line,
        menus=[[PickSelect.make(words("Choose an LC"), options)]],
        last=[_find_button(words)],
        footer=render.legend({hit.state for hit in found.hits}, words),
        **values,
    )


async def look_up(request: MemberRequest, text: str) -> None:
    """The card of the LC that was chosen or named; what fits a part of a name, to choose from."""
    try:
        lc_id = await request.services[LocalCommitteeService].meant(request.actor, text)
    except Conflict:  # it fits several
        await FoundButton.show(request, text)
        return
    await show(request, f"#{lc_id}")


async def show(request: MemberRequest, ref: str) -> None:
    """The card of an LC, with all that the reader may do there."""
    words, actor = request.words, request.actor
    lc_id = await request.services[LocalCommitteeService].meant(actor, ref)
    card, answers = await request.services[CommitteeService].card(actor, lc_id)
    items: list[Item] = [step_button(contacts_step(lc_id), words)]
    if actor.may_in_part(Right.ANSWER_FOR_LC, lc_id):
        items.append(AnswersButton.make(words("Answers to the committees"), emoji="📋", lc_id=lc_id))
    if actor.may(Right.EDIT_LC, lc_id):
        items.append(EditButton.make(words("Edit"), emoji="✏️", lc_id=lc_id))
    if actor.may(Right.APPOINT_LC, lc_id):
        items.append(step_button(terms_step(lc_id), words))
    if actor.may(Right.SEE_LC_HISTORY, lc_id):
        items.append(HistoryButton.make(words("History"), lc_id=lc_id, page=0))
    places = None
    if actor.may(Right.KEEP_LC_SERVER, lc_id):
        places = await request.services[ChannelService].places(actor, lc_id)
        if places.own is not None:
            if places.own.guild_id == request.caller.guild_id:
                items.append(step_button(ROLES, words))
            items.append(step_button(unlink_step(lc_id), words))
    rows = [*in_rows(items), _around_card(words)]
    await request.show(render.card_page(card, answers, words, rows, places))


async def coverage(request: MemberRequest) -> None:
    """Counts and a map. Drawing takes a moment: the answer is deferred, and drawn beside the event loop."""
    counts = await request.services[LocalCommitteeService].coverage(request.actor)
    await request.defer()
    from cogs.local_committees.drawing import draw

    png = await asyncio.to_thread(draw, counts, request.words.language)
    options = [
        discord.SelectOption(label=request.words.either(one.name_ja, one.name_en), value=str(one.region_id))
        for one in counts.by_region
    ]
    rows: list[list[Item]] = [
        [RegionSelect.make(request.words("View the LCs of a region"), options)],
        [_find_button(request.words), home_button(request.words)],
    ]
    await request.show(render.coverage_page(counts, request.words, png, rows))


def _find_button(words: Words) -> Item:
    return AskButton.make(words("Find an LC"), emoji="🔎")


def _around_card(words: Words) -> list[Item]:
    return [_find_button(words), CoverageButton.make(words("Coverage"), emoji="🗾"), home_button(words)]


class ShowButton(RoutedButton, route="local_committees:show:{lc_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int) -> None:
        await show(request, f"#{lc_id}")


class PickSelect(RoutedSelect, route="local_committees:pick"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await show(request, f"#{chosen[0]}")


RegionSelect = menu_to("local_committees:region", RegionPageButton.show)
CoverageButton = button_to("local_committees:coverage", coverage)


class FindForm(Form, route="local_committees:ask", title=N_("Find an LC")):
    text = Text(N_("School, short name, place or region"), MAX_TEXT, hint=N_("One character is enough, for example 東"))

    async def act(self, request: MemberRequest) -> None:
        await FoundButton.show(request, self.text)


AskButton = button_to_form(FIND.custom_id, FindForm)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """The reader's LCs, and the committees that wait for the answer of one of them."""
    words, actor = request.words, request.actor
    if actor.organisation.kind != OrganisationKind.ASSOCIATION:
        return HomePart()
    names = {one.lc_id: words.either(one.lc_ja or "", one.lc_en or "") for one in facts[own_lcs]}
    actions: list[Item] = []
    waiting: list[HomeLine] = []
    for lc_id, name in names.items():
        assert lc_id is not None
        actions.append(ShowButton.make(name, emoji="🏫", lc_id=lc_id))
        if not actor.may_in_part(Right.ANSWER_FOR_LC, lc_id):
            continue
        label = words("Answer the committees")
        answer = AnswersButton.make(label if len(names) == 1 else f"{label}: {name}", emoji="📋", lc_id=lc_id)
        missing = [one for one in facts[missing_answers] if one.lc_id == lc_id]
        if not missing:
            actions.append(answer)
            continue
        in_order = sorted(missing, key=lambda one: one.n or 0)
        which = committee_names([one.ja or "" for one in in_order], words)
        text = words.plural(
            "{lc}: {n} committee still needs an answer for this year: {which}",
            "{lc}: {n} committees still need an answer for this year: {which}",
            len(missing),
            lc=name,
            which=which,
        )
        waiting.append(HomeLine(text, answer, Whose.LC))
    return HomePart(
        about_me=[words("Your LC: {name}", name=words(", ").join(names.values()))] if names else [],
        waiting=waiting,
        actions=[
            *actions,
            AskButton.make(words("Find an LC"), emoji="🔎"),
            CoverageButton.make(words("Coverage"), emoji="🗾"),
        ],
    )
