"""Attaching OpenTelemetry to an application."""

from __future__ import annotations

from importlib import metadata

try:
    from opentelemetry.metrics import MeterProvider, get_meter, get_meter_provider
    from opentelemetry.trace import TracerProvider, get_tracer
except ModuleNotFoundError as _missing:
    raise ModuleNotFoundError(
        "telemetry needs the API of OpenTelemetry: pip install 'jambonz-anyio[otel]'", name=_missing.name
    ) from None

from jambonz_core.wire.errors import LocalProtocolError

from .._call.call_observer import CallObserver, ObservedCall
from ..app import App
from . import names
from .call_telemetry import CallTelemetry, harmless
from .metrics import Metrics

LAG_SECONDS = 1.0
"""How often it is looked how late the event loop is, while there are calls."""


def instrument(
    app: App,
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    content: bool = False,
) -> Instrumentation:
    """Trace and count the calls of an application, from those on that begin now.

    ```python
    instrument(app)
    ```

    Args:
        app: Whose calls.
        tracer_provider: In place of the global one.
        meter_provider: In place of the global one.
        content: Also tell what callers said and were told, and their numbers. Without it, no attribute holds
            anything of a conversation.
    """
    if app._context.observer is not None:
        raise LocalProtocolError("this application is instrumented already")
    telemetry = Instrumentation(app, tracer_provider, meter_provider, content=content)
    app._context.observer = telemetry
    return telemetry


class Instrumentation:
    """What `instrument` has attached to an application."""

    def __init__(
        self,
        app: App,
        tracer_provider: TracerProvider | None,
        meter_provider: MeterProvider | None,
        *,
        content: bool,
    ) -> None:
        self._app = app
        self._context = app._context
        self._content = content
        version = metadata.version("jambonz-anyio")
        self._tracer = get_tracer(names.SCOPE, version, tracer_provider, names.SCHEMA_URL)
        self._meter_provider = meter_provider
        meter = get_meter(names.SCOPE, version, meter_provider, names.SCHEMA_URL)
        self._metrics = Metrics(meter, lambda: app.store_failures)
        self._calls = 0
        """Calls that are looked at."""
        self._lag_due = 0.0
        self._lag_timer = self._context.timers.timer(self._measure_lag)
        self._told = False

    def uninstrument(self) -> None:
        """Take it off again. Calls that go on are looked at to their end."""
        if self._context.observer is self:
            self._context.observer = None

    @property
    def _counts(self) -> bool:
        """Whether anybody will look at what is counted.

        A program may set up its SDK later. Until it has, the provider is one of the API, which forgets all.
        """
        provider = self._meter_provider or get_meter_provider()
        return not type(provider).__module__.startswith("opentelemetry.metrics")

    # --- what the application tells ---------------------------------------------------------------------

    def began(self, call: ObservedCall) -> CallObserver | None:
        """A call begins."""
        observer = CallTelemetry(
            call,
            self._tracer,
            self._metrics,
            content=self._content,
            failed=self.failed,
            over=self._over,
        )
        if not (observer.traces or self._counts):
            # Nobody looks, and the call pays for nothing. What tasks inherit, they inherit all the same.
            observer.enter()
            return None
        observer.begin(call)
        self._calls += 1
        if self._calls == 1:
            self._look_at_lag()
        return observer

    @harmless
    def audio_dropped(self, limit: str) -> None:
        """A frame of audio was dropped."""
        self._metrics.dropped_audio.add(1, {names.LIMIT: limit})

    @harmless
    def store_asked(self, operation: str, outcome: str, seconds: float) -> None:
        """The store has answered, or failed."""
        attributes = {names.OPERATION: operation, names.OUTCOME: outcome}
        self._metrics.store_duration.record(seconds, attributes)

    def failed(self, error: Exception) -> None:
        """Log what an SDK has raised, once: it may do so at each event of each call."""
        if not self._told:
            self._told = True
            self._context.logger.error("Telemetry fails, and calls go on without it", exc_info=error)

    # --- the event loop ---------------------------------------------------------------------------------

    def _over(self) -> None:
        self._calls -= 1
        if not self._calls:
            self._lag_timer.set(None)

    def _look_at_lag(self) -> None:
        self._lag_due = self._context.timers.clock() + LAG_SECONDS
        self._lag_timer.set(self._lag_due)

    @harmless
    def _measure_lag(self) -> None:
        timers = self._context.timers
        # That timers are looked at only so often is no lag of the loop.
        late = timers.clock() - max(self._lag_due, timers.wakes_at)
        self._look_at_lag()
        self._metrics.loop_lag.record(max(late, 0.0))
