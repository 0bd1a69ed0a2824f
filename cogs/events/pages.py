"""The page of one event, and what its reader can do about their own place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import NotFound
from bot.features.events.invited import Answer
from bot.features.events.models import EventState
from bot.features.events.picturing import PictureService
from bot.features.events.queries import GONE, LIST, EventCard
from bot.features.events.reporting import ReportService
from bot.features.events.service import EventService
from bot.features.events.steps import (
    ALL,
    answer_step,
    answers_step,
    copy_step,
    decline_step,
    edit_step,
    organise_step,
    own_name_step,
    people_step,
    report_pictures_step,
    text_step,
    way_step,
)
from bot.features.signups.models import PartyState
from bot.features.signups.values import ChoiceLine, OwnParty
from bot.i18n import N_, Words
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.own_places import NO, YES, own_place
from bot.ui.pages import Item, Page, Picture
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from cogs.events import render
from cogs.events.pictures import picture_of


class ShowButton(RoutedButton, route="events:show:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await show_event(request, event_id)


async def show_event(request: MemberRequest, event_id: int, *, says: bool = True) -> None:
    """``says``: how the reader stands, unless they were told just now."""
    event = await request.services[EventService].event(request.actor, event_id)
    items = [one for more in host(request.interaction).event_items for one in await more(request, event)]
    page = event_page(event, request.words, items, is_over=is_over(event, request), says=says)
    if is_over(event, request) and event.state is EventState.POSTED:
        await request.defer()  # a banner may have to be drawn
        page = replace(page, picture=await _picture_of(request, event))
    await request.show(page)


async def _picture_of(request: MemberRequest, event: EventCard) -> Picture | None:
    """The first of what it was like, else that of its posts."""
    if event.pictures:
        found = await request.services[ReportService].pictures(request.actor, event.event_id)
        if found:
            return Picture(found[0].content, f"event-{event.event_id}.jpg", render.title_of(event, request.words))
    return await picture_of(request.services[PictureService], event, request.words)


def is_over(event: EventCard, request: MemberRequest) -> bool:
    return event.ends_at is not None and event.ends_at <= request.now


def event_page(
    event: EventCard,
    words: Words,
    items: Sequence[Item],
    *,
    is_over: bool,
    says: bool = True,
) -> Page:
    """``items``: what other features add to it."""
    is_open = event.state is EventState.POSTED and not is_over
    first = [words("This event is over.")] if is_over else []
    if says and event.state is EventState.POSTED and (mine := render.mine_line(event.mine, words)):
        first.append(f"**{mine}**")
        first += [
            escape_markdown(words.either(one.label_ja, one.label_en)) for one in event.choices if _is_own(one, event)
        ]
    if is_open and event.answer in render.INVITED_WORDS:
        first.append(f"**{words(render.INVITED_WORDS[event.answer])}**")
    private = [render.link_line(event, words), render.thread_line(event, words)]
    if is_over and event.report:
        first += [escape_markdown(event.report), ""]
    lines = [*first, *filter(None, private), *render.card_lines(event, words)]
    rows: list[list[Item]] = []
    if is_open:
        rows.append(_own(event, words))
        if question := _question(event.mine):
            lines += ["", f"🔔 {words(question)}"]
    rows.append([*items, step_button(text_step(event.event_id), words)])
    if is_over and event.pictures:
        rows.append([step_button(report_pictures_step(event.event_id), words)])
    rows.append(_organising(event, words))
    rows.append([step_button(ALL, words), home_button(words)])
    page = render.card_page(event, words, rows)
    return replace(page, text="\n".join(lines))


def _is_own(choice: ChoiceLine, event: EventCard) -> bool:
    return event.mine is not None and event.mine.is_live and event.mine.choice_id == choice.choice_id


def _question(mine: OwnParty | None) -> str | None:
    """A message id, while nobody knows yet whether they want messages."""
    if mine is None or not mine.is_live or mine.may_message is not None or mine.hears or mine.wants_none:
        return None
    if mine.state is PartyState.ACCEPTED:
        return N_("May I message you about this, such as changes and a reminder?")
    return N_("May I message you about this, such as when a place is free?")


def _own(event: EventCard, words: Words) -> list[Item]:
    """What the reader can do about their own place."""
    mine, number = event.mine, event.event_id
    row: list[Item] = []
    if mine is None or not mine.is_live:
        if event.is_open:
            row.append(render.join_button(event, words))
        if event.answer is Answer.OPEN:
            row.append(step_button(decline_step(number), words))
        return row
    if mine.may_accept:
        take = words("Take the place")
        row.append(AcceptButton.make(take, emoji="🎟️", style=ButtonStyle.success, event_id=number))
    if mine.state is PartyState.OFFERED:
        row.append(RefuseButton.make(words("Pass"), event_id=number))
    else:
        label = words("Leave the line") if mine.state is PartyState.WAITING else words("Cancel my sign-up")
        row.append(LeaveButton.make(label, event_id=number))
    if event.unanswered:
        row.insert(0, step_button(answer_step(number), words))
    elif event.questions:
        row.append(step_button(answers_step(number), words))
    if len(event.choices) > 1 and mine.state is PartyState.ACCEPTED and event.is_open:
        row.append(step_button(way_step(number), words))
    if event.shows_names:
        row.append(step_button(own_name_step(number), words))
    if not mine.wants_none:
        label = words("No more messages about this") if mine.hears else words("Message me about this")
        row.append(MessagesButton.make(label, emoji="🔔", event_id=number, word=NO if mine.hears else YES))
    return row


def _organising(event: EventCard, words: Words) -> list[Item]:
    """Officers of the place become organisers before they see who comes."""
    copy = [step_button(copy_step(event.event_id), words)] if event.may_copy else []
    if not event.may_edit:
        return [*copy]
    row: list[Item] = [step_button(organise_step(event.event_id), words), *copy]
    if event.state is not EventState.CANCELLED:
        row.insert(0, step_button(edit_step(event.event_id), words))
    if event.signup_id is not None and event.is_organiser:
        row.insert(1, step_button(people_step(event.signup_id), words))
    elif event.signup_id is not None:
        row.append(ChargeButton.make(words("Become an organiser"), event_id=event.event_id))
    return row


class ChargeButton(RoutedButton, route="events:charge:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[EventService].take_charge(request.actor, event_id)
        request.done = request.words("You're one of its organisers now. You see who comes.")
        await show_event(request, event_id)


async def signup_of(request: MemberRequest, event_id: int) -> int:
    """The number of its sign-up. Raises NotFound: there is none (any more)."""
    event = await request.services[EventService].event(request.actor, event_id)
    if event.signup_id is None:
        raise NotFound(GONE, next_steps=[LIST])
    return event.signup_id


AcceptButton, RefuseButton, LeaveButton, ReallyLeaveButton, MessagesButton = own_place(
    "events:{what}:{event_id:int}", signup_of, show_event
)
