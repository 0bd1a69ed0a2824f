from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false, select, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.i18n import N_
from bot.personal import Personal, by_account, goes_with_the_last

#: Letters of a key.
KEY_LENGTH = 150


class RecipientKind(StrEnum):
    CHANNEL = "channel"
    THREAD = "thread"
    PERSON = "person"
    #: The organisation's own officers' channel, looked up when it is sent; the id is the organisation's.
    OFFICERS = "officers"
    #: Nobody: the bot's own work at a set time, such as resolving an audience. Its renderer does it.
    JOB = "job"


class Track(StrEnum):
    """Rows of one track share a pace: direct messages are slow, so that Discord doesn't take them for spam."""

    CHANNELS = "channels"
    PEOPLE = "people"
    JOBS = "jobs"


class Lane(IntEnum):
    """The order of rows that are due at once."""

    PROMPT = 0
    NORMAL = 1
    BULK = 2


class Urgency(StrEnum):
    URGENT = "urgent"  # at any hour
    DAILY = "daily"  # by day, combined with other messages to the same recipient
    DIGEST = "digest"  # once a week, together


class Action(StrEnum):
    POST = "post"
    EDIT = "edit"
    DELETE = "delete"


class DeliveryState(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    DONE = "done"  # a job's work
    NOT_NEEDED = "not_needed"  # there was nothing left to say when it was due
    WITHDRAWN = "withdrawn"  # withdrawn, or dismissed by an officer
    FAILED = "failed"
    MISSED = "missed"
    UNREACHABLE = "unreachable"


#: States that need an officer's attention, and ends that don't.
TROUBLED = (DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.UNREACHABLE)
SETTLED_WELL = (DeliveryState.SENT, DeliveryState.DONE, DeliveryState.NOT_NEEDED, DeliveryState.WITHDRAWN)


class Delivery(Record):
    """One message to one recipient. The row is the schedule."""

    __tablename__ = "deliveries"
    __table_args__ = (
        # Only rows that the worker asks for, none that are done.
        Index(
            "ix_deliveries_pending",
            "track",
            "lane",
            "next_attempt_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_deliveries_claimed",
            "lease_until",
            sqlite_where=text("state = 'claimed'"),
            postgresql_where=text("state = 'claimed'"),
        ),
        Index(None, "organisation_id", "state", "settled_at"),
        Index(None, "recipient_kind", "recipient_id", "settled_at"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    #: Which renderer says it, such as ``announcements:message``.
    kind: Mapped[str] = mapped_column(String(60))
    #: The same key enqueued again is the same row.
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), unique=True)
    #: Its subject, such as ``announcement:12``, for cancelling and counting.
    subject: Mapped[str] = mapped_column(String(60), index=True)
    track: Mapped[str] = mapped_column(String(10))
    lane: Mapped[int]
    urgency: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(10))
    recipient_kind: Mapped[str] = mapped_column(String(10))
    recipient_id: Mapped[int] = mapped_column(Snowflake)
    #: Where it goes if the recipient takes no direct messages or, for an edit, if its message is gone.
    fallback_kind: Mapped[str | None] = mapped_column(String(10))
    fallback_id: Mapped[int | None] = mapped_column(Snowflake)
    #: Counts towards the weekly budget of a plain member.
    is_budgeted: Mapped[bool]
    #: A reminder: not sent to people who are spared right now.
    is_reminder: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: The zone whose night is kept quiet.
    time_zone: Mapped[str] = mapped_column(String(50))
    due_at: Mapped[datetime]
    #: The local time if it was planned by that, such as ``2026-11-25T21:00``.
    planned_local: Mapped[str | None] = mapped_column(String(16))
    #: Seconds after ``due_at`` until which it still makes sense; None is forever.
    tolerance: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    nonce: Mapped[str] = mapped_column(String(25))
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime]
    #: The first attempt by which it may have arrived; None while it certainly hasn't.
    attempted_at: Mapped[datetime | None]
    #: The same before the present claim.
    attempted_before: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    lease_until: Mapped[datetime | None]
    #: The row whose message contains this one too.
    bundle_id: Mapped[int | None] = mapped_column(Id)
    #: Where it arrived; for an edit, the edited message.
    channel_id: Mapped[int | None] = mapped_column(Snowflake)
    message_id: Mapped[int | None] = mapped_column(Snowflake)
    error_code: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        from bot.deliveries.personal import scrub  # which imports this table

        whose = by_account(cls.recipient_id, only=cls.recipient_kind == RecipientKind.PERSON.value)
        whose |= by_account(cls.fallback_id, only=cls.fallback_kind == RecipientKind.PERSON.value)
        taken = select(cls.kind, cls.due_at, cls.state, cls.settled_at)
        yield Personal(cls, "deliveries", N_("Messages to you"), whose, taken, scrub)


class SparedSpell(Record):
    """A time in which somebody gets no reminders, for example during examinations."""

    __tablename__ = "spared_spells"
    __table_args__ = (UniqueConstraint("discord_user_id", "starts_at"), {"sqlite_autoincrement": True})

    discord_user_id: Mapped[int] = mapped_column(Snowflake)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        # Being spared holds for all organisations.
        whose, taken = by_account(cls.discord_user_id), select(cls.starts_at, cls.ends_at)
        title = N_("When you don't get reminders")
        yield Personal(cls, "spared_spells", title, whose, taken, goes_with_the_last)


class WorkerSign(Record):
    """When a worker was last alive, so that officers hear of an outage afterwards."""

    __tablename__ = "worker_signs"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    seen_at: Mapped[datetime]
