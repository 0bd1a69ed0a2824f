"""What holders and successors hear directly, if they chose to be reached so: that their term ends, that they are asked
to follow, that it begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.clock import local_date
from bot.db import fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.records import NewDelivery, Recipient
from bot.features import Service
from bot.features.handovers import rules
from bot.features.handovers.models import Handover, HandoverState
from bot.features.handovers.queries import asked_rows, endings, read_endings
from bot.features.handovers.records import Asked, Ending
from bot.features.members.reaching import asked_for_messages
from bot.features.people.models import Person, Post, Term
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment

ENDS_KIND = MessageKind(
    "handovers:your-term-ends",
    N_("Word to a holder that their term ends"),
    tolerance=timedelta(days=5),  # in February year 6 is left in peace
    is_budgeted=True,
    is_reminder=True,
)
FOLLOW_KIND = MessageKind("handovers:would-you", N_("Question to a successor"), is_budgeted=True)
BEGINS_KIND = MessageKind(
    "handovers:your-term-begins", N_("Word to a successor that their term has begun"), is_budgeted=True
)
#: The LC's thread is told first: a word that can't be delivered is a message of its own there, and not a line of that.
AFTER = timedelta(minutes=2)
#: Days after the first one on which a successor is still told that their term has begun, if the bot was away.
LATE = 2


class DirectWordService(Service):
    """What of it still holds when it is sent."""

    async def ending(self, organisation_id: int, term_id: int, last_day: date, today: date) -> Ending | None:
        """The term, if it still ends on that day with nobody to follow."""
        query = endings(organisation_id).where(Term.id == term_id, Term.ends_on >= today)
        async with self.database.reading() as connection:
            found = await read_endings(connection, organisation_id, today, query)
        return found[0] if found and found[0].last_day == last_day and not found[0].is_followed else None

    async def asked(self, organisation_id: int, handover_id: int, today: date) -> Asked | None:
        """Is somebody still asked to follow?"""
        async with self.database.reading() as connection:
            found = await asked_rows(connection, organisation_id, today, Handover.id == handover_id)
        return found[0] if found else None

    async def begun(self, organisation_id: int, term_id: int, today: date) -> Ending | None:
        """A term that runs today."""
        query = endings(organisation_id).where(Term.id == term_id, Term.held_on(today))
        async with self.database.reading() as connection:
            found = await read_endings(connection, organisation_id, today, query)
        return found[0] if found else None


async def to_holders(
    session: AsyncSession,
    moment: Moment,
    running: Iterable[Ending],
    notices: tuple[int, ...],
    places: Mapping[int | None, Recipient],
) -> list[NewDelivery]:
    """A word for each term, on the days on which its LC is asked, too; several go out as one message. Where it can't
    be delivered, they are mentioned in their LC's place instead."""
    due = [
        (one, one.discord_user_id, notice)
        for one in running
        if (notice := rules.notice_due((one.last_day - moment.today).days, notices)) is not None
        and one.discord_user_id is not None
        and not one.candidate
    ]
    direct = await asked_for_messages(session, moment.organisation_id, [user for _, user, _ in due])
    return [
        ENDS_KIND.to(
            Recipient(RecipientKind.PERSON, user),
            moment,
            f"{one.term_id}:{one.last_day.isoformat()}:{notice}",
            {"term": one.term_id, "last": one.last_day.isoformat()},
            generation=one.generation,
            due_at=moment.now + AFTER,
            fallback=places.get(one.lc_id),
        )
        for one, user, notice in due
        if user in direct
    ]


async def to_named(session: AsyncSession, moment: Moment, handover: Handover) -> list[NewDelivery]:
    """Whoever was just named to follow is asked in their home; directly, too, if they chose that."""
    direct = await asked_for_messages(session, moment.organisation_id, [handover.discord_user_id])
    return [
        FOLLOW_KIND.to(Recipient(RecipientKind.PERSON, user), moment, handover.id, {"handover": handover.id})
        for user in direct
    ]


async def to_successors(session: AsyncSession, moment: Moment) -> list[NewDelivery]:
    """On the day on which access passes: to those who said yes before it, so that they know without looking."""
    organisation_id, today, old = moment.organisation_id, moment.today, aliased(Term)
    query = (
        select(Term.id, Term.starts_on, Person.discord_user_id, Handover.decided_at)
        .join(Person, Person.id == Term.person_id)
        .join(Post, Post.id == Term.post_id)
        .join(
            Handover,
            (Handover.organisation_id == organisation_id)
            & (Handover.discord_user_id == Person.discord_user_id)
            & (Handover.state == HandoverState.ACCEPTED),
        )
        .join(old, (old.id == Handover.term_id) & (old.post_id == Term.post_id))
        .where(
            Term.organisation_id == organisation_id,
            Post.is_officer,
            (old.lc_id == Term.lc_id) | (old.lc_id.is_(None) & Term.lc_id.is_(None)),
            old.ends_on < Term.starts_on,
            Term.starts_on.between(today - timedelta(days=LATE), today),
            Term.ends_on >= today,
        )
    )
    rows = [row for row in await fetch(session, query) if local_date(row.decided_at, moment.time_zone) < row.starts_on]
    direct = await asked_for_messages(session, organisation_id, [row.discord_user_id for row in rows])
    return [
        # A term begins once: its first day never moves.
        BEGINS_KIND.to(Recipient(RecipientKind.PERSON, row.discord_user_id), moment, row.id, {"term": row.id})
        for row in rows
        if row.discord_user_id in direct
    ]
