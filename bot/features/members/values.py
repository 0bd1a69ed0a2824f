"""What the services give to their readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import NextStep
from bot.features.local_committees.models import LcState
from bot.features.members.models import Contact, Kind, LcAnswer, Visibility
from bot.features.members.rules import Answers, Step, open_step
from bot.features.requests.models import RequestState
from bot.i18n import N_

#: The button of a panel, a greeting and an error that leads into joining.
JOIN_ROUTE = "members:join"
JOIN = NextStep(N_("Join"), JOIN_ROUTE)


@dataclass(frozen=True, slots=True)
class CommitteeChoice:
    id: int
    abbreviation: str
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class SchoolChoice:
    id: int
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class RegionChoice:
    """``id`` 0: schools without a region."""

    id: int
    name_ja: str
    name_en: str
    schools: int


@dataclass(frozen=True, slots=True)
class LcStanding:
    """Where a person stands with the LC at their school. ``claim``: the latest they made; ``is_member``: today."""

    lc_id: int
    state: LcState
    claim: RequestState | None
    is_member: bool


@dataclass(frozen=True, slots=True)
class ProfileCard:
    """All that a person has said about themselves. ``is_listed_school``: it is in the directory; else ``institution``
    may name it. ``memberships``: the names (Japanese, English) of the LCs to which they belong today."""

    person_id: int
    name: str
    reading: str | None
    kind: Kind | None
    school: SchoolChoice | None
    is_listed_school: bool
    institution: str
    year_of_study: int | None
    lc: LcStanding | None
    lc_answer: LcAnswer | None
    would_start: bool | None
    interests: tuple[CommitteeChoice, ...]
    interests_answered: bool
    contact: Contact | None
    visibility: Visibility
    purpose_version: str
    consented_at: datetime
    joined_at: datetime | None
    memberships: tuple[tuple[str, str], ...]
    is_association: bool
    has_committees: bool
    #: Direct messages about events may come, if they chose direct messages.
    hears_of_events: bool = True
    #: Their last open question was answered just now.
    has_just_joined: bool = False

    @property
    def answers(self) -> Answers:
        return Answers(
            reading=self.reading,
            kind=self.kind,
            has_school=self.school is not None,
            has_lc=self.lc is not None,
            lc_answer=self.lc_answer,
            would_start=self.would_start,
            interests_answered=self.interests_answered,
            contact=self.contact,
            is_association=self.is_association,
            has_committees=self.has_committees,
        )

    @property
    def open_step(self) -> Step | None:
        return open_step(self.answers)

    @property
    def waits_for(self) -> SchoolChoice | None:
        """The school whose LC has still to confirm that they are in it."""
        waits = self.lc is not None and not self.lc.is_member and self.lc.claim is RequestState.PENDING
        return self.school if waits and self.lc_answer is LcAnswer.IN else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody has come. ``open_step``: the next question. ``waits_for``: see ``ProfileCard``."""

    name: str
    open_step: Step | None
    purpose_version: str
    joined_at: datetime | None
    waits_for: SchoolChoice | None


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody in a list of results."""

    person_id: int
    name: str
    reading: str
    school_ja: str | None
    school_en: str | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """``page`` counts from 0."""

    text: str
    hits: tuple[Found, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class MemberCard:
    """What others see of somebody who may be found by them. ``posts``: names (Japanese, English) of the officer's
    posts held today, with those of the LC where it is one of an LC."""

    profile: ProfileCard
    discord_user_id: int | None
    posts: tuple[tuple[tuple[str, str], tuple[str, str] | None], ...]


@dataclass(frozen=True, slots=True)
class PendingClaim:
    """Somebody who says they are in an LC."""

    claim_id: int
    name: str
    reading: str
    year_of_study: int | None
    lc_id: int
    lc_ja: str
    lc_en: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who is greeted in one message, by Discord id: those who are new, and those who have been here before. ``quiet``:
    those of the latter who chose another way than a mention, and are named without a ping."""

    new: tuple[int, ...]
    back: tuple[int, ...]
    quiet: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What the officers of an LC said to somebody who says they are in it."""

    is_confirmed: bool
    lc_ja: str
    lc_en: str


@dataclass(frozen=True, slots=True)
class Untold:
    """Claims about which the officers of their LCs can't be told. ``lcs``: id and names of each such LC."""

    count: int
    lcs: tuple[tuple[int, str, str], ...]
