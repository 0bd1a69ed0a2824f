"""Lists of announcements for readers and for authors, reading an announcement, and acknowledging it for an LC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, case, delete, exists, func, or_, select

from bot.db import fetch, insert_if_absent
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.announcements.access import (
    FOR_OFFICERS,
    GONE,
    addressed_to,
    local,
    look_of,
    require_readable,
    sent_directly_to,
)
from bot.features.announcements.models import (
    OPEN_STATES,
    Announcement,
    AnnouncementFile,
    AnnouncementPerson,
    AnnouncementState,
    AnnouncementTarget,
    LcAcknowledgement,
    PersonAcknowledgement,
    Ping,
)
from bot.features.announcements.reminding import to_be_reminded
from bot.features.announcements.rules import WAITS_FOR
from bot.features.announcements.status import status_of
from bot.features.announcements.values import Content, Listed, Said
from bot.features.audiences.models import Subscription
from bot.features.audiences.rules import Audience
from bot.features.audiences.values import LcName
from bot.features.committees.models import StandingCommittee
from bot.features.homes.facts import Query
from bot.features.local_committees.acting import heard_by
from bot.features.local_committees.models import Via
from bot.features.local_committees.queries import with_lc
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW, Asker, earlier, lcs_where, parameter
from bot.features.people.changes import change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.questionnaires.models import AskedParty
from bot.i18n import N_
from bot.paging import Part, fetch_part

#: Announcements on one page: as many as a Discord menu holds.
LISTED = 25


def _for(asker: Asker) -> ColumnElement[bool]:
    """What was announced to everybody, to one of their LCs or to themselves; what is for officers among themselves only
    if they are such an officer."""
    own = select(AnnouncementPerson.id).where(
        AnnouncementPerson.announcement_id == Announcement.id,
        AnnouncementPerson.person_id == asker.person_id,
    )
    to_all = Announcement.audience["rule"]["kind"].as_string() == "everyone"
    return and_(
        Announcement.organisation_id == asker.organisation_id,
        Announcement.state == AnnouncementState.SENT,
        or_(
            and_(~FOR_OFFICERS, or_(to_all, addressed_to(asker.lc_ids))),
            addressed_to(asker.officer_of),
            own.exists(),
            sent_directly_to(asker),
        ),
    )


class InboxService(Service):
    async def inbox(self, actor: Actor, page: int = 0) -> Part[Listed]:
        """A page of announcements to everybody, to one of the actor's LCs or to the actor, the latest first. It
        contains announcements for officers only if the actor is such an officer."""
        sent = select(Announcement.id, Announcement.title, Announcement.sent_at, Announcement.lc_id)
        query = (
            with_lc(sent, Announcement.lc_id, outer=True)
            .where(_for(Asker.of(actor)))
            .order_by(Announcement.sent_at.desc(), Announcement.id.desc())
        )
        async with self.database.reading() as connection:
            found = await fetch_part(connection, query, page, LISTED)
        return found.each(
            lambda row: Listed(
                row.id,
                row.title,
                AnnouncementState.SENT,
                LcName(row.lc_id, row.lc_ja, row.lc_en) if row.lc_id is not None else None,
                row.sent_at,
                None,
            )
        )

    async def read(self, actor: Actor, announcement_id: int) -> Said:
        """The current text of a sent announcement.

        Raises:
            NotFound: none was sent in the actor's organisation.
            NotAllowed: it is for officers among themselves, and the actor isn't one of them.
        """
        async with self.database.reading() as connection:
            state = await require_readable(connection, actor, announcement_id)
        if state not in (AnnouncementState.SENT, AnnouncementState.TAKEN_BACK):
            raise NotFound(GONE)
        return await AcknowledgementService(self.database, self.clock).said(actor.organisation.id, announcement_id)


#: ``n``: the questionnaire, ``local``: the deadline on the organisation's clocks.
_COLUMNS = (
    Announcement.id,
    Announcement.title.label("ja"),
    Announcement.questionnaire_id.label("n"),
    Announcement.deadline_local.label("local"),
)
_SINCE = earlier(NOW, WAITS_FOR)
_RECENT = (
    Announcement.organisation_id == ASKER.organisation_id,
    Announcement.state == AnnouncementState.SENT,
    Announcement.lc_id.is_(None),
    Announcement.sent_at > _SINCE,
)
#: There is no deadline, or it is still to come.
_IN_TIME = or_(
    Announcement.deadline_local.is_(None),
    Announcement.deadline_local
    >= parameter(
        String(),
        lambda actor, now: local_time(now, actor.organisation.time_zone).isoformat(timespec="minutes"),
    ),
)


def _is_open(acknowledgement: type[LcAcknowledgement | PersonAcknowledgement]) -> Any:
    """Unanswered if it has questions, unacknowledged if it has none."""
    return case((Announcement.questionnaire_id.is_(None), acknowledgement.id.is_(None)), else_=AskedParty.waits())


def _of_lcs(query: Query) -> Query:
    acknowledged = and_(
        LcAcknowledgement.announcement_id == Announcement.id, LcAcknowledgement.lc_id == AnnouncementTarget.lc_id
    )
    asked = and_(
        AskedParty.questionnaire_id == Announcement.questionnaire_id, AskedParty.lc_id == AnnouncementTarget.lc_id
    )
    return (
        query.join(AnnouncementTarget, AnnouncementTarget.announcement_id == Announcement.id)
        .outerjoin(LcAcknowledgement, acknowledged)
        .outerjoin(AskedParty, asked)
        .where(*_RECENT)
    )


_FOR_LCS = _of_lcs(select(*_COLUMNS, AnnouncementTarget.lc_id)).where(
    AnnouncementTarget.lc_id.in_(lcs_where(Right.ANSWER_FOR_LC)), _IN_TIME, _is_open(LcAcknowledgement)
)


def waiting_for_lcs(actor: Actor) -> Query | None:
    """For home: announcements (``id``, ``ja``, ``n``, ``local``) that an LC (``lc_id``) hasn't acknowledged or
    answered, of those for which the actor may."""
    return _FOR_LCS if actor.lcs_where(Right.ANSWER_FOR_LC) else None


_ACKNOWLEDGED = and_(
    PersonAcknowledgement.announcement_id == Announcement.id,
    PersonAcknowledgement.discord_user_id == ASKER.discord_user_id,
)
_FOR_PERSON = (
    select(*_COLUMNS)
    .join(AnnouncementPerson, AnnouncementPerson.announcement_id == Announcement.id)
    .outerjoin(PersonAcknowledgement, _ACKNOWLEDGED)
    .outerjoin(
        AskedParty,
        and_(
            AskedParty.questionnaire_id == Announcement.questionnaire_id,
            AskedParty.person_id == AnnouncementPerson.person_id,
        ),
    )
    .where(*_RECENT, AnnouncementPerson.person_id == ASKER.person_id, _IN_TIME, _is_open(PersonAcknowledgement))
)


def waiting_for_person(actor: Actor) -> Query | None:
    """For home: announcements (``id``, ``ja``, ``n``, ``local``) that wait for the actor themselves."""
    return None if actor.person_id is None else _FOR_PERSON


def _silent_lcs(which: ColumnElement[bool]) -> Query:
    waits = func.sum(case((_is_open(LcAcknowledgement), 1), else_=0))
    counted = select(Announcement.id, Announcement.title.label("ja"), waits.label("n"), func.count().label("of"))
    return (
        _of_lcs(counted)
        .where(which)
        .group_by(Announcement.id, Announcement.title)
        .having(waits > 0)
        .order_by(Announcement.id.desc())
        .limit(3)
    )


_UNANSWERED = _silent_lcs(Announcement.questionnaire_id.is_not(None))
_UNREAD = _silent_lcs(Announcement.questionnaire_id.is_(None))


def unanswered_by_lcs(actor: Actor) -> Query | None:
    """For home, for those who announce to the nation: of each announcement (``id``, ``ja``) that asked LCs something
    lately, how many (``n`` of ``of``) haven't answered. The three latest that still wait."""
    return _UNANSWERED if actor.may(Right.ANNOUNCE_NATION) else None


