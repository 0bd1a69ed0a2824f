"""Which message greets whom, and what becomes of it: helpers that join somebody else's transaction.

A message of the day takes newcomers until it is full, and the next one begins. It is edited for those who come later,
made anew if somebody deleted it, and deleted once nobody in it came within the last week. The doorway of the server is
locked by whoever decides, so two processes never fill the same place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.clock import local_date
from bot.db import fetch
from bot.deliveries.models import Action, Delivery, DeliveryState, RecipientKind, Urgency
from bot.deliveries.on_the_way import LOOKS, is_on_the_way, next_look
from bot.deliveries.outbox import enqueue, enqueue_once
from bot.deliveries.values import NewDelivery, Recipient
from bot.features.members import rules
from bot.features.members.models import Arrival, Doorway
from bot.features.organisations.each import moment_of
from bot.features.organisations.models import Organisation, Server, ServerPart
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment
from bot.personal import Personal, Subject, goes

GREETING = MessageKind(
    "members:greeting",
    N_("Welcome to newcomers"),
    urgency=Urgency.URGENT,  # they are looking at the server just now
    tolerance=rules.GREETING_KEPT,
)
KEEP_UP = JobKind("members:keep_greeting", N_("Keeping a greeting up to date (automatic)"))
HOME_CHANNEL = "channel:home"
#: Those who come within so long of each other share an edit.
EDITED_AFTER = timedelta(seconds=20)
#: Discord takes few deletions of old messages at once.
APART = timedelta(seconds=5)
_OPEN = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENT)


async def placed(session: AsyncSession, server: Any, new: Sequence[int], now: datetime) -> list[NewDelivery]:
    """Give each newcomer (row of ``Arrival``) a message, and what has to go out for it."""
    moment, news, left = Moment(server.organisation_id, server.time_zone, now), list[NewDelivery](), list(new)
    open_ = await _open_batch(session, server, moment) if new else None
    if open_ is not None:
        batch, room = open_
        await _put(session, left[:room], batch)
        # One that waits already sees those who came now, too.
        job = _job(server.id, batch, left[:room][-1], 0, moment.now + EDITED_AFTER, moment)
        await enqueue_once(session, job, moment.now)
        left = left[room:]
    for at in range(0, len(left), rules.GREETED_TOGETHER):
        batch = left[at]
        await _put(session, left[at : at + rules.GREETED_TOGETHER], batch)
        news.append(_greeting(server, batch, moment))
    return news


async def kept_up(
    session: AsyncSession, server_id: int, batch: int, mark: int, turn: int, now: datetime
) -> list[NewDelivery]:
    """The job: an edit of the message, for those who came or left since, or its end. While something is on its way, the
    job once more."""
    await lock(session, server_id)
    server = await server_with_home(session, Server.id == server_id)
    if server is None:
        return []
    moment = Moment(server.organisation_id, server.time_zone, now)
    rows = await _messages(session, batch, server_id)
    if any(is_on_the_way(row) for row in rows):
        return [_job(server_id, batch, mark, turn + 1, next_look(turn, now), moment)] if turn < LOOKS else []
    if any(row.state == DeliveryState.PENDING for row in rows):
        return []  # it says what is so when it goes out
    posts = [row for row in rows if row.action == Action.POST]
    if not posts or posts[-1].state != DeliveryState.SENT or posts[-1].message_id is None:
        return []
    if await session.scalar(select(Arrival.id).where(Arrival.batch == batch).limit(1)) is None:
        return await farewells(session, now, batch)
    return [_edit(server, batch, mark, posts[-1], moment)]


async def leave_greetings(part: Personal, session: AsyncSession, subject: Subject, now: datetime) -> None:
    """When somebody's data are deleted: the messages that mention them are edited as soon as the job is done."""
    columns = (Arrival.id, Arrival.server_id, Arrival.batch)
    rows = await fetch(session, select(*columns).where(part.rows(subject), Arrival.batch > 0))
    moment = await moment_of(session, subject.organisation_id, now)
    await goes(part, session, subject, now)
    if moment is not None:
        # Not the number of anybody who came: the message may have been edited for them already.
        await enqueue(session, [_job(row.server_id, row.batch, -row.id, 0, now, moment) for row in rows], now)


