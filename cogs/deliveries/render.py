from __future__ import annotations

from collections.abc import Sequence

from discord.utils import format_dt

from bot.deliveries.notices import TOO_LATE
from bot.features.deliveries.service import Trouble, Waiting
from bot.i18n import N_, Words
from bot.ui.dates import stamp
from bot.ui.pages import TROUBLE, Item, Page
from cogs.deliveries.kinds import name_of

#: What a cause means, and what to do about it. The numbers are Discord's.
CAUSES = {
    "10003": (N_("The channel is gone"), N_("Make it anew with /manage channels or /setup, then send again.")),
    "10008": (N_("The message is gone"), N_("Somebody deleted it, so there is nothing left to change.")),
    "50001": (
        N_("I can't see the channel"),
        N_("Give me “View Channel” and “Send Messages” there (press “Check” in /setup), then send again."),
    ),
    "50013": (
        N_("I may not write in the channel"),
        N_("Give me “Send Messages” there (press “Check” in /setup), then send again."),
    ),
    "50007": (
        N_("The person takes no direct messages"),
        N_("That is their choice. Please reach them another way, for example in the LC's channel."),
    ),
    "40003": (
        N_("Discord has stopped my direct messages for a while"),
        N_("I go on by myself. Please send less by direct message."),
    ),
    "no_officers_channel": (
        N_("There is no officers' channel"),
        N_("Press “Check” in /setup: it makes the channel anew. Then send again."),
    ),
    TOO_LATE: (
        N_("It was too late to still make sense"),
        N_("It was not sent. Please look whether it is still needed; if so, send again."),
    ),
}
OTHER = (
    N_("Discord refused it (code {code})"),
    N_("Please send again; if it stays, tell whoever runs the bot this code."),
)


def cause_texts(code: str, words: Words) -> tuple[str, str]:
    """What happened, and what to do."""
    what, remedy = CAUSES.get(code, OTHER)
    return words(what, code=code), words(remedy)


def title(trouble: Trouble, words: Words) -> str:
    cause = cause_texts(trouble.code, words)[0]
    return words("{what}: {cause} ({n})", what=name_of(trouble.kind, words), cause=cause, n=trouble.count)


def waiting_lines(waiting: Waiting, words: Words) -> list[str]:
    lines = [words("Still to go out: {n} (due already: {late})", n=waiting.pending, late=waiting.late)]
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
