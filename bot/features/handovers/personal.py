from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.features.handovers.leaving import leave, tell
from bot.features.handovers.models import Handover, HandoverTick, PostNote
from bot.features.people.models import Term
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, blanking, deleting


def _named(subject: Subject) -> ColumnElement[bool]:
    """They were named, or it is their own term that somebody was named to follow."""
    theirs = select(Term.id).where(Term.person_id == subject.person_id)
    return (Handover.organisation_id == subject.organisation_id) & or_(
        Handover.discord_user_id == subject.discord_user_id, Handover.term_id.in_(theirs)
    )


def _own(subject: Subject) -> ColumnElement[bool]:
    return (Handover.organisation_id == subject.organisation_id) & (Handover.discord_user_id == subject.discord_user_id)


def _ticked(subject: Subject) -> ColumnElement[bool]:
    return (HandoverTick.organisation_id == subject.organisation_id) & (
        HandoverTick.by_discord_id == subject.discord_user_id
    )


def _written(subject: Subject) -> ColumnElement[bool]:
    return (PostNote.organisation_id == subject.organisation_id) & (PostNote.by_discord_id == subject.discord_user_id)


async def _leave(session: AsyncSession, subject: Subject, now: datetime) -> None:
    """Those who waited for their answer, or counted on their yes, have nobody again."""
    freed = await leave(session, subject)
    await deleting(Handover, _named)(session, subject, now)
    await tell(session, subject.organisation_id, freed, now)


PARTS = (
    PersonalPart(
        key="handovers",
        title=N_("Posts in which you were named to follow"),
        covers=("handovers.discord_user_id", "handovers.term_id"),
        export=lambda subject: select(
            Handover.display_name, Handover.starts_on, Handover.ends_on, Handover.state
        ).where(_own(subject)),
        forget=_leave,
    ),
    PersonalPart(
        key="handover_ticks",
        title=N_("Items of a handover that you ticked"),
        covers=("handover_ticks.by_discord_id", "handover_ticks.term_id"),
        export=lambda subject: select(HandoverTick.term_id, HandoverTick.ticked_at).where(_ticked(subject)),
        # What is done stays done; of the term no name is left.
        forget=blanking(HandoverTick, _ticked, {"by_discord_id": 0}),
    ),
    PersonalPart(
        key="post_notes",
        title=N_("Notes that you wrote about a post"),
        covers=("post_notes.by_discord_id",),
        export=lambda subject: select(PostNote.text, PostNote.written_at).where(_written(subject)),
        # What was agreed stays with the post.
        forget=blanking(PostNote, _written, {"by_discord_id": 0}),
    ),
)
