"""Lists longer than a menu: each of them is turned to its end."""

from __future__ import annotations

from typing import Any

import pytest
import simcord
from sqlalchemy import select, update

from bot.features.announcements.models import Announcement, AnnouncementState, AnnouncementTarget, AnnouncementTemplate
from tests.announcements.support import Setting, begin
from tests.support.pages import open_drafts, open_templates
from tests.support.worlds import World, choose, labels, options, page_text, shown


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


async def many(world: World, table: type[Any], count: int, **more: Any) -> None:
    """So many rows like the one that is there, called 「その1」 and so on, after it."""
    called = "name" if table is AnnouncementTemplate else "title"
    async with world.bot.database.writing() as session:
        first = (await session.scalars(select(table))).one()
        values = {one.name: getattr(first, one.name) for one in table.__table__.columns if one.name != "id"}
        session.add_all(table(**(values | more | {called: f"その{n}"})) for n in range(1, count + 1))


async def to_the_end(person: simcord.MemberActor, page: Any) -> list[str]:
    """Every choice of a list, turning its pages; at the end nothing turns further and the way back is there."""
    found = options(page)
    for _ in range(10):
        item = next((one for one in page_items(page) if one.get("label") == "次へ"), None)
        if item is None or item.get("disabled"):
            break
        assert len(options(page)) == 25
        await person.click(page, label="次へ")
        found += options(page)
    assert "ホーム" in labels(page)
    return found


def page_items(page: Any) -> list[dict[str, Any]]:
    rows = [row if isinstance(row, dict) else row.to_dict() for row in page.components]
    return [item for row in rows for item in row["components"]]


@pytest.mark.parametrize("count", [26, 51, 60])
async def test_every_draft_is_reached_and_the_oldest_series_is_stopped(setting: Setting, count: int) -> None:
    await setting.write("古い定期のお知らせ")
    world = setting.world
    await many(world, Announcement, count - 1)
    async with world.bot.database.writing() as session:
        first = select(Announcement.id).order_by(Announcement.id).limit(1).scalar_subquery()
        await session.execute(
            update(Announcement).where(Announcement.id == first).values(state=AnnouncementState.PAUSED.value)
        )
    page = shown(await open_drafts(setting.officer, setting.server.channel))
    assert len(await to_the_end(setting.officer, page)) == count
    assert "古い定期のお知らせ" in page_text(page)
    await choose(setting.officer, page, "古い定期のお知らせ")
    await setting.officer.click(page, label="予定を取り消す")
    async with world.bot.database.reading() as connection:
        states = (await connection.execute(select(Announcement.state).order_by(Announcement.id))).scalars().all()
    assert states[0] == AnnouncementState.DRAFT.value


async def test_everything_sent_is_reached_by_officers_and_by_those_addressed(setting: Setting) -> None:
    await setting.send("いちばん古いお知らせ")
    await many(setting.world, Announcement, 59)
    async with setting.world.bot.database.writing() as session:
        new = await session.scalars(select(Announcement.id).where(Announcement.title.startswith("その")))
        session.add_all(AnnouncementTarget(announcement_id=one, lc_id=setting.lc_ids["東京大学"]) for one in new.all())
    listed = shown(await setting.tokyo.slash(setting.server.channel, "announcements"))
    assert len(await to_the_end(setting.tokyo, listed)) == 60
    await choose(setting.tokyo, listed, "いちばん古いお知らせ")
    assert "総会のお知らせです。" in page_text(listed)
    status = await setting.status()
    await setting.officer.click(status, label="送信済みの一覧")
    assert len(await to_the_end(setting.officer, status)) == 60
    await choose(setting.officer, status, "いちばん古いお知らせ")
    assert "いちばん古いお知らせ" in page_text(status)


async def test_a_page_past_the_end_is_the_last_one(setting: Setting) -> None:
    await setting.write("残るもの")
    world = setting.world
    await many(world, Announcement, 26)
    page = shown(await open_drafts(setting.officer, setting.server.channel))
    async with world.bot.database.writing() as session:
        await session.execute(
            update(Announcement).where(Announcement.id > 5).values(state=AnnouncementState.DISCARDED.value)
        )
    await setting.officer.click(page, label="次へ")
    assert len(options(page)) == 5
    assert "残るもの" in page_text(page)


async def test_every_template_is_reached_by_whoever_speaks_for_several(setting: Setting) -> None:
    page = await setting.write("月報", "今月の報告をお願いします")
    form = await setting.officer.click(page, label="ひな形として保存")
    await setting.officer.submit_modal(form, {"name": "あいさつ"})
    await many(setting.world, AnnouncementTemplate, 27)
    listed = shown(await open_templates(setting.officer, setting.server.channel))
    assert len(await to_the_end(setting.officer, listed)) == 28
    await setting.officer.click(listed, label="前へ")
    await choose(setting.officer, listed, "あいさつ")
    assert "今月の報告をお願いします" in page_text(listed)


async def test_home_says_how_many_more_wait_to_be_read(setting: Setting) -> None:
    await setting.send("いちばん古いお知らせ")
    await many(setting.world, Announcement, 9)
    async with setting.world.bot.database.writing() as session:
        new = await session.scalars(select(Announcement.id).where(Announcement.title.startswith("その")))
        session.add_all(AnnouncementTarget(announcement_id=one, lc_id=setting.lc_ids["東京大学"]) for one in new.all())
    home = page_text(shown(await setting.tokyo.slash(setting.server.channel, "home")))
    assert home.count("📩 確認：") == 8
    assert "ほか2件" in home


async def test_any_time_of_a_series_can_be_left_out(setting: Setting) -> None:
    page = await setting.write("例会", "毎週の例会です")
    form = await setting.officer.click(page, label="定期送信")
    await setting.officer.submit_modal(form, {"every": ["week"], "end": "７回"})
    form = await setting.officer.click(page, label="日時を指定")
    await setting.officer.submit_modal(form, {"when": "1/3 19:00"})
    await setting.officer.click(page, label="定期送信の内容")
    assert "次へ" in labels(page)
    await setting.officer.click(page, label="次へ")
    assert page_text(page).count("📨") == 3
    await setting.officer.click(page, label="2月14日(土)を休む")
    assert page_text(page).count("📨") == 2, "the page stays where it was"
    assert page_text(page).count("➖") == 1
