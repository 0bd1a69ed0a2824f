"""After the sending: questions and answers, corrections, taking back, LINE and mail, direct messages."""

from __future__ import annotations

import copy
import csv
import io
from typing import Any

import pytest
import simcord
from sqlalchemy import update

from bot.errors import Conflict
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.people.terms import LC_MEMBER
from bot.ui.answering import at_work
from bot.ui.replies import reply_error
from cogs.announcements.status import status_of
from tests.announcements.support import Setting, begin, choose_in, hold
from tests.committees.ticking import ticks
from tests.support.pages import lc_history
from tests.support.simulated import delete_channel
from tests.support.worlds import World, choose, options, page_text, shown, text_of


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


async def with_questions(setting: Setting, deadline: str = "1/10") -> Any:
    """A draft that asks how many come, and whether by train."""
    page = await setting.write("合宿", "合宿の参加人数を教えてください")
    await setting.officer.click(page, label="質問")
    for question in (
        {"text_ja": "何人参加しますか", "kind": ["number"], "needed": ["yes"]},
        {"text_ja": "交通手段", "kind": ["choice"], "options": "電車\nバス", "needed": ["yes"]},
        {"text_ja": "ひとこと", "kind": ["text"], "needed": ["no"]},
    ):
        form = await setting.officer.click(page, label="質問を追加")
        await setting.officer.submit_modal(form, question)
    form = await setting.officer.click(page, label="締切")
    await setting.officer.submit_modal(form, {"when": deadline})
    await setting.officer.click(page, label="下書きに戻る")
    assert "1. 何人参加しますか\n2. 交通手段\n3. ひとこと" in page_text(page)
    return page


async def answer(setting: Setting, number: str = "１２人", choice: str = "0", text: str = "") -> Any:
    form = await setting.tokyo.click(setting.last("東京大学"), label="回答する")
    assert form.modal is not None
    ids = [item["component"]["custom_id"] for item in form.modal["components"]]
    return await setting.tokyo.submit_modal(form, {ids[0]: number, ids[1]: [choice], ids[2]: text})


async def test_an_lc_answers_changes_it_and_the_board_counts_what_was_said(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting), label="いま送る")
    done = await answer(setting)
    assert "回答ありがとうございます。<t:1768057140:F>まで変更できます" in text_of(done)
    home = await setting.kyoto.slash(setting.server.channel, "home")
    assert "<t:1768057140:F>までに回答：合宿" in text_of(home)
    assert "までに回答：合宿" not in page_text(shown(await setting.tokyo.slash(setting.server.channel, "home")))
    await answer(setting, number="15", choice="1", text="=cmd()")
    status = await setting.status()
    assert "回答：3件中**1**件" in page_text(status)
    await setting.officer.click(status, label="回答一覧")
    board = page_text(status)
    assert "✅ **東京大学** 15 / バス / =cmd()" in board
    assert "⚪ 京都大学" in board
    assert "合計 **15**（1件）" in board
    assert "電車 **0**\nバス **1**" in board
    await setting.officer.click(status, label="CSV")
    rows = await read_csv(status)
    assert rows[0][:4] == ["LC", "何人参加しますか", "交通手段", "ひとこと"]
    by_name = {row[0]: row for row in rows}
    assert by_name["東京大学"][1:5] == ["15", "バス", "'=cmd()", "はい"]
    assert by_name["京都大学"][1:] == [""] * 7, "silence is no answer"


async def test_lcs_that_rest_are_counted_apart(setting: Setting) -> None:
    async with setting.world.bot.database.writing() as session:
        rests = LocalCommittee.id == setting.lc_ids["大阪大学"]
        await session.execute(update(LocalCommittee).where(rests).values(state=LcState.DORMANT.value))
    page = await with_questions(setting)
    assert "（3件）\n休止中のLC：1件" in page_text(page)
    await setting.officer.click(page, label="いま送る")
    status = await setting.status()
    assert "回答：3件中**0**件\n休止中のLC：1件" in page_text(status)
    await setting.officer.click(status, label="回答一覧")
    assert "回答：3件中**0**件\n休止中のLC：1件" in page_text(status)


async def test_a_post_in_the_channel_of_an_lc_says_who_answers(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting), label="いま送る")
    assert "LCの役員のだれか1人（ふつうは大学代表者）が、LCを代表して回答します" in page_text(setting.last("東京大学"))
    await answer(setting)
    await setting.go(hours=1)
    said = page_text(setting.last("東京大学"))
    assert "✅ 東京大学：回答済み" in said
    assert "LCを代表して" not in said, "it is done"


