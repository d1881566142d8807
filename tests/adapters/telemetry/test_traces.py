"""The spans of calls, exact in virtual time, and what becomes of a call whose telemetry fails."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from jambonz_anyio import App, Call, MemoryStore
from jambonz_anyio.agents import Conversation, VoiceAgent
from jambonz_anyio.telemetry import SCHEMA_URL, SPANS, instrument
from jambonz_anyio.telemetry.names import CONTENT
from jambonz_anyio.testing import Checks, dial
from jambonz_anyio.tools import ToolResult, tool
from jambonz_core.call import Event, ToolCallSettled, ToolCallTaken
from jambonz_core.simulator import ModelCallsTool, ModelTurn, SimulatorOptions
from jambonz_core.wire.errors import LocalProtocolError

pytestmark = pytest.mark.usefixtures("virtual_time")

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SERVERS_SPAN = "00f067aa0ba902b7"


class Traces:
    """A tracer provider whose spans are kept."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.exporter.get_finished_spans() if span.name == name]

    def one(self, name: str) -> ReadableSpan:
        [span] = self.named(name)
        return span


def seconds(span: ReadableSpan) -> float:
    assert span.start_time is not None
    assert span.end_time is not None
    return (span.end_time - span.start_time) / 1e9


def context_of(span: ReadableSpan) -> trace.SpanContext:
    context: trace.SpanContext | None = span.context
    assert context is not None
    return context


