"""What the services give to their readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.errors import Conflict
from bot.features.memberships.models import FeeState
from bot.features.memberships.rules import GRACE_DAYS, Standing
from bot.paging import digest_of


@dataclass(frozen=True, slots=True)
class Settings:
    """What an organisation has set about memberships."""

    fee: int
    how_to_pay: str = ""
    grace_days: int = GRACE_DAYS
    kept_years: int = 1


class FeeChanged(Conflict):
    """The fee that is due isn't the one that somebody was shown."""


@dataclass(frozen=True, slots=True)
class FeeCard:
    """A fee as its own person sees it."""

    year: int
    amount: int
    reference: str
    state: FeeState
    payer: str


@dataclass(frozen=True, slots=True)
class StepCard:
    step_id: int
    name_ja: str
    name_en: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class OwnStay:
    """Is one still in this LC? ``until``: as long as it counts without an answer."""

    stay_id: int
    lc_ja: str
    lc_en: str
    until: date


@dataclass(frozen=True, slots=True)
class StayLine:
    """A member who hasn't said whether they are still in the LC, for its officers."""

    stay_id: int
    name: str
    lc_ja: str
    lc_en: str
    until: date


@dataclass(frozen=True, slots=True)
class OwnMembership:
    """``plain``: what they are apart from their posts. ``fee``: of the present year, None if they haven't asked for
    one. ``open_renewal``: the year for which they are asked whether they stay. ``was_staff``: last year, and could go
    on. ``steps``: of a staff candidate. ``stays``: LCs of which they are asked whether they are still in them."""

    standing: Standing
    plain: Standing
    settings: Settings
    year: int
    fee: FeeCard | None
    open_renewal: int | None
    was_staff: bool
    is_student: bool
    year_of_study: int | None
    steps: tuple[StepCard, ...]
    stays: tuple[OwnStay, ...]
    today: date


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A fee in the treasurer's list."""

    fee_id: int
    name: str
    reading: str
    payer: str
    reference: str
    amount: int
    state: FeeState


@dataclass(frozen=True, slots=True)
class FeePage:
    """``page`` counts from 0. ``counts``: of the whole year, by state. ``years``: all with fees, the last first."""

    year: int
    lines: tuple[FeeLine, ...]
    total: int
    page: int
    pages: int
    counts: dict[FeeState, int]
    years: tuple[int, ...] = ()

    @property
    def digest(self) -> str:
        """A digest of the people on the page, short enough for a button: the same people, in any order, have the same
        one."""
        return digest_of(line.fee_id for line in self.lines)


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Somebody who is staff, or a candidate, until a day. ``in_grace``: of last year."""

    person_id: int
    name: str
    is_candidate: bool
    until: date
    in_grace: bool


@dataclass(frozen=True, slots=True)
class CandidateLine:
    person_id: int
    name: str
    done: int
    steps: int
