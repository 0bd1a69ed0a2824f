"""Everything about somebody, from all tables: nothing is left out when it is taken along, nor when it is deleted."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Base, Database, Snowflake, fetch
from bot.deliveries.models import Delivery, RecipientKind, SparedSpell
from bot.deliveries.outbox import enqueue
from bot.deliveries.personal import scrubbed
from bot.deliveries.values import Recipient
from bot.errors import Conflict
from bot.features import Services, personal_parts
from bot.features.announcements.models import (
    Announcement,
    AnnouncementPerson,
    AnnouncementPost,
    AnnouncementRoute,
    LcAcknowledgement,
    PersonAcknowledgement,
)
from bot.features.attendance.models import CheckIn, TickList, WrongCode
from bot.features.audiences.models import Subscription
from bot.features.audit.models import AuditEntry
from bot.features.audit.service import add_entry
from bot.features.calendars.models import CalendarAddress
from bot.features.certificates.models import Certificate, CertificateCopy, CertificateSeal, CertificateSkip
from bot.features.contacts.models import HolderContact
from bot.features.discord_roles.models import ThreadGuest
from bot.features.events.models import (
    Event,
    EventAnswer,
    EventHost,
    EventInvitation,
    EventName,
    EventPicture,
    EventQuestion,
    EventReportPicture,
    EventSeries,
    EventSubscription,
    EventTemplate,
)
from bot.features.guests.models import GuestAddress, NameList
from bot.features.handovers.models import Handover, HandoverTick, PostNote
from bot.features.institutions.models import EnteredPerson, Institution, InstitutionContact
from bot.features.links.models import Link
from bot.features.members import mydata, rules
from bot.features.members.arrivals import ArrivalService
from bot.features.members.confirming import ConfirmingService
from bot.features.members.models import Contact, Deletion, LcAnswer, Profile
from bot.features.members.mydata import Deleted, Held, MyDataService, as_csv, as_json
from bot.features.members.service import ChoiceService, MemberService
from bot.features.memberships.models import Fee, LcStay, Membership, Renewal, StaffStep, StaffTick
from bot.features.people.actors import Actor
from bot.features.people.models import FormerRecord, Grant, Person, Preference, Term
from bot.features.posts.claims import ClaimService
from bot.features.questionnaires.models import AnswerSheet, AskedParty, Questionnaire
from bot.features.record_keeping.models import Keeping, RosterEntry, RosterRequest
from bot.features.sheets.models import SheetUpload
from bot.features.signups.models import Party as SignUpParty
from bot.features.signups.models import PartyMember, SignUp
from bot.features.symposia.models import Edition, Slot, Speaker, SpeakerStep, Symposium
from bot.features.tasks.models import Task
from bot.personal import Subject
from tests.members.test_service import LEADER, consent, lc_at, rows, student
from tests.support.clocks import FakeClock
from tests.support.deliveries import new
from tests.support.people import GUILD, OFFICER, STUDENT, actor, appoint_to, found_organisation

#: An account and a number that were theirs before two records became one.
FORMER, FORMER_NUMBER = STUDENT + 60_000, 9_999
#: Ids at Discord of something else than a person.
_PLACE = re.compile(r"(channel|message|thread|guild|application)_id$|^(server_parts|event_mirrors)\.discord_id$")


def columns_about_people() -> set[str]:
    """Those that point at a record or a term, hold a Discord user's id, or say that they hold a record's number."""
    found = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            points_at_person = any(key.column.table.name in ("people", "terms") for key in column.foreign_keys)
            is_account = column.type is Snowflake and not _PLACE.search(name)
            if points_at_person or is_account or column.name.endswith("person_id"):
                found.add(name)
    return found


def test_every_table_declares_each_of_its_columns_about_people() -> None:
    declared = {
        f"{part.table.__tablename__}.{column.key}" for part in personal_parts() for column in (*part.whose, *part.also)
    }
    assert columns_about_people() - declared == set(), "say what becomes of it in the table's ``personal``"
    assert declared - columns_about_people() == {"people.id"}, "nobody stands there"
    keys = [part.key for part in personal_parts()]
    assert len(set(keys)) == len(keys)


def test_no_declaration_means_rows_of_nobody() -> None:
    """``column = NULL`` becomes ``IS NULL``: all rows without anybody would be theirs who have no record or account."""
    nobody = Subject(1, None, None, False, date(2026, 11, 21))
    for part in personal_parts():
        assert "IS NULL" not in str(part.rows(nobody).compile(compile_kwargs={"literal_binds": True})), part.key


@pytest.fixture(autouse=True)
async def organisation(services: Services) -> int:
    return (await found_organisation(services)).organisation_id


async def somebody(services: Services, database: Database) -> Actor:
    """Who has been everywhere: joined, claimed, confirmed, greeted, written to, mentioned, an officer once."""
    clock = services[MemberService].clock
    lc_id, _ = await lc_at(services, "順天堂大学")
    await appoint_to(services, LEADER, "lc_representative", lc_id)
    who = await student(services, STUDENT, name="消える 花子")
    service = services[MemberService]
    await service.answer_lc(who, LcAnswer.IN)
    await service.choose_interests(who, [one.id for one in await services[ChoiceService].committees(who)][:2])
    await service.choose_contact(who, Contact.DIRECT)
    await services[ArrivalService].arrived(GUILD, [(STUDENT, clock.now())])
    leader = await actor(services, LEADER)
    claims, _ = await services[ConfirmingService].waiting(leader)
    await services[ConfirmingService].decide(leader, [claims[0].claim_id], confirm=True)
    today = who.today
    await services[ClaimService].claim(who, "leo", lc_id, today, today + timedelta(days=30))
    at, person = clock.now(), Recipient(RecipientKind.PERSON, STUDENT)
    await appoint_to(services, STUDENT, "lpo", lc_id, today - timedelta(days=90), today - timedelta(days=9))
    async with database.writing() as session:
        before = await session.scalar(select(Term.id).where(Term.person_id == who.person_id, Term.ends_on < today))
        assert before is not None
        here: dict[str, Any] = {"organisation_id": who.organisation.id}
        session.add(
            HolderContact(**here, term_id=before, field="how", text="花子まで", visibility="officers", changed_at=at)
        )
        mine = {"person_id": who.person_id}
        session.add_all(
            [
                Membership(**here, **mine, kind="individual", starts_on=today, created_at=at),
                Fee(
                    **here,
                    **mine,
                    year=2026,
                    amount=1500,
                    reference="1",
                    payer="キエル ハナコ",
                    state="due",
                    opened_at=at,
                ),
                Renewal(**here, **mine, year=2026, asked_at=at),
                RosterRequest(**here, **mine, asked_at=at),
                Keeping(**here, **mine, asked_at=at),
                RosterEntry(
                    **here,
                    fingerprint="1",
                    name="",
                    reading="",
                    institution="",
                    consent="はい",
                    source="",
                    digest="1",
                    imported_at=at,
                    expires_on=today,
                    claimed_by=who.person_id,
                ),
                SparedSpell(discord_user_id=STUDENT, starts_at=at, ends_at=at),
                step := StaffStep(organisation_id=who.organisation.id, name_ja="一", name_en="one", position=0),
            ]
        )
        session.add(FormerRecord(**here, **mine, former_person_id=FORMER_NUMBER, discord_user_id=FORMER, merged_at=at))
        add_entry(
            session, at=at, **here, actor_discord_id=FORMER, origin="test", action="lc.change", subject_kind="lc",
            subject_id=lc_id,
        )  # fmt: skip
        await session.flush()
        session.add(StaffTick(**mine, step_id=step.id, ticked_at=at))
        about = {"title_ja": "名簿", "title_en": "List", "address": "https://example.org/", "purpose": "見本"}
        session.add(CalendarAddress(**here, **mine, scope="own", digest="消える", made_at=at))
        session.add(Link(**here, **about, review_on=today, keeper_id=who.person_id))
        session.add(
            SheetUpload(
                **here,
                discord_user_id=STUDENT,
                kind="lcs",
                filename="消える.csv",
                content="消える".encode(),
                columns=[],
                state="open",
                created_at=at,
                expires_at=at,
            )
        )
        await _was_entered(session, who, at)
        await _had_a_hand_in(session, who.organisation.id, lc_id, before, at)
        await enqueue(
            session,
            [
                new("to:person:1", at, recipient=person, payload={"name": "消える"}),
                new("mention", at, payload={"users": [STUDENT, OFFICER], "text": f"<@{STUDENT}>", "by": STUDENT}),
            ],
            at,
        )
    return await actor(services, STUDENT)


async def _was_entered(session: AsyncSession, who: Actor, at: datetime) -> None:
    """By an officer, before they had an account, and has entered others."""
    here: dict[str, Any] = {"organisation_id": who.organisation.id}
    school = Institution(
        **here, name_ja="見本", name_en="Sample", kind="school", country="JP", place="", address="", note="", search=""
    )
    other = Person(**here, display_name="見本 一子", created_at=at)
    session.add_all([school, other])
    await session.flush()
    contact = InstitutionContact(
        **here, institution_id=school.id, person_id=who.person_id, role="花子の係", mail="", phone="", is_main=True,
        starts_on=at.date(),
    )  # fmt: skip
    told: dict[str, Any] = {"affiliation": "", "source": "", "entered_at": at, "until": at.date(), "search": ""}
    own = EnteredPerson(**here, **told, person_id=who.person_id, reading="きえる はなこ")
    theirs = EnteredPerson(**here, **told, person_id=other.id, reading="", entered_by=who.person_id)
    session.add_all([contact, own, theirs])


async def _had_a_hand_in(session: AsyncSession, organisation_id: int, lc_id: int, term_id: int, at: datetime) -> None:
    """Announcements, answers and handovers with the person's hand in them."""
    here: dict[str, Any] = {"organisation_id": organisation_id}
    announcement = Announcement(
        **here, state="sent", version=1, edition=0, plan=1, title="見本", text_ja="", text_en="", link="", audience={},
        places=[], is_urgent=False, ping="none", ping_channels=[], reminders=0, skipped=[], check_state="approved",
        checker_discord_id=STUDENT, check_asked_by_discord_id=STUDENT, check_note="", signed_ja="", signed_en="",
        created_by_discord_id=STUDENT, changed_by_discord_id=STUDENT, sent_by_discord_id=STUDENT, created_at=at,
        changed_at=at,
    )  # fmt: skip
    questionnaire = Questionnaire(**here, title="見本")
    post_id, person_id = (await session.execute(select(Term.post_id, Term.person_id).where(Term.id == term_id))).one()
    session.add_all([announcement, questionnaire])
    other_id = await session.scalar(select(Person.id).where(Person.discord_user_id == OFFICER))
    await session.flush()
    about: dict[str, Any] = {"announcement_id": announcement.id}
    session.add_all(
        [
            Subscription(**here, discord_user_id=STUDENT, subscribed_at=at),
            AnnouncementPost(
                **about, place="direct", delivery_key="announcement:1:0:direct:person:1", discord_user_id=STUDENT,
                message_id=7,
            ),
            AnnouncementPerson(**about, person_id=person_id),
            AskedParty(questionnaire_id=questionnaire.id, person_id=person_id),
            AnswerSheet(
                questionnaire_id=questionnaire.id, person_id=person_id, given={"1": "消える"}, is_complete=True,
                answered_at=at, by_discord_id=STUDENT,
            ),
            PersonAcknowledgement(**about, discord_user_id=STUDENT, acknowledged_at=at),
            LcAcknowledgement(**about, lc_id=lc_id, acknowledged_at=at, by_discord_id=STUDENT),
            AnnouncementRoute(**about, route="line", posted_at=at, posted_by_discord_id=STUDENT),
            AnswerSheet(
                questionnaire_id=questionnaire.id, lc_id=lc_id, given={}, is_complete=True, answered_at=at,
                by_discord_id=STUDENT,
            ),
            Handover(
                **here, term_id=term_id, discord_user_id=STUDENT, display_name="消える 花子", starts_on=at.date(),
                ends_on=at.date(), state="asked", named_at=at,
            ),
            HandoverTick(**here, term_id=term_id, item="0123456789abcdef", ticked_at=at, by_discord_id=STUDENT),
            LcStay(
                **here, term_id=term_id, year=2026, until=at.date(), answer="stay", answered_at=at,
                by_discord_id=STUDENT,
            ),
            PostNote(**here, post_id=post_id, lc_id=lc_id, text="見本", written_at=at, by_discord_id=STUDENT),
            ThreadGuest(**here, thread_id=7, discord_user_id=STUDENT),
            Task(
                **here, template="tasks:own", subject_kind="", occurrence=1, title_ja="花子の鍵", title_en="花子の鍵",
                person_id=person_id, set_by_id=person_id, anchor_on=at.date(), due_on=at.date(), waits_on=at.date(),
                state="open", set_at=at,
            ),
            Grant(**here, person_id=person_id, right="keep_fees", starts_on=at.date(), created_at=at),
            Grant(
                **here, person_id=other_id, given_by_id=person_id, right="edit_lc", lc_id=lc_id, starts_on=at.date(),
                created_at=at,
            ),
        ]
    )  # fmt: skip
    event = Event(
        **here, state="posted", uid="a1", title_ja="会", title_en="", text="", time_zone="Asia/Tokyo", place="",
        link="", audience="everybody", cost="", made_by_id=person_id, made_at=at, changed_at=at,
    )  # fmt: skip
    session.add(event)
    await session.flush()
    session.add(EventName(event_id=event.id, person_id=person_id, agreed_at=at))
    session.add(EventInvitation(event_id=event.id, person_id=person_id, invited_at=at))
    session.add(
        EventSubscription(
            **here, person_id=person_id, lc=True, committees=False, region=False, online=False, told_until=at
        )
    )
    question = EventQuestion(
        event_id=event.id, position=1, kind="short", text_ja="学年", text_en="", options=[], is_required=False,
        is_sensitive=False,
    )  # fmt: skip
    session.add(question)
    await session.flush()
    session.add(EventAnswer(question_id=question.id, person_id=person_id, given=["花子は2年"], answered_at=at))
    picture = EventPicture(**here, content=b"jpeg", width=3, height=2, added_by_id=person_id, added_at=at)
    session.add(picture)
    seen = {"content": b"jpeg", "width": 3, "height": 2, "added_by_id": person_id, "added_at": at}
    session.add(EventReportPicture(event_id=event.id, **seen))
    await session.flush()
    session.add(
        Event(
            **here, state="posted", uid="a2", title_ja="会", title_en="", text="", time_zone="Asia/Tokyo", place="",
            link="", audience="everybody", cost="", picture_id=picture.id, made_at=at, changed_at=at,
        )
    )  # fmt: skip
    session.add(
        EventSeries(
            **here, repeat="1;w1:MO", starts_local="2026-11-30T19:00", time_zone="Asia/Tokyo", whole_days=False,
            template={}, skipped=[], made_until="2026-11-30T19:00", made_by_id=person_id, made_at=at,
        )
    )  # fmt: skip
    given = {"event_id": event.id, "kind": "participation", "issued_at": at}
    certificate = Certificate(
        **here, **given, person_id=person_id, state="revoked", digest="a", ended_at=at, reason="花子は欠席"
    )
    session.add(certificate)
    session.add(Certificate(**here, **given, state="valid", digest="b", issued_by_id=person_id, reason=""))
    await session.flush()
    session.add(CertificateCopy(certificate_id=certificate.id, person_id=person_id, name="見本 花子", code="ABC"))
    session.add(CertificateSkip(event_id=event.id, person_id=person_id, skipped_at=at))
    session.add(CertificateSeal(**here, content=b"jpeg", width=3, height=2, added_by_id=person_id, added_at=at))
    noted: dict[str, Any] = {**here, "event_id": event.id, "day": 0, "session": 0, "way": "ticked"}
    session.add(CheckIn(**noted, person_id=person_id, came_at=at, noted_at=at))
    session.add(CheckIn(**noted, by_id=person_id, undone_by_id=person_id, came_at=at, noted_at=at, undone_at=at))
    session.add(TickList(**noted, door="", people=[], unclear=[], made_by_id=person_id, made_at=at))
    session.add(WrongCode(event_id=event.id, person_id=person_id, at=at))
    session.add(EventHost(event_id=event.id, name="学生の会", asked_by_id=person_id, asked_at=at, turn=0))
    session.add(EventTemplate(**here, name="定例会", content={}, made_by_id=person_id, made_at=at))
    symposium = Symposium(
        **here, name_ja="談話会", name_en="Symposium", rule="b//1/0/", template=[], first_number=1,
        made_by_id=person_id, made_at=at,
    )  # fmt: skip
    session.add(symposium)
    await session.flush()
    edition = Edition(**here, symposium_id=symposium.id, number=1, year=2026, month=11, state="planned")
    session.add(edition)
    await session.flush()
    slot = Slot(**here, edition_id=edition.id, position=1, role="speaker", title_ja="講演", title_en="")
    session.add(slot)
    await session.flush()
    asked = {**here, "slot_id": slot.id, "affiliation": "", "contact": "", "is_outside": False}
    own = Speaker(**asked, person_id=person_id, name="", state="asked")
    guest = Speaker(**asked, name="外部", state="declined")
    session.add_all([own, guest])
    await session.flush()
    session.add(SpeakerStep(speaker_id=guest.id, state="asked", taken_at=at, taken_by_id=person_id))
    signup = SignUp(
        **here, owner_kind="test", owner_id=1, organiser_id=person_id, title_ja="見本", title_en="", page="homes:open",
        mode="first_come", offer_hours=24, state="open", created_at=at,
    )  # fmt: skip
    session.add(signup)
    await session.flush()
    party = SignUpParty(signup_id=signup.id, state="removed", applied_at=at, ended_at=at, reason="花子へ")
    session.add(party)
    await session.flush()
    session.add(PartyMember(party_id=party.id, signup_id=signup.id, person_id=person_id, agreed_at=at, is_live=False))
    session.add(GuestAddress(**here, signup_id=signup.id, person_id=person_id, digest="消える", made_at=at))
    pasted = {"text": "花子 参加", "rows": [["花子", "yes", ""]], "unclear": [], "known": {}}
    session.add(NameList(**here, **pasted, signup_id=signup.id, made_by_id=person_id, made_at=at))


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    async with database.reading() as connection:
        return {
            table.name: [dict(row._mapping) for row in await fetch(connection, select(table))]
            for table in Base.metadata.sorted_tables
        }


