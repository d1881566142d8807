"""`AudioStream.on_audio()`: a plain function that takes the frames where they are read."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, AudioStream, ServerLimits
from jambonz_anyio.logs import CallSidFilter
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, OutboxFull

from .test_audio_streams import MediaServer, open_audio, open_audio_on_a_socket

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


class Ends:
    """Notices the end of handlers, in an app that has just begun."""

    def __init__(self) -> None:
        self.streams: list[AudioStream] = []
        self.errors: list[Exception] = []
        self.app = App()

        @self.app.on_error
        async def failed(stream: Any, error: Exception) -> None:
            self.errors.append(error)


async def closes(server: MediaServer) -> None:
    await server.until(lambda: server.closed_as is not None)


@pytest.mark.parametrize("connect", [open_audio, open_audio_on_a_socket])
async def test_an_echo_that_wakes_no_task(connect: Any) -> None:
    app = App()

    @app.audio("/audio", streaming=True)
    async def echo(stream: AudioStream) -> None:
        stream.on_audio(stream.send_nowait)

    sent = bytes(range(256)) * 5
    async with connect(app) as server:
        server.begin()
        for start in range(0, len(sent), 320):
            server.hear(sent[start : start + 320])
        await server.until(lambda: len(server.pcm) == len(sent))
        assert bytes(server.pcm) == sent
        assert server.closed_as is None, "the handler has returned, and the stream goes on"
        server.hear(b"more")
        await server.until(lambda: server.pcm.endswith(b"more"))


async def test_it_is_given_what_came_before_and_each_frame_once() -> None:
    app, heard, go_on = App(), list[bytes](), anyio.Event()

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        await go_on.wait()
        stream.on_audio(heard.append)
        with pytest.raises(LocalProtocolError, match="reads this stream already"):
            await anext(stream)
        with pytest.raises(LocalProtocolError, match="reads this stream already"):
            stream.on_audio(heard.append)
        heard.append(b"-")

    async with open_audio(app) as server:
        server.begin()
        server.hear(b"ab")
        server.hear(b"cd")
        await anyio.wait_all_tasks_blocked()
        go_on.set()
        await anyio.wait_all_tasks_blocked()
        server.hear(b"ef")
        await anyio.wait_all_tasks_blocked()
        assert heard == [b"ab", b"cd", b"-", b"ef"]
        await server.transport.close(1000)


async def test_a_task_that_reads_already_is_not_robbed() -> None:
    app, heard = App(), list[bytes]()

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        async def read() -> None:
            heard.append(await anext(stream))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(LocalProtocolError, match="reads this stream already"):
                stream.on_audio(heard.append)
            heard.append(b"-")

    async with open_audio(app) as server:
        server.begin()
        await anyio.wait_all_tasks_blocked()
        server.hear(b"ab")
        await closes(server)
    assert heard == [b"-", b"ab"]


@pytest.mark.parametrize("connect", [open_audio, open_audio_on_a_socket])
async def test_what_it_raises_cancels_the_handler_and_ends_the_stream_only(
    connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ends, heard = Ends(), list[bytes]()
    ready, cancelled = anyio.Event(), anyio.Event()

    def fail(pcm: bytes) -> None:
        heard.append(pcm)
        raise ZeroDivisionError("of the program")

    @ends.app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        ends.streams.append(stream)
        stream.on_audio(fail)
        ready.set()
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.set()

    @ends.app.audio("/other", streaming=True)
    async def other(stream: AudioStream) -> None:
        stream.on_audio(stream.send_nowait)

    async with connect(ends.app) as server:
        server.begin()
        await ready.wait()
        server.hear(b"ab")
        server.hear(b"cd")
        await closes(server)
        assert cancelled.is_set()
    assert heard == [b"ab"]
    assert [type(error) for error in ends.errors] == [ZeroDivisionError]
    assert ends.streams[0].error is ends.errors[0]
    [line] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert ".<locals>.fail (" in line.getMessage()
    assert vars(line)["call_sid"] == "call-1"


async def test_a_handler_that_has_returned_learns_of_it_too() -> None:
    ends, ready = Ends(), anyio.Event()

    @ends.app.audio("/audio")
    def handler(stream: AudioStream) -> None:
        ends.streams.append(stream)
        anyio.from_thread.run_sync(stream.on_audio, fail)
        anyio.from_thread.run_sync(ready.set)

    def fail(pcm: bytes) -> None:
        raise ZeroDivisionError("of the program")

    async with open_audio(ends.app) as server:
        server.begin()
        await ready.wait()
        server.hear(b"ab")
        await closes(server)
    assert [type(error) for error in ends.errors] == [ZeroDivisionError]


async def test_its_log_lines_name_the_call(caplog: pytest.LogCaptureFixture) -> None:
    app = App()
    caplog.handler.addFilter(CallSidFilter())
    logger = logging.getLogger("my.program")

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        stream.on_audio(lambda pcm: logger.warning("heard %d", len(pcm)))

    async with open_audio(app) as server:
        server.begin()
        server.hear(b"abcd")
        await anyio.wait_all_tasks_blocked()
        [line] = [record for record in caplog.records if record.name == "my.program"]
        assert line.getMessage() == "heard 4"
        assert vars(line)["call_sid"] == "call-1"
        await server.transport.close(1000)


async def test_what_is_no_plain_function_is_refused() -> None:
    ends = Ends()

    async def coroutine(pcm: bytes) -> None:
        """Never called."""

    @ends.app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        ends.streams.append(stream)
        with pytest.raises(LocalProtocolError, match="takes a plain function"):
            stream.on_audio(coroutine)
        with pytest.raises(LocalProtocolError, match="takes a function, not NoneType"):
            stream.on_audio(None)  # type: ignore[arg-type]
        with pytest.raises(LocalProtocolError, match="calls its function with the audio"):
            stream.on_audio(lambda: None)  # type: ignore[misc,arg-type]
        with pytest.raises(LocalProtocolError, match=r"anyio\.from_thread\.run_sync\(stream\.on_audio"):
            await anyio.to_thread.run_sync(stream.on_audio, print)
        with pytest.raises(LocalProtocolError, match=r"anyio\.from_thread\.run_sync\(stream\.send_nowait"):
            await anyio.to_thread.run_sync(stream.send_nowait, b"ab")

    async with open_audio(ends.app) as server:
        server.begin()
        await closes(server)
    assert not ends.errors


async def test_sending_without_waiting_is_bounded_and_ends_with_the_stream() -> None:
    ends = Ends()
    seen: list[str] = []

    @ends.app.audio("/audio", streaming=True)
    async def handler(stream: AudioStream) -> None:
        ends.streams.append(stream)
        stream.send_nowait(bytearray(b"abcd"))
        for _ in range(9):
            stream.send_nowait(bytes(100_000))
        with pytest.raises(OutboxFull, match="outbox_bytes"):
            stream.send_nowait(bytes(1_000_000))
        seen.append("full")
        async for _ in stream:
            """Until it is over."""
        with pytest.raises(CallEnded):
            stream.send_nowait(b"ab")
        seen.append("over")

    limits = ServerLimits(outbox_bytes=1_000_000)
    async with open_audio(ends.app, limits=limits) as server:
        server.begin()
        await server.until(lambda: seen == ["full"])
        assert server.pcm[:4] == b"abcd"
        await server.transport.close(1000)
        await anyio.wait_all_tasks_blocked()
    assert seen == ["full", "over"]
    assert not ends.errors


async def test_an_odd_byte_is_kept_for_the_next_sample() -> None:
    app = App()

    @app.audio("/audio", streaming=True)
    async def echo(stream: AudioStream) -> None:
        def in_two(pcm: bytes) -> None:
            stream.send_nowait(pcm[:1])
            stream.send_nowait(pcm[1:])

        stream.on_audio(in_two)

    async with open_audio(app) as server:
        server.begin()
        server.hear(b"abcd")
        await server.until(lambda: len(server.pcm) == 4)
        assert bytes(server.pcm) == b"abcd"
