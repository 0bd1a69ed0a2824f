"""Writing together, planning, and everything before the sending, as officers do it."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from sqlalchemy import delete, update

from bot.features.announcements.models import Ping
from bot.features.audiences.models import Place
from bot.features.audiences.values import PostPlan
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.organisations.models import ServerPart
from bot.ui.items import offered
from cogs.announcements import status
from tests.announcements.support import Setting, begin, choose_in
from tests.support.pages import open_drafts, open_templates, sees_all
from tests.support.simulated import forget_members
from tests.support.worlds import World, choose, labels, page_text, shown, text_of


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


def fields(title: str, text: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "text_ja": text, **more}


async def test_two_officers_edit_and_nothing_of_either_is_lost(setting: Setting) -> None:
    other = setting.other
    page = await setting.write("総会", "最初の文面")
    older = shown(await open_drafts(setting.officer, setting.server.channel))
    await choose(setting.officer, older, "総会")
    first = await setting.officer.click(page, label="文面を編集")
    drafts = await open_drafts(other, setting.server.channel)
    await choose(other, shown(drafts), "総会")
    second = await other.click(shown(drafts), label="文面を編集")
    await other.submit_modal(second, fields("総会", "二人目の文面"))
    assert "二人目の文面" in page_text(shown(drafts))
    refused = await setting.officer.submit_modal(first, fields("総会", "一人目の文面"))
    told = shown(refused)
    assert told.id == page.id
    assert "ほかの人が先にこの下書きを変更しました" in page_text(told)
    await setting.officer.click(told, label="あなたの文面の下書き")
    assert "一人目の文面" in page_text(told)
    drafts = await open_drafts(setting.officer, setting.server.channel)
    await setting.officer.select(shown(drafts), values=[offered("announcements:draft", "1")])
    assert "二人目の文面" in page_text(shown(drafts))
    assert "最後の編集：otherさん" in page_text(shown(drafts))
    stale = await setting.officer.click(older, label="いま送る")
    assert "あなたが開いたあとに内容が変わりました" in text_of(stale)
    assert not setting.messages("東京大学")


async def test_a_draft_survives_a_restart(setting: Setting) -> None:
    page = await setting.write("総会", "文面")
    await setting.world.restart()
    await setting.officer.click(page, label="いま送る")
    assert "文面" in page_text(setting.last("東京大学"))


async def test_a_time_as_people_write_it_and_the_night_is_kept(setting: Setting) -> None:
    page = await setting.write()
    form = await setting.officer.click(page, label="日時を指定")
    refused = await setting.officer.submit_modal(form, {"when": "いつか"})
    assert "「いつか」は日時として読み取れませんでした" in text_of(refused)
    form = await setting.officer.click(page, label="日時を指定")
    await setting.officer.submit_modal(form, {"when": "明日２３時"})
    assert "✅ <t:1767394800:F>に送信します" in page_text(page), "8:00 of 3 January, because 23:00 is at night"
    assert "🗓️ <t:1767394800:F>に送信します" in page_text(page), "and the line of the plan says no other time"
    await setting.go(hours=36)
    assert not setting.messages("東京大学")
    await setting.go(hours=10)
    assert setting.messages("東京大学")


async def test_a_time_that_may_mean_two_things_is_asked_about(setting: Setting) -> None:
    """The setting's now is 21:00 on Thursday, 1 January 2026."""
    page = await setting.write()
    for typed, said in (
        ("1/3(日) 9:00", "日付と曜日が合いません。その日は 2026年1月3日(土) です。2026年1月4日(日) のことですか"),
        ("12/31 9:00", "2025年12月31日(水) はもう過ぎています。2026年12月31日(木) のことでしたら、年も書いてください"),
        ("今週の月曜 9時", "今週のその曜日は 2025年12月29日(月) で、もう過ぎています"),
        ("毎週木曜19時", "「毎週木曜19時」は繰り返しの書き方です"),
        ("2026-01-01 9:00", "2026年1月1日(木) 09:00"),
    ):
        form = await setting.officer.click(page, label="日時を指定")
        assert said in text_of(await setting.officer.submit_modal(form, {"when": typed})), typed


