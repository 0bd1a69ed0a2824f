"""Saying that what somebody is has changed, so that whoever shows it elsewhere (roles in Discord) looks again."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

#: In ``session.info``: organisation → Discord ids of those whose terms or data changed; None among them: everybody's.
CHANGED = "people.changed"

Changes = dict[int, set[int | None]]


def changed(session: AsyncSession, organisation_id: int, discord_user_id: int | None = None) -> None:
    """To be called in the transaction that changes it. Without a person, it may be about everybody."""
    changes: Changes = session.info.setdefault(CHANGED, {})
    changes.setdefault(organisation_id, set()).add(discord_user_id)
