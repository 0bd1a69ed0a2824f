"""Members say that they are in an LC, or no longer. Its officers confirm it; where there are none or they are silent,
national officers do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery, Recipient
from bot.errors import Conflict, NextStep
from bot.features import Service
from bot.features.homes.facts import Query
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.members import rules
from bot.features.members.models import Contact, LcClaim, Profile
from bot.features.members.reaching import has_officers, told_at, with_officers
from bot.features.members.values import Decided, PendingClaim, Untold
from bot.features.organisations.each import moment_of
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW, Asker, Given, earlier, lcs_where
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person, Post, Term
from bot.features.people.rules import Right, fiscal_year
from bot.features.people.terms import LC_MEMBER, appoint
from bot.features.requests.deciding import Requests
from bot.features.requests.models import RequestState
from bot.features.schools.models import School
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment
from bot.paging import Part, digest_of, fetch_part

TO_CONFIRM = MessageKind("members:to_confirm", N_("Request to an LC to confirm members"))
TO_CONFIRM_ABOVE = MessageKind("members:to_confirm_above", N_("Request to national officers to confirm members"))
DECIDED = MessageKind("members:decided", N_("Notice to a member: the LC has answered"), is_budgeted=True)
#: To the national officers: whom they could tell in the bot's place.
UNTOLD = MessageKind("members:untold", N_("Notice: an LC couldn't be told of new members"))
#: The LCs are asked in the same minute; a little later, what that means for one reader is one message.
TOGETHER = timedelta(minutes=2)
#: What a menu of Discord holds.
AT_ONCE = 25
CLAIMS = Requests(
    LcClaim,
    Right.CONFIRM_MEMBER,
    granted="member.confirm",
    declined="member.not_ours",
    answered=N_("Someone has already answered this. Nothing was changed."),
    not_own=N_("You can't confirm yourself. Please ask another officer or a national officer."),
)
#: A member leaves the LC, and may come back on the same day.
LEAVE = CLAIMS.lifecycle.step([RequestState.GRANTED], RequestState.WITHDRAWN)
COME_BACK = CLAIMS.lifecycle.step([RequestState.WITHDRAWN], RequestState.GRANTED)


class ConfirmingService(Service):
    async def waiting(self, actor: Actor, lc_id: int | None = None, page: int = 0) -> tuple[Part[PendingClaim], int]:
        """A page of the claims that are the actor's to decide, of one LC or all, the oldest first, and how many there
        are.

        An LC's officers see their own LC's; national officers what has come to them (no officers, or two weeks without
        an answer), and of an LC that they name, all.

        Raises:
            NotAllowed: they name an LC of which they are no officer, and are no national officer either.
        """
        query = _listed(actor, lc_id, self.clock.now())
        if query is None:
            return Part(), 0
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, AT_ONCE)
        return rows.each(_pending), rows.total

    async def confirm_shown(self, actor: Actor, first: int, up_to: int, digest: str, lc_id: int | None = None) -> int:
        """Confirm all claims that a page of ``waiting`` showed: from one ``claim_id`` to another, with the
        ``digest_of`` all on it. Returns how many; 0 if others are the actor's by now, or fewer.

        Raises:
            NotAllowed: as for ``waiting``.
        """
        now = self.clock.now()
        query = _listed(actor, lc_id, now)
        if query is None:
            return 0
        async with change_by(self, actor, now=now) as change:
            shown = await fetch_part(change.session, query.where(LcClaim.id.between(first, up_to)), 0, AT_ONCE)
            ids = [row.id for row in shown]
            if digest_of(ids) != digest:
                return 0
            return await self._decide_all(change, ids, confirm=True)

    async def decide(self, actor: Actor, claim_ids: Collection[int], *, confirm: bool) -> int:
        """Confirm several claims at once, or say that these people aren't known. Returns how many.

        Raises:
            NotAllowed: one of them is of an LC of which the actor is no officer, or their own.
            Conflict: all of them have been decided or taken back.
        """
        async with change_by(self, actor) as change:
            count = await self._decide_all(change, list(claim_ids)[:AT_ONCE], confirm=confirm)
            if not count:
                raise CLAIMS.grant.refused()
        return count

    async def _decide_all(self, change: Change, claim_ids: Collection[int], *, confirm: bool) -> int:
        """How many of them were still open."""
        session, actor = change.session, change.actor
        wanted = (
            LcClaim.organisation_id == actor.organisation.id,
            LcClaim.id.in_(claim_ids),
            LcClaim.waits(),
        )
        claimants = select(Person).where(Person.id.in_(select(LcClaim.person_id).where(*wanted))).order_by(Person.id)
        query = select(LcClaim).where(*wanted).order_by(LcClaim.id).with_for_update()
        # The people first and then their claims, as when they answer for themselves.
        people = {person.id: person for person in await session.scalars(claimants.with_for_update())}
        claims = (await session.scalars(query.where(LcClaim.person_id.in_(people)))).all()
        for claim in claims:
            actor.require(Right.CONFIRM_MEMBER, claim.lc_id)
            await self._decide(change, claim, people[claim.person_id], confirm=confirm)
        return len(claims)

    async def _decide(self, change: Change, claim: LcClaim, person: Person, *, confirm: bool) -> None:
        session, actor = change.session, change.actor
        is_own, lc_id = claim.person_id == actor.person_id, claim.lc_id
        await CLAIMS.decide(
            change, claim, "local_committee", lc_id, ["member"], grant=confirm, is_own=is_own, lc_id=lc_id
        )
        if confirm:
            starts_on = await _first_day(session, claim, actor.today)
            await appoint(
                session,
                person,
                LC_MEMBER,
                starts_on=starts_on,
                ends_on=fiscal_year(starts_on)[1],
                at=change.now,
                by_discord_id=actor.caller.discord_user_id,
                origin=actor.caller.origin,
                lc_id=claim.lc_id,
            )
        contact = await session.scalar(select(Profile.contact).where(Profile.person_id == claim.person_id))
        # Only people who chose it are written to; everybody else sees it at home and on their page.
        if contact == Contact.DIRECT and person.discord_user_id is not None:
            they = Recipient(RecipientKind.PERSON, person.discord_user_id)
            about = f"member:{claim.person_id}"
            await change.send(DECIDED.to(they, change.moment, claim.id, {"claim_id": claim.id}, about=about))

    async def ask(self, organisation_id: int, lc_id: int, day: str) -> None:
        """The work of the hour: tell those who decide about the LC's open claims, once for this day. After an outage,
        the work of several days is one: it would tell the same each time."""
        now = self.clock.now()
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, now)
            assert moment is not None
            day = max(day, moment.today.isoformat())
            open_since = (
                await session.scalars(select(LcClaim.asked_at).where(LcClaim.lc_id == lc_id, LcClaim.waits()))
            ).all()
            is_led = await has_officers(session, lc_id, moment.today)
            news = []
            above = {rules.goes_above(at, now, has_officers=is_led) for at in open_since}
            nation = Recipient(RecipientKind.OFFICERS, organisation_id)
            if False in above:
                recipients = (await told_at(session, organisation_id, [lc_id], moment.today))[lc_id]
                for recipient in recipients:
                    part = f"{lc_id}:{day}:{recipient.ref}"
                    news.append(_telling(TO_CONFIRM, recipient, moment, part, {"lc_id": lc_id}))
                if not recipients:  # one message for all such LCs
                    news.append(_telling(UNTOLD, nation, moment, f"{organisation_id}:{day}", {}))
            if True in above:
                news.append(_telling(TO_CONFIRM_ABOVE, nation, moment, f"{organisation_id}:{day}", {}))
            await enqueue(session, news, now)

    async def open_count(self, organisation_id: int, lc_id: int | None, *, above: bool) -> int:
        """How many claims wait: of one LC or all, those that have come to the national officers or the others."""
        here = () if lc_id is None else (LcClaim.lc_id == lc_id,)
        now = self.clock.now()
        async with self.database.reading() as connection:
            moment = await moment_of(connection, organisation_id, now)
            if moment is None:
                return 0
            come = _come_to_nation(now, moment.today)
            return await CLAIMS.count(connection, organisation_id, come if above else ~come, *here)

    async def lc_names(self, lc_id: int) -> tuple[str, str]:
        """Japanese and English, for telling somebody who may be an officer of several."""
        query = with_lc(select(LocalCommittee.id)).where(LocalCommittee.id == lc_id)
        async with self.database.reading() as connection:
            row = (await fetch(connection, query))[0]
        return row.lc_ja, row.lc_en

    async def untold(self, organisation_id: int) -> Untold:
        """The claims that are their LC's officers' to decide, who can be told of them nowhere."""
        query = (
            with_lc(select(LcClaim.lc_id, func.count().label("n")), LcClaim.lc_id)
            .where(LcClaim.organisation_id == organisation_id, LcClaim.waits())
            .group_by(LcClaim.lc_id, School.name_ja, School.name_en)
            .order_by(LcClaim.lc_id)
        )
        now = self.clock.now()
        async with self.database.reading() as connection:
            moment = await moment_of(connection, organisation_id, now)
            assert moment is not None
            today = moment.today
            rows = await fetch(connection, query.where(~_come_to_nation(now, today)))
            told = await told_at(connection, organisation_id, [row.lc_id for row in rows], today)
        untold = [row for row in rows if not told[row.lc_id]]
        return Untold(sum(row.n for row in untold), tuple((row.lc_id, row.lc_ja, row.lc_en) for row in untold))

    async def decided(self, claim_id: int) -> Decided | None:
        """What became of a claim, for telling the one who made it; None if it is open or gone."""
        query = with_lc(select(LcClaim.state), LcClaim.lc_id).where(
            LcClaim.id == claim_id, LcClaim.state.in_([RequestState.GRANTED, RequestState.DECLINED])
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return Decided(rows[0].state == RequestState.GRANTED, rows[0].lc_ja, rows[0].lc_en) if rows else None


_CLAIMS = with_lc(
    select(
        LcClaim.id,
        Person.display_name,
        Profile.reading,
        Profile.year_of_study,
        LcClaim.lc_id,
        LcClaim.asked_at,
    )
    .join(Person, Person.id == LcClaim.person_id)
    .join(Profile, Profile.person_id == Person.id)
    .where(LcClaim.waits())
    .order_by(LcClaim.id),
    LcClaim.lc_id,
)


def _listed(actor: Actor, lc_id: int | None, now: datetime) -> Query | None:
    """The claims that are the actor's to decide; None for somebody who decides none. Raises NotAllowed."""
    own, is_nation = actor.lcs_where(Right.CONFIRM_MEMBER), actor.may(Right.CONFIRM_MEMBER)
    if lc_id is not None:
        actor.require(Right.CONFIRM_MEMBER, lc_id)
        theirs: ColumnElement[bool] = LcClaim.lc_id == lc_id
    elif is_nation or own:
        theirs = _are_theirs(own, now, actor.today, is_nation=is_nation)
    else:
        return None
    return _shown(Asker.of(actor), theirs, None if is_nation else own)


