from __future__ import annotations

from sqlalchemy import delete, select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.features import Services
from bot.features.briefs.service import BriefService
from bot.features.handovers.asking import HandoverWatch
from bot.features.memberships.renewals import RenewalService
from bot.features.organisations.each import for_each
from bot.features.organisations.models import Organisation
from tests.support.people import GUILD, found_organisation


async def test_what_goes_wrong_with_one_organisation_ends_no_other(services: Services, database: Database) -> None:
    for number in range(3):
        await found_organisation(services, guild=GUILD + number, name_ja=f"団体 {number}", name_en=f"AMSA {number}")
    first, second, third = sorted(await fetch_ids(database))

    async def work(organisation_id: int, zone: str) -> tuple[int, str]:
        assert organisation_id != first, "a fault of ours"
        return organisation_id, zone

    assert await for_each(database, "not worked", work) == [(second, "Asia/Tokyo"), (third, "Asia/Tokyo")]


async def test_a_zone_that_this_machine_does_not_know_leaves_the_work_of_others_planned(
    services: Services, database: Database
) -> None:
    await found_organisation(services)
    await found_organisation(services, guild=GUILD + 1, name_ja="別の団体", name_en="AMSA")
    first, second = sorted(await fetch_ids(database))
    async with database.writing() as session:
        (await session.get_one(Organisation, first)).time_zone = "Mars/Base"
        await session.execute(delete(Delivery))  # planned when they were founded
    await services[BriefService].plan_all()
    await services[HandoverWatch].plan_all()
    await services[RenewalService].plan_all()
    async with database.reading() as connection:
        planned = await fetch(connection, select(Delivery.organisation_id, Delivery.kind))
    assert {row.organisation_id for row in planned} == {second}
    assert len({row.kind for row in planned}) >= 4


async def fetch_ids(database: Database) -> list[int]:
    async with database.reading() as connection:
        return list(await connection.scalars(select(Organisation.id)))
