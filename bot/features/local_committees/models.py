from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record


class State(StrEnum):
    """The life of an LC. A school without one stands at NO_CONTACT."""

    NO_CONTACT = "no_contact"
    LEAD = "lead"
    FOUNDING = "founding"
    APPLYING = "applying"
    MEMBER = "member"
    DORMANT = "dormant"
    LEFT = "left"


class LocalCommittee(Record):
    """One or none per school."""

    __tablename__ = "local_committees"
    __table_args__ = (
        Index(None, "organisation_id", "position"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    school_id: Mapped[int] = mapped_column(Id, ForeignKey("schools.id"), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=State.NO_CONTACT.value)
    state_since: Mapped[date | None] = mapped_column(Date)
    #: Names by which it can be found, folded (``schools.names.fold``), each between line breaks: "\ntokyo\n東大\n".
    search_names: Mapped[str] = mapped_column(Text)
    #: Places by which it can be found, in the same form.
    search_places: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    created_at: Mapped[datetime]
