from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, false, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.features.symposia.sizes import AFFILIATION, CONTACT, NAME, PLACE, REASON, SPEAKER, TITLE
from bot.i18n import N_
from bot.personal import Personal, by_person, unnamed


class EditionState(StrEnum):
    PLANNED = "planned"
    ANNOUNCED = "announced"
    HELD = "held"
    CANCELLED = "cancelled"


class Role(StrEnum):
    CHAIR = "chair"
    SPEAKER = "speaker"
    DISCUSSANT = "discussant"


class SpeakerState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TITLE = "title"  # their title has come
    SLIDES = "slides"  # their slides have come
    SETTLED = "settled"  # travel and honorarium
    THANKED = "thanked"
    WITHDRAWN = "withdrawn"


class Symposium(Record):
    """A series: what is planned every year, and by which rule. Its owners are the people with a ``Grant`` of
    ``Right.KEEP_SYMPOSIA`` on it, or the holders of its post."""

    __tablename__ = "symposia"
    __table_args__ = ({"sqlite_autoincrement": True},)

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    #: Its host, as that of an event: an LC, a committee, or the organisation.
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    committee_id: Mapped[int | None] = mapped_column(Id, ForeignKey("standing_committees.id"), index=True)
    name_ja: Mapped[str] = mapped_column(String(NAME))
    name_en: Mapped[str] = mapped_column(String(NAME))
    #: As ``planning.Rule.text`` writes it.
    rule: Mapped[str] = mapped_column(String(80))
    #: The slots of a new edition: role, title in Japanese and in English, and whether it is for somebody from outside
    #: medicine.
    template: Mapped[list[list[Any]]] = mapped_column(JSON)
    #: Of the first edition that is planned here.
    first_number: Mapped[int]
    #: The last year for which editions were planned; 0 before the first.
    planned_until: Mapped[int] = mapped_column(default=0)
    #: The post whose holders look after it; None: those with a grant do.
    post_id: Mapped[int | None] = mapped_column(Id, ForeignKey("posts.id"), index=True)
    #: None once their data is deleted.
    made_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.name_ja, cls.name_en, cls.made_at).order_by(cls.id)
        yield Personal(cls, "symposia", N_("Series you started"), by_person(cls.made_by_id), taken, unnamed(None))


class Edition(Record):
    """One of a series, 第○回."""

    __tablename__ = "editions"
    __table_args__ = (Index(None, "symposium_id", "number"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    symposium_id: Mapped[int] = mapped_column(Id, ForeignKey("symposia.id"))
    #: Each is one edition's, except where a cancelled one has left it.
    number: Mapped[int]
    year: Mapped[int]
    month: Mapped[int]
    #: None while only the month is known.
    day: Mapped[int | None]
    #: It is held with the general meeting.
    is_general: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(String(10))
    #: Its theme; "" while nobody has said, as are the two below.
    title_ja: Mapped[str] = mapped_column(String(TITLE), default="")
    title_en: Mapped[str] = mapped_column(String(TITLE), default="")
    place: Mapped[str] = mapped_column(String(PLACE), default="")
    #: The country that hosts it, in two letters (ISO 3166-1), where a series goes from one to another.
    country: Mapped[str] = mapped_column(String(2), default="")
    #: Why it was cancelled.
    reason: Mapped[str] = mapped_column(String(REASON), default="")
    #: When everybody could see it first; it stays seen when it is cancelled.
    announced_at: Mapped[datetime | None]

    @property
    def when(self) -> tuple[int, int, int | None]:
        return self.year, self.month, self.day

    @property
    def on(self) -> date:
        """Its day, or the first of its month while only that is known: tasks count from it."""
        return date(self.year, self.month, self.day or 1)


class EditionEvent(Record):
    """An edition has this event: its day, place and state follow it. An event that is discarded takes this along."""

    __tablename__ = "edition_events"

    edition_id: Mapped[int] = mapped_column(Id, ForeignKey("editions.id", ondelete="CASCADE"), unique=True)
    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"), unique=True)


class Slot(Record):
    """A part of an edition for one person. It is open (未定) until somebody has accepted."""

    __tablename__ = "slots"
    __table_args__ = (Index(None, "edition_id", "position"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    edition_id: Mapped[int] = mapped_column(Id, ForeignKey("editions.id", ondelete="CASCADE"))
    position: Mapped[int]
    #: ``Role``.
    role: Mapped[str] = mapped_column(String(12))
    #: Of the talk, else what kind of one it is.
    title_ja: Mapped[str] = mapped_column(String(TITLE))
    title_en: Mapped[str] = mapped_column(String(TITLE))
    #: For somebody from outside medicine, dentistry and pharmacy.
    from_outside: Mapped[bool] = mapped_column(default=False, server_default=false())


class Speaker(Record):
    """Somebody who was asked to fill a slot: a member, or somebody from outside by their name. Those who declined or
    withdrew stay, for what was told."""

    __tablename__ = "speakers"
    __table_args__ = ({"sqlite_autoincrement": True},)

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    slot_id: Mapped[int] = mapped_column(Id, ForeignKey("slots.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: Of somebody from outside; "" of a member.
    name: Mapped[str] = mapped_column(String(SPEAKER))
    affiliation: Mapped[str] = mapped_column(String(AFFILIATION))
    #: Mail or phone of somebody from outside. Owners alone see it, and it goes a year after the edition.
    contact: Mapped[str] = mapped_column(String(CONTACT))
    #: They are from outside medicine, dentistry and pharmacy.
    is_outside: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        about = (Symposium.name_ja, Symposium.name_en, Edition.number, Slot.role, Slot.title_ja, Slot.title_en)
        taken = (
            select(*about, cls.state)
            .select_from(cls)
            .join(Slot, Slot.id == cls.slot_id)
            .join(Edition, Edition.id == Slot.edition_id)
            .join(Symposium, Symposium.id == Edition.symposium_id)
            .order_by(cls.id)
        )
        yield Personal(cls, "speakers", N_("Talks and roles you were asked for"), by_person(cls.person_id), taken)


class SpeakerStep(Record):
    """A step that somebody took with a speaker, or that a speaker took."""

    __tablename__ = "speaker_steps"

    speaker_id: Mapped[int] = mapped_column(Id, ForeignKey("speakers.id", ondelete="CASCADE"), index=True)
    #: ``SpeakerState``: to which it led.
    state: Mapped[str] = mapped_column(String(10))
    taken_at: Mapped[datetime]
    #: None once their data is deleted.
    taken_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.state, cls.taken_at).order_by(cls.id)
        title, whose = N_("Steps you took with speakers"), by_person(cls.taken_by_id)
        yield Personal(cls, "speaker_steps", title, whose, taken, unnamed(None), is_late=True)
