"""The page of an event for its organisers: everything that they do with it, one press each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import partial

from bot.errors import NextStep
from bot.features.events.models import EventState
from bot.features.events.queries import EventCard
from bot.features.events.service import EventService
from bot.features.events.steps import (
    again_step,
    cancel_step,
    certificates_step,
    check_in_step,
    choices_step,
    copy_step,
    details_step,
    draft_step,
    edit_step,
    hosts_step,
    invite_step,
    keep_step,
    languages_step,
    names_step,
    organise_step,
    organisers_step,
    people_step,
    picture_step,
    places_step,
    post_names_step,
    questions_step,
    replies_step,
    report_step,
    series_step,
    show_step,
    text_step,
    thread_step,
)
from bot.i18n import N_, Words
from bot.ui.counts import count_line
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page, in_rows
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.pages import is_over
from cogs.events.picturing import picture_notes


class Part(StrEnum):
    """What organisers do, in parts that a phone shows at once."""

    PEOPLE = "people"
    CONTENT = "content"
    SIGNUP = "signup"
    POST = "post"
    MORE = "more"


PART_WORDS = {
    Part.PEOPLE: N_("People and organisers"),
    Part.CONTENT: N_("Texts and picture"),
    Part.SIGNUP: N_("Sign-up settings"),
    Part.POST: N_("Post and dates"),
    Part.MORE: N_("More"),
}
EMOJIS = {Part.PEOPLE: "👥", Part.CONTENT: "📝", Part.SIGNUP: "🙋", Part.POST: "📣", Part.MORE: "⚙️"}


class OrganiseButton(RoutedButton, route="events:organise:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].to_organise(request.actor, event_id)
        notes = [] if event.state is EventState.DRAFT else await picture_notes(request, event_id)
        await request.show(organiser_page(event, request.words, notes, is_over=is_over(event, request)))


async def show_part(request: MemberRequest, event_id: int, *, part: Part) -> None:
    """Part of what organisers do, one press deeper."""
    event, words = await request.services[EventService].to_organise(request.actor, event_id), request.words
    steps = [] if event.state is EventState.DRAFT else _steps(event, is_over=is_over(event, request))[part]
    if not steps:  # it was another event when the button was made
        await request.show(organiser_page(event, words))
        return
    last = [step_button(organise_step(event_id), words), home_button(words)]
    rows = [*in_rows([step_button(step, words) for step in steps]), last]
    await request.show(Page(words(PART_WORDS[part]), render.headline(event, words), rows=rows))


PeopleButton = button_to("events:part_people:{event_id:int}", partial(show_part, part=Part.PEOPLE))
ContentButton = button_to("events:part_content:{event_id:int}", partial(show_part, part=Part.CONTENT))
SignUpButton = button_to("events:part_signup:{event_id:int}", partial(show_part, part=Part.SIGNUP))
PostButton = button_to("events:part_post:{event_id:int}", partial(show_part, part=Part.POST))
MoreButton = button_to("events:part_more:{event_id:int}", partial(show_part, part=Part.MORE))
BUTTONS = {
    Part.PEOPLE: PeopleButton,
    Part.CONTENT: ContentButton,
    Part.SIGNUP: SignUpButton,
    Part.POST: PostButton,
    Part.MORE: MoreButton,
}


def organiser_page(event: EventCard, words: Words, notes: Sequence[str] = (), *, is_over: bool = False) -> Page:
    """``notes``: what doesn't go as it should. Few buttons, so that a phone shows all of them and an error has room."""
    lines = [render.headline(event, words)]
    if event.counts is not None:
        lines.append(count_line(event.counts, words))
    lines += notes
    if event.state is EventState.DRAFT:
        items: list[Item] = [step_button(step, words) for step in _before(event)]
        title, back = words("More settings"), draft_step(event.event_id)
    else:
        items = [_part_button(event, part, words) for part, steps in _steps(event, is_over=is_over).items() if steps]
        title, back = words("For organisers"), show_step(event.event_id)
    last: list[Item] = [step_button(back, words), home_button(words)]
    if event.is_organiser and event.state is EventState.POSTED:
        last.insert(0, step_button(check_in_step(event.event_id), words))
    return Page(title, "\n".join(filter(None, lines)), rows=[*in_rows(items), last])


def _part_button(event: EventCard, part: Part, words: Words) -> Item:
    return BUTTONS[part].make(words(PART_WORDS[part]), emoji=EMOJIS[part], event_id=event.event_id)


def _before(event: EventCard) -> Sequence[NextStep]:
    """Of a draft, what its preview doesn't have."""
    number = event.event_id
    steps = [choices_step(number), picture_step(number), languages_step(number), hosts_step(number)]
    return [*steps, organisers_step(number)] if event.is_organiser else steps


def _steps(event: EventCard, *, is_over: bool) -> dict[Part, Sequence[NextStep]]:
    """Of an event that is or was posted. Those who weren't put in charge by name see no names of people."""
    number, is_open = event.event_id, event.state is not EventState.CANCELLED
    names = event.signup_id is not None and event.is_organiser
    people: list[NextStep | None] = [
        people_step(event.signup_id) if names and event.signup_id is not None else None,
        replies_step(number) if event.questions else None,
        invite_step(number) if is_open else None,
        names_step(event.signup_id) if names and is_open and event.signup_id is not None else None,
        organisers_step(number) if event.is_organiser else None,
        certificates_step(number) if event.is_organiser else None,
    ]
    content = [edit_step(number), details_step(number), languages_step(number), picture_step(number)]
    signup = [places_step(number), choices_step(number)]
    series = [series_step(number)] if event.series_id is not None else []
    post = [again_step(number), post_names_step(number), thread_step(number), *series]
    more = [hosts_step(number), copy_step(number), keep_step(number)]
    return {
        Part.PEOPLE: [step for step in people if step is not None],
        Part.CONTENT: [*(content if is_open else []), text_step(number)],
        Part.SIGNUP: [*(signup if is_open else []), questions_step(number)],
        Part.POST: post if is_open else [],
        Part.MORE: more if not is_open else [report_step(number), *more] if is_over else [*more, cancel_step(number)],
    }
