"""The paths that most of a busy server's time goes into, each as something to be done any number of times.

    python benchmarks/hot_paths.py SRC NAME COUNT LAYOUT

is the program that `benchmarks.instructions` runs and counts. It takes the package from the directory SRC,
and does the path NAME until it is warm, then COUNT times, then twice COUNT times. It looks whether what comes
out is right, and has the instructions so far written down before, between and behind: see `snapshot`.

Everything happens in one thread and without the outside world: no sockets, and a clock that stands still
until it is moved. So two runs do the same, instruction by instruction.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import selectors
import sys
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

WARM = 200
"""Times that a path is done before it counts. The interpreter rewrites code while it is new."""

PLACES = (
    *("jambonz_anyio", "jambonz_anyio.transport", "jambonz_anyio._transport", "jambonz_core"),
    *("jambonz_core.call", "jambonz_core.control", "jambonz_core.audio", "jambonz_core.speech"),
    "jambonz_core.wire.codec",
)
"""Modules in which names are looked for: where they are, and where they are in trees to compare with."""

CALL_SID = "2b9f1c8e-7d36-4f0e-a2b3-9c1d5e6f7a80"
CALL = {
    "call_sid": CALL_SID,
    "direction": "inbound",
    "from": "+15551230001",
    "to": "+15551230002",
    "call_id": "f0414693-bcb6-1238-fba3-06f1ca2e6ce7",
    "sip_status": 200,
    "sip_reason": "OK",
    "call_status": "in-progress",
    "account_sid": "9351f46a-0000-4000-8000-00000000000a",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "application_sid": "0e0681b0-0000-4000-8000-00000000000b",
}
HEARD = {
    **CALL,
    "reason": "speechDetected",
    "speech": {
        "language_code": "en-US",
        "channel_tag": 1,
        "is_final": True,
        "alternatives": [{"confidence": 0.97, "transcript": "I would like to book a table for two"}],
        "vendor": {"name": "deepgram", "evt": {"type": "Results", "start": 0.0, "duration": 2.1}},
    },
}
ANSWER: list[dict[str, Any]] = [
    {"verb": "say", "text": "You said: I would like to book a table for two"},
    {"verb": "gather", "input": ["speech"], "actionHook": "/echo", "timeout": 15},
]
METADATA = {"callSid": CALL_SID, "sampleRate": 8000, "mixType": "mono"}
PCM = bytes(range(256)) + bytes(64)
"""20 ms of 8 kHz, 16 bit, mono."""

HOOK_SECONDS = 1.0
TOKEN_SECONDS = 0.02
FRAME_SECONDS = 0.02
"""How far apart things happen, by the clock that the package sees."""

TOKENS_PER_RESULT = 10
"""Tokens that a language model gives while one message makes its round trip."""

Run: TypeAlias = Callable[[int], Any]
"""Does the path that many times, then looks at what came out last. Awaited where an `App` runs."""


def find(name: str) -> Any:
    """Something of the package, wherever it lives in this tree."""
    for place in PLACES:
        try:
            module = import_module(place)
        except ModuleNotFoundError as error:
            # Not there in this tree. A module that is there, and cannot be imported, is another matter.
            if error.name is None or not place.startswith(error.name):
                raise
            continue
        if hasattr(module, name):
            return getattr(module, name)
    raise LookupError(f"{name} is in none of {', '.join(PLACES)}: tell PLACES in {__file__} where it is now")


def check(right: bool, what: str) -> None:
    """Refuse to count something else than what was meant."""
    if not right:
        raise AssertionError(f"not what was expected: {what}")


# --- the core alone -----------------------------------------------------------------------------------------


def session_new() -> str:
    """The first message of a call."""
    return json.dumps({"type": "session:new", "msgid": "new", "call_sid": CALL_SID, "data": CALL})


def hooks(count: int) -> list[str]:
    """What a recogniser understood, again and again. Each has an id of its own, as on the wire."""
    return [
        json.dumps(
            {
                "type": "verb:hook",
                "msgid": f"dXAwKx3n1uYq6vGQ{number:06}",
                "call_sid": CALL_SID,
                "hook": "/echo",
                "data": HEARD,
            }
        )
        for number in range(count)
    ]


def running(*verbs: dict[str, Any]) -> Any:
    """An `AppCall` in the middle of things."""
    call = find("AppCall")()
    call.connected(0.0)
    call.receive(session_new(), 0.0)
    call.do(find("Send")([*verbs, *ANSWER]), 0.0)
    call.outgoing()
    call.tick(1.0)
    return call


def check_answer(text: str | bytes, hook: str) -> None:
    """Whether a message is the answer to this hook, and has two verbs."""
    ack = json.loads(text)
    check(ack.get("type") == "ack" and ack.get("data") == ANSWER, f"{text!r} as the answer to a hook")
    check(ack.get("msgid") == json.loads(hook)["msgid"], f"the answer to {ack.get('msgid')}, out of turn")


def hook_core(prepared: int) -> Run:
    """`AppCall` alone: the hook comes, its answer is given and leaves, and the timer is looked at."""
    call, reply = running(), find("Reply")
    texts = iter(hooks(prepared))
    now = 1.0

    def run(count: int) -> None:
        nonlocal now
        receive, do, outgoing = call.receive, call.do, call.outgoing
        for _ in range(count):
            now += HOOK_SECONDS
            text = next(texts)
            [event] = receive(text, now)
            do(reply(event.msgid, ANSWER), now)
            sent = outgoing()
            _ = call.deadline
        [last] = sent
        check_answer(last, text)

    return run


def hook_parse(prepared: int) -> Run:
    """The text of a hook alone, parsed."""
    decode = find("decode")
    texts = iter(hooks(prepared))

    def run(count: int) -> None:
        for _ in range(count):
            message: dict[str, Any] = decode(next(texts))
        check(message["hook"] == "/echo", f"{message} as a hook")

    return run


def hook_verbs(prepared: int) -> Run:
    """The two verbs of an answer alone, built and validated."""
    from jambonz_core import VerbBuilder

    text = ANSWER[0]["text"]

    def run(count: int) -> None:
        for _ in range(count):
            gather = VerbBuilder().say(text=text).gather(input=["speech"], actionHook="/echo", timeout=15)
            built = gather.build()
        check(built == ANSWER, f"{built} as the answer")

    return run


def audio_core(prepared: int) -> Run:
    """`AudioApp` alone: a frame comes and goes back, the short way that frames take."""
    stream = find("AudioApp")(streaming=True)
    stream.connected(0.0)
    stream.receive(json.dumps(METADATA), 0.0)
    now = 0.0

    def run(count: int) -> None:
        nonlocal now
        receive, send = stream.receive_pcm, stream.pcm_to_send
        for _ in range(count):
            now += FRAME_SECONDS
            sent = send(receive(PCM), now)
        check(sent == PCM, "an echo that is not the frame")

    return run


def token(prepared: int) -> Run:
    """One token of a speech through `AppCall`. Ten share a message and its result."""
    call = running({"verb": "config", "ttsStream": {"enable": True}})
    call.do(find("OpenSpeech")(), 1.0)
    speech = call.speech.open_speech
    write = find("WriteText")
    # Words of five letters, and a sentence now and then: what ends one is spoken, and makes room.
    words = [f"w{number % 1000:03}{'.' if number % 20 == 19 else ','} " for number in range(prepared)]
    results = [
        f'{{"type":"tts:tokens-result","data":{{"id":{number},"status":"ok"}}}}'
        for number in range(1, prepared // TOKENS_PER_RESULT + 1)
    ]
    left, results_left = iter(words), iter(results)
    now, done = 1.0, 0

    def run(count: int) -> None:
        nonlocal now, done
        do, receive, outgoing = call.do, call.receive, call.outgoing
        for _ in range(count // TOKENS_PER_RESULT):
            for _ in range(TOKENS_PER_RESULT):
                now += TOKEN_SECONDS
                do(write(next(left), speech=speech), now)
                outgoing()
                _ = call.deadline
            receive(next(results_left), now)
            sent = outgoing()
            _ = call.deadline
        done += count // TOKENS_PER_RESULT * TOKENS_PER_RESULT
        [last] = map(json.loads, sent)
        # The result of each message lets go of what was written since that one left.
        since = words[done - TOKENS_PER_RESULT : done]
        expected = {"id": done // TOKENS_PER_RESULT + 1, "tokens": "".join(since)}
        check(last["data"] == expected, f"{last} instead of the tokens {expected}")

    return run


def verbs(prepared: int) -> Run:
    """Three verbs, built and validated."""
    from jambonz_core import VerbBuilder

    def run(count: int) -> None:
        for _ in range(count):
            built = (
                VerbBuilder()
                .say(text="Hello! How can I help you?")
                .gather(
                    input=["speech", "digits"],
                    actionHook="/heard",
                    timeout=10,
                    say={"text": "I am listening."},
                )
                .hangup()
                .build()
            )
        check([verb["verb"] for verb in built] == ["say", "gather", "hangup"], f"{built} as three verbs")

    return run


# --- through the whole App ----------------------------------------------------------------------------------


class NoSelector(selectors.SelectSelector):
    """Stands for an outside world from which nothing ever comes: what would be a wait moves the clock."""

    loop: Loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Find nothing ready, ever."""
        if timeout is None:
            raise RuntimeError("nothing can happen any more: the application does not answer")
        if timeout > 0:
            self.loop.now += timeout
        return []


