"""Events among Discord's scheduled events: what has to be made, edited or taken away in which server.

A change plans the work of a moment later, and each morning brings in what comes nearer. The work compares what stands
in the servers with what should, so that it can be done again at any time. Discord gives no way to repeat a request
safely: a row is noted before its mirror is made, and one that is only noted is looked for before it is made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch, insert_if_absent
from bot.deliveries.outbox import enqueue, enqueue_once
from bot.features import Service
from bot.features.events.models import Audience, Event, EventMirror, EventState, MirrorTrouble
from bot.features.organisations.each import for_each, moment_of
from bot.features.organisations.models import Server
from bot.i18n import N_
from bot.kit.messages import JobKind
from bot.kit.moments import Moment

MIRROR = JobKind("events:mirror", N_("Showing events in Discord's event list (automatic)"))
#: Changes within this time become one edit.
GATHERED = timedelta(seconds=10)
AT = time(4, 30)
#: So far ahead events are mirrored, and so many in one server; Discord takes 100 of everybody together.
AHEAD, MOST = timedelta(days=30), 50
#: Stands for the id of a mirror that is about to be made.
PENDING = 0
#: Where no further one can be made, whichever it is.
_OF_SERVER = (MirrorTrouble.FORBIDDEN.value, MirrorTrouble.FULL.value)


class Need(StrEnum):
    MAKE = "make"
    #: It was about to be made when the bot was stopped: it may be there.
    LOOK = "look"
    EDIT = "edit"
    TAKE = "take"
    #: It began in Discord, where it can't be moved any more, and its event was moved to later.
    ANEW = "anew"


@dataclass(frozen=True, slots=True)
class MirrorStep:
    """What has to be done with one event in one server. ``is_wanted``: it should stand there. The private link isn't in
    it."""

    need: Need
    server_id: int
    event_id: int
    discord_id: int
    uid: str
    sequence: int
    title_ja: str
    title_en: str
    text: str
    place: str
    is_online: bool
    starts_at: datetime
    ends_at: datetime
    is_wanted: bool


@dataclass(slots=True)
class ServerPlan:
    """``guild_id``: Discord's."""

    guild_id: int
    steps: list[MirrorStep] = field(default_factory=list)


async def mirror_soon(session: AsyncSession, moment: Moment) -> None:
    """After a change, in its transaction."""
    about = f"events:mirror:{moment.organisation_id}:soon"
    part = f"{moment.organisation_id}:{moment.now.isoformat()}"
    await enqueue_once(session, MIRROR.at(moment.now + GATHERED, moment, part, {}, about=about), moment.now)


async def _plan_next(session: AsyncSession, moment: Moment) -> None:
    await enqueue(session, [MIRROR.daily(AT, moment)], moment.now)


class MirrorService(Service):
    async def plan_all(self) -> None:
        """See to it that every organisation has its next look planned. One that is founded later has it from its first
        event on."""

        async def plan(organisation_id: int, time_zone: str) -> None:
            async with self.database.writing() as session:
                await _plan_next(session, Moment(organisation_id, time_zone, self.clock.now()))

        await for_each(self.database, "mirrors not planned", plan)

    async def plan(self, organisation_id: int, *, is_daily: bool) -> list[ServerPlan]:
        """What is to be done now, by server; the next look is planned. Without the right or the room for
        a mirror, the daily look alone tries again. A refused one is tried again after a change, too, and one that
        somebody deleted by hand never."""
        now = self.clock.now()
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, now)
            if moment is None:
                return []
            await _plan_next(session, moment)
        async with self.database.reading() as connection:
            here = (Server.organisation_id == organisation_id, Server.absent_since.is_(None))
            query = select(Server.id, Server.discord_guild_id, Server.lc_id).where(*here).order_by(Server.id)
            servers = await fetch(connection, query)
            mirrors = await _mirrors(connection, organisation_id, now)
            events = await _events(connection, organisation_id, now)
        plans = []
        for server in servers:
            steps = _steps(server, events, mirrors[server.id], now, is_daily=is_daily)
            if steps:
                plans.append(ServerPlan(server.discord_guild_id, steps))
        return plans

    async def note(self, step: MirrorStep) -> bool:
        """Before it is made. False: its event or its server is gone meanwhile."""
        async with self.database.writing() as session:
            there = select(Event.id).where(Event.id == step.event_id)
            server = select(Server.id).where(Server.id == step.server_id, Server.absent_since.is_(None))
            if await session.scalar(there) is None or await session.scalar(server) is None:
                return False
            shown = {"sequence": step.sequence, "starts_at": step.starts_at, "trouble": None, "discord_id": PENDING}
            key = {"event_id": step.event_id, "server_id": step.server_id}
            if await insert_if_absent(session, EventMirror, **key, **shown) is None:
                await session.execute(update(EventMirror).where(*_row(step)).values(**shown))
            return True

    async def made(self, step: MirrorStep, discord_id: int) -> None:
        """It stands in Discord, and shows what the step says."""
        shown = {"sequence": step.sequence, "starts_at": step.starts_at, "trouble": None, "discord_id": discord_id}
        async with self.database.writing() as session:
            await session.execute(update(EventMirror).where(*_row(step)).values(**shown))

    async def found(self, step: MirrorStep, discord_id: int) -> None:
        """A mirror that was made before the bot was stopped. Nobody knows what it shows, so it is edited."""
        async with self.database.writing() as session:
            values = {"discord_id": discord_id, "sequence": -1}
            await session.execute(update(EventMirror).where(*_row(step)).values(**values))

    async def taken(self, step: MirrorStep) -> None:
        """It isn't in Discord any more, and may come back."""
        async with self.database.writing() as session:
            await session.execute(delete(EventMirror).where(*_row(step)))

    async def failed(self, step: MirrorStep, trouble: MirrorTrouble) -> None:
        """Discord refused the step."""
        values = {"trouble": trouble.value, "sequence": step.sequence}
        async with self.database.writing() as session:
            await session.execute(update(EventMirror).where(*_row(step)).values(**values))


