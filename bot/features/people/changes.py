"""Saying that what somebody is has changed, so that whoever shows it elsewhere (roles in Discord) looks again."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

#: In ``session.info``: organisation → Discord ids of those whose terms or data changed; None among them: everybody's.
CHANGED = "people.changed"
#: The same, of those about whom nothing is kept any more.
FORGOTTEN = "people.forgotten"

Changes = dict[int, set[int | None]]


def changed(session: AsyncSession, organisation_id: int, discord_user_id: int | None = None) -> None:
    """To be called in the transaction that changes it. Without a person, it may be about everybody."""
    changes: Changes = session.info.setdefault(CHANGED, {})
    changes.setdefault(organisation_id, set()).add(discord_user_id)


def forgotten(session: AsyncSession, organisation_id: int, discord_user_id: int) -> None:
    """To be called in the transaction with which everything about somebody goes: nothing of it stays elsewhere."""
    gone: dict[int, set[int]] = session.info.setdefault(FORGOTTEN, {})
    gone.setdefault(organisation_id, set()).add(discord_user_id)
