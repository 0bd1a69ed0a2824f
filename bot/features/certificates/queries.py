"""Reading certificates: who came, who has one, and what is printed on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from bot.clock import local_date
from bot.db import Reader, fetch
from bot.features.attendance.models import CheckIn
from bot.features.attendance.own import attended
from bot.features.certificates.models import (
    Certificate,
    CertificateCopy,
    CertificateKind,
    CertificateSeal,
    CertificateSkip,
    CertificateState,
)
from bot.features.certificates.rules import normalised
from bot.features.certificates.values import Candidate, Frame, Papers, Printed, Seal, Standing
from bot.features.events.models import KIND, EventState
from bot.features.events.queries import EventCard, card_of
from bot.features.organisations.models import Organisation
from bot.features.people.models import Person
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp
from bot.glyphs import lacking


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody who was at an event. ``minutes``: for how long, if anybody has noted it."""

    person_id: int
    minutes: int | None


async def who_came(reader: Reader, event_id: int) -> Sequence[Came]:
    """The one place that says who was at an event: those who checked in, with or without a place. If nobody did, there
    was no check-in, and those who had a place when it ended count. People whom an organiser unticked are among them
    (``CertificateSkip``)."""
    noted = await attended(reader, CheckIn.event_id == event_id)
    if noted:
        return [Came(person_id, int(one.time / timedelta(minutes=1))) for person_id, one in noted]
    query = (
        select(PartyMember.person_id)
        .join(Party, Party.id == PartyMember.party_id)
        .join(SignUp, SignUp.id == PartyMember.signup_id)
        .where(SignUp.owner_kind == KIND, SignUp.owner_id == event_id, PartyMember.is_live)
        .where(Party.state == PartyState.ACCEPTED.value, PartyMember.person_id.is_not(None))
        .order_by(PartyMember.id)
    )
    return [Came(row.person_id, None) for row in await fetch(reader, query)]


_VALID = (
    select(Certificate.person_id, Certificate.id, CertificateCopy.name.label("was"))
    .join(CertificateCopy, CertificateCopy.certificate_id == Certificate.id)
    .where(Certificate.state == CertificateState.VALID.value, Certificate.person_id.is_not(None))
    .order_by(Certificate.id)
)


async def candidates(reader: Reader, event_id: int) -> Sequence[Candidate]:
    """Those who came, and those who have a certificate whatever became of their place; by their names."""
    came = {one.person_id: one.minutes for one in await who_came(reader, event_id)}
    has = {row.person_id: row for row in await fetch(reader, _VALID.where(Certificate.event_id == event_id))}
    skips = select(CertificateSkip.person_id).where(CertificateSkip.event_id == event_id)
    skipped = {row.person_id for row in await fetch(reader, skips)}
    people = select(Person.id, Person.display_name, Person.discord_user_id).where(Person.id.in_({*came, *has}))
    found = [
        _candidate(row, came.get(row.id), has.get(row.id), is_skipped=row.id in skipped)
        for row in await fetch(reader, people)
    ]
    return sorted(found, key=lambda one: (one.name, one.person_id))


def _candidate(row: Row[Any], minutes: int | None, has: Row[Any] | None, *, is_skipped: bool) -> Candidate:
    name, lacks = row.display_name, lacking(row.display_name)
    can_print = bool(normalised(name)) and not lacks
    if has is not None:
        standing = Standing.ISSUED
        if can_print and normalised(has.was) != normalised(name):
            standing = Standing.RENAMED
    elif is_skipped:
        standing = Standing.SKIPPED
    else:
        standing = Standing.READY if can_print else Standing.UNPRINTABLE
    return Candidate(
        person_id=row.id,
        name=name,
        has_account=row.discord_user_id is not None,
        standing=standing,
        minutes=minutes,
        certificate_id=has.id if has is not None else None,
        lacks=lacks,
        was=has.was if has is not None else "",
    )


def counted(people: Sequence[Candidate]) -> dict[Standing, int]:
    counts = Counter(one.standing for one in people)
    return {one: counts[one] for one in Standing}


def is_over(event: EventCard, now: datetime) -> bool:
    return event.state is EventState.POSTED and event.ends_at is not None and event.ends_at <= now


def unprintable(event: EventCard) -> str:
    """The characters of what every certificate says of an event that no font has."""
    return lacking("".join((event.title_ja, event.title_en, event.place)))


async def frame_of(reader: Reader, event_id: int, organisation_id: int, now: datetime) -> Frame:
    """Raises NotFound."""
    card = await card_of(reader, event_id, organisation_id, now)
    query = select(
        Organisation.name_ja,
        Organisation.name_en,
        CertificateSeal.content,
        CertificateSeal.width,
        CertificateSeal.height,
    ).outerjoin(CertificateSeal, CertificateSeal.organisation_id == Organisation.id)
    (row,) = await fetch(reader, query.where(Organisation.id == organisation_id))
    seal = None if row.content is None else Seal(row.content, row.width, row.height)
    return Frame(card, row.name_ja, row.name_en, seal)


_PRINTED = (
    select(
        CertificateCopy.name,
        CertificateCopy.code,
        Certificate.organisation_id,
        Certificate.event_id,
        Certificate.kind,
        Certificate.minutes,
        Certificate.issued_at,
        Certificate.expires_on,
        Organisation.time_zone,
    )
    .join(Certificate, Certificate.id == CertificateCopy.certificate_id)
    .join(Organisation, Organisation.id == Certificate.organisation_id)
    .join(Person, Person.id == CertificateCopy.person_id)
    .where(Certificate.state == CertificateState.VALID.value)
)


async def papers_of(reader: Reader, now: datetime, *which: ColumnElement[bool]) -> Papers | None:
    """The valid ones of one event among these, by the names on them; None if there are none."""
    rows = await fetch(reader, _PRINTED.where(*which).order_by(CertificateCopy.name, Certificate.id))
    if not rows:
        return None
    frame = await frame_of(reader, rows[0].event_id, rows[0].organisation_id, now)
    return Papers(frame, [_printed(row) for row in rows])


def _printed(row: Row[Any]) -> Printed:
    issued_on: date = local_date(row.issued_at, row.time_zone)
    kind = CertificateKind(row.kind)
    return Printed(row.name, row.code, kind, row.minutes, issued_on, row.expires_on)
