"""Ways outside of Discord: an invitation for each, and who posted the text there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch, insert_if_absent
from bot.errors import Conflict, Invalid, NextStep
from bot.features import Service
from bot.features.announcements.loading import any_locked, require_theirs, status_step
from bot.features.announcements.models import Announcement, AnnouncementRoute, Route, State
from bot.features.audiences.places import national_posts
from bot.features.audiences.records import PostPlan
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.i18n import N_

#: Stands in the place of a code while one is asked of Discord, with the seconds since 1970 at which that began.
_CLAIM = "claim:"
#: A process that hasn't come back with an invitation by then has ended: the next may make it.
CLAIM_LASTS = timedelta(minutes=2)

#: An announcement in one of these gets no invitation any more.
_OVER = State.TAKEN_BACK, State.DISCARDED


def texts_step(announcement_id: int, route: Route) -> NextStep:
    """The way to the text for LINE or mail."""
    return NextStep(N_("Back to the text"), f"announcements:text:{announcement_id}:{route.value}")


@dataclass(frozen=True, slots=True)
class RouteCard:
    """``invite``: Discord's code and the channel to which it leads. ``posted_by`` is a name, None for somebody unknown
    and while nobody has."""

    route: Route
    invite: tuple[str, int] | None
    posted_at: datetime | None
    posted_by: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The turn to make a route's invitation. ``left_at``: when somebody before had it, of whom nothing was heard again;
    an invitation of theirs may be at Discord."""

    mark: str
    left_at: datetime | None


