from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord

from bot.features.people.models import EVERYTHING, Level
from bot.features.people.rules import Right
from bot.features.posts.catalogue import grantable
from cogs.posts.catalogue import RIGHT_WORDS, Group, group_of
from tests.support.pages import open_contacts
from tests.support.worlds import Server, World, choose, labels, menus, options, page_text, shown, text_of

NEW = {"name_ja": "新歓担当", "name_en": "Welcome officer", "level": ["lc"], "committee": ["-"], "is_single": ["no"]}


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


async def officer_of(server: Server, locale: str = "ja") -> simcord.MemberActor:
    officer = server.person("officer", locale=locale)
    await server.set_up(server.admin(), officers=[officer])
    return officer


async def add(officer: simcord.MemberActor, message: Any, **changes: Any) -> simcord.InteractionResult:
    form = await officer.click(message, label="役職を追加")
    return await officer.submit_modal(form, {**NEW, **changes})


async def test_a_post_is_added_renamed_put_in_order_and_retired(server: Server) -> None:
    officer = await officer_of(server)
    page = await officer.slash(server.channel, "manage posts")
    assert "**組織全体**" in text_of(page)
    assert "・全国役員：1人" in text_of(page)
    await add(officer, shown(page))
    assert shown(page).embeds[0].title == "新歓担当"
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(
        form, {"name_ja": "新入生担当", "name_en": "", "committee": ["scoph"], "is_single": ["yes"]}
    )
    assert "各LC ・ 公衆衛生（SCOPH）" in page_text(shown(page))
    assert "同時に1人だけ" in page_text(shown(page))
    await officer.click(shown(page), label="上へ")
    lines = page_text(shown(page)).split("\n")
    assert lines.index("・新入生担当：0人") == lines.index("・LCメンバー：0人") - 1

    choices = await officer.autocomplete(server.channel, "manage posts", "post", "新入生")
    assert [choice["name"] for choice in choices] == ["新入生担当"]
    one = await officer.slash(server.channel, "manage posts", post=choices[0]["value"])
    await officer.click(shown(one), label="廃止")
    assert "新しく任命することはできません" in page_text(shown(one))
    refused = await officer.slash(
        server.channel, "officer appoint", person=server.person("newcomer"), post="welcome_officer", lc="東京大学"
    )
    assert "「新入生担当」は廃止された役職です" in text_of(refused)
    assert "新入生担当（廃止）" in text_of(await officer.slash(server.channel, "manage posts"))
    await officer.click(shown(one), label="廃止を取り消す")
    assert "廃止" in labels(shown(one))


async def test_a_built_in_post_is_only_renamed(server: Server) -> None:
    officer = await officer_of(server)
    page = await officer.slash(server.channel, "manage posts")
    await choose(officer, shown(page), "大学代表者")
    assert "廃止" not in labels(shown(page))
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(form, {"name_ja": "支部代表", "name_en": "LC president"})
    assert shown(page).embeds[0].title == "支部代表"
    contacts = text_of(await open_contacts(officer, server.channel, lc="東京大学"))
    assert "支部代表" in contacts


async def test_a_26th_post_stands_on_the_next_page(server: Server) -> None:
    officer = await officer_of(server)
    page = await officer.slash(server.channel, "manage posts")
    for number in range(8):
        await add(officer, shown(page), name_ja=f"係{number}", name_en="")
        await officer.click(shown(page), label="戻る")
    page = await officer.slash(server.channel, "manage posts")
    assert len(options(shown(page))) == 25
    await officer.click(shown(page), label="次へ")
    assert options(shown(page)) == ["係7"]
    await choose(officer, shown(page), "係7")
    await officer.click(shown(page), label="戻る")
    assert "（2/2ページ）" in page_text(shown(page)), "back to where it stands"


async def test_what_is_wrong_is_said(server: Server) -> None:
    officer = await officer_of(server)
    page = await officer.slash(server.channel, "manage posts")
    for changes, said in (
        ({"name_ja": "", "name_en": " "}, "名前を入力してください"),
        ({"name_ja": "代表"}, "同じ名前の役職がすでにあります"),
    ):
        assert said in text_of(await add(officer, shown(page), **changes))
    typed = await officer.slash(server.channel, "manage posts", post="なんとか")
    assert "一覧から選んでください" in text_of(typed)


