"""The history stays; who made it is forgotten (docs/decisions/0010)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from bot.features.audit.models import AuditEntry
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, blanking


def _whose(subject: Subject) -> ColumnElement[bool]:
    accounts = [one for one in (subject.discord_user_id, *subject.former_accounts) if one is not None]
    return (AuditEntry.organisation_id == subject.organisation_id) & AuditEntry.actor_discord_id.in_(accounts)


PARTS = (
    PersonalPart(
        key="audit",
        title=N_("What you changed"),
        covers=("audit_entries.actor_discord_id",),
        export=lambda subject: select(AuditEntry.at, AuditEntry.action, AuditEntry.fields).where(_whose(subject)),
        forget=blanking(AuditEntry, _whose, {"actor_discord_id": None}),
    ),
)
