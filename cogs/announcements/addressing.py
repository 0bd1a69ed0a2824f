"""To whom: choosing the rule, and the LCs that are left out."""

from __future__ import annotations

from typing import Any

import discord
from discord import SelectOption

from bot.features.announcements.drafts import DraftService
from bot.features.audiences.rules import (
    AllLcs,
    Audience,
    CommitteeMembers,
    Everyone,
    InRegions,
    InStates,
    Members,
    Replied,
    Rule,
    TheseLcs,
    usual_places,
)
from bot.features.audiences.service import ChoiceService
from bot.features.committees.models import Reply
from bot.features.local_committees.models import State
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_, Words
from bot.ui.choices import chosen_number, chosen_numbers, chosen_one
from bot.ui.forms import Form, labelled
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.local_committees import STATE_WORDS as LC_STATE_WORDS
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.announcements import render, routes
from cogs.announcements.drafting import show_draft
from cogs.announcements.narrowing import show_narrowing
from cogs.announcements.options import NOTHING, back, draft_of, draft_to_change
from cogs.announcements.routes import to

RULES = {
    "all_lcs": N_("all member LCs"),
    "everyone": N_("everyone"),
    "regions": N_("LCs of some regions"),
    "replied": N_("LCs by their answer to a committee"),
    "states": N_("LCs by their state"),
    "committee": N_("those in charge of a committee"),
    "lcs": N_("LCs that I name"),
    "members": N_("members, by committee, year or kind"),
}
#: States in which there is somebody to speak to.
STATES = (State.MEMBER, State.DORMANT, State.APPLYING, State.FOUNDING, State.LEAD)


async def show_audience(request: MemberRequest, announcement_id: int) -> None:
    draft, words = await draft_to_change(request, announcement_id, "audience"), request.words
    choices = await request.services[ChoiceService].choices(request.actor.organisation.id, draft.audience)
    kind = draft.audience.rule.kind
    options = [SelectOption(label=words(text), value=one, default=one == kind) for one, text in RULES.items()]
    text = render.audience_text(draft.audience, render.names_of(choices, words), words)
    explained = words("It is looked up when the announcement goes out: an LC that joins before then gets it too.")
    finer: Item
    if isinstance(draft.audience.rule, Members):
        explained = words("It is looked up when the announcement goes out: who joins before then is among them.")
        finer = to(routes.NARROW, words("By committee, year or kind"), emoji="🔎", announcement_id=announcement_id)
    else:
        finer = ExcludeButton.make(words("Leave LCs out"), emoji="➖", announcement_id=announcement_id)
    rows: list[list[Item]] = [
        [RuleSelect.make(words("Choose to whom"), options, announcement_id=announcement_id)],
        [finer],
        back(announcement_id, words),
    ]
    await request.show(Page(title=words("To whom"), text=f"**{text}**\n{explained}", rows=rows))


async def set_rule(request: MemberRequest, announcement_id: int, rule: Rule) -> None:
    """Set the rule, and the places that go with it if the kind of rule changes."""
    draft = await draft_of(request, announcement_id)
    # LCs that are left out are LCs; of persons none is.
    excluded = () if isinstance(rule, Members) else draft.audience.excluded
    changes: dict[str, Any] = {"audience": Audience(rule=rule, excluded=excluded)}
    if draft.audience.rule.kind != rule.kind:
        changes["places"] = usual_places(rule)
    if isinstance(rule, Replied | CommitteeMembers):
        changes["committee_id"] = rule.committee_id
    await request.services[DraftService].set(request.actor, announcement_id, **changes)


async def address(request: MemberRequest, announcement_id: int, rule: Rule) -> None:
    await set_rule(request, announcement_id, rule)
    await show_draft(request, announcement_id)


async def _ask(request: MemberRequest, announcement_id: int, menu: Item) -> None:
    words = request.words
    await request.show(Page(title=words("To whom"), rows=[[menu], back(announcement_id, words)]))


class AudienceButton(RoutedButton, route=routes.AUDIENCE):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await show_audience(request, announcement_id)


