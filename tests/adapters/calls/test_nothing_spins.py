"""No loop around a coroutine of the library can hold up the event loop, whatever became of its connection.

Every coroutine that a program can await on a call or on an audio stream is found by looking at the classes, put
in a tight loop that ignores what it raises, and watched: another task must go on running. So a coroutine that is
added later is missed here, by name, until it is in a table below.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from anyio.abc import TaskGroup

import jambonz_anyio
from jambonz_anyio import (
    App,
    AudioStream,
    Call,
    CallEnded,
    CallLimits,
    CallOptions,
    HttpRequest,
    Inbox,
    ServerLimits,
    Session,
)
from jambonz_anyio._call.event_loop import CALLS_BETWEEN_YIELDS
from jambonz_anyio._call.held_hook import current_hook
from jambonz_anyio._net import fast_streams
from jambonz_anyio._net.client import http_request
from jambonz_anyio._net.server import Server
from jambonz_anyio._net.transport import Closed, Peer
from jambonz_anyio.sdk.websocket import AudioStream as FamiliarAudioStream
from jambonz_anyio.sdk.websocket.endpoint import MakeService
from jambonz_core.audio import KillAudio, SendAudio
from jambonz_core.call import Mute, Send

pytestmark = [pytest.mark.anyio, pytest.mark.real_time, pytest.mark.usefixtures("nothing_left_behind")]

TIMES = 8 * CALLS_BETWEEN_YIELDS
PCM = bytes(320)


class Wire:
    """A transport whose peer does what the test says."""

    receipts = False
    backlog = 0

    def __init__(self, path: str, subprotocol: str) -> None:
        self.peer = Peer(path, subprotocol=subprotocol)
        self.sink: Any = None
        self.state = "well"
        self.pushed = 0
        self.settled = anyio.Event()
        self._told = False
        self._over = anyio.Event()

    async def run(self, sink: Any) -> Closed:
        self.sink = sink
        try:
            await self._over.wait()
        finally:
            self.lose(1006)
        return Closed(1006)

    def lose(self, code: int) -> None:
        if not self._told:
            self._told = True
            self.sink.closed(Closed(code))

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        self.pushed += 1
        if isinstance(frame, str) and "unmute" in frame:
            self.settled.set()
        return self.state == "well"

    def fits(self, size: int) -> bool:
        return True  # what waits for room is far from what cuts a connection

    def ask_receipt(self) -> None: ...

    def drop_audio(self) -> None: ...

    async def room(self) -> None:
        if self.state == "full":
            await self._over.wait()
        elif self.state != "well":
            await anyio.lowlevel.checkpoint()

    def abort(self) -> None:
        self._over.set()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self._over.set()

    def hear(self, type: str, data: dict[str, Any], **envelope: Any) -> None:
        self.sink.frame(json.dumps({"type": type, "msgid": type, "call_sid": "c1", "data": data, **envelope}))


async def quietly(function: Callable[..., Awaitable[Any]], *args: Any) -> None:
    with suppress(Exception):
        await function(*args)


@dataclass
class World:
    """What a program may hold."""

    call: Call
    session: Session
    stream: AudioStream
    control: Wire
    audio: Wire
    familiar: FamiliarAudioStream = field(init=False)
    speech: Any = None
    hook: Any = None
    mark: Any = None
    inboxes: dict[str, Inbox[Any]] = field(default_factory=dict)

    async def become(self, state: str, tasks: TaskGroup) -> None:
        """Let the connections be dead, full, detached, or ended.

        That they are dead nobody is told: it shows in what is pushed.
        """
        for wire in (self.control, self.audio):
            wire.state = state
        if state in ("dead", "full"):
            tasks.start_soon(quietly, self.call.mute)
            tasks.start_soon(quietly, self.stream.send, PCM)
            await anyio.wait_all_tasks_blocked()
        if state == "detached":
            self.control.lose(1006)
            self.audio.lose(1006)
        elif state == "ended":
            self.control.hear("call:status", {"call_sid": "c1", "call_status": "completed"})
            self.control.lose(1000)
            self.audio.lose(1000)


async def admitted(app: App, path: str, subprotocol: str) -> tuple[Any, Wire]:
    admission = await app.admit(HttpRequest("GET", Peer(path), subprotocols=(subprotocol,)))
    return admission, Wire(path, subprotocol)


@asynccontextmanager
async def world(*, speaking: bool = False) -> AsyncIterator[World]:
    """A call and its audio stream, both well, with one of everything that a program may hold."""
    app = App()
    streams: list[AudioStream] = []
    sessions: list[Session] = []
    service = MakeService(app)(path="/")
    service.on("session:new", sessions.append)

    @app.audio("/audio", streaming=True)
    async def audio(stream: AudioStream) -> None:
        streams.append(stream)
        await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        control, wire = await admitted(app, "/", "ws.jambonz.org")
        media, audio_wire = await admitted(app, "/audio", "audio.drachtio.org")
        tasks.start_soon(control.serve, wire)
        tasks.start_soon(media.serve, audio_wire)
        await anyio.wait_all_tasks_blocked()
        wire.hear("session:new", {"call_sid": "c1"})
        audio_wire.sink.frame('{"callSid": "c1", "sampleRate": 8000, "mixType": "mono"}')
        await anyio.wait_all_tasks_blocked()
        [session], [stream] = sessions, streams
        call = session.call
        await call.config(ttsStream={"enable": True}).send()
        wire.hear("call:status", {"call_sid": "c1", "call_status": "in-progress"})
        there = World(call, session, stream, wire, audio_wire)
        there.familiar = FamiliarAudioStream(stream)
        held = call.hooks("/held", hold=True)
        wire.hear("verb:hook", {"call_sid": "c1"}, hook="/held")
        there.hook = await anext(held)
        there.mark = stream.mark("never heard of")
        there.inboxes = {
            "hooks": call.hooks("/x"),
            "events": call.events(),
            "audio events": stream.events(),
            "dtmf": stream.dtmf(),
        }
        await call.unmute()
        await wire.settled.wait()  # which was held behind the first answer
        if speaking:

            async def speak() -> None:
                async with call.speak() as there.speech:
                    await anyio.sleep_forever()

            tasks.start_soon(speak)
            await anyio.wait_all_tasks_blocked()
        yield there
        tasks.cancel_scope.cancel()


# --- what there is to await -----------------------------------------------------------------------------------

Operation = Callable[[Any, Any], Awaitable[Any]]
"""Awaits one coroutine of an object: a function of the object, and of the world that it is in."""


async def entered(manager: Any) -> None:
    async with manager:
        pass


async def exhausted(iterator: Any) -> None:
    async for _ in iterator:
        pass


async def no_turn(heard: Any) -> None: ...


COMMANDS: dict[str, Operation] = {
    "mute": lambda leg, _: leg.mute(),
    "unmute": lambda leg, _: leg.unmute(),
    "conference_mute": lambda leg, _: leg.conference_mute(),
    "conference_unmute": lambda leg, _: leg.conference_unmute(),
    "conference_hold": lambda leg, _: leg.conference_hold(),
    "conference_unhold": lambda leg, _: leg.conference_unhold(),
    "conference_participant": lambda leg, _: leg.conference_participant("mute"),
    "whisper": lambda leg, _: leg.whisper({"verb": "say", "text": "psst"}),
    "send_dtmf": lambda leg, _: leg.send_dtmf("1"),
    "pause_listen": lambda leg, _: leg.pause_listen(),
    "resume_listen": lambda leg, _: leg.resume_listen(),
    "pause_transcribe": lambda leg, _: leg.pause_transcribe(),
    "resume_transcribe": lambda leg, _: leg.resume_transcribe(),
    "record": lambda leg, _: leg.record("stop"),
    "boost_audio": lambda leg, _: leg.boost_audio(3),
    "media_path": lambda leg, _: leg.media_path("no-media"),
    "noise_isolation": lambda leg, _: leg.noise_isolation(True),
    "apply_dub": lambda leg, _: leg.apply_dub(action="silenceTrack", track="a"),
    "configure": lambda leg, _: leg.configure(reset="synthesizer"),
    "set_tag": lambda leg, _: leg.set_tag({"a": 1}),
    "redirect_call": lambda leg, _: leg.redirect_call("/x"),
    "redirect_child": lambda leg, _: leg.redirect_child("/x"),
    "redirect_parent": lambda leg, _: leg.redirect_parent({"verb": "say", "text": "x"}),
    "dial_out": lambda leg, _: leg.dial_out({"to": {"type": "phone", "number": "1"}}),
    "send_sip_request": lambda leg, _: leg.send_sip_request("INFO"),
    "room_say": lambda leg, _: leg.room_say(text="x"),
    "room_play": lambda leg, _: leg.room_play("http://x/y.wav"),
    "reconfigure_stt": lambda leg, _: leg.reconfigure_stt([]),
    "tool_output": lambda leg, _: leg.tool_output("t", {}),
    "update_llm": lambda leg, _: leg.update_llm({"type": "x"}),
    "update_agent": lambda leg, _: leg.update_agent("generate_reply"),
    "send_command": lambda leg, _: leg.send_command(Mute(True)),
    "raw_command": lambda leg, _: leg.raw_command("mute", {"mute_status": "mute"}),
}
INJECTED: dict[str, Operation] = {
    "inject_command": lambda leg, _: leg.inject_command("mute", {"mute_status": "mute"}),
    "inject_record": lambda leg, _: leg.inject_record("stopCallRecording"),
    "inject_whisper": lambda leg, _: leg.inject_whisper({"verb": "say", "text": "psst"}),
    "inject_mute": lambda leg, _: leg.inject_mute("mute"),
    "inject_conference_mute": lambda leg, _: leg.inject_conference_mute("mute"),
    "inject_conference_hold": lambda leg, _: leg.inject_conference_hold("hold"),
    "inject_listen_status": lambda leg, _: leg.inject_listen_status("pause"),
    "inject_transcribe_status": lambda leg, _: leg.inject_transcribe_status("pause"),
    "inject_noise_isolation": lambda leg, _: leg.inject_noise_isolation("enable"),
    "inject_dtmf": lambda leg, _: leg.inject_dtmf("1"),
    "inject_tag": lambda leg, _: leg.inject_tag({"a": 1}),
    "inject_redirect": lambda leg, _: leg.inject_redirect("/x"),
    "inject_stt_reconfigure": lambda leg, _: leg.inject_stt_reconfigure([]),
}
TEXT: dict[str, Operation] = {
    "send_tts_tokens": lambda call, _: call.send_tts_tokens("word "),
    "flush_tts_tokens": lambda call, _: call.flush_tts_tokens(),
    "clear_tts_tokens": lambda call, _: call.clear_tts_tokens(),
}
OPERATIONS: dict[str, dict[str, Operation]] = {
    "Call": {
        **COMMANDS,
        **TEXT,
        "send": lambda call, _: call.send([{"verb": "say", "text": "x"}]),
        "post": lambda call, _: call.post(Send([{"verb": "say", "text": "x"}])),
        "speak": lambda call, _: entered(call.speak()),
        "turn": lambda call, _: entered(call.turn()),
        "turns": lambda call, _: call.turns("/turns", no_turn),
        "update_tools": lambda call, _: call.update_tools("/tools", []),
        "wait_ended": lambda call, _: call.wait_ended(),
        "wait_audio": lambda call, _: call.wait_audio(),
        "checkpoint": lambda call, _: call.checkpoint(),
    },
    "Leg": COMMANDS,
    "Chain": {
        "send": lambda call, _: call.say(text="x").send(),
        "replace": lambda call, _: call.say(text="x").replace(),
        "reply": lambda call, there: reply(call, there),
        "result": lambda call, _: call.gather(input=["digits"]).result(),
        "done": lambda call, _: call.say(text="x").done(),
        "__await__": lambda call, _: call.tag(data={"a": 1}),
    },
    "Speech": {
        "write": lambda speech, _: speech.write("word "),
        "feed": lambda speech, _: speech.feed(["word "]),
        "flush": lambda speech, _: speech.flush(),
        "clear": lambda speech, _: speech.clear(),
        "settled": lambda speech, _: speech.settled(),
    },
    "Hook": {"reply": lambda hook, _: hook.reply([]), "post": lambda hook, _: hook.post([])},
    "Inbox": {
        "__anext__": lambda _, there: anext(there.inboxes["events"]),
        "__aenter__": lambda _, there: entered(there.inboxes["dtmf"]),
        "__aexit__": lambda _, there: entered(there.inboxes["audio events"]),
    },
    "Session": {
        **COMMANDS,
        **INJECTED,
        **TEXT,
        "send": lambda session, _: session.say(text="x").send(),
        "reply": lambda session, _: session.say(text="x").reply(),
        "emit": lambda session, _: session.emit("of no meaning"),
        "inject_play": lambda session, _: session.inject_play("a.wav"),
        "inject_say": lambda session, _: session.inject_say("x"),
        "send_tool_output": lambda session, _: session.send_tool_output("t", {"a": 1}),
        "close": lambda session, _: session.close(),
    },
    "AudioStream": {
        "send": lambda stream, _: stream.send(PCM),
        "post": lambda stream, _: stream.post(SendAudio(PCM)),
        "end_utterance": lambda stream, _: stream.end_utterance(),
        "play": lambda stream, _: stream.play(PCM),
        "clear_marks": lambda stream, _: stream.clear_marks(),
        "kill": lambda stream, _: stream.kill(),
        "send_command": lambda stream, _: stream.send_command(KillAudio()),
        "disconnect": lambda stream, _: stream.disconnect(),
        "frames": lambda stream, _: exhausted(stream.frames(0.1)),
        "__anext__": lambda stream, _: anext(stream),
        "close": lambda stream, _: stream.close(),
    },
    "Mark": {"__await__": lambda mark, _: mark},
    "FamiliarAudioStream": {
        "emit": lambda stream, _: stream.emit("of no meaning"),
        "send_audio": lambda stream, _: stream.send_audio(PCM),
        # A clip needs a stream of the other kind, and goes the same way.
        "play_audio": lambda stream, _: stream.send_audio(PCM),
        "kill_audio": lambda stream, _: stream.kill_audio(),
        "disconnect": lambda stream, _: stream.disconnect(),
        "send_mark": lambda stream, _: stream.send_mark("m"),
        "clear_marks": lambda stream, _: stream.clear_marks(),
        "close": lambda stream, _: stream.close(),
    },
}
"""By the class and the name of the coroutine."""

NOT_ON_A_CALL = {
    "App": "is asked once for each connection, and serves",
    "FileStore": "waits for a thread",
    "JambonzClient": "waits for the network",
    "Posted": "is what the methods that act at once return: those of Session are in the table",
    "MemoryStore": "yields each time",
    "RedisStore": "waits for the network",
    "Server": "waits for what it serves",
    "Store": "is what others implement",
}
"""Exported classes with coroutines of another kind."""

ACT_AT_ONCE = ("Session", "FamiliarAudioStream")
"""Whose methods have done what they say when they return; what is awaited, and cancelled, is only the wait."""


async def reply(call: Call, there: World) -> None:
    token = current_hook.set(there.hook._held)
    try:
        await call.say(text="x").reply()
    finally:
        current_hook.reset(token)


def subject(name: str, there: World) -> Any:
    """The object that the operations of a class are done with."""
    return {
        "Call": there.call,
        "Leg": there.call.leg("c2"),
        "Chain": there.call,
        "Speech": there.speech,
        "Hook": there.hook,
        "Inbox": None,
        "Session": there.session,
        "AudioStream": there.stream,
        "Mark": there.mark,
        "FamiliarAudioStream": there.familiar,
    }[name]


AWAITED = ("AbstractAsyncContextManager", "AsyncIterator", "Awaitable", "Coroutine", "Posted", "SentT_co")
"""How the annotation of what is returned begins where it is awaited, iterated over or entered."""


def awaitables(cls: type) -> Iterator[str]:
    """Names of what is awaited, iterated over or entered."""
    for name in dir(cls):
        if name.startswith("_") and name not in ("__await__", "__anext__", "__aenter__", "__aexit__"):
            continue
        value = inspect.getattr_static(cls, name)
        returns = str(getattr(value, "__annotations__", {}).get("return", ""))
        if (
            name == "__await__"
            or inspect.iscoroutinefunction(value)
            or inspect.isasyncgenfunction(value)
            or returns.startswith(AWAITED)
        ):
            yield name


def exported() -> dict[str, type]:
    values = {name: getattr(jambonz_anyio, name) for name in jambonz_anyio.__all__}
    values["FamiliarAudioStream"] = FamiliarAudioStream
    return {name: value for name, value in values.items() if isinstance(value, type)}


async def test_every_coroutine_of_a_program_is_in_the_tables() -> None:
    found = {name: set(awaitables(cls)) for name, cls in exported().items()}
    assert {name for name, names in found.items() if names} == {*OPERATIONS, *NOT_ON_A_CALL}
    for name, operations in OPERATIONS.items():
        assert set(operations) == found[name], name


# --- loops ----------------------------------------------------------------------------------------------------


@dataclass
class Loop:
    """A tight loop around one operation, beside a task that counts its turns."""

    operation: Callable[[], Awaitable[Any]]
    calls: int = 0
    turns: int = 0
    over: bool = False

    async def run(self) -> None:
        """Until it was called `TIMES` times, or waits."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._call)
            before = (-1, 0)
            while not self.over:
                await anyio.lowlevel.checkpoint()
                self.turns += 1
                if self.calls != before[0]:
                    before = (self.calls, self.turns)
                elif self.turns - before[1] > 50:
                    break
            tasks.cancel_scope.cancel()

    async def _call(self) -> None:
        while self.calls < TIMES:
            await quietly(self.operation)
            self.calls += 1
        self.over = True


