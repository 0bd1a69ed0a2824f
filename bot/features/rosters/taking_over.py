"""A record from a sheet becomes its person's: helpers that join somebody else's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.errors import Conflict
from bot.features.members.models import Kind, Profile
from bot.features.memberships.models import MembershipKind
from bot.features.memberships.queries import begin_memberships
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.noting import record_by
from bot.features.rosters.models import RosterEntry, RosterRequest
from bot.features.schools.models import School, SchoolKind
from bot.features.schools.names import search_text
from bot.i18n import N_


@dataclass(frozen=True, slots=True)
class EntryCard:
    """A record on a sheet that nobody has claimed yet."""

    entry_id: int
    name: str
    reading: str
    school_ja: str
    school_en: str
    year_of_study: int | None


ENTRIES = select(
    RosterEntry.id,
    RosterEntry.name,
    RosterEntry.reading,
    RosterEntry.school_id,
    RosterEntry.institution,
    RosterEntry.year_of_study,
    School.name_ja,
    School.name_en,
).outerjoin(School, School.id == RosterEntry.school_id)


def unclaimed(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        RosterEntry.organisation_id == actor.organisation.id,
        RosterEntry.claimed_by.is_(None),
        RosterEntry.expires_on >= actor.today,
    )


def card_of(row: Row[Any]) -> EntryCard:
    school_ja, school_en = row.name_ja or row.institution, row.name_en or row.institution
    return EntryCard(row.id, row.name, row.reading, school_ja, school_en, row.year_of_study)


async def take_over(
    session: AsyncSession, actor: Actor, person: Person, entry: RosterEntry, now: datetime
) -> EntryCard:
    if entry.claimed_by == person.id:
        raise Conflict(N_("You have taken over this record already. Nothing was done twice."))
    if entry.claimed_by is not None:
        raise Conflict(N_("This code has been used already. If that wasn't you, tell a national officer."))
    (row,) = await fetch(session, ENTRIES.where(RosterEntry.id == entry.id))
    card = card_of(row)
    profile = await session.scalar(select(Profile).where(Profile.person_id == person.id).with_for_update())
    assert profile is not None
    if profile.reading is None:  # what they have said themselves counts more
        person.display_name, profile.reading = entry.name, entry.reading
        profile.search = search_text([entry.reading, entry.name])
    if profile.school_id is None and profile.kind is None:
        profile.school_id, profile.institution = entry.school_id, entry.institution
        if entry.school_id is None and entry.institution:
            profile.school_id = await session.scalar(
                select(School.id).where(
                    School.organisation_id == actor.organisation.id, School.kind == SchoolKind.OTHER
                )
            )
        if entry.year_of_study is not None and profile.school_id is not None:
            profile.kind, profile.year_of_study = Kind.STUDENT.value, entry.year_of_study
    kinds = {
        MembershipKind.INDIVIDUAL.value: [MembershipKind.INDIVIDUAL],
        MembershipKind.STAFF.value: [MembershipKind.INDIVIDUAL, MembershipKind.STAFF],
    }
    for kind in kinds.get(entry.kind or "", []):
        await begin_memberships(session, actor.organisation.id, [person.id], kind, actor.today, now)
    entry.claimed_by, entry.claimed_at = person.id, now
    entry.name = entry.reading = entry.institution = ""
    entry.school_id = entry.year_of_study = None
    await session.execute(delete(RosterRequest).where(RosterRequest.person_id == person.id))
    record_by(
        session,
        actor,
        at=now,
        action="roster.claim",
        subject_kind="person",
        subject_id=person.id,
        fields=("record",),
    )
    return card
