from __future__ import annotations

import pytest

from bot.errors import Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.members.finding import PAGE, FindService
from bot.features.members.models import LcAnswer, Visibility
from bot.features.members.service import ChoiceService, MemberService
from bot.features.people.actors import Actor
from tests.members.test_service import LEADER, consent, lc_at, student
from tests.support.people import GUILD, OFFICER, STUDENT, actor, appoint_to, found_organisation

SUN, MEI, KEN, ANA = STUDENT + 10, STUDENT + 11, STUDENT + 12, STUDENT + 13


@pytest.fixture(autouse=True)
async def organisation(services: Services) -> None:
    await found_organisation(services)


async def named(services: Services, user: int, name: str, reading: str, school: str = "順天堂大学") -> Actor:
    who = await student(services, user, school)
    await services[MemberService].set_name(who, name, reading)
    return who


async def found(services: Services, asking: Actor, text: str) -> list[str]:
    try:
        return [hit.name for hit in (await services[FindService].find(asking, text)).hits]
    except NotFound:
        return []


async def test_names_are_found_by_any_part_of_them_best_first(services: Services) -> None:
    await named(services, SUN, "山田 花", "やまだ はな")
    await named(services, MEI, "小山田 芽衣", "おやまだ めい")
    await named(services, KEN, "Ken Yamada", "ケン")
    officer = await actor(services, OFFICER)
    assert await found(services, officer, "山田") == ["山田 花", "小山田 芽衣"]
    assert await found(services, officer, "ヤマダ") == ["山田 花", "小山田 芽衣"]
    assert await found(services, officer, "め") == ["小山田 芽衣"]
    assert await found(services, officer, "芽") == ["小山田 芽衣"]
    assert await found(services, officer, "ｙａｍａｄａ") == ["Ken Yamada"]
    assert await found(services, officer, "けん") == ["Ken Yamada"]
    assert await found(services, officer, "ken yamada") == ["Ken Yamada"]
    assert await found(services, officer, "いない") == []
    for text in ("%", "\\", "山%田", "山\\"):
        assert await found(services, officer, text) == []
    for text in ("・・", "_", "\u200b"):
        with pytest.raises(Invalid):
            await found(services, officer, text)


async def test_schools_lcs_and_committees_lead_to_their_people(services: Services) -> None:
    sun = await named(services, SUN, "山田 花", "やまだ はな")
    await named(services, MEI, "田中 芽衣", "たなか めい", "東京大学")
    lc_id, _ = await lc_at(services, "九州大学")
    await appoint_to(services, MEI, "lc_member", lc_id)
    service = services[MemberService]
    scora = next(one for one in await services[ChoiceService].committees(sun) if one.abbreviation == "SCORA")
    await service.choose_interests(sun, [scora.id])
    officer = await actor(services, OFFICER)
    assert await found(services, officer, "順天堂") == ["山田 花"]
    assert await found(services, officer, "東大") == ["田中 芽衣"]
    assert await found(services, officer, "九大") == ["田中 芽衣"]
    assert await found(services, officer, "scora") == ["山田 花"]
    assert await found(services, officer, "SCOPH") == []


async def test_nobody_is_found_by_others_until_they_choose_so(services: Services) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    sun = await named(services, SUN, "山田 花", "やまだ はな")
    fellow, stranger = await student(services, KEN), await student(services, ANA, "東京大学")
    for user in (SUN, KEN):
        await appoint_to(services, user, "lc_member", lc_id)
    fellow = await actor(services, KEN)
    seen = {Visibility.OFFICERS: (False, False), Visibility.LC: (True, False), Visibility.EVERYBODY: (True, True)}
    for visibility, expected in seen.items():
        await services[MemberService].choose_visibility(sun, visibility)
        assert tuple([bool(await found(services, one, "花")) for one in (fellow, stranger)]) == expected
    await services[MemberService].choose_visibility(sun, Visibility.OFFICERS)
    assert await found(services, sun, "花") == ["山田 花"], "everybody finds themselves"
    assert sun.person_id is not None
    with pytest.raises(NotFound):
        await services[FindService].show(stranger, sun.person_id)
    assert await services[FindService].complete(stranger, "花") == []


async def test_officers_find_those_they_care_for(services: Services) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    other, _ = await lc_at(services, "東京大学")
    sun = await named(services, SUN, "山田 花", "やまだ はな")
    mei = await named(services, MEI, "田中 芽衣", "たなか めい")
    await services[MemberService].answer_lc(mei, LcAnswer.IN)  # waits for its confirmation
    await appoint_to(services, SUN, "lc_member", lc_id)
    await appoint_to(services, LEADER, "leo", lc_id)
    await appoint_to(services, KEN, "leo", other)
    assert await found(services, await actor(services, LEADER), "例") == []
    assert await found(services, await actor(services, LEADER), "順天堂") == ["田中 芽衣", "山田 花"]
    assert await found(services, await actor(services, KEN), "順天堂") == []
    assert sun.person_id is not None
    card = await services[FindService].show(await actor(services, LEADER), sun.person_id)
    assert (card.profile.name, card.discord_user_id) == ("山田 花", SUN)


async def test_a_national_officer_of_a_committee_finds_those_it_interests(services: Services) -> None:
    sun = await named(services, SUN, "山田 花", "やまだ はな")
    await named(services, MEI, "山川 芽衣", "やまかわ めい")
    service = services[MemberService]
    scoph = next(one for one in await services[ChoiceService].committees(sun) if one.abbreviation == "SCOPH")
    await service.choose_interests(sun, [scoph.id])
    await appoint_to(services, LEADER, "npo")
    await appoint_to(services, KEN, "neo")
    assert await found(services, await actor(services, LEADER), "山") == ["山田 花"]
    assert await found(services, await actor(services, KEN), "山") == []
    assert await found(services, await actor(services, OFFICER), "山") == ["山川 芽衣", "山田 花"]


async def test_who_has_not_joined_finds_nobody(services: Services) -> None:
    await named(services, SUN, "山田 花", "やまだ はな")
    visitor = await actor(services, ANA)
    with pytest.raises(NotAllowed):
        await services[FindService].find(visitor, "山")
    with pytest.raises(NotAllowed):
        await services[FindService].show(visitor, 1)
    assert await services[FindService].complete(visitor, "山") == []
    await consent(services, ANA)
    assert await found(services, await actor(services, ANA), "山") == []


async def test_another_organisation_is_another_world(services: Services) -> None:
    await found_organisation(services, guild=GUILD + 1)
    sun = await named(services, SUN, "山田 花", "やまだ はな")
    await services[MemberService].choose_visibility(sun, Visibility.EVERYBODY)
    there = await actor(services, OFFICER, GUILD + 1)
    assert await found(services, there, "山田") == []
    assert sun.person_id is not None
    with pytest.raises(NotFound):
        await services[FindService].show(there, sun.person_id)


async def test_pages_hold_ten_and_the_last_is_shown_where_there_are_no_more(services: Services) -> None:
    for number in range(PAGE + 3):
        await named(services, STUDENT + 100 + number, f"山田 {number:02}", "やまだ")
    officer = await actor(services, OFFICER)
    service = services[FindService]
    pages = [await service.find(officer, "山田", page) for page in (0, 1, 7)]
    assert [(len(page.hits), page.page, page.pages, page.total) for page in pages] == [
        (10, 0, 2, 13), (3, 1, 2, 13), (3, 1, 2, 13),
    ]  # fmt: skip
    assert len({hit.person_id for page in pages[:2] for hit in page.hits}) == 13
    assert len(await service.complete(officer, "山")) == 13
    assert await service.complete(officer, "") == []
