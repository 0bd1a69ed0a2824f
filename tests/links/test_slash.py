"""Useful links as people see them: officers keep them, everybody reads them in their home."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from tests.handovers.test_slash import days, letters, wants_messages
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of

#: As people write it: the simulated world begins on 1 January 2026.
LINK = {
    "title_ja": "精算書",
    "title_en": "Expense form",
    "address": "https://example.org/form",
    "purpose": "交通費を受け取るとき",
    "review_on": "1月20日",
}


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


async def officer_of(server: Server, locale: str = "ja") -> simcord.MemberActor:
    officer = server.person("officer", locale=locale)
    await server.set_up(server.admin(), officers=[officer])
    return officer


async def home(server: Server, person: simcord.MemberActor, label: str = "役に立つリンク") -> Any:
    """The list, opened as on a phone."""
    page = await person.slash(server.channel, "home")
    await person.click(shown(page), label=label)
    return page


async def add(server: Server, officer: simcord.MemberActor, **changes: str) -> Any:
    page = await home(server, officer)
    form = await officer.click(shown(page), label="リンクを追加")
    await officer.submit_modal(form, LINK | changes)
    return page


async def test_an_officer_adds_changes_and_removes_one(server: Server) -> None:
    officer = await officer_of(server)
    page = await add(server, officer)
    assert shown(page).embeds[0].title == "精算書"
    assert "**[精算書](https://example.org/form)**\n交通費を受け取るとき" in page_text(shown(page))
    assert "次の確認日：2026年1月20日(火)" in page_text(shown(page))
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(form, LINK | {"title_ja": "精算[書]", "review_on": "2026年2月1日"})
    assert r"**[精算\[書\]](https://example.org/form)**" in page_text(shown(page))
    await officer.click(shown(page), label="戻る")
    assert options(shown(page)) == ["精算[書]"]
    await choose(officer, shown(page), "精算[書]")
    await officer.click(shown(page), label="削除")
    assert "元には戻せません" in page_text(shown(page))
    assert labels(shown(page)) == ["削除する", "戻る", "ホーム"]
    await officer.click(shown(page), label="削除する")
    assert "リンクを削除しました" in page_text(shown(page))
    assert "リンクはまだありません" in page_text(shown(page))
    history = text_of(await officer.slash(server.channel, "officer history"))
    for action in ("追加", "変更", "削除"):
        assert f"役に立つリンクの{action}" in history


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(server: Server) -> None:
    officer = await officer_of(server)
    page = await home(server, officer)
    for changes, said in (
        ({"address": "http://example.org/form"}, "https:// で始まる300文字以内"),
        ({"title_ja": "@everyone"}, "メンション"),
        ({"review_on": "2025-12-01"}, "明日から3年以内の日"),
        ({"review_on": "いつか"}, "日付を1つ"),
    ):
        form = await officer.click(shown(page), label="リンクを追加")
        answer = await officer.submit_modal(form, LINK | changes)
        assert said in text_of(answer)
        assert "交通費を受け取るとき" in text_of(answer), "shown back"
        assert labels(shown(answer))[0] == "もう一度書く"
    assert "リンクはまだありません" in page_text(shown(await home(server, officer)))


async def test_a_form_that_was_overtaken_says_what_stands_and_can_be_sent_again(server: Server) -> None:
    officer, other = server.person("officer"), server.person("other")
    await server.set_up(server.admin(), officers=[officer, other])
    page = await add(server, officer)
    theirs = await home(server, other)
    await choose(other, shown(theirs), "精算書")
    mine, form = [await one.click(shown(at), label="編集") for one, at in ((officer, page), (other, theirs))]
    await other.submit_modal(form, LINK | {"title_ja": "精算書類", "purpose": "旅費"})
    answer = await officer.submit_modal(mine, LINK | {"title_ja": "精算の紙", "title_en": "Form"})
    assert "ほかの人が変更しました" in text_of(answer)
    assert "日本語の名前: 精算書類" in text_of(answer)
    assert "旅費" not in text_of(answer), "nobody wrote over that"
    again = await officer.click(shown(answer), label="もう一度書く")
    await officer.submit_modal(again, LINK | {"title_ja": "精算の紙", "title_en": "Form"})
    await choose(officer, shown(await home(server, officer)), "精算の紙")
    history = page_text(shown(await home(server, officer)))
    assert "精算の紙" in history
    assert "旅費" in history


async def test_what_somebody_without_a_post_sees(server: Server) -> None:
    officer = await officer_of(server)
    stranger = server.person("stranger", locale="en-US")
    assert "Useful links" not in labels(shown(await stranger.slash(server.channel, "home")))
    await add(server, officer)
    page = await home(server, stranger, "Useful links")
    assert "**[Expense form](https://example.org/form)**\n交通費を受け取るとき" in page_text(shown(page))
    assert "officer" not in page_text(shown(page))
    assert labels(shown(page)) == ["Home"]
    assert options(shown(page)) == []


async def test_its_keeper_is_told_once_when_its_day_is_over(world: World, server: Server) -> None:
    officer = await officer_of(server)
    await wants_messages(officer, server, "役員 花")
    await add(server, officer)
    await days(world, 19)
    assert letters(officer) == [], "the day itself still counts"
    await days(world, 4)
    (letter,) = officer.user.dm_channel.history()
    assert "役に立つリンク「精算書」は、いまも正しいですか" in page_text(letter)
    assert "やることが1件あります" in text_of(await officer.slash(server.channel, "home"))
    pressed = await officer.user.click(letter, label="リンクを確認する")
    assert "⚠️ 管理：役員 花" in text_of(pressed)
    await officer.user.click(shown(pressed), label="いまも正しい")
    assert "確認ありがとうございます。次の確認日は2027年1月" in page_text(shown(pressed))
    assert "やることが" not in text_of(await officer.slash(server.channel, "home"))
    await days(world, 3)
    assert len(letters(officer)) == 1


async def test_without_direct_messages_it_waits_in_the_officers_homes(world: World, server: Server) -> None:
    officer, other = server.person("officer"), server.person("other")
    await server.set_up(server.admin(), officers=[officer, other])
    await add(server, officer)
    await days(world, 21)
    for person in (officer, other):
        page = await person.slash(server.channel, "home")
        assert "やることが1件あります" in text_of(page)
        await person.click(shown(page), label="やること")
        assert "役に立つリンク「精算書」は、いまも正しいですか" in page_text(shown(page))
    assert not officer.user.dm_channel.history()