def unread_by_lcs(actor: Actor) -> Query | None:
    """For home, the same of announcements that LCs have only to read: how many haven't said that they did."""
    return _UNREAD if actor.may(Right.ANNOUNCE_NATION) else None


_NEWEST_FIRST = (Announcement.sent_at.desc(), Announcement.id.desc())
_LATEST = (
    select(
        Announcement.id,
        Announcement.title.label("ja"),
        func.row_number().over(order_by=_NEWEST_FIRST).label("n"),
    )
    .where(_for(ASKER), Announcement.sent_at > _SINCE, ~exists().where(_ACKNOWLEDGED))
    .order_by(*_NEWEST_FIRST)
    .limit(3)
)


def latest_announcements(_actor: Actor) -> Query | None:
    """For home: the three latest of the last weeks that the actor may read and hasn't acknowledged (``id``, ``ja``);
    ``n``: 1 for the latest."""
    return _LATEST


TAKEN_BACK = N_("This announcement was withdrawn. You don't need to do anything.")


@dataclass(frozen=True, slots=True)
class Thanks:
    """The LCs it counts for, and whether the person themselves was a recipient."""

    lcs: list[LcName]
    is_addressed: bool


class AcknowledgementService(Service):
    async def said(self, organisation_id: int, announcement_id: int) -> Said:
        """The current text of an announcement. Raises NotFound."""
        query = _SAID.where(Announcement.id == announcement_id, Announcement.organisation_id == organisation_id)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        if not rows:
            raise NotFound(GONE)
        row = rows[0]
        return Said(
            announcement_id=row.id,
            state=AnnouncementState(row.state),
            lc=LcName(row.lc_id, row.lc_ja, row.lc_en) if row.lc_id is not None else None,
            content=Content(row.title, row.text_ja, row.text_en, row.link),
            audience=Audience.model_validate(row.audience),
            file_id=row.file_id,
            filename=row.filename,
            edition=row.edition,
            ping=Ping(row.ping),
            ping_channels=tuple(row.ping_channels),
            look=look_of(row),
            questionnaire_id=row.questionnaire_id,
            deadline=local(row.deadline_local),
            sent_at=row.sent_at,
            sender=row.display_name,
            signed_ja=row.signed_ja,
            signed_en=row.signed_en,
        )

    async def file(self, organisation_id: int, file_id: int) -> tuple[str, bytes]:
        """Name and content of a sent announcement's file, to send it along. Raises NoResultFound if the organisation
        has sent no such file."""
        query = select(AnnouncementFile.filename, AnnouncementFile.content).where(
            AnnouncementFile.id == file_id,
            AnnouncementFile.organisation_id == organisation_id,
            exists().where(Announcement.file_id == AnnouncementFile.id, Announcement.state == AnnouncementState.SENT),
        )
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one()
        return row.filename, row.content

    async def acknowledge(self, actor: Actor, announcement_id: int) -> Thanks:
        """Note that the actor has read it, and so has each recipient LC they may answer for.

        Raises:
            NotFound: there is no such announcement in the actor's organisation.
            NotAllowed: it is for officers among themselves, and the actor isn't one of them.
            Conflict: it was taken back.
        """
        user = actor.caller.discord_user_id
        async with change_by(self, actor) as change:
            session = change.session
            require_sent(await require_readable(session, actor, announcement_id))
            targets = with_lc(select(AnnouncementTarget.lc_id), AnnouncementTarget.lc_id).where(
                AnnouncementTarget.announcement_id == announcement_id,
                AnnouncementTarget.lc_id.in_(actor.lcs_where(Right.ANSWER_FOR_LC) or [0]),
            )
            values = {"announcement_id": announcement_id, "acknowledged_at": change.now}
            await insert_if_absent(session, PersonAcknowledgement, discord_user_id=user, **values)
            lcs = [LcName(row.lc_id, row.lc_ja, row.lc_en) for row in await fetch(session, targets)]
            for lc in lcs:
                await insert_if_absent(session, LcAcknowledgement, lc_id=lc.lc_id, by_discord_id=user, **values)
            mine = select(AnnouncementPerson.id).where(
                AnnouncementPerson.announcement_id == announcement_id, AnnouncementPerson.person_id == actor.person_id
            )
            is_addressed = actor.person_id is not None and await session.scalar(mine) is not None
        return Thanks(lcs, is_addressed)

    async def acknowledge_for(self, actor: Actor, announcement_id: int, lc_id: int, via: Via | None) -> None:
        """Note that an LC told a national officer that it has read it.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            Invalid: a national officer from outside doesn't say how they heard it.
            NotFound: there is no such announcement, or the LC wasn't addressed.
            Conflict: it was taken back.
        """
        via = heard_by(actor, Right.ANSWER_FOR_LC, lc_id, via)
        async with change_by(self, actor, Right.ANSWER_FOR_LC, lc_id) as change:
            state = await change.session.scalar(
                select(Announcement.state)
                .join(AnnouncementTarget, AnnouncementTarget.announcement_id == Announcement.id)
                .where(
                    Announcement.id == announcement_id,
                    Announcement.organisation_id == actor.organisation.id,
                    AnnouncementTarget.lc_id == lc_id,
                )
            )
            require_sent(state)
            await insert_if_absent(
                change.session,
                LcAcknowledgement,
                announcement_id=announcement_id,
                lc_id=lc_id,
                acknowledged_at=change.now,
                by_discord_id=actor.caller.discord_user_id,
                via=via.value if via else None,
            )
            change.note("lc.acknowledge", "local_committee", lc_id, ("acknowledgement",), via)

    async def is_subscribed(self, actor: Actor) -> bool:
        """Did the actor ask for direct messages?"""
        async with self.database.reading() as connection:
            return bool(await fetch(connection, select(Subscription.id).where(*_this(actor))))

    async def subscribe(self, actor: Actor, *, wanted: bool) -> None:
        """Turn announcements by direct message on or off."""
        async with self.database.writing() as session:
            if wanted:
                await insert_if_absent(
                    session,
                    Subscription,
                    organisation_id=actor.organisation.id,
                    discord_user_id=actor.caller.discord_user_id,
                    subscribed_at=self.clock.now(),
                )
            else:
                await session.execute(delete(Subscription).where(*_this(actor)))


