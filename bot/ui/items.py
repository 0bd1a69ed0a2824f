"""Buttons and menus that keep working: everything they need stands in their ``custom_id``.

A component is a class with a route, for example::

    class ShowButton(RoutedButton, route="local_committees:show:{lc_id:int}"):
        async def act(self, request: MemberRequest, lc_id: int) -> None: ...

    ShowButton.make(label="…", lc_id=7)      # custom_id "local_committees:show:7"

It works on messages of another process and after every restart. A route's last parameter may be ``:text``, which takes
the rest. What a user pressed is never trusted: the service decides again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import discord

from bot.ui.pages import Item
from bot.ui.replies import reply_error
from bot.ui.requests import Interaction, MemberRequest, Request

_PARAMETER = re.compile(r"\{(\w+)(?::(int|text))?\}")
_PATTERNS: dict[str | None, str] = {"int": r"\d{1,19}", "text": r"(?s:.*)", None: r"[^:]+"}


def compile_route(route: str) -> tuple[str, dict[str, Callable[[str], Any]]]:
    """The regular expression for a route, and how each of its parameters is read."""
    pattern, end = "", 0
    readers: dict[str, Callable[[str], Any]] = {}
    for match in _PARAMETER.finditer(route):
        name, kind = match.group(1), match.group(2)
        pattern += re.escape(route[end : match.start()]) + f"(?P<{name}>{_PATTERNS[kind]})"
        readers[name] = int if kind == "int" else str
        end = match.end()
    return pattern + re.escape(route[end:]), readers


class Routed(discord.ui.DynamicItem[Any], template="(?!)"):
    """Base of RoutedButton and RoutedSelect."""

    route: ClassVar[str] = ""
    #: The request that ``act`` gets: MemberRequest where an organisation is needed, Request where not.
    request_kind: ClassVar[type[Request]] = MemberRequest
    _readers: ClassVar[dict[str, Callable[[str], Any]]] = {}

    def __init_subclass__(cls, *, route: str = "", **kwargs: Any) -> None:
        cls.route = route
        pattern, cls._readers = compile_route(route) if route else ("(?!)", {})
        super().__init_subclass__(template=pattern, **kwargs)

    def __init__(self, item: Item, values: dict[str, Any]) -> None:
        super().__init__(item)
        self.values = values

    @classmethod
    def custom_id_for(cls, **values: Any) -> str:
        """The route with its parameters filled in; Discord allows 100 characters."""
        custom_id = _PARAMETER.sub(lambda match: str(values[match.group(1)]), cls.route)
        assert len(custom_id) <= 100, custom_id
        return custom_id

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: Item, match: re.Match[str]) -> Self:
        return cls(item, {name: read(match[name]) for name, read in cls._readers.items()})

    async def callback(self, interaction: Interaction) -> None:
        try:
            await self._run(await self.request_kind.open(interaction))
        except Exception as error:
            await reply_error(interaction, error)

    async def _run(self, request: Any) -> None:
        await self.act(request, **self.values)

    async def act(self, request: Any, *_args: Any, **_kwargs: Any) -> None:
        """What happens; parameters of the route come as keywords."""
        raise NotImplementedError


class RoutedButton(Routed):
    @classmethod
    def make(
        cls,
        label: str,
        *,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        emoji: str | None = None,
        disabled: bool = False,
        **values: Any,
    ) -> Self:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label[:80], style=style, emoji=emoji, disabled=disabled, custom_id=cls.custom_id_for(**values)
        )
        return cls(button, values)


class RoutedSelect(Routed):
    """Its ``act`` gets the chosen values (strings) after the request."""

    @classmethod
    def make(
        cls,
        placeholder: str,
        options: Sequence[discord.SelectOption],
        *,
        min_values: int = 1,
        max_values: int = 1,
        **values: Any,
    ) -> Self:
        select: discord.ui.Select[Any] = discord.ui.Select(
            placeholder=placeholder[:150],
            options=list(options[:25]),
            min_values=min_values,
            max_values=max_values,
            custom_id=cls.custom_id_for(**values),
        )
        return cls(select, values)

    async def _run(self, request: Any) -> None:
        await self.act(request, list(self.item.values), **self.values)
