from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.models import LocalCommittee
from bot.features.organisations.models import Organisation, OrganisationKind
from bot.features.people.models import Person, Term
from bot.features.people.terms import NATIONAL_OFFICER, appoint, ensure_person
from bot.features.schools.models import Region, School
from bot.features.setups.service import NewOrganisation, SetupService, Start
from tests.support.people import ADMIN, GUILD, OFFICER, STUDENT, caller, create_organisation, new_organisation


async def count(database: Database, table: type) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def test_an_association_begins_with_the_82_schools_and_an_lc_each(services: Services, database: Database) -> None:
    linked = await create_organisation(services, GUILD, new_organisation())
    assert (linked.kind, dict(linked.officers), dict(linked.parts)) == (
        OrganisationKind.ASSOCIATION,
        {OFFICER: "役員 一号"},
        {},
    )
    assert await count(database, School) == 83, "and a place for other institutions"
    assert await count(database, LocalCommittee) == 82
    assert await count(database, Region) == 8


async def test_other_kinds_begin_empty(services: Services, database: Database) -> None:
    for number, start in enumerate((Start.ASSOCIATION, Start.PROGRAMME, Start.SOCIETY)):
        linked = await create_organisation(services, GUILD + number, new_organisation(start=start))
        assert linked.kind == start.kind
    assert await count(database, LocalCommittee) == 0


async def test_what_was_done_stands_in_the_audit_without_names(services: Services, database: Database) -> None:
    await create_organisation(services, GUILD, new_organisation())
    async with database.reading() as connection:
        entries = (
            await connection.execute(select(AuditEntry.action, AuditEntry.actor_discord_id, AuditEntry.fields))
        ).all()
    assert sorted(entry.action for entry in entries) == ["organisation.create", "server.link", "term.add"]
    assert {entry.actor_discord_id for entry in entries} == {ADMIN}
    assert "役員" not in str([entry.fields for entry in entries])


@pytest.mark.parametrize("remove", [False, True])
async def test_audit_entries_can_be_neither_changed_nor_removed(
    services: Services, database: Database, remove: bool
) -> None:
    await create_organisation(services, GUILD, new_organisation())

    async def tamper() -> None:
        async with database.writing() as session:
            entry = (await session.scalars(select(AuditEntry).limit(1))).one()
            if remove:
                await session.delete(entry)
            else:
                entry.action = "something else"

    with pytest.raises(TypeError, match="append-only"):
        await tamper()


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (new_organisation(name_ja=" ", name_en=""), "the organisation.s name"),
        (
            NewOrganisation("名", "N", Start.SOCIETY, {}, date(2026, 4, 1), date(2027, 3, 31)),
            "at least one national officer",
        ),
        (new_organisation(starts_on=date(2027, 3, 31), ends_on=date(2026, 4, 1)), "before it starts"),
        (new_organisation(starts_on=date(2027, 4, 1), ends_on=date(2028, 3, 31)), "today"),
        (new_organisation(starts_on=date(2025, 4, 1), ends_on=date(2026, 3, 31)), "today"),
    ],
)
async def test_bad_input_changes_nothing(
    services: Services, database: Database, new: NewOrganisation, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        await services[SetupService].create(caller(ADMIN, manages=True), new)
    assert await count(database, Organisation) == 0


async def test_only_who_manages_the_server(services: Services, database: Database) -> None:
    setups = services[SetupService]
    await create_organisation(services, GUILD, new_organisation())
    for refused in (
        setups.create(caller(STUDENT), new_organisation()),
        setups.linked(caller(STUDENT)),
        setups.linkable(caller(STUDENT)),
        setups.link(caller(OFFICER, GUILD + 1), 1),
        setups.note_part(caller(STUDENT), 1, "channel:home", 5),
        setups.linked(caller(ADMIN, guild=None, manages=True)),
    ):
        with pytest.raises(NotAllowed):
            await refused
    assert await count(database, Organisation) == 1


async def test_a_server_is_linked_once_even_if_two_try_at_the_same_time(services: Services, database: Database) -> None:
    results = await asyncio.gather(
        *(create_organisation(services, GUILD, new_organisation(name_ja=f"組織{n}")) for n in range(4)),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert all(isinstance(result, Conflict) for result in results if isinstance(result, BaseException)), results
    assert await count(database, Organisation) == 1


async def test_a_person_named_by_two_at_once_is_one_person_with_one_term(
    services: Services, database: Database
) -> None:
    linked = await create_organisation(services, GUILD, new_organisation())

    async def appoint_student() -> int | None:
        async with database.writing() as session:
            person = await ensure_person(
                session,
                organisation_id=linked.organisation_id,
                discord_user_id=STUDENT,
                display_name="新しい役員",
                at=services[SetupService].clock.now(),
            )
            return await appoint(
                session,
                person,
                NATIONAL_OFFICER,
                starts_on=date(2026, 11, 1),
                ends_on=date(2027, 3, 31),
                at=services[SetupService].clock.now(),
                by_discord_id=OFFICER,
                origin="test",
            )

    made = await asyncio.gather(*(appoint_student() for _ in range(4)))
    assert sum(term_id is not None for term_id in made) == 1
    assert await count(database, Person) == 2
    assert await count(database, Term) == 2


async def test_not_even_plain_sql_changes_the_audit_but_who_did_it_can_be_forgotten(
    services: Services, database: Database
) -> None:
    await create_organisation(services, GUILD, new_organisation())

    async def run(statement: Any) -> None:
        async with database.writing() as session:
            await session.execute(statement)

    for tampering in (
        delete(AuditEntry),
        update(AuditEntry).values(action="x"),
        update(AuditEntry).values(actor_discord_id=1),
        update(AuditEntry).values(actor_discord_id=None, origin="x"),
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            await run(tampering)
    assert await count(database, AuditEntry) == 3
    await run(update(AuditEntry).values(actor_discord_id=None))
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).where(AuditEntry.actor_discord_id.is_not(None))) == 0


async def test_a_part_is_noted_for_its_own_server_only(services: Services) -> None:
    setups = services[SetupService]
    one = await create_organisation(services, GUILD, new_organisation())
    await create_organisation(services, GUILD + 1, new_organisation())
    manager = caller(ADMIN, manages=True)
    await setups.note_part(manager, one.server_id, "channel:home", 2**62)
    await setups.note_part(manager, one.server_id, "channel:home", 2**62 + 1)
    linked = await setups.linked(manager)
    assert linked is not None
    assert dict(linked.parts) == {"channel:home": 2**62 + 1}
    with pytest.raises(NotFound):
        await setups.note_part(caller(ADMIN, GUILD + 1, manages=True), one.server_id, "channel:home", 1)


async def test_the_proposed_term_is_the_rest_of_the_fiscal_year(services: Services) -> None:
    assert services[SetupService].default_term() == (date(2026, 11, 21), date(2027, 3, 31))
