"""What an event was like: its organisers add some pictures and a few sentences once it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.db import fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.events import following
from bot.features.events.changing import locked
from bot.features.events.models import Event, EventReportPicture, EventState
from bot.features.events.photos import prepared
from bot.features.events.queries import card_to_organise, card_to_see
from bot.features.events.steps import report_step, show_step
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.i18n import N_
from bot.kit.edits import merged

#: Characters of what it was like, and pictures of one event.
TEXT, MOST = 400, 6
NOT_OVER = N_("You can say what it was like once the event is over.")
CALLED_OFF = N_("This event was cancelled, so there is nothing to show of it.")
NOT_AGREED = N_(
    "Please tick both only if they are so: everybody who can be recognised agreed, and no child's face is in the "
    "picture. Otherwise choose another picture."
)
FULL = N_("An event shows up to {n} pictures. Please remove one first.")
TOO_LONG = N_("Please write up to {n} characters. A few sentences are enough.")
GONE = N_("Somebody has removed this picture meanwhile.")


@dataclass(frozen=True, slots=True)
class ReportDraft:
    text: str


@dataclass(frozen=True, slots=True)
class ReportPicture:
    """``content``: a JPEG."""

    picture_id: int
    content: bytes


class ReportService(Service):
    async def to_write(self, actor: Actor, event_id: int) -> ReportDraft:
        """For a form, before it opens. Raises NotFound; NotAllowed; Conflict: it isn't over, or was cancelled."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            card = await card_to_organise(connection, actor, event_id, now)
        _require_over(card.state, is_over=card.ends_at is not None and card.ends_at <= now, event_id=event_id)
        return ReportDraft(card.report)

    async def write(self, actor: Actor, event_id: int, draft: ReportDraft, seen: ReportDraft) -> None:
        """Say what it was like; "" takes it back. ``seen``: what the form showed.

        Raises:
            NotFound; NotAllowed; Invalid: it is too long.
            Conflict: it isn't over, or was cancelled.
            Overtaken: somebody else has changed it meanwhile.
        """
        if len(draft.text) > TEXT:
            raise Invalid(TOO_LONG, n=TEXT)
        async with change_by(self, actor) as change:
            event = await _over(change, event_id)
            if event.take({"report": merged(draft, seen, ReportDraft(event.report)).text.strip()}):
                following.note(change, event, "event.report", ["report"])

    async def add(self, actor: Actor, event_id: int, content: bytes, *, agreed: bool) -> None:
        """Show one more picture. ``content``: a file as somebody sent it; nothing beside its pixels is kept.
        ``agreed``: everybody in it did, and no child's face is in it.

        Raises:
            NotFound; NotAllowed.
            Invalid: they didn't agree, it is no picture, or too large.
            Conflict: the event isn't over or was cancelled, or there are as many as it shows.
        """
        if not agreed:
            raise Invalid(NOT_AGREED)
        photo = await asyncio.to_thread(prepared, content)
        async with change_by(self, actor) as change:
            event = await _over(change, event_id)
            there = select(func.count(EventReportPicture.id)).where(EventReportPicture.event_id == event_id)
            if (await change.session.scalar(there) or 0) >= MOST:
                raise Conflict(FULL, n=MOST, next_steps=[report_step(event_id)])
            change.session.add(
                EventReportPicture(
                    event_id=event_id,
                    content=photo.content,
                    width=photo.width,
                    height=photo.height,
                    added_by_id=actor.person_id,
                    added_at=change.now,
                )
            )
            following.note(change, event, "event.report", ["picture"])

    async def remove(self, actor: Actor, event_id: int, picture_id: int) -> None:
        """Delete one. Raises NotFound, also where it is gone already; NotAllowed."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            picture = await change.session.get(EventReportPicture, picture_id)
            if picture is None or picture.event_id != event_id:
                raise NotFound(GONE, next_steps=[report_step(event_id)])
            await change.session.delete(picture)
            following.note(change, event, "event.report", ["picture"])

    async def pictures(self, actor: Actor, event_id: int) -> Sequence[ReportPicture]:
        """All of an event, in the order in which they came, for everybody who sees it. Raises NotFound; Conflict."""
        query = select(EventReportPicture.id, EventReportPicture.content).where(EventReportPicture.event_id == event_id)
        async with self.database.reading() as connection:
            await card_to_see(connection, actor, event_id, self.clock.now())
            rows = await fetch(connection, query.order_by(EventReportPicture.id))
        return [ReportPicture(row.id, row.content) for row in rows]


async def _over(change: Change, event_id: int) -> Event:
    """For its organisers. Raises NotFound; NotAllowed; Conflict."""
    event = await locked(change, event_id)
    is_over = event.ends_at is not None and event.ends_at <= change.now
    _require_over(EventState(event.state), is_over=is_over, event_id=event_id)
    return event


def _require_over(state: EventState, *, is_over: bool, event_id: int) -> None:
    """Raises Conflict."""
    if state is EventState.CANCELLED:
        raise Conflict(CALLED_OFF, next_steps=[show_step(event_id)])
    if state is not EventState.POSTED or not is_over:
        raise Conflict(NOT_OVER, next_steps=[show_step(event_id)])
