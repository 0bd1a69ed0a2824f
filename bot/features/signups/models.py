from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.i18n import N_
from bot.personal import Personal, by_person, unnamed

#: Characters of a title, of an answer, of the reason for a removal, and of the button that leads to the owner's page.
TITLE, CHOICE, REASON, PAGE = 100, 60, 200, 60


class SignUpState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"  # its time is over, or it has begun
    CANCELLED = "cancelled"


class Mode(StrEnum):
    """How places are given."""

    FIRST_COME = "first_come"
    APPROVAL = "approval"  # the organiser says yes to each party first


class PartyState(StrEnum):
    APPLIED = "applied"  # waits for the organiser's yes, or for its own members'
    WAITING = "waiting"  # in the line
    OFFERED = "offered"  # a place is kept for it until it answers
    ACCEPTED = "accepted"
    DECLINED = "declined"  # by the organiser
    REFUSED = "refused"  # the offer, by the party
    EXPIRED = "expired"  # the offer wasn't answered
    REMOVED = "removed"  # by the organiser, with a reason
    LAPSED = "lapsed"  # no place until the end
    WITHDRAWN = "withdrawn"  # by the party
    CANCELLED = "cancelled"  # all of it was


class QuotaKind(StrEnum):
    #: At most so many of each LC. People without an LC aren't limited by it.
    PER_LC = "per_lc"
    #: At most so many of the group.
    AT_MOST = "at_most"
    #: So many seats are kept for the group, until an instant if there is one.
    RESERVED = "reserved"


