"""How an announcement to persons went, person by person: for national officers alone, in pages and as a file.

Whose name an officer may not see stands there without it.
"""

from __future__ import annotations

import discord

from bot.deliveries.models import State as DeliveryState
from bot.features.announcements.records import PersonStatus
from bot.features.announcements.status import StatusService
from bot.features.sheets.cells import to_csv
from bot.i18n import Words
from bot.paging import Part, within
from bot.ui.board import Board
from bot.ui.dates import stamp
from bot.ui.items import RoutedButton
from bot.ui.pages import Document, Page
from bot.ui.requests import MemberRequest
from cogs.announcements import render, routes
from cogs.announcements.routes import to
from cogs.announcements.status import DELIVERY_MARKS, delivered_text, status_of, status_page

#: Persons of one page.
PAGE = 20


def name_of(one: PersonStatus, words: Words) -> str:
    return one.name if one.name is not None else words("(a name that isn't for you to see)")


def person_line(one: PersonStatus, words: Words) -> str:
    told = [_direct(one, words)]
    if one.answered is not None:
        told.append(words("answered") if one.answered else words("no answer yet"))
    if one.acknowledged_at is not None:
        told.append(words("read {time}", time=stamp(one.acknowledged_at, "d")))
    elif one.answered is None:
        told.append(words("not read yet"))
    mark = DELIVERY_MARKS[one.delivered] if one.delivered is not None else "🏠"
    name, how = discord.utils.escape_markdown(name_of(one, words)), words(", ").join(told)
    return f"{mark} **{name}** {how}"


def _direct(one: PersonStatus, words: Words) -> str:
    if one.why_not is not None:
        return words(render.WHY_NOT_WORDS[one.why_not])
    return delivered_text(one.delivered or DeliveryState.WITHDRAWN, one.error_code, words)


def csv_rows(people: list[PersonStatus], words: Words) -> list[list[str]]:
    """A row for each person; the times are UTC, as every spreadsheet reads them."""
    head = [words("Name"), words("delivery"), words("error"), words("read at (UTC)"), words("answered")]
    rows = [head]
    for one in people:
        answered = words("yes") if one.answered else words("no")
        rows.append(
            [
                name_of(one, words),
                _direct(one, words),
                one.error_code or "",
                f"{one.acknowledged_at:%Y-%m-%d %H:%M}" if one.acknowledged_at else "",
                "" if one.answered is None else answered,
            ]
        )
    return rows


class PeopleButton(Board, route=routes.PEOPLE):
    @classmethod
    async def show(cls, request: MemberRequest, announcement_id: int, page: int = 0) -> None:
        status, words = await status_of(request, announcement_id), request.words
        count = status.addressed.meant if status.addressed is not None else 0
        page, pages = within(page, count, PAGE)
        service = request.services[StatusService]
        shown = await service.people(request.actor, announcement_id, (page * PAGE, PAGE))
        await cls.lay_out(
            request,
            Part(shown, page, pages, count),
            title=words("Person by person: {title}", title=status.title[:100]),
            above=[words("Only national officers see this, and of it only whom they may find by /member find.")],
            line=person_line,
            last=[to(routes.STATUS, words("Back"), announcement_id=announcement_id)],
            announcement_id=announcement_id,
        )


class PeopleCsvButton(RoutedButton, route=routes.PEOPLE_CSV):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        status, words = await status_of(request, announcement_id), request.words
        people = await request.services[StatusService].people(request.actor, announcement_id)
        page = status_page(status, request.actor.organisation.time_zone, words)
        document = Document(to_csv(csv_rows(people, words)), f"announcement-{announcement_id}-people.csv")
        whole = Page(title=page.title, text=page.text, fields=page.fields, rows=page.rows, documents=[document])
        await request.show(whole)
