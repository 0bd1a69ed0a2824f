"""LCs as every cog shows and takes them: the words for their states, and the options ``lc`` and ``via``."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from discord import app_commands

from bot import data
from bot.errors import Invalid, NextStep
from bot.features.local_committees.models import LcState, Via
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.local_committees.values import Card, Hit
from bot.i18n import N_, Words
from bot.ui.completing import Choices, completion, offered
from bot.ui.requests import MemberRequest
from bot.ui.translator import named

Handler = TypeVar("Handler", bound=Callable[..., Coroutine[Any, Any, None]])

#: An LC as somebody typed it, or as the completion gave it.
LcText = app_commands.Range[str, 1, 100]

#: In the order in which lists count them.
STATE_WORDS = {
    LcState.MEMBER: N_("member"),
    LcState.APPLYING: N_("applying"),
    LcState.FOUNDING: N_("being founded"),
    LcState.LEAD: N_("in contact"),
    LcState.DORMANT: N_("inactive"),
    LcState.NO_CONTACT: N_("no LC yet"),
    LcState.LEFT: N_("left"),
}
VIA_WORDS = {Via.LINE: N_("LINE"), Via.MAIL: N_("email"), Via.PHONE: N_("phone"), Via.IN_PERSON: N_("in person")}
_PREFECTURES = {row["code"]: row for row in data.rows("prefectures")}


def dormant_lines(n: int, words: Words) -> list[str]:
    """How many of the LCs that were counted rest, so that nobody wonders where they come from."""
    return [words.plural("{n} of these LCs is inactive.", "{n} of these LCs are inactive.", n)] if n else []


def place(hit: Hit | Card, words: Words) -> str:
    """The prefecture, or the region where there is none."""
    if hit.prefecture:
        return words.either(_PREFECTURES[hit.prefecture]["name_ja"], _PREFECTURES[hit.prefecture]["name_en"])
    return words.either(hit.region_ja, hit.region_en)


def card_step(lc_id: int) -> NextStep:
    """To the card of an LC."""
    return NextStep(N_("View LC"), f"local_committees:show:{lc_id}")


def contacts_step(lc_id: int) -> NextStep:
    """To the contacts of an LC."""
    return NextStep(N_("Contacts"), f"contacts:show:{lc_id}")


def terms_step(lc_id: int) -> NextStep:
    """To the posts of an LC."""
    return NextStep(N_("Posts and terms"), f"posts:terms:{lc_id}:0")


def label(hit: Hit, words: Words) -> str:
    """One line for a completion, at most 100 characters."""
    name, where, state = words.either(hit.name_ja, hit.name_en), place(hit, words), words(STATE_WORDS[hit.state])
    tail = words(" ({place}, {state})", place=where, state=state)
    return name[: 100 - len(tail)] + tail


@completion
async def complete_lc(request: MemberRequest, typed: str) -> Choices:
    """At most 25 LCs for what has been typed, in the reader's language."""
    hits = await request.services[LocalCommitteeService].complete(request.actor, typed)
    return offered((label(hit, request.words), f"#{hit.lc_id}") for hit in hits)


def lc_option(description: str) -> Callable[[Handler], Handler]:
    """The option ``lc`` of a command, with its completion."""

    def decorate(handler: Handler) -> Handler:
        app_commands.rename(lc=named("option", "lc"))(handler)
        app_commands.describe(lc=description)(handler)
        return app_commands.autocomplete(lc=complete_lc)(handler)

    return decorate


#: Of a command that is about an LC which has to be named; and of one that is about one's own otherwise (``own_or``).
takes_lc = lc_option(N_("Type a part of the name and choose"))
takes_own_lc = lc_option(N_("Your own LC, if you leave it out"))


def takes_via(handler: Handler) -> Handler:
    """The option ``via``: how a national officer heard what they enter for an LC."""
    app_commands.rename(via=named("option", "via"))(handler)
    app_commands.describe(via=N_("For national officers: how you heard it"))(handler)
    return app_commands.choices(
        via=[
            app_commands.Choice(name=app_commands.locale_str(text), value=via.value) for via, text in VIA_WORDS.items()
        ]
    )(handler)


def own_or(request: MemberRequest, ref: str | None) -> str:
    """The LC that was named, else the one of which the actor is an officer.

    Raises:
        Invalid: none was named, and it isn't clear which is meant.
    """
    if ref is not None:
        return ref
    own = request.actor.officer_of
    if len(own) != 1:
        raise Invalid(N_("Please choose an LC in this command's option."))
    return f"#{own[0]}"
