"""Who may do what about series of editions and their speakers."""

from __future__ import annotations

from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.symposia.editions import EditionService
from bot.features.symposia.linking import LinkingService
from bot.features.symposia.models import Role, SpeakerState
from bot.features.symposia.owners import OwnerService
from bot.features.symposia.rules import EditionDraft, SlotDraft, SpeakerDraft
from bot.features.symposia.service import SymposiumDraft, SymposiumService, TemplateDraft
from bot.features.symposia.speakers import SlotService, SpeakerService
from bot.features.symposia.watching import SymposiumWatch
from tests.rights.kinds import LC_AND_NATION, USERS, Kind, May, Nothing, Right, anybody, given, system

#: Those who may start one somewhere.
STARTERS = LC_AND_NATION | {Kind.OTHER_OFFICER, Kind.NATIONAL_COMMITTEE}
#: The member is asked to speak.
WITH_SPEAKER = LC_AND_NATION | {Kind.MEMBER}
NAME, GUEST = SymposiumDraft("例会", "", 1), SpeakerDraft("外部 花子", is_outside=True)
EDITION = EditionDraft(1, (2026, 11, 28))

TABLE: dict[type[Service], dict[str, list[Right]]] = {
    SymposiumService: {
        "series": [anybody()],
        "symposium": [anybody(lambda s: given(s["symposium"]))],
        "kept": [May(LC_AND_NATION, lambda s: given(s["symposium"]))],
        "homes": [May(STARTERS, refused=Nothing)],
        "begin": [May(LC_AND_NATION, lambda s: given({"lc_id": s["lc"], "committee_id": None}, NAME))],
        "rename": [May(LC_AND_NATION, lambda s: given(s["symposium"], NAME))],
        "set_template": [May(LC_AND_NATION, lambda s: given(s["symposium"], TemplateDraft(["speaker"])))],
    },
    OwnerService: {
        "owners": [May(LC_AND_NATION, lambda s: given(s["symposium"]))],
        "posts": [May(LC_AND_NATION, lambda s: given(s["symposium"]))],
        "add": [May(LC_AND_NATION, lambda s: given(s["symposium"], [USERS[Kind.MEMBER]]))],
        "take_charge": [May(LC_AND_NATION, lambda s: given(s["symposium"]))],
        "remove": [
            May(
                LC_AND_NATION,
                lambda s: given(s["symposium"], s[f"person_{Kind.REPRESENTATIVE}"]),
                then=Conflict,  # nobody else owns it
            )
        ],
        "set_post": [May(LC_AND_NATION, lambda s: given(s["symposium"], None))],
    },
    EditionService: {
        "editions": [anybody(lambda s: given(s["symposium"]))],
        "edition": [
            anybody(lambda s: given(s["announced_edition"])),
            May(LC_AND_NATION, lambda s: given(s["edition"]), refused=NotFound),
            May(WITH_SPEAKER, lambda s: given(s["asking_edition"]), refused=NotFound),
        ],
        "to_edit": [
            May(LC_AND_NATION, lambda s: given(s["announced_edition"])),
            May(LC_AND_NATION, lambda s: given(s["edition"]), refused=NotFound),
        ],
        "preview": [May(LC_AND_NATION, lambda s: given(s["symposium"]))],
        "apply": [
            May(
                LC_AND_NATION,
                lambda s: given(s["symposium"], s["plan"].rule.text, s["plan"].until, s["plan"].plan.token),
            )
        ],
        "edit": [May(LC_AND_NATION, lambda s: given(s["edition"], EDITION))],
        "announce": [May(LC_AND_NATION, lambda s: given(s["edition"]))],
        "hold": [May(LC_AND_NATION, lambda s: given(s["announced_edition"]), then=Invalid)],  # it is to come
        "cancel": [May(LC_AND_NATION, lambda s: given(s["edition"], "台風"))],
    },
    LinkingService: {"make_event": [May(LC_AND_NATION, lambda s: given(s["edition"], "演者", "Speaker"))]},
    SlotService: {
        "slot": [
            May(WITH_SPEAKER, lambda s: given(s["member_slot"]), refused=NotFound),
        ],
        "add": [May(LC_AND_NATION, lambda s: given(s["edition"], SlotDraft(Role.CHAIR)))],
        "edit": [May(LC_AND_NATION, lambda s: given(s["slot"], SlotDraft(Role.CHAIR, "座長")))],
        "remove": [May(LC_AND_NATION, lambda s: given(s["slot"]))],
    },
    SpeakerService: {
        "ask_member": [May(LC_AND_NATION, lambda s: given(s["slot"], USERS[Kind.MEMBER], is_outside=False))],
        "ask_guest": [May(LC_AND_NATION, lambda s: given(s["slot"], GUEST))],
        "open_to": [
            May(LC_AND_NATION, lambda s: given(s["slot"]), refused=NotFound, but={Kind.MEMBER: NotAllowed}),
        ],
        "guest": [
            May(LC_AND_NATION, lambda s: given(s["guest_slot"]), refused=NotFound, but={Kind.MEMBER: NotAllowed}),
        ],
        "edit_guest": [May(LC_AND_NATION, lambda s: given(s["guest_slot"], GUEST))],
        "take": [
            May(WITH_SPEAKER, lambda s: given(s["member_slot"], s["member_speaker"], SpeakerState.ACCEPTED)),
            May(LC_AND_NATION, lambda s: given(s["guest_slot"], s["guest_speaker"], SpeakerState.ACCEPTED)),
        ],
        "title": [
            # They haven't accepted.
            May(LC_AND_NATION, lambda s: given(s["member_slot"], "講演", ""), then=Conflict),
        ],
    },
    SymposiumWatch: system("look", "opened"),
}
