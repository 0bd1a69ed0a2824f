from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Date, column, event, insert, inspect, select, table, text

from bot import schema
from bot.db import Base, Database, Instant, fetch
from bot.deliveries.models import Action, RecipientKind
from bot.deliveries.values import Recipient
from bot.errors import Conflict, StartError
from bot.features import Services
from bot.features.announcements.drafts import DraftService, TemplateService
from bot.features.announcements.models import Announcement
from bot.features.announcements.values import Content
from bot.features.asks.asking import close
from bot.features.attendance.desks import DeskService
from bot.features.attendance.helping import HelpingService
from bot.features.attendance.ticking import TickingService
from bot.features.audiences.rules import Audience, Members, TheseLcs
from bot.features.calendars.models import ScopeKind
from bot.features.calendars.service import CalendarService
from bot.features.calendars.values import Scope
from bot.features.channels.servers import LcServerService
from bot.features.contacts.models import Field
from bot.features.contacts.service import ContactService, Detail
from bot.features.discord_roles.service import DiscordRoleService
from bot.features.events.choices import ChoicesDraft, ChoiceService
from bot.features.events.copies import CopyingService
from bot.features.events.hosts import HostService
from bot.features.events.inviting import InvitationService
from bot.features.events.joining import JoiningService
from bot.features.events.lists import Which
from bot.features.events.mirroring import MirrorService, Need
from bot.features.events.models import AnswerKind
from bot.features.events.models import Audience as ForWhom
from bot.features.events.naming import NamingService
from bot.features.events.news import NewsService, Topic
from bot.features.events.picturing import PictureService
from bot.features.events.placing import PlacingService
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.questions import QuestionService
from bot.features.events.reporting import ReportDraft, ReportService
from bot.features.events.service import EventService
from bot.features.events.threads import ThreadService
from bot.features.events.weeks import WeekService
from bot.features.guests.inviting import InvitingService
from bot.features.guests.lists import NameListService
from bot.features.guests.rules import Entry
from bot.features.guests.service import GuestService
from bot.features.handovers.checklists import ChecklistService, TickService
from bot.features.handovers.notes import PostNoteService
from bot.features.handovers.service import HandoverService
from bot.features.institutions.entering import EnteringService
from bot.features.institutions.models import InstitutionKind
from bot.features.institutions.rules import ContactDraft, InstitutionDraft, PersonDraft
from bot.features.institutions.service import InstitutionService
from bot.features.links.rules import LinkDraft
from bot.features.links.service import LinkService
from bot.features.members import rules
from bot.features.members.models import Contact, LcClaim, Visibility
from bot.features.members.service import MemberService
from bot.features.memberships.fees import FeeService
from bot.features.memberships.lc_stays import CarryService
from bot.features.memberships.service import MembershipService
from bot.features.memberships.staff import LeavingStaffService
from bot.features.people.models import Grant, Level, Person, Reach
from bot.features.people.rules import Right
from bot.features.people.service import PeopleService
from bot.features.people.terms import LC_MEMBER
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.models import Claim
from bot.features.posts.values import PostDraft
from bot.features.questionnaires import service
from bot.features.questionnaires.models import AskedParty, QuestionKind
from bot.features.questionnaires.service import BoardService, NewQuestion, Party, QuestionnaireService
from bot.features.record_keeping.merging import MergingService
from bot.features.record_keeping.models import Keeping, RosterRequest
from bot.features.setups.service import SetupService
from bot.features.sheets.service import SheetService
from bot.features.sheets.uploads import upload_waiting
from bot.features.sheets.values import Preview
from bot.features.signups.models import Mode, PartyState
from bot.features.signups.placing import PlaceRules
from bot.features.signups.service import SignUpService
from bot.features.tasks.models import Task
from bot.features.tasks.reminding import TaskWatch
from bot.features.tasks.service import TaskService
from tests.certificates.support import held, issued
from tests.events.support import CHANNEL, PHOTO, draft_of, posted
from tests.signups.support import opened as new_sign_up
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, opened, postgres_url
from tests.support.deliveries import new, put, states
from tests.support.homes import facts_of
from tests.support.members import join
from tests.support.people import (
    ADMIN,
    GUILD,
    NEWCOMER,
    OFFICER,
    OTHER,
    REPRESENTATIVE,
    actor,
    appoint_to,
    caller,
    found_organisation,
    represented_lc,
)
from tests.symposia.support import asked, begun, planned


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/new/folder/tsunagu.db"
    if postgres_url() is None:
        pytest.skip("PostgreSQL is not installed, and TSUNAGU_TEST_POSTGRES_URL names none")
    return await databases.empty_postgres("_empty")


async def move(database: Database, direction: str, target: str) -> None:
    def run(connection: Connection) -> None:
        getattr(command, direction)(schema.config(connection), target)

    async with database.writing() as session:
        await (await session.connection()).run_sync(run)


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names())) - {"sqlite_sequence"}


async def test_up_down_and_up_again_with_data_in_it(empty_url: str) -> None:
    async with opened(empty_url) as database:
        assert await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        await services[PeopleService].choose_language(caller(), "en")
        await services[MemberService].consent(await actor(services), "en", rules.VERSION)
        full = await tables(database)
        await move(database, "downgrade", "base")
        assert await tables(database) == {"alembic_version"}
        assert await schema.upgrade(database)
        assert await tables(database) == full
        await found_organisation(services, guild=GUILD)
        assert (await actor(services)).organisation.name_en == "IFMSA-Japan"


async def test_indexes_and_what_is_unique_are_called_as_the_models_say(empty_url: str) -> None:
    """A later migration names them to change them, on both databases."""

    def named(sync: Connection) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        preparer, inspector = sync.dialect.identifier_preparer, inspect(sync)
        said, found = {}, {}
        inspector.get_table_names()  # SQLite's pragmas alone would still see the tables of before
        for name, one in Base.metadata.tables.items():
            unique = [each for each in one.constraints if isinstance(each, sa.UniqueConstraint)]
            said[name] = {str(preparer.format_index(each)).strip(chr(34)) for each in one.indexes}
            said[name] |= {str(preparer.format_constraint(each)).strip(chr(34)) for each in unique}
            found[name] = {str(each["name"]) for each in inspector.get_indexes(name)}
            found[name] |= {str(each["name"]) for each in inspector.get_unique_constraints(name)}
        return said, found

    async with opened(empty_url) as database:
        await schema.upgrade(database)
        async with database.engine.connect() as connection:
            said, found = await connection.run_sync(named)
    assert {n: (said[n] - found[n], found[n] - said[n]) for n in said if said[n] != found[n]} == {}


