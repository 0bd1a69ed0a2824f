from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, true
from sqlalchemy.orm import Mapped

from bot.db import Record
from bot.features.people.askers import Given


class Ask(Record):
    """A row is one question to one party, a person or an LC. It waits until it is answered or closed, or its last day
    is over; silence is never a yes. Its table adds who is asked, about what, and until when."""

    __abstract__ = True

    #: When they said something last; None: they are silent.
    answered_at: Mapped[datetime | None]
    #: From then on nobody has to say anything, for another reason than an answer.
    closed_at: Mapped[datetime | None]

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """The rows that nobody has answered or closed, however late it is."""
        return and_(cls.answered_at.is_(None), cls.closed_at.is_(None))

    @classmethod
    def lasts(cls, _day: Given[date]) -> ColumnElement[bool]:
        """The rows whose last day isn't over on a day. Here it never is: their table says otherwise."""
        return true()

    @classmethod
    def open_on(cls, day: Given[date]) -> ColumnElement[bool]:
        """The rows that wait on a day, in the organisation's time zone."""
        return and_(cls.waits(), cls.lasts(day))

    @classmethod
    def counts(cls) -> tuple[ColumnElement[int], ColumnElement[int]]:
        """Columns of a query: how many were ``asked``, and how many of them have ``answered``. The rest is silent."""
        return func.count(cls.id).label("asked"), func.count(cls.answered_at).label("answered")
