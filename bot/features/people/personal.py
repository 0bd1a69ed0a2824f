"""The record of a person stays as a number without a name, so that terms can still be counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, false, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.features.people.models import FormerRecord, Person, Post, Preference, Term
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, blanking, deleting


def _person(subject: Subject) -> ColumnElement[bool]:
    return Person.id == subject.person_id if subject.person_id is not None else false()


def _terms(subject: Subject) -> Any:
    return (
        select(Post.key.label("post"), Post.name_en, Post.name_ja, Term.lc_id, Term.starts_on, Term.ends_on)
        .join(Post, Post.id == Term.post_id)
        .where(Term.person_id == subject.person_id)
        .order_by(Term.starts_on)
    )


async def _end_terms(session: AsyncSession, subject: Subject, _now: datetime) -> None:
    """What has begun ends today; what would begin does not."""
    theirs = Term.person_id == subject.person_id
    to_come = delete(Term).where(theirs, Term.starts_on > subject.today)
    await session.execute(to_come.execution_options(synchronize_session=False))
    running = update(Term).where(theirs, Term.ends_on > subject.today).values(ends_on=subject.today)
    await session.execute(running.execution_options(synchronize_session=False))


async def _forget_preference(session: AsyncSession, subject: Subject, _now: datetime) -> None:
    """The choice of language is one for all organisations: it goes with the last."""
    if not subject.is_elsewhere:
        query = delete(Preference).where(Preference.discord_user_id == subject.discord_user_id)
        await session.execute(query.execution_options(synchronize_session=False))


PARTS = (
    PersonalPart(
        key="person",
        title=N_("Your record"),
        covers=("people.discord_user_id",),
        export=lambda subject: select(Person.display_name, Person.discord_user_id, Person.created_at).where(
            _person(subject)
        ),
        forget=blanking(Person, _person, {"discord_user_id": None, "display_name": ""}),
    ),
    PersonalPart(
        key="former_records",
        title=N_("Records that were made one with yours"),
        covers=("former_records.person_id", "former_records.former_person_id", "former_records.discord_user_id"),
        export=lambda subject: select(FormerRecord.discord_user_id, FormerRecord.merged_at).where(
            FormerRecord.person_id == subject.person_id
        ),
        forget=deleting(FormerRecord, lambda subject: FormerRecord.person_id == subject.person_id),
    ),
    PersonalPart(
        key="preferences",
        title=N_("Your settings"),
        covers=("preferences.discord_user_id",),
        export=lambda subject: select(Preference.language).where(Preference.discord_user_id == subject.discord_user_id),
        forget=_forget_preference,
    ),
    PersonalPart(
        key="terms", title=N_("Your posts and terms"), covers=("terms.person_id",), export=_terms, forget=_end_terms
    ),
)
