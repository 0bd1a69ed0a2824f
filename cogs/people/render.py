from __future__ import annotations

from discord.utils import escape_markdown

from bot.features.people.service import OfficerTerm
from bot.i18n import Words
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import Page


def language_page(words: Words) -> Page:
    return Page(
        title=words("Language"),
        text=words("I'll talk to you in English from now on."),
        rows=[[home_button(words)]],
    )


def officer_line(officer: OfficerTerm, words: Words) -> str:
    return words(
        "**{name}** {post}: {starts} – {ends}",
        name=escape_markdown(officer.display_name),
        post=words.either(officer.post_ja, officer.post_en),
        starts=long_date(officer.starts_on, words),
        ends=long_date(officer.ends_on, words),
    )
