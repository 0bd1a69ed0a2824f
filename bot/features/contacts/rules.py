"""Who sees which contact detail, and what may be entered as one: pure decisions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import IntEnum

from bot.errors import Invalid
from bot.features.contacts.models import Field, Visibility
from bot.features.people.models import Level
from bot.features.people.rules import Holding
from bot.i18n import N_
from bot.links import is_link
from bot.typed import MENTION

#: Characters that each field takes.
LONGEST = {Field.MAIL: 254, Field.LINK: 200, Field.HOW: 300, Field.TIMES: 100}

_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
_PORT = re.compile(r"https://[^/?#]*:")
#: What would end a link, hide where it leads or mark it up.
_NOT_IN_A_LINK = re.compile(r"[^\x21-\x7e]|[<>()\[\]`|\\\"]")
#: They turn the direction of what follows.
_BIDIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Standing(IntEnum):
    """How near somebody is to an LC. A higher standing sees all that a lower one sees."""

    STRANGER = 0
    MEMBER = 1
    OFFICER = 2
    OWN_OFFICER = 3


_NEEDED = {
    Visibility.MEMBERS: Standing.MEMBER,
    Visibility.OFFICERS: Standing.OFFICER,
    Visibility.OWN_OFFICERS: Standing.OWN_OFFICER,
}


def standing(holdings: Iterable[Holding], today: date, lc_id: int) -> Standing:
    """The standing that somebody with these holdings has today towards an LC.

    Everybody who holds anything today is a member of the organisation; the others are only on its server. National
    officers stand as the LC's own: the nation has to be able to reach every LC.
    """

    def of(holding: Holding) -> Standing:
        if not holding.is_officer:
            return Standing.MEMBER
        if holding.level is Level.NATION or holding.lc_id == lc_id:
            return Standing.OWN_OFFICER
        return Standing.OFFICER

    return max((of(one) for one in holdings if one.held_on(today)), default=Standing.STRANGER)


def seen_by(standing: Standing) -> list[Visibility]:
    """The visibilities that somebody of this standing sees."""
    return [visibility for visibility, needed in _NEEDED.items() if standing >= needed]


def cleaned(field: Field, text: str) -> str:
    """The text as it is kept; empty where nothing was entered.

    Raises:
        Invalid: it is too long, mentions people, or isn't an address of the kind.
    """
    text = _BIDIRECTIONAL.sub("", text)
    text = "".join(char for char in text if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs"))
    text = "\n".join(filter(None, (line.strip() for line in text.split("\n"))))
    if field is Field.MAIL:
        text = unicodedata.normalize("NFKC", text).strip()
    if len(text) > LONGEST[field]:
        raise Invalid(N_("That is too long: at most {n} characters fit. Please shorten it."), n=LONGEST[field])
    if not text:
        return ""
    if field is Field.MAIL and not _MAIL.fullmatch(text):
        raise Invalid(
            N_("“{text}” doesn't look like an email address. Please enter one address, such as lc@example.org."),
            text=text[:100],
        )
    if field is Field.LINK and not _is_link(text):
        raise Invalid(N_("This link can't be used. Please copy it from your browser; it starts with https://."))
    if MENTION.search(text):
        raise Invalid(N_("Please leave out @everyone, @here and mentions, and use plain text."))
    return text


def _is_link(text: str) -> bool:
    """Of those that Discord opens: what is shown as text may neither break off nor hide where it leads."""
    return text.startswith("https://") and is_link(text) and not _NOT_IN_A_LINK.search(text) and not _PORT.match(text)
