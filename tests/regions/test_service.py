from __future__ import annotations

import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import data
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.local_committees.service import LocalCommitteeService, OwnRecordService
from bot.features.people.actors import Actor
from bot.features.regions.service import RegionDraft, RegionEntry, RegionService, prefectures_named
from bot.features.setups.service import Start
from tests.support.people import GUILD, NEWCOMER, OFFICER, REPRESENTATIVE, actor, found_organisation

KYUZAN = RegionDraft("九山", "Kyuzan", ["九州", "山口"])


@pytest.fixture
def regions(services: Services) -> RegionService:
    return services[RegionService]


@pytest.fixture
def lcs(services: Services) -> LocalCommitteeService:
    return services[LocalCommitteeService]


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


async def entry(regions: RegionService, officer: Actor, name: str) -> RegionEntry:
    return next(one for one in await regions.entries(officer) if name in (one.name_ja, one.name_en))


async def counts(lcs: LocalCommitteeService, officer: Actor) -> dict[str, int]:
    """As everybody sees them."""
    coverage = await lcs.coverage(officer)
    return {region.name_ja: sum(by_state.values()) for region, by_state in coverage.by_region.items()}


async def test_the_associations_own_groups_take_the_place_of_the_eight(
    regions: RegionService, lcs: LocalCommitteeService, officer: Actor, services: Services
) -> None:
    kyuzan = await regions.add(officer, KYUZAN)
    assert "九山" not in await counts(lcs, officer), "nothing is in it yet"
    kyushu = [row["name_ja"] for row in data.rows("prefectures") if int(row["code"]) >= 40]
    moved = await regions.bring(officer, kyuzan, prefectures=prefectures_named([*kyushu, "山口"]))
    assert moved == 12
    tokushima = await lcs.meant(officer, "徳島大学")
    alone = await regions.add(officer, RegionDraft("徳島", "", []))
    assert await regions.bring(officer, alone, [tokushima]) == 1
    assert await regions.bring(officer, alone, [tokushima]) == 0, "it is there already"

    seen = await counts(lcs, officer)
    assert (seen["九山"], seen["徳島"], seen["四国"], seen["中国"]) == (12, 1, 3, 5)
    assert "九州・沖縄" not in seen
    assert sum(seen.values()) == 82
    found = await lcs.find(officer, "九山")
    assert found.total == 12
    assert {hit.region_ja for hit in found.hits} == {"九山"}
    assert "山口大学" in [hit.name_ja for hit in (await lcs.find(officer, "Kyuzan")).hits]
    changes = await services[OwnRecordService].history(officer, tokushima)
    assert [change.action for change in changes] == ["lc.region"]


async def test_a_renamed_region_is_found_by_its_new_names_alone(
    regions: RegionService, lcs: LocalCommitteeService, officer: Actor
) -> None:
    kinki = await entry(regions, officer, "Kinki")
    assert kinki.aliases == ["関西"]
    await regions.edit(officer, kinki.region_id, RegionDraft("上方", "Kamigata", ["関西", " ", "関西"]))
    assert (await entry(regions, officer, "Kamigata")).aliases == ["関西"]
    for name, total in (("上方", 13), ("kamigata", 13)):
        assert (await lcs.find(officer, name)).total == total
    assert (await lcs.find(officer, "関西")).total >= 13
    with pytest.raises(NotFound):
        await lcs.find(officer, "Kinki region")
    await regions.edit(officer, kinki.region_id, RegionDraft("上方", "Kamigata", []))
    assert (await lcs.find(officer, "関西")).total < 13, "only schools of that name are left"


async def test_regions_are_put_in_order_and_the_coverage_follows(
    regions: RegionService, lcs: LocalCommitteeService, officer: Actor
) -> None:
    hokkaido = await entry(regions, officer, "Hokkaido")
    await regions.move(officer, hokkaido.region_id, up=True)
    assert next(iter(await counts(lcs, officer))) == "北海道"
    await regions.move(officer, hokkaido.region_id, up=False)
    assert list(await counts(lcs, officer))[:3] == ["東北", "北海道", "関東"]


