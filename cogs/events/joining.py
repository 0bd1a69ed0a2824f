"""Signing up for an event: one press, and where something is asked, one form."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.events.answers import Paper
from bot.features.events.joining import Clash, JoiningService, Way
from bot.features.events.question_rules import Given
from bot.features.members import rules as members
from bot.features.members.service import MemberService
from bot.features.signups.models import PartyState
from bot.features.signups.values import Placed
from bot.i18n import N_, Words
from bot.ui.counts import choice_line
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page, in_rows
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.answering import AnswerForm
from cogs.events.pages import ShowButton, show_event

#: In a button, where there are no several ways to take part.
NO_CHOICE = 0
#: Of a message in Discord.
MOST_ROWS = 5


class JoinButton(RoutedButton, route="events:join:{event_id:int}"):
    """Under a post, and on the page of an event."""

    async def act(self, request: MemberRequest, event_id: int) -> None:
        way = await request.services[JoiningService].way(request.actor, event_id)
        if not way.has_joined:
            await _show_notice(request, event_id)
            return
        if way.clashes:
            await _show_clashes(request, event_id, way.clashes)
            return
        await _choose_or_go(request, event_id, way)


class JoinAnywayButton(RoutedButton, route="events:join_anyway:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await _choose_or_go(request, event_id, await request.services[JoiningService].way(request.actor, event_id))


async def _choose_or_go(request: MemberRequest, event_id: int, way: Way) -> None:
    """Where there are several ways to take part, the reader presses one first."""
    if not way.choices:
        await _go(request, event_id, way)
        return
    words = request.words
    ways: list[Item] = [
        JoinAsButton.make(
            choice_line(one, words), style=ButtonStyle.success, event_id=event_id, choice_id=one.choice_id
        )
        for one in way.choices
    ]
    rows = [*in_rows(ways)]
    back = ShowButton.make(words("Back"), event_id=event_id)
    rows = [*rows, [back]] if len(rows) < MOST_ROWS else rows
    text = words("Press how you take part. If it is full, you wait in line for it.")
    await request.show(Page(words("How do you take part?"), text, rows=rows))


class JoinAsButton(RoutedButton, route="events:join_as:{event_id:int}:{choice_id:int}"):
    async def act(self, request: MemberRequest, event_id: int, choice_id: int) -> None:
        way = await request.services[JoiningService].way(request.actor, event_id)
        if choice_id not in {one.choice_id for one in way.choices}:
            await _choose_or_go(request, event_id, way)  # it isn't offered any more
            return
        await _go(request, event_id, way, choice_id)


async def _go(request: MemberRequest, event_id: int, way: Way, choice_id: int | None = None) -> None:
    """People are told before that they could be named."""
    words = request.words
    if not way.shows_names:
        await _take(request, event_id, way, choice_id, is_named=False)
        return
    choice_id = choice_id or NO_CHOICE
    with_name = words("Sign up with my name")
    row = [
        NamedButton.make(with_name, style=ButtonStyle.success, event_id=event_id, choice_id=choice_id, yes=1),
        NamedButton.make(words("Sign up without my name"), event_id=event_id, choice_id=choice_id, yes=0),
        ShowButton.make(words("Back"), event_id=event_id),
    ]
    text = words(
        "The post of this event names those who come, and everybody in the channel reads it. You decide whether your "
        "name appears. You can change it later on the event's page."
    )
    await request.show(Page(words("Your name on the post"), text, rows=[row]))


class NamedButton(RoutedButton, route="events:named:{event_id:int}:{choice_id:int}:{yes:int}"):
    async def act(self, request: MemberRequest, event_id: int, choice_id: int, yes: int) -> None:
        way = await request.services[JoiningService].way(request.actor, event_id)
        await _take(request, event_id, way, choice_id or None, is_named=bool(yes))


async def _take(request: MemberRequest, event_id: int, way: Way, choice_id: int | None, *, is_named: bool) -> None:
    """The form, where something has to be answered before; else the place."""
    if way.paper is None or not way.asks_first:
        await _join(request, event_id, choice_id=choice_id, is_named=is_named)
        return

    async def read(request: MemberRequest) -> Paper | None:
        return (await request.services[JoiningService].way(request.actor, event_id)).paper

    async def send(request: MemberRequest, given: Given) -> None:
        await _join(request, event_id, given, choice_id, is_named=is_named)

    await AnswerForm(request.words, way.paper, read, send).open(request.interaction)


async def _join(
    request: MemberRequest,
    event_id: int,
    given: Given | None = None,
    choice_id: int | None = None,
    *,
    is_named: bool = False,
) -> None:
    service = request.services[JoiningService]
    placed = await service.join(request.actor, event_id, given, choice_id, is_named=is_named)
    request.done = _placed(placed, request.words)
    await show_event(request, event_id, says=False)


def _placed(placed: Placed, words: Words) -> str:
    if placed.state is PartyState.ACCEPTED:
        return words("You're signed up. See you there!")
    if placed.state is PartyState.WAITING and placed.position is not None:
        return words("It's full. You're number {n} in the line. We'll ask you when a place is free.", n=placed.position)
    return words("Your application has arrived. The organiser will answer.")


async def _show_clashes(request: MemberRequest, event_id: int, clashes: Sequence[Clash]) -> None:
    words = request.words
    lines = [
        f"・{escape_markdown(words.either(one.title_ja, one.title_en))} ({render.local_time(one.starts, words)})"
        for one in clashes
    ]
    text = words("You have something else at that time. You can sign up for both.")
    row = [
        JoinAnywayButton.make(words("Sign up anyway"), style=ButtonStyle.success, event_id=event_id),
        ShowButton.make(words("Back"), event_id=event_id),
    ]
    await request.show(Page(words("At the same time"), "\n".join([text, *lines]), rows=[row]))


async def _show_notice(request: MemberRequest, event_id: int) -> None:
    """For somebody who hasn't joined: what their data are for, and the one form."""
    words, organisation = request.words, request.actor.organisation
    name = words.either(organisation.name_ja, organisation.name_en)
    agree = AgreeButton.make(
        words("I agree, sign me up"), style=ButtonStyle.success, event_id=event_id, version=members.VERSION
    )
    page = Page(
        words("How we use your data"),
        "\n".join(
            [
                words("To sign up, please read this once. Then tell us your name and school."),
                *(words(line, name=escape_markdown(name)) for line in members.NOTICE),
                words("Nothing is saved until you agree."),
            ]
        ),
        rows=[[agree, ShowButton.make(words("Back"), event_id=event_id)]],
        footer=words("Version {version}", version=members.VERSION),
    )
    await request.show(page)


