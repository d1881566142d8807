"""The numbers of an application's calls, by the SDK, and at an endpoint for Prometheus."""

from __future__ import annotations

import urllib.request
from typing import Any

import anyio
import pytest
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricReader
from prometheus_client import start_http_server

from jambonz_anyio import App, AudioStream, Call, CallLimits, MemoryStore
from jambonz_anyio.telemetry import METRICS, SCHEMA_URL, instrument
from jambonz_anyio.testing import Checks, dial
from jambonz_core.wire.errors import StoreError

pytestmark = pytest.mark.usefixtures("virtual_time")


class Numbers:
    """A meter provider, and what it has counted."""

    def __init__(self, reader: MetricReader | None = None) -> None:
        self.reader = reader or InMemoryMetricReader()
        self.provider = MeterProvider([self.reader], shutdown_on_exit=False)

    def read(self) -> dict[str, list[tuple[dict[str, Any], Any]]]:
        assert isinstance(self.reader, InMemoryMetricReader)
        data = self.reader.get_metrics_data()
        found: dict[str, list[tuple[dict[str, Any], Any]]] = {}
        for resource in data.resource_metrics if data is not None else ():
            for scope in resource.scope_metrics:
                assert scope.scope.schema_url == SCHEMA_URL
                for metric in scope.metrics:
                    found[metric.name] = [(dict(p.attributes or {}), p) for p in metric.data.data_points]
        return found


def told(numbers: dict[str, list[tuple[dict[str, Any], Any]]], name: str, **attributes: str) -> Any:
    """The one point that has these attributes."""
    wanted = {f"jambonz.{key}": value for key, value in attributes.items()}
    [point] = [point for has, point in numbers[name] if wanted.items() <= has.items()]
    return point


async def talk(call: Call) -> None:
    await call.config(notifyEvents=True, notifySttLatency=True).say(text="Your name?").send()
    heard = await call.gather(input=["speech"], timeout=20).result()
    await anyio.sleep(0.5)
    await call.say(text=f"Hello {heard.transcript}.").send()


async def test_what_is_counted_of_a_call() -> None:
    app, numbers = App(), Numbers()
    app.call("/")(talk)

    @app.call("/late")
    async def late(call: Call) -> None:
        await anyio.sleep(5)

    instrument(app, meter_provider=numbers.provider)
    async with dial(app) as phone:
        await phone.hears("Your name?")
        [(path, active)] = numbers.read()["jambonz.calls.active"]
        assert (path, active.value) == ({"jambonz.path": "/"}, 1)
        await phone.says("Ada")
        await phone.hears("Hello Ada.")
        await phone.call_ends("jambonz")
    async with dial(app, "/late") as phone:
        await phone.call_ends()
    found = numbers.read()
    assert [point.value for _, point in found["jambonz.calls.active"]] == [0, 0]
    duration = told(found, "jambonz.call.duration", path="/", end_reason="completed")
    assert duration.count == 1
    app_part = [p for has, p in found["jambonz.turn.latency"] if has["jambonz.turn.part"] == "app"]
    assert (app_part[0].count, app_part[0].sum) == (1, pytest.approx(0.5))
    acks = found["jambonz.hook.deadline_acks"]
    assert [(has["jambonz.path"], has["jambonz.hook.kind"], point.value) for has, point in acks] == [
        ("/late", "session:new", 1)
    ]
    [answer] = [p for has, p in found["jambonz.hook.duration"] if has["jambonz.path"] == "/late"]
    assert answer.sum == pytest.approx(4.0, abs=0.01)
    [(_, lag)] = found["jambonz.loop.lag"]
    assert lag.count > 3
    assert lag.max == pytest.approx(0, abs=0.01)
    assert {row.name for row in METRICS} >= found.keys()


