"""A sheet for a wall: the event in large words, with a QR code by which people take part without an account."""

from __future__ import annotations

from bot.features.documents.papers import NO_PICTURE, Notice, qr
from bot.features.events.queries import EventCard
from bot.features.events.steps import text_step
from bot.features.guests.inviting import InvitingService
from bot.i18n import N_, Words
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import COLOUR, Document, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from cogs.events import render
from cogs.events.outside import public_url

WITH_CODE = N_("Sign up here. No account needed.")
WITHOUT_CODE = N_("Sign up on Discord with /event.")


class PosterButton(RoutedButton, route="events:poster:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.defer()
        words, public = request.words, public_url(request)
        found = await request.services[InvitingService].text(request.actor, event_id, is_public=public is not None)
        event, has_address = found.event, found.token is not None
        paper = Notice(
            title=words.either(event.title_ja, event.title_en),
            lines=_lines(event, words),
            colour=f"#{event.colour or COLOUR.value:06x}",
            code=qr(f"{public}/a/{found.token}") if has_address else NO_PICTURE,
            footer=words(WITH_CODE if has_address else WITHOUT_CODE),
        )
        content = await paper.made(host(request.interaction).typesetter)
        text = words("A PDF to print on A4. The link for participants isn't in it.")
        row = [step_button(text_step(event_id), words), home_button(words)]
        await request.show(Page(words("Poster"), text, rows=[row], documents=[Document(content, "poster.pdf")]))


def _lines(event: EventCard, words: Words) -> list[str]:
    lines = [render.plain_time(event.when, words, event.elsewhere)] if event.when is not None else []
    if event.place:
        lines.append(event.place)
    elif event.is_online or event.has_link:
        lines.append(words("Online"))
    host_ = render.organiser_of(event, words)
    return [*lines, *([words("Organised by: {host}", host=host_)] if host_ else [])]
