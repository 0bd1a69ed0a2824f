"""Pages of the audit. The filter travels in the buttons, and the service looks at it anew each time."""

from __future__ import annotations

from collections.abc import Sequence

from discord.utils import escape_markdown, format_dt

from bot.deliveries.schedule import local_time
from bot.features.history.service import MOST, AuditService, Entry, Filter, Kind
from bot.features.sheets.cells import to_csv
from bot.i18n import N_, Words
from bot.paging import Part
from bot.ui.actions import action_text
from bot.ui.choices import chosen_one
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Document, Item, Page, Rows
from bot.ui.requests import MemberRequest

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


#: In a route: this part of the filter is left open.
OPEN = "-"


def _values(wanted: Filter) -> dict[str, object]:
    return {
        "lc_id": wanted.lc_id or 0,
        "person": wanted.person or 0,
        "kind": wanted.kind.value if wanted.kind else OPEN,
        "days": wanted.days or 0,
    }


def _filter(lc_id: int, person: int, kind: str, days: int) -> Filter:
    return Filter(lc_id or None, person or None, chosen_one(Kind, kind) if kind != OPEN else None, days or None)


async def show(request: MemberRequest, wanted: Filter, page: int = 0) -> None:
    entries = await request.services[AuditService].page(request.actor, wanted, page)
    words, page = request.words, entries.page
    row: list[Item] = []
    if page > 0:
        row.append(PageButton.make(words("Newer"), emoji="◀️", page=page - 1, **_values(wanted)))  # type: ignore[arg-type]
    if page + 1 < entries.pages:
        row.append(PageButton.make(words("Older"), emoji="▶️", page=page + 1, **_values(wanted)))  # type: ignore[arg-type]
    if entries:
        row.append(FileButton.make(words("As CSV"), emoji="📄", **_values(wanted)))  # type: ignore[arg-type]
    row.append(home_button(words))
    await request.show(entries_page(entries, wanted, words, [row]))


class PageButton(RoutedButton, route="audits:page:{page:int}:{lc_id:int}:{person:int}:{kind}:{days:int}"):
    async def act(self, request: MemberRequest, page: int, lc_id: int, person: int, kind: str, days: int) -> None:
        await show(request, _filter(lc_id, person, kind, days), page)


class FileButton(RoutedButton, route="audits:file:{lc_id:int}:{person:int}:{kind}:{days:int}"):
    async def act(self, request: MemberRequest, lc_id: int, person: int, kind: str, days: int) -> None:
        wanted = _filter(lc_id, person, kind, days)
        entries = await request.services[AuditService].all(request.actor, wanted)
        await request.defer()
        words = request.words
        file = Document(csv_of(entries, request.actor.organisation.time_zone, words), "audit.csv")
        text = words.plural("{n} line", "{n} lines", len(entries))
        if len(entries) == MOST:
            text += "\n" + words("Only the latest {n}. Ask for fewer days to see older ones.", n=MOST)
        back = PageButton.make(words("Back"), page=0, **_values(wanted))  # type: ignore[arg-type]
        await request.show(
            Page(title=words("Who changed what"), text=text, documents=[file], rows=[[back, home_button(words)]])
        )
