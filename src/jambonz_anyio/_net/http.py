"""HTTP on a byte stream: requests with limits, their answers, and the upgrade to a websocket.

h11 does the protocol. What is added: a bound on each request with a name and a status of its own, the reading
of a request's target, headers and credentials into a `Peer`, and the care for bytes that came behind a
request.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import unquote

import h11
from wsproto.connection import ConnectionType
from wsproto.events import AcceptConnection
from wsproto.events import Request as UpgradeRequest
from wsproto.handshake import H11Handshake
from wsproto.utilities import RemoteProtocolError

from .._call.one_shot import Notifier
from ..limits import ServerLimits
from .byte_streams import ByteStream
from .shared_bytes import SharedBytes
from .transport import HttpRequest, HttpResponse, Peer

_KEY_BYTES = 16


class HttpFault(Exception):
    """A request that is refused before anybody looks at it. Never leaves this package."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status)
        self.response = response


def refusal(status: int, why: str, *headers: tuple[str, str]) -> HttpResponse:
    """An answer in plain text that says which rule or limit it was."""
    return HttpResponse(status, f"{why}\n".encode(), headers=headers)


def basic_credentials(authorization: str) -> tuple[str, str] | None:
    """User name and password of an `Authorization` header, if it is HTTP Basic and well formed.

    >>> basic_credentials("Basic dXNlcjpwYXNz")
    ('user', 'pass')
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:  # not base64, or not UTF-8
        return None
    return (user, password) if colon else None


def split_target(target: str) -> tuple[str, str]:
    """Path, percent-decoded, and query of a request target, which may be an absolute URL.

    >>> split_target("/calls/a%20b?x=1")
    ('/calls/a b', 'x=1')
    """
    if not target.startswith("/") and "://" in target:
        target = "/" + target.split("://", 1)[1].partition("/")[2]
    path, _, query = target.partition("?")
    return unquote(path), query


def peer_of(target: str, headers: list[tuple[str, str]], address: str, *, secure: bool = False) -> Peer:
    """What a request tells of whoever sent it. Header names are in lower case already."""
    merged: dict[str, str] = {}
    for name, value in headers:
        merged[name] = f"{merged[name]}, {value}" if name in merged else value
    path, query = split_target(target)
    return Peer(
        path=path,
        query=query,
        headers=merged,
        address=address,
        credentials=basic_credentials(merged.get("authorization", "")),
        secure=secure,
    )


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A valid wish for a websocket, to be accepted with `accept()`."""

    request: HttpRequest
    early: bytes
    """What came behind the request in the same read."""
    handshake: H11Handshake

    def accept(self, subprotocol: str) -> bytes:
        """The answer that makes it a websocket."""
        return self.handshake.send(AcceptConnection(subprotocol=subprotocol or None))


