"""Organisers of a past event give certificates to those who came, take them back, and make them anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.certificates import rules
from bot.features.certificates.messages import take_back, tell
from bot.features.certificates.models import (
    Certificate,
    CertificateCopy,
    CertificateKind,
    CertificateSkip,
    CertificateState,
)
from bot.features.certificates.queries import candidates, counted, frame_of, is_over, papers_of, unprintable, who_came
from bot.features.certificates.rules import Terms
from bot.features.certificates.values import Candidate, Desk, Papers, Printed, Standing
from bot.features.events import following
from bot.features.events.changing import locked
from bot.features.events.models import Event, EventState
from bot.features.events.queries import EventCard, card_of, organises
from bot.features.events.steps import certificates_step, edit_step, show_step
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.i18n import N_
from bot.paging import part_of

#: Of a list; so many a menu of Discord holds.
PER_PAGE = 25
NAMES = N_("Only its organisers see who came. If you look after this event now, become an organiser first.")
NOT_OVER = N_("Certificates can be issued once the event is over.")
CALLED_OFF = N_("This event was cancelled, so there are no certificates.")
NOBODY = N_("Everybody who came has a certificate already. Nothing was issued.")
NOT_PRINTABLE = N_(
    "These characters in the title or the venue can't be printed: {lacks}. Please ask for another spelling."
)
NONE_YET = N_("No certificate of this event was issued to them. Please look at the list again.")
SAME_NAME = N_("Their name is the same as on the certificate. Nothing was changed.")
NO_PAPERS = N_("There are no certificates to print yet. Please issue them first.")


class IssuingService(Service):
    """Each method is for the organisers of the event. Raises NotFound; NotAllowed: the actor is none of them."""

    async def desk(self, actor: Actor, event_id: int, page: int = 0) -> Desk:
        """Everybody who came, on pages, and how they stand."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            card = await _card(connection, actor, event_id, now)
            people = await candidates(connection, event_id)
        lacks = unprintable(card)
        return Desk(card, part_of(people, page, PER_PAGE), counted(people), lacks, is_over(card, now))

    async def one(self, actor: Actor, event_id: int, certificate_id: int) -> Candidate:
        """Whose a certificate is. Raises NotFound: the event has no such valid one."""
        async with self.database.reading() as connection:
            await _card(connection, actor, event_id, self.clock.now())
            for one in await candidates(connection, event_id):
                if one.certificate_id == certificate_id:
                    return one
        raise NotFound(NONE_YET, next_steps=[certificates_step(event_id)])

    async def turn(self, actor: Actor, event_id: int, people: Collection[int]) -> None:
        """Untick these people, who then get none, or tick them again. People with a certificate keep it."""
        async with change_by(self, actor) as change:
            await _held(change, event_id)
            found = {one.person_id: one for one in await candidates(change.session, event_id)}
            for person_id in sorted(set(people) & found.keys()):
                standing = found[person_id].standing
                if standing is Standing.SKIPPED:
                    await _unskip(change, event_id, person_id)
                elif standing in (Standing.READY, Standing.UNPRINTABLE):
                    _skip(change, event_id, person_id)

    async def preview(self, actor: Actor, event_id: int, terms: Terms) -> Papers:
        """One as it would be, without a code: that of the longest name, which needs the most room.

        Raises:
            Invalid: the terms can't be used.
        """
        terms, now = rules.checked(terms, actor.today), self.clock.now()
        async with self.database.reading() as connection:
            await _card(connection, actor, event_id, now)
            frame = await frame_of(connection, event_id, actor.organisation.id, now)
            people = await candidates(connection, event_id)
        names = [one.name for one in people if one.standing is not Standing.UNPRINTABLE]
        name = max(names, key=len, default=actor.caller.display_name)
        sheet = Printed(name, rules.NO_CODE, terms.kind, None, actor.today, terms.expires_on)
        return Papers(frame, [sheet])

    async def issue(self, actor: Actor, event_id: int, terms: Terms) -> int:
        """One for everybody who is ready, in one transaction; how many. Done again, it is for those who came to the
        list since. They are told, each once.

        Raises:
            Invalid: the terms can't be used, or the event's title can't be printed.
            Conflict: the event isn't over or was cancelled, or everybody has one.
        """
        terms = rules.checked(terms, actor.today)
        async with change_by(self, actor) as change:
            event = await _held(change, event_id)
            card = await _require_over(change, event)
            if lacks := unprintable(card):
                raise Invalid(NOT_PRINTABLE, lacks=lacks, next_steps=[edit_step(event_id)])
            ready = [one for one in await candidates(change.session, event_id) if one.standing is Standing.READY]
            if not ready:
                raise Conflict(NOBODY, next_steps=[certificates_step(event_id)])
            await _give(change, event, ready, terms)
            following.note(change, event, "certificate.issue")
            return len(ready)

    async def revoke(self, actor: Actor, event_id: int, certificate_id: int, reason: str) -> None:
        """It counts no more, and whoever checks it learns that. Its person gets no other one unless they are ticked
        again; they see the reason.

        Raises:
            NotFound: the event has no such certificate; Invalid: no reason; Conflict: it has ended already.
        """
        reason = rules.checked_reason(reason)
        async with change_by(self, actor) as change:
            event = await _held(change, event_id)
            row = await _certificate(change, event_id, certificate_id)
            await _end(change, [row], reason)
            following.note(change, event, rules.REVOKE.action)

    async def revoke_all(self, actor: Actor, event_id: int, reason: str) -> int:
        """All of the event together; how many. Raises Invalid: no reason; Conflict: there are none."""
        reason = rules.checked_reason(reason)
        async with change_by(self, actor) as change:
            event = await _held(change, event_id)
            which = (Certificate.event_id == event_id, Certificate.state == CertificateState.VALID)
            rows = (await change.session.scalars(select(Certificate).where(*which).order_by(Certificate.id))).all()
            if not rows:
                raise Conflict(NO_PAPERS, next_steps=[certificates_step(event_id)])
            await _end(change, rows, reason)
            following.note(change, event, rules.REVOKE.action)
            return len(rows)

    async def replace(self, actor: Actor, event_id: int, certificate_id: int) -> None:
        """Another one with the name that its person has now. A check of the old one says that there is a newer
        one, and not the name.

        Raises:
            NotFound: the event has no such certificate; Conflict: it has ended, or the name is the same.
            Invalid: the name can't be printed.
        """
        async with change_by(self, actor) as change:
            event = await _held(change, event_id)
            row = await _certificate(change, event_id, certificate_id)
            rules.REPLACE.require(row.state, certificates_step(event_id))
            people = await candidates(change.session, event_id)
            one = next((one for one in people if one.certificate_id == certificate_id), None)
            if one is None or one.standing is not Standing.RENAMED:
                raise Conflict(SAME_NAME, next_steps=[certificates_step(event_id)])
            rules.REPLACE.put(row)
            row.ended_at = change.now
            await _drop_copies(change, [row])
            terms = Terms(CertificateKind(row.kind), row.expires_on)
            await _give(change, event, [one], terms, minutes=row.minutes)
            following.note(change, event, rules.REPLACE.action)

    async def papers(self, actor: Actor, event_id: int, *, only_without_account: bool) -> Papers:
        """All valid ones, or those of people without an account, to be printed. Raises NotFound: there are none."""
        now = self.clock.now()
        which = [Certificate.event_id == event_id]
        if only_without_account:
            which.append(Person.discord_user_id.is_(None))
        async with self.database.reading() as connection:
            await _card(connection, actor, event_id, now)
            found = await papers_of(connection, now, *which)
        if found is None:
            raise NotFound(NO_PAPERS, next_steps=[certificates_step(event_id)])
        return found


