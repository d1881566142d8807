"""Audio streams: frames, playback, marks, keys, and their calls."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, AudioStream, Call, CallLimits, PlayOutcome, ServerLimits
from jambonz_anyio._net.client import open_websocket
from jambonz_anyio._net.memory import open_memory_websocket
from jambonz_anyio._net.transport import Closed
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, WrongPlaybackMode

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

PROTOCOL = ("audio.drachtio.org",)


class MediaServer:
    """The media server's end of an audio connection."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport
        self.texts: list[dict[str, Any]] = []
        self.pcm = bytearray()
        self.order: list[str] = []
        self.closed_as: Closed | None = None
        self._news = anyio.Event()

    def frame(self, data: str | bytes) -> None:
        if isinstance(data, str):
            self.texts.append(json.loads(data))
            self.order.append(self.texts[-1]["type"])
        else:
            self.pcm += data
            self.order.append("pcm")
        self._wake()

    def receipt(self, count: int) -> None:
        """Do nothing, because nobody asked for receipts."""

    def closed(self, closed: Closed) -> None:
        self.closed_as = closed
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = anyio.Event()

    async def until(self, condition: Any) -> None:
        with anyio.fail_after(10):
            while not condition():
                await self._news.wait()

    def begin(self, **metadata: Any) -> None:
        self.say({"callSid": "call-1", "sampleRate": 8000, "mixType": "mono", **metadata})

    def say(self, message: dict[str, Any]) -> None:
        self.transport.push(json.dumps(message))

    def hear(self, pcm: bytes) -> None:
        self.transport.push(pcm)

    def mark(self, name: str, event: str = "playout") -> None:
        self.say({"type": "mark", "data": {"name": name, "event": event}})


@asynccontextmanager
async def open_audio(app: App, path: str = "/audio", **options: Any) -> AsyncIterator[MediaServer]:
    async with open_memory_websocket(app, path, subprotocols=PROTOCOL, **options) as transport:
        server = MediaServer(transport)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.run, server)
            await anyio.wait_all_tasks_blocked()
            yield server
            tasks.cancel_scope.cancel()


@asynccontextmanager
async def open_audio_on_a_socket(app: App, path: str = "/audio") -> AsyncIterator[MediaServer]:
    async with anyio.create_task_group() as tasks:
        limits = ServerLimits(close_seconds=0.2)
        serving = await tasks.start(partial(app.serve, port=0, limits=limits))
        async with open_websocket(f"ws://127.0.0.1:{serving.port}{path}", subprotocols=PROTOCOL) as transport:
            server = MediaServer(transport)
            tasks.start_soon(transport.run, server)
            yield server
            transport.abort()
        await serving.drain(0)


@pytest.mark.parametrize("connect", [open_audio, open_audio_on_a_socket])
async def test_loopback(connect: Any) -> None:
    app = App()

    @app.audio("/audio")
    async def loopback(stream: AudioStream) -> None:
        async for pcm in stream:
            await stream.send(pcm)

    sent = bytes(range(256)) * 5
    async with connect(app) as server:
        server.begin()
        for start in range(0, len(sent), 320):
            server.hear(sent[start : start + 320])
        await server.until(lambda: len(server.pcm) == len(sent))
        assert bytes(server.pcm) == sent


async def test_the_first_message_describes_the_stream() -> None:
    app = App()
    streams: list[AudioStream] = []

    @app.audio("/audio/{leg}")
    async def handler(stream: AudioStream) -> None:
        streams.append(stream)
        async for _ in stream:
            pass

    async with open_audio(app, "/audio/a") as server:
        server.begin(sampleRate=16000, mixType="stereo", tenant="blue")
        await anyio.wait_all_tasks_blocked()
        [stream] = streams
        assert (stream.call_sid, stream.sample_rate, stream.channels) == ("call-1", 16000, 2)
        assert stream.mix_type == "stereo"
        assert stream.metadata["tenant"] == "blue"
        assert stream.params == {"leg": "a"}
        assert stream.call is None


async def test_one_task_reads_and_may_give_up_and_read_again() -> None:
    app = App()
    heard: list[bytes] = []
    gave_up = anyio.Event()

    @app.audio("/audio")
    async def listen(stream: AudioStream) -> None:
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anext, stream)
                await anyio.wait_all_tasks_blocked()
                with pytest.raises(LocalProtocolError, match="reads this stream already"):
                    await anext(stream)
                scope.cancel()
        gave_up.set()
        async for pcm in stream:
            heard.append(pcm)

    async with open_audio(app) as server:
        server.begin()
        with anyio.fail_after(10):
            await gave_up.wait()
        await anyio.wait_all_tasks_blocked()
        server.hear(b"ab")
        server.hear(b"cd")
        await anyio.wait_all_tasks_blocked()
        assert heard == [b"ab", b"cd"]