STATES = ["well", "dead", "full", "detached", "ended"]


@pytest.mark.untraced
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_tight_loop_holds_up_nobody(name: str, state: str) -> None:
    late: list[str] = []
    # Each call lets others run where nothing can be sent, and at least every thirty-second anywhere: also of those
    # that have nothing to do with a connection.
    sometimes = state == "well" or name == "Inbox"
    async with world(speaking=name == "Speech") as there, anyio.create_task_group() as tasks:
        await there.become(state, tasks)
        for operation, do in OPERATIONS[name].items():
            loop = Loop(partial(do, subject(name, there), there))
            await loop.run()
            # What raises where it is called cannot let others run each time.
            seldom = sometimes or operation == "post"
            if loop.turns < (loop.calls // CALLS_BETWEEN_YIELDS if seldom else loop.calls) - 1:
                late.append(f"{name}.{operation}: {loop.turns} turns in {loop.calls} calls")
        tasks.cancel_scope.cancel()
    assert late == []


async def test_what_is_refused_again_and_again_is_refused_when_it_is_awaited() -> None:
    async with world() as there, anyio.create_task_group() as tasks:
        await there.become("ended", tasks)
        for _ in range(CALLS_BETWEEN_YIELDS - 1):
            with pytest.raises(CallEnded):
                there.call.post(Mute(True))
        posted = there.call.post(Mute(True))
        assert isinstance(posted.refusal, CallEnded)
        with pytest.raises(CallEnded):
            await posted
        with pytest.raises(CallEnded):
            there.call.post(Mute(True))
        tasks.cancel_scope.cancel()


async def test_a_loop_that_spins_is_seen() -> None:
    async def spins() -> None: ...

    loop = Loop(spins)
    await loop.run()
    assert loop.calls == TIMES
    assert loop.turns < TIMES // CALLS_BETWEEN_YIELDS - 1


@pytest.mark.parametrize("state", ["well", "detached", "ended"])
@pytest.mark.parametrize("name", OPERATIONS)
async def test_everything_looks_for_cancellation(name: str, state: str) -> None:
    deaf: list[str] = []
    async with world(speaking=name == "Speech") as there, anyio.create_task_group() as tasks:
        await there.become(state, tasks)
        for operation, do in OPERATIONS[name].items():
            gone = {"Call": ("ended",), "AudioStream": ("ended", "detached"), "Hook": STATES}
            if operation == "post" and state in gone[name]:
                continue  # it raises where it is called
            # What waits to be iterated over could be had without waiting.
            there.audio.sink.frame(PCM)
            there.control.hear("verb:status", {"call_sid": "c1", "status": "start-playback"})
            for last in (False, True):
                pushed = there.control.pushed, there.audio.pushed
                with anyio.CancelScope() as scope:
                    scope.cancel()
                    try:
                        await do(subject(name, there), there)
                    except Exception as error:
                        deaf.append(f"{name}.{operation} raised {error!r}")
                if not scope.cancelled_caught:
                    deaf.append(f"{name}.{operation} went on")
                sent = pushed != (there.control.pushed, there.audio.pushed)
                if name in ACT_AT_ONCE or operation == "post" or not sent:
                    break
                if last:  # once may be a timer of the call that came just now
                    deaf.append(f"{name}.{operation} has sent something")

    assert deaf == []


# --- over real connections ------------------------------------------------------------------------------------

MUSIC = bytes(64 * 1024)
LIMITS = ServerLimits(write_seconds=0.2, close_seconds=0.2, high_water_bytes=64 * 1024)


async def connect_and_never_read(port: int, path: str, subprotocol: str, first: str) -> Any:
    """A websocket whose client sends one message, and then reads nothing."""
    stream = await anyio.connect_tcp("127.0.0.1", port)
    await stream.send(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
        f"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n".encode()
    )
    text = first.encode()
    await stream.send(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)  # masked with nothing
    return stream


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - a server tells nobody
        await anyio.sleep(0.01)


async def play_for_ever(stream: AudioStream) -> None:
    while True:
        await stream.send(MUSIC)


async def play_whatever_happens(stream: AudioStream) -> None:
    while True:
        with suppress(Exception):
            await stream.send(MUSIC)


async def talk_for_ever(call: Call) -> None:
    while True:
        await call.say(text="x" * 20_000).send()


async def talk_whatever_happens(call: Call) -> None:
    while True:
        with suppress(Exception):
            await call.say(text="x" * 20_000).send()


@pytest.mark.parametrize(
    ("path", "subprotocol", "first"),
    [
        ("/music", "audio.drachtio.org", '{"callSid":"c1","sampleRate":8000}'),
        ("/music/stubborn", "audio.drachtio.org", '{"callSid":"c1","sampleRate":8000}'),
        ("/talk", "ws.jambonz.org", '{"type":"session:new","msgid":"1","call_sid":"c1"}'),
        ("/talk/stubborn", "ws.jambonz.org", '{"type":"session:new","msgid":"1","call_sid":"c1"}'),
    ],
)
async def test_a_peer_that_does_not_read_holds_up_nobody_else(
    path: str, subprotocol: str, first: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(limits=CallLimits(stream_end_seconds=0.2))
    app.call("/talk")(talk_for_ever)
    app.call("/talk/stubborn")(talk_whatever_happens)
    app.audio("/music")(play_for_ever)
    app.audio("/music/stubborn")(play_whatever_happens)
    cut = anyio.Event()
    with anyio.fail_after(30):
        async with app.running(), anyio.create_task_group() as tasks:
            server: Server = await tasks.start(partial(jambonz_anyio.serve, app, port=0, limits=LIMITS))
            stream = await connect_and_never_read(server.port, path, subprotocol, first)
            await until(lambda: server.calls == 1)
            await until(lambda: server.calls == 0)  # cut for not reading
            for _ in range(3):
                response = await http_request("GET", f"http://127.0.0.1:{server.port}/health")
                assert response.status == 200
            await server.drain(0)
            await stream.aclose()
            cut.set()
    assert cut.is_set()
    # To play to somebody who has gone is no failure.
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("handler", [play_for_ever, play_whatever_happens])
async def test_neither_does_one_behind_an_asgi_host(handler: Any) -> None:
    app = App(limits=CallLimits(stream_end_seconds=0.2))
    app.audio("/music")(handler)
    messages = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": '{"callSid":"c1","sampleRate":8000}'},
    ]
    accepted = False

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Any) -> None:
        nonlocal accepted
        if message["type"] == "websocket.send":
            await anyio.sleep_forever()  # the host waits for its socket
        accepted = accepted or message["type"] == "websocket.accept"

    scope = {
        "type": "websocket",
        "path": "/music",
        "headers": [],
        "subprotocols": ["audio.drachtio.org"],
    }
    with anyio.fail_after(30):
        await app.asgi(limits=LIMITS)(scope, receive, send)
    assert accepted


