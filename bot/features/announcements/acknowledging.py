"""Reading, acknowledging, and asking for announcements by direct message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, exists, select

from bot.db import fetch, insert_if_absent
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.announcements.loading import GONE, local
from bot.features.announcements.models import (
    Announcement,
    AnnouncementFile,
    AnnouncementPerson,
    AnnouncementTarget,
    LcAcknowledgement,
    PersonAcknowledgement,
    Ping,
    State,
)
from bot.features.announcements.readable import require_readable
from bot.features.announcements.records import Content, Said
from bot.features.audiences.models import Subscription
from bot.features.audiences.reach import lc_names
from bot.features.audiences.records import LcName
from bot.features.audiences.rules import Audience
from bot.features.local_committees.acting import heard_by, note
from bot.features.local_committees.models import Via
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.i18n import N_

TAKEN_BACK = N_("This announcement was taken back. You need do nothing about it.")


@dataclass(frozen=True, slots=True)
class Thanks:
    """For which LCs it counts; and whether it was addressed to the person themselves."""

    lcs: list[LcName]
    is_addressed: bool


class AcknowledgementService(Service):
    async def said(self, organisation_id: int, announcement_id: int) -> Said:
        """What an announcement says, as it stands today. Raises NotFound."""
        query = _SAID.where(Announcement.id == announcement_id, Announcement.organisation_id == organisation_id)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        if not rows:
            raise NotFound(GONE)
        row = rows[0]
        return Said(
            announcement_id=row.id,
            state=State(row.state),
            lc=LcName(row.lc_id, row.name_ja, row.name_en) if row.lc_id is not None else None,
            content=Content(row.title, row.text_ja, row.text_en, row.link),
            audience=Audience.model_validate(row.audience),
            file_id=row.file_id,
            filename=row.filename,
            edition=row.edition,
            ping=Ping(row.ping),
            ping_channels=tuple(row.ping_channels),
            questionnaire_id=row.questionnaire_id,
            deadline=local(row.deadline_local),
            sent_at=row.sent_at,
            sender=row.display_name,
            signed_ja=row.signed_ja,
            signed_en=row.signed_en,
        )

    async def file(self, organisation_id: int, file_id: int) -> tuple[str, bytes]:
        """Name and content of the file beside an announcement that has been sent, for sending it along. Raises
        NoResultFound where the organisation has sent no such file."""
        query = select(AnnouncementFile.filename, AnnouncementFile.content).where(
            AnnouncementFile.id == file_id,
            AnnouncementFile.organisation_id == organisation_id,
            exists().where(Announcement.file_id == AnnouncementFile.id, Announcement.state == State.SENT),
        )
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one()
        return row.filename, row.content

    async def acknowledge(self, actor: Actor, announcement_id: int) -> Thanks:
        """Note that the actor has read it, and with them each LC addressed of which they are an officer.

        Raises:
            NotFound: there is no such announcement in the actor's organisation.
            NotAllowed: it is for officers among themselves, and the actor isn't one of them.
            Conflict: it was taken back.
        """
        now, user = self.clock.now(), actor.caller.discord_user_id
        names = lc_names().order_by(None).subquery()
        targets = (
            select(names.c.lc_id, names.c.name_ja, names.c.name_en)
            .join(AnnouncementTarget, AnnouncementTarget.lc_id == names.c.lc_id)
            .where(AnnouncementTarget.announcement_id == announcement_id, names.c.lc_id.in_(actor.officer_of or [0]))
        )
        async with self.database.writing() as session:
            require_sent(await require_readable(session, actor, announcement_id))
            values = {"announcement_id": announcement_id, "acknowledged_at": now}
            await insert_if_absent(session, PersonAcknowledgement, discord_user_id=user, **values)
            lcs = [LcName(row.lc_id, row.name_ja, row.name_en) for row in await fetch(session, targets)]
            for lc in lcs:
                await insert_if_absent(session, LcAcknowledgement, lc_id=lc.lc_id, by_discord_id=user, **values)
            mine = select(AnnouncementPerson.id).where(
                AnnouncementPerson.announcement_id == announcement_id, AnnouncementPerson.person_id == actor.person_id
            )
            is_addressed = actor.person_id is not None and await session.scalar(mine) is not None
        return Thanks(lcs, is_addressed)

    async def acknowledge_for(self, actor: Actor, announcement_id: int, lc_id: int, via: Via | None) -> None:
        """Note what a national officer heard from an LC: that it has read it.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            Invalid: a national officer from outside doesn't say how they heard it.
            NotFound: there is no such announcement, or the LC wasn't addressed.
            Conflict: it was taken back.
        """
        via = heard_by(actor, Right.ANSWER_FOR_LC, lc_id, via)
        now = self.clock.now()
        async with self.database.writing() as session:
            state = await session.scalar(
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
                session,
                LcAcknowledgement,
                announcement_id=announcement_id,
                lc_id=lc_id,
                acknowledged_at=now,
                by_discord_id=actor.caller.discord_user_id,
                via=via.value if via else None,
            )
            note(session, actor, now, lc_id, "lc.acknowledge", ("acknowledgement",), via)

    async def is_subscribed(self, actor: Actor) -> bool:
        """Did the actor ask for direct messages?"""
        async with self.database.reading() as connection:
            return bool(await fetch(connection, select(Subscription.id).where(*_this(actor))))

    async def subscribe(self, actor: Actor, *, wanted: bool) -> None:
        """Ask for announcements by direct message, or for no more of them."""
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
    if state == State.TAKEN_BACK:
        raise Conflict(TAKEN_BACK)
    if state != State.SENT:
        raise NotFound(GONE)


_NAMES = lc_names().order_by(None).subquery()
_SAID = (
    select(
        *(column for column in Announcement.__table__.columns),
        AnnouncementFile.filename,
        Person.display_name,
        _NAMES.c.name_ja,
        _NAMES.c.name_en,
    )
    .outerjoin(AnnouncementFile, AnnouncementFile.id == Announcement.file_id)
    .outerjoin(_NAMES, _NAMES.c.lc_id == Announcement.lc_id)
    .outerjoin(
        Person,
        and_(
            Person.organisation_id == Announcement.organisation_id,
            Person.discord_user_id == Announcement.sent_by_discord_id,
        ),
    )
)
