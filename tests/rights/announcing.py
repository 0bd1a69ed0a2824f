"""Who may do what about announcements and the questions in them."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import Invalid, NotFound
from bot.features import Service
from bot.features.announcements.correcting import CorrectionService
from bot.features.announcements.drafts import DraftService, TemplateService
from bot.features.announcements.inbox import AcknowledgementService, InboxService, ListService, RunningService
from bot.features.announcements.models import Route
from bot.features.announcements.outside import Claim, OutsideService
from bot.features.announcements.planning import CheckService, PlanningService
from bot.features.announcements.progress import ProgressService
from bot.features.announcements.reminding import ReminderService
from bot.features.announcements.sending import PingService, SendingService
from bot.features.announcements.status import StatusService
from bot.features.audiences.service import ChoiceService
from bot.features.local_committees.models import Via
from bot.features.questionnaires.service import BoardService, Party, QuestionnaireService
from tests.rights.kinds import (
    ANNOUNCING,
    JOINED,
    LC_AND_NATION,
    NOBODY,
    OWN_OFFICERS,
    REPRESENTATIVES,
    SYSTEM,
    USERS,
    Kind,
    May,
    Nothing,
    Right,
    anybody,
    given,
)
from tests.rights.sample import CONTENT, HOW_MANY
from tests.support.people import OFFICER

AGAIN = timedelta(days=4)
#: Who reads what went to officers of LCs among themselves: they, and those who could have written it.
READING_OFFICERS = OWN_OFFICERS | REPRESENTATIVES | ANNOUNCING
CLAIM = Claim("claim:1", None)

TABLE: dict[type[Service], dict[str, list[Right]]] = {
    AcknowledgementService: {
        "said": [SYSTEM],
        "file": [SYSTEM],
        "acknowledge": [
            anybody(lambda s: given(s["sent"])),
            May(READING_OFFICERS, lambda s: given(s["for_officers"])),
            May(NOBODY, lambda s: given(s["draft"]), refused=NotFound),
        ],
        "acknowledge_for": [May(LC_AND_NATION, lambda s: given(s["sent"], s["lc"], Via.LINE))],
        "is_subscribed": [anybody()],
        "subscribe": [anybody(lambda s: given(wanted=True))],
    },
    CheckService: {
        "candidates": [May(ANNOUNCING, lambda s: given(None)), May(LC_AND_NATION, lambda s: given(s["lc"]))],
        "ask": [
            May(ANNOUNCING, lambda s: given(s["draft"], OFFICER)),
            May(
                LC_AND_NATION - {Kind.REPRESENTATIVE},
                lambda s: given(s["lc_draft"], USERS[Kind.REPRESENTATIVE]),
                but={Kind.REPRESENTATIVE: Invalid},  # nobody checks their own
            ),
        ],
        "to_ask": [May(ANNOUNCING, lambda s: given(s["draft"])), May(LC_AND_NATION, lambda s: given(s["lc_draft"]))],
        "to_answer": [May(frozenset({Kind.NATIONAL_COMMITTEE}), lambda s: given(s["checked"], s["checked_version"]))],
        "answer": [
            May(
                frozenset({Kind.NATIONAL_COMMITTEE}),
                lambda s: given(s["checked"], s["checked_version"], agrees=True),
            )
        ],
        "withdraw": [May(ANNOUNCING, lambda s: given(s["checked"]))],
    },
    ChoiceService: {"choices": [anybody(lambda s: given(1))]},
    CorrectionService: {
        "to_correct": [May(ANNOUNCING, lambda s: given(s["sent"])), May(LC_AND_NATION, lambda s: given(s["lc_sent"]))],
        "to_take_back": [
            May(ANNOUNCING, lambda s: given(s["sent"])),
            May(LC_AND_NATION, lambda s: given(s["lc_sent"])),
        ],
        "correct": [
            May(ANNOUNCING, lambda s: given(s["sent"], 0, CONTENT)),
            May(LC_AND_NATION, lambda s: given(s["lc_sent"], 0, CONTENT)),
        ],
        "take_back": [
            May(ANNOUNCING, lambda s: given(s["sent"])),
            May(LC_AND_NATION, lambda s: given(s["lc_sent"])),
        ],
        "edit_messages": [SYSTEM],
        "delete_messages": [SYSTEM],
        "withdrawal": [
            May(ANNOUNCING, lambda s: given(s["sent"])),
            May(LC_AND_NATION, lambda s: given(s["lc_sent"])),
        ],
        "close_books": [SYSTEM],
    },
    DraftService: {
        "begin": [
            May(ANNOUNCING, lambda s: given(None, CONTENT)),
            May(LC_AND_NATION, lambda s: given(s["lc"], CONTENT)),
        ],
        "to_change": [
            May(ANNOUNCING, lambda s: given(s["draft"], "text_ja")),
            May(LC_AND_NATION, lambda s: given(s["lc_draft"], "text_ja")),
        ],
        "write": [
            May(ANNOUNCING, lambda s: given(s["draft"], s["draft_version"], CONTENT)),
            May(LC_AND_NATION, lambda s: given(s["lc_draft"], s["lc_draft_version"], CONTENT)),
        ],
        "set": [
            May(ANNOUNCING, lambda s: given(s["draft"], is_urgent=True)),
            May(LC_AND_NATION, lambda s: given(s["lc_draft"], is_urgent=True)),
        ],
        "add_question": [May(ANNOUNCING, lambda s: given(s["draft"], HOW_MANY))],
        "remove_question": [May(ANNOUNCING, lambda s: given(s["draft"], s["question"]))],
        "show": [May(ANNOUNCING, lambda s: given(s["draft"])), May(LC_AND_NATION, lambda s: given(s["lc_draft"]))],
        "reach": [May(ANNOUNCING, lambda s: given(s["draft"])), May(LC_AND_NATION, lambda s: given(s["lc_draft"]))],
        "discard": [May(ANNOUNCING, lambda s: given(s["draft"])), May(LC_AND_NATION, lambda s: given(s["lc_draft"]))],
    },
    InboxService: {
        "inbox": [anybody()],
        "read": [
            anybody(lambda s: given(s["sent"])),
            May(READING_OFFICERS, lambda s: given(s["for_officers"])),
            # A draft is nobody's to read here: its writers look at the draft page.
            May(NOBODY, lambda s: given(s["draft"]), refused=NotFound),
            May(NOBODY, lambda s: given(s["lc_draft"]), refused=NotFound),
        ],
    },
    ListService: {
        "drafts": [May(LC_AND_NATION | ANNOUNCING, refused=Nothing)],
        "sent": [May(LC_AND_NATION | ANNOUNCING, refused=Nothing)],
    },
    RunningService: {"running": [SYSTEM]},
    OutsideService: {
        "routes": [May(ANNOUNCING, lambda s: given(s["sent"])), May(LC_AND_NATION, lambda s: given(s["lc_sent"]))],
        "invitable": [May(ANNOUNCING)],
        "noted": [May(ANNOUNCING)],
        "claim_invite": [
            May(ANNOUNCING, lambda s: given(s["sent"], Route.LINE)),
            May(LC_AND_NATION, lambda s: given(s["lc_sent"], Route.LINE), then=Invalid),
        ],
        "note_invite": [May(ANNOUNCING, lambda s: given(s["sent"], Route.LINE, CLAIM, "abc", 7_003))],
        "release_invite": [May(ANNOUNCING, lambda s: given(s["sent"], Route.LINE, CLAIM))],
        "tick": [
            May(ANNOUNCING, lambda s: given(s["sent"], Route.LINE, posted=True)),
            May(LC_AND_NATION, lambda s: given(s["lc_sent"], Route.LINE, posted=True)),
        ],
    },
    PingService: {"planned": [SYSTEM]},
    PlanningService: {
        "to_plan": [
            May(ANNOUNCING, lambda s: given(s["draft"], s["draft_version"])),
            May(LC_AND_NATION, lambda s: given(s["lc_draft"], s["lc_draft_version"])),
        ],
        "plan": [
            May(ANNOUNCING, lambda s: given(s["draft"], s["draft_version"], s.now() + AGAIN)),
            May(LC_AND_NATION, lambda s: given(s["lc_draft"], s["lc_draft_version"], s.now() + AGAIN)),
        ],
        "stop": [May(ANNOUNCING, lambda s: given(s["planned"]))],
        "pause": [May(ANNOUNCING, lambda s: given(s["series"], paused=True))],
        "skip": [May(ANNOUNCING, lambda s: given(s["series"], 1))],
        "coming": [May(ANNOUNCING, lambda s: given(s["series"]))],
    },
    ProgressService: {"of": [SYSTEM], "show": [SYSTEM]},
    ReminderService: {
        "remind": [SYSTEM],
        "open_question": [SYSTEM],
        "follow_up": [SYSTEM],
        "still_open": [SYSTEM],
    },
    SendingService: {"send_out": [SYSTEM], "occur": [SYSTEM]},
    StatusService: {
        "show": [May(ANNOUNCING, lambda s: given(s["sent"])), May(LC_AND_NATION, lambda s: given(s["lc_sent"]))],
        "people": [May(ANNOUNCING, lambda s: given(s["to_people"]))],
    },
    TemplateService: {
        "keep": [
            May(ANNOUNCING, lambda s: given(s["draft"], "別")),
            May(LC_AND_NATION, lambda s: given(s["lc_draft"], "別")),
        ],
        "templates": [May(LC_AND_NATION | ANNOUNCING, refused=Nothing)],
        "template": [
            May(ANNOUNCING, lambda s: given(s["template"])),
            May(LC_AND_NATION, lambda s: given(s["lc_template"])),
        ],
        "remove": [
            May(ANNOUNCING, lambda s: given(s["template"])),
            May(LC_AND_NATION, lambda s: given(s["lc_template"])),
        ],
    },
    BoardService: {"board": [May(ANNOUNCING, lambda s: given(s["asking_questionnaire"]))]},
    QuestionnaireService: {
        "paper": [
            May(LC_AND_NATION, lambda s: given(s["asking_questionnaire"], Party(s["lc"]))),
            May(
                frozenset({Kind.MEMBER}),
                lambda s: given(s["to_people_questionnaire"], Party(None, s["person"])),
            ),
        ],
        "to_fill_in": [
            May(LC_AND_NATION, lambda s: given(s["asking_questionnaire"], Party(s["lc"]), heard=False)),
            May(
                frozenset({Kind.MEMBER}),
                lambda s: given(s["to_people_questionnaire"], Party(None, s["person"]), heard=False),
            ),
        ],
        "answer": [
            May(
                LC_AND_NATION,
                lambda s: given(s["asking_questionnaire"], Party(s["lc"]), {s["asked_question"]: "3"}, Via.LINE),
            ),
            May(
                frozenset({Kind.MEMBER}),
                lambda s: given(s["to_people_questionnaire"], Party(None, s["person"]), {}),
            ),
        ],
        "asked_of": [
            May(
                REPRESENTATIVES,
                lambda s: given(s["asking_questionnaire"]),
                refused=Nothing,
            ),
            May(JOINED, lambda s: given(s["to_people_questionnaire"]), refused=Nothing),
        ],
    },
}
