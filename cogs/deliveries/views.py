from __future__ import annotations

from bot.errors import Conflict
from bot.features.deliveries.service import DeliveryService
from bot.i18n import N_
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.requests import MemberRequest
from cogs.deliveries import render

#: Causes of one page.
PAGE = 10


class DeliveriesButton(Board, route="deliveries:open"):
    @classmethod
    async def show(cls, request: MemberRequest, note: str = "", page: int = 0) -> None:
        words, service = request.words, request.services[DeliveryService]
        troubles = part_of(await service.troubles(request.actor), page, PAGE)
        options = [option(render.title(one, words), f"{one.kind}|{one.code}"[:90]) for one in troubles]
        await cls.lay_out(
            request,
            troubles,
            title=words("Deliveries"),
            note=note,
            above=render.waiting_lines(await service.waiting(request.actor), words),
            fields=[render.trouble_field(one, words) for one in troubles],
            empty=words("Everything else arrived in the last 30 days."),
            menus=[[CauseSelect.make(words("Choose a cause to do something about it"), options)]],
        )


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
            DeliveriesButton.make(words("Back")),
        ]
        await request.show(render.cause_page(found[0], words, [buttons]))


class RetryButton(RoutedButton, route="deliveries:retry:{cause:text}"):
    async def act(self, request: MemberRequest, cause: str) -> None:
        kind, _, code = cause.partition("|")
        count = await request.services[DeliveryService].retry(request.actor, kind, code)
        words = request.words
        await DeliveriesButton.show(
            request, words.plural("{n} is being sent again.", "{n} are being sent again.", count)
        )


class PutAsideButton(RoutedButton, route="deliveries:aside:{cause:text}"):
    async def act(self, request: MemberRequest, cause: str) -> None:
        kind, _, code = cause.partition("|")
        count = await request.services[DeliveryService].put_aside(request.actor, kind, code)
        words = request.words
        await DeliveriesButton.show(request, words.plural("{n} was put aside.", "{n} were put aside.", count))
