"""The addresses that organisers give out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from bot.db import fetch
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.events import following
from bot.features.events.changing import locked
from bot.features.events.models import KIND, Event, EventState
from bot.features.events.queries import card_of
from bot.features.events.steps import show_step
from bot.features.guests.models import GuestAddress, GuestNotice
from bot.features.guests.rules import KEPT_FOR, code_of, digest_of, new_token, told
from bot.features.guests.values import OutsideText, PersonalLink
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.signups.desk import board_step, organised, require_names
from bot.features.signups.models import PartyMember, SignUp
from bot.i18n import N_

OVER = N_("This event is over, so it has no sign-up link any more.")
OWN_ACCOUNT = N_("They have an account, so they need no link. /home shows their place.")


class InvitingService(Service):
    async def text(self, actor: Actor, event_id: int, *, is_public: bool) -> OutsideText:
        """For a text that goes outside of Discord, with a shared address of its own if the bot has a public one. What
        the first text says is what people outside know from then on.

        Raises:
            NotFound: there is no such event.
            NotAllowed: the actor doesn't organise it.
            Conflict: it isn't posted, or long over.
        """
        token = new_token() if is_public else None
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            signup_id = await _signup_of(change, event)
            if token is not None:
                await _add(change, signup_id, token)
                following.note(change, event, "event.address")
            now = told(event)
            notice = await _notice(change, event)
            before = {name: notice.told.get(name, "") for name in now if now[name] != notice.told.get(name)}
            card = await card_of(change.session, event_id, event.organisation_id, change.now, change.actor)
        before |= {"link": ""} if "link" in before else {}
        return OutsideText(card, token, code_of(event_id), before)

    async def sent(self, actor: Actor, event_id: int) -> None:
        """People outside know by now what the event is. Raises as ``text`` does."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            await _signup_of(change, event)
            notice = await _notice(change, event)
            notice.told, notice.told_at = told(event), change.now

    async def end(self, actor: Actor, event_id: int) -> None:
        """No shared address of the event works any more; personal ones do. Raises as ``text`` does."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            await _end(change, await _signup_of(change, event))
            following.note(change, event, "event.end_address")

    async def personal(self, actor: Actor, party_id: int) -> PersonalLink:
        """A new personal address for somebody without an account, such as where they lost theirs; their former ones
        end.

        Raises:
            NotFound: there is no such party.
            NotAllowed: the actor doesn't organise what they signed up for.
            Conflict: they have an account.
        """
        token = new_token()
        async with change_by(self, actor) as change:
            desk, party = await organised(change, party_id)
            require_names(change.actor, desk.signup)
            query = select(Person.id, Person.display_name).join(PartyMember, PartyMember.person_id == Person.id)
            without = query.where(PartyMember.party_id == party.id, Person.discord_user_id.is_(None))
            people = await fetch(change.session, without.order_by(PartyMember.id))
            if not people:
                raise Conflict(OWN_ACCOUNT, next_steps=[board_step(desk)])
            await _end(change, party.signup_id, people[0].id)
            await _add(change, party.signup_id, token, people[0].id)
            desk.note("signup.address", "person")
        return PersonalLink(people[0].display_name, token)


async def _add(change: Change, signup_id: int, token: str, person_id: int | None = None) -> None:
    address = GuestAddress(
        organisation_id=change.moment.organisation_id,
        signup_id=signup_id,
        person_id=person_id,
        digest=digest_of(token),
        made_at=change.now,
    )
    change.session.add(address)
    await change.session.flush()


async def _notice(change: Change, event: Event) -> GuestNotice:
    """What people outside were told last. Where they were told nothing yet, they are now."""
    notice = await change.session.scalar(select(GuestNotice).where(GuestNotice.event_id == event.id))
    if notice is None:
        notice = GuestNotice(event_id=event.id, told=told(event), told_at=change.now)
        change.session.add(notice)
        await change.session.flush()
    return notice


async def _signup_of(change: Change, event: Event) -> int:
    """Raises Conflict: people can't sign up for it, or it is long over."""
    found = await change.session.scalar(select(SignUp.id).where(SignUp.owner_kind == KIND, SignUp.owner_id == event.id))
    if found is None or event.state == EventState.DRAFT:
        raise NotFound(N_("This event isn't posted yet. Please post it first."), next_steps=[show_step(event.id)])
    if _is_over(event, change.now):
        raise Conflict(OVER, next_steps=[show_step(event.id)])
    return found


def _is_over(event: Event, now: datetime) -> bool:
    return event.ends_at is not None and event.ends_at + KEPT_FOR < now


async def _end(change: Change, signup_id: int, person_id: int | None = None) -> None:
    """The shared addresses, or those of a person."""
    whose = GuestAddress.person_id == person_id if person_id is not None else GuestAddress.person_id.is_(None)
    query = update(GuestAddress).where(GuestAddress.signup_id == signup_id, whose, GuestAddress.revoked_at.is_(None))
    await change.session.execute(query.values(revoked_at=change.now).execution_options(synchronize_session=False))