class SignUp(Record):
    """Something in which people take places. It belongs to a row of another feature, which opens, changes and cancels
    it (``opening.py``)."""

    __tablename__ = "signups"
    __table_args__ = (
        UniqueConstraint("owner_kind", "owner_id"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        Index(None, "organisation_id", "rank_group"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    #: What it belongs to, such as ``event`` and its number. No reference: the table follows from the kind.
    owner_kind: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[int] = mapped_column(Id)
    #: The scope of the right to organise it.
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    committee: Mapped[str | None] = mapped_column(String(40))
    #: Only people who belong to the LC may sign up.
    for_lc_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Their members, too: LCs that host it besides.
    also_lc_ids: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    #: Hears what needs somebody's hand; None once their data are deleted.
    organiser_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    title_ja: Mapped[str] = mapped_column(String(TITLE))
    title_en: Mapped[str] = mapped_column(String(TITLE))
    #: The custom_id of the button that leads to the owner's page.
    page: Mapped[str] = mapped_column(String(PAGE))
    #: The name of the owner's ``JobKind`` that shows it anew after a change, and how often it has; "" for none. Where
    #: there is one, people sign up on the owner's page alone: it asks more than whether they come.
    shows: Mapped[str] = mapped_column(String(60), default="", server_default="")
    turn: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: People who fit in all; None for no limit. ``held``: of these, how many the organiser keeps back.
    limit: Mapped[int | None]
    held: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    mode: Mapped[str] = mapped_column(String(12))
    #: False: nobody waits, and what is full is full.
    has_line: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: Sign-ups of one group are choices of which a person has one: a better one releases a worse one.
    rank_group: Mapped[str | None] = mapped_column(String(40))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    begins_at: Mapped[datetime | None]
    #: Hours for which an offer holds, and before the beginning from which the first who accept win (None: never).
    offer_hours: Mapped[int]
    last_call_hours: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    #: When those who wait were last told that the first who accept win, and whether that still holds.
    last_called_at: Mapped[datetime | None]
    is_calling: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: The latest ``Party.applied_at``, so that the order is that of the transactions.
    last_applied_at: Mapped[datetime | None]
    #: Raised when its times change and when it calls: part of the keys of its work and its messages.
    generation: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.owner_kind, cls.title_ja, cls.title_en, cls.begins_at).order_by(cls.id)
        yield Personal(cls, "signups", N_("Sign-ups you organise"), by_person(cls.organiser_id), taken, unnamed(None))


class Choice(Record):
    """One of a sign-up's own answers, such as a group or a room. Without any, people just take a place."""

    __tablename__ = "signup_choices"
    __table_args__ = (Index(None, "signup_id", "position"), {"sqlite_autoincrement": True})

    signup_id: Mapped[int] = mapped_column(Id, ForeignKey("signups.id"))
    position: Mapped[int]
    label_ja: Mapped[str] = mapped_column(String(CHOICE))
    label_en: Mapped[str] = mapped_column(String(CHOICE))
    #: People who fit into it; None for no limit of its own.
    limit: Mapped[int | None]


class Quota(Record):
    """A limit or a reservation for a group of people: those of an LC, those of some years of study, or both."""

    __tablename__ = "signup_quotas"
    __table_args__ = (
        CheckConstraint("seats >= 0", name="seats_not_negative"),
        CheckConstraint("first_year <= last_year", name="years_in_order"),
        Index(None, "signup_id"),
        {"sqlite_autoincrement": True},
    )

    signup_id: Mapped[int] = mapped_column(Id, ForeignKey("signups.id"))
    kind: Mapped[str] = mapped_column(String(12))
    seats: Mapped[int]
    #: The group. Empty parts don't narrow it.
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    first_year: Mapped[int | None]
    last_year: Mapped[int | None]
    #: Until then seats are reserved; None for as long as one can sign up.
    until: Mapped[datetime | None]


class Party(Record):
    """One or more people who take places together, or none of them."""

    __tablename__ = "signup_parties"
    __table_args__ = (
        Index(None, "signup_id", "state", "priority", "applied_at", "id"),
        {"sqlite_autoincrement": True},
    )

    signup_id: Mapped[int] = mapped_column(Id, ForeignKey("signups.id"))
    state: Mapped[str] = mapped_column(String(12))
    choice_id: Mapped[int | None] = mapped_column(Id, ForeignKey("signup_choices.id"), index=True)
    #: How much they want it, among the sign-ups of a group: 1 is best.
    rank: Mapped[int | None]
    #: The order in the line: priority, when they applied, id.
    priority: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    applied_at: Mapped[datetime]
    #: When the offer was made, when its message may go out, and until when it holds.
    offered_at: Mapped[datetime | None]
    said_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    #: The organiser told them of the offer in person.
    is_told: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: An offer that couldn't be said has passed them: others in the line are asked first, and they keep their place.
    is_passed: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: The organiser let them in over the limit.
    is_over: Mapped[bool] = mapped_column(default=False, server_default=false())
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: What the organiser said when they removed or declined them.
    reason: Mapped[str] = mapped_column(String(REASON), default="", server_default="")
    #: Raised by what is worth telling them: part of the keys of its messages.
    generation: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class PartyMember(Record):
    """A person in a party. ``lc_id`` and ``year`` are as they were when the party applied."""

    __tablename__ = "signup_party_members"
    __table_args__ = (
        # One live party per person and sign-up.
        Index(
            "uq_signup_party_members_live",
            "signup_id",
            "person_id",
            unique=True,
            sqlite_where=text("is_live"),
            postgresql_where=text("is_live"),
        ),
        Index(None, "party_id"),
        {"sqlite_autoincrement": True},
    )

    party_id: Mapped[int] = mapped_column(Id, ForeignKey("signup_parties.id"))
    signup_id: Mapped[int] = mapped_column(Id, ForeignKey("signups.id"))
    #: None once their data are deleted.
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    year: Mapped[int | None]
    #: When they said yes to being in it; None while they are only invited.
    agreed_at: Mapped[datetime | None]
    #: They are in the party, and the party hasn't ended. People who are only invited aren't.
    is_live: Mapped[bool]
    #: May the bot write to them about this? None: they weren't asked.
    may_message: Mapped[bool | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        from bot.features.signups.leaving import leave_parties  # which imports this table

        taken = (
            select(
                SignUp.title_ja,
                SignUp.title_en,
                Party.state,
                Party.applied_at,
                Party.reason,
                cls.lc_id,
                cls.year.label("year_of_study"),
                cls.may_message,
            )
            .select_from(cls)
            .join(Party, Party.id == cls.party_id)
            .join(SignUp, SignUp.id == cls.signup_id)
            .order_by(cls.id)
        )
        yield Personal(cls, "sign_ups", N_("What you signed up for"), by_person(cls.person_id), taken, leave_parties)
