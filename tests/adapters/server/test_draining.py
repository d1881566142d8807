"""How a server ends: readiness, listening, calls; what is left is closed so that it comes back."""

from __future__ import annotations

import itertools
import os
import signal
import socket
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio._net.client import http_request, open_websocket
from jambonz_anyio._net.server import TRANSPORTS_PER_TURN, Server
from jambonz_anyio._net.transport import Closed
from jambonz_anyio.limits import ServerLimits
from jambonz_core.wire.errors import ConnectionLost

pytestmark = pytest.mark.anyio


async def test_an_idle_server_is_through_at_once(start_server: Any, streams: str) -> None:
    async with start_server(streams=streams) as running:
        assert running.server.ready
        assert running.server.addresses == [f"127.0.0.1:{running.server.port}"]
        with anyio.fail_after(5):
            await running.server.drain(60)
        assert not running.server.ready
        assert running.server.addresses == []
        with pytest.raises(ConnectionLost, match="cannot connect"):
            await http_request("GET", running.url.replace("ws", "http"))


async def test_calls_finish_while_nothing_new_is_accepted(
    start_server: Any, streams: str, recording_sink: Any
) -> None:
    async with start_server(streams=streams) as running:
        async with open_websocket(running.url + "/") as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, recording_sink)
            client.push("before")
            await recording_sink.until(lambda: recording_sink.frames)
            tasks.start_soon(running.server.drain, 60)
            await anyio.wait_all_tasks_blocked()
            assert running.server.draining
            assert not running.server.ready
            with pytest.raises(ConnectionLost):
                async with open_websocket(running.url + "/"):
                    pass
            client.push("while it drains")
            await recording_sink.until(lambda: recording_sink.frames == ["before", "while it drains"])
            await client.close(1000)
        assert running.application.results == [Closed(1000)]


async def test_what_is_left_is_closed_with_1012(start_server: Any, streams: str, recording_sink: Any) -> None:
    async with start_server(streams=streams) as running:
        async with open_websocket(running.url + "/") as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, recording_sink)
            await running.application.opened.wait()
            with anyio.fail_after(5):
                await running.server.drain(0.05)
        assert recording_sink.ends == [Closed(1012, "service restart")]
        assert running.application.results == [Closed(1012, "service restart", local=True)]


async def test_a_second_drain_sets_the_time_anew(start_server: Any, recording_sink: Any) -> None:
    async with start_server(drain_seconds=60) as running:
        async with open_websocket(running.url + "/") as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, recording_sink)
            await running.application.opened.wait()
            running.server.start_drain()
            await anyio.wait_all_tasks_blocked()
            assert recording_sink.ends == []
            with anyio.fail_after(5):
                await running.server.drain(0)
        assert recording_sink.ends[0].code == 1012


async def test_a_call_that_does_not_return_is_cancelled_in_the_end(
    start_server: Any, recording_sink: Any
) -> None:
    async with start_server(limits={"close_seconds": 0.2}) as running:
        async with open_websocket(running.url + "/linger") as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, recording_sink)
            await running.application.opened.wait()
            with anyio.fail_after(5):
                await running.server.drain(0)
        assert recording_sink.ends[0].code == 1012


async def test_a_peer_that_does_not_answer_holds_nobody_up(start_server: Any, streams: str) -> None:
    async with start_server(streams=streams, limits={"close_seconds": 0.1}) as running:
        async with open_websocket(running.url + "/") as client:
            await running.application.opened.wait()
            with anyio.fail_after(5):
                await running.server.drain(0)
            client.abort()
        assert running.application.results == [Closed(1012, "service restart", local=True)]


async def test_connections_without_a_request_are_closed_at_once(start_server: Any) -> None:
    async with start_server() as running:
        async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
            await stream.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            await stream.receive()
            with anyio.fail_after(5):
                await running.server.drain(60)
                with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                    await stream.receive()


