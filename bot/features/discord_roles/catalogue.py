"""Which roles could be made in a server, and noting those that are."""

from __future__ import annotations

from sqlalchemy import Row, Select, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NextStep, NotFound
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.discord_roles import rules
from bot.features.discord_roles.records import Group, RoleCatalogue, RoleName
from bot.features.local_committees.models import LocalCommittee
from bot.features.memberships.rules import kinds
from bot.features.organisations.models import Server, ServerPart
from bot.features.organisations.parts import note
from bot.features.people.actors import Actor
from bot.features.people.models import Level, Post
from bot.features.people.rules import Right
from bot.features.schools.models import Region, School
from bot.i18n import N_

OPEN = NextStep(N_("Roles that follow the records"), "discord_roles:show")


class RoleCatalogueService(Service):
    async def catalogue(self, actor: Actor, *, of_lc: bool = False) -> RoleCatalogue:
        """What roles could be made in the actor's server: in one of the organisation besides those of the officers and
        the LCs, in an LC's own only what concerns that LC. ``of_lc``: they mean an LC's own server.

        Raises:
            NotAllowed: the actor is no national officer in office, nor, in an LC's own server, an officer of that LC.
            NotFound: the server isn't linked to the actor's organisation.
            Conflict: they mean an LC's own server, and this is none.
        """
        async with self.database.reading() as connection:
            server = await _server(connection, actor)
            if of_lc and server.lc_id is None:
                raise Conflict(
                    N_(
                        "This is for an LC's own server: please use it there. How a server becomes one: "
                        "/manage server-code, by a national officer."
                    )
                )
            _require(actor, server.lc_id)
            parts = await fetch(
                connection, select(ServerPart.key, ServerPart.discord_id).where(ServerPart.server_id == server.id)
            )
            groups = await _groups(connection, actor.organisation.id, server.lc_id)
        return RoleCatalogue(
            actor.organisation.language, {row.key: row.discord_id for row in parts}, groups, server.lc_id
        )

    async def may_choose_here(self, actor: Actor) -> bool:
        """Is this the own server of an LC for which the actor may choose roles?"""
        async with self.database.reading() as connection:
            rows = await fetch(connection, _here(actor))
        return any(row.lc_id is not None and actor.may(Right.KEEP_LC_SERVER, row.lc_id) for row in rows)

    async def note_role(self, actor: Actor, key: str, discord_id: int) -> None:
        """Remember the role of the catalogue that the bot is about to make (``PENDING``) or has made in the actor's
        server.

        Raises:
            NotAllowed, NotFound: as in ``catalogue``.
            Invalid: the catalogue of this server has no such role.
        """
        async with self.database.writing() as session:
            found = await _server(session, actor)
            _require(actor, found.lc_id)
            groups = await _groups(session, actor.organisation.id, found.lc_id)
            if key not in {one.key for names in groups.values() for one in names}:
                raise Invalid(N_("There is nothing of the kind to make a role for. Please look at the list again."))
            await note(
                session,
                await session.get_one(Server, found.id),
                key,
                discord_id,
                at=self.clock.now(),
                by_discord_id=actor.caller.discord_user_id,
                origin=actor.caller.origin,
            )


def _require(actor: Actor, lc_id: int | None) -> None:
    if lc_id is None:
        actor.require(Right.BUILD_CHANNELS)
    else:
        actor.require(Right.KEEP_LC_SERVER, lc_id)


async def _server(reader: Reader, actor: Actor) -> Row[tuple[int, int | None]]:
    rows = await fetch(reader, _here(actor))
    if not rows:
        # Who may do nothing here hears that first.
        actor.require(Right.BUILD_CHANNELS)
        raise NotFound(N_("This server isn't linked to an organisation any more. Please run /setup again."))
    return rows[0]


def _here(actor: Actor) -> Select[int, int | None]:
    return select(Server.id, Server.lc_id).where(
        Server.organisation_id == actor.organisation.id, Server.discord_guild_id == actor.caller.guild_id
    )


async def _groups(reader: Reader, organisation_id: int, lc_id: int | None) -> dict[Group, tuple[RoleName, ...]]:
    """In the order in which they are shown."""
    committees = await fetch(
        reader,
        select(StandingCommittee.key, StandingCommittee.abbreviation)
        .where(StandingCommittee.organisation_id == organisation_id)
        .order_by(StandingCommittee.position),
    )
    posts = select(Post.key, Post.name_ja, Post.name_en).where(
        Post.organisation_id == organisation_id, Post.retired_at.is_(None)
    )
    if lc_id is not None:
        posts = posts.where(Post.level == Level.LC, Post.is_officer)
    groups: dict[Group, tuple[RoleName, ...]] = {}
    if lc_id is not None:
        groups[Group.LC] = await _of_lc(reader, lc_id)
    groups[Group.COMMITTEE] = tuple(
        RoleName(rules.committee_role(row.key), row.abbreviation, row.abbreviation) for row in committees
    )
    groups[Group.INTEREST] = tuple(
        RoleName(rules.interest_role(row.key), row.abbreviation, row.abbreviation) for row in committees
    )
    groups[Group.KIND] = tuple(
        RoleName(rules.kind_role(kind), card.name_ja, card.name_en)
        for kind, card in kinds().items()
        if lc_id is None or kind in rules.KINDS_IN_LC
    )
    if lc_id is None:
        groups[Group.REGION] = await _regions(reader, organisation_id)
    groups[Group.POST] = tuple(
        RoleName(rules.post_role(row.key), row.name_ja, row.name_en)
        for row in await fetch(reader, posts.order_by(Post.position))
    )
    return groups


async def _regions(reader: Reader, organisation_id: int) -> tuple[RoleName, ...]:
    query = select(Region.id, Region.name_ja, Region.name_en).where(Region.organisation_id == organisation_id)
    return tuple(
        RoleName(rules.region_role(row.id), row.name_ja, row.name_en)
        for row in await fetch(reader, query.order_by(Region.position))
    )


async def _of_lc(reader: Reader, lc_id: int) -> tuple[RoleName, ...]:
    """Everybody of the LC, and its officers."""
    (row,) = await fetch(
        reader,
        select(School.name_ja, School.name_en)
        .join(LocalCommittee, LocalCommittee.school_id == School.id)
        .where(LocalCommittee.id == lc_id),
    )
    return tuple(RoleName(key, row.name_ja, row.name_en) for key in (rules.lc_role(lc_id), rules.LC_OFFICER_ROLE))
