from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record


class RequestState(StrEnum):
    PENDING = "pending"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Request(Record):
    """A row of a table of requests. The table adds who wants what. The history alone says who decided, at the instant
    ``decided_at``."""

    __abstract__ = True

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    state: Mapped[str] = mapped_column(
        String(20), default=RequestState.PENDING.value, server_default=RequestState.PENDING.value
    )
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        return cls.state == RequestState.PENDING
