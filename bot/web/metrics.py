"""``/metrics`` in Prometheus' text format: numbers read when they are asked for, nobody's name or id among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import CollectorRegistry


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the bot counts. ``interactions`` by kind; ``errors``: those of users, and faults of ours; the ages of the
    newest copies of the database, here and off the machine, in seconds (None: there is none)."""

    ready: bool
    servers: int
    members: int
    interactions: dict[str, int]
    errors: dict[str, int]
    #: What became of messages that nobody asked for, by outcome; how many are due, and how late the oldest is.
    deliveries: dict[str, int]
    deliveries_due: int
    deliveries_late: float
    backup_age: float | None
    backup_copy_age: float | None


class _Collector:
    def __init__(self, read: Callable[[], Numbers]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        numbers = self._read()
        yield GaugeMetricFamily("tsunagu_ready", "1 while connected to Discord", value=float(numbers.ready))
        yield GaugeMetricFamily("tsunagu_servers", "Servers that the bot is in", value=numbers.servers)
        yield GaugeMetricFamily("tsunagu_members", "Members of all servers together", value=numbers.members)
        yield GaugeMetricFamily("tsunagu_deliveries_due", "Messages due and not sent yet", value=numbers.deliveries_due)
        yield GaugeMetricFamily(
            "tsunagu_deliveries_late_seconds", "By how much the oldest of them is late", value=numbers.deliveries_late
        )
        for name, about, age in (
            ("tsunagu_backup_age_seconds", "Age of the newest copy of the database", numbers.backup_age),
            ("tsunagu_backup_copy_age_seconds", "The same, off the machine", numbers.backup_copy_age),
        ):
            if age is not None:
                yield GaugeMetricFamily(name, about, value=age)
        interactions = CounterMetricFamily("tsunagu_interactions", "Commands, components and forms", labels=["kind"])
        for kind, count in sorted(numbers.interactions.items()):
            interactions.add_metric([kind], count)
        yield interactions
        errors = CounterMetricFamily("tsunagu_errors", "Answers that told of an error", labels=["whose"])
        for whose, count in sorted(numbers.errors.items()):
            errors.add_metric([whose], count)
        yield errors
        deliveries = CounterMetricFamily(
            "tsunagu_deliveries", "Messages sent unasked, by what became of them", labels=["outcome"]
        )
        for outcome, count in sorted(numbers.deliveries.items()):
            deliveries.add_metric([outcome], count)
        yield deliveries


def exposition(read: Callable[[], Numbers]) -> Callable[[], bytes]:
    """A function that gives today's numbers as text."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Collector(read))
    return lambda: generate_latest(registry)
