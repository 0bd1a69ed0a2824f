from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.features.sheets.cells import to_csv
from bot.features.sheets.reading import MAX_BYTES
from bot.ui.pages import ERROR
from tests.support.pages import claim_post, lc_history, post_code, press
from tests.support.worlds import Server, World, buttons, choose, labels, menus, options, page_text, shown, text_of

EXAMPLE = Path(__file__).parents[2] / "docs/examples/lc-sheet-cp932.csv"
#: Discord shows the command to whoever has this permission; the service decides.
SEES_MANAGE = discord.Permissions(view_guild_insights=True)
TERM = {"starts": "2025-04-01", "ends": "2026-03-31"}


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


async def officer_of(server: Server, *, locale: str = "ja") -> simcord.MemberActor:
    officer = server.person("officer", locale=locale)
    await server.set_up(server.admin(), officers=[officer])
    return officer


def sheet(*lines: str, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(lines).encode(encoding)


async def send(person: simcord.MemberActor, server: Server, content: bytes, name: str = "lc.csv") -> Any:
    return await person.slash(server.channel, "manage sheet lc-import", file=(name, content))


def refusal(result: simcord.InteractionResult) -> Any:
    """The private message that says why nothing was done, over what the person was looking at."""
    message = shown(result)
    assert message.embeds[0].colour == ERROR
    return message


async def file_in(message: Any, name: str) -> list[list[str]]:
    """The rows of a CSV file that hangs on a message."""
    (attachment,) = [one for one in message.attachments if one.filename == name]
    content = await attachment.read()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_a_sheet_is_mended_imported_and_its_code_claimed(server: Server) -> None:
    officer = await officer_of(server)
    content = EXAMPLE.read_bytes()
    looked = await send(officer, server, content, "名簿.csv")
    text = text_of(looked)
    assert "新規 **0** ／ 変更 **3** ／ 変更なし **0** ／ 要修正 **2**" in text
    assert "**4行目、大学名** 「東京医化大学」という大学は名簿にありません（近い名前：東京医科大学）" in text
    assert "**6行目、団体種別** 「文芸部」は使えません。次から選んでください：医療系のサークル、" in text
    assert "**5行目、大学名** 「東京医科歯科大学」は現在の東京科学大学として扱います" in text
    assert "取り込む" not in labels(shown(looked))
    rows = await file_in(shown(looked), "check.csv")
    assert rows[0] == ["行", "列", "種類", "内容"]
    assert [row[:3] for row in rows[1:]] == [
        ["4", "大学名", "直してください"],
        ["6", "団体種別", "直してください"],
        ["5", "大学名", "念のため確認してください"],
    ]
    mended = content.decode("cp932").replace("東京医化大学", "東京医科大学").replace("文芸部", "医学系サークル")
    looked = await send(officer, server, mended.encode("cp932"), "名簿.csv")
    assert "要修正 **0**" in text_of(looked)
    assert "発行するコード **5**" in text_of(looked)
    await officer.click(shown(looked), label="取り込む")
    done = shown(looked)
    assert "取り込みました" in page_text(done)
    codes = await file_in(done, "codes.csv")
    assert codes[0] == ["大学", "氏名", "コード", "初日", "最終日"]
    assert [row[:2] for row in codes[1:3]] == [["北海道大学", "見本 はるか"], ["旭川医科大学", "見本 いつき"]]
    newcomer = server.person("newcomer")
    claimed = await claim_post(newcomer, server.channel, code=codes[1][2])
    assert "北海道大学の大学代表者です（2026年3月31日(火)まで）" in text_of(claimed)
    thief = await claim_post(server.person("thief"), server.channel, code=codes[1][2])
    assert "すでに使われています" in text_of(thief)
    again = await send(officer, server, mended.encode("cp932"), "名簿.csv")
    assert "新規 **0** ／ 変更 **0** ／ 変更なし **5** ／ 要修正 **0**" in text_of(again)
    assert "取り込むものはありません" in text_of(again)
    history = text_of(await lc_history(officer, server.channel, lc="防衛医科大学校"))
    assert "コード" in history


async def test_pressed_twice_it_is_imported_once(server: Server) -> None:
    officer = await officer_of(server)
    looked = await send(officer, server, sheet("大学名,代表者名", "東京大学,見本 花"))
    home = await officer.slash(server.channel, "home")
    await officer.click(shown(home), label="取り込みの続き")
    await officer.click(shown(looked), label="取り込む")
    assert "取り込みました" in page_text(shown(looked))
    second = await officer.click(shown(home), label="取り込む")
    assert "このファイルは取り込み済みです" in page_text(refusal(second))


async def test_a_change_in_between_is_said_and_looked_at_again(server: Server) -> None:
    officer = await officer_of(server)
    looked = await send(officer, server, sheet("大学名,代表者名", "東京大学,見本 花"))
    await post_code(officer, server.channel, post="lc_representative", lc="東京大学", **TERM)
    (begun,) = [one for one in buttons(shown(looked)) if one.startswith("sheets:import:")]
    stopped = await officer.click(shown(looked), label="取り込む")
    assert "確認画面を開いたあとに名簿が変わりました" in page_text(refusal(stopped))
    await officer.click(refusal(stopped), label="もう一度確認する")
    assert "取り込むものはありません" in page_text(shown(stopped))
    assert labels(shown(stopped)) == ["ホーム"]
    await officer.click(shown(stopped), label="ホーム")
    assert "取り込んでいないシート" not in page_text(shown(stopped))
    gone = await press(officer, stopped, begun)
    assert "もう一度ファイルを選んでください" in page_text(refusal(gone))


async def test_a_preview_expires(server: Server, world: World) -> None:
    officer = await officer_of(server)
    looked = await send(officer, server, sheet("大学名,代表者名", "東京大学,見本 花"))
    await world.env.advance_time(3601)
    late = await officer.click(shown(looked), label="取り込む")
    assert "期限が切れたか" in page_text(refusal(late))


async def test_columns_are_asked_about_even_after_a_restart(server: Server, world: World) -> None:
    officer = await officer_of(server)
    looked = await send(
        officer, server, sheet("学校,大学名,学校名,メモ,部の名前", "x,東大?,東京大学,ひみつ,国際部", ",,京都大学,,")
    )
    assert "「大学名」にあたる列が複数あります" in text_of(looked)
    await choose(officer, shown(looked), "C列：学校名")
    assert "内容のわからない列があります（あと3列）" in page_text(shown(looked))
    assert "**A列：学校**" in page_text(shown(looked))
    assert "大学名" not in options(shown(looked))
    await choose(officer, shown(looked), "この列は読み飛ばす")
    assert "・ひみつ" in page_text(shown(looked))
    await world.restart()
    await choose(officer, shown(looked), "この列は読み飛ばす")
    await choose(officer, shown(looked), "団体名")
    assert "変更 **1** ／ 変更なし **1**" in page_text(shown(looked))
    await officer.click(shown(looked), label="取り込む")
    assert "国際部" in text_of(await officer.slash(server.channel, "lc", lc="東京大学"))


async def test_what_is_left_out_must_not_be_needed(server: Server) -> None:
    officer = await officer_of(server)
    looked = await send(officer, server, sheet("がっこう,代表者名", "東京大学,見本 花"))
    refused = await officer.click(shown(looked), label="わからない列をすべて読み飛ばす")
    assert "必要な列がありません（大学名・英語名・コードのどれか）" in text_of(refused)
    await choose(officer, shown(looked), "大学名")
    assert "発行するコード **1**" in page_text(shown(looked))


@pytest.mark.parametrize(
    ("content", "ja", "en"),
    [
        ("大学名,代表者名\r\n東京大学,山田".encode("euc_jp"), "UTF-8でもShift_JISでもありません", "neither UTF-8"),
        (b"PK\x03\x04", "このExcelファイルを読み取れません", "This Excel workbook can't be read"),
        (b"x" * (MAX_BYTES + 1), "ファイルが大きすぎます（2049 kB）", "too large (2049 kB)"),
        (b"", "ファイルが空です", "This file is empty"),
        (sheet("代表者名", "山田"), "必要な列がありません", "A required column is missing (School"),
        (sheet("大学名", '"東京大学'), "引用符", "quotation mark"),
        (sheet("大学名", *["東京大学"] * 5001), "5001行あります", "This file has 5001 rows"),
    ],
)
async def test_what_cant_be_read_is_said(server: Server, content: bytes, ja: str, en: str) -> None:
    officer = await officer_of(server)
    english = server.person("english", locale="en-GB", permissions=SEES_MANAGE)
    await officer.slash(server.channel, "officer appoint", person=english, post="national_officer")
    assert ja in text_of(await send(officer, server, content))
    assert en in text_of(await send(english, server, content))


async def test_others_bring_nothing_in_and_nothing_out(server: Server) -> None:
    officer = await officer_of(server)
    student = server.person("student", permissions=SEES_MANAGE)
    assert "運営" in labels(shown(await officer.slash(server.channel, "home")))
    assert "運営" not in labels(shown(await student.slash(server.channel, "home")))
    representative = server.person("rep", permissions=SEES_MANAGE)
    await officer.slash(
        server.channel, "officer appoint", person=representative, post="lc_representative", lc="東京大学"
    )
    for person in (student, representative):
        for refused in (
            await send(person, server, sheet("大学名", "東京大学")),
            await person.slash(server.channel, "manage sheet lc-export"),
            await person.slash(server.channel, "manage sheet template"),
        ):
            assert "全国役員だけができる操作" in text_of(refused)


async def test_template_and_export_in_the_readers_language(server: Server) -> None:
    officer = await officer_of(server)
    english = server.person("english", locale="en-GB", permissions=SEES_MANAGE)
    await officer.slash(server.channel, "officer appoint", person=english, post="national_officer")
    for person, heading, state in ((officer, "大学名", "LCなし"), (english, "School", "no LC yet")):
        template = shown(await person.slash(server.channel, "manage sheet template"))
        ((*headings,),) = await file_in(template, "lc-template.csv")
        assert headings[1] == heading
        exported = shown(await person.slash(server.channel, "manage sheet lc-export"))
        rows = await file_in(exported, "lc-2026-01-01.csv")
        assert rows[0] == headings
        assert len(rows) == 83
        assert state in rows[1]
        back = await send(person, server, to_csv(rows))
        assert "**82**" in text_of(back)


async def test_the_home_leads_to_the_sheets(server: Server) -> None:
    officer = await officer_of(server)
    home = await officer.slash(server.channel, "home")
    await officer.click(shown(home), label="運営")
    await officer.click(shown(home), label="シート（Excel・CSV）")
    assert "/運営 シート lc取込 でファイルを選んでください" in page_text(shown(home))
    await officer.click(shown(home), label="ひな形")
    assert [one.filename for one in shown(home).attachments] == ["lc-template.csv"]
    home = await officer.slash(server.channel, "home")
    await officer.click(shown(home), label="運営")
    await officer.click(shown(home), label="シート（Excel・CSV）")
    await officer.click(shown(home), label="書き出し")
    assert [one.filename for one in shown(home).attachments] == ["lc-2026-01-01.csv"]


async def test_of_many_columns_that_say_the_same_each_can_be_the_one_that_counts(server: Server) -> None:
    officer = await officer_of(server)
    many = ",".join(["大学名"] * 60)
    looked = shown(await send(officer, server, sheet(many, ",".join([*["x大学"] * 58, "東京大学", "x大学"]))))
    assert [len(options) for options in menus(looked).values()] == [25, 25, 10]
    *_, last = menus(looked)
    await officer.select(looked, custom_id=last, values=[list(menus(looked)[last].values())[8]])
    assert "変更なし **1**" in page_text(looked)