async def _card(reader: Reader, actor: Actor, event_id: int, now: datetime) -> EventCard:
    card = await card_of(reader, event_id, actor.organisation.id, now, actor)
    _require_organiser(actor, card.event_id, card.lc_id)
    return card


def _require_organiser(actor: Actor, event_id: int, lc_id: int | None) -> None:
    """Officers of the place become organisers first, and the history says so."""
    if not organises(actor, event_id):
        actor.require(Right.ORGANISE, lc_id)
        raise NotAllowed(NAMES, next_steps=[show_step(event_id)])


async def _held(change: Change, event_id: int) -> Event:
    """The event, locked, so that of two who issue at once the second sees the certificates of the first. Before it the
    people, as a deletion begins with them."""
    came = {one.person_id for one in await who_came(change.session, event_id)}
    theirs = select(Certificate.person_id).where(Certificate.event_id == event_id, Certificate.person_id.is_not(None))
    people = Person.id.in_({*came, change.actor.person_id or 0}) | Person.id.in_(theirs)
    query = select(Person.id).where(people).order_by(Person.id).with_for_update(read=True, key_share=True)
    await change.session.execute(query)
    event = await locked(change, event_id)
    _require_organiser(change.actor, event_id, event.lc_id)
    return event


async def _require_over(change: Change, event: Event) -> EventCard:
    card = await card_of(change.session, event.id, event.organisation_id, change.now)
    if card.state is EventState.CANCELLED:
        raise Conflict(CALLED_OFF, next_steps=[show_step(event.id)])
    if not is_over(card, change.now):
        raise Conflict(NOT_OVER, next_steps=[show_step(event.id)])
    return card


