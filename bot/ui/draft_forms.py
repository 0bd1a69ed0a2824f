"""Forms that write a draft: what is known shortly, typed by somebody, and cleaned and kept by a service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from bot.features import Services
from bot.features.people.actors import Actor
from bot.i18n import Words
from bot.ui.fields import Field
from bot.ui.forms import Form
from bot.ui.requests import MemberRequest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)
else:
    D = TypeVar("D")
K_contra = TypeVar("K_contra", contravariant=True)


class DraftForm(Generic[D], Form, route=""):
    """Its fields are called as those of the draft, and show what is ``kept``."""

    kept: D

    def __init__(self, words: Words, kept: D, title: str = "", fields: Sequence[Field[Any]] | None = None) -> None:
        super().__init__(words, title, fields)
        self.kept = kept
        for one in self._shown:
            one.__set__(self, getattr(kept, one.name))

    @property
    def draft(self) -> D:
        """What was kept, with what was typed."""
        return replace(self.kept, **{one.name: self.values[one.name] for one in self._shown})


class Keeper(Protocol[K_contra]):
    """A service that keeps rows of drafts. ``seen``: what the form showed (``bot.kit.edits``)."""

    async def add(self, actor: Actor, draft: K_contra, /) -> int: ...

    async def edit(self, actor: Actor, row_id: int, draft: K_contra, seen: K_contra | None, /) -> None: ...


class RowForm(DraftForm[D], route=""):
    """A new row, or another version of the one with ``row_id``. ``titles``: of the one form and of the other."""

    titles: tuple[str, str]

    def __init__(
        self, words: Words, kept: D, row_id: int | None = None, fields: Sequence[Field[Any]] | None = None
    ) -> None:
        super().__init__(words, kept, words(self.titles[row_id is not None]), fields)
        self.row_id = row_id

    def service(self, services: Services) -> Keeper[D]:
        raise NotImplementedError

    async def show(self, request: MemberRequest, row_id: int) -> None:
        """The page of the row."""
        raise NotImplementedError

    async def act(self, request: MemberRequest) -> None:
        service, row_id = self.service(request.services), self.row_id
        if row_id is None:
            row_id = await service.add(request.actor, self.draft)
            request.done = request.words("Added.")
        else:
            await service.edit(request.actor, row_id, self.draft, self.kept)
            request.done = request.words("Saved.")
        await self.show(request, row_id)