def told(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def is_child(child: ReadableSpan, parent: ReadableSpan) -> bool:
    return child.parent is not None and child.parent.span_id == context_of(parent).span_id


async def talk(call: Call) -> None:
    """Ask once, think for half a second, and answer."""
    await call.config(notifyEvents=True, notifySttLatency=True).say(text="Your name?").send()
    heard = await call.gather(input=["speech"], timeout=20).result()
    await anyio.sleep(0.5)
    await call.say(text=f"Hello {heard.transcript}.", id="hello").send()


async def test_the_spans_of_a_call_are_exact() -> None:
    app, traces = App(), Traces()
    app.call("/")(talk)
    instrument(app, tracer_provider=traces.provider)
    async with dial(app, options=SimulatorOptions(b3=True)) as phone:
        await phone.hears("Your name?")
        await phone.says("Ada Lovelace")
        await phone.hears("Hello Ada Lovelace.")
        await phone.call_ends("jambonz")
        over = phone.at
    call = traces.one("jambonz.call")
    assert call.instrumentation_scope is not None
    assert (call.instrumentation_scope.name, call.instrumentation_scope.schema_url) == (
        "jambonz_anyio",
        SCHEMA_URL,
    )
    assert call.parent is not None
    assert f"{call.parent.trace_id:032x}" == f"{context_of(call).trace_id:032x}" == TRACE
    assert (f"{call.parent.span_id:016x}", call.parent.is_remote) == (SERVERS_SPAN, True)
    assert call.kind is trace.SpanKind.SERVER
    assert seconds(call) == pytest.approx(over, abs=0.05)
    assert told(call)["jambonz.path"] == "/"
    assert told(call)["jambonz.direction"] == "inbound"
    assert told(call)["jambonz.end_reason"] == "completed"
    assert call.status.status_code is trace.StatusCode.UNSET
    turn = traces.one("jambonz.turn")
    assert is_child(turn, call)
    assert told(turn)["jambonz.turn.app"] == pytest.approx(0.5)
    assert told(turn)["jambonz.turn.recognition"] == 0.5
    assert told(turn)["jambonz.turn.basis"] == "reported"
    assert told(turn)["jambonz.turn.way"] == "queue"
    assert seconds(turn) == pytest.approx(0.5, abs=0.001)
    first, heard = traces.named("jambonz.hook")[0], traces.named("jambonz.hook")[-1]
    assert told(first)["jambonz.hook.kind"] == "session:new"
    assert first.start_time == call.start_time
    assert told(heard)["jambonz.hook.answered_by"] == "application"
    verbs = {told(span)["jambonz.verb"]: span for span in traces.named("jambonz.verb")}
    gather, hello = verbs["gather"], verbs["say"]
    assert told(gather) == {"jambonz.verb": "gather", "jambonz.verb.ended_by": "speechDetected"}
    assert told(hello)["jambonz.verb.id"] == "hello"
    assert told(hello)["jambonz.verb.ended_by"] == "finished"
    assert {"starting", "start-playback"} <= {event.name for event in hello.events}
    rows = {row.name: {*row.attributes} for row in SPANS}
    for span in traces.exporter.get_finished_spans():
        assert told(span).keys() <= rows[span.name] - CONTENT
        assert "Ada" not in span.to_json()
        assert context_of(span).trace_id == context_of(call).trace_id


async def test_a_program_s_own_spans_nest() -> None:
    app, traces = App(), Traces()
    mine = traces.provider.get_tracer("mine")
    route = app.call("/")

    @route
    async def answer(call: Call) -> None:
        with mine.start_as_current_span("main"):
            call.start_soon(in_task, call)
            await call.gather(input=["digits"], numDigits=1, timeout=20, actionHook="/key").send()
        await anyio.sleep(30)

    async def in_task(call: Call) -> None:
        with mine.start_as_current_span("task"):
            await anyio.lowlevel.checkpoint()

    @route.on("/key")
    async def key(call: Call, choice: object) -> object:
        with mine.start_as_current_span("handler"):
            await anyio.sleep(0.25)
        return call.say(text="Thank you.")

    @route.on("call:status")
    def status(call: Call, changed: object) -> None:
        mine.start_span("observer").end()

    instrument(app, tracer_provider=traces.provider)
    async with dial(app) as phone:
        await phone.presses("1")
        await phone.hears("Thank you.")
    call = traces.one("jambonz.call")
    assert call.parent is None
    assert is_child(traces.one("main"), call)
    assert is_child(traces.one("task"), traces.one("main"))
    assert all(is_child(span, call) for span in traces.named("observer"))
    [hook] = [span for span in traces.named("jambonz.hook") if told(span)["jambonz.hook"] == "/key"]
    assert seconds(hook) == pytest.approx(0.25, abs=0.001)
    assert is_child(traces.one("handler"), hook)


async def test_tools_and_speeches_have_spans() -> None:
    app, traces = App(), Traces()
    mine = traces.provider.get_tracer("mine")

    @tool
    async def add(a: int, b: int) -> int:
        """Add two numbers."""
        with mine.start_as_current_span("adding"):
            await anyio.sleep(0.75)
        return a + b

    @app.call("/")
    async def answer(call: Call) -> None:
        call.tools("/tool", [add])
        await call.config(ttsStream={"enable": True}).say(text="Hi.").send()
        async with call.speak() as speech:
            await speech.write("How are you?")
        await anyio.sleep(3)
        llm = {"vendor": "openai", "model": "gpt-4o", "llmOptions": {}}
        voice = {"stt": {"vendor": "deepgram"}, "tts": {"vendor": "elevenlabs"}, "llm": llm}
        await call.send([{"verb": "agent", "toolHook": "/tool", "actionHook": "/done", **voice}])
        await anyio.sleep(30)

    instrument(app, tracer_provider=traces.provider, content=True)
    async with dial(app) as phone:
        await phone.hears("How are you?")
        await phone.waits(4)
        phone.act(ModelCallsTool("add", {"a": 1, "b": 2}, "t1"))
        await phone.waits(2)
    speech, used = traces.one("jambonz.speech"), traces.one("jambonz.tool")
    assert told(speech)["jambonz.speech.outcome"] == "accepted"
    assert told(speech)["jambonz.speech.text"] == "How are you?"
    assert told(used) == {
        "jambonz.tool": "add",
        "jambonz.tool.call_id": "t1",
        "jambonz.tool.outcome": "value",
        "jambonz.tool.arguments": '{"a": 1, "b": 2}',
    }
    assert seconds(used) == pytest.approx(0.75, abs=0.001)
    assert is_child(traces.one("adding"), used)


async def test_tools_that_a_program_runs_by_itself_have_spans_too() -> None:
    app, traces = App(), Traces()
    mine = traces.provider.get_tracer("mine")
    events: list[Event] = []

    @tool
    async def add(a: int, b: int, call: Call) -> int:
        """Add two numbers."""
        with mine.start_as_current_span("adding"):
            await anyio.sleep(0.75)
        return a + b

    @tool(seconds=1)
    async def hang() -> None:
        """Never end."""
        await anyio.sleep_forever()

    @tool(on_interrupt="cancel")
    async def ponder() -> None:
        """Take long."""
        await anyio.sleep(5)

    asked: list[tuple[str, str, str]] = [
        *[("add", '{"a": 1, "b": 2}', "m1"), ("add", "{}", "m2"), ("add", '{"a":', "m3")],
        *[("none", "{}", "m4"), ("hang", "{}", "m5"), ("ponder", "{}", "m6")],
    ]

    def model(conversation: Conversation, tools: Any) -> Any:
        if conversation.openai_chat()[-1]["role"] == "tool" or not asked:
            return ["Done."]
        pieces = [
            {"index": 0, "id": id, "function": {"name": name, "arguments": arguments}}
            for name, arguments, id in [asked.pop(0)]
        ]
        return [{"choices": [{"index": 0, "delta": {"tool_calls": pieces}, "finish_reason": "tool_calls"}]}]

    agent = VoiceAgent("Be kind.", model, [add, hang, ponder], greeting="Hello!")

    @app.call("/")
    async def answer(call: Call) -> None:
        async def look() -> None:
            async for event in call.events():
                if isinstance(event, (ToolCallTaken, ToolCallSettled)):
                    events.append(event)

        call.start_soon(look)
        with pytest.raises(ValueError, match="no"), call.tool_run("search", {"query": "who"}):
            raise ValueError("no")
        with call.tool_run("look", {"at": "it"}) as looking:
            looking.outcome = "time-out"
        await agent.run(call)

    instrument(app, tracer_provider=traces.provider, content=True)
    async with dial(app) as phone:
        await phone.hears("Hello!")
        for _ in range(5):
            await phone.says("Go on.")
            await phone.hears("Done.")
        await phone.says("Go on.")
        await phone.waits(1)
        await phone.says("Stop.")
        await phone.hears("Done.")
    by_id = {told(span)["jambonz.tool.call_id"]: span for span in traces.named("jambonz.tool")}
    outcomes = {
        id: (told(span)["jambonz.tool"], told(span)["jambonz.tool.outcome"]) for id, span in by_id.items()
    }
    assert outcomes == {
        "own-1": ("search", "error"),
        "own-2": ("look", "time-out"),
        "m1": ("add", "value"),
        "m2": ("add", "error"),
        "m3": ("add", "error"),
        "m4": ("none", "error"),
        "m5": ("hang", "time-out"),
        "m6": ("ponder", "interrupted"),
    }
    assert told(by_id["own-1"])["jambonz.tool.arguments"] == '{"query": "who"}'
    assert told(by_id["m1"])["jambonz.tool.arguments"] == '{"a": 1, "b": 2}'
    assert [seconds(by_id[id]) for id in ("m1", "m5")] == pytest.approx([0.75, 1.0], abs=0.001)
    assert is_child(traces.one("adding"), by_id["m1"])
    settled = {event.tool_call_id: event.by for event in events if isinstance(event, ToolCallSettled)}
    assert settled == {id: outcome for id, (_, outcome) in outcomes.items()}
    assert len(events) == 2 * len(settled)


async def test_a_tool_that_runs_when_the_call_ends_or_in_another_thread() -> None:
    app, traces = App(), Traces()
    results: list[ToolResult] = []

    @tool
    async def hang() -> None:
        """Never end."""
        await anyio.sleep_forever()

    @tool
    async def who(call: Call) -> str:
        """Tell who calls."""
        return call.from_

    @app.call("/")
    async def answer(call: Call) -> None:
        def elsewhere() -> None:
            results.append(anyio.run(partial(who.run, {}, call=call)))
            with pytest.raises(LocalProtocolError, match="event loop"), call.tool_run("look"):
                pass

        await anyio.to_thread.run_sync(elsewhere)
        with call.tool_run("twice", tool_call_id="m1"), call.tool_run("twice", tool_call_id="m1"):
            pass
        results.append(await who.run("{", call=call))
        await call.say(text="Hello!").send()
        await hang.run(call=call)

    instrument(app, tracer_provider=traces.provider)
    async with dial(app, from_="+4930123") as phone:
        await phone.hears("Hello!")
        await phone.hangs_up()
    assert [result.is_error for result in results] == [False, True]
    assert results[0].output == "+4930123"
    outcomes = [
        (told(span)["jambonz.tool"], told(span)["jambonz.tool.outcome"])
        for span in traces.named("jambonz.tool")
    ]
    assert outcomes == [
        *[("twice", "called again"), ("twice", "value"), ("who", "error")],
        ("hang", "over"),
    ]


async def test_a_turn_of_an_agent_ends_when_it_is_reported() -> None:
    app, traces = App(), Traces()

    @app.call("/")
    async def answer(call: Call) -> None:
        llm = {"vendor": "openai", "model": "gpt-4o", "llmOptions": {}}
        voice = {"stt": {"vendor": "deepgram"}, "tts": {"vendor": "elevenlabs"}, "llm": llm}
        await call.send([{"verb": "agent", "eventHook": "/event", **voice}])
        await anyio.sleep(30)

    instrument(app, tracer_provider=traces.provider)
    async with dial(app) as phone:
        await phone.model.starts()
        phone.act(ModelTurn("It is cold.", transcript="How is it?", latency={"model_latency": 300}))
        await phone.hears("It is cold.")
        await phone.waits(1)
    turn = traces.one("jambonz.turn")
    assert (told(turn)["jambonz.turn.by"], told(turn)["jambonz.turn.model"]) == ("agent", 0.3)
    assert seconds(turn) == pytest.approx(told(turn)["jambonz.turn.total"]) == pytest.approx(0.55)
    assert is_child(turn, traces.one("jambonz.call"))


async def test_content_is_told_where_it_is_asked_for() -> None:
    app, traces = App(), Traces()
    app.call("/")(talk)
    instrument(app, tracer_provider=traces.provider, content=True)
    async with dial(app) as phone:
        await phone.hears("Your name?")
        await phone.says("Ada Lovelace")
        await phone.call_ends("jambonz")
    assert {"jambonz.from", "jambonz.to"} <= told(traces.one("jambonz.call")).keys()
    words = [told(span).get("jambonz.words", "") for span in traces.named("jambonz.hook")]
    assert any("Ada Lovelace" in word for word in words)


@pytest.mark.parametrize("content", [False, True])
async def test_a_handler_that_fails_and_one_that_is_late(content: bool) -> None:
    app, traces = App(), Traces()

    @app.call("/")
    async def answer(call: Call) -> None:
        await anyio.sleep(4.5)
        await call.say(text="Late.").send()
        await anyio.sleep(1)
        raise ValueError("secret")

    instrument(app, tracer_provider=traces.provider, content=content)
    async with dial(app, checks=Checks(app_errors="ignore")) as phone:
        await phone.call_ends("jambonz")
    call = traces.one("jambonz.call")
    assert call.status.status_code is trace.StatusCode.ERROR
    assert told(call)["error.type"] == "ValueError"
    assert ("secret" in call.to_json()) is content
    first = traces.named("jambonz.hook")[0]
    assert told(first)["jambonz.hook.answered_by"] == "library, at the deadline"
    assert seconds(first) == pytest.approx(4.0, abs=0.01)


async def test_a_reconnect_links_and_another_process_goes_on_in_the_trace() -> None:
    store, traces = MemoryStore(), Traces()
    one, two = App(store=store), App(store=store)

    @one.call("/", on_return="stay")
    async def begin(call: Call) -> None:
        await call.say(text="Hello.").send()

    @two.call("/")
    async def never(call: Call) -> None:
        raise AssertionError("the call had begun")

    @one.on_resume
    @two.on_resume
    async def go_on(call: Call) -> None:
        await call.say(text="Back.").hangup().send()

    for app in (one, two):
        instrument(app, tracer_provider=traces.provider)
    async with dial(one, options=SimulatorOptions(b3=True)) as phone:
        await phone.hears("Hello.")
        phone.drops()
        await phone.comes_back()
        await phone.waits(1)
        phone.resume_elsewhere(two, drained=True)
        await phone.hears("Back.")
        await phone.call_ends("jambonz")
    first, second = traces.named("jambonz.call")
    assert [f"{link.context.span_id:016x}" for link in first.links] == [SERVERS_SPAN]
    assert "connection lost" in [event.name for event in first.events]
    assert "connection is back" in [event.name for event in first.events]
    assert told(first)["jambonz.end_reason"] == "moved"
    assert (told(first)["jambonz.resumed"], told(second)["jambonz.resumed"]) == (False, True)
    assert second.links[0].context.span_id == context_of(first).span_id
    assert context_of(second).trace_id == context_of(first).trace_id


async def test_what_becomes_of_verbs() -> None:
    app, traces = App(), Traces()

    @app.call("/")
    async def answer(call: Call) -> None:
        await call.config(notifyEvents=True).say(text="Welcome to this very long announcement.").send()
        await call.gather(input=["digits"], timeout=60, actionHook="/keys", id="keys").send()
        await anyio.sleep(3)
        await call.gather(input=["digits"], timeout=60, actionHook="/keys").send()
        await anyio.sleep(1)
        await call.say(text="Enough of it.", id="enough").replace()
        await call.pause(length=60).say(text="Later.", id="later").send()
        await anyio.sleep(30)

    instrument(app, tracer_provider=traces.provider)
    async with dial(app) as phone:
        await phone.hears("Enough of it.")
        await phone.waits(1)
    verbs = [
        (told(span)["jambonz.verb"], told(span).get("jambonz.verb.ended_by"))
        for span in traces.named("jambonz.verb")
    ]
    assert ("say", "finished") in verbs, "one without an id is known by its statuses alone"
    assert ("gather", "sent again") in verbs
    assert ("gather", "dropped: replaced") in verbs
    assert ("say", None) in verbs, "the end of the call is the end of what was never reached"
    [announcement] = [
        span
        for span in traces.named("jambonz.verb")
        if told(span)["jambonz.verb"] == "say" and "jambonz.verb.id" not in told(span)
    ]
    assert "start-playback" in [event.name for event in announcement.events]


async def test_a_hook_that_nobody_can_answer_any_more() -> None:
    app, traces = App(), Traces()
    route = app.call("/")

    @route
    async def answer(call: Call) -> None:
        await call.gather(input=["digits"], numDigits=1, timeout=20, actionHook="/key").send()
        await anyio.sleep(30)

    @route.on("/key")
    async def key(call: Call, choice: object) -> None:
        await anyio.sleep(2)

    instrument(app, tracer_provider=traces.provider)
    async with dial(app, checks=Checks(unanswered="ignore")) as phone:
        await phone.presses("1")
        await phone.waits(0.5)
        phone.drops()
        await phone.comes_back()
        await phone.waits(3)
    [hook] = [span for span in traces.named("jambonz.hook") if told(span)["jambonz.hook"] == "/key"]
    assert told(hook)["jambonz.hook.answered_by"] == "nobody: connection lost"
    assert traces.one("jambonz.call").links == (), "the server has named no span"


class Raises(SpanProcessor):
    def on_start(self, span: Any, parent_context: Any = None) -> None:
        raise RuntimeError("a broken SDK")

    def on_end(self, span: Any) -> None:
        raise RuntimeError("a broken SDK")


class RaisesAtTheEnd(Raises):
    def on_start(self, span: Any, parent_context: Any = None) -> None:
        return


class Refuses(SpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        raise RuntimeError("a broken exporter")


class Hangs(SpanExporter):
    """One whose collector never answers."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        self.let_go.wait(30)
        return SpanExportResult.FAILURE


@pytest.mark.parametrize("processor", [Raises(), RaisesAtTheEnd(), SimpleSpanProcessor(Refuses())])
async def test_a_call_never_notices_an_exporter_that_fails(
    processor: SpanProcessor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "jambonz_anyio")
    app, provider = App(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    app.call("/")(talk)
    instrument(app, tracer_provider=provider)
    async with dial(app, checks=Checks(app_errors="ignore")) as phone:
        await phone.hears("Your name?")
        await phone.says("Ada")
        await phone.hears("Hello Ada.")
        await phone.call_ends("jambonz")
        assert phone.hooks[0].latency == pytest.approx(0, abs=0.01)
    failures = [record for record in caplog.records if "Telemetry fails" in record.getMessage()]
    assert len(failures) == (0 if isinstance(processor, SimpleSpanProcessor) else 1)


async def test_a_call_never_notices_an_exporter_that_hangs() -> None:
    app, provider, hanging = App(), TracerProvider(shutdown_on_exit=False), Hangs()
    batches = BatchSpanProcessor(hanging, max_queue_size=4, max_export_batch_size=1, schedule_delay_millis=1)
    provider.add_span_processor(batches)
    app.call("/")(talk)
    instrument(app, tracer_provider=provider)
    try:
        async with dial(app) as phone:
            await phone.hears("Your name?")
            await phone.says("Ada")
            await phone.hears("Hello Ada.")
            await phone.call_ends("jambonz")
        assert hanging.asked.wait(10)
    finally:
        hanging.let_go.set()
        provider.shutdown()


async def test_without_an_sdk_nobody_looks_on() -> None:
    app = App()
    observers: list[object] = []

    @app.call("/")
    async def answer(call: Call) -> None:
        observers.append(call._driver.observer)
        await call.say(text="Hello.").hangup().send()

    telemetry = instrument(app, tracer_provider=trace.NoOpTracerProvider())
    with pytest.raises(LocalProtocolError, match="instrumented already"):
        instrument(app)
    async with dial(app) as phone:
        await phone.hears("Hello.")
    telemetry.uninstrument()
    telemetry.uninstrument()
    instrument(app, tracer_provider=TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False))
    async with dial(app) as phone:
        await phone.hears("Hello.")
    assert observers == [None, None]
