"""What of an announcement's pages can be said without Discord."""

from __future__ import annotations

import re

import pytest

from bot.features.audiences.values import ContactRoute
from bot.i18n import words_for
from cogs.announcements.render import contact_text

LINK = "https://example.org/lc"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_link_among_contacts_ends_where_it_ends(language: str) -> None:
    """Discord takes whatever follows a link without a blank for a part of it, a Japanese comma too."""
    route = ContactRoute("例山 けん", ("lc@example.org", LINK, "急ぎのときはLINEへ"))
    (found,) = re.findall(r"https?://\S+", contact_text(route, words_for(language)))
    assert found == LINK
