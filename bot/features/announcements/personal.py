from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.deliveries.models import Delivery
from bot.deliveries.models import State as DeliveryState
from bot.features.announcements.models import (
    Announcement,
    AnnouncementPerson,
    AnnouncementPost,
    AnnouncementRoute,
    LcAcknowledgement,
    PersonAcknowledgement,
    Subscription,
)
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, blanking, deleting

#: Stands where a Discord user stood who is forgotten; nobody has it.
NOBODY = 0
_HANDS = (
    Announcement.created_by_discord_id,
    Announcement.changed_by_discord_id,
    Announcement.sent_by_discord_id,
    Announcement.checker_discord_id,
    Announcement.check_asked_by_discord_id,
)


def _theirs(subject: Subject) -> ColumnElement[bool]:
    return (Announcement.organisation_id == subject.organisation_id) & or_(
        *(hand == subject.discord_user_id for hand in _HANDS)
    )


async def _take_hands_off(session: AsyncSession, subject: Subject, _now: datetime) -> None:
    """An announcement is the organisation's; only who had a hand in it goes."""
    for hand in _HANDS:
        query = (
            update(Announcement)
            .where(Announcement.organisation_id == subject.organisation_id, hand == subject.discord_user_id)
            .values({hand.key: NOBODY})
        )
        await session.execute(query.execution_options(synchronize_session=False))


def _subscribed(subject: Subject) -> ColumnElement[bool]:
    return (Subscription.organisation_id == subject.organisation_id) & (
        Subscription.discord_user_id == subject.discord_user_id
    )


def _here(announcement_id: InstrumentedAttribute[int], subject: Subject) -> ColumnElement[bool]:
    return announcement_id.in_(select(Announcement.id).where(Announcement.organisation_id == subject.organisation_id))


def _read_by(subject: Subject) -> ColumnElement[bool]:
    return _here(PersonAcknowledgement.announcement_id, subject) & (
        PersonAcknowledgement.discord_user_id == subject.discord_user_id
    )


def _read_for_lc(subject: Subject) -> ColumnElement[bool]:
    return _here(LcAcknowledgement.announcement_id, subject) & (
        LcAcknowledgement.by_discord_id == subject.discord_user_id
    )


def _posted_by(subject: Subject) -> ColumnElement[bool]:
    return _here(AnnouncementRoute.announcement_id, subject) & (
        AnnouncementRoute.posted_by_discord_id == subject.discord_user_id
    )


def _sent_directly(subject: Subject) -> ColumnElement[bool]:
    return _here(AnnouncementPost.announcement_id, subject) & (
        AnnouncementPost.discord_user_id == (subject.discord_user_id or 0)
    )


#: What became of it; None while it still waits.
_BECAME = (
    select(Delivery.state)
    .where(
        Delivery.key == AnnouncementPost.delivery_key,
        Delivery.state.not_in([DeliveryState.PENDING.value, DeliveryState.CLAIMED.value]),
    )
    .scalar_subquery()
)

PARTS = (
    PersonalPart(
        key="announcements_addressed",
        title=N_("Announcements that were addressed to you"),
        covers=("announcement_people.person_id",),
        export=lambda subject: (
            select(Announcement.title, Announcement.sent_at)
            .join(AnnouncementPerson, AnnouncementPerson.announcement_id == Announcement.id)
            .where(AnnouncementPerson.person_id == subject.person_id)
        ),
        forget=deleting(AnnouncementPerson, lambda subject: AnnouncementPerson.person_id == subject.person_id),
    ),
    PersonalPart(
        key="announcement_posts",
        title=N_("Announcements sent to you directly"),
        covers=("announcement_posts.discord_user_id",),
        export=None,  # "Messages to you" has them
        # That something was sent is counted on; nothing leads to whom, or to the message.
        forget=blanking(
            AnnouncementPost,
            _sent_directly,
            {
                "delivery_key": literal("forgotten:") + cast(AnnouncementPost.id, String),
                "discord_user_id": None,
                "state": func.coalesce(AnnouncementPost.state, _BECAME, DeliveryState.WITHDRAWN.value),
                "channel_id": None,
                "message_id": None,
            },
        ),
    ),
    PersonalPart(
        key="subscriptions",
        title=N_("Announcements by direct message, which you asked for"),
        covers=("subscriptions.discord_user_id",),
        export=lambda subject: select(Subscription.subscribed_at).where(_subscribed(subject)),
        forget=deleting(Subscription, _subscribed),
    ),
    PersonalPart(
        key="announcements_read",
        title=N_("Announcements that you said to have read"),
        covers=("person_acknowledgements.discord_user_id",),
        export=lambda subject: (
            select(Announcement.title, PersonAcknowledgement.acknowledged_at)
            .join(Announcement, Announcement.id == PersonAcknowledgement.announcement_id)
            .where(_read_by(subject))
        ),
        forget=deleting(PersonAcknowledgement, _read_by),
    ),
    PersonalPart(
        key="announcements_read_for_lc",
        title=N_("Announcements that you confirmed for an LC"),
        covers=("lc_acknowledgements.by_discord_id",),
        export=lambda subject: (
            select(Announcement.title, LcAcknowledgement.lc_id, LcAcknowledgement.acknowledged_at)
            .join(Announcement, Announcement.id == LcAcknowledgement.announcement_id)
            .where(_read_for_lc(subject))
        ),
        forget=blanking(LcAcknowledgement, _read_for_lc, {"by_discord_id": NOBODY}),
    ),
    PersonalPart(
        key="announcements",
        title=N_("Announcements in which you had a hand"),
        covers=tuple(f"announcements.{hand.key}" for hand in _HANDS),
        export=lambda subject: select(Announcement.title, Announcement.created_at, Announcement.sent_at).where(
            _theirs(subject)
        ),
        forget=_take_hands_off,
    ),
    PersonalPart(
        key="announcement_routes",
        title=N_("Announcements that you posted outside of Discord"),
        covers=("announcement_routes.posted_by_discord_id",),
        export=lambda subject: (
            select(Announcement.title, AnnouncementRoute.route, AnnouncementRoute.posted_at)
            .join(Announcement, Announcement.id == AnnouncementRoute.announcement_id)
            .where(_posted_by(subject))
        ),
        forget=blanking(AnnouncementRoute, _posted_by, {"posted_by_discord_id": None}),
    ),
)
