"""Buttons and menus that keep working: everything they need stands in their ``custom_id``.

A component is a class with a route, for example::

    class ShowButton(RoutedButton, route="local_committees:show:{lc_id:int}"):
        async def act(self, request: MemberRequest, lc_id: int) -> None: ...

    ShowButton.make(label="…", lc_id=7)      # custom_id "local_committees:show:7"

It works on messages of another process and after every restart. A route's last parameter may be ``:text``, which takes
the rest. A press is never trusted: the service decides again.
"""

from __future__ import annotations

import copy
import re
import zlib
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import discord

from bot.errors import Conflict, Invalid
from bot.ui.answering import at_work
from bot.ui.choices import MOST, NOT_OFFERED
from bot.ui.marks import BEFORE
from bot.ui.pages import Item
from bot.ui.replies import STALE, reply_error
from bot.ui.requests import Interaction, MemberRequest, Request

_PARAMETER = re.compile(r"\{(\w+)(?::(int|text))?\}")
_PATTERNS: dict[str | None, str] = {"int": r"\d{1,19}", "text": r"(?s:.*)", None: r"[^:]+"}


def _number(text: str) -> int:
    """No id is larger than a database keeps."""
    return min(int(text), MOST)


def _page(text: str) -> int:
    """No list has more pages; what stands before a page can be counted."""
    return min(int(text), 1_000_000)


def compile_route(route: str, *, page_at_end: bool = False) -> tuple[str, dict[str, Callable[[str], Any]]]:
    """The regular expression for a route, and how each of its parameters is read.

    ``page_at_end``: the number of a page may follow, as in ``announcements:drafts:2``. The mark of a delivery may stand
    before it (``bot.ui.marks``).
    """
    pattern, end = BEFORE, 0
    readers: dict[str, Callable[[str], Any]] = {}
    for match in _PARAMETER.finditer(route):
        name, kind = match.group(1), match.group(2)
        pattern += re.escape(route[end : match.start()]) + f"(?P<{name}>{_PATTERNS[kind]})"
        readers[name] = str if kind != "int" else _page if name == "page" else _number
        end = match.end()
    pattern += re.escape(route[end:])
    if page_at_end:
        pattern += f"(?::(?P<page>{_PATTERNS['int']}))?"
        readers["page"] = _page
    return pattern, readers


class Routed(discord.ui.DynamicItem[Any], template="(?!)"):
    """Base of RoutedButton and RoutedSelect."""

    route: ClassVar[str] = ""
    #: The request that ``act`` gets: MemberRequest where an organisation is needed, Request where not.
    request_kind: ClassVar[type[Request]] = MemberRequest
    _readers: ClassVar[dict[str, Callable[[str], Any]]] = {}

    def __init_subclass__(cls, *, route: str = "", page_at_end: bool = False, **kwargs: Any) -> None:
        cls.route = route
        pattern, cls._readers = compile_route(route, page_at_end=page_at_end) if route else ("(?!)", {})
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
        return cls(item, {name: read(match[name]) for name, read in cls._readers.items() if match[name] is not None})

    async def callback(self, interaction: Interaction) -> None:
        with at_work(interaction):
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


def offered(custom_id: str, value: str) -> str:
    """A value as the menu with this ``custom_id`` offers it; about 90 characters of it fit.

    No two menus share one: where a message changes from one step to the next, Discord's client keeps what was chosen
    before if the new menu has the same value, and sends it as if it had been chosen there.
    """
    return f"{zlib.crc32(custom_id.encode()):08x}:{value}"


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
        custom_id = cls.custom_id_for(**values)
        # A caller that may have more shows a page of them (``bot.ui.board``): none is left out here.
        assert len(options) <= 25, f"{len(options)} options: {custom_id}"
        own = [copy.copy(option) for option in options]
        for option in own:
            option.value = offered(custom_id, option.value)
        select: discord.ui.Select[Any] = discord.ui.Select(
            placeholder=placeholder[:150],
            options=own,
            min_values=min_values,
            max_values=max_values,
            custom_id=custom_id,
        )
        return cls(select, values)

    async def _run(self, request: Any) -> None:
        menu = self.item  # as it stands on the message that was pressed
        own, chosen = offered(menu.custom_id, ""), list(dict.fromkeys(menu.values))
        if not all(value.startswith(own) for value in chosen):
            raise Conflict(STALE)  # of an older message, or of another step
        possible = {option.value for option in menu.options}
        if not possible.issuperset(chosen) or not menu.min_values <= len(chosen) <= menu.max_values:
            raise Invalid(NOT_OFFERED)
        await self.act(request, [value.removeprefix(own) for value in chosen], **self.values)