async def test_the_lag_is_looked_at_once_a_second_however_many_calls_there_are() -> None:
    app, numbers = App(), Numbers()

    @app.call("/")
    async def answer(call: Call) -> None:
        await call.say(text="Hello.").send()
        await anyio.sleep(60)

    instrument(app, meter_provider=numbers.provider)
    for _ in range(3):
        async with dial(app) as phone:
            await phone.hears("Hello.")
    assert "jambonz.loop.lag" not in numbers.read(), "each was over within a second"
    async with dial(app) as phone, dial(app) as another:
        await phone.hears("Hello.")
        await another.waits(5)
        [(_, lag)] = numbers.read()["jambonz.loop.lag"]
        assert lag.count in (5, 6)


async def test_refused_text_and_dropped_audio_are_counted() -> None:
    app, numbers = App(limits=CallLimits(audio_frames=2)), Numbers()

    @app.call("/")
    async def answer(call: Call) -> None:
        await call.config(ttsStream={"enable": True}).listen(url="/audio", actionHook="/done").send()
        async with call.speak() as speech:
            await speech.write("Hello.")
        await anyio.sleep(20)

    @app.audio("/audio")
    async def audio(stream: AudioStream) -> None:
        await anyio.sleep(5)

    instrument(app, meter_provider=numbers.provider)
    async with dial(app) as phone:
        phone.refuse_tokens(1)
        await phone.sends_audio(bytes(320 * 10))
        await phone.waits(2)
    found = numbers.read()
    [(_, refused)] = found["jambonz.text.refused"]
    assert refused.value == 1
    [(limit, dropped)] = found["jambonz.audio.dropped"]
    assert limit == {"jambonz.limit": "CallLimits.audio_frames"}
    assert dropped.value > 0


class BrokenStore(MemoryStore):
    async def save(self, key: str, fence: Any, snapshot: bytes) -> Any:
        raise StoreError("away")


async def test_what_the_store_does_is_counted() -> None:
    app, numbers = App(store=BrokenStore()), Numbers()

    @app.call("/")
    async def answer(call: Call) -> None:
        await call.say(text="Hello.").pause(length=2).hangup().send()

    instrument(app, meter_provider=numbers.provider)
    async with dial(app) as phone:
        await phone.hears("Hello.")
        await phone.call_ends("jambonz")
    found = numbers.read()
    asked = {
        (has["jambonz.store.operation"], has["jambonz.store.outcome"])
        for has, _ in found["jambonz.store.duration"]
    }
    assert asked == {("claim", "ok"), ("save", "failed"), ("end", "ok")}
    failures = {has["jambonz.store.operation"]: point.value for has, point in found["jambonz.store.failures"]}
    assert failures["save"] >= 1
    assert failures["claim"] == 0


async def test_numbers_that_cannot_be_kept_cost_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    app, numbers = App(), Numbers()
    app.call("/")(talk)
    telemetry = instrument(app, meter_provider=numbers.provider)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a broken SDK")

    for name in ("hook_duration", "call_duration", "turn_latency", "loop_lag"):
        instrument_ = getattr(telemetry._metrics, name)
        monkeypatch.setattr(instrument_, "record", fails)
    async with dial(app, checks=Checks(app_errors="ignore")) as phone:
        await phone.hears("Your name?")
        await phone.says("Ada")
        await phone.hears("Hello Ada.")
        await phone.call_ends("jambonz")
    assert [point.value for _, point in numbers.read()["jambonz.calls.active"]] == [0]


def scraped() -> str:
    """What Prometheus would read."""
    server, thread = start_http_server(0, addr="127.0.0.1")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=10) as answer:
            text: str = answer.read().decode()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    return text


async def test_prometheus_finds_them() -> None:
    app = App()
    numbers = Numbers(PrometheusMetricReader())
    app.call("/")(talk)
    instrument(app, meter_provider=numbers.provider)
    async with dial(app) as phone:
        await phone.hears("Your name?")
        await phone.says("Ada")
        await phone.call_ends("jambonz")
    try:
        text = await anyio.to_thread.run_sync(scraped)
    finally:
        numbers.provider.shutdown()
    assert 'jambonz_turn_part="app"' in text