async def read_csv(message: Any) -> list[list[str]]:
    content = await message.attachments[0].read()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


async def test_what_cannot_be_used_is_said_and_the_rest_is_kept(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting), label="いま送る")
    refused = await answer(setting, number="たくさん")
    assert "「何人参加しますか」：整数で書いてください（例：12）。ほかの回答は保存しました。" in text_of(refused)
    assert "何人参加しますか\n```\nたくさん\n```" in text_of(refused), "so that it can be copied"
    assert "**交通手段**\n電車" in text_of(refused)
    assert "回答：3件中**0**件" in page_text(await setting.status()), "not complete"


async def test_a_count_is_read_as_people_write_it_and_is_never_below_none(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting), label="いま送る")
    for typed in ("−3", "-3人", "▲3"):
        refused = await answer(setting, number=typed)
        assert "「何人参加しますか」：0より小さい数は入れられません" in text_of(refused)
    for typed, meant in (("８名くらい", "8"), ("約30人", "30"), ("十二", "12")):
        assert f"**何人参加しますか**\n{meant}" in text_of(await answer(setting, number=typed))


async def test_a_national_officer_enters_what_they_heard_and_it_is_shown_as_such(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting), label="いま送る")
    status = await setting.status()
    await setting.officer.click(status, label="回答一覧")
    await choose(setting.officer, status, "大阪大学")
    form = await setting.officer.click(status, label="電話")
    assert form.modal is not None
    ids = [item["component"]["custom_id"] for item in form.modal["components"]]
    await setting.officer.submit_modal(form, {ids[0]: "3", ids[1]: ["0"]})
    status = await setting.status()
    await setting.officer.click(status, label="回答一覧")
    assert "✅ **大阪大学** 3 / 電車\n*officerさんが電話で聞いて記録*" in page_text(status)
    history = await lc_history(setting.officer, setting.server.channel, lc="大阪大学")
    assert "質問への回答：officer" in text_of(history)


async def test_after_the_deadline_the_lc_cannot_change_it_and_reminders_stop(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting), label="いま送る")
    await answer(setting)
    await setting.go(days=9, hours=11.9)
    begun = await setting.tokyo.click(setting.last("東京大学"), label="回答する")
    assert begun.modal is not None
    await setting.go(hours=0.2)
    over = "回答の受付は終わりました（締切：2026年1月10日(土) 23:59）"
    late = await setting.tokyo.click(setting.last("東京大学"), label="回答する")
    assert late.modal is None, "nobody types what will be refused"
    assert over in text_of(late)
    ids = [item["component"]["custom_id"] for item in begun.modal["components"]]
    sent = await setting.tokyo.submit_modal(begun, {ids[0]: "20", ids[1]: ["0"]})
    assert over in text_of(sent), "a form that was opened before doesn't count either"
    await setting.go(days=4)
    reminders = [text for text in setting.thread_texts("京都大学") if "ご回答を" in text]
    assert len(reminders) == 2, "three days and one day before"
    assert not setting.thread_texts("東京大学")
    outsider = setting.server.person("outsider")
    await outsider.slash(setting.server.channel, "home")
    told = [text for text in setting.texts("全国役員") if "2件のLCからまだ返事がありません" in text]
    assert len(told) == 1


async def test_what_a_national_officer_hears_after_the_deadline_is_still_entered(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting, "1/2"), label="いま送る")
    await setting.go(days=3)
    status = await setting.status()
    await setting.officer.click(status, label="回答一覧")
    await choose(setting.officer, status, "大阪大学")
    form = await setting.officer.click(status, label="電話")
    assert form.modal is not None


async def test_what_was_taken_back_opens_no_form_and_asks_nobody_how_they_heard_it(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting), label="いま送る")
    asked, status = setting.last("東京大学"), await setting.status()
    board = await setting.status()
    await setting.officer.click(board, label="回答一覧")
    await setting.officer.click(status, label="取り下げる")
    await setting.officer.click(status, label="はい、すべて取り下げる")
    heard = await choose(setting.officer, board, "大阪大学")
    assert "回答の受付は終わりました。お知らせが取り下げられた" in text_of(heard)
    assert asked


