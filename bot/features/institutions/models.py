"""Institutions outside an organisation: hospitals, schools, cities, companies, and the people there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.features.people.models import Dated
from bot.features.schools.models import School
from bot.i18n import N_
from bot.personal import Personal, by_person, unnamed


class InstitutionKind(StrEnum):
    HOSPITAL = "hospital"
    UNIVERSITY = "university"
    SCHOOL = "school"
    COMPANY = "company"
    #: Ministries, embassies and other offices of a state.
    GOVERNMENT = "government"
    CITY = "city"
    ASSOCIATION = "association"
    OTHER = "other"


class Institution(Record):
    """An organisation outside. It is never deleted: events and projects of years ago say who took part."""

    __tablename__ = "institutions"
    __table_args__ = (UniqueConstraint("organisation_id", "school_id"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    name_ja: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    #: ISO 3166-1, two letters.
    country: Mapped[str] = mapped_column(String(2))
    #: Town or address; "" if it was left out, as are the two below.
    place: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(String(300))
    #: The school of the directory that it is.
    school_id: Mapped[int | None] = mapped_column(Id, ForeignKey("schools.id"), index=True)
    #: Names and place, folded (``schools.names.search_text``).
    search: Mapped[str] = mapped_column(String(1000))
    #: From then on it can't be chosen any more.
    retired_at: Mapped[datetime | None]


class InstitutionContact(Dated, Record):
    """A contact at an institution, with what it gives out itself, never a private number. The person stays; the rest
    may change."""

    __tablename__ = "institution_contacts"
    __table_args__ = (
        UniqueConstraint("institution_id", "person_id"),
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    institution_id: Mapped[int] = mapped_column(Id, ForeignKey("institutions.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: What they are there: "international office", "professor of surgery".
    role: Mapped[str] = mapped_column(String(100))
    mail: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(40))
    #: Asked first. One at an institution at most: a change to it locks the institution.
    is_main: Mapped[bool]
    ends_on: Mapped[date | None] = mapped_column(Date)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        at = Institution.name_ja.label("institution_ja"), Institution.name_en.label("institution_en")
        taken = (
            select(*at, cls.role, cls.mail, cls.phone, cls.starts_on, cls.ends_on).select_from(cls).join(Institution)
        )
        title = N_("Institutions you are a contact for")
        yield Personal(cls, "institution_contacts", title, by_person(cls.person_id), taken.order_by(cls.id))


class EnteredPerson(Record):
    """What is held about a person without an account, beside their name: an officer entered them. It goes when they
    have an account, or when their day is over and nobody needs it any more."""

    __tablename__ = "entered_people"
    __table_args__ = (Index(None, "organisation_id", "until"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), unique=True)
    #: How the name is said; "" if it was left out.
    reading: Mapped[str] = mapped_column(String(100))
    school_id: Mapped[int | None] = mapped_column(Id, ForeignKey("schools.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(Id, ForeignKey("institutions.id"), index=True)
    #: Where they belong if it is neither of the two.
    affiliation: Mapped[str] = mapped_column(String(100))
    #: That they agreed, or where it comes from, in the officer's words.
    source: Mapped[str] = mapped_column(String(100))
    #: The LC for whose uses they were entered; None: the organisation's.
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    #: None once that officer's data is deleted.
    entered_by: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    entered_at: Mapped[datetime]
    #: The last day on which they are kept, unless somebody needs them for longer.
    until: Mapped[date] = mapped_column(Date)
    #: Name, reading and free affiliation, folded (``schools.names.search_text``).
    search: Mapped[str] = mapped_column(String(700))
    #: Of the one-time code by which the record becomes theirs, and its last day.
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_until: Mapped[date | None] = mapped_column(Date)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        school = School.name_ja.label("school_ja"), School.name_en.label("school_en")
        at = Institution.name_ja.label("institution_ja"), Institution.name_en.label("institution_en")
        own = select(cls.reading, *school, *at, cls.affiliation, cls.source, cls.entered_at, cls.until).select_from(cls)
        own = own.outerjoin(School, School.id == cls.school_id).outerjoin(Institution)
        title = N_("What an officer recorded about you before you had an account")
        yield Personal(cls, "entered", title, by_person(cls.person_id), own)
        title, when = N_("When you added people without an account"), select(cls.entered_at).order_by(cls.id)
        yield Personal(cls, "entered_by_you", title, by_person(cls.entered_by), when, unnamed(None), is_late=True)
