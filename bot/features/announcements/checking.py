"""A second pair of eyes before something goes to many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.outbox import enqueue
from bot.errors import Conflict, Invalid, Moved, NotAllowed
from bot.features import Service
from bot.features.announcements import notices
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.loading import draft_step, locked, open_draft, require
from bot.features.announcements.models import Announcement, CheckState, State
from bot.features.announcements.planning import CHANGED
from bot.features.people.actors import Actor
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Right
from bot.i18n import N_

MAX_NOTE = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    discord_user_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ToCheck:
    announcement_id: int
    title: str


class CheckService(Service):
    async def candidates(self, actor: Actor, lc_id: int | None) -> list[Candidate]:
        """Who may be asked: the other national officers in office, or the LC's other officers."""
        require(actor, lc_id)
        at_level = Post.level == Level.NATION if lc_id is None else Term.lc_id == lc_id
        query = (
            select(Person.discord_user_id, Person.display_name)
            .join(Term, Term.person_id == Person.id)
            .join(Post, Post.id == Term.post_id)
            .where(
                Person.organisation_id == actor.organisation.id,
                Person.discord_user_id.is_not(None),
                Person.discord_user_id != actor.caller.discord_user_id,
                Post.is_officer,
                at_level,
                Term.held_on(actor.today),
            )
            .order_by(Person.display_name, Person.discord_user_id)
            .distinct()
        )
        async with self.database.reading() as connection:
            return [Candidate(row.discord_user_id, row.display_name) for row in await fetch(connection, query)]

    async def to_ask(self, actor: Actor, announcement_id: int) -> list[Candidate]:
        """Whom somebody can ask who is about to. Raises as ``ask``, whoever would be chosen."""
        async with self.database.reading() as connection:
            found = await open_draft(connection, actor, announcement_id)
        _require_unplanned(found.state, announcement_id)
        return await self.candidates(actor, found.lc.lc_id if found.lc else None)

    async def ask(self, actor: Actor, announcement_id: int, checker_discord_id: int) -> None:
        """Ask a second person. Until they agree, or the request is taken back, it isn't sent.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
            Conflict: it is planned already.
            Invalid: that person may not check it.
        """
        async with self.database.writing() as session:
            row = await locked(session, actor, announcement_id)
            _require_unplanned(row.state, announcement_id)
            if checker_discord_id not in {one.discord_user_id for one in await self.candidates(actor, row.lc_id)}:
                raise Invalid(N_("This person can't check it: they hold no such post today. Please choose another."))
            row.check_state, row.checker_discord_id = CheckState.ASKED.value, checker_discord_id
            row.check_asked_by_discord_id, row.check_note = actor.caller.discord_user_id, ""
            await self._tell(session, actor, row, checker_discord_id, self.clock.now())

    async def answer(self, actor: Actor, announcement_id: int, version: int, *, agrees: bool, note: str = "") -> None:
        """What the second person says to what they saw (``version``).

        Raises:
            NotAllowed: the actor wasn't asked.
            NotFound: it is gone.
            Conflict: nobody is asked any more, or (Moved) it was changed after they looked.
        """
        now = self.clock.now()
        async with self.database.writing() as session:
            row = await locked(session, actor, announcement_id)
            _require_asked(actor, announcement_id, row.check_state, row.checker_discord_id, row.version == version)
            row.check_state = (CheckState.APPROVED if agrees else CheckState.RETURNED).value
            row.check_note = note.strip()[:MAX_NOTE]
            DraftService(self.database, self.clock).note(session, actor, row, "announcement.check", ("check",), now)
            if row.check_asked_by_discord_id is not None:
                await self._tell(session, actor, row, row.check_asked_by_discord_id, now)

    async def to_answer(self, actor: Actor, announcement_id: int, version: int) -> None:
        """For whoever is about to write what should be changed. Raises as ``answer``."""
        async with self.database.reading() as connection:
            found = await open_draft(connection, actor, announcement_id)
        _require_asked(actor, announcement_id, found.check, found.checker_discord_id, found.version == version)

    async def withdraw(self, actor: Actor, announcement_id: int) -> None:
        """Ask nobody any more. Raises NotAllowed or NotFound as ``ask``."""
        async with self.database.writing() as session:
            row = await locked(session, actor, announcement_id)
            row.check_state, row.checker_discord_id, row.check_note = CheckState.NONE.value, None, ""
            DraftService(self.database, self.clock).note(
                session, actor, row, "announcement.check", ("check",), self.clock.now()
            )

    async def to_check(self, actor: Actor) -> list[ToCheck]:
        """What the actor is asked to check."""
        if not any(holding.is_officer for holding in actor.current):
            return []
        query = (
            select(Announcement.id, Announcement.title, Announcement.lc_id)
            .where(
                Announcement.organisation_id == actor.organisation.id,
                Announcement.state.in_([State.DRAFT, State.PAUSED]),
                Announcement.check_state == CheckState.ASKED,
                Announcement.checker_discord_id == actor.caller.discord_user_id,
            )
            .order_by(Announcement.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)

        def may(lc_id: int | None) -> bool:
            return actor.may(Right.ANNOUNCE_NATION) if lc_id is None else actor.may(Right.ANNOUNCE_LC, lc_id)

        return [ToCheck(row.id, row.title) for row in rows if may(row.lc_id)]

    async def _tell(self, session: AsyncSession, actor: Actor, row: Announcement, user_id: int, now: datetime) -> None:
        await enqueue(session, await notices.check(session, row, actor.organisation.time_zone, user_id, now), now)


def _require_unplanned(state: str, announcement_id: int) -> None:
    if state != State.DRAFT:
        raise Conflict(
            N_("It is planned already. Stop the plan first, then ask for a check."),
            next_steps=[draft_step(announcement_id)],
        )


def _require_asked(actor: Actor, announcement_id: int, check: str, checker_id: int | None, is_as_seen: bool) -> None:
    if check not in (CheckState.ASKED, CheckState.RETURNED):
        raise Conflict(N_("Nobody is asked to check this any more."), next_steps=[draft_step(announcement_id)])
    if checker_id != actor.caller.discord_user_id:
        raise NotAllowed(N_("Somebody else is asked to check this. You can take the request back, though."))
    if not is_as_seen:
        raise Moved(CHANGED, next_steps=[draft_step(announcement_id)])
