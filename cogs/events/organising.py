"""The page of an event for its organisers: everything that they do with it, one press each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import NextStep
from bot.features.events.models import EventState
from bot.features.events.queries import EventCard
from bot.features.events.service import EventService
from bot.features.events.steps import (
    again_step,
    cancel_step,
    certificates_step,
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
    organisers_step,
    people_step,
    picture_step,
    places_step,
    post_names_step,
    questions_step,
    repeat_step,
    replies_step,
    series_step,
    show_step,
    text_step,
    thread_step,
)
from bot.i18n import Words
from bot.ui.counts import count_line
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.picturing import picture_notes


class OrganiseButton(RoutedButton, route="events:organise:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].to_organise(request.actor, event_id)
        notes = [] if event.state is EventState.DRAFT else await picture_notes(request, event_id)
        await request.show(organiser_page(event, request.words, notes))


def organiser_page(event: EventCard, words: Words, notes: Sequence[str] = ()) -> Page:
    """``notes``: what doesn't go as it should."""
    lines = [render.headline(event, words)]
    if event.counts is not None:
        lines.append(count_line(event.counts, words))
    lines += notes
    is_draft = event.state is EventState.DRAFT
    steps = _before(event) if is_draft else _steps(event)
    rows: list[list[Item]] = [[step_button(step, words) for step in row] for row in steps]
    back = draft_step(event.event_id) if is_draft else show_step(event.event_id)
    title = words("More settings") if is_draft else words("For organisers")
    last: list[Item] = [step_button(back, words), home_button(words)]
    if event.is_organiser:
        last.insert(0, step_button(organisers_step(event.event_id), words))
        if not is_draft:
            last.insert(0, step_button(certificates_step(event.event_id), words))
    return Page(title, "\n".join(lines), rows=[*filter(None, rows), last])


def _before(event: EventCard) -> Sequence[Sequence[NextStep]]:
    """Of a draft."""
    number = event.event_id
    parts = [edit_step(number), details_step(number), places_step(number), questions_step(number), choices_step(number)]
    return [parts, [picture_step(number), languages_step(number), repeat_step(number)]]


def _steps(event: EventCard) -> Sequence[Sequence[NextStep]]:
    """What it says; who comes; what becomes of it."""
    number, is_open = event.event_id, event.state is not EventState.CANCELLED
    parts = [edit_step(number), details_step(number), places_step(number), choices_step(number)] if is_open else []
    parts.append(questions_step(number))
    people = []
    if event.signup_id is not None and event.is_organiser:
        people = [people_step(event.signup_id)]
    if event.questions:
        people.append(replies_step(number))
    if is_open:
        people.append(invite_step(number))
    looks = (picture_step, languages_step, post_names_step, thread_step)
    post = [step(number) for step in looks] if is_open else []
    whole = [again_step(number), cancel_step(number)] if is_open else []
    if is_open and event.series_id is not None:
        whole.insert(0, series_step(number))
    if event.signup_id is not None and event.is_organiser and is_open:
        people.append(names_step(event.signup_id))
    people.append(text_step(number))
    whole[-1:-1] = [copy_step(number), keep_step(number)]
    return [parts, people, [*post, hosts_step(number)], whole]
