from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from discord.utils import escape_markdown, format_dt

from bot.features.handovers.values import Asked, ChecklistItem, Ending, HandoverCard, Note
from bot.features.people.rules import GRACE_DAYS
from bot.i18n import N_, Words
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import COLOUR, TROUBLE, Page, Rows

NO_REASON = N_("Saying no needs no reason, and only whoever asked sees that there is no successor yet.")


def post_of(one: Ending | Asked, words: Words) -> str:
    """``東京大学 LEO`` for an LC's post."""
    post = words.either(one.post_ja, one.post_en)
    return f"{words.either(one.lc_ja, one.lc_en or '')} {post}" if one.lc_ja else post


def ending_line(one: Ending, words: Words) -> str:
    return words("{post} (until {date})", post=post_of(one, words), date=one.last_day)


def ending_soon_line(one: Ending, words: Words) -> str:
    return words(
        "Your term as {post} ends on {date}. Time to think of a successor.",
        post=post_of(one, words),
        date=long_date(one.last_day, words),
    )


def grace_line(one: Ending, words: Words) -> str:
    return words(
        "{post}: your term is over. Until {date} you can still name a successor.",
        post=post_of(one, words),
        date=long_date(one.ends_on + timedelta(days=GRACE_DAYS), words),
    )


def card_page(card: HandoverCard, words: Words, rows: Rows) -> Page:
    one = card.ending
    if one.is_followed:
        successor = words("Somebody follows. Access passes by itself on the day.")
    elif one.candidate:
        successor = words(
            "{name} is asked and hasn't answered yet. It waits on their home.", name=escape_markdown(one.candidate)
        )
    else:
        successor = words("Nobody yet")
    text = words(
        "**{name}**, last day {date}. The rights of the post end with that day by themselves, and the "
        "successor's begin "
        "with the next.",
        name=escape_markdown(one.name),
        date=long_date(one.last_day, words),
    )
    if card.is_own:
        text = f"{text}\n\n{_afterwards(card, words)}"
    return Page(
        title=words("Handover: {post}", post=post_of(one, words)),
        text="\n".join([text, "", *_checklist(card.items, words)]) if card.items else text,
        fields=[(words("Successor"), successor, False)],
        rows=rows,
        colour=COLOUR if one.is_followed or one.candidate else TROUBLE,
    )


def _afterwards(card: HandoverCard, words: Words) -> str:
    """What changes for the one who goes."""
    if card.stays_in_lc is None:
        return words(
            "After that day your rights as a national officer end, and so do your officer's role and the officers' "
            "channels. Your membership and your LC stay as they are. If you have neither, you count as an individual "
            "member until you answer in April."
        )
    if card.stays_in_lc:
        return words(
            "After that day your rights as an officer end, and so do your officer's role and the officers' thread. You "
            "stay a member of the LC and keep its channel and role. In April you are asked whether you are still in it."
        )
    return words(
        "After that day you are no longer in the LC and lose its channel and role: the LC has left, or you are noted "
        "as not in it. If you are still in it, please say so on your card (/me) before then."
    )


def item_text(item: ChecklistItem, words: Words) -> str:
    return words.either(item.text_ja, item.text_en)


def _checklist(items: Sequence[ChecklistItem], words: Words) -> list[str]:
    done = sum(item.done_at is not None for item in items)
    head = words("**Checklist: {done} of {n}**", done=done, n=len(items))
    return [head, *(_item_line(item, words) for item in items)]


def _item_line(item: ChecklistItem, words: Words) -> str:
    text = escape_markdown(item_text(item, words))
    if item.done_at is None:
        return f"☐ {text}"
    who = escape_markdown(item.by) if item.by else words("somebody no longer known")
    return words("☑ {item} ({who}, {when})", item=text, who=who, when=format_dt(item.done_at, "d"))


def asked_line(one: Asked, words: Words) -> str:
    return words(
        "You are asked to take on {post}, {starts} – {ends}.",
        post=post_of(one, words),
        starts=long_date(one.starts_on, words),
        ends=long_date(one.ends_on, words),
    )


def answered_page(words: Words, *, accept: bool) -> Page:
    return Page(
        title=words("Thank you"),
        text=words("It is noted. Rights, roles and channels come by themselves on your first day.")
        if accept
        else words("All right. Nothing was changed, and somebody else will be asked."),
        rows=[[home_button(words)]],
    )


def note_page(note: Note, words: Words, rows: Rows) -> Page:
    if note.written_at is None:
        return Page(title=words("What was agreed"), text=words("Nothing has been written yet."), rows=rows)
    return Page(
        title=words("What was agreed"),
        text=note.text or words("(empty)"),
        fields=[
            (
                words("Version {n} of {all}", n=note.version, all=note.of),
                words(
                    "{when}, by {who}",
                    when=format_dt(note.written_at, "f"),
                    who=escape_markdown(note.who) if note.who else words("somebody no longer known"),
                ),
                False,
            )
        ],
        rows=rows,
    )
