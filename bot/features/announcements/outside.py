"""Ways outside of Discord: an invitation for each, and who posted the text there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update

from bot.db import fetch, insert_if_absent
from bot.features import Service
from bot.features.announcements.loading import any_locked, require_theirs
from bot.features.announcements.models import AnnouncementRoute, Route
from bot.features.announcements.places import national_posts
from bot.features.announcements.records import PostPlan
from bot.features.people.actors import Actor
from bot.features.people.models import Person


@dataclass(frozen=True, slots=True)
class RouteCard:
    """``invite``: Discord's code and the channel to which it leads. ``posted_by`` is a name, None for somebody unknown
    and while nobody has."""

    route: Route
    invite: tuple[str, int] | None
    posted_at: datetime | None
    posted_by: str | None


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
            invite = (row.invite_code, row.invite_channel_id) if row.invite_code else None
            cards[Route(row.route)] = RouteCard(Route(row.route), invite, row.posted_at, row.display_name)
        return cards

    async def invitable(self, actor: Actor) -> list[PostPlan]:
        """The channels to which an invitation may lead."""
        async with self.database.reading() as connection:
            return await national_posts(connection, actor.organisation.id)

    async def note_invite(self, actor: Actor, announcement_id: int, route: Route, code: str, channel_id: int) -> None:
        """Remember the invitation of a route. Raises NotAllowed or NotFound."""
        await self._set(actor, announcement_id, route, {"invite_code": code, "invite_channel_id": channel_id})

    async def tick(self, actor: Actor, announcement_id: int, route: Route, *, posted: bool) -> None:
        """Note that the text was posted there, by the actor just now, or that it wasn't. Raises as ``note_invite``."""
        by, at = (actor.caller.discord_user_id, self.clock.now()) if posted else (None, None)
        await self._set(actor, announcement_id, route, {"posted_by_discord_id": by, "posted_at": at})

    async def _set(self, actor: Actor, announcement_id: int, route: Route, values: dict[str, object]) -> None:
        async with self.database.writing() as session:
            await any_locked(session, actor, announcement_id)
            await insert_if_absent(session, AnnouncementRoute, announcement_id=announcement_id, route=route.value)
            await session.execute(
                update(AnnouncementRoute)
                .where(AnnouncementRoute.announcement_id == announcement_id, AnnouncementRoute.route == route)
                .values(**values)
            )
