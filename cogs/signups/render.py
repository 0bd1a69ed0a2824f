"""The words for sign-ups that several pages need."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.errors import NextStep
from bot.features.signups.models import PartyState
from bot.features.signups.values import Counts, OwnPage, OwnParty, OwnSignUp
from bot.i18n import N_, Words
from bot.ui.dates import stamp

STATE_WORDS = {
    PartyState.APPLIED: N_("📝 Waiting for a yes"),
    PartyState.WAITING: N_("⏳ In line"),
    PartyState.OFFERED: N_("🎟️ A place is kept for you"),
    PartyState.ACCEPTED: N_("✅ You're in"),
    PartyState.DECLINED: N_("The organiser couldn't give you a place."),
    PartyState.REFUSED: N_("You left the place to the next in line."),
    PartyState.EXPIRED: N_("The time to answer was over, so the place went to the next in line."),
    PartyState.REMOVED: N_("The organiser took your place back."),
    PartyState.LAPSED: N_("No place became free."),
    PartyState.WITHDRAWN: N_("You're no longer signed up."),
    PartyState.CANCELLED: N_("It was cancelled."),
}


def people_step(signup_id: int) -> NextStep:
    return NextStep(N_("Who comes"), f"signups:board:{signup_id}")


def title_of(page: OwnPage | OwnSignUp, words: Words) -> str:
    return escape_markdown(words.either(page.title_ja, page.title_en))


def counted(found: Counts, words: Words) -> str:
    """``12 of 20 places taken · 3 in line``."""
    taken = found.accepted + found.offered
    if found.limit is None:
        text = words.plural("{n} person is in", "{n} people are in", taken)
    else:
        text = words("{n} of {limit} places taken", n=taken, limit=found.limit)
    line = words("{n} in line", n=found.waiting)
    return f"{text} · {line}" if found.waiting else text


def standing(party: OwnParty, words: Words) -> list[str]:
    """Where somebody stands, and what they should know of it."""
    lines = [f"**{words(STATE_WORDS[party.state])}**"]
    if party.state is PartyState.WAITING and party.position is not None:
        lines.append(words("You're number {n} of {all}.", n=party.position, all=party.length))
        if party.may_accept:
            lines.append(words("A place is free right now. The first to take it gets it."))
    if party.state is PartyState.OFFERED and party.offer_until is not None:
        lines.append(words("Please answer by {time}.", time=stamp(party.offer_until)))
    if party.reason:
        lines.append(words("The organiser's reason: {reason}", reason=escape_markdown(party.reason)))
    return lines
