"""Where the officers of an LC are told something. The one place that knows it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, select

from bot.db import Reader, fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.records import Recipient
from bot.features.channels.places import places
from bot.features.people.models import Post, Term


def with_officers(today: date) -> Select[int | None]:
    """The ids of the LCs that have an officer in office."""
    return (
        select(Term.lc_id)
        .join(Post, Post.id == Term.post_id)
        .where(Term.lc_id.is_not(None), Post.is_officer, Term.starts_on <= today, Term.ends_on >= today)
        .distinct()
    )


async def has_officers(reader: Reader, lc_id: int, today: date) -> bool:
    return bool(await fetch(reader, with_officers(today).where(Term.lc_id == lc_id).limit(1)))


async def place_of(reader: Reader, organisation_id: int, lc_id: int) -> Recipient:
    """Where the officers of an LC hear something: in their private thread. An LC without one shares the national
    officers' channel, and its officers see it in their home."""
    found = await places(reader, organisation_id, [lc_id])
    for spot in found[lc_id].spots:
        if spot.officers_thread_id is not None and spot.absent_since is None:
            return Recipient(RecipientKind.THREAD, spot.officers_thread_id)
    return Recipient(RecipientKind.OFFICERS, organisation_id)
