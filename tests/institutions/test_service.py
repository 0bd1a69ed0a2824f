"""Institutions and whom to ask there, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import Conflict, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.institutions.models import InstitutionKind
from bot.features.institutions.rules import ContactDraft, InstitutionDraft
from bot.features.institutions.service import InstitutionEntry, InstitutionService
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.paging import Part
from tests.support.members import join
from tests.support.people import GUILD, NEWCOMER, OFFICER, REPRESENTATIVE, STUDENT, actor, found_organisation

TODAY = date(2026, 11, 21)
HOSPITAL = InstitutionDraft("見本記念病院", "Sample Memorial Hospital", InstitutionKind.HOSPITAL, "日本", "横浜市")
CONTACT = ContactDraft("国際交流室", "office@example.org", "045-123-4567", TODAY)


@pytest.fixture
def service(services: Services) -> InstitutionService:
    return services[InstitutionService]


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


async def person_of(services: Services, user: int, name: str) -> int:
    found = (await join(services, user, name)).person_id
    assert found is not None
    return found


def names(found: Part[InstitutionEntry]) -> list[str]:
    return [one.name_ja for one in found]


async def test_an_institution_is_added_changed_and_retired(
    service: InstitutionService, database: Database, officer: Actor
) -> None:
    made = await service.add(officer, HOSPITAL)
    await service.edit(officer, made, replace(HOSPITAL, address="https://example.org/", note="総合受付は1階"))
    one, contacts = await service.show(officer, made)
    assert (one.name_ja, one.country, one.place, one.address) == (
        "見本記念病院",
        "JP",
        "横浜市",
        "https://example.org/",
    )
    assert (one.is_school, one.is_retired, contacts) == (False, False, [])
    for _ in range(2):  # pressed twice, it comes out the same
        await service.retire(officer, made, retired=True)
    assert (await service.show(officer, made))[0].is_retired
    await service.retire(officer, made, retired=False)
    async with database.reading() as connection:
        query = select(AuditEntry.action, AuditEntry.fields).where(AuditEntry.subject_kind == "institution")
        noted = [(row.action, row.fields) for row in await fetch(connection, query.order_by(AuditEntry.id))]
    assert [action.removeprefix("institution.") for action, _ in noted] == ["add", "edit", "retire", "revive"]
    assert noted[1][1] == ["address", "note"]


async def test_it_is_there_once(service: InstitutionService, officer: Actor) -> None:
    made = await service.add(officer, HOSPITAL)
    with pytest.raises(Conflict) as told:
        await service.add(officer, HOSPITAL)
    assert told.value.next_steps[0].custom_id == f"institutions:show:{made}"
    other = await service.add(officer, replace(HOSPITAL, place="川崎市"))
    with pytest.raises(Conflict):
        await service.edit(officer, other, HOSPITAL)
    await service.edit(officer, other, replace(HOSPITAL, place="川崎市", note="分院"))


async def test_of_several_adding_the_same_one_does(service: InstitutionService, officer: Actor) -> None:
    school = replace(HOSPITAL, name_ja="東京大学", name_en="", kind=InstitutionKind.UNIVERSITY)
    for draft in (HOSPITAL, school):
        results = await asyncio.gather(*(service.add(officer, draft) for _ in range(4)), return_exceptions=True)
        assert sorted(type(one).__name__ for one in results) == ["Conflict"] * 3 + ["int"], results


async def test_a_school_of_the_directory_is_that_school_and_found_by_its_short_names(
    service: InstitutionService, officer: Actor
) -> None:
    university = replace(HOSPITAL, name_ja="東京大学", name_en="", kind=InstitutionKind.UNIVERSITY, place="")
    made = await service.add(officer, university)
    one, _ = await service.show(officer, made)
    assert one.is_school
    with pytest.raises(Conflict):
        await service.add(officer, replace(university, place="本郷"))
    for typed in ("東大", "とうだい", "ﾄｳｷｮｳﾀﾞｲｶﾞｸ"):
        assert names(await service.found(officer, typed)) == ["東京大学"], typed
    await service.edit(officer, made, replace(university, name_ja="東京の大学", name_en="A university in Tokyo"))
    assert not (await service.show(officer, made))[0].is_school


async def test_it_is_found_in_any_width_kana_and_old_characters(service: InstitutionService, officer: Actor) -> None:
    await service.add(officer, HOSPITAL)
    await service.add(
        officer, InstitutionDraft("渡邉醫院", "Watanabe Clinic", InstitutionKind.HOSPITAL, "JP", "札幌市")
    )
    await service.add(officer, InstitutionDraft("ディーツヘルツタール", "Dietzhölztal", InstitutionKind.CITY, "ドイツ"))
    for typed, found in (
        ("渡辺", ["渡邉醫院"]),
        ("ＷＡＴＡＮＡＢＥ", ["渡邉醫院"]),
        ("でぃーつ", ["ディーツヘルツタール"]),
        ("dietzholztal", ["ディーツヘルツタール"]),
        ("ドイツ", ["ディーツヘルツタール"]),
        ("横浜", ["見本記念病院"]),
        ("100%", []),
    ):
        assert names(await service.found(officer, typed)) == found, typed
    assert len(await service.found(officer)) == 3


async def test_a_list_is_turned_to_its_end_and_whoever_is_called_so_comes_first(
    service: InstitutionService, officer: Actor
) -> None:
    for number in range(23):
        await service.add(officer, replace(HOSPITAL, name_ja=f"見本病院{number:02}", name_en=""))
    await service.add(officer, replace(HOSPITAL, name_ja="病院", name_en=""))
    first, last = await service.found(officer, "病院"), await service.found(officer, "病院", 9)
    assert (first[0].name_ja, first.pages, first.total) == ("病院", 3, 24)
    assert (last.page, len(last)) == (2, 4)
    assert len(await service.all(officer, "病院")) == 24


async def test_officers_of_lcs_see_those_in_use_and_nobody_whom_to_ask(
    service: InstitutionService, services: Services, officer: Actor
) -> None:
    made = await service.add(officer, HOSPITAL)
    old = await service.add(officer, replace(HOSPITAL, name_ja="旧病院", name_en=""))
    await service.retire(officer, old, retired=True)
    assert names(await service.found(officer, "病院")) == ["見本記念病院", "旧病院"]
    leader = await actor(services, REPRESENTATIVE)
    assert names(await service.found(leader, "病院")) == ["見本記念病院"]
    for attempt in (
        service.show(leader, made),
        service.add(leader, HOSPITAL),
        service.found(await actor(services, NEWCOMER)),
    ):
        with pytest.raises(NotAllowed):
            await attempt


async def test_another_organisation_neither_sees_nor_changes_them(
    service: InstitutionService, services: Services, officer: Actor
) -> None:
    made = await service.add(officer, HOSPITAL)
    person = await person_of(services, STUDENT + 30, "例 一子")
    contact = await service.add_contact(officer, made, person, CONTACT)
    await found_organisation(services, GUILD + 1, name_ja="別の団体", name_en="Another")
    foreign = await actor(services, OFFICER, GUILD + 1)
    assert await service.found(foreign) == []
    for attempt in (
        service.show(foreign, made),
        service.edit(foreign, made, HOSPITAL),
        service.retire(foreign, made, retired=True),
        service.contact(foreign, contact),
        service.edit_contact(foreign, contact, CONTACT),
        service.make_main(foreign, contact),
        service.remove_contact(foreign, contact),
        service.add_contact(foreign, made, person, CONTACT),
    ):
        with pytest.raises(NotFound):
            await attempt
    own = await service.add(foreign, HOSPITAL)
    with pytest.raises(NotFound):
        await service.add_contact(foreign, own, person, CONTACT)


async def test_one_is_asked_first_and_those_of_before_come_last(
    service: InstitutionService, services: Services, officer: Actor
) -> None:
    made = await service.add(officer, HOSPITAL)
    people = [await person_of(services, STUDENT + 30 + n, f"例 {n}子") for n in range(3)]
    contacts = [await service.add_contact(officer, made, person, CONTACT) for person in people]
    with pytest.raises(Conflict):
        await service.add_contact(officer, made, people[0], CONTACT)
    await service.edit_contact(
        officer, contacts[0], replace(CONTACT, starts_on=date(2025, 4, 1), ends_on=date(2026, 3, 31))
    )
    for _ in range(2):
        await service.make_main(officer, contacts[2])
    _, lines = await service.show(officer, made)
    assert [(one.name, one.is_main, one.is_over) for one in lines] == [
        ("例 2子", True, False),
        ("例 1子", False, False),
        ("例 0子", False, True),
    ]
    await service.remove_contact(officer, contacts[2])
    with pytest.raises(NotFound):
        await service.contact(officer, contacts[2])
    assert [one.name for one in (await service.show(officer, made))[1]] == ["例 1子", "例 0子"]


async def test_a_contact_takes_along_what_is_said_of_them_and_goes_with_their_data(
    service: InstitutionService, services: Services, officer: Actor
) -> None:
    made = await service.add(officer, HOSPITAL)
    who = await join(services, STUDENT + 30, "例 一子")
    assert who.person_id is not None
    await service.add_contact(officer, made, who.person_id, CONTACT)
    taken = str(await services[MyDataService].export(who))
    assert "office@example.org" in taken
    assert "見本記念病院" in taken
    await services[MyDataService].delete(who)
    one, contacts = await service.show(officer, made)
    assert (one.name_ja, contacts) == ("見本記念病院", [])
