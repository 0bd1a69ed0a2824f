"""How an announcement went: what arrived, who has read it, who is silent."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select

from bot.db import Reader, fetch
from bot.deliveries.models import Delivery
from bot.deliveries.models import State as DeliveryState
from bot.errors import NotFound
from bot.features import Service
from bot.features.announcements.loading import GONE, local, require
from bot.features.announcements.models import (
    Announcement,
    AnnouncementPost,
    AnnouncementTarget,
    LcAcknowledgement,
    PersonAcknowledgement,
    State,
)
from bot.features.announcements.persons import people_counts, people_statuses
from bot.features.announcements.records import LcStatus, PersonStatus, Status
from bot.features.audiences.reach import contact_routes, lc_names
from bot.features.audiences.records import LcName, Why
from bot.features.committees.models import CommitteeAnswer, Reply
from bot.features.local_committees.models import LocalCommittee, Via
from bot.features.people.actors import Actor
from bot.features.people.rules import Right, fiscal_year
from bot.features.questionnaires.models import AnswerSheet
from bot.features.schools.models import School

#: Of several messages to an LC, the one that went best speaks for it.
_BEST = (
    DeliveryState.SENT, DeliveryState.CLAIMED, DeliveryState.PENDING, DeliveryState.FAILED, DeliveryState.MISSED,
    DeliveryState.UNREACHABLE, DeliveryState.NOT_NEEDED, DeliveryState.WITHDRAWN, DeliveryState.DONE,
)  # fmt: skip


class StatusService(Service):
    async def show(self, actor: Actor, announcement_id: int) -> Status:
        """How it stands, with every LC to which it was addressed, in the directory's order.

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
        """Those to whom it was addressed, each with how it stands, by name; at the end those whose names the actor may
        not see. ``part``: from which on (from 0), and how many; all of them without it.

        Raises:
            NotFound: there is no such announcement that was sent.
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.ANNOUNCE_NATION)
        async with self.database.reading() as connection:
            head = await _head(connection, actor.organisation.id, announcement_id)
            return await people_statuses(connection, actor, announcement_id, head.questionnaire_id, part)


async def status_of(reader: Reader, organisation_id: int, announcement_id: int, today: date) -> Status:
    """The status for whoever has the right to it already. Raises NotFound."""
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
        state=State(head.state),
        lc=LcName(head.lc_id, head.name_ja, head.name_en) if head.lc_id is not None else None,
        sent_at=head.sent_at,
        deadline=local(head.deadline_local),
        questionnaire_id=head.questionnaire_id,
        posts=states,
        lcs=lcs,
        people=counted[0][0],
        addressed=await people_counts(reader, announcement_id, head.questionnaire_id),
    )


async def _head(reader: Reader, organisation_id: int, announcement_id: int) -> Any:
    names = lc_names().order_by(None).subquery()
    query = (
        select(
            Announcement.id, Announcement.title, Announcement.state, Announcement.lc_id, Announcement.sent_at,
            Announcement.deadline_local, Announcement.questionnaire_id, Announcement.committee_id,
            names.c.name_ja, names.c.name_en,
        )
        .outerjoin(names, names.c.lc_id == Announcement.lc_id)
        .where(Announcement.id == announcement_id, Announcement.organisation_id == organisation_id)
    )  # fmt: skip
    rows = await fetch(reader, query)
    if not rows or rows[0].sent_at is None:
        raise NotFound(GONE)
    return rows[0]


async def _lcs(reader: Reader, head: Any, by_lc: dict[int, list[Any]], today: date) -> list[LcStatus]:
    year = fiscal_year(today)[0].year
    query = (
        select(
            AnnouncementTarget.lc_id,
            AnnouncementTarget.unreached,
            School.name_ja,
            School.name_en,
            LcAcknowledgement.acknowledged_at,
            LcAcknowledgement.via,
            AnswerSheet.is_complete,
            CommitteeAnswer.reply,
        )
        .join(LocalCommittee, LocalCommittee.id == AnnouncementTarget.lc_id)
        .join(School, School.id == LocalCommittee.school_id)
        .outerjoin(
            LcAcknowledgement,
            and_(LcAcknowledgement.announcement_id == head.id, LcAcknowledgement.lc_id == LocalCommittee.id),
        )
        .outerjoin(
            AnswerSheet,
            and_(AnswerSheet.questionnaire_id == (head.questionnaire_id or 0), AnswerSheet.lc_id == LocalCommittee.id),
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
                lc=LcName(row.lc_id, row.name_ja, row.name_en),
                why=Why(row.unreached) if row.unreached else None,
                delivered=DeliveryState(best.state) if best is not None else None,
                error_code=best.error_code if best is not None else None,
                acknowledged_at=row.acknowledged_at,
                acknowledged_via=Via(row.via) if row.via else None,
                answered=bool(row.is_complete) if head.questionnaire_id is not None else None,
                contact=contacts[row.lc_id],
                is_declined=row.reply == Reply.NOT_THIS_YEAR,
            )
        )
    return found


_STATE = func.coalesce(AnnouncementPost.state, Delivery.state, DeliveryState.WITHDRAWN.value).label("state")
#: What became of each message: by its delivery, or as it was written down before that was forgotten.
_POSTS = select(
    AnnouncementPost.id,
    AnnouncementPost.lc_id,
    AnnouncementPost.place,
    AnnouncementPost.delivery_key,
    _STATE,
    func.coalesce(AnnouncementPost.error_code, Delivery.error_code).label("error_code"),
).outerjoin(Delivery, Delivery.key == AnnouncementPost.delivery_key)
