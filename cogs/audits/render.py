from __future__ import annotations

from collections.abc import Sequence

from discord.utils import escape_markdown, format_dt

from bot.deliveries.schedule import local_time
from bot.features.audits.records import Entry, Filter, Kind
from bot.features.sheets.cells import to_csv
from bot.i18n import N_, Words
from bot.paging import Part
from bot.ui.actions import action_text
from bot.ui.pages import Page, Rows

KIND_WORDS = {
    Kind.LC: N_("LCs"),
    Kind.POSTS: N_("Posts and terms"),
    Kind.HANDOVERS: N_("Handovers"),
    Kind.PEOPLE: N_("Members"),
    Kind.MESSAGES: N_("Messages and questions"),
    Kind.DIRECTORY: N_("Directory"),
    Kind.SERVERS: N_("Servers"),
}


def _who(entry: Entry, words: Words) -> str:
    if entry.who:
        return entry.who
    return words("on the host, or by itself") if entry.by_machine else words("somebody no longer known")


def entries_page(entries: Part[Entry], wanted: Filter, words: Words, rows: Rows) -> Page:
    lines = []
    for entry in entries:
        what = action_text(entry.action, words)
        if entry.lc_ja:
            what = words("{lc}: {what}", lc=words.either(entry.lc_ja, entry.lc_en or ""), what=what)
        line = words(
            "{when} {what} ({who})",
            when=format_dt(entry.at, "f"),
            what=escape_markdown(what),
            who=escape_markdown(_who(entry, words)),
        )
        lines.append(line)
    chosen = [words(KIND_WORDS[wanted.kind])] if wanted.kind else []
    if wanted.person:
        chosen.append(f"<@{wanted.person}>")
    if wanted.days:
        chosen.append(words.plural("the last {n} day", "the last {n} days", wanted.days))
    head = [words("Chosen: {which}", which=words(", ").join(chosen)), ""] if chosen else []
    return Page(
        title=words("Who changed what"),
        text="\n".join([*head, *lines]) if lines else words("There is nothing of the kind."),
        rows=rows,
        footer=words("Page {n}. Only what changed is noted, never what it says.", n=entries.page + 1),
    )


def csv_of(entries: Sequence[Entry], time_zone: str, words: Words) -> bytes:
    heading = [
        words("When"),
        words("Who"),
        words("What"),
        words("LC"),
        words("Fields"),
        words("Heard by"),
        words("From where"),
        words("Code"),
        words("About"),
    ]
    return to_csv(
        [
            heading,
            *(
                [
                    local_time(entry.at, time_zone).isoformat(" ", "seconds"),
                    _who(entry, words),
                    action_text(entry.action, words),
                    words.either(entry.lc_ja, entry.lc_en or "") if entry.lc_ja else "",
                    " ".join(entry.fields),
                    entry.via or "",
                    entry.origin,
                    entry.action,
                    f"{entry.subject_kind} {entry.subject_id}",
                ]
                for entry in entries
            ),
        ]
    )
