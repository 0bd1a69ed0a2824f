"""What an LC says of itself, and its history."""

from __future__ import annotations

from bot.features.local_committees.acting import heard_by
from bot.features.local_committees.models import Via
from bot.features.local_committees.service import LocalCommitteeService, OwnRecordService
from bot.features.local_committees.values import Card, OwnNames
from bot.features.people.rules import Right
from bot.i18n import N_, Words
from bot.ui.board import Board
from bot.ui.choices import chosen_one
from bot.ui.draft_forms import DraftForm
from bot.ui.fields import Choice, Lines, Text, or_none
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.local_committees import VIA_WORDS
from bot.ui.pages import Item, Page
from bot.ui.paging import BY_TIME
from bot.ui.requests import MemberRequest
from cogs.local_committees import render


class EditButton(RoutedButton, route="local_committees:edit:{lc_id:int}"):
    """For the LC's own officers; others say first how they heard it."""

    async def act(self, request: MemberRequest, lc_id: int) -> None:
        if lc_id in request.actor.officer_of:
            await edit(request, f"#{lc_id}", None)
            return
        request.actor.require(Right.EDIT_LC, lc_id)
        card, words = await request.services[LocalCommitteeService].show(request.actor, f"#{lc_id}"), request.words
        ways: list[Item] = [EditViaButton.make(words(VIA_WORDS[one]), lc_id=lc_id, via=one) for one in Via]
        text = words("You're entering this for the LC. How did they tell you?")
        title = words.either(card.name_ja, card.name_en)
        await request.show(Page(title=title, text=text, rows=[ways, [home_button(words)]]))


class EditViaButton(RoutedButton, route="local_committees:edit:{lc_id:int}:{via}"):
    async def act(self, request: MemberRequest, lc_id: int, via: str) -> None:
        await edit(request, f"#{lc_id}", chosen_one(Via, via))


async def edit(request: MemberRequest, ref: str, via: Via | None) -> None:
    """Open the form; the right is checked before somebody fills it in, and again when it is sent."""
    card = await request.services[LocalCommitteeService].show(request.actor, ref)
    via = heard_by(request.actor, Right.EDIT_LC, card.lc_id, via)
    await EditForm(request.words, card, via).open(request.interaction)


class HistoryButton(Board, route="local_committees:history:{lc_id:int}:{page:int}"):
    look = BY_TIME

    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int, page: int = 0) -> None:
        card, words = await request.services[LocalCommitteeService].show(request.actor, f"#{lc_id}"), request.words
        await cls.lay_out(
            request,
            await request.services[OwnRecordService].history(request.actor, lc_id, page),
            title=words("History: {lc}", lc=words.either(card.name_ja, card.name_en)),
            line=render.history_line,
            empty=words("No changes yet."),
            lc_id=lc_id,
        )


class EditForm(DraftForm[OwnNames], route="local_committees:edit", title=N_("LC details")):
    name_ja = Text(N_("LC name in Japanese"), 100, hint=N_("If it differs from the school's name"), required=False)
    name_en = Text(N_("LC name in English"), 100, required=False)
    aliases = Lines(
        N_("Other names, one per line"), 300, hint=N_("People can also search by these names"), required=False
    )
    club_type = Choice(N_("Type of club"), or_none(N_("not specified"), render.CLUB_WORDS))

    def __init__(self, words: Words, card: Card, via: Via | None) -> None:
        super().__init__(words, card.own)
        self.lc_id, self.via = card.lc_id, via

    async def act(self, request: MemberRequest) -> None:
        await request.services[OwnRecordService].edit(request.actor, self.lc_id, self.draft, self.via, self.kept)
        request.done = request.words("Saved.")
        card = await request.services[LocalCommitteeService].show(request.actor, f"#{self.lc_id}")
        await request.show(render.card_page(card, [], request.words, [[home_button(request.words)]]))
