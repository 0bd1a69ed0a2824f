from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record


class SchoolKind(StrEnum):
    NATIONAL = "national"
    PUBLIC = "public"
    PRIVATE = "private"
    DEFENSE = "defense"
    #: Nobody has said yet.
    UNKNOWN = "unknown"
    #: "Another institution": where people belong whose school is not in the list. Never counted, has no LC.
    OTHER = "other"


#: So many regions has an organisation at most: a menu of Discord holds as many.
MOST_REGIONS = 25


class Region(Record):
    """A group of schools. An organisation may rename, split and join its regions."""

    __tablename__ = "regions"
    __table_args__ = (UniqueConstraint("organisation_id", "code"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    code: Mapped[str] = mapped_column(String(40))
    name_ja: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    #: Further names by which people search, one a line.
    aliases: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: Names by which its LCs can be found, folded as for LCs (``names.search_text``); to be renewed with its names.
    search_text: Mapped[str] = mapped_column(String(400), default="")
    position: Mapped[int]


class School(Record):
    __tablename__ = "schools"
    __table_args__ = (UniqueConstraint("organisation_id", "code"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    code: Mapped[str] = mapped_column(String(60))
    name_ja: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(120))
    #: Short names and former names by which people search; one a line. Aliases, never identity.
    aliases: Mapped[str] = mapped_column(String(400), default="")
    former_names: Mapped[str] = mapped_column(String(400), default="")
    kind: Mapped[str] = mapped_column(String(20))
    #: ISO 3166-2 number of the prefecture, "01" to "47"; None outside of Japan.
    prefecture: Mapped[str | None] = mapped_column(String(2))
    region_id: Mapped[int | None] = mapped_column(Id, ForeignKey("regions.id"), index=True)
    position: Mapped[int]