def _are_theirs(
    own: Given[Collection[int]], now: Given[datetime], today: Given[date], *, is_nation: bool
) -> ColumnElement[bool]:
    """Of their ``own`` LCs; for national officers, what has come to them too."""
    theirs = LcClaim.lc_id.in_(own)
    return or_(theirs, _come_to_nation(now, today)) if is_nation else theirs


def _shown(asker: Asker, theirs: ColumnElement[bool], own: Given[Collection[int]] | None) -> Query:
    """``own``: the LCs for which they decide; None for all."""
    is_own = Person.discord_user_id == asker.discord_user_id
    here = LcClaim.organisation_id == asker.organisation_id
    return _CLAIMS.where(here, theirs, CLAIMS.shown_to(asker, is_own, LcClaim.lc_id, own))


def _come_to_nation(now: Given[datetime], today: Given[date]) -> ColumnElement[bool]:
    old = LcClaim.asked_at <= earlier(now, timedelta(days=rules.ASKED_ABOVE))
    return or_(old, LcClaim.lc_id.not_in(with_officers(today)))


@cache
def _to_confirm(*, is_nation: bool) -> Query:
    own = lcs_where(Right.CONFIRM_MEMBER)
    query = _shown(ASKER, _are_theirs(own, NOW, ASKER.today, is_nation=is_nation), None if is_nation else own)
    return query.order_by(None).with_only_columns(LcClaim.lc_id, func.count().label("n")).group_by(LcClaim.lc_id)


