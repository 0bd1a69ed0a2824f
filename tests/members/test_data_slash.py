"""One's own data and other people's cards, and what people type and press that they shouldn't."""

from __future__ import annotations

import csv
import io
import json

import pytest
import simcord
from sqlalchemy import select, update

from bot.db import Base, fetch
from bot.features.members.models import Profile
from bot.features.people.models import Person
from bot.features.people.terms import LC_MEMBER
from bot.ui.items import offered
from tests.channels.test_slash import begin, build, give, noted
from tests.members.test_slash import consented, joined, named, rows
from tests.support.pages import delete_data, export_data
from tests.support.simulated import ban, forge_option
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of


@pytest.fixture
async def blank(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(blank: Server) -> simcord.MemberActor:
    return blank.admin("officer")


@pytest.fixture
async def server(blank: Server, officer: simcord.MemberActor) -> Server:
    await blank.set_up(officer)
    return blank


async def test_everything_is_changed_from_the_card(server: Server, world: World) -> None:
    person = server.person("person")
    empty = await person.slash(server.channel, "me")
    assert "まだ参加登録をしていません" in text_of(empty)
    assert labels(shown(empty))[0] == "参加登録"
    await joined(person, server, "例 太郎", in_lc=False)
    card = await person.slash(server.channel, "me")
    message = shown(card)
    assert labels(message)[:6] == ["お名前", "所属", "学年", "LC", "委員会", "連絡の受け取り方"]
    others = {"English", "会員資格", "あなたを検索できる人", "データを書き出す", "データを削除する", "ホーム"}
    assert others <= set(labels(message))
    form = await person.click(message, label="お名前")
    assert "お名前" in page_text(message)
    form = await person.click(message, custom_id="members:name")
    await person.submit_modal(form, {"name": "例 次郎", "reading": "れい じろう"})
    assert "例 次郎\nれい じろう" in page_text(message)
    await person.click(message, label="学年")
    await choose(person, message, "3年")
    assert "東京大学 3年" in page_text(message)
    await person.click(message, label="連絡の受け取り方")
    await person.click(message, label="ダイレクトメッセージ")
    assert "連絡の受け取り方\nダイレクトメッセージ" in page_text(message)
    await person.click(message, label="あなたを検索できる人")
    await choose(person, message, "組織のメンバー全員")
    assert "あなたを検索できる人\n組織のメンバー全員" in page_text(message)
    await person.click(message, label="委員会")
    await person.click(message, label="戻る")
    assert "マイページ" in page_text(message)


async def test_the_data_come_as_two_files_for_their_owner_alone(server: Server) -> None:
    person = server.person("person", locale="en-US")
    await joined(server.person("other"), server, "ほかの人")
    nothing = await export_data(person, server.channel)
    assert "We don't hold any data about you." in text_of(nothing)
    await consented(person, server, "English")
    result = await export_data(person, server.channel)
    assert "Your profile: 1" in text_of(result)
    files = {file.filename: await file.read() for file in shown(result).attachments}
    assert json.loads(files["mydata.json"])["person"][0]["discord_user_id"] == str(person.id)
    lines = list(csv.reader(io.StringIO(files["mydata.csv"].decode("utf-8-sig"))))
    assert ["person", "1", "display_name", "person"] in lines
    assert "ほかの人" not in files["mydata.json"].decode()


async def test_deleting_takes_a_second_look_and_leaves_nothing(server: Server, world: World) -> None:
    person = server.person("person")
    await joined(person, server, "消える 花子")
    asked = await delete_data(person, server.channel)
    assert "お名前なしで残るもの" in text_of(asked)
    assert len(await rows(world, Profile)) == 1, "nothing has happened yet"
    await person.click(shown(asked), label="すべて削除する")
    assert "すべて削除しました" in page_text(shown(asked))
    async with world.bot.database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            found = [dict(row._mapping) for row in await fetch(connection, select(table))]
            assert not [row for row in found if str(person.id) in str(row) or "花子" in str(row)], table.name
    again = await person.slash(server.channel, "me")
    assert "まだ参加登録をしていません" in text_of(again)
    stale = await person.click(shown(asked), label="ホーム")
    assert "参加登録" in labels(shown(stale)) or "参加登録" in labels(shown(asked))


async def test_buttons_from_before_the_deletion_say_so_and_lead_on(server: Server, world: World) -> None:
    person = server.person("person")
    message = await consented(person, server)
    asked = await delete_data(person, server.channel)
    await person.click(shown(asked), label="すべて削除する")
    refused = await person.click(message, custom_id="members:name")
    assert "あなたについての登録はありません" in text_of(refused)
    assert labels(shown(refused))[0] == "参加登録"
    again = await person.click(shown(refused), label="参加登録")
    assert again is not None
    assert len(await rows(world, Profile)) == 0


@pytest.mark.parametrize(("locale", "said"), [("ja", "先に引き継ぐか"), ("en-US", "Please hand the post over first")])
async def test_an_officer_is_asked_to_hand_over_first(world: World, locale: str, said: str) -> None:
    server = world.server()
    admin = server.admin("officer", locale=locale)
    await server.set_up(admin, name_ja="組織", name_en="Organisation")
    refused = await delete_data(admin, server.channel)
    assert said in text_of(refused)
    assert [row.display_name for row in await rows(world, Person)] == ["officer"]


async def test_officers_find_people_and_see_their_cards(server: Server, officer: simcord.MemberActor) -> None:
    people = [server.person(f"person-{n}") for n in range(12)]
    for number, person in enumerate(people):
        message = await consented(person, server)
        await named(person, message, f"山田 {number:02}", "やまだ")
    result = await officer.slash(server.channel, "member", member="山")
    assert "「山」の検索結果：12人（1/2ページ）" in text_of(result)
    await officer.click(shown(result), label="次へ")
    assert "（2/2ページ）" in page_text(shown(result))
    assert options(shown(result)) == ["山田 10（やまだ）", "山田 11（やまだ）"]
    await choose(officer, shown(result), "山田 11（やまだ）")
    card = page_text(shown(result))
    assert f"<@{people[11].id}>" in card
    assert "山田 11\nやまだ" in card
    form = await officer.click(shown(result), label="メンバーをさがす")
    single = await officer.submit_modal(form, {"text": "０３"})
    assert "山田 03" in page_text(shown(single) if single.response else shown(result))
    found = await officer.autocomplete(server.channel, "member", "member", "山田 05")
    shown_card = await officer.slash(server.channel, "member", member=found[0]["value"])
    assert "山田 05" in text_of(shown_card)
    by_text = await officer.slash(server.channel, "member", member="山田 07")
    assert "山田 07" in text_of(by_text)
    nobody = await officer.slash(server.channel, "member", member="#99999")
    assert "見つかりませんでした" in text_of(nobody)


@pytest.mark.parametrize(("locale", "said"), [("ja", "先に参加登録をしてください"), ("en-US", "Please join first")])
async def test_who_has_not_joined_searches_nobody(server: Server, locale: str, said: str) -> None:
    await joined(server.person("person"), server, "例 太郎")
    visitor = server.person("visitor", locale=locale)
    refused = await visitor.slash(server.channel, "member", member="例")
    assert said in text_of(refused)
    assert await visitor.autocomplete(server.channel, "member", "member", "例") == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("**太** _字_ ~~x~~", r"\*\*太\*\* \_字\_ \~\~x\~\~"),
        ("\u202eさかさ\u202c\u200b", "さかさ"),
        ("[見て](https://example.org)", r"\[見て](https://example.org)"),
        ("さくら🌸", "さくら🌸"),
        ("Ｓｏｒａ　２号", "Sora 2号"),
    ],
)
async def test_names_have_no_effect_where_they_are_shown(server: Server, world: World, typed: str, kept: str) -> None:
    person = server.person("person")
    message = await consented(person, server)
    await named(person, message, typed)
    card = await person.slash(server.channel, "me")
    field = next(item for item in shown(card).embeds[0].fields if item.name == "お名前")
    assert field.value == kept
    assert not [entry for entry in world.env.http_requests if "'parse': ['" in str(entry.json)], "nothing pings"


