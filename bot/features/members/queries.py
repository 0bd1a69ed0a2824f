"""The statements behind the service: a person's profile, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, select

from bot.db import Reader, fetch
from bot.features.committees.models import StandingCommittee
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import Contact, Interest, Kind, LcAnswer, LcClaim, Profile, Visibility
from bot.features.members.values import CommitteeChoice, LcStanding, ProfileCard, SchoolChoice, Standing
from bot.features.organisations.models import Organisation, OrganisationKind
from bot.features.people.models import Person, Term
from bot.features.requests.models import RequestState
from bot.features.schools.models import School, SchoolKind


def with_profile(query: Select[*tuple[Any, ...]], *, outer: bool = False) -> Select[*tuple[Any, ...]]:
    """The query, which has people, with what lists show of each: ``display_name``, ``reading``, ``school_ja`` and
    ``school_en``. ``outer``: people without a profile stay."""
    shown = Person.display_name, Profile.reading, School.name_ja.label("school_ja"), School.name_en.label("school_en")
    joined = query.join(Profile, Profile.person_id == Person.id, isouter=outer)
    return joined.outerjoin(School, School.id == Profile.school_id).add_columns(*shown)


_TABLE: Any = Profile.__table__
_LATEST_CLAIM = (
    select(LcClaim.state)
    .where(LcClaim.person_id == _TABLE.c.person_id, LcClaim.lc_id == LocalCommittee.id)
    .order_by(LcClaim.id.desc())
    .limit(1)
    .correlate(_TABLE, LocalCommittee)
    .scalar_subquery()
    .label("claim")
)
_IS_MEMBER = (
    exists()
    .where(Term.person_id == _TABLE.c.person_id, Term.lc_id == LocalCommittee.id, Term.held_on(bindparam("today")))
    .correlate(_TABLE, LocalCommittee)
    .label("is_member")
)
_HAS_COMMITTEES = (
    exists()
    .where(StandingCommittee.organisation_id == _TABLE.c.organisation_id)
    .correlate(_TABLE)
    .label("has_committees")
)
_PROFILE = (
    select(
        _TABLE,
        Person.display_name,
        School.name_ja,
        School.name_en,
        School.kind.label("school_kind"),
        LocalCommittee.id.label("lc_id"),
        LocalCommittee.state.label("lc_state"),
        _LATEST_CLAIM,
        _IS_MEMBER,
        _HAS_COMMITTEES,
        Organisation.kind.label("organisation_kind"),
    )
    .join(Person, Person.id == _TABLE.c.person_id)
    .join(Organisation, Organisation.id == _TABLE.c.organisation_id)
    .outerjoin(School, School.id == _TABLE.c.school_id)
    .outerjoin(LocalCommittee, LocalCommittee.school_id == School.id)
    .where(_TABLE.c.person_id == bindparam("person"), _TABLE.c.organisation_id == bindparam("organisation"))
)
_COMMITTEES = (
    select(
        StandingCommittee.id,
        StandingCommittee.abbreviation,
        StandingCommittee.name_ja,
        StandingCommittee.name_en,
        Interest.person_id,
    )
    .outerjoin(Interest, (Interest.committee_id == StandingCommittee.id) & (Interest.person_id == bindparam("person")))
    .where(StandingCommittee.organisation_id == bindparam("organisation"))
    .order_by(StandingCommittee.position)
)
_MEMBERSHIPS = (
    with_lc(select(LocalCommittee.id))
    .join(Term, Term.lc_id == LocalCommittee.id)
    .where(Term.person_id == bindparam("person"), Term.held_on(bindparam("today")))
    .distinct()
    .order_by(LocalCommittee.id)
)


async def profile_of(reader: Reader, organisation_id: int, person_id: int | None, today: date) -> ProfileCard | None:
    """What a person has said about themselves; None if they have not joined. Three statements."""
    if person_id is None:
        return None
    parameters = {"person": person_id, "organisation": organisation_id, "today": today}
    rows = await fetch(reader, _PROFILE, parameters)
    if not rows:
        return None
    committees = await fetch(reader, _COMMITTEES, parameters)
    return _profile(rows[0], committees, await fetch(reader, _MEMBERSHIPS, parameters))


async def standing_of(reader: Reader, organisation_id: int, person_id: int | None, today: date) -> Standing | None:
    """How far somebody has come with joining; None if they haven't begun. One statement, none for a stranger."""
    if person_id is None:
        return None
    parameters = {"person": person_id, "organisation": organisation_id, "today": today}
    rows = await fetch(reader, _PROFILE, parameters)
    if not rows:
        return None
    card = _profile(rows[0], (), ())
    return Standing(card.name, card.open_step, card.purpose_version, card.joined_at, card.waits_for)


async def committees_of(reader: Reader, organisation_id: int) -> list[CommitteeChoice]:
    rows = await fetch(reader, _COMMITTEES, {"person": 0, "organisation": organisation_id})
    return [_committee(row) for row in rows]


def _committee(row: Row[Any]) -> CommitteeChoice:
    return CommitteeChoice(row.id, row.abbreviation, row.name_ja, row.name_en)


def _profile(row: Row[Any], committees: Sequence[Row[Any]], memberships: Sequence[Row[Any]]) -> ProfileCard:
    lc = None
    if row.lc_id is not None:
        lc = LcStanding(
            row.lc_id,
            LcState(row.lc_state),
            RequestState(row.claim) if row.claim else None,
            row.is_member,
        )
    return ProfileCard(
        person_id=row.person_id,
        name=row.display_name,
        reading=row.reading,
        kind=Kind(row.kind) if row.kind else None,
        school=SchoolChoice(row.school_id, row.name_ja, row.name_en) if row.school_id else None,
        is_listed_school=row.school_kind is not None and row.school_kind != SchoolKind.OTHER,
        institution=row.institution,
        year_of_study=row.year_of_study,
        lc=lc,
        lc_answer=LcAnswer(row.lc_answer) if row.lc_answer else None,
        would_start=row.would_start,
        interests=tuple(_committee(one) for one in committees if one.person_id is not None),
        interests_answered=row.interests_answered,
        contact=Contact(row.contact) if row.contact else None,
        visibility=Visibility(row.visibility),
        purpose_version=row.purpose_version,
        consented_at=row.consented_at,
        joined_at=row.joined_at,
        memberships=tuple((one.lc_ja, one.lc_en) for one in memberships),
        is_association=row.organisation_kind == OrganisationKind.ASSOCIATION,
        has_committees=row.has_committees,
        hears_of_events=row.hears_of_events,
    )
