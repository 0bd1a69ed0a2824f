"""Events as lines of a message that isn't one reader's list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, literal, select

from bot.db import Reader, fetch
from bot.features.committees.models import StandingCommittee
from bot.features.events.models import Event, EventState
from bot.features.events.queries import ELSEWHERE
from bot.features.local_committees.queries import with_lc
from bot.features.organisations.models import Organisation

_LINES = with_lc(
    select(
        Event.id,
        Event.lc_id,
        Event.audience,
        Event.title_ja,
        Event.title_en,
        Event.starts_local,
        Event.ends_local,
        Event.whole_days,
        Event.starts_at,
        Event.is_online,
        literal(None).label("mine"),
        StandingCommittee.abbreviation,
        StandingCommittee.emoji,
        ELSEWHERE,
    )
    .join(Organisation, Organisation.id == Event.organisation_id)
    .outerjoin(StandingCommittee, StandingCommittee.id == Event.committee_id),
    Event.lc_id,
    outer=True,
).where(Event.state == EventState.POSTED.value)


async def posted_where(reader: Reader, organisation_id: int, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    """Posted events, the next first, as rows for ``queries.line_in``."""
    query = _LINES.where(Event.organisation_id == organisation_id, *conditions)
    return await fetch(reader, query.order_by(Event.starts_at, Event.id))