class Loop(asyncio.SelectorEventLoop):
    """asyncio's own loop, with a clock that is moved by hand. Real time would decide which timers ring."""

    def __init__(self) -> None:
        self.now = 0.0
        selector = NoSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """The time of the loop, in seconds."""
        return self.now


class Cable:
    """A `jambonz_anyio.transport.Transport` with nobody at its other end.

    The package's own transport in memory has another one there, with a task that reads, and both would be
    counted. This one hands over a message as a socket's does, in a callback of the event loop, and each
    answer brings the next message.
    """

    backlog = 0

    def __init__(self, path: str, subprotocol: str, seconds: float, *, receipts: bool = False) -> None:
        self.peer = find("Peer")(path, subprotocol=subprotocol)
        self.receipts = receipts
        """Whether it proves what was read: what that costs is a path of its own."""
        self._pushed = 0
        self.last: str | bytes = b""
        """What the application sent last."""
        self._loop: Any = asyncio.get_running_loop()
        self._seconds = seconds
        self._sink: Any = None
        self._incoming: Iterator[str | bytes] = iter(())
        self._left = 0
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._done: asyncio.Future[None] = self._loop.create_future()

    async def open(self, app: Any, tasks: Any) -> None:
        """Connect to an application, as a server does."""
        tasks.start_soon(self._serve, app)
        await self._opened

    async def _serve(self, app: Any) -> None:
        request = find("HttpRequest")("GET", self.peer, subprotocols=(self.peer.subprotocol,))
        async with app.running():
            admission = await app.admit(request)
            await admission.serve(self)
        raise RuntimeError("the application has let go of the connection")

    async def tell(self, frame: str | bytes) -> None:
        """Hand over a message that is not answered, and let happen what comes of it."""
        self._loop.call_soon(self._sink.frame, frame)
        await asyncio.sleep(1)

    async def exchange(self, incoming: Iterator[str | bytes], count: int) -> None:
        """Hand over that many messages, each when the one before was answered."""
        self._incoming, self._left = incoming, count
        self._done = self._loop.create_future()
        self._loop.call_soon(self._next)
        await self._done

    def _next(self) -> None:
        self._loop.now += self._seconds
        self._sink.frame(next(self._incoming))

    # --- the transport --------------------------------------------------------------------------------------

    async def run(self, sink: Any) -> Any:
        """Be there until everything ends."""
        self._sink = sink
        self._opened.set_result(None)
        await self._loop.create_future()

    def fits(self, size: int) -> bool:
        """There always is room."""
        return True

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        """Take a message of the application. True: there is room for more."""
        self.last = frame
        self._pushed += 1
        if receipt:
            self.ask_receipt()
        self._left -= 1
        if self._left > 0:
            # Not at once: who pushes is in the middle of something.
            self._loop.call_soon(self._next)
        elif self._left == 0:
            self._done.set_result(None)
        return True

    def ask_receipt(self) -> None:
        """All that was pushed was read, which is said in a callback of the event loop."""
        self._loop.call_soon(self._sink.receipt, self._pushed)

    def drop_audio(self) -> None:
        """There never is audio that waits."""

    async def room(self) -> None:
        """Return at once: there always is room."""

    def abort(self) -> None:
        """The application gives up, which it has no reason for."""
        if not self._done.done():
            self._done.set_exception(RuntimeError("the application has cut the connection"))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """The application hangs up, which it has no reason for."""
        self.abort()


