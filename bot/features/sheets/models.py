from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.i18n import N_
from bot.personal import Personal, by_account


class UploadState(StrEnum):
    OPEN = "open"
    IMPORTED = "imported"


class SheetUpload(Record):
    """A file between its upload and its import. It has people's names in it: the content goes with the import, and the
    row within the hour (``service.KEPT``)."""

    __tablename__ = "sheet_uploads"
    __table_args__ = (
        Index(None, "organisation_id", "discord_user_id"),
        Index(None, "expires_at"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    discord_user_id: Mapped[int] = mapped_column(Snowflake)
    #: What a row of it means: the name of a module in ``kinds``.
    kind: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(100))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    #: For each column of the file its field, "" for one that is left out, None for one that has to be asked about.
    columns: Mapped[list[str | None]] = mapped_column(JSON)
    #: What was answered about rows that aren't clear by themselves: number of the row → the answer.
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    #: The digest of the plan that its officer was shown last; only that plan is carried out.
    shown: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.filename, cls.created_at)
        title = N_("Sheets you chose (kept for about an hour)")
        yield Personal(cls, "sheet_uploads", title, by_account(cls.discord_user_id), taken)
