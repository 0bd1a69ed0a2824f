from __future__ import annotations

from sqlalchemy import ColumnElement, select

from bot.features.committees.models import StandingCommittee
from bot.features.local_committees.models import LocalCommittee
from bot.features.members.models import Arrival, Interest, LcClaim, Profile
from bot.features.organisations.models import Server
from bot.features.schools.models import School
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, deleting


def _arrivals(subject: Subject) -> ColumnElement[bool]:
    servers = select(Server.id).where(Server.organisation_id == subject.organisation_id)
    return (Arrival.discord_user_id == subject.discord_user_id) & Arrival.server_id.in_(servers)


PARTS = (
    PersonalPart(
        key="profile",
        title=N_("What you said about yourself"),
        covers=("profiles.person_id",),
        export=lambda subject: (
            select(
                Profile.reading,
                Profile.kind,
                School.name_ja.label("school_ja"),
                School.name_en.label("school_en"),
                Profile.institution,
                Profile.year_of_study,
                Profile.lc_answer,
                Profile.would_start.label("would_start_an_lc"),
                Profile.contact,
                Profile.visibility,
                Profile.purpose_version,
                Profile.consented_at,
                Profile.joined_at,
            )
            .outerjoin(School, School.id == Profile.school_id)
            .where(Profile.person_id == subject.person_id)
        ),
        forget=deleting(Profile, lambda subject: Profile.person_id == subject.person_id),
    ),
    PersonalPart(
        key="interests",
        title=N_("Committees that interest you"),
        covers=("interests.person_id",),
        export=lambda subject: (
            select(StandingCommittee.abbreviation.label("committee"))
            .join(Interest, Interest.committee_id == StandingCommittee.id)
            .where(Interest.person_id == subject.person_id)
        ),
        forget=deleting(Interest, lambda subject: Interest.person_id == subject.person_id),
    ),
    PersonalPart(
        key="lc_claims",
        title=N_("LCs that you said to be in"),
        covers=("lc_claims.person_id",),
        export=lambda subject: (
            select(School.name_ja.label("lc_ja"), School.name_en.label("lc_en"), LcClaim.state, LcClaim.claimed_at)
            .join(LocalCommittee, LocalCommittee.id == LcClaim.lc_id)
            .join(School, School.id == LocalCommittee.school_id)
            .where(LcClaim.person_id == subject.person_id)
        ),
        forget=deleting(LcClaim, lambda subject: LcClaim.person_id == subject.person_id),
    ),
    PersonalPart(
        key="arrivals",
        title=N_("When you came to a server (kept for a week)"),
        covers=("arrivals.discord_user_id",),
        export=lambda subject: select(Arrival.arrived_at).where(_arrivals(subject)),
        forget=deleting(Arrival, _arrivals),
    ),
    # The list of deletions has numbers only, and is what makes them hold after a restore.
    PersonalPart(key="deletions", title=N_("Deletions"), covers=("deletions.person_id",), export=None, forget=None),
)
