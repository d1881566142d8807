"""Handlers and what they are given to: their parameters, their payloads, and tasks with their arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, assert_type

import anyio

from jambonz_anyio import App, AudioStream, Call, Chain, Hook, Inbox, WebhookRequest, make
from jambonz_anyio.payloads import (
    CallStatusData,
    CutSpeech,
    DialConfirmData,
    DialResult,
    GatherResult,
    LlmEventData,
    LlmToolCallData,
    Payload,
    SessionRedirectData,
)

app = App()
menu = app.call("/menu")


# Handlers as they should be: async or plain, functions, methods, partials and objects.


@app.call("/good")
async def answer(call: Call) -> None:
    call.start_soon(count, 3, "x")
    call.start_soon(count, 3, name="counting")
    call.start_soon(partial(count, 3, word="x"))
    call.start_soon(anyio.sleep, 1)
    call.start_soon(call.wait_ended)
    call.on("/heard", heard)
    call.on("call:status", lambda status: print(status.call_status))
    call.on("/later", partial(count, 3))  # error (pyright): the payload is no text
    call.on_end(lambda call: print(call.end_reason))
    await call.turns("/heard", heard)
    await call.turns("/heard", heard_by_hand)
    await call.send(call.say(text="Hi"))
    await call.send([{"verb": "hangup"}, make.pause(length=1), call.say(text="Hi")])
    await call.send({"verb": "hangup"})


@app.call("/plain")
def plain(call: Call) -> Chain[None]:
    return call.say(text="Hi")


@app.call("/unannotated")
async def unannotated(call):  # type: ignore[no-untyped-def]
    await call.send([])


@app.call("/optional")
async def optional(call: Call, more: int = 0) -> None: ...


@menu
async def begin(call: Call) -> None: ...


@menu.on("/chosen")
async def chosen(call: Call, choice: GatherResult) -> Chain[None]:
    return call.say(text=str(choice.digits))


@app.audio("/audio")
async def record(stream: AudioStream) -> None:
    await stream.send(b"\0\0")


@app.webhook("/hook", unsigned=True)
def hook(request: WebhookRequest) -> list[Any]:
    return []


@app.on_error
async def report(call: Call | AudioStream, error: Exception) -> None: ...


@app.on_resume
async def go_on(call: Call) -> None: ...


class Desk:
    async def __call__(self, call: Call) -> None: ...

    def serve(self, call: Call, extra: str = "") -> None: ...


app.call("/object")(Desk())
app.call("/method")(Desk().serve)
app.call("/partial")(partial(Desk().serve, extra="x"))
app.call("/lambda")(lambda call: call.say(text="Hi"))
app.on_error(lambda call, error: print(call, error))
app.on_resume(lambda call: None)


async def count(times: int, word: str = "") -> None: ...


async def heard(result: GatherResult) -> None:
    assert_type(result.cut, CutSpeech | None)


async def heard_by_hand(result: Any) -> None: ...


# A decorated handler is what it was.


async def keeps_its_type(call: Call, result: GatherResult, stream: AudioStream) -> None:
    plain(call).hangup()
    await begin(call)
    assert_type(await chosen(call, result), Chain[None])
    await record(stream)
    begin()  # error: a parameter is missing


# What comes out of `hooks`.


async def payloads(call: Call) -> None:
    assert_type(call.hooks("/heard", GatherResult), Inbox[GatherResult])
    assert_type(call.hooks("/heard", hold=True), Inbox[Hook])
    async for result in call.hooks("/heard", GatherResult):
        assert_type(result.transcript, str)
        result.transcirpt  # error: misspelt
        result.cut.accepted  # error: may be None
    async for hook in call.hooks("/heard", hold=True):
        await hook.reply(call.say(text="Hi"))
        await hook.reply(5)  # error: no verbs
        assert_type(hook.payload, Payload)
        assert_type(hook.payload_as(GatherResult), GatherResult)
        hook.payload_as(dict)  # error: not a class of payloads
    call.hooks("/heard", dict)  # error: not a class of payloads
    call.hooks("/heard", DialResult, hold=True)  # error: a held hook has its own type


# What comes under the names of events.


async def status(event: CallStatusData) -> None: ...
async def of_a_path(call: Call, event: CallStatusData) -> None: ...


def events(call: Call) -> None:
    call.on("call:status", status)("x")  # error: it takes an event, as before
    call.on("call:status", lambda event: print(event.call_status))
    call.on("call:status", heard_by_hand)
    call.on("verb:status", status)  # error: of another event
    call.on("llm:tool-call", status)  # error: of another event
    call.on("tts:user_interruption", status)  # error: of another event
    call.on("session:adulting", status)  # error: gets a call
    call.on("session:adulting", lambda child: print(child.call_sid))
    call.on("session:adulting", answer)
    call.on("/heard", status)  # error: no path brings that
    call.on("/heard", lambda result: print(result.transcript))
    call.on("/anything", lambda payload: print(payload.raw))
    menu.on("call:status", of_a_path)
    menu.on("verb:status", of_a_path)  # error: of another event
    menu.on("/chosen", of_a_path)  # error: no path brings that

    @call.on("call:status")
    async def as_it_was(event: CallStatusData) -> None: ...

    @call.on("verb:status")  # error: of another event
    async def of_another(event: CallStatusData) -> None: ...

    @menu.on("session:redirect")
    async def redirected(call: Call, event: SessionRedirectData) -> Chain[None]:
        return call.say(text="Hi")

    @menu.on("session:redirect")  # error: of another event
    async def not_redirected(call: Call, event: CallStatusData) -> None: ...


# What comes under a name of its own, and by the path of a hook as well. Where `on` decorates, the name decides; given
# as an argument, a handler of any hook passes, because no type is all strings but these names.


async def tool(event: LlmToolCallData) -> None: ...
async def confirm(event: DialConfirmData) -> None: ...
async def of_a_model(event: LlmEventData | LlmToolCallData) -> None: ...
async def tool_of_a_path(call: Call, event: LlmToolCallData) -> None: ...


def named_hooks(call: Call) -> None:
    call.on("llm:tool-call", tool)("x")  # error: it takes an event, as before
    call.on("llm:tool-call", lambda event: print(event.tool_call_id))
    call.on("llm:tool-call", of_a_model)
    call.on("llm:event")(of_a_model)
    call.on("llm:event")(tool)  # error: of another event
    call.on("llm:tool-call")(heard)  # error: of a verb
    call.on("agent:tool-call")(tool)  # error: of another event
    call.on("agent:event")(tool)  # error: of another event
    call.on("dial:confirm")(confirm)
    call.on("dial:confirm")(tool)  # error: of another event
    call.on("session:redirect")(confirm)  # error: of another event
    call.on("/tools", tool)
    call.on("/confirm")(confirm)
    call.on("verb:hook")(heard)
    menu.on("llm:tool-call", tool_of_a_path)
    menu.on("llm:event")(tool_of_a_path)  # error: of another event

    @call.on("llm:tool-call")
    async def answered(event: LlmToolCallData) -> None: ...

    @call.on("session:redirect")  # error: of another event
    async def not_confirmed(event: DialConfirmData) -> None: ...

    @call.on("dial:confirm")  # error: of another event
    async def not_redirected(event: SessionRedirectData) -> None: ...

    @menu.on("dial:confirm")  # error: of another event
    async def not_a_tool(call: Call, event: LlmToolCallData) -> None: ...


# Handlers with wrong or missing parameters.


@app.call("/none")  # error: no parameter
async def takes_nothing() -> None: ...


@app.call("/two")  # error: two parameters
async def takes_two(call: Call, payload: GatherResult) -> None: ...


@app.call("/stream")  # error: calls have no streams as parameters
async def takes_a_stream(stream: AudioStream) -> None: ...


@menu  # error: no parameter
async def menu_of_nothing() -> None: ...


@menu.on("/missing")  # error: the call comes first
async def only_a_payload(choice: GatherResult) -> None: ...


@menu.on("/swapped")  # error: the call comes first
async def swapped(choice: GatherResult, call: Call) -> None: ...


@app.audio("/of-calls")  # error: streams have their own class
async def takes_a_call(call: Call) -> None: ...


@app.audio("/of-nothing")  # error: no parameter
async def hears_nothing() -> None: ...


@app.webhook("/wrong", unsigned=True)  # error: gets a request
def takes_a_number(request: int) -> list[Any]:
    return []


@app.on_error  # error: the exception is missing
async def forgets_the_error(call: Call | AudioStream) -> None: ...


@app.on_error  # error: streams fail, too
async def forgets_streams(call: Call, error: Exception) -> None: ...


@app.on_resume  # error: no parameter
async def resumes_nothing() -> None: ...


def registered(call: Call, wrong: Callable[[], None]) -> None:
    @call.on("/x")  # error: no parameter
    async def nothing() -> None: ...

    @call.on("/x")  # error: two parameters
    async def two(call: Call, payload: Payload) -> None: ...

    call.on("/x", wrong)  # error: no parameter
    call.on("/x", 5)  # error: no function
    call.on_end(wrong)  # error: no parameter
    menu.on("/x", wrong)  # error: no parameter
    app.call("/x")(wrong)  # error: no parameter
    app.on_error(wrong)  # error: no parameters


# Turns, tasks and settings.


async def tasks(call: Call, stream: AudioStream) -> None:
    async def no_parameter() -> None: ...
    def plain(payload: Payload) -> None: ...

    await call.turns("/heard", no_parameter)  # error: the payload is missing
    await call.turns("/heard", plain)  # error: not async
    call.start_soon(count)  # error: an argument is missing
    call.start_soon(count, "3")  # error: not a number
    call.start_soon(count, 3, "x", "y")  # error: one too many
    call.start_soon(count(3))  # error: called already
    call.start_soon(print, "x")  # error: not async
    await call.send(5)  # error: no verbs
    await call.send("Hello")  # error: no verbs
    await stream.send(5)  # error: no audio
    await stream.send("pcm")  # error: no audio


async def serving() -> None:
    await app.serve(host="0.0.0.0", port=3000, parser="auto", drain_seconds=5)
    await app.serve(prt=3000)  # error: misspelt
    await app.serve(port="3000")  # error: a number
    partial(app.serve, host="::", port=3000)