def members_to_confirm(actor: Actor) -> Query | None:
    """For home: of each LC (``lc_id``), ``n`` people say that they are in it, and the actor may confirm them."""
    if not any(one.is_officer for one in actor.current):
        return None
    is_nation = actor.may(Right.CONFIRM_MEMBER)
    return _to_confirm(is_nation=is_nation) if is_nation or actor.lcs_where(Right.CONFIRM_MEMBER) else None


def _pending(row: Row[Any]) -> PendingClaim:
    return PendingClaim(
        row.id,
        row.display_name,
        row.reading or "",
        row.year_of_study,
        row.lc_id,
        row.lc_ja,
        row.lc_en,
        row.asked_at,
    )


def _telling(kind: MessageKind, place: Recipient, moment: Moment, part: str, payload: dict[str, Any]) -> NewDelivery:
    return kind.to(place, moment, part, payload, about=kind, due_at=moment.now + TOGETHER)


async def _first_day(session: AsyncSession, claim: LcClaim, today: date) -> date:
    """Today, or the day after a membership of the LC that is just ending."""
    member = select(Post.id).where(Post.organisation_id == claim.organisation_id, Post.key == LC_MEMBER)
    last = await session.scalar(
        select(func.max(Term.ends_on)).where(
            Term.person_id == claim.person_id,
            Term.lc_id == claim.lc_id,
            Term.post_id.in_(member),
            Term.starts_on <= today,
        )
    )
    return max(today, last + timedelta(days=1)) if last else today


ASK_JOB = JobKind("members:ask", N_("Asking LCs to confirm members (automatic)"))