def _this(actor: Actor) -> Iterable[Any]:
    return (
        Subscription.organisation_id == actor.organisation.id,
        Subscription.discord_user_id == actor.caller.discord_user_id,
    )


def require_sent(state: str | None) -> None:
    """May it be read? Raises Conflict: it was taken back; NotFound: it never went out."""
    if state == AnnouncementState.TAKEN_BACK:
        raise Conflict(TAKEN_BACK)
    if state != AnnouncementState.SENT:
        raise NotFound(GONE)


_SAID = with_lc(
    select(
        *(column for column in Announcement.__table__.columns),
        AnnouncementFile.filename,
        Person.display_name,
        StandingCommittee.emoji,
        StandingCommittee.colour,
    )
    .outerjoin(StandingCommittee, StandingCommittee.id == Announcement.committee_id)
    .outerjoin(AnnouncementFile, AnnouncementFile.id == Announcement.file_id)
    .outerjoin(
        Person,
        and_(
            Person.organisation_id == Announcement.organisation_id,
            Person.discord_user_id == Announcement.sent_by_discord_id,
        ),
    ),
    Announcement.lc_id,
    outer=True,
)
_SENT = [AnnouncementState.SENT.value, AnnouncementState.TAKEN_BACK.value]
#: Without a deadline, an announcement waits for LCs this long.
RECENT = timedelta(days=14)


