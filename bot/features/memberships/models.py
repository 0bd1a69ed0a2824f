from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    and_,
    false,
    select,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.features.asks.models import Ask
from bot.features.people.askers import Given, derived
from bot.features.people.models import Dated, Term, by_term
from bot.features.people.rules import fiscal_year
from bot.i18n import N_
from bot.personal import Personal, blanked, by_account, by_person, stays, unnamed


class MembershipKind(StrEnum):
    """The keys of ``bot/data/membership_kinds.csv``."""

    OFFICER = "officer"
    STAFF = "staff"
    STAFF_CANDIDATE = "staff_candidate"
    INDIVIDUAL = "individual"
    ALUMNI = "alumni"
    FREE_LIST = "free_list"


class FeeState(StrEnum):
    DUE = "due"
    REPORTED = "reported"  # the person says that they paid
    PAID = "paid"  # the treasurer says so, too


class Answer(StrEnum):
    STAY = "stay"
    LEAVE = "leave"


class MembershipSetting(Record):
    """What an organisation has set; without a row, the defaults of ``service.Settings`` hold."""

    __tablename__ = "membership_settings"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), unique=True)
    #: In yen.
    fee: Mapped[int]
    how_to_pay: Mapped[str] = mapped_column(String(500))
    #: Days from 1 April for which last year's membership counts while nothing has been answered or paid.
    grace_days: Mapped[int]
    #: Full fiscal years after the last sign of life for which a person is kept before they are asked.
    kept_years: Mapped[int]


class Membership(Dated, Record):
    """A person is of a kind. Officers are not kept here: their terms tell."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        Index(None, "organisation_id", "kind", "ends_on"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(20))
    #: None: no year of its own.
    ends_on: Mapped[date | None] = mapped_column(Date)
    #: Somebody ended it: it has no days of grace.
    is_ended: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        # How many members there were is counted; the record that they point at has no name any more.
        taken = select(cls.kind, cls.starts_on, cls.ends_on).order_by(cls.starts_on)
        yield Personal(cls, "memberships", N_("Your memberships"), by_person(cls.person_id), taken, stays)


class Fee(Record):
    """What a person owes or has paid for one fiscal year (named by its first calendar year)."""

    __tablename__ = "fees"
    __table_args__ = (
        UniqueConstraint("person_id", "year"),
        UniqueConstraint("organisation_id", "reference"),
        Index(None, "organisation_id", "year", "state"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"))
    year: Mapped[int]
    amount: Mapped[int]
    #: Digits to write before the name of a transfer, so that it is known whose it is.
    reference: Mapped[str] = mapped_column(String(12))
    #: The name on the transfer, as its owner told it.
    payer: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str] = mapped_column(String(12))
    #: How often the treasurer has ticked it: after a tick that was taken back, the next is worth a word again.
    ticks: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    opened_at: Mapped[datetime]
    reported_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.year, cls.amount, cls.reference, cls.payer, cls.state, cls.reported_at, cls.paid_at)
        taken, nobody = taken.order_by(cls.year), blanked({cls.payer: ""})
        yield Personal(cls, "fees", N_("Your fees"), by_person(cls.person_id), taken, nobody)


class BankRow(Record):
    """A row of the bank's list that has been dealt with, so that it isn't a second time. Only its digest is kept."""

    __tablename__ = "bank_rows"
    __table_args__ = (UniqueConstraint("organisation_id", "digest"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    digest: Mapped[str] = mapped_column(String(64))
    #: None: somebody said that it isn't a fee.
    fee_id: Mapped[int | None] = mapped_column(Id, ForeignKey("fees.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


def _year(day: Given[date]) -> Given[int]:
    return derived(day, Integer(), lambda known: fiscal_year(known)[0].year)


class Renewal(Ask):
    """Somebody has been asked on 1 April of a year whether they stay; until the year is over they can say so."""

    __tablename__ = "renewals"
    __table_args__ = (
        UniqueConstraint("person_id", "year"),
        Index(None, "organisation_id", "year"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"))
    year: Mapped[int]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(10))

    @classmethod
    def lasts(cls, day: Given[date]) -> ColumnElement[bool]:
        return cls.year == _year(day)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.year, cls.asked_at, cls.answer, cls.answered_at).order_by(cls.year)
        yield Personal(cls, "renewals", N_("Whether you stayed"), by_person(cls.person_id), taken)


class LcStay(Ask):
    """Somebody's membership of an LC went past 31 March into the days of grace: are they still in it? They answer, or
    an officer of the LC does."""

    __tablename__ = "lc_stays"
    __table_args__ = (
        UniqueConstraint("term_id", "year"),
        Index(None, "organisation_id", "year"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    term_id: Mapped[int] = mapped_column(Id, ForeignKey("terms.id", ondelete="CASCADE"))
    #: The fiscal year that is asked about.
    year: Mapped[int]
    #: The last day of grace. A term that ends on another by now has been decided about elsewhere.
    until: Mapped[date] = mapped_column(Date)
    answer: Mapped[str | None] = mapped_column(String(10))
    #: The member or an officer; 0 for somebody whose data are deleted.
    by_discord_id: Mapped[int | None] = mapped_column(Snowflake)

    @classmethod
    def lasts(cls, day: Given[date]) -> ColumnElement[bool]:
        ends_on = select(Term.ends_on).where(Term.id == cls.term_id).correlate(cls).scalar_subquery()
        return and_(cls.year == _year(day), cls.until >= day, cls.until == ends_on)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.year, cls.answer, cls.answered_at)
        title = N_("Whether you stayed in your LC")
        yield Personal(cls, "lc_stays", title, by_term(cls.term_id), taken.order_by(cls.year))
        title = N_("Members you recorded as staying in or leaving your LC")
        yield Personal(cls, "lc_stays_said", title, by_account(cls.by_discord_id), taken, unnamed())


class StaffStep(Record):
    """A step on the way from candidate to staff, as the organisation wants it."""

    __tablename__ = "staff_steps"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    name_ja: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]
    #: From then on nobody needs it; what was ticked stays.
    retired_at: Mapped[datetime | None]


class StaffTick(Record):
    """A person has done a step."""

    __tablename__ = "staff_ticks"
    __table_args__ = (UniqueConstraint("person_id", "step_id"), {"sqlite_autoincrement": True})

    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"))
    step_id: Mapped[int] = mapped_column(Id, ForeignKey("staff_steps.id"), index=True)
    ticked_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(StaffStep.name_ja, StaffStep.name_en, cls.ticked_at).select_from(StaffStep).join(cls)
        title = N_("Staff steps you have completed")
        yield Personal(cls, "staff_steps", title, by_person(cls.person_id), taken)
