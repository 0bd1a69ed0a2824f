from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.i18n import N_
from bot.personal import Personal, by_account


class ThreadGuest(Record):
    """Somebody whom the bot let into an LC officers' thread. People let in by others have no row and are never let
    out."""

    __tablename__ = "thread_guests"
    __table_args__ = (UniqueConstraint("thread_id", "discord_user_id"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    #: Discord's.
    thread_id: Mapped[int] = mapped_column(Snowflake)
    discord_user_id: Mapped[int] = mapped_column(Snowflake)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        title = N_("LC officers' threads the bot added you to")
        yield Personal(cls, "thread_guests", title, by_account(cls.discord_user_id), select(cls.thread_id))


class RoleTrouble(Record):
    """Changes that the records ask for and the bot can't make in a server. The row stays while that lasts, so that it
    is told once."""

    __tablename__ = "role_troubles"

    server_id: Mapped[int] = mapped_column(Id, ForeignKey("servers.id", ondelete="CASCADE"), unique=True)
    #: Discord ids: of roles that it can't give or take, and of LC officers' threads that are closed to it.
    refused: Mapped[list[Any]] = mapped_column(JSON)
    since: Mapped[datetime]
    #: Raised when something more is refused, which is worth a word again.
    generation: Mapped[int] = mapped_column(default=0, server_default=text("0"))