async def test_frames_are_cut_to_a_duration() -> None:
    app = App()
    sizes: list[int] = []

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        async for pcm in stream.frames(0.1):
            sizes.append(len(pcm))

    async with open_audio(app) as server:
        server.begin()
        for _ in range(12):
            server.hear(bytes(320))
        await anyio.wait_all_tasks_blocked()
        await server.transport.close(1000)
        await anyio.wait_all_tasks_blocked()
    assert sizes == [1600, 1600, 640]


async def test_audio_that_nobody_takes_is_bounded_and_the_oldest_goes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App(limits=CallLimits(audio_frames=3))
    kept: list[bytes] = []
    counters: list[int] = []
    go_on = anyio.Event()

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        await go_on.wait()
        async for pcm in stream:
            kept.append(pcm)
            if len(kept) == 3:
                counters.extend([stream.received, stream.dropped])

    async with open_audio(app) as server:
        server.begin()
        for number in range(10):
            server.hear(bytes([number, 0]))
        await anyio.wait_all_tasks_blocked()
        go_on.set()
        await anyio.wait_all_tasks_blocked()
    assert [pcm[0] for pcm in kept] == [7, 8, 9]
    assert counters == [10, 7]
    assert caplog.text.count("CallLimits.audio_frames (3) is reached") == 1


async def test_marks_are_awaitable_and_tell_how_they_ended() -> None:
    app = App()
    outcomes: list[tuple[str, PlayOutcome]] = []

    @app.audio("/audio", streaming=True)
    async def handler(stream: AudioStream) -> None:
        await stream.send(bytes(320))
        first, second, third = stream.mark("first"), stream.mark(), stream.mark("third")
        assert not first.settled
        outcomes.append(("first", await first))
        outcomes.append(("second", await second))
        await stream.kill()
        outcomes.append(("third", await third))
        await stream.clear_marks()
        fourth = stream.mark("fourth")
        await stream.clear_marks()
        outcomes.append(("fourth", await fourth))
        outcomes.append(("fifth", await stream.mark("fifth")))

    async with open_audio(app) as server:
        server.begin()
        await server.until(lambda: len(server.texts) >= 3)
        # A mark is behind the audio that it marks.
        assert server.order[:2] == ["pcm", "mark"]
        names = [message["data"]["name"] for message in server.texts[:3]]
        server.mark(names[0])
        server.mark(names[1])
        await server.until(lambda: "killAudio" in server.order)
        server.mark(names[2], "cleared")
        await server.until(lambda: any(m.get("data", {}).get("name") == "fifth" for m in server.texts))
        await server.transport.close(1000)
        await anyio.wait_all_tasks_blocked()
    assert outcomes == [
        ("first", PlayOutcome.PLAYED),
        ("second", PlayOutcome.PLAYED),
        ("third", PlayOutcome.CLEARED),
        ("fourth", PlayOutcome.CLEARED),
        ("fifth", PlayOutcome.UNKNOWN),
    ]


async def test_play_returns_how_it_ended_in_both_modes() -> None:
    app = App()
    outcomes: list[PlayOutcome] = []

    @app.audio("/streaming", streaming=True)
    async def streaming(stream: AudioStream) -> None:
        with pytest.raises(WrongPlaybackMode, match="raw audio"):
            await stream.play(b"RIFF", content_type="wav")
        outcomes.append(await stream.play(bytes(640)))

    @app.audio("/clips", streaming=False)
    async def clips(stream: AudioStream) -> None:
        with pytest.raises(WrongPlaybackMode):
            await stream.send(bytes(320))
        with pytest.raises(WrongPlaybackMode):
            stream.mark()
        outcomes.append(await stream.play(bytes(640), sample_rate=8000))
        outcomes.append(await stream.play(b"RIFF....", content_type="wav", queue=True))

    async with open_audio(app, "/streaming") as server:
        server.begin()
        await server.until(lambda: "mark" in server.order)
        # The mark is at the end of the audio, before the silence that pushes it out.
        assert server.order[0] == "pcm"
        server.mark(server.texts[0]["data"]["name"])
        await server.until(lambda: server.closed_as is not None)
        assert len(server.pcm) > 640
    async with open_audio(app, "/clips") as server:
        server.begin()
        await server.until(lambda: len(server.texts) == 1)
        clip = server.texts[0]["data"]
        assert (clip["audioContentType"], clip["sampleRate"]) == ("raw", 8000)
        server.say({"type": "playDone", "data": {"id": clip["id"], "playbackSeconds": "1"}})
        await server.until(lambda: len(server.texts) == 2)
        assert server.texts[1]["data"]["queuePlay"] is True
        await server.transport.close(1000)
        await anyio.wait_all_tasks_blocked()
    assert outcomes == [PlayOutcome.PLAYED, PlayOutcome.PLAYED, PlayOutcome.UNKNOWN]


