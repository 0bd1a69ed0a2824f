"""Somebody who has a place takes part in another way: on site instead of online."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.errors import Conflict, Invalid
from bot.features.people.changes import Change
from bot.features.signups import rules
from bot.features.signups.book import end
from bot.features.signups.desk import (
    after_leaving,
    desk_of,
    enrol,
    membership,
    own_party,
    require_open,
    seats_of,
)
from bot.features.signups.models import Choice, PartyMember, PartyState
from bot.features.signups.values import Placed
from bot.i18n import N_

FULL = N_("“{name}” is full. You keep the place that you have. You can also give it up and wait in line for “{name}”.")
NO_PLACE = N_("You don't have a place yet. Please leave the line first, and sign up in the other way.")
TOGETHER = N_("You signed up together with others. Please leave first, and sign up in the other way.")
NOT_OFFERED = N_("Please choose one of the answers on the page.")


class ChoiceFull(Conflict):
    """Nobody fits into the other way right now."""


async def move_own(change: Change, signup_id: int, choice_id: int, *, waits: bool) -> Placed:
    """See ``SignUpService.move``."""
    desk = await desk_of(change, signup_id, change.actor.person_id)
    party = await own_party(desk)
    book = await require_open(desk)
    if choice_id not in book.choices:
        raise Invalid(NOT_OFFERED, next_steps=[desk.back])
    if party.state != PartyState.ACCEPTED:
        raise Conflict(NO_PLACE, next_steps=[desk.back])
    if party.choice_id == choice_id:
        return Placed(PartyState.ACCEPTED)
    people = select(func.count()).where(PartyMember.party_id == party.id)
    if (await desk.session.scalar(people) or 0) > 1:
        raise Conflict(TOGETHER, next_steps=[desk.back])
    if book.has_room(choice_id, len(await seats_of(desk, party))):
        party.choice_id = choice_id
        await desk.settle()
        return Placed(PartyState.ACCEPTED)
    if not waits or not desk.signup.has_line:
        labels = select(Choice.label_ja, Choice.label_en).where(Choice.id == choice_id)
        (name,) = (await desk.session.execute(labels)).all()
        raise ChoiceFull(FULL, name=(name.label_ja, name.label_en), next_steps=[desk.back])
    member = await membership(desk, party)
    told, person_id = member.may_message, member.person_id or 0
    await end(desk.session, desk.moment, party, rules.WITHDRAW, desk.back)
    await after_leaving(desk)  # the next in line is asked first
    _, placed = await enrol(desk, await desk.book(person_id), person_id, choice_id, party.rank, may_message=told)
    return placed
