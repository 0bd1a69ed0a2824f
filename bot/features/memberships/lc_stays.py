"""What a membership of an LC is on 1 April: it ends on 31 March like every other, and goes on by an answer alone, the
member's own or an officer's of the LC. Meanwhile, for the days of grace, it counts, so that nobody loses their LC's
channels over night."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.db import fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery, Recipient
from bot.errors import Conflict
from bot.features import Service
from bot.features.asks.asking import answered
from bot.features.audit.service import add_entry
from bot.features.homes.facts import Query
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import LcAnswer, Profile
from bot.features.members.reaching import asked_for_messages, told_at, with_officers
from bot.features.memberships import rules
from bot.features.memberships.models import Answer, LcStay
from bot.features.memberships.queries import april_waits, open_questions, settings_of
from bot.features.memberships.rules import first_day, year_of
from bot.features.memberships.service import MOST_GRACE, OPEN
from bot.features.memberships.values import StayLine
from bot.features.organisations.each import moment_of
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, Given, lcs_where
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person, Post, Term
from bot.features.people.rules import Right, fiscal_year
from bot.features.people.terms import LC_MEMBER, changed, lock_people
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment
from bot.paging import Part, digest_of, fetch_part

#: Tells members that an officer has said that they are no longer in the LC.
ENDED = MessageKind("memberships:lc-ended", N_("Notice to a member: no longer in the LC"), is_budgeted=True)
#: What a menu of Discord holds.
PAGE = 25


class LcStayService(Service):
    async def answer(self, actor: Actor, stay_id: int, *, stays: bool, moved: bool = False) -> None:
        """Say whether one is still in one's LC: to the end of the fiscal year, or no longer. ``moved``: one is at
        another school now, so what was said about the LC there is open again.

        Raises:
            Conflict: the question doesn't wait for the actor (any more).
        """
        async with change_by(self, actor) as change:
            await change.session.execute(select(Person.id).where(Person.id == (actor.person_id or 0)).with_for_update())
            mine = (LcStay.id == stay_id, Term.person_id == (actor.person_id or 0))
            rows = await _locked(change, *mine)
            if not rows:
                raise Conflict(
                    N_("There's nothing to answer right now. See “My membership” for your status."),
                    next_steps=[OPEN],
                )
            await _settle(change, rows[0], stays=stays)
            if not stays:
                await change.session.execute(
                    update(Profile)
                    .where(Profile.person_id == actor.person_id, Profile.school_id == rows[0].school_id)
                    .values(lc_answer=None if moved else LcAnswer.NOT_IN.value)
                    .execution_options(synchronize_session=False)
                )

    async def silent(self, actor: Actor, lc_id: int | None = None, page: int = 0) -> tuple[Part[StayLine], int]:
        """A page of the members who haven't said whether they are still in the LC, and how many there are: of one LC,
        or of those of which the actor is an officer; for national officers of those without officers, too.

        Raises:
            NotAllowed: they name an LC of which they are no officer, and are no national officer either.
        """
        query = _listed(actor, lc_id)
        if query is None:
            return Part(), 0
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, PAGE)
        return (
            rows.each(lambda row: StayLine(row.id, row.display_name, row.lc_ja, row.lc_en, row.ends_on)),
            rows.total,
        )

    async def keep_shown(self, actor: Actor, first: int, up_to: int, digest: str, lc_id: int | None = None) -> int:
        """Say that all whom a page of ``silent`` showed are still in the LC: from one ``stay_id`` to another, with the
        ``digest_of`` all on it. Returns how many; 0 if others are silent by now, or fewer.

        Raises:
            NotAllowed: as for ``silent``.
        """
        query = _listed(actor, lc_id)
        if query is None:
            return 0
        async with change_by(self, actor) as change:
            shown = await fetch_part(change.session, query.where(LcStay.id.between(first, up_to)), 0, PAGE)
            ids = [row.id for row in shown]
            if digest_of(ids) != digest:
                return 0
            rows = await _locked(change, LcStay.id.in_(ids))
            await _settle_all(change, rows, stays=True)
        return len(rows)

    async def decide(self, actor: Actor, stay_ids: Collection[int], *, stays: bool) -> int:
        """Say for members whether they are still in the LC; returns how many. A member who no longer is sees it on
        their page, and is told if they chose direct messages.

        Raises:
            NotAllowed: one of them is in an LC of which the actor is no officer.
            Conflict: all of them have been answered.
        """
        async with change_by(self, actor) as change:
            rows = await _locked(change, LcStay.id.in_(list(stay_ids)[:PAGE]))
            if not rows:
                raise Conflict(N_("Someone has already answered this. Nothing was changed."))
            await _settle_all(change, rows, stays=stays)
            if not stays:
                users = {row.discord_user_id: row.LcStay.id for row in rows if row.discord_user_id is not None}
                direct = await asked_for_messages(change.session, actor.organisation.id, users)
                news = [
                    ENDED.to(Recipient(RecipientKind.PERSON, user), change.moment, users[user], {"stay": users[user]})
                    for user in sorted(direct)
                ]
                await change.send(*news)
        return len(rows)

    async def ended(self, stay_id: int) -> tuple[str, str] | None:
        """The LC (Japanese, English) of which an officer said that somebody is no longer in it, for telling them."""
        query = with_lc(select(LcStay.id).join(Term, Term.id == LcStay.term_id), Term.lc_id).where(
            LcStay.id == stay_id, LcStay.answer == Answer.LEAVE
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return (rows[0].lc_ja, rows[0].lc_en) if rows else None


async def leave_all(change: Change, person_id: int) -> None:
    """A graduate is in no LC any more: that answers the open questions. The person has to be locked."""
    for row in await _locked(change, Term.person_id == person_id):
        await _settle(change, row, stays=False)


async def _locked(change: Change, *which: ColumnElement[bool]) -> list[Any]:
    """Open questions with what belongs to them, their terms locked: of two who answer, the second sees the first."""
    session, questions = change.session, open_questions(change.moment.organisation_id, change.actor.today)
    terms = questions.add_columns(Term.id).where(*which).order_by(Term.id)
    ids = [row.id for row in await fetch(session, terms)]
    await lock_people(session, Person.id.in_(select(Term.person_id).where(Term.id.in_(ids))))
    await session.execute(select(Term.id).where(Term.id.in_(ids)).order_by(Term.id).with_for_update())
    query = questions.add_columns(
        LcStay,
        Term,
        Term.person_id,
        Term.lc_id,
        Person.discord_user_id,
        LocalCommittee.school_id,
    ).join(LocalCommittee, LocalCommittee.id == Term.lc_id)
    return list(await fetch(session, query.where(Term.id.in_(ids)).order_by(LcStay.id)))


def is_asked_season(today: date) -> bool:
    """May there be members who haven't answered 1 April? From then to the end of the longest grace."""
    return (today - first_day(year_of(today))).days <= MOST_GRACE


