"""From a rule about members to persons, as they are at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from bot.db import Reader, fetch
from bot.features.announcements.audiences import Members
from bot.features.announcements.models import Subscription
from bot.features.announcements.records import Addressee, WhyNot
from bot.features.members.models import Interest, Kind, Profile
from bot.features.memberships.queries import standings
from bot.features.people.models import Person, Term

#: How many people's standing is looked up by one statement: databases limit its parameters.
AT_ONCE = 5_000


async def addressees(
    reader: Reader, organisation_id: int, rule: Members, today: date, *, direct: bool
) -> list[Addressee]:
    """Who is meant today, each once. ``direct``: direct messages are among the chosen places."""
    holds_a_post = select(Term.id).where(Term.person_id == Person.id, Term.held_on(today))
    query = (
        select(Person.id, Person.discord_user_id, Subscription.id.label("subscription"))
        .outerjoin(Profile, Profile.person_id == Person.id)
        .outerjoin(
            Subscription,
            and_(
                Subscription.organisation_id == Person.organisation_id,
                Subscription.discord_user_id == Person.discord_user_id,
            ),
        )
        .where(
            Person.organisation_id == organisation_id,
            or_(Profile.id.is_not(None), holds_a_post.exists()),
            *_narrowed(rule),
        )
        .order_by(Person.id)
    )
    rows: Sequence[Any] = await fetch(reader, query)
    if rule.kinds:
        fitting: set[int] = set()
        for first in range(0, len(rows), AT_ONCE):
            some = [row.id for row in rows[first : first + AT_ONCE]]
            found = await standings(reader, organisation_id, some, today)
            fitting |= {person_id for person_id, one in found.items() if one.kind in rule.kinds}
        rows = [row for row in rows if row.id in fitting]
    return [Addressee(row.id, row.discord_user_id, _why_not(row, direct=direct)) for row in rows]


def _narrowed(rule: Members) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if rule.committee_ids:
        interested = select(Interest.person_id).where(Interest.committee_id.in_(rule.committee_ids))
        parts.append(Person.id.in_(interested))
    if rule.years or rule.walks:
        studies = (Profile.kind == Kind.STUDENT) & Profile.year_of_study.in_(rule.years)
        parts.append(studies | Profile.kind.in_(rule.walks))
    return parts


def _why_not(row: Any, *, direct: bool) -> WhyNot | None:
    if row.discord_user_id is None:
        return WhyNot.NO_ACCOUNT
    if not direct:
        return WhyNot.NOT_CHOSEN
    return None if row.subscription is not None else WhyNot.NOT_WANTED
