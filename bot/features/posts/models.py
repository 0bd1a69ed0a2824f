from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.features.people.models import Post
from bot.features.requests.models import Request
from bot.i18n import N_
from bot.personal import Personal, by_account


class Claim(Request):
    """Somebody says that they hold a post of an LC now. It counts once somebody who knows has confirmed it."""

    __tablename__ = "claims"
    __table_args__ = (Index(None, "organisation_id", "state"), {"sqlite_autoincrement": True})

    post_id: Mapped[int] = mapped_column(Id, ForeignKey("posts.id"))
    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"))
    discord_user_id: Mapped[int] = mapped_column(Snowflake)
    display_name: Mapped[str] = mapped_column(String(100))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        at = cls.asked_at.label("claimed_at")
        taken = select(cls.display_name, Post.key.label("post"), cls.lc_id, cls.state, at).join(Post)
        yield Personal(cls, "post_claims", N_("Posts you said you hold"), by_account(cls.discord_user_id), taken)


class ClaimCode(Record):
    """A one-time code for a post that nobody has taken up yet. Only its digest is kept."""

    __tablename__ = "claim_codes"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    post_id: Mapped[int] = mapped_column(Id, ForeignKey("posts.id"))
    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