async def test_only_an_empty_region_is_removed(regions: RegionService, officer: Actor) -> None:
    shikoku, chugoku = await entry(regions, officer, "Shikoku"), await entry(regions, officer, "Chugoku")
    with pytest.raises(Conflict):
        await regions.remove(officer, shikoku.region_id)
    await regions.bring(officer, chugoku.region_id, prefectures=["36", "37", "38", "39"])
    await regions.remove(officer, shikoku.region_id)
    assert len(await regions.entries(officer)) == 7
    for attempt in (
        regions.remove(officer, shikoku.region_id),
        regions.bring(officer, shikoku.region_id, prefectures=["36"]),
        regions.edit(officer, shikoku.region_id, KYUZAN),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_only_national_officers_keep_the_regions(regions: RegionService, services: Services, lc: int) -> None:
    for user in (REPRESENTATIVE, NEWCOMER):
        who = await actor(services, user)
        for attempt in (
            regions.entries(who),
            regions.add(who, KYUZAN),
            regions.edit(who, 1, KYUZAN),
            regions.move(who, 1, up=True),
            regions.remove(who, 1),
            regions.bring(who, 1, [lc]),
        ):
            with pytest.raises(NotAllowed):
                await attempt


async def test_what_is_elsewhere_cannot_be_reached(
    regions: RegionService, services: Services, officer: Actor, lc: int, lcs: LocalCommitteeService
) -> None:
    await found_organisation(services, guild=GUILD + 1)
    stranger = await actor(services, OFFICER, GUILD + 1)
    theirs = (await regions.entries(stranger))[0]
    with pytest.raises(NotFound):
        await regions.bring(stranger, theirs.region_id, [lc])
    with pytest.raises(NotFound):
        await regions.bring(officer, theirs.region_id, [lc])
    mine = await entry(regions, officer, "Hokkaido")
    await regions.bring(officer, mine.region_id, prefectures=["13"])
    assert (await counts(lcs, stranger))["関東"] == 25, "a prefecture moves in one organisation alone"


async def test_a_move_with_one_unknown_lc_moves_none(
    regions: RegionService, officer: Actor, lc: int, lcs: LocalCommitteeService
) -> None:
    hokkaido = await entry(regions, officer, "Hokkaido")
    with pytest.raises(NotFound):
        await regions.bring(officer, hokkaido.region_id, [lc, 10**9])
    assert (await counts(lcs, officer))["北海道"] == 3


async def test_a_menu_holds_all_regions(regions: RegionService, officer: Actor) -> None:
    results = await asyncio.gather(
        *(regions.add(officer, RegionDraft(f"第{n}", "", [])) for n in range(20)), return_exceptions=True
    )
    assert sum(isinstance(result, int) for result in results) == 17
    assert sum(isinstance(result, Conflict) for result in results) == 3
    assert len(await regions.entries(officer)) == 25


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (RegionDraft("", " ", []), Invalid),
        (RegionDraft("関東", "Somewhere", []), Conflict),
        (RegionDraft("新", "", ["名"] * 6), Invalid),
        (RegionDraft("新", "", ["名" * 31]), Invalid),
        (RegionDraft("\ufdfa" * 30, "", []), Invalid),
    ],
)
async def test_what_cannot_be_a_region_changes_nothing(
    regions: RegionService, officer: Actor, draft: RegionDraft, error: type[Exception]
) -> None:
    before = await regions.entries(officer)
    for attempt in (regions.add(officer, draft), regions.edit(officer, before[0].region_id, draft)):
        with pytest.raises(error):
            await attempt
    assert await regions.entries(officer) == before


async def test_an_organisation_without_regions_makes_its_first(regions: RegionService, services: Services) -> None:
    await found_organisation(services, start=Start.ASSOCIATION, starts_on=date(2026, 4, 1))
    officer = await actor(services, OFFICER)
    assert await regions.entries(officer) == []
    await regions.add(officer, KYUZAN)
    assert [one.name_ja for one in await regions.entries(officer)] == ["九山"]


def test_a_prefecture_is_known_by_each_of_its_names() -> None:
    assert prefectures_named(["山口県", "山梨", "TOKYO", "北海道"]) == ["35", "19", "13", "01"]


@given(st.text(max_size=20))
def test_what_is_no_prefecture_is_said(text: str) -> None:
    try:
        codes = prefectures_named([text])
    except Invalid:
        return
    assert len(codes) == 1
