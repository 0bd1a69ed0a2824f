from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake


class OrganisationKind(StrEnum):
    ASSOCIATION = "association"  # of local committees
    PROGRAMME = "programme"
    SOCIETY = "society"


class Organisation(Record):
    """The top of everything: each other record belongs to exactly one organisation."""

    __tablename__ = "organisations"

    kind: Mapped[str] = mapped_column(String(20))
    name_ja: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    #: IANA name. Terms and deadlines are days in this zone.
    time_zone: Mapped[str] = mapped_column(String(50), default="Asia/Tokyo")
    #: The language of what the bot writes in public.
    language: Mapped[str] = mapped_column(String(5), default="ja")
    created_at: Mapped[datetime]


class Server(Record):
    """A Discord server that belongs to an organisation, or to one of its LCs."""

    __tablename__ = "servers"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    discord_guild_id: Mapped[int] = mapped_column(Snowflake, unique=True)
    #: The LC whose own server it is; None for a server of the organisation itself.
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True, unique=True)
    #: Where the people of an LC's own server want the nation's announcements; None: where the bot made a channel.
    announcements_channel_id: Mapped[int | None] = mapped_column(Snowflake)
    linked_at: Mapped[datetime]
    #: Since when the bot isn't in the server any more: nothing there can be reached.
    absent_since: Mapped[datetime | None]


class ServerPart(Record):
    """A role, channel or message that the bot made in a server. The bot touches nothing that has no row here."""

    __tablename__ = "server_parts"
    __table_args__ = (UniqueConstraint("server_id", "key"), {"sqlite_autoincrement": True})

    server_id: Mapped[int] = mapped_column(Id, ForeignKey("servers.id", ondelete="CASCADE"))
    #: What it is for, such as ``channel:home``; the name in Discord may be changed by people at will.
    key: Mapped[str] = mapped_column(String(60))
    discord_id: Mapped[int] = mapped_column(Snowflake)
    made_at: Mapped[datetime]
