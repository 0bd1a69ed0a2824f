"""Who may do what about LCs, posts, servers and the directory."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.briefs.service import BriefService
from bot.features.calendars.models import ScopeKind
from bot.features.calendars.service import CalendarService
from bot.features.calendars.values import Scope
from bot.features.certificates.issuing import IssuingService
from bot.features.certificates.rules import Terms
from bot.features.certificates.seals import SealService
from bot.features.certificates.service import CertificateService
from bot.features.channels.rules import Choice
from bot.features.channels.servers import LcServerService
from bot.features.channels.service import ChannelService
from bot.features.command_sets.service import CommandSetService
from bot.features.committees.models import Reply
from bot.features.committees.service import CommitteeService
from bot.features.contacts.models import Field, Visibility
from bot.features.contacts.service import ContactService, Detail
from bot.features.delivery_reports.service import DeliveryService
from bot.features.discord_roles.service import DiscordRoleService, RoleCatalogueService
from bot.features.events.answers import AnswerService
from bot.features.events.choices import ChoicesDraft, ChoiceService
from bot.features.events.copies import CopyingService
from bot.features.events.following import FollowingService
from bot.features.events.forgetting import ForgettingService
from bot.features.events.hosts import HostService
from bot.features.events.inviting import InvitationService
from bot.features.events.joining import JoiningService
from bot.features.events.lists import Which
from bot.features.events.mirroring import MirrorService
from bot.features.events.models import Reminds
from bot.features.events.naming import NamingService
from bot.features.events.news import NewsService, Topic
from bot.features.events.organisers import OrganisersService
from bot.features.events.picturing import PictureService
from bot.features.events.placing import PlacingService
from bot.features.events.posting import PostingService
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.questions import QuestionService
from bot.features.events.repeating import RepeatingService
from bot.features.events.reporting import ReportDraft, ReportService
from bot.features.events.rules import When
from bot.features.events.service import EventService
from bot.features.events.threads import ThreadService
from bot.features.events.weeks import WeekService
from bot.features.guests.inviting import InvitingService
from bot.features.guests.lists import NameListService
from bot.features.guests.service import GuestService
from bot.features.history.service import AuditService, Filter
from bot.features.institutions.models import InstitutionKind
from bot.features.institutions.rules import ContactDraft, InstitutionDraft
from bot.features.institutions.service import InstitutionService
from bot.features.links.rules import LinkDraft
from bot.features.links.service import LinkService
from bot.features.local_committees.models import LcState, Via
from bot.features.local_committees.service import LocalCommitteeService, OwnRecordService
from bot.features.local_committees.values import OwnNames
from bot.features.organisations.parts import ServerService
from bot.features.people.models import Level, Reach
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.values import PostDraft
from bot.features.regions.service import RegionDraft, RegionService
from bot.features.setups.service import SetupService
from bot.features.signups.placing import PlaceRules
from bot.features.signups.service import SignUpService
from bot.features.signups.watching import SignUpWatch
from bot.features.tasks.reminding import TaskWatch
from bot.features.tasks.service import TaskDraft, TaskService
from tests.events.support import PHOTO
from tests.rights.kinds import (
    ABOUT_COMMITTEE,
    JOINED,
    LC_AND_NATION,
    NATION,
    NOBODY,
    OWN_OFFICERS,
    REPRESENTATIVES,
    SYSTEM,
    UNKNOWN,
    USERS,
    Kind,
    May,
    Nothing,
    Right,
    anybody,
    given,
    system,
)
from tests.rights.sample import LC_GUILD, NEW_GUILD
from tests.support.people import STUDENT, new_organisation

#: Members of LCs for their own, and officers for their area.
MAKERS = frozenset(
    {
        Kind.MEMBER,
        Kind.OTHER_MEMBER,
        Kind.REPRESENTATIVE,
        Kind.LC_OFFICER,
        Kind.OTHER_OFFICER,
        Kind.NATIONAL,
        Kind.NATIONAL_COMMITTEE,
    }
)
#: Of them, those who make events of the LC.
LC_MAKERS = LC_AND_NATION | {Kind.MEMBER, Kind.LC_OFFICER}
#: Those who organise an event by name.
#: Officers of the place, and who organised the past event with them.
REPORTING = LC_AND_NATION | {Kind.TREASURER}
IN_CHARGE = frozenset({Kind.REPRESENTATIVE, Kind.TREASURER})
LATER = When(datetime.fromisoformat("2027-02-20T19:00"), None, whole_days=False)
CONTACT = ContactDraft("秘書", "", "", date(2026, 11, 1))
INSTITUTION = InstitutionDraft("大使館", "", InstitutionKind.GOVERNMENT, "DE")
LINK = LinkDraft("規約", "Bylaws", "https://example.org/bylaws", "総会の前に", date(2027, 4, 1))
MAIL = Detail(Field.MAIL, "lc@example.org", Visibility.OFFICERS)
POST = PostDraft("企画", "Planning", Level.LC, None, is_single=False)
REGION = RegionDraft("北の島", "North islands", [])
#: Discord lets them manage the server: they need not be known.
MANAGER = frozenset({Kind.MANAGER})
JANUARY = date(2027, 1, 8)
SUNDAY = date(2026, 11, 22)
#: The task is their post's, or one of a post of their LC.
DOERS = LC_AND_NATION | {Kind.LC_OFFICER}
#: The member has an offer and an invitation, one of another LC a place, and the treasurer waits.
INVITED = frozenset({Kind.MEMBER})
SIGNED_UP = INVITED | {Kind.OTHER_MEMBER, Kind.TREASURER}
#: Who comes to the event that asks something.
COMING = frozenset({Kind.MEMBER})
#: A place that one has is accepted once more.
IN_LINE = INVITED | {Kind.OTHER_MEMBER}
#: Those who belong to the LC today.
IN_LC = OWN_OFFICERS | {Kind.MEMBER}
NATIONAL = Scope(ScopeKind.ORGANISATION)


def of_lc(sample: Any) -> Scope:
    return Scope(ScopeKind.LC, sample["lc"])


TABLE: dict[type[Service], dict[str, list[Right]]] = {
    AuditService: {
        "page": [
            May(REPRESENTATIVES | NATION, lambda s: given(Filter())),
            May(LC_AND_NATION, lambda s: given(Filter(lc_id=s["lc"]))),
        ],
        "all": [
            May(REPRESENTATIVES | NATION, lambda s: given(Filter())),
            May(LC_AND_NATION, lambda s: given(Filter(lc_id=s["lc"]))),
        ],
    },
    BriefService: {"plan_all": [SYSTEM], "make": [SYSTEM]},
    LcServerService: {
        "new_code": [May(NATION, lambda s: given(s["other_lc"]))],
        "link": [May(MANAGER, lambda s: given(s.caller(NEW_GUILD), s["server_code"], None))],
        "choose_announcements": [May(MANAGER, lambda s: given(s.caller(LC_GUILD), 7_009))],
        "own": [May(LC_AND_NATION, lambda s: given(s["lc"]))],
        "unlink": [May(LC_AND_NATION, lambda s: given(s["lc"]))],
        "note_gone": [SYSTEM],
        "note_here": [SYSTEM],
        "compare": [SYSTEM],
    },
    CalendarService: {
        "choices": [anybody()],
        "choice": [anybody(lambda _s: given(NATIONAL)), May(IN_LC, lambda s: given(of_lc(s)))],
        "contents": [anybody(lambda _s: given(NATIONAL)), May(IN_LC, lambda s: given(of_lc(s)))],
        "make": [
            May(JOINED, lambda _s: given(NATIONAL), refused=NotFound),
            May(JOINED, lambda _s: given(Scope(ScopeKind.OWN)), refused=NotFound),
            May(IN_LC, lambda s: given(of_lc(s))),
        ],
        "revoke": [
            May(frozenset({Kind.MEMBER}), lambda s: given(of_lc(s)), refused=NotFound),
        ],
        "event": [anybody(lambda s: given(s["event"]))],
        "behind": [SYSTEM],
        "behind_contents": [SYSTEM],
        "note_fetched": [SYSTEM],
    },
    ChannelService: {
        "roster": [May(NATION, lambda s: given(Choice.MEMBERS))],
        "note_part": [May(NATION, lambda s: given("channel:announcements", 7_009))],
        "places": [May(LC_AND_NATION, lambda s: given(s["lc"]))],
    },
    CommandSetService: {"is_known": [SYSTEM], "note_sent": [SYSTEM]},
    CommitteeService: {
        "answers": [anybody(lambda s: given(s["lc"]))],
        "card": [anybody(lambda s: given(s["lc"]))],
        "silent_lcs": [SYSTEM],
        "answer": [
            May(ABOUT_COMMITTEE, lambda s: given(s["lc"], {s["committee"]: Reply.JOINING}, Via.LINE)),
            May(LC_AND_NATION, lambda s: given(s["lc"], dict.fromkeys(s["committees"], Reply.JOINING), Via.LINE)),
        ],
    },
    ContactService: {
        "of": [anybody(lambda s: given(s["lc"]))],
        "set_for_lc": [May(LC_AND_NATION, lambda s: given(s["lc"], MAIL, Via.LINE))],
        "own": [May(OWN_OFFICERS, lambda s: given(s["lc"]), refused=Nothing)],
        "to_set_own": [
            May(frozenset({Kind.LC_OFFICER}), lambda s: given(s["lc"], s["term"], Field.MAIL), refused=NotFound)
        ],
        "set_own": [May(frozenset({Kind.LC_OFFICER}), lambda s: given(s["term"], MAIL), refused=NotFound)],
        "forget_ended": [SYSTEM],
    },
    DeliveryService: {
        "troubles": [May(NATION)],
        "waiting": [May(NATION)],
        "retry": [May(NATION, lambda s: given("test", "50013"))],
        "put_aside": [May(NATION, lambda s: given("test", "50013"))],
        "trouble_count": [SYSTEM],
        "open_troubles": [SYSTEM],
        "outage": [SYSTEM],
    },
    RoleCatalogueService: {
        "catalogue": [May(NATION)],
        "note_role": [May(NATION, lambda s: given("role:post:leo", 9_001))],
    },
    DiscordRoleService: {
        "organisations": [SYSTEM],
        "next_midnight": [SYSTEM],
        "plan": [SYSTEM],
        "note_guests": [SYSTEM],
        "note_trouble": [SYSTEM],
        "trouble": [SYSTEM],
    },
    OwnRecordService: {
        "edit": [May(LC_AND_NATION, lambda s: given(s["lc"], OwnNames("鉄門", "", [], None), Via.LINE))],
        "history": [May(LC_AND_NATION, lambda s: given(s["lc"]))],
    },
    InstitutionService: {
        "found": [May(REPRESENTATIVES | NATION)],
        "all": [May(REPRESENTATIVES | NATION)],
        "show": [May(NATION, lambda s: given(s["institution"]))],
        "add": [May(NATION, lambda s: given(INSTITUTION))],
        "edit": [May(NATION, lambda s: given(s["institution"], INSTITUTION))],
        "retire": [May(NATION, lambda s: given(s["institution"], retired=True))],
        "contact": [May(NATION, lambda s: given(s["contact"]))],
        "add_contact": [May(NATION, lambda s: given(s["institution"], s["lc_entered"], CONTACT))],
        "edit_contact": [May(NATION, lambda s: given(s["contact"], CONTACT))],
        "make_main": [May(NATION, lambda s: given(s["contact"]))],
        "remove_contact": [May(NATION, lambda s: given(s["contact"]))],
    },
    TaskService: {
        "mine": [anybody()],
        "of_lc": [May(LC_AND_NATION, lambda s: given(s["lc"]))],
        "lcs": [anybody()],
        "all": [May(NATION)],
        "show": [
            May(DOERS, lambda s: given(s["task"])),
            May(frozenset({Kind.MEMBER}), lambda s: given(s["own_task"])),
        ],
        "doers": [May(LC_AND_NATION, lambda s: given(s["lc"]), refused=Nothing)],
        "set": [
            May(JOINED, lambda s: given(TaskDraft("鍵", JANUARY, person_id=s.actor.person_id))),
            May(NATION, lambda s: given(TaskDraft("鍵", JANUARY, person_id=s["staff"]))),
            May(LC_AND_NATION, lambda s: given(TaskDraft("鍵", JANUARY, s["leo"], s["lc"]))),
            May(NATION, lambda s: given(TaskDraft("鍵", JANUARY, s["neo"]))),
        ],
        "tick": [
            May(DOERS, lambda s: given(s["task"])),
            May(frozenset({Kind.MEMBER}), lambda s: given(s["own_task"])),
        ],
        "untick": [May(DOERS, lambda s: given(s["done_task"]))],
        "drop": [May(LC_AND_NATION, lambda s: given(s["task"]))],
        "move_anchor": [May(LC_AND_NATION, lambda s: given(s["task"], JANUARY))],
        "wait_for": [May(DOERS, lambda s: given(s["task"], "学生課", None, "先日の件です。"))],
    },
    EventService: {
        "event": [anybody(lambda s: given(s["event"]))],
        "draft": [May(LC_AND_NATION, lambda s: given(s["draft_event"]), refused=NotFound)],
        "to_edit": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "to_organise": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "coming": [anybody(lambda s: given(Which.COMING))],
        "drafts": [anybody()],
        "begin": [May(MAKERS, lambda s: given("12/5 19:00 会"), but=dict.fromkeys(UNKNOWN, NotFound))],
        "edit": [May(LC_AND_NATION, lambda s: given(s["event"], 1, place="A棟"))],
        "give_to": [
            May(
                LC_AND_NATION,
                lambda s: given(s["draft_event"], 0, {"lc_id": s["lc"], "committee_id": None}),
                refused=NotFound,
            )
        ],
        "choose_channel": [May(LC_AND_NATION, lambda s: given(s["draft_event"], None), refused=NotFound)],
        "post": [May(LC_AND_NATION, lambda s: given(s["draft_event"], 0), refused=NotFound)],
        "show_again": [May(LC_AND_NATION, lambda s: given(s["event"], 77, 77))],
        "take_charge": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "cancel": [May(LC_AND_NATION, lambda s: given(s["event"], "台風"))],
        "discard": [May(LC_AND_NATION, lambda s: given(s["draft_event"]), refused=NotFound)],
    },
    JoiningService: {
        "join": [May(JOINED, lambda s: given(s["event"]), refused=NotFound)],
        "way": [anybody(lambda s: given(s["event"]))],
    },
    QuestionService: {
        "questions": [May(LC_AND_NATION, lambda s: given(s["asking_event"]))],
        "question": [May(LC_AND_NATION, lambda s: given(s["event_question"]))],
        "to_add": [May(LC_AND_NATION, lambda s: given(s["asking_event"]))],
        "to_edit": [May(LC_AND_NATION, lambda s: given(s["event_question"]))],
        "add": [May(LC_AND_NATION, lambda s: given(s["asking_event"], QuestionDraft("学年")))],
        "edit": [May(LC_AND_NATION, lambda s: given(s["event_question"], QuestionDraft("学年")))],
        "move_up": [May(LC_AND_NATION, lambda s: given(s["event_question"]))],
        "remove": [May(LC_AND_NATION, lambda s: given(s["event_question"]))],
    },
    AnswerService: {
        "paper": [May(COMING, lambda s: given(s["asking_event"]), refused=Conflict)],
        "to_answer": [May(COMING, lambda s: given(s["asking_event"]), refused=Conflict)],
        "answer": [May(COMING, lambda s: given(s["asking_event"], {s["event_question"]: ["2年"]}), refused=Conflict)],
        "replies": [May(LC_AND_NATION, lambda s: given(s["asking_event"]))],
    },
    CopyingService: {
        "sources": [anybody()],
        "templates": [anybody()],
        "template": [May(LC_MAKERS, lambda s: given(s["event_template"]), refused=NotFound)],
        "keep": [May(LC_AND_NATION, lambda s: given(s["event"], "定例会"))],
        "rename": [May(LC_MAKERS, lambda s: given(s["event_template"], "定例会", "勉強会"), refused=NotFound)],
        "delete": [May(LC_MAKERS, lambda s: given(s["event_template"]), refused=NotFound)],
        "begin_from": [May(LC_MAKERS, lambda s: given(s["event_template"], "12/5 19:00"), refused=NotFound)],
        "begin_like": [May(LC_MAKERS, lambda s: given(s["event"], "12/5 19:00"))],
        "copy": [May(LC_MAKERS, lambda s: given(s["event"], LATER))],
    },
    HostService: {
        "hosts": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "asked": [May(frozenset({Kind.OTHER_OFFICER}), lambda s: given(s["event_host"]))],
        "ask": [May(LC_AND_NATION, lambda s: given(s["event"], s["empty_lc"]))],
        "add": [May(LC_AND_NATION, lambda s: given(s["event"], "国際学生の会"))],
        "remove": [May(LC_AND_NATION, lambda s: given(s["event"], s["event_host"]))],
        "answer": [May(frozenset({Kind.OTHER_OFFICER}), lambda s: given(s["event_host"], accepts=True))],
        **system("still_asked"),
    },
    IssuingService: {
        "desk": [May(IN_CHARGE, lambda s: given(s["past_event"]))],
        "one": [May(IN_CHARGE, lambda s: given(s["past_event"], s["certificate"]))],
        "turn": [May(IN_CHARGE, lambda s: given(s["past_event"], [s[f"person_{Kind.TREASURER}"]]))],
        "preview": [May(IN_CHARGE, lambda s: given(s["past_event"], Terms()))],
        "issue": [May(IN_CHARGE, lambda s: given(s["past_event"], Terms()))],
        "revoke": [May(IN_CHARGE, lambda s: given(s["past_event"], s["certificate"], "間違い"))],
        "revoke_all": [May(IN_CHARGE, lambda s: given(s["past_event"], "間違い"))],
        "replace": [May(IN_CHARGE, lambda s: given(s["past_event"], s["old_certificate"]))],
        "papers": [May(IN_CHARGE, lambda s: given(s["past_event"], only_without_account=False))],
    },
    CertificateService: {
        "mine": [anybody()],
        "check": [anybody(lambda s: given("ABCD-EFGH-JKL3", "見本 花子"))],
        "paper": [May(frozenset({Kind.MEMBER}), lambda s: given(s["certificate"]), refused=NotFound)],
        **system("told", "check_outside"),
    },
    SealService: {
        "seal": [May(NATION)],
        "add": [May(NATION, lambda s: given(PHOTO))],
        "remove": [May(NATION)],
    },
    OrganisersService: {
        "organisers": [May(IN_CHARGE, lambda s: given(s["shared_event"]))],
        "add": [May(IN_CHARGE, lambda s: given(s["shared_event"], [USERS[Kind.MEMBER]]))],
        "remove": [May(IN_CHARGE, lambda s: given(s["shared_event"], s[f"person_{Kind.TREASURER}"]))],
    },
    PlacingService: {
        "set": [May(LC_AND_NATION, lambda s: given(s["event"], PlaceRules(per_lc=3), PlaceRules()))],
    },
    RepeatingService: {
        "repeat": [
            May(
                LC_AND_NATION,
                lambda s: given(s["draft_event"], 0, "毎週土曜", skips_holidays=False),
                refused=NotFound,
            )
        ],
        "series": [May(LC_AND_NATION, lambda s: given(s["repeating_event"]))],
        "edit_later": [May(LC_AND_NATION, lambda s: given(s["repeating_event"], 1, place="A棟"))],
        "skip": [
            May(
                LC_AND_NATION, lambda s: given(s["repeating_event"], datetime.fromisoformat("2027-02-13T19:00"), "休み")
            )
        ],
        "ask_later": [May(LC_AND_NATION, lambda s: given(s["repeating_event"]))],
        "end": [May(LC_AND_NATION, lambda s: given(s["repeating_event"]))],
        **system("plan_all", "look"),
    },
    FollowingService: system("card", "may_hear", "show", "tell", "remind", "reminded"),
    InvitationService: {
        "invitations": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "may_invite": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "invite_lc": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "invite": [May(LC_AND_NATION, lambda s: given(s["event"], []))],
        "decline": [May(frozenset({Kind.MEMBER}), lambda s: given(s["event"]), refused=NotFound)],
        **system("look", "asked"),
    },
    NewsService: {
        "subscription": [May(JOINED, refused=NotFound)],
        "choose": [May(JOINED, lambda s: given(Topic.ONLINE, yes=True), refused=NotFound)],
        "stop": [May(JOINED, refused=NotFound)],
        **system("plan_all", "gather", "told"),
    },
    WeekService: {
        "own_week": [May(LC_AND_NATION | {Kind.MEMBER, Kind.LC_OFFICER}, lambda s: given(s["lc"], SUNDAY))],
        "switch": [May(LC_AND_NATION, lambda s: given(s["lc"], on=False))],
        **system("plan_all", "send", "week"),
    },
    ChoiceService: {"set": [May(LC_AND_NATION, lambda s: given(s["event"], ChoicesDraft("会場\nオンライン")))]},
    ForgettingService: system("plan_all", "look"),
    PictureService: {
        "add": [May(LC_AND_NATION, lambda s: given(s["event"], PHOTO))],
        "take_away": [May(LC_AND_NATION, lambda s: given(s["event"], has_banner=False))],
        **system("content"),
    },
    ReportService: {
        "to_write": [May(REPORTING, lambda s: given(s["past_event"]))],
        "write": [
            May(
                LC_AND_NATION | {Kind.TREASURER},
                lambda s: given(s["past_event"], ReportDraft("よかった"), ReportDraft("")),
            )
        ],
        "add": [May(REPORTING, lambda s: given(s["past_event"], PHOTO, agreed=True))],
        "remove": [May(REPORTING, lambda s: given(s["past_event"], s["report_picture"]))],
        "pictures": [anybody(lambda s: given(s["past_event"]))],
    },
    PostingService: {"channels": [anybody(lambda s: given(s["event"]))], **system("post", "names", "shows")},
    NamingService: {
        "show_names": [May(LC_AND_NATION, lambda s: given(s["event"], yes=True))],
        "agrees": [anybody(lambda s: given(s["event"]))],
        "decide": [May(NOBODY, lambda s: given(s["event"], yes=False), refused=Conflict)],
    },
    ThreadService: {
        "thread": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "place": [May(LC_AND_NATION, lambda s: given(s["event"]), then=Conflict)],
        "made": [May(LC_AND_NATION, lambda s: given(s["event"], 77, 78))],
        "remind_in": [May(LC_AND_NATION, lambda s: given(s["event"], Reminds.BOTH), then=Conflict)],
        "forget": [May(LC_AND_NATION, lambda s: given(s["event"]))],
    },
    GuestService: system("look", "enter", "again", "answer", "accept", "refuse", "leave", "rename", "forget"),
    InvitingService: {
        "text": [May(LC_AND_NATION, lambda s: given(s["event"], is_public=True))],
        "sent": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "end": [May(LC_AND_NATION, lambda s: given(s["event"]))],
        "personal": [May(frozenset({Kind.REPRESENTATIVE}), lambda s: given(s["accepted_party"]), then=Conflict)],
    },
    NameListService: {
        "begin": [May(frozenset({Kind.REPRESENTATIVE}), lambda s: given(s["signup"]))],
        "of_code": [May(frozenset({Kind.REPRESENTATIVE}), lambda s: given(f"E{s['event']}"))],
        "paste": [May(frozenset({Kind.REPRESENTATIVE}), lambda s: given(s["signup"], "佐藤 参加"))],
        "take_in": [May(frozenset({Kind.REPRESENTATIVE}), lambda s: given(s["signup"], "氏名\n佐藤".encode()))],
        "look": [May(frozenset({Kind.REPRESENTATIVE}), lambda s: given(s["name_list"]), refused=NotFound)],
        "answer": [May(frozenset({Kind.REPRESENTATIVE}), lambda s: given(s["name_list"], []), refused=NotFound)],
        "confirm": [May(frozenset({Kind.REPRESENTATIVE}), lambda s: given(s["name_list"]), refused=NotFound)],
    },
    MirrorService: system("plan_all", "plan", "note", "made", "found", "taken", "failed"),
    SignUpService: {
        "apply": [May(JOINED, lambda s: given(s["empty_signup"]), refused=NotFound)],
        "invitation": [May(INVITED, lambda s: given(s["team"]), refused=NotFound)],
        "answer_invitation": [May(INVITED, lambda s: given(s["team"], agrees=True), refused=NotFound)],
        "accept": [May(IN_LINE, lambda s: given(s["signup"]), refused=Conflict)],
        "refuse": [May(INVITED, lambda s: given(s["signup"]), refused=Conflict)],
        "move": [
            May(
                frozenset({Kind.OTHER_MEMBER}),
                lambda s: given(s["choice_signup"], s["other_choice"]),
                refused=Conflict,
            )
        ],
        "withdraw": [May(SIGNED_UP, lambda s: given(s["signup"]), refused=Conflict)],
        "leave": [May(SIGNED_UP, lambda s: given(s["signup"]), refused=Conflict)],
        "allow_messages": [May(SIGNED_UP, lambda s: given(s["signup"], yes=True), refused=Conflict)],
        "confirm": [May(frozenset({Kind.OTHER_MEMBER}), lambda s: given(s["signup"]), refused=Conflict)],
        "own": [anybody(lambda s: given(s["signup"]))],
        "mine": [anybody()],
        "board": [May(frozenset({Kind.REPRESENTATIVE}), lambda s: given(s["signup"]))],
        "approve": [May(LC_AND_NATION, lambda s: given(s["applied_party"]))],
        "decline": [May(LC_AND_NATION, lambda s: given(s["applied_party"]))],
        "remove": [May(LC_AND_NATION, lambda s: given(s["accepted_party"], "来られない"))],
        "accept_over": [May(LC_AND_NATION, lambda s: given(s["waiting_party"]))],
        "hold_seats": [
            May(LC_AND_NATION, lambda s: given(s["signup"], 1)),
            May(ABOUT_COMMITTEE, lambda s: given(s["committee_signup"], 1)),
        ],
        "set_limit": [May(LC_AND_NATION, lambda s: given(s["signup"], 3))],
        "enter": [May(LC_AND_NATION, lambda s: given(s["signup"], s["lc_entered"]))],
        "told": [May(LC_AND_NATION, lambda s: given(s["signup"]))],
    },
    SignUpWatch: system("look", "news"),
    TaskWatch: system("plan_all", "look", "bundle"),
    LinkService: {
        "links": [anybody()],
        "link": [May(NATION, lambda s: given(s["link"]))],
        "add": [May(NATION, lambda s: given(LINK))],
        "edit": [May(NATION, lambda s: given(s["link"], LINK))],
        "confirm": [May(NATION, lambda s: given(s["link"]))],
        "remove": [May(NATION, lambda s: given(s["link"]))],
    },
    LocalCommitteeService: {
        "find": [anybody(lambda s: given("東京"))],
        "in_region": [anybody(lambda s: given(s["full_region"]))],
        "complete": [anybody(lambda s: given("東京"))],
        "meant": [anybody(lambda s: given("東京大学"))],
        "show": [anybody(lambda s: given("東京大学"))],
        "coverage": [anybody()],
        "change_state": [May(NATION, lambda s: given(s["lc"], LcState.DORMANT, date(2026, 11, 1), "No. 2"))],
    },
    ServerService: {"known": [SYSTEM]},
    PostCatalogueService: {
        "entries": [May(NATION)],
        "to_add": [May(NATION)],
        "add": [May(NATION, lambda s: given(POST))],
        "edit": [May(NATION, lambda s: given(s["post"], POST))],
        "move": [May(NATION, lambda s: given(s["post"], up=True))],
        "retire": [May(NATION, lambda s: given(s["post"], retired=True))],
        "allow": [May(NATION, lambda s: given(s["post"], Reach.PLACE, ["edit_lc"]))],
    },
    RegionService: {
        "entries": [May(NATION)],
        "to_add": [May(NATION)],
        "add": [May(NATION, lambda s: given(REGION))],
        "edit": [May(NATION, lambda s: given(s["region"], REGION))],
        "move": [May(NATION, lambda s: given(s["region"], up=True))],
        "remove": [May(NATION, lambda s: given(s["region"]))],
        "bring": [May(NATION, lambda s: given(s["region"], [s["lc"]]))],
    },
    SetupService: {
        "default_term": [anybody()],
        "linked": [May(MANAGER, lambda s: given(s.caller()))],
        "linkable": [May(MANAGER, lambda s: given(s.caller()))],
        "require_unlinked": [May(MANAGER, lambda s: given(s.caller(NEW_GUILD)))],
        "create": [May(MANAGER, lambda s: given(s.caller(NEW_GUILD), new_organisation(officer=STUDENT)))],
        # A server's manager still has to be a national officer of the organisation.
        "link": [May(NOBODY, lambda s: given(s.caller(NEW_GUILD), 1))],
        "note_part": [May(MANAGER, lambda s: given(s.caller(), 1, "role:officers", 9_002))],
    },
}
