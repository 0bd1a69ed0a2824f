"""Pages of the audit. The filter travels in the buttons, and the service decides again at each press."""

from __future__ import annotations

from bot.features.audits.records import Filter, Kind
from bot.features.audits.service import MOST, AuditService
from bot.ui.choices import chosen_one
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Document, Item, Page
from bot.ui.requests import MemberRequest
from cogs.audits import render

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
    await request.show(render.entries_page(entries, wanted, words, [row]))


class PageButton(RoutedButton, route="audits:page:{page:int}:{lc_id:int}:{person:int}:{kind}:{days:int}"):
    async def act(self, request: MemberRequest, page: int, lc_id: int, person: int, kind: str, days: int) -> None:
        await show(request, _filter(lc_id, person, kind, days), page)


class FileButton(RoutedButton, route="audits:file:{lc_id:int}:{person:int}:{kind}:{days:int}"):
    async def act(self, request: MemberRequest, lc_id: int, person: int, kind: str, days: int) -> None:
        wanted = _filter(lc_id, person, kind, days)
        entries = await request.services[AuditService].all(request.actor, wanted)
        await request.defer()
        words = request.words
        file = Document(render.csv_of(entries, request.actor.organisation.time_zone, words), "audit.csv")
        text = words.plural("{n} line", "{n} lines", len(entries))
        if len(entries) == MOST:
            text += "\n" + words("Only the latest {n}. Ask for fewer days to see older ones.", n=MOST)
        back = PageButton.make(words("Back"), page=0, **_values(wanted))  # type: ignore[arg-type]
        await request.show(
            Page(title=words("Who changed what"), text=text, documents=[file], rows=[[back, home_button(words)]])
        )
