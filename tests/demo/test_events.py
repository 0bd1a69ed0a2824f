"""Events from a phone: a member writes one line and posts it; somebody who has never been here signs up."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from tests.demo.browsing import IN_BROWSER, at_rest, command, enter, picture, visitor
from tests.demo.test_joining import PHONE, last

pytestmark = IN_BROWSER


class Presses:
    """Counts what a person presses in a page."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    async def __call__(self, label: str) -> None:
        await at_rest(self.page)
        await self.page.get_by_role("button", name=label).filter(visible=True).last.click()
        self.count += 1

    async def fill(self, **typed: str) -> None:
        """The open form, and send it."""
        form = self.page.get_by_role("dialog").last
        for name, text in typed.items():
            await form.locator(f"[name='{name}']").fill(text)
        await form.get_by_role("button", name="Submit").click()
        self.count += 1


async def test_one_line_becomes_an_event_and_a_newcomer_signs_up(address: str, browser: Browser) -> None:
    phone = await visitor(browser, **PHONE)
    lobby = await phone.new_page()
    await lobby.goto(address)

    page = await enter(lobby, "例田 みお", "# ラウンジ")
    await command(page, "/イベント")
    await expect(last(page, "これからのイベント")).to_be_visible()
    press = Presses(page)
    await press("イベントをつくる")
    line = "11/28(土) 19時〜21時 Zoomで症例勉強会、誰でも"
    await press.fill(text=f"{line}\nミーティングID: 823 4567 8901\nパスコード: 776655")
    await expect(last(page, "参加する人だけに見えます：")).to_be_visible()
    await at_rest(page)
    await last(page, "パスコード").scroll_into_view_if_needed()
    await picture(page, "event-preview")
    await press("投稿する")
    await expect(last(page, "イベントを投稿しました")).to_be_visible()
    assert press.count == 3, "to the form, to the preview, to the post"
    await page.close()

    page = await enter(lobby, "見本 1号", "# ラウンジ")
    await expect(last(page, "症例勉強会")).to_be_visible()
    await expect(page.get_by_text("776655")).to_have_count(0)
    press = Presses(page)
    await press("参加する")
    await expect(last(page, "利用目的")).to_be_visible()
    await press("同意して参加する")
    await press.fill(name="見本 はな", school="香川大学")
    await expect(last(page, "申し込みました")).to_be_visible()
    await expect(last(page, "パスコード: 776655")).to_be_visible()
    assert press.count == 3, "under the post, to agree, to send the form"
    await at_rest(page)
    await last(page, "申し込みました").scroll_into_view_if_needed()
    await picture(page, "event-signed-up")