async def hook(prepared: int, tasks: Any) -> Run:
    """A hook and its answer through an `App`: a handler returns two verbs, which are validated."""
    return await _hook(prepared, tasks, receipts=False)


async def hook_receipts(prepared: int, tasks: Any) -> Run:
    """The same, on a connection that proves what was read."""
    return await _hook(prepared, tasks, receipts=True)


async def hook_no_op(prepared: int, tasks: Any) -> Run:
    """The same, instrumented for OpenTelemetry where no SDK is set up."""
    return await _hook(prepared, tasks, receipts=False, attach=_attach_api)


async def hook_exported(prepared: int, tasks: Any) -> Run:
    """The same, with an SDK that hands each span to an exporter and counts everything."""
    return await _hook(prepared, tasks, receipts=False, attach=_attach_sdk)


def _attach_api(app: Any) -> None:
    from jambonz_anyio.telemetry import instrument

    instrument(app)


def _attach_sdk(app: Any) -> None:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

    from jambonz_anyio.telemetry import instrument

    class Taken(SpanExporter):
        """What becomes of a span later is not counted."""

        def export(self, spans: Any) -> SpanExportResult:
            return SpanExportResult.SUCCESS

    # Not a processor with a thread of its own: this process is forked, and what is counted is one thread.
    traces = TracerProvider(shutdown_on_exit=False)
    traces.add_span_processor(SimpleSpanProcessor(Taken()))
    numbers = MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False)
    instrument(app, tracer_provider=traces, meter_provider=numbers)


