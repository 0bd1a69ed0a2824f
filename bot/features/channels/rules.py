"""What a server needs so that each chosen LC has its role, its channel and its officers' thread; and what the services
give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.features.local_committees.models import LcState
from bot.features.organisations.parts import PENDING

ROLES, CHANNELS, IN_CATEGORY = 250, 500, 50


class Fate(StrEnum):
    """What becomes of a part."""

    THERE = "there"
    NEW = "new"
    #: It was made once, and people deleted it. It is made again only if somebody asks for that.
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Present:
    """A server as Discord shows it. Threads aren't in it: only a request shows whether an archived one is there."""

    #: All roles, and the name of each.
    roles: Mapping[int, str]
    #: All channels, categories too, and the name of each.
    channels: Mapping[int, str]
    #: Channel id → the category in which it stands.
    category_of: Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """``number`` counts a region's categories from 1."""

    key: str
    region_ja: str
    region_en: str
    number: int
    is_there: bool


@dataclass(frozen=True, slots=True)
class LcPlan:
    lc: RosterLc
    role: Fate
    channel: Fate
    thread: Fate
    #: Where a channel that has to be made or moved goes; None where none has.
    category: CategoryPlan | None = None
    #: The category of another region in which it stands, because the LC has changed its own.
    moves_from: int | None = None

    @property
    def makes(self) -> bool:
        return Fate.NEW in (self.role, self.channel, self.thread)

    @property
    def lost(self) -> bool:
        return Fate.DELETED in (self.role, self.channel, self.thread)


@dataclass(slots=True)
class LcChannelsPlan:
    """``lcs`` in the directory's order. ``without_room``: those that don't fit, and the limit that they meet."""

    lcs: list[LcPlan] = field(default_factory=list)
    without_room: dict[RosterLc, int] = field(default_factory=dict)
    #: Not chosen (any more); what they have stays.
    staying: list[RosterLc] = field(default_factory=list)

    @property
    def made(self) -> list[LcPlan]:
        return [one for one in self.lcs if one.makes]

    @property
    def moved(self) -> list[LcPlan]:
        return [one for one in self.lcs if one.moves_from is not None]

    @property
    def new_categories(self) -> list[CategoryPlan]:
        needed = [one.category for one in self.lcs if one.category is not None and not one.category.is_there]
        return list(dict.fromkeys(needed))


def plan(roster: Roster, present: Present, *, again: bool = False) -> LcChannelsPlan:
    """What there is to make. ``again``: what people deleted too."""
    made, rooms = LcChannelsPlan(), _Rooms(roster.parts, present)
    roles, channels = len(present.roles), len(present.channels)
    for lc in roster.lcs:
        if not lc.is_chosen:
            if _fate(roster.parts, lc.channel_key, present.channels) is Fate.THERE:
                made.staying.append(lc)
            continue
        one = _plan_of(lc, roster.parts, present, again)
        is_role, is_channel = one.role is Fate.NEW, one.channel is Fate.NEW
        category = rooms.find(lc) if is_channel or one.moves_from is not None else None
        cost = is_channel + (category is not None and not rooms.is_counted(category))
        if roles + is_role > ROLES:
            made.without_room[lc] = ROLES
        elif channels + cost > CHANNELS:
            made.without_room[lc] = CHANNELS
        else:
            roles, channels = roles + is_role, channels + cost
            if category is not None:
                rooms.take(category)
            made.lcs.append(replace(one, category=category))
    return made


def _plan_of(lc: RosterLc, parts: Mapping[str, int], present: Present, again: bool) -> LcPlan:
    role = _fate(parts, lc.role_key, present.roles)
    channel = _fate(parts, lc.channel_key, present.channels)
    # A thread goes with its channel. If the channel is there, only a request shows whether the thread is.
    thread = channel if channel is not Fate.THERE else _fate(parts, lc.thread_key, None)
    if again:
        role, channel, thread = (Fate.NEW if fate is Fate.DELETED else fate for fate in (role, channel, thread))
    if channel is Fate.DELETED and role is Fate.NEW:
        role = Fate.DELETED  # a role for a channel that stays away has no use
    moves_from = _strange_home(lc, parts, present) if channel is Fate.THERE else None
    return LcPlan(lc, role, channel, thread, moves_from=moves_from)


