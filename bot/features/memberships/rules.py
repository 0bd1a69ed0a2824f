"""What somebody is on a day, when they are asked, and how a transfer is told apart. Pure decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from bot import data
from bot.deliveries.schedule import instant
from bot.features.memberships.models import Answer, FeeState, MembershipKind
from bot.features.people.lifecycles import Lifecycle
from bot.features.people.rules import fiscal_year
from bot.i18n import N_

#: The question of 1 April goes out at this hour, and is asked again after so many days: twice at most.
ASKED_AT = time(9)
REMINDED_AFTER = (14, 28)
#: Days of grace, where an organisation hasn't set others.
GRACE_DAYS = 60
#: Days before the end of the grace on which LCs are told who is silent.
TOLD_BEFORE = 14
#: In which year of study the national examination is.
LAST_YEAR = 6
#: Digits of a payment reference: two of the year, five by lot, one to check.
REFERENCE_LENGTH = 8

FEES = Lifecycle(FeeState.DUE)
_OWED = (FeeState.DUE, FeeState.REPORTED)
#: Its person says that they paid, and may say it better.
REPORT = FEES.step(
    _OWED, FeeState.REPORTED, N_("The treasurer has already received your fee. Thank you!"), action="fee.report"
)
SETTLE = FEES.step(
    _OWED, FeeState.PAID, N_("Someone has already marked this as received. Nothing was changed."), action="fee.paid"
)
#: A tick that is taken back leaves the fee as it was before.
_CHANGED = N_("Someone else changed this first. Nothing was saved.")
TAKE_BACK = FEES.step([FeeState.PAID], FeeState.DUE, _CHANGED, action="fee.take_back")
TAKE_BACK_REPORTED = FEES.step([FeeState.PAID], FeeState.REPORTED, _CHANGED, action="fee.take_back")


@dataclass(frozen=True, slots=True)
class KindCard:
    """A kind as ``bot/data`` tells it. ``year``: "fiscal", "term" (as long as the post) or "none"."""

    kind: MembershipKind
    name_ja: str
    name_en: str
    year: str
    #: In yen, where the kind costs something and the organisation hasn't set another.
    fee: int | None
    rank: int


@cache
def kinds() -> Mapping[MembershipKind, KindCard]:
    """All kinds, the highest first."""
    found = [
        KindCard(
            MembershipKind(row["key"]),
            row["name_ja"],
            row["name_en"],
            row["year"],
            int(row["fee"]) if row["fee"] else None,
            int(row["rank"]),
        )
        for row in data.rows("membership_kinds")
    ]
    return {card.kind: card for card in sorted(found, key=lambda card: -card.rank)}


def year_of(day: date) -> int:
    """The fiscal year of a day, named by the calendar year in which it begins."""
    return fiscal_year(day)[0].year


def first_day(year: int) -> date:
    """The first day of a fiscal year."""
    return date(year, 4, 1)


def span_from(kind: MembershipKind, day: date) -> tuple[date, date | None]:
    """How long a membership of this kind lasts that begins on ``day``: to the end of its own year."""
    return day, fiscal_year(day)[1] if kinds()[kind].year == "fiscal" else None


@dataclass(frozen=True, slots=True)
class Span:
    """``is_ended``: by somebody, before or after its time; such a one has no days of grace."""

    kind: MembershipKind
    starts_on: date
    ends_on: date | None
    is_ended: bool = False

    def counts_until(self, grace_days: int) -> date | None:
        """The last day on which it counts if they don't say that they leave. Only a whole year has days of grace, not a
        membership that was ended within one."""
        if self.ends_on is None or self.is_ended or self.ends_on != fiscal_year(self.ends_on)[1]:
            return self.ends_on
        return self.ends_on + timedelta(days=grace_days)


@dataclass(frozen=True, slots=True)
class Standing:
    """``until``: the last day on which it counts, None without an end. ``in_grace``: last year's, until they answer and
    pay."""

    kind: MembershipKind
    until: date | None = None
    in_grace: bool = False

    @property
    def is_member(self) -> bool:
        """An individual member, or staff, of this year and not only of the last."""
        return not self.in_grace and self.kind in _MEMBERS


_MEMBERS = (MembershipKind.INDIVIDUAL, MembershipKind.STAFF, MembershipKind.STAFF_CANDIDATE)


def standing_on(
    day: date,
    spans: Iterable[Span],
    *,
    grace_days: int,
    answer: Answer | None = None,
    officer_until: date | None = None,
    is_graduate: bool = False,
) -> Standing:
    """What somebody is on a day: the highest kind that counts.

    Last year's membership counts for ``grace_days`` more, unless they have said (``answer``) that they leave. Staff and
    candidates are individual members first: without that they are neither. ``officer_until``: the end of an officer's
    term that runs.
    """
    if officer_until is not None:
        return Standing(MembershipKind.OFFICER, officer_until)
    counting: dict[MembershipKind, Standing] = {}
    for span in spans:
        last = span.ends_on if answer is Answer.LEAVE else span.counts_until(grace_days)
        if span.starts_on > day or (last is not None and last < day):
            continue
        in_grace = span.ends_on is not None and span.ends_on < day
        now = Standing(span.kind, last if in_grace else span.ends_on, in_grace=in_grace)
        known = counting.get(span.kind)
        if known is None or known.in_grace:
            counting[span.kind] = now
    individual = counting.get(MembershipKind.INDIVIDUAL)
    for kind in (MembershipKind.STAFF, MembershipKind.STAFF_CANDIDATE):
        if (found := counting.get(kind)) is not None and individual is not None:
            if not individual.in_grace:
                return found
            until = min((one.until for one in (found, individual) if one.until), default=None)
            return Standing(kind, until, in_grace=True)
    if individual is not None:
        return individual
    if is_graduate or MembershipKind.ALUMNI in counting:
        return Standing(MembershipKind.ALUMNI)
    return Standing(MembershipKind.FREE_LIST)


def kinds_at_once(plain: MembershipKind, *, is_officer: bool) -> frozenset[MembershipKind]:
    """All that somebody is at the same time. ``plain``: what they are apart from their posts.

    Staff and candidates are individual members, too, and officers stay what they were before. Only the free list is for
    those who are nothing else.
    """
    found = {plain}
    if plain in (MembershipKind.STAFF, MembershipKind.STAFF_CANDIDATE):
        found.add(MembershipKind.INDIVIDUAL)
    if is_officer:
        found = found - {MembershipKind.FREE_LIST} | {MembershipKind.OFFICER}
    return frozenset(found)


def first_of_april(year: int, time_zone: str) -> datetime:
    """When the question of a fiscal year goes out."""
    return instant(datetime.combine(date(year, 4, 1), ASKED_AT), time_zone)


def eve_of_april(year: int, time_zone: str) -> datetime:
    """Noon of 31 March: before anything ends."""
    return instant(datetime(year, 3, 31, 12), time_zone)  # noqa: DTZ001 - the wall clock's


def told_on(year: int, grace_until: date) -> date:
    """The day on which LCs are told who is silent: two weeks before the grace ends, but not before 1 April."""
    return max(first_day(year), grace_until - timedelta(days=TOLD_BEFORE))


def proposed_year(year_of_study: int | None) -> int | None:
    """In which year of study somebody is most likely now, who was in this one; None: they have most likely
    graduated, or nothing is known."""
    return year_of_study + 1 if year_of_study is not None and year_of_study < LAST_YEAR else None


def renewal_subject(person_id: int) -> str:
    """What the messages of 1 April are about."""
    return f"renewal:{person_id}"


def next_april(today: date) -> int:
    """The first year whose 1 April is not over."""
    return today.year if (today.month, today.day) <= (4, 1) else today.year + 1


def spared_spell(year: int, time_zone: str) -> tuple[datetime, datetime]:
    """February, in which year 6 sits the national examination: nobody reminds them of anything."""
    return (
        instant(datetime(year, 2, 1), time_zone),  # noqa: DTZ001 - the wall clock's
        instant(datetime(year, 3, 1), time_zone),  # noqa: DTZ001
    )


def reference_of(year: int, number: int) -> str:
    """``number`` (0 to 99,999) as a payment reference of a year."""
    digits = f"{year % 100:02d}{number:05d}"
    return digits + str(_check_digit(digits))


def is_reference(digits: str) -> bool:
    """Does it have the form of a reference, its last digit included?"""
    return (
        len(digits) == REFERENCE_LENGTH
        and digits.isascii()
        and digits.isdecimal()
        and int(digits[-1]) == _check_digit(digits[:-1])
    )


def _check_digit(digits: str) -> int:
    """Luhn's: one wrong digit or two neighbours exchanged are noticed."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10