async def test_what_is_sent_on_a_detached_call_waits_for_the_server(dial: Any) -> None:
    app = App(options=CallOptions(waiting_messages=20))
    sent: list[int] = []
    lost = anyio.Event()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.answer().send()
        await lost.wait()
        for number in range(100):
            await call.say(text=f"{number}").send()
            sent.append(number)

    async with dial(app) as first:
        await first.answered()
        first.status("in-progress")  # so the answer has arrived
        await first.silence()
        first.transport.connection.cut()
        await first.wait_closed()
        await anyio.wait_all_tasks_blocked()
        lost.set()
        await anyio.wait_all_tasks_blocked()
        # Half of what may wait; the other half is left for who cannot wait for room.
        assert len(sent) == 10
        async with dial(app) as second:
            assert await second.ack(second.say("session:reconnect", second.session())) == []
            for number in range(100):
                assert await second.redirect(queued=True) == [{"verb": "say", "text": f"{number}"}]
            assert await second.redirect(queued=True) == [{"verb": "hangup"}]
    assert len(sent) == 100


async def test_who_waits_for_room_learns_of_the_end(dial: Any) -> None:
    app = App(options=CallOptions(waiting_messages=20, reconnect_grace=0.1))

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()

    async def ask_for_ever(call: Call) -> None:
        while True:
            await call.say(text="anybody there?").send()

    async with dial(app) as phone:
        await phone.answered()
        call = app.calls["call-1"]
        phone.transport.connection.cut()
        await phone.wait_closed()
        with anyio.fail_after(10), pytest.raises(CallEnded):
            await ask_for_ever(call)
    assert call.end_reason == "expired"