def _are_theirs(own: Given[Collection[int]], today: Given[date], *, is_nation: bool) -> ColumnElement[bool]:
    """Of their ``own`` LCs; for national officers, of those without officers too."""
    theirs = Term.lc_id.in_(own)
    return or_(theirs, Term.lc_id.not_in(with_officers(today))) if is_nation else theirs


@cache
def _unsaid(*, is_nation: bool) -> Query:
    theirs = _are_theirs(lcs_where(Right.CONFIRM_MEMBER), ASKER.today, is_nation=is_nation)
    query = with_lc(open_questions(ASKER.organisation_id, ASKER.today), Term.lc_id).where(theirs)
    return query.with_only_columns(Term.lc_id, func.count().label("n")).group_by(Term.lc_id)


def stays_unsaid(actor: Actor) -> Query | None:
    """For home, for officers in the weeks of the question: of each LC (``lc_id``), ``n`` members haven't said whether
    they are still in it."""
    if not any(one.is_officer for one in actor.current) or not is_asked_season(actor.today):
        return None
    is_nation = actor.may(Right.CONFIRM_MEMBER)
    return _unsaid(is_nation=is_nation) if is_nation or actor.lcs_where(Right.CONFIRM_MEMBER) else None


def _listed(actor: Actor, lc_id: int | None) -> Query | None:
    """The questions that the actor may answer; None for somebody who answers none. Raises NotAllowed."""
    own, is_nation = actor.lcs_where(Right.CONFIRM_MEMBER), actor.may(Right.CONFIRM_MEMBER)
    if lc_id is not None:
        actor.require(Right.CONFIRM_MEMBER, lc_id)
        theirs: ColumnElement[bool] = Term.lc_id == lc_id
    elif is_nation or own:
        theirs = _are_theirs(own, actor.today, is_nation=is_nation)
    else:
        return None
    query = with_lc(open_questions(actor.organisation.id, actor.today), Term.lc_id).where(theirs)
    return query.add_columns(LcStay.id, Person.display_name, Term.ends_on).order_by(LcStay.id)


async def _settle_all(change: Change, rows: Sequence[Any], *, stays: bool) -> None:
    """Raises NotAllowed if one of them is in an LC of which the actor is no officer."""
    for row in rows:
        change.actor.require(Right.CONFIRM_MEMBER, row.lc_id)
    for row in rows:
        await _settle(change, row, stays=stays)


