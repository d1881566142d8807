"""A REST API server for tests: it behaves as a real one does, quirks and error shapes included.

    with RestServer() as server:
        with SyncJambonzClient(server.url, server.account_sid, server.api_key) as client:
            app = server.application()
            client.calls.create(from_="+15085551212", to="+15085551213", application_sid=app)
        assert server.requests[-1].body["to"]["number"] == "+15085551213"

It listens on loopback and serves from threads, so it fits sync programs and any event loop. Where no sockets
are wanted, as under virtual time, hand ``server.transport()`` to a client instead.

`fail()` makes coming requests go wrong: answered with something else, cut off, dropped, or not answered.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self, cast

from jambonz_anyio.rest.http_library import http_library
from jambonz_anyio.testing._rest_answers import Answer, Refusal, ServedRequest
from jambonz_anyio.testing._rest_world import RestWorld

if TYPE_CHECKING:
    import httpx2

FOREVER = 60.0
"""Seconds that a request without an answer is held, at most: a test that gets here has failed already."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request."""

    status: int | None = None
    """Answer this instead; None for the true answer."""
    content: bytes | str = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    carried_out: bool = False
    """Whether the request has its effect all the same."""
    drop: bool = False
    """Close the connection without an answer."""
    cut: int | None = None
    """Send so many bytes of the body, then close."""
    hang: bool = False
    """Do not answer until the server is closed, or `RestServer.release()` is called."""
    hang_after: int | None = None
    """Send so many bytes of the body, then do not go on."""


class RestServer(RestWorld):
    """An API server with one account. What it knows can be looked at and changed from the test."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[ServedRequest] = []
        """Every request that came in, in order."""
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._http: _Listener | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL that clients are given."""
        assert self._http is not None, "enter the server's block first"
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def fail(
        self,
        status: int | None = None,
        content: bytes | str = b"",
        content_type: str = "",
        *,
        times: int = 1,
        **how: Any,
    ) -> None:
        """Make the next `times` requests go wrong; the other arguments are those of `Fault`."""
        fault = Fault(status, content, content_type, **how)
        self._faults.extend([fault] * times)

    def release(self) -> None:
        """Let go of the requests that hang; their connections are closed."""
        self._released.set()

    def drop_idle(self) -> None:
        """Close the connections that wait for a next request, as servers do after some seconds."""
        assert self._http is not None, "enter the server's block first"
        self._http.close_connections()

    def _wait_for_release(self) -> None:
        """Hold a request that is not to be answered, in its own thread."""
        self._released.wait(FOREVER)

    def transport(self, http: ModuleType | None = None) -> httpx2.MockTransport:
        """A transport that talks to this server without a socket, for either client.

        Faults that break connections come as the exceptions that they would cause.

        Args:
            http: The library that the client uses, `httpx2` or `httpx`; else the one that it finds by itself.
        """
        library: Any = http_library(http)

        def exchange(request: httpx2.Request) -> httpx2.Response:
            target = request.url.raw_path.decode("ascii")
            headers = {name.lower(): value for name, value in request.headers.items()}
            answer, fault = self._serve(ServedRequest(request.method, target, headers, request.read()))
            if fault is not None and (fault.drop or fault.cut is not None):
                raise library.RemoteProtocolError("the server closed the connection", request=request)
            if fault is not None and (fault.hang or fault.hang_after is not None):
                raise library.ReadTimeout("no answer", request=request)
            kind = {"content-type": answer.content_type} if answer.content_type else {}
            headers = {**answer.headers, **kind}
            return library.Response(answer.status, content=answer.content, headers=headers)  # type: ignore[no-any-return]

        return library.MockTransport(exchange)  # type: ignore[no-any-return]

    def _serve(self, request: ServedRequest) -> tuple[Answer, Fault | None]:
        """Answer one request, with the fault that is next, if any."""
        with self._lock:
            self.requests.append(request)
            fault = self._faults.popleft() if self._faults else None
            spoiled = fault is not None and (fault.status is not None or fault.drop or fault.hang)
            if fault is not None and spoiled and not fault.carried_out:
                return _instead(fault), fault
            try:
                answer = self._answer(request)
            except Refusal as refusal:
                answer = refusal.answer
            if fault is not None and fault.status is not None:
                answer = _instead(fault)
            return answer, fault

    def __enter__(self) -> Self:
        self._http = _Listener(self)
        # Daemons: a test that never leaves the block must not keep the process from ending.
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._http is not None
        assert self._thread is not None
        self.release()
        self._http.shutdown()
        self._thread.join()
        self._http.close_connections()
        self._http.server_close()


def _instead(fault: Fault) -> Answer:
    content = fault.content.encode() if isinstance(fault.content, str) else fault.content
    return Answer(fault.status or 500, content, fault.content_type, fault.headers)


class _Listener(ThreadingHTTPServer):
    """The listening socket, and the connections that came by it."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, server: RestServer) -> None:
        self.rest = server
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Connection)

    def opened(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.discard(connection)
            self._changed.notify_all()

    def close_connections(self) -> None:
        """Wake the threads that wait for a next request, and wait until they have gone."""
        with self._changed:
            for connection in self._connections:
                with suppress(OSError):  # the other side may be gone
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._connections, timeout=5.0)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of tests go away in the middle of things; that is no news."""


class _Connection(BaseHTTPRequestHandler):
    """One connection: requests in, answers out."""

    protocol_version = "HTTP/1.1"
    # Headers and body in two small packets would wait for each other (Nagle and delayed acknowledgement).
    wbufsize = -1
    disable_nagle_algorithm = True

    @property
    def listener(self) -> _Listener:
        """The listening socket that this connection came by."""
        return cast(_Listener, self.server)

    def setup(self) -> None:
        super().setup()
        self.listener.opened(self.connection)

    def finish(self) -> None:
        self.listener.closed(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: tests look at `RestServer.requests`."""

    def handle_one(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = ServedRequest(self.command, self.path, headers, self.rfile.read(length))
        rest = self.listener.rest
        answer, fault = rest._serve(request)
        if fault is not None and fault.hang:
            rest._wait_for_release()
        if fault is not None and (fault.drop or fault.hang):
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.content_type:
            self.send_header("content-type", answer.content_type)
        if answer.status != 204:
            self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        partly = None if fault is None else fault.cut if fault.cut is not None else fault.hang_after
        self.wfile.write(answer.content if partly is None else answer.content[:partly])
        self.wfile.flush()
        if partly is not None:
            if fault is not None and fault.hang_after is not None:
                rest._wait_for_release()
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = handle_one
