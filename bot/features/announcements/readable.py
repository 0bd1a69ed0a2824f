"""Who may read an announcement: most are no secret within the organisation."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, func, or_, select

from bot.db import Reader, fetch
from bot.errors import NotAllowed, NotFound
from bot.features.announcements.loading import GONE
from bot.features.announcements.models import Announcement, AnnouncementPost, AnnouncementTarget, State
from bot.features.audiences.models import Place
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.i18n import N_


def addressed_to(lc_ids: Collection[int]) -> Any:
    """Is one of these LCs among those addressed?"""
    return (
        select(AnnouncementTarget.id)
        .where(AnnouncementTarget.announcement_id == Announcement.id, AnnouncementTarget.lc_id.in_(lc_ids or [0]))
        .exists()
    )


def sent_directly_to(actor: Actor) -> Any:
    """Did a direct message of it go to the actor?"""
    return (
        select(AnnouncementPost.id)
        .where(
            AnnouncementPost.announcement_id == Announcement.id,
            AnnouncementPost.place == Place.DIRECT,
            AnnouncementPost.discord_user_id == actor.caller.discord_user_id,
        )
        .exists()
    )


#: For officers among themselves: who is in charge of a committee, or what goes to nothing but their private threads.
FOR_OFFICERS: Any = or_(
    Announcement.audience["rule"]["kind"].as_string() == "committee",
    and_(
        func.coalesce(Announcement.places[0].as_string(), "") == Place.LC_OFFICERS.value,
        Announcement.places[1].as_string().is_(None),
    ),
)


async def require_readable(reader: Reader, actor: Actor, announcement_id: int) -> State:
    """May the actor read it, once it is sent? How it stands.

    Raises:
        NotFound: there is none in the actor's organisation.
        NotAllowed: it is for officers among themselves, and the actor isn't one of them.
    """
    open_to = or_(~FOR_OFFICERS, addressed_to(actor.officer_of), sent_directly_to(actor))
    query = select(Announcement.state, open_to.label("is_open")).where(
        Announcement.id == announcement_id, Announcement.organisation_id == actor.organisation.id
    )
    rows = await fetch(reader, query)
    if not rows:
        raise NotFound(GONE)
    if not rows[0].is_open and not actor.may(Right.ANNOUNCE_NATION):
        raise NotAllowed(N_("This is for officers of LCs among themselves. Please ask one of your LC."))
    return State(rows[0].state)
