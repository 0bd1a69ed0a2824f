from __future__ import annotations

from discord import SelectOption

from bot.errors import Conflict
from bot.features.deliveries.service import DeliveryService
from bot.i18n import N_
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.requests import MemberRequest
from cogs.deliveries import render


async def show_deliveries(request: MemberRequest, done: str = "") -> None:
    service = request.services[DeliveryService]
    troubles = await service.troubles(request.actor)
    waiting = await service.waiting(request.actor)
    options = [
        SelectOption(label=render.title(one, request.words)[:100], value=f"{one.kind}|{one.code}"[:90])
        for one in troubles
    ]
    rows = [[CauseSelect.make(request.words("Choose a cause to do something about it"), options)]] if options else []
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


class BackButton(RoutedButton, route="deliveries:open"):
    async def act(self, request: MemberRequest) -> None:
        await show_deliveries(request)
