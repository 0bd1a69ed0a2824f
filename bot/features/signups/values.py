"""What a feature opens a sign-up with, and what is told about one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import NextStep
from bot.features.signups.models import Mode, PartyState, QuotaKind, SignUpState
from bot.features.signups.rules import Group


@dataclass(frozen=True, slots=True)
class NewChoice:
    """An answer of its own. ``limit``: people who fit into it; None for no limit of its own."""

    label_ja: str
    label_en: str
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class NewQuota:
    """A limit or a reservation for a group. ``first_year``, ``last_year``: years of study, both included."""

    kind: QuotaKind
    seats: int
    lc_id: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewSignUp:
    """``owner_kind``, ``owner_id``: the row that it belongs to. ``page``: the custom_id of the button to its page.
    ``organiser_id``: the person who hears what needs a hand; without one it is whoever opens it. ``shows``: the owner's
    job (a ``JobKind``) after each change; its payload has the ``owner``."""

    owner_kind: str
    owner_id: int
    page: str
    title_ja: str
    title_en: str
    lc_id: int | None = None
    committee: str | None = None
    for_lc_only: bool = False
    also_lc_ids: Sequence[int] = ()
    limit: int | None = None
    held: int = 0
    mode: Mode = Mode.FIRST_COME
    has_line: bool = True
    rank_group: str | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    begins_at: datetime | None = None
    offer_hours: int = 24
    last_call_hours: int | None = 6
    choices: Sequence[NewChoice] = ()
    quotas: Sequence[NewQuota] = ()
    organiser_id: int | None = None
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """People, not parties. ``free``: seats that anybody may take; None without a limit. ``over``: of those accepted,
    how many were let in over the limit. ``groups``: for whom there are limits of their own, and places kept."""

    accepted: int = 0
    offered: int = 0
    waiting: int = 0
    applied: int = 0
    limit: int | None = None
    free: int | None = None
    over: int = 0
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of signing up. ``position`` of ``length`` in the line, counted from 1; None with a place."""

    state: PartyState
    position: int | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class OwnParty:
    """A person's live party in a sign-up, else their last one. ``size``: people in it. ``position`` of ``length``
    (parties) while it waits. ``may_accept``: a place can be taken now, by an offer or at the last call. ``hears``: the
    bot writes to them about it; by ``may_message``, or where they weren't asked by what they generally want.
    ``wants_none``: no messages of events at all, so they aren't asked."""

    party_id: int
    signup_id: int
    state: PartyState
    choice_id: int | None
    size: int
    may_message: bool | None
    offer_until: datetime | None
    reason: str
    is_live: bool
    position: int | None = None
    length: int | None = None
    may_accept: bool = False
    hears: bool = False
    wants_none: bool = False


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a sign-up, for its organiser. ``position``: of their party in the line."""

    party_id: int
    person_id: int | None
    name: str
    choice_id: int | None
    state: PartyState
    applied_at: datetime
    is_over: bool
    has_account: bool
    position: int | None = None


@dataclass(frozen=True, slots=True)
class OwnSignUp:
    """Something a person has signed up for and that isn't over for them. Read by ``queries.own_signups``."""

    signup_id: int
    party_id: int
    owner_kind: str
    owner_id: int
    title_ja: str
    title_en: str
    page: str
    state: PartyState
    begins_at: datetime | None
    offer_until: datetime | None


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """A sign-up's own answer. ``taken``: people who have a place or an offer."""

    choice_id: int
    label_ja: str
    label_en: str
    limit: int | None
    taken: int


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A sign-up as a person sees it. ``is_elsewhere``: people sign up on the page of its owner. ``may_organise``: its
    list is theirs to see, too."""

    signup_id: int
    title_ja: str
    title_en: str
    step: NextStep
    state: SignUpState
    party: OwnParty | None
    counts: Counts
    choices: Sequence[ChoiceLine]
    is_elsewhere: bool
    may_organise: bool


@dataclass(frozen=True, slots=True)
class OrganisersPage:
    """All of it, for its organisers. ``tells``: somebody couldn't be written to about an offer."""

    own: OwnPage
    held: int
    mode: Mode
    people: Sequence[Participant]
    tells: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody is invited to, and the ``names`` of those who are in the party."""

    signup_id: int
    title_ja: str
    title_en: str
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class News:
    """A party and its sign-up, as a message tells of them."""

    signup_id: int
    title_ja: str
    title_en: str
    page: str
    is_calling: bool
    state: PartyState
    offer_until: datetime | None
    reason: str
