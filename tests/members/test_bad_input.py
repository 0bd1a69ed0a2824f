"""What people type, forge and press that nobody offered them: each gets a clear answer of their own, and nothing
happens. What isn't here is in ``test_rules``, ``test_data_slash`` and ``test_finding``."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.db import Database
from bot.errors import UserError
from bot.features import Services
from bot.features.local_committees.models import LocalCommittee
from bot.features.members import rules
from bot.features.members.finding import FindService
from bot.features.members.models import Profile
from bot.features.members.mydata import MyDataService
from bot.features.members.service import ChoiceService, MemberService
from bot.features.people.models import Person
from bot.features.record_keeping.merging import MergingService
from bot.features.schools.models import School
from bot.features.schools.names import fold
from bot.ui.items import offered
from tests.members.test_service import rows as rows_of
from tests.members.test_slash import blank, consented, joined, named, officer, rows, school, server
from tests.support.members import join
from tests.support.pages import delete_data
from tests.support.people import OFFICER, STUDENT, actor, found_organisation
from tests.support.simulated import forge_option, lift_limits, show_to_all
from tests.support.worlds import Server, World, choose, labels, page_text, shown, text_of

__all__ = ["blank", "officer", "server"]

NASTY = [
    "", " ", "　", "\x00", "山\x00田", "\u200b\u200d\ufeff", "\u202eしっぽ\u202c", "@everyone", "<@&1> <#2> <@3>",
    "**太** `x` ||y||", "```\n", "[a](https://example.org)", "あ" * 500, "👩‍👩‍👧‍👦" * 60,
    "１２３", "％_％", "%", "_", "\\", "' OR 1=1 --",
    "Z̸̢̨̛͈̰͗͊̓" * 9, "ﷺ" * 60, "\ud800", "#1", "#１", "#" + "9" * 90, "a\n\n\nb", "=1+1", "\r\n", "\u2028", "İ", "ﬃ" * 60,
]  # fmt: skip


async def test_whatever_is_typed_is_taken_or_refused_with_a_word(services: Services, database: Database) -> None:
    """On both databases: what one of them can't hold must not reach it."""
    await found_organisation(services)
    who, asking = await join(services, STUDENT, "例 太郎"), await actor(services, OFFICER)
    members, choices = services[MemberService], services[ChoiceService]
    refused = 0
    for text in NASTY:
        for attempt in (
            members.set_name(who, text, ""),
            members.set_name(who, "例 太郎", text),
            members.choose_other_institution(who, text),
            services[FindService].find(asking, text),
            services[FindService].complete(asking, text),
            choices.complete_school(asking, text),
            services[MergingService].complete(asking, text),
        ):
            try:
                await attempt
            except UserError:
                refused += 1
        (person,) = [row for row in await rows_of(database, Person) if row.discord_user_id == STUDENT]
        assert person.display_name.isprintable()
        assert len(person.display_name) <= 60
    assert refused > len(NASTY)
    assert await services[MyDataService].export(who)


async def test_one_discord_account_is_one_person_however_often_it_comes(services: Services, database: Database) -> None:
    await found_organisation(services)
    asking = await actor(services, STUDENT)
    service = services[MemberService]
    await asyncio.gather(*(service.consent(asking, "ja", rules.VERSION) for _ in range(6)))
    (person,) = [row for row in await rows_of(database, Person) if row.discord_user_id == STUDENT]
    assert [row.person_id for row in await rows_of(database, Profile)] == [person.id]
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            session.add(
                Person(
                    organisation_id=asking.organisation.id,
                    discord_user_id=STUDENT,
                    display_name="もう一人",
                    created_at=service.clock.now(),
                )
            )


async def rename_school(world: World, before: str, after: str) -> None:
    """As an officer's sheet does it: the old name stays findable."""
    async with world.bot.database.writing() as session:
        found = (await session.scalars(select(School).where(School.name_ja == before))).one()
        found.name_ja, found.former_names = after, before
        await session.execute(
            update(LocalCommittee)
            .where(LocalCommittee.school_id == found.id)
            .values(search_names=f"\n{fold(after)}\n{fold(before)}\n")
        )