async def _hook(
    prepared: int, tasks: Any, *, receipts: bool, attach: Callable[[Any], None] | None = None
) -> Run:
    from jambonz_anyio import App, Call

    app = App()
    if attach is not None:
        attach(app)

    @app.call("/")
    async def main(call: Call) -> None:
        @call.on("/echo")
        async def echo(heard: Any) -> Any:
            return call.say(text=f"You said: {heard.transcript}").gather(
                input=["speech"], actionHook="/echo", timeout=15
            )

        await call.gather(input=["speech"], actionHook="/echo", timeout=15).send()

    cable = Cable("/", "ws.jambonz.org", HOOK_SECONDS, receipts=receipts)
    await cable.open(app, tasks)
    await cable.exchange(iter([session_new()]), 1)
    check("gather" in str(cable.last), f"{cable.last!r} as the first answer")
    texts = hooks(prepared)
    incoming, done = iter(texts), 0

    async def run(count: int) -> None:
        nonlocal done
        await cable.exchange(incoming, count)
        done += count
        check_answer(cable.last, texts[done - 1])

    return run


async def audio(prepared: int, tasks: Any) -> Run:
    """A frame of audio and its echo through an `App`."""

    async def echo(stream: Any) -> None:
        async for pcm in stream:
            await stream.send(pcm)

    return await _audio(prepared, tasks, echo)


