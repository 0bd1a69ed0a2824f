"""The standing committees as every page names them: by what they do, with the abbreviation that people know."""

from __future__ import annotations

from collections.abc import Iterable

from bot import data
from bot.i18n import N_, Words

#: By the committee's key.
COMMITTEE_WORDS = {
    "scope": N_("Professional Exchange (SCOPE)"),
    "score": N_("Research Exchange (SCORE)"),
    "scoph": N_("Public Health (SCOPH)"),
    "scora": N_("Sexual & Reproductive Health (SCORA)"),
    "scome": N_("Medical Education (SCOME)"),
    "scorp": N_("Human Rights & Peace (SCORP)"),
}
_BY_ABBREVIATION = {row["abbreviation"]: COMMITTEE_WORDS[row["key"]] for row in data.rows("committees")}


def committee_name(abbreviation: str, words: Words) -> str:
    """``公衆衛生（SCOPH）``; the abbreviation alone where nobody has found words yet."""
    found = _BY_ABBREVIATION.get(abbreviation)
    return words(found) if found else abbreviation


def committee_names(abbreviations: Iterable[str], words: Words) -> str:
    return words(", ").join(committee_name(one, words) for one in abbreviations)
