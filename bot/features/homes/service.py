from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bot.db import fetch
from bot.features import Service
from bot.features.homes.facts import Fact, FactKind, Facts, whole
from bot.features.people.actors import Actor
from bot.features.people.askers import values_of


class HomeService(Service):
    async def facts(self, actor: Actor, kinds: Sequence[FactKind]) -> Facts:
        """What there is of each kind for the actor. One statement however many kinds there are; none if nothing is
        asked. A kind without rows is an empty list."""
        now = self.clock.now()
        found: dict[FactKind, list[Fact]] = defaultdict(list)
        statement = whole(tuple(kind(actor) for kind in kinds))
        if statement is not None:
            async with self.database.reading() as connection:
                rows = await fetch(connection, statement.query, values_of(statement.names, actor, now))
            for row in rows:
                values: list[Any] = list(row)
                found[kinds[values[0]]].append(Fact(*values[1:]))
        for facts in found.values():
            facts.sort(key=lambda one: one.id or 0)
        return found
