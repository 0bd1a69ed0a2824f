"""Confirming who is in an LC: several at once, in private; and the messages about it, which name nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from discord import ButtonStyle

from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Due
from bot.features.homes.facts import Facts
from bot.features.members.confirming import ConfirmingService, members_to_confirm
from bot.features.members.values import PendingClaim
from bot.features.people.rules import Right
from bot.i18n import Words
from bot.paging import Part, digest_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_numbers
from bot.ui.home import HomeLine, HomePart, Whose, by_reader, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.lengths import some
from bot.ui.local_committees import contacts_step
from bot.ui.pages import Page, Rows, in_rows
from bot.ui.paging import CHANGED
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.members.render import plain

#: So many LCs are named, with a button each; of the rest only the number is said.
LISTED = 10
#: In a button: of every LC that is the reader's to decide.
ALL = 0


class ClaimsButton(Board, route="members:claims:{lc_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int, note: str = "", page: int = 0) -> None:
        words = request.words
        claims, _ = await request.services[ConfirmingService].waiting(request.actor, lc_id or None, page)
        hint = words(
            "People you mark as not yours are not added. No one else is told, and you don't need to give a reason."
        )
        await cls.lay_out(
            request,
            claims,
            title=words("Are they in your LC?"),
            note=note,
            line=_line,
            empty=words("No one is waiting to be confirmed."),
            below=[hint] if claims else [],
            menus=_ways(claims, lc_id, words) if claims else [],
            lc_id=lc_id,
        )


def _ways(claims: Part[PendingClaim], lc_id: int, words: Words) -> Rows:
    """To confirm all who are shown, or only some of them."""
    options = [option(one.name, one.claim_id, words.either(one.lc_ja, one.lc_en)) for one in claims]
    key: dict[str, Any] = {"lc_id": lc_id, "page": claims.page}
    every = AllButton.make(
        words.plural("Confirm this person", "Confirm all {n} shown", len(claims)),
        style=ButtonStyle.success,
        first=claims[0].claim_id,
        up_to=claims[-1].claim_id,
        seen=digest_of(one.claim_id for one in claims),
        **key,
    )
    some = {"yes": words("Confirm only some …"), "no": words("Not in our LC …")}
    menus = [ChosenSelect.make(text, options, max_values=len(options), word=word, **key) for word, text in some.items()]
    return [[one] for one in (every, *menus)]


def _line(claim: PendingClaim, words: Words) -> str:
    name = plain(claim.name)
    if claim.reading:
        name = words("{name} ({reading})", name=name, reading=plain(claim.reading))
    lc = words.either(claim.lc_ja, claim.lc_en)
    if claim.year_of_study:
        return words("・**{name}**: {lc}, year {n}", name=name, lc=lc, n=claim.year_of_study)
    return words("・**{name}**: {lc}", name=name, lc=lc)


async def _decide(request: MemberRequest, claim_ids: list[int], lc_id: int, page: int, *, confirm: bool) -> None:
    count = await request.services[ConfirmingService].decide(request.actor, claim_ids, confirm=confirm)
    words = request.words
    if confirm:
        request.done = _confirmed(count, words)
    else:
        request.done = words.plural("{n} person was not added.", "{n} people were not added.", count)
    await ClaimsButton.show(request, lc_id, page=page)


def _confirmed(count: int, words: Words) -> str:
    return words.plural("{n} person is now in the LC.", "{n} people are now in the LC.", count)


class AllButton(RoutedButton, route="members:confirm:{lc_id:int}:{page:int}:{first:int}:{up_to:int}:{seen}"):
    """Confirms those whom the reader saw, and nobody else; if it would be others by now, they look first."""

    async def act(self, request: MemberRequest, lc_id: int, page: int, first: int, up_to: int, seen: str) -> None:
        service = request.services[ConfirmingService]
        count = await service.confirm_shown(request.actor, first, up_to, seen, lc_id or None)
        if count:
            request.done = _confirmed(count, request.words)
        await ClaimsButton.show(request, lc_id, "" if count else request.words(CHANGED), page)


class ChosenSelect(RoutedSelect, route="members:chosen:{lc_id:int}:{page:int}:{word}"):
    async def act(self, request: MemberRequest, chosen: list[str], lc_id: int, page: int, word: str) -> None:
        await _decide(request, chosen_numbers(chosen), lc_id, page, confirm=word == "yes")


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """How many wait for this reader."""
    words, waiting = request.words, list[HomeLine]()
    for whose, n in by_reader(facts[members_to_confirm], request.actor.lcs_where(Right.CONFIRM_MEMBER)).items():
        button = ClaimsButton.make(words("Confirm members"), emoji="🙋", style=ButtonStyle.success, lc_id=ALL)
        if whose is Whose.LC:
            text = words.plural("{n} person says they are in your LC", "{n} people say they are in your LC", n)
        else:
            text = words.plural("{n} person says they are in an LC", "{n} people say they are in an LC", n)
        waiting.append(HomeLine(text, button, whose))
    return HomePart(waiting=waiting)


async def message(occasion: Occasion, due: Due) -> Message | None:
    """To the officers of an LC. The names are on the private page only."""
    return await _message(occasion, due, above=False)


async def message_above(occasion: Occasion, due: Due) -> Message | None:
    """To the national officers: of LCs without officers, and of those that have been silent."""
    return await _message(occasion, due, above=True)


async def untold(occasion: Occasion, due: Due) -> Message | None:
    """To the national officers: LCs whose officers couldn't be told. For two weeks, only those officers decide."""
    found = await occasion.services[ConfirmingService].untold(due.organisation_id)
    if not found.lcs:
        return None
    words = occasion.words
    names = some([words.either(ja, en) for _, ja, en in found.lcs], LISTED, words(", "), words)
    lines = [
        words.plural(
            "{n} person says they are in one of these LCs: {lcs}",
            "{n} people say they are in these LCs: {lcs}",
            found.count,
            lcs=names,
        ),
        words(
            "Their officers couldn't be notified: they have no private thread here, and their direct messages are "
            "off. Please ask them to press “Confirm members” on /home. After two weeks without an answer, a national "
            "officer can confirm members for them."
        ),
    ]
    contacts = []
    for lc_id, ja, en in found.lcs[:LISTED]:
        label = words("Contacts: {lc}", lc=words.either(ja, en))
        contacts.append(step_button(replace(contacts_step(lc_id), label=label, translate=False), words))
    rows = [*in_rows(contacts), [home_button(words)]]
    return Message(Page(title=words("LCs that couldn't be notified of new members"), text="\n".join(lines), rows=rows))


