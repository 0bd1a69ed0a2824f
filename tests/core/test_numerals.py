"""Whole numbers as people type them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.numerals import LARGEST, read_whole


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("１２", 12),
        (" 12 ", 12),
        ("８名くらい", 8),
        ("約30人", 30),
        ("およそ３０名", 30),
        ("三十", 30),
        ("三十人", 30),
        ("二十五名程度", 25),
        ("百二十", 120),
        ("千五百円", 1500),
        ("二五", 25),
        ("1,500", 1500),
        ("1，500円", 1500),
        ("¥1,500", 1500),
        ("1万", 10_000),
        ("一万", 10_000),
        ("十万", 100_000),
        ("一万五千", 15_000),
        ("0人", 0),
        ("〇", 0),
        ("+3", 3),
        ("about 30 people", 30),
        ("30 or so", 30),
        ("12.0", 12),
        ("20人前後", 20),
        ("10人ほど", 10),
        ("5人です。", 5),
        ("全部で7人", 7),
        ("007", 7),
    ],
)
def test_what_people_write(typed: str, number: int) -> None:
    assert read_whole(typed) == number


@pytest.mark.parametrize("typed", ["-3", "−3", "－３", "‐3人", "▲3", "マイナス3", "ー3", "–3"])
def test_fewer_than_none_are_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="less than 0"):
        read_whole(typed)
    assert read_whole(typed, least=None) == -3


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "人",
        "たくさん",
        "10〜20",
        "10-20",
        "1.5",
        "3人か4人",
        "12 34",
        "1,50",
        "十十",
        "三百千",
        "二五十",
        "½",
        "1e3",
        "0x10",
    ],
)
def test_what_is_no_whole_number_is_said(typed: str) -> None:
    with pytest.raises(Invalid, match="whole number"):
        read_whole(typed)


@pytest.mark.parametrize("typed", ["1000000001", "9" * 39, "十万万", "99999999万"])
def test_what_is_too_large_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_whole(typed)


def test_bounds_are_said() -> None:
    with pytest.raises(Invalid, match="or more"):
        read_whole("0", least=1)
    with pytest.raises(Invalid, match="or less"):
        read_whole("366", most=365)


@given(st.integers(-LARGEST, LARGEST))
def test_every_number_comes_back(number: int) -> None:
    assert read_whole(str(number), least=None) == read_whole(f"{number:,}", least=None) == number


@given(st.text(max_size=60) | st.text("0123456789-−一二三十百千万〇,.人名約くらい 円", max_size=50))
def test_nothing_breaks(text: str) -> None:
    with suppress(Invalid):
        assert 0 <= read_whole(text) <= LARGEST