class OutsideService(Service):
    async def routes(self, actor: Actor, announcement_id: int) -> dict[Route, RouteCard]:
        """All routes, with what is known of them.

        Raises:
            NotAllowed, NotFound: it isn't the actor's, or gone.
        """
        query = (
            select(
                AnnouncementRoute.route,
                AnnouncementRoute.invite_code,
                AnnouncementRoute.invite_channel_id,
                AnnouncementRoute.posted_at,
                Person.display_name,
            )
            .outerjoin(
                Person,
                and_(
                    Person.organisation_id == actor.organisation.id,
                    Person.discord_user_id == AnnouncementRoute.posted_by_discord_id,
                ),
            )
            .where(AnnouncementRoute.announcement_id == announcement_id)
        )
        async with self.database.reading() as connection:
            await require_theirs(connection, actor, announcement_id)
            rows = await fetch(connection, query)
        cards = {route: RouteCard(route, None, None, None) for route in Route}
        for row in rows:
            has_one = row.invite_code is not None and not row.invite_code.startswith(_CLAIM)
            invite = (row.invite_code, row.invite_channel_id) if has_one else None
            cards[Route(row.route)] = RouteCard(Route(row.route), invite, row.posted_at, row.display_name)
        return cards

    async def invitable(self, actor: Actor) -> list[PostPlan]:
        """The channels to which an invitation may lead. Raises NotAllowed."""
        actor.require(Right.ANNOUNCE_NATION)
        async with self.database.reading() as connection:
            return await national_posts(connection, actor.organisation.id)

    async def noted(self, actor: Actor) -> frozenset[str]:
        """The codes of the organisation's invitations. Raises NotAllowed."""
        actor.require(Right.ANNOUNCE_NATION)
        query = (
            select(AnnouncementRoute.invite_code)
            .join(Announcement, Announcement.id == AnnouncementRoute.announcement_id)
            .where(Announcement.organisation_id == actor.organisation.id, AnnouncementRoute.invite_code.is_not(None))
        )
        async with self.database.reading() as connection:
            return frozenset(row.invite_code for row in await fetch(connection, query))

    async def claim_invite(self, actor: Actor, announcement_id: int, route: Route) -> Claim:
        """The turn to make a route's one invitation, before Discord is asked for it. It ends with ``note_invite`` or
        ``release_invite``, or after ``CLAIM_LASTS``.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
            Invalid: it is an LC's own.
            Conflict: there is an invitation already, somebody else has the turn, or the announcement was taken back.
        """
        now, back = self.clock.now(), [texts_step(announcement_id, route)]
        async with self.database.writing() as session:
            row = await any_locked(session, actor, announcement_id)
            if row.lc_id is not None:
                raise Invalid(N_("Only announcements of the organisation have an invitation."), next_steps=back)
            if row.state in _OVER:
                raise Conflict(N_("The announcement was taken back."), next_steps=[status_step(announcement_id)])
            await insert_if_absent(session, AnnouncementRoute, announcement_id=announcement_id, route=route.value)
            kept = await session.scalar(select(AnnouncementRoute.invite_code).where(*_this(announcement_id, route)))
            left_at = _claimed_at(kept)
            if kept is not None and left_at is None:
                raise Conflict(N_("There is an invitation in it already. Nothing was changed."), next_steps=back)
            # One that lies ahead was made by a clock that has been set back since: it isn't known how old it is.
            if left_at is not None and timedelta(0) <= now - left_at < CLAIM_LASTS:
                raise Conflict(
                    N_("Somebody is adding the invitation just now. Please look at the text again in a moment."),
                    next_steps=back,
                )
            claim = Claim(f"{_CLAIM}{int(now.timestamp())}", left_at)
            await _put(session, announcement_id, route, {"invite_code": claim.mark, "invite_channel_id": None})
        return claim

    async def note_invite(
        self, actor: Actor, announcement_id: int, route: Route, claim: Claim, code: str, channel_id: int
    ) -> bool:
        """Remember the invitation of a route, if it is still the actor's turn and the announcement wasn't taken back
        meanwhile: was it so?

        Raises NotAllowed or NotFound.
        """
        return await self._end(actor, announcement_id, route, claim, code, channel_id)

    async def release_invite(self, actor: Actor, announcement_id: int, route: Route, claim: Claim) -> None:
        """Let the next have the turn at once: Discord gave no invitation. Raises NotAllowed or NotFound."""
        await self._end(actor, announcement_id, route, claim, None, None)

    async def _end(
        self, actor: Actor, announcement_id: int, route: Route, claim: Claim, code: str | None, channel_id: int | None
    ) -> bool:
        async with self.database.writing() as session:
            row = await any_locked(session, actor, announcement_id)
            kept = await session.scalar(select(AnnouncementRoute.invite_code).where(*_this(announcement_id, route)))
            if kept != claim.mark:
                return False
            is_over = row.state in _OVER
            invite = (None, None) if is_over else (code, channel_id)
            await _put(session, announcement_id, route, {"invite_code": invite[0], "invite_channel_id": invite[1]})
        return not is_over

    async def tick(self, actor: Actor, announcement_id: int, route: Route, *, posted: bool) -> None:
        """Note that the text was posted there, by the actor just now, or that it wasn't. Raises
        NotAllowed or NotFound."""
        by, at = (actor.caller.discord_user_id, self.clock.now()) if posted else (None, None)
        async with self.database.writing() as session:
            await any_locked(session, actor, announcement_id)
            await insert_if_absent(session, AnnouncementRoute, announcement_id=announcement_id, route=route.value)
            await _put(session, announcement_id, route, {"posted_by_discord_id": by, "posted_at": at})


def _this(announcement_id: int, route: Route) -> tuple[ColumnElement[bool], ...]:
    return (AnnouncementRoute.announcement_id == announcement_id, AnnouncementRoute.route == route)


async def _put(session: AsyncSession, announcement_id: int, route: Route, values: dict[str, object]) -> None:
    await session.execute(update(AnnouncementRoute).where(*_this(announcement_id, route)).values(**values))


def _claimed_at(kept: str | None) -> datetime | None:
    """When somebody's turn began, if that is what is kept."""
    if kept is None or not kept.startswith(_CLAIM):
        return None
    return datetime.fromtimestamp(int(kept.removeprefix(_CLAIM)), UTC)
