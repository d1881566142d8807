"""The instruments that the table of metrics describes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from opentelemetry.metrics import CallbackOptions, Counter, Histogram, Meter, Observation, UpDownCounter

from . import names
from .names import MetricName

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0)
"""Where the histograms of latencies are divided: finest where a caller notices a difference."""

CALL_SECONDS = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


class Metrics:
    """All of them."""

    def __init__(self, meter: Meter, store_failures: Callable[[], Mapping[str, int]]) -> None:
        self._store_failures = store_failures

        def counter(row: MetricName) -> Counter:
            return meter.create_counter(row.name, unit=row.unit, description=row.meaning)

        def histogram(row: MetricName, bounds: tuple[float, ...] = SECONDS) -> Histogram:
            return meter.create_histogram(
                row.name, unit=row.unit, description=row.meaning, explicit_bucket_boundaries_advisory=bounds
            )

        row = names.ACTIVE_CALLS
        self.active_calls: UpDownCounter = meter.create_up_down_counter(
            row.name, unit=row.unit, description=row.meaning
        )
        self.call_duration: Histogram = histogram(names.CALL_DURATION, CALL_SECONDS)
        self.hook_duration: Histogram = histogram(names.HOOK_DURATION)
        self.deadline_acks: Counter = counter(names.DEADLINE_ACKS)
        self.turn_latency: Histogram = histogram(names.TURN_LATENCY)
        self.refused_text: Counter = counter(names.REFUSED_TEXT)
        self.dropped_audio: Counter = counter(names.DROPPED_AUDIO)
        self.loop_lag: Histogram = histogram(names.LOOP_LAG)
        self.store_duration: Histogram = histogram(names.STORE_DURATION)
        row = names.STORE_FAILURES
        meter.create_observable_counter(
            row.name, callbacks=[self._observe_store], unit=row.unit, description=row.meaning
        )

    def _observe_store(self, _: CallbackOptions) -> Iterable[Observation]:
        """Called by whoever collects, in a thread of its own."""
        failures = dict(self._store_failures())
        return [Observation(count, {names.OPERATION: name}) for name, count in failures.items()]