async def test_what_was_made_too_long_after_the_planning_does_not_go_out_and_the_officers_read_why(
    setting: Setting,
) -> None:
    page = await setting.write()
    form = await setting.officer.click(page, label="日時を指定")
    await setting.officer.submit_modal(form, {"when": "2時間後"})
    form = await setting.officer.click(page, label="文面を編集")
    await setting.officer.submit_modal(form, fields("長い", "あ" * 2_010))
    assert "10文字減らしてください" in page_text(page), "said at once"
    await setting.go(hours=3)
    assert not setting.messages("東京大学")
    told = setting.last("全国役員")
    assert "「長い」は<t:1767243600:F>に送る予定でしたが、次の理由で送信していません" in page_text(told)
    assert "10文字減らしてください" in page_text(told)
    assert "下書きに戻しました。直してから、あらためて送信してください" in page_text(told)
    opened = await setting.officer.click(told, label="下書きを見る")
    form = await setting.officer.click(shown(opened), label="文面を編集")
    await setting.officer.submit_modal(form, fields("直した", "本文"))
    await setting.officer.click(shown(opened), label="いま送る")
    assert "本文" in page_text(setting.last("東京大学"))


async def test_what_is_urgent_goes_at_night(setting: Setting) -> None:
    await setting.go(hours=11)
    page = await setting.write()
    await setting.officer.click(page, label="その他の設定")
    await setting.officer.click(page, label="緊急（夜間も送る）")
    await setting.officer.click(page, label="下書きに戻る")
    assert "緊急：夜間でも送ります" in page_text(page)
    await setting.officer.click(page, label="いま送る")
    assert setting.messages("東京大学")


async def test_sending_to_nobody_is_asked_about_first(setting: Setting) -> None:
    """A member LC that has no channel yet is all there is."""
    async with setting.world.bot.database.writing() as session:
        gone = [setting.lc_ids["東京大学"], setting.lc_ids["京都大学"]]
        await session.execute(
            update(LocalCommittee).where(LocalCommittee.id.in_(gone)).values(state=LcState.LEFT.value)
        )
    page = await setting.write()
    await setting.officer.click(page, label="いま送る")
    assert "Discordではだれにも届きません" in page_text(page)
    await setting.officer.click(page, label="下書きに戻る")
    assert "いま送る" in labels(page), "nothing was sent"
    await setting.officer.click(page, label="いま送る")
    await setting.officer.click(page, label="それでも送る")
    await setting.officer.click(page, label="最新の状況")
    assert "Discordではどこにも届いていません" in page_text(page)


async def test_an_lcs_officer_reads_what_they_can_do_if_it_arrives_nowhere(setting: Setting) -> None:
    form = await setting.tokyo.slash(setting.server.channel, "officer announce")
    page = shown(await setting.tokyo.submit_modal(form, fields("新歓", "新歓のお知らせです。")))
    async with setting.world.bot.database.writing() as session:
        await session.execute(delete(ServerPart).where(ServerPart.key == f"channel:lc:{setting.lc_ids['東京大学']}"))
    await setting.tokyo.click(page, label="いま送る")
    said = page_text(page)
    assert "全国役員に、チャンネルか、LCのサーバーをつなぐコードを頼んでください" in said
    assert "/manage" not in said, "not theirs"
    assert "それでも送る" in labels(page)


async def test_the_latest_is_the_one_that_was_sent_last(setting: Setting) -> None:
    first = await setting.write("先に書いた")
    await setting.send("先に送った")
    await setting.go(hours=1)
    await setting.officer.click(first, label="いま送る")
    assert "先に書いた" in page_text(await setting.status())


