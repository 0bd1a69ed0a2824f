from __future__ import annotations

from datetime import date

from bot.features.people.terms import LC_REPRESENTATIVE
from tests.channels.test_slash import begin, give
from tests.support.pages import sees_all
from tests.support.worlds import World, labels, page_text, shown, text_of


async def test_officers_page_through_filter_and_take_a_file(world: World) -> None:
    server, officer = await begin(world, lcs=2)
    leader, student = server.person("leader"), server.person("student")
    await give(world, leader, LC_REPRESENTATIVE, 1, ends_on=date(2026, 1, 2))
    for one in (leader, student):
        await sees_all(one)
    audit = await officer.slash(server.channel, "officer history")
    text = text_of(audit)
    assert "サーバーでのロール・チャンネル・メッセージの作成（officer）" in text
    assert labels(shown(audit)) == ["古い記録", "CSVで受け取る", "ホーム"]
    own = await leader.slash(server.channel, "officer history")
    assert "北海道大学：任期の登録" in text_of(own)
    assert "組織の登録" not in text_of(own)
    chosen = await officer.slash(server.channel, "officer history", kind="posts", days=1, lc="#1")
    assert "対象：役職と任期、過去1日間" in text_of(chosen)
    await officer.click(shown(chosen), label="CSVで受け取る")
    assert "1行" in page_text(shown(chosen))
    assert [file.filename for file in shown(chosen).attachments] == ["audit.csv"]
    await officer.click(shown(chosen), label="戻る")
    assert "任期の登録" in page_text(shown(chosen))
    for refused in (
        await student.slash(server.channel, "officer history"),
        await leader.slash(server.channel, "officer history", lc="#2"),
    ):
        assert "全国役員だけができる操作" in text_of(refused)
    await world.env.advance_time(2 * 86_400)
    late = await leader.click(shown(own), label="CSVで受け取る")
    assert "任期は2026年1月2日(金)" in text_of(late), "the button of a term that is over"


async def test_english(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    await officer.slash(server.channel, "language", language="en")
    assert "Change history" in text_of(await officer.slash(server.channel, "officer history"))
    nothing = await officer.slash(server.channel, "officer history", kind="handovers")
    assert "No matching changes." in text_of(nothing)
