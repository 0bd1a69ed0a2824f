"""What lets people into a meeting is told apart from what everybody may read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.events.private import is_secret, set_apart


@pytest.mark.parametrize(
    ("line", "kept", "secret"),
    [
        ("ミーティングID: 823 4567 8901", "", "ミーティングID: 823 4567 8901"),
        ("ミーティング ID：823 4567 8901", "", "ミーティング ID：823 4567 8901"),
        ("・パスコード：７７６６５５", "", "パスコード：７７６６５５"),
        ("パスコードは kuma です", "", "パスコードは kuma です"),
        ("Meeting ID: 823 4567 8901", "", "Meeting ID: 823 4567 8901"),
        ("Passcode: xYz", "", "Passcode: xYz"),
        ("pass 1234", "", "pass 1234"),
        ("Zoom（ID 823 4567 8901、パスコード 1234）", "Zoom", "ID 823 4567 8901、パスコード 1234"),
        ("Zoom 823-4567-8901 / pass: kuma", "Zoom", "823-4567-8901 / pass: kuma"),
        ("予備：https://us02web.zoom.us/j/1?pwd=2", "予備", "https://us02web.zoom.us/j/1?pwd=2"),
        ("こちら→ https://meet.google.com/abc", "こちら→", "https://meet.google.com/abc"),
    ],
)
def test_what_lets_people_in(line: str, kept: str, secret: str) -> None:
    rest, secrets = set_apart(f"はじめに\n{line}\nおわりに")
    assert secrets == [secret]
    assert rest == "\n".join(filter(None, ("はじめに", kept, "おわりに")))


@pytest.mark.parametrize(
    "line",
    [
        "パスワードの守り方を学びます",
        "Passports are not needed",
        "ボードゲームで passing を練習",
        "We bypass 3 steps",
        "持ち物：学生証（ID）",
        "司会：例田",
        "定員 20名、参加費 500円",
        "https://example.org/form?id=12345678",
        "12/5 19:00-21:00",
        "電話 090-1234-5678",
        "",
    ],
)
def test_what_everybody_may_read(line: str) -> None:
    assert set_apart(line) == (line, [])


@given(st.text(max_size=200))
def test_nothing_that_was_set_apart_is_left(text: str) -> None:
    kept, _ = set_apart(text)
    assert not any(is_secret(line) for line in kept.split("\n"))
