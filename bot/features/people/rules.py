"""Who may do what: right x scope x day, decided without the database.

A right comes from a post that is held today, a membership that gives it, or a grant. The organisation's own data say
what each post gives (``PostRight``). People may do what is about something that the scope of their right covers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.features.people.models import EVERYTHING, Level, Reach


class Right(StrEnum):
    SEE_OFFICERS = "see_officers"
    CHANGE_LC_STATE = "change_lc_state"
    ANSWER_FOR_LC = "answer_for_lc"
    EDIT_LC = "edit_lc"
    APPOINT_LC = "appoint_lc"
    APPOINT_NATION = "appoint_nation"
    SEE_LC_HISTORY = "see_lc_history"
    CONFIRM_MEMBER = "confirm_member"
    SEE_DELIVERIES = "see_deliveries"
    #: Which posts, regions and useful links there are, and the seal on certificates.
    EDIT_DIRECTORY = "edit_directory"
    BUILD_CHANNELS = "build_channels"
    INVITE_LC_SERVER = "invite_lc_server"
    KEEP_LC_SERVER = "keep_lc_server"
    USE_SHEETS = "use_sheets"
    ANNOUNCE_NATION = "announce_nation"
    ANNOUNCE_LC = "announce_lc"
    READ_ANSWERS = "read_answers"
    #: Fees, and what memberships cost and how long they count.
    KEEP_FEES = "keep_fees"
    TICK_STAFF_STEPS = "tick_staff_steps"
    #: People's records as a whole: bringing in, taking out, making one of two.
    KEEP_PEOPLE = "keep_people"
    #: People without an account, for the uses of an LC. Those of the organisation are among people's records.
    ENTER_PEOPLE = "enter_people"
    #: Setting tasks for the posts of a place, and taking them back.
    KEEP_TASKS = "keep_tasks"
    #: Events and whatever else people sign up for: who comes, and who waits.
    ORGANISE = "organise"
    #: Beginning an event. A right to organise events there is enough, too.
    MAKE_EVENTS = "make_events"
    #: Helping at the desk of one event: its organisers ask somebody by name, and no post gives it.
    CHECK_IN = "check_in"
    #: Series of numbered editions with speakers (symposia): planning them, and asking people to speak.
    KEEP_SYMPOSIA = "keep_symposia"


#: What there is to do about a single LC. An LC's post can give these for its LC; all others are about the whole.
LC_RIGHTS = frozenset(
    {
        Right.ANSWER_FOR_LC,
        Right.EDIT_LC,
        Right.APPOINT_LC,
        Right.SEE_LC_HISTORY,
        Right.CONFIRM_MEMBER,
        Right.KEEP_LC_SERVER,
        Right.ANNOUNCE_LC,
        Right.ENTER_PEOPLE,
        Right.KEEP_TASKS,
        Right.ORGANISE,
        Right.MAKE_EVENTS,
        Right.KEEP_SYMPOSIA,
    }
)

#: These are given by name alone, for one thing.
BY_NAME = frozenset({Right.CHECK_IN})

#: Days before the end of a term from which its holder is told.
NOTICE_DAYS = 60
#: Days after the end of a term on which its holder may still name a successor, and do nothing else.
GRACE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Scope:
    """What something is about, or how far a right reaches. Each part narrows it; with none it is the organisation.

    An LC and a committee together are that committee in that LC. A project has the LC and the committee that it belongs
    to, so that their officers reach it; a right on the project alone names nothing but the project.
    """

    lc_id: int | None = None
    #: The key of a standing committee.
    committee: str | None = None
    #: The kind and id of a single thing that people are put in charge of, such as a project.
    subject: tuple[str, int] | None = None

    def covers(self, other: Scope) -> bool:
        """Does a right that reaches this far reach what is about ``other``?"""
        return (
            self.lc_id in (None, other.lc_id)
            and self.committee in (None, other.committee)
            and self.subject in (None, other.subject)
        )


NATION = Scope()


@dataclass(frozen=True, slots=True)
class Holding:
    """A post and the days, both included, on which a person holds it."""

    post_key: str
    name_ja: str
    name_en: str
    level: Level
    is_officer: bool
    lc_id: int | None
    starts_on: date
    ends_on: date
    #: The standing committee that the post is about, if it is.
    committee: str | None = None
    #: What the post gives (a ``Right``, or ``EVERYTHING``), and how far (a ``Reach``).
    rights: frozenset[tuple[str, str]] = frozenset()
    #: The terms of the LC's representatives, first day and last. Read only where the post stands in for them.
    represented: frozenset[tuple[date, date]] = frozenset()

    def held_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def gives(self, right: Right, scope: Scope, day: date) -> bool:
        """Does the post give the right there? ``day``: on which it is held; who else holds office then may matter."""
        if not self.is_officer or (self.level is Level.LC and (self.lc_id is None or right not in LC_RIGHTS)):
            return False
        return any(
            name in (right, EVERYTHING) and (there := self._scope(reach, day)) is not None and there.covers(scope)
            for name, reach in self.rights
        )

    def _scope(self, reach: str, day: date) -> Scope | None:
        """None: it reaches nothing."""
        if reach == Reach.COMMITTEE:
            return None if self.committee is None else Scope(self.lc_id, self.committee)
        if reach == Reach.STAND_IN and any(first <= day <= last for first, last in self.represented):
            return None
        return Scope(self.lc_id)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A right by a grant or a membership, from one day to another, both included; without a last day, until it is
    ended."""

    right: Right
    scope: Scope
    starts_on: date
    ends_on: date | None = None

    def held_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def gives(self, right: Right, scope: Scope, _day: date) -> bool:
        return right is self.right and self.scope.covers(scope)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and where it is no, the holding that would have given the right and is over (latest first)."""

    allowed: bool
    ended: Holding | None = None


def decide(sources: Iterable[Holding | Entitlement], right: Right, today: date, scope: Scope = NATION) -> Decision:
    """May somebody who has or had all this do it today?"""
    over: list[Holding] = []
    for one in sources:
        if one.held_on(today):
            if one.gives(right, scope, today):
                return Decision(True)
        elif isinstance(one, Holding) and one.ends_on < today and one.gives(right, scope, one.ends_on):
            over.append(one)
    return Decision(False, max(over, key=lambda holding: holding.ends_on, default=None))


def may_name_successor(holdings: Iterable[Holding], post_key: str, lc_id: int | None, today: date) -> bool:
    """May somebody say who follows in this post, as they hold it? No organisation can take that from a post, and it
    alone outlives a term, by ``GRACE_DAYS``."""
    return any(
        one.is_officer
        and (one.post_key, one.lc_id) == (post_key, lc_id)
        and one.starts_on <= today <= one.ends_on + timedelta(days=GRACE_DAYS)
        for one in holdings
    )


def fiscal_year(today: date) -> tuple[date, date]:
    """The Japanese fiscal year around ``today``: 1 April to 31 March."""
    first = today.year if today.month >= 4 else today.year - 1
    return date(first, 4, 1), date(first + 1, 3, 31)