async def _settle(change: Change, row: Any, *, stays: bool) -> None:
    actor, stay = change.actor, row.LcStay
    stay.answer, stay.by_discord_id = (Answer.STAY if stays else Answer.LEAVE).value, actor.caller.discord_user_id
    row.Term.ends_on = fiscal_year(actor.today)[1] if stays else actor.today
    changed(change.session, actor.organisation.id, row.discord_user_id)
    change.note("lc_stay.stay" if stays else "lc_stay.leave", "local_committee", row.lc_id, ("member",))
    await answered(change, stay, rules.renewal_subject(row.person_id), *april_waits(row.person_id, actor.today))


MARCH_JOB = JobKind("memberships:march", N_("Carrying LC members over on 31 March (automatic)"))
SILENT_JOB = JobKind("memberships:silent", N_("Counting LC members without an answer (automatic)"))
TO_LC = MessageKind("memberships:lc-unanswered", N_("Notice to an LC: members without an answer"))


class CarryService(Service):
    async def carry(self, organisation_id: int, year: int) -> None:
        """The work of 31 March: see ``carry_over``."""
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, self.clock.now())
            if moment is not None:
                await carry_over(session, moment, year)

    async def tell_lcs(self, organisation_id: int, year: int) -> None:
        """The work of the day: have the officers of each LC told how many of its members are silent, once a year."""
        now = self.clock.now()
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, now)
            if moment is None:
                return
            today = moment.today
            query = open_questions(organisation_id, today).add_columns(Term.lc_id).distinct()
            waiting = [row.lc_id for row in await fetch(session, query.where(LcStay.year == year))]
            led = {row.lc_id for row in await fetch(session, with_officers(today))}
            told = await told_at(session, organisation_id, [lc_id for lc_id in waiting if lc_id in led], today)
            nation = Recipient(RecipientKind.OFFICERS, organisation_id)
            news: dict[str, NewDelivery] = {}
            for lc_id in waiting:
                for place in told.get(lc_id) or [nation]:
                    # LCs that have no place of their own, or nobody there, share one message.
                    shared = place == nation
                    of = "all" if shared else f"{lc_id}:{place.ref}"
                    part = f"{organisation_id}:{year}:{of}"
                    news[part] = TO_LC.to(place, moment, part, {} if shared else {"lc_id": lc_id})
            await enqueue(session, news.values(), now)

    async def count_silent(self, organisation_id: int, lc_id: int | None, today: date) -> tuple[int, date | None]:
        """How many haven't said it, of an LC or of all, and until when they count as members meanwhile."""
        query = open_questions(organisation_id, today).add_columns(
            func.count().label("n"), func.min(Term.ends_on).label("until")
        )
        if lc_id is not None:
            query = query.where(Term.lc_id == lc_id)
        async with self.database.reading() as connection:
            (row,) = await fetch(connection, query)
        return row.n, row.until


async def carry_over(session: AsyncSession, moment: Moment, year: int) -> None:
    """Let memberships of LCs that end on 31 March of ``year`` count through the days of grace, and have each asked
    whether it goes on. Done again, or late, it comes out the same; after the grace it does nothing."""
    organisation_id, now, today = moment.organisation_id, moment.now, moment.today
    grace = (await settings_of(session, organisation_id)).grace_days
    last = rules.first_day(year) - timedelta(days=1)
    until = last + timedelta(days=grace)
    if today > until or not grace:
        return
    later = aliased(Term)
    query = (
        select(Term.id)
        .join(Post, Post.id == Term.post_id)
        .where(
            Term.organisation_id == organisation_id,
            Post.key == LC_MEMBER,
            Term.ends_on == last,
            ~exists().where(
                later.person_id == Term.person_id,
                later.lc_id == Term.lc_id,
                later.post_id == Term.post_id,
                later.ends_on > last,
            ),
            ~exists().where(LcStay.term_id == Term.id, LcStay.year == year),
        )
        .with_for_update(of=Term)
    )
    term_ids = (await session.scalars(query)).all()
    if not term_ids:
        return
    rows: list[dict[str, Any]] = [
        {"organisation_id": organisation_id, "term_id": term_id, "year": year, "until": until} for term_id in term_ids
    ]
    await session.execute(insert(LcStay), rows)
    table: Any = Term.__table__
    asked = select(LcStay.term_id).where(LcStay.organisation_id == organisation_id, LcStay.year == year)
    await session.execute(update(table).where(table.c.id.in_(asked), table.c.ends_on == last).values(ends_on=until))
    if today > last:  # late: they had lost it over night
        changed(session, organisation_id)
    add_entry(
        session,
        at=now,
        organisation_id=organisation_id,
        actor_discord_id=None,
        origin=MARCH_JOB,
        action="lc_stay.carry",
        subject_kind="organisation",
        subject_id=organisation_id,
        fields=("ends_on",),
    )
    # Two weeks before the grace ends, but not before 1 April.
    told_at = datetime.combine(rules.told_on(year, until), rules.ASKED_AT)
    await enqueue(session, [SILENT_JOB.local(told_at, moment, f"{organisation_id}:{year}", {"year": year})], now)
