from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Date, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.i18n import N_
from bot.personal import Personal, by_person, unnamed


class Link(Record):
    """Something that an organisation wants its people to find."""

    __tablename__ = "links"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    title_ja: Mapped[str] = mapped_column(String(60))
    title_en: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(300))
    purpose: Mapped[str] = mapped_column(String(150))
    #: Until the end of that day it counts as right.
    review_on: Mapped[date] = mapped_column(Date)
    #: The person who entered, changed or confirmed it last; None once their data is deleted.
    keeper_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.title_ja, cls.title_en, cls.address, cls.purpose, cls.review_on).order_by(cls.id)
        yield Personal(cls, "links", N_("Useful links you look after"), by_person(cls.keeper_id), taken, unnamed(None))
