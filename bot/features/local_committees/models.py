from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record


class LcState(StrEnum):
    """The life of an LC. A school without one has NO_CONTACT."""

    NO_CONTACT = "no_contact"
    LEAD = "lead"
    FOUNDING = "founding"
    APPLYING = "applying"
    MEMBER = "member"
    DORMANT = "dormant"
    LEFT = "left"


class Via(StrEnum):
    """How a national officer heard what they enter on an LC's behalf."""

    LINE = "line"
    MAIL = "mail"
    PHONE = "phone"
    IN_PERSON = "in_person"


class ClubType(StrEnum):
    """The kind of club that an LC is at its school. They all differ, and none is better."""

    MEDICAL_CLUB = "medical_club"
    ENGLISH_CLUB = "english_club"
    EXCHANGE_ONLY = "exchange_only"
    STUDENT_COUNCIL = "student_council"
    INDEPENDENT = "independent"


#: States that only a decision of the association brings about.
DECIDED = frozenset({LcState.MEMBER, LcState.LEFT})


class LocalCommittee(Record):
    """One or none per school."""

    __tablename__ = "local_committees"
    __table_args__ = (
        Index(None, "organisation_id", "position"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    school_id: Mapped[int] = mapped_column(Id, ForeignKey("schools.id"), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=LcState.NO_CONTACT.value)
    state_since: Mapped[date | None] = mapped_column(Date)
    #: Where the decision stands that made it a member or let it leave, such as "2026 総会本会議 第3号議案".
    state_decision: Mapped[str | None] = mapped_column(String(100))
    #: Its own name, where it has one besides the school's.
    own_name_ja: Mapped[str] = mapped_column(String(100), default="", server_default="")
    own_name_en: Mapped[str] = mapped_column(String(100), default="", server_default="")
    #: Further names by which people search, one a line.
    own_aliases: Mapped[str] = mapped_column(String(400), default="", server_default="")
    club_type: Mapped[str | None] = mapped_column(String(30))
    #: Names by which it can be found, folded (``schools.names.fold``), each between line breaks: "\ntokyo\n東大\n".
    search_names: Mapped[str] = mapped_column(Text)
    #: Places by which it can be found, in the same form.
    search_places: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    created_at: Mapped[datetime]
