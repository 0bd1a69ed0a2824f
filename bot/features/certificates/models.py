from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.features.events.models import Event
from bot.i18n import N_
from bot.personal import Personal, blanked, by_person, unnamed

#: Characters of a reason.
REASON = 200


class CertificateKind(StrEnum):
    """What it says of somebody."""

    #: They were there for all of it.
    ATTENDANCE = "attendance"
    PARTICIPATION = "participation"


class CertificateState(StrEnum):
    VALID = "valid"
    #: Taken back, with a reason.
    REVOKED = "revoked"
    #: There is another one with their new name.
    REPLACED = "replaced"


class Certificate(Record):
    """That somebody was at an event. It says nothing of who it was but a digest of the code with the name, so that it
    can still be checked when the person's data are deleted."""

    __tablename__ = "certificates"
    __table_args__ = (Index(None, "event_id", "state"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"))
    #: Whose it is; None once their data is deleted.
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: ``CertificateKind`` and ``CertificateState``.
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(10))
    #: As ``rules.digest_of`` makes it.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: For how long they were there; None: nobody has noted it.
    minutes: Mapped[int | None]
    #: Until the end of that day it counts; None: for ever.
    expires_on: Mapped[date | None] = mapped_column(Date)
    issued_at: Mapped[datetime]
    #: None once their data is deleted.
    issued_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: When it was revoked or replaced, and why it was revoked.
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(REASON))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        titles = (Event.title_ja, Event.title_en)
        own = (cls.kind, cls.state, cls.minutes, cls.expires_on, cls.issued_at, cls.ended_at, cls.reason)
        taken = select(*titles, *own).select_from(cls).join(Event, Event.id == cls.event_id).order_by(cls.id)
        nobody = blanked({cls.person_id: None, cls.reason: ""})
        yield Personal(cls, "certificates", N_("Your certificates"), by_person(cls.person_id), taken, nobody)
        given = select(*titles, cls.issued_at).select_from(cls).join(Event, Event.id == cls.event_id).order_by(cls.id)
        title, whose = N_("Certificates you issued"), by_person(cls.issued_by_id)
        yield Personal(cls, "certificates_issued", title, whose, given, unnamed(None), is_late=True)


class CertificateCopy(Record):
    """What somebody needs to print their certificate again: the name and the code as they stand on it. It goes with
    their data."""

    __tablename__ = "certificate_copies"
    __table_args__ = ({"sqlite_autoincrement": True},)

    certificate_id: Mapped[int] = mapped_column(Id, ForeignKey("certificates.id"), unique=True)
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    #: As ``rules.new_code`` makes it, without lines between.
    code: Mapped[str] = mapped_column(String(12))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Event.title_ja, Event.title_en, cls.name, cls.code).select_from(cls)
        taken = taken.join(Certificate, Certificate.id == cls.certificate_id).join(
            Event, Event.id == Certificate.event_id
        )
        title, whose = N_("What stands on your certificates"), by_person(cls.person_id)
        yield Personal(cls, "certificate_copies", title, whose, taken.order_by(cls.id))


class CertificateSkip(Record):
    """Somebody had a place at an event and gets no certificate: they didn't come, or theirs was revoked."""

    __tablename__ = "certificate_skips"
    __table_args__ = (UniqueConstraint("event_id", "person_id"), {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    skipped_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Event.title_ja, Event.title_en, cls.skipped_at).select_from(cls)
        taken = taken.join(Event, Event.id == cls.event_id).order_by(cls.id)
        title = N_("Events for which you get no certificate")
        yield Personal(cls, "certificate_skips", title, by_person(cls.person_id), taken)


class CertificateSeal(Record):
    """The seal on the certificates of an organisation, drawn anew: no place and no camera is known of it."""

    __tablename__ = "certificate_seals"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), unique=True)
    #: A JPEG.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    #: None once their data is deleted.
    added_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    added_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.added_at, cls.width, cls.height).order_by(cls.id)
        title, whose = N_("The seal of certificates you added"), by_person(cls.added_by_id)
        yield Personal(cls, "certificate_seals", title, whose, taken, unnamed(None), is_late=True)