@pytest.mark.parametrize(
    ("kept", "seen"),
    [
        ("@everyone @here", "@\u200beveryone @\u200bhere"),
        ("<@1234567890123456789> <#1>", "\\<@\u200b1234567890123456789> \\<#1>"),
    ],
)
async def test_names_from_before_have_no_effect_either(server: Server, world: World, kept: str, seen: str) -> None:
    person = server.person("person")
    await named(person, await consented(person, server), "例 太郎")
    async with world.bot.database.writing() as session:
        await session.execute(update(Person).where(Person.discord_user_id == person.id).values(display_name=kept))
    card = await person.slash(server.channel, "me")
    field = next(item for item in shown(card).embeds[0].fields if item.name == "お名前")
    assert field.value == seen
    assert not [entry for entry in world.env.http_requests if "'parse': ['" in str(entry.json)], "nothing pings"


@pytest.mark.parametrize("typed", ["@everyone", "例 @here", "<@123>", "<#1>"])
async def test_a_name_with_a_mention_is_refused_and_the_question_stays(server: Server, typed: str) -> None:
    person = server.person("person")
    message = await consented(person, server)
    assert "メンション" in text_of(await named(person, message, typed))
    await named(person, message, "例 太郎")
    assert "2/6" in page_text(message)


@pytest.mark.parametrize("typed", ["🌸🌸", "\u200b\u200e", "！？", "\u3164", "\u2800"])
async def test_what_is_no_name_is_refused_and_the_question_stays(server: Server, world: World, typed: str) -> None:
    person = server.person("person")
    message = await consented(person, server)
    refused = await named(person, message, typed)
    assert "文字を1つ以上含む名前" in text_of(refused)
    (profile,) = await rows(world, Profile)
    assert profile.reading is None
    await named(person, message, "例 太郎")
    assert "2/6" in page_text(message)