def traces(tables: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Where the person can still be read."""
    telling = (str(STUDENT), str(FORMER), "消える", "花子", "れい", "キエル", "きえる")
    return [
        f"{table}.{column}"
        for table, found in tables.items()
        for row in found
        for column, value in row.items()
        if any(word in str(value) for word in telling)
    ]


async def test_what_is_taken_along_is_what_is_held(services: Services, database: Database) -> None:
    who = await somebody(services, database)
    held = await services[MyDataService].export(who)
    by_key = {one.key: one.rows for one in held}
    assert set(by_key) == {part.key for part in personal_parts() if part.taken is not None}, "each part has something"
    assert by_key["person"][0]["display_name"] == "消える 花子"
    assert by_key["person"][0]["discord_user_id"] == str(STUDENT), "as a text: a spreadsheet would round it"
    assert by_key["profile"][0]["school_en"] == "Juntendo University"
    assert by_key["interests"] == [{"committee": "SCOPE"}, {"committee": "SCORE"}]
    assert [row["post"] for row in by_key["terms"]] == ["lpo", "lc_member"]
    assert json.loads(as_json(held)) == by_key
    lines = list(csv.reader(io.StringIO(as_csv(held).decode("utf-8-sig"))))
    assert lines[0] == ["part", "row", "field", "value"]
    assert ["person", "1", "display_name", "消える 花子"] in lines
    other = await services[MyDataService].export(await actor(services, LEADER))
    assert "消える" not in str(other)


async def test_nothing_of_somebody_is_left_in_any_table(services: Services, database: Database) -> None:
    who = await somebody(services, database)
    before = await everything(database)
    assert len({trace.split(".")[0] for trace in traces(before)}) >= 7
    await services[MyDataService].delete(who)
    after = await everything(database)
    assert traces(after) == []
    counted = ("people", "terms", "deliveries", "audit_entries")
    for table in counted:
        assert len(after[table]) >= len(before[table]), f"{table}: counts stay"
    assert [row["person_id"] for row in after["deletions"]] == [who.person_id, FORMER_NUMBER], (
        "also the number from before"
    )
    lapsed = [row for row in after["terms"] if row["person_id"] == who.person_id]
    assert sorted(row["ends_on"] for row in lapsed) == [who.today - timedelta(days=9), who.today]
    assert [(row["right"], row["given_by_id"]) for row in after["grants"]] == [("edit_lc", None)], "another's stays"
    mention = next(row for row in after["deliveries"] if row["key"] == "mention")
    assert mention["payload"] == {"users": [OFFICER], "text": "<@0>", "by": 0}
    assert mention["state"] == "pending"
    mine = [row for row in after["deliveries"] if row["recipient_kind"] == "person"]
    assert {(row["recipient_id"], row["state"]) for row in mine} == {(0, "withdrawn")}


async def test_deleting_twice_and_joining_again(services: Services, database: Database) -> None:
    who = await somebody(services, database)
    await services[MyDataService].delete(who)
    await services[MyDataService].delete(await actor(services, STUDENT))
    assert len(await rows(database, Deletion)) == 2, "for each number that was theirs"
    again = await consent(services, STUDENT)
    assert again.person_id != who.person_id
    assert (await services[MyDataService].export(again))[0] is not None
    assert await services[MemberService].card(again) is not None


async def test_rows_of_nobody_are_not_theirs_who_have_no_record(services: Services, database: Database) -> None:
    other = await found_organisation(services, guild=GUILD + 1)
    at = services[MyDataService].clock.now()
    async with database.writing() as session:
        session.add(
            RosterEntry(
                organisation_id=other.organisation_id, fingerprint="1", name="見本 花", reading="",
                institution="", consent="はい", source="名簿", digest="1", imported_at=at, expires_on=at.date(),
            )
        )  # fmt: skip
    who = await actor(services, STUDENT)
    assert who.person_id is None
    assert await services[MyDataService].export(who) == []
    await services[MyDataService].delete(who)
    assert [row.name for row in await rows(database, RosterEntry)] == ["見本 花"], "it waits for its own person"


async def test_an_officer_hands_over_first(services: Services, database: Database, clock: FakeClock) -> None:
    who = await actor(services, OFFICER)
    with pytest.raises(Conflict) as refused:
        await services[MyDataService].delete(who)
    assert refused.value.params["date"].isoformat() == "2027-03-31"
    lc_id, _ = await lc_at(services, "順天堂大学")
    start = who.today + timedelta(days=30)
    await appoint_to(services, STUDENT, "leo", lc_id, start, start + timedelta(days=30))
    clock.go(days=30)
    with pytest.raises(Conflict):
        await services[MyDataService].delete(await actor(services, STUDENT))
    clock.go(days=31)
    await services[MyDataService].delete(await actor(services, STUDENT))
    assert not [row for row in await rows(database, Person) if row.discord_user_id == STUDENT]


async def test_another_organisation_keeps_what_it_knows(services: Services, database: Database) -> None:
    await found_organisation(services, guild=GUILD + 1)
    here = await consent(services)
    there = await actor(services, STUDENT, GUILD + 1)
    await services[MemberService].consent(there, "en", here_version())
    async with database.writing() as session:
        at = services[MyDataService].clock.now()
        session.add(SparedSpell(discord_user_id=STUDENT, starts_at=at, ends_at=at + timedelta(days=28)))
    await services[MyDataService].delete(here)
    assert await services[MemberService].card(await actor(services, STUDENT, GUILD + 1)) is not None
    assert len(await rows(database, Preference)) == 1, "the language is for all organisations"
    assert len(await rows(database, SparedSpell)) == 1, "so is being spared"
    await services[MyDataService].delete(await actor(services, STUDENT, GUILD + 1))
    assert await rows(database, Preference) == []
    assert await rows(database, SparedSpell) == []
    assert await rows(database, Profile) == []


def here_version() -> str:

    return rules.VERSION


async def test_a_deletion_that_fails_after_a_restore_keeps_nobody_else_and_is_said(
    monkeypatch: pytest.MonkeyPatch, services: Services, organisation: int, clock: FakeClock
) -> None:
    who, other = await consent(services, STUDENT), await consent(services, STUDENT + 1)
    assert who.person_id is not None
    assert other.person_id is not None
    clock.go(days=1)
    usual = mydata._forget

    async def forget(session: AsyncSession, subject: Subject, now: datetime) -> None:
        if subject.person_id == who.person_id:
            raise RuntimeError
        await usual(session, subject, now)

    monkeypatch.setattr(mydata, "_forget", forget)
    service = services[MyDataService]
    with pytest.raises(RuntimeError):
        await service.delete_again(Deleted(organisation, one, clock.now()) for one in (who.person_id, other.person_id))
    assert await services[MemberService].card(await actor(services, STUDENT)) is not None
    assert await services[MemberService].card(await actor(services, STUDENT + 1)) is None


async def test_the_list_is_applied_again_after_a_restore(
    services: Services, database: Database, organisation: int, clock: FakeClock
) -> None:
    who, other = await consent(services, STUDENT), await consent(services, STUDENT + 1)
    assert who.person_id is not None
    assert other.person_id is not None
    clock.go(days=1)
    service = services[MyDataService]
    deleted = Deleted(organisation, who.person_id, clock.now())
    younger = Deleted(organisation, other.person_id, clock.now() - timedelta(days=9))
    elsewhere = Deleted(organisation + 5, other.person_id, clock.now())
    gone = Deleted(organisation, 99_999, clock.now())
    assert await service.delete_again([deleted, younger, elsewhere, gone]) == 1
    assert await service.delete_again([deleted]) == 0
    assert await services[MemberService].card(await actor(services, STUDENT)) is None
    assert await services[MemberService].card(await actor(services, STUDENT + 1)) is not None
    assert await service.deletions() == [deleted]
    assert [row.actor_discord_id for row in await rows(database, AuditEntry)].count(STUDENT) == 0


@pytest.mark.parametrize("risky", ["=1+1", "+81", "-1", "@SUM(A1)", "\tx"])
def test_a_spreadsheet_runs_nothing_of_it(risky: str) -> None:
    text = as_csv([Held("profile", "", [{"name": risky, "year": 2, "when": None}])]).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[1] == ["profile", "1", "name", f"'{risky}"]
    assert lines[2:] == [["profile", "1", "year", "2"], ["profile", "1", "when", ""]]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(STUDENT) | st.just(str(STUDENT)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just(str(STUDENT)), inner),
)


@given(JSON)
def test_no_payload_keeps_the_id(payload: Any) -> None:
    assert str(STUDENT) not in json.dumps(scrubbed(payload, str(STUDENT)), ensure_ascii=False)


async def test_moments_and_days_are_written_as_texts(services: Services, database: Database) -> None:
    who = await consent(services)
    await appoint_to(services, STUDENT, "lc_member", (await lc_at(services, "順天堂大学"))[0])
    held = await services[MyDataService].export(who)
    (person,) = [row for row in await rows(database, Person) if row.discord_user_id == STUDENT]
    taken = {one.key: one.rows for one in held}
    assert taken["person"][0]["created_at"] == person.created_at.isoformat()
    assert taken["terms"][0]["ends_on"] == "2027-03-31"
    assert json.loads(as_json(held)) == taken


async def test_terms_of_somebody_without_a_record_are_untouched(services: Services, database: Database) -> None:
    before = await rows(database, Term)
    await services[MyDataService].delete(await actor(services, STUDENT + 7))
    assert await rows(database, Term) == before
    assert await rows(database, Deletion) == []
    assert not [row for row in await rows(database, Delivery) if row.state == "withdrawn"]
