"""Cancellation: peers that hang in the middle of something, and programs that are told to stop.

After each of these the state is looked at: nothing half-sent, nothing owed, nothing left running.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio import App, AudioStream, Call, CallLimits, ServerLimits, VerbDropped
from jambonz_anyio._net.memory import memory_connection, open_memory_websocket
from jambonz_anyio._net.transport import Closed, Peer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

BIG = "x" * 20_000


class Deaf:
    """A transport whose peer takes nothing: what is pushed stays in the outbox."""

    def __init__(self) -> None:
        self.peer = Peer("/", subprotocol="ws.jambonz.org")
        self.pushed: list[str | bytes] = []
        self.sink: Any = None
        self.over = anyio.Event()
        self.aborted = False
        self.hangs_in_close = False

    @property
    def backlog(self) -> int:
        return sum(map(len, self.pushed))

    def fits(self, size: int) -> bool:
        return True

    async def run(self, sink: Any) -> Closed:
        self.sink = sink
        closed = Closed(1006)
        try:
            await self.over.wait()
            return closed
        finally:
            sink.closed(closed)

    def push(self, frame: str | bytes, *, receipt: bool = False) -> None:
        self.pushed.append(frame)

    receipts = False

    def ask_receipt(self) -> None:
        raise AssertionError("there are no receipts here")

    def drop_audio(self) -> None:
        self.pushed = [frame for frame in self.pushed if isinstance(frame, str)]

    async def room(self) -> None:
        if self.backlog > 1000:
            await self.over.wait()

    def abort(self) -> None:
        self.aborted = True
        self.over.set()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self.hangs_in_close:
            await anyio.sleep_forever()
        self.over.set()

    def hear(self, **message: Any) -> None:
        self.sink.frame(json.dumps({"msgid": "m1", "call_sid": "c1", "data": {"call_sid": "c1"}, **message}))

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.pushed]


async def admitted(app: App, path: str = "/", subprotocol: str = "ws.jambonz.org") -> Any:
    from jambonz_anyio import HttpRequest

    return await app.admit(HttpRequest("GET", Peer(path), subprotocols=(subprotocol,)))


async def test_a_sender_that_is_cancelled_while_the_peer_hangs_cuts_no_message() -> None:
    app = App()
    ends: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        await anyio.sleep(0.15)  # behind the answer, messages wait in the core
        with anyio.move_on_after(0.05) as scope:
            for _ in range(10):
                await call.say(text=BIG).send()
        ends.append(f"cancelled {scope.cancelled_caught}")

    transport = Deaf()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon((await admitted(app)).serve, transport)
        await anyio.wait_all_tasks_blocked()
        transport.hear(type="session:new")
        await anyio.sleep(0.3)
        # Whole messages only, and after the first that did not fit nobody wrote another.
        assert [message["type"] for message in transport.messages] == ["ack", "command"]
        assert ends == ["cancelled True"]
        tasks.cancel_scope.cancel()
    assert not app.calls


@pytest.mark.parametrize("when", ["before the call", "in the handler", "in last words", "in on_end"])
async def test_whoever_runs_the_application_may_cancel_it_at_any_time(when: str) -> None:
    app = App()
    ends: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        @call.on_end
        async def end(call: Call) -> None:
            ends.append("on_end begins")
            await anyio.sleep(0.02)
            ends.append("on_end ends")

        await call.answer().send()
        if when == "in last words":
            raise LookupError
        if when == "in on_end":
            await call.hangup()
        await anyio.sleep_forever()

    transport = Deaf()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon((await admitted(app)).serve, transport)
        await anyio.wait_all_tasks_blocked()
        if when != "before the call":
            transport.hear(type="session:new")
            await anyio.sleep(0.05)
        if when == "in on_end":
            transport.hear(type="call:status", data={"call_sid": "c1", "call_status": "completed"})
            transport.sink.closed(Closed(1000))
            await anyio.sleep(0.01)
        tasks.cancel_scope.cancel()
    assert not app.calls
    assert ends == ([] if when == "before the call" else ["on_end begins", "on_end ends"])
    # Nobody says goodbye for a call that goes on elsewhere.
    if when == "in the handler":
        assert [message["type"] for message in transport.messages] == ["ack"]


async def test_a_peer_that_hangs_in_close_holds_up_nobody() -> None:
    app = App(limits=CallLimits(opening_seconds=0.02))

    @app.call("/")
    async def main(call: Call) -> None: ...

    transport = Deaf()
    transport.hangs_in_close = True
    async with anyio.create_task_group() as tasks:
        tasks.start_soon((await admitted(app)).serve, transport)
        await anyio.sleep(0.1)
        # The transport bounds its own close; when that one does not, cancelling still works.
        tasks.cancel_scope.cancel()


async def test_a_turn_that_is_cancelled_in_a_gather_leaves_a_call_that_goes_on(dial: Any) -> None:
    app = App()
    order: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def answer(payload: Any) -> None:
            try:
                await call.gather(input=["digits"]).result()
            except VerbDropped:
                order.append("dropped")
            finally:
                order.append("left")

        await call.answer().send()
        await call.turns("/heard", answer)

    async with dial(app) as phone:
        await phone.answered()
        await phone.ack(phone.hook("/heard"))
        await phone.redirect(queued=True)
        await phone.ack(phone.hook("/heard"))
        # The first turn's gather is stopped, before the second asks its own.
        assert await phone.redirect(queued=False) == [{"verb": "pause", "length": 0.1}]
        assert (await phone.redirect(queued=True))[0]["verb"] == "gather"
    assert order[0] == "left"


async def test_a_result_that_comes_with_the_cancellation_stops_nothing(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        with anyio.CancelScope() as scope:

            @call.on("call:status")
            async def cancel(payload: Any) -> None:
                scope.cancel()

            await call.gather(input=["digits"], actionHook="/x").result()
        await call.say(text="on").send()

    async with dial(app) as phone:
        await phone.answered()
        await anyio.wait_all_tasks_blocked()
        # Both arrive before any task runs.
        phone.hook("/x", {"reason": "timeout"})
        phone.status("in-progress")
        assert (await phone.next())["data"] == []
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "on"}]
        await phone.silence()


async def test_a_result_that_comes_between_a_cancellation_and_its_exception_stops_nothing(dial: Any) -> None:
    app = App()
    scope = anyio.CancelScope()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        with scope:
            await call.gather(input=["digits"], actionHook="/x").result()
        await call.say(text="on").send()

    async with dial(app) as phone:
        await phone.answered()
        await anyio.wait_all_tasks_blocked()
        attachment = app.calls["call-1"]._runtime.driver._connection
        assert attachment is not None
        hook = {"type": "verb:hook", "msgid": "h1", "hook": "/x", "data": {"reason": "timeout"}}
        # The task that waits has no turn in between.
        scope.cancel()
        attachment.frame(json.dumps(hook))
        assert await phone.ack("h1") == []
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "on"}]
        await phone.silence()


async def test_a_source_of_speech_that_does_not_close_is_left_after_a_while(
    dial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jambonz_anyio.speech.CLOSE_SECONDS", 0.05)
    app = App()

    class Stubborn:
        def __aiter__(self) -> Stubborn:
            return self

        async def __anext__(self) -> str:
            await anyio.sleep_forever()
            return ""

        async def aclose(self) -> None:
            await anyio.sleep_forever()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.config(ttsStream={"enable": True}).send()
        with anyio.move_on_after(0.01):
            async with call.speak() as speech:
                await speech.feed(Stubborn())
        await call.say(text="on").send()

    async with dial(app) as phone:
        await phone.answered()
        while (message := await phone.next())["command"] != "redirect":
            pass
        assert message["data"] == [{"verb": "say", "text": "on"}]


async def test_a_writer_of_audio_that_is_cancelled_cuts_no_frame() -> None:
    app = App()
    sent: list[int] = []

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        with anyio.move_on_after(0.05):
            for number in range(1000):
                await stream.send(bytes(320))
                sent.append(number)

    transport = Deaf()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon((await admitted(app, "/audio", "audio.drachtio.org")).serve, transport)
        await anyio.wait_all_tasks_blocked()
        transport.sink.frame('{"callSid": "c1", "sampleRate": 8000}')
        await anyio.sleep(0.2)
    assert all(len(frame) == 320 for frame in transport.pushed)
    assert len(sent) < 10


async def test_a_thousand_cancellations_leave_a_consistent_call(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.config(ttsStream={"enable": True}).send()
        for number in range(1000):
            with anyio.CancelScope() as scope:
                if number % 3 == 0:
                    scope.cancel()
                async with call.speak() as speech:
                    if number % 3 == 1:
                        scope.cancel()
                    await speech.write(f"speech {number}. ")
                    if number % 3 == 2:
                        scope.cancel()
                    await anyio.lowlevel.checkpoint()
        async with call.speak() as speech:
            await speech.write("The end.")

    async with dial(app) as phone:
        await phone.answered()
        phone.status("in-progress")
        texts: list[str] = []
        while not texts or texts[-1] != "The end.":
            message = await phone.next()
            if message.get("command") == "tts:tokens":
                texts.append(message["data"]["tokens"])
                phone.say("tts:tokens-result", {"id": message["data"]["id"], "status": "ok"})
        await phone.command("tts:flush")


@pytest.mark.parametrize("limit", [1, 5, 17, 40])
async def test_a_connection_that_breaks_after_any_frame_leaves_nothing(limit: int) -> None:
    """The same conversation, cut off after each number of frames of ours."""
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        call.on("/x", lambda payload: call.say(text="x"))
        while True:
            with contextlib.suppress(VerbDropped):
                await call.gather(input=["digits"], actionHook="/y").result()

    app_side, phone_side = memory_connection(
        Peer("/", subprotocol="ws.jambonz.org"), limits=ServerLimits(), peer_limits=ServerLimits()
    )
    received = 0
    reached = anyio.Event()

    class Server:
        def frame(self, data: str | bytes) -> None:
            nonlocal received
            received += 1
            if received >= limit:
                phone_side.connection.cut()
                reached.set()
                return
            for hook in ("/x", "/y"):
                phone_side.push(
                    json.dumps(
                        {
                            "type": "verb:hook",
                            "msgid": f"{received}{hook}",
                            "hook": hook,
                            "data": {"reason": "timeout"},
                        }
                    )
                )

        def receipt(self, count: int) -> None: ...

        def closed(self, closed: Closed) -> None: ...

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon((await admitted(app)).serve, app_side)
            tasks.start_soon(phone_side.run, Server())
            phone_side.push(
                json.dumps({"type": "session:new", "msgid": "m", "call_sid": "c", "data": {"call_sid": "c"}})
            )
            await reached.wait()
            await anyio.wait_all_tasks_blocked()
            assert not app.calls["c"].attached
            tasks.cancel_scope.cancel()
    assert not app.calls


async def test_the_application_may_be_cancelled_from_within_a_handler(dial: Any) -> None:
    app = App()

    async def tokens() -> AsyncIterator[str]:
        while True:
            yield "word "
            await anyio.lowlevel.checkpoint()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.config(ttsStream={"enable": True}).send()
        async with call.speak() as speech:
            await speech.feed(tokens())

    with anyio.CancelScope() as scope:
        async with open_memory_websocket(app, "/", subprotocols=("ws.jambonz.org",)) as transport:
            transport.push(
                json.dumps({"type": "session:new", "msgid": "m", "call_sid": "c", "data": {"call_sid": "c"}})
            )
            await anyio.sleep(0.05)
            scope.cancel()
    assert not app.calls


async def test_when_the_scope_ends_nothing_is_put_in_place_of_what_was_waited_for(dial: Any) -> None:
    app = App(last_words="Sorry.")

    @app.call("/")
    async def main(call: Call) -> None:
        @call.on("/x")
        async def fail(payload: Any) -> None:
            raise ValueError("on purpose")

        await call.gather(input=["digits"]).result()

    async with dial(app) as phone:
        await phone.answered()
        await phone.ack(phone.hook("/x", {"reason": "timeout"}))
        # A pause before them would be played, and the last words come after it.
        assert await phone.redirect(queued=False) == [{"verb": "say", "text": "Sorry."}, {"verb": "hangup"}]
        await phone.hang_up()
        await phone.wait_closed()


class Forgetful(Deaf):
    """A transport that ends without a word to its sink, against the rules."""

    def __init__(self, path: str, subprotocol: str, *, fails: bool) -> None:
        super().__init__()
        self.peer = Peer(path, subprotocol=subprotocol)
        self.fails = fails

    async def run(self, sink: Any) -> Closed:
        self.sink = sink
        await self.over.wait()
        if self.fails:
            raise LookupError("a transport of somebody's own")
        return Closed(4000, "gone")


@pytest.mark.parametrize("fails", [False, True])
async def test_the_end_of_a_transport_that_does_not_tell_it_is_known_all_the_same(fails: bool) -> None:
    app = App()
    go_on = anyio.Event()
    ends: list[Any] = []

    @app.call("/")
    async def main(call: Call) -> None:
        await call.answer().send()
        await go_on.wait()
        # The handler returns, and whether anything can act on the call is asked of whoever reads.

    @app.audio("/audio")
    async def audio(stream: AudioStream) -> None:
        media.over.set()
        ends.append([pcm async for pcm in stream])
        assert stream.closed_as is not None
        ends.append(stream.closed_as.code)

    transport = Forgetful("/", "ws.jambonz.org", fails=fails)
    media = Forgetful("/audio", "audio.drachtio.org", fails=fails)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon((await admitted(app)).serve, transport)
        await anyio.wait_all_tasks_blocked()
        transport.hear(type="session:new")
        await anyio.wait_all_tasks_blocked()
        [call] = app.calls.values()
        assert call.attached
        transport.over.set()
        await anyio.wait_all_tasks_blocked()
        assert not call.attached
        go_on.set()
        await anyio.wait_all_tasks_blocked()
        assert (call.ended, call.error) == (False, None)
        tasks.start_soon((await admitted(app, "/audio", "audio.drachtio.org")).serve, media)
        await anyio.wait_all_tasks_blocked()
        media.sink.frame('{"callSid": "c2", "sampleRate": 8000, "mixType": "mono"}')
        await anyio.wait_all_tasks_blocked()
        assert ends == [[], 1006 if fails else 4000]
        tasks.cancel_scope.cancel()
