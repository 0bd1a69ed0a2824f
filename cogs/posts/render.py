from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from discord import SelectOption
from discord.utils import escape_markdown

from bot.features.posts.values import OpenClaim, PostCard, TermCard
from bot.i18n import N_, Words
from bot.ui.board import option
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import Item, Page, Rows
from bot.ui.posts import post_of


class What(StrEnum):
    """For what a post is chosen."""

    APPOINT = "appoint"
    CODE = "code"


WHAT_WORDS = {What.APPOINT: N_("Appoint"), What.CODE: N_("One-time code")}
#: What a menu of Discord holds.
MENU = 25


def post_menus(posts: Sequence[PostCard], words: Words) -> list[list[SelectOption]]:
    """The options of one menu after the other: four at most, for an organisation has 100 posts."""
    options = [option(words.either(one.name_ja, one.name_en), one.key) for one in posts]
    return [options[start : start + MENU] for start in range(0, len(options), MENU)]


def who_of(term: TermCard, words: Words) -> str:
    post = post_of(words, term.post_ja, term.post_en, term.lc_ja, term.lc_en)
    return words("{name}: {post}", name=term.name, post=post)


def end_page(term: TermCard, last: date, today: date, words: Words, rows: Rows) -> Page:
    """What ends, and from which day on. ``last``: the last day of the term, which may be over."""
    lines = [
        f"**{escape_markdown(who_of(term, words))}**",
        words("Last day of the term: {date}", date=long_date(last, words)),
        words(
            "They lose the permissions, roles and channels of this post on {date}.",
            date=long_date(max(last + timedelta(days=1), today), words),
        ),
    ]
    return Page(title=words("End this term?"), text="\n".join(lines), rows=rows)


def founding_line(words: Words) -> str:
    return words(
        "This school had no LC yet. Now that it has a representative, its LC is marked as being founded. If "
        "that's wrong, a national officer can change the LC's status."
    )


def holder_line(term: TermCard, words: Words) -> str:
    return words(
        "**{name}** {post}: {starts} – {ends}",
        name=escape_markdown(term.name),
        post=escape_markdown(post_of(words, term.post_ja, term.post_en, term.lc_ja, term.lc_en)),
        starts=long_date(term.starts_on, words),
        ends=long_date(term.ends_on, words),
    )


def claimed_page(words: Words) -> Page:
    return Page(
        title=words("Thank you"),
        text=words(
            "A fellow LC officer, your predecessor or a national officer will confirm it. Nothing changes until then."
        ),
        rows=[[home_button(words)]],
    )


def taken_up_page(term: TermCard, words: Words) -> Page:
    return Page(
        title=words("Welcome to your new post"),
        text=words(
            "You're now {post} at {lc}, until {date}. Your home shows what you can do.",
            post=words.either(term.post_ja, term.post_en),
            lc=words.either(term.lc_ja, term.lc_en),
            date=long_date(term.ends_on, words),
        ),
        rows=[[home_button(words)]],
    )


def code_page(code: str, words: Words, row: list[Item]) -> Page:
    return Page(
        title=words("One-time code"),
        text="\n".join(
            [
                f"`{code}`",
                words(
                    "Give it only to the person who takes up the post. They enter it in /me under “Post or post code”. "
                    "It works once."
                ),
                words("It is shown only once. If you lose it, create a new one."),
            ]
        ),
        rows=[row],
    )


def claim_line(claim: OpenClaim, words: Words) -> str:
    return words(
        "**{name}** says they are {post} at {lc}, {starts} – {ends}",
        name=escape_markdown(claim.name),
        post=words.either(claim.post_ja, claim.post_en),
        lc=words.either(claim.lc_ja, claim.lc_en),
        starts=long_date(claim.starts_on, words),
        ends=long_date(claim.ends_on, words),
    )
