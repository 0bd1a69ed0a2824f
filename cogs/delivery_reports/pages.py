"""Messages that wait to go out or did not arrive, why, and sending them again."""

from __future__ import annotations

from collections.abc import Sequence

from discord.utils import format_dt

from bot.deliveries.bundles import BUNDLE
from bot.deliveries.notices import OUTAGE_KIND, TOO_LATE, TROUBLE_KIND
from bot.errors import Conflict
from bot.features.delivery_reports.service import DeliveryService, Trouble, Waiting
from bot.i18n import N_, Words
from bot.kit.messages import MessageKind
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.dates import stamp
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import TROUBLE, Item, Page
from bot.ui.requests import MemberRequest

#: Kinds of the deliveries themselves; features declare the others with their names.
_OWN = {
    TROUBLE_KIND: N_("Notice of undelivered messages"),
    OUTAGE_KIND: N_("Notice that the bot was offline"),
    BUNDLE: N_("Update of a combined message"),
}


def name_of(kind: str, words: Words) -> str:
    """The name of a kind; its key if a later version of the program left it behind."""
    if kind in MessageKind.known:
        return words(MessageKind.known[kind].called)
    return words(_OWN[kind]) if kind in _OWN else kind


#: The meaning of a cause, and the remedy. The numbers are Discord's.
CAUSES = {
    "10003": (
        N_("The channel was deleted"),
        N_("Create it again with /manage lc channels or /setup, then send again."),
    ),
    "10008": (N_("The message was deleted"), N_("There's nothing left to update. Please press “Dismiss”.")),
    "50001": (
        N_("The bot can't see the channel"),
        N_("Give the bot “View Channel” and “Send Messages” there, or run the check in /setup. Then send again."),
    ),
    "50013": (
        N_("The bot can't post in the channel"),
        N_("Give the bot “Send Messages” there, or run the check in /setup. Then send again."),
    ),
    "50007": (
        N_("This person doesn't accept DMs"),
        N_("That's their choice. Please reach them another way, for example in the LC's channel."),
    ),
    "40003": (
        N_("Discord has paused the bot's DMs for a while"),
        N_("They resume automatically. Please send fewer DMs."),
    ),
    "no_officers_channel": (
        N_("There's no officers' channel"),
        N_("Run the check in /setup to create the channel again. Then send again."),
    ),
    TOO_LATE: (
        N_("Skipped: no longer relevant"),
        N_("It wasn't sent. If it's still needed, send it again."),
    ),
}
OTHER = (
    N_("Discord rejected it (code {code})"),
    N_("Please send it again. If it keeps failing, give this code to the person running the bot."),
)


def cause_texts(code: str, words: Words) -> tuple[str, str]:
    """The cause and the remedy."""
    what, remedy = CAUSES.get(code, OTHER)
    return words(what, code=code), words(remedy)


def title(trouble: Trouble, words: Words) -> str:
    cause = cause_texts(trouble.code, words)[0]
    return words("{what}: {cause} ({n})", what=name_of(trouble.kind, words), cause=cause, n=trouble.count)


def waiting_lines(waiting: Waiting, words: Words) -> list[str]:
    lines = [words("Waiting to be sent: {n} (overdue: {late})", n=waiting.pending, late=waiting.late)]
    if waiting.next_due is not None:
        lines.append(words("Next: {when}", when=f"{stamp(waiting.next_due)} ({stamp(waiting.next_due, 'R')})"))
    return lines


def trouble_field(one: Trouble, words: Words) -> tuple[str, str, bool]:
    return title(one, words), f"{cause_texts(one.code, words)[1]}\n{format_dt(one.latest, 'f')}", False


def cause_page(trouble: Trouble, words: Words, rows: Sequence[Sequence[Item]]) -> Page:
    what, remedy = cause_texts(trouble.code, words)
    lines = [remedy, words.plural("{n} delivery", "{n} deliveries", trouble.count), format_dt(trouble.latest, "f")]
    if trouble.channels:
        lines.append(" ".join(f"<#{channel}>" for channel in trouble.channels))
    title = words("{what}: {cause}", what=name_of(trouble.kind, words), cause=what)
    return Page(title=title, text="\n".join(lines), rows=rows, colour=TROUBLE)


#: Causes on one page.
PAGE = 10


class DeliveriesButton(Board, route="deliveries:open"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words, service = request.words, request.services[DeliveryService]
        troubles = part_of(await service.troubles(request.actor), page, PAGE)
        options = [option(title(one, words), f"{one.kind}|{one.code}"[:90]) for one in troubles]
        await cls.lay_out(
            request,
            troubles,
            title=words("Deliveries"),
            above=waiting_lines(await service.waiting(request.actor), words),
            fields=[trouble_field(one, words) for one in troubles],
            empty=words("Everything else from the last 30 days was delivered."),
            menus=[[CauseSelect.make(words("Choose a cause to fix"), options)]],
        )


class CauseSelect(RoutedSelect, route="deliveries:cause"):
    async def act(self, request: MemberRequest, values: list[str]) -> None:
        kind, _, code = values[0].partition("|")
        troubles = await request.services[DeliveryService].troubles(request.actor)
        found = [one for one in troubles if (one.kind, one.code) == (kind, code)]
        if not found:
            raise Conflict(N_("Another officer has already dealt with this. Please open the page again."))
        words = request.words
        buttons = [
            RetryButton.make(words("Send again"), cause=values[0]),
            PutAsideButton.make(words("Dismiss"), cause=values[0]),
            DeliveriesButton.make(words("Back")),
        ]
        await request.show(cause_page(found[0], words, [buttons]))


class RetryButton(RoutedButton, route="deliveries:retry:{cause:text}"):
    async def act(self, request: MemberRequest, cause: str) -> None:
        kind, _, code = cause.partition("|")
        count = await request.services[DeliveryService].retry(request.actor, kind, code)
        request.done = request.words.plural("{n} is being sent again.", "{n} are being sent again.", count)
        await DeliveriesButton.show(request)


class PutAsideButton(RoutedButton, route="deliveries:aside:{cause:text}"):
    async def act(self, request: MemberRequest, cause: str) -> None:
        kind, _, code = cause.partition("|")
        count = await request.services[DeliveryService].put_aside(request.actor, kind, code)
        request.done = request.words.plural("{n} was dismissed.", "{n} were dismissed.", count)
        await DeliveriesButton.show(request)
