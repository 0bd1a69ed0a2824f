"""A crawl through the real process: whatever an answer shows is pressed, by every kind of person in both languages.

``TSUNAGU_TEST_POSTGRES_CRAWL=1`` crawls PostgreSQL, too. The figures are printed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SystemClock, local_date
from bot.db import Database, fetch
from bot.deliveries.schedule import local_time
from bot.features import Services
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.planning import PlanningService
from bot.features.announcements.values import Content
from bot.features.audiences.rules import Audience, Everyone
from bot.features.audit.models import AuditEntry
from bot.features.contacts.models import Field, Visibility
from bot.features.contacts.service import ContactService, Detail
from bot.features.events.joining import JoiningService
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.questions import QuestionService
from bot.features.events.service import EventService
from bot.features.institutions.entering import EnteringService
from bot.features.institutions.models import InstitutionKind
from bot.features.institutions.rules import ContactDraft, InstitutionDraft, PersonDraft
from bot.features.institutions.service import InstitutionService
from bot.features.links.rules import LinkDraft
from bot.features.links.service import LinkService
from bot.features.members.models import Contact, LcAnswer, Profile
from bot.features.members.service import MemberService
from bot.features.memberships.service import MembershipService
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import fiscal_year
from bot.features.people.service import PeopleService
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.service import NewQuestion
from bot.features.symposia.editions import EditionService
from bot.features.symposia.models import SpeakerState
from bot.features.symposia.planning import Rule
from bot.features.symposia.service import SymposiumDraft, SymposiumService
from bot.features.symposia.speakers import SpeakerService
from bot.ui.marks import unmarked
from tests.support.databases import Databases, opened, postgres_url
from tests.support.members import join
from tests.support.people import actor, appoint_to, caller
from tests.symposia.support import asked, planned
from tests.wire.crawling import Crawl, forms, leaves, routes
from tests.wire.discord.files import File
from tests.wire.discord.pages import items, text
from tests.wire.organisation import GUILD, OFFICER, Place, empty_server
from tests.wire.people import Person as Somebody
from tests.wire.unpressed import NOT_PRESSED
from tests.wire.watching import Watch, until_still

#: Whom nobody may see: contact details that are for officers alone.
SECRET = "secret@example.org"
KINDS = ("stranger", "newcomer", "member", "lc_officer", "former_officer", "national_officer")
LANGUAGES = ("ja", "en")
#: Somebody unknown, a member and an officer of another LC, and who was an officer of the LC last year: they send what
#: officers alone were offered.
FORGERS = {
    GUILD + 900: "stranger", GUILD + 901: "member", GUILD + 902: "officer_elsewhere", GUILD + 903: "former_officer",
}  # fmt: skip
#: What a member may do for themselves, though the others in the crawl had done it before.
OWN = {
    "membership.ask": "memberships:become_now:{year:int}:{amount:int}",
    "membership.take_back": "memberships:take_back",
}
#: Everybody who is known sets tasks for themselves, changes their own name, and takes and leaves places of their own.
FOR_THEMSELVES = {
    "events:join:{event_id:int}",
    "events:leave:{event_id:int}",
    "members:name",
    "signups:leave:{signup_id:int}",
    "tasks:add:{lc_id:int}",
    "tasks:doer:{lc_id:int}",
}
IDS = {
    (kind, language): GUILD + 200 + 10 * n + m for n, kind in enumerate(KINDS) for m, language in enumerate(LANGUAGES)
}


@pytest.fixture(params=["sqlite", *(["postgresql"] if os.environ.get("TSUNAGU_TEST_POSTGRES_CRAWL") else [])])
async def crawled_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> str:
    if request.param == "postgresql":
        assert postgres_url() is not None, "PostgreSQL isn't there"
        return await databases.postgres()
    return await databases.sqlite_file(tmp_path / "tsunagu.db")


async def test_whatever_is_shown_can_be_pressed_by_whoever_sees_it(crawled_url: str, tmp_path: Path) -> None:
    async with empty_server(crawled_url, tmp_path / "log") as place:
        await place.set_up()
        async with opened(crawled_url) as database:
            await _people(place, database)
            crawl = Crawl(place.discord, secrets={SECRET: {"lc_officer", "national_officer", "officer_elsewhere"}})
            for kind in KINDS:
                for language in LANGUAGES:
                    person = Somebody(
                        place.discord, GUILD, IDS[kind, language], locale=language,
                        permissions=32 if kind == "national_officer" else None,
                    )  # fmt: skip
                    await crawl.through(person, kind, language, typed(language, OFFICER))
            refused, shown = len(crawl.refused), crawl.presses
            forged: list[int] = []
            changed: list[tuple[str, str]] = []
            await until_still(database)
            watch = await Watch.begun(database)
            for user, kind in FORGERS.items():
                before = await _changes(database, user)
                forger = Somebody(place.discord, GUILD, user)
                of_whom = ("lc_officer", "national_officer")
                forged += [await crawl.forged(forger, kind, wanted, watch) for wanted in of_whom]
                changed += (await _changes(database, user))[len(before) :]
            await watch.close()
            async with database.reading() as connection:
                mentioned = select(Person.discord_user_id).join(Profile, Profile.person_id == Person.id)
                wish = mentioned.where(Profile.contact == Contact.CHANNEL.value)
                willing = {row.discord_user_id for row in await fetch(connection, wish)}
            reached = {*crawl.pressed, *crawl.turned_to}
            everything = {*routes()} | {f"/{path}" for path, _ in leaves(place.discord.routes.commands)}
            everything |= {f"form {one}" for one in forms()}
        print(
            f"\n{len(everything & reached)} of {len(everything)} routes, forms and commands pressed; {crawl.presses} "
            f"presses, {sum(forged)} of them forged; {len(crawl.refused)} refused; longest {crawl.longest:.2f} s"
        )
        assert {one["what"] for one in place.process.logged("too early")} == set(), "see tests.support.answering"
        assert crawl.faults == []
        assert place.process.logged("unexpected error") == []
        assert {action for _, action in changed} <= OWN.keys() | {"task.set", "member.answer"}
        others = {one for one in crawl.changes if one[1] not in FOR_THEMSELVES}
        assert {one for one in others if one[:2] not in {("member", route) for route in OWN.values()}} == set()
        assert refused < shown / 3, "most of what is shown must be possible, too"
        greeted = {(user, True) for user in (*IDS.values(), *FORGERS)}
        assert _pings(place) <= greeted | {(user, False) for user in willing}
        assert sorted(everything - reached - NOT_PRESSED.keys()) == [], "pressed by nobody"
        assert sorted(NOT_PRESSED.keys() & reached) == [], "the crawl presses them by now"
        assert NOT_PRESSED.keys() <= everything


def _pings(place: Place) -> set[tuple[int, bool]]:
    """Who was notified, and whether by the greeting, which everybody gets who comes to the server: for another
    one has to ask. Roles and everybody count as 0."""
    found: set[tuple[int, bool]] = set()
    for one in place.discord.sent("POST", "/messages"):
        allowed = (one.body or {}).get("allowed_mentions", {"parse": ["everyone"]})
        if "ダブルチェック" in text(one.body or {}):  # a colleague has named them to read it before it goes out
            continue
        greeting = any(unmarked(item["custom_id"]).startswith("members:join") for item in items(one.body or {}))
        if allowed.get("parse") or allowed.get("roles"):
            found.add((0, greeting))
        found |= {(int(user), greeting) for user in allowed.get("users", [])}
    return found


async def _changes(database: Database, user: int) -> list[tuple[str, str]]:
    """What somebody has changed: where they did it, and what."""
    query = select(AuditEntry.origin, AuditEntry.action).where(AuditEntry.actor_discord_id == user)
    async with database.reading() as connection:
        return [(row.origin, row.action) for row in await fetch(connection, query)]


async def _people(place: Place, database: Database) -> None:
    """Two of each kind, of whom one reads Japanese and one English."""
    services = Services(database, SystemClock())
    discord, today = place.discord, local_date(SystemClock().now(), "Asia/Tokyo")
    for (kind, language), user in IDS.items():
        await discord.servers.join(GUILD, user, f"{kind} {language}")
    for user, kind in FORGERS.items():
        await discord.servers.join(GUILD, user, kind)
    await place.officer.use("manage lc state", lc="東京大学", state="member", decision="No. 1")
    await place.officer.use("manage lc state", lc="京都大学", state="member", decision="No. 2")
    (lc,) = [one["value"] for one in await place.officer.complete("lc", "lc", "東京大学")][:1]
    number = int(str(lc).lstrip("#"))
    first, last = fiscal_year(today)
    for kind in KINDS[2:]:
        for language in LANGUAGES:
            await join(services, IDS[kind, language], f"{kind} {language}", school="東京大学", guild=GUILD)
            await services[PeopleService].choose_language(caller(IDS[kind, language], GUILD), language)
    terms = {
        "lc_officer": ("lpo", number, first, last),
        "member": ("lc_member", number, first, last),
        "former_officer": ("national_officer", None, first - timedelta(days=365), first - timedelta(days=1)),
        "national_officer": ("national_officer", None, first, last),
    }
    for kind, (post, where, starts, ends) in terms.items():
        for language in LANGUAGES:
            await appoint_to(services, IDS[kind, language], post, where, starts, ends, guild=GUILD)
    (other,) = [one["value"] for one in await place.officer.complete("lc", "lc", "京都大学")][:1]
    await join(services, GUILD + 901, "elsewhere", school="京都大学", guild=GUILD)
    elsewhere = int(str(other).lstrip("#"))
    await appoint_to(services, GUILD + 901, "lc_member", elsewhere, first, last, guild=GUILD)
    await join(services, GUILD + 902, "officer elsewhere", school="京都大学", guild=GUILD)
    await appoint_to(services, GUILD + 902, "lpo", elsewhere, first, last, guild=GUILD)
    await join(services, GUILD + 903, "officer before", school="東京大学", guild=GUILD)
    long_over = (first - timedelta(days=365), first - timedelta(days=1))
    await appoint_to(services, GUILD + 903, "lpo", number, *long_over, guild=GUILD)
    members = services[MemberService]
    for number_of_claimant in (800, 801, 802, 803):
        claimant = await join(services, GUILD + number_of_claimant, "claimant", school="東京大学", guild=GUILD)
        await members.answer_lc(claimant, LcAnswer.IN)
    for kind in ("member", "lc_officer"):
        for language in LANGUAGES:
            own = await actor(services, IDS[kind, language], GUILD)
            await services[MembershipService].become_member(own)
            await services[MembershipService].report_payment(own, "payer")
    acting = await actor(services, IDS["lc_officer", "ja"], GUILD)
    contacts = services[ContactService]
    await contacts.set_for_lc(acting, number, Detail(Field.MAIL, SECRET, Visibility.OFFICERS))
    await _said_before(services)
    await _planned_before(services)


async def _planned_before(services: Services) -> None:
    """An event of the LC that is full: a member of another LC has the only place. And a series for each of the national
    officers: one edition is announced, and somebody from outside has accepted."""
    for language in LANGUAGES:
        keeper = await actor(services, IDS["national_officer", language], GUILD)
        series = SymposiumDraft(f"Camp talks {language}", "", 1)
        made = await services[SymposiumService].begin(keeper, {"lc_id": None, "committee_id": None}, series)
        keeper = await actor(services, IDS["national_officer", language], GUILD)
        rule = Rule((1, 5, 11), (11,), changes_country=True)
        (first, *_) = await planned(services, keeper, made, rule, keeper.today.year + 1)
        guest = await asked(services, keeper, first.slots[1].slot_id)
        await services[SpeakerService].take(keeper, first.slots[1].slot_id, guest, SpeakerState.ACCEPTED)
        await services[EditionService].announce(keeper, first.edition_id)
    events, officer = services[EventService], await actor(services, IDS["lc_officer", "ja"], GUILD)
    day = officer.today + timedelta(days=5)
    made = await events.begin(officer, f"{day:%Y-%m-%d} 19:00-21:00 Camp evening, max 1")
    await events.post(officer, made, 0)
    for question in (QuestionDraft("学年", "Year"), QuestionDraft("ひとこと", "A word")):
        await services[QuestionService].add(officer, made, question)
    await services[JoiningService].join(await actor(services, GUILD + 901, GUILD), made)


async def _said_before(services: Services) -> None:
    """An announcement with questions that everybody has got, so that there is something to read and to answer."""
    drafts, officer = services[DraftService], await actor(services, IDS["national_officer", "ja"], GUILD)
    content = Content("Camp 2026", "何人来ますか。", "How many of you will come?", "https://example.org/camp")
    made = await drafts.begin(officer, None, content)
    await drafts.set(officer, made, audience=Audience(rule=Everyone()), is_urgent=True)
    deadline = local_time(SystemClock().now(), "Asia/Tokyo").replace(second=0, microsecond=0) + timedelta(days=9)
    await drafts.set(officer, made, deadline=deadline)
    await drafts.add_question(officer, made, NewQuestion(QuestionKind.NUMBER, "How many", "How many", (), True))
    await services[PlanningService].plan(officer, made, (await drafts.show(officer, made)).version)
    link = LinkDraft("Camp", "", "https://example.org/camp", "Camp", officer.today + timedelta(days=1))
    for _ in LANGUAGES:  # each of the two national officers removes one
        await services[LinkService].add(officer, link)
    await _outside(services, acting=officer)


async def _outside(services: Services, *, acting: Actor) -> None:
    """An institution with people to ask, each of whom a national officer deletes, or no longer asks."""
    institutions = services[InstitutionService]
    clinic = await institutions.add(acting, InstitutionDraft("Clinic", "", InstitutionKind.HOSPITAL, "DE"))
    for number in range(6):
        person = PersonDraft(f"Guest {number}", "", "Clinic", "mail")
        made = await services[EnteringService].enter(acting, person)
        await institutions.add_contact(acting, clinic, made, ContactDraft("office", "", "", acting.today))


def typed(language: str, officer: int) -> Callable[[str, str], Any]:
    """What somebody of a language writes where something is asked for."""
    sheet = "大学,状態\n東京大学,団体会員\n" if language == "ja" else "school,state\nUniversity of Tokyo,member\n"

    ja = language == "ja"
    school, place = ("東京大学", "東京") if ja else ("University of Tokyo", "Tokyo")
    known = {
        "file": File("sheet.csv", sheet.encode(), "text/csv"),
        "lc": school,
        "post": "lpo",
        **dict.fromkeys(("person", "successor", "user"), officer),
        "who": GUILD + 900,
        "country": "ドイツ" if ja else "Germany",
        "starts_on": "2026-04-01",
        "when": "30日後 19:00" if ja else "in 30 days at 7pm",
        "every": "毎週" if ja else "every week",
        "due": "30日後" if ja else "in 30 days",
    }

    of_series = {
        ("form symposia:new", "first_number"): "12",
        ("form symposia:rename", "first_number"): "12",
        ("form symposia:rule", "months"): "奇数月" if ja else "odd months",
        ("form symposia:rule", "general"): "",
        ("form symposia:rule", "since"): "",
        ("form symposia:rule", "every"): "1",
        ("form symposia:edition", "number"): "77",
        ("form symposia:edition", "when"): "2099-03",
        ("form symposia:template", "lines"): "座長\n演者：講演" if ja else "chair\nspeaker: Talk",
        ("form symposia:member", "who"): IDS["member", language],
    }

    def answer(where: str, name: str) -> Any:
        if name == "language":
            return language
        if (where, name) == ("/officer announce", "lc"):
            return None  # an officer of one LC speaks for it anyway, a national officer for the organisation
        if where == "form local_committees:answers" and name != "joining":
            return []  # one answer for each committee
        if name == "options":
            return "電車\nバス" if ja else "train\nbus"
        if name == "text":
            return {"form members:find": "e", "form local_committees:ask": "大学" if ja else "University"}.get(
                where, place
            )
        return of_series.get((where, name), known.get(name))

    return answer