async def test_a_plan_can_be_taken_back_and_a_draft_discarded(setting: Setting) -> None:
    page = await setting.write()
    form = await setting.officer.click(page, label="日時を指定")
    await setting.officer.submit_modal(form, {"when": "2時間後"})
    await setting.officer.click(page, label="予定を取り消す")
    await setting.go(days=1)
    assert not setting.messages("東京大学")
    await setting.officer.click(page, label="破棄")
    assert "元には戻せません" in page_text(page), "asked first"
    await setting.officer.click(page, label="はい、破棄する")
    assert "下書きはありません" in page_text(page)


async def test_too_long_is_said_with_the_count_and_kept(setting: Setting) -> None:
    page = await setting.write("長い", "あ" * 1_990 + "🎌" * 10)
    assert "日本語の本文が2010文字あります。2000文字までなので、10文字減らしてください" in page_text(page)
    assert "あああ" in page_text(page)
    assert not _enabled(page, "いま送る")
    form = await setting.officer.click(page, label="文面を編集")
    await setting.officer.submit_modal(form, fields("長い", "あ" * 1_990 + "🎌" * 5, text_en="y" * 2_000))
    await setting.officer.click(page, label="いま送る")
    assert page_text(setting.last("東京大学")).count("あ") == 1_990


def _enabled(message: Any, label: str) -> bool:
    rows: list[Any] = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    buttons: list[Any] = [item for row in rows for item in row["components"]]
    return any(item.get("label") == label and not item.get("disabled") for item in buttons)


async def test_texts_are_shown_as_they_were_written_and_ping_nobody(setting: Setting) -> None:
    text = f"@everyone <@{setting.tokyo.id}> **太字**\n```py\nprint('😀')\n```\n[案内](https://example.org/a)"
    await setting.send("表示", text=text, link="https://example.org/b")
    message = setting.last("東京大学")
    assert text in page_text(message)
    assert message.content == ""
    sent: list[Any] = [request.json for request in setting.world.env.http_requests if request.method == "POST"]
    bodies = [body for body in sent if body and "embeds" in body]
    assert all((body.get("allowed_mentions") or {"parse": []})["parse"] == [] for body in bodies)
    form = await setting.officer.slash(setting.server.channel, "officer announce")
    wrong = await setting.officer.submit_modal(form, fields("リンク", "本文", link="example.org"))
    assert "https:// か http:// で始まる" in text_of(wrong)


async def test_a_file_goes_along_even_after_a_restart(setting: Setting) -> None:
    page = await setting.write("要項", "添付をご覧ください", file=("募集要項.pdf", b"%PDF-1.7 example"))
    assert "募集要項.pdf" in page_text(page)
    await setting.world.restart()
    await setting.officer.click(page, label="いま送る")
    (attachment,) = setting.last("京都大学").attachments
    assert attachment.filename.endswith(".pdf")
    assert await attachment.read() == b"%PDF-1.7 example"


async def test_a_file_that_is_too_large_costs_no_text(setting: Setting) -> None:
    page = await setting.write("大きい", "文面は残る", file=("big.bin", b"0" * (8 * 1024 * 1024 + 1)))
    assert "添付できるのは8 MBまでです" in page_text(page)
    assert "文面は残る" in page_text(page)


async def test_to_whom_and_where(setting: Setting) -> None:
    page = await setting.write()
    await setting.officer.click(page, label="宛先")
    await choose(setting.officer, page, "地域で選ぶ")
    await choose(setting.officer, page, "近畿")
    assert "宛先：**近畿の団体会員LC**（2件）" in page_text(page)
    await setting.officer.click(page, label="宛先")
    form = await setting.officer.click(page, label="除くLCを指定")
    await setting.officer.submit_modal(form, {"names": "阪大"})
    assert "（大阪大学を除く）**（1件）" in page_text(page)
    await setting.officer.click(page, label="宛先")
    await choose(setting.officer, page, "委員会への回答で選ぶ")
    await choose(setting.officer, page, "公衆衛生（SCOPH）")
    await choose(setting.officer, page, "未回答")
    assert "公衆衛生（SCOPH）への回答が「未回答」の団体会員LC" in page_text(page)
    await setting.officer.click(page, label="届ける場所")
    await choose(setting.officer, page, "各LC役員のスレッド（非公開）")
    await setting.officer.click(page, label="いま送る")
    assert not setting.messages("東京大学")
    assert "総会のお知らせです。" in setting.thread_texts("東京大学")[-1]


