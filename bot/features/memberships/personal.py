from __future__ import annotations

from sqlalchemy import select

from bot.features.memberships.models import Fee, Membership, Renewal, StaffStep, StaffTick
from bot.i18n import N_
from bot.personal import PersonalPart, blanking, deleting

PARTS = (
    PersonalPart(
        key="memberships",
        title=N_("Your memberships"),
        covers=("memberships.person_id",),
        export=lambda subject: (
            select(Membership.kind, Membership.starts_on, Membership.ends_on)
            .where(Membership.person_id == subject.person_id)
            .order_by(Membership.starts_on)
        ),
        # How many members there were is counted; the record that they point at has no name any more.
        forget=None,
    ),
    PersonalPart(
        key="fees",
        title=N_("Your fees"),
        covers=("fees.person_id",),
        export=lambda subject: (
            select(Fee.year, Fee.amount, Fee.reference, Fee.payer, Fee.state, Fee.reported_at, Fee.paid_at)
            .where(Fee.person_id == subject.person_id)
            .order_by(Fee.year)
        ),
        forget=blanking(Fee, lambda subject: Fee.person_id == subject.person_id, {"payer": ""}),
    ),
    PersonalPart(
        key="renewals",
        title=N_("Whether you stayed"),
        covers=("renewals.person_id",),
        export=lambda subject: (
            select(Renewal.year, Renewal.asked_at, Renewal.answer, Renewal.answered_at)
            .where(Renewal.person_id == subject.person_id)
            .order_by(Renewal.year)
        ),
        forget=deleting(Renewal, lambda subject: Renewal.person_id == subject.person_id),
    ),
    PersonalPart(
        key="staff_steps",
        title=N_("Steps towards staff that you have done"),
        covers=("staff_ticks.person_id",),
        export=lambda subject: (
            select(StaffStep.name_ja, StaffStep.name_en, StaffTick.ticked_at)
            .join(StaffTick, StaffTick.step_id == StaffStep.id)
            .where(StaffTick.person_id == subject.person_id)
        ),
        forget=deleting(StaffTick, lambda subject: StaffTick.person_id == subject.person_id),
    ),
)
