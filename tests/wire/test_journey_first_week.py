"""The first week, told by the people in it: one officer and an empty server, then an LC, its members and its year.

The process is the real one, on the machine's own clock: what is planned for the next minute is waited for.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from tests.wire.discord import Fault, member, organisation
from tests.wire.discord.objects import made_at
from tests.wire.discord.pages import labels, text
from tests.wire.organisation import GUILD, LC, OFFICER, OTHER, OWN, REPRESENTATIVE, STUDENT, Place, empty_server
from tests.wire.people import Person

VISITOR, FIRST = GUILD + 60, GUILD + 61


async def test_from_an_empty_server_through_everything_an_organisation_does(database_url: str, tmp_path: Path) -> None:
    async with empty_server(database_url, tmp_path / "log") as place:
        await _one_officer_and_nobody_else(place)
        await place.begin_lc()
        await _those_who_came_are_confirmed(place)
        due = await _announced_now_and_in_a_minute_and_every_week(place)
        await _asked_and_answered(place)
        await _corrected_while_it_still_goes_out(place)
        await _a_fee_is_paid(place)
        await _a_successor_agrees(place)
        await _roles_follow_the_records(place)
        await _sheets_go_out_and_come_in(place)
        await _an_own_server_is_linked_and_unlinked(place)
        planned = await place.until_said(LC, "1分後の本文")
        assert made_at(int(planned["id"])) >= due
        await _somebody_takes_their_data_and_goes(place)


async def _one_officer_and_nobody_else(place: Place) -> None:
    officer = place.officer
    await place.set_up()
    assert "いないため" not in officer.reads, officer.reads
    assert place.roles(OFFICER) == {"全国役員"}
    (panel,) = place.said("ホーム")
    assert panel["pinned"]
    await officer.press("homes:open", on=panel)
    assert "全国役員" in officer.reads
    await officer.use("manage lc channels")
    assert "LCがまだありません" in officer.reads
    await officer.use("officer announce")
    await officer.write(title="はじめまして", text_ja="どなたかいますか")
    await officer.press("届ける場所")
    await officer.choose("announcements:set_places", "組織のお知らせチャンネル")
    await officer.press("その他の設定")
    await officer.press("announcements:set_urgent")
    await officer.press("下書きに戻る")
    await officer.press("いま送る")
    await place.until_said("お知らせ", "どなたかいますか")
    newcomer = Person(place.discord, GUILD, VISITOR, locale="en")
    await place.discord.servers.join(GUILD, VISITOR, "visitor")
    await place.discord.until(lambda: any(f"<@{VISITOR}>" in one["content"] for one in place.said("ホーム")))
    await newcomer.use("home")
    assert "Home" in newcomer.reads
    assert not newcomer.sees(int(place.channel("全国役員")["id"]))
    assert officer.sees(int(place.channel("全国役員")["id"]))
    await _the_first_event_and_the_first_who_comes(place)


async def _the_first_event_and_the_first_who_comes(place: Place) -> None:
    """There is no LC, and nobody has joined. The first person finds it at home and finishes it alone."""
    officer, line = place.officer, "3日後 19時〜20時 Zoomで新歓の会、誰でも 定員8名\nhttps://us02web.zoom.us/j/456"
    await officer.use("event")
    await officer.press("イベントをつくる")
    await officer.write(text=line)
    await officer.press("投稿する")
    await place.until_said("お知らせ", "新歓の会")
    first = Person(place.discord, GUILD, FIRST)
    await place.discord.servers.join(GUILD, FIRST, "first")
    await first.use("home")
    assert "新歓の会" in first.reads, first.reads
    await first.press("events:show")
    await first.press("参加する")
    await first.press("events:agree")
    await first.write(name="札幌 一郎", school="札幌医科大学")
    assert "https://us02web.zoom.us/j/456" in first.reads, first.reads
    await first.use("home")
    assert "新歓の会（参加予定）" in first.reads, first.reads
    await place.until_said("お知らせ", "8人中1人")


async def _those_who_came_are_confirmed(place: Place) -> None:
    representative = place.representative
    assert LC in place.roles(REPRESENTATIVE)
    assert not place.student.sees(int(place.channel(LC)["id"]))
    await representative.use("home")
    await representative.press("members:claims")
    assert "東京 次郎" in representative.reads
    await representative.press("members:confirm")
    await place.discord.until(lambda: LC in place.roles(STUDENT) & place.roles(OTHER))
    assert place.student.sees(int(place.channel(LC)["id"]))
    thread = int(place.channel("LC役員専用")["id"])
    assert representative.sees(thread)
    assert not place.student.sees(thread)


async def _announced_now_and_in_a_minute_and_every_week(place: Place) -> int:
    """Returns when the one that is planned was said to go out: seconds since 1970."""
    officer = place.officer
    await place.draft("いま", "いまの本文")
    await officer.press("いま送る")
    await place.until_said(LC, "いまの本文")
    await _its_text_for_line_has_an_invitation_once_it_is_asked_for(place)
    await place.draft("毎週", "毎週の本文")
    await officer.press("定期送信")
    await officer.write(every="毎週")
    await officer.press("定期送信を始める")
    await place.until_said(LC, "毎週の本文")
    await place.draft("1分後", "1分後の本文")
    await officer.press("日時を指定")
    await officer.write(when="in 1 minute")
    told = re.search(r"✅ <t:(\d+):F>に送信します", officer.reads)
    assert told is not None, officer.reads
    return int(told[1])


async def _its_text_for_line_has_an_invitation_once_it_is_asked_for(place: Place) -> None:
    officer, invitations = place.officer, place.discord.channels.invites
    await officer.use("announcements")
    await officer.press("announcements:latest")
    await officer.press("LINE・メール用の文面")
    assert "招待リンクはまだ入っていません" in officer.reads
    assert not invitations, "looking makes nothing"
    await officer.press("招待リンクを入れる")
    (code,) = invitations
    assert f"https://discord.gg/{code}" in officer.reads


async def _asked_and_answered(place: Place) -> None:
    officer, representative = place.officer, place.representative
    await place.draft("合宿", "合宿のお知らせ")
    await officer.press("質問")
    await officer.press("質問を追加")
    await officer.write(text_ja="何人来ますか", kind="number")
    await officer.press("announcements:deadline")
    await officer.write(when="in 3 days")
    await officer.press("下書きに戻る")
    await officer.press("いま送る")
    asked = await place.until_said(LC, "合宿のお知らせ")
    assert labels(asked) == ["確認しました", "回答する"]
    await representative.press("確認しました", on=asked)
    assert "確認を記録しました" in representative.reads
    await representative.press("回答する", on=asked)
    await representative.write(q1="7")
    assert "回答ありがとうございます" in representative.reads
    await place.student.press("回答する", on=asked)
    assert "うまくいきませんでした" in place.student.reads, "the LC's officers answer for it"
    await officer.use("announcements")
    await officer.press("announcements:latest")
    assert "回答：1件中**1**件" in officer.reads
    await officer.press("回答一覧")
    assert "合計 **7**" in officer.reads


async def _corrected_while_it_still_goes_out(place: Place) -> None:
    """The message is on its way to Discord, which takes its time, when somebody sees what is wrong with it."""
    officer = place.officer
    channel = place.channel(LC)["id"]
    slow = Fault(part=f"/channels/{channel}/messages", delay=4)
    place.discord.faults.add(slow)
    await place.draft("訂正", "まちがいの本文")
    await officer.press("いま送る")
    await place.discord.until(lambda: any(slow is fault for fault, _ in place.discord.faults.happened))
    await officer.use("announcements")
    await officer.press("announcements:latest")
    await officer.press("内容を訂正")
    await officer.write(text_ja="ただしい本文")
    assert "訂正しました" in officer.reads
    await place.until_said(LC, "ただしい本文")
    assert not any("まちがいの本文" in text(one) for one in place.said(LC))


async def _a_fee_is_paid(place: Place) -> None:
    officer, student = place.officer, place.student
    await student.use("me")
    await student.press("memberships:open")
    await student.press("memberships:become")
    assert "1,500円" in student.reads
    await student.press("memberships:become_now")
    await student.press("memberships:paid")
    await student.write(payer="トウキョウ ジロウ")
    assert "会計が入金を確認します" in student.reads
    await officer.use("home")
    await officer.press("会費")
    assert "トウキョウ ジロウ" in officer.reads
    await officer.choose("memberships:tick", "東京 次郎")
    assert "1件を入金済みにしました" in officer.reads
    await student.use("me")
    await student.press("memberships:open")
    assert "**個人会員**" in student.reads


async def _a_successor_agrees(place: Place) -> None:
    representative, student = place.representative, place.student
    await representative.use("officer handover")
    await representative.press("後任を決める")
    await representative.write(person=STUDENT)
    assert "回答待ち" in representative.reads
    await student.use("home")
    await student.press("handovers:asked")
    await student.press("handovers:answer")
    await representative.use("officer handover")
    assert "後任が決まっています" in representative.reads


async def _roles_follow_the_records(place: Place) -> None:
    officer = place.officer
    await officer.use("manage roles")
    await officer.press("会員の種類")
    await officer.choose("discord_roles:choose:kind", "役員", "個人会員")
    await officer.until("ロールがそろいました")
    await place.discord.until(lambda: "個人会員" in place.roles(STUDENT))
    await place.discord.until(lambda: "役員" in place.roles(REPRESENTATIVE))


async def _sheets_go_out_and_come_in(place: Place) -> None:
    officer, files = place.officer, place.discord.messages.files
    await officer.use("manage sheet lc-export")
    (exported,) = officer.page["attachments"]
    rows = list(csv.reader(io.StringIO(files.read(exported).decode("utf-8-sig"))))
    assert len(rows) == 83
    await officer.use("manage sheet lc-import", file=officer.attach("lc.csv", files.read(exported)))
    await officer.until("変更なし **82**")
    mine = next(row for row in rows if LC in row)
    mine[rows[0].index("団体名")] = "新しい団体名"
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    await officer.use("manage sheet lc-import", file=officer.attach("lc.csv", target.getvalue().encode()))
    await officer.until("変更 **1**")
    await officer.press("sheets:import")
    await officer.use("lc", lc=LC)
    assert "新しい団体名" in officer.reads


async def _an_own_server_is_linked_and_unlinked(place: Place) -> None:
    discord, officer = place.discord, place.officer
    await officer.use("manage lc server-code", lc=LC)
    found = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", officer.reads)
    assert found is not None
    own = organisation(OWN, "東大のLC")
    own |= {"owner_id": str(REPRESENTATIVE), "members": [*own["members"], member(REPRESENTATIVE, "花子")]}
    own["member_count"] = len(own["members"])
    await discord.servers.add(own)
    there = Person(discord, OWN, REPRESENTATIVE)
    await there.use("setup")
    await there.press("setups:own_code")
    await there.write(code=found[0])
    await there.until("初期設定が終わりました")
    await discord.servers.join(OWN, VISITOR, "visitor")
    await discord.until(lambda: any(f"<@{VISITOR}>" in one["content"] for one in place.said("つなぐ-ホーム", OWN)))
    await place.draft("全国から", "LCのサーバーにも届く")
    await officer.press("いま送る")
    await place.until_said("全国からのお知らせ", "LCのサーバーにも届く", OWN)
    await there.use("setup")
    await there.press("channels:unlink")
    await there.press("channels:unlink_now")
    assert "解除しました" in there.reads, there.reads
    await discord.servers.leave(OWN, VISITOR)
    await discord.servers.remove(OWN)


async def _somebody_takes_their_data_and_goes(place: Place) -> None:
    leaver, files = place.other, place.discord.messages.files
    await leaver.use("me")
    await leaver.press("members:export")
    assert "東京 三郎" in files.read(leaver.page["attachments"][0]).decode()
    await leaver.use("me")
    await leaver.press("members:delete")
    await leaver.press("members:forget")
    await place.discord.until(lambda: place.roles(OTHER) == set())
    await place.officer.use("manage sheet people-export")
    left = files.read(place.officer.page["attachments"][0]).decode()
    assert "東京 三郎" not in left
    assert "東京 次郎" in left
    await leaver.use("home")
    assert "参加登録" in labels(leaver.shown)
    public = [text(one) for said in place.discord.messages.channels.values() for one in said]
    assert not any(name in one for one in public for name in ("トウキョウ ジロウ", "東京 三郎")), "said in public"