class ListService(Service):
    async def drafts(self, actor: Actor, page: int = 0) -> Part[Listed]:
        """A page of unsent announcements: the organisation's for national officers, each LC's for its own officers."""
        async with self.database.reading() as connection:
            query = self._query(actor, [state.value for state in OPEN_STATES])
            return (await fetch_part(connection, query, page, LISTED)).each(_listed)

    async def sent(self, actor: Actor, page: int = 0) -> Part[Listed]:
        """A page of sent announcements, the latest first, for people who may see their status."""
        async with self.database.reading() as connection:
            return (await fetch_part(connection, self._query(actor, _SENT), page, LISTED)).each(_listed)

    def _query(self, actor: Actor, states: list[str]) -> Select[Any]:
        mine: Any = Announcement.lc_id.in_(actor.lcs_where(Right.ANNOUNCE_LC))
        if actor.may(Right.ANNOUNCE_NATION):
            mine |= Announcement.lc_id.is_(None)
        listed = select(
            Announcement.id, Announcement.title, Announcement.state, Announcement.changed_at, Announcement.sent_at,
            Announcement.planned_local, Announcement.lc_id,
        )  # fmt: skip
        return (
            with_lc(listed, Announcement.lc_id, outer=True)
            .where(Announcement.organisation_id == actor.organisation.id, Announcement.state.in_(states), mine)
            # Drafts have no sending time and keep the order of their creation.
            .order_by(func.coalesce(Announcement.sent_at, Announcement.created_at).desc(), Announcement.id.desc())
        )


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        row.id,
        row.title,
        AnnouncementState(row.state),
        LcName(row.lc_id, row.lc_ja, row.lc_en) if row.lc_id is not None else None,
        row.sent_at or row.changed_at,
        local(row.planned_local),
    )


@dataclass(frozen=True, slots=True)
class Running:
    """An announcement that still waits for replies of LCs or, with ``of_people``, for answers of persons. ``silent``
    counts them. The deadline is local."""

    title: str
    silent: int
    all: int
    deadline: datetime | None
    of_people: bool = False


class RunningService(Service):
    async def running(self, organisation_id: int, time_zone: str) -> list[Running]:
        """Recent announcements (two weeks, or until their deadline) and how many recipients haven't replied."""
        now = self.clock.now()
        here = local_time(now, time_zone)
        query = (
            select(Announcement.id)
            .where(
                Announcement.organisation_id == organisation_id,
                Announcement.state == AnnouncementState.SENT,
                Announcement.lc_id.is_(None),
                or_(
                    Announcement.deadline_local >= here.isoformat(timespec="minutes"),
                    and_(Announcement.deadline_local.is_(None), Announcement.sent_at > now - RECENT),
                ),
            )
            .order_by(Announcement.deadline_local.is_(None), Announcement.deadline_local, Announcement.id)
        )
        found = []
        async with self.database.reading() as connection:
            for row in await fetch(connection, query):
                status = await status_of(connection, organisation_id, row.id, here.date())
                if silent := len(to_be_reminded(status)):
                    found.append(Running(status.title, silent, len(status.lcs), status.deadline))
                elif (people := status.addressed) is not None and people.silent:
                    found.append(Running(status.title, people.silent, people.meant, status.deadline, of_people=True))
        return found
