"""Institutions and people without an account as officers see them, through the simulated Discord."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
import simcord
from sqlalchemy import update

from bot.features.institutions.entering import EnteringService
from bot.features.institutions.models import EnteredPerson
from bot.features.institutions.rules import PersonDraft
from bot.features.people.actors import Caller
from bot.features.people.service import PeopleService
from tests.handovers.test_slash import wants_messages
from tests.support.pages import take_record
from tests.support.worlds import Server, World, choose, labels, menus, options, page_text, shown, text_of

HOSPITAL = {
    "name_ja": "見本病院",
    "name_en": "Sample Hospital",
    "kind": ["hospital"],
    "country": "日本",
    "place": "横浜市",
}
LECTURER = {
    "name": "渡邉 一子",
    "reading": "わたなべ かずこ",
    "affiliation": "見本病院",
    "source": "本人の承諾（メール）",
}
CONTACT = {"role": "国際交流室", "mail": "office@example.org", "phone": "045-123-4567", "starts_on": "2026-01-05"}


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


async def officer_of(server: Server) -> simcord.MemberActor:
    officer = server.person("officer", locale="ja")
    await server.set_up(server.admin(), officers=[officer])
    return officer


async def managing(server: Server, officer: simcord.MemberActor, label: str) -> Any:
    """A list, opened as on a phone."""
    page = await officer.slash(server.channel, "home")
    await officer.click(shown(page), label="運営")
    await officer.click(shown(page), label=label)
    return page


async def add_hospital(server: Server, officer: simcord.MemberActor, **changes: Any) -> Any:
    page = await managing(server, officer, "外部の機関")
    form = await officer.click(shown(page), label="機関を追加")
    await officer.submit_modal(form, HOSPITAL | changes)
    return page


async def enter(server: Server, officer: simcord.MemberActor, **changes: str) -> Any:
    page = await managing(server, officer, "アカウントのない人")
    form = await officer.click(shown(page), label="人を登録")
    await officer.submit_modal(form, LECTURER | changes)
    return page


async def test_an_institution_from_its_first_line_to_its_end(server: Server) -> None:
    officer = await officer_of(server)
    page = await add_hospital(server, officer)
    assert shown(page).embeds[0].title == "見本病院"
    assert "病院、日本、横浜市" in page_text(shown(page))
    form = await officer.click(shown(page), label="サイトとメモ")
    await officer.submit_modal(form, {"address": "https://example.org/", "note": "総合受付は1階"})
    assert "https://example.org/\n総合受付は1階" in page_text(shown(page))
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(form, HOSPITAL | {"kind": ["university"], "country": "DE", "place": ""})
    assert "大学、ドイツ\nhttps://example.org/" in page_text(shown(page)), "what the form doesn't ask stays"
    await officer.click(shown(page), label="廃止")
    assert "廃止されています" in page_text(shown(page))
    await officer.click(shown(page), label="外部の機関")
    assert "**見本病院**（廃止）" in page_text(shown(page))
    await choose(officer, shown(page), "見本病院")
    await officer.click(shown(page), label="廃止を取り消す")
    assert "廃止されています" not in page_text(shown(page))


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(server: Server) -> None:
    officer = await officer_of(server)
    page = await add_hospital(server, officer)
    await officer.click(shown(page), label="外部の機関")
    for changes, said in (
        ({"country": "どこか"}, "「どこか」という国が見つかりません"),
        ({"name_ja": "@everyone"}, "メンション"),
        ({}, "この機関はすでに登録されています"),
    ):
        form = await officer.click(shown(page), label="機関を追加")
        answer = await officer.submit_modal(form, HOSPITAL | changes)
        assert said in text_of(answer)
        assert "横浜市" in text_of(answer), "shown back"


async def test_a_list_is_searched_and_taken_along(server: Server) -> None:
    officer = await officer_of(server)
    await add_hospital(server, officer)
    page = await add_hospital(server, officer, name_ja="=渡邊医院", name_en="", place="札幌市")
    await officer.click(shown(page), label="外部の機関")
    assert options(shown(page)) == ["=渡邊医院", "見本病院"] or options(shown(page)) == ["見本病院", "=渡邊医院"]
    form = await officer.click(shown(page), label="検索")
    await officer.submit_modal(form, {"text": "渡辺"})
    assert shown(page).embeds[0].title == "「渡辺」を含む機関"
    assert options(shown(page)) == ["=渡邊医院"]
    await officer.click(shown(page), label="CSVで受け取る")
    assert "1件の機関" in page_text(shown(page))
    (file,) = shown(page).attachments
    lines = list(csv.reader(io.StringIO((await file.read()).decode("utf-8-sig"))))
    assert lines[0][:4] == ["日本語の名前", "英語の名前", "種類", "国"]
    assert lines[1][:5] == ["'=渡邊医院", "'=渡邊医院", "病院", "日本", "札幌市"]
    await officer.click(shown(page), label="戻る")
    form = await officer.click(shown(page), label="検索")
    await officer.submit_modal(form, {"text": "どこにもない"})
    assert "別の言葉で試してください" in page_text(shown(page))


async def test_somebody_without_an_account_becomes_a_contact(server: Server) -> None:
    officer = await officer_of(server)
    await add_hospital(server, officer)
    page = await enter(server, officer)
    assert "わたなべ かずこ\n見本病院\n承諾・出どころ：本人の承諾（メール）" in page_text(shown(page))
    assert "保管期限：2027年3月31日(水)" in page_text(shown(page))
    form = await officer.click(shown(page), label="窓口にする")
    await officer.submit_modal(form, CONTACT | {"ends_on": ""})
    assert "国際交流室\noffice@example.org\n045-123-4567" in page_text(shown(page))
    assert "⭐ メインの窓口" in page_text(shown(page))
    form = await officer.click(shown(page), label="編集")
    without = await officer.submit_modal(form, CONTACT | {"ends_on": "4/1"})
    assert "4/1" in text_of(without), "which year is said, as it may be one behind"
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(form, CONTACT | {"role": "院長室", "ends_on": ""})
    await officer.click(shown(page), label="戻る")
    assert "⭐ **渡邉 一子** 院長室 office@example.org 045-123-4567" in page_text(shown(page))

    second = await enter(server, officer, name="例 二子", reading="")
    form = await officer.click(shown(second), label="窓口にする")
    await officer.submit_modal(form, CONTACT | {"mail": "", "phone": "", "ends_on": ""})
    await officer.click(shown(second), label="メインの窓口にする")
    await officer.click(shown(second), label="戻る")
    assert "⭐ **例 二子** 国際交流室" in page_text(shown(second))
    await choose(officer, shown(second), "渡邉 一子")
    await officer.click(shown(second), label="削除")
    assert "窓口から外しました" in page_text(shown(second))
    assert options(shown(second)) == ["例 二子"]
    history = text_of(await officer.slash(server.channel, "officer history"))
    for action in ("外部の機関の追加", "アカウントのない人の登録", "外部の機関の窓口"):
        assert action in history
    assert "渡邉" not in history


async def test_what_is_kept_of_somebody_is_changed_searched_and_deleted_on_their_wish(server: Server) -> None:
    officer = await officer_of(server)
    page = await enter(server, officer)
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(form, LECTURER | {"affiliation": "東大"})
    assert "東京大学" in page_text(shown(page))
    await officer.click(shown(page), label="まだ必要")
    assert "保存しました" in page_text(shown(page))
    await officer.click(shown(page), label="一覧に戻る")
    form = await officer.click(shown(page), label="検索")
    await officer.submit_modal(form, {"text": "ﾜﾀﾅﾍﾞ"})
    assert shown(page).embeds[0].title == "アカウントのない人：「ﾜﾀﾅﾍﾞ」"
    await officer.click(shown(page), label="CSVで受け取る")
    (file,) = shown(page).attachments
    lines = list(csv.reader(io.StringIO((await file.read()).decode("utf-8-sig"))))
    assert lines[1] == ["渡邉 一子", "わたなべ かずこ", "東京大学", "", "本人の承諾（メール）", "2027-03-31"]
    await officer.click(shown(page), label="戻る")
    await choose(officer, shown(page), "渡邉 一子")
    await officer.click(shown(page), label="削除")
    assert "元には戻せません" in page_text(shown(page))
    await officer.click(shown(page), label="戻る")
    await officer.click(shown(page), label="削除")
    await officer.click(shown(page), label="削除する")
    assert "すべて削除しました" in page_text(shown(page))
    assert "まだだれも登録されていません" in page_text(shown(page))


async def test_whoever_is_still_needed_is_kept_with_one_press(world: World, server: Server) -> None:
    officer = await officer_of(server)
    for name in ("例 一子", "例 二子", "例 三子"):
        page = await enter(server, officer, name=name)
    database = world.bot.database
    async with database.writing() as session:
        await session.execute(update(EnteredPerson).values(until=date(2026, 2, 1)))
    home = text_of(await officer.slash(server.channel, "home"))
    assert "アカウントのない人3人の記録がまもなく削除されます" in home
    page = await managing(server, officer, "アカウントのない人")
    menu = menus(shown(page))
    (custom_id,) = [one for one in menu if one.startswith("institutions:needed")]
    chosen = [menu[custom_id][one] for one in ("例 一子", "例 二子")]
    await officer.select(shown(page), custom_id=custom_id, values=chosen)
    assert "2人の登録を残しました" in page_text(shown(page))
    assert page_text(shown(page)).count("⚠️ 保管期限：2026年2月1日") == 1
    assert page_text(shown(page)).count("保管期限：2027年3月31日") == 2


async def test_with_a_code_the_record_becomes_theirs(server: Server) -> None:
    officer, newcomer = await officer_of(server), server.person("newcomer", locale="ja")
    page = await enter(server, officer)
    await officer.click(shown(page), label="本人用のコード")
    code = page_text(shown(page)).split("**")[1]
    await officer.click(shown(page), label="戻る")
    assert "本人用のコードは2026年3月2日(月)まで使えます" in page_text(shown(page))
    assert code not in page_text(shown(page)), "it is shown once"
    await wants_messages(newcomer, server, "渡辺 一子")
    answer = text_of(await take_record(newcomer, server.channel, code=code))
    assert "渡邉 一子" in answer
    gone = await managing(server, officer, "アカウントのない人")
    assert "まだだれも登録されていません" in page_text(shown(gone))


async def test_an_officer_says_which_account_is_theirs(server: Server) -> None:
    officer, newcomer = await officer_of(server), server.person("newcomer", locale="ja")
    page = await enter(server, officer)
    form = await officer.click(shown(page), label="アカウントができた")
    unknown = await officer.submit_modal(form, {"who": [newcomer]})
    assert "先に参加登録をお願いするか" in text_of(unknown)
    await wants_messages(newcomer, server, "渡辺 一子")
    page = await managing(server, officer, "アカウントのない人")
    await choose(officer, shown(page), "渡邉 一子")
    form = await officer.click(shown(page), label="アカウントができた")
    await officer.submit_modal(form, {"who": [newcomer]})
    assert "渡辺 一子" in page_text(shown(page))
    await officer.click(shown(page), label="1つにまとめる")
    gone = await managing(server, officer, "アカウントのない人")
    assert "まだだれも登録されていません" in page_text(shown(gone))


async def test_an_lcs_officers_see_those_whom_their_lc_entered(world: World, server: Server) -> None:
    officer, leader = await officer_of(server), server.person("leader", locale="ja")
    term = {"lc": "東京大学", "starts": "2026-01-01", "ends": "2026-12-31"}
    await officer.slash(server.channel, "officer appoint", person=leader, post="lc_representative", **term)
    page = await leader.slash(server.channel, "home")
    await leader.click(shown(page), label="アカウントのない人")
    form = await leader.click(shown(page), label="人を登録")
    await leader.submit_modal(form, LECTURER)
    assert "東京大学のために登録" in page_text(shown(page))
    assert labels(shown(page)) == ["編集", "まだ必要", "本人用のコード", "削除", "一覧に戻る", "ホーム"]
    await leader.click(shown(page), label="一覧に戻る")
    (name,) = options(shown(page))
    await choose(leader, shown(page), name)
    assert "東京大学のために登録" in page_text(shown(page))


async def test_an_lcs_officers_only_look_at_the_institutions(world: World, server: Server) -> None:
    """They come there when the institution that they name is retired meanwhile."""
    officer, leader = await officer_of(server), server.person("leader", locale="ja")
    term = {"lc": "東京大学", "starts": "2026-01-01", "ends": "2026-12-31"}
    await officer.slash(server.channel, "officer appoint", person=leader, post="lc_representative", **term)
    theirs = await add_hospital(server, officer)
    who = await world.services[PeopleService].actor(Caller(leader.user.id, "leader", server.guild.id))
    entering = world.services[EnteringService]
    made = await entering.enter(who, PersonDraft("例 花子", "", "見本病院", "招待状"), who.officer_of[0])
    page = await leader.slash(server.channel, "home")
    await leader.click(shown(page), label="アカウントのない人")
    await choose(leader, shown(page), "例 花子")
    form = await leader.click(shown(page), label="編集")
    await entering.edit(who, made, PersonDraft("例 花子", "", "みほん町", "招待状"))
    await officer.click(shown(theirs), label="廃止")
    await add_hospital(server, officer, name_ja="別の病院", name_en="")
    answer = await leader.submit_modal(form, LECTURER | {"affiliation": "見本病院"})
    await leader.click(shown(answer), label="外部の機関")
    assert "**別の病院**" in page_text(shown(answer))
    assert labels(shown(answer)) == ["検索", "CSVで受け取る", "ホーム"]
    assert menus(shown(answer)) == {}