class AgreeButton(RoutedButton, route="events:agree:{event_id:int}:{version}"):
    async def act(self, request: MemberRequest, event_id: int, version: str) -> None:
        await NewcomerForm(request.words, event_id, version, request.caller.display_name).open(request.interaction)


class NewcomerForm(Form, route="events:newcomer", title=N_("Sign up")):
    name = Text(N_("Your name"), 100, hint=N_("What should we call you? It needn't be your full name."))
    school = Text(N_("Your school"), 100, hint=N_("Such as the University of Tokyo, or “high school”, or “work”"))

    def __init__(self, words: Words, event_id: int, version: str, called: str) -> None:
        super().__init__(words)
        self.event_id, self.version, self.name = event_id, version, called

    async def act(self, request: MemberRequest) -> None:
        service, language = request.services[MemberService], request.words.language
        if not await service.join_on_the_way(request.actor, language, self.version, self.name, self.school):
            await _show_notice(request, self.event_id)
            return
        joined = await MemberRequest.open(request.interaction)  # with the record that there is now
        way = await joined.services[JoiningService].way(joined.actor, self.event_id)
        if way.choices:
            joined.done = joined.words("Thank you. You've joined.")
            await _choose_or_go(joined, self.event_id, way)
        elif way.asks_first:
            await _show_questions(joined, self.event_id)
        else:
            await _join(joined, self.event_id)


async def _show_questions(request: MemberRequest, event_id: int) -> None:
    """A form can't open another one."""
    words = request.words
    go = JoinButton.make(words("Answer and sign up"), emoji="📝", style=ButtonStyle.success, event_id=event_id)
    text = words("One step is left: the organisers need a few answers. You have your place once you send them.")
    request.done = words("Thank you. You've joined.")
    await request.show(
        Page(words("Almost there"), text, rows=[[go, ShowButton.make(words("Back"), event_id=event_id)]])
    )
