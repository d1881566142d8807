"""A slow or hostile client costs a bounded amount, and nobody else anything."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio._net.byte_streams import READ_BYTES, PortableStreams, SocketListener
from jambonz_anyio._net.client import http_request, open_websocket
from jambonz_anyio._net.fast_streams import SocketStreams
from jambonz_anyio._net.large_messages import turn_for_large_message
from jambonz_anyio._net.transport import Admission, HttpRequest, Transport, UpgradeRefused
from jambonz_anyio.limits import ServerLimits

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def raw(running: Any) -> AsyncIterator[Any]:
    async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
        yield stream


async def rest_of(stream: Any) -> bytes:
    data = b""
    with anyio.fail_after(5):
        try:
            while True:
                data += await stream.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return data


async def works(running: Any) -> None:
    """An honest client is served as ever."""
    http = running.url.replace("ws", "http")
    with anyio.fail_after(5):
        assert (await http_request("GET", http + "/")).status == 200


async def test_a_header_that_never_ends_is_timed_out(start_server: Any, streams: str) -> None:
    async with start_server(streams=streams, limits={"handshake_seconds": 0.1}) as running:
        async with raw(running) as stream:
            await stream.send(b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ")
            answer = await rest_of(stream)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"handshake_seconds" in answer
        await works(running)


async def test_a_body_that_never_ends_is_timed_out(start_server: Any) -> None:
    async with start_server(limits={"handshake_seconds": 0.1}) as running:
        async with raw(running) as stream:
            await stream.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
            assert (await rest_of(stream)).startswith(b"HTTP/1.1 408 ")


async def test_a_client_that_says_nothing_is_closed_without_a_word(start_server: Any, streams: str) -> None:
    async with start_server(streams=streams, limits={"handshake_seconds": 0.1}) as running:
        async with raw(running) as stream:
            assert await rest_of(stream) == b""


async def test_a_connection_between_two_requests_is_closed_after_a_while(start_server: Any) -> None:
    async with start_server(limits={"keep_alive_seconds": 0.1}) as running:
        async with raw(running) as stream:
            await stream.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            answer = await rest_of(stream)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b" 408 " not in answer


async def test_clients_that_never_finish_push_out_each_other_and_nobody_else(
    start_server: Any, streams: str
) -> None:
    async with start_server(streams=streams, limits={"handshakes": 5}) as running:
        async with AsyncExitStack() as stack:
            slow = []
            for _ in range(5):
                slow.append(await stack.enter_async_context(raw(running)))
                await slow[-1].send(b"GET / HT")
            await works(running)
            # The one that was at it longest had to go.
            assert await rest_of(slow[0]) == b""
            for _ in range(20):
                await works(running)
        await works(running)


async def test_an_application_that_takes_too_long_to_decide(start_server: Any) -> None:
    async with start_server(limits={"handshake_seconds": 0.1}) as running:
        with pytest.raises(UpgradeRefused) as refused:
            async with open_websocket(running.url + "/hold"):
                pass
        assert refused.value.response.status == 503
        assert b"handshake_seconds (0.1)" in refused.value.response.body
        assert running.server.calls == 0
        assert running.server.ready


async def test_more_calls_than_allowed_are_refused(start_server: Any, streams: str) -> None:
    async with start_server(streams=streams, limits={"calls": 2}) as running:
        http = running.url.replace("ws", "http")
        async with open_websocket(running.url + "/"), open_websocket(running.url + "/") as second:
            assert running.server.calls == 2
            assert not running.server.ready
            assert (await http_request("GET", http + "/ready")).status == 503
            assert (await http_request("GET", http + "/health")).status == 200
            with pytest.raises(UpgradeRefused) as refused:
                async with open_websocket(running.url + "/"):
                    pass
            assert refused.value.response.status == 503
            assert b"calls (2)" in refused.value.response.body
            assert dict(refused.value.response.headers)["retry-after"] == "1"
            await second.close(1000)
            async with open_websocket(running.url + "/"):
                assert running.server.calls == 2
        with anyio.fail_after(5):
            while running.server.calls:
                await anyio.wait_all_tasks_blocked()


async def test_a_call_that_lost_its_connection_takes_nobodys_place(start_server: Any) -> None:
    """An application that keeps calls without a connection says how many; this one says nothing."""
    async with start_server(limits={"calls": 1}) as running:
        async with open_websocket(running.url + "/linger"):
            await running.application.opened.wait()
        with anyio.fail_after(5):
            while running.server.calls:
                await anyio.wait_all_tasks_blocked()
        async with open_websocket(running.url + "/"):
            pass
        assert not running.application.results[0].local


async def test_more_plain_requests_than_allowed_are_refused(start_server: Any) -> None:
    async with start_server(limits={"requests": 1}) as running:
        http = running.url.replace("ws", "http")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(http_request, "GET", http + "/hold")
            await running.application.holding.wait()
            refused = await http_request("GET", http + "/")
            assert refused.status == 503
            assert b"requests (1)" in refused.body
            running.application.release.set()
        await works(running)


async def test_a_peer_that_never_reads_is_cut(start_server: Any, streams: str, recording_sink: Any) -> None:
    async with start_server(streams=streams, limits={"outbox_bytes": 200_000}) as running:
        async with open_websocket(running.url + "/") as client:
            # Nobody runs the client: what comes fills its socket. What it sends comes back to it.
            async with anyio.create_task_group() as tasks:

                async def flood() -> None:
                    while True:
                        client.push(b"flood" * 20_000)
                        await client.room()
                        await anyio.lowlevel.checkpoint()

                tasks.start_soon(flood)
                with anyio.fail_after(20):
                    await running.application.finished.wait()
                tasks.cancel_scope.cancel()
            [closed] = running.application.results
            assert closed.local
            assert "outbox_bytes (200000)" in closed.reason
            client.abort()
        await works(running)


async def test_a_peer_that_stops_reading_is_cut_after_a_while(start_server: Any) -> None:
    async with start_server(limits={"write_seconds": 0.2, "ping_seconds": None}) as running:
        async with open_websocket(running.url + "/") as client:
            client.push("hello")
            with anyio.fail_after(5):
                await running.application.opened.wait()
            # More than any socket buffers.
            for _ in range(30):
                running.application.transports[0].push(b"x" * 100_000)
            with anyio.fail_after(10):
                await running.application.finished.wait()
            [closed] = running.application.results
            assert "write_seconds (0.2)" in closed.reason
            client.abort()


async def test_a_flood_of_tiny_frames_keeps_nobody_waiting(
    start_server: Any, streams: str, parser: str, recording_sink: Any
) -> None:
    async with start_server(streams=streams, parser=parser) as running:
        async with raw(running) as hostile, open_websocket(running.url + "/") as honest:
            await hostile.send(
                b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
            await hostile.receive()
            async with anyio.create_task_group() as tasks:

                async def flood() -> None:
                    while True:
                        await hostile.send(b"\x89\x80\0\0\0\0" * 20_000)

                tasks.start_soon(flood)
                tasks.start_soon(honest.run, recording_sink)
                for number in range(1, 6):
                    honest.push("?")
                    await recording_sink.until(lambda number=number: len(recording_sink.frames) == number)
                # It reads none of the pongs; only the latest is kept for it.
                assert all(transport.backlog < 200_000 for transport in running.application.transports)
                tasks.cancel_scope.cancel()


async def test_requests_in_one_packet_hold_up_nobody(start_server: Any, streams: str) -> None:
    async with start_server(streams=streams) as running, raw(running) as hostile:
        requests = running.application.requests
        answered_in_one_go: list[int] = []
        async with anyio.create_task_group() as tasks:

            async def look_on() -> None:
                while True:
                    before = len(requests)
                    await anyio.lowlevel.checkpoint()
                    answered_in_one_go.append(len(requests) - before)

            tasks.start_soon(look_on)
            await hostile.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 200)
            with anyio.fail_after(10):
                while len(requests) < 200:
                    await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        assert max(answered_in_one_go) <= 2
        await works(running)


async def test_who_asks_and_asks_and_takes_no_answer_is_cut(start_server: Any, streams: str) -> None:
    limits = {"keep_alive_seconds": 0.2, "high_water_bytes": 1000}
    async with start_server(streams=streams, limits=limits) as running, raw(running) as hostile:

        async def ask_on() -> None:
            while True:
                await hostile.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 1000)

        with anyio.fail_after(20), pytest.raises(anyio.BrokenResourceError):
            await ask_on()
        await works(running)


async def test_a_half_open_connection_is_found_out(start_server: Any, streams: str) -> None:
    """A peer that is gone without a word answers no ping."""
    async with start_server(streams=streams, limits={"ping_seconds": 0.1}) as running:
        async with open_websocket(running.url + "/") as client:
            with anyio.fail_after(10):
                await running.application.finished.wait()
            [closed] = running.application.results
            assert "ping_seconds (0.1)" in closed.reason
            client.abort()


async def test_a_peer_that_answers_pings_stays(start_server: Any, recording_sink: Any) -> None:
    async with start_server(limits={"ping_seconds": 0.1}) as running:
        async with open_websocket(running.url + "/") as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, recording_sink)
            # Silence that is longer than both periods together: something has to pass the time.
            with anyio.move_on_after(0.6):
                await running.application.finished.wait()
            assert running.application.results == []
            await client.close()


async def test_running_out_of_file_descriptors_is_survived(
    start_server: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, streams: str
) -> None:
    kind: Any = PortableStreams if streams == "portable" else SocketStreams
    real = kind.listener
    troubles = iter([errno.EMFILE, errno.ECONNABORTED])

    async def listener(self: Any, sock: Any, tls: Any) -> Any:
        found = await real(self, sock, tls)
        accept = found.accept

        async def flaky() -> Any:
            incoming = await accept()
            trouble = next(troubles, None)
            if trouble is not None:
                await incoming.aclose()
                raise OSError(trouble, "as the test wants")
            return incoming

        found.accept = flaky
        return found

    monkeypatch.setattr(kind, "listener", listener)
    async with start_server(streams=streams) as running:
        for _ in range(2):
            async with raw(running) as stream:
                assert await rest_of(stream) == b""
        await works(running)
    assert caplog.text.count("cannot accept") == 2


async def test_another_error_of_accept_ends_the_server(
    start_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Any) -> Any:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(SocketListener, "accept", broken)
    with pytest.raises(BaseExceptionGroup) as raised:
        async with start_server() as running:
            await running.server.drain()
    assert raised.group_contains(OSError)


async def test_an_application_that_fails_ends_its_connection_and_no_other(
    start_server: Any, recording_sink: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with start_server() as running:
        async with open_websocket(running.url + "/") as honest:
            async with open_websocket(running.url + "/fail-later") as client:
                closed = await client.run(recording_sink)
            assert closed.code == 1011
            assert "failed to serve a websocket" in caplog.text
            async with anyio.create_task_group() as tasks:
                others = type(recording_sink)()
                tasks.start_soon(honest.run, others)
                honest.push("still there")
                await others.until(lambda: others.frames == ["still there"])
                await honest.close()


async def test_an_application_that_leaves_its_connection_open_is_closed_for_it(
    start_server: Any, recording_sink: Any
) -> None:
    """With 1001: after 1000, jambonz would not come back."""
    async with start_server() as running, open_websocket(running.url + "/return") as client:
        assert (await client.run(recording_sink)).code == 1001


async def test_nothing_of_a_request_is_logged(start_server: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with start_server() as running:
        http = running.url.replace("ws", "http")
        await http_request(
            "POST", http + "/fail?token=hidden1", body=b"hidden2", credentials=("me", "hidden3")
        )
        async with open_websocket(running.url + "/?token=hidden4") as client:
            client.push("hidden5")
            client.push(b"hidden6" * 100)
            await client.close()
    assert "hidden" not in caplog.text


async def test_a_thousand_resets_leave_nothing(start_server: Any, streams: str) -> None:
    """Clients that connect and go at once, in every state of a connection."""
    async with start_server(streams=streams) as running:
        for number in range(50):
            sock = socket.create_connection(("127.0.0.1", running.server.port))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            if number % 3:
                sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n" + (b"\r\n" if number % 3 == 2 else b""))
            if number % 2:
                await anyio.wait_all_tasks_blocked()
            sock.close()
        await works(running)


def test_limits_are_positive_and_say_which_is_not() -> None:
    with pytest.raises(ValueError, match=r"ServerLimits\.calls must be positive, not 0"):
        ServerLimits(calls=0)
    assert ServerLimits(ping_seconds=None, write_seconds=None).ping_seconds is None


class Takes:
    """An application that takes what comes, and notes in which turn of the event loop that was large."""

    def __init__(self, make_sink: Any) -> None:
        self._make_sink = make_sink
        self.sinks: list[Any] = []
        self.turn = 0
        self.turns_of_large: list[int] = []

    async def count_turns(self) -> None:
        while True:
            await anyio.lowlevel.checkpoint()
            self.turn += 1

    async def admit(self, request: HttpRequest) -> Admission:
        return Admission("", self._call)

    async def _call(self, transport: Transport) -> None:
        sink = self._make_sink()

        def taken() -> None:
            if len(sink.frames[-1]) > READ_BYTES:
                self.turns_of_large.append(self.turn)

        sink.on_frame = taken
        self.sinks.append(sink)
        await transport.run(sink)


async def test_large_messages_of_many_are_taken_one_after_the_other(
    start_server: Any, streams: str, parser: str, make_sink: Any
) -> None:
    """Each may take long to parse. Between two of them everybody else has a turn."""
    takes = Takes(make_sink)
    async with start_server(application=takes, streams=streams, parser=parser) as running:
        async with anyio.create_task_group() as tasks, AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(open_websocket(running.url + "/")) for _ in range(20)]
            tasks.start_soon(takes.count_turns)
            # With something small before and behind, in the same reads.
            sent = ["first", "x" * 300_000, "second", "y" * 20_000, "third"]
            for client in clients:
                for text in sent:
                    client.push(text)
            with anyio.fail_after(30):
                while [sink.frames for sink in takes.sinks] != [sent] * 20:
                    await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
    assert len(takes.turns_of_large) == len(set(takes.turns_of_large)) == 40


async def test_a_large_message_that_waits_for_its_turn_counts_as_unfinished(
    start_server: Any, streams: str, make_sink: Any
) -> None:
    """Until it was taken it takes memory; and whoever is cut meanwhile is heard no more."""
    takes = Takes(make_sink)
    async with start_server(application=takes, streams=streams) as running:
        async with open_websocket(running.url + "/") as client:
            async with turn_for_large_message():
                client.push("x" * 300_000)
                [transport] = running.server._transports
                with anyio.fail_after(10):
                    while not transport._rest:
                        await anyio.lowlevel.checkpoint()
                assert transport.unfinished == 300_000
                transport.cut("a limit")
                [sink] = takes.sinks
            await sink.until(lambda: sink.ends)
            assert sink.frames == []
