"""What an LC answers the standing committees for the year: two taps for its officers, three for a national officer."""

from __future__ import annotations

from discord import ButtonStyle, SelectOption

from bot.features.committees.models import Reply
from bot.features.committees.service import CommitteeService
from bot.features.local_committees.acting import heard_by
from bot.features.local_committees.models import Via
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.local_committees.values import Card
from bot.features.people.rules import Right
from bot.ui.choices import chosen_number, chosen_one
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.local_committees import VIA_WORDS
from bot.ui.pages import Item
from bot.ui.requests import MemberRequest
from cogs.local_committees import render

#: Stands in a route where there is no ``via`` or no reply.
NONE = "-"


async def open_answers(request: MemberRequest, card: Card, via: Via | None = None) -> None:
    """The LC's answers of this year, and a menu to choose the committee to answer.

    Who enters it for the LC first says how they heard it.
    """
    words = request.words
    if not request.actor.may_in_part(Right.ANSWER_FOR_LC, card.lc_id):
        request.actor.require(Right.ANSWER_FOR_LC, card.lc_id)
    answers = await request.services[CommitteeService].answers(request.actor, card.lc_id)
    rows: list[list[Item]] = []
    if via is None and card.lc_id not in request.actor.officer_of:
        text = words("You enter this for the LC. How did you hear its answer?")
        rows.append([ViaButton.make(words(VIA_WORDS[one]), lc_id=card.lc_id, via=one) for one in Via])
    else:
        text = words("Choose a committee to answer. The answer is for this year and can be changed at any time.")
        options = [
            SelectOption(label=one.abbreviation, value=str(one.committee_id))
            for one in answers
            if request.actor.may(Right.ANSWER_FOR_LC, card.lc_id, one.key)
        ]
        menu = words("Choose a committee")
        rows.append([CommitteeSelect.make(menu, options, lc_id=card.lc_id, via=via or NONE)] if options else [])
    rows.append([home_button(words)])
    await request.show(render.answers_page(card, answers, text, words, rows))


async def _card(request: MemberRequest, lc_id: int) -> Card:
    return await request.services[LocalCommitteeService].show(request.actor, f"#{lc_id}")


class AnswersButton(RoutedButton, route="local_committees:answers:{lc_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int) -> None:
        await open_answers(request, await _card(request, lc_id))


class ViaButton(RoutedButton, route="local_committees:answers:{lc_id:int}:{via}"):
    async def act(self, request: MemberRequest, lc_id: int, via: str) -> None:
        await open_answers(request, await _card(request, lc_id), chosen_one(Via, via))


class CommitteeSelect(RoutedSelect, route="local_committees:committee:{lc_id:int}:{via}"):
    async def act(self, request: MemberRequest, chosen: list[str], lc_id: int, via: str) -> None:
        words, heard = request.words, None if via == NONE else chosen_one(Via, via)
        card = await _card(request, lc_id)
        answers = await request.services[CommitteeService].answers(request.actor, lc_id)
        asked = next((one for one in answers if one.committee_id == chosen_number(chosen)), None)
        if asked is None:
            await open_answers(request, card, heard)
            return
        heard_by(request.actor, Right.ANSWER_FOR_LC, lc_id, heard, asked.key)

        def button(reply: Reply | None, label: str, style: ButtonStyle) -> Item:
            return ReplyButton.make(
                label, style=style, lc_id=lc_id, committee_id=asked.committee_id, reply=reply or NONE, via=via
            )

        replies = [
            button(reply, words(render.REPLY_WORDS[reply]), ButtonStyle.primary if reply is asked.reply else _PLAIN)
            for reply in Reply
        ]
        if asked.reply is not None:
            replies.append(button(None, words("Take the answer back"), _PLAIN))
        rows: list[list[Item]] = [replies, [AnswersButton.make(words("Back"), lc_id=lc_id), home_button(words)]]
        await request.show(render.committee_page(card, asked, words, rows))


_PLAIN = ButtonStyle.secondary


class ReplyButton(RoutedButton, route="local_committees:reply:{lc_id:int}:{committee_id:int}:{reply}:{via}"):
    async def act(self, request: MemberRequest, lc_id: int, committee_id: int, reply: str, via: str) -> None:
        heard = None if via == NONE else chosen_one(Via, via)
        answer = None if reply == NONE else chosen_one(Reply, reply)
        await request.services[CommitteeService].answer(request.actor, lc_id, committee_id, answer, heard)
        await open_answers(request, await _card(request, lc_id), heard)
