"""Readings and variants of kanji: people find schools and each other however they type."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import data
from bot.features import Services
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members.finding import FindService
from bot.features.members.service import ChoiceService, MemberService
from bot.features.schools.names import fold, fold_query, readings_of
from tests.support.members import join
from tests.support.people import OFFICER, STUDENT, actor, found_organisation

SCHOOLS = data.rows("medical_schools")
VARIANTS = data.rows("kanji_variants")


def test_every_school_and_place_has_readings_in_hiragana_and_the_first_is_the_whole_name() -> None:
    rows = [*SCHOOLS, *data.rows("prefectures"), *data.rows("regions")]
    assert len(rows) == 82 + 47 + 8
    for row in rows:
        for reading in row["readings_ja"].split("|"):
            assert re.fullmatch("[ぁ-ゖ]{2,}", reading), row
    assert all(row["readings_ja"].split("|")[0].endswith(("だいがく", "だいがっこう")) for row in SCHOOLS)


async def test_all_82_schools_are_found_in_hiragana(services: Services) -> None:
    """By the whole reading and by what they are called for short, by the directory and while joining."""
    await found_organisation(services)
    student = await actor(services)
    lcs, choices = services[LocalCommitteeService], services[ChoiceService]
    for row in SCHOOLS:
        for reading in row["readings_ja"].split("|"):
            assert row["name_ja"] in [hit.name_ja for hit in await lcs.complete(student, reading)], reading
            assert row["name_ja"] in [one.name_ja for one in await choices.complete_school(student, reading)], reading


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("とうだい", {"東京大学"}),
        ("トウダイ", {"東京大学"}),
        ("とうだいいがくぶ", {"東京大学"}),
        ("めいだい", {"名古屋大学"}),
        ("さんいだい", {"産業医科大学"}),
        ("きんだい", {"金沢大学", "近畿大学"}),
        ("しんだい", {"新潟大学", "信州大学", "神戸大学"}),
    ],
)
async def test_what_fits_several_leads_to_all_of_them(services: Services, typed: str, meant: set[str]) -> None:
    await found_organisation(services)
    found = await services[LocalCommitteeService].find(await actor(services), typed)
    exact = {row["name_ja"] for row in SCHOOLS if fold_query(typed) in row["readings_ja"].split("|")}
    assert exact == meant
    assert {hit.name_ja for hit in found.hits[: len(meant)]} == meant


@pytest.mark.parametrize("typed", ["しこく", "おきなわ", "かんさい", "とうきょうと", "ほくりく"])
async def test_places_are_found_in_hiragana(services: Services, typed: str) -> None:
    await found_organisation(services)
    assert (await services[LocalCommitteeService].find(await actor(services), typed)).hits


SAME = [
    ("𠮷野", "吉野"), ("渡辺", "渡邊"), ("渡邊", "渡邉"), ("桜井", "櫻井"), ("斎藤", "斉藤"), ("齋藤", "齊藤"),
    ("髙橋", "高橋"), ("沢田", "澤田"), ("田辺", "田邉"), ("浜田", "濱田"), ("国枝", "國枝"), ("広瀬", "廣瀨"),
    ("恵子", "惠子"), ("山崎", "山﨑"), ("山崎", "山嵜"), ("竜", "龍"), ("中島", "中嶋"), ("中島", "中嶌"),
    ("真人", "眞人"), ("学", "學"), ("医", "醫"), ("葛󠄀城", "葛城"), ("神", "神"), ("佐々木", "佐佐木"),
    ("a〜b", "a～b"), ("a—b", "a-b"), ("塚本", "塚本"), ("福", "福"), ("辻󠄀", "辻"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_variants_are_one_when_compared(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("吉野", "古野"), ("大阪", "大坂"), ("大田", "太田"), ("末", "未"), ("土", "士"), ("藤", "籐")]
)
def test_different_kanji_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_the_table_of_variants_maps_each_letter_once_and_to_one_that_stays() -> None:
    kept = [row["kept"] for row in VARIANTS]
    variants = [letter for row in VARIANTS for letter in row["variants"]]
    assert len({*kept, *variants}) == len(kept) + len(variants)
    assert all(fold(letter) == letter for letter in kept)
    assert all(fold(letter) == row["kept"] for row in VARIANTS for letter in row["variants"])


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once_for_kanji_and_kana(text: str) -> None:
    plain = "".join(char for char in text if "\u3041" <= char <= "\u9fff")
    assert fold(fold(plain)) == fold(plain)


async def test_people_are_found_whichever_form_of_the_letter_is_typed(services: Services) -> None:
    await found_organisation(services)
    who, officer = await join(services, STUDENT, "仮 名"), await actor(services, OFFICER)
    for one, other in SAME:
        for kept, typed in ((one, other), (other, one)):
            card = await services[MemberService].set_name(who, f"{kept} 太郎", "")
            assert [found.name for found in (await services[FindService].find(officer, typed)).hits] == [card.name]


async def test_a_persons_reading_does_not_bring_the_whole_of_a_school(services: Services) -> None:
    await found_organisation(services)
    who, officer = await join(services, STUDENT, "例 太郎"), await actor(services, OFFICER)
    (yamagata,) = await services[ChoiceService].complete_school(who, "やまがただいがく")
    await services[MemberService].choose_school(who, yamagata.id)
    assert await services[FindService].complete(officer, "やまだ") == []
    for typed in ("やまだい", "やまがた", "やまがただいがく", "山形"):
        assert await services[FindService].complete(officer, typed), typed


def test_names_that_are_not_in_the_lists_have_no_reading() -> None:
    assert readings_of("瀬戸内見本大学", "") == []