async def test_a_request_in_hand_is_answered_and_is_the_last(start_server: Any) -> None:
    async with start_server() as running:
        answers: list[Any] = []

        async def ask() -> None:
            answers.append(await http_request("GET", running.url.replace("ws", "http") + "/hold"))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await running.application.holding.wait()
            tasks.start_soon(running.server.drain, 60)
            await anyio.wait_all_tasks_blocked()
            running.application.release.set()
        assert answers[0].status == 200
        assert dict(answers[0].headers)["connection"] == "close"


UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)


async def test_who_has_connected_before_is_served(start_server: Any, streams: str) -> None:
    """It may be a call; whoever accepts its connection and closes it has lost it."""
    async with start_server(streams=streams) as running:
        async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
            with anyio.fail_after(5):
                while not running.server._serving:
                    await anyio.lowlevel.checkpoint()
            running.server.start_drain()
            await anyio.wait_all_tasks_blocked()
            await stream.send(UPGRADE + b"\r\n")
            with anyio.fail_after(5):
                assert (await stream.receive()).startswith(b"HTTP/1.1 101 ")
        assert running.server.draining


async def test_an_upgrade_on_a_connection_that_is_kept_alive_is_refused(start_server: Any) -> None:
    async with start_server() as running:
        async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
            await stream.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            with anyio.fail_after(5):
                assert (await stream.receive()).startswith(b"HTTP/1.1 200 ")
                running.server.draining = True
                await stream.send(UPGRADE + b"\r\n")
                assert (await stream.receive()).startswith(b"HTTP/1.1 503 ")


async def test_no_upgrade_is_taken_when_calls_had_their_time(start_server: Any) -> None:
    async with start_server() as running:
        running.server._closing = True
        async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
            await stream.send(UPGRADE + b"\r\n")
            with anyio.fail_after(5):
                assert (await stream.receive()).startswith(b"HTTP/1.1 503 ")


def listening() -> socket.socket:
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


async def test_a_listener_may_be_shared(start_server: Any, streams: str, recording_sink: Any) -> None:
    """What one of two servers leaves in the queue, the other takes."""
    shared = listening()
    url = f"ws://127.0.0.1:{shared.getsockname()[1]}"
    with shared:
        async with start_server(streams=streams, sockets=[shared.dup()]) as one:
            assert one.server.port == shared.getsockname()[1]
            assert one.server.addresses == [url.removeprefix("ws://")]
            await one.server.drain(0)
        async with await anyio.connect_tcp("127.0.0.1", shared.getsockname()[1]) as stream:
            await stream.send(UPGRADE + b"\r\n")
            async with start_server(streams=streams, sockets=[shared.dup()]) as two:
                with anyio.fail_after(5):
                    assert (await stream.receive()).startswith(b"HTTP/1.1 101 ")
                await two.server.drain(0)


async def test_audio_finds_its_server_while_that_drains(
    start_server: Any, streams: str, recording_sink: Any
) -> None:
    shared, own = listening(), listening()
    port = own.getsockname()[1]
    async with start_server(streams=streams, sockets=[shared], own_sockets=[own]) as running:
        async with open_websocket(running.url + "/") as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, recording_sink)
            await running.application.opened.wait()
            running.server.start_drain(60)
            await anyio.wait_all_tasks_blocked()
            async with await anyio.connect_tcp("127.0.0.1", port) as audio:
                await audio.send(UPGRADE + b"Sec-WebSocket-Protocol: audio.jambonz.org\r\n\r\n")
                with anyio.fail_after(5):
                    assert (await audio.receive()).startswith(b"HTTP/1.1 101 ")
            async with await anyio.connect_tcp("127.0.0.1", port) as call:
                await call.send(UPGRADE + b"Sec-WebSocket-Protocol: ws.jambonz.org\r\n\r\n")
                # A connection of jambonz is closed without an answer, so that it tries again.
                with anyio.fail_after(5), pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                    await call.receive()
            await client.close(1000)
        with anyio.fail_after(5):
            await running.server.drain()
        with pytest.raises(OSError):
            await anyio.connect_tcp("127.0.0.1", port)


