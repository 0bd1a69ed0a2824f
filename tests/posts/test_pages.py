"""Appointing, codes and ends from the page of posts; taking up a post from /me."""

from __future__ import annotations

import re

from bot.features.people.models import Level
from bot.features.posts.values import PostCard
from bot.i18n import words_for
from cogs.posts.render import post_menus
from tests.posts.test_slash import TERM, setting
from tests.support.pages import end_term, opened, press, sees_all
from tests.support.worlds import World, buttons, labels, menus, page_text, shown, text_of


async def test_from_the_card_of_the_lc_a_representative_appoints_and_ends(world: World) -> None:
    server = world.server()
    _, representative = await setting(server)
    newcomer = server.person("leo")
    page = await opened(representative, server.channel, "lc", "posts:terms:")
    assert "**rep** 東京大学の大学代表者" in text_of(page)
    await press(representative, page, "posts:choose:appoint:")
    ((menu, lines),) = menus(shown(page)).items()
    assert "会長" not in lines, "posts of the nation aren't theirs to give"
    form = await representative.select(shown(page), values=[lines["LEO（臨床交換留学 担当）"]], custom_id=menu)
    done = await representative.submit_modal(form, {"person": [newcomer], "starts": "", "ends": ""})
    assert "✅ 任命しました：" in text_of(done)
    assert "**leo** 東京大学のLEO（臨床交換留学 担当）：2026年1月1日(木)〜2026年3月31日(火)" in text_of(done)
    wrong = await end_term(representative, server.channel, "leo：", day="2027-05-01")
    assert "その中の日付を選んでください" in text_of(wrong)
    asked = await end_term(representative, server.channel, "leo：", day="2026-02-01", is_sure=False)
    assert shown(asked).embeds[0].title == "この任期を終えますか"
    for said in (
        "**leo：東京大学のLEO（臨床交換留学 担当）**",
        "任期の最終日：2026年2月1日(日)",
        "2026年2月2日(月)から、この役職の権限・ロール・チャンネルは使えなくなります",
    ):
        assert said in text_of(asked)
    assert labels(shown(asked)) == ["任期を終える", "戻る", "ホーム"]
    await representative.click(shown(asked), label="戻る")
    assert "**leo** 東京大学のLEO（臨床交換留学 担当）：2026年1月1日(木)〜2026年3月31日(火)" in page_text(shown(asked))
    ended = await end_term(representative, server.channel, "leo：", day="2026-02-01")
    assert "の任期は2026年2月1日(日)で終わります。" in text_of(ended)


async def test_a_national_officer_names_the_lc_in_the_form(world: World) -> None:
    server = world.server()
    officer, _ = await setting(server)
    newcomer, student = server.person("new"), server.person("student")
    page = await officer.slash(server.channel, "officer posts")
    await press(officer, page, "posts:choose:appoint:0")
    (menu,) = (one for one in menus(shown(page)) if "LEO（臨床交換留学 担当）" in menus(shown(page))[one])
    form = await officer.select(
        shown(page), values=[menus(shown(page))[menu]["LEO（臨床交換留学 担当）"]], custom_id=menu
    )
    refused = await officer.submit_modal(form, {"person": [newcomer], "lc": "月面大学", "starts": "", "ends": ""})
    assert "月面大学" in text_of(refused)
    page = await officer.slash(server.channel, "officer posts")
    await press(officer, page, "posts:choose:appoint:0")
    form = await officer.select(
        shown(page), values=[menus(shown(page))[menu]["LEO（臨床交換留学 担当）"]], custom_id=menu
    )
    done = await officer.submit_modal(form, {"person": [newcomer], "lc": "京都大学", "starts": "", "ends": ""})
    assert "**new** 京都大学のLEO（臨床交換留学 担当）" in text_of(done)
    seen = await (await sees_all(student)).slash(server.channel, "officer posts")
    assert labels(shown(seen)) == ["ホーム"], "who appoints nobody is offered nothing"


async def test_a_newcomer_finds_where_to_enter_a_code(world: World) -> None:
    server = world.server()
    _, representative = await setting(server)
    page = await representative.slash(server.channel, "officer posts", lc="東京大学")
    await press(representative, page, "posts:choose:code:")
    ((menu, lines),) = menus(shown(page)).items()
    form = await representative.select(shown(page), values=[lines["LEO（臨床交換留学 担当）"]], custom_id=menu)
    code = await representative.submit_modal(form, TERM)
    match = re.search(r"`(\w{5}-\w{5})`", text_of(code))
    assert match is not None
    newcomer = server.person("newcomer")
    for command in ("join", "me"):
        begun = await newcomer.slash(server.channel, command)
        assert {"posts:claim", "rosters:record"} <= {*buttons(shown(begun))}, command
    await press(newcomer, begun, "posts:claim")
    form = await press(newcomer, begun, "posts:enter")
    done = await newcomer.submit_modal(form, {"code": match[1].lower()})
    assert "東京大学のLEO（臨床交換留学 担当）です" in text_of(done)
    assert "officer posts" in newcomer.available_commands(server.channel), "Discord shows an officer's commands at once"


async def test_a_member_claims_a_post_of_their_own_lc_without_naming_it(world: World) -> None:
    server = world.server()
    officer, representative = await setting(server)
    member = server.person("member")
    await officer.slash(server.channel, "officer appoint", person=member, post="lc_member", lc="東京大学", **TERM)
    page = await opened(member, server.channel, "me", "posts:claim")
    ((menu, lines),) = menus(shown(page)).items()
    assert "LCメンバー" not in lines, "members hold no post"
    form = await member.select(shown(page), values=[lines["LEO（臨床交換留学 担当）"]], custom_id=menu)
    assert form.modal is not None
    assert "東京大学" in str(form.modal["components"])
    await member.submit_modal(form, {"lc": "東京大学", "starts": "", "ends": ""})
    assert "新しい役員の確認" in text_of(await representative.slash(server.channel, "home"))


def test_more_posts_than_a_menu_holds_stand_in_several() -> None:
    posts = [PostCard(f"post_{number}", f"役職{number}", "", Level.LC, None) for number in range(60)]
    found = post_menus(posts, words_for("ja"))
    assert [len(menu) for menu in found] == [25, 25, 10]
    assert [one.value for menu in found for one in menu] == [post.key for post in posts]


async def test_who_stands_on_no_list_yet_joins_before_a_record_is_claimed(world: World) -> None:
    server = world.server()
    await setting(server)
    student = server.person("student")
    page = await opened(student, server.channel, "me", "rosters:record")
    assert "利用目的への同意が必要です" in text_of(page)
    assert "参加登録" in "".join(labels(shown(page))) or "参加する" in labels(shown(page)), page_text(shown(page))
