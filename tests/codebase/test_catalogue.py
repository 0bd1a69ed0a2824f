"""Every text has its Japanese, and the Japanese fits its text."""

from __future__ import annotations

import csv
import re
import string
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
#: The same as in the Makefile's `catalogue`.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "N_": None,
    "words": None,
    "say": None,
    "plural": (1, 2),
    "named": ((1, "c"), 2),
}

Key = tuple[str | None, str]


@pytest.fixture(scope="module")
def japanese() -> Catalog:
    with (ROOT / "bot/locales/ja/LC_MESSAGES/bot.po").open("rb") as file:
        return read_po(file, locale="ja")


@pytest.fixture(scope="module")
def used() -> set[Key]:
    found: set[Key] = set()
    for folder in ("bot", "cogs"):
        for _, _, message, _, context in extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=KEYWORDS):
            found.add((context, message[0] if isinstance(message, tuple) else message))
    return found


def forms(text: Any) -> list[str]:
    """The text, or its singular and plural."""
    return list(text) if isinstance(text, list | tuple) else [text or ""]


def entries(catalogue: Catalog) -> dict[Key, list[str]]:
    return {(message.context, forms(message.id)[0]): forms(message.string) for message in catalogue if message.id}


def test_every_text_is_translated(japanese: Catalog, used: set[Key]) -> None:
    translated = {key for key, texts in entries(japanese).items() if all(texts)}
    assert used - translated == set(), "run `make catalogue` and fill in bot/locales/ja/LC_MESSAGES/bot.po"


def test_nothing_is_left_over(japanese: Catalog, used: set[Key]) -> None:
    assert set(entries(japanese)) - used == set(), "run `make catalogue`"


def test_no_translation_is_a_guess(japanese: Catalog) -> None:
    assert [message.id for message in japanese if message.fuzzy and message.id] == []


def test_the_placeholders_are_the_same(japanese: Catalog) -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for (_, msgid), texts in entries(japanese).items():
        for text in texts:
            assert fields(text) <= fields(msgid) | {"n"}, msgid
            assert fields(msgid) - {"n"} <= fields(text), msgid


def test_commands_have_their_japanese_names_in_japanese(japanese: Catalog) -> None:
    names = {msgid: texts[0] for (context, msgid), texts in entries(japanese).items() if context == "command"}
    english = "|".join(name for name, translated in names.items() if name != translated)
    wrong = re.compile(rf"(?<![\w/:.<])/(?:(?:{english})\b|\w+ (?:{english})\b)")
    texts = [text for texts in entries(japanese).values() for text in texts]
    for file in (ROOT / "bot/data").glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as opened:
            texts += [row[key] or "" for row in csv.DictReader(opened) for key in row if key and key.endswith("_ja")]
    assert [text for text in texts if wrong.search(text)] == []


def test_sentences_are_polite(japanese: Catalog) -> None:
    """です・ます: what ends in 。 ends politely."""
    polite = re.compile(r"(です|ます|ません|ください|ました|でした|ましょう|ですか)(（[^）]*）)?。$")
    ends = [text for texts in entries(japanese).values() for text in texts if text.endswith("。")]
    assert len(ends) > 20
    assert [text for text in ends if not polite.search(text)] == []