async def test_a_server_that_warms_up_is_not_ready_and_takes_calls(start_server: Any) -> None:
    async with start_server() as running:
        http = running.url.replace("ws", "http")
        running.server.warming = True
        assert (await http_request("GET", http + "/ready")).status == 503
        assert (await http_request("GET", http + "/health")).status == 200
        async with open_websocket(running.url + "/") as client:
            await client.close(1000)
        running.server.warming = False
        assert (await http_request("GET", http + "/ready")).status == 200


async def test_a_drain_closes_a_few_websockets_in_each_turn() -> None:
    application: Any = None
    server = Server(application, port=0, limits=ServerLimits(close_seconds=0.01))

    class Websocket:
        closed = False

        def start_close(self, code: int, reason: str) -> None:
            self.closed = True

        def abort(self) -> None:
            del left[self]

    websockets = [Websocket() for _ in range(4 * TRANSPORTS_PER_TURN)]
    left: Any = dict.fromkeys(websockets)
    server._transports = left
    counts = [(0, 0)]

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server._finish_calls)
        with anyio.fail_after(15):
            while left:
                await anyio.lowlevel.checkpoint()
                counts.append((sum(one.closed for one in websockets), len(websockets) - len(left)))
    for which in (0, 1):
        steps = [after[which] - before[which] for before, after in itertools.pairwise(counts)]
        # A turn of trio's may hold two of each task's.
        assert 0 < max(steps) <= 2 * TRANSPORTS_PER_TURN


async def test_a_drain_before_the_start_starts_nothing() -> None:
    application: Any = None
    server = Server(application, port=0)
    server.start_drain(0)
    with anyio.fail_after(5):
        await server.run()
    assert not server.ready


async def test_cancelling_the_server_ends_everything(
    start_server: Any, streams: str, recording_sink: Any
) -> None:
    async with start_server(streams=streams) as running:
        async with open_websocket(running.url + "/") as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, recording_sink)
            await running.application.opened.wait()
            await anyio.wait_all_tasks_blocked()
            running.tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await recording_sink.until(lambda: recording_sink.ends)
        assert running.application.sinks[0].ends == [Closed(1006, "cancelled", local=True)]
        # Nothing of ours ever closes a live call with 1000.
        assert recording_sink.ends[0].code != 1000


async def test_signals_drain_where_that_is_asked_for(start_server: Any, recording_sink: Any) -> None:
    async with start_server(handle_signals=True, drain_seconds=60) as running:
        async with open_websocket(running.url + "/") as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, recording_sink)
            await running.application.opened.wait()
            await anyio.wait_all_tasks_blocked()
            os.kill(os.getpid(), signal.SIGTERM)
            with anyio.fail_after(5):
                while not running.server.draining:
                    await anyio.lowlevel.checkpoint()
            assert recording_sink.ends == []
            # The second one means it.
            os.kill(os.getpid(), signal.SIGTERM)
            await recording_sink.until(lambda: recording_sink.ends)
        with anyio.fail_after(5):
            await running.server.drain()


async def test_a_unix_socket_is_gone_afterwards(start_server: Any, streams: str, tmp_path: Any) -> None:
    where = tmp_path / "server.sock"
    for _ in range(2):
        async with start_server(streams=streams, path=where) as running:
            assert running.server.addresses == [str(where)]
            answer = await http_request("GET", "http://localhost/", path=where)
            assert (answer.status, answer.body) == (200, b"GET ")
            [request] = running.application.requests
            assert request.peer.address == ""
            async with open_websocket("ws://localhost/", path=where) as client:
                client.push("over a file")
                await client.close(1000)
            await running.server.drain(0)
        assert not where.exists()


async def test_several_addresses(start_server: Any) -> None:
    async with start_server(host=None) as running:
        assert running.server.addresses
        assert all(str(running.server.port) in address for address in running.server.addresses)
        assert (await http_request("GET", running.url.replace("ws", "http") + "/")).status == 200


async def test_a_port_in_use_is_an_oserror(start_server: Any) -> None:
    async with start_server() as running:
        application: Any = None
        with pytest.raises(OSError, match=r"[Aa]ddress"):
            await Server(application, port=running.server.port).run()
