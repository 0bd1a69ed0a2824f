"""Codes, names and digests."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.certificates.models import CertificateState
from bot.features.certificates.rules import (
    ALPHABET,
    LENGTH,
    NO_CODE,
    Terms,
    Worth,
    checked,
    digest_of,
    new_code,
    normalised,
    read_code,
    worth,
    written,
)

CODES = st.builds(new_code)


@given(CODES)
def test_a_code_is_read_however_people_type_it(code: str) -> None:
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)
    for typed in (code, written(code), f" {written(code).lower()} ", wide, written(code).replace("-", "ー")):
        assert read_code(typed) == code


@given(CODES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, at: int, char: str) -> None:
    wrong = code[:at] + char + code[at + 1 :]
    if wrong == code:
        assert read_code(wrong) == code
    else:
        with pytest.raises(Invalid):
            read_code(wrong)


@pytest.mark.parametrize("typed", ["", "ABC", NO_CODE, "A" * 13, "ABCD-EFGH-JKL0", "見本" * 6])
def test_what_can_be_no_code_is_said(typed: str) -> None:
    with pytest.raises(Invalid):
        read_code(typed)


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("山田 太郎", "山田太郎"),
        ("山田 太郎", "山田　太郎 "),
        ("Nguyễn Thị Ánh", "NGUYỄN THỊ ÁNH"),
        ("葛\U000e0100城 凜", "葛城凜"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ"),
        ("Straße", "STRASSE"),
    ],
)
def test_a_name_is_the_same_however_it_is_typed(printed: str, typed: str) -> None:
    assert normalised(printed) == normalised(typed)
    assert digest_of("A" * 12, printed) == digest_of("A" * 12, typed)


def test_another_name_or_code_is_another_certificate() -> None:
    found = {
        digest_of(code, name) for code in ("A" * 12, "B" * 12) for name in ("山田 太郎", "山田 花子", "やまだ たろう")
    }
    assert len(found) == 6


def test_digests_stay_what_they_were() -> None:
    """They can't be made again: people have the names on paper alone."""
    known = "722d9820b736354dde9f94daeebdbd99eed0809d7a14ccdbf9faffe8bd996d70"
    assert digest_of("ABCDEFGHJKL3", "葛\U000e0100城 凜") == known


def test_it_counts_until_the_end_of_its_last_day() -> None:
    day = date(2027, 3, 31)
    assert worth(CertificateState.VALID, None, day) is Worth.VALID
    assert worth(CertificateState.VALID, day, day) is Worth.VALID
    assert worth(CertificateState.VALID, day, date(2027, 4, 1)) is Worth.EXPIRED
    assert worth(CertificateState.REVOKED, day, date(2027, 4, 1)) is Worth.REVOKED
    assert worth(CertificateState.REPLACED, None, day) is Worth.REPLACED
    for last in (day, date(2040, 1, 1)):
        with pytest.raises(Invalid):
            checked(Terms(expires_on=last), day)
