"""Which members: by the committees that interest them, by year, by what they are in the organisation."""

from __future__ import annotations

from typing import Any

from discord import SelectOption

from bot.errors import Conflict
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.loading import draft_step
from bot.features.audiences.rules import Audience, Members
from bot.features.audiences.service import ChoiceService
from bot.features.members.models import Kind
from bot.features.memberships.models import MembershipKind
from bot.features.memberships.rules import kinds
from bot.i18n import N_
from bot.ui.choices import chosen_numbers, chosen_one
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.announcements import render, routes
from cogs.announcements.options import back, draft_to_change

YEARS = range(1, 7)
#: Of those who don't study at a university.
WALKS = (Kind.GRADUATE, Kind.HIGH_SCHOOL, Kind.WORKING)


async def show_narrowing(request: MemberRequest, announcement_id: int) -> None:
    words, rule = request.words, await _rule(request, announcement_id)
    choices = await request.services[ChoiceService].choices(request.actor.organisation.id)
    reach = await request.services[DraftService].reach(request.actor, announcement_id)
    key: dict[str, Any] = {"announcement_id": announcement_id}
    committees = [
        SelectOption(label=short, value=str(one), default=one in rule.committee_ids)
        for one, short in choices.committees
    ]
    years = [
        SelectOption(label=render.year_text(year, words), value=str(year), default=year in rule.years) for year in YEARS
    ]
    years += [
        SelectOption(label=words(render.WALK_WORDS[walk]), value=walk.value, default=walk in rule.walks)
        for walk in WALKS
    ]
    standing = [
        SelectOption(label=render.kind_text(kind, words), value=kind.value, default=kind in rule.kinds)
        for kind in kinds()
    ]
    rows: list[list[Item]] = []
    if committees:
        anything = words("Whatever interests them")
        rows.append([CommitteesSelect.make(anything, committees, **_any_of(committees), **key)])
    rows += [
        [YearsSelect.make(words("Any year"), years, **_any_of(years), **key)],
        [KindsSelect.make(words("Any kind of membership"), standing, **_any_of(standing), **key)],
        back(announcement_id, words),
    ]
    people = reach.people or ()
    lines = [
        words(
            "**{audience}** ({n} people)",
            audience=render.members_text(rule, render.names_of(choices, words), words),
            n=len(people),
        ),
        *render.people_lines(people, words),
        words("A member has to fit all menus at once; an empty menu narrows nothing."),
    ]
    await request.show(Page(title=words("Which members"), text="\n".join(lines), rows=rows))


def _any_of(options: list[SelectOption]) -> dict[str, int]:
    return {"min_values": 0, "max_values": len(options)}


async def _rule(request: MemberRequest, announcement_id: int) -> Members:
    """Raises Conflict if somebody else has addressed it otherwise meanwhile."""
    rule = (await draft_to_change(request, announcement_id, "audience")).audience.rule
    if not isinstance(rule, Members):
        raise Conflict(
            N_("Somebody else has chosen another audience meanwhile. Please look at it again."),
            next_steps=[draft_step(announcement_id)],
        )
    return rule


async def _narrow(request: MemberRequest, announcement_id: int, **parts: Any) -> None:
    rule = (await _rule(request, announcement_id)).model_copy(update=parts)
    await request.services[DraftService].set(request.actor, announcement_id, audience=Audience(rule=rule))
    await show_narrowing(request, announcement_id)


class NarrowButton(RoutedButton, route=routes.NARROW):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await show_narrowing(request, announcement_id)


class CommitteesSelect(RoutedSelect, route="announcements:narrow_committees:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await _narrow(request, announcement_id, committee_ids=tuple(chosen_numbers(chosen)))


class YearsSelect(RoutedSelect, route="announcements:narrow_years:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        years = tuple(year for year in YEARS if str(year) in chosen)
        await _narrow(request, announcement_id, years=years, walks=tuple(one for one in WALKS if one.value in chosen))


class KindsSelect(RoutedSelect, route="announcements:narrow_kinds:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await _narrow(request, announcement_id, kinds=tuple(chosen_one(MembershipKind, one) for one in chosen))