async def test_everyone_reaches_the_national_channel_too(setting: Setting) -> None:
    page = await setting.write()
    await setting.officer.click(page, label="宛先")
    await choose(setting.officer, page, "全員")
    assert "組織のお知らせチャンネル" in page_text(page)
    await setting.officer.click(page, label="いま送る")
    assert setting.messages("お知らせ")
    student = setting.server.person("student")
    pressed = await student.click(setting.last("お知らせ"), label="確認しました")
    assert "あなた個人の確認として記録しました" in text_of(pressed)
    assert "**1**人が確認" in page_text(await setting.status())


async def test_a_ping_needs_the_right_in_discord(setting: Setting) -> None:
    async def write_with_ping() -> Any:
        page = await setting.write()
        await setting.officer.click(page, label="その他の設定")
        await choose_in(setting.officer, page, "announcements:set_ping", "everyone")
        await setting.officer.click(page, label="下書きに戻る")
        return page

    page = await write_with_ping()
    assert "メンション：@everyone（0か所、約**0**人に通知）" in page_text(page)
    assert "2か所ではメンションの通知ができません" in page_text(page)
    await setting.officer.click(page, label="いま送る")
    assert setting.last("東京大学").content == "", "the officer may not ping here"
    role_ids = await let_ping(setting)
    page = await write_with_ping()
    assert "メンション：@everyone（2か所" in page_text(page)
    await setting.officer.click(page, label="いま送る")
    assert setting.last("東京大学").content == "@everyone"
    page = await write_with_ping()
    form = await setting.officer.click(page, label="日時を指定")
    await setting.officer.submit_modal(form, {"when": "2時間後"})
    await have_roles(setting, role_ids)
    await setting.go(hours=3)
    assert len(setting.messages("東京大学")) == 3
    assert setting.last("東京大学").content == "", "the right is looked at again when it goes out"
    told = setting.last("全国役員")
    assert "「春の総会」は2か所で通知なしで送信されました。送信を予約したofficerさん" in page_text(told)


async def test_a_process_without_a_gateway_session_learns_the_same_by_asking(setting: Setting) -> None:
    bot, guild = setting.world.bot, setting.server.guild
    channels = [setting.channel(name).id for name in ("東京大学", "京都大学")]
    posts = [PostPlan(Place.LC_CHANNELS, one, 1, guild.id) for one in (*channels, 404)]
    posts.append(PostPlan(Place.LC_SERVERS, 404, 1, 405))

    async def found(user_id: int) -> list[int]:
        asked = (bot, posts, Ping.EVERYONE, user_id)
        by_request = await status.channels_to_ping_by_request(*asked)
        assert by_request == status.channels_to_ping(*asked)
        return by_request

    assert await found(setting.officer.id) == []
    await let_ping(setting)
    assert await found(setting.officer.id) == channels
    assert await found(404) == [], "who left the server"


async def test_a_ping_goes_out_before_the_members_are_known(setting: Setting) -> None:
    await let_ping(setting)
    page = await setting.write()
    await setting.officer.click(page, label="その他の設定")
    await choose_in(setting.officer, page, "announcements:set_ping", "everyone")
    await setting.officer.click(page, label="下書きに戻る")
    form = await setting.officer.click(page, label="日時を指定")
    await setting.officer.submit_modal(form, {"when": "2時間後"})
    page = await setting.write()
    forget_members(setting.world.bot, setting.server.guild.id)
    await setting.officer.click(page, label="その他の設定")
    await choose_in(setting.officer, page, "announcements:set_ping", "everyone")
    await setting.officer.click(page, label="下書きに戻る")
    assert "まだDiscordから全員の情報が届いていない" in page_text(page)
    assert "メンションの通知ができません" not in page_text(page), "it isn't known of the officer"
    await setting.go(hours=3)
    assert setting.last("東京大学").content == "@everyone"


