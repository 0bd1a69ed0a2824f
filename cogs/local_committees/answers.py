"""What an LC answers the standing committees for the year: all of it in one form, a tap for each committee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from discord import ButtonStyle

from bot.errors import Invalid
from bot.features.committees.models import Reply
from bot.features.committees.service import Answered, CommitteeService
from bot.features.local_committees.models import Via
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.local_committees.values import Card
from bot.features.people.rules import Right, fiscal_year
from bot.i18n import N_, Words
from bot.ui.choices import chosen_one
from bot.ui.committees import committee_name
from bot.ui.fields import Several
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.local_committees import VIA_WORDS
from bot.ui.pages import Item
from bot.ui.requests import MemberRequest
from cogs.local_committees import render

#: Stands in a route where there is no ``via`` or no reply.
NONE = "-"


async def open_answers(request: MemberRequest, card: Card, via: Via | None = None) -> None:
    """The form with the LC's answers of this year. Those who answer on behalf of the LC first say how they heard it."""
    words, actor = request.words, request.actor
    if not actor.may_in_part(Right.ANSWER_FOR_LC, card.lc_id):
        actor.require(Right.ANSWER_FOR_LC, card.lc_id)
    answers = await request.services[CommitteeService].answers(actor, card.lc_id)
    mine = [one for one in answers if actor.may(Right.ANSWER_FOR_LC, card.lc_id, one.key)]
    if mine and (via is not None or card.lc_id in actor.officer_of):
        await AnswersForm(words, mine, card.lc_id, via, fiscal_year(request.today)[0].year).open(request.interaction)
        return
    ways: list[Item] = [ViaButton.make(words(VIA_WORDS[one]), lc_id=card.lc_id, via=one) for one in Via]
    text = words("You enter this for the LC. How did you hear its answer?") if mine else ""
    rows: list[list[Item]] = [ways if mine else [], [home_button(words)]]
    await request.show(render.answers_page(card, answers, text, words, rows))


async def _show_kept(request: MemberRequest, lc_id: int, via: Via | None, n: int) -> None:
    """The LC's answers of this year, after ``n`` of them were kept."""
    words, card = request.words, await _card(request, lc_id)
    answers = await request.services[CommitteeService].answers(request.actor, lc_id)
    text = words("The answers are for this year. You can change them at any time.")
    change = ViaButton.make(words("Change the answers"), style=ButtonStyle.primary, lc_id=lc_id, via=via or NONE)
    request.done = words.plural("{n} answer was saved.", "{n} answers were saved.", n)
    await request.show(render.answers_page(card, answers, text, words, [[change, home_button(words)]]))


async def _card(request: MemberRequest, lc_id: int) -> Card:
    return await request.services[LocalCommitteeService].show(request.actor, f"#{lc_id}")


class AnswersForm(Form, route="local_committees:answers", title=N_("Answers to the committees")):
    """A committee that isn't ticked has no answer: silence is never a yes. Only what was given is ticked already."""

    joining = Several[int](
        N_("🟢 We take part"), hint=N_("A committee without a tick has no answer. Take a tick away to take it back.")
    )
    watching = Several[int](N_("👀 We watch for now"))
    not_this_year = Several[int](N_("➖ Not this year"))

    def __init__(self, words: Words, answers: Sequence[Answered], lc_id: int, via: Via | None, year: int) -> None:
        options = {one.committee_id: committee_name(one.abbreviation, words) for one in answers}
        kind = type(self)
        groups = kind.joining, kind.watching, kind.not_this_year
        super().__init__(words, fields=[replace(group, options=options) for group in groups])
        self.lc_id, self.via, self.year = lc_id, via, year
        #: What was answered when the form opened: an answer that stays the same isn't given again.
        self.before = {one.committee_id: one.reply for one in answers}
        self.names = options
        self.joining = [number for number, reply in self.before.items() if reply is Reply.JOINING]
        self.watching = [number for number, reply in self.before.items() if reply is Reply.WATCHING]
        self.not_this_year = [number for number, reply in self.before.items() if reply is Reply.NOT_THIS_YEAR]

    async def act(self, request: MemberRequest) -> None:
        now: dict[int, Reply] = {}
        ticked = (
            (Reply.JOINING, self.joining),
            (Reply.WATCHING, self.watching),
            (Reply.NOT_THIS_YEAR, self.not_this_year),
        )
        for reply, committees in ticked:
            for number in committees:
                if number in now:
                    text = N_("{committee} is ticked twice. Please tick one answer for each committee.")
                    raise Invalid(text, committee=self.names[number])
                now[number] = reply
        changed = {number: now.get(number) for number, reply in self.before.items() if now.get(number) is not reply}
        await request.services[CommitteeService].answer(request.actor, self.lc_id, changed, self.via, self.year)
        await _show_kept(request, self.lc_id, self.via, len(changed))


class AnswersButton(RoutedButton, route="local_committees:answers:{lc_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int) -> None:
        await open_answers(request, await _card(request, lc_id))


class ViaButton(RoutedButton, route="local_committees:answers:{lc_id:int}:{via}"):
    async def act(self, request: MemberRequest, lc_id: int, via: str) -> None:
        await open_answers(request, await _card(request, lc_id), _heard(via))


class CommitteeSelect(RoutedSelect, route="local_committees:committee:{lc_id:int}:{via}"):
    """On pages that were shown before all committees stood in one form."""

    async def act(self, request: MemberRequest, _chosen: list[str], lc_id: int, via: str) -> None:
        await open_answers(request, await _card(request, lc_id), _heard(via))


class ReplyButton(RoutedButton, route="local_committees:reply:{lc_id:int}:{committee_id:int}:{reply}:{via}"):
    """On the same pages: one answer."""

    async def act(self, request: MemberRequest, lc_id: int, committee_id: int, reply: str, via: str) -> None:
        answer = None if reply == NONE else chosen_one(Reply, reply)
        await request.services[CommitteeService].answer(request.actor, lc_id, {committee_id: answer}, _heard(via))
        await _show_kept(request, lc_id, _heard(via), 1)


def _heard(via: str) -> Via | None:
    return None if via == NONE else chosen_one(Via, via)
