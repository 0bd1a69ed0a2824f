from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

import bot
from bot.features import Service
from tests.rights.table import TABLE


def services_of_the_program() -> Iterator[type[Service]]:
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    waiting: list[type[Service]] = [Service]
    while waiting:
        for one in waiting.pop().__subclasses__():
            waiting.append(one)
            if one.__module__.startswith("bot."):
                yield one


def public_methods(service: type[Service]) -> set[str]:
    return {name for name, _ in inspect.getmembers(service, callable) if not name.startswith("_")}


def test_every_public_method_of_every_service_says_who_may_call_it() -> None:
    """``tests/rights`` then tries it as thirteen kinds of people."""
    found = {service: public_methods(service) for service in services_of_the_program()}
    without = [
        f"{service.__name__}.{name}" for service in found for name in found[service] - TABLE.get(service, {}).keys()
    ]
    assert sorted(without) == [], (
        "who may call it? It belongs into a table of tests/rights (announcing, places, persons)"
    )
    assert {service: set(methods) for service, methods in TABLE.items()} == found, "some are there no more"