async def test_keys_never_wait_behind_audio() -> None:
    app = App()
    keys: list[str] = []
    events: list[str] = []

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        async def watch() -> None:
            async for event in stream.events():
                events.append(type(event).__name__)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch)
            async for key in stream.dtmf():
                keys.append(key.digit)

    async with open_audio(app) as server:
        server.begin()
        await anyio.wait_all_tasks_blocked()
        for key in "12#":
            server.hear(bytes(320))
            server.say({"event": "dtmf", "dtmf": key, "duration": "1600"})
        server.transport.push("not json")
        await server.transport.close(1000)
        await anyio.wait_all_tasks_blocked()
    assert keys == ["1", "2", "#"]
    assert events == ["Dtmf", "Dtmf", "Dtmf", "BadAudioMessage", "AudioOver"]


async def test_a_call_and_its_streams_find_each_other(dial: Any) -> None:
    app = App()
    found: list[Any] = []

    @app.call("/")
    async def main(call: Call) -> None:
        await call.listen(url="/audio", bidirectionalAudio={"enabled": True, "streaming": True}).send()
        stream = await call.wait_audio()
        found.append((stream is call.audio, call.audio_streams == [stream], stream.call is call))

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        assert stream.call is not None
        stream.call.locals["heard"] = 0
        # The verb told how audio is played.
        with pytest.raises(WrongPlaybackMode):
            await stream.play(b"RIFF", content_type="wav")
        async for _ in stream:
            stream.call.locals["heard"] += 1

    async with dial(app) as phone:
        await phone.answered()
        async with open_audio(app) as server:
            server.begin()
            server.hear(bytes(320))
            await phone.silence()  # the main handler has returned, but the stream can act
            assert found == [(True, True, True)]
            assert app.calls["call-1"].locals == {"heard": 1}
        assert await phone.redirect(queued=True) == [{"verb": "hangup"}]
        assert app.calls["call-1"].audio is None


async def test_the_end_of_the_connection_ends_everything_that_waits() -> None:
    app = App()
    ends: list[str] = []

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        async for _ in stream:
            pass
        async for _ in stream.dtmf():
            pass
        async for _ in stream.events():
            pass
        ends.append("iterators")
        with pytest.raises(CallEnded):
            await stream.send(bytes(320))
        assert stream.closed_as is not None
        ends.append(str(stream.closed_as.code))

    async with open_audio(app) as server:
        server.begin()
        await anyio.wait_all_tasks_blocked()
        await server.transport.close(1000)
        await anyio.wait_all_tasks_blocked()
    assert ends == ["iterators", "1000"]


async def test_a_handler_may_outlive_its_connection_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    app = App(limits=CallLimits(stream_end_seconds=0.1))
    ends: list[str] = []

    @app.audio("/stores")
    async def stores(stream: AudioStream) -> None:
        async for _ in stream:
            pass
        await anyio.sleep(0.02)
        ends.append("stored")

    @app.audio("/stuck")
    async def stuck(stream: AudioStream) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ends.append("cancelled")

    for path in ("/stores", "/stuck"):
        async with open_audio(app, path) as server:
            server.begin()
            await anyio.wait_all_tasks_blocked()
            await server.transport.close(1000)
            await anyio.sleep(0.3)
    assert ends == ["stored", "cancelled"]
    assert caplog.text.count("CallLimits.stream_end_seconds") == 1


async def test_when_the_handler_returns_the_stream_is_closed() -> None:
    app = App()

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        await stream.disconnect()

    async with open_audio(app) as server:
        server.begin()
        await server.until(lambda: server.closed_as is not None)
        assert server.texts == [{"type": "disconnect"}]
        assert server.closed_as == Closed(1000)


async def test_a_failing_handler_ends_its_stream_and_not_the_call(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()
    errors: list[Any] = []

    @app.on_error
    def note(stream: Call | AudioStream, error: Exception) -> None:
        errors.append((type(stream).__name__, str(error)))
        raise ValueError

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        async with anyio.create_task_group():
            raise LookupError("broken")

    async with dial(app) as phone:
        await phone.answered()
        async with open_audio(app) as server:
            server.begin()
            await server.until(lambda: server.closed_as is not None)
        await phone.silence()
        assert not app.calls["call-1"].ended
    assert errors == [("AudioStream", "broken")]
    assert "[call-1] The handler of /audio failed" in caplog.text


async def test_a_connection_that_says_nothing_is_closed() -> None:
    app = App(limits=CallLimits(opening_seconds=0.05))

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        raise AssertionError("it never began")

    async with open_audio(app) as server:
        await server.until(lambda: server.closed_as is not None)
    async with open_audio(app) as server:
        await server.transport.close(1000)


async def test_a_plain_function_serves_a_stream_from_a_thread() -> None:
    app = App()

    @app.audio("/audio")
    def handler(stream: AudioStream) -> None:
        anyio.from_thread.run(stream.send, bytes(320))

    async with open_audio(app) as server:
        server.begin()
        await server.until(lambda: server.closed_as is not None)
        assert len(server.pcm) == 320
