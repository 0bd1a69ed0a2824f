from __future__ import annotations

import pytest

from tests.announcements.support import Setting, begin
from tests.support.worlds import World, page_text, text_of


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


async def test_an_officer_announces_to_all_lcs_and_a_representative_acknowledges(setting: Setting) -> None:
    page = await setting.write(text_en="About the assembly.")
    seen = page_text(page)
    assert "📣 春の総会" in seen
    assert "総会のお知らせです。" in seen
    assert "About the assembly." in seen
    assert "宛先：**すべての団体会員LC**（3件）" in seen
    assert "LC1件には届きません" in seen
    await setting.officer.click(page, label="いま送る")
    for name in ("東京大学", "京都大学"):
        assert "総会のお知らせです。" in page_text(setting.last(name))
    status = await setting.status()
    assert "届きました **2**" in page_text(status)
    assert "確認：3件中**0**件" in page_text(status)
    pressed = await setting.tokyo.click(setting.last("東京大学"), label="確認しました")
    assert "東京大学として確認を記録しました" in text_of(pressed)
    status = await setting.status()
    assert "確認：3件中**1**件" in page_text(status)
    await setting.officer.click(status, label="LCごと")
    assert "✅ **東京大学** 届きました、" in page_text(status)
