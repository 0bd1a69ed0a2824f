from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.i18n import N_
from bot.personal import Personal, by_account


class Place(StrEnum):
    """Where an announcement goes."""

    NATIONAL = "national"  # the announcements channels of the organisation's own servers
    LC_CHANNELS = "lc_channels"  # each LC's channel there
    LC_OFFICERS = "lc_officers"  # the private thread of each LC's officers there
    LC_SERVERS = "lc_servers"  # the LC's own server
    DIRECT = "direct"  # people who asked for direct messages


class Subscription(Record):
    """Somebody wants an organisation's announcements as direct messages. Without a row, nobody gets one."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("organisation_id", "discord_user_id"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    discord_user_id: Mapped[int] = mapped_column(Snowflake, index=True)
    subscribed_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        title = N_("Announcements you chose to get by DM")
        yield Personal(cls, "subscriptions", title, by_account(cls.discord_user_id), select(cls.subscribed_at))
