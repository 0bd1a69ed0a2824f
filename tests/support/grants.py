"""People who are in charge of one thing by name."""

from __future__ import annotations

from bot.features.people.changes import Change
from bot.features.people.models import Grant
from bot.features.people.rules import Entitlement, Right, Scope


def in_charge(change: Change, kind: str, subject_id: int) -> None:
    """The actor organises it from now on."""
    granted = Entitlement(Right.ORGANISE, Scope(subject=(kind, subject_id)), change.moment.today)
    change.session.add(
        Grant(
            organisation_id=change.moment.organisation_id,
            person_id=change.actor.person_id or 0,
            right=Right.ORGANISE.value,
            subject_kind=kind,
            subject_id=subject_id,
            starts_on=change.moment.today,
            given_by_id=change.actor.person_id,
            created_at=change.now,
        )
    )
    change.actor.entitlements = (*change.actor.entitlements, granted)