class RuleSelect(RoutedSelect, route="announcements:rule:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        words, key = request.words, {"announcement_id": announcement_id}
        await draft_to_change(request, announcement_id, "audience")
        match chosen[0]:
            case "everyone":
                await address(request, announcement_id, Everyone())
            case "all_lcs":
                await address(request, announcement_id, AllLcs())
            case "members":
                await set_rule(request, announcement_id, Members())
                await show_narrowing(request, announcement_id)
            case "lcs":
                await LcsForm(words, announcement_id, exclude=False).open(request.interaction)
            case "states":
                options = [SelectOption(label=words(LC_STATE_WORDS[one]), value=one.value) for one in STATES]
                menu = StatesSelect.make(words("Choose states"), options, max_values=len(options), **key)
                await _ask(request, announcement_id, menu)
            case "regions":
                choices = await request.services[ChoiceService].choices(request.actor.organisation.id)
                options = [
                    SelectOption(label=words.either(ja, en)[:100], value=str(one)) for one, ja, en in choices.regions
                ]
                regions = RegionsSelect.make(words("Choose regions"), options, max_values=len(options), **key)
                await _ask(request, announcement_id, regions)
            case kind:
                choices = await request.services[ChoiceService].choices(request.actor.organisation.id)
                options = [SelectOption(label=short, value=str(one)) for one, short in choices.committees]
                which = CommitteeSelect.make(words("Choose a committee"), options, kind=kind, **key)
                await _ask(request, announcement_id, which)


class RegionsSelect(RoutedSelect, route="announcements:regions:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await address(request, announcement_id, InRegions(region_ids=tuple(chosen_numbers(chosen))))


class StatesSelect(RoutedSelect, route="announcements:states:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await address(request, announcement_id, InStates(states=tuple(chosen_one(State, one) for one in chosen)))


class CommitteeSelect(RoutedSelect, route="announcements:committee:{announcement_id:int}:{kind}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int, kind: str) -> None:
        committee_id, words = chosen_number(chosen), request.words
        if kind == "committee":
            await address(request, announcement_id, CommitteeMembers(committee_id=committee_id))
            return
        await draft_to_change(request, announcement_id, "audience")
        options = [
            SelectOption(label=words(text), value=reply.value if reply else NOTHING)
            for reply, text in render.REPLY_WORDS.items()
        ]
        menu = RepliesSelect.make(
            words("Choose answers"),
            options,
            max_values=len(options),
            announcement_id=announcement_id,
            committee_id=committee_id,
        )
        await _ask(request, announcement_id, menu)


class RepliesSelect(RoutedSelect, route="announcements:replies:{announcement_id:int}:{committee_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int, committee_id: int) -> None:
        replies = tuple(None if one == NOTHING else chosen_one(Reply, one) for one in chosen)
        await address(request, announcement_id, Replied(committee_id=committee_id, replies=replies))


class ExcludeButton(RoutedButton, route="announcements:exclude:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await draft_to_change(request, announcement_id, "audience")
        await LcsForm(request.words, announcement_id, exclude=True).open(request.interaction)


class LcsForm(Form, route="announcements:lcs"):
    """LCs by name, one a line: to whom it goes, or who is left out."""

    def __init__(self, words: Words, announcement_id: int, *, exclude: bool) -> None:
        super().__init__(words("Leave LCs out") if exclude else words("LCs that I name"))
        self.announcement_id, self.exclude = announcement_id, exclude
        self.names: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="names", style=discord.TextStyle.paragraph, max_length=2_000, required=not exclude
        )
        hint = words("Empty: none is left out") if exclude else words("Short names do too, for example 東大")
        self.add_item(labelled(words("LCs, one a line"), self.names, hint))

    async def act(self, request: MemberRequest) -> None:
        service = request.services[LocalCommitteeService]
        names = [name.strip() for name in self.names.value.replace("、", "\n").split("\n") if name.strip()]
        lc_ids = tuple([(await service.show(request.actor, name)).lc_id for name in names])
        if not self.exclude:
            await address(request, self.announcement_id, TheseLcs(lc_ids=lc_ids))
            return
        draft = await draft_of(request, self.announcement_id)
        audience = Audience(rule=draft.audience.rule, excluded=lc_ids)
        await request.services[DraftService].set(request.actor, self.announcement_id, audience=audience)
        await show_draft(request, self.announcement_id)
