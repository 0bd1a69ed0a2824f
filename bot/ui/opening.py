"""Buttons and menus that only open a page or a form. Each is one line beside what it opens::

    ShowLinkButton = button_to("links:show:{link_id:int}", show_link)
    RemoveButton = button_to("links:remove:{link_id:int}", partial(show_link, sure=True))
    LinkSelect = menu_to("links:one", show_link)
    FindButton = button_to_form("links:find", FindForm)

They are routed components as any other (``bot.ui.items``). They stand below what they open, in the same module.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from bot.ui.choices import chosen_number
from bot.ui.forms import Form
from bot.ui.items import Routed, RoutedButton, RoutedSelect
from bot.ui.requests import MemberRequest

R = TypeVar("R", bound=Routed)


def button_to(route: str, page: Callable[..., Awaitable[None]]) -> type[RoutedButton]:
    """``page`` takes the request and the parameters of the route, in their order."""

    class Button(RoutedButton, route=route):
        async def act(self, request: MemberRequest, **values: Any) -> None:
            await page(request, *values.values())

    return _beside(page, Button)


def menu_to(route: str, page: Callable[..., Awaitable[None]]) -> type[RoutedSelect]:
    """``page`` takes the request, the parameters of the route in their order, and the id that was chosen."""

    class Menu(RoutedSelect, route=route):
        async def act(self, request: MemberRequest, chosen: Sequence[str], **values: Any) -> None:
            await page(request, *values.values(), chosen_number(chosen))

    return _beside(page, Menu)


def button_to_form(route: str, form: type[Form]) -> type[RoutedButton]:
    """``form`` takes its reader's words and the parameters of the route, in their order."""

    class Button(RoutedButton, route=route):
        async def act(self, request: MemberRequest, **values: Any) -> None:
            await form(request.words, *values.values()).open(request.interaction)

    return _beside(form, Button)


def _beside(page: Any, made: type[R]) -> type[R]:
    """It belongs to the module of what it opens: there the bot finds it (``Host.add_items``)."""
    made.__module__ = (page.func if isinstance(page, partial) else page).__module__
    return made