async def test_the_quick_look_for_cancellation_sees_what_anyio_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = fast_streams.cancellation_check()
    with monkeypatch.context() as patch:
        # A version that keeps its state elsewhere is asked in the slow way.
        if "trio" in anyio.lowlevel.current_token().backend_class.__module__:
            patch.setattr("trio.lowlevel.current_task", object)
        else:
            patch.delattr("anyio._backends._asyncio._task_states")
        slow = fast_streams.cancellation_check()
    assert slow is fast_streams._cancelled
    for cancelled in (quick, slow):
        seen = [cancelled()]
        with anyio.CancelScope() as outer, anyio.CancelScope() as inner:
            seen.append(cancelled())
            outer.cancel()
            seen.append(cancelled())
            inner.shield = True
            seen.append(cancelled())
            inner.cancel()
            seen.append(cancelled())
            await anyio.sleep_forever()
        seen.append(cancelled())
        assert seen == [False, False, True, False, True, False]


async def test_the_look_inside_of_a_scope_sees_every_scope_but_that_one() -> None:
    check = fast_streams.cancellation_check()
    elsewhere: list[bool] = []

    async def asks_elsewhere() -> None:
        with anyio.CancelScope() as scope:
            elsewhere.append(cancelled())
            scope.cancel()
            elsewhere.append(cancelled())
            await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        with anyio.CancelScope() as handler:
            cancelled = fast_streams.cancellation_check_inside(handler, check)
            seen = [cancelled()]
            with anyio.CancelScope() as own:
                seen.append(cancelled())
                own.cancel()
                seen.append(cancelled())
                with anyio.CancelScope(shield=True):
                    seen.append(cancelled())
                    await anyio.lowlevel.checkpoint()
                await anyio.sleep_forever()
            seen.append(cancelled())
            tasks.start_soon(asks_elsewhere)
            await anyio.wait_all_tasks_blocked()
            handler.cancel()
            with anyio.CancelScope():
                seen.append(cancelled())
                await anyio.sleep_forever()
    assert seen == [False, False, True, False, False, True]
    assert elsewhere == [False, True]
