from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from discord.utils import escape_markdown, format_dt

from bot.features.handovers.values import Asked, ChecklistItem, Ending, HandoverCard, Note
from bot.features.homes.facts import Fact
from bot.features.people.rules import GRACE_DAYS
from bot.i18n import N_, Words
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import COLOUR, TROUBLE, Page, Rows
from bot.ui.posts import post_of

NO_REASON = N_("You don't need a reason to say no. The person who asked only sees that there is no successor yet.")


def post_in(one: Ending | Asked, words: Words) -> str:
    return post_of(words, one.post_ja, one.post_en, one.lc_ja, one.lc_en)


def ending_line(one: Ending, words: Words) -> str:
    return words("{post} (until {date})", post=post_in(one, words), date=long_date(one.last_day, words))


def ending_soon_line(one: Ending, words: Words) -> str:
    return words(
        "Your term as {post} ends on {date}. It's time to think about a successor.",
        post=post_in(one, words),
        date=long_date(one.last_day, words),
    )


def grace_line(one: Ending, words: Words) -> str:
    return words(
        "Your term as {post} is over. You can still name a successor until {date}.",
        post=post_in(one, words),
        date=long_date(one.ends_on + timedelta(days=GRACE_DAYS), words),
    )


def card_page(card: HandoverCard, words: Words, rows: Rows) -> Page:
    one = card.ending
    if one.is_followed:
        successor = words("A successor is set. Access passes to them automatically on the day.")
    elif one.candidate:
        successor = words(
            "Waiting for {name}'s answer. They can answer on their home.", name=escape_markdown(one.candidate)
        )
    else:
        successor = words("Not decided yet")
    text = words(
        "**{name}**, until {date}. Their permissions end automatically that day, and the successor's begin "
        "the next day.",
        name=escape_markdown(one.name),
        date=long_date(one.last_day, words),
    )
    if card.is_own:
        text = f"{text}\n\n{_afterwards(card, words)}"
    return Page(
        title=words("Handover: {post}", post=post_in(one, words)),
        text="\n".join([text, "", *_checklist(card.items, words)]) if card.items else text,
        fields=[(words("Successor"), successor, False)],
        rows=rows,
        colour=COLOUR if one.is_followed or one.candidate else TROUBLE,
    )


def _afterwards(card: HandoverCard, words: Words) -> str:
    """What changes for the outgoing officer."""
    if card.stays_in_lc is None:
        return words(
            "After that day you lose the permissions and the role of a national officer, and no longer see the "
            "officers' channels. Your membership and your LC don't change. If you have neither, you count as an "
            "individual member until you answer in April."
        )
    if card.stays_in_lc:
        return words(
            "After that day you lose the permissions and the role of an officer, and no longer see the officers' "
            "thread. You stay a member of the LC and keep its channel and role. In April we'll ask whether "
            "you're still in it."
        )
    return words(
        "After that day you're no longer in the LC and lose its channel and role, because the LC has left or "
        "you're recorded as not in it. If you're still in it, please change that on your page (/me) before "
        "then."
    )


def item_text(item: ChecklistItem, words: Words) -> str:
    return words.either(item.text_ja, item.text_en)


def _checklist(items: Sequence[ChecklistItem], words: Words) -> list[str]:
    done = sum(item.done_at is not None for item in items)
    head = words("**Checklist: {done} of {n} done**", done=done, n=len(items))
    return [head, *(_item_line(item, words) for item in items)]


def _item_line(item: ChecklistItem, words: Words) -> str:
    text = escape_markdown(item_text(item, words))
    if item.done_at is None:
        return f"☐ {text}"
    who = escape_markdown(item.by) if item.by else words("somebody no longer registered")
    return words("☑ {item} ({who}, {when})", item=text, who=who, when=format_dt(item.done_at, "d"))


def asked_line(one: Asked, words: Words) -> str:
    return words(
        "You've been asked to take on {post}, {starts} – {ends}.",
        post=post_in(one, words),
        starts=long_date(one.starts_on, words),
        ends=long_date(one.ends_on, words),
    )


def offered_line(one: Fact, words: Words) -> str:
    """The same, as home has it."""
    assert one.day is not None
    assert one.until is not None
    return words(
        "You're asked to become {post}, {starts} – {ends}",
        post=post_of(words, one.ja, one.en, one.lc_ja, one.lc_en),
        starts=long_date(one.day, words),
        ends=long_date(one.until, words),
    )


def answered_page(words: Words, *, accept: bool) -> Page:
    return Page(
        title=words("Thank you"),
        text=words("Saved. You'll get your permissions, roles and channels automatically on your first day.")
        if accept
        else words("All right. Nothing has changed, and somebody else will be asked."),
        rows=[[home_button(words)]],
    )


def note_page(note: Note, words: Words, rows: Rows) -> Page:
    if note.written_at is None:
        return Page(title=words("Handover notes"), text=words("Nothing has been written yet."), rows=rows)
    return Page(
        title=words("Handover notes"),
        text=note.text or words("(empty)"),
        fields=[
            (
                words("Version {n} of {all}", n=note.version, all=note.of),
                words(
                    "{when}, by {who}",
                    when=format_dt(note.written_at, "f"),
                    who=escape_markdown(note.who) if note.who else words("somebody no longer registered"),
                ),
                False,
            )
        ],
        rows=rows,
    )
