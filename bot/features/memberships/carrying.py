"""What a membership of an LC is on 1 April: it ends on 31 March like every other, and goes on by an answer alone.
Meanwhile, for the days of grace, it counts, so that nobody loses their LC's channels over night."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.clock import local_date
from bot.db import fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.records import NewDelivery, Recipient
from bot.features import Service
from bot.features.audit.service import record
from bot.features.members.places import told_at, with_officers
from bot.features.memberships import rules
from bot.features.memberships.models import LcStay
from bot.features.memberships.queries import open_questions, settings_of
from bot.features.organisations.models import Organisation
from bot.features.people.changes import changed
from bot.features.people.models import Post, Term
from bot.features.people.terms import LC_MEMBER
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

MARCH_JOB = JobKind("memberships:march", N_("Carrying LC members over on 31 March (my own work)"))
SILENT_JOB = JobKind("memberships:silent", N_("Counting LC members without an answer (my own work)"))
TO_LC = MessageKind("memberships:lc-unanswered", N_("Word to an LC about members without an answer"))


class CarryService(Service):
    async def carry(self, organisation_id: int, year: int) -> None:
        """The work of 31 March: see ``carry_over``."""
        async with self.database.writing() as session:
            zone = await session.scalar(select(Organisation.time_zone).where(Organisation.id == organisation_id))
            if zone is not None:
                await carry_over(session, organisation_id, year, zone, self.clock.now())

    async def tell_lcs(self, organisation_id: int, year: int) -> None:
        """The work of the day: have the officers of each LC told how many of its members are silent, once a year."""
        now = self.clock.now()
        async with self.database.writing() as session:
            zone = await session.scalar(select(Organisation.time_zone).where(Organisation.id == organisation_id))
            if zone is None:
                return
            moment = Moment(organisation_id, zone, now)
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


async def carry_over(session: AsyncSession, organisation_id: int, year: int, zone: str, now: datetime) -> None:
    """Let memberships of LCs that end on 31 March of ``year`` count through the days of grace, and have each asked
    whether it goes on. Done again, or late, it comes out the same; after the grace it does nothing."""
    grace = (await settings_of(session, organisation_id)).grace_days
    last = rules.first_day(year) - timedelta(days=1)
    until, today = last + timedelta(days=grace), local_date(now, zone)
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
    record(
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
    moment = Moment(organisation_id, zone, now)
    await enqueue(session, [SILENT_JOB.local(told_at, moment, f"{organisation_id}:{year}", {"year": year})], now)
