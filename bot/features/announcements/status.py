"""The status of an announcement: what arrived, who has read it, who hasn't replied."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select

from bot.db import Reader, fetch
from bot.deliveries.models import Delivery, DeliveryState
from bot.errors import NotFound
from bot.features import Service
from bot.features.announcements.access import GONE, local, require
from bot.features.announcements.models import (
    Announcement,
    AnnouncementPerson,
    AnnouncementPost,
    AnnouncementState,
    AnnouncementTarget,
    LcAcknowledgement,
    PersonAcknowledgement,
)
from bot.features.announcements.values import LcStatus, PeopleCounts, PersonStatus, Status
from bot.features.audiences.models import Subscription
from bot.features.audiences.reach import contact_routes
from bot.features.audiences.values import LcName, Why, WhyNot
from bot.features.committees.models import CommitteeAnswer, Reply
from bot.features.local_committees.models import LcState, LocalCommittee, Via
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import Profile
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right, fiscal_year
from bot.features.questionnaires.models import AskedParty
from bot.features.questionnaires.service import name_for

#: Of several messages to an LC, the one with the best outcome counts.
_BEST = (
    DeliveryState.SENT, DeliveryState.CLAIMED, DeliveryState.PENDING, DeliveryState.FAILED, DeliveryState.MISSED,
    DeliveryState.UNREACHABLE, DeliveryState.NOT_NEEDED, DeliveryState.WITHDRAWN, DeliveryState.DONE,
)  # fmt: skip


class StatusService(Service):
    async def show(self, actor: Actor, announcement_id: int) -> Status:
        """The status with every recipient LC, in the directory's order.

        Raises:
            NotFound: there is no such announcement that was sent.
            NotAllowed: it isn't the actor's.
        """
        async with self.database.reading() as connection:
            status = await status_of(connection, actor.organisation.id, announcement_id, actor.today)
        require(actor, status.lc.lc_id if status.lc else None)
        return status

    async def people(
        self, actor: Actor, announcement_id: int, part: tuple[int, int] | None = None
    ) -> list[PersonStatus]:
        """The recipients with their status, by name; people whose names the actor may not see come last. ``part``: the
        first one (from 0) and how many; all of them without it.

        Raises:
            NotFound: there is no such announcement that was sent.
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.ANNOUNCE_NATION)
        async with self.database.reading() as connection:
            head = await _head(connection, actor.organisation.id, announcement_id)
            return await people_statuses(connection, actor, announcement_id, head.questionnaire_id, part)


async def status_of(reader: Reader, organisation_id: int, announcement_id: int, today: date) -> Status:
    """The status, for a caller that has checked the right already. Raises NotFound."""
    head = await _head(reader, organisation_id, announcement_id)
    its = AnnouncementPost.announcement_id == announcement_id
    states = {
        DeliveryState(row.state): row.n
        for row in await fetch(
            reader, _POSTS.with_only_columns(_STATE, func.count().label("n")).where(its).group_by(_STATE)
        )
    }
    by_lc: dict[int, list[Any]] = defaultdict(list)
    for post in await fetch(reader, _POSTS.where(its, AnnouncementPost.lc_id.is_not(None))):
        by_lc[post.lc_id].append(post)
    lcs = await _lcs(reader, head, by_lc, today)
    people = select(func.count()).select_from(PersonAcknowledgement)
    counted = await fetch(reader, people.where(PersonAcknowledgement.announcement_id == announcement_id))
    return Status(
        announcement_id=announcement_id,
        title=head.title,
        state=AnnouncementState(head.state),
        lc=LcName(head.lc_id, head.lc_ja, head.lc_en) if head.lc_id is not None else None,
        sent_at=head.sent_at,
        deadline=local(head.deadline_local),
        questionnaire_id=head.questionnaire_id,
        posts=states,
        lcs=lcs,
        people=counted[0][0],
        addressed=await people_counts(reader, announcement_id, head.questionnaire_id),
    )


async def _head(reader: Reader, organisation_id: int, announcement_id: int) -> Any:
    query = select(
        Announcement.id, Announcement.title, Announcement.state, Announcement.lc_id, Announcement.sent_at,
        Announcement.deadline_local, Announcement.questionnaire_id, Announcement.committee_id,
    ).where(Announcement.id == announcement_id, Announcement.organisation_id == organisation_id)  # fmt: skip
    rows = await fetch(reader, with_lc(query, Announcement.lc_id, outer=True))
    if not rows or rows[0].sent_at is None:
        raise NotFound(GONE)
    return rows[0]