def _strange_home(lc: RosterLc, parts: Mapping[str, int], present: Present) -> int | None:
    """The category that was made for another region, if the LC's channel stands in one. Where people put it into a
    category of theirs, it stays."""
    standing = present.category_of.get(parts[lc.channel_key])
    own = category_key(lc.region_id, 0).removesuffix("0")
    keys = [key for key, noted in parts.items() if noted == standing and key.startswith(_CATEGORY)]
    return standing if keys and not any(key.startswith(own) for key in keys) else None


def _fate(parts: Mapping[str, int], key: str, there: Mapping[int, str] | None) -> Fate:
    noted = parts.get(key, PENDING)
    if noted == PENDING:
        return Fate.NEW
    return Fate.THERE if there is None or noted in there else Fate.DELETED


class _Rooms:
    """Which category takes a region's next channel."""

    def __init__(self, parts: Mapping[str, int], present: Present) -> None:
        self._taken: Counter[str] = Counter()
        inside = Counter(category for category in present.category_of.values() if category is not None)
        self._inside = {key: inside[noted] for key, noted in parts.items() if noted in present.channels}

    def find(self, lc: RosterLc) -> CategoryPlan:
        number = 1
        while True:
            key = category_key(lc.region_id, number)
            if self._inside.get(key, 0) + self._taken[key] < IN_CATEGORY:
                return CategoryPlan(key, lc.region_ja, lc.region_en, number, key in self._inside)
            number += 1

    def is_counted(self, category: CategoryPlan) -> bool:
        return category.is_there or self._taken[category.key] > 0

    def take(self, category: CategoryPlan) -> None:
        self._taken[category.key] += 1


_CATEGORY = "category:region:"


def category_key(region_id: int, number: int) -> str:
    return f"{_CATEGORY}{region_id}:{number}"


class Choice(StrEnum):
    """Which LCs get a channel."""

    IN_CONTACT = "in_contact"  # from the first contact on, and not left
    MEMBERS = "members"  # members, inactive ones too


CHOSEN = {
    Choice.IN_CONTACT: frozenset({LcState.LEAD, LcState.FOUNDING, LcState.APPLYING, LcState.MEMBER, LcState.DORMANT}),
    Choice.MEMBERS: frozenset({LcState.MEMBER, LcState.DORMANT}),
}


@dataclass(frozen=True, slots=True)
class RosterLc:
    """An LC. ``region_id`` is 0 for one without a region."""

    lc_id: int
    name_ja: str
    name_en: str
    region_id: int
    region_ja: str
    region_en: str
    is_chosen: bool

    @property
    def role_key(self) -> str:
        return f"role:lc:{self.lc_id}"

    @property
    def channel_key(self) -> str:
        return f"channel:lc:{self.lc_id}"

    @property
    def thread_key(self) -> str:
        return f"thread:lc:{self.lc_id}"


@dataclass(frozen=True, slots=True)
class Roster:
    """A server with what the bot noted there (``parts``: key → Discord id), and all LCs in the directory's order."""

    language: str
    parts: Mapping[str, int]
    lcs: tuple[RosterLc, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """An LC's channel and its officers' private thread in a server of the organisation, as far as they were made.

    Whether they still are there only Discord knows. Sending into a thread that rests (is archived) wakes it.
    """

    server_id: int
    guild_id: int
    channel_id: int | None
    officers_thread_id: int | None
    #: Since when the bot isn't in that server any more.
    absent_since: datetime | None


@dataclass(frozen=True, slots=True)
class OwnServer:
    """The LC's own server. ``announcements_channel_id`` is None while nobody has chosen and the bot made none."""

    guild_id: int
    announcements_channel_id: int | None
    absent_since: datetime | None


@dataclass(frozen=True, slots=True)
class Places:
    """Where an LC can be reached on Discord."""

    lc_id: int
    spots: tuple[Spot, ...] = ()
    own: OwnServer | None = None
