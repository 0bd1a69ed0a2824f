from __future__ import annotations

import pytest
import simcord

from tests.support.pages import find_lc, lc_history
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


async def officer_of(server: Server, locale: str = "ja") -> simcord.MemberActor:
    officer = server.person("officer", locale=locale)
    await server.set_up(server.admin(), officers=[officer])
    return officer


async def test_a_group_of_the_associations_own_is_made_filled_and_found(server: Server) -> None:
    officer = await officer_of(server)
    page = await officer.slash(server.channel, "manage lc regions")
    assert "・四国：4校" in text_of(page)
    form = await officer.click(shown(page), label="地域を追加")
    await officer.submit_modal(form, {"name_ja": "九山", "name_en": "Kyuzan", "aliases": "九州\n"})
    assert "大学は0校です" in page_text(shown(page))
    form = await officer.click(shown(page), label="ここにLCを移す")
    await officer.submit_modal(form, {"prefectures": "山口、福岡県", "lcs": "琉球大学"})
    assert "大学は6校です" in page_text(shown(page))
    await officer.click(shown(page), label="戻る")
    assert "・九山：6校" in page_text(shown(page))

    student = server.person("student")
    coverage = await student.slash(server.channel, "lc")
    assert "九山" in options(shown(coverage))
    await choose(student, shown(coverage), "九山")
    assert len(options(shown(coverage))) == 6
    found = await find_lc(student, server.channel, text="九山")
    assert "「九山」：6件" in text_of(found)
    assert "地域：officer" in text_of(await lc_history(officer, server.channel, lc="琉球大学"))


async def test_a_region_is_renamed_moved_and_removed_once_it_is_empty(server: Server) -> None:
    officer = await officer_of(server)
    page = await officer.slash(server.channel, "manage lc regions")
    await choose(officer, shown(page), "四国")
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(form, {"name_ja": "徳島", "name_en": "", "aliases": ""})
    assert shown(page).embeds[0].title == "徳島"
    await officer.click(shown(page), label="上へ")
    assert options(shown(page))[5:7] == ["徳島", "中国"]
    await choose(officer, shown(page), "北海道")
    form = await officer.click(shown(page), label="ここにLCを移す")
    await officer.submit_modal(form, {"prefectures": "徳島\n香川\n愛媛\n高知", "lcs": ""})
    await officer.click(shown(page), label="戻る")
    await choose(officer, shown(page), "徳島")
    await officer.click(shown(page), label="削除")
    assert "徳島" not in options(shown(page))


async def test_what_is_wrong_is_said_and_moves_nothing(server: Server) -> None:
    officer = await officer_of(server)
    page = await officer.slash(server.channel, "manage lc regions")
    await choose(officer, shown(page), "北海道")
    for fields, said in (
        ({"prefectures": "", "lcs": ""}, "1つ以上入力してください"),
        ({"prefectures": "山梨県\nなにわ県", "lcs": ""}, "「なにわ県」という都道府県は見つかりませんでした"),
        ({"prefectures": "山梨県", "lcs": "なにわ大"}, "「なにわ大」というLCは見つかりませんでした"),
        ({"prefectures": "", "lcs": "\n".join(["東京大学"] * 26)}, "一度に移せるのは25件まで"),
    ):
        form = await officer.click(shown(page), label="ここにLCを移す")
        assert said in text_of(await officer.submit_modal(form, fields))
    again = await officer.slash(server.channel, "manage lc regions")
    assert "・北海道：3校" in text_of(again)
    form = await officer.click(shown(again), label="地域を追加")
    twice = await officer.submit_modal(form, {"name_ja": "関東", "name_en": "", "aliases": ""})
    assert "同じ名前の地域がすでにあります" in text_of(twice)


async def test_an_organisation_without_regions_begins_with_none(world: World) -> None:
    server = world.server()
    officer = server.person("officer", locale="en-US")
    await server.set_up(server.admin(), officers=[officer], start="association")
    page = await officer.slash(server.channel, "manage lc regions")
    assert "There are no regions yet." in text_of(page)
    assert labels(shown(page)) == ["New region", "Home"]
