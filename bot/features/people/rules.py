"""Who may do what: role x scope x term, decided without the database.

A right comes from a post of the right level that is held today. National officers reach everywhere; an LC's officer
reaches their own LC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.features.people.models import Level


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
    #: Which posts, regions and useful links there are.
    EDIT_DIRECTORY = "edit_directory"
    BUILD_CHANNELS = "build_channels"
    INVITE_LC_SERVER = "invite_lc_server"
    KEEP_LC_SERVER = "keep_lc_server"
    USE_SHEETS = "use_sheets"
    ANNOUNCE_NATION = "announce_nation"
    ANNOUNCE_LC = "announce_lc"
    READ_ANSWERS = "read_answers"
    #: Who follows in one's own post. It outlives the term by ``GRACE_DAYS``; nothing else does.
    NAME_SUCCESSOR = "name_successor"
    #: Fees, and what memberships cost and how long they count.
    KEEP_FEES = "keep_fees"
    TICK_STAFF_STEPS = "tick_staff_steps"
    #: People's records as a whole: bringing in, taking out, making one of two.
    KEEP_PEOPLE = "keep_people"
    #: People without an account, for the uses of an LC. Those of the organisation are among people's records.
    ENTER_PEOPLE = "enter_people"
    #: Setting tasks for the posts of a place, and taking them back.
    KEEP_TASKS = "keep_tasks"


#: The lowest level at which an officer has the right.
NEEDED_LEVEL = {
    Right.SEE_OFFICERS: Level.NATION,
    Right.CHANGE_LC_STATE: Level.NATION,
    Right.ANSWER_FOR_LC: Level.LC,
    Right.EDIT_LC: Level.LC,
    Right.APPOINT_LC: Level.LC,
    Right.APPOINT_NATION: Level.NATION,
    Right.SEE_LC_HISTORY: Level.LC,
    Right.CONFIRM_MEMBER: Level.LC,
    Right.SEE_DELIVERIES: Level.NATION,
    Right.EDIT_DIRECTORY: Level.NATION,
    Right.BUILD_CHANNELS: Level.NATION,
    Right.INVITE_LC_SERVER: Level.NATION,
    Right.KEEP_LC_SERVER: Level.LC,
    Right.USE_SHEETS: Level.NATION,
    Right.ANNOUNCE_NATION: Level.NATION,
    Right.ANNOUNCE_LC: Level.LC,
    Right.READ_ANSWERS: Level.NATION,
    Right.NAME_SUCCESSOR: Level.LC,
    Right.KEEP_FEES: Level.NATION,
    Right.TICK_STAFF_STEPS: Level.NATION,
    Right.KEEP_PEOPLE: Level.NATION,
    Right.ENTER_PEOPLE: Level.LC,
    Right.KEEP_TASKS: Level.LC,
}

#: Days before the end of a term from which its holder is told.
NOTICE_DAYS = 60
#: Days after the end of a term on which its holder may still name a successor, and do nothing else.
GRACE_DAYS = 30


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

    def held_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and where it is no, the holding that would have given the right and is over (latest first)."""

    allowed: bool
    ended: Holding | None = None


def _gives(holding: Holding, right: Right, lc_id: int | None, post_key: str | None) -> bool:
    if not holding.is_officer:
        return False
    if right is Right.NAME_SUCCESSOR:
        return (holding.post_key, holding.lc_id) == (post_key, lc_id)
    if holding.level is Level.NATION:
        return True
    return NEEDED_LEVEL[right] is Level.LC and lc_id is not None and holding.lc_id == lc_id


def decide(
    holdings: Iterable[Holding], right: Right, today: date, lc_id: int | None = None, post_key: str | None = None
) -> Decision:
    """May somebody with these holdings do it today (for the LC ``lc_id`` and the post, where it is about one)?"""
    giving = [holding for holding in holdings if _gives(holding, right, lc_id, post_key)]
    grace = timedelta(days=GRACE_DAYS if right is Right.NAME_SUCCESSOR else 0)
    if any(holding.starts_on <= today <= holding.ends_on + grace for holding in giving):
        return Decision(True)
    over = [holding for holding in giving if holding.ends_on + grace < today]
    return Decision(False, max(over, key=lambda holding: holding.ends_on, default=None))


def fiscal_year(today: date) -> tuple[date, date]:
    """The Japanese fiscal year around ``today``: 1 April to 31 March."""
    first = today.year if today.month >= 4 else today.year - 1
    return date(first, 4, 1), date(first + 1, 3, 31)
