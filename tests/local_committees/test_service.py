from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot import data
from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.models import LcState
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.actors import Actor
from bot.features.people.models import Term
from bot.features.people.terms import LC_REPRESENTATIVE, appoint, ensure_person
from bot.features.schools.models import Region
from bot.features.setups.service import Start
from tests.support.clocks import FakeClock
from tests.support.people import GUILD, OFFICER, STUDENT, actor, found_organisation
from tests.support.statements import statements_of


@pytest.fixture
async def student(services: Services) -> Actor:
    await found_organisation(services)
    return await actor(services)


@pytest.fixture
async def officer(services: Services, student: Actor) -> Actor:
    return await actor(services, OFFICER)


@pytest.fixture
def lcs(services: Services) -> LocalCommitteeService:
    return services[LocalCommitteeService]


async def lc_id(lcs: LocalCommitteeService, actor: Actor, name: str) -> int:
    return (await lcs.show(actor, name)).lc_id


async def test_every_school_is_found_by_each_of_its_names(lcs: LocalCommitteeService, student: Actor) -> None:
    for row in data.rows("medical_schools"):
        names = [row[c] for c in ("name_ja", "name_en", "abbreviation_ja", "former_names_ja", "former_names_en")]
        for name in filter(None, names):
            found = await lcs.find(student, name)
            assert row["name_ja"] in [hit.name_ja for hit in found.hits], name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Tokyo University", "東京大学"),
        ("KyotoUniversity", "京都大学"),
        ("Tsukuba University", "筑波大学"),
        ("Ryukyus University", "琉球大学"),
        ("東京大学医学部", "東京大学"),
        ("筑波大学医学部医学科", "筑波大学"),
    ],
)
async def test_usual_ways_of_writing_a_name_find_it_first(
    lcs: LocalCommitteeService, student: Actor, typed: str, name: str
) -> None:
    assert (await lcs.find(student, typed)).hits[0].name_ja == name


@pytest.mark.parametrize(
    ("typed", "number"), [("関西", 13), ("近畿", 13), ("北陸", 4), ("甲信越", 3), ("Kyushu-Okinawa", 11)]
)
async def test_areas_are_found_by_their_usual_names(
    lcs: LocalCommitteeService, student: Actor, typed: str, number: int
) -> None:
    found = await lcs.find(student, typed)
    assert found.total == number


async def test_a_region_is_listed_by_its_id_whatever_it_is_called(
    lcs: LocalCommitteeService, student: Actor, services: Services, database: Database
) -> None:
    coverage = await lcs.coverage(student)
    kinki = next(region for region in coverage.by_region if region.name_en == "Kinki")
    async with database.writing() as session:
        await session.execute(update(Region).where(Region.id == kinki.region_id).values(name_ja="関西ブロック"))
    found = await lcs.in_region(student, kinki.region_id, 9)
    assert found.region is not None
    assert (found.total, found.page, found.region.name_ja) == (13, 0, "関西ブロック")
    await found_organisation(services, guild=GUILD + 1)
    with pytest.raises(NotFound):
        await lcs.in_region(await actor(services, guild=GUILD + 1), kinki.region_id)


async def test_exact_before_beginning_before_inside(lcs: LocalCommitteeService, student: Actor) -> None:
    assert (await lcs.find(student, "京大")).hits[0].name_ja == "京都大学"
    names = [hit.name_ja for hit in (await lcs.find(student, "大阪")).hits]
    assert names[:3] == ["大阪大学", "大阪公立大学", "大阪医科薬科大学"]
    assert "関西医科大学" in names, "it stands in Osaka"


async def test_pages_hold_every_hit_once(lcs: LocalCommitteeService, student: Actor) -> None:
    first = await lcs.find(student, "大学")
    assert (first.total, first.pages, len(first.hits)) == (82, 4, 25)
    seen = [hit.lc_id for page in range(4) for hit in (await lcs.find(student, "大学", page)).hits]
    assert len(seen) == len(set(seen)) == 82
    beyond = await lcs.find(student, "大学", 99)
    assert (beyond.page, len(beyond.hits)) == (3, 7), "past the end is the last page"


async def test_unknown_names_lead_to_those_that_are_near(lcs: LocalCommitteeService, student: Actor) -> None:
    for ask in (lcs.find, lcs.show):
        with pytest.raises(NotFound) as unknown:
            await ask(student, "北海同大学")
        assert unknown.value.next_steps[0].label == "北海道大学"
        assert 2 <= len(unknown.value.next_steps) <= 4
        with pytest.raises(NotFound, match="Please try another name") as far:
            await ask(student, "🎉")
        assert [step.label for step in far.value.next_steps] == ["Search again"]
    with pytest.raises(Invalid):
        await lcs.find(student, " 　・ ")
    with pytest.raises(NotFound):
        await lcs.show(student, "#99999999999")
    with pytest.raises(NotFound):
        await lcs.show(student, "#" + "9" * 60)


async def test_an_empty_directory_says_so(services: Services, lcs: LocalCommitteeService) -> None:
    await found_organisation(services, start=Start.ASSOCIATION)
    with pytest.raises(NotFound, match="no LCs"):
        await lcs.find(await actor(services), "東")
    with pytest.raises(NotFound, match="no schools"):
        await lcs.coverage(await actor(services))
    assert await lcs.complete(await actor(services), "東") == []


