from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.deliveries.models import Delivery, DeliveryState
from bot.i18n import N_
from bot.personal import Personal, blanked, by_account, by_person, unnamed


class AnnouncementState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    #: A series: each occurrence becomes an announcement of its own when its time comes.
    REPEATING = "repeating"
    PAUSED = "paused"
    SENT = "sent"
    TAKEN_BACK = "taken_back"
    DISCARDED = "discarded"
    #: A series that has ended.
    ENDED = "ended"


#: In these states it can still be edited.
OPEN_STATES = (
    AnnouncementState.DRAFT,
    AnnouncementState.SCHEDULED,
    AnnouncementState.REPEATING,
    AnnouncementState.PAUSED,
)


class CheckState(StrEnum):
    """The answer of a reviewer, if one was asked."""

    NONE = "none"
    ASKED = "asked"
    APPROVED = "approved"
    RETURNED = "returned"


class Ping(StrEnum):
    NONE = "none"
    LC_ROLE = "lc_role"
    HERE = "here"
    EVERYONE = "everyone"


class Route(StrEnum):
    """Ways outside Discord to pass an announcement on."""

    LINE = "line"
    MAIL = "mail"


class Announcement(Record):
    __tablename__ = "announcements"
    __table_args__ = (
        UniqueConstraint("series_id", "occurrence"),
        Index(None, "organisation_id", "state", "sent_at"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    #: The LC that writes to its own people; None if the organisation writes.
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    #: For an occurrence of a series: the series, and its number from 0.
    series_id: Mapped[int | None] = mapped_column(Id, ForeignKey("announcements.id"))
    occurrence: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    #: Counts every change of a draft, so that the service notices when two people change it at once.
    version: Mapped[int]
    #: Counts the changes after sending.
    edition: Mapped[int]
    #: Counts how often it was planned; a job of an older plan does nothing.
    plan: Mapped[int]
    # Longer than Discord takes: a text that is too long is kept and reported, never cut.
    title: Mapped[str] = mapped_column(Text)
    text_ja: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(Id, ForeignKey("announcement_files.id"))
    #: The committee it is about: LCs that answered "not this year" for it get no reminders.
    committee_id: Mapped[int | None] = mapped_column(Id, ForeignKey("standing_committees.id"))
    #: ``audiences.rules.Audience`` as data.
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    places: Mapped[list[str]] = mapped_column(JSON)
    is_urgent: Mapped[bool]
    ping: Mapped[str] = mapped_column(String(10))
    #: The channels in which its planner could ping then and, of these, still could when it went out.
    ping_channels: Mapped[list[int]] = mapped_column(JSON)
    questionnaire_id: Mapped[int | None] = mapped_column(Id, ForeignKey("questionnaires.id"))
    #: Wall clock, such as ``2026-11-25T21:00``, in the organisation's zone.
    deadline_local: Mapped[str | None] = mapped_column(String(16))
    #: The most reminders that somebody gets.
    reminders: Mapped[int]
    #: The local time at which it goes out; for a series, the first time.
    planned_local: Mapped[str | None] = mapped_column(String(16))
    #: ``rules.Repeat`` as data.
    repeat: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    #: Skipped occurrences.
    skipped: Mapped[list[int]] = mapped_column(JSON)
    check_state: Mapped[str] = mapped_column(String(10))
    checker_discord_id: Mapped[int | None] = mapped_column(Snowflake)
    check_asked_by_discord_id: Mapped[int | None] = mapped_column(Snowflake)
    #: The changes that the reviewer asks for.
    check_note: Mapped[str] = mapped_column(Text)
    #: The post in which its sender wrote.
    signed_ja: Mapped[str] = mapped_column(String(60))
    signed_en: Mapped[str] = mapped_column(String(60))
    created_by_discord_id: Mapped[int] = mapped_column(Snowflake)
    changed_by_discord_id: Mapped[int] = mapped_column(Snowflake)
    sent_by_discord_id: Mapped[int | None] = mapped_column(Snowflake)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        # It belongs to the organisation; only the names of its authors go.
        whose = by_account(
            cls.created_by_discord_id,
            cls.changed_by_discord_id,
            cls.sent_by_discord_id,
            cls.checker_discord_id,
            cls.check_asked_by_discord_id,
        )
        title, taken = N_("Announcements you worked on"), select(cls.title, cls.created_at, cls.sent_at)
        yield Personal(cls, "announcements", title, whose, taken, unnamed(), is_late=True)


class AnnouncementFile(Record):
    """The file of an announcement. Its row never changes."""

    __tablename__ = "announcement_files"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    filename: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    created_at: Mapped[datetime]


class AnnouncementTarget(Record):
    """An LC that was a recipient of an announcement."""

    __tablename__ = "announcement_targets"
    __table_args__ = (UniqueConstraint("announcement_id", "lc_id"), {"sqlite_autoincrement": True})

    announcement_id: Mapped[int] = mapped_column(Id, ForeignKey("announcements.id"))
    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    #: Why nothing could be sent to it (``audiences.values.Why``); None if something was.
    unreached: Mapped[str | None] = mapped_column(String(20))


class AnnouncementPerson(Record):
    """A person who was a recipient of an announcement."""

    __tablename__ = "announcement_people"
    __table_args__ = (UniqueConstraint("announcement_id", "person_id"), {"sqlite_autoincrement": True})

    announcement_id: Mapped[int] = mapped_column(Id, ForeignKey("announcements.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: Their direct message; None if there is none, for which ``unreached`` says why (``audiences.values.WhyNot``).
    post_id: Mapped[int | None] = mapped_column(Id, ForeignKey("announcement_posts.id"), index=True)
    unreached: Mapped[str | None] = mapped_column(String(20))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Announcement.title, Announcement.sent_at).join(cls)
        title = N_("Announcements addressed to you")
        yield Personal(cls, "announcements_addressed", title, by_person(cls.person_id), taken)


class AnnouncementPost(Record):
    """One message of an announcement. Its outcome is in the delivery, and here once that is old."""

    __tablename__ = "announcement_posts"
    __table_args__ = (Index(None, "announcement_id", "lc_id"), {"sqlite_autoincrement": True})

    announcement_id: Mapped[int] = mapped_column(Id, ForeignKey("announcements.id"))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"))
    place: Mapped[str] = mapped_column(String(12))
    delivery_key: Mapped[str] = mapped_column(String(150), unique=True)
    #: The recipient of a direct message; None once they are forgotten.
    discord_user_id: Mapped[int | None] = mapped_column(Snowflake)
    state: Mapped[str | None] = mapped_column(String(12))
    error_code: Mapped[str | None] = mapped_column(String(60))
    channel_id: Mapped[int | None] = mapped_column(Snowflake)
    message_id: Mapped[int | None] = mapped_column(Snowflake)
    #: Whether the message says that its LC has answered, or is about to. None: as it was when it was sent or corrected.
    shows_answered: Mapped[bool | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        # The message still counts; nothing leads to its recipient or to the message itself.
        waits = DeliveryState.PENDING.value, DeliveryState.CLAIMED.value
        became = select(Delivery.state).where(Delivery.key == cls.delivery_key, Delivery.state.not_in(waits))
        values = {
            cls.delivery_key: literal("forgotten:") + cast(cls.id, String),
            cls.discord_user_id: None,
            cls.state: func.coalesce(cls.state, became.scalar_subquery(), DeliveryState.WITHDRAWN.value),
            cls.channel_id: None,
            cls.message_id: None,
        }
        whose, title = by_account(cls.discord_user_id), N_("Announcements sent to you by DM")
        yield Personal(cls, "announcement_posts", title, whose, None, blanked(values))  # "Messages to you" has them


class PersonAcknowledgement(Record):
    __tablename__ = "person_acknowledgements"
    __table_args__ = (UniqueConstraint("announcement_id", "discord_user_id"), {"sqlite_autoincrement": True})

    announcement_id: Mapped[int] = mapped_column(Id, ForeignKey("announcements.id"))
    discord_user_id: Mapped[int] = mapped_column(Snowflake, index=True)
    acknowledged_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        whose, taken = by_account(cls.discord_user_id), select(Announcement.title, cls.acknowledged_at)
        title = N_("Announcements you marked as read")
        yield Personal(cls, "announcements_read", title, whose, taken.join(Announcement))


class LcAcknowledgement(Record):
    """An LC has read it: one of its officers said so, or a national officer recorded how they heard it."""

    __tablename__ = "lc_acknowledgements"
    __table_args__ = (UniqueConstraint("announcement_id", "lc_id"), {"sqlite_autoincrement": True})

    announcement_id: Mapped[int] = mapped_column(Id, ForeignKey("announcements.id"))
    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    acknowledged_at: Mapped[datetime]
    by_discord_id: Mapped[int] = mapped_column(Snowflake)
    via: Mapped[str | None] = mapped_column(String(20))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Announcement.title, cls.lc_id, cls.acknowledged_at).join(Announcement)
        whose, title = by_account(cls.by_discord_id), N_("Announcements you marked as read for an LC")
        yield Personal(cls, "announcements_read_for_lc", title, whose, taken, unnamed())


class AnnouncementTemplate(Record):
    __tablename__ = "announcement_templates"
    __table_args__ = (Index(None, "organisation_id", "lc_id"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"))
    name: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(Text)
    text_ja: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    places: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class AnnouncementRoute(Record):
    """A way outside Discord: its invitation, and the person who posted it there."""

    __tablename__ = "announcement_routes"
    __table_args__ = (UniqueConstraint("announcement_id", "route"), {"sqlite_autoincrement": True})

    announcement_id: Mapped[int] = mapped_column(Id, ForeignKey("announcements.id"))
    route: Mapped[str] = mapped_column(String(10))
    #: Discord's code, as in ``discord.gg/<code>``; None if the bot can't invite.
    invite_code: Mapped[str | None] = mapped_column(String(40))
    invite_channel_id: Mapped[int | None] = mapped_column(Snowflake)
    posted_at: Mapped[datetime | None]
    posted_by_discord_id: Mapped[int | None] = mapped_column(Snowflake)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Announcement.title, cls.route, cls.posted_at).join(Announcement)
        whose, title = by_account(cls.posted_by_discord_id), N_("Announcements you posted outside Discord")
        yield Personal(cls, "announcement_routes", title, whose, taken, unnamed(None), is_late=True)
