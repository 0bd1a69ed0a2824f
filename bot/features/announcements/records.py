"""What the services take and give."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.deliveries.models import State as DeliveryState
from bot.features.announcements.audiences import Audience
from bot.features.announcements.models import CheckState, Ping, Place, State
from bot.features.announcements.repeats import Repeat
from bot.features.announcements.rules import Problem
from bot.features.local_committees.models import Via
from bot.features.questionnaires.records import QuestionCard


class Why(StrEnum):
    """Why an LC can't be reached."""

    #: It has neither a channel here nor a server of its own, and nobody of it asked for direct messages.
    NO_PLACE = "no_place"
    #: It has one, but not among the chosen places.
    NOT_CHOSEN = "not_chosen"
    #: The bot was put out of the LC's own server.
    ABSENT = "absent"


class WhyNot(StrEnum):
    """Why a person gets no direct message."""

    #: They didn't ask for any: without that nobody gets one.
    NOT_WANTED = "not_wanted"
    #: They are known here, but not by an account on Discord.
    NO_ACCOUNT = "no_account"
    #: Direct messages aren't among the chosen places.
    NOT_CHOSEN = "not_chosen"


@dataclass(frozen=True, slots=True)
class Content:
    title: str
    text_ja: str
    text_en: str
    link: str


@dataclass(frozen=True, slots=True)
class FileCard:
    file_id: int
    filename: str
    size: int


@dataclass(frozen=True, slots=True)
class LcName:
    lc_id: int
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An announcement before (or, for what can still be changed, after) it is sent. Local times are naive."""

    announcement_id: int
    state: State
    version: int
    #: The LC that speaks; None where the organisation does.
    lc: LcName | None
    content: Content
    file: FileCard | None
    audience: Audience
    places: tuple[Place, ...]
    is_urgent: bool
    ping: Ping
    committee_id: int | None
    committee: str | None
    questions: tuple[QuestionCard, ...]
    deadline: datetime | None
    reminders: int
    planned: datetime | None
    repeat: Repeat | None
    skipped: tuple[int, ...]
    check: CheckState
    checker_discord_id: int | None
    checker: str | None
    check_note: str
    #: Who wrote at it last, and when; the name is None where they aren't known any more.
    changed_by: str | None
    changed_at: datetime
    created_by_discord_id: int
    sent_at: datetime | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class PostPlan:
    """One message to come. ``guild_id`` is None for a direct message; ``role_id``: the LC's role in that server;
    ``ref``: the recipient by rows of ours, as it stands in the message's key."""

    place: Place
    recipient_id: int
    lc_id: int | None
    guild_id: int | None
    role_id: int | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class ContactRoute:
    """How to reach an LC besides: the name of its representative, if there is one, and what it says of itself (mail,
    link, a word on how)."""

    representative: str | None
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreached:
    """An LC that can't be reached, and how else it can be."""

    lc: LcName
    why: Why
    contact: ContactRoute


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person who is meant. ``why_not`` None: they get a direct message."""

    person_id: int
    discord_user_id: int | None
    why_not: WhyNot | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom an announcement would reach just now. ``people`` None: it is for LCs, not for persons."""

    lcs: tuple[LcName, ...]
    posts: tuple[PostPlan, ...]
    unreached: tuple[Unreached, ...]
    people: tuple[Addressee, ...] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.posts or self.lcs or self.people)

    def at(self, *places: Place) -> list[PostPlan]:
        return [post for post in self.posts if post.place in places]


@dataclass(frozen=True, slots=True)
class Listed:
    """An announcement in a list."""

    announcement_id: int
    title: str
    state: State
    lc: LcName | None
    at: datetime
    planned: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a message of an announcement says, for whoever renders it."""

    announcement_id: int
    state: State
    lc: LcName | None
    content: Content
    audience: Audience
    file_id: int | None
    filename: str | None
    edition: int
    ping: Ping
    ping_channels: tuple[int, ...]
    questionnaire_id: int | None
    deadline: datetime | None
    sent_at: datetime | None
    sender: str | None
    signed_ja: str
    signed_en: str


@dataclass(frozen=True, slots=True)
class LcStatus:
    """How things stand with one LC. ``delivered``: the state of its best message, None if none could be sent."""

    lc: LcName
    why: Why | None
    delivered: DeliveryState | None
    error_code: str | None
    acknowledged_at: datetime | None
    acknowledged_via: Via | None
    #: None where nothing was asked.
    answered: bool | None
    contact: ContactRoute
    is_declined: bool = False

    @property
    def is_silent(self) -> bool:
        """Has it neither acknowledged nor, where there are questions, answered?"""
        return not self.answered if self.answered is not None else self.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """How things stand with the persons to whom it was addressed. ``direct``: their direct messages by what became of
    them; ``why_not``: those who got none. ``answered`` None: nothing was asked."""

    direct: dict[DeliveryState, int]
    why_not: dict[WhyNot, int]
    acknowledged: int
    answered: int | None

    @property
    def meant(self) -> int:
        return sum(self.direct.values()) + sum(self.why_not.values())

    @property
    def silent(self) -> int:
        """Those who were asked something and haven't answered."""
        return 0 if self.answered is None else self.meant - self.answered


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """How things stand with one person. ``name`` None: it isn't for this reader to see."""

    name: str | None
    why_not: WhyNot | None
    delivered: DeliveryState | None
    error_code: str | None
    acknowledged_at: datetime | None
    answered: bool | None


@dataclass(frozen=True, slots=True)
class Status:
    announcement_id: int
    title: str
    state: State
    lc: LcName | None
    sent_at: datetime | None
    deadline: datetime | None
    questionnaire_id: int | None
    #: Messages by what became of them.
    posts: dict[DeliveryState, int]
    lcs: list[LcStatus] = field(default_factory=list)
    #: How many people pressed the button, whether or not it was addressed to them.
    people: int = 0
    #: None: it was for LCs, not for persons.
    addressed: PeopleCounts | None = None

    @property
    def is_going_out(self) -> bool:
        return bool(self.posts.get(DeliveryState.PENDING) or self.posts.get(DeliveryState.CLAIMED))

    @property
    def silent(self) -> list[LcStatus]:
        return [one for one in self.lcs if one.is_silent]
