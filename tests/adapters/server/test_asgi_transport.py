"""The ASGI adapter, under a host that does what the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from jambonz_anyio._net.asgi import AsgiApplication, peer_of_scope, route_path
from jambonz_anyio._net.large_messages import turn_for_large_message
from jambonz_anyio._net.transport import Closed
from jambonz_anyio.limits import ServerLimits
from jambonz_core.wire.errors import LocalProtocolError

pytestmark = pytest.mark.anyio


def websocket_scope(path: str = "/x", **more: Any) -> dict[str, Any]:
    return {
        "type": "websocket",
        "path": path,
        "query_string": b"a=b",
        "headers": [(b"authorization", b"Basic bWU6cGFzcw=="), (b"x-odd", b"1"), (b"x-odd", b"2")],
        "client": ("198.51.100.7", 4000),
        "scheme": "wss",
        "subprotocols": ["x", "y"],
        **more,
    }


class Host:
    """An ASGI host with one connection."""

    def __init__(self, application: Any, scope: dict[str, Any], **limits: Any) -> None:
        self.application = application
        self.asgi = AsgiApplication(application, limits=ServerLimits(**limits))
        self.scope = scope
        self.sent: list[Any] = []
        self.jammed: anyio.Event | None = None
        self.sending_fails: Exception | None = None
        self._give, self._take = anyio.create_memory_object_stream[Any](100)
        self._changed = anyio.Event()
        self.done = anyio.Event()

    async def run(self) -> None:
        with self._give, self._take:
            await self.asgi(self.scope, self.receive, self.send)
        self.done.set()

    def say(self, **message: Any) -> None:
        self._give.send_nowait(message)

    def fail(self, error: Exception) -> None:
        self._give.send_nowait(error)

    async def receive(self) -> Any:
        message = await self._take.receive()
        if isinstance(message, Exception):
            raise message
        return message

    async def send(self, message: Any) -> None:
        if self.sending_fails is not None:
            raise self.sending_fails
        if self.jammed is not None and message["type"] == "websocket.send":
            await self.jammed.wait()
        self.sent.append(message)
        self._changed.set()
        self._changed = anyio.Event()

    async def until(self, kind: str, number: int = 1) -> Any:
        """Wait for the so-manieth message of that type."""
        with anyio.fail_after(5):
            while len(found := [each for each in self.sent if each["type"] == kind]) < number:
                await self._changed.wait()
        return found[number - 1]


@pytest.fixture
def host(echo_application: Any) -> Any:
    def make(scope: dict[str, Any] | None = None, **limits: Any) -> Host:
        return Host(echo_application, scope or websocket_scope(), **limits)

    return make


async def opened(it: Host, tasks: Any) -> Any:
    """Accept it; the transport."""
    tasks.start_soon(it.run)
    it.say(type="websocket.connect")
    await it.until("websocket.accept")
    await it.application.opened.wait()
    await anyio.wait_all_tasks_blocked()
    return it.application.transports[0]


async def test_a_conversation(host: Any) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        assert (await it.until("websocket.accept"))["subprotocol"] == "x"
        assert transport.peer.subprotocol == "x"
        assert transport.peer.credentials == ("me", "pass")
        assert transport.peer.headers["x-odd"] == "1, 2"
        assert transport.peer.address == "198.51.100.7:4000"
        assert transport.peer.secure
        assert (transport.peer.path, transport.peer.query) == ("/x", "a=b")
        it.say(type="websocket.receive", text="hello")
        it.say(type="websocket.receive", bytes=b"\1", text=None)
        assert (await it.until("websocket.send"))["text"] == "hello"
        assert (await it.until("websocket.send", 2))["bytes"] == b"\1"
        it.say(type="websocket.disconnect", code=1000, reason="bye")
    assert it.application.results == [Closed(1000, "bye")]
    assert it.sent[-1]["type"] == "websocket.send"


async def test_an_audio_connection_without_a_subprotocol_or_a_client(host: Any) -> None:
    it = host(websocket_scope(subprotocols=[], client=None, scheme="ws"))
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        assert (await it.until("websocket.accept"))["subprotocol"] is None
        assert transport.peer.address == ""
        assert not transport.peer.secure
        it.say(type="websocket.disconnect", code=None)
    assert it.application.results == [Closed(1005)]


async def test_a_host_that_goes_down_says_so_itself(host: Any) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        await opened(it, tasks)
        it.say(type="websocket.disconnect", code=1012)
    assert it.application.results == [Closed(1012, local=True)]


@pytest.mark.parametrize("extension", [True, False])
@pytest.mark.parametrize(("path", "status"), [("/refuse", 401), ("/fail", 500), ("/hold", 503)])
async def test_refusing(host: Any, extension: bool, path: str, status: int) -> None:
    scope = websocket_scope(path, extensions={"websocket.http.response": {}} if extension else None)
    it = host(scope, handshake_seconds=0.05)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(it.run)
        it.say(type="websocket.connect")
        await it.done.wait()
    if extension:
        start, body = it.sent
        assert (start["type"], start["status"]) == ("websocket.http.response.start", status)
        assert body["type"] == "websocket.http.response.body"
        assert body["body"]
    else:
        assert it.sent == [{"type": "websocket.close"}]


async def test_more_calls_than_allowed(host: Any) -> None:
    it = host(calls=1)
    async with anyio.create_task_group() as tasks:
        await opened(it, tasks)
        second = Host(it.application, websocket_scope(extensions={"websocket.http.response": {}}))
        second.asgi = it.asgi
        tasks.start_soon(second.run)
        second.say(type="websocket.connect")
        assert (await second.until("websocket.http.response.start"))["status"] == 503
        assert b"calls (1)" in (await second.until("websocket.http.response.body"))["body"]
        it.say(type="websocket.disconnect", code=1000)
        await it.done.wait()
        third = Host(it.application, websocket_scope())
        third.asgi = it.asgi
        tasks.start_soon(third.run)
        third.say(type="websocket.connect")
        await third.until("websocket.accept")
        third.say(type="websocket.disconnect", code=1000)


async def test_a_client_that_left_before_it_was_accepted(host: Any) -> None:
    it = host()
    it.say(type="websocket.disconnect", code=1006)
    await it.run()
    assert it.sent == []


async def test_we_close(host: Any) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        transport.push("before")
        transport.push(b"audio that nobody waits for")
        await transport.close(1012, "restart")
        transport.push("after")
        await transport.close(1000)
    assert [each.get("text") or each.get("code") for each in it.sent[1:]] == ["before", 1012]
    assert it.application.results == [Closed(1012, "restart", local=True)]
    assert it.application.sinks[0].ends == it.application.results


async def test_a_code_that_no_close_frame_may_carry(host: Any) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        with pytest.raises(LocalProtocolError, match="1006"):
            await transport.close(1006)
        it.say(type="websocket.disconnect", code=1000)


async def test_a_host_that_does_not_take_our_close(host: Any) -> None:
    it = host(close_seconds=0.05)
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        it.jammed = anyio.Event()
        transport.push("jams")
        with anyio.fail_after(5):
            await transport.close(1012)
            await it.done.wait()
    assert it.application.results == [Closed(1012, "", local=True)]


async def test_aborting_is_as_good_as_asgi_can(host: Any) -> None:
    it = host(websocket_scope("/linger"))
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        transport.abort()
        transport.abort()
        # The call lives on; its connection must not.
        assert (await it.until("websocket.close"))["code"] == 1012
        await anyio.wait_all_tasks_blocked()
        assert it.application.results == [Closed(1006, "aborted", local=True)]
        tasks.cancel_scope.cancel()


async def test_what_waits_keeps_its_order_and_room_is_waited_for(host: Any) -> None:
    it = host(high_water_bytes=10)
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        it.jammed = anyio.Event()
        transport.push("first")
        await anyio.wait_all_tasks_blocked()
        transport.push(b"pcm" * 10)
        transport.push("mark")
        assert transport.backlog == len("first") + 30 + len("mark")
        with anyio.move_on_after(0.01) as scope:
            await transport.room()
        assert scope.cancelled_caught
        it.jammed.set()
        await transport.room()
        await it.until("websocket.send", 3)
        await anyio.wait_all_tasks_blocked()
        assert transport.backlog == 0
        assert [each.get("text") or each.get("bytes") for each in it.sent[1:]] == [
            "first",
            b"pcm" * 10,
            "mark",
        ]
        it.say(type="websocket.disconnect", code=1000)


async def test_audio_that_waits_can_be_dropped_and_there_are_no_receipts(host: Any) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        it.jammed = anyio.Event()
        transport.push("first")
        await anyio.wait_all_tasks_blocked()
        transport.push(b"pcm" * 10)
        transport.drop_audio()
        assert not transport.receipts
        transport.push("kill", receipt=True)
        transport.ask_receipt()
        it.jammed.set()
        await it.until("websocket.send", 2)
        await anyio.wait_all_tasks_blocked()
        assert [each["text"] for each in it.sent[1:]] == ["first", "kill"]
        it.say(type="websocket.disconnect", code=1000)
    assert it.application.sinks[0].receipts == []


async def test_a_full_outbox(host: Any) -> None:
    it = host(outbox_bytes=20)
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        it.jammed = anyio.Event()
        for _ in range(4):
            transport.push("x" * 10)
            await anyio.wait_all_tasks_blocked()
        await it.done.wait()
    assert it.application.results == [Closed(1006, "outbox_bytes (20) reached", local=True)]


async def test_a_host_that_takes_nothing(host: Any) -> None:
    it = host(write_seconds=0.05)
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        it.jammed = anyio.Event()
        transport.push("x")
        with anyio.fail_after(5):
            await it.done.wait()
    assert it.application.results == [Closed(1006, "took nothing for write_seconds (0.05)", local=True)]


async def test_a_message_above_the_limit(host: Any) -> None:
    it = host(message_bytes=10)
    async with anyio.create_task_group() as tasks:
        await opened(it, tasks)
        it.say(type="websocket.receive", text="é" * 6)
        assert (await it.until("websocket.close"))["code"] == 1009
    assert it.application.results == [Closed(1009, "message_bytes (10) passed", local=True)]
    assert it.application.sinks[0].frames == []


@pytest.mark.parametrize("step", ["receive", "send"])
async def test_a_host_that_fails(host: Any, step: str) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        if step == "send":
            it.sending_fails = OSError("gone")
            transport.push("x")
        else:
            it.fail(RuntimeError("gone"))
        with anyio.fail_after(5):
            await it.done.wait()
    assert it.application.results == [Closed(1006, "the host lost the connection")]


async def test_cancelling_run_ends_the_connection(host: Any) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        await opened(it, tasks)
        tasks.cancel_scope.cancel()
    assert it.application.sinks[0].ends == [Closed(1006, "cancelled", local=True)]


async def test_two_readers_are_refused(host: Any, recording_sink: Any) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        with pytest.raises(LocalProtocolError, match="once"):
            await transport.run(recording_sink)
        with pytest.raises(LocalProtocolError, match="surrogate"):
            transport.push("\ud800")
        it.say(type="websocket.disconnect", code=1000)


@pytest.mark.parametrize(("path", "code"), [("/return", 1001), ("/fail-later", 1011)])
async def test_an_application_that_leaves_it_open(host: Any, path: str, code: int) -> None:
    it = host(websocket_scope(path))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(it.run)
        it.say(type="websocket.connect")
        assert (await it.until("websocket.close"))["code"] == code


async def test_a_frame_after_the_end_goes_nowhere(host: Any) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        transport = await opened(it, tasks)
        it.application.sinks[0].on_frame = transport.abort
        it.say(type="websocket.receive", text="one")
        it.say(type="websocket.receive", text="two")
        it.say(type="websocket.odd")
        with anyio.fail_after(5):
            await it.done.wait()
    assert it.application.sinks[0].frames == ["one"]


# Plain requests ---------------------------------------------------------------------------------------------


def http_scope(path: str = "/", method: str = "POST") -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [],
        "scheme": "http",
    }


async def test_a_request_in_pieces(host: Any) -> None:
    it = host(http_scope())
    it.say(type="http.request", body=b"one ", more_body=True)
    it.say(type="http.request", body=b"two")
    await it.run()
    start, body = it.sent
    assert start["status"] == 200
    assert dict(start["headers"])[b"content-length"] == b"12"
    assert body["body"] == b"POST one two"


async def test_an_empty_answer(host: Any) -> None:
    it = host(http_scope("/nothing"))
    it.say(type="http.request")
    await it.run()
    assert it.sent[0]["status"] == 204
    assert it.sent[0]["headers"] == []


async def test_a_body_above_the_limit(host: Any) -> None:
    it = host(http_scope(), body_bytes=10)
    it.say(type="http.request", body=b"x" * 6, more_body=True)
    it.say(type="http.request", body=b"x" * 6, more_body=True)
    await it.run()
    assert it.sent[0]["status"] == 413
    assert b"body_bytes (10)" in it.sent[1]["body"]
    assert it.application.requests == []


async def test_a_client_that_leaves_in_the_middle(host: Any) -> None:
    it = host(http_scope())
    it.say(type="http.request", body=b"x", more_body=True)
    it.say(type="http.disconnect")
    await it.run()
    assert it.sent == []


async def test_an_application_that_fails_to_respond(host: Any, caplog: pytest.LogCaptureFixture) -> None:
    it = host(http_scope("/fail"))
    it.say(type="http.request")
    await it.run()
    assert it.sent[0]["status"] == 500
    assert "failed to respond" in caplog.text


async def test_more_requests_than_allowed(host: Any) -> None:
    it = host(http_scope("/hold"), requests=1)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(it.run)
        it.say(type="http.request")
        await it.application.holding.wait()
        second = Host(it.application, http_scope())
        second.asgi = it.asgi
        second.say(type="http.request")
        await second.run()
        assert second.sent[0]["status"] == 503
        it.application.release.set()
    assert it.sent[0]["status"] == 200


# Lifespan and scopes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fails", ["", "startup", "shutdown"])
async def test_the_lifespan(echo_application: Any, fails: str) -> None:
    log: list[str] = []

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        log.append("startup")
        if fails == "startup":
            raise RuntimeError("as asked")
        yield
        log.append("shutdown")
        if fails == "shutdown":
            raise RuntimeError("as asked")

    it = Host(echo_application, {"type": "lifespan"})
    it.asgi = AsgiApplication(echo_application, running=running)
    it.say(type="lifespan.startup")
    it.say(type="lifespan.shutdown")
    await it.run()
    kinds = [each["type"] for each in it.sent]
    if fails == "startup":
        assert kinds == ["lifespan.startup.failed"]
        assert it.sent[0]["message"] == "RuntimeError"
    elif fails == "shutdown":
        assert kinds == ["lifespan.startup.complete", "lifespan.shutdown.failed"]
    else:
        assert kinds == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert log == ["startup", "shutdown"]


async def test_a_lifespan_of_nothing(host: Any) -> None:
    it = host({"type": "lifespan"})
    it.say(type="lifespan.startup")
    it.say(type="lifespan.shutdown")
    await it.run()
    assert [each["type"] for each in it.sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_scope_that_nobody_knows(host: Any) -> None:
    with pytest.raises(LocalProtocolError, match="'gopher'"):
        await host({"type": "gopher"}).run()


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/a", "", "/a"),
        ("/v/a", "/v", "/a"),
        ("/v", "/v", "/"),
        ("/v/", "/v/", "/"),
        ("/very", "/v", "/very"),
        ("/a", "/v", "/a"),
        ("", "", "/"),
    ],
)
def test_the_path_below_a_mount(path: str, root: str, expected: str) -> None:
    assert route_path({"path": path, "root_path": root}) == expected
    scope = {"path": path, "root_path": root, "headers": [], "query_string": b""}
    assert peer_of_scope(scope).path == expected


async def test_a_large_message_waits_for_its_turn(host: Any) -> None:
    it = host()
    async with anyio.create_task_group() as tasks:
        await opened(it, tasks)
        async with turn_for_large_message():
            it.say(type="websocket.receive", text="small")
            it.say(type="websocket.receive", text="x" * 20_000)
            await anyio.wait_all_tasks_blocked()
            [sink] = it.application.sinks
            assert sink.frames == ["small"]
        await it.until("websocket.send", 2)
        assert sink.frames == ["small", "x" * 20_000]
        it.say(type="websocket.disconnect", code=1000)
