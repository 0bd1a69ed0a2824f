"""What can be a useful link, and when it is to be looked at again: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import Invalid
from bot.features.organisations.naming import both_names, one_name
from bot.i18n import N_
from bot.links import address

#: Characters that each part takes, and days within which it is looked at again.
TITLE, ADDRESS, PURPOSE, FURTHEST = 60, 300, 150, timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """What officers write. One of the titles may be left empty."""

    title_ja: str
    title_en: str
    address: str
    purpose: str
    review_on: date


def cleaned(draft: LinkDraft, today: date) -> LinkDraft:
    """The draft as it is kept. Raises Invalid: a part of it is missing or can't be used."""
    title_ja, title_en = both_names(draft.title_ja, draft.title_en, TITLE)
    # Discord ends a link in a text at a bracket.
    found = (address(draft.address.strip()) or "").replace("(", "%28").replace(")", "%29")
    if not found.startswith("https://") or len(found) > ADDRESS:
        message = N_("Please enter the full address. It starts with https:// and has at most {n} characters.")
        raise Invalid(message, n=ADDRESS)
    purpose = one_name(draft.purpose, PURPOSE)
    if not purpose:
        raise Invalid(N_("Please say in one line what the link is for."))
    if not today < draft.review_on <= today + FURTHEST:
        raise Invalid(N_("Please choose a review date between tomorrow and three years from now."))
    return LinkDraft(title_ja, title_en, found, purpose, draft.review_on)


def next_review(today: date, planned: date | None = None) -> date:
    """A year from today, or the day that is planned if that is later."""
    year = today.year + 1
    in_a_year = today.replace(year=year, day=28) if (today.month, today.day) == (2, 29) else today.replace(year=year)
    return max(in_a_year, planned or in_a_year)
