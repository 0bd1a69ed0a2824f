"""What is coming: the list of events, and their part of home."""

from __future__ import annotations

from datetime import time

from discord import SelectOption
from discord.utils import escape_markdown

from bot.features.events.homes import may_make
from bot.features.events.invitations import invited
from bot.features.events.lists import Which
from bot.features.events.news import may_subscribe
from bot.features.events.on_home import Stands, called_off, lately, questions_open, this_week
from bot.features.events.queries import local
from bot.features.events.service import EventService
from bot.features.events.steps import CHECK_CERTIFICATE, DRAFTS, MAKE, REPLIES, SERIES, TELL_ME, answer_step
from bot.features.homes.facts import Fact, Facts
from bot.i18n import N_, Words
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.dates import short_date
from bot.ui.home import HomeLine, HomePart
from bot.ui.items import RoutedSelect
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from cogs.events import render
from cogs.events.pages import ShowButton, show_event

WHICH_WORDS = {
    Which.COMING: N_("All coming events"),
    Which.WEEK: N_("The next seven days"),
    Which.MONTH: N_("The next month"),
    Which.MINE: N_("My events"),
    Which.LC: N_("My LC"),
    Which.COMMITTEE: N_("My committees"),
    Which.REGION: N_("My region"),
    Which.ONLINE: N_("Online"),
    Which.OVER: N_("Past events"),
}
NOTHING = {
    Which.COMING: N_("No events are planned right now. Past events show what there has been."),
    Which.MINE: N_("You haven't signed up for anything yet. Choose an event from all coming ones."),
    Which.OVER: N_("There are no past events yet."),
}
STANDING = {
    Stands.WAITS: N_("{event}: you're in line"),
    Stands.COMES: N_("{event}: you're signed up"),
    Stands.ASKED: N_("{event}: a place is free for you"),
}
SEEN = N_("📷 {event}: see what it was like")
NOTHING_HERE = N_("No events are planned here right now. Have a look at all coming events.")


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    words = request.words
    lines = [home_line(one, N_("{event}: cancelled"), words) for one in facts[called_off]]
    found = sorted(facts[this_week], key=lambda one: (-(one.of or 0), one.n, one.local))
    asked = {one.id for one in facts[invited]}  # these stand above, with their answers
    lines += [home_line(one, STANDING.get(Stands(one.of or 0)), words) for one in found if one.id not in asked]
    lines += [_asking_line(one, words) for one in facts[questions_open]]
    return HomePart(
        ideas=lines, actions=[EventsButton.make(words("Events"), emoji=render.EMOJI, which=Which.COMING.value)]
    )


async def quiet_part(request: MemberRequest, facts: Facts) -> HomePart:
    """In a week without events, below what one can do: to hear of the next ones, and what there was."""
    if facts[this_week]:
        return HomePart()
    words, lines = request.words, list[HomeLine]()
    if facts[may_subscribe]:
        told = words("Nothing is planned this week. We can tell you when something comes.")
        lines.append(HomeLine(told, step_button(TELL_ME, words)))
    past = sorted(facts[lately], key=lambda one: one.local or "", reverse=True)
    lines += [home_line(one, SEEN if one.of else N_("{event}: see what it was"), words) for one in past]
    return HomePart(ideas=lines)


def home_line(one: Fact, standing: str | None, words: Words) -> HomeLine:
    """``standing``: a message id; how the reader stands towards it."""
    starts, title, host = local(one.local), words.either(one.ja, one.en), words.either(one.lc_ja, one.lc_en)
    assert starts is not None
    assert one.id is not None
    is_hour = starts.time() != time.min  # whole days begin at midnight
    when = render.local_time(starts, words) if is_hour else short_date(starts.date(), words)
    told = f"{when} {escape_markdown(title)}"
    if host:
        told = words("{event} ({host})", event=told, host=host)
    if standing is not None:
        told = words(standing, event=told)
    return HomeLine(told, ShowButton.make(title, emoji=render.EMOJI, event_id=one.id))


def _asking_line(one: Fact, words: Words) -> HomeLine:
    """The organisers ask something that the reader hasn't seen yet."""
    title, number = escape_markdown(words.either(one.ja, one.en)), one.n or 0
    told = words.plural(
        "{event}: the organisers ask {n} question", "{event}: the organisers ask {n} questions", number, event=title
    )
    return HomeLine(told, step_button(answer_step(one.id or 0), words))


class EventsButton(Board, route="events:list:{which}"):
    @classmethod
    async def show(cls, request: MemberRequest, which: str = Which.COMING.value, page: int = 0) -> None:
        words, shown = request.words, which_of(which)
        found = await request.services[EventService].coming(request.actor, shown, page)
        options = [
            option(render.title_of(one, words), one.event_id, render.plain_time(one.when, words, one.elsewhere))
            for one in found
        ]
        last = [step_button(MAKE, words), step_button(DRAFTS, words)] if may_make(request.actor) else []
        if last and host(request.interaction).settings.public_url is None:  # then texts have a code
            last.append(step_button(REPLIES, words))
        more = [step_button(SERIES, words), step_button(CHECK_CERTIFICATE, words)]
        if request.actor.person_id is not None:
            more.append(step_button(TELL_ME, words))
        await cls.lay_out(
            request,
            found,
            title=_list_title(shown, words),
            line=render.list_line,
            empty=words(NOTHING.get(shown, NOTHING_HERE)),
            menus=[[EventSelect.make(words("Choose an event"), options)]],
            beside=[[WhichSelect.make(words("Show other events"), which_options(request, shown))], more],
            last=last,
            which=shown.value,
        )


def _list_title(shown: Which, words: Words) -> str:
    told = words(WHICH_WORDS[shown])
    return told if shown in (Which.COMING, Which.MINE, Which.OVER) else words("Events: {which}", which=told)


def which_of(text: str) -> Which:
    """A name that isn't known any more, as on an older button, means all that is coming."""
    return Which(text) if text in {one.value for one in Which} else Which.COMING


def which_options(request: MemberRequest, shown: Which) -> list[SelectOption]:
    words = request.words
    kinds = [one for one in Which if one is not Which.LC or request.actor.lc_ids]
    options = [option(words(WHICH_WORDS[one]), one.value) for one in kinds]
    for one in options:
        one.default = one.value == shown.value
    return options


class WhichSelect(RoutedSelect, route="events:which"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await EventsButton.show(request, chosen[0])


class EventSelect(RoutedSelect, route="events:one"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await show_event(request, chosen_number(chosen))