async def test_a_reading_in_kanji_is_refused(server: Server) -> None:
    person = server.person("person")
    message = await consented(person, server)
    assert "かなかローマ字" in text_of(await named(person, message, "山田", "山田"))


@pytest.mark.parametrize("value", ["99999999", "abc", "-1", "１２", "9" * 40])
async def test_a_menu_with_a_value_that_was_never_offered(server: Server, world: World, value: str) -> None:
    person = server.person("person")
    message = await consented(person, server)
    await named(person, message, "例 太郎")
    await choose(person, message, "関東")
    forge_option(world.env, message, "members:school", value)
    refused = await person.select(message, values=[offered("members:school", value)])
    assert "選択肢にない値です" in text_of(refused) or "その学校は一覧にありません" in text_of(refused)
    (profile,) = await rows(world, Profile)
    assert profile.school_id is None


async def test_a_form_that_is_sent_twice_answers_the_second_time_too(server: Server, world: World) -> None:
    person = server.person("person")
    message = await consented(person, server)
    first = await person.click(message, custom_id="members:name")
    second = await person.click(message, custom_id="members:name")
    await person.submit_modal(first, {"name": "例 太郎", "reading": ""})
    await person.submit_modal(second, {"name": "例 次郎", "reading": ""})
    assert "2/6" in page_text(message)
    names = [row.display_name for row in await rows(world, Person)]
    assert names == ["officer", "例 次郎"]


async def test_somebody_elses_panel_or_greeting_is_about_oneself(server: Server, world: World) -> None:
    """The buttons of a shared message say nothing of who it was made for."""
    first, second = server.person("first"), server.person("second")
    await joined(first, server, "例 太郎")
    await world.env.advance_time(60)
    greeting = server.guild.channels["ホーム"].history()[-1]
    assert f"<@{first.id}>" in greeting.content
    pressed = await second.click(greeting, label="参加登録 / Join")
    assert "使う言語を選んでください。" in text_of(pressed)
    (profile,) = await rows(world, Profile)
    assert profile.reading == ""


async def test_who_deletes_their_data_loses_the_bots_roles_and_no_others(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    person = server.person("person")
    await give(world, person, LC_MEMBER, 1)
    await build(server, officer)
    own = server.guild.create_role("お茶係")
    await world.env.settle()
    world.env.backend.edit_member(server.guild.id, person.id, {"role_ids": [own.id, await noted(world, "role:lc:1")]})
    await world.env.settle()
    asked = await delete_data(person, server.channel)
    assert "ボットが付けたロール" in text_of(asked)
    await person.click(shown(asked), label="すべて削除する")
    assert "すべて削除しました" in page_text(shown(asked))
    await world.env.settle()
    assert person.member is not None
    assert {role.name for role in person.member.roles[1:]} == {"お茶係"}


async def test_who_leaves_and_comes_back_finds_everything_as_it_was(server: Server, world: World) -> None:
    person = server.person("person")
    await joined(person, server, "例 太郎")
    server.guild.remove_member(person)
    for _ in range(8):
        await world.env.advance_time(86_400)
    back = server.guild.add_member(person.user)
    await world.env.advance_time(60)
    greeting = server.guild.channels["ホーム"].history()[-1]
    assert "おかえりなさい" in page_text(greeting)
    card = await back.slash(server.channel, "me")
    assert "例 太郎" in text_of(card)


async def test_who_was_banned_has_no_organisation_to_speak_of(server: Server, world: World) -> None:
    person = server.person("person")
    await joined(person, server, "例 太郎")
    await ban(world.env, person)
    refused = await person.user.slash("me")
    assert "サーバー" in text_of(refused)
    assert len(await rows(world, Profile)) == 1, "what is kept goes by their own wish or with its time"
