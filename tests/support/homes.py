"""What home knows of somebody, for tests of what says it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.features import Services
from bot.features.homes.facts import Fact, FactKind
from bot.features.homes.service import HomeService
from bot.features.people.actors import Actor


async def facts_of(services: Services, who: Actor, kind: FactKind) -> Sequence[Fact]:
    return (await services[HomeService].facts(who, [kind]))[kind]


async def number_of(services: Services, who: Actor, kind: FactKind) -> int:
    """The count that it says; 0 where it says nothing."""
    return sum(one.n or 0 for one in await facts_of(services, who, kind))
