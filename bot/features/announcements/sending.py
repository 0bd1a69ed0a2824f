"""What happens at the planned time: the audience becomes LCs, the places become messages. Each job may run twice with
the same result, as it checks and changes the state in the transaction that enqueues."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import fetch, insert_if_absent
from bot.deliveries.models import Lane, RecipientKind, Urgency
from bot.deliveries.outbox import enqueue
from bot.deliveries.schedule import instant, local_time
from bot.deliveries.values import NewDelivery, Recipient
from bot.features import Service
from bot.features.announcements import rules
from bot.features.announcements.access import local, right_for
from bot.features.announcements.models import (
    Announcement,
    AnnouncementPerson,
    AnnouncementPost,
    AnnouncementState,
    AnnouncementTarget,
    CheckState,
    Ping,
)
from bot.features.announcements.notices import missed, unpinged
from bot.features.announcements.planning import occur_job, problem_of, reach_today, send_job, urgency_of
from bot.features.announcements.rules import Repeat, occurrence
from bot.features.audiences.models import Place
from bot.features.audiences.places import posts_in
from bot.features.audiences.values import PostPlan, Reach
from bot.features.organisations.each import zone_of
from bot.features.people import entitlements
from bot.features.people.rules import Scope, decide
from bot.features.questionnaires import service as questionnaires
from bot.features.questionnaires.service import Party
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

MESSAGE = MessageKind("announcements:message", N_("Announcement"), lane=Lane.BULK, keys="announcement")
_DAYLIGHT: dict[str, Any] = {"urgency": Urgency.DAILY, "keys": "announcement"}
REMIND = JobKind(
    "announcements:remind",
    N_("Reminding LCs and people of an announcement (automatic)"),
    tolerance=timedelta(days=1),
    **_DAYLIGHT,
)
FOLLOW_UP = JobKind(
    "announcements:follow_up",
    N_("Listing LCs that haven't replied (automatic)"),
    tolerance=timedelta(days=1),
    **_DAYLIGHT,
)
CLOSE = JobKind("announcements:close", N_("Recording the results of an announcement (automatic)"), **_DAYLIGHT)
#: When the outcome of the messages is recorded with the announcement, before the deliveries forget it.
CLOSED_AFTER = timedelta(days=60)
#: Without the ORM, which is slow over thousands of rows.
_PEOPLE: Any = AnnouncementPerson.__table__
_POSTS: Any = AnnouncementPost.__table__
_RECIPIENTS = {Place.DIRECT: RecipientKind.PERSON, Place.LC_OFFICERS: RecipientKind.THREAD}


def subject(announcement_id: int) -> str:
    return f"announcement:{announcement_id}"


def later_subject(announcement_id: int) -> str:
    """The subject of its later jobs."""
    return f"announcement:{announcement_id}:later"


class SendingService(Service):
    async def send_out(self, announcement_id: int, plan: int, may_ping: Collection[int] = ()) -> None:
        """The job of a plan. If it is late by more than a day, or can't be sent as it is, it sends nothing, becomes
        a draft again, and tells the officers.

        ``may_ping``: channels in which Discord lets its sender ping right now.
        """
        async with self.database.writing() as session:
            row = await _locked(session, announcement_id)
            if row is None or row.plan != plan or row.state != AnnouncementState.SCHEDULED:
                return
            zone, now = await zone_of(session, row.organisation_id), self.clock.now()
            planned = local(row.planned_local)
            assert planned is not None
            is_late, reach = now > instant(planned, zone) + rules.LATEST, await reach_today(session, row, zone, now)
            problem = None if is_late else problem_of(row, reach, zone, now, local(row.deadline_local))
            if is_late or problem is not None:
                rules.PUT_BACK.put(row)
                row.planned_local, row.version = None, row.version + 1
                await enqueue(session, [await missed(session, row, zone, planned, now, problem)], now)
                return
            await keep_allowed(session, row, reach, may_ping, zone, now)
            await self._send(session, row, reach, zone, now)

    async def occur(self, series_id: int, plan: int, number: int) -> None:
        """The job of an occurrence: enqueue the next one, then make this one, unless it is skipped or the series is
        paused. If it is late by more than a day, or the series can't be sent as it is and is paused from now on, tell
        the officers."""
        async with self.database.writing() as session:
            row = await _locked(session, series_id)
            if (
                row is None
                or row.plan != plan
                or row.state not in (AnnouncementState.REPEATING, AnnouncementState.PAUSED)
            ):
                return
            zone, now = await zone_of(session, row.organisation_id), self.clock.now()
            first = local(row.planned_local)
            assert first is not None
            repeat = Repeat.model_validate(row.repeat)
            following = occurrence(repeat, first, number + 1)
            if following is not None:
                await enqueue(
                    session, [occur_job(row, Moment(row.organisation_id, zone, now), number + 1, following)], now
                )
            at = occurrence(repeat, first, number)
            problem = None
            if at is not None and row.state == AnnouncementState.REPEATING and number not in row.skipped:
                deadline, is_late = _moved(local(row.deadline_local), first, at), now > instant(at, zone) + rules.LATEST
                reach = await reach_today(session, row, zone, now)
                # By its planned time: it isn't the series' fault if the bot is a little late.
                problem = None if is_late else problem_of(row, reach, zone, instant(at, zone), deadline)
                if is_late or problem is not None:
                    await enqueue(session, [await missed(session, row, zone, at, now, problem)], now)
                else:
                    await self._make_occurrence(session, row, reach, zone, number, at, deadline, now)
            if problem is not None:  # so that officers can fix it, even the last one
                row.version += 1
                if following is None:
                    rules.PUT_BACK.put(row)
                    row.planned_local = None
                else:
                    rules.REST.put(row)
            elif following is None:
                rules.END.put(row)

    async def _make_occurrence(
        self,
        session: AsyncSession,
        row: Announcement,
        reach: Reach,
        zone: str,
        number: int,
        at: datetime,
        deadline: datetime | None,
        now: datetime,
    ) -> None:
        """Send it; with a ping, by a job of its own, which asks Discord first."""
        values = {name: getattr(row, name) for name in _CARRIED_OVER}
        if row.questionnaire_id is not None:
            values["questionnaire_id"] = await questionnaires.copy(session, row.questionnaire_id)
        if deadline is not None:
            values["deadline_local"] = deadline.isoformat(timespec="minutes")
        child_id = await insert_if_absent(
            session,
            Announcement,
            series_id=row.id,
            occurrence=number,
            state=AnnouncementState.SCHEDULED.value,
            version=1,
            edition=0,
            plan=1,
            planned_local=at.isoformat(timespec="minutes"),
            repeat=None,
            skipped=[],
            check_state=CheckState.NONE.value,
            check_note="",
            **values,
        )
        if child_id is not None:
            child = await session.get_one(Announcement, child_id)
            if _pings(child):
                job = send_job(child, Moment(row.organisation_id, zone, now), instant(at, zone))
                await enqueue(session, [job], now)
            else:
                await self._send(session, child, reach, zone, now)

    async def _send(self, session: AsyncSession, row: Announcement, reach: Reach, zone: str, now: datetime) -> None:
        rules.SEND.put(row)
        row.sent_at = now
        await _note_targets(session, row, reach)
        posts = await self._post(session, row, reach, zone, now)
        await _note_people(session, row, reach, posts)
        deadline = local(row.deadline_local)
        deadline_at = instant(deadline, zone) if deadline is not None else None
        if row.questionnaire_id is not None:
            asked = [Party(lc_id=lc.lc_id) for lc in reach.lcs]
            asked += [Party(person_id=one.person_id) for one in reach.people or ()]
            await questionnaires.open_to(session, row.questionnaire_id, row.title, asked, deadline_at, now)
        jobs = _jobs(row, Moment(row.organisation_id, zone, now), deadline, to_persons=reach.people is not None)
        await enqueue(session, jobs, now)

    async def _post(
        self, session: AsyncSession, row: Announcement, reach: Reach, zone: str, now: datetime
    ) -> dict[int, int]:
        """The messages; for each Discord id, the number of its direct message."""
        if not reach.posts:
            return {}
        moment = Moment(row.organisation_id, zone, now)
        news = [(_message(row, post, moment), post) for post in reach.posts]
        made = await session.execute(
            insert(_POSTS).returning(_POSTS.c.id, _POSTS.c.delivery_key),
            [
                {
                    "announcement_id": row.id,
                    "lc_id": post.lc_id,
                    "place": post.place.value,
                    "delivery_key": new.key,
                    "discord_user_id": post.recipient_id if post.place is Place.DIRECT else None,
                }
                for new, post in news
            ],
        )
        ids = {key: post_id for post_id, key in made}
        await enqueue(session, [new for new, _ in news], now)
        return {post.recipient_id: ids[new.key] for new, post in news if post.place is Place.DIRECT}


#: Columns that an occurrence takes from its series.
_CARRIED_OVER = (
    "organisation_id", "lc_id", "title", "text_ja", "text_en", "link", "file_id", "committee_id", "audience", "places",
    "is_urgent", "ping", "ping_channels", "reminders", "signed_ja", "signed_en", "created_by_discord_id",
    "changed_by_discord_id", "sent_by_discord_id", "created_at", "changed_at",
)  # fmt: skip


def _moved(deadline: datetime | None, first: datetime, at: datetime) -> datetime | None:
    """The deadline of an occurrence: as many days after it as that of the series is after the first time."""
    return deadline + (datetime.combine(at.date(), first.time()) - first) if deadline is not None else None


def _message(row: Announcement, post: PostPlan, moment: Moment) -> NewDelivery:
    is_direct = post.place is Place.DIRECT
    direct: dict[str, Any] = {"tolerance": rules.DIRECT_TOLERANCE, "is_budgeted": True} if is_direct else {}
    return MESSAGE.to(
        Recipient(_RECIPIENTS.get(post.place, RecipientKind.CHANNEL), post.recipient_id),
        moment,
        f"{row.id}:0:{post.place}:{post.ref}",
        {"announcement": row.id, "lc": post.lc_id, "role": post.role_id},
        about=subject(row.id),
        urgency=urgency_of(row),
        **direct,
    )


def _jobs(row: Announcement, moment: Moment, deadline: datetime | None, *, to_persons: bool) -> list[NewDelivery]:
    """What comes later: reminders, the list of missing replies, and the recording of results."""
    sent = local_time(moment.now, moment.time_zone)

    def job(kind: JobKind, what: str, at: datetime, number: int = 0) -> NewDelivery:
        payload = {"announcement": row.id, "number": number}
        return kind.local(at, moment, f"{row.id}:{what}", payload, about=later_subject(row.id))

    # No follow-up for an LC's own people, nor for persons who weren't asked anything.
    if row.lc_id is not None or (to_persons and row.questionnaire_id is None):
        return [job(CLOSE, "close", sent + CLOSED_AFTER)]
    times = rules.reminder_times(sent, deadline, row.reminders)
    return [
        *(job(REMIND, f"remind:{number}", at, number) for number, at in enumerate(times, 1)),
        job(FOLLOW_UP, "follow_up", rules.follow_up_time(sent, deadline, row.reminders)),
        job(CLOSE, "close", sent + CLOSED_AFTER),
    ]


async def _note_targets(session: AsyncSession, row: Announcement, reach: Reach) -> None:
    if not reach.lcs:
        return
    why = {one.lc.lc_id: one.why.value for one in reach.unreached}
    await session.execute(
        insert(AnnouncementTarget),
        [{"announcement_id": row.id, "lc_id": lc.lc_id, "unreached": why.get(lc.lc_id)} for lc in reach.lcs],
    )


async def _note_people(session: AsyncSession, row: Announcement, reach: Reach, posts: dict[int, int]) -> None:
    if not reach.people:
        return
    await session.execute(
        insert(_PEOPLE),
        [
            {
                "announcement_id": row.id,
                "person_id": one.person_id,
                "post_id": posts.get(one.discord_user_id or 0),
                "unreached": one.why_not.value if one.why_not is not None else None,
            }
            for one in reach.people
        ],
    )


async def _locked(session: AsyncSession, announcement_id: int) -> Announcement | None:
    query = select(Announcement).where(Announcement.id == announcement_id).with_for_update()
    return await session.scalar(query)


@dataclass(frozen=True, slots=True)
class PingPlan:
    """Its ping, the person whose rights count, and the messages that could ping when it was planned."""

    ping: Ping
    discord_user_id: int
    posts: tuple[PostPlan, ...]


class PingService(Service):
    async def planned(self, announcement_id: int) -> PingPlan | None:
        """What the bot has to ask Discord before it goes out; None if it pings nobody. The audience is resolved when it
        goes out, not here."""
        query = select(
            Announcement.organisation_id, Announcement.ping, Announcement.ping_channels, Announcement.sent_by_discord_id
        ).where(Announcement.id == announcement_id)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
            if not rows or not _pings(rows[0]):
                return None
            row = rows[0]
            posts = await posts_in(connection, row.organisation_id, row.ping_channels)
        return PingPlan(Ping(row.ping), row.sent_by_discord_id or 0, tuple(posts))


async def keep_allowed(
    session: AsyncSession, row: Announcement, reach: Reach, allowed: Collection[int], zone: str, now: datetime
) -> None:
    """Let it ping only where its sender still may: they are in office, and Discord allows it (``allowed``, channel
    ids). Tell officers about the other channels."""
    meant = {post.recipient_id for post in _pinging(row, reach)}
    if not meant:
        return
    in_office = await _is_in_office(session, row, zone, now)
    kept = meant & set(allowed) if in_office else set[int]()
    row.ping_channels = sorted(kept)
    if lost := len(meant - kept):
        await enqueue(session, [await unpinged(session, row, zone, now, lost, in_office=in_office)], now)


def _pings(row: Any) -> bool:
    return row.ping != Ping.NONE and bool(row.ping_channels)


def _pinging(row: Any, reach: Reach) -> list[PostPlan]:
    return [post for post in reach.posts if post.recipient_id in row.ping_channels] if _pings(row) else []


async def _is_in_office(session: AsyncSession, row: Announcement, zone: str, now: datetime) -> bool:
    holdings, granted = await entitlements.read(session, row.organisation_id, row.sent_by_discord_id)
    return decide((*holdings, *granted), right_for(row.lc_id), local_date(now, zone), Scope(row.lc_id)).allowed