def _row(step: MirrorStep) -> tuple[Any, ...]:
    return EventMirror.event_id == step.event_id, EventMirror.server_id == step.server_id


async def _mirrors(reader: Reader, organisation_id: int, now: datetime) -> dict[int, dict[int, Any]]:
    """By server and event. Those that began in Discord are there only if their event is still to come."""
    query = (
        select(*EventMirror.__table__.c)
        .join(Server, Server.id == EventMirror.server_id)
        .join(Event, Event.id == EventMirror.event_id)
        .where(Server.organisation_id == organisation_id, or_(EventMirror.starts_at > now, Event.starts_at > now))
    )
    found: dict[int, dict[int, Any]] = defaultdict(dict)
    for row in await fetch(reader, query):
        found[row.server_id][row.event_id] = row
    return found


async def _events(reader: Reader, organisation_id: int, now: datetime) -> Sequence[Any]:
    """Those that are mirrored or could be, the nearest first."""
    has_one = select(EventMirror.id).where(EventMirror.event_id == Event.id, EventMirror.starts_at > now).exists()
    near = (Event.state == EventState.POSTED.value) & (Event.starts_at > now) & (Event.starts_at <= now + AHEAD)
    query = select(*Event.__table__.c).where(Event.organisation_id == organisation_id, or_(near, has_one))
    return await fetch(reader, query.order_by(Event.starts_at, Event.id))


def _belongs(event: Any, server: Any) -> bool:
    """Events for an LC's members are its own server's alone; others are the organisation's and that of their LC."""
    if server.lc_id is None:
        return bool(event.audience != Audience.LC.value)
    return bool(event.lc_id == server.lc_id)


def _steps(
    server: Any, events: Sequence[Any], mirrors: dict[int, Any], now: datetime, *, is_daily: bool
) -> list[MirrorStep]:
    is_blocked = not is_daily and any(row.trouble in _OF_SERVER for row in mirrors.values())
    room, steps = MOST, []
    for event in events:
        row = mirrors.get(event.id)
        is_wanted = event.state == EventState.POSTED and event.starts_at > now and _belongs(event, server)
        if is_wanted and (row is None or row.trouble != MirrorTrouble.DELETED):
            room -= 1
            is_wanted = room >= 0
        need = _need(event, row, now, is_wanted=is_wanted, is_daily=is_daily)
        if need is not None and not (need is Need.MAKE and is_blocked):
            steps.append(_step(need, server.id, event, row, is_wanted=is_wanted))
    # Taking one away makes room.
    return sorted(steps, key=lambda step: step.need is not Need.TAKE)


def _need(event: Any, row: Any, now: datetime, *, is_wanted: bool, is_daily: bool) -> Need | None:
    if row is None:
        return Need.MAKE if is_wanted else None
    is_news = row.sequence != event.sequence
    need: Need | None
    if row.trouble == MirrorTrouble.DELETED:
        need = None
    elif row.discord_id == PENDING and row.trouble is None:
        need = Need.LOOK
    elif row.discord_id == PENDING:
        may_try = is_daily or (is_news and row.trouble == MirrorTrouble.REFUSED)
        need = Need.TAKE if not is_wanted else Need.MAKE if may_try else None
    elif row.starts_at <= now:  # what began in Discord ends there by itself
        need = Need.ANEW if is_wanted else None
    elif not is_wanted:
        need = Need.TAKE if row.trouble is None or is_daily or is_news else None
    else:
        need = Need.EDIT if is_news or (is_daily and row.trouble is not None) else None
    return need


def _step(need: Need, server_id: int, event: Any, row: Any, *, is_wanted: bool) -> MirrorStep:
    return MirrorStep(
        need=need,
        server_id=server_id,
        event_id=event.id,
        discord_id=PENDING if row is None else row.discord_id,
        uid=event.uid,
        sequence=event.sequence,
        title_ja=event.title_ja,
        title_en=event.title_en,
        text=event.text,
        place=event.place,
        is_online=event.is_online or bool(event.link),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        is_wanted=is_wanted,
    )
