"""Somebody's own certificates, and whether one is genuine."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, exists, select

from bot.clock import Clock, local_date
from bot.db import Database, Reader, fetch
from bot.errors import Conflict, Invalid, NextStep, NotFound
from bot.features import Service
from bot.features.certificates import rules
from bot.features.certificates.models import Certificate, CertificateCopy, CertificateKind, CertificateState
from bot.features.certificates.queries import papers_of
from bot.features.certificates.values import OwnCertificate, Papers, Verdict
from bot.features.events.models import Event
from bot.features.events.queries import when_in
from bot.features.members.models import Profile
from bot.features.members.reaching import hears_of_events
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.i18n import N_
from bot.limits import PerMinute

MINE = NextStep(N_("My certificates"), "certificates:mine")
NOT_MINE = N_("That certificate isn't there any more. Your list shows those that you have.")


class CertificateService(Service):
    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._checks = PerMinute(rules.PER_MINUTE)

    async def mine(self, actor: Actor) -> Sequence[OwnCertificate]:
        """The actor's, the latest first. Those that were replaced aren't in it."""
        query = _OWN.where(Certificate.person_id == (actor.person_id or 0))
        query = query.where(Certificate.state != CertificateState.REPLACED.value)
        async with self.database.reading() as connection:
            return [_own(row, actor.today) for row in await fetch(connection, query.order_by(Certificate.id.desc()))]

    async def paper(self, actor: Actor, certificate_id: int) -> Papers:
        """One of the actor's, to be printed: always the same file while nothing about the event changes. Raises
        NotFound: they have no such one, or it was revoked."""
        which = (Certificate.id == certificate_id, Certificate.person_id == (actor.person_id or 0))
        async with self.database.reading() as connection:
            found = await papers_of(connection, self.clock.now(), *which)
        if found is None:
            raise NotFound(NOT_MINE, next_steps=[MINE])
        return found

    async def told(self, certificate_id: int, discord_user_id: int) -> OwnCertificate | None:
        """What the message about it says when it goes out; None if it was ended, or its person chose otherwise."""
        query = (
            _OWN.join(Person, Person.id == Certificate.person_id)
            .join(Profile, Profile.person_id == Person.id)
            .where(Certificate.id == certificate_id, Certificate.state == CertificateState.VALID.value)
            .where(Person.discord_user_id == discord_user_id, hears_of_events())
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return _own(rows[0], local_date(self.clock.now(), rows[0].time_zone)) if rows else None

    async def check(self, actor: Actor, code: str, name: str) -> Verdict | None:
        """Is it genuine? None: there is no certificate with this code and this name; which of them is wrong isn't
        said.

        Raises:
            Invalid: that can't be a code, or there is no name.
            Conflict: the actor asks too often.
        """
        asker = ("account", actor.caller.discord_user_id)
        return await self._check(asker, code, name, actor.organisation.id)

    async def check_outside(self, client: str, code: str, name: str) -> Verdict | None:
        """The same on the page without a login, for all organisations. ``client``: who asks, such as an address."""
        return await self._check(("client", client), code, name, None)

    async def _check(self, asker: Hashable, code: str, name: str, organisation_id: int | None) -> Verdict | None:
        now = self.clock.now()
        if not self._checks.allows(asker, now):
            raise Conflict(rules.TOO_OFTEN)
        read = rules.read_code(code)
        if not rules.normalised(name):
            raise Invalid(rules.NO_NAME)
        async with self.database.reading() as connection:
            return await _verdict(connection, rules.digest_of(read, name), organisation_id, now)


_ABOUT = (
    Certificate.kind,
    Certificate.state,
    Certificate.expires_on,
    Event.title_ja,
    Event.title_en,
    Event.starts_local,
    Event.ends_local,
    Event.whole_days,
    Organisation.time_zone,
)
_CHECKED = (
    select(*_ABOUT)
    .join(Event, Event.id == Certificate.event_id)
    .join(Organisation, Organisation.id == Certificate.organisation_id)
)
_OWN = _CHECKED.add_columns(
    Certificate.id,
    Certificate.reason,
    exists().where(CertificateCopy.certificate_id == Certificate.id).correlate(Certificate).label("can_print"),
)


async def _verdict(reader: Reader, digest: str, organisation_id: int | None, now: datetime) -> Verdict | None:
    query = _CHECKED.where(Certificate.digest == digest)
    if organisation_id is not None:
        query = query.where(Certificate.organisation_id == organisation_id)
    for row in await fetch(reader, query):
        worth = rules.worth(row.state, row.expires_on, local_date(now, row.time_zone))
        when = when_in(row)
        assert when is not None, "an event that is over has a time"
        return Verdict(worth, CertificateKind(row.kind), row.title_ja, row.title_en, when, row.expires_on)
    return None


def _own(row: Row[Any], today: date) -> OwnCertificate:
    when = when_in(row)
    assert when is not None, "an event that is over has a time"
    return OwnCertificate(
        certificate_id=row.id,
        kind=CertificateKind(row.kind),
        state=CertificateState(row.state),
        worth=rules.worth(row.state, row.expires_on, today),
        title_ja=row.title_ja,
        title_en=row.title_en,
        when=when,
        reason=row.reason,
        expires_on=row.expires_on,
        can_print=row.can_print,
    )
