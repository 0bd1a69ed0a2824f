"""Sign-ups as people see them: a place, the line, an offer, and the organiser's list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import simcord

from bot.features.people.changes import change_by
from bot.features.people.service import PeopleService
from bot.features.signups.models import Mode
from bot.features.signups.opening import open_signup
from bot.features.signups.service import SignUpService
from bot.features.signups.values import NewChoice, NewSignUp
from tests.handovers.test_slash import letters, wants_messages
from tests.support.grants import in_charge
from tests.support.people import caller
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of


async def organised(world: World, server: Server, officer: simcord.MemberActor, **what: Any) -> int:
    """A sign-up of a national officer."""
    services = world.services
    actor = await services[PeopleService].actor(caller(officer.id, server.guild.id))
    async with change_by(services[SignUpService], actor) as change:
        begins_at = change.now + timedelta(days=20)
        new = NewSignUp("test", 1, "links:list", "新歓_合宿", "Welcome camp", begins_at=begins_at, **what)
        in_charge(change, "test", 1)
        return (await open_signup(change, new)).id


async def press(world: World, server: Server, who: simcord.MemberActor, custom_id: str) -> Any:
    """As on the page of what owns the sign-up, which has such a button."""
    message = shown(await who.slash(server.channel, "home"))
    kept = world.env.backend.get_message(message.channel_id, message.id)
    button = {"type": 2, "id": 2, "style": 2, "label": "?", "custom_id": custom_id}
    kept.components = [{"type": 1, "id": 1, "components": [button]}]
    await who.click(message, custom_id=custom_id)
    return message


async def begin(world: World, **what: Any) -> tuple[Server, simcord.MemberActor, list[simcord.MemberActor], int]:
    """A national officer with a sign-up, and two students who want messages."""
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    students = [server.person("first"), server.person("second")]
    for number, one in enumerate(students):
        await wants_messages(one, server, f"見本 {number}")
    return server, officer, students, await organised(world, server, officer, **what)


async def test_a_place_the_line_and_an_offer(world: World) -> None:
    server, _, (first, second), signup_id = await begin(world, limit=1)
    page = await press(world, server, first, f"signups:own:{signup_id}")
    assert "1人中0人が参加" in page_text(page)
    await first.click(page, label="参加する")
    assert "✅ 参加が決まりました" in page_text(page)
    assert "メッセージを送ってもよいですか" in page_text(page)
    await first.click(page, label="メッセージはいらない")
    assert "ホームに表示されます" in page_text(page)
    waits = await press(world, server, second, f"signups:own:{signup_id}")
    await second.click(waits, label="キャンセル待ちに入る")
    assert "1組中1番目です" in page_text(waits)
    await second.click(waits, label="送ってもよい")
    assert labels(waits)[:2] == ["参加できない", "メッセージはいらない"]
    await first.click(page, label="参加できない")
    assert "1人がキャンセル待ちをしています" in page_text(page)
    assert letters(second) == []
    await first.click(page, label="参加をやめる")
    assert "申し込みを取り消しました" in page_text(page)
    await world.env.advance_time(12 * 3600)
    (letter,) = second.user.dm_channel.history()
    assert "新歓\\_合宿" in page_text(letter)
    assert "空きが出ました" in page_text(letter)
    pressed = await second.user.click(letter, label="見る・答える")
    await second.user.click(shown(pressed), label="参加する")
    assert "申し込みました。当日お待ちしています" in page_text(shown(pressed))


async def test_an_offer_that_cannot_be_messaged_is_seen_at_home_and_a_task(world: World) -> None:
    server, officer, (first, second), signup_id = await begin(world, limit=1)
    for one, label in ((first, "参加する"), (second, "キャンセル待ちに入る")):
        await one.click(await press(world, server, one, f"signups:own:{signup_id}"), label=label)
    mine = await press(world, server, second, f"signups:own:{signup_id}")
    await second.click(mine, label="メッセージはいらない")
    home = await second.slash(server.channel, "home")
    assert "空きが出ました" not in text_of(home)
    await second.click(shown(home), label="申し込んだもの")
    assert "⏳ キャンセル待ち" in page_text(shown(home))
    await choose(second, shown(home), "新歓_合宿")
    assert "1組中1番目です" in page_text(shown(home))
    board = await press(world, server, officer, f"signups:board:{signup_id}")
    assert "✅ **見本 0**" in page_text(board)
    assert "⏳ **見本 1** · 1番目" in page_text(board)
    form = await officer.click(board, label="定員")
    await officer.submit_modal(form, {"limit": "2", "held": "0"})
    assert "直接伝えてください" in page_text(board)
    assert "やることが1件あります" in text_of(await officer.slash(server.channel, "home"))
    await officer.click(board, label="直接伝えた")
    assert "直接伝えてください" not in page_text(board)
    home = await second.slash(server.channel, "home")
    assert "空きが出ました：新歓\\_合宿" in text_of(home)
    await second.click(shown(home), label="参加を決める")
    await second.click(shown(home), label="参加できない")
    assert "次の人に譲りました" in page_text(shown(home))


async def test_the_organiser_decides(world: World) -> None:
    server, officer, (first, second), signup_id = await begin(world, limit=1, mode=Mode.APPROVAL)
    for one in (first, second):
        page = await press(world, server, one, f"signups:own:{signup_id}")
        await one.click(page, label="参加する")
        assert "📝 返事待ち" in page_text(page)
        await one.click(page, label="送ってもよい")
    board = await press(world, server, officer, f"signups:board:{signup_id}")
    await choose(officer, board, "見本 0")
    await officer.click(board, label="承認する")
    assert "参加が決まりました" in page_text(board)
    await choose(officer, board, "見本 1")
    assert labels(board)[:3] == ["承認する", "定員に関係なく認める", "断る"]
    await officer.click(board, label="定員に関係なく認める")
    assert "1人は定員を超えて参加しています" in page_text(board)
    await choose(officer, board, "見本 0")
    form = await officer.click(board, label="参加を取り消す")
    answer = await officer.submit_modal(form, {"reason": " "})
    assert "理由を入力してください" in text_of(answer)
    form = await officer.click(board, label="参加を取り消す")
    await officer.submit_modal(form, {"reason": "日程が変わった"})
    assert "次の人に案内します" in page_text(board)
    await world.env.advance_time(12 * 3600)
    told = "\n".join(letters(first))
    assert "主催者が、あなたの参加を取り消しました" in told
    assert "日程が変わった" in told
    assert "参加できることになりました" in "\n".join(letters(second))


async def test_an_answer_is_chosen_and_somebody_else_sees_no_names(world: World) -> None:
    rooms = [NewChoice("和室", "Tatami", 1), NewChoice("洋室", "Beds")]
    server, officer, (first, second), signup_id = await begin(world, choices=rooms)
    page = await press(world, server, first, f"signups:own:{signup_id}")
    assert options(page) == ["和室", "洋室"]
    await choose(first, page, "和室")
    assert "✅ 参加が決まりました" in page_text(page)
    assert "参加者の一覧" not in labels(page)
    refused = await press(world, server, second, f"signups:board:{signup_id}")
    assert "見本 0" not in page_text(refused)
    own = await press(world, server, officer, f"signups:own:{signup_id}")
    await officer.click(own, label="参加者の一覧")
    assert "✅ **見本 0** · 和室" in page_text(own)


async def test_an_invitation_is_answered_at_home(world: World) -> None:
    server, _, (first, second), signup_id = await begin(world)
    services = world.services
    actors = [await services[PeopleService].actor(caller(one.id, server.guild.id)) for one in (first, second)]
    await services[SignUpService].apply(actors[0], signup_id, with_people=[actors[1].person_id or 0])
    home = await second.slash(server.channel, "home")
    assert "一緒の参加に誘われています" in text_of(home)
    await second.click(shown(home), label="招待に答える")
    assert "見本 0さんが、あなたと一緒に申し込みたいそうです" in page_text(shown(home))
    await second.click(shown(home), label="一緒に申し込む")
    assert "✅ 参加が決まりました" in page_text(shown(home))
    again = await press(world, server, second, "signups:answer:1:no")
    assert "招待" in page_text(again)
