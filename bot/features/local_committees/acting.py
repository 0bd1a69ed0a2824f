"""Helpers for whoever changes something about an LC within a transaction: the right, the lock, the note of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Invalid, NotFound
from bot.features.audit.service import record
from bot.features.local_committees.models import LocalCommittee, Via
from bot.features.local_committees.queries import FIND, UNKNOWN_LC
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.i18n import N_


def heard_by(actor: Actor, right: Right, lc_id: int, via: Via | None) -> Via | None:
    """How the actor, who does something for an LC, heard what it wants: None for the LC's own officers.

    Raises:
        NotAllowed: the actor lacks the right.
        Invalid: a national officer from outside of the LC doesn't say how.
    """
    actor.require(right, lc_id)
    if lc_id in actor.officer_of:
        return None
    if via is None:
        raise Invalid(N_("Please say how you heard it from the LC: by LINE, mail, phone or in person."))
    return via


async def locked(session: AsyncSession, actor: Actor, lc_id: int) -> LocalCommittee:
    """The LC, locked, so that changes to it come one after another.

    Raises:
        NotFound: there is no such LC in the actor's organisation.
    """
    lc = await session.scalar(
        select(LocalCommittee)
        .where(LocalCommittee.id == lc_id, LocalCommittee.organisation_id == actor.organisation.id)
        .with_for_update()
    )
    if lc is None:
        raise NotFound(UNKNOWN_LC, next_steps=[FIND])
    return lc


def note(
    session: AsyncSession,
    actor: Actor,
    at: datetime,
    lc_id: int,
    action: str,
    fields: Iterable[str],
    via: Via | None = None,
) -> None:
    """A line in the LC's history."""
    record(
        session,
        at=at,
        organisation_id=actor.organisation.id,
        actor_discord_id=actor.caller.discord_user_id,
        origin=actor.caller.origin,
        action=action,
        subject_kind="local_committee",
        subject_id=lc_id,
        fields=fields,
        via=via,
    )
