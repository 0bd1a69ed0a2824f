from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.features.asks.models import Ask
from bot.features.requests.models import Request
from bot.i18n import N_
from bot.personal import Personal, by_person


class RosterEntry(Record):
    """A person on an imported sheet. Nobody finds them until they claim it; their personal data is then removed here.
    Unclaimed records go after 60 days."""

    __tablename__ = "roster_entries"
    __table_args__ = (
        UniqueConstraint("organisation_id", "fingerprint"),
        Index(None, "expires_on"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    #: By which the same row is known when the sheet is brought in again.
    fingerprint: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    reading: Mapped[str] = mapped_column(String(100))
    school_id: Mapped[int | None] = mapped_column(Id, ForeignKey("schools.id"))
    #: The name of a school that isn't in the directory.
    institution: Mapped[str] = mapped_column(String(100))
    year_of_study: Mapped[int | None]
    #: What they are this fiscal year, by the sheet.
    kind: Mapped[str | None] = mapped_column(String(20))
    #: That they agreed to be in the sheet, or where it comes from, in the officer's words.
    consent: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(100))
    #: Of the personal code.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    imported_at: Mapped[datetime]
    expires_on: Mapped[date] = mapped_column(Date)
    claimed_by: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    claimed_at: Mapped[datetime | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.consent, cls.source, cls.kind, cls.imported_at, cls.claimed_at)
        yield Personal(cls, "roster", N_("The record you claimed from a sheet"), by_person(cls.claimed_by), taken)


class RosterRequest(Request):
    """Somebody without a code says that they are on the sheet; an officer finds the row. Only a person's latest request
    is kept."""

    __tablename__ = "roster_requests"
    __table_args__ = (
        UniqueConstraint("person_id"),
        Index(None, "organisation_id"),
        {"sqlite_autoincrement": True},
    )

    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        title = N_("Your request to claim a record from a sheet")
        yield Personal(cls, "roster_requests", title, by_person(cls.person_id), select(cls.asked_at))


class Keeping(Ask):
    """Somebody without a sign of life for long is asked whether they want to be kept. An answer says that they do, and
    a sign of life closes it. It waits until they are taken out, even where that is late."""

    __tablename__ = "keepings"
    __table_args__ = (UniqueConstraint("person_id", "until"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"))
    #: The last day for an answer: the night after it they are taken out. None where that was forgotten with the answer.
    until: Mapped[date | None] = mapped_column(Date)
    asked_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.asked_at, cls.until, cls.answered_at.label("kept_at")).order_by(cls.id)
        yield Personal(cls, "keepings", N_("Whether you want your record kept"), by_person(cls.person_id), taken)
