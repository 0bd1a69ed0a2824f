"""What an older program has kept for its searches is brought up to date, so that the present one finds it."""

from __future__ import annotations

from sqlalchemy import text

from bot import schema
from bot.features import Services
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members.finding import FindService
from bot.features.members.service import MemberService
from tests.core.test_schema import empty_url, move
from tests.support.clocks import FakeClock
from tests.support.databases import opened
from tests.support.members import join
from tests.support.people import OFFICER, STUDENT, actor, found_organisation

__all__ = ["empty_url"]

ENTRY = """INSERT INTO roster_entries (organisation_id, fingerprint, name, reading, institution, consent,
    source, digest, imported_at, expires_on) VALUES (1, :print, :name, '', 'みほん大学', '', '', :print,
    '2026-11-01 00:00:00', '2027-11-01')"""


async def test_old_rows_are_folded_anew_and_the_way_down_keeps_them(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        who, officer = await join(services, STUDENT, "例 太郎"), await actor(services, OFFICER)
        await services[MemberService].set_name(who, "渡邉 櫻", "わたなべ さくら")
        query = text("SELECT l.search_names, l.search_places FROM local_committees l ORDER BY l.id")
        regions = text("SELECT search_text FROM regions ORDER BY id")
        async with database.engine.connect() as connection:
            before = (await connection.execute(query)).all(), (await connection.execute(regions)).all()
        await move(database, "downgrade", "0015")
        async with database.writing() as session:  # as the version before has written it
            await session.execute(
                text("UPDATE local_committees SET search_names = '\n東京大学\n', search_places = '\n'")
            )
            await session.execute(text("UPDATE regions SET search_text = '\n関東\n'"))
            await session.execute(text("UPDATE profiles SET search = '\nわたなべさくら\n渡邉櫻\n'"))
            for old, name in (("a", "渡邉"), ("b", "渡辺"), ("c", "例")):
                await session.execute(text(ENTRY), {"print": old, "name": name})
        assert await schema.upgrade(database)
        async with database.engine.connect() as connection:
            after = (await connection.execute(query)).all(), (await connection.execute(regions)).all()
            prints = (await connection.scalars(text("SELECT fingerprint FROM roster_entries ORDER BY id"))).all()
        assert after == before
        assert [len(one) for one in prints] == [64, 1, 64], "two who would be one stay two"
        assert (await services[FindService].find(officer, "渡辺 桜")).hits
        assert (await services[LocalCommitteeService].find(officer, "めいだい")).hits[0].name_ja == "名古屋大学"
