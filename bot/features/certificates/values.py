"""What the services give to their readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.features.certificates.models import CertificateKind, CertificateState
from bot.features.certificates.rules import Worth
from bot.features.events.queries import EventCard
from bot.features.events.rules import When
from bot.paging import Part


class Standing(StrEnum):
    """Where somebody stands who had a place at an event."""

    #: Gets one with the next issue.
    READY = "ready"
    #: An organiser has unticked them.
    SKIPPED = "skipped"
    #: Their name can't be printed: a font lacks a character of it, or there is none.
    UNPRINTABLE = "unprintable"
    ISSUED = "issued"
    #: They have one, and their name is another now.
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Candidate:
    """``certificate_id``: of the one that counts. ``lacks``: the characters that can't be printed. ``was``: the name on
    the certificate. ``minutes``: None if nobody has noted how long they were there."""

    person_id: int
    name: str
    has_account: bool
    standing: Standing
    minutes: int | None = None
    certificate_id: int | None = None
    lacks: str = ""
    was: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """All that organisers see of the certificates of an event. ``lacks``: characters of its titles that can't be
    printed. ``is_over``: certificates can be issued."""

    event: EventCard
    people: Part[Candidate]
    counts: dict[Standing, int]
    lacks: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Seal:
    """``content``: a JPEG; sizes in pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What all certificates of an event have in common."""

    event: EventCard
    organisation_ja: str
    organisation_en: str
    seal: Seal | None


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on one alone. ``code``: as it is kept, or ``rules.NO_CODE`` in a preview."""

    name: str
    code: str
    kind: CertificateKind
    minutes: int | None
    issued_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Papers:
    """Certificates of one event."""

    frame: Frame
    sheets: Sequence[Printed]


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """In the list of somebody's own. ``can_print``: it can be had as a file."""

    certificate_id: int
    kind: CertificateKind
    state: CertificateState
    worth: Worth
    title_ja: str
    title_en: str
    when: When
    reason: str
    expires_on: date | None
    can_print: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody learns who has the code and the name: nothing else."""

    worth: Worth
    kind: CertificateKind
    title_ja: str
    title_en: str
    when: When
    expires_on: date | None
