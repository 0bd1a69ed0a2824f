"""A line in the audit about what an actor does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.features.audit.service import record
from bot.features.people.actors import Actor


def record_by(
    session: AsyncSession,
    actor: Actor,
    *,
    at: datetime,
    action: str,
    subject_kind: str,
    subject_id: int,
    fields: Iterable[str] = (),
    via: str | None = None,
) -> None:
    """``record`` with who it was, in which organisation and by which command or button."""
    record(
        session,
        at=at,
        organisation_id=actor.organisation.id,
        actor_discord_id=actor.caller.discord_user_id,
        origin=actor.caller.origin,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        fields=fields,
        via=via,
    )
