"""What the messages of an announcement that asks LCs show of the answers: how many LCs have answered where all read it,
and a tick where one LC does. No message names an LC without an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.models import Action, Delivery, DeliveryState
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import UNLESS_GONE, NewDelivery
from bot.features import Service
from bot.features.announcements.messages import changed, count_subject, in_flight, messages_of, tick_subject
from bot.features.announcements.models import Announcement, AnnouncementPost, AnnouncementState
from bot.features.announcements.values import Answers, Said
from bot.features.audiences.models import Place
from bot.features.audiences.values import LcName
from bot.features.local_committees.queries import with_lc
from bot.features.organisations.each import zone_of
from bot.features.questionnaires.models import AskedParty
from bot.features.questionnaires.progress import answered_lcs, lcs_with_a_sheet, locked_turn, say_answered
from bot.kit.moments import Moment

#: For so long after the sending, what was just being sent when the job came is looked at once more.
STILL_ARRIVING = timedelta(hours=1)


class ProgressService(Service):
    async def of(self, said: Said, lc_id: int | None) -> Answers | None:
        """What a message shows of the answers. ``lc_id``: the LC whose message it is. None: no LCs were asked."""
        if said.questionnaire_id is None or said.lc is not None:
            return None
        query = with_lc(select(AskedParty.lc_id, AskedParty.answered_at), AskedParty.lc_id)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query.where(AskedParty.questionnaire_id == said.questionnaire_id))
        own = next((row for row in rows if row.lc_id == lc_id), None)
        if not rows or (lc_id is not None and own is None):
            return None
        lc = LcName(own.lc_id, own.lc_ja, own.lc_en) if own is not None else None
        answered = sum(row.answered_at is not None for row in rows)
        return Answers(len(rows), answered, lc, own is not None and own.answered_at is not None)

    async def show(self, questionnaire_id: int) -> None:
        """The job after answers: edit what all LCs read, and the messages of those LCs for which it has changed."""
        async with self.database.writing() as session:
            turn = await locked_turn(session, questionnaire_id)
            query = select(Announcement).where(
                Announcement.questionnaire_id == questionnaire_id,
                Announcement.state == AnnouncementState.SENT,
                Announcement.lc_id.is_(None),
            )
            row = await session.scalar(query)
            if row is None:
                return
            now, zone = self.clock.now(), await zone_of(session, row.organisation_id)
            moment = Moment(row.organisation_id, zone, now)
            await enqueue(session, await _edits(session, row, questionnaire_id, turn, moment), now)
            going = select(func.count()).where(*in_flight(row.organisation_id, row.id))
            if row.sent_at is not None and now < row.sent_at + STILL_ARRIVING and await session.scalar(going):
                await say_answered(session, questionnaire_id, moment)


async def _edits(
    session: AsyncSession, row: Announcement, questionnaire_id: int, turn: int, moment: Moment
) -> list[NewDelivery]:
    waiting, answered = await _waiting(session, row), await answered_lcs(session, questionnaire_id)
    began = await lcs_with_a_sheet(session, questionnaire_id)
    edits: list[NewDelivery] = []

    def edit(one: Any, what: str, about: str) -> None:
        part = f"{what}:{turn}:{one.id}"
        edits.append(changed(row, one, Action.EDIT, part, about, moment, **{UNLESS_GONE: True}))

    def is_other(one: Any) -> bool:
        """Does its LC's message show something else than what is so, as far as that is known?"""
        if one.shows_answered is None:
            return one.lc_id in began
        return bool(one.shows_answered) != (one.lc_id in answered)

    for one in await messages_of(session, row.id):
        if one.lc_id is None:
            if one.place != Place.DIRECT and one.message_id not in waiting:
                edit(one, "count", count_subject(row.id))
        elif is_other(one):
            edit(one, "tick", tick_subject(row.id))
            post = update(AnnouncementPost).where(AnnouncementPost.id == one.id)
            await session.execute(post.values(shows_answered=one.lc_id in answered))
    return edits


async def _waiting(session: AsyncSession, row: Announcement) -> set[int | None]:
    """Messages with an edit that still waits: it will say what is so when it goes out."""
    query = select(Delivery.message_id).where(
        Delivery.organisation_id == row.organisation_id,
        Delivery.subject == count_subject(row.id),
        Delivery.state == DeliveryState.PENDING,
    )
    return set((await session.scalars(query)).all())
