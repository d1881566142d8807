"""Tools on every server, by every vendor, by websocket and webhooks; interrupted, hung up on, moved to another process."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, LocalProtocolError, MemoryStore, WebhookRequest
from jambonz_anyio.testing import Checks, Phone, dial
from jambonz_anyio.tools import Steer, Tool, tool
from jambonz_core.call import ToolCallTaken
from jambonz_core.simulator import ModelCallsTool
from jambonz_core.tools import declared_for

pytestmark = pytest.mark.usefixtures("virtual_time")

VENDORS: dict[str, dict[str, Any]] = {
    "openai": {"model": "gpt", "auth": {"apiKey": "k"}, "llmOptions": {"response_create": {}}},
    # Server 0.9 sends none of Google's events unless they are named.
    "google": {
        "model": "gemini",
        "auth": {"apiKey": "k"},
        "llmOptions": {"setup": {}},
        "events": ["llm_event"],
    },
    "elevenlabs": {"auth": {"agent_id": "a"}, "llmOptions": {}},
    "deepgram": {
        "auth": {"apiKey": "k"},
        "llmOptions": {"Settings": {"agent": {"think": {"provider": {"type": "open_ai", "model": "m"}}}}},
    },
    "ultravox": {"auth": {"apiKey": "k"}, "llmOptions": {}},
}
HOOKS = {"toolHook": "/tool", "eventHook": "/event", "actionHook": "/done"}
AGENT: dict[str, Any] = {
    "verb": "agent",
    "stt": {"vendor": "deepgram"},
    "tts": {"vendor": "elevenlabs"},
    "llm": {"vendor": "openai", "model": "m", "llmOptions": {}},
    **HOOKS,
}


def llm(vendor: str) -> dict[str, Any]:
    return {"verb": "llm", "vendor": vendor, **VENDORS[vendor], **HOOKS}


@tool
async def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


@tool
async def double(a: int) -> int:
    """Double a number."""
    return 2 * a


def serving(handler: Callable[[Call], object] | None = None, verb: Any = AGENT, **options: Any) -> App:
    app = App(**options)

    @app.call("/")
    async def serve(call: Call) -> None:
        if handler is not None:
            handler(call)
        await call.send([verb])

    return app


@asynccontextmanager
async def talking(
    *tools: Any,
    handler: Callable[[Call], object] | None = None,
    verb: Any = AGENT,
    fails: bool = False,
    **options: Any,
) -> AsyncIterator[Phone]:
    def prepare(call: Call) -> None:
        if tools:
            call.tools("/tool", tools)
        if handler is not None:
            handler(call)

    checks = Checks(app_errors="ignore" if fails else "fail")
    async with dial(serving(prepare, verb, **options), "/", checks=checks) as phone:
        yield phone


# --- vendors and servers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["0.9", "v10"])
@pytest.mark.parametrize("vendor", VENDORS)
async def test_every_vendor_on_every_server(vendor: str, profile: str) -> None:
    async with talking(add, verb=llm(vendor), profile=profile) as phone:
        good = await phone.model.calls("add", a=3)
        assert str(good.value) == "4"
        bad = await phone.model.calls("add", a="x")
        assert "Expected `int`" in bad.text
        assert bad.is_error
        unknown = await phone.model.calls("nothing")
        assert unknown.text == "there is no tool nothing"
        assert phone.faults == []


@pytest.mark.parametrize("vendor", ["google", "openai"])
async def test_several_in_one_message_are_answered_one_by_one(vendor: str) -> None:
    started: list[int] = []

    @tool
    async def slow(number: int) -> int:
        started.append(number)
        await anyio.sleep(3 - number)
        return number

    async with talking(slow, verb=llm(vendor), profile="0.9") as phone:
        first, second = await phone.model.calls_together(("slow", {"number": 1}), ("slow", {"number": 2}))
        assert [str(first.value), str(second.value)] == ["1", "2"]
        assert first.seconds > second.seconds, "they ran at the same time"


# --- beside other handlers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", ["google", "openai"])
async def test_other_names_go_to_the_handler_of_the_path(vendor: str) -> None:
    seen: list[Any] = []

    def handler(call: Call) -> None:
        @call.on("/tool")
        async def own(wanted: Any) -> None:
            seen.append(wanted.raw)
            for one in wanted.raw.get("function_calls", [wanted.raw]):
                await call.tool_output(one.get("id") or one["tool_call_id"], "mine")

    async with talking(add, handler=handler, verb=llm(vendor)) as phone:
        one, other = await phone.model.calls_together(("add", {"a": 1}), ("own", {}))
        assert [str(one.value), other.value] == ["2", "mine"]
    assert "add" not in json.dumps(seen)
    assert len(seen) == 1


async def test_a_handler_of_its_own_that_does_not_answer_is_answered_for() -> None:
    def handler(call: Call) -> None:
        call.on("/tool", lambda wanted: None)

    async with talking(add, handler=handler) as phone:
        late = await phone.model.calls("own", timeout=20)
        assert (late.value, late.is_error) == ("the tool has not answered in time", True)


async def test_other_paths_are_nobodys_business() -> None:
    def handler(call: Call) -> None:
        call.tools("/other", [add])

        @call.on("/tool")
        async def own(wanted: Any) -> None:
            await call.tool_output(wanted.tool_call_id, "mine")
            await call.tool_output(wanted.tool_call_id, "mine")

    async with talking(handler=handler) as phone:
        assert (await phone.model.calls("add", a=1)).value == "mine"


async def test_a_program_may_answer_before_the_tool_does() -> None:
    @tool
    async def slow() -> str:
        await anyio.sleep(3)
        return "late"

    async def answer(call: Call) -> None:
        async for event in call.events():
            if isinstance(event, ToolCallTaken):
                await call.tool_output(event.tool_call_id, "by hand")

    async with talking(slow, handler=lambda call: call.start_soon(answer, call)) as phone:
        assert (await phone.model.calls("slow")).value == "by hand"
        await phone.waits(4)
        assert phone.transcript.count("command  llm:tool-output") == 1


# --- paths of the app -----------------------------------------------------------------------------------------------


async def test_tools_of_a_path_and_of_the_app() -> None:
    app = App()
    path = app.call("/")

    @path
    async def serve(call: Call) -> None:
        await call.send([AGENT])

    path.tools("/tool", [add])
    app.tools("/tool2", [double])
    with pytest.raises(LocalProtocolError, match="has a tool of the name add already"):
        path.tools("/tool", [add])
    async with dial(app, "/") as phone:
        assert (await phone.model.calls("add", a=1)).value == 2
        assert (await phone.model.calls("double", a=1)).text == "there is no tool double"


async def test_tools_are_exchanged_in_mid_call() -> None:
    @tool
    async def exchange(call: Call) -> str:
        await call.update_tools("/tool", [double])
        return "done"

    async with talking(add, exchange) as phone:
        assert (await phone.model.calls("exchange")).value == "done"
        assert await phone.model.is_updated() == {"type": "update_tools", "tools": [double.schema]}
        assert (await phone.model.calls("double", a=4)).value == 8
        assert (await phone.model.calls("add", a=4)).is_error

    async with talking(exchange, verb=llm("openai")) as phone:
        await phone.model.calls("exchange")
        update = await phone.model.is_updated()
        assert update == {"type": "session.update", "session": {"tools": declared_for("openai", [double])}}


async def test_a_model_that_cannot_be_told_of_other_tools_keeps_those_that_it_has() -> None:
    async with talking(add, _exchange, verb=llm("google"), fails=True) as phone:
        assert (await phone.model.calls("_exchange")).is_error
        assert (await phone.model.calls("add", a=1)).value == 2


@tool
async def _exchange(call: Call) -> None:
    await call.update_tools("/tool", [double])


async def test_tools_of_a_path_that_had_none() -> None:
    async def later(call: Call) -> None:
        await anyio.sleep(1)
        await call.update_tools("/tool", [add])

    async with talking(handler=lambda call: call.start_soon(later, call)) as phone:
        await phone.model.is_updated()
        assert (await phone.model.calls("add", a=1)).value == 2


# --- interruptions and ends -----------------------------------------------------------------------------------------


def lasting(on_interrupt: Any, seconds: float, log: list[str]) -> Tool[..., Any]:
    async def last() -> str:
        try:
            await anyio.sleep(seconds)
        except BaseException:
            log.append("cancelled")
            raise
        log.append("finished")
        return "done"

    return Tool(last, on_interrupt=on_interrupt)


async def test_an_interruption_cancels_what_is_declared_so() -> None:
    log: list[str] = []
    async with talking(lasting("cancel", 5, log)) as phone:
        wanted = await phone.model.wants("last")
        await phone.waits(1)
        await phone.model.sends({"type": "user_interruption"})
        output = await phone.model.gets(wanted)
        assert (output.value, output.is_error) == (
            "the caller has interrupted, so the tool was cancelled",
            True,
        )
    assert log == ["cancelled"]


async def test_an_interruption_lets_others_finish() -> None:
    log: list[str] = []
    async with talking(lasting("finish", 3, log)) as phone:
        wanted = await phone.model.wants("last")
        await phone.waits(1)
        await phone.model.sends({"type": "user_interruption"})
        assert (await phone.model.gets(wanted)).value == "done"
    assert log == ["finished"]


@pytest.mark.parametrize(
    ("on_interrupt", "seconds", "end"),
    [("finish", 3, "finished"), ("finish", 9, "cancelled"), ("cancel", 3, "cancelled")],
)
async def test_a_hangup_in_the_middle(on_interrupt: str, seconds: float, end: str) -> None:
    log: list[str] = []
    async with talking(lasting(on_interrupt, seconds, log)) as phone:
        await phone.model.wants("last")
        await phone.waits(1)
        await phone.hangs_up()
    assert log == [end]
    assert "llm:tool-output" not in phone.transcript


async def test_where_the_verb_is_replaced_nothing_is_sent() -> None:
    log: list[str] = []

    @tool
    def goodbye() -> Steer:
        return Steer("said", [{"verb": "say", "text": "Bye then."}, {"verb": "pause", "length": 5}])

    async with talking(lasting("finish", 2, log), goodbye) as phone:
        await phone.model.wants("last")
        await phone.model.calls("goodbye")
        await phone.hears("Bye then.")
        await phone.waits(3)
        assert log == ["finished"]
        assert phone.transcript.count("command  llm:tool-output") == 1


async def test_verbs_that_steer_may_be_queued_and_must_be_verbs(caplog: pytest.LogCaptureFixture) -> None:
    @tool
    def later(call: Call) -> Steer:
        return Steer("queued", call.say(text="After the model."), replace=False)

    @tool
    def wrong() -> Steer:
        return Steer("odd", [{"verb": "nothing"}])

    @tool
    def too_large() -> Steer:
        return Steer("x" * 20_000, [{"verb": "hangup"}])

    @tool
    def nothing() -> Steer:
        return Steer("nothing", [])

    async with talking(later, wrong, too_large, nothing, fails=True) as phone:
        assert (await phone.model.calls("wrong")).value == "odd"
        assert "cannot steer the call" in caplog.text
        assert (await phone.model.calls("too_large")).is_error
        assert (await phone.model.calls("nothing")).value == "nothing"
        assert (await phone.model.calls("later")).value == "queued"
        await phone.model.ends()
        await phone.hears("After the model.")


async def test_outputs_that_are_too_large_are_named() -> None:
    @tool
    async def talk(characters: int) -> str:
        return "\N{SNOWMAN}" * characters

    @tool
    async def quotes() -> str:
        return '"' * 8000

    async with talking(talk, quotes, verb=llm("elevenlabs"), profile="0.9") as phone:
        large = await phone.model.calls("talk", characters=10_000)
        assert large.is_error
        assert large.value.startswith(
            "the output of talk takes 30002 bytes and at most 16384 are taken (OUTPUT_BYTES)"
        )
        assert not (await phone.model.calls("talk", characters=100)).is_error


async def test_an_output_that_the_server_would_not_take_is_an_error() -> None:
    @tool
    async def quotes() -> dict[str, str]:
        return {"said": '"' * 8000}

    async with talking(quotes, verb=llm("openai"), profile="0.9", fails=True) as phone:
        large = await phone.model.calls("quotes")
        assert large.is_error
        assert "cannot be sent" in large.text


async def test_a_filler_may_be_a_function_and_may_fail(caplog: pytest.LogCaptureFixture) -> None:
    async def hum(call: Call) -> None:
        await call.apply_dub(action="addTrack", track="music")

    def breaks(call: Call) -> None:
        raise RuntimeError("no music")

    async def slow() -> str:
        await anyio.sleep(2)
        return "done"

    tools = [Tool(slow, name="hums", filler=hum), Tool(slow, name="breaks", filler=breaks)]
    async with talking(*tools, fails=True) as phone:
        assert (await phone.model.calls("hums")).value == "done"
        assert "addTrack" in phone.transcript
        assert (await phone.model.calls("breaks")).value == "done"
    assert "The filler of the tool breaks cannot be said" in caplog.text


async def test_a_filler_goes_into_an_open_text_stream() -> None:
    @tool(filler="Let me see.")
    async def slow() -> str:
        await anyio.sleep(2)
        return "done"

    app = App()

    @app.call("/")
    async def serve(call: Call) -> None:
        call.tools("/tool", [slow])
        await call.config(ttsStream={"enable": True}).send()
        await call.send([AGENT])

    async with dial(app, "/") as phone:
        assert (await phone.model.calls("slow")).value == "done"
        await phone.hears("Let me see.")


async def test_without_a_vendor_the_log_says_what_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    app = serving(lambda call: call.tools("/tool", [add], vendor="unheard"), llm("openai"), profile="0.9")
    async with dial(app, "/", checks=Checks(app_errors="ignore")) as phone:
        await phone.model.wants("add", a=1)
        await phone.waits(1)
    assert "cannot be answered" in caplog.text
    assert "name the vendor" in caplog.text


# --- another process ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("registered", ["by the app", "by on_resume"])
async def test_in_another_process(registered: str) -> None:
    store = MemoryStore()
    ran: list[tuple[str, str]] = []

    def process(name: str) -> App:
        app = App(store=store)

        @tool(idempotent=True)
        async def look(key: str) -> str:
            ran.append((name, "look"))
            if name == "first":
                await anyio.sleep_forever()
            return f"{key} of {name}"

        @tool
        async def book() -> str:
            ran.append((name, "book"))
            await anyio.sleep_forever()
            return ""

        if registered == "by the app":
            app.tools("/tool", [look, book])

        def register(call: Call) -> None:
            if registered != "by the app":
                call.tools("/tool", [look, book])

        @app.call("/")
        async def serve(call: Call) -> None:
            register(call)
            await call.send([AGENT])
            await call.wait_ended()

        @app.on_resume
        async def resumed(call: Call) -> None:
            register(call)
            await call.wait_ended()

        return app

    async with dial(process("first"), "/") as phone:
        looked = await phone.model.wants("look", key="k")
        booked = await phone.model.wants("book")
        await phone.waits(1)
        phone.resume_elsewhere(process("second"))
        assert (await phone.model.gets(looked)).value == "k of second"
        unknown = await phone.model.gets(booked)
        assert (unknown.value, unknown.is_error) == ("interrupted, outcome unknown", True)
    assert sorted(ran) == [("first", "book"), ("first", "look"), ("second", "look")]


# --- webhooks -------------------------------------------------------------------------------------------------------


def by_webhook(vendor: str, profile: str, *tools: Any, **options: Any) -> App:
    app = App(profile=profile, webhook_secret="s3cret")

    @app.webhook("/voice")
    async def voice(request: WebhookRequest) -> list[dict[str, Any]]:
        verb = AGENT if vendor == "agent" else llm(vendor)
        return [{**verb, "eventHook": "/event"}]

    @app.webhook("/event")
    @app.webhook("/done")
    async def told(request: WebhookRequest) -> None: ...

    app.tool_webhook("/tool", tools, vendor="" if vendor == "agent" else vendor, **options)
    return app


@pytest.mark.parametrize(
    ("vendor", "profile"),
    [(vendor, profile) for vendor in VENDORS for profile in ("0.9", "v10")] + [("agent", "v10")],
)
async def test_over_webhooks(vendor: str, profile: str) -> None:
    ran: list[str] = []

    @tool
    async def never() -> None:
        ran.append("never")
        await anyio.sleep_forever()

    app = by_webhook(vendor, profile, add, never)
    async with dial(app, "/voice", webhook=True, webhook_secret="s3cret") as phone:
        good = await phone.model.calls("add", a=3)
        assert str(good.value) == "4"
        bad = await phone.model.calls("add", a="x")
        assert "Expected `int`" in bad.text
        assert (await phone.model.calls("other")).text == "there is no tool other"
        late = await phone.model.calls("never", timeout=20)
        assert late.text == "the tool has not answered in time"
        assert 8 <= late.seconds < 10
        assert phone.faults == []


async def test_several_over_webhooks() -> None:
    async with dial(
        by_webhook("google", "0.9", add), "/voice", webhook=True, webhook_secret="s3cret"
    ) as phone:
        one, other = await phone.model.calls_together(("add", {"a": 1}), ("add", {"a": 2}))
        assert (one.value, other.value) == (2, 3)


async def test_other_names_over_webhooks_go_to_another_handler() -> None:
    async def otherwise(request: WebhookRequest) -> dict[str, Any]:
        return {"result": f"own {request.data['name']}"}

    @tool
    async def steers() -> Steer:
        return Steer("said", [{"verb": "hangup"}])

    app = by_webhook("agent", "v10", add, steers, otherwise=otherwise)
    checks = Checks(app_errors="ignore")
    async with dial(app, "/voice", webhook=True, webhook_secret="s3cret", checks=checks) as phone:
        assert (await phone.model.calls("lookup")).value == "own lookup"
        assert (await phone.model.calls("add", a=1)).value == 2
        assert (await phone.model.calls("steers")).value == "said"


async def test_a_request_that_comes_again_runs_nothing_again() -> None:
    from jambonz_anyio._call.tool_webhook import REMEMBERED, ToolWebhook

    ran: list[int] = []

    @tool
    async def count() -> int:
        ran.append(1)
        await anyio.sleep(1)
        return len(ran)

    app = App(webhook_secret="s")
    webhook = ToolWebhook(app._context, "/tool", [count], "", None)

    def asking(id: str, **more: Any) -> WebhookRequest:
        data = {"call_sid": "c", "tool_call_id": id, "name": "count", **more}
        return WebhookRequest("POST", "/tool", {}, data, {})

    answers: list[Any] = []

    async def ask(id: str) -> None:
        answers.append(await webhook(asking(id)))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, "t1")
        tasks.start_soon(ask, "t1")
    await ask("t1")
    assert answers == [{"result": 1}] * 3
    # Without an id nothing can be told apart.
    await ask("")
    await ask("")
    assert len(ran) == 3
    with anyio.move_on_after(0.5):
        await ask("cut off")
    await ask("cut off")
    assert answers[-1] == {"result": "interrupted, outcome unknown", "is_error": True}
    assert (await webhook(asking("t9", arguments="{x")))["is_error"]
    for number in range(REMEMBERED):
        webhook._results[("c", str(number))] = webhook._results[("c", "t1")]
    await ask("new")
    assert ("c", "t1") not in webhook._results, "the oldest is forgotten"
    nothing = WebhookRequest("POST", "/tool", {}, {"function_calls": []}, {})
    assert await webhook(nothing) == {}
    two = {"function_calls": [{"id": "a", "name": "x"}, {"id": "b", "name": "y"}]}
    both = await webhook(WebhookRequest("POST", "/tool", {}, two, {}))
    assert [each["id"] for each in both["toolResponse"]["functionResponses"]] == ["a", "b"]


async def test_what_webhooks_cannot_do_is_refused_when_they_are_registered() -> None:
    @tool
    async def wants_call(call: Call) -> None: ...

    app = App(profile="0.9", webhook_secret="s")
    with pytest.raises(LocalProtocolError, match="wants the call, and over webhooks there is none"):
        app.tool_webhook("/a", [wants_call], vendor="openai")
    with pytest.raises(LocalProtocolError, match="name the vendor"):
        app.tool_webhook("/b", [add])
    with pytest.raises(LocalProtocolError, match="two tools of the name add"):
        app.tool_webhook("/c", [add, add], vendor="openai")
    with pytest.raises(LocalProtocolError, match="has no secret"):
        App().tool_webhook("/d", [add])


# --- tools without a call -------------------------------------------------------------------------------------------


async def test_a_tool_can_be_run_by_a_program_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    @tool
    async def wants_call(call: Call) -> None: ...

    @tool(seconds=0.5)
    async def never() -> None:
        await anyio.sleep_forever()

    def plain(value: int) -> int:
        if value < 0:
            raise RuntimeError("a secret")
        return value

    assert (await add.run('{"a": 3}')).output == 4
    assert (await add.run("")).is_error
    assert (await add.run("{")).output.startswith("bad arguments: ")
    assert (await add.run([1])).output == "bad arguments: they must be an object, not list"  # type: ignore[arg-type]  # that is the point
    assert (await add.run()).is_error
    assert (
        await wants_call.run()
    ).output == "bad arguments: the tool wants_call needs a call (call), and there is none"
    assert (await never.run()).output == "the tool never has not answered in time"
    assert (await Tool(plain).run({"value": 3})).output == 3
    failed = await Tool(plain).run({"value": -3})
    assert failed.output == "the tool plain has failed"
    assert "a secret" in caplog.text
    assert await add(1, b=5) == 6
    assert repr(add) == "<Tool add>"
    assert add.__doc__ == "Add two numbers."


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "no spaces"}, "cannot be the name of a tool"),
        ({"name": "x" * 65}, "cannot be the name of a tool"),
        ({"seconds": 0}, "needs some time to run"),
        ({"on_interrupt": "stop"}, "on_interrupt is 'finish' or 'cancel'"),
        ({"parameters": {"type": 3}}, "no JSON Schema"),
    ],
)
async def test_what_cannot_be_a_tool_is_refused(options: dict[str, Any], said: str) -> None:
    def function(value: int) -> None: ...

    with pytest.raises(LocalProtocolError, match=said):
        Tool(function, **options)
    with pytest.raises(LocalProtocolError, match="a tool is a function"):
        Tool(3)  # type: ignore[arg-type]  # that is the point


# --- what the wire may do -------------------------------------------------------------------------------------------


async def test_more_tools_on_a_path_stand_beside_those_that_it_has() -> None:
    def handler(call: Call) -> None:
        call.tools("/tool", [double], vendor="openai", logger=logging.getLogger("mine"))

    async with talking(add, handler=handler) as phone:
        assert (await phone.model.calls("add", a=1)).value == 2
        assert (await phone.model.calls("double", a=2)).value == 4


async def test_a_tool_call_that_comes_again_runs_nothing_and_calls_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ran: list[str] = []

    @tool
    async def count() -> int:
        ran.append("tool")
        await anyio.sleep(1)
        return len(ran)

    def handler(call: Call) -> None:
        @call.on("/tool")
        async def own(wanted: Any) -> None:
            ran.append("handler")
            await call.tool_output(wanted.tool_call_id, "mine")

    async with talking(count, handler=handler) as phone:
        await phone.model.starts()
        for name, id in (("count", "t1"), ("count", "t1"), ("own", "t2"), ("own", "t2")):
            phone.act(ModelCallsTool(name, {}, id))
        await phone.waits(2)
        phone.act(ModelCallsTool("count", {}, "t1"))
        await phone.waits(2)
        assert sorted(ran) == ["handler", "tool"]
        assert phone.transcript.count("command  llm:tool-output") == 2
    assert "A tool call of count is not run: repeated" in caplog.text


@pytest.mark.parametrize("name", ["add", "own"])
async def test_an_id_that_is_too_long_is_named(name: str, caplog: pytest.LogCaptureFixture) -> None:
    def handler(call: Call) -> None:
        call.on("/tool", lambda wanted: None)

    async with talking(add, handler=handler) as phone:
        await phone.model.starts()
        phone.act(ModelCallsTool(name, {"a": 1}, "t" * 2000))
        await phone.waits(2)
        assert (await phone.model.calls("add", a=1)).value == 2
    assert f"A tool call of {name} is not run: id too long" in caplog.text


async def test_a_filler_and_a_steer_behind_a_hangup_harm_nobody() -> None:
    finished: list[str] = []

    @tool(filler="One moment.", seconds=4)
    async def slow(call: Call) -> Steer:
        with anyio.CancelScope(shield=True):
            await anyio.sleep(2)
        finished.append("slow")
        return Steer("late", call.say(text="Nobody hears this."))

    async with talking(slow) as phone:
        await phone.model.wants("slow")
        await phone.waits(0.8)
        await phone.hangs_up()
    assert finished == ["slow"]


async def test_a_tool_may_hang_up_itself() -> None:
    @tool
    async def goodbye(call: Call) -> Steer:
        await call.hangup()
        return Steer("gone", call.say(text="Nobody hears this."))

    async with talking(goodbye) as phone:
        await phone.model.wants("goodbye")
        await phone.call_ends()
