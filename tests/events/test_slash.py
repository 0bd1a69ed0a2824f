"""Events as people see them: one text, one press, and a place by one press more. The simulated world begins on 1
January 2026."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from tests.support.members import join
from tests.support.worlds import Server, World, labels, menus, options, page_text, shown, text_of

LINE = "1/17(土) 19時〜21時 Zoomで症例勉強会、誰でも 定員1名\nhttps://us02web.zoom.us/j/123"


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    return officer


async def write(server: Server, person: simcord.MemberActor, text: str = LINE) -> Any:
    """The preview of a text."""
    page = await person.slash(server.channel, "event")
    form = await person.click(shown(page), label="イベントをつくる")
    return await person.submit_modal(form, {"text": text})


async def post(server: Server, person: simcord.MemberActor, text: str = LINE) -> Any:
    preview = await write(server, person, text)
    await person.click(shown(preview), label="投稿する")
    return preview


def post_of(server: Server, title: str = "症例勉強会") -> Any:
    """The message with an event, where the organisation announces."""
    (card,) = [one for one in server.guild.channels["お知らせ"].history() if title in page_text(one)]
    return card


async def open_event(person: simcord.MemberActor, page: Any, title: str = "症例勉強会") -> None:
    await person.select(shown(page), values=[menus(shown(page))["events:one"][title]], custom_id="events:one")


async def test_one_text_and_one_press(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    preview = await write(server, officer)
    said = text_of(preview)
    assert "症例勉強会" in said
    assert "まだ投稿していません" in said
    await officer.click(shown(preview), label="投稿する")
    assert "イベントを投稿しました" in page_text(shown(preview))
    card = post_of(server)
    assert "zoom.us" not in page_text(card)
    assert labels(card) == ["参加する", "詳細"]


async def test_languages_and_a_zone_elsewhere_stand_on_the_post(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    preview = await write(server, officer)
    await officer.click(shown(preview), label="その他の設定")
    form = await officer.click(shown(preview), label="使用言語・時差")
    said = {"language": ["both"], "title_en": "Case night", "text_en": "All levels welcome."}
    refused = await officer.submit_modal(form, said | {"zone": "見本市"})
    assert "London" in text_of(refused)
    preview = await write(server, officer)
    await officer.click(shown(preview), label="その他の設定")
    form = await officer.click(shown(preview), label="使用言語・時差")
    await officer.submit_modal(form, said | {"zone": "ロンドン"})
    await officer.click(shown(preview), label="投稿する")
    card = page_text(post_of(server))
    assert "🗣️ 日本語と英語" in card
    assert "（ロンドン時間）" in card
    await officer.click(shown(preview), label="主催者メニュー")
    await officer.click(shown(preview), label="文章・画像")
    form = await officer.click(shown(preview), label="使用言語・時差")
    with pytest.raises(simcord.SetupError, match="zone"):  # people know when a posted event is
        await officer.submit_modal(form, said | {"zone": "東京"})
    reader = server.person("reader")
    await join(
        world.services,
        reader.id,
        "Reader",
        guild=server.guild.id,
    )
    page = await reader.click(post_of(server), label="詳細")
    assert "All levels welcome." in text_of(page)


async def test_somebody_who_has_not_joined_signs_up_with_one_form(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await post(server, officer)
    card = post_of(server)
    stranger = server.person("stranger")
    page = await stranger.click(card, label="参加する")
    assert "利用目的" in text_of(page)
    form = await stranger.click(shown(page), label="同意して参加する")
    answer = await stranger.submit_modal(form, {"name": "札幌 四郎", "school": "札幌医科大学"})
    assert "申し込みました" in text_of(answer)
    assert "https://us02web.zoom.us/j/123" in text_of(answer)
    me = text_of(await stranger.slash(server.channel, "me"))
    assert "札幌医科大学" in me
    late = server.person("late")
    await join(world.services, late.id, "後から 五郎", guild=server.guild.id)
    waits = await late.click(card, label="参加する")
    assert "キャンセル待ちの1番目です" in text_of(waits)
    assert "zoom.us" not in text_of(waits)


async def test_home_shows_what_there_is_this_week(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await post(server, officer, "1/3(土) 10:00-12:00 初詣")
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    home = await student.slash(server.channel, "home")
    assert "1月3日(土) 10:00 初詣" in text_of(home)
    await student.click(shown(home), label="初詣")
    await student.click(shown(home), label="参加する")
    assert "申し込みました" in page_text(shown(home))
    assert "初詣（参加予定）" in text_of(await student.slash(server.channel, "home"))


async def test_unclear_parts_are_asked_and_nothing_typed_is_lost(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    preview = await write(server, officer, "1/18(土) 19時 もちつき大会")  # a Sunday
    assert "❓" in text_of(preview)
    form = await officer.click(shown(preview), label="編集")
    await officer.submit_modal(form, {"title_ja": "もちつき大会", "when": "1/18(日) 13:00-15:00"})
    assert "❓" not in page_text(shown(preview))
    await officer.click(shown(preview), label="投稿する")
    assert "イベントを投稿しました" in page_text(shown(preview))


async def test_a_refused_edit_is_shown_back(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    page = await post(server, officer)
    for changes, told in (
        ({"when": "2/30 19:00"}, "2/30"),
        ({"when": "2025-01-05 19:00"}, "過ぎて"),
        ({"when": "1/17 21:00-19:00"}, "終わり"),
        ({"link": "zoom"}, "https://"),
        ({"limit": "0"}, "定員"),
        ({"title_ja": "@everyone"}, "メンション"),
    ):
        form = await officer.click(shown(page), label="編集")
        answer = await officer.submit_modal(form, {"title_ja": "症例勉強会", "when": "1/17 19:00-21:00"} | changes)
        assert told in text_of(answer), changes
        page = await officer.slash(server.channel, "event")
        await open_event(officer, page)


async def test_somebody_without_the_right_has_no_buttons(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await post(server, officer)
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    page = await student.slash(server.channel, "event")
    assert "イベントをつくる" not in labels(shown(page))
    assert "症例勉強会" in options(shown(page))
    await open_event(student, page)
    assert labels(shown(page)) == ["参加する", "カレンダーに入れる", "LINE・メール用の文面", "イベント一覧", "ホーム"]
    await student.click(shown(page), label="LINE・メール用の文面")
    text = page_text(shown(page))
    assert "【症例勉強会】" in text
    assert "zoom.us" not in text


async def test_a_full_event_says_so_and_leaving_the_line_is_asked_first(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    page = await post(server, officer)
    await officer.click(shown(page), label="参加する")
    await world.env.advance_time(30)
    card = post_of(server)
    assert labels(card) == ["キャンセル待ちに入る", "詳細"]
    assert "満員です（定員1人）" in page_text(card)
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    waits = await student.click(card, label="キャンセル待ちに入る")
    assert text_of(waits).count("キャンセル待ちの1番目です") == 1
    await student.click(shown(waits), label="キャンセル待ちをやめる")
    assert "順番は最後から" in page_text(shown(waits))
    await student.click(shown(waits), label="キャンセル待ちをやめる")
    assert "取り消しました" in page_text(shown(waits))


async def test_an_edit_of_the_name_leaves_it_online(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    preview = await write(server, officer, "1/17(土) 19時〜21時 Zoomで症例勉強会、誰でも")
    assert "リンクがまだありません" in text_of(preview)
    for typed, is_open in (({}, True), ({"link": "ID: 823 4567 8901\nパスコード: 12"}, False)):
        form = await officer.click(shown(preview), label="編集")
        what = {"title_ja": "症例の夜", "when": "1/17 19:00-21:00", "place": "Zoom"} | typed
        await officer.submit_modal(form, what)
        assert ("リンクがまだありません" in page_text(shown(preview))) is is_open
        assert "💻 Zoom" in page_text(shown(preview))


async def test_a_cancelled_event_says_so_everywhere(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    page = await post(server, officer)
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    await student.click(post_of(server), label="参加する")
    page = await officer.click(shown(page), label="主催者メニュー")
    page = await officer.click(shown(page), label="その他")
    form = await officer.click(shown(page), label="イベントを中止する")
    await officer.submit_modal(form, {"reason": "台風のため"})
    assert "中止" in page_text(shown(page))
    await world.env.advance_time(30)
    card = post_of(server)
    assert "台風のため" in page_text(card)
    assert "人が参加" not in page_text(card)
    assert "症例勉強会（中止になりました）" in text_of(await student.slash(server.channel, "home"))
    assert labels(card) == ["詳細"]


async def joined(world: World, server: Server, name: str) -> simcord.MemberActor:
    person = server.person(name)
    await join(world.services, person.id, name, guild=server.guild.id)
    return person


async def test_a_free_place_is_passed_on_and_taken(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await post(server, officer)
    first, second, third = [await joined(world, server, name) for name in ("first", "second", "third")]
    pages = [await one.click(post_of(server), label="参加する") for one in (first, second, third)]
    await first.click(shown(pages[0]), label="参加をやめる")
    assert "2人がキャンセル待ち" in page_text(shown(pages[0]))
    await first.click(shown(pages[0]), label="参加をやめる")
    assert "参加を取り消しました" in page_text(shown(pages[0]))
    page = await second.click(post_of(server), label="詳細")
    assert "zoom.us" not in text_of(page), "the place isn't taken yet"
    await second.click(shown(page), label="今回は見送る")
    assert "次の人にお知らせします" in page_text(shown(page))
    page = await third.click(post_of(server), label="詳細")
    await third.click(shown(page), label="参加する（空きが出ました）")
    assert "https://us02web.zoom.us/j/123" in page_text(shown(page))


async def test_another_officer_becomes_an_organiser_to_see_names(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await post(server, officer)
    student, other = await joined(world, server, "student"), await joined(world, server, "other")
    await student.click(post_of(server), label="参加する")
    await officer.slash(server.channel, "officer appoint", person=other, post="national_officer", ends="2026-03-31")
    page = await other.click(post_of(server), label="詳細")
    assert "参加者の一覧" not in labels(shown(page))
    await other.click(shown(page), label="主催者になる")
    await other.click(shown(page), label="参加者の一覧")
    assert "student" in page_text(shown(page))
    assert "イベントの主催者に追加" in text_of(await officer.slash(server.channel, "officer history"))


async def test_something_else_at_that_time_is_said_first(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await post(server, officer)
    await post(server, officer, "1/17(土) 20時〜22時 懇親会")
    student = await joined(world, server, "student")
    await student.click(post_of(server), label="参加する")
    page = await student.click(post_of(server, "懇親会"), label="参加する")
    assert "症例勉強会 (1月17日(土) 19:00)" in text_of(page)
    await student.click(shown(page), label="それでも参加する")
    assert "申し込みました" in page_text(shown(page))


async def test_an_older_preview_posts_nothing(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    old = await write(server, officer)
    page = await officer.slash(server.channel, "event")
    await officer.click(shown(page), label="自分の下書き")
    await officer.select(shown(page), values=[menus(shown(page))["events:one_draft"]["症例勉強会"]])
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(form, {"title_ja": "症例検討会", "when": "1/17(土) 19:00-21:00"})
    await officer.click(shown(old), label="投稿する")
    assert "ほかの人がこのイベントを変更しました" in page_text(shown(old))
    assert not [one for one in server.guild.channels["お知らせ"].history() if "症例" in page_text(one)]
    await officer.click(shown(old), label="下書きを見る")
    assert "症例検討会" in page_text(shown(old))


async def test_discords_own_list_shows_it_and_says_where_to_sign_up(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await post(server, officer)
    await world.env.advance_time(30)
    (mirror,) = world.env.backend.get_guild(server.guild.id).scheduled_events.values()
    assert mirror.name == "症例勉強会"
    assert "/イベント" in (mirror.description or "")


async def test_a_post_says_where_its_links_lead(world: World, server: Server, officer: simcord.MemberActor) -> None:
    """Members write its texts, and the bot posts them: nothing in them pings, hides or poses as another address."""
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    preview = await write(server, officer)
    form = await officer.click(shown(preview), label="編集")
    fields = {"title_ja": "症例勉強会 ||秘密||", "when": "1/17 19:00-21:00", "place": "[本館](http://evil.example)"}
    await officer.submit_modal(form, fields)
    form = await officer.click(shown(preview), label="説明など")
    await officer.submit_modal(
        form, {"text": "[https://zoom.us](http://evil.example) @everyone\n```", "alcohol": ["-"]}
    )
    await officer.click(shown(preview), label="投稿する")
    said = page_text(post_of(server))
    assert "||秘密||" not in said
    assert said.count("\\[") == said.count("](http") == 2
    assert post_of(server).mentions == []