async def claim_lc(change: Change, person_id: int, lc_id: int) -> None:
    """Have the officers of the LC asked. For somebody who is in it or waits already, nothing changes. Somebody who left
    it only today is in it again. The person has to be locked.

    Raises:
        Conflict: the officers did not recognise them lately.
    """
    session, actor = change.session, change.actor
    # A term that ends today doesn't count: it may be ending because they left.
    held = select(Term.id).where(
        Term.person_id == person_id, Term.lc_id == lc_id, Term.starts_on <= actor.today, Term.ends_on > actor.today
    )
    if await session.scalar(select(exists(held))) or await _come_back(change, person_id, lc_id):
        return
    earlier = (
        await session.execute(
            select(LcClaim.lc_id, LcClaim.state).where(
                LcClaim.person_id == person_id,
                or_(
                    LcClaim.waits(),
                    (LcClaim.state == RequestState.DECLINED)
                    & (LcClaim.lc_id == lc_id)
                    & (LcClaim.decided_at > change.now - rules.NOT_BEFORE),
                ),
            )
        )
    ).all()
    if any(row.state == RequestState.DECLINED for row in earlier):
        raise Conflict(
            N_(
                "The officers of this LC didn't recognise your name recently. Please talk to one of them: they can "
                "add you. Nothing else changes for you."
            ),
            next_steps=[NextStep(N_("Find an LC"), "local_committees:ask")],
        )
    if any(row.lc_id == lc_id for row in earlier):
        return
    await CLAIMS.withdraw(change, LcClaim.person_id == person_id)
    session.add(LcClaim(organisation_id=actor.organisation.id, person_id=person_id, lc_id=lc_id, asked_at=change.now))
    await change.send(*(_asking(change.moment, lc_id, days) for days in (0, rules.ASKED_AGAIN, rules.ASKED_ABOVE)))


async def leave_lc(change: Change, person_id: int, school_id: int | None) -> None:
    """Withdraw the claim that waits, and let a plain membership of the school's LC end today. Officers' posts stay as
    they are."""
    session, actor = change.session, change.actor
    await CLAIMS.withdraw(change, LcClaim.person_id == person_id)
    if school_id is None:
        return
    leaving = (
        update(Term)
        .where(
            *_membership(actor, person_id),
            Term.lc_id.in_(select(LocalCommittee.id).where(LocalCommittee.school_id == school_id)),
            Term.ends_on > actor.today,
        )
        .values(ends_on=actor.today)
        .returning(Term.lc_id)
        .execution_options(synchronize_session=False)
    )
    left = list(await session.scalars(leaving))
    theirs = (LcClaim.person_id == person_id, LcClaim.lc_id.in_(left))
    await LEAVE.put_all(session, LcClaim, *theirs, decided_at=change.now)


async def _come_back(change: Change, person_id: int, lc_id: int) -> bool:
    """Whether they had left the LC by themselves, today: a slip of the thumb costs nobody a second confirmation.

    A member whom an officer removed today has no claim that was withdrawn with it.
    """
    session, actor = change.session, change.actor
    withdrawn = (
        select(LcClaim)
        .where(LcClaim.person_id == person_id, LcClaim.lc_id == lc_id, LcClaim.state == RequestState.WITHDRAWN)
        .order_by(LcClaim.decided_at.desc())
        .limit(1)
    )
    claim = await session.scalar(withdrawn)
    zone = actor.organisation.time_zone
    last_day = fiscal_year(actor.today)[1]
    if claim is None or claim.decided_at is None or local_date(claim.decided_at, zone) != actor.today:
        return False
    if actor.today == last_day:
        return False
    ending = (Term.lc_id == lc_id, Term.ends_on == actor.today, Term.created_at <= claim.decided_at)
    term = await session.scalar(select(Term).where(*_membership(actor, person_id), *ending))
    if term is None:
        return False
    term.ends_on = last_day
    COME_BACK.put(claim)
    claim.decided_at = change.now
    return True


def _membership(actor: Actor, person_id: int) -> list[Any]:
    """A plain member's term that holds today."""
    member = select(Post.id).where(Post.organisation_id == actor.organisation.id, Post.key == LC_MEMBER)
    return [Term.person_id == person_id, Term.post_id.in_(member), Term.starts_on <= actor.today]


def _asking(moment: Moment, lc_id: int, days: int) -> NewDelivery:
    """One asking a day for each LC; whom is decided when it is due."""
    day, at = rules.gathering(moment.now, moment.time_zone, days)
    payload = {"lc_id": lc_id, "day": day.isoformat()}
    return ASK_JOB.at(at, moment, f"{lc_id}:{day}", payload, about=f"{ASK_JOB}:{lc_id}")