async def test_a_server_that_discord_does_not_tell_of_keeps_no_other_from_its_ping(setting: Setting) -> None:
    bot, guild = setting.world.bot, setting.server.guild
    await let_ping(setting)
    channel = setting.channel("東京大学").id
    second = setting.world.server("Second").guild
    posts = [PostPlan(Place.LC_SERVERS, 404, 1, second.id), PostPlan(Place.LC_CHANNELS, channel, 1, guild.id)]
    setting.world.env.inject_error("GET", f"/guilds/{second.id}", status=503, times=None)
    asked = (bot, posts, Ping.EVERYONE, setting.officer.id)
    assert await status.channels_to_ping_by_request(*asked) == [channel]
    setting.world.env.inject_error("GET", f"/guilds/{guild.id}", status=503, times=None)
    with pytest.raises(discord.HTTPException):
        await status.channels_to_ping_by_request(*asked)


async def let_ping(setting: Setting) -> list[int]:
    """Give the officer a role that may; the roles that they had before."""
    chief = setting.server.guild.create_role("chief", permissions=_everyone())
    member = setting.officer.member
    assert member is not None
    role_ids = [role.id for role in member.roles[1:]]
    await have_roles(setting, [*role_ids, chief.id])
    return role_ids


async def have_roles(setting: Setting, role_ids: list[int]) -> None:
    setting.world.env.backend.edit_member(setting.server.guild.id, setting.officer.id, {"role_ids": role_ids})
    await setting.world.env.settle()


def _everyone() -> Any:
    import discord

    return discord.Permissions(mention_everyone=True, manage_guild=True)


async def test_each_lcs_role_is_pinged_in_its_own_channel(setting: Setting) -> None:
    bot_guild = setting.world.bot.get_guild(setting.server.guild.id)
    assert bot_guild is not None
    role = next(role for role in bot_guild.roles if role.name == "東京大学")
    setting.world.env.backend.edit_role(bot_guild.id, role.id, {"mentionable": True})
    await setting.world.env.settle()
    page = await setting.write()
    await setting.officer.click(page, label="その他の設定")
    await choose_in(setting.officer, page, "announcements:set_ping", "lc_role")
    await setting.officer.click(page, label="下書きに戻る")
    assert "（1か所、約**1**人に通知）" in page_text(page)
    await setting.officer.click(page, label="いま送る")
    assert setting.last("東京大学").content == f"<@&{role.id}>"
    assert setting.last("京都大学").content == ""


async def test_the_page_follows_while_it_goes_out(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "FOLLOW_AFTER", 0.5)
    page = await setting.send()
    await setting.go(hours=0.01)
    assert "届きました **2**" in page_text(page)


async def test_a_second_person_checks_before_it_goes(setting: Setting) -> None:
    other = setting.other
    page = await setting.write()
    await setting.officer.click(page, label="確認を依頼")
    await choose(setting.officer, page, "other")
    assert "otherさんに確認をお願いしています" in page_text(page)
    assert not _enabled(page, "いま送る")
    told = setting.last("全国役員")
    assert told.content == f"<@{other.id}>"
    assert "送信前の確認をお願いします：春の総会" in text_of(await other.slash(setting.server.channel, "home"))
    seen = await other.click(told, label="下書きを見る")
    checking = shown(seen)
    await other.click(checking, label="確認の状況")
    form = await other.click(checking, label="修正をお願いする")
    await other.submit_modal(form, {"note": "日付がありません"})
    drafts = shown(await open_drafts(setting.officer, setting.server.channel))
    await choose(setting.officer, drafts, "春の総会")
    assert "日付がありません" in page_text(drafts)
    form = await setting.officer.click(drafts, label="文面を編集")
    await setting.officer.submit_modal(form, fields("春の総会", "3月1日です"))
    stale = await other.click(checking, label="確認の状況")
    assert stale.acknowledged
    await other.click(checking, label="送ってよい")
    assert "otherさんが確認済みです" in page_text(checking)
    drafts = shown(await open_drafts(setting.officer, setting.server.channel))
    await choose(setting.officer, drafts, "春の総会")
    await setting.officer.click(drafts, label="いま送る")
    assert "3月1日です" in page_text(setting.last("東京大学"))


