from __future__ import annotations

from datetime import date

import pytest

from bot.i18n import pick_language, words_for
from bot.ui.dates import long_date


@pytest.mark.parametrize(
    ("chosen", "discord", "server", "language"),
    [
        ("en", "ja", "ja", "en"),
        (None, "en-GB", "ja", "en"),
        (None, "ja", "en-US", "ja"),
        (None, "fr", "en-US", "en"),
        (None, "fr", "ko", "ja"),
        (None, None, None, "ja"),
        ("xx", "en_US", None, "en"),
    ],
)
def test_the_order_in_which_a_language_is_chosen(
    chosen: str | None, discord: str | None, server: str | None, language: str
) -> None:
    assert pick_language(chosen, discord, server) == language


def test_words_are_filled_in_after_translation() -> None:
    assert words_for("ja")("Your LC: {name}", name="{0} & {x}") == "所属LC：{0} & {x}"
    assert words_for("en").plural("“{text}”: {n} LC", "“{text}”: {n} LCs", 2, text="a") == "“a”: 2 LCs"
    assert words_for("ja").plural("“{text}”: {n} LC", "“{text}”: {n} LCs", 2, text="a") == "「a」：2件"
    assert words_for("ja").named("command", "home") == "ホーム"
    assert words_for("fr").language == "ja"
    assert words_for("en").either("日本語だけ", None) == "日本語だけ"


def test_dates_as_people_write_them() -> None:
    day = date(2026, 11, 21)
    assert long_date(day, words_for("ja")) == "2026年11月21日(土)"
    assert long_date(day, words_for("en")) == "Sat 21 Nov 2026"
