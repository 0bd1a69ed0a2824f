from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    delete,
    false,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.i18n import N_
from bot.personal import Personal, Subject, Whose, blanked, by_account, by_person, goes_with_the_last, unnamed


class Level(StrEnum):
    """Where a post belongs, and how far what it allows reaches."""

    NATION = "nation"
    LC = "lc"


#: Stands for all rights there are, of the LC if it is an LC's post: also those that a later version brings.
EVERYTHING = "everything"


class Reach(StrEnum):
    """How far a right reaches that a post gives."""

    #: All of the organisation, or of the LC in which the post is held.
    PLACE = "place"
    #: There, what is about the post's standing committee.
    COMMITTEE = "committee"
    #: All of the LC, on days when nobody represents it.
    STAND_IN = "stand_in"


class Dated:
    """Holds from one day to another, both included, in the organisation's time zone; without a last day, until somebody
    ends it."""

    starts_on: Mapped[date] = mapped_column(Date)

    if TYPE_CHECKING:
        ends_on: Mapped[Any]

    @classmethod
    def held_on(cls, day: date | BindParameter[Any]) -> ColumnElement[bool]:
        """The rows that hold on a day."""
        last = cls.ends_on >= day
        return and_(cls.starts_on <= day, or_(cls.ends_on.is_(None), last) if cls.ends_on.nullable else last)


class Person(Record):
    """A human being within one organisation."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("organisation_id", "discord_user_id"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    discord_user_id: Mapped[int | None] = mapped_column(Snowflake, index=True)
    display_name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        # It stays as a number without a name, so that terms can still be counted.
        taken = select(cls.display_name, cls.discord_user_id, cls.created_at)
        nobody = blanked({cls.discord_user_id: None, cls.display_name: ""})
        also = (cls.discord_user_id,)
        yield Personal(cls, "person", N_("Your record"), by_person(cls.id), taken, nobody, also)


class FormerRecord(Record):
    """A record that went into another one of the same person: so that what still says the former can be found, and
    a copy from before is known to hold the same person."""

    __tablename__ = "former_records"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: No reference: that record is gone.
    former_person_id: Mapped[int] = mapped_column(Id)
    #: The Discord account that is no longer theirs; None where there was none, or it is theirs now.
    discord_user_id: Mapped[int | None] = mapped_column(Snowflake)
    merged_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        title, taken = N_("Records merged into yours"), select(cls.discord_user_id, cls.merged_at)
        also = (cls.former_person_id, cls.discord_user_id)
        yield Personal(cls, "former_records", title, by_person(cls.person_id), taken, also=also)


class Preference(Record):
    """What a Discord user chose for all organisations."""

    __tablename__ = "preferences"

    discord_user_id: Mapped[int] = mapped_column(Snowflake, unique=True)
    language: Mapped[str | None] = mapped_column(String(5))
    #: The organisation that a direct message means, where a person belongs to several.
    organisation_id: Mapped[int | None] = mapped_column(Id, ForeignKey("organisations.id"))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        whose = by_account(cls.discord_user_id)
        yield Personal(cls, "preferences", N_("Your settings"), whose, select(cls.language), goes_with_the_last)


class Post(Record):
    """Something that people can be for a while: national officer, LC representative, member of an LC."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("organisation_id", "key"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    key: Mapped[str] = mapped_column(String(40))
    name_ja: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(20))
    #: False for plain membership, which gives no rights.
    is_officer: Mapped[bool]
    #: The key of the standing committee that it is about, if it is.
    committee: Mapped[str | None] = mapped_column(String(40))
    #: Held by one person at a time.
    is_single: Mapped[bool] = mapped_column(default=False, server_default=false())
    position: Mapped[int]
    #: From then on nobody is appointed to it; terms that run go on, and history stays.
    retired_at: Mapped[datetime | None]
    #: When somebody last said what it allows; None: it has what every officer had before that could be said.
    rights_set_at: Mapped[datetime | None]


class PostRight(Record):
    """Something that the holder of a post may do."""

    __tablename__ = "post_rights"
    __table_args__ = (UniqueConstraint("post_id", "right", "reach"), {"sqlite_autoincrement": True})

    post_id: Mapped[int] = mapped_column(Id, ForeignKey("posts.id"))
    #: A ``Right``, or ``EVERYTHING``.
    right: Mapped[str] = mapped_column(String(40))
    reach: Mapped[str] = mapped_column(String(20))


class Term(Dated, Record):
    """A person holds a post. Who, which post and where never change in place; only the dates do."""

    __tablename__ = "terms"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        Index(None, "lc_id", "post_id"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    post_id: Mapped[int] = mapped_column(Id, ForeignKey("posts.id"), index=True)
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"))
    ends_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime]
    #: Raised when what was said of its end is true again, such as that nobody follows. Each number is given once in an
    #: organisation, so that of several terms the highest tells the latest news.
    generation: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Post.key.label("post"), Post.name_en, Post.name_ja, cls.lc_id, cls.starts_on, cls.ends_on)
        taken = taken.join(Post).order_by(cls.starts_on)
        yield Personal(cls, "terms", N_("Your posts and terms"), by_person(cls.person_id), taken, _end)


class Grant(Dated, Record):
    """A right that somebody was given by name and not by a post, such as for a project of which they are in charge.

    What it is about stands in the columns from ``lc_id`` on, all of which narrow it (``rules.Scope``).
    """

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("(subject_kind IS NULL) = (subject_id IS NULL)", name="whole_subject"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    #: When two records become one, it is the kept one's.
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    right: Mapped[str] = mapped_column(String(40))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    #: The key of a standing committee.
    committee: Mapped[str | None] = mapped_column(String(40))
    subject_kind: Mapped[str | None] = mapped_column(String(40))
    #: No reference: its table follows from the kind.
    subject_id: Mapped[int | None] = mapped_column(Id)
    ends_on: Mapped[date | None] = mapped_column(Date)
    #: None once their data is deleted.
    given_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        about = (cls.right, cls.lc_id, cls.committee, cls.subject_kind, cls.subject_id, cls.starts_on, cls.ends_on)
        taken = select(*about).order_by(cls.id)
        yield Personal(cls, "grants", N_("Rights granted to you personally"), by_person(cls.person_id), taken)
        title, whose = N_("Rights you granted to others personally"), by_person(cls.given_by_id)
        yield Personal(cls, "grants_given", title, whose, taken, unnamed(None), is_late=True)


async def _end(_part: Personal, session: AsyncSession, subject: Subject, _now: datetime) -> None:
    """What has begun ends today; what would begin does not."""
    theirs = Term.person_id == subject.person_id
    to_come = delete(Term).where(theirs, Term.starts_on > subject.today)
    await session.execute(to_come.execution_options(synchronize_session=False))
    running = update(Term).where(theirs, Term.ends_on > subject.today).values(ends_on=subject.today)
    await session.execute(running.execution_options(synchronize_session=False))


def by_term(column: InstrumentedAttribute[int]) -> Whose:
    """Rows that hang on a term of theirs."""
    (theirs,) = by_person(Term.person_id).values()
    return {column: lambda subject: column.in_(select(Term.id).where(theirs(subject)))}
