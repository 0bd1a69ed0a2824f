"""Names on the posts of an event: the organisers choose to show them, and each person agrees for themselves."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.db import insert_if_absent
from bot.errors import Conflict
from bot.features import Service
from bot.features.events import following, rules
from bot.features.events.changing import locked
from bot.features.events.models import KIND, Event, EventName
from bot.features.events.steps import show_step
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.signups.desk import NOT_SIGNED_UP
from bot.features.signups.models import PartyMember, SignUp
from bot.features.signups.opening import signup_of
from bot.i18n import N_

NOT_SHOWN = N_("The posts of this event show no names any more.")


class NamingService(Service):
    async def show_names(self, actor: Actor, event_id: int, *, yes: bool) -> None:
        """Its posts name those who come and agree to it, or nobody. Raises NotFound; NotAllowed; Conflict: it isn't
        open."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            rules.CANCEL.require(event.state)
            event.shows_names = yes
            await signup_of(change, KIND, event_id)  # its posts are shown anew
            following.note(change, event, "event.names")

    async def agrees(self, actor: Actor, event_id: int) -> bool:
        """Has the actor agreed that its posts name them?"""
        mine = select(EventName.id).where(EventName.event_id == event_id, EventName.person_id == (actor.person_id or 0))
        async with self.database.reading() as connection:
            return await connection.scalar(mine) is not None

    async def decide(self, actor: Actor, event_id: int, *, yes: bool) -> None:
        """For somebody who has signed up: may its posts name them? Raises Conflict: they haven't, or its posts name
        nobody."""
        async with change_by(self, actor) as change:
            await signup_of(change, KIND, event_id)
            mine = (
                select(PartyMember.id)
                .join(SignUp, SignUp.id == PartyMember.signup_id)
                .where(SignUp.owner_kind == KIND, SignUp.owner_id == event_id, PartyMember.is_live)
                .where(PartyMember.person_id == (actor.person_id or 0))
            )
            if await change.session.scalar(mine) is None:
                raise Conflict(NOT_SIGNED_UP, next_steps=[show_step(event_id)])
            if yes and not await change.session.scalar(select(Event.shows_names).where(Event.id == event_id)):
                raise Conflict(NOT_SHOWN, next_steps=[show_step(event_id)])
            await agree(change, event_id, yes=yes)


async def agree(change: Change, event_id: int, *, yes: bool) -> None:
    """The actor's word holds for this event, until they say something else. It says nothing about others."""
    person_id = change.actor.person_id
    assert person_id is not None, "they have signed up"
    shown = await change.session.scalar(select(Event.shows_names).where(Event.id == event_id))
    if yes and shown:
        key = {"event_id": event_id, "person_id": person_id}
        await insert_if_absent(change.session, EventName, **key, agreed_at=change.now)
        return
    mine = delete(EventName).where(EventName.event_id == event_id, EventName.person_id == person_id)
    await change.session.execute(mine.execution_options(synchronize_session=False))
