"""The one query over all that was noted in the audit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from bot.features.audit.models import AuditEntry
from bot.features.people.models import FormerRecord, Person

_KEPT = aliased(Person)
#: History keeps the account of a record that became one with another's; its name is the other's now.
_NAME_NOW = (
    select(_KEPT.display_name)
    .join(FormerRecord, FormerRecord.person_id == _KEPT.id)
    .where(
        FormerRecord.organisation_id == AuditEntry.organisation_id,
        FormerRecord.discord_user_id == AuditEntry.actor_discord_id,
    )
    .order_by(FormerRecord.id.desc())
    .limit(1)
    .correlate(AuditEntry)
    .scalar_subquery()
)


def by(organisation_id: int, discord_user_id: int) -> ColumnElement[bool]:
    """Entries of a Discord user, also those from an account that was theirs before two records became one."""
    former = (
        select(FormerRecord.discord_user_id)
        .join(_KEPT, _KEPT.id == FormerRecord.person_id)
        .where(_KEPT.organisation_id == organisation_id, _KEPT.discord_user_id == discord_user_id)
    )
    return or_(AuditEntry.actor_discord_id == discord_user_id, AuditEntry.actor_discord_id.in_(former))


def trail(organisation_id: int) -> Select[Any]:
    """The latest first."""
    columns: tuple[Any, ...] = (
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor_discord_id,
        func.coalesce(Person.display_name, _NAME_NOW).label("display_name"),
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
