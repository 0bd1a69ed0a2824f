from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import data
from bot.features.local_committees import rules
from bot.features.local_committees.acting import names_of
from bot.features.local_committees.models import LcState
from bot.features.schools import names
from bot.features.schools.models import School

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ＴＯＫＹＯ", "tokyo"),
        ("Tōkyō", "Tokyo"),
        ("toukyou", "Tokyo"),
        ("Juntendou", "Juntendo"),
        ("Kyuushuu", "Kyushu"),
        ("慶応", "慶應"),
        ("独協", "獨協"),
        ("ｼﾞｭﾝﾃﾝﾄﾞｳ", "じゅんてんどう"),
        ("東京 大学", "東京大学"),
        ("東京　大学", "東京大学"),
        ("Women’s", "Women's"),
    ],
)
def test_what_people_type_meets_what_is_kept(typed: str, kept: str) -> None:
    assert names.fold(typed) == names.fold(kept)


@pytest.mark.parametrize(("one", "other"), [("かき", "がぎ"), ("大阪", "大坂"), ("はは", "パパ")])
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert names.fold(one) != names.fold(other)


@given(words)
def test_blanks_and_case_never_matter(text: str) -> None:
    folded = names.fold(text)
    assert not any(char.isspace() for char in folded)
    assert folded == folded.casefold()
    assert names.fold(f"　{text} ") == folded


@given(st.lists(words, max_size=6))
def test_every_name_stands_between_line_breaks(given_names: list[str]) -> None:
    text = names.search_text(given_names)
    for name in given_names:
        if folded := names.fold(name):
            assert f"\n{folded}\n" in text


SCHOOLS = {
    number: names.search_text(
        names_of(
            School(
                name_ja=row["name_ja"],
                name_en=row["name_en"],
                aliases=row["abbreviation_ja"],
                former_names=row["former_names_ja"],
            )
        )
    )
    for number, row in enumerate(data.rows("medical_schools"))
}


def near(text: str) -> list[str]:
    rows = data.rows("medical_schools")
    return [rows[number]["name_ja"] for number in rules.nearest(text, SCHOOLS)]


@given(words, st.lists(words, min_size=1, max_size=8))
def test_at_most_three_are_near_and_each_once(text: str, given_names: list[str]) -> None:
    found = rules.nearest(text, {number: names.search_text([name]) for number, name in enumerate(given_names)})
    assert len(found) == len(set(found)) <= 3


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("北海同大学", "北海道大学"), ("東京医療大学", "東京医科大学"), ("Tokio Univercity", "東京大学"),
        ("順天道", "順天堂大学"), ("とおきょうだいがく", "東京大学"), ("Juntedo", "順天堂大学"),
        ("聖マリアナ", "聖マリアンナ医科大学"),
        ("Hamamatu", "浜松医科大学"), ("慈恵医科大", "東京慈恵会医科大学"),
    ],
)  # fmt: skip
def test_a_slip_leads_to_what_was_meant(typed: str, meant: str) -> None:
    assert meant in near(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "🎉", "👩‍⚕️", "zzz", "ハーバード大学", "Oxford University", "ん大学", "12345", "あ", "犬", "ぬぬぬだいがく",
        "いいえ!", "a", "", "Harvard Medical School", "早稲田大学",
    ],
)  # fmt: skip
def test_nothing_is_near_to_what_is_far(typed: str) -> None:
    assert near(typed) == []


def test_the_very_name_is_the_nearest() -> None:
    schools = {n: names.search_text([row["name_ja"]]) for n, row in enumerate(data.rows("medical_schools"))}
    for number, row in enumerate(data.rows("medical_schools")):
        assert rules.nearest(row["name_ja"], schools)[0] == number


def test_every_state_has_a_way_on_and_none_leads_to_itself() -> None:
    assert set(rules.FOLLOWING) == set(LcState)
    for state, following in rules.FOLLOWING.items():
        assert following
        assert state not in following
    assert LcState.LEFT not in rules.FOLLOWING[LcState.LEAD], "who never was a member can't leave"
