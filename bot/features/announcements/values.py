"""Values that the services take and return."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.deliveries.models import DeliveryState
from bot.features.announcements.models import AnnouncementState, CheckState, Ping
from bot.features.announcements.rules import Problem, Repeat
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Audience
from bot.features.audiences.values import ContactRoute, LcName, Why, WhyNot
from bot.features.local_committees.models import Via
from bot.features.questionnaires.service import QuestionCard


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
class Look:
    """Of the committee that an announcement is about: before its title, and at its side."""

    emoji: str
    colour: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An announcement before it is sent or, for what can still be changed, after. Local times are naive."""

    announcement_id: int
    state: AnnouncementState
    version: int
    #: The LC that writes; None if the organisation does.
    lc: LcName | None
    content: Content
    file: FileCard | None
    audience: Audience
    places: tuple[Place, ...]
    is_urgent: bool
    ping: Ping
    committee_id: int | None
    committee: str | None
    look: Look | None
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
    #: The last editor and the time; the name is None if they aren't known any more.
    changed_by: str | None
    changed_at: datetime
    created_by_discord_id: int
    sent_at: datetime | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """An announcement in a list."""

    announcement_id: int
    title: str
    state: AnnouncementState
    lc: LcName | None
    at: datetime
    planned: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """The content of an announcement's message, for rendering."""

    announcement_id: int
    state: AnnouncementState
    lc: LcName | None
    content: Content
    audience: Audience
    file_id: int | None
    filename: str | None
    edition: int
    ping: Ping
    ping_channels: tuple[int, ...]
    look: Look | None
    questionnaire_id: int | None
    deadline: datetime | None
    sent_at: datetime | None
    sender: str | None
    signed_ja: str
    signed_en: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What a message shows of them: how many LCs were asked and have answered; or, if it is the message of one LC, that
    one and whether it has."""

    asked: int
    answered: int
    lc: LcName | None
    has_answered: bool


@dataclass(frozen=True, slots=True)
class LcStatus:
    """The status of one LC. ``delivered``: the state of its best message, None if none could be sent."""

    lc: LcName
    why: Why | None
    delivered: DeliveryState | None
    error_code: str | None
    acknowledged_at: datetime | None
    acknowledged_via: Via | None
    #: None if nothing was asked.
    answered: bool | None
    contact: ContactRoute
    is_declined: bool = False

    @property
    def is_silent(self) -> bool:
        """Has it neither acknowledged nor, where there are questions, answered?"""
        return not self.answered if self.answered is not None else self.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """The counts of recipient persons. ``direct``: their direct messages by outcome; ``why_not``: people who got none.
    ``answered`` is None if nothing was asked."""

    direct: dict[DeliveryState, int]
    why_not: dict[WhyNot, int]
    acknowledged: int
    answered: int | None

    @property
    def meant(self) -> int:
        return sum(self.direct.values()) + sum(self.why_not.values())

    @property
    def silent(self) -> int:
        """People who were asked and haven't answered."""
        return 0 if self.answered is None else self.meant - self.answered


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """The status of one person. ``name`` is None if this reader may not see it."""

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
    state: AnnouncementState
    lc: LcName | None
    sent_at: datetime | None
    deadline: datetime | None
    questionnaire_id: int | None
    #: Messages by their outcome.
    posts: dict[DeliveryState, int]
    lcs: list[LcStatus] = field(default_factory=list)
    #: How many people pressed the button, recipients or not.
    people: int = 0
    #: None if it was for LCs.
    addressed: PeopleCounts | None = None

    @property
    def is_going_out(self) -> bool:
        return bool(self.posts.get(DeliveryState.PENDING) or self.posts.get(DeliveryState.CLAIMED))

    @property
    def silent(self) -> list[LcStatus]:
        return [one for one in self.lcs if one.is_silent]
