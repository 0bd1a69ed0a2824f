"""The draft of an event that was read from a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.features.events.repeats import Repeat


class Audience(StrEnum):
    """The people an event is for, as a text says it."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    LC = "lc"
    STAFF = "staff"
    OFFICERS = "officers"
    FIRST_YEARS = "first_years"


class Part(StrEnum):
    """What a piece of the text says, and what a question is about."""

    TITLE = "title"
    WHEN = "when"
    PLACE = "place"
    LINK = "link"
    LIMIT = "limit"
    AUDIENCE = "audience"
    COST = "cost"
    ALCOHOL = "alcohol"
    DEADLINE = "deadline"
    #: The description. Text without an owner belongs to it, too.
    TEXT = "text"
    #: Labels, bullets, particles and separators: they say nothing by themselves.
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the text leaves open: a message id and what its placeholders stand for."""

    about: Part
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventText:
    """What was read; None or "" where the text says nothing, or nothing that can be used: then ``unclear`` asks.

    ``start``, ``end`` and ``deadline`` are naive wall time in the organisation's zone. With ``whole_days`` both ends
    are midnights, and ``end`` is that after the last day. A deadline without an hour is 23:59 of its day. ``place`` is
    a hall, a room, an address or the name of a tool (Zoom). ``link`` is the address of an online meeting.
    """

    title: str
    start: datetime | None
    end: datetime | None
    whole_days: bool
    place: str
    link: str
    is_online: bool
    limit: int | None
    audience: Audience | None
    cost: str
    alcohol: bool | None
    deadline: datetime | None
    #: The description: everything else, in the order in which it stood.
    text: str
    unclear: tuple[Question, ...]
    #: How it repeats; ``start`` and ``end`` are the first time.
    repeat: Repeat | None = None
