"""People without an account: entered, found, kept for a time, joined with their account, deleted. On both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database, Record, fetch
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.institutions.entering import EnteredEntry, EnteringService, entered_lists
from bot.features.institutions.models import EnteredPerson, InstitutionContact, InstitutionKind
from bot.features.institutions.rules import ContactDraft, InstitutionDraft, PersonDraft
from bot.features.institutions.service import InstitutionService
from bot.features.members import rules
from bot.features.members.finding import FindService
from bot.features.members.models import Deletion, Profile
from bot.features.members.mydata import MyDataService
from bot.features.members.service import MemberService
from bot.features.memberships.models import Membership
from bot.features.people.actors import Actor
from bot.features.people.models import FormerRecord, Level, Person, Reach
from bot.features.people.rules import Right
from bot.features.people.terms import LC_REPRESENTATIVE, NATIONAL_OFFICER, appoint
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.values import PostDraft
from bot.features.record_keeping.merging import MergingService
from bot.features.record_keeping.models import Keeping
from bot.features.record_keeping.retention import RetentionService
from bot.features.record_keeping.service import RosterService
from bot.paging import Part
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.members import join
from tests.support.people import (
    GUILD,
    NEWCOMER,
    OFFICER,
    OTHER,
    REPRESENTATIVE,
    STUDENT,
    actor,
    appoint_to,
    found_organisation,
)

TODAY = date(2026, 11, 21)
LECTURER = PersonDraft("渡邉 一子", "わたなべ かずこ", "見本病院", "本人の承諾(メール)")
HOSPITAL = InstitutionDraft("見本病院", "Sample Hospital", InstitutionKind.HOSPITAL, "JP", "横浜市")
NEW = STUDENT + 40


@pytest.fixture
def service(services: Services) -> EnteringService:
    return services[EnteringService]


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


@pytest.fixture
async def leader(services: Services, lc: int) -> Actor:
    """The representative of the LC."""
    return await actor(services, REPRESENTATIVE)


async def rows(database: Database, table: type[Record]) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(table.__table__).order_by(table.id)))


def names(found: Part[EnteredEntry]) -> list[str]:
    return [one.name for one in found]


async def counted(services: Services, who: Actor) -> list[tuple[str, int, int]]:
    return [(one.lc_ja or "", one.of or 0, one.n or 0) for one in await facts_of(services, who, entered_lists)]


async def test_an_officer_of_two_lcs_has_a_list_for_each(
    service: EnteringService, services: Services, lc: int, officer: Actor
) -> None:
    other = (await actor(services, OTHER)).officer_of[0]
    await appoint_to(services, REPRESENTATIVE, LC_REPRESENTATIVE, other)
    both = await actor(services, REPRESENTATIVE)
    assert sorted(await counted(services, both)) == [("京都大学", 0, 0), ("東京大学", 0, 0)], "where one begins"
    await service.enter(both, LECTURER, other)
    assert sorted(await counted(services, both)) == [("京都大学", 1, 0), ("東京大学", 0, 0)]
    await service.enter(both, LECTURER, lc)
    assert sorted(await counted(services, both)) == [("京都大学", 1, 0), ("東京大学", 1, 0)]


async def test_a_post_of_the_nation_that_may_only_enter_people_is_refused_with_words(
    service: EnteringService, services: Services, officer: Actor
) -> None:
    catalogue = services[PostCatalogueService]
    post_id = await catalogue.add(officer, PostDraft("受付", "Reception", Level.NATION, None, is_single=False))
    await catalogue.allow(officer, post_id, Reach.PLACE, [Right.ENTER_PEOPLE.value])
    await appoint_to(services, NEWCOMER, "reception", None)
    made = await service.enter(officer, LECTURER)
    who = await actor(services, NEWCOMER)
    assert not await facts_of(services, who, entered_lists)
    with pytest.raises(NotFound):
        await service.show(who, 9_999)
    for attempt in (service.keep(who, [made]), service.edit(who, made, LECTURER)):
        with pytest.raises(NotAllowed):
            await attempt


async def test_somebody_is_entered_changed_and_kept_for_longer(
    service: EnteringService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    hospital = await services[InstitutionService].add(officer, HOSPITAL)
    made = await service.enter(officer, LECTURER)
    one = await service.show(officer, made)
    assert (one.name, one.affiliation, one.affiliation_en) == ("渡邉 一子", "見本病院", "Sample Hospital")
    assert (one.institution_id, one.entered_by, one.until) == (hospital, "役員 一号", date(2028, 3, 31))
    await service.edit(officer, made, replace(LECTURER, affiliation="東大", reading=""))
    one = await service.show(officer, made)
    assert (one.reading, one.affiliation, one.institution_id) == ("", "東京大学", None)
    await service.edit(officer, made, replace(LECTURER, affiliation="みほん町"))
    assert (await service.show(officer, made)).affiliation == "みほん町"
    clock.go(days=200)
    await appoint_to(services, OFFICER, NATIONAL_OFFICER, None, date(2027, 4, 1), date(2028, 3, 31))
    officer = await actor(services, OFFICER)
    for _ in range(2):
        await service.keep(officer, [made])
    assert (await service.show(officer, made)).until == date(2029, 3, 31)
    noted = [row for row in await rows(database, AuditEntry) if row.subject_kind == "person" and row.subject_id == made]
    assert [row.action for row in noted] == ["person.enter", "person.edit", "person.edit", *["person.prolong"] * 2]
    assert "渡邉" not in str(noted), "names of fields, never what they say"


async def test_of_several_institutions_of_one_name_the_officer_says_which(
    service: EnteringService, services: Services, officer: Actor
) -> None:
    institutions = services[InstitutionService]
    _, second = [await institutions.add(officer, replace(HOSPITAL, place=place)) for place in ("横浜市", "川崎市")]
    made = await service.enter(officer, LECTURER)
    assert (await service.show(officer, made)).institution_id is None
    await service.edit(officer, made, replace(LECTURER, institution_id=second))
    await institutions.retire(officer, second, retired=True)
    await service.edit(officer, made, replace(LECTURER, name="渡辺 一子", institution_id=second))
    assert (await service.show(officer, made)).institution_id == second, "who is there stays there"
    with pytest.raises(NotFound):
        await service.enter(officer, replace(LECTURER, institution_id=second))


async def test_they_are_found_in_any_width_kana_and_old_characters(
    service: EnteringService, services: Services, officer: Actor
) -> None:
    await services[InstitutionService].add(officer, HOSPITAL)
    await service.enter(officer, LECTURER)
    await service.enter(officer, PersonDraft("Erika Müller", "", "東大", "招待状"))
    for typed, found in (
        ("渡辺", ["渡邉 一子"]),
        ("ﾜﾀﾅﾍﾞ", ["渡邉 一子"]),
        ("わたなべかずこ", ["渡邉 一子"]),
        ("sample", ["渡邉 一子"]),
        ("ＭＵＬＬＥＲ", ["Erika Müller"]),
        ("とうきょうだいがく", ["Erika Müller"]),
        ("_", ["Erika Müller", "渡邉 一子"]),  # nothing is left of it
        ("%", []),
    ):
        assert sorted(names(await service.found(officer, None, typed))) == found, typed
    with pytest.raises(NotFound):
        await services[FindService].find(officer, "渡邉")


async def test_a_list_is_turned_to_its_end(service: EnteringService, officer: Actor) -> None:
    for number in range(21):
        await service.enter(officer, replace(LECTURER, name=f"例 {number:02}", reading=""))
    last = await service.found(officer, None, "例", 9)
    assert (last.page, last.pages, last.total, names(last)) == (2, 3, 21, ["例 20"])
    assert len(await service.all(officer, None, "例")) == 21


async def test_officers_of_an_lc_have_those_whom_it_entered_and_nobody_else_has_them(
    service: EnteringService, services: Services, lc: int, officer: Actor, leader: Actor
) -> None:
    own = await service.enter(leader, LECTURER, lc)
    organisations = await service.enter(officer, replace(LECTURER, name="例 二子"))
    assert names(await service.found(leader, lc)) == ["渡邉 一子"]
    assert names(await service.found(officer, lc)) == ["渡邉 一子"]
    assert sorted(names(await service.found(officer))) == ["例 二子", "渡邉 一子"]
    await service.edit(leader, own, LECTURER)
    await service.keep(leader, [own])
    assert (await service.show(officer, own)).lc_ja == "東京大学"
    assert await counted(services, leader) == [("東京大学", 1, 0)]
    assert await counted(services, officer) == [("", 2, 0)]
    other, newcomer = await actor(services, OTHER), await actor(services, NEWCOMER)
    assert await counted(services, other) == [("京都大学", 0, 0)]
    assert await counted(services, newcomer) == []
    attempts = [
        service.found(leader),
        service.show(leader, organisations),
        service.enter(leader, LECTURER),
        service.delete(leader, organisations),
    ]
    for who in (other, newcomer):
        attempts += [
            service.found(who, lc),
            service.show(who, own),
            service.enter(who, LECTURER, lc),
            service.edit(who, own, LECTURER),
            service.keep(who, [own]),
            service.new_code(who, own),
            service.delete(who, own),
        ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            await attempt


async def test_where_somebody_is_gone_the_next_step_leads_to_a_list_that_the_officer_may_see(
    service: EnteringService, lc: int, officer: Actor, leader: Actor
) -> None:
    for who, list_of in ((officer, 0), (leader, lc)):
        for attempt in (service.show(who, 10**6), service.keep(who, [10**6])):
            with pytest.raises(NotFound) as told:
                await attempt
            assert [step.custom_id for step in told.value.next_steps] == [f"institutions:people:0:{list_of}:"]


async def test_who_holds_an_officers_post_hands_it_over_before_their_data_goes(
    service: EnteringService, database: Database, clock: FakeClock, lc: int, officer: Actor
) -> None:
    made = await service.enter(officer, LECTURER)
    async with database.writing() as session:
        person = await session.get_one(Person, made)
        days = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
        await appoint(
            session, person, LC_REPRESENTATIVE, **days, at=clock.now(), by_discord_id=OFFICER, origin="test", lc_id=lc
        )
    with pytest.raises(Conflict, match="handed over"):
        await service.delete(officer, made)
    assert (await service.show(officer, made)).name == LECTURER.name


async def test_another_organisation_has_nobody_of_them(
    service: EnteringService, services: Services, officer: Actor
) -> None:
    made = await service.enter(officer, LECTURER)
    await found_organisation(services, GUILD + 1, name_ja="別の団体", name_en="Another")
    foreign = await actor(services, OFFICER, GUILD + 1)
    assert await service.found(foreign) == []
    for attempt in (service.show(foreign, made), service.edit(foreign, made, LECTURER), service.delete(foreign, made)):
        with pytest.raises(NotFound):
            await attempt


async def test_with_a_code_the_record_becomes_theirs(
    service: EnteringService, services: Services, database: Database, officer: Actor
) -> None:
    institutions = services[InstitutionService]
    hospital = await institutions.add(officer, HOSPITAL)
    made = await service.enter(officer, LECTURER)
    await institutions.add_contact(officer, hospital, made, ContactDraft("外科", "x@example.org", "", TODAY))
    first, code = await service.new_code(officer, made), await service.new_code(officer, made)
    rosters = services[RosterService]
    with pytest.raises(Invalid):  # the purpose of use comes first
        await rosters.claim(await actor(services, NEW), code)
    who = await join(services, NEW, "渡辺")
    with pytest.raises(NotFound):
        await rosters.claim(who, first)
    card = await rosters.claim(who, code.lower().replace("-", " "))
    assert (card.name, card.reading, card.school_ja) == ("渡邉 一子", "わたなべ かずこ", "見本病院")
    assert await rows(database, EnteredPerson) == []
    (contact,) = await rows(database, InstitutionContact)
    assert contact.person_id == who.person_id
    (profile,) = [row for row in await rows(database, Profile) if row.person_id == who.person_id]
    assert profile.reading == "わたなべ かずこ", "they had left it out"
    assert [row.display_name for row in await rows(database, Person) if row.id in (made, who.person_id)] == ["渡辺"]
    (former,) = await rows(database, FormerRecord)
    assert (former.former_person_id, former.discord_user_id) == (made, None)
    with pytest.raises(NotFound):
        await rosters.claim(who, code)
    assert (await services[FindService].find(officer, "かずこ")).hits[0].name == "渡辺"


async def test_a_code_counts_for_a_time_and_in_its_organisation(
    service: EnteringService, services: Services, clock: FakeClock, officer: Actor
) -> None:
    made = await service.enter(officer, LECTURER)
    code = await service.new_code(officer, made)
    await found_organisation(services, GUILD + 1, name_ja="別の団体", name_en="Another")
    elsewhere = await join(services, NEW, "渡辺", guild=GUILD + 1)
    with pytest.raises(NotFound):
        await services[RosterService].claim(elsewhere, code)
    await join(services, NEW, "渡辺")
    clock.go(days=61)
    assert (await service.show(await actor(services, OFFICER), made)).code_until is None
    with pytest.raises(NotFound):
        await services[RosterService].claim(await actor(services, NEW), code)


async def test_an_officer_says_which_account_is_theirs(
    service: EnteringService, services: Services, database: Database, officer: Actor
) -> None:
    """What the person has said themselves stays; a contact of both is one, from the first day to the last."""
    institutions, merging = services[InstitutionService], services[MergingService]
    hospital = await institutions.add(officer, HOSPITAL)
    made = await service.enter(officer, LECTURER)
    who = await join(services, NEW, "渡辺", "わたなべ")
    assert who.person_id == await merging.record_of(officer, NEW)
    with pytest.raises(NotFound):
        await merging.record_of(officer, NEW + 1)
    live = ContactDraft("外科", "x@example.org", "", date(2026, 1, 1))
    over = replace(live, mail="", phone="045-123-4567", starts_on=date(2024, 4, 1), ends_on=date(2025, 3, 31))
    await institutions.add_contact(officer, hospital, made, live)
    await institutions.add_contact(officer, hospital, who.person_id, over)
    preview = await merging.preview(officer, who.person_id, made)
    assert (preview.gone.reading, preview.gone.school_ja) == ("わたなべ かずこ", "見本病院")
    assert preview.fields == ()
    await merging.merge(officer, who.person_id, made, preview.token)
    (contact,) = await rows(database, InstitutionContact)
    assert (contact.person_id, contact.mail, contact.phone) == (who.person_id, "x@example.org", "045-123-4567")
    assert (contact.starts_on, contact.ends_on, contact.is_main) == (date(2024, 4, 1), None, True)
    assert await rows(database, EnteredPerson) == []
    (profile,) = [row for row in await rows(database, Profile) if row.person_id == who.person_id]
    assert profile.reading == "わたなべ"


async def test_the_other_way_round_the_account_goes_along(
    service: EnteringService, services: Services, database: Database, officer: Actor
) -> None:
    made = await service.enter(officer, replace(LECTURER, affiliation="京都大学"))
    who = await actor(services, NEW)
    await services[MemberService].consent(who, "ja", rules.VERSION)
    who = await actor(services, NEW)
    assert who.person_id is not None
    merging = services[MergingService]
    preview = await merging.preview(officer, made, who.person_id)
    assert set(preview.fields) == {"account", "profile", "reading", "school_id"}
    await merging.merge(officer, made, who.person_id, preview.token)
    assert (await actor(services, NEW)).person_id == made
    (profile,) = [row for row in await rows(database, Profile) if row.person_id == made]
    assert profile.reading == "わたなべ かずこ"
    assert profile.school_id is not None
    assert await rows(database, EnteredPerson) == []


async def test_of_two_who_were_entered_for_two_lcs_the_officer_sees_which_loses_them(
    service: EnteringService, services: Services, lc: int, officer: Actor, leader: Actor
) -> None:
    other = await actor(services, OTHER)
    kept, gone = await service.enter(leader, LECTURER, lc), await service.enter(other, LECTURER, other.officer_of[0])
    organisations, merging = await service.enter(officer, LECTURER), services[MergingService]
    assert (await merging.preview(officer, organisations, gone)).loses == ("京都大学", "Kyoto University")
    assert (await merging.preview(officer, kept, organisations)).loses is None
    account = (await join(services, NEW, "渡辺")).person_id
    assert account is not None
    assert (await merging.preview(officer, account, gone)).loses is None, "nobody is somebody who was entered then"
    preview = await merging.preview(officer, kept, gone)
    assert preview.loses == ("京都大学", "Kyoto University")
    await merging.merge(officer, kept, gone, preview.token)
    assert names(await service.found(leader, lc)) == [LECTURER.name]
    assert names(await service.found(other, other.officer_of[0])) == []


async def test_of_two_who_were_entered_one_stays_with_what_either_knew(
    service: EnteringService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    kept = await service.enter(officer, replace(LECTURER, reading="", affiliation=""))
    gone = await service.enter(officer, LECTURER)
    code = await service.new_code(officer, gone)
    merging = services[MergingService]
    preview = await merging.preview(officer, kept, gone)
    await merging.merge(officer, kept, gone, preview.token)
    (entered,) = await rows(database, EnteredPerson)
    assert (entered.person_id, entered.reading, entered.affiliation) == (kept, "わたなべ かずこ", "見本病院")
    assert names(await service.found(officer, None, "かずこ")) == ["渡邉 一子"]
    who = await join(services, NEW, "渡辺")
    assert (await services[RosterService].claim(who, code)).name == "渡邉 一子", "the code that was given counts"


async def test_on_their_wish_everything_goes_and_no_name_stays(
    service: EnteringService, services: Services, database: Database, officer: Actor
) -> None:
    institutions = services[InstitutionService]
    hospital = await institutions.add(officer, HOSPITAL)
    made = await service.enter(officer, replace(LECTURER, institution_id=hospital))
    await institutions.add_contact(officer, hospital, made, ContactDraft("外科", "x@example.org", "", TODAY))
    await service.delete(officer, made)
    assert await rows(database, EnteredPerson) == await rows(database, InstitutionContact) == []
    (person,) = [row for row in await rows(database, Person) if row.id == made]
    assert person.display_name == ""
    assert [row.person_id for row in await rows(database, Deletion)] == [made], "a copy from before brings nobody back"
    noted = [
        row for row in await rows(database, AuditEntry) if row.subject_id == made and row.action == "person.delete"
    ]
    assert len(noted) == 1
    for attempt in (service.show(officer, made), service.delete(officer, made)):
        with pytest.raises(NotFound):
            await attempt


async def test_whoever_entered_them_is_forgotten_without_them(
    service: EnteringService, services: Services, lc: int, leader: Actor, officer: Actor, clock: FakeClock
) -> None:
    made = await service.enter(leader, LECTURER, lc)
    assert "entered_by_you" in {one.key for one in await services[MyDataService].export(leader)}
    later = replace(leader, holdings=())  # out of office
    await services[MyDataService].delete(later)
    one = await service.show(officer, made)
    assert (one.name, one.entered_by) == ("渡邉 一子", "")


async def test_they_are_kept_until_their_day_unless_something_of_theirs_reaches_further(
    service: EnteringService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    gone, needed, contact = [
        await service.enter(officer, PersonDraft(name, reading, "", "招待状"))
        for name, reading in (("例 一子", "れい いちこ"), ("例 二子", "れい かずこ"), ("例 三子", "れい みつこ"))
    ]
    retention = services[RetentionService]
    clock.go(days=(date(2028, 2, 10) - TODAY).days)
    await appoint_to(services, OFFICER, NATIONAL_OFFICER, None, date(2028, 1, 1), date(2031, 3, 31))
    later = await actor(services, OFFICER)
    assert await counted(services, later) == [("", 3, 3)]
    with pytest.raises(NotFound):
        await service.keep(later, [needed, 9_999])
    await service.keep(later, [needed])
    assert await counted(services, later) == [("", 3, 2)]
    assert names(await service.found(later)) == ["例 一子", "例 三子", "例 二子"], "whose time ends soon comes first"
    await services[RetentionService].run()
    assert await rows(database, Keeping) == [], "people without an account are asked nothing"
    clock.go(days=50)  # 31 March
    assert (await retention.run())[1] == 0
    async with database.writing() as session:  # what a later feature may give them: something that still runs
        session.add(
            Membership(
                organisation_id=1, person_id=contact, kind="individual", starts_on=date(2028, 4, 1),
                ends_on=date(2028, 9, 30), created_at=clock.now(),
            )
        )  # fmt: skip
    clock.go(days=1)
    assert (await retention.run())[1] == 1
    assert (await retention.run())[1] == 0, "done twice in a night, it changes nothing more"
    assert set(names(await service.found(later))) == {"例 二子", "例 三子"}
    clock.go(days=190)
    await retention.run()
    assert names(await service.found(later)) == ["例 二子"]
    (person,) = [row for row in await rows(database, Person) if row.id == gone]
    assert person.display_name == ""