async def line(occasion: Occasion, due: Due) -> Line | None:
    lc_id, service = int(due.payload["lc_id"]), occasion.services[ConfirmingService]
    count = await service.open_count(due.organisation_id, lc_id, above=False)
    if not count:
        return None
    words = occasion.words
    if due.recipient.kind is not RecipientKind.PERSON:
        text = words.plural("{n} person says they are in your LC", "{n} people say they are in your LC", count)
        return Line(text, ClaimsButton.make(words("Confirm members"), lc_id=lc_id), count)
    lc = words.either(*await service.lc_names(lc_id))  # they may be an officer of another one, too
    text = words.plural(
        "{n} person says they are in the LC at {lc}", "{n} people say they are in the LC at {lc}", count, lc=lc
    )
    return Line(text, ClaimsButton.make(words("Confirm members: {lc}", lc=lc), lc_id=lc_id), count)


async def _message(occasion: Occasion, due: Due, *, above: bool) -> Message | None:
    lc_id = due.payload.get("lc_id")
    count = await occasion.services[ConfirmingService].open_count(due.organisation_id, lc_id, above=above)
    if not count:
        return None
    words = occasion.words
    if above:
        text = words.plural(
            "{n} person says they are in an LC that has no officers or hasn't answered for two weeks. A national "
            "officer can confirm them.",
            "{n} people say they are in LCs that have no officers or haven't answered for two weeks. A national "
            "officer can confirm them.",
            count,
        )
    else:
        text = words.plural(
            "{n} person says they are in your LC. You can confirm them with one press.",
            "{n} people say they are in your LC. You can confirm them all with one press.",
            count,
        )
    button = ClaimsButton.make(words("Confirm members"), style=ButtonStyle.primary, emoji="🙋", lc_id=lc_id or ALL)
    return Message(Page(title=words("Are they in your LC?"), text=text, rows=[[button, home_button(words)]]))


async def decided(occasion: Occasion, due: Due) -> Message | None:
    """To somebody who chose direct messages: how it went. It is kind, and doesn't say who decided."""
    found = await occasion.services[ConfirmingService].decided(int(due.payload["claim_id"]))
    if found is None:
        return None
    words = occasion.words
    lc = words.either(found.lc_ja, found.lc_en)
    if found.is_confirmed:
        text = words("The LC at {lc} has confirmed you as a member. Welcome!", lc=lc)
    else:
        text = words(
            "The officers of the LC at {lc} didn't recognise your name. This happens often. Please talk to one of "
            "them: they can add you. Nothing else changes for you.",
            lc=lc,
        )
    return Message(Page(title=words("Your LC"), text=text, rows=[[home_button(words)]]))


async def ask(occasion: Occasion, due: Due) -> None:
    await occasion.services[ConfirmingService].ask(
        due.organisation_id, int(due.payload["lc_id"]), str(due.payload["day"])
    )
