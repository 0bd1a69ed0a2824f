"""An edition as an event: made as a draft with all that is known, and followed from then on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from bot.errors import Conflict
from bot.features import Service
from bot.features.events.changing import new_draft
from bot.features.events.homes import committee_key, require_making
from bot.features.events.models import Audience, Event, EventState
from bot.features.events.queries import local
from bot.features.events.rules import TITLE as EVENT_TITLE
from bot.features.events.rules import time_columns, whole
from bot.features.events.steps import draft_step
from bot.features.events.watchers import watches
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.symposia.changing import keep_holes, locked_edition, note
from bot.features.symposia.editions import event_of
from bot.features.symposia.models import Edition, EditionEvent, Symposium
from bot.features.symposia.queries import GONE
from bot.features.symposia.rules import ANNOUNCE, CANCEL
from bot.features.symposia.steps import LIST, edition_step
from bot.i18n import N_

HAS_EVENT = N_("This edition has an event already. Please open that one.")


class LinkingService(Service):
    async def make_event(self, actor: Actor, edition_id: int, programme_ja: str, programme_en: str) -> int:
        """A draft of an event with title, date, place and programme; its number. The edition follows it from now on.

        Raises:
            NotFound; NotAllowed, also where the actor makes no events for its host.
            Conflict: the edition has one already, or is over or cancelled.
        """
        async with change_by(self, actor) as change:
            symposium, edition = await locked_edition(change, edition_id)
            CANCEL.require(edition.state, edition_step(edition_id))
            require_making(actor, symposium.lc_id, await committee_key(change, symposium.committee_id))
            known = await event_of(change, edition_id)
            if known is not None:
                raise Conflict(HAS_EVENT, next_steps=[draft_step(known)])
            when = None
            if edition.day is not None:
                day = date(edition.year, edition.month, edition.day)
                when = whole(day, day)
            event_id = await new_draft(
                change,
                {"lc_id": symposium.lc_id, "committee_id": symposium.committee_id},
                None,
                title_ja=f"{symposium.name_ja} 第{edition.number}回 {edition.title_ja}".strip()[:EVENT_TITLE],
                title_en=f"{symposium.name_en} No. {edition.number} {edition.title_en}".strip()[:EVENT_TITLE],
                text=programme_ja,
                text_en=programme_en,
                place=edition.place,
                link="",
                audience=Audience.EVERYBODY.value,
                cost="",
                **time_columns(when, actor.organisation.time_zone),
            )
            change.session.add(EditionEvent(edition_id=edition_id, event_id=event_id))
            note(change, symposium, "edition.event")
            return event_id


@watches
async def follow(change: Change, event: Event) -> None:
    """The edition of an event has its day and its place. It is announced when the event is posted, and cancelled with
    it. Its open tasks move along."""
    query = select(Edition.id, Edition.symposium_id).join(EditionEvent, EditionEvent.edition_id == Edition.id)
    found = (await change.session.execute(query.where(EditionEvent.event_id == event.id))).one_or_none()
    if found is None:
        return
    symposium = await change.lock(Symposium, found.symposium_id, GONE, LIST)
    edition = await change.lock(Edition, found.id, GONE, LIST)
    if not CANCEL.may(edition.state):
        return
    starts = local(event.starts_local)
    if starts is not None:
        edition.year, edition.month, edition.day = starts.year, starts.month, starts.day
    edition.place = event.place or edition.place
    if event.state == EventState.POSTED and ANNOUNCE.may(edition.state):
        ANNOUNCE.put(edition)
        edition.announced_at = change.now
        note(change, symposium, ANNOUNCE.action, ("state",))
    elif event.state == EventState.CANCELLED:
        CANCEL.put(edition)
        edition.reason = event.reason
        note(change, symposium, CANCEL.action, ("state",))
    await keep_holes(change, symposium, edition)
