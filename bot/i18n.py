"""Words in the reader's language.

Message ids are English; ``locales/ja/LC_MESSAGES/bot.po`` holds the Japanese. ``N_`` and ``named`` only mark a text
for the catalogue (``make catalogue``); a ``Words`` object translates it. The ``.po`` file is read at start through
Babel, so there is no compiled file that could be stale.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("ja", "en")
DEFAULT_LANGUAGE: Final = "ja"
LOCALES: Final = Path(__file__).with_name("locales")


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark ``message`` for the catalogue; it is translated where its reader is known."""
    return message


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    source = LOCALES / language / "LC_MESSAGES" / "bot.po"
    if not source.exists():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Words:
    """Translates into one language. Parameters fill ``{placeholders}`` after the translation."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, message: str, /, **params: Any) -> str:
        text = self._catalogue.gettext(message)
        return text.format(**params) if params else text

    def plural(self, singular: str, plural: str, n: int, /, **params: Any) -> str:
        return self._catalogue.ngettext(singular, plural, n).format(n=n, **params)

    def named(self, context: str, message: str, /) -> str:
        """A text whose translation depends on where it stands, such as the name of a command."""
        return self._catalogue.pgettext(context, message)

    def either(self, japanese: str | None, english: str | None) -> str:
        """Of a name kept in both languages, the one for this reader; the other where there is only one."""
        first, second = (japanese, english) if self.language == "ja" else (english, japanese)
        return first or second or ""


@cache
def words_for(language: str) -> Words:
    return Words(language if language in LANGUAGES else DEFAULT_LANGUAGE)


def supported(locale: str | None) -> str | None:
    """The language of ours that a locale such as ``en-GB`` or ``ja`` stands for, if there is one."""
    if not locale:
        return None
    base = locale.replace("_", "-").split("-", 1)[0].lower()
    return base if base in LANGUAGES else None


def pick_language(chosen: str | None, discord_locale: str | None, server_language: str | None) -> str:
    """The person's choice, else Discord's locale, else the server's, else Japanese."""
    return supported(chosen) or supported(discord_locale) or supported(server_language) or DEFAULT_LANGUAGE
