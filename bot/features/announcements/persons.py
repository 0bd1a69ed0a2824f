"""How things stand with the persons to whom an announcement was addressed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from bot.db import Reader, fetch
from bot.deliveries.models import Delivery
from bot.deliveries.models import State as DeliveryState
from bot.features.announcements.loading import local
from bot.features.announcements.models import (
    Announcement,
    AnnouncementPerson,
    AnnouncementPost,
    PersonAcknowledgement,
    State,
)
from bot.features.announcements.records import PeopleCounts, PersonStatus
from bot.features.audiences.models import Subscription
from bot.features.audiences.records import WhyNot
from bot.features.members.models import Profile
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.questionnaires.boards import name_for
from bot.features.questionnaires.models import AnswerSheet, AskedParty


async def people_counts(reader: Reader, announcement_id: int, questionnaire_id: int | None) -> PeopleCounts | None:
    """The counts of what was addressed to persons, None where it was to none. One statement, however many they are."""
    parts = (
        AnnouncementPerson.unreached,
        _STATE,
        PersonAcknowledgement.id.is_not(None).label("acknowledged"),
        AnswerSheet.is_complete.is_(True).label("answered"),
    )
    query = _joined(select(*parts, func.count().label("n")), questionnaire_id)
    query = query.where(AnnouncementPerson.announcement_id == announcement_id).group_by(*parts)
    rows = await fetch(reader, query)
    if not rows:
        return None
    direct: Counter[DeliveryState] = Counter()
    why_not: Counter[WhyNot] = Counter()
    for row in rows:
        if row.unreached is not None:
            why_not[WhyNot(row.unreached)] += row.n
        else:
            direct[DeliveryState(row.state)] += row.n
    answered = sum(row.n for row in rows if row.answered) if questionnaire_id is not None else None
    return PeopleCounts(dict(direct), dict(why_not), sum(row.n for row in rows if row.acknowledged), answered)


async def people_statuses(
    reader: Reader,
    actor: Actor,
    announcement_id: int,
    questionnaire_id: int | None,
    part: tuple[int, int] | None = None,
) -> list[PersonStatus]:
    """Each of them by name, those last whose names the actor may not see. ``part``: from which on, and how many."""
    name = name_for(actor).label("name")
    columns = (
        name,
        AnnouncementPerson.unreached,
        _STATE,
        func.coalesce(AnnouncementPost.error_code, Delivery.error_code).label("error_code"),
        PersonAcknowledgement.acknowledged_at,
        AnswerSheet.is_complete,
    )
    query = (
        _joined(select(*columns), questionnaire_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .where(AnnouncementPerson.announcement_id == announcement_id)
        .order_by(name.is_(None), name, AnnouncementPerson.id)
    )
    if part is not None:
        query = query.offset(part[0]).limit(part[1])
    return [
        PersonStatus(
            row.name,
            WhyNot(row.unreached) if row.unreached is not None else None,
            DeliveryState(row.state) if row.unreached is None else None,
            row.error_code,
            row.acknowledged_at,
            bool(row.is_complete) if questionnaire_id is not None else None,
        )
        for row in await fetch(reader, query)
    ]


_STATE = func.coalesce(AnnouncementPost.state, Delivery.state, DeliveryState.WITHDRAWN.value).label("state")


def _joined(query: Any, questionnaire_id: int | None) -> Any:
    return (
        query.select_from(AnnouncementPerson)
        .join(Person, Person.id == AnnouncementPerson.person_id)
        .outerjoin(AnnouncementPost, AnnouncementPost.id == AnnouncementPerson.post_id)
        .outerjoin(Delivery, Delivery.key == AnnouncementPost.delivery_key)
        .outerjoin(
            PersonAcknowledgement,
            and_(
                PersonAcknowledgement.announcement_id == AnnouncementPerson.announcement_id,
                PersonAcknowledgement.discord_user_id == Person.discord_user_id,
            ),
        )
        .outerjoin(
            AnswerSheet,
            and_(
                AnswerSheet.questionnaire_id == (questionnaire_id or 0),
                AnswerSheet.person_id == AnnouncementPerson.person_id,
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What a person was asked and hasn't answered; the deadline is local."""

    announcement_id: int
    questionnaire_id: int
    title: str
    deadline: datetime | None


async def to_remind(reader: Reader, announcement_id: int) -> list[tuple[int, int]]:
    """Person and Discord id of those who haven't answered and ask, just now, for direct messages."""
    query = _ASKED.where(Announcement.id == announcement_id, Subscription.id.is_not(None)).order_by(Person.id)
    return [(row.person_id, row.discord_user_id) for row in await fetch(reader, query)]


async def open_question(
    reader: Reader, organisation_id: int, announcement_id: int, person_id: int, now: datetime
) -> OpenQuestion | None:
    """What still waits for this person, None if nothing does any more. ``now`` is local."""
    query = _ASKED.where(
        Announcement.id == announcement_id,
        Announcement.organisation_id == organisation_id,
        AskedParty.person_id == person_id,
    )
    rows = await fetch(reader, query)
    if not rows:
        return None
    deadline = local(rows[0].deadline_local)
    if deadline is not None and deadline <= now:
        return None
    return OpenQuestion(announcement_id, rows[0].questionnaire_id, rows[0].title, deadline)


#: Persons who were asked by something that was sent, and haven't answered.
_ASKED = (
    select(
        AskedParty.person_id,
        Person.discord_user_id,
        Announcement.title,
        Announcement.questionnaire_id,
        Announcement.deadline_local,
    )
    .select_from(Announcement)
    .join(AskedParty, AskedParty.questionnaire_id == Announcement.questionnaire_id)
    .join(Person, Person.id == AskedParty.person_id)
    .outerjoin(
        Subscription,
        and_(
            Subscription.organisation_id == Announcement.organisation_id,
            Subscription.discord_user_id == Person.discord_user_id,
        ),
    )
    .outerjoin(
        AnswerSheet,
        and_(
            AnswerSheet.questionnaire_id == Announcement.questionnaire_id,
            AnswerSheet.person_id == AskedParty.person_id,
        ),
    )
    .where(Announcement.state == State.SENT, or_(AnswerSheet.id.is_(None), AnswerSheet.is_complete.is_(False)))
)
