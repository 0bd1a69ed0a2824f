"""Whom an event's organisers invite, what those people see, and what they answer."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.deliveries.values import Due
from bot.errors import NextStep
from bot.features.events.invitations import invited
from bot.features.events.invited import Answer
from bot.features.events.inviting import Invitations, InvitationService, InvitedPerson
from bot.features.events.models import EventState
from bot.features.events.queries import EventCard
from bot.features.events.steps import decline_step, invite_step, organise_step
from bot.features.homes.facts import Fact, Facts
from bot.features.members.finding import MAX_TEXT, FindService
from bot.i18n import N_, Words
from bot.paging import Part
from bot.ui.board import Board, option
from bot.ui.choices import chosen_numbers
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.joining import JoinButton
from cogs.events.lists import home_line
from cogs.events.pages import ChargeButton, ShowButton, show_event

INVITE_EMOJI = "💌"
ANSWER_WORDS = {
    Answer.COMES: N_("Coming: {n}"),
    Answer.WAITS: N_("Waiting for a place: {n}"),
    Answer.CANNOT: N_("Can't come: {n}"),
    Answer.OPEN: N_("No answer yet: {n}"),
}
SIGNS = {Answer.COMES: "✅", Answer.WAITS: "⏳", Answer.CANNOT: "➖", Answer.OPEN: "💌"}
# --- for those who are invited ---------------------------------------------------------------------------------------


class DeclineButton(RoutedButton, route="events:decline:{event_id:int}"):
    """On home, on the page of an event, and under a message."""

    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[InvitationService].decline(request.actor, event_id)
        request.done = request.words("Thank you for answering. Hope to see you another time!")
        await show_event(request, event_id)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    found = sorted(facts[invited], key=lambda one: (one.local or "", one.id))
    return HomePart(waiting=[_home_line(one, request.words) for one in found])


def _home_line(one: Fact, words: Words) -> HomeLine:
    found = home_line(one, N_("You're invited: {event}"), words)
    title = words.either(one.ja, one.en)
    join = JoinButton.make(
        words("Sign up: {event}", event=title), emoji="🙋", style=ButtonStyle.success, event_id=one.id
    )
    decline = DeclineButton.make(words("Can't come this time: {event}", event=title), event_id=one.id)
    return HomeLine(found.text, found.button, beside=[join, decline])


async def _asked(occasion: Occasion, due: Due) -> EventCard | None:
    service = occasion.services[InvitationService]
    return await service.asked(due.organisation_id, due.payload["event"], due.recipient.id)


def _message(event: EventCard, title: str, note: str, words: Words) -> Message:
    number = event.event_id
    page = render.card_page(event, words)
    row: list[Item] = [
        JoinButton.make(render.join_label(event, words), emoji="🙋", style=ButtonStyle.success, event_id=number),
        step_button(decline_step(number), words),
        ShowButton.make(words("View the event"), event_id=number),
        home_button(words),
    ]
    text = "\n".join([note, "", page.text])
    footer = words("You can turn messages about events off with /me.")
    return Message(Page(title, text, rows=[row], colour=page.colour, footer=footer))


async def invitation(occasion: Occasion, due: Due) -> Message | None:
    event, words = await _asked(occasion, due), occasion.words
    if event is None:
        return None
    title = words("You're invited: {event}", event=escape_markdown(render.title_of(event, words)))
    return _message(event, title, words("Would you like to come? Whichever it is, one press is enough."), words)


async def invitation_line(occasion: Occasion, due: Due) -> Line | None:
    return await _line(occasion, due, N_("You're invited: {event}"))


async def reminder(occasion: Occasion, due: Due) -> Message | None:
    event, words = await _asked(occasion, due), occasion.words
    if event is None:
        return None
    title = words("Will you come? {event}", event=escape_markdown(render.title_of(event, words)))
    note = words("Your answer would help the organisers to plan. If you can't come this time, that's fine, too.")
    return _message(event, title, note, words)


async def reminder_line(occasion: Occasion, due: Due) -> Line | None:
    return await _line(occasion, due, N_("Will you come? {event}"))


async def _line(occasion: Occasion, due: Due, told: str) -> Line | None:
    event, words = await _asked(occasion, due), occasion.words
    if event is None:
        return None
    title = render.title_of(event, words)
    return Line(words(told, event=escape_markdown(title)), ShowButton.make(title, event_id=event.event_id))


async def look(occasion: Occasion, due: Due) -> None:
    await occasion.services[InvitationService].look(due.payload["event"])


# --- for its organisers ----------------------------------------------------------------------------------------------


class InvitationsButton(Board, route="events:invite:{event_id:int}"):
    """Who was invited: by name for organisers, in numbers for officers of the place."""

    @classmethod
    async def show(cls, request: MemberRequest, event_id: int, page: int = 0) -> None:
        words = request.words
        found = await request.services[InvitationService].invitations(request.actor, event_id, page)
        await cls.lay_out(
            request,
            found.people if found.people is not None else Part[InvitedPerson](),
            title=words("Invitations: {event}", event=escape_markdown(render.title_of(found.event, words))),
            above=_counted(found, words),
            line=lambda one, words: f"{SIGNS[one.answer]} {escape_markdown(one.name)}",
            last=_inviting(found, words),
            event_id=event_id,
        )


def _counted(found: Invitations, words: Words) -> list[str]:
    total = sum(found.counts.values())
    if not total:
        return [
            words(
                "Nobody is invited yet. Those you invite see it on /home. Those who chose direct messages get one, too."
            )
        ]
    lines = [words.plural("{n} person is invited.", "{n} people are invited.", total)]
    lines += [
        f"{SIGNS[answer]} {words(text, n=found.counts[answer])}"
        for answer, text in ANSWER_WORDS.items()
        if found.counts.get(answer)
    ]
    if found.counts.get(Answer.OPEN):
        lines.append(words("Those who haven't answered are reminded once, some days before sign-up closes."))
    if found.people is None:
        lines.append(words("Only its organisers see names."))
    return [*lines, ""]


def _inviting(found: Invitations, words: Words) -> Sequence[Item]:
    event, number = found.event, found.event.event_id
    items: list[Item] = []
    if event.state is EventState.POSTED:
        if event.lc_id is not None:
            lc = words.either(event.lc_ja, event.lc_en)
            items.append(InviteLcButton.make(words("All members of {lc}", lc=lc), emoji=INVITE_EMOJI, event_id=number))
        items.append(InviteByNameButton.make(words("Choose people by name"), emoji="🔎", event_id=number))
    if not event.is_organiser:
        items.append(ChargeButton.make(words("Become an organiser"), event_id=number))
    return [*items, step_button(NextStep(N_("Back"), organise_step(number).custom_id), words)]


class InviteLcButton(RoutedButton, route="events:invite_lc:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        count = await request.services[InvitationService].invite_lc(request.actor, event_id)
        await _invited(request, event_id, count)


async def _invited(request: MemberRequest, event_id: int, count: int) -> None:
    words = request.words
    if count:
        request.done = words.plural("{n} person was invited.", "{n} people were invited.", count)
    else:
        request.done = words("They were all invited before. Nobody was told again.")
    await InvitationsButton.show(request, event_id)


class InviteForm(Form, route="events:invite_form", title=N_("Choose people by name")):
    text = Text(N_("Name, reading, school or committee"), MAX_TEXT, hint=N_("One character is enough, for example 東"))

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        await FoundButton.show(request, self.event_id, self.text)


class InviteByNameButton(RoutedButton, route="events:invite_by_name:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[InvitationService].may_invite(request.actor, event_id)
        await InviteForm(request.words, event_id).open(request.interaction)


class FoundButton(Board, route="events:invite_found:{event_id:int}:{page:int}:{text:text}"):
    @classmethod
    async def show(cls, request: MemberRequest, event_id: int, text: str, page: int = 0) -> None:
        found, words = await request.services[FindService].find(request.actor, text, page), request.words
        options = [option(one.name, one.person_id, words.either(one.school_ja, one.school_en)) for one in found.hits]
        menu = InviteSelect.make(words("Whom do you invite?"), options, max_values=len(options), event_id=event_id)
        await cls.lay_out(
            request,
            Part(found.hits, found.page, found.pages, found.total),
            title=words.plural("{n} result for “{text}”", "{n} results for “{text}”", found.total, text=found.text),
            line=lambda one, words: f"・{escape_markdown(one.name)}",
            menus=[[menu]],
            last=[
                InviteByNameButton.make(words("Search again"), emoji="🔎", event_id=event_id),
                step_button(NextStep(N_("Back"), invite_step(event_id).custom_id), words),
            ],
            event_id=event_id,
            text=found.text,
        )


class InviteSelect(RoutedSelect, route="events:invite_people:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        people = chosen_numbers(chosen)
        count = await request.services[InvitationService].invite(request.actor, event_id, people)
        await _invited(request, event_id, count)