async def test_whoever_asked_for_a_check_takes_the_request_back(setting: Setting) -> None:
    page = await setting.write()
    await setting.officer.click(page, label="確認を依頼")
    await choose(setting.officer, page, "other")
    assert not _enabled(page, "いま送る")
    await setting.officer.click(page, label="確認の状況")
    await setting.officer.click(page, label="確認の依頼を取り下げる")
    assert _enabled(page, "いま送る")
    assert "送信前の確認をお願いします" not in text_of(await setting.other.slash(setting.server.channel, "home"))


async def test_who_checked_hears_that_it_was_changed_and_the_page_says_that_it_no_longer_goes_out(
    setting: Setting,
) -> None:
    other = setting.other

    async def checked() -> None:
        seen = shown(await other.click(setting.last("全国役員"), label="下書きを見る"))
        await other.click(seen, label="確認の状況")
        await other.click(seen, label="送ってよい")

    page = await setting.write()
    await setting.officer.click(page, label="確認を依頼")
    await choose(setting.officer, page, "other")
    await checked()
    drafts = await open_drafts(setting.officer, setting.server.channel)
    page = shown(drafts)
    await choose(setting.officer, page, "春の総会")
    form = await setting.officer.click(page, label="日時を指定")
    await setting.officer.submit_modal(form, {"when": "2時間後"})
    assert "に送信します" in page_text(page)
    form = await setting.officer.click(page, label="文面を編集")
    await setting.officer.submit_modal(form, fields("春の総会", "日付を直しました"))
    assert "確認のあとに変更されたため、<t:1767243600:F>の送信は取りやめになりました" in page_text(page)
    told = setting.last("全国役員")
    assert told.content == f"<@{other.id}>"
    assert "「春の総会」は確認のあとに変更されました。もう一度確認するまで送信されません" in page_text(told)
    await setting.go(hours=3)
    assert not setting.messages("東京大学")
    await checked()
    page = shown(await open_drafts(setting.officer, setting.server.channel))
    await choose(setting.officer, page, "春の総会")
    assert "もう一度、日時を指定してください" in page_text(page)
    await setting.officer.click(page, label="いま送る")
    assert "日付を直しました" in page_text(setting.last("東京大学"))


async def test_a_series_that_was_changed_rests_and_waits_on_the_home_of_who_checks(setting: Setting) -> None:
    other = setting.other
    page = await setting.write("例会", "毎週の例会です")
    form = await setting.officer.click(page, label="定期送信")
    stale = await setting.officer.click(page, label="定期送信")
    await setting.officer.submit_modal(form, {"every": ["week"], "end": "４回"})
    await setting.officer.click(page, label="確認を依頼")
    await choose(setting.officer, page, "other")
    seen = shown(await other.click(setting.last("全国役員"), label="下書きを見る"))
    await other.click(seen, label="確認の状況")
    await other.click(seen, label="送ってよい")
    page = shown(await open_drafts(setting.officer, setting.server.channel))
    await choose(setting.officer, page, "例会")
    form = await setting.officer.click(page, label="日時を指定")
    await setting.officer.submit_modal(form, {"when": "1/3 19:00"})
    refused = await setting.officer.submit_modal(stale, {"every": ["-"], "end": ""})
    assert "送信の予定があります。予定を取り消してから" in text_of(refused)
    form = await setting.officer.click(page, label="文面を編集")
    await setting.officer.submit_modal(form, fields("例会", "場所が変わりました"))
    assert "確認のあとに変更されました。もう一度確認されると再開できます" in page_text(page)
    assert "送信前の確認をお願いします：例会" in text_of(await other.slash(setting.server.channel, "home"))
    await setting.go(days=3)
    assert not setting.messages("東京大学")


