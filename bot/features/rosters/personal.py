from __future__ import annotations

from sqlalchemy import select

from bot.features.rosters.models import Keeping, RosterEntry, RosterRequest
from bot.i18n import N_
from bot.personal import PersonalPart, deleting

PARTS = (
    PersonalPart(
        key="roster",
        title=N_("The record on a sheet that you took over"),
        covers=("roster_entries.claimed_by",),
        export=lambda subject: select(
            RosterEntry.consent, RosterEntry.source, RosterEntry.kind, RosterEntry.imported_at, RosterEntry.claimed_at
        ).where(RosterEntry.claimed_by == subject.person_id),
        forget=deleting(RosterEntry, lambda subject: RosterEntry.claimed_by == subject.person_id),
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
