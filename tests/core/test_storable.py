"""NUL and half characters: no input of any kind reaches the database with them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import String, insert, select, text

from bot.db import Base, Database
from bot.features import Services
from bot.features.announcements.models import AnnouncementTemplate
from bot.features.people.models import Person
from bot.typed import storable
from tests.members.test_slash import consented, named, rows
from tests.support.clocks import FakeClock
from tests.support.people import STUDENT, actor, found_organisation
from tests.support.worlds import World, text_of

BAD = "例\0\ud800え\udfff"
GOOD = "例え"
texts = st.text(st.characters(), max_size=9)
anything = st.recursive(
    st.none() | st.integers() | texts, lambda one: st.lists(one, max_size=4) | st.dictionaries(texts, one, max_size=4)
)


@given(anything)
def test_what_is_storable_stays_so_and_can_be_encoded(value: object) -> None:
    made = storable(value)
    assert storable(made) == made
    assert "\0" not in repr(made).encode().decode()


COLUMNS = [
    column for table in Base.metadata.sorted_tables for column in table.columns if isinstance(column.type, String)
]


async def test_every_text_column_can_be_asked_for_it(database: Database) -> None:
    """Every one of the schema, on both databases: what a statement carries is cleaned, whoever wrote the statement."""
    assert len(COLUMNS) > 100
    for column in COLUMNS:
        async with database.reading() as connection:
            await connection.execute(select(column.table).where(column == BAD))
            await connection.execute(select(column.table).where(column.contains(BAD, autoescape=True)))


async def test_rows_written_in_every_way_come_back_clean(
    services: Services, database: Database, clock: FakeClock
) -> None:
    await found_organisation(services)
    who = await actor(services, STUDENT)
    at = clock.now()
    values = {"organisation_id": who.organisation.id, "display_name": BAD, "created_at": at}
    async with database.writing() as session:
        session.add(Person(**values, discord_user_id=901))
        await session.flush()
        await session.execute(insert(Person), [{**values, "discord_user_id": number} for number in (902, 903)])
        await session.execute(text("UPDATE people SET display_name = :name WHERE discord_user_id = 902"), {"name": BAD})
        template = AnnouncementTemplate(
            organisation_id=who.organisation.id, lc_id=None, name=BAD, title=BAD, text_ja=BAD, text_en=BAD, link="",
            audience={BAD: [BAD, {BAD: BAD}]}, places=[BAD], created_at=at,
        )  # fmt: skip
        session.add(template)
    async with database.reading() as connection:
        names = (await connection.scalars(select(Person.display_name).where(Person.display_name.contains(GOOD)))).all()
        row = (
            await connection.execute(
                select(AnnouncementTemplate.audience, AnnouncementTemplate.places, AnnouncementTemplate.text_ja)
            )
        ).one()
    assert names == [GOOD] * 3
    assert tuple(row) == ({GOOD: [GOOD, {GOOD: GOOD}]}, [GOOD], GOOD)


async def test_whatever_people_type_on_discord_is_clean_before_anything_sees_it(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin("officer"))
    person = server.person("person")
    message = await consented(person, server)
    await named(person, message, f"{BAD} 太郎", "れ\0い")
    assert [row.display_name for row in await rows(world, Person) if row.discord_user_id == person.id] == ["例え 太郎"]
    assert "「例え」" in text_of(await person.slash(server.channel, "lc", lc=BAD))
    assert await person.autocomplete(server.channel, "lc", "lc", "東京\0大\ud800学")
    assert world.bot.errors["fault"] == 0
