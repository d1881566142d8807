"""A program's spans stand in those of the call, on whichever event loop."""

from __future__ import annotations

import anyio
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.adapters.calls.conftest import open_phone

from jambonz_anyio import App, Call
from jambonz_anyio.telemetry import instrument

pytestmark = pytest.mark.anyio


async def test_handlers_work_inside_the_span_of_their_hook() -> None:
    app, exporter, provider = App(), InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    mine = provider.get_tracer("mine")
    route = app.call("/", on_return="stay")
    over = anyio.Event()

    async def end(call: Call) -> None:
        over.set()

    @route
    async def answer(call: Call) -> None:
        call.on_end(end)
        await call.gather(actionHook="/a", input=["digits"]).gather(actionHook="/b", input=["digits"]).send()

    @route.on("/a")
    @route.on("/b")
    async def key(call: Call, choice: object) -> None:
        await anyio.lowlevel.checkpoint()
        with mine.start_as_current_span("mine"):
            await anyio.lowlevel.checkpoint()

    instrument(app, tracer_provider=provider)
    async with app.running(), open_phone(app) as phone:
        await phone.answered()
        hooks = [phone.hook("/a"), phone.hook("/b")]
        acked = {(await phone.next())["msgid"], (await phone.next())["msgid"]}
        assert acked == {*hooks}
        await phone.hang_up()
        with anyio.fail_after(10):
            await over.wait()
    spans = exporter.get_finished_spans()
    contexts = [(span.get_span_context(), span) for span in spans if span.name == "jambonz.hook"]
    of_hooks = {context.span_id: span.attributes for context, span in contexts if context is not None}
    parents = [of_hooks[span.parent.span_id] for span in spans if span.name == "mine" and span.parent]
    assert {str(attributes["jambonz.hook"]) for attributes in parents if attributes} == {"/a", "/b"}
