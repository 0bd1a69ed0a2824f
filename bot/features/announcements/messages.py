"""The messages that an announcement has out there: which, and how each is edited or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, literal, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.models import Action, Delivery, DeliveryState, RecipientKind, Urgency
from bot.deliveries.on_the_way import ON_THE_WAY
from bot.deliveries.values import NewDelivery, Recipient
from bot.features.announcements.models import Announcement, AnnouncementPost
from bot.features.announcements.reminding import reminder_subject
from bot.features.announcements.sending import MESSAGE, subject
from bot.features.audiences.models import Place
from bot.kit.moments import Moment


def count_subject(announcement_id: int) -> str:
    """What the edits are about that show how many have answered."""
    return f"announcement:{announcement_id}:count"


def tick_subject(announcement_id: int) -> str:
    """What the edits are about that show an LC that it has answered."""
    return f"announcement:{announcement_id}:ticks"


def in_flight(organisation_id: int, announcement_id: int) -> tuple[Any, ...]:
    """Messages that are being sent, or that may or may not have arrived."""
    return (
        Delivery.organisation_id == organisation_id,
        Delivery.subject.in_([subject(announcement_id), reminder_subject(announcement_id)]),
        ON_THE_WAY,
    )


def changed(
    row: Announcement, one: Any, action: Action, part: str, about: str, moment: Moment, **more: Any
) -> NewDelivery:
    """An edit or a deletion of one message. It pings nobody, so it may go out at night.

    A person's message stays addressed to them, as it is in their language. ``more``: besides, in the payload.
    """
    recipient = Recipient(RecipientKind.CHANNEL, one.channel_id)
    if one.place == Place.DIRECT:
        recipient = Recipient(RecipientKind.PERSON, one.discord_user_id)
    return MESSAGE.to(
        recipient,
        moment,
        f"{row.id}:{part}",
        {"announcement": row.id, "lc": one.lc_id, "role": (one.payload or {}).get("role"), **more},
        about=about,
        urgency=Urgency.URGENT,
        action=action,
        tolerance=7 * 86_400,
        channel_id=one.channel_id,
        message_id=one.message_id,
    )


async def messages_of(session: AsyncSession, announcement_id: int) -> Sequence[Any]:
    """The messages that arrived and contain nothing else."""
    channel = func.coalesce(AnnouncementPost.channel_id, Delivery.channel_id)
    message = func.coalesce(AnnouncementPost.message_id, Delivery.message_id)
    query = (
        select(
            AnnouncementPost.id,
            AnnouncementPost.lc_id,
            AnnouncementPost.place,
            AnnouncementPost.discord_user_id,
            AnnouncementPost.shows_answered,
            Delivery.payload,
            channel.label("channel_id"),
            message.label("message_id"),
        )
        .outerjoin(Delivery, Delivery.key == AnnouncementPost.delivery_key)
        .where(
            AnnouncementPost.announcement_id == announcement_id,
            message.is_not(None),
            Delivery.bundle_id.is_(None),
            or_(Delivery.id.is_(None), Delivery.state == DeliveryState.SENT),
        )
    )
    return await fetch(session, query)


async def reminders_of(session: AsyncSession, row: Announcement) -> Sequence[Any]:
    columns = (Delivery.id, Delivery.channel_id, Delivery.message_id, Delivery.payload)
    query = select(*columns, null().label("lc_id"), literal("").label("place")).where(
        Delivery.organisation_id == row.organisation_id,
        Delivery.subject == reminder_subject(row.id),
        Delivery.state == DeliveryState.SENT,
        Delivery.message_id.is_not(None),
        Delivery.bundle_id.is_(None),
    )
    return await fetch(session, query)
