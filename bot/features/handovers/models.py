from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.i18n import N_
from bot.personal import Personal, by_account, unnamed


class HandoverState(StrEnum):
    NAMED = "named"  # waits for the successor's word
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class HandoverSetting(Record):
    """What an organisation has changed; without a row, the defaults hold (``rules.NOTICE_DAYS``)."""

    __tablename__ = "handover_settings"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), unique=True)
    #: Days before the end on which the holder is asked, such as ``60,30,7``.
    notice_days: Mapped[str] = mapped_column(String(40))


class HandoverChecklist(Record):
    """What an organisation wants done at the handover of a post; without a row, what ships with the program holds."""

    __tablename__ = "handover_checklists"
    __table_args__ = (UniqueConstraint("organisation_id", "post_key"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    #: ``*`` for all posts.
    post_key: Mapped[str] = mapped_column(String(40))
    #: One item a line.
    items_ja: Mapped[str] = mapped_column(Text)
    items_en: Mapped[str] = mapped_column(Text)


class HandoverDate(Record):
    """The day of the year on which an LC's new officers begin, where it isn't the fiscal year's first."""

    __tablename__ = "handover_dates"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"), unique=True)
    month: Mapped[int]
    day: Mapped[int]


class Handover(Record):
    """Somebody was named as a successor. It becomes a term once they say yes."""

    __tablename__ = "handovers"
    __table_args__ = (
        Index(None, "organisation_id", "discord_user_id", "state"),
        Index(None, "term_id"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    #: The term that ends.
    term_id: Mapped[int] = mapped_column(Id, ForeignKey("terms.id", ondelete="CASCADE"))
    discord_user_id: Mapped[int] = mapped_column(Snowflake)
    display_name: Mapped[str] = mapped_column(String(100))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(20))
    named_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        from bot.features.handovers.leaving import leave  # which imports this table

        taken = select(cls.display_name, cls.starts_on, cls.ends_on, cls.state)
        whose, title = by_account(cls.discord_user_id), N_("Posts for which you were named as the successor")
        yield Personal(cls, "handovers", title, whose, taken, leave, also=(cls.term_id,))


class HandoverTick(Record):
    """An item of the checklist is done for the handover of a term. Items are lines of text that may be edited: an item
    goes by what its text is (``rules.item_key``), so one that comes back is ticked as it was."""

    __tablename__ = "handover_ticks"
    __table_args__ = (UniqueConstraint("term_id", "item"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    #: The term that ends.
    term_id: Mapped[int] = mapped_column(Id, ForeignKey("terms.id", ondelete="CASCADE"))
    item: Mapped[str] = mapped_column(String(16))
    ticked_at: Mapped[datetime]
    by_discord_id: Mapped[int] = mapped_column(Snowflake)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        # A done thing stays done; of the term no name is left.
        whose, taken = by_account(cls.by_discord_id), select(cls.term_id, cls.ticked_at)
        title = N_("Handover items you ticked")
        yield Personal(cls, "handover_ticks", title, whose, taken, unnamed(), also=(cls.term_id,))


class PostNote(Record):
    """Handover notes, kept with the post of a place and not with its holder. The latest counts; the others are its
    history."""

    __tablename__ = "post_notes"
    __table_args__ = (Index(None, "post_id", "lc_id"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    post_id: Mapped[int] = mapped_column(Id, ForeignKey("posts.id"))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    by_discord_id: Mapped[int] = mapped_column(Snowflake)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        # The agreement stays with the post.
        whose, taken = by_account(cls.by_discord_id), select(cls.text, cls.written_at)
        yield Personal(cls, "post_notes", N_("Handover notes you wrote"), whose, taken, unnamed())
