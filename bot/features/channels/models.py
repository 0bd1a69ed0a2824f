from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record


class ServerCode(Record):
    """A one-time code that makes a server an LC's own. Only its digest is kept; an LC has one that still works."""

    __tablename__ = "server_codes"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
