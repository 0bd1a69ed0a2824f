"""Handing over in the real bot, and who carries on when nobody is left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import simcord

from bot.db import insert_if_absent
from bot.deliveries.models import RecipientKind, SparedSpell
from bot.deliveries.values import NewDelivery, Recipient
from bot.demo.simulator import in_bot
from bot.features.handovers.asking import ASK_KIND
from bot.features.members.confirming import TO_CONFIRM
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.ui.items import offered
from tests.channels.test_slash import begin, build, give, noted
from tests.members.test_slash import consented, school
from tests.support.deliveries import put
from tests.support.pages import lc_history, sees_all
from tests.support.worlds import Server, World, choose, labels, menus, options, page_text, shown, text_of

DAY = 86_400


async def days(world: World, number: int) -> None:
    for _ in range(number):
        await world.env.advance_time(DAY)


def said(server: Server, channel: str = "全国役員") -> list[str]:
    return [page_text(message) for message in server.guild.channels[channel].history()]


def roles(member: simcord.MemberActor) -> set[str]:
    assert member.member is not None
    return {role.name for role in member.member.roles}


async def name(
    server: Server, holder: simcord.MemberActor, successor: simcord.MemberActor
) -> simcord.InteractionResult:
    """As on a phone: home, handover, name, and the form."""
    home = await holder.slash(server.channel, "home")
    await holder.click(shown(home), label="引き継ぎ")
    form = await holder.click(shown(home), label="後任を決める")
    await holder.submit_modal(form, {"person": [successor], "term": "2026-04-01 ~ 2027-03-31"})
    return home


async def test_a_holder_who_is_spared_is_named_and_not_pinged(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await build(server, officer)
    now = world.bot.clock.now()
    async with world.bot.database.writing() as session:
        spell = {"starts_at": now, "ends_at": now + timedelta(days=60)}
        await insert_if_absent(session, SparedSpell, discord_user_id=leader.id, **spell)
    await days(world, 31)
    thread = await noted(world, "thread:lc:1")
    (post,) = [one for one in world.env.http_requests if one.path == f"/channels/{thread}/messages"]
    assert post.json is not None
    assert not post.json.get("content")
    assert f"<@{leader.id}>" in str(post.json["embeds"])
    assert (post.json.get("allowed_mentions") or {}).get("users", []) == []


async def test_the_holder_is_asked_names_a_successor_and_access_passes_on_the_day(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader, successor = server.person("leader"), server.person("successor")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await build(server, officer)
    await days(world, 31)  # 1 February: 58 days are left
    thread = await noted(world, "thread:lc:1")
    posts = [one for one in world.env.http_requests if one.path == f"/channels/{thread}/messages"]
    assert len(posts) == 1
    assert posts[0].json is not None
    assert posts[0].json["content"] == f"<@{leader.id}>"
    assert "2026年3月31日(火)で任期が終わります" in str(posts[0].json)
    card = await name(server, leader, successor)
    assert "successorさんの回答待ちです" in page_text(shown(card))
    assert "☐ 後任の人と一度話し" in page_text(shown(card))
    assert "LCのメンバーであることは変わらず" in page_text(shown(card)), "what changes is said beforehand"
    home = await successor.slash(server.channel, "home")
    assert "北海道大学の大学代表者になってほしいと頼まれています（2026年4月1日(水)〜" in text_of(home)
    await successor.click(shown(home), label="回答する")
    stale = await successor.slash(server.channel, "home")
    await successor.click(shown(stale), label="回答する")
    await successor.click(shown(home), label="引き受ける")
    assert "任期の初日に" in page_text(shown(home))
    again = await leader.click(shown(card), label="ほかの人にする")
    assert again.modal is None
    assert "この役職の後任はすでに決まっています" in text_of(again)
    late = await successor.click(shown(stale), label="今回は見送る")
    assert "すでに回答済み" in text_of(late)
    await days(world, 58)
    assert "北海道大学" in roles(leader), "31 March is the last day"
    assert "北海道大学" not in roles(successor)
    old = await leader.slash(server.channel, "home")
    await world.env.advance_time(DAY)
    assert "北海道大学" in roles(leader), "a member still, though no officer any more"
    assert "北海道大学" in roles(successor)
    assert successor.id in world.env.backend.get_thread(thread).thread_members
    assert leader.id not in world.env.backend.get_thread(thread).thread_members
    refused = await leader.click(shown(old), label="引き継ぎ")
    assert "引き継ぎのできる役職に就いていません" in text_of(refused)
    assert "任期は2026年3月31日(火)" in text_of(await lc_history(leader, server.channel, lc="#1"))


async def test_english_and_a_command_for_those_who_type(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    successor = server.person("successor", locale="en-US")
    await officer.slash(server.channel, "language", language="en")
    asked = await officer.slash(server.channel, "officer handover", successor=successor)
    assert "Waiting for successor's answer" in text_of(asked)
    home = await successor.slash(server.channel, "home")
    assert "You're asked to become National officer, Wed 1 Apr 2026 – Wed 31 Mar 2027" in text_of(home)
    again = await officer.slash(server.channel, "officer handover")
    await officer.click(shown(again), label="Withdraw")
    assert "Not decided yet" in page_text(shown(again))
    assert "the role of a national officer" in page_text(shown(again))
    student = server.person("student", locale="en-US")
    assert "You don't hold a post" in text_of(await (await sees_all(student)).slash(server.channel, "officer handover"))
    typed = await officer.slash(server.channel, "officer handover", successor=successor, starts="1 April")
    assert "Please enter the date with its year" in text_of(typed)
    robot = server.guild.add_member(world.env.create_user("robot", bot=True))
    assert "A bot can't be an officer" in text_of(
        await officer.slash(server.channel, "officer handover", successor=robot)
    )


async def test_the_checklist_is_ticked_on_both_sides(world: World) -> None:
    server, _ = await begin(world, lcs=1)
    leader, successor = server.person("leader"), server.person("successor", locale="en-US")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await sees_all(leader)
    card = await leader.slash(server.channel, "officer handover", successor=successor)
    assert "**チェックリスト：7件中0件が完了**" in page_text(shown(card))
    refused = await (await sees_all(successor)).slash(server.channel, "officer handover")
    assert "You don't hold a post" in text_of(refused), "not before they take it on"
    menu = options(shown(card))
    assert "後任の人と一度話し、仕事の流れを伝える" in menu
    await choose(leader, shown(card), menu[0])
    assert "☑ 大学・部の届け出（代表者名）を変える（leader" in page_text(shown(card))
    assert "7件中1件" in page_text(shown(card))
    home = await successor.slash(server.channel, "home")
    await successor.click(shown(home), label="Answer")
    await successor.click(shown(home), label="I'll take it on")
    home = await successor.slash(server.channel, "home")
    await successor.click(shown(home), label="Handover")
    assert "**Checklist: 1 of 7 done**" in page_text(shown(home))
    await world.restart()
    await pick(successor, shown(home), 0, "Review the LC's contact details (/lc)")
    assert "☑ Review the LC's contact details (/lc) (successor" in page_text(shown(home))
    stale = await leader.slash(server.channel, "officer handover")
    await pick(leader, shown(stale), 1, menu[0])
    assert "7件中1件" in page_text(shown(stale))
    assert "☐ 大学・部の届け出（代表者名）を変える" in page_text(shown(stale))


async def pick(person: simcord.MemberActor, message: Any, menu: int, label: str) -> None:
    """An option of one of two menus: what is open, and what is done."""
    component = [row if isinstance(row, dict) else row.to_dict() for row in message.components][menu]["components"][0]
    value = next(option["value"] for option in component["options"] if option["label"] == label)
    await person.select(message, values=[value], custom_id=component["custom_id"])


async def wants_messages(person: simcord.MemberActor, server: Server, name: str) -> None:
    message = await consented(person, server)
    form = await person.click(message, custom_id="members:name")
    await person.submit_modal(form, {"name": name, "reading": ""})
    await choose(person, message, "関東")
    await choose(person, message, "東京大学")
    await choose(person, message, "3年")
    await person.click(message, label="所属していません")
    await person.click(message, custom_id="members:interests:none")
    await person.click(message, custom_id="members:contact:direct")


def letters(person: simcord.MemberActor) -> list[str]:
    return [page_text(message) for message in person.user.dm_channel.history()]


async def test_who_chose_direct_messages_hears_it_so_and_isnt_pinged_besides(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader, quiet, successor = (server.person(name) for name in ("leader", "quiet", "successor"))
    await wants_messages(leader, server, "代表 花")
    await wants_messages(successor, server, "次田 葉")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await give(world, quiet, "leo", 1)
    await sees_all(leader)
    await build(server, officer)
    await days(world, 31)  # 1 February: 58 days are left
    thread = await noted(world, "thread:lc:1")
    (post,) = [one for one in world.env.http_requests if one.path == f"/channels/{thread}/messages"]
    assert post.json is not None
    assert post.json["content"] == f"<@{quiet.id}>"
    assert f"<@{leader.id}>" in str(post.json["embeds"]), "named, without a ping"
    (letter,) = leader.user.dm_channel.history()
    assert "北海道大学の大学代表者としての任期は2026年3月31日(火)までです" in page_text(letter)
    pressed = await leader.user.click(letter, label="引き継ぎ")
    assert "**チェックリスト：7件中0件が完了**" in text_of(pressed)
    await leader.slash(server.channel, "officer handover", successor=successor)
    await world.env.advance_time(3600)
    (question,) = successor.user.dm_channel.history()
    assert "後任をお願いされています" in page_text(question)
    asked = await successor.user.click(question, label="回答する")
    await successor.user.click(shown(asked), label="引き受ける")
    await days(world, 59)  # 1 April
    assert [text for text in letters(leader)[1:] if "任期" in text] == [], "nothing more once somebody follows"
    assert "今日から北海道大学の大学代表者です（2027年3月31日(水)まで）" in letters(successor)[1]
    assert not quiet.user.dm_channel.history()


async def test_a_closed_door_is_no_dead_end(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader = server.person("leader")
    await wants_messages(leader, server, "代表 花")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await build(server, officer)
    door = f"/channels/{leader.user.dm_channel.id}/messages"
    world.env.inject_error("POST", door, status=403, code=50007, times=None)
    await days(world, 31)
    thread = await noted(world, "thread:lc:1")
    posts = [one.json for one in world.env.http_requests if one.path == f"/channels/{thread}/messages" and one.json]
    assert [post.get("content") or "" for post in posts] == ["", f"<@{leader.id}>"], "mentioned there instead"


async def test_notes_and_the_lcs_own_date(world: World) -> None:
    server, _ = await begin(world, lcs=1)
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await sees_all(leader)
    card = await leader.slash(server.channel, "officer handover")
    await leader.click(shown(card), label="引き継ぎメモ")
    form = await leader.click(shown(card), label="書く")
    await leader.submit_modal(form, {"text": "部室は <@everyone> 5月まで"})
    await leader.click(shown(card), label="引き継ぎメモ")
    assert "部室は" in page_text(shown(card))
    assert "全1版のうち第1版" in page_text(shown(card))
    await leader.click(shown(card), label="戻る")
    form = await leader.click(shown(card), label="LCの交代日")
    await leader.submit_modal(form, {"day": "２-１"})
    assert "2026年1月31日(土)まで" in page_text(shown(card))
    form = await leader.click(shown(card), label="LCの交代日")
    wrong = await leader.submit_modal(form, {"day": "2-30"})
    assert "毎年ある月日" in text_of(wrong)


async def test_officers_change_days_and_checklists(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    page = await officer.slash(server.channel, "manage handover")
    assert "**60、30、7** 日前" in text_of(page)
    form = await officer.click(shown(page), label="時期を変更")
    await officer.submit_modal(form, {"days": "90, 14"})
    assert "**90、14** 日前" in page_text(shown(page))
    form = await officer.select(shown(page), values=[offered("handovers:list:0", "*")])
    await officer.submit_modal(form, {"ja": "鍵を渡す", "en": "Hand over the key"})
    card = await officer.slash(server.channel, "officer handover")
    assert "☐ 鍵を渡す" in text_of(card)


async def test_when_nobody_follows_the_nation_hears_of_it(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1, ends_on=date(2026, 1, 2))
    await days(world, 3)
    notices = [text for text in said(server) if "担当者がいない役職があります" in text]
    assert len(notices) == 1
    assert "北海道大学の大学代表者" in notices[0]
    home = await leader.slash(server.channel, "home")
    assert "2026年2月1日(日)までは後任を指名できます" in text_of(home)
    assert "引き継ぎ" in labels(shown(home))
    brief = [text for text in said(server) if "けさの状況" in text]
    assert "空席の役職\n・交代のあと担当者がいない役職が1件あります" in brief[0]
    assert officer.member is not None


async def test_the_last_officer_is_gone_and_the_owner_names_one(world: World) -> None:
    owner_user = world.env.create_user("owner")
    guild = world.env.create_guild("IFMSA-Japan", owner=owner_user, preferred_locale="ja")
    server = Server(world, guild, guild.create_text_channel("general"))
    owner = guild.add_member(owner_user)
    world.locales[owner.id] = "ja"
    officer, next_one, admin = server.person("officer"), server.person("next"), server.admin()
    await server.set_up(owner, officers=[officer], term="2025-12-01 ~ 2026-01-02")
    early = await owner.slash(server.channel, "setup")
    assert "全国役員を指名する" not in labels(shown(early))
    await days(world, 3)
    assert "全国役員" not in roles(officer)
    assert "全国役員を指名する" not in labels(shown(await admin.slash(server.channel, "setup")))
    status = await owner.slash(server.channel, "setup")
    stale = await owner.slash(server.channel, "setup")
    form = await owner.click(shown(status), label="全国役員を指名する")
    await owner.submit_modal(form, {"person": [next_one], "ends": "2026-12-31"})
    assert "nextさん、2026年12月31日(木)まで" in page_text(shown(status))
    assert "全国役員" in roles(next_one)
    told = [text for text in said(server) if "全国役員が指名されました" in text]
    assert len(told) == 1
    assert f"<@{owner.id}>さんが指名しました" in told[0]
    refused = await owner.click(shown(stale), label="全国役員を指名する")
    assert "任期中の全国役員がいないあいだだけ" in text_of(refused)


async def test_a_long_checklist_is_shown_whole(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    page = await officer.slash(server.channel, "manage handover")
    items = [f"{number}番目の引き継ぎ事項：" + "あ" * 60 for number in range(20)]
    form = await officer.select(shown(page), values=[offered("handovers:list:0", "*")])
    await officer.submit_modal(form, {"ja": "\n".join(items), "en": "\n".join(["Everything"] * 20)})
    card = text_of(await officer.slash(server.channel, "officer handover"))
    assert all(item in card for item in items)


async def test_every_item_of_a_long_checklist_can_be_ticked(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await sees_all(leader)
    page = await officer.slash(server.channel, "manage handover")
    for post in ("*", LC_REPRESENTATIVE):
        items = "\n".join(f"{post} {n}" for n in range(25))
        form = await officer.select(shown(page), values=[offered("handovers:list:0", post)])
        await officer.submit_modal(form, {"ja": items, "en": items})
    card = shown(await leader.slash(server.channel, "officer handover"))
    for _ in range(2):  # all of the last menu of what is open, and once more
        assert sum(map(len, menus(card).values())) == 50
        last = max(key for key in menus(card) if ":done:" in key)
        await leader.select(card, custom_id=last, values=list(menus(card)[last].values()))
    assert "50件中50件" in page_text(card)
    assert all(":open:" in key for key in menus(card))


async def test_what_waits_for_an_lc_is_one_message_in_its_thread_with_the_number(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await give(world, leader, "leo", 1, ends_on=date(2026, 2, 28))
    await build(server, officer)
    for number in range(2):
        person = server.person(f"student{number}")
        message = await consented(person, server)
        form = await person.click(message, custom_id="members:name")
        await person.submit_modal(form, {"name": f"例 {number}号", "reading": ""})
        await school(person, message, "北海道", "北海道大学")
        await choose(person, message, "2年")
        await person.click(message, label="所属しています")
    thread, bot = await noted(world, "thread:lc:1"), world.bot
    at = bot.clock.now().replace(hour=10, minute=0, second=0, microsecond=0)  # 19:00 in Tokyo
    place = Recipient(RecipientKind.THREAD, thread)
    waiting = [
        NewDelivery(1, kind, f"{kind}:{payload}", "test", place, at, "Asia/Tokyo", payload)
        for kind, payload in (
            (TO_CONFIRM, {"lc_id": 1}),
            (ASK_KIND, {"lc": 1, "last": "2026-03-31"}),
            (ASK_KIND, {"lc": 1, "last": "2026-02-28"}),
        )
    ]
    await in_bot(world.env, put(bot.database, bot.clock, *waiting))
    await world.env.advance_time(86_400)
    posts = [one.json for one in world.env.http_requests if one.path == f"/channels/{thread}/messages" and one.json]
    (post,) = [post for post in posts if post["embeds"][0]["title"] == "あなたのLCの未回答は4件です"]
    (embed,) = post["embeds"]
    assert "2人がLCのメンバーだと申し出ています" in embed["description"]
    assert embed["description"].count("後任") == 2
    ids = [one["custom_id"] for row in post["components"] for one in row["components"]]
    assert ids.count("handovers:mine") == 1, "two lines lead to the same place"
