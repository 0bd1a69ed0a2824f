from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import union_all

from bot.db import fetch
from bot.features import Service
from bot.features.homes.facts import Fact, FactKind, Facts, in_shape
from bot.features.people.actors import Actor


class HomeService(Service):
    async def facts(self, actor: Actor, kinds: Sequence[FactKind]) -> Facts:
        """What there is of each kind for the actor. One statement however many kinds there are; none if nothing is
        asked. A kind without rows is an empty list."""
        now = self.clock.now()
        asked = [(number, kind(actor, now)) for number, kind in enumerate(kinds)]
        queries = [in_shape(number, query) for number, query in asked if query is not None]
        found: dict[FactKind, list[Fact]] = defaultdict(list)
        if queries:
            async with self.database.reading() as connection:
                rows = await fetch(connection, union_all(*queries))
            for row in rows:
                values: list[Any] = list(row)
                found[kinds[values[0]]].append(Fact(*values[1:]))
        for facts in found.values():
            facts.sort(key=lambda one: one.id or 0)
        return found
