from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.people.models import Person, Preference
from bot.features.people.rules import Right
from bot.features.people.service import PeopleService
from tests.support.clocks import FakeClock
from tests.support.people import GUILD, OFFICER, STUDENT, actor, caller, found_organisation


async def test_asking_stores_nothing_about_the_one_who_asks(services: Services, database: Database) -> None:
    await found_organisation(services)
    student = await actor(services)
    assert (student.person_id, student.holdings) == (None, ())
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(Person)) == 1, "the officer alone"
        assert await connection.scalar(select(func.count()).select_from(Preference)) == 0


async def test_an_officers_right_begins_and_ends_with_the_term_in_the_organisations_zone(
    services: Services, clock: FakeClock
) -> None:
    await found_organisation(services, ends_on=date(2026, 11, 22))
    assert (await actor(services, OFFICER)).may(Right.SEE_OFFICERS)
    clock.go(hours=28, minutes=59)  # 22 November, 23:59 in Tokyo; in UTC still the afternoon
    assert (await actor(services, OFFICER)).may(Right.SEE_OFFICERS)
    clock.go(minutes=1)
    over = await actor(services, OFFICER)
    assert not over.may(Right.SEE_OFFICERS)
    with pytest.raises(NotAllowed) as refused:
        await services[PeopleService].officers(over)
    assert refused.value.params["date"] == date(2026, 11, 22)


async def test_a_student_never_had_the_right(services: Services) -> None:
    await found_organisation(services)
    with pytest.raises(NotAllowed) as refused:
        await services[PeopleService].officers(await actor(services))
    assert "date" not in refused.value.params


async def test_officers_are_listed_with_their_terms(services: Services) -> None:
    await found_organisation(services)
    listed = await services[PeopleService].officers(await actor(services, OFFICER))
    assert [(one.display_name, one.ends_on) for one in listed] == [("役員 一号", date(2027, 3, 31))]


async def test_language_is_what_the_person_chose_then_discords_then_the_organisations(services: Services) -> None:
    await found_organisation(services)
    people = services[PeopleService]
    assert (await people.actor(caller(locale="en-GB"))).language == "en"
    assert (await people.actor(caller(locale="de"))).language == "ja"
    for language in ("en", "ja", "ja"):
        await people.choose_language(caller(), language)
        assert (await people.actor(caller(locale="en-US"))).language == language
        assert await people.language_of(caller(locale="en-US", guild=7)) == language
    with pytest.raises(Invalid):
        await people.choose_language(caller(), "fr")


async def test_a_foreign_server_has_no_organisation(services: Services) -> None:
    await found_organisation(services)
    with pytest.raises(NotFound):
        await actor(services, guild=GUILD + 1)


async def test_a_direct_message_means_the_one_shared_organisation_or_asks(services: Services) -> None:
    people = services[PeopleService]
    one = await found_organisation(services)
    two = await found_organisation(services, guild=GUILD + 1, name_ja="学会", name_en="Society")
    dm = replace(caller(guild=None), guild_ids=(GUILD,))
    assert (await people.actor(dm)).organisation.id == one.organisation_id
    both = replace(dm, guild_ids=(GUILD, GUILD + 1, 999))
    with pytest.raises(Conflict) as asked:
        await people.actor(both)
    assert [step.label for step in asked.value.next_steps] == ["国際医学生連盟 日本", "学会"]
    await people.choose_organisation(both, two.organisation_id)
    assert (await people.actor(both)).organisation.id == two.organisation_id
    assert (await people.actor(dm)).organisation.id == one.organisation_id, "the choice counts only among those shared"
    with pytest.raises(NotFound):
        await people.choose_organisation(dm, two.organisation_id)
    with pytest.raises(NotFound):
        await people.actor(replace(dm, guild_ids=()))


async def test_a_discord_id_of_full_size_is_kept(services: Services) -> None:
    await services[PeopleService].choose_language(caller(user=2**63 - 1), "en")
    assert await services[PeopleService].language_of(caller(user=2**63 - 1)) == "en"
    assert STUDENT > 2**32
