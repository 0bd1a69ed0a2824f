from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false, select, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.features.events.models import Event
from bot.i18n import N_
from bot.personal import Personal, by_person, unnamed

#: Characters of the name of a session, and of that of a door.
NAME, DOOR = 60, 30


class Way(StrEnum):
    """How it is known that somebody came."""

    #: They typed the code that is shown at the door.
    CODE = "code"
    #: Somebody at the desk ticked them.
    TICKED = "ticked"
    #: From a list on paper, entered afterwards.
    PAPER = "paper"
    #: The desk entered them: they had no place.
    WALK_IN = "walk_in"
    #: They didn't come, and said so.
    EXCUSED = "excused"


class Desk(Record):
    """The check-in of an event. Without a row there is none."""

    __tablename__ = "attendance_desks"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"), unique=True)
    #: Random, in hexadecimal. Its codes follow from it.
    secret: Mapped[str] = mapped_column(String(64))
    #: One code for all of a session, else another every few minutes.
    is_fixed: Mapped[bool]
    #: People without a place check in by the code, too.
    takes_walk_ins: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Their names. A door is a name on the check-in.
    doors: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    made_at: Mapped[datetime]


class AttendanceSession(Record):
    """A part of an event that counts by itself, such as a plenary. Each day of an event counts without a row."""

    __tablename__ = "attendance_sessions"
    __table_args__ = (Index(None, "event_id", "day", "begins"), {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(NAME))
    #: 0 is the first day of the event, so that it moves with the event.
    day: Mapped[int]
    #: Minutes after that day's midnight on the wall clock. The end may lie behind the next midnight.
    begins: Mapped[int]
    ends: Mapped[int]


class CheckIn(Record):
    """Somebody came to a day or a session of an event, or is excused from it. A row that was undone stays."""

    __tablename__ = "attendances"
    __table_args__ = (
        # One that holds per person and session: all that hold have 0 in the last column.
        UniqueConstraint("event_id", "day", "session", "person_id", "undone_as"),
        Index(None, "organisation_id"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"))
    #: 0 is the first day of the event.
    day: Mapped[int]
    #: The number of an ``AttendanceSession``; 0: the day as a whole.
    session: Mapped[int] = mapped_column(Id)
    #: None once their data is deleted.
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    way: Mapped[str] = mapped_column(String(10))
    #: The name of the door; "" if none was said.
    door: Mapped[str] = mapped_column(String(DOOR), default="", server_default="")
    #: From a list on paper: when the session began, as nothing else is known.
    came_at: Mapped[datetime]
    #: When they left early.
    left_at: Mapped[datetime | None]
    noted_at: Mapped[datetime]
    #: Who noted it: they themselves by a code. None once their data is deleted.
    by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: 0 while it holds, then its own number.
    undone_as: Mapped[int] = mapped_column(Id, default=0, server_default=text("0"))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        name = (
            select(AttendanceSession.name)
            .where(AttendanceSession.id == cls.session)
            .correlate(cls)
            .scalar_subquery()
            .label("session")
        )
        about = (Event.title_ja, Event.title_en, cls.day, name, cls.way, cls.door)
        times = (cls.came_at, cls.left_at, cls.noted_at, cls.undone_at)
        taken = select(*about, *times).select_from(cls).join(Event, Event.id == cls.event_id).order_by(cls.id)
        yield Personal(cls, "attendance", N_("Events you came to"), by_person(cls.person_id), taken, unnamed(None))
        done = select(Event.title_ja, Event.title_en, cls.noted_at, cls.undone_at).select_from(cls)
        done = done.join(Event, Event.id == cls.event_id).order_by(cls.id)
        whose = {**by_person(cls.by_id), **by_person(cls.undone_by_id)}
        title = N_("Check-ins you noted or undid")
        yield Personal(cls, "attendance_noted", title, whose, done, unnamed(None), is_late=True)


class TickList(Record):
    """Whom somebody at the desk is about to check in, until they say that it's right, and at most for an hour."""

    __tablename__ = "attendance_lists"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"), index=True)
    day: Mapped[int]
    session: Mapped[int] = mapped_column(Id)
    door: Mapped[str] = mapped_column(String(DOOR))
    way: Mapped[str] = mapped_column(String(10))
    #: Numbers of people.
    people: Mapped[list[int]] = mapped_column(JSON)
    #: Names of a list on paper that nobody with a place has, or several have.
    unclear: Mapped[list[str]] = mapped_column(JSON)
    made_by_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        title, taken = N_("Check-ins you are about to confirm (kept for about an hour)"), select(cls.made_at)
        yield Personal(cls, "attendance_lists", title, by_person(cls.made_by_id), taken)


class WrongCode(Record):
    """Somebody typed a code that isn't right: who guesses has to wait. Kept for a day."""

    __tablename__ = "attendance_wrong_codes"
    __table_args__ = (Index(None, "person_id", "event_id", "at"), {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        title, taken = N_("Wrong check-in codes you typed (kept for a day)"), select(cls.at).order_by(cls.id)
        yield Personal(cls, "attendance_wrong_codes", title, by_person(cls.person_id), taken)