async def test_a_series_repeats_pauses_and_leaves_one_out(setting: Setting) -> None:
    page = await setting.write("例会", "毎週の例会です")
    form = await setting.officer.click(page, label="定期送信")
    await setting.officer.submit_modal(form, {"every": ["week"], "end": "４回"})
    assert "毎週（4回）の定期送信にします" in page_text(page)
    form = await setting.officer.click(page, label="日時を指定")
    await setting.officer.submit_modal(form, {"when": "1/3 19:00"})
    await setting.officer.click(page, label="定期送信の内容")
    assert page_text(page).count("📨") == 4
    await setting.officer.click(page, label="1月10日(土)を休む")
    assert "はお休み" in page_text(page)
    await setting.go(days=8)
    assert len(setting.messages("東京大学")) == 1
    await setting.go(days=7)
    assert len(setting.messages("東京大学")) == 1, "the second was left out"
    await setting.go(days=7)
    assert len(setting.messages("東京大学")) == 2
    await setting.officer.click(page, label="休止する")
    await setting.go(days=14)
    assert len(setting.messages("東京大学")) == 2, "it rests"


async def test_templates(setting: Setting) -> None:
    page = await setting.write("月報", "今月の報告をお願いします")
    form = await setting.officer.click(page, label="ひな形として保存")
    await setting.officer.submit_modal(form, {"name": "月報の依頼"})
    assert "ひな形「月報の依頼」として保存しました" in page_text(page)
    names = await setting.officer.autocomplete(setting.server.channel, "officer announce", "template", "月報")
    assert [choice["name"] for choice in names] == ["月報の依頼"]
    form = await setting.officer.slash(setting.server.channel, "officer announce", template=names[0]["value"])
    assert form.modal is not None
    again = await setting.officer.submit_modal(form, fields("月報", "今月の報告をお願いします"))
    assert "今月の報告をお願いします" in text_of(again)
    kept = shown(await open_templates(setting.officer, setting.server.channel))
    await choose(setting.officer, kept, "月報の依頼")
    await setting.officer.click(kept, label="ひな形を削除")
    assert "ひな形はまだありません" in page_text(kept)


async def test_an_lc_speaks_to_its_own_people_only(setting: Setting) -> None:
    form = await setting.tokyo.slash(setting.server.channel, "officer announce")
    page = shown(await setting.tokyo.submit_modal(form, fields("新歓", "新歓のお知らせ")))
    assert "宛先：**東京大学**（1件）" in page_text(page)
    assert "宛先" not in labels(page)
    await setting.tokyo.click(page, label="いま送る")
    assert "新歓のお知らせ" in page_text(setting.last("東京大学"))
    assert not setting.messages("京都大学")
    for person, said in ((setting.server.person("student"), "全国役員だけができる操作"),):
        await sees_all(person)
        assert said in text_of(await person.slash(setting.server.channel, "officer announce"))
    refused = await setting.kyoto.slash(setting.server.channel, "officer announce", lc=f"#{setting.lc_ids['東京大学']}")
    assert "このLCの役員と全国役員だけ" in text_of(refused)
    nothing = shown(await open_drafts(setting.kyoto, setting.server.channel))
    assert "下書きはありません" in page_text(nothing)


async def test_in_english(setting: Setting) -> None:
    chief = setting.other
    setting.world.locales |= {chief.id: "en-GB", setting.kyoto.id: "en-US"}
    form = await chief.slash(setting.server.channel, "officer announce")
    page = shown(await chief.submit_modal(form, fields("総会", "日本語", text_en="English")))
    seen = page_text(page)
    assert "To: **all member LCs** (3 LCs)" in seen
    assert "1 LC can't be reached" in seen
    assert "Not sent between 22:00 and 8:00; it waits until morning." in seen
    await chief.click(page, label="Send now")
    pressed = await setting.kyoto.click(setting.last("京都大学"), label="確認しました")
    assert "Marked as read for Kyoto University." in text_of(pressed)
