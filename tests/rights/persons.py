"""Who may do what about people: posts, handovers, members, memberships, records and sheets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.delivery_reports.service import deliveries_in_trouble
from bot.features.handovers.asking import DirectWordService, HandoverWatch
from bot.features.handovers.checklists import ChecklistService, TickService
from bot.features.handovers.notes import PostNoteService
from bot.features.handovers.rescue import RescueService
from bot.features.handovers.service import HandoverService
from bot.features.homes.service import HomeService
from bot.features.institutions.entering import EnteringService
from bot.features.institutions.rules import PersonDraft
from bot.features.local_committees.models import Via
from bot.features.members import rules
from bot.features.members.arrivals import ArrivalService
from bot.features.members.confirming import ConfirmingService
from bot.features.members.finding import FindService
from bot.features.members.hello import HelloService
from bot.features.members.models import Contact, LcAnswer, Visibility
from bot.features.members.models import Kind as Walk
from bot.features.members.mydata import MyDataService, RequestService
from bot.features.members.outreach import OutreachService
from bot.features.members.service import ChoiceService, MemberService
from bot.features.memberships.fees import FeeService
from bot.features.memberships.lc_stays import CarryService, LcStayService
from bot.features.memberships.renewals import RenewalService
from bot.features.memberships.service import MembershipService
from bot.features.memberships.staff import LeavingStaffService, StaffService
from bot.features.memberships.values import Settings
from bot.features.people.service import AddressService, PeopleService
from bot.features.posts.claims import ClaimService
from bot.features.posts.service import PostService
from bot.features.posts.telling import PostWordService
from bot.features.record_keeping.merging import MergingService
from bot.features.record_keeping.retention import RetentionService, SilentService
from bot.features.record_keeping.service import RosterService
from bot.features.sheets.service import SheetService
from bot.features.tasks.queries import tasks_waiting
from bot.paging import digest_of
from tests.rights.kinds import (
    EVERYBODY,
    IN_OFFICE,
    JOINED,
    LC_AND_NATION,
    NATION,
    NOBODY,
    OFFICERS,
    OWN_OFFICERS,
    REPRESENTATIVES,
    SYSTEM,
    UNKNOWN,
    USERS,
    Given,
    Kind,
    May,
    Nothing,
    Right,
    anybody,
    given,
    system,
)
from tests.rights.sample import APRIL, MARCH, PERSONAL_CODE, SHEET, SOMEBODY
from tests.support.people import GUILD

NOVEMBER = date(2026, 11, 1)
#: Whose fee is paid, in the sample.
PAID = frozenset({Kind.OTHER_MEMBER})
ENTERED = PersonDraft("例 外部", "", "", "招待状")
FEES = NATION | {Kind.TREASURER}
EACH_SHEET = [
    (NATION, lambda _s: given("local_committees")),
    (NATION, lambda _s: given("people")),
    (FEES, lambda _s: given("fees")),
]
MEMBER, LC_OFFICER, REPRESENTATIVE = (frozenset({one}) for one in (Kind.MEMBER, Kind.LC_OFFICER, Kind.REPRESENTATIVE))
#: The LC's committee officer holds the post, and may say who follows.
HOLDER_AND_ABOVE = LC_AND_NATION | LC_OFFICER


def _shown(row_id: int, lc_id: int) -> Given:
    """All that a page showed: one row."""
    return given(row_id, row_id, digest_of([row_id]), lc_id)


TABLE: dict[type[Service], dict[str, list[Right]]] = {
    HandoverWatch: system(
        "plan_all",
        "look",
        "ending_on",
        "without_successor",
        "asked_for_messages",
        "vacant",
        "vacant_for_nation",
        "spared",
    ),
    ChecklistService: {
        "overview": [May(NATION)],
        "items": [May(NATION, lambda s: given("leo"))],
        "set_items": [May(NATION, lambda s: given("leo", "鍵を渡す", ""))],
        "set_notice_days": [May(NATION, lambda s: given("60, 7"))],
        "set_date": [May(LC_AND_NATION, lambda s: given(s["lc"], (11, 1), Via.LINE))],
    },
    DirectWordService: system("ending", "asked", "begun"),
    PostNoteService: {
        "read": [
            May(OWN_OFFICERS | IN_OFFICE, lambda s: given(s["term"])),
            May(IN_OFFICE, lambda s: given(s["national_term"])),
        ],
        "to_write": [May(LC_OFFICER, lambda s: given(s["term"]))],
        "write": [May(LC_OFFICER, lambda s: given(s["term"], "メモ"))],
    },
    RescueService: {
        "may": [May(NOBODY, lambda s: given(s.caller()), refused=Nothing)],
        "by_owner": [May(NOBODY, lambda s: given(s.caller(), SOMEBODY, "誰か", MARCH))],
        "by_host": [SYSTEM],
        "named": [SYSTEM],
    },
    HandoverService: {
        "mine": [May(OFFICERS, refused=Nothing)],
        "card": [
            May(HOLDER_AND_ABOVE, lambda s: given(s["term"])),
            May(NATION | {Kind.NATIONAL_COMMITTEE}, lambda s: given(s["national_term"])),
        ],
        "to_name": [
            May(HOLDER_AND_ABOVE, lambda s: given(s["term"])),
            May(NATION | {Kind.NATIONAL_COMMITTEE}, lambda s: given(s["national_term"])),
        ],
        "name": [
            May(HOLDER_AND_ABOVE, lambda s: given(s["term"], SOMEBODY, "誰か")),
            May(NATION | {Kind.NATIONAL_COMMITTEE}, lambda s: given(s["national_term"], SOMEBODY, "誰か")),
        ],
        "default_end": [anybody(lambda s: given(s["lc"], APRIL))],
        "asked": [May(MEMBER, refused=Nothing)],
        "answer": [May(MEMBER, lambda s: given(s["handover"], accept=True), refused=NotFound)],
        "withdraw": [May(HOLDER_AND_ABOVE, lambda s: given(s["handover"]))],
    },
    TickService: {
        "around": [anybody()],
        "tick": [May(LC_OFFICER, lambda s: given(s["term"], [], done=True))],
    },
    ArrivalService: system("arrived", "forget_greeted", "keep_up", "seen_until", "greeting"),
    ChoiceService: {
        "committees": [anybody()],
        "regions": [anybody()],
        "schools": [anybody(lambda s: given(s["full_region"]))],
        "complete_school": [anybody(lambda s: given("東京"))],
    },
    ConfirmingService: {
        "waiting": [
            May(LC_AND_NATION, lambda s: given(s["lc"])),
            May(REPRESENTATIVE, refused=Nothing),
        ],
        "decide": [May(LC_AND_NATION, lambda s: given([s["lc_claim"]], confirm=True))],
        "confirm_shown": [May(LC_AND_NATION, lambda s: _shown(s["lc_claim"], s["lc"]))],
        "ask": [SYSTEM],
        "open_count": [SYSTEM],
        "lc_names": [SYSTEM],
        "untold": [SYSTEM],
        "decided": [SYSTEM],
    },
    FindService: {
        "find": [May(JOINED, lambda s: given("見本"))],
        "complete": [May(JOINED, lambda s: given("見本"), refused=Nothing)],
        "show": [
            May(
                # Of the national officers, one for a committee finds who is interested in it.
                OWN_OFFICERS | IN_OFFICE - {Kind.NATIONAL_COMMITTEE} | MEMBER,
                lambda s: given(s["person"]),
                refused=NotFound,
                but=dict.fromkeys(UNKNOWN, NotAllowed),
            )
        ],
    },
    MyDataService: {
        "export": [anybody()],
        "require_deletable": [May(EVERYBODY - OFFICERS, refused=Conflict)],
        "delete": [May(EVERYBODY - OFFICERS, refused=Conflict)],
        "deletions": [SYSTEM],
        "delete_again": [SYSTEM],
    },
    RequestService: system("find", "export", "require_deletable", "delete"),
    OutreachService: {"candidates": [May(NATION)]},
    HelloService: {
        "preview": [anybody(lambda _s: given(with_school=False), then=NotFound)],
        "say": [anybody(lambda _s: given(with_school=False), then=NotFound)],
        "stands": [anybody()],
        "remove": [anybody(then=NotFound)],
        "remove_arrived": [SYSTEM],
        "hello": [SYSTEM],
    },
    MemberService: {
        "card": [May(JOINED, refused=Nothing)],
        "standing": [May(JOINED, refused=Nothing)],
        "consent": [anybody(lambda s: given("ja", rules.VERSION))],
        "join_on_the_way": [anybody(lambda s: given("ja", rules.VERSION, "新田 花", "東京大学"))],
        "set_name": [May(JOINED, lambda s: given("見本", ""), refused=NotFound)],
        "choose_school": [May(JOINED, lambda s: given(s["school"]), refused=NotFound)],
        "choose_other_institution": [May(JOINED, lambda s: given("海外大学"), refused=NotFound)],
        "choose_outside": [May(JOINED, lambda s: given(Walk.WORKING), refused=NotFound)],
        "choose_year": [May(JOINED, lambda s: given(3), refused=NotFound)],
        "answer_lc": [May(JOINED, lambda s: given(LcAnswer.NOT_IN), refused=NotFound)],
        "answer_start": [May(JOINED, lambda s: given(would=False), refused=NotFound)],
        "answer_not_medical": [May(JOINED, refused=NotFound, then=Invalid)],
        "choose_interests": [May(JOINED, lambda s: given([s["committee"]]), refused=NotFound)],
        "choose_contact": [May(JOINED, lambda s: given(Contact.DIRECT), refused=NotFound)],
        "choose_visibility": [May(JOINED, lambda s: given(Visibility.OFFICERS), refused=NotFound)],
        "choose_event_messages": [May(JOINED, lambda s: given(yes=False), refused=NotFound)],
    },
    CarryService: system("carry", "tell_lcs", "count_silent"),
    FeeService: {
        "fees": [May(FEES)],
        "settle": [May(FEES, lambda s: given([s["fee"]]))],
        "settle_shown": [May(FEES, lambda s: given(digest_of([s["fee"]])))],
        "take_back": [May(FEES, lambda s: given([s["paid"]]))],
        "is_paid": [SYSTEM],
    },
    LcStayService: {
        "answer": [May(MEMBER, lambda s: given(s["stay"], stays=True), refused=Conflict)],
        "silent": [May(LC_AND_NATION, lambda s: given(s["lc"])), May(REPRESENTATIVE, refused=Nothing)],
        "decide": [May(LC_AND_NATION, lambda s: given([s["stay"]], stays=False))],
        "keep_shown": [May(LC_AND_NATION, lambda s: _shown(s["stay"], s["lc"]))],
        "ended": [SYSTEM],
    },
    LeavingStaffService: {
        "staff": [May(NATION)],
        "line": [May(NATION, lambda s: given(s["staff"]))],
        "end": [May(NATION, lambda s: given(s["staff"]))],
        "to_leave": [May(NOBODY, refused=Conflict)],
        "leave": [May(NOBODY, refused=Conflict)],
        "is_staff": [SYSTEM],
    },
    RenewalService: {
        **system("plan_all", "ask", "spare", "is_open", "open_questions", "count_open"),
        "answer": [May(MEMBER, lambda s: given(stay=True), refused=Conflict)],
        "costs": [anybody()],
        "graduated": [May(MEMBER, refused=Conflict)],
    },
    MembershipService: {
        "own": [May(JOINED, refused=NotFound)],
        "offer": [May(JOINED - PAID, refused=NotFound, but=dict.fromkeys(PAID, Conflict))],
        "become_member": [May(JOINED - PAID, refused=NotFound, but=dict.fromkeys(PAID, Conflict))],
        "take_back": [May(MEMBER, refused=Conflict, but=dict.fromkeys(UNKNOWN, NotFound))],
        "to_report": [May(MEMBER, refused=NotFound, but=dict.fromkeys(PAID, Conflict))],
        "report_payment": [May(MEMBER, lambda s: given("ミホン"), refused=NotFound, but=dict.fromkeys(PAID, Conflict))],
        "become_candidate": [May(PAID, refused=Invalid, but=dict.fromkeys(UNKNOWN, NotFound))],
        "settings": [May(FEES)],
        "change_settings": [May(FEES, lambda s: given(Settings(2_000)))],
    },
    StaffService: {
        "candidates": [May(NATION)],
        "progress": [May(NATION, lambda s: given(s["candidate"]))],
        "tick": [May(NATION, lambda s: given(s["candidate"], s["steps"][:1]))],
        "go_on": [May(NOBODY, refused=Conflict, but=dict.fromkeys(UNKNOWN, NotFound))],
        "steps": [May(NATION)],
        "set_steps": [May(NATION, lambda s: given([("面談", "Interview")]))],
    },
    AddressService: {"look_up": [SYSTEM]},
    HomeService: {"facts": [anybody(lambda _s: given([tasks_waiting, deliveries_in_trouble]))]},
    PeopleService: {
        "actor": [anybody(lambda s: given(s.caller()))],
        "language_of": [anybody(lambda s: given(s.caller()))],
        "choose_language": [anybody(lambda s: given(s.caller(), "en"))],
        "choose_organisation": [anybody(lambda s: given(replace(s.caller(), guild_ids=(GUILD,)), 1))],
        "officers": [May(IN_OFFICE)],
    },
    ClaimService: {
        "claim": [anybody(lambda s: given("lome", s["lc"], NOVEMBER, MARCH))],
        "open_claims": [May(LC_AND_NATION, refused=Nothing)],
        "count_open": [SYSTEM],
        "decide": [May(LC_AND_NATION, lambda s: given(s["claim"], confirm=True))],
        "new_code": [May(LC_AND_NATION, lambda s: given("lome", s["lc"], NOVEMBER, MARCH))],
        "use_code": [anybody(lambda s: given(s["code"]))],
    },
    PostWordService: {"given": [SYSTEM], "ended": [SYSTEM], "declined": [SYSTEM]},
    PostService: {
        "posts": [anybody()],
        "add": [
            May(LC_AND_NATION, lambda s: given(SOMEBODY, "誰か", "lome", s["lc"], NOVEMBER, MARCH)),
            May(NATION, lambda s: given(SOMEBODY, "誰か", "president", None, NOVEMBER, MARCH)),
        ],
        "end": [
            May(LC_AND_NATION, lambda s: given(s["term"], date(2026, 12, 1))),
            May(NATION, lambda s: given(s["national_term"], date(2026, 12, 1))),
        ],
        "to_end": [
            May(LC_AND_NATION, lambda s: given(s["term"], date(2026, 12, 1))),
            May(NATION, lambda s: given(s["national_term"], date(2026, 12, 1))),
        ],
        "terms": [May(LC_AND_NATION, lambda s: given(s["lc"])), May(REPRESENTATIVES | NATION, refused=Nothing)],
    },
    EnteringService: {
        "found": [May(NATION), May(LC_AND_NATION, lambda s: given(s["lc"]))],
        "all": [May(NATION), May(LC_AND_NATION, lambda s: given(s["lc"]))],
        "show": [
            May(NATION, lambda s: given(s["entered"])),
            May(LC_AND_NATION, lambda s: given(s["lc_entered"])),
        ],
        "enter": [May(NATION, lambda s: given(ENTERED)), May(LC_AND_NATION, lambda s: given(ENTERED, s["lc"]))],
        "edit": [
            May(NATION, lambda s: given(s["entered"], ENTERED)),
            May(LC_AND_NATION, lambda s: given(s["lc_entered"], ENTERED)),
        ],
        "keep": [
            May(NATION, lambda s: given([s["entered"]])),
            May(LC_AND_NATION, lambda s: given([s["lc_entered"]])),
        ],
        **{
            name: [
                May(NATION, lambda s: given(s["entered"])),
                May(LC_AND_NATION, lambda s: given(s["lc_entered"])),
            ]
            for name in ("new_code", "delete")
        },
    },
    MergingService: {
        "complete": [May(NATION, lambda s: given("見本"))],
        "preview": [May(NATION, lambda s: given(s["kept"], s["gone"]))],
        "record_of": [May(NATION, lambda s: given(USERS[Kind.MEMBER]))],
        "merge": [May(NATION, lambda s: given(s["kept"], s["gone"], s["token"]))],
    },
    RetentionService: {
        "run": [SYSTEM],
        "is_open": [SYSTEM],
        "keep": [May(MEMBER, refused=Conflict)],
    },
    RosterService: {
        "claim": [May(JOINED, lambda s: given(PERSONAL_CODE), refused=Invalid)],
        "to_request": [May(JOINED, refused=Invalid)],
        "request": [May(JOINED, refused=Invalid)],
        "requests": [May(NATION)],
        "confirm": [May(NATION, lambda s: given(s["request"], s["entry"]))],
        "forget_expired": [SYSTEM],
    },
    SilentService: {
        "listed": [May(NATION)],
        "keep": [May(NATION, lambda s: given([s["person"]]))],
        "count": [SYSTEM],
    },
    SheetService: {
        "check": [May(FEES, lambda s: given(10))],
        "template": [May(who, with_) for who, with_ in EACH_SHEET],
        "export": [May(who, with_) for who, with_ in EACH_SHEET],
        "begin": [May(NATION, lambda s: given("local_committees", "lcs.csv", SHEET), in_steps=True)],
        **{
            name: [May(frozenset({Kind.NATIONAL}), with_)]
            for name, with_ in {
                "look": lambda s: given(s["upload"]),
                "set_column": lambda s: given(s["upload"], 0, "name_ja"),
                "leave_rest_out": lambda s: given(s["upload"]),
                "set_answer": lambda s: given(s["upload"], 2, "1"),
                "carry_out": lambda s: given(s["upload"]),
                "discard": lambda s: given(s["upload"]),
            }.items()
        },
        "forget_expired": [SYSTEM],
    },
}
