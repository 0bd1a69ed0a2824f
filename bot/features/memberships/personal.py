from __future__ import annotations

from sqlalchemy import ColumnElement, select

from bot.features.memberships.models import Fee, LcStay, Membership, Renewal, StaffStep, StaffTick
from bot.features.people.models import Term
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, blanking, deleting


def _own_stays(subject: Subject) -> ColumnElement[bool]:
    return LcStay.term_id.in_(select(Term.id).where(Term.person_id == subject.person_id))


def _said_stays(subject: Subject) -> ColumnElement[bool]:
    return (LcStay.organisation_id == subject.organisation_id) & (LcStay.by_discord_id == subject.discord_user_id)


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
        key="lc_stays",
        title=N_("Whether you stayed in your LC"),
        covers=("lc_stays.term_id",),
        export=lambda subject: (
            select(LcStay.year, LcStay.answer, LcStay.answered_at).where(_own_stays(subject)).order_by(LcStay.year)
        ),
        forget=deleting(LcStay, _own_stays),
    ),
    PersonalPart(
        key="lc_stays_said",
        title=N_("Members about whom you said whether they stay in your LC"),
        covers=("lc_stays.by_discord_id",),
        export=lambda subject: select(LcStay.year, LcStay.answer, LcStay.answered_at).where(_said_stays(subject)),
        forget=blanking(LcStay, _said_stays, {"by_discord_id": 0}),
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