async def test_a_school_that_is_renamed_in_the_middle_is_the_same_school(server: Server, world: World) -> None:
    person = server.person("person")
    message = await consented(person, server)
    await named(person, message, "例 太郎")
    await choose(person, message, "四国")
    await rename_school(world, "香川大学", "瀬戸内見本大学")
    await choose(person, message, "香川大学")  # as the menu that is still open calls it
    await choose(person, message, "2年")
    await person.click(message, label="所属しています")
    card = await person.slash(server.channel, "me")
    assert "瀬戸内見本大学 2年" in text_of(card)
    assert "香川大学" not in text_of(card)
    newcomer = server.person("newcomer")
    for typed in ("香川", "瀬戸内"):
        found = await newcomer.autocomplete(server.channel, "join", "school", typed)
        assert "瀬戸内見本大学" in [choice["name"] for choice in found]
    begun = await newcomer.slash(server.channel, "join", school="香川大学")
    await newcomer.click(shown(begun), label="日本語")
    await newcomer.click(shown(begun), label="同意する")
    profiles = await rows(world, Profile)
    assert len({row.school_id for row in profiles}) == 1


LONG = "あ" * 500


async def test_five_hundred_characters_are_refused_where_the_clients_limit_is_not_kept(
    server: Server, world: World
) -> None:
    person = server.person("person")
    message = await consented(person, server)
    form = await person.click(message, custom_id="members:name")
    lift_limits(form)
    refused = await person.submit_modal(form, {"name": LONG, "reading": ""})
    assert "名前が長すぎます" in text_of(refused)
    form = await person.click(message, custom_id="members:name")
    lift_limits(form)
    refused = await person.submit_modal(form, {"name": "例", "reading": LONG})
    assert "長すぎます" in text_of(refused)
    await named(person, message, "例 太郎")
    form = await person.click(message, label="その他の教育機関")
    lift_limits(form)
    refused = await person.submit_modal(form, {"name": LONG})
    assert "長すぎます" in text_of(refused)
    (profile,) = await rows(world, Profile)
    assert (profile.school_id, profile.institution) == (None, "")


@pytest.mark.parametrize("value", ["99999999", "abc", "-1", "１", "9" * 40, "7", "0; DROP TABLE people"])
@pytest.mark.parametrize("menu", ["members:region", "members:year", "members:interests", "members:visible"])
async def test_no_menu_takes_what_it_never_offered(server: Server, world: World, menu: str, value: str) -> None:
    person = server.person("person")
    message = await consented(person, server)
    await named(person, message, "例 太郎")
    if menu != "members:region":
        await school(person, message, "四国", "香川大学")
    if menu == "members:interests":
        await choose(person, message, "2年")
        await person.click(message, label="所属していません")
    if menu == "members:visible":
        card = await person.slash(server.channel, "me")
        message = shown(card)
        await person.click(message, label="あなたを検索できる人")
    before = await rows(world, Profile)
    forge_option(world.env, message, menu, value)
    answered = await person.select(message, custom_id=menu, values=[offered(menu, value)])
    said = text_of(answered) if answered.response else page_text(message)
    if menu == "members:region":
        assert "選択肢にない値です" in said or labels(message), (
            "a region without schools: nothing to choose but going back"
        )
    else:
        assert any(word in said for word in ("選択肢にない値です", "1年から6年", "その委員会は"))
    assert await rows(world, Profile) == before
    assert world.bot.errors["fault"] == 0


async def test_a_button_on_somebody_elses_private_message_is_about_who_presses(server: Server, world: World) -> None:
    owner, thief = server.person("owner"), server.person("thief")
    await joined(owner, server, "例 太郎")
    card = shown(await owner.slash(server.channel, "me"))
    looked = shown(await delete_data(owner, server.channel))
    for message in (card, looked):
        show_to_all(world.env, message)
    for button in [label for label in labels(card) if label != "ホーム"]:
        answered = await thief.click(card, label=button)
        assert answered.modal is None
        assert "例 太郎" not in text_of(answered), button
    refused = await thief.click(card, custom_id="members:step:name")
    assert "We don't hold any data about you" in text_of(refused)
    await thief.click(looked, custom_id="members:forget")
    (person,) = [row for row in await rows(world, Person) if row.discord_user_id == owner.id]
    assert person.display_name == "例 太郎"
    assert len(await rows(world, Profile)) == 1
    assert world.bot.errors["fault"] == 0