class HttpConnection:
    """Takes the requests of one connection, one after another. A `ByteReceiver`."""

    def __init__(
        self, stream: ByteStream, limits: ServerLimits, bodies: SharedBytes, *, secure: bool
    ) -> None:
        self._stream = stream
        self._limits = limits
        self._bodies = bodies
        self._secure = secure
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.header_bytes)
        self._request: h11.Request | None = None
        self._body = bytearray()
        self._complete = False
        self._fault: HttpFault | None = None
        self._ended = False
        self._drained = Notifier()

    @property
    def begun(self) -> bool:
        """Whether part of a request is here."""
        return self._request is not None or bool(self._h11.trailing_data[0])

    async def next_request(self) -> HttpRequest | Upgrade | None:
        """The next request; None when the client has left or will ask nothing more. Raises HttpFault."""
        self._request = None
        self.forget_body()
        self._complete = False
        self._parse()
        if not self._settled():
            await self._stream.pump(self)
        if self._fault is not None:
            raise self._fault
        if self._request is None or not self._complete:
            return None
        return self._read(self._request)

    def forget_body(self) -> None:
        """The request was answered, or never will be."""
        self._bodies.give_back(len(self._body))
        self._body.clear()

    def answer(self, response: HttpResponse, *, close: bool = False) -> bool:
        """Send a response. False: it is the last one of this connection.

        Raises ValueError when the response cannot be put on the wire.
        """
        request = self._request
        bodiless = response.status in {204, 304}
        headers = [("date", formatdate(usegmt=True))]
        if not bodiless:
            headers += [("content-type", response.content_type), ("content-length", str(len(response.body)))]
        headers += response.headers
        close = close or self._fault is not None or (request is not None and not self._complete)
        if close:
            headers.append(("connection", "close"))
        connection = self._h11
        try:
            data = connection.send(h11.Response(status_code=response.status, headers=headers)) or b""
            if not bodiless and not (request is not None and request.method == b"HEAD"):
                data += connection.send(h11.Data(data=response.body)) or b""
            data += connection.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as exc:
            raise ValueError(f"not a response that HTTP can carry: {exc}") from exc
        self._stream.write(data)
        if connection.our_state is h11.DONE and connection.their_state is h11.DONE and not self._ended:
            connection.start_next_cycle()
            return True
        return False

    async def room(self) -> None:
        """Wait while a client that sends one request behind the other takes none of the answers."""
        while self._stream.unsent >= self._limits.high_water_bytes:
            await self._drained.wait()

    # The receiver -------------------------------------------------------------------------------------------

    def received(self, data: bytes | memoryview) -> None:
        """Take bytes from the stream."""
        self._h11.receive_data(bytes(data))
        self._parse()
        if self._settled():
            self._stream.stop()

    def ended(self, error: str) -> None:
        """The client has left, or will send nothing more."""
        self._ended = True
        self._stream.stop()

    def writable(self) -> None:
        """The client has taken all answers."""
        self._drained.notify()

    def _settled(self) -> bool:
        return self._complete or self._fault is not None or self._ended

    def _parse(self) -> None:
        """Go through what is here, up to the end of one request."""
        limits = self._limits
        try:
            while not self._complete:
                event = self._h11.next_event()
                if isinstance(event, h11.Request):
                    self._request = event
                    if event.method == b"CONNECT":
                        self._refuse(405, "this is not a proxy")
                        return
                    if _has_two_lengths(event):
                        self._refuse(400, "a request has a length or a transfer encoding, never both")
                        return
                    size = len(event.target) + sum(len(name) + len(value) for name, value in event.headers)
                    if size > limits.header_bytes:
                        self._refuse(431, f"header_bytes ({limits.header_bytes}) passed")
                        return
                    if _declared_length(event) > limits.body_bytes:
                        self._refuse(413, f"body_bytes ({limits.body_bytes}) passed")
                        return
                    if self._h11.they_are_waiting_for_100_continue:
                        go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
                        self._stream.write(self._h11.send(go_on) or b"")
                elif isinstance(event, h11.Data):
                    if len(self._body) + len(event.data) > limits.body_bytes:
                        self._refuse(413, f"body_bytes ({limits.body_bytes}) passed")
                        return
                    if not self._bodies.take(len(event.data)):
                        why = f"bodies_bytes ({limits.bodies_bytes}) reached"
                        self._refuse(503, why, ("Retry-After", "1"))
                        return
                    self._body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    self._complete = True
                else:
                    return
        except h11.RemoteProtocolError as exc:
            if exc.error_status_hint == 431:
                self._refuse(431, f"header_bytes ({limits.header_bytes}) passed")
            else:
                self._refuse(exc.error_status_hint, "not a valid HTTP request")

    def _refuse(self, status: int, why: str, *headers: tuple[str, str]) -> None:
        self._fault = HttpFault(refusal(status, why, *headers))
        self.forget_body()

    def _read(self, event: h11.Request) -> HttpRequest | Upgrade:
        headers = [(name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers]
        peer = peer_of(event.target.decode("ascii"), headers, self._stream.address, secure=self._secure)
        method = event.method.decode("ascii")
        wants = [part.strip().lower() for part in peer.headers.get("upgrade", "").split(",")]
        # HTTP/1.0 knows no upgrade: a server ignores the wish.
        if "websocket" not in wants or event.http_version < b"1.1":
            return HttpRequest(method, peer, bytes(self._body))
        if self._body:
            raise self._fail(400, "an upgrade request has no body")
        return self._upgrade(event, HttpRequest(method, peer))

    def _upgrade(self, event: h11.Request, request: HttpRequest) -> Upgrade:
        """Let wsproto judge the upgrade. What it raises for odd headers is an answer here, never an error."""
        if request.method != "GET":
            raise self._fail(400, "a websocket begins with GET")
        fault = _key_fault(event)
        if fault:
            raise self._fail(400, fault)
        handshake = H11Handshake(ConnectionType.SERVER)
        try:
            handshake.initiate_upgrade_connection(_lists_joined(event), event.target)
            (wish,) = handshake.events()
        except RemoteProtocolError as exc:
            hint = exc.event_hint
            status = getattr(hint, "status_code", 400)
            if status == 426:
                raise self._fail(426, "only websocket version 13", ("Sec-WebSocket-Version", "13")) from exc
            raise self._fail(400, str(exc)) from exc
        except (h11.LocalProtocolError, ValueError) as exc:
            raise self._fail(400, "not a valid upgrade request") from exc
        offered = tuple(wish.subprotocols) if isinstance(wish, UpgradeRequest) else ()
        request = HttpRequest("GET", request.peer, subprotocols=offered)
        return Upgrade(request, self._h11.trailing_data[0], handshake)

    def _fail(self, status: int, why: str, *headers: tuple[str, str]) -> HttpFault:
        self._fault = HttpFault(refusal(status, why, *headers))
        return self._fault


def _has_two_lengths(event: h11.Request) -> bool:
    """Whether somebody in between may have taken the request for longer or shorter than h11 does."""
    names = {name for name, _ in event.headers}
    if b"transfer-encoding" not in names:
        return False
    return b"content-length" in names or event.http_version < b"1.1"


def _key_fault(event: h11.Request) -> str:
    """What is wrong with the key of an upgrade request; wsproto looks only for whether there is one."""
    keys = [value for name, value in event.headers if name == b"sec-websocket-key"]
    versions = [value for name, value in event.headers if name == b"sec-websocket-version"]
    if len(keys) > 1 or len(versions) > 1:
        return "Sec-WebSocket-Key and Sec-WebSocket-Version are said once"
    try:
        size = len(base64.b64decode(b"".join(keys), validate=True))
    except ValueError:
        size = 0
    return "" if size == _KEY_BYTES else f"Sec-WebSocket-Key is {_KEY_BYTES} bytes in base64"


def _lists_joined(event: h11.Request) -> list[tuple[bytes, bytes]]:
    """The headers, with those that are lists as wsproto reads them: in one line, and alone."""
    connection = b", ".join(value for name, value in event.headers if name == b"connection")
    others = [each for each in event.headers if each[0] not in {b"connection", b"upgrade"}]
    return [*others, (b"connection", connection), (b"upgrade", b"websocket")]


def _declared_length(event: h11.Request) -> int:
    for name, value in event.headers:
        if name == b"content-length":
            return int(value)
    return 0
