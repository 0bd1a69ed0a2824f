"""For whom somebody may make events, and where these are announced."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import select

from bot.db import Reader, fetch
from bot.errors import NotAllowed, NotFound
from bot.features.audiences.places import national_posts
from bot.features.channels.service import places
from bot.features.committees.models import StandingCommittee
from bot.features.events.steps import ALL
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import UNKNOWN_LC, with_lc
from bot.features.people.actors import Actor
from bot.features.people.changes import Change
from bot.features.people.rules import Right
from bot.i18n import N_

MEMBERS_MAKE = N_(
    "Events are made by members of an LC, staff and officers. If you want to make one, ask an officer of your LC."
)


class Home(TypedDict):
    """For whom an event is made."""

    lc_id: int | None
    committee_id: int | None


def makes(actor: Actor, lc_id: int | None, committee: str | None = None) -> bool:
    """May the actor begin events there?"""
    return any(actor.may(right, lc_id, committee) for right in (Right.MAKE_EVENTS, Right.ORGANISE))


def require_making(actor: Actor, lc_id: int | None, committee: str | None) -> None:
    """Raises NotAllowed."""
    if not makes(actor, lc_id, committee):
        raise NotAllowed(MEMBERS_MAKE, next_steps=[ALL])


def may_make(actor: Actor) -> bool:
    """Is there anybody for whom the actor may make events?"""
    committees = {one.committee for one in actor.current}
    return any(makes(actor, lc_id) for lc_id in actor.lc_ids) or any(
        makes(actor, None, one) for one in {None, *committees}
    )


async def channels_of(reader: Reader, actor: Actor, lc_id: int | None) -> list[int]:
    """Where events of an LC, or of the organisation, are announced; of those, where the actor may post."""
    if lc_id is not None:
        if not makes(actor, lc_id):
            return []
        found = (await places(reader, actor.organisation.id, [lc_id]))[lc_id]
        here = [one.channel_id for one in found.spots if one.absent_since is None]
        own = [found.own.announcements_channel_id] if found.own and found.own.absent_since is None else []
        return [channel for channel in (*here, *own) if channel]
    if not actor.may(Right.ORGANISE):
        return []
    return [one.recipient_id for one in await national_posts(reader, actor.organisation.id)]


async def homes_of(reader: Reader, actor: Actor) -> list[tuple[Home, tuple[str, str] | None]]:
    """For whom the actor may make events, with the names of an LC or a committee; None is the organisation."""
    own = with_lc(select(LocalCommittee.id)).where(LocalCommittee.id.in_(actor.lc_ids)).order_by(LocalCommittee.id)
    found: list[tuple[Home, tuple[str, str] | None]] = [
        ({"lc_id": row.id, "committee_id": None}, (row.lc_ja, row.lc_en)) for row in await fetch(reader, own)
    ]
    committees = select(*StandingCommittee.__table__.c).order_by(StandingCommittee.position)
    here = StandingCommittee.organisation_id == actor.organisation.id
    found += [
        ({"lc_id": None, "committee_id": row.id}, (row.name_ja, row.name_en))
        for row in await fetch(reader, committees.where(here))
        if makes(actor, None, row.key)
    ]
    if makes(actor, None):
        found.append(({"lc_id": None, "committee_id": None}, None))
    return found


async def usual_home(reader: Reader, actor: Actor) -> Home:
    """For whom somebody makes an event if they don't say: the organisation where they organise for all of it, else
    their LC, else their committee. Raises NotAllowed: they make none."""
    found = [home for home, _ in await homes_of(reader, actor)]
    if not found:
        raise NotAllowed(MEMBERS_MAKE, next_steps=[ALL])
    return found[-1] if actor.may(Right.ORGANISE) else found[0]


async def committee_key(change: Change, committee_id: int | None) -> str | None:
    if committee_id is None:
        return None
    here = StandingCommittee.organisation_id == change.moment.organisation_id
    query = select(StandingCommittee.key).where(StandingCommittee.id == committee_id, here)
    return await change.session.scalar(query)


async def key_of_home(change: Change, home: Home) -> str | None:
    """Of its committee. Raises NotFound: its LC or its committee isn't there."""
    here = LocalCommittee.organisation_id == change.moment.organisation_id
    lc = select(LocalCommittee.id).where(LocalCommittee.id == home["lc_id"], here)
    if home["lc_id"] is not None and await change.session.scalar(lc) is None:
        raise NotFound(UNKNOWN_LC)
    key = await committee_key(change, home["committee_id"])
    if home["committee_id"] is not None and key is None:
        raise NotFound(N_("That committee is no longer in the list. Please choose again."))
    return key