async def test_an_association_from_before_gets_its_committees(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        await move(database, "downgrade", "0001")
        async with database.engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM local_committees")) == 82
        assert await schema.upgrade(database)
        async with database.engine.connect() as connection:
            names = (await connection.scalars(text("SELECT key FROM standing_committees ORDER BY position"))).all()
        assert names == ["scope", "score", "scoph", "scora", "scome", "scorp"]


async def test_the_way_down_takes_contact_details_and_the_way_up_knows_the_regions_other_name(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        lc = await represented_lc(services)
        representative = await actor(services, REPRESENTATIVE)
        await services[ContactService].set_for_lc(representative, lc, Detail(Field.MAIL, "lc@example.org"))
        (own,) = await services[ContactService].own(representative, lc)
        await services[ContactService].set_own(representative, own.term_id, Detail(Field.HOW, "夜に"))
        await move(database, "downgrade", "0003")
        async with database.engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM terms")) == 3
        assert await schema.upgrade(database)
        assert (await services[ContactService].of(representative, lc)).details == []
        async with database.engine.connect() as connection:
            aliases = (await connection.scalars(text("SELECT aliases FROM regions ORDER BY position"))).all()
        assert [alias for alias in aliases if alias] == ["関西"]


async def test_the_version_before_knows_no_handovers_and_keeps_the_terms(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        lc = await represented_lc(services)
        holder, handovers = await actor(services, REPRESENTATIVE), services[HandoverService]
        (term,) = await handovers.mine(holder)
        await handovers.name(holder, term.term_id, 77, "新人")
        await services[PostNoteService].write(holder, term.term_id, "鍵")
        await services[ChecklistService].set_date(holder, lc, (11, 1))
        await services[DiscordRoleService].note_trouble(1, {5})
        await services[DiscordRoleService].note_guests(1, 6, {7}, set())
        await move(database, "downgrade", "0007")
        assert await schema.upgrade(database)
        card = await handovers.card(holder, term.term_id)
        assert (card.ending.candidate, card.ending.last_day) == (None, term.ends_on)
        assert (await services[PostNoteService].read(holder, term.term_id)).of == 0


async def test_the_version_before_knows_no_links_and_plans_nothing_about_them(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        officer, links = await actor(services, OFFICER), services[LinkService]
        draft = LinkDraft("便覧", "Handbook", "https://example.org", "入門", date(2027, 4, 1))
        first = await links.add(officer, draft)
        await move(database, "downgrade", "0021")
        assert "links" not in await tables(database)
        assert not [key for key in await states(database) if key.startswith("links:")]
        assert await schema.upgrade(database)
        assert await links.links(officer) == []
        assert await links.add(officer, draft) == first
        assert len(await services[TaskService].all(officer)) == 1


async def test_addresses_of_calendars_are_unknown_to_the_version_before(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        officer, calendars = await actor(services, OFFICER), services[CalendarService]
        token = await calendars.make(officer, Scope(ScopeKind.ORGANISATION))
        await move(database, "downgrade", "0031")
        assert "calendar_addresses" not in await tables(database)
        assert await schema.upgrade(database)
        assert await calendars.behind(token) is None, "nobody has its address any more"
        assert await calendars.behind(await calendars.make(officer, Scope(ScopeKind.ORGANISATION))) is not None


async def test_addresses_of_guests_are_unknown_to_the_version_before(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        maker, guests = await actor(services, REPRESENTATIVE), services[GuestService]
        event = await posted(services, maker)
        shared = (await services[InvitingService].text(maker, event.event_id, is_public=True)).token
        assert shared is not None
        own = await guests.enter(shared, Entry("札幌 四郎"))
        await move(database, "downgrade", "0036")
        assert not {"guest_addresses", "guest_notices"} & set(await tables(database))
        assert await schema.upgrade(database)
        assert [await guests.look(one) for one in (shared, own)] == [None, None], "nobody has these any more"
        again = (await services[InvitingService].text(maker, event.event_id, is_public=True)).token
        assert again is not None
        shown = await guests.look(again)
        assert shown is not None
        assert shown.event.counts is not None
        assert shown.event.counts.accepted == 1, "who signed up by one keeps the place"


async def test_names_that_were_pasted_are_pasted_again_after_a_way_down(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        maker, lists = await actor(services, REPRESENTATIVE), services[NameListService]
        event = await posted(services, maker)
        assert event.signup_id is not None
        await lists.paste(maker, event.signup_id, "佐藤 参加")
        await move(database, "downgrade", "0041")
        assert "guest_name_lists" not in await tables(database)
        assert await schema.upgrade(database)
        done = await lists.confirm(maker, await lists.paste(maker, event.signup_id, "佐藤 参加"))
        assert done.accepted == 1


async def test_the_version_before_mirrors_no_events(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        await posted(services, await actor(services, REPRESENTATIVE))
        mirrors = services[MirrorService]
        (plan,) = await mirrors.plan(1, is_daily=False)
        assert await mirrors.note(plan.steps[0])
        await move(database, "downgrade", "0032")
        assert "event_mirrors" not in await tables(database)
        assert not [key for key in await states(database) if key.startswith("events:mirror")]
        assert await schema.upgrade(database)
        (again,) = await mirrors.plan(1, is_daily=True)
        assert again.steps[0].need is Need.MAKE


async def test_an_event_of_an_lc_stays_one_through_the_version_before(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        representative, events = await actor(services, REPRESENTATIVE), services[EventService]
        only, all_ = await draft_of(services, representative), await posted(services, representative)
        await events.edit(representative, only.event_id, only.version, audience=ForWhom.LC)
        await events.post(representative, only.event_id, only.version + 1, CHANNEL)
        await move(database, "downgrade", "0033")
        assert await schema.upgrade(database)
        query = text("SELECT for_lc_only FROM signups ORDER BY owner_id")
        async with database.engine.connect() as connection:
            found = [bool(row[0]) for row in await connection.execute(query)]
        assert only.event_id < all_.event_id
        assert found == [True, False]


async def test_a_sign_up_keeps_its_rules_through_the_version_before(empty_url: str) -> None:
    """A draft forgets them, as it has nowhere to keep them."""
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        representative, events = await actor(services, REPRESENTATIVE), services[EventService]
        given = PlaceRules(Mode.APPROVAL, 10, 2, 3)
        numbers = []
        for _ in range(2):
            draft = await draft_of(services, representative)
            await services[PlacingService].set(representative, draft.event_id, given, draft.place_rules)
            numbers.append(draft.event_id)
        await events.post(representative, numbers[0], 1, CHANNEL)
        await move(database, "downgrade", "0037")
        assert await schema.upgrade(database)
        assert (await events.event(representative, numbers[0])).place_rules == given
        assert (await events.draft(representative, numbers[1])).event.place_rules == PlaceRules(limit=10)


async def test_the_version_before_keeps_no_templates_of_events(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        representative, copying = await actor(services, REPRESENTATIVE), services[CopyingService]
        event = await posted(services, representative)
        await copying.keep(representative, event.event_id, "定例会")
        await move(database, "downgrade", "0045")
        assert "event_templates" not in await tables(database)
        assert await schema.upgrade(database)
        assert await copying.templates(representative) == []
        assert await copying.keep(representative, event.event_id, "定例会")


async def test_an_event_is_its_own_places_alone_in_the_version_before(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        representative, other = await actor(services, REPRESENTATIVE), await actor(services, OTHER)
        event, hosting = await posted(services, representative), services[HostService]
        for _ in range(2):
            await hosting.ask(representative, event.event_id, other.lc_ids[0])
            _, (host,) = await hosting.hosts(representative, event.event_id)
            await hosting.answer(other, host.host_id, accepts=True)
            await move(database, "downgrade", "0046")
            assert "event_hosts" not in await tables(database)
            assert not [key for key in await states(database) if key.startswith("events:host")]
            assert await schema.upgrade(database)
            assert (await services[EventService].event(representative, event.event_id)).hosts == ()


async def test_the_version_before_knows_no_certificates(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        await represented_lc(services)
        student = await join(services, NEWCOMER, "東京 花子", contact=Contact.DIRECT)
        event = await held(services, clock, await actor(services, REPRESENTATIVE), student)
        for _ in range(2):
            await schema.upgrade(database)
            await issued(services, event.event_id)
            assert [key for key in await states(database) if key.startswith("certificates:issued")]
            await move(database, "downgrade", "0047")
            assert "certificates" not in await tables(database)
            assert not [key for key in await states(database) if key.startswith("certificates:issued")]


async def test_the_version_before_knows_no_series_of_editions(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        owner = await join(services, OFFICER, "役員 花")
        for number in (1, 2):
            symposium_id = await begun(services, owner)
            assert symposium_id == 1, number  # nothing of the one before is left
            (edition, *_) = await planned(services, await actor(services, OFFICER), symposium_id)
            await asked(services, owner, edition.slots[1].slot_id)
            await move(database, "downgrade", "0050")
            assert "editions" not in await tables(database)
            assert not [key for key in await states(database) if key.startswith("symposia:")]
            async with database.reading() as connection:
                assert not await fetch(connection, select(Task.id))
                assert not await fetch(connection, select(Grant.id).where(Grant.right == "keep_symposia"))
            assert await schema.upgrade(database)


async def test_who_came_goes_with_the_version_before_and_the_event_stays(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        await represented_lc(services)
        representative = await join(services, REPRESENTATIVE, "代表 花")
        event, desks = await posted(services, representative), services[DeskService]
        for _ in range(2):
            await desks.open(representative, event.event_id)
            await services[HelpingService].add(representative, event.event_id, [REPRESENTATIVE])
            clock.go(days=14)
            await services[TickingService].walk_in(representative, event.event_id, (0, 0), 0, "飛入 三郎")
            assert (await desks.desk(representative, event.event_id)).tally.came == 1
            clock.go(days=-14)
            await move(database, "downgrade", "0049")
            assert not [name for name in await tables(database) if name.startswith("attendance")]
            assert await schema.upgrade(database)
            assert (await desks.desk(representative, event.event_id)).door.codes is None
            assert (await services[HelpingService].helpers(representative, event.event_id))[1] == []


async def test_occurrences_are_events_of_their_own_in_the_version_before(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        officer = await join(services, OFFICER, "役員 花")
        events = services[EventService]
        event_id = await events.begin(officer, "毎月第3土曜 14:00-16:00 定例会", 8_000)
        await events.post(officer, event_id, 0, 8_000)
        before = [one.event_id for one in await events.coming(officer, Which.COMING)]
        await move(database, "downgrade", "0034")
        assert "event_series" not in await tables(database)
        assert not [key for key in await states(database) if key.startswith("events:series")]
        assert await schema.upgrade(database)
        assert [one.event_id for one in await events.coming(officer, Which.COMING)] == before
        assert (await events.event(officer, event_id)).repeat is None


async def test_invitations_subscriptions_and_weeks_go_with_the_version_before(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        lc = await represented_lc(services)
        representative, inviting = await join(services, REPRESENTATIVE, "代表 花"), services[InvitationService]
        guest = await join(services, REPRESENTATIVE + 90, "学生 一", contact=Contact.DIRECT)
        await services[MemberService].choose_visibility(guest, Visibility.EVERYBODY)
        card = await posted(services, representative)
        assert guest.person_id is not None
        await inviting.invite(representative, card.event_id, [guest.person_id])
        await services[NewsService].choose(guest, Topic.ONLINE, yes=True)
        await services[WeekService].switch(representative, lc, on=False)
        await services[MemberService].choose_event_messages(guest, yes=False)
        await move(database, "downgrade", "0038")
        assert not {one for one in await tables(database) if one.startswith(("event_inv", "event_sub", "event_weeks"))}
        left = [key for key in await states(database) if key.startswith("events:")]
        assert {key.split(":")[1] for key in left} <= {"post", "remind", "mirror", "show", "tell"}
        assert await schema.upgrade(database)
        assert (await inviting.invitations(representative, card.event_id)).counts == {}
        assert await inviting.invite(representative, card.event_id, [guest.person_id]) == 1
        seen = await services[NewsService].subscription(guest)
        assert (seen.chosen, seen.wants_none) == (frozenset(), False)


async def test_the_version_before_leaves_the_ways_to_take_part_in_the_sign_up(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        representative, choices = await join(services, REPRESENTATIVE, "代表 花"), services[ChoiceService]
        card = await posted(services, representative)
        await choices.set(representative, card.event_id, ChoicesDraft("会場\nオンライン"))
        await move(database, "downgrade", "0042")
        assert await schema.upgrade(database)
        (way, _) = (await services[JoiningService].way(representative, card.event_id)).choices
        placed = await services[JoiningService].join(representative, card.event_id, None, way.choice_id)
        assert placed.state is PartyState.ACCEPTED


async def test_the_version_before_asks_nothing_at_events(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        representative, questions = await actor(services, REPRESENTATIVE), services[QuestionService]
        card = await posted(services, representative)
        draft = QuestionDraft("お弁当", "Lunch", AnswerKind.CHOICE, ("肉", "魚"), is_required=True)
        number = await questions.add(representative, card.event_id, replace(draft, is_sensitive=True))
        guest = await join(services, OFFICER, "役員 花")
        await services[JoiningService].join(guest, card.event_id, {number: ["魚"]})
        await move(database, "downgrade", "0039")
        assert not {"event_questions", "event_answers"} & await tables(database)
        assert not [key for key in await states(database) if key.startswith("events:forget")]
        assert await schema.upgrade(database)
        assert (await questions.questions(representative, card.event_id)).questions == []
        assert (await services[EventService].event(guest, card.event_id)).mine is not None
        assert await questions.add(representative, card.event_id, draft) == number


async def test_the_version_before_knows_no_threads_and_names(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        representative = await actor(services, REPRESENTATIVE)
        event = await posted(services, representative)
        await services[NamingService].show_names(representative, event.event_id, yes=True)
        await services[ThreadService].made(representative, event.event_id, CHANNEL, 77)
        guest = await join(services, REPRESENTATIVE + 90, "学生 一")
        await services[JoiningService].join(guest, event.event_id, is_named=True)
        await move(database, "downgrade", "0044")
        assert not {"event_names", "event_threads"} & await tables(database)
        assert await schema.upgrade(database)
        again = await services[EventService].event(representative, event.event_id)
        assert (again.shows_names, again.thread_id) == (False, None)
        await services[ThreadService].made(representative, event.event_id, CHANNEL, 77)


async def test_an_event_has_no_picture_in_the_version_before(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        representative = await actor(services, REPRESENTATIVE)
        event = await posted(services, representative)
        await services[PictureService].add(representative, event.event_id, PHOTO)
        await move(database, "downgrade", "0040")
        assert "event_pictures" not in await tables(database)
        assert await schema.upgrade(database)
        again = await services[EventService].event(representative, event.event_id)
        assert (again.picture_id, again.has_banner) == (None, True)
        await services[PictureService].add(representative, event.event_id, PHOTO)


async def test_an_event_says_nothing_of_what_it_was_like_in_the_version_before(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        await represented_lc(services)
        representative = await actor(services, REPRESENTATIVE)
        event = await posted(services, representative)
        clock.go(days=30)
        reports = services[ReportService]
        await reports.add(representative, event.event_id, PHOTO, agreed=True)
        await reports.write(representative, event.event_id, ReportDraft("よかった"), ReportDraft(""))
        await move(database, "downgrade", "0048")
        assert "event_report_pictures" not in await tables(database)
        assert await schema.upgrade(database)
        again = await services[EventService].event(representative, event.event_id)
        assert (again.report, again.pictures, again.title_ja) == ("", 0, event.title_ja)
        await reports.add(representative, event.event_id, PHOTO, agreed=True)


async def test_reviews_of_links_are_tasks_and_jobs_of_their_own_in_the_version_before(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        await found_organisation(services)
        officer = await join(services, OFFICER, "役員 花", contact=Contact.DIRECT)
        links, tasks = services[LinkService], services[TaskService]
        draft = LinkDraft("便覧", "Handbook", "https://example.org", "入門", date(2026, 12, 1))
        told = await links.add(officer, draft)
        later = await links.add(officer, replace(draft, review_on=date(2027, 2, 1)))
        clock.go(days=12)
        await services[TaskWatch].look(1)
        await move(database, "downgrade", "0022")
        keys = await states(database)
        assert not [key for key in keys if key.startswith("tasks:")]
        assert {key: keys[key] for key in keys if key.startswith("links:")} == {
            f"links:look:{later}:again:{date(2027, 2, 1).toordinal()}": "pending"
        }, "of what was told nobody is told again"
        async with database.writing() as session:  # as the version before tells of it
            waiting = text("UPDATE deliveries SET key = :key, kind = 'links:review' WHERE kind = 'links:look'")
            await session.execute(waiting, {"key": f"links:review:{told}:again:{date(2026, 12, 1).toordinal()}"})
        assert await schema.upgrade(database)
        assert not [key for key in await states(database) if key.startswith("links:")]
        lines = await tasks.all(officer)
        assert [(line.subject_id, line.due_on, line.person) for line in lines] == [
            (told, date(2026, 12, 1), "役員 花"),
            (later, date(2027, 2, 1), "役員 花"),
        ]
        await services[TaskWatch].look(1)
        assert not [key for key in await states(database) if key.startswith("tasks:bundle")], "that was said before"
        clock.go(days=70)
        await services[TaskWatch].look(1)
        (key,) = [key for key in await states(database) if key.startswith("tasks:bundle")]
        assert key.endswith("2027-02-11")


async def test_the_version_before_knows_nobody_without_an_account(empty_url: str) -> None:
    """Nobody could ask them whether they want to be kept: their names go, their numbers stay."""
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        officer, entering, institutions = (
            await actor(services, OFFICER),
            services[EnteringService],
            services[InstitutionService],
        )
        hospital = InstitutionDraft("見本病院", "", InstitutionKind.HOSPITAL, "JP")
        first = await institutions.add(officer, hospital)
        person = await entering.enter(officer, PersonDraft("例 花子", "", "見本病院", "本人の承諾"))
        await institutions.add_contact(officer, first, person, ContactDraft("受付", "", "", date(2026, 4, 1)))
        await move(database, "downgrade", "0022")
        assert not {"institutions", "institution_contacts", "entered_people"} & await tables(database)
        async with database.engine.connect() as connection:
            names = (await connection.execute(text("SELECT id, display_name FROM people ORDER BY id"))).all()
        assert [tuple(row) for row in names] == [(officer.person_id, "役員 一号"), (person, "")]
        assert await schema.upgrade(database)
        assert await institutions.found(officer) == []
        assert await entering.found(officer) == []
        await institutions.add(officer, hospital)
        again = await entering.enter(officer, PersonDraft("例 花子", "", "見本病院", "本人の承諾"))
        assert again > person, "no number is given twice"


async def test_what_was_asked_for_is_known_in_both_directions(empty_url: str) -> None:
    """Of requests for a record on a sheet, the version before kept those that waited."""
    old = {
        "claims": ["pending", "confirmed", "declined"],
        "lc_claims": ["pending", "confirmed", "declined", "withdrawn"],
    }
    new = {name: ["granted" if one == "confirmed" else one for one in old[name]] for name in old}
    at, day = FakeClock().now(), date(2026, 11, 1)
    term = {"post_id": 1, "discord_user_id": 7, "display_name": "x", "starts_on": day, "ends_on": day}
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await represented_lc(services)
        people = [(await join(services, ADMIN + 500 + n, f"人 {n}")).person_id for n in range(4)]

        async def stands(name: str, column: str) -> list[Any]:
            await database.engine.dispose()  # PostgreSQL's connections know how the tables were before
            table = sa.table(name, sa.column("id"), sa.column(column))
            async with database.engine.connect() as connection:
                return list(await connection.scalars(sa.select(table.c[column]).order_by(table.c.id)))

        async def add(name: str, **values: Any) -> None:
            values["organisation_id"] = 1
            columns = [sa.column(key, Instant() if key.endswith("_at") else None) for key in values]
            async with database.writing() as session:
                await session.execute(sa.insert(sa.table(name, *columns)).values(**values))

        await move(database, "downgrade", "0024")
        for state in old["claims"]:
            await add("claims", lc_id=1, state=state, claimed_at=at, **term)
        for state, person in zip(old["lc_claims"], people, strict=True):
            await add("lc_claims", lc_id=1, state=state, claimed_at=at, person_id=person)
        for person in people[:2]:
            await add("roster_requests", person_id=person, asked_at=at)
        for _ in range(2):
            assert await schema.upgrade(database)
            assert {name: await stands(name, "state") for name in old} == new
            assert set(await stands("roster_requests", "state")) == {"pending"}
            async with database.reading() as connection:
                for table in (Claim, LcClaim, RosterRequest):
                    assert set(await connection.scalars(sa.select(table.asked_at))) == {at}
            async with database.writing() as session:
                answered = sa.update(RosterRequest).where(RosterRequest.person_id == people[1])
                await session.execute(answered.values(state="granted"))
            await move(database, "downgrade", "0024")
            assert {name: await stands(name, "state") for name in old} == old
            assert await stands("roster_requests", "person_id") == people[:1]
            if database.is_sqlite:  # no number is given twice
                async with database.engine.connect() as connection:
                    counted = set(await connection.scalars(text("SELECT name FROM sqlite_sequence")))
                assert {*old, "roster_requests"} <= counted


async def test_the_version_before_lets_each_officer_do_everything_and_so_does_the_way_up(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        lc = await represented_lc(services)
        officer, posts = await actor(services, OFFICER), services[PostCatalogueService]
        await posts.add(officer, PostDraft("企画", "Planning", Level.LC, None, is_single=False))
        for one in await posts.entries(officer):
            if one.key == "lc_representative":
                await posts.allow(officer, one.post_id, Reach.PLACE, [])
        assert not (await actor(services, REPRESENTATIVE)).may(Right.EDIT_LC, lc)
        await move(database, "downgrade", "0024")
        assert not {"grants", "post_rights"} & await tables(database)
        assert await schema.upgrade(database)
        assert (await actor(services, REPRESENTATIVE)).may(Right.EDIT_LC, lc)
        assert not (await actor(services, REPRESENTATIVE)).may(Right.KEEP_FEES)
        entries = await posts.entries(await actor(services, OFFICER))
        assert {one.rights for one in entries if one.key != LC_MEMBER} == {frozenset({("everything", "place")})}
        assert [one.key for one in entries if one.key == LC_MEMBER and one.rights] == []
        assert len([one for one in entries if one.needs_look]) == len(entries) - 2, "also of what they made themselves"


async def test_committees_get_their_look_and_the_version_before_counts_no_answers(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        lc = await represented_lc(services)
        async with database.writing() as session:
            questionnaire_id = await service.begin(session, 1, "合宿")
            question = NewQuestion(QuestionKind.NUMBER, "何人", "", (), True)
            await service.add_question(session, questionnaire_id, question)
            await service.open_to(session, questionnaire_id, "合宿", [Party(lc)], None, clock.now())
        representative, questions = await actor(services, REPRESENTATIVE), services[QuestionnaireService]
        (asked,) = (await questions.paper(representative, questionnaire_id, Party(lc))).questions
        await questions.answer(representative, questionnaire_id, Party(lc), {asked.question_id: "3"})
        looks = text("SELECT key, emoji, colour FROM standing_committees ORDER BY position")
        async with database.engine.connect() as connection:
            before = [tuple(row) for row in await connection.execute(looks)]
        assert len({(emoji, colour) for _, emoji, colour in before}) == 6, "each has its own"
        assert [key for key in await states(database) if key.startswith("questionnaires:answered")]
        await move(database, "downgrade", "0028")
        assert not [key for key in await states(database) if key.startswith("questionnaires:answered")]
        assert await schema.upgrade(database)
        async with database.engine.connect() as connection:
            assert [tuple(row) for row in await connection.execute(looks)] == before
        assert (await questions.paper(representative, questionnaire_id, Party(lc))).sheet is not None


async def test_what_a_message_shows_an_lc_may_be_unknown_and_is_else_kept(empty_url: str) -> None:
    """Also in a database that was at 0029 before."""
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        content = Content("総会", "本文", "", "")
        announcement = await services[DraftService].begin(await actor(services, OFFICER), None, content)
        await move(database, "downgrade", "0035")
        post = text(
            "INSERT INTO announcement_posts (announcement_id, place, delivery_key, shows_answered) "
            "VALUES (:announcement, 'national', :key, :shown)"
        )
        shown = text("SELECT delivery_key, shows_answered FROM announcement_posts ORDER BY delivery_key")

        async def seen() -> list[tuple[str, bool | None]]:
            async with database.reading() as connection:
                rows = (await connection.execute(shown)).all()
            return [(key, None if is_shown is None else bool(is_shown)) for key, is_shown in rows]

        async with database.writing() as session:
            await session.execute(post, {"announcement": announcement, "key": "a", "shown": True})
        await move(database, "upgrade", "0036")
        async with database.writing() as session:
            await session.execute(post, {"announcement": announcement, "key": "b", "shown": None})
        assert await seen() == [("a", True), ("b", None)]
        await move(database, "downgrade", "0035")
        assert await seen() == [("a", True), ("b", False)]
        assert await schema.upgrade(database)
        assert await seen() == [("a", True), ("b", False)]


async def test_the_version_before_knows_no_sign_ups(empty_url: str) -> None:
    """Nothing of one is left: on the way up its numbers and keys are given again."""
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        await represented_lc(services)
        representative, signups = await actor(services, REPRESENTATIVE), services[SignUpService]
        begins_at = clock.last + timedelta(days=9)
        for _ in range(2):
            signup_id = await new_sign_up(services, representative, limit=1, mode=Mode.APPROVAL, begins_at=begins_at)
            keys = {key for key in await states(database) if key.startswith("signups:look")}
            assert keys == {f"signups:look:{signup_id}:close", f"signups:look:{signup_id}:last_call"}
            await signups.apply(representative, signup_id)
            assert len(await services[TaskService].mine(representative)) == 1
            await move(database, "downgrade", "0029")
            assert not [key for key in await states(database) if key.startswith("signups:")]
            assert len(await services[TaskService].mine(representative)) == 0
            assert await schema.upgrade(database)
        assert await signups.mine(representative) == []


async def test_what_was_told_as_trouble_stays_told_in_both_directions(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        roles = services[DiscordRoleService]
        await roles.note_trouble(1, {5})
        await move(database, "downgrade", "0011")
        assert await schema.upgrade(database)
        found = await roles.trouble(1)
        assert found is not None
        assert found.roles == (5,)


async def test_the_version_before_knows_no_servers_of_lcs(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        linked = await found_organisation(services)
        officer, servers = await actor(services, OFFICER), services[LcServerService]
        code, _ = await servers.new_code(officer, 3)
        manager = caller(ADMIN, GUILD + 1, manages=True)
        await servers.link(manager, code, None)
        setups = services[SetupService]
        own = await setups.linked(manager)
        assert own is not None
        await setups.note_part(caller(ADMIN, manages=True), linked.server_id, "channel:home", 5)
        await setups.note_part(manager, own.server_id, "channel:home", 6)
        await move(database, "downgrade", "0003")
        async with database.engine.connect() as connection:
            guilds = (await connection.scalars(text("SELECT discord_guild_id FROM servers"))).all()
            parts = (await connection.scalars(text("SELECT discord_id FROM server_parts"))).all()
        assert (guilds, parts) == ([GUILD], [5])
        assert await schema.upgrade(database)
        assert await setups.linked(manager) is None
        still = await setups.linked(caller(ADMIN, manages=True))
        assert still is not None
        assert (still.own, dict(still.parts)) == (None, {"channel:home": 5})


async def test_going_back_before_sheets_keeps_what_was_imported(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        officer, sheets = await actor(services, OFFICER), services[SheetService]
        for line in ("架空大学,東京都,見本 花", "例示大学,大阪府,見本 葉"):
            looked = await sheets.begin(officer, "local_committees", "lc.csv", f"大学名,県,代表者名\n{line}".encode())
            assert isinstance(looked, Preview)
            if line.startswith("架空"):
                await sheets.carry_out(officer, looked.upload_id)
        await move(database, "downgrade", "0003")
        async with database.engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM local_committees")) == 83
            assert await connection.scalar(text("SELECT count(*) FROM claim_codes")) == 1
        assert await schema.upgrade(database)
        assert not await facts_of(services, officer, upload_waiting)


async def test_going_back_before_memberships_keeps_people_and_deliveries(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        member = await join(services, REPRESENTATIVE, "山田 花")
        await services[MembershipService].become_member(member)
        officer, sheets = await actor(services, OFFICER), services[SheetService]
        looked = await sheets.begin(officer, "people", "p.csv", "氏名,同意\n例山 健,はい".encode())
        await move(database, "downgrade", "0009")
        assert not {"fees", "memberships", "roster_entries", "spared_spells"} & await tables(database)
        async with database.engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM profiles")) == 1
            assert await connection.scalar(text("SELECT count(*) FROM sheet_uploads")) == 1
            due = await connection.scalar(text("SELECT count(*) FROM deliveries WHERE state = 'pending'"))
        assert due
        assert await schema.upgrade(database)
        assert (await services[MembershipService].own(member)).fee is None
        assert isinstance(looked, Preview)
        assert isinstance(await sheets.look(officer, looked.upload_id), Preview), "an upload of before has no answers"


async def test_the_version_before_knows_no_former_records_and_keeps_the_one_that_they_became(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        kept, gone = (
            await join(services, REPRESENTATIVE, "山田 花"),
            await join(services, REPRESENTATIVE + 9, "山田 華"),
        )
        officer, merging = await actor(services, OFFICER), services[MergingService]
        assert kept.person_id is not None
        assert gone.person_id is not None
        preview = await merging.preview(officer, kept.person_id, gone.person_id)
        await merging.merge(officer, kept.person_id, gone.person_id, preview.token)
        await move(database, "downgrade", "0011")
        assert "former_records" not in await tables(database)
        assert await schema.upgrade(database)
        async with database.engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM former_records")) == 0
            assert await connection.scalar(text("SELECT count(*) FROM profiles")) == 1
        assert (await actor(services, REPRESENTATIVE)).person_id == kept.person_id


async def test_going_back_before_questions_to_persons_keeps_what_lcs_were_asked_and_said(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        lc = await represented_lc(services)
        member = await join(services, REPRESENTATIVE + 9, "山田 花")
        parties = [Party(lc_id=lc), Party(person_id=member.person_id)]
        word = NewQuestion(QuestionKind.TEXT, "ひとこと", "", (), False)
        asked = []
        for party in parties:
            async with database.writing() as session:
                asked.append(await service.begin(session, 1, "合宿"))
                await service.add_question(session, asked[-1], word)
                await service.open_to(session, asked[-1], "合宿", [party], None, FakeClock().now())
        representative, answers = await actor(services, REPRESENTATIVE), services[QuestionnaireService]
        for who, number, party in zip((representative, member), asked, parties, strict=True):
            (question,) = (await answers.paper(who, number, party)).questions
            await answers.answer(who, number, party, {question.question_id: "はい"})
        officer, drafts = await actor(services, OFFICER), services[DraftService]
        draft = await drafts.begin(officer, None, Content("合宿", "", "", ""))
        await drafts.set(officer, draft, audience=Audience(rule=Members(years=(3,))))
        await services[TemplateService].keep(officer, draft, "合宿")
        await move(database, "downgrade", "0012")
        async with database.engine.connect() as connection:
            assert (await connection.execute(text("SELECT questionnaire_id, lc_id FROM asked_lcs"))).all() == [
                (asked[0], lc)
            ]
            assert await connection.scalar(text("SELECT count(*) FROM answer_sheets")) == 1
            columns = await connection.run_sync(lambda sync: inspect(sync).get_columns("answer_sheets"))
        assert {one["name"]: one["nullable"] for one in columns}["lc_id"] is False
        assert await schema.upgrade(database)
        (row,) = (await services[BoardService].board(officer, asked[0])).rows
        assert (row.party, row.has_answered) == (parties[0], True)
        assert (await services[BoardService].board(officer, asked[1])).rows == []
        assert (await drafts.show(officer, draft)).audience.rule == TheseLcs(lc_ids=()), "to nobody, not to everybody"


async def test_going_back_before_ticks_keeps_terms_and_memberships(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        lc = await represented_lc(services)
        officer, handovers = await actor(services, OFFICER), services[HandoverService]
        holder = await join(services, REPRESENTATIVE, "山田 花")
        (term,) = await handovers.mine(holder)
        items = (await handovers.card(holder, term.term_id)).items
        await services[TickService].tick(holder, term.term_id, [items[0].key], done=True)
        await services[MembershipService].become_member(holder)
        fees = services[FeeService]
        await fees.settle(officer, [line.fee_id for line in (await fees.fees(officer)).lines])
        await services[MembershipService].become_candidate(holder)
        clock.go(days=1)
        await services[LeavingStaffService].leave(await actor(services, REPRESENTATIVE))
        await appoint_to(services, REPRESENTATIVE, LC_MEMBER, lc)
        clock.go(days=130)
        await services[CarryService].carry(1, 2027)
        await move(database, "downgrade", "0011")
        assert not {"handover_ticks", "lc_stays"} & await tables(database)
        async with database.engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM memberships")) == 2
            ends = (await connection.scalars(text("SELECT ends_on FROM terms ORDER BY ends_on"))).all()
        assert str(ends[-1]) == "2027-05-30", "who was carried over keeps the days of grace"
        assert await schema.upgrade(database)
        holder = await actor(services, REPRESENTATIVE)
        assert (await services[MembershipService].own(holder)).stays == ()
        assert not any(item.done_at for item in (await handovers.card(holder, term.term_id)).items)


async def test_what_was_asked_and_answered_is_known_in_both_directions(empty_url: str) -> None:
    clock = FakeClock()
    ends, lately, before = date(2026, 12, 24), clock.now(), clock.now() - timedelta(days=900)
    old = {  # person → until when they are asked (None: they aren't), when they were, and when they said that they stay
        101: (ends, lately, None),
        102: (ends, lately, before),
        103: (None, before, lately),
        104: (None, lately, None),
    }
    keepings = table(
        "keepings",
        *(column(name) for name in ("organisation_id", "person_id")),
        column("until", Date),
        *(column(name, Instant) for name in ("asked_at", "kept_at")),
    )
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, clock)
        mine = Party(lc_id=await represented_lc(services))
        representative, answers, asked = await actor(services, REPRESENTATIVE), services[QuestionnaireService], []
        for _ in range(2):
            async with database.writing() as session:
                asked.append(await service.begin(session, 1, "合宿"))
                await service.add_question(session, asked[-1], NewQuestion(QuestionKind.TEXT, "ひとこと", "", (), True))
                await service.open_to(session, asked[-1], "合宿", [mine], None, clock.now())
        (question,) = (await answers.paper(representative, asked[0], mine)).questions
        await answers.answer(representative, asked[0], mine, {question.question_id: "はい"})
        async with database.writing() as session:
            await close(session, AskedParty, clock.now(), AskedParty.questionnaire_id == asked[1])
        await move(database, "downgrade", "0022")
        async with database.writing() as session:
            for person, (until, asked_at, kept_at) in old.items():
                session.add(Person(id=person, organisation_id=1, display_name=f"{person}", created_at=before))
                await session.flush()
                values = {"organisation_id": 1, "person_id": person, "until": until}
                await session.execute(insert(keepings).values(**values, asked_at=asked_at, kept_at=kept_at))
        for _ in range(2):
            await move(database, "upgrade", "head")
            async with database.writing() as session:
                waiting = (await session.scalars(select(Keeping.person_id).where(Keeping.waits()))).all()
                said = (await session.scalars(select(Keeping.person_id).where(Keeping.answered_at.is_not(None)))).all()
            assert (sorted(waiting), sorted(said)) == ([101, 102], [102, 103])
            officer = await actor(services, OFFICER)
            rows = [(await services[BoardService].board(officer, one)).rows[0] for one in asked]
            assert [row.has_answered for row in rows] == [True, False]
            with pytest.raises(Conflict, match="withdrawn"):
                await answers.to_fill_in(representative, asked[1], mine, heard=False)
            await move(database, "downgrade", "0022")
            async with database.engine.connect() as connection:
                query = select(keepings.c.person_id, keepings.c.until, keepings.c.asked_at, keepings.c.kept_at)
                found = {row.person_id: tuple(row)[1:] for row in await connection.execute(query)}
                closed = await connection.scalars(text("SELECT id FROM questionnaires WHERE closed_at IS NOT NULL"))
                assert closed.all() == [asked[1]]
            assert found == old


async def test_how_deliveries_ended_is_known_in_both_directions(empty_url: str) -> None:
    old = {  # key → recipient, action, fallback, claimed by, error
        "job": ("job", "post", None, None, "done"),
        "answered": ("person", "post", None, None, "not_needed"),
        "spared": ("person", "post", None, "worker", None),
        "anew": ("officers", "edit", "officers", None, "10008"),
        "taken back": ("channel", "post", None, None, None),
        "put aside": ("channel", "edit", None, None, "10008"),
    }
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        await put(database, FakeClock(), *(new(key, FakeClock().now()) for key in old))
        await move(database, "downgrade", "0018")
        async with database.writing() as session:
            for key, (recipient, action, fallback, worker, error) in old.items():
                await session.execute(
                    text(
                        "UPDATE deliveries SET state = 'cancelled', recipient_kind = :recipient, action = :action, "
                        "fallback_kind = :fallback, claimed_by = :worker, error_code = :error WHERE key = :key"
                    ),
                    {
                        "key": key,
                        "recipient": recipient,
                        "action": action,
                        "fallback": fallback,
                        "worker": worker,
                        "error": error,
                    },
                )
        for _ in range(2):
            assert await schema.upgrade(database)
            found = await states(database)
            assert {key: found[key] for key in old} == {
                "job": "done",
                "answered": "not_needed",
                "spared": "not_needed",
                "anew": "not_needed",
                "taken back": "withdrawn",
                "put aside": "withdrawn",
            }
            await move(database, "downgrade", "0018")
            found = await states(database)
            assert {found[key] for key in old} == {"cancelled"}


async def test_what_is_on_its_way_keeps_one_key_in_both_directions(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        lc = await represented_lc(services)
        person = (await actor(services, REPRESENTATIVE)).person_id
        async with database.writing() as session:
            at = clock.now()
            session.add(
                Announcement(
                    organisation_id=1,
                    state="sent",
                    version=1,
                    edition=0,
                    plan=1,
                    title="見本",
                    text_ja="",
                    text_en="",
                    link="",
                    audience={},
                    places=[],
                    is_urgent=False,
                    ping="none",
                    ping_channels=[],
                    reminders=0,
                    skipped=[],
                    check_state="none",
                    check_note="",
                    signed_ja="",
                    signed_en="",
                    created_by_discord_id=5,
                    changed_by_discord_id=5,
                    created_at=at,
                    changed_at=at,
                )
            )
        await move(database, "downgrade", "0019")
        them, stranger = Recipient(RecipientKind.PERSON, REPRESENTATIVE), Recipient(RecipientKind.PERSON, 88)
        thread, channel = Recipient(RecipientKind.THREAD, 42), Recipient(RecipientKind.CHANNEL, 7)
        nation = Recipient(RecipientKind.OFFICERS, 1)
        old: dict[str, tuple[str, Recipient, Action, int | None]] = {
            f"announcement:1:0:direct:{REPRESENTATIVE}": ("announcements:message", them, Action.POST, 51),
            "announcement:1:0:direct:88": ("announcements:message", stranger, Action.POST, None),
            "announcement:1:0:lc_channels:7": ("announcements:message", channel, Action.POST, 52),
            "announcement:1:delete:51": ("announcements:message", them, Action.DELETE, 51),
            "announcement:1:delete:53": ("announcements:message", thread, Action.DELETE, 53),
            "announcement:1:delete:99": ("announcements:message", channel, Action.DELETE, 99),
            f"announcement:1:remind:1:{lc}:42": ("announcements:reminder", thread, Action.POST, 53),
            f"announcement:1:remind:1:9:{REPRESENTATIVE}": ("announcements:reminder", them, Action.POST, None),
            f"members:to_confirm:{lc}:2026-11-21:42": ("members:to_confirm", thread, Action.POST, None),
            f"memberships:lc-unanswered:1:2027:{lc}:88": ("memberships:lc-unanswered", stranger, Action.POST, None),
            "memberships:lc-unanswered:1:2027:all": ("memberships:lc-unanswered", nation, Action.POST, None),
            "discord_roles:trouble:1:5:1795000000:1": ("discord_roles:trouble", nation, Action.POST, None),
        }
        for key, (kind, to, action, message) in old.items():
            row = replace(new(key, clock.now()), kind=kind, recipient=to, action=action, message_id=message)
            await put(database, clock, row)
        async with database.writing() as session:
            for key in list(old)[:3]:
                query = "INSERT INTO announcement_posts (announcement_id, place, delivery_key) VALUES (1, :place, :key)"
                await session.execute(text(query), {"place": key.split(":")[3], "key": key})
        for _ in range(2):
            assert await schema.upgrade(database)
            async with database.engine.connect() as connection:
                keys = (await connection.scalars(text("SELECT key FROM deliveries ORDER BY id"))).all()
                query = "SELECT delivery_key, discord_user_id FROM announcement_posts ORDER BY id"
                posts = [tuple(row) for row in await connection.execute(text(query))]
            assert posts == [
                (f"announcement:1:0:direct:person:{person}", REPRESENTATIVE),
                ("announcement:1:0:direct:post:2", 88),
                ("announcement:1:0:lc_channels:post:3", None),
            ]
            assert {key for key, _ in posts} <= set(keys)
            first = keys.index(posts[0][0])
            assert [re.sub(r"(reminder|was):\d+$", r"\1:N", key) for key in keys[first + 3 :]] == [
                "announcement:1:delete:1",
                "announcement:1:delete:reminder:N",
                "announcement:1:delete:was:N",
                f"announcement:1:remind:1:{lc}:thread",
                f"announcement:1:remind:1:9:person:{person}",
                f"members:to_confirm:{lc}:2026-11-21:thread",
                f"memberships:lc-unanswered:1:2027:{lc}:was:N",
                "memberships:lc-unanswered:1:2027:all",
                "discord_roles:trouble:was:N",
            ]
            await move(database, "downgrade", "0019")
            kept = [key for key in await states(database) if key in old]
            assert sorted(set(old) - set(kept)) == [
                "announcement:1:0:lc_channels:7",  # which nobody reads
                "discord_roles:trouble:1:5:1795000000:1",
            ]


async def test_several_starting_at_once_migrate_once(empty_url: str) -> None:
    async with opened(empty_url) as database, opened(empty_url) as other:
        await asyncio.gather(schema.upgrade(database), schema.upgrade(other))
        assert not await schema.upgrade(database)
        assert "organisations" in await tables(database)


async def test_a_database_of_a_newer_program_is_refused(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        async with database.writing() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StartError, match="newer than this program"):
            await schema.upgrade(database)


def test_the_file_names_tell_the_same_order_as_alembic() -> None:
    script = ScriptDirectory.from_config(schema.config())
    walked = [revision.revision for revision in script.walk_revisions()]
    assert walked[::-1] == schema.revisions()
    assert script.get_heads() == [schema.revisions()[-1]]


async def test_opening_a_new_file_many_times_at_once_never_fails(tmp_path: Path) -> None:
    """Each connection used to switch the journal on by itself, and one in a hundred found the file locked."""

    async def start(url: str) -> None:
        async with opened(url) as database:
            await schema.upgrade(database)

    for number in range(12):
        url = f"sqlite+aiosqlite:///{tmp_path}/{number}.db"
        await asyncio.gather(*(start(url) for _ in range(4)))


async def test_an_upgrade_waits_longer_for_another_than_a_writer_does(tmp_path: Path) -> None:
    """SQLite's own wait is five seconds; migrations on a slow machine take longer."""
    file = tmp_path / "a.db"
    async with opened(f"sqlite+aiosqlite:///{file}") as database:
        await database.prepare()
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            upgrade = asyncio.create_task(schema.upgrade(database))
            failed = asyncio.Event()
            event.listen(database._writer.sync_engine, "handle_error", lambda _context: failed.set())
            await failed.wait()
            other.execute("ROLLBACK")
        assert await upgrade


async def test_sqlite_is_opened_safely(tmp_path: Path) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/a.db") as database:
        await schema.upgrade(database)
        async with database.engine.connect() as connection:
            pragmas = {
                name: await connection.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_writer_holds_the_lock_from_its_first_statement(sqlite_url: str) -> None:
    async with opened(sqlite_url) as database, database.writing() as session:
        await session.execute(text("SELECT 1"))
        file = str(database.url.database)

        def other_writer() -> None:
            with closing(sqlite3.connect(file, timeout=0)) as connection:
                connection.execute("BEGIN IMMEDIATE")

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await asyncio.to_thread(other_writer)


async def test_writers_take_turns(database: Database) -> None:
    """SQLite itself lets whoever tries at the right moment go first: with many at once, some waited for seconds and
    were then told that the database is locked."""
    went: list[tuple[int, int]] = []

    async def write(writer: int) -> None:
        for time in range(8):
            async with database.writing() as session:
                went.append((time, writer))
                await session.execute(text("DELETE FROM preferences"))

    await asyncio.gather(*(write(writer) for writer in range(20)))
    assert len(went) == 160
    if database.is_sqlite:
        assert went == sorted(went), "nobody a second time before everybody's first"


async def test_an_exception_rolls_back_everything(services: Services, database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.writing() as session:
            await session.execute(text("INSERT INTO preferences (discord_user_id, language) VALUES (1, 'en')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    assert await services[PeopleService].language_of(caller(user=1)) == "ja"
