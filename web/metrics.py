"""Counts what the app does, for Prometheus: routes and statuses, never who."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

import queries
import warehouse
from errors import HourbookError
from settings import Settings

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The numbers of one process, in a registry of its own."""

    def __init__(self, chosen: Settings) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "hourbook_requests", "Answered requests.", ("route", "method", "status"), registry=self.registry,
        )
        self.seconds = Histogram(
            "hourbook_request_seconds", "Seconds until the answer was sent.", ("route",), buckets=_SECONDS,
            registry=self.registry,
        )
        self.sockets = Gauge("hourbook_sessions_open", "Pages open now.", ("kind",), registry=self.registry)
        self.embeds = Counter(
            "hourbook_embed_sessions", "Embedded pages opened and refused.", ("outcome",), registry=self.registry,
        )
        self.limited = Counter(
            "hourbook_rate_limited", "Requests refused because there were too many.", ("kind",),
            registry=self.registry,
        )
        self.registry.register(_Figures(chosen))


class _Figures(Collector):
    """What is read when asked: the snapshot's age, the last sync, and the kept answers."""

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen

    def describe(self) -> list[Metric]:
        """Nothing, so that registering asks nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment; what cannot be read is left out."""
        books = warehouse.open(self._chosen.warehouse)
        try:
            snapshot = books.current()
        except HourbookError:
            snapshot = None
        if snapshot is not None and snapshot.as_of is not None:
            age = (self._chosen.clock() - snapshot.as_of).total_seconds()
            yield GaugeMetricFamily("hourbook_snapshot_age_seconds", "Age of the figures shown.", age)
            yield GaugeMetricFamily("hourbook_snapshot_id", "Number of the snapshot shown.", snapshot.snapshot_id)
        last = books.last_sync()
        if last is not None:
            worked = float(bool(last.get("ok")))
            yield GaugeMetricFamily("hourbook_last_sync_ok", "1 when the last sync worked.", worked)
        kept = queries.cache_report()
        yield CounterMetricFamily("hourbook_answers_from_cache", "Questions answered from memory.", kept.hits)
        yield CounterMetricFamily("hourbook_answers_asked", "Questions that were asked of the snapshot.", kept.misses)
