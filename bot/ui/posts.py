"""A post and who holds it, as every page names them."""

from __future__ import annotations

from bot.features.posts.values import TermCard
from bot.i18n import Words
from bot.ui.dates import long_date


def post_of(
    words: Words, post_ja: str | None, post_en: str | None, lc_ja: str | None = None, lc_en: str | None = None
) -> str:
    """``東京大学 LEO`` or ``LEO, The University of Tokyo``; a national post stands alone. Without markup."""
    post, lc = words.either(post_ja, post_en), words.either(lc_ja, lc_en)
    return words("{post}, {lc}", post=post, lc=lc) if post and lc else post


def term_line(term: TermCard, words: Words) -> str:
    """For a menu: name, post, last day."""
    post = post_of(words, term.post_ja, term.post_en, term.lc_ja, term.lc_en)
    return words("{name}: {post} (until {date})", name=term.name, post=post, date=long_date(term.ends_on, words))
