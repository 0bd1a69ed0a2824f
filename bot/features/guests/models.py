from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.features.signups.models import SignUp
from bot.i18n import N_
from bot.personal import Personal, by_person


class GuestAddress(Record):
    """An address without a login to something that people sign up for. By a shared one people look and enter. Each who
    entered has a personal one.

    Several of both kinds may work: each text for LINE has its own shared one, as nobody can ask for an older one again.
    """

    __tablename__ = "guest_addresses"
    __table_args__ = ({"sqlite_autoincrement": True},)

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    signup_id: Mapped[int] = mapped_column(Id, ForeignKey("signups.id"), index=True)
    #: Whose it is; None: it is shared.
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: SHA-256 of the token in the address, in hexadecimal. The token itself is kept nowhere.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    #: From then on it doesn't exist for those who ask.
    revoked_at: Mapped[datetime | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(SignUp.title_ja, SignUp.title_en, cls.made_at, cls.revoked_at).select_from(cls)
        taken = taken.join(SignUp, SignUp.id == cls.signup_id).order_by(cls.id)
        title = N_("Links you used to take part without an account")
        yield Personal(cls, "guest_addresses", title, by_person(cls.person_id), taken)


class GuestNotice(Record):
    """What people outside of Discord were told last of an event, by a text that an organiser copied."""

    __tablename__ = "guest_notices"

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"), unique=True)
    #: As ``rules.told`` writes it.
    told: Mapped[dict[str, str]] = mapped_column(JSON)
    told_at: Mapped[datetime]


class NameList(Record):
    """Names that an organiser brought in, until they say that it's right. It has people's names in it, so it goes with
    that word, and in any case within the hour (``lists.KEPT``)."""

    __tablename__ = "guest_name_lists"
    __table_args__ = ({"sqlite_autoincrement": True},)

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    signup_id: Mapped[int] = mapped_column(Id, ForeignKey("signups.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: As it was pasted; "" for a sheet.
    text: Mapped[str] = mapped_column(Text)
    #: Of each name: the name, the answer, the school.
    rows: Mapped[list[Any]] = mapped_column(JSON)
    unclear: Mapped[list[str]] = mapped_column(JSON)
    #: Of each name that somebody with an account has: the number of their record, or 0 if it is somebody else.
    known: Mapped[dict[str, int]] = mapped_column(JSON)
    made_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        title, taken = N_("Lists of names you are entering (kept for about an hour)"), select(cls.made_at)
        yield Personal(cls, "guest_name_lists", title, by_person(cls.made_by_id), taken)
