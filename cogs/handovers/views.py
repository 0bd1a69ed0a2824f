"""Pages and buttons from the first question to the new holder."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import discord
from discord import ButtonStyle

from bot.errors import Invalid, NotFound
from bot.features.handovers.checklists import ChecklistService, TickService
from bot.features.handovers.notes import LONGEST, PostNoteService
from bot.features.handovers.queries import handovers_offered
from bot.features.handovers.service import HandoverService
from bot.features.handovers.values import Ending, HandoverCard, Note
from bot.features.homes.facts import Facts
from bot.features.local_committees.acting import heard_by
from bot.features.people.rules import NOTICE_DAYS, Right
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board
from bot.ui.fields import LongText, Maybe, MonthDay, Officers, Term, User
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to
from bot.ui.pages import Item, in_rows
from bot.ui.requests import MemberRequest
from cogs.handovers import render

NO_POST = N_(
    "You don't hold a post that can be handed over. To see somebody else's handover, choose their term in the command."
)


async def own_term(request: MemberRequest) -> int:
    """Raises NotFound or Invalid where it isn't clear which term is meant."""
    mine = await request.services[HandoverService].mine(request.actor)
    if not mine:
        raise NotFound(NO_POST)
    if len(mine) > 1:
        raise Invalid(N_("You hold several posts. Please choose one of them in the command."))
    return mine[0].term_id


#: Handovers of one page, and questions of one page.
PAGE, ASKED = 20, 4


