"""Addresses without a login: tokens, how long they work, and what people enter. Decisions without the database."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import timedelta

from bot.errors import Conflict
from bot.features.events.models import Event
from bot.features.events.question_rules import Given
from bot.features.events.rules import told as told_inside
from bot.features.institutions.rules import SOURCE, PersonDraft, cleaned_person
from bot.features.schools.names import fold
from bot.i18n import N_, Words

#: So long after the end of an event its addresses work.
KEPT_FOR = timedelta(days=7)
#: So many people enter one event by addresses. More are nobody's evening, but somebody's program.
MOST = 1_000

GONE = N_("This link doesn't work any more. Please ask for a new one where you found it.")
SAME_NAME = N_(
    "Someone with this name has already signed up here. If it was you, please open your personal link. If you're "
    "someone else with the same name, tick the box below."
)
CROWDED = N_("This link can't take more people. Please ask the organiser.")


class SameName(Conflict):
    """Somebody of that name is there. They may be two people, so the one who enters is asked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody typed to enter. ``once``: what their form had in it, so that sending it twice is once.
    ``is_another``: they said that they aren't the one of the same name. ``given``: to the event's own questions."""

    name: str
    school: str = ""
    choice_id: int | None = None
    once: str = ""
    is_another: bool = False
    given: Given = field(default_factory=dict)


def new_token() -> str:
    """32 random bytes, as they stand in an address."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def personal_token(shared: str, entry: Entry) -> str:
    """The same for the same form with the same name in it, else another. ``once`` is random, so it can't be guessed."""
    if not entry.once:
        return new_token()
    text = "\n".join((shared, entry.once, fold(entry.name), str(entry.is_another)))
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def told(event: Event) -> dict[str, str]:
    """What people outside have to know: a change of any of it is told. Of the link, only that it is another."""
    found = told_inside(event)
    return found | {"link": digest_of(found["link"]) if found["link"] else ""}


def code_of(event_id: int) -> str:
    """What people write into a reply where the bot has no public address. It guards nothing."""
    return f"E{event_id}"


def drafted(entry: Entry, title: str, words: Words) -> PersonDraft:
    """The entry as officers see it. ``words``: in the language of the organisation. Raises Invalid."""
    source = words("Signed up by a link, without an account: {title}", title=title)
    return cleaned_person(PersonDraft(entry.name, "", entry.school, source[:SOURCE]))