async def test_a_question_is_taken_back_and_nobody_is_reminded(setting: Setting) -> None:
    page = await setting.write("合宿")
    await setting.officer.click(page, label="質問")
    form = await setting.officer.click(page, label="質問を追加")
    await setting.officer.submit_modal(form, {"text_ja": "何人参加しますか", "kind": ["number"], "needed": ["yes"]})
    assert "何人参加しますか" in page_text(page)
    await choose(setting.officer, page, options(page)[0])
    assert "何人参加しますか" not in page_text(page)
    await setting.officer.click(page, label="下書きに戻る")
    await setting.officer.click(page, label="その他の設定")
    await choose_in(setting.officer, page, "announcements:set_reminders", "0")
    await setting.officer.click(page, label="下書きに戻る")
    await setting.officer.click(page, label="いま送る")
    await setting.go(days=8)
    assert not setting.thread_texts("東京大学")


async def test_who_said_not_this_year_hears_no_reminder(setting: Setting) -> None:
    form = await setting.kyoto.slash(setting.server.channel, "officer answer")
    await setting.kyoto.submit_modal(form, ticks(form, not_this_year=["SCORA"]))
    page = await setting.write("世界エイズデー")
    await setting.officer.click(page, label="その他の設定")
    await choose_in(setting.officer, page, "announcements:set_about", await committee(page, "SCORA"))
    await setting.officer.click(page, label="下書きに戻る")
    await setting.officer.click(page, label="いま送る")
    assert setting.messages("京都大学"), "the announcement itself arrives"
    await setting.go(days=8)
    assert not setting.thread_texts("京都大学")
    assert len(setting.thread_texts("東京大学")) == 2
    (told,) = [text for text in setting.texts("全国役員") if "まだ返事がありません" in text]
    assert "2件のLC" in told


async def committee(message: Any, name: str) -> str:
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    options = [option for row in rows for item in row["components"] if item["type"] == 3 for option in item["options"]]
    return next(str(option["value"]).partition(":")[2] for option in options if name in option["label"])


async def test_several_things_that_wait_are_one_message(setting: Setting) -> None:
    await setting.send("一つ目")
    await setting.send("二つ目")
    await setting.go(days=3, hours=8)
    (bundled,) = setting.thread_texts("京都大学")
    assert "あなたのLCの未回答は2件です" in bundled
    assert "「一つ目」" in bundled
    assert "「二つ目」" in bundled


async def test_a_message_that_says_several_things_is_corrected_too(setting: Setting) -> None:
    await setting.send("一つ目")
    await setting.send("二つ目")
    await setting.go(days=3, hours=8)
    status = await setting.status()
    form = await setting.officer.click(status, label="内容を訂正")
    await setting.officer.submit_modal(form, {"title": "訂正した二つ目", "text_ja": "お読みください"})
    await setting.go(hours=0.1)
    (bundled,) = setting.thread_texts("京都大学")
    assert "「訂正した二つ目」" in bundled
    assert "「一つ目」" in bundled
    await setting.officer.click(status, label="送信状況")
    await setting.officer.click(status, label="取り下げる")
    await setting.officer.click(status, label="はい、すべて取り下げる")
    await setting.go(hours=0.1)
    (alone,) = setting.thread_texts("京都大学")
    assert "一つ目" in alone
    assert "二つ目" not in alone
    await setting.officer.click(status, label="最新の状況")
    assert "ほかの用件とまとめたメッセージから削除：**2**件" in page_text(status)


async def test_a_correction_changes_what_was_sent_once(setting: Setting) -> None:
    await setting.send("総会", text="3月1日です")
    status = await setting.status()
    for text in ("3月2日です", "3月3日です"):
        form = await setting.officer.click(status, label="内容を訂正")
        await setting.officer.submit_modal(form, {"title": "総会", "text_ja": text})
        await setting.officer.click(status, label="送信状況")
    before = edits(setting)
    await setting.go(hours=0.1)
    assert "3月3日です" in page_text(setting.last("東京大学"))
    assert len(setting.messages("東京大学")) == 1
    assert edits(setting) - before == 2, "each message once, though it was corrected twice"
    form = await setting.officer.click(status, label="内容を訂正")
    long = await setting.officer.submit_modal(form, {"title": "総会", "text_ja": "あ" * 2_001})
    assert "1文字減らしてください" in text_of(long)
    again = await setting.officer.click(shown(long), label="もう一度書く")
    assert again.modal is not None
    assert "あああ" in str(again.modal), "the form keeps it, no draft does"


def edits(setting: Setting) -> int:
    return sum(
        request.method == "PATCH" and "/channels/" in request.path and "/messages/" in request.path
        for request in setting.world.env.http_requests
    )


