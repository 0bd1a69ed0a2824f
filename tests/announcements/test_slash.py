from __future__ import annotations

import pytest

from bot.features.people.terms import LC_REPRESENTATIVE
from tests.announcements.support import Setting, begin, hold
from tests.support.worlds import World, choose, labels, page_text, shown, text_of


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
    assert "1件のLCには届きません" in seen
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


async def test_an_officer_of_two_lcs_has_one_button_for_one_announcement(setting: Setting) -> None:
    for name in ("大阪大学", "京都大学"):
        await hold(setting.server, setting.tokyo, LC_REPRESENTATIVE, setting.lc_ids[name])
    await setting.send()
    await setting.send("夏の総会")
    home = shown(await setting.tokyo.slash(setting.server.channel, "home"))
    assert [label for label in labels(home) if "総会" in label] == ["春の総会", "夏の総会"]
    assert page_text(home).count("春の総会") == 1


async def test_the_silent_are_reminded_in_their_own_thread_and_then_listed_for_the_officers(setting: Setting) -> None:
    await setting.send()
    await setting.tokyo.click(setting.last("東京大学"), label="確認しました")
    await setting.go(days=3, hours=8)  # 19:00 of the third day
    reminders = [text for text in setting.thread_texts("京都大学") if "お手すきのときに" in text]
    assert len(reminders) == 1
    assert "「春の総会」を読んで、「確認しました」を押してください" in reminders[0]
    assert not [text for text in setting.thread_texts("東京大学") if "お手すき" in text], "it has answered"
    assert all("お手すき" not in text for text in setting.texts("京都大学")), "never in public"
    await setting.go(days=3)
    assert len(setting.thread_texts("京都大学")) == 2
    await setting.go(days=2)
    assert len(setting.thread_texts("京都大学")) == 2, "at most two"
    told = setting.last("全国役員")
    assert "「春の総会」：2件のLCからまだ返事がありません" in page_text(told)
    opened = await setting.officer.click(told, label="一覧を見る")
    assert "**京都大学** 大学代表者 kyotoさん" in text_of(opened)
    assert "**大阪大学** 連絡先の登録なし" in text_of(opened)
    listed = shown(opened)
    await choose(setting.officer, listed, "大阪大学")
    assert "大阪大学のみなさま\nお世話になっております。国際医学生連盟 日本のofficerです。" in page_text(listed)
    assert "ご覧いただけますと幸いです" in page_text(listed)
    await setting.officer.click(listed, label="電話")
    assert "大阪大学" not in page_text(listed)
    status = await setting.status()
    await setting.officer.click(status, label="LCごと")
    assert "✅ **大阪大学** チャンネルがありません、" in page_text(status), "it was heard by phone"
    assert "（電話で聞いて記録）" in page_text(status)
