"""From a phone, as somebody who has never been here: joining, being confirmed, and leaving without a trace."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from tests.demo.browsing import IN_BROWSER, at_rest, command, enter, picture, visitor
from tests.demo.conftest import RunningDemo

pytestmark = IN_BROWSER
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "ja-JP"}


async def press(page: Page, label: str) -> None:
    await expect(page.get_by_text("Completing action")).to_have_count(0)
    await page.get_by_role("button", name=label).last.click()


async def pick(page: Page, *labels: str) -> None:
    """Choose in the menu of the last message."""
    await at_rest(page)
    await page.locator(".select-trigger").last.click()
    for label in labels:
        await page.locator(".select-option", has_text=label).last.click()
    if len(labels) > 1:  # the preview's own button for a choice of several
        await press(page, "Apply")


def last(page: Page, text: str) -> Locator:
    return page.get_by_text(re.compile(text)).filter(visible=True).last


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def found_in(database: Path, *texts: str) -> dict[str, int]:
    """In which tables one of these texts stands, in how many rows."""
    hits: dict[str, int] = {}
    for (table,) in rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        query = f'SELECT * FROM "{table}"'  # noqa: S608 - the database's own names
        if count := sum(any(text in str(value) for value in row for text in texts) for row in rows(database, query)):
            hits[table] = count
    return hits


async def join(page: Page, name: str, reading: str, region: str, school: str) -> None:
    """From the panel to the question about the LC."""
    await page.get_by_role("button", name="参加登録").click()
    await expect(last(page, "使う言語を選んでください")).to_be_visible()
    await press(page, "日本語")
    await expect(last(page, "個人情報の利用目的")).to_be_visible()
    await picture(page, "join-consent")
    await press(page, "同意する")
    await press(page, "名前を入力する")
    await page.locator("[name=name]").fill(name)
    await page.locator("[name=reading]").fill(reading)
    await press(page, "Submit")
    await expect(last(page, "あなたの学校")).to_be_visible()
    await pick(page, region)
    await expect(last(page, "学校を選ぶ")).to_be_visible()
    await pick(page, school)
    await expect(last(page, "学年")).to_be_visible()
    await pick(page, "1年")
    await expect(last(page, "4/6")).to_be_visible()


async def test_joining_being_confirmed_and_leaving_again(running: RunningDemo, browser: Browser) -> None:
    query = """SELECT schools.name_ja, regions.name_ja FROM terms JOIN posts ON posts.id = terms.post_id
        JOIN local_committees ON local_committees.id = terms.lc_id JOIN schools ON schools.id = school_id
        JOIN regions ON regions.id = schools.region_id WHERE posts.key = 'lc_representative'"""
    [(school, region)] = rows(running.database, query)
    phone = await visitor(browser, **PHONE)
    lobby = await phone.new_page()
    await lobby.goto(running.address)

    page = await enter(lobby, "見本 1号", "# ホーム")
    await join(page, "見本 一号", "みほん いちごう", region, school)
    await press(page, "所属しています")
    await expect(last(page, "関心のある委員会")).to_be_visible()
    await pick(page, "公衆衛生（SCOPH）", "人権と平和（SCORP）")
    await expect(last(page, "6/6")).to_be_visible()
    await press(page, "チャンネルでのメンション")
    await expect(last(page, "見本 一号さん、ありがとうございます。")).to_be_visible()
    await picture(page, "join-done")
    await press(page, "マイページ")
    await expect(last(page, "みほん いちごう")).to_be_visible()
    assert found_in(running.database, "見本 一号").keys() == {"people"}
    [(account,)] = rows(running.database, "SELECT discord_user_id FROM people WHERE display_name = '見本 一号'")
    await page.close()

    desk = await visitor(browser, viewport={"width": 1100, "height": 900}, locale="ja-JP")
    lobby = await desk.new_page()
    await lobby.goto(running.address)
    page = await enter(lobby, "例山 けん", "# ラウンジ")
    await command(page, "/ホーム")
    await expect(last(page, "1人がLCのメンバーだと申し出ています")).to_be_visible()
    await press(page, "メンバーを確認する")
    await expect(last(page, "見本 一号")).to_be_visible()
    await picture(page, "confirm")
    await press(page, "この1人を承認する")
    await expect(last(page, "1人をLCのメンバーとして登録しました")).to_be_visible()
    await page.close()

    page = await enter(lobby, "見本 1号", "# ラウンジ")
    await command(page, "/マイページ")
    await expect(last(page, school)).to_be_visible()
    await press(page, "データを削除する")
    await expect(page.get_by_role("button", name="すべて削除する")).to_be_visible()
    await press(page, "すべて削除する")
    await expect(page.get_by_role("button", name="すべて削除する")).to_have_count(0)
    assert found_in(running.database, "見本 一号", "みほん", "いちごう", str(account)) == {}
    await page.close()

    page = await enter(lobby, "架空 そら", "# ラウンジ")
    await command(page, "/マイページ")
    await expect(last(page, "設立に関心あり")).to_be_visible()
    await press(page, "会員資格")
    await press(page, "個人会員になる")
    await press(page, "はい、申し込む")
    await expect(last(page, "整理番号")).to_be_visible()
