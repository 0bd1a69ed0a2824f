"""Texts for LINE and mail, with an address by which people take part without an account."""

from __future__ import annotations

from functools import partial

from discord import ButtonStyle

from bot.features.events.models import EventState
from bot.features.events.queries import EventCard
from bot.features.events.service import EventService
from bot.features.events.steps import poster_step
from bot.features.guests.inviting import InvitingService
from bot.features.guests.rules import KEPT_FOR
from bot.features.guests.values import OutsideText
from bot.i18n import Words
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from cogs.events import texts
from cogs.events.pages import ShowButton


async def show_text(request: MemberRequest, event_id: int, *, whole: bool = False) -> None:
    """The text about what has changed since the last one, else about the event. ``whole``: about the event in any case.
    Those who organise it have an address in it."""
    words = request.words
    event = await request.services[EventService].event(request.actor, event_id)
    if not _is_for_organisers(event, request):
        ways = [words("Sign up on Discord with /event.")] if event.state is EventState.POSTED else []
        text = texts.invitation(event, words, ways)
        await request.show(_page(event, texts.subject(event, words), text, [], words))
        return
    public = public_url(request)
    found = await request.services[InvitingService].text(request.actor, event_id, is_public=public is not None)
    address = f"{public}/a/{found.token}" if found.token is not None else None
    ways = texts.ways(found.event, words, address=address, code=found.code)
    is_change = bool(found.before) and not whole and found.event.state is EventState.POSTED
    if is_change:
        text = texts.change(found.event, found.before, words, ways)
    else:
        text = texts.invitation(found.event, words, ways)
    subject = texts.subject(found.event, words, is_changed=is_change)
    row = _organisers_row(found, words, is_change=is_change)
    await request.show(_page(found.event, subject, text, row, words, has_address=address is not None))


TextButton = button_to("events:text:{event_id:int}", show_text)
WholeTextButton = button_to("events:whole_text:{event_id:int}", partial(show_text, whole=True))


def public_url(request: MemberRequest) -> str | None:
    return host(request.interaction).settings.public_url


def _is_for_organisers(event: EventCard, request: MemberRequest) -> bool:
    is_posted = event.may_edit and event.state is not EventState.DRAFT
    return is_posted and event.ends_at is not None and request.now <= event.ends_at + KEPT_FOR


def _organisers_row(found: OutsideText, words: Words, *, is_change: bool) -> list[Item]:
    number = found.event.event_id
    row: list[Item] = []
    if is_change:
        row.append(SentButton.make(words("I've sent it"), emoji="✅", event_id=number))
        row.append(WholeTextButton.make(words("Text of the whole event"), event_id=number))
    row.append(step_button(poster_step(number), words))
    if found.token is not None:
        row.append(EndButton.make(words("Turn off earlier sign-up links"), emoji="🚫", event_id=number))
    return row


def _page(
    event: EventCard, subject: str, text: str, row: list[Item], words: Words, *, has_address: bool = False
) -> Page:
    note = words("Copy this into LINE or a mail. The link for participants isn't in it.")
    if has_address:
        note += " " + words("Anyone with the sign-up link can sign up, so post it only where it should be read.")
    fields = [note, words("Subject of a mail:"), _copied(subject), words("Text:"), _copied(text)]
    last: list[Item] = [ShowButton.make(words("Back"), event_id=event.event_id), home_button(words)]
    return Page(words("Text for LINE and mail"), "\n".join(fields), rows=[*filter(None, [row]), last])


def _copied(text: str) -> str:
    """As it is copied: Discord shows nothing of it in another way."""
    return "```\n" + text.replace("```", "'''") + "\n```"


class SentButton(RoutedButton, route="events:text_sent:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[InvitingService].sent(request.actor, event_id)
        request.done = request.words("Noted. The next text tells what changes from now on.")
        await show_text(request, event_id)


class EndButton(RoutedButton, route="events:end_addresses:{event_id:int}"):
    """Asks first: an address that was posted somewhere can't be brought back."""

    async def act(self, request: MemberRequest, event_id: int) -> None:
        words = request.words
        await request.services[EventService].to_organise(request.actor, event_id)
        text = words(
            "Sign-up links in texts you posted before will stop working. People who signed up keep their personal "
            "link. You get a new text."
        )
        row = [
            ReallyEndButton.make(words("Yes, turn them off"), style=ButtonStyle.danger, event_id=event_id),
            TextButton.make(words("Back"), event_id=event_id),
        ]
        await request.show(Page(words("Turn off earlier sign-up links"), text, rows=[row]))


class ReallyEndButton(RoutedButton, route="events:really_end_addresses:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[InvitingService].end(request.actor, event_id)
        request.done = request.words("Earlier sign-up links are off. This text has a new one.")
        await show_text(request, event_id, whole=True)