async def audio_function(prepared: int, tasks: Any) -> Run:
    """The same without a task: a plain function takes the frame and sends it."""

    async def echo(stream: Any) -> None:
        stream.on_audio(stream.send_nowait)

    return await _audio(prepared, tasks, echo)


async def _audio(prepared: int, tasks: Any, echo: Callable[[Any], Awaitable[None]]) -> Run:
    from jambonz_anyio import App

    app = App()
    app.audio("/audio", streaming=True)(echo)
    cable = Cable("/audio", "audio.drachtio.org", FRAME_SECONDS)
    await cable.open(app, tasks)
    await cable.tell(json.dumps(METADATA))
    frames = [number.to_bytes(4, "little") + PCM[4:] for number in range(prepared)]
    incoming, done = iter(frames), 0

    async def run(count: int) -> None:
        nonlocal done
        await cable.exchange(incoming, count)
        done += count
        check(cable.last == frames[done - 1], "an echo that is not the frame")

    return run


# --- the program --------------------------------------------------------------------------------------------

THROUGH_APP: dict[str, Callable[[int, Any], Awaitable[Run]]] = {
    "hook": hook,
    "hook-receipts": hook_receipts,
    "hook-no-op": hook_no_op,
    "hook-exported": hook_exported,
    "audio": audio,
    "audio-function": audio_function,
}
IN_CORE: dict[str, Callable[[int], Run]] = {
    "hook-core": hook_core,
    "hook-parse": hook_parse,
    "hook-verbs": hook_verbs,
    "audio-core": audio_core,
    "token": token,
    "verbs": verbs,
}
"""Each makes itself ready for a number of times, and gives the function that is counted."""


def lay_out(layout: int) -> list[str]:
    """Move everything that comes after this to other places in memory, and give classes other versions.

    CPython finds attributes with the help of a cache whose slots are chosen by the address of the name and
    the version of the class. Two that are often looked for may meet in one slot, which costs up to a
    hundredth of a path, and any change anywhere brings other ones together. What is returned is to be kept.
    """
    for _ in range(layout * 61):
        # Classes get their version when something is first looked for in them.
        getattr(type("Unused", (), {}), "nothing", None)
    return ["x" * size + str(number) for size in range(1, 400, 8) for number in range(layout * 7)]


def snapshot() -> None:
    """Have the instructions so far written down; prints where.

    Valgrind does so for a process that ends, and one that was split off has all that came before in its sum.
    The price is the same each time but for the first, which is not counted.
    """
    process = os.fork()
    if not process:
        os._exit(0)
    os.waitpid(process, 0)
    print(process, flush=True)


async def do_through_app(name: str, count: int) -> None:
    """Do a path that needs an event loop."""
    import anyio

    async with anyio.create_task_group() as tasks:
        run = await THROUGH_APP[name](WARM + 3 * count, tasks)
        await run(WARM)
        for times in (0, 0, 1, 2):
            if times:
                await run(times * count)
            snapshot()
        leave()


def do_in_core(name: str, count: int) -> NoReturn:
    """Do a path of the core alone."""
    run = IN_CORE[name](WARM + 3 * count)
    run(WARM)
    for times in (0, 0, 1, 2):
        if times:
            run(times * count)
        snapshot()
    leave()


def leave() -> NoReturn:
    """End the process without tidying up."""
    os._exit(0)


def main(src: str, name: str, count: int, layout: int) -> None:
    """Run one path so often, in a process of its own."""
    _kept = lay_out(layout)
    # When garbage is looked for depends on everything that was ever made.
    gc.disable()
    import jambonz_core

    home = Path(jambonz_core.__file__).resolve()
    check(home.is_relative_to(Path(src).resolve()), f"the package in {home.parent}, not in {src}")
    if name in THROUGH_APP:
        import anyio

        # Not on a bare loop of asyncio: callbacks know by anyio's context where they are, as in a server.
        anyio.run(do_through_app, name, count, backend_options={"loop_factory": Loop})
    else:
        do_in_core(name, count)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
