from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, select, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.features.committees.models import StandingCommittee
from bot.features.local_committees.models import LocalCommittee
from bot.features.requests.models import Request
from bot.features.schools.models import School
from bot.i18n import N_
from bot.personal import Personal, by_account, by_person, stays


class Kind(StrEnum):
    """What somebody is, apart from what they are in the organisation."""

    STUDENT = "student"
    GRADUATE = "graduate"
    HIGH_SCHOOL = "high_school"
    WORKING = "working"


class LcAnswer(StrEnum):
    """What a student says of the LC at their school."""

    IN = "in"
    NOT_IN = "not_in"
    NONE = "none"  # there is none, as far as they know
    NOT_MEDICAL = "nonmedical"  # no medicine is taught there; asked where the school isn't in the list


class Contact(StrEnum):
    """How somebody wants to be reached about what they take part in."""

    CHANNEL = "channel"  # mentioned in a channel of the server
    DIRECT = "direct"  # by direct message, for those alone who choose it
    NOT = "not"  # they look by themselves


class Visibility(StrEnum):
    """Who finds somebody besides the officers of their LC and the national officers in charge."""

    OFFICERS = "officers"  # nobody
    LC = "lc"  # members of the same LC
    EVERYBODY = "everybody"  # every member of the organisation


class Profile(Record):
    """What a person has said about themselves. It begins with their consent and goes with it.

    The name stands with the person (``people``). None is a question that hasn't been answered yet.
    """

    __tablename__ = "profiles"
    __table_args__ = (
        # All that a search looks at, so that it reads nothing else.
        Index("ix_profiles_search", "organisation_id", "search", "visibility", "school_id", "person_id"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), unique=True)
    #: The version of the purpose notice that they agreed to, and when.
    purpose_version: Mapped[str] = mapped_column(String(20))
    consented_at: Mapped[datetime]
    #: When the last question was answered; None while there are some left.
    joined_at: Mapped[datetime | None]
    #: Furigana, or how a name is said; "" if they left it out.
    reading: Mapped[str | None] = mapped_column(String(100))
    kind: Mapped[str | None] = mapped_column(String(20))
    school_id: Mapped[int | None] = mapped_column(Id, ForeignKey("schools.id"), index=True)
    #: The name of a school that is not in the list.
    institution: Mapped[str] = mapped_column(String(100), default="")
    #: 1 to 6; 6 stands for longer ones, too.
    year_of_study: Mapped[int | None]
    lc_answer: Mapped[str | None] = mapped_column(String(10))
    #: Where there is no LC: would they like to start one?
    would_start: Mapped[bool | None]
    interests_answered: Mapped[bool] = mapped_column(default=False, server_default=false())
    contact: Mapped[str | None] = mapped_column(String(10))
    #: False: nothing about events comes as a direct message, whatever else they chose.
    hears_of_events: Mapped[bool] = mapped_column(default=True, server_default=true())
    visibility: Mapped[str] = mapped_column(String(10), default=Visibility.OFFICERS.value)
    #: Reading and name, folded (``schools.names.search_text``).
    search: Mapped[str] = mapped_column(String(450), default="")

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        from bot.features.members.hello import leave_lounge  # which imports this table

        answers = (
            cls.reading,
            cls.kind,
            School.name_ja.label("school_ja"),
            School.name_en.label("school_en"),
            cls.institution,
            cls.year_of_study,
            cls.lc_answer,
            cls.would_start.label("would_start_an_lc"),
            cls.contact,
            cls.hears_of_events.label("messages_about_events"),
            cls.visibility,
        )
        taken = select(*answers, cls.purpose_version, cls.consented_at, cls.joined_at).outerjoin(School)
        yield Personal(cls, "profile", N_("Your profile"), by_person(cls.person_id), taken, leave_lounge)


class Interest(Record):
    """A committee that interests a person."""

    __tablename__ = "interests"
    __table_args__ = (UniqueConstraint("committee_id", "person_id"), {"sqlite_autoincrement": True})

    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    committee_id: Mapped[int] = mapped_column(Id, ForeignKey("standing_committees.id"))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(StandingCommittee.abbreviation.label("committee")).join(cls)
        yield Personal(cls, "interests", N_("Committees you're interested in"), by_person(cls.person_id), taken)


class LcClaim(Request):
    """Somebody says that they are in the LC of their school; its officers confirm it or don't know them."""

    __tablename__ = "lc_claims"
    __table_args__ = (
        Index(None, "organisation_id", "state", "lc_id"),
        Index(None, "person_id"),
        {"sqlite_autoincrement": True},
    )

    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"))
    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        lc = School.name_ja.label("lc_ja"), School.name_en.label("lc_en")
        at = cls.asked_at.label("claimed_at")
        taken = select(*lc, cls.state, at).select_from(cls).join(LocalCommittee).join(School)
        yield Personal(cls, "lc_claims", N_("LCs you said you are in"), by_person(cls.person_id), taken)


class Arrival(Record):
    """Somebody who came to a server lately and is greeted there. Forgotten after a week."""

    __tablename__ = "arrivals"
    __table_args__ = (
        UniqueConstraint("server_id", "discord_user_id"),
        Index(None, "arrived_at"),
        {"sqlite_autoincrement": True},
    )

    server_id: Mapped[int] = mapped_column(Id, ForeignKey("servers.id", ondelete="CASCADE"))
    discord_user_id: Mapped[int] = mapped_column(Snowflake)
    arrived_at: Mapped[datetime]
    #: Those who are greeted in one message share a number.
    batch: Mapped[int] = mapped_column(Id, index=True)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        from bot.features.members.greetings import leave_greetings  # which imports this table

        title = N_("When you joined a server (kept for a week)")
        taken = select(cls.arrived_at)
        yield Personal(cls, "arrivals", title, by_account(cls.discord_user_id), taken, leave_greetings)


class Doorway(Record):
    """Up to when those who came to a server have been noticed, by Discord's clock."""

    __tablename__ = "doorways"

    server_id: Mapped[int] = mapped_column(Id, ForeignKey("servers.id", ondelete="CASCADE"), unique=True)
    seen_until: Mapped[datetime]


class Deletion(Record):
    """A person who has had everything about them deleted. Applied again after a restore; it says nothing but that."""

    __tablename__ = "deletions"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    #: No reference: after a restore, the person may be there or not.
    person_id: Mapped[int] = mapped_column(Id)
    deleted_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        # The list has numbers only, and is what makes deletions hold after a restore.
        yield Personal(cls, "deletions", N_("Deletions"), by_person(cls.person_id), None, stays)
