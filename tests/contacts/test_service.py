from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import delete, func, select

from bot.db import Database
from bot.errors import Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.contacts.models import Field, HolderContact, LcContact, Visibility
from bot.features.contacts.service import ContactService, Detail, LcContacts
from bot.features.local_committees.models import Via
from bot.features.local_committees.service import OwnRecordService
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Term
from bot.features.people.terms import LC_MEMBER
from bot.features.posts.service import PostService
from tests.support.clocks import FakeClock
from tests.support.people import (
    GUILD,
    NEWCOMER,
    OFFICER,
    OTHER,
    REPRESENTATIVE,
    actor,
    appoint_to,
    found_organisation,
)

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
MAIL = Detail(Field.MAIL, "lc@example.org", Visibility.MEMBERS)
LINK = Detail(Field.LINK, "https://example.org/lc", Visibility.OFFICERS)
HOW = Detail(Field.HOW, "まずメールをください", Visibility.OWN_OFFICERS)
STRANGER, MEMBER = NEWCOMER + 3, NEWCOMER + 4


@pytest.fixture
def contacts(services: Services) -> ContactService:
    return services[ContactService]


async def rows(database: Database, table: type[LcContact] | type[HolderContact]) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def own_term(contacts: ContactService, who: Actor, lc: int) -> int:
    return (await contacts.own(who, lc))[0].term_id


def representatives(found: LcContacts) -> list[Detail]:
    return found.posts[0].holders[0].details


async def test_an_unfilled_post_routes_to_the_representative(
    contacts: ContactService, services: Services, representative: Actor, lc: int, clock: FakeClock
) -> None:
    await services[PostService].add(representative, NEWCOMER, "新人", "leo", lc, FIRST, LAST)
    by_post = {one.post_en.split()[0]: one for one in (await contacts.of(representative, lc)).posts}
    assert [holder.name for holder in by_post["LEO"].holders] == ["新人"]
    assert not by_post["LEO"].routed
    assert [holder.name for holder in by_post["LPO"].holders] == ["user 3"]
    assert by_post["LPO"].routed
    (scoph,) = (await contacts.of(representative, lc, "scoph")).posts
    assert scoph.routed
    clock.go(days=131)
    later = await contacts.of(await actor(services, OFFICER), lc)
    assert all(not one.holders for one in later.posts), "all terms are over"


async def test_each_sees_what_their_standing_allows(
    contacts: ContactService, services: Services, representative: Actor, lc: int
) -> None:
    await appoint_to(services, MEMBER, LC_MEMBER, lc)
    term = await own_term(contacts, representative, lc)
    for detail in (MAIL, LINK, HOW):
        await contacts.set_for_lc(representative, lc, detail)
    await contacts.set_own(representative, term, Detail(Field.MAIL, "me@example.org", Visibility.OFFICERS))
    await contacts.set_own(representative, term, Detail(Field.HOW, "夜に", Visibility.MEMBERS))
    expected = {
        STRANGER: ([], []),
        MEMBER: ([Field.MAIL], [Field.HOW]),
        OTHER: ([Field.MAIL, Field.LINK], [Field.MAIL, Field.HOW]),
        REPRESENTATIVE: ([Field.MAIL, Field.LINK, Field.HOW], [Field.MAIL, Field.HOW]),
        OFFICER: ([Field.MAIL, Field.LINK, Field.HOW], [Field.MAIL, Field.HOW]),
    }
    for user, seen in expected.items():
        found = await contacts.of(await actor(services, user), lc)
        assert ([one.field for one in found.details], [one.field for one in representatives(found)]) == seen, user
        routed = next(post for post in found.posts if post.routed)
        assert routed.holders[0].details == representatives(found), "the same by every way"


async def test_a_detail_is_seen_by_the_fewest_unless_said_otherwise(
    contacts: ContactService, services: Services, representative: Actor, lc: int
) -> None:
    await contacts.set_for_lc(representative, lc, Detail(Field.MAIL, "lc@example.org"))
    assert (await contacts.of(await actor(services, OTHER), lc)).details == []
    assert len((await contacts.of(representative, lc)).details) == 1