async def _lcs(reader: Reader, head: Any, by_lc: dict[int, list[Any]], today: date) -> list[LcStatus]:
    year = fiscal_year(today)[0].year
    addressed = select(
        AnnouncementTarget.lc_id,
        AnnouncementTarget.unreached,
        LocalCommittee.state,
        LcAcknowledgement.acknowledged_at,
        LcAcknowledgement.via,
        AskedParty.answered_at,
        CommitteeAnswer.reply,
    )
    query = (
        with_lc(addressed, AnnouncementTarget.lc_id)
        .outerjoin(
            LcAcknowledgement,
            and_(LcAcknowledgement.announcement_id == head.id, LcAcknowledgement.lc_id == LocalCommittee.id),
        )
        .outerjoin(
            AskedParty,
            and_(AskedParty.questionnaire_id == (head.questionnaire_id or 0), AskedParty.lc_id == LocalCommittee.id),
        )
        .outerjoin(
            CommitteeAnswer,
            and_(
                CommitteeAnswer.committee_id == (head.committee_id or 0),
                CommitteeAnswer.lc_id == LocalCommittee.id,
                CommitteeAnswer.year == year,
            ),
        )
        .where(AnnouncementTarget.announcement_id == head.id)
        .order_by(LocalCommittee.position, LocalCommittee.id)
    )
    rows = await fetch(reader, query)
    contacts = await contact_routes(reader, [row.lc_id for row in rows], today)
    found = []
    for row in rows:
        best = min(by_lc[row.lc_id], key=lambda post: _BEST.index(DeliveryState(post.state)), default=None)
        found.append(
            LcStatus(
                lc=LcName(row.lc_id, row.lc_ja, row.lc_en, row.state == LcState.DORMANT),
                why=Why(row.unreached) if row.unreached else None,
                delivered=DeliveryState(best.state) if best is not None else None,
                error_code=best.error_code if best is not None else None,
                acknowledged_at=row.acknowledged_at,
                acknowledged_via=Via(row.via) if row.via else None,
                answered=row.answered_at is not None if head.questionnaire_id is not None else None,
                contact=contacts[row.lc_id],
                is_declined=row.reply == Reply.NOT_THIS_YEAR,
            )
        )
    return found


_STATE = func.coalesce(AnnouncementPost.state, Delivery.state, DeliveryState.WITHDRAWN.value).label("state")
#: The outcome of each message: from its delivery, or as recorded before that was forgotten.
_POSTS = select(
    AnnouncementPost.id,
    AnnouncementPost.lc_id,
    AnnouncementPost.place,
    AnnouncementPost.delivery_key,
    _STATE,
    func.coalesce(AnnouncementPost.error_code, Delivery.error_code).label("error_code"),
).outerjoin(Delivery, Delivery.key == AnnouncementPost.delivery_key)


async def people_counts(reader: Reader, announcement_id: int, questionnaire_id: int | None) -> PeopleCounts | None:
    """The counts of recipient persons, None if there are none. One statement for any number of them."""
    parts = (
        AnnouncementPerson.unreached,
        _STATE,
        PersonAcknowledgement.id.is_not(None).label("acknowledged"),
    )
    query = _joined(select(*parts, func.count().label("n"), *AskedParty.counts()), questionnaire_id)
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
    answered = sum(row.answered for row in rows) if questionnaire_id is not None else None
    return PeopleCounts(dict(direct), dict(why_not), sum(row.n for row in rows if row.acknowledged), answered)


async def people_statuses(
    reader: Reader,
    actor: Actor,
    announcement_id: int,
    questionnaire_id: int | None,
    part: tuple[int, int] | None = None,
) -> list[PersonStatus]:
    """Each recipient by name, hidden names last. ``part``: the first one and how many."""
    name = name_for(actor).label("name")
    columns = (
        name,
        AnnouncementPerson.unreached,
        _STATE,
        func.coalesce(AnnouncementPost.error_code, Delivery.error_code).label("error_code"),
        PersonAcknowledgement.acknowledged_at,
        AskedParty.answered_at,
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
            row.answered_at is not None if questionnaire_id is not None else None,
        )
        for row in await fetch(reader, query)
    ]


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
            AskedParty,
            and_(
                AskedParty.questionnaire_id == (questionnaire_id or 0),
                AskedParty.person_id == AnnouncementPerson.person_id,
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that a person hasn't answered. The deadline is local."""

    announcement_id: int
    questionnaire_id: int
    title: str
    deadline: datetime | None


async def to_remind(reader: Reader, announcement_id: int) -> list[tuple[int, int]]:
    """Person and Discord id of people who haven't answered and currently want direct messages."""
    query = _ASKED.where(Announcement.id == announcement_id, Subscription.id.is_not(None)).order_by(Person.id)
    return [(row.person_id, row.discord_user_id) for row in await fetch(reader, query)]


async def open_question(
    reader: Reader, organisation_id: int, announcement_id: int, person_id: int, now: datetime
) -> OpenQuestion | None:
    """The question that still waits for this person, None if there is none. ``now`` is local."""
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


#: Persons who were asked by a sent announcement and haven't answered.
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
    .where(Announcement.state == AnnouncementState.SENT, AskedParty.waits())
)
