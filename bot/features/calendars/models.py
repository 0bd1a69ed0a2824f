"""Addresses at which calendar programs fetch events, without a login."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.i18n import N_
from bot.personal import Personal, by_person


class ScopeKind(StrEnum):
    """Whose events a calendar has."""

    #: What the person signed up for.
    OWN = "own"
    LC = "lc"
    COMMITTEE = "committee"
    ORGANISATION = "organisation"


class CalendarAddress(Record):
    """An address that somebody made for themselves. It shows what they may see, for as long as they may see it.

    Several may work for one person and calendar only after two records became one; making a new one ends all of them.
    """

    __tablename__ = "calendar_addresses"
    __table_args__ = (
        CheckConstraint("lc_id IS NULL OR committee_id IS NULL", name="one_place"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    #: The person who made it.
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    scope: Mapped[str] = mapped_column(String(12))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    committee_id: Mapped[int | None] = mapped_column(Id, ForeignKey("standing_committees.id"), index=True)
    #: SHA-256 of the token in the address, in hexadecimal. The token itself is kept nowhere.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    #: From then on it doesn't exist for those who ask.
    revoked_at: Mapped[datetime | None]
    #: The day, and no more, so that nobody's habits are kept.
    last_fetched_on: Mapped[date | None] = mapped_column(Date)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.scope, cls.lc_id, cls.committee_id, cls.made_at, cls.revoked_at, cls.last_fetched_on)
        title = N_("Calendar addresses you made")
        yield Personal(cls, "calendar_addresses", title, by_person(cls.person_id), taken.order_by(cls.id))
