from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Record, Snowflake


class CommandSet(Record):
    """The digest of what an application last told Discord, so that an unchanged set is not sent again."""

    __tablename__ = "command_sets"

    application_id: Mapped[int] = mapped_column(Snowflake, unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime]