async def farewells(session: AsyncSession, now: datetime, batch: int | None = None) -> list[NewDelivery]:
    """A deletion of each greeting in which nobody is left who came lately, or of the one with this number; one after
    the other. Once is enough."""
    number, later = Delivery.payload["batch"].as_integer(), aliased(Delivery)
    left = select(Arrival.id).where(Arrival.batch == number)
    here = select(ServerPart.id).where(ServerPart.discord_id == Delivery.recipient_id)
    gone = select(later.id).where(
        later.subject == Delivery.subject, later.action == Action.DELETE, later.message_id == Delivery.message_id
    )
    query = select(Delivery.__table__).where(
        Delivery.kind == str(GREETING),
        Delivery.action == Action.POST,
        Delivery.state == DeliveryState.SENT,
        Delivery.message_id.is_not(None),
        ~left.exists(),
        here.exists(),
        ~gone.exists(),
    )
    if batch is not None:
        query = query.where(number == batch)
    return [
        GREETING.to(
            Recipient(RecipientKind.CHANNEL, row.recipient_id),
            Moment(row.organisation_id, row.time_zone, now),
            f"gone:{row.id}",
            row.payload,
            about=row.subject,
            due_at=now + place * APART,
            action=Action.DELETE,
            channel_id=row.channel_id,
            message_id=row.message_id,
        )
        for place, row in enumerate(await fetch(session, query.order_by(Delivery.id)))
    ]


async def server_with_home(session: AsyncSession, which: Any) -> Any:
    """The server, None if it isn't linked."""
    return (await session.execute(_SERVER.where(which))).one_or_none()


async def lock(session: AsyncSession, server_id: int) -> None:
    """Of two who decide about a server's greetings, the second sees what the first did."""
    await session.execute(select(Doorway.id).where(Doorway.server_id == server_id).with_for_update())


async def _open_batch(session: AsyncSession, server: Any, moment: Moment) -> tuple[int, int] | None:
    """The last message of today that still has room, and how many it takes."""
    query = (
        select(Arrival.batch, func.count().label("n"))
        .where(Arrival.server_id == server.id, Arrival.batch > 0)
        .group_by(Arrival.batch)
        .order_by(Arrival.batch.desc())
        .limit(1)
    )
    last = (await session.execute(query)).one_or_none()
    if last is None or last.n >= rules.GREETED_TOGETHER:
        return None
    posts = [row for row in await _messages(session, last.batch, server.id) if row.action == Action.POST]
    if not posts or posts[-1].state not in _OPEN or posts[-1].recipient_id != server.home:
        return None
    if local_date(posts[-1].created_at, moment.time_zone) != moment.today:
        return None
    return last.batch, rules.GREETED_TOGETHER - last.n


async def _messages(session: AsyncSession, batch: int, server_id: int) -> Sequence[Any]:
    """The message with its edits, and those made anew, in their order."""
    query = select(Delivery.__table__).where(Delivery.subject == _about(server_id, batch)).order_by(Delivery.id)
    return await fetch(session, query)


async def _put(session: AsyncSession, new: Sequence[int], batch: int) -> None:
    await session.execute(update(Arrival).where(Arrival.id.in_(new)).values(batch=batch))


def _about(server_id: int, batch: int) -> str:
    return f"{GREETING}:{server_id}:{batch}"


def _about_job(server_id: int, batch: int) -> str:
    return f"{KEEP_UP}:{server_id}:{batch}"


def _greeting(server: Any, batch: int, moment: Moment) -> NewDelivery:
    home = Recipient(RecipientKind.CHANNEL, server.home)
    return GREETING.to(home, moment, f"{server.id}:{batch}", {"batch": batch}, about=_about(server.id, batch))


def _edit(server: Any, batch: int, mark: int, message: Any, moment: Moment) -> NewDelivery:
    """``mark``: the last who came, or below 0 somebody who left; no number is given out twice."""
    home = Recipient(RecipientKind.CHANNEL, server.home or message.recipient_id)
    return GREETING.to(
        home,
        moment,
        f"{server.id}:{batch}:edit:{mark}",
        {"batch": batch, "again": True},
        about=_about(server.id, batch),
        action=Action.EDIT,
        fallback=home,
        channel_id=message.channel_id,
        message_id=message.message_id,
    )


def _job(server_id: int, batch: int, mark: int, turn: int, due_at: datetime, moment: Moment) -> NewDelivery:
    return KEEP_UP.at(
        due_at,
        moment,
        f"{server_id}:{batch}:{mark}:{turn}",
        {"server": server_id, "batch": batch, "mark": mark, "turn": turn},
        about=_about_job(server_id, batch),
    )


_SERVER = (
    select(
        Server.id,
        Server.organisation_id,
        Server.linked_at,
        Organisation.time_zone,
        ServerPart.discord_id.label("home"),
    )
    .join(Organisation, Organisation.id == Server.organisation_id)
    .outerjoin(
        ServerPart,
        (ServerPart.server_id == Server.id) & (ServerPart.key == HOME_CHANNEL) & (ServerPart.discord_id > 0),
    )
)
