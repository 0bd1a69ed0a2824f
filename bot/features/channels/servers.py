"""An LC's own Discord server: linked by a one-time code, unlinked by either side, known to be out of reach or not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import insert_if_absent
from bot.errors import Conflict, NextStep, NotAllowed, NotFound
from bot.features import Service
from bot.features.audit.service import add_entry
from bot.features.channels.models import ServerCode
from bot.features.channels.rules import OwnServer
from bot.features.channels.service import places
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.organisations.models import Server
from bot.features.people.actors import Actor, Caller
from bot.features.people.changes import change_by
from bot.features.people.rules import Right
from bot.features.posts import claims
from bot.i18n import N_

#: How long a code can be used.
CODE_LIFE = timedelta(days=14)

NEEDS_MANAGE_SERVER = N_("You need the “Manage Server” permission here. Please ask someone who has it.")
NO_SERVER = N_(
    "This LC has no linked server. A national officer can create a code for one with /manage lc server-code."
)

NO_LC_HERE = N_("This server is no longer linked to an LC. Please run /setup again.")


def unlink_step(lc_id: int) -> NextStep:
    """The way to the page on which an LC's own server is unlinked."""
    return NextStep(N_("Unlink the LC's server"), f"channels:unlink:{lc_id}")


class LcServerService(Service):
    async def new_code(self, actor: Actor, lc_id: int) -> tuple[str, datetime]:
        """A one-time code by which a server becomes the LC's own, and until when it works. A former one ends.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there is no such LC in the actor's organisation.
            Conflict: the LC has left, or has its server already.
        """
        async with change_by(self, actor, Right.INVITE_LC_SERVER) as change:
            session, code, until = change.session, claims.new_code(), change.now + CODE_LIFE
            await _locked(session, actor.organisation.id, lc_id)
            await session.execute(delete(ServerCode).where(ServerCode.lc_id == lc_id, ServerCode.used_at.is_(None)))
            digest = claims.digest(code)
            session.add(ServerCode(organisation_id=actor.organisation.id, lc_id=lc_id, digest=digest, expires_at=until))
            change.note("lc.server_code", "local_committee", lc_id, ("server",))
        return code, until

    async def link(self, caller: Caller, code: str, announcements_channel_id: int | None) -> None:
        """Make the caller's server the own one of the LC behind the code.

        Raises:
            NotAllowed: the caller may not manage the server.
            NotFound: there is no such code.
            Conflict: the code was used or is too old, the LC has left or has its server already, or this server is
                linked already.
        """
        guild_id = _managed_guild(caller)
        now = self.clock.now()
        async with self.database.writing() as session:
            kept = await session.scalar(
                select(ServerCode).where(ServerCode.digest == claims.digest(code)).with_for_update()
            )
            if kept is None:
                raise NotFound(
                    N_("This code isn't valid. Check each character, or ask a national officer for a new one.")
                )
            if kept.used_at is not None:
                raise Conflict(
                    N_("This code has already been used. If that wasn't you, please tell a national officer.")
                )
            if kept.expires_at <= now:
                raise Conflict(N_("This code has expired. Please ask a national officer for a new one."))
            await _locked(session, kept.organisation_id, kept.lc_id)
            server_id = await insert_if_absent(
                session,
                Server,
                organisation_id=kept.organisation_id,
                discord_guild_id=guild_id,
                lc_id=kept.lc_id,
                announcements_channel_id=announcements_channel_id,
                linked_at=now,
            )
            if server_id is None:
                raise Conflict(N_("This server is already linked. Run /setup to see its status."))
            kept.used_at = now
            self._note(session, kept.organisation_id, caller, "lc.server_link", kept.lc_id, ("server",), now)

    async def choose_announcements(self, caller: Caller, channel_id: int) -> None:
        """Let the nation's announcements arrive in this channel of the caller's server, an LC's own.

        Raises:
            NotAllowed: the caller may not manage the server.
            NotFound: the server is no LC's own (any more).
        """
        guild_id = _managed_guild(caller)
        async with self.database.writing() as session:
            server = await session.scalar(
                select(Server).where(Server.discord_guild_id == guild_id, Server.lc_id.is_not(None)).with_for_update()
            )
            if server is None or server.lc_id is None:
                raise NotFound(NO_LC_HERE)
            server.announcements_channel_id = channel_id
            self._note(
                session,
                server.organisation_id,
                caller,
                "lc.server_edit",
                server.lc_id,
                ("announcements_channel",),
                self.clock.now(),
            )

    async def own(self, actor: Actor, lc_id: int) -> OwnServer:
        """The LC's own server, for those who may unlink it.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            NotFound: the LC has no server linked.
        """
        actor.require(Right.KEEP_LC_SERVER, lc_id)
        async with self.database.reading() as connection:
            own = (await places(connection, actor.organisation.id, [lc_id]))[lc_id].own
        if own is None:
            raise NotFound(NO_SERVER)
        return own

    async def unlink(self, actor: Actor, lc_id: int) -> None:
        """Let an LC's own server be none of ours any more; what the bot made there stays.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            NotFound: the LC has no server linked.
        """
        async with change_by(self, actor, Right.KEEP_LC_SERVER, lc_id) as change:
            server = await change.lock(Server, Server.lc_id == lc_id, NO_SERVER)
            await change.session.delete(server)  # with what hangs on it
            change.note("lc.server_unlink", "local_committee", lc_id, ("server",))

    async def note_gone(self, guild_id: int) -> None:
        """The bot was removed from a server."""
        await self._note_absence(Server.discord_guild_id == guild_id)

    async def note_here(self, guild_id: int) -> None:
        """The bot is in a server (again)."""
        async with self.database.writing() as session:
            await session.execute(update(Server).where(Server.discord_guild_id == guild_id).values(absent_since=None))

    async def compare(self, guild_ids: Collection[int]) -> None:
        """These are all the servers in which the bot is. Catch up with what happened while it was away."""
        here = Server.discord_guild_id.in_(guild_ids)
        async with self.database.writing() as session:
            await session.execute(
                update(Server).where(here, Server.absent_since.is_not(None)).values(absent_since=None)
            )
        await self._note_absence(~here)

    async def _note_absence(self, which: ColumnElement[bool]) -> None:
        async with self.database.writing() as session:
            await session.execute(
                update(Server).where(which, Server.absent_since.is_(None)).values(absent_since=self.clock.now())
            )

    def _note(
        self,
        session: AsyncSession,
        organisation_id: int,
        caller: Caller,
        action: str,
        lc_id: int,
        fields: tuple[str, ...],
        now: datetime,
    ) -> None:
        add_entry(
            session,
            at=now,
            organisation_id=organisation_id,
            actor_discord_id=caller.discord_user_id,
            origin=caller.origin,
            action=action,
            subject_kind="local_committee",
            subject_id=lc_id,
            fields=fields,
        )


async def _locked(session: AsyncSession, organisation_id: int, lc_id: int) -> None:
    """Lock an LC that may get a server of its own: of two servers at once, the second sees the first."""
    state = await session.scalar(
        select(LocalCommittee.state)
        .where(LocalCommittee.id == lc_id, LocalCommittee.organisation_id == organisation_id)
        .with_for_update()
    )
    if state is None:
        raise NotFound(N_("That LC is no longer in the directory. Please search again."))
    if state == LcState.LEFT:
        raise Conflict(
            N_("This LC has left the organisation. If that's wrong, correct its status with /manage lc state first.")
        )
    if await session.scalar(select(Server.id).where(Server.lc_id == lc_id)):
        raise Conflict(N_("This LC already has a linked server. Open the LC's page and unlink that server first."))


def _managed_guild(caller: Caller) -> int:
    if caller.guild_id is None or not caller.manages_server:
        raise NotAllowed(NEEDS_MANAGE_SERVER)
    return caller.guild_id
