"""The picture of an event: one that an organiser added, the drawn banner, or none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.features import Service
from bot.features.events import following, rules
from bot.features.events.changing import locked
from bot.features.events.models import KIND, Event, EventPicture, EventState
from bot.features.events.photos import prepared
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.signups.opening import signup_of


class PictureService(Service):
    async def add(self, actor: Actor, event_id: int, content: bytes) -> None:
        """Show this picture, on an event of a series also on its later dates. ``content``: a file as somebody sent it.

        Raises:
            NotFound; NotAllowed.
            Invalid: it is no picture, or too large.
            Conflict: the event was cancelled.
        """
        photo = await asyncio.to_thread(prepared, content)
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            row = EventPicture(
                organisation_id=event.organisation_id,
                content=photo.content,
                width=photo.width,
                height=photo.height,
                added_by_id=actor.person_id,
                added_at=change.now,
            )
            change.session.add(row)
            await change.session.flush()
            await _put(change, event, row.id, has_banner=True)

    async def take_away(self, actor: Actor, event_id: int, *, has_banner: bool) -> None:
        """Show the drawn banner, or no picture at all. One that was added is deleted. Raises as ``add``."""
        async with change_by(self, actor) as change:
            await _put(change, await locked(change, event_id), None, has_banner=has_banner)

    async def content(self, picture_id: int) -> bytes | None:
        """The JPEG; None: somebody has taken it away."""
        async with self.database.reading() as connection:
            query = select(EventPicture.content).where(EventPicture.id == picture_id)
            found: bytes | None = await connection.scalar(query)
            return found


async def _put(change: Change, event: Event, picture_id: int | None, *, has_banner: bool) -> None:
    if event.state == EventState.CANCELLED:
        rules.CANCEL.require(event.state)
    events = [event, *await _later(change.session, event)]
    before = {one.picture_id for one in events if one.picture_id not in (None, picture_id)}
    for one in events:
        one.picture_id, one.has_banner = picture_id, has_banner
    await change.session.flush()
    await drop(change.session, [number for number in before if number is not None])
    for one in events:
        await signup_of(change, KIND, one.id)  # its posts are shown anew
    following.note(change, event, "event.picture")


async def _later(session: AsyncSession, event: Event) -> Sequence[Event]:
    """The dates of its series after it."""
    if event.series_id is None:
        return []
    later = (Event.series_id == event.series_id, Event.starts_at > event.starts_at)
    query = select(Event).where(*later, Event.state == EventState.POSTED).order_by(Event.id).with_for_update()
    return (await session.scalars(query)).all()


async def drop(session: AsyncSession, picture_ids: Iterable[int]) -> None:
    """Delete those that no event shows."""
    is_shown = select(Event.id).where(Event.picture_id == EventPicture.id).exists()
    gone = delete(EventPicture).where(EventPicture.id.in_(list(picture_ids)), ~is_shown)
    await session.execute(gone.execution_options(synchronize_session=False))