async def test_taking_back_deletes_it_everywhere_and_says_where_it_could_not(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting), label="いま送る")
    old = setting.last("東京大学")
    await delete_channel(setting.world.env, setting.channel("京都大学").id)
    status = await setting.status()
    await setting.officer.click(status, label="取り下げる")
    assert "すべてから削除し" in page_text(status)
    await setting.officer.click(status, label="はい、すべて取り下げる")
    await setting.officer.click(status, label="最新の状況")
    assert "削除済み：**2**件" in page_text(status), "a channel that is gone has no message either"
    assert not setting.messages("東京大学")
    assert old
    await setting.go(days=10)
    assert not setting.thread_texts("東京大学"), "no reminders any more"
    assert "取り下げました" in page_text(await setting.status())
    assert "合宿" not in text_of(await setting.tokyo.slash(setting.server.channel, "announcements"))


async def test_texts_for_line_and_mail_with_an_invitation_each_and_a_tick(setting: Setting) -> None:
    await setting.send("総会", text="**太字**と<@123>さん", link="https://example.org")
    status = await setting.status()
    await setting.officer.click(status, label="LINE・メール用の文面")
    text = page_text(status)
    assert "【総会】\n太字とさん" in text
    assert "https://example.org" in text
    assert "招待リンクはまだ入っていません" in text
    await setting.officer.click(status, label="投稿済みにする")
    assert "officerさんが" in page_text(status)
    await setting.officer.click(status, label="メール用の文面")
    assert "[国際医学生連盟 日本] 総会" in page_text(status)
    assert "officerさんが" not in page_text(status)


async def test_the_text_for_line_names_times_places_and_people(setting: Setting) -> None:
    channel, person = setting.server.channel, setting.tokyo.user
    text = f"<t:1795912200:F>に<#{channel.id}> <#9>で。<@{person.id}>へ。<id:guide> https://forms.gle/x__y </lc find:1>"
    await setting.send("総会", text=text)
    status = await setting.status()
    await setting.officer.click(status, label="LINE・メール用の文面")
    said = f"2026年11月29日(日) 09:30に#{channel.name} Discordのチャンネルで。@"
    assert said in page_text(status)
    assert "へ。サーバーガイド https://forms.gle/x__y /lc find\n" in page_text(status)


async def test_a_direct_message_only_to_who_asked_for_it(setting: Setting) -> None:
    member, other = setting.server.person("member"), setting.server.person("other-member")
    for person in (member, other):
        await hold(setting.server, person, LC_MEMBER, setting.lc_ids["大阪大学"])
    listed = shown(await member.slash(setting.server.channel, "announcements"))
    await member.click(listed, label="DMで受け取る")
    assert "DMでも受け取っています" in page_text(listed)
    page = await setting.write(text="本文", text_en="Text")
    assert "1件のLCには届きません" not in page_text(page)
    assert "DM**1**件" in page_text(page)
    await setting.officer.click(page, label="いま送る")
    (message,) = direct(member)
    assert "本文" in page_text(message)
    assert "Text" not in page_text(message), "in the reader's language"
    assert not direct(other)


def direct(person: simcord.MemberActor) -> list[Any]:
    """The direct messages that somebody got."""
    return [message for message in person.user.dm_channel.history() if message.embeds]


async def test_what_failed_is_told_for_the_lc(setting: Setting) -> None:
    page = await setting.write()
    await delete_channel(setting.world.env, setting.channel("京都大学").id)
    await setting.officer.click(page, label="その他の設定")
    await setting.officer.click(page, label="下書きに戻る")
    assert "削除されたチャンネル1か所" in page_text(page)
    await setting.officer.click(page, label="いま送る")
    status = await setting.status()
    assert "⚠️ 送信できませんでした **1**" in page_text(status)
    await setting.officer.click(status, label="CSV")
    rows = {row[0]: row for row in await read_csv(status)}
    assert rows["京都大学"][2] == "10003"
    assert rows["大阪大学"][1] == "チャンネルがありません"


async def test_the_status_is_not_refreshed_over_what_another_press_has_shown(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    async def look(request: Any, announcement_id: int) -> Any:
        """Once the page stands there, and it is looked at again, another press on it is refused."""
        looks.append(announcement_id)
        if len(looks) == 2:
            other = copy.copy(request.interaction)
            other.extras = {}
            with at_work(other):
                await reply_error(other, Conflict("Nothing there."))
        return await status_of(request, announcement_id)

    monkeypatch.setattr("cogs.announcements.status.FOLLOW_AFTER", 0)
    monkeypatch.setattr("cogs.announcements.status.status_of", look)
    page = await setting.send()
    assert "⚠️ Nothing there." in page_text(page)
    assert len(looks) == 2, "it stops"
