from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select

from bot.features.rosters.models import Keeping, RosterEntry, RosterRequest
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, deleting


def _claimed(subject: Subject) -> ColumnElement[bool]:
    # A row that nobody has claimed is not theirs who have no record.
    return and_(RosterEntry.claimed_by.is_not(None), RosterEntry.claimed_by == subject.person_id)


PARTS = (
    PersonalPart(
        key="roster",
        title=N_("The record on a sheet that you took over"),
        covers=("roster_entries.claimed_by",),
        export=lambda subject: select(
            RosterEntry.consent, RosterEntry.source, RosterEntry.kind, RosterEntry.imported_at, RosterEntry.claimed_at
        ).where(_claimed(subject)),
        forget=deleting(RosterEntry, _claimed),
    ),
    PersonalPart(
        key="roster_requests",
        title=N_("That you asked for your record on a sheet"),
        covers=("roster_requests.person_id",),
        export=lambda subject: select(RosterRequest.asked_at).where(RosterRequest.person_id == subject.person_id),
        forget=deleting(RosterRequest, lambda subject: RosterRequest.person_id == subject.person_id),
    ),
    PersonalPart(
        key="keepings",
        title=N_("Whether you want to be kept"),
        covers=("keepings.person_id",),
        export=lambda subject: select(Keeping.asked_at, Keeping.until, Keeping.kept_at).where(
            Keeping.person_id == subject.person_id
        ),
        forget=deleting(Keeping, lambda subject: Keeping.person_id == subject.person_id),
    ),
)
