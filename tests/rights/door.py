"""Who may do what at the door of an event."""

from __future__ import annotations

from bot.errors import NotFound
from bot.features import Service
from bot.features.attendance.checking_in import CheckInService
from bot.features.attendance.desks import DeskService
from bot.features.attendance.helping import HelpingService
from bot.features.attendance.own import OwnAttendanceService
from bot.features.attendance.ticking import TickingService, Which
from tests.rights.kinds import USERS, Kind, May, Right, anybody, given, system

#: Who organises the event by name, and who helps at its desk besides.
ORGANISER = frozenset({Kind.REPRESENTATIVE})
AT_DESK = ORGANISER | {Kind.LC_OFFICER}
#: Who has a place.
PLACED = frozenset({Kind.MEMBER})
DAY = (0, 0)
UNKNOWN = {Kind.STRANGER: NotFound, Kind.MANAGER: NotFound}

TABLE: dict[type[Service], dict[str, list[Right]]] = {
    DeskService: {
        "desk": [May(AT_DESK, lambda s: given(s["door_event"]))],
        "code": [May(AT_DESK, lambda s: given(s["door_event"], DAY, 0))],
        "attendance": [May(ORGANISER, lambda s: given(s["door_event"]))],
        "open": [May(ORGANISER, lambda s: given(s["door_event"]))],
        "set_fixed": [May(ORGANISER, lambda s: given(s["door_event"], is_fixed=False))],
        "set_walk_ins": [May(ORGANISER, lambda s: given(s["door_event"], takes=True))],
        "set_doors": [May(ORGANISER, lambda s: given(s["door_event"], ["北口"]))],
        "add_session": [May(ORGANISER, lambda s: given(s["door_event"], "全体会", 1, "19:30-20:00"))],
        "remove_session": [May(ORGANISER, lambda s: given(s["door_event"], s["door_session"]))],
    },
    HelpingService: {
        "helpers": [May(ORGANISER, lambda s: given(s["door_event"]))],
        "add": [May(ORGANISER, lambda s: given(s["door_event"], [USERS[Kind.MEMBER]]))],
        "remove": [May(ORGANISER, lambda s: given(s["door_event"], s[f"person_{Kind.LC_OFFICER}"]))],
    },
    CheckInService: {
        "offer": [anybody(lambda s: given(s["door_card"]))],
        "to_check_in": [May(PLACED, lambda s: given(s["door_event"]), but=UNKNOWN)],
        "check_in": [May(PLACED, lambda s: given(s["door_event"], s["door_code"]), but=UNKNOWN)],
        **system("forget_wrong_codes"),
    },
    TickingService: {
        "board": [May(AT_DESK, lambda s: given(s["door_event"], DAY, Which.ALL, "", 0))],
        "person": [May(AT_DESK, lambda s: given(s["door_event"], DAY, s[f"person_{Kind.MEMBER}"]))],
        "tick": [May(AT_DESK, lambda s: given(s["door_event"], DAY, 0, [s[f"person_{Kind.MEMBER}"]]))],
        "read_paper": [May(AT_DESK, lambda s: given(s["door_event"], DAY, 0, "佐藤", all_but=False))],
        "ticks": [May(ORGANISER, lambda s: given(s["door_list"]), refused=NotFound)],
        "confirm": [May(ORGANISER, lambda s: given(s["door_list"]), refused=NotFound)],
        "walk_in": [May(AT_DESK, lambda s: given(s["door_event"], DAY, 0, "高橋 次郎"))],
        "excuse": [May(AT_DESK, lambda s: given(s["door_event"], DAY, s[f"person_{Kind.MEMBER}"]))],
        "undo": [May(AT_DESK, lambda s: given(s["check_in"]))],
        "leave": [May(AT_DESK, lambda s: given(s["check_in"], is_gone=True))],
    },
    OwnAttendanceService: {"own": [anybody()]},
}
