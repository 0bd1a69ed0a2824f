"""Names and descriptions of commands in the languages of Discord's clients, through our own catalogue."""

from __future__ import annotations

from discord import Locale, app_commands

from bot.i18n import words_for


def named(context: str, name: str) -> app_commands.locale_str:
    """A name, marked for the catalogue with where it stands: ``command`` or ``option``. Descriptions need no mark."""
    return app_commands.locale_str(name, context=context)


class CatalogueTranslator(app_commands.Translator):
    """Our message ids are English, so Japanese is the only locale to translate into."""

    async def translate(
        self, string: app_commands.locale_str, locale: Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        if locale is not Locale.japanese:
            return None
        japanese = words_for("ja")
        where = string.extras.get("context")
        if where is not None:
            return japanese.named(where, string.message)
        if context.location.name.endswith("_name") and context.location.name != "choice_name":
            return None  # a name without a context is not meant to be translated
        return japanese(string.message)
