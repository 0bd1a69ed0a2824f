"""Reading announcements from the database, and the rights to see, read and change them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NextStep, NotAllowed, NotFound
from bot.features.announcements import rules
from bot.features.announcements.models import (
    OPEN_STATES,
    Announcement,
    AnnouncementFile,
    AnnouncementPost,
    AnnouncementState,
    AnnouncementTarget,
    CheckState,
    Ping,
)
from bot.features.announcements.rules import Repeat
from bot.features.announcements.values import Content, Draft, FileCard, Look
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Audience
from bot.features.audiences.values import LcName
from bot.features.committees.models import StandingCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.people.actors import Actor
from bot.features.people.askers import Asker, Given
from bot.features.people.changes import Change
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.questionnaires.service import questions_of
from bot.i18n import N_

WRITE = NextStep(N_("Write an announcement"), "announcements:new")
DRAFTS = NextStep(N_("Drafts"), "announcements:drafts")
GONE = N_("That announcement no longer exists.")


def draft_step(announcement_id: int, label: str = N_("View the draft")) -> NextStep:
    return NextStep(label, f"announcements:draft:{announcement_id}")


def status_step(announcement_id: int) -> NextStep:
    return NextStep(N_("Announcement status"), f"announcements:status:{announcement_id}")


def right_for(lc_id: int | None) -> Right:
    """The right to announce for the organisation (None) or for an LC."""
    return Right.ANNOUNCE_NATION if lc_id is None else Right.ANNOUNCE_LC


def require(actor: Actor, lc_id: int | None) -> None:
    """May the actor announce for the organisation (None) or for this LC? Raises NotAllowed."""
    actor.require(right_for(lc_id), lc_id)


async def require_theirs(reader: Reader, actor: Actor, announcement_id: int) -> None:
    """May the actor change this announcement?

    Raises:
        NotFound: there is none in the actor's organisation.
        NotAllowed: it isn't the actor's.
    """
    rows = await fetch(
        reader,
        select(Announcement.lc_id).where(
            Announcement.id == announcement_id, Announcement.organisation_id == actor.organisation.id
        ),
    )
    if not rows:
        raise NotFound(GONE, next_steps=[DRAFTS])
    require(actor, rows[0].lc_id)


async def any_locked(change: Change, announcement_id: int) -> Announcement:
    """The announcement, locked until the transaction ends.

    Raises:
        NotFound: there is none in the actor's organisation.
        NotAllowed: it isn't the actor's to change.
    """
    row = await change.lock(Announcement, announcement_id, GONE, DRAFTS)
    require(change.actor, row.lc_id)
    return row


async def locked(change: Change, announcement_id: int) -> Announcement:
    """As ``any_locked``, for one that hasn't been sent.

    Raises:
        Conflict: it was sent or discarded meanwhile.
    """
    row = await any_locked(change, announcement_id)
    if row.state == AnnouncementState.DISCARDED:
        raise NotFound(GONE, next_steps=[DRAFTS])
    require_open(row.state, announcement_id)
    return row


def require_open(state: str, announcement_id: int) -> None:
    """Raises Conflict: it was sent meanwhile."""
    if state not in OPEN_STATES:
        raise Conflict(rules.SENT_MEANWHILE, next_steps=[status_step(announcement_id)])


def require_settable(state: str, lc_id: int | None, announcement_id: int, names: Collection[str]) -> None:
    """May these fields be changed? ``names``: as in ``DraftService.set``. Raises Invalid or Conflict."""
    if lc_id is not None and "audience" in names:
        raise Invalid(
            N_("LC officers can only send announcements to their own LC. To reach other LCs, ask a national officer.")
        )
    if lc_id is not None and "questions" in names:
        raise Invalid(N_("Only announcements from the organisation can include questions."))
    if "repeat" in names and state != AnnouncementState.DRAFT:
        raise Conflict(
            N_("It's scheduled. Cancel the schedule first, then change how often it repeats."),
            next_steps=[draft_step(announcement_id)],
        )


async def open_draft(reader: Reader, actor: Actor, announcement_id: int) -> Draft:
    """As ``draft``, for one that hasn't been sent: what a form or page is about to change.

    Raises:
        NotFound, NotAllowed: as ``draft``.
        Conflict: it was sent meanwhile.
    """
    found = await draft(reader, actor, announcement_id)
    require_open(found.state, announcement_id)
    return found


async def sent_draft(reader: Reader, actor: Actor, announcement_id: int, otherwise: str) -> Draft:
    """As ``draft``, for one that was sent and stands. Raises Conflict too, which says ``otherwise``."""
    found = await draft(reader, actor, announcement_id)
    if found.state is not AnnouncementState.SENT:
        raise Conflict(otherwise, next_steps=[status_step(announcement_id)])
    return found


def local(text: str | None) -> datetime | None:
    """A local time as the database stores it."""
    return datetime.fromisoformat(text) if text else None


async def draft(reader: Reader, actor: Actor, announcement_id: int) -> Draft:
    """Everything about an announcement.

    Raises:
        NotFound: there is none in the actor's organisation, or it was discarded.
        NotAllowed: it isn't the actor's.
    """
    rows = await fetch(reader, _DRAFT.where(Announcement.id == announcement_id))
    if not rows or rows[0].organisation_id != actor.organisation.id or rows[0].state == AnnouncementState.DISCARDED:
        raise NotFound(GONE, next_steps=[DRAFTS])
    row = rows[0]
    require(actor, row.lc_id)
    questions = await questions_of(reader, row.questionnaire_id) if row.questionnaire_id is not None else []
    content = Content(row.title, row.text_ja, row.text_en, row.link)
    return Draft(
        announcement_id=row.id,
        state=AnnouncementState(row.state),
        version=row.version,
        lc=LcName(row.lc_id, row.lc_ja, row.lc_en) if row.lc_id is not None else None,
        content=content,
        file=FileCard(row.file_id, row.filename, row.size) if row.file_id is not None else None,
        audience=Audience.model_validate(row.audience),
        places=tuple(Place(place) for place in row.places),
        is_urgent=row.is_urgent,
        ping=Ping(row.ping),
        committee_id=row.committee_id,
        committee=row.abbreviation,
        look=look_of(row),
        questions=tuple(questions),
        deadline=local(row.deadline_local),
        reminders=row.reminders,
        planned=local(row.planned_local),
        repeat=Repeat.model_validate(row.repeat) if row.repeat else None,
        skipped=tuple(row.skipped),
        check=CheckState(row.check_state),
        checker_discord_id=row.checker_discord_id,
        checker=row.checker,
        check_note=row.check_note,
        changed_by=row.changer,
        changed_at=row.changed_at,
        created_by_discord_id=row.created_by_discord_id,
        sent_at=row.sent_at,
        problems=tuple(rules.text_problems(content.title, content.text_ja, content.text_en, content.link)),
    )


def look_of(row: Any) -> Look | None:
    """By the columns of its committee; None if it is about none."""
    return Look(row.emoji, row.colour) if row.emoji is not None else None


def _person(column: Any) -> tuple[Any, Any]:
    """Somebody by their Discord id: the table and its join."""
    person = aliased(Person)
    return person, and_(person.organisation_id == Announcement.organisation_id, person.discord_user_id == column)


_CHANGER, _IS_CHANGER = _person(Announcement.changed_by_discord_id)
_CHECKER, _IS_CHECKER = _person(Announcement.checker_discord_id)
_DRAFT = with_lc(
    select(
        *(column for column in Announcement.__table__.columns),
        AnnouncementFile.filename,
        AnnouncementFile.size,
        StandingCommittee.abbreviation,
        StandingCommittee.emoji,
        StandingCommittee.colour,
        _CHANGER.display_name.label("changer"),
        _CHECKER.display_name.label("checker"),
    )
    .outerjoin(AnnouncementFile, AnnouncementFile.id == Announcement.file_id)
    .outerjoin(StandingCommittee, StandingCommittee.id == Announcement.committee_id)
    .outerjoin(_CHANGER, _IS_CHANGER)
    .outerjoin(_CHECKER, _IS_CHECKER),
    Announcement.lc_id,
    outer=True,
)


def addressed_to(lc_ids: Given[Collection[int]]) -> Any:
    """Is one of these LCs a recipient?"""
    return (
        select(AnnouncementTarget.id)
        .where(AnnouncementTarget.announcement_id == Announcement.id, AnnouncementTarget.lc_id.in_(lc_ids))
        .exists()
    )


def sent_directly_to(asker: Asker) -> Any:
    """Did they get it by direct message?"""
    return (
        select(AnnouncementPost.id)
        .where(
            AnnouncementPost.announcement_id == Announcement.id,
            AnnouncementPost.place == Place.DIRECT,
            AnnouncementPost.discord_user_id == asker.discord_user_id,
        )
        .exists()
    )


#: Only for officers: sent to the people in charge of a committee, or only to officers' private threads.
FOR_OFFICERS: Any = or_(
    Announcement.audience["rule"]["kind"].as_string() == "committee",
    and_(
        func.coalesce(Announcement.places[0].as_string(), "") == Place.LC_OFFICERS.value,
        Announcement.places[1].as_string().is_(None),
    ),
)


async def require_readable(reader: Reader, actor: Actor, announcement_id: int) -> AnnouncementState:
    """Check that the actor may read it once it is sent; return its state.

    Raises:
        NotFound: there is none in the actor's organisation.
        NotAllowed: it is for officers among themselves, and the actor isn't one of them.
    """
    open_to = or_(~FOR_OFFICERS, addressed_to(actor.officer_of), sent_directly_to(Asker.of(actor)))
    query = select(Announcement.state, open_to.label("is_open")).where(
        Announcement.id == announcement_id, Announcement.organisation_id == actor.organisation.id
    )
    rows = await fetch(reader, query)
    if not rows:
        raise NotFound(GONE)
    if not rows[0].is_open and not actor.may(Right.ANNOUNCE_NATION):
        raise NotAllowed(N_("This announcement is only for LC officers. Please ask an officer of your LC."))
    return AnnouncementState(rows[0].state)
