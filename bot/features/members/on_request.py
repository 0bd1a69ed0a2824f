"""Taking along and deleting for somebody who can't do it in Discord: done by whoever runs the bot, when they ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.audit.service import record
from bot.features.members.mydata import Held, forget_and_list, held_about, subject_of
from bot.features.organisations.models import Organisation
from bot.features.people.models import FormerRecord, Person, Post, Term
from bot.i18n import N_

EXPORT, DELETE = "python -m bot person export", "python -m bot person delete"

NO_RECORD = N_("{organisation} has no record of anybody with this number (any more).")
_ORGANISATIONS = select(Organisation.id, Organisation.name_ja, Organisation.name_en, Organisation.time_zone).order_by(
    Organisation.id
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whom a request is about. ``person_id`` is None for a Discord user without a record of whom something may be held
    all the same, such as messages."""

    organisation_id: int
    organisation: str
    person_id: int | None
    name: str
    discord_user_id: int | None
    #: In the organisation's time zone.
    today: date


class RequestService(Service):
    async def find(
        self, organisation: str | None, discord_user_id: int | None = None, person_id: int | None = None
    ) -> Somebody:
        """Whom a Discord account (also one that was theirs before two records became one) or the number of a record
        means. ``organisation``: a name or number; None if there is only one.

        Raises:
            NotFound: there is no such organisation, several fit, or it has no such record.
            Invalid: neither is given, or both are.
        """
        if (discord_user_id is None) == (person_id is None):
            raise Invalid(N_("Please name either the Discord user (--user) or the number of the record (--record)."))
        async with self.database.reading() as connection:
            here = _the_one(await fetch(connection, _ORGANISATIONS), organisation)
            number = person_id
            if discord_user_id is not None:
                number = await _number_behind(connection, here.id, discord_user_id)
            query = select(Person.display_name, Person.discord_user_id).where(
                Person.organisation_id == here.id, Person.id == number, Person.display_name != ""
            )
            found = await fetch(connection, query)
        today = local_date(self.clock.now(), here.time_zone)
        if found:
            return Somebody(here.id, here.name_en, number, found[0].display_name, found[0].discord_user_id, today)
        if discord_user_id is None:
            raise NotFound(NO_RECORD, organisation=here.name_en)
        return Somebody(here.id, here.name_en, None, "", discord_user_id, today)

    async def export(self, somebody: Somebody) -> list[Held]:
        """All that is held about them; that it was taken out stands in the audit."""
        async with self.database.writing() as session:
            subject = await subject_of(
                session, somebody.organisation_id, somebody.person_id, somebody.discord_user_id, somebody.today
            )
            held = await held_about(session, subject)
            self._note(session, somebody, "person.export", EXPORT, self.clock.now())
        return held

    async def require_deletable(self, somebody: Somebody) -> None:
        """Raises Conflict if they hold an officer's post."""
        async with self.database.reading() as connection:
            await _require_no_post(connection, somebody)

    async def delete(self, somebody: Somebody) -> None:
        """Take them out of every table, as they would with ``/mydata delete``.

        Raises:
            Conflict: they hold an officer's post, which has to be handed over first.
            NotFound: the record is gone by now.
        """
        now = self.clock.now()
        async with self.database.writing() as session:
            if somebody.person_id is not None:
                locked = select(Person.id).where(Person.id == somebody.person_id).with_for_update()
                if await session.scalar(locked) is None:
                    raise NotFound(NO_RECORD, organisation=somebody.organisation)
                await _require_no_post(session, somebody)
            subject = await subject_of(
                session, somebody.organisation_id, somebody.person_id, somebody.discord_user_id, somebody.today
            )
            await forget_and_list(session, subject, now)
            self._note(session, somebody, "person.delete", DELETE, now)

    def _note(self, session: AsyncSession, somebody: Somebody, action: str, origin: str, now: datetime) -> None:
        record(
            session,
            at=now,
            organisation_id=somebody.organisation_id,
            actor_discord_id=None,
            origin=origin,
            action=action,
            subject_kind="person",
            subject_id=somebody.person_id or 0,
        )


def _the_one(organisations: Sequence[Row[Any]], named: str | None) -> Row[Any]:
    fitting = [one for one in organisations if named is None or named in (str(one.id), one.name_ja, one.name_en)]
    if len(fitting) != 1:
        raise NotFound(
            N_("Please name one of these organisations with --organisation: {names}"),
            names=", ".join(f"{one.id} ({one.name_en})" for one in organisations) or "-",
        )
    return fitting[0]


async def _number_behind(reader: Reader, organisation_id: int, discord_user_id: int) -> int | None:
    own = select(Person.id).where(Person.organisation_id == organisation_id, Person.discord_user_id == discord_user_id)
    former = (
        select(FormerRecord.person_id)
        .where(FormerRecord.organisation_id == organisation_id, FormerRecord.discord_user_id == discord_user_id)
        .order_by(FormerRecord.id.desc())
    )
    for query in (own, former):
        if (row := (await reader.execute(query.limit(1))).first()) is not None:
            return int(row[0])
    return None


async def _require_no_post(reader: Reader, somebody: Somebody) -> None:
    query = (
        select(Post.name_ja, Post.name_en, Term.ends_on)
        .join(Term, Term.post_id == Post.id)
        .where(
            Term.person_id == somebody.person_id,
            Post.is_officer,
            Term.held_on(somebody.today),
        )
        .order_by(Term.ends_on)
        .limit(1)
    )
    for held in await fetch(reader, query):
        raise Conflict(
            N_(
                "{name} is {post} until {date}. Please have the post handed over first, or ended with /post end; then "
                "everything about them can be deleted."
            ),
            name=somebody.name,
            post=(held.name_ja, held.name_en),
            date=held.ends_on,
        )