async def test_others_neither_see_nor_change_the_list(server: Server) -> None:
    await officer_of(server)
    assert "manage posts" not in server.person("student").available_commands(server.channel)
    curious = server.person("curious", permissions=discord.Permissions(view_guild_insights=True))
    for command in ("manage posts", "manage lc regions"):
        assert "全国役員だけができる操作" in text_of(await curious.slash(server.channel, command))
    assert await curious.autocomplete(server.channel, "manage posts", "post", "") == []


async def test_english_readers_read_english(server: Server) -> None:
    officer = await officer_of(server, locale="en-US")
    page = await officer.slash(server.channel, "manage posts")
    assert "**The whole organisation**" in text_of(page)
    await choose(officer, shown(page), "LC treasurer")
    assert labels(shown(page)) == ["Edit", "Up", "Down", "Permissions", "Retire", "Back", "Home"]


async def tick(officer: simcord.MemberActor, page: Any, right: str) -> None:
    """Of the group of a right, that alone."""
    values = next(of for of in menus(shown(page)).values() if right in of)
    menu = next(name for name, of in menus(shown(page)).items() if right in of)
    await officer.select(shown(page), values=[values[right]], custom_id=menu)


async def test_each_reach_of_a_post_has_menus_of_its_own(server: Server) -> None:
    officer = await officer_of(server)
    choices = await officer.autocomplete(server.channel, "manage posts", "post", "NPO")
    page = await officer.slash(server.channel, "manage posts", post=choices[0]["value"])
    await officer.click(shown(page), label="できること")
    assert menus(shown(page)) == {}
    await officer.click(shown(page), label="全体")
    await tick(officer, page, "会費の管理")
    everywhere, committee = (line for line in page_text(shown(page)).splitlines() if line.startswith("**"))
    assert "会費の管理" in everywhere
    assert committee == "**担当の委員会のことだけ**: すべて"
    await officer.click(shown(page), label="担当の委員会のことだけ")
    assert "1つずつ選ぶ" in labels(shown(page))


def test_every_right_has_its_place_in_a_menu() -> None:
    for level in Level:
        groups = [group_of(level, group) for group in Group]
        assert {right for group in groups for right in group} == grantable(level) - {EVERYTHING}
        assert max(map(len, groups)) <= 25
    assert set(RIGHT_WORDS) == {EVERYTHING, *Right}


async def test_what_a_post_allows_is_chosen_from_menus(server: Server) -> None:
    officer, treasurer = await officer_of(server), server.person("treasurer")
    await officer.slash(
        server.channel, "officer appoint", person=treasurer, post="national_treasurer", ends="2026-03-31"
    )
    choices = await officer.autocomplete(server.channel, "manage posts", "post", "会計")
    page = await officer.slash(server.channel, "manage posts", post=choices[0]["value"])
    await officer.click(shown(page), label="できること")
    assert "**全体**: 全国役員の任期の閲覧, シートの取り込みと書き出し, 会費の管理" in page_text(shown(page))
    assert labels(shown(page)) == ["すべてできるようにする", "戻る", "ホーム"]
    for right in ("会費の管理", "届かなかったメッセージの確認"):
        await tick(officer, page, right)
    assert "**全体**: 届かなかったメッセージの確認, 会費の管理" in page_text(shown(page))
    refused = await treasurer.slash(server.channel, "manage posts")
    assert "あなたの役職では、これはできません" in text_of(refused)
    await officer.click(shown(page), label="すべてできるようにする")
    assert "**全体**: すべて\n" in page_text(shown(page))
    assert menus(shown(page)) == {}
    await officer.click(shown(page), label="1つずつ選ぶ")
    assert "**全体**: すべて\n" not in page_text(shown(page))
    assert all(right in page_text(shown(page)) for right in ("会費の管理", "全国役員の任命")), "nothing was lost by it"
    await officer.click(shown(page), label="戻る")
    assert "できること" in labels(shown(page))

    choices = await officer.autocomplete(server.channel, "manage posts", "post", "全国役員")
    always = await officer.slash(server.channel, "manage posts", post=choices[0]["value"])
    assert "できること" not in labels(shown(always)), "national officers may always do everything"
