"""What people are told of their certificates unasked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import cancel, enqueue
from bot.deliveries.values import Recipient
from bot.features.certificates.models import Certificate
from bot.features.members.models import Profile
from bot.features.members.reaching import hears_of_events
from bot.features.people.models import Person
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment

ISSUED = MessageKind("certificates:issued", N_("New certificate"), tolerance=timedelta(days=14))


def subject_of(certificate_id: int) -> str:
    return f"certificate:{certificate_id}"


async def tell(session: AsyncSession, moment: Moment, issued: Collection[Certificate]) -> None:
    """Once, and only those who chose to be written to. The others find it on their page."""
    query = (
        select(Certificate.id, Person.id.label("person_id"), Person.discord_user_id)
        .join(Person, Person.id == Certificate.person_id)
        .join(Profile, Profile.person_id == Person.id)
        .where(Certificate.id.in_([one.id for one in issued]))
        .where(Person.discord_user_id.is_not(None), hears_of_events())
        .order_by(Certificate.id)
    )
    news = [
        ISSUED.to(
            Recipient(RecipientKind.PERSON, row.discord_user_id, f"person:{row.person_id}"),
            moment,
            row.id,
            {"certificate": row.id},
            about=subject_of(row.id),
        )
        for row in await fetch(session, query)
    ]
    await enqueue(session, news, moment.now)


async def take_back(session: AsyncSession, moment: Moment, certificate_id: int) -> None:
    await cancel(session, moment.organisation_id, subject_of(certificate_id), moment.now)
