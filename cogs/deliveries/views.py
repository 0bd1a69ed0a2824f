from __future__ import annotations

from discord import SelectOption

from bot.errors import Conflict
from bot.features.deliveries.service import DeliveryService
from bot.i18n import N_
from bot.paging import part_of
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item
from bot.ui.paging import turning
from bot.ui.requests import MemberRequest
from cogs.deliveries import render

#: Causes of one page.
PAGE = 10


async def show_deliveries(request: MemberRequest, done: str = "", page: int = 0) -> None:
    service = request.services[DeliveryService]
    troubles = part_of(await service.troubles(request.actor), page, PAGE)
    waiting = await service.waiting(request.actor)
    options = [
        SelectOption(label=render.title(one, request.words)[:100], value=f"{one.kind}|{one.code}"[:90])
        for one in troubles
    ]
    rows: list[list[Item]] = (
        [[CauseSelect.make(request.words("Choose a cause to do something about it"), options)]] if options else []
    )
    rows.append(turning(DeliveriesPageButton.make, troubles.page, troubles.pages, request.words))
    await request.show(render.overview(waiting, troubles, request.words, rows, done))


class CauseSelect(RoutedSelect, route="deliveries:cause"):
    async def act(self, request: MemberRequest, values: list[str]) -> None:
        kind, _, code = values[0].partition("|")
        troubles = await request.services[DeliveryService].troubles(request.actor)
        found = [one for one in troubles if (one.kind, one.code) == (kind, code)]
        if not found:
            raise Conflict(N_("Nothing is left of that: another officer was quicker. Please look again."))
        words = request.words
        buttons = [
            RetryButton.make(words("Send again"), cause=values[0]),
            PutAsideButton.make(words("Put aside"), cause=values[0]),
            BackButton.make(words("Back")),
        ]
        await request.show(render.cause_page(found[0], words, [buttons]))


class RetryButton(RoutedButton, route="deliveries:retry:{cause:text}"):
    async def act(self, request: MemberRequest, cause: str) -> None:
        kind, _, code = cause.partition("|")
        count = await request.services[DeliveryService].retry(request.actor, kind, code)
        words = request.words
        await show_deliveries(request, words.plural("{n} is being sent again.", "{n} are being sent again.", count))


class PutAsideButton(RoutedButton, route="deliveries:aside:{cause:text}"):
    async def act(self, request: MemberRequest, cause: str) -> None:
        kind, _, code = cause.partition("|")
        count = await request.services[DeliveryService].put_aside(request.actor, kind, code)
        words = request.words
        await show_deliveries(request, words.plural("{n} was put aside.", "{n} were put aside.", count))


class DeliveriesPageButton(RoutedButton, route="deliveries:open:{page:int}"):
    async def act(self, request: MemberRequest, page: int) -> None:
        await show_deliveries(request, page=page)


class BackButton(RoutedButton, route="deliveries:open"):
    async def act(self, request: MemberRequest) -> None:
        await show_deliveries(request)