async def test_an_lcs_details_are_changed_and_taken_away_with_a_note_that_names_fields(
    contacts: ContactService, representative: Actor, lc: int, database: Database, services: Services
) -> None:
    for detail in (MAIL, MAIL, Detail(Field.MAIL, "new@example.org", Visibility.MEMBERS), Detail(Field.MAIL, " ")):
        await contacts.set_for_lc(representative, lc, detail)
    assert await rows(database, LcContact) == 0
    async with database.reading() as connection:
        entries = (await connection.execute(select(AuditEntry.fields).where(AuditEntry.action == "lc.contact"))).all()
    assert [entry.fields for entry in entries] == [["mail"]] * 3, "the same again is no change"
    changes = await services[OwnRecordService].history(representative, lc)
    assert [change.action for change in changes] == ["lc.contact"] * 3


async def test_only_its_own_officers_and_the_nation_enter_an_lcs_details(
    contacts: ContactService, services: Services, lc: int, database: Database
) -> None:
    for user in (OTHER, STRANGER):
        with pytest.raises(NotAllowed):
            await contacts.set_for_lc(await actor(services, user), lc, MAIL)
    officer = await actor(services, OFFICER)
    with pytest.raises(Invalid, match="how the LC told"):
        await contacts.set_for_lc(officer, lc, MAIL)
    assert await rows(database, LcContact) == 0
    await contacts.set_for_lc(officer, lc, MAIL, Via.PHONE)
    changes = await services[OwnRecordService].history(officer, lc)
    assert changes[0].via is Via.PHONE


async def test_everybody_enters_only_their_own(
    contacts: ContactService, services: Services, representative: Actor, lc: int, database: Database
) -> None:
    await appoint_to(services, MEMBER, LC_MEMBER, lc)
    term = await own_term(contacts, representative, lc)
    for user in (OTHER, OFFICER, MEMBER, STRANGER):
        with pytest.raises(NotFound):
            await contacts.set_own(await actor(services, user), term, Detail(Field.MAIL, "x@example.org"))
    with pytest.raises(Invalid):
        await contacts.set_own(representative, term, LINK)
    assert await rows(database, HolderContact) == 0
    assert await contacts.own(await actor(services, MEMBER), lc) == [], "membership is no post"


async def test_what_a_holder_entered_goes_with_the_term(
    contacts: ContactService, services: Services, representative: Actor, lc: int, database: Database, clock: FakeClock
) -> None:
    term = await own_term(contacts, representative, lc)
    await contacts.set_own(representative, term, Detail(Field.MAIL, "me@example.org", Visibility.MEMBERS))
    assert await contacts.forget_ended() == 0
    clock.go(days=131)  # 1 April 2027
    over = await actor(services, REPRESENTATIVE)
    assert await contacts.own(over, lc) == []
    with pytest.raises(NotFound):
        await contacts.set_own(over, term, Detail(Field.MAIL, "me@example.org"))
    found = await contacts.of(await actor(services, OFFICER), lc)
    assert all(not post.holders for post in found.posts)
    clock.go(days=1)
    assert await contacts.forget_ended() == 1
    assert await rows(database, HolderContact) == 0


async def test_what_a_holder_entered_goes_with_the_person(
    contacts: ContactService, representative: Actor, lc: int, database: Database
) -> None:
    term = await own_term(contacts, representative, lc)
    await contacts.set_own(representative, term, Detail(Field.HOW, "夜に"))
    async with database.writing() as session:
        await session.execute(delete(Term).where(Term.person_id == representative.person_id))
        await session.execute(delete(Person).where(Person.id == representative.person_id))
    assert await rows(database, HolderContact) == 0


async def test_another_organisations_lc_is_not_there(
    contacts: ContactService, services: Services, lc: int, database: Database
) -> None:
    await found_organisation(services, guild=GUILD + 1)
    stranger = await actor(services, OFFICER, GUILD + 1)
    with pytest.raises(NotFound):
        await contacts.of(stranger, lc)
    with pytest.raises(NotFound):
        await contacts.set_for_lc(stranger, lc, MAIL, Via.MAIL)
    assert await rows(database, LcContact) == 0


async def test_two_at_once_leave_one_detail(
    contacts: ContactService, representative: Actor, lc: int, database: Database
) -> None:
    texts = [f"lc{n}@example.org" for n in range(4)]
    await asyncio.gather(*(contacts.set_for_lc(representative, lc, Detail(Field.MAIL, text)) for text in texts))
    assert await rows(database, LcContact) == 1
    term = await own_term(contacts, representative, lc)
    await asyncio.gather(*(contacts.set_own(representative, term, Detail(Field.MAIL, text)) for text in texts))
    assert await rows(database, HolderContact) == 1
