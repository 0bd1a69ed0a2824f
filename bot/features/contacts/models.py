from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.features.people.models import by_term
from bot.i18n import N_
from bot.personal import Personal


class Visibility(StrEnum):
    """Who sees a detail, the narrowest first. National officers in office are among the officers of every LC."""

    OWN_OFFICERS = "own_officers"
    OFFICERS = "officers"
    MEMBERS = "members"


class Field(StrEnum):
    MAIL = "mail"
    LINK = "link"
    HOW = "how"
    TIMES = "times"


#: What holders of a post may enter about themselves. There is no phone number on purpose.
HOLDER_FIELDS = (Field.MAIL, Field.HOW)


class ContactDetail(Record):
    """The columns that both tables below share."""

    __abstract__ = True

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    field: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(300))
    visibility: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime]


class LcContact(ContactDetail):
    """One way to reach an LC. It stays when its officers change."""

    __tablename__ = "lc_contacts"
    __table_args__ = (UniqueConstraint("lc_id", "field"), {"sqlite_autoincrement": True})

    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"))


class HolderContact(ContactDetail):
    """One way to reach the holder of a post, entered by themselves. It belongs to the term and goes with it."""

    __tablename__ = "holder_contacts"
    __table_args__ = (UniqueConstraint("term_id", "field"), {"sqlite_autoincrement": True})

    term_id: Mapped[int] = mapped_column(Id, ForeignKey("terms.id", ondelete="CASCADE"))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.field, cls.text, cls.visibility)
        yield Personal(cls, "contact_details", N_("Contact details for your posts"), by_term(cls.term_id), taken)
