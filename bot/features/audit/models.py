from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, event, select
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from bot.db import Id, Record, Snowflake
from bot.i18n import N_
from bot.personal import Personal, by_account, unnamed


class AuditEntry(Record):
    """One change. It names the fields that changed, never personal values, so that a person can still be deleted."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "organisation_id", "subject_kind", "subject_id"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    at: Mapped[datetime]
    actor_discord_id: Mapped[int | None] = mapped_column(Snowflake)
    #: Where the change was asked for: the command or button's route, or the host's command line.
    origin: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Id)
    fields: Mapped[list[str]] = mapped_column(JSON)
    #: How somebody heard of the change, if they entered it for others.
    via: Mapped[str | None] = mapped_column(String(20))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        # The history stays; the person who made it is forgotten (docs/decisions/0010).
        whose, taken = by_account(cls.actor_discord_id, even_former=True), select(cls.at, cls.action, cls.fields)
        yield Personal(cls, "audit", N_("Changes you made"), whose, taken, unnamed(None))


def _refuse(_mapper: Mapper[Any], _connection: Any, _entry: AuditEntry) -> None:
    raise TypeError("audit entries are append-only")


event.listen(AuditEntry, "before_update", _refuse)
event.listen(AuditEntry, "before_delete", _refuse)
