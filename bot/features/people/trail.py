"""The one query over the audit: who did what when, and the name of who is known. Histories and /audit narrow it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from bot.features.audit.models import AuditEntry
from bot.features.people.models import Person


def trail(organisation_id: int) -> Select[Any]:
    """The latest first."""
    columns: tuple[Any, ...] = (
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor_discord_id,
        Person.display_name,
        AuditEntry.action,
        AuditEntry.subject_kind,
        AuditEntry.subject_id,
        AuditEntry.fields,
        AuditEntry.via,
        AuditEntry.origin,
    )
    return (
        select(*columns)
        .select_from(AuditEntry)
        .outerjoin(
            Person,
            (Person.organisation_id == AuditEntry.organisation_id)
            & (Person.discord_user_id == AuditEntry.actor_discord_id),
        )
        .where(AuditEntry.organisation_id == organisation_id)
        .order_by(AuditEntry.id.desc())
    )
