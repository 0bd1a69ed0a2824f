"""The demo in a real browser. `TSUNAGU_TEST_PICTURES=docs/pictures` keeps what it sees for the documentation."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.demo.browsing import (
    IN_BROWSER,
    at_rest,
    begin_command,
    choose_file,
    command,
    enter,
    named_option,
    offered,
    pick,
    picture,
    visitor,
)
from tests.support.processes import ROOT

pytestmark = IN_BROWSER


async def test_lobby_to_student_to_card_in_japanese(address: str, browser: Browser) -> None:
    context = await visitor(browser, viewport={"width": 1100, "height": 900}, locale="ja-JP")
    lobby = await context.new_page()
    await lobby.goto(address)
    await expect(lobby.get_by_role("heading", name="だれになりますか？")).to_be_visible()
    await picture(lobby, "lobby")

    page = await enter(lobby, "架空 そら", "# ラウンジ")
    await named_option(page, "/lc", "lc", "東")
    await expect(page.get_by_text(re.compile("「東」：3[0-9]件（1/2ページ）"))).to_be_visible()
    await picture(page, "find")

    await at_rest(page)
    await page.get_by_text("LCを選んでください").click()
    await offered(page, "東北大学").click()
    await expect(page.get_by_text("Tohoku University")).to_be_visible()
    await expect(page.get_by_text("団体会員").first).to_be_visible()
    await picture(page, "card")

    await page.get_by_role("button", name="ホーム").click()
    await expect(page.get_by_text("今週できること")).to_be_visible()
    await picture(page, "home")
    await page.get_by_role("button", name="全国の状況").click()
    await expect(page.get_by_text("82校のうち50校が団体会員です。")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await picture(page, "coverage")


async def test_a_phone_and_english(address: str, browser: Browser) -> None:
    context = await visitor(browser, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    lobby = await context.new_page()
    await lobby.goto(address)
    await lobby.get_by_role("button", name="English").tap()
    await expect(lobby.get_by_role("heading", name="Who do you want to be?")).to_be_visible()
    width = await lobby.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing sticks out at the side"
    await picture(lobby, "lobby-phone")
    page = await enter(lobby, "仮名 りく", "# ホーム")
    await page.get_by_role("button", name="ホーム / Home").tap()
    await expect(page.get_by_text("This week you can", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Management")).to_be_visible()
    await picture(page, "home-phone")


async def test_a_sheet_its_code_the_new_representative_and_what_a_student_sees(address: str, browser: Browser) -> None:
    """An officer mends the example and hands a code out; its owner takes the post up and answers; others look it up."""
    context = await visitor(browser, viewport={"width": 1100, "height": 1000}, locale="ja-JP")
    lobby = await context.new_page()
    await lobby.goto(address)
    page = await enter(lobby, "仮名 りく", "# 全国役員")
    content = (ROOT / "docs/examples/lc-sheet-cp932.csv").read_bytes()
    await choose_file(page, "/運営 シート lc取込", "lc-sheet-cp932.csv", content)
    await expect(page.get_by_text("「東京医化大学」という大学は名簿にありません").first).to_be_visible()
    await expect(page.get_by_text("「文芸部」は使えません").first).to_be_visible()
    await expect(page.get_by_role("button", name="取り込む")).to_have_count(0)
    await picture(page, "import")
    mended = content.decode("cp932").replace("東京医化大学", "東京医科大学").replace("文芸部", "医学系サークル")
    await choose_file(page, "/運営 シート lc取込", "lc-sheet.csv", mended.encode("cp932"))
    await page.get_by_role("button", name="取り込む").click()
    await expect(page.get_by_text("5件のコードを発行しました")).to_be_visible()
    match = re.search(r"北海道大学,見本 はるか,([0-9A-Z-]{11}),", await page.inner_text("body"))
    assert match
    await page.close()

    page = await enter(lobby, "見本 1号", "# ラウンジ")
    await command(page, "/マイページ")
    await page.get_by_role("button", name="役職・役職コード").click()
    await page.get_by_role("button", name="役職コードを入力する").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox").first.fill(match[1])
    await form.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("北海道大学の大学代表者です")).to_be_visible()
    await page.get_by_role("button", name="ホーム").click()
    await page.get_by_role("button", name="委員会に回答").click()
    form = page.get_by_role("dialog")
    await form.locator("label.modal-choice", has_text="SCORA").first.click()
    await form.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("（SCORA） 🟢 参加する")).to_be_visible()
    await page.close()

    for person, sees_mail in (("架空 そら", 0), ("例田 みお", 1)):
        page = await enter(lobby, person, "# ラウンジ")
        await named_option(page, "/lc", "lc", "札幌医科大学")
        await page.get_by_role("button", name="連絡先").click()
        await expect(page.get_by_text("LEO（臨床交換留学 担当）、LORE")).to_be_visible()
        await expect(page.get_by_text("さんにおたずねください")).to_be_visible()
        await expect(page.get_by_text("lc@example.org")).to_have_count(sees_mail)
        await expect(page.get_by_text("平日の18時以降")).to_have_count(0)
        if sees_mail:
            await picture(page, "contacts")
        await page.close()


async def test_an_announcement_is_looked_at_sent_answered_and_seen_to(address: str, browser: Browser) -> None:
    """An officer makes the channels and sends the draft that waits there; an LC answers it; the officer sees that."""
    context = await visitor(browser, viewport={"width": 1000, "height": 1030}, locale="ja-JP")
    lobby = await context.new_page()
    await lobby.goto(address)
    page = await enter(lobby, "仮名 りく", "# ホーム")
    await begin_command(page, "/運営 lc チャンネル")
    await page.get_by_text("対象", exact=True).last.click()
    await page.get_by_text("団体会員だけ").click()
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("button", name="つくる").click()
    await expect(page.get_by_text("LCのチャンネルがそろいました")).to_be_visible()
    await page.close()

    page = await enter(lobby, "仮名 りく", "# 全国役員")
    await command(page, "/お知らせ")
    await page.get_by_role("button", name="下書き").click()
    await at_rest(page)
    await page.get_by_text("下書きを選ぶ").click()
    await page.get_by_text("日本総会の参加人数について").last.click()
    await expect(page.get_by_text("宛先：")).to_be_visible()
    await expect(page.get_by_role("button", name="いま送る")).to_be_enabled()
    await picture(page, "announcement-draft")
    await page.get_by_role("button", name="いま送る").click()
    await expect(page.get_by_text("届きました")).to_be_visible()
    await page.close()

    await lobby.reload()
    page = await enter(lobby, "例山 けん", re.compile("^# .*(大学|医)"))
    await page.set_viewport_size({"width": 1000, "height": 700})
    await expect(page.get_by_role("button", name="確認しました")).to_be_enabled()
    await picture(page, "announcement-lc")
    await page.get_by_role("button", name="回答する").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox").first.fill("８人")
    await pick(page, "Select an option", "未定")
    await form.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("回答ありがとうございます")).to_be_visible()
    await page.close()

    page = await enter(lobby, "仮名 りく", "# ラウンジ")
    await page.set_viewport_size({"width": 1000, "height": 700})
    await command(page, "/お知らせ")
    await page.get_by_role("button", name="最新のお知らせの状況").click()
    await expect(page.get_by_text(re.compile("回答：54件中1件"))).to_be_visible()
    await expect(page.get_by_role("button", name="LCごと")).to_be_enabled()
    await picture(page, "announcement-status")