async def _certificate(change: Change, event_id: int, certificate_id: int) -> Certificate:
    row = await change.lock(Certificate, certificate_id, NONE_YET, certificates_step(event_id))
    if row.event_id != event_id:
        raise NotFound(NONE_YET, next_steps=[certificates_step(event_id)])
    return row


async def _give(
    change: Change, event: Event, people: Sequence[Candidate], terms: Terms, *, minutes: int | None = None
) -> None:
    codes = [rules.new_code() for _ in people]
    rows = [
        Certificate(
            organisation_id=event.organisation_id,
            event_id=event.id,
            person_id=one.person_id,
            kind=terms.kind.value,
            state=rules.CERTIFICATES.first.value,
            digest=rules.digest_of(code, one.name),
            minutes=one.minutes if minutes is None else minutes,
            expires_on=terms.expires_on,
            issued_at=change.now,
            issued_by_id=change.actor.person_id,
            reason="",
        )
        for one, code in zip(people, codes, strict=True)
    ]
    change.session.add_all(rows)
    await change.session.flush()
    for row, one, code in zip(rows, people, codes, strict=True):
        copy = CertificateCopy(certificate_id=row.id, person_id=one.person_id, name=one.name, code=code)
        change.session.add(copy)
    await change.session.flush()
    await tell(change.session, change.moment, rows)


async def _end(change: Change, rows: Sequence[Certificate], reason: str) -> None:
    query = select(CertificateSkip.person_id).where(CertificateSkip.event_id == rows[0].event_id)
    skipped = {one.person_id for one in await fetch(change.session, query)}
    for row in rows:
        rules.REVOKE.put(row, certificates_step(row.event_id))
        row.ended_at, row.reason = change.now, reason
        if row.person_id is not None and row.person_id not in skipped:
            _skip(change, row.event_id, row.person_id)
            skipped.add(row.person_id)
    await _drop_copies(change, rows)


async def _drop_copies(change: Change, rows: Sequence[Certificate]) -> None:
    """Nobody prints it again. The paper of its holder can still be checked."""
    gone = delete(CertificateCopy).where(CertificateCopy.certificate_id.in_([one.id for one in rows]))
    await change.session.execute(gone.execution_options(synchronize_session=False))
    for one in rows:
        await take_back(change.session, change.moment, one.id)


def _skip(change: Change, event_id: int, person_id: int) -> None:
    change.session.add(CertificateSkip(event_id=event_id, person_id=person_id, skipped_at=change.now))


async def _unskip(change: Change, event_id: int, person_id: int) -> None:
    this = (CertificateSkip.event_id == event_id, CertificateSkip.person_id == person_id)
    await change.session.execute(delete(CertificateSkip).where(*this).execution_options(synchronize_session=False))
