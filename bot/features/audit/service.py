from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.features.audit.models import AuditEntry


def add_entry(
    session: AsyncSession,
    *,
    at: datetime,
    organisation_id: int,
    actor_discord_id: int | None,
    origin: str,
    action: str,
    subject_kind: str,
    subject_id: int,
    fields: Iterable[str] = (),
    via: str | None = None,
) -> None:
    """Note a change in the transaction that makes it. ``fields`` are names; values never go in."""
    session.add(
        AuditEntry(
            organisation_id=organisation_id,
            at=at,
            actor_discord_id=actor_discord_id,
            origin=origin,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            fields=sorted(fields),
            via=via,
        )
    )


@dataclass(frozen=True, slots=True)
class Noted:
    """One of many changes that are made at once."""

    action: str
    subject_kind: str
    subject_id: int
    fields: Sequence[str]


async def add_entries(
    session: AsyncSession,
    changes: Iterable[Noted],
    *,
    at: datetime,
    organisation_id: int,
    actor_discord_id: int,
    origin: str,
) -> None:
    """``add_entry`` for thousands of changes by one person."""
    values = [
        {
            "organisation_id": organisation_id,
            "at": at,
            "actor_discord_id": actor_discord_id,
            "origin": origin,
            "action": change.action,
            "subject_kind": change.subject_kind,
            "subject_id": change.subject_id,
            "fields": sorted(change.fields),
            "via": None,
        }
        for change in changes
    ]
    if values:
        await session.execute(insert(AuditEntry), values)