async def test_another_organisations_lc_cannot_be_reached_by_its_id(
    services: Services, lcs: LocalCommitteeService, student: Actor
) -> None:
    await found_organisation(services, guild=GUILD + 1)
    stranger, other_officer = await actor(services, guild=GUILD + 1), await actor(services, OFFICER, GUILD + 1)
    mine = await lc_id(lcs, student, "東大")
    with pytest.raises(NotFound):
        await lcs.show(stranger, f"#{mine}")
    with pytest.raises(NotFound):
        await lcs.change_state(other_officer, mine, LcState.LEAD, date(2026, 11, 21))
    assert (await lcs.coverage(stranger)).total == Counter({LcState.NO_CONTACT: 82})


async def test_the_lifecycle_is_followed_and_noted(
    lcs: LocalCommitteeService, officer: Actor, database: Database
) -> None:
    one = await lc_id(lcs, officer, "東大")
    for state in (
        LcState.LEAD,
        LcState.FOUNDING,
        LcState.APPLYING,
        LcState.MEMBER,
        LcState.DORMANT,
        LcState.MEMBER,
        LcState.LEFT,
    ):
        await lcs.change_state(officer, one, state, date(2026, 11, 21), "総会 第1号")
        card = await lcs.show(officer, f"#{one}")
        assert (card.state, card.state_since, card.state_decision) == (state, date(2026, 11, 21), "総会 第1号")
    with pytest.raises(Conflict):
        await lcs.change_state(officer, one, LcState.DORMANT, date(2026, 11, 21))
    two = await lc_id(lcs, officer, "京都大学")
    for decision in (None, "  "):
        with pytest.raises(Invalid, match="needs a decision"):
            await lcs.change_state(officer, two, LcState.MEMBER, date(2026, 11, 21), decision)
    with pytest.raises(Invalid, match="in the future"):
        await lcs.change_state(officer, two, LcState.LEAD, date(2026, 11, 22))
    assert (await lcs.show(officer, f"#{two}")).state is LcState.NO_CONTACT
    async with database.reading() as connection:
        query = select(func.count()).where(AuditEntry.action == "lc.state", AuditEntry.subject_id == one)
        assert await connection.scalar(query) == 7


async def test_a_student_cannot_move_an_lc(lcs: LocalCommitteeService, student: Actor) -> None:
    one = await lc_id(lcs, student, "東大")
    with pytest.raises(NotAllowed):
        await lcs.change_state(student, one, LcState.MEMBER, date(2026, 11, 21))
    assert (await lcs.show(student, f"#{one}")).state is LcState.NO_CONTACT


async def test_of_two_officers_at_once_one_moves_the_lc(lcs: LocalCommitteeService, officer: Actor) -> None:
    one = await lc_id(lcs, officer, "東大")
    results = await asyncio.gather(
        *(lcs.change_state(officer, one, LcState.LEAD, date(2026, 11, 21)) for _ in range(4)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 3


async def test_coverage_adds_up_whatever_happens(lcs: LocalCommitteeService, officer: Actor) -> None:
    for number, hit in enumerate((await lcs.find(officer, "大学")).hits):
        state = [LcState.MEMBER, LcState.LEAD, LcState.FOUNDING][number % 3]
        await lcs.change_state(officer, hit.lc_id, state, officer.today, "総会 第1号")
    coverage = await lcs.coverage(officer)
    assert sum(coverage.total.values()) == 82
    assert coverage.total[LcState.MEMBER] == 9
    assert sum(sum(counts.values()) for counts in coverage.by_prefecture.values()) == 82
    assert len(coverage.by_prefecture) == 47
    assert {region.name_en: sum(counts.values()) for region, counts in coverage.by_region.items()} == {
        "Hokkaido": 3, "Tohoku": 7, "Kanto": 25, "Chubu": 13, "Kinki": 13, "Chugoku": 6, "Shikoku": 4,
        "Kyushu-Okinawa": 11,
    }  # fmt: skip


async def test_the_card_says_until_when_there_is_a_representative(
    lcs: LocalCommitteeService, officer: Actor, services: Services, database: Database, clock: FakeClock
) -> None:
    one = await lc_id(lcs, officer, "東大")
    assert (await lcs.show(officer, f"#{one}")).representative_until is None
    term: dict[str, Any] = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
    async with database.writing() as session:
        person = await ensure_person(
            session,
            organisation_id=officer.organisation.id,
            discord_user_id=STUDENT,
            display_name="代表",
            at=clock.now(),
        )
        common: dict[str, Any] = {"at": clock.now(), "by_discord_id": OFFICER, "origin": "test", "lc_id": one}
        assert await appoint(session, person, LC_REPRESENTATIVE, **term, **common)
        assert not await appoint(session, person, LC_REPRESENTATIVE, **term, **common), "the same again changes nothing"
        with pytest.raises(Invalid):
            await appoint(
                session, person, LC_REPRESENTATIVE, starts_on=date(2027, 4, 2), ends_on=date(2027, 4, 1), **common
            )
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(Term)) == 2
    assert (await lcs.show(officer, f"#{one}")).representative_until == date(2027, 3, 31)
    representative = await actor(services, STUDENT)
    assert representative.lc_ids == [one]
    assert (await lcs.complete(representative, ""))[0].lc_id == one, "one's own LC comes first"
    clock.go(days=140)
    assert (await lcs.show(await actor(services), f"#{one}")).representative_until is None


async def test_showing_a_card_takes_at_most_three_statements(
    lcs: LocalCommitteeService, services: Services, student: Actor, database: Database
) -> None:
    one = await lc_id(lcs, student, "東大")
    with statements_of(database) as statements:
        await lcs.show(await actor(services), f"#{one}")
    assert 1 <= len(statements) <= 3, statements
