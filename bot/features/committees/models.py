from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record


class Reply(StrEnum):
    """What an LC says to a committee for a year. No row means no answer, and no answer is never a yes."""

    JOINING = "joining"
    WATCHING = "watching"
    NOT_THIS_YEAR = "not_this_year"


#: Of a committee that has no look of its own, as of what the organisation says.
EMOJI, COLOUR = "📣", 0x1F7A8C


class StandingCommittee(Record):
    __tablename__ = "standing_committees"
    __table_args__ = (UniqueConstraint("organisation_id", "key"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    key: Mapped[str] = mapped_column(String(40))
    abbreviation: Mapped[str] = mapped_column(String(20))
    name_ja: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    #: How its announcements look: before the title, and at the side (red, green, blue).
    emoji: Mapped[str] = mapped_column(String(10), server_default=EMOJI)
    colour: Mapped[int] = mapped_column(server_default=str(COLOUR))


class CommitteeAnswer(Record):
    """An LC's answer to a committee for one fiscal year (1 April of ``year`` on). The next year begins without one."""

    __tablename__ = "committee_answers"
    __table_args__ = (UniqueConstraint("lc_id", "committee_id", "year"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"))
    committee_id: Mapped[int] = mapped_column(Id, ForeignKey("standing_committees.id"))
    year: Mapped[int]
    reply: Mapped[str] = mapped_column(String(20))
    answered_at: Mapped[datetime]
    #: Set where a national officer answered on the LC's behalf.
    via: Mapped[str | None] = mapped_column(String(20))