class MineButton(Board, route="handovers:mine"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        """The reader's handovers: of their own posts, and of those that they take over."""
        own, taken_over = await request.services[TickService].around(request.actor)
        mine = [*own, *taken_over]
        if not mine:
            raise NotFound(NO_POST)
        if len(mine) == 1:
            await show_term(request, mine[0].term_id)
            return
        part = part_of(mine, page, PAGE)
        style = ButtonStyle.primary
        await cls.lay_out(
            request,
            part,
            title=request.words("Handover"),
            line=lambda one, words: f"・{render.ending_line(one, words)}",
            menus=in_rows([TermButton.make(_label(one, request), style=style, term_id=one.term_id) for one in part]),
            in_last_row=True,
        )


def _label(one: Ending, request: MemberRequest) -> str:
    words = request.words
    post = words.either(one.post_ja, one.post_en)
    if one.discord_user_id == request.actor.caller.discord_user_id:
        return post
    return words("{post}: from {name}", post=post, name=one.name)


async def show_term(request: MemberRequest, term_id: int) -> None:
    await _show(request, await request.services[HandoverService].card(request.actor, term_id))


async def _show(request: MemberRequest, card: HandoverCard) -> None:
    words, ending = request.words, card.ending
    buttons: list[Item] = []
    if card.may_name:
        label = words("Name somebody else") if ending.candidate else words("Name a successor")
        style = ButtonStyle.secondary if ending.candidate else ButtonStyle.primary
        buttons.append(NameButton.make(label, style=style, term_id=ending.term_id))
        if ending.handover_id is not None:
            buttons.append(WithdrawButton.make(words("Withdraw"), handover_id=ending.handover_id))
    if card.may_read_note:
        buttons.append(NoteButton.make(words("Handover notes"), emoji="📝", term_id=ending.term_id, version=0))
    if card.may_set_date and ending.lc_id is not None:
        buttons.append(DateButton.make(words("The LC's handover date"), lc_id=ending.lc_id, term_id=ending.term_id))
    buttons.append(home_button(words))
    menus = _menus(card, words) if card.may_tick else []
    await request.show(render.card_page(card, words, [*menus, *in_rows(buttons)]))


def _menus(card: HandoverCard, words: Words) -> list[list[Item]]:
    """A menu to tick open items and one to untick others: three menus at most, for a post has 50 items."""
    menus: list[list[Item]] = []
    for word, placeholder in (
        ("done", words("Tick completed items (choose any number)")),
        ("open", words("Untick items")),
    ):
        options = [
            discord.SelectOption(label=render.item_text(item, words)[:100], value=item.key)
            for item in card.items
            if (item.done_at is None) is (word == "done")
        ]
        for part in range(-(-len(options) // 25)):
            some = options[part * 25 : (part + 1) * 25]
            key: dict[str, Any] = {"term_id": card.ending.term_id, "word": word, "part": part}
            menus.append([TickSelect.make(placeholder, some, max_values=len(some), **key)])
    return menus


async def name(
    request: MemberRequest,
    term_id: int,
    person: User,
    starts: date | None = None,
    ends: date | None = None,
) -> None:
    """Ask somebody to be the successor."""
    card = await request.services[HandoverService].name(
        request.actor, term_id, person.id, person.display_name, starts, ends
    )
    request.done = request.words("They were asked. Their term is entered once they say yes.")
    await _show(request, card)


TermButton = button_to("handovers:term:{term_id:int}", show_term)


class TickSelect(RoutedSelect, route="handovers:tick:{term_id:int}:{word}:{part:int}"):
    """``part``: of more items than one menu holds."""

    async def act(self, request: MemberRequest, chosen: list[str], term_id: int, word: str, part: int) -> None:
        await request.services[TickService].tick(request.actor, term_id, chosen, done=word == "done")
        request.done = request.words("Saved.")
        await show_term(request, term_id)


class NameButton(RoutedButton, route="handovers:name:{term_id:int}"):
    async def act(self, request: MemberRequest, term_id: int) -> None:
        card = await request.services[HandoverService].to_name(request.actor, term_id)
        await NameForm(request.words, card).open(request.interaction)


class NameForm(Form, route="handovers:name", title=N_("Name a successor")):
    person = Officers(N_("Successor"), 1, hint=N_("We'll ask them first. They can say no."))
    term = Term(N_("Term (first and last day)"), 60)

    def __init__(self, words: Words, card: HandoverCard) -> None:
        super().__init__(words)
        self.term_id, self.term = card.ending.term_id, (card.next_starts, card.next_ends)

    async def act(self, request: MemberRequest) -> None:
        await name(request, self.term_id, self.person[0], *self.term)


class WithdrawButton(RoutedButton, route="handovers:withdraw:{handover_id:int}"):
    async def act(self, request: MemberRequest, handover_id: int) -> None:
        term_id = await request.services[HandoverService].withdraw(request.actor, handover_id)
        request.done = request.words("The request was withdrawn.")
        await show_term(request, term_id)


class AnswerButton(RoutedButton, route="handovers:answer:{handover_id:int}:{word}"):
    async def act(self, request: MemberRequest, handover_id: int, word: str) -> None:
        accept = word == "yes"
        await request.services[HandoverService].answer(request.actor, handover_id, accept=accept)
        await request.show(render.answered_page(request.words, accept=accept))


class AskedButton(Board, route="handovers:asked"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        asked = part_of(await request.services[HandoverService].asked(request.actor), page, ASKED)
        words = request.words
        await cls.lay_out(
            request,
            asked,
            title=words("Would you take this on?"),
            line=render.asked_line,
            empty=words("Nothing is waiting for you just now."),
            below=[words(render.NO_REASON)] if asked else [],
            menus=[
                [
                    AnswerButton.make(
                        words("I'll take it on"), style=ButtonStyle.success, handover_id=one.handover_id, word="yes"
                    ),
                    AnswerButton.make(words("Not this time"), handover_id=one.handover_id, word="no"),
                ]
                for one in asked
            ],
            in_last_row=True,
        )


class NoteButton(RoutedButton, route="handovers:note:{term_id:int}:{version:int}"):
    """``version`` 0 is the latest."""

    async def act(self, request: MemberRequest, term_id: int, version: int) -> None:
        note = await request.services[PostNoteService].read(request.actor, term_id, version or None)
        words = request.words
        row: list[Item] = []
        if note.version > 1:
            row.append(NoteButton.make(words("Older"), emoji="◀️", term_id=term_id, version=note.version - 1))
        if note.version < note.of:
            row.append(NoteButton.make(words("Newer"), emoji="▶️", term_id=term_id, version=note.version + 1))
        if note.may_write and note.version == note.of:
            row.append(WriteButton.make(words("Write"), style=ButtonStyle.primary, term_id=term_id))
        row += [TermButton.make(words("Back"), term_id=term_id), home_button(words)]
        await request.show(render.note_page(note, words, [row]))


class WriteButton(RoutedButton, route="handovers:write:{term_id:int}"):
    async def act(self, request: MemberRequest, term_id: int) -> None:
        note = await request.services[PostNoteService].to_write(request.actor, term_id)
        await WriteForm(request.words, term_id, note).open(request.interaction)


class WriteForm(Form, route="handovers:write", title=N_("Handover notes")):
    text = LongText(
        N_("For the next officer"),
        LONGEST,
        hint=N_("These notes stay with the post. Please leave out personal matters."),
        required=False,
    )

    def __init__(self, words: Words, term_id: int, note: Note) -> None:
        super().__init__(words)
        self.term_id, self.text = term_id, note.text

    async def act(self, request: MemberRequest) -> None:
        await request.services[PostNoteService].write(request.actor, self.term_id, self.text)
        request.done = request.words("Saved.")
        await show_term(request, self.term_id)


class DateButton(RoutedButton, route="handovers:date:{lc_id:int}:{term_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int, term_id: int) -> None:
        heard_by(request.actor, Right.EDIT_LC, lc_id, None)  # the form asks nobody how they heard it
        await DateForm(request.words, lc_id, term_id).open(request.interaction)


class DateForm(Form, route="handovers:date", title=N_("Your LC's handover date")):
    day = Maybe(
        MonthDay(
            N_("New officers' first day"),
            10,
            hint=N_("Month and day when new officers start. Leave empty for 1 April."),
        )
    )

    def __init__(self, words: Words, lc_id: int, term_id: int) -> None:
        super().__init__(words)
        self.lc_id, self.term_id = lc_id, term_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[ChecklistService].set_date(request.actor, self.lc_id, self.day)
        request.done = request.words("Saved.")
        await show_term(request, self.term_id)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """What one is asked; and for officers whose term ends soon or is over, the way to their handover."""
    words, actor = request.words, request.actor
    ask = AskedButton.make(words("Answer"), emoji="🤝", style=ButtonStyle.success)
    waiting = [HomeLine(render.offered_line(one, words), ask) for one in facts[handovers_offered]]
    if not any(one.is_officer for one in actor.holdings):
        return HomePart(waiting=waiting)
    mine, taken_over = await request.services[TickService].around(actor)
    button = MineButton.make(words("Handover"), emoji="🤝")
    soon = actor.today + timedelta(days=NOTICE_DAYS)
    over = [one for one in mine if one.ends_on < actor.today]
    ending = [one for one in mine if actor.today <= one.last_day <= soon and not one.is_followed]
    waiting += [HomeLine(render.grace_line(one, words), button) for one in over]
    waiting += [HomeLine(render.ending_soon_line(one, words), button) for one in ending]
    is_time = taken_over or any(one.last_day <= soon for one in mine)
    return HomePart(waiting=waiting, actions=[button] if is_time else [], more=[button] if mine and not is_time else [])
