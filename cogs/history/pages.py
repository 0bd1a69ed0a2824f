"""Pages of the audit. The filter travels in the buttons, and the service checks it each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord.utils import escape_markdown, format_dt

from bot.deliveries.schedule import local_time
from bot.features.history.service import MOST, AuditService, Entry, Filter, Kind
from bot.features.homes.facts import Facts
from bot.features.people.rules import Right
from bot.features.sheets.cells import to_csv
from bot.i18n import N_, Words
from bot.ui.actions import action_text
from bot.ui.board import Board
from bot.ui.choices import chosen_one
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Document, Page
from bot.ui.paging import BY_TIME
from bot.ui.requests import MemberRequest

KIND_WORDS = {
    Kind.LC: N_("LCs"),
    Kind.POSTS: N_("Posts and terms"),
    Kind.HANDOVERS: N_("Handovers"),
    Kind.EVENTS: N_("Events"),
    Kind.PEOPLE: N_("Members"),
    Kind.MESSAGES: N_("Messages and questions"),
    Kind.DIRECTORY: N_("Directory"),
    Kind.SERVERS: N_("Servers"),
}


def _who(entry: Entry, words: Words) -> str:
    if entry.who:
        return entry.who
    return words("bot administrator, or automatic") if entry.by_machine else words("somebody no longer registered")


def _line(entry: Entry, words: Words) -> str:
    what = action_text(entry.action, words, entry.fields)
    if entry.lc_ja:
        what = words("{lc}: {what}", lc=words.either(entry.lc_ja, entry.lc_en or ""), what=what)
    return words(
        "{when} {what} ({who})",
        when=format_dt(entry.at, "f"),
        what=escape_markdown(what),
        who=escape_markdown(_who(entry, words)),
    )


def _chosen(wanted: Filter, words: Words) -> list[str]:
    """Lines above the list: the filter."""
    chosen = [words(KIND_WORDS[wanted.kind])] if wanted.kind else []
    if wanted.person:
        chosen.append(f"<@{wanted.person}>")
    if wanted.days:
        chosen.append(words.plural("the last {n} day", "the last {n} days", wanted.days))
    return [words("Chosen: {which}", which=words(", ").join(chosen)), ""] if chosen else []


def csv_of(entries: Sequence[Entry], time_zone: str, words: Words) -> bytes:
    heading = [
        words("When"),
        words("Who"),
        words("What"),
        words("LC"),
        words("Fields"),
        words("Heard via"),
        words("Source"),
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
                    action_text(entry.action, words, entry.fields),
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


def _values(wanted: Filter) -> dict[str, Any]:
    return {
        "lc_id": wanted.lc_id or 0,
        "person": wanted.person or 0,
        "kind": wanted.kind.value if wanted.kind else OPEN,
        "days": wanted.days or 0,
    }


def _filter(lc_id: int, person: int, kind: str, days: int) -> Filter:
    return Filter(lc_id or None, person or None, chosen_one(Kind, kind) if kind != OPEN else None, days or None)


class PageButton(Board, route="audits:page:{page:int}:{lc_id:int}:{person:int}:{kind}:{days:int}"):
    look = BY_TIME

    @classmethod
    async def show(
        cls, request: MemberRequest, page: int = 0, lc_id: int = 0, person: int = 0, kind: str = OPEN, days: int = 0
    ) -> None:
        wanted = _filter(lc_id, person, kind, days)
        entries = await request.services[AuditService].page(request.actor, wanted, page)
        words = request.words
        await cls.lay_out(
            request,
            entries,
            title=words("Change history"),
            above=_chosen(wanted, words) if entries else [],
            line=_line,
            empty=words("No matching changes."),
            last=[FileButton.make(words("As CSV"), emoji="📄", **_values(wanted))] if entries else [],
            in_last_row=True,
            footer=words("Page {n}. Only which fields changed is recorded, never their contents.", n=entries.page + 1),
            **_values(wanted),
        )


class FileButton(RoutedButton, route="audits:file:{lc_id:int}:{person:int}:{kind}:{days:int}"):
    async def act(self, request: MemberRequest, lc_id: int, person: int, kind: str, days: int) -> None:
        wanted = _filter(lc_id, person, kind, days)
        entries = await request.services[AuditService].all(request.actor, wanted)
        await request.defer()
        words = request.words
        file = Document(csv_of(entries, request.actor.organisation.time_zone, words), "audit.csv")
        text = words.plural("{n} line", "{n} lines", len(entries))
        if len(entries) == MOST:
            text += "\n" + words(
                "Only the latest {n}. To see older ones, narrow it down to a person, a kind of change or an LC.", n=MOST
            )
        back = PageButton.make(words("Back"), page=0, **_values(wanted))
        await request.show(
            Page(title=words("Change history"), text=text, documents=[file], rows=[[back, home_button(words)]])
        )


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    actor = request.actor
    button = PageButton.make(request.words("Change history"), emoji="📜", page=0, **_values(_filter(0, 0, OPEN, 0)))
    if actor.may(Right.SEE_LC_HISTORY):
        return HomePart(managing=[button])
    return HomePart(more=[button] if actor.lcs_where(Right.SEE_LC_HISTORY) else [])
