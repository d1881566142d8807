"""The application that a server serves to browsers: the page's files, its way in, and its websocket."""

from __future__ import annotations

import anyio
import msgspec
from anyio.streams.memory import MemoryObjectSendStream

from ...transport import Admission, Closed, HttpRequest, HttpResponse, Transport
from .access import Access, from_here, from_the_page
from .page_files import page_file, page_headers
from .page_messages import KEY, SUBPROTOCOL, read_asked, read_sound, told
from .switchboard import Switchboard

WAITING_FRAMES = 512
"""Frames of a page that may wait: ten seconds of a microphone."""


class PageApplication:
    """What a browser finds at the address that the terminal shows."""

    def __init__(self, access: Access, switchboard: Switchboard, port: int) -> None:
        self._access = access
        self._switchboard = switchboard
        self._port = port

    async def respond(self, request: HttpRequest) -> HttpResponse:
        """Give out a file of the page, or a key for a token."""
        headers, path = request.peer.headers, request.peer.path
        if not from_here(headers, self._port):
            return _plain(421, "This is another address than the one that the page is at.")
        host = headers["host"]
        if path in {"/session", "/journal"}:
            shown = self._posted(request)
            if isinstance(shown, HttpResponse):
                return shown
            if path == "/session":
                return self._session(shown, host)
            return await self._journal(shown, host)
        if request.method not in {"GET", "HEAD"}:
            return _plain(405, "A page is only read.", ("Allow", "GET, HEAD"))
        return page_file(path, host) or _plain(404, "There is no such file.", *page_headers(host))

    def _posted(self, request: HttpRequest) -> dict[str, str] | HttpResponse:
        """What the page posts, and nobody else can."""
        if request.method != "POST":
            return _plain(405, "This is only posted to.", ("Allow", "POST"))
        headers = request.peer.headers
        kind = headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/json" or not from_the_page(headers, self._port):
            return _plain(403, "Only the page itself may ask for this.")
        try:
            return msgspec.json.decode(request.body, type=dict[str, str])
        except (msgspec.DecodeError, UnicodeError):
            return _plain(400, "This is nothing that the page posts.")

    def _session(self, shown: dict[str, str], host: str) -> HttpResponse:
        key = shown.get("key", "")
        if not self._access.admits(key):
            key = self._access.exchange(shown.get("token", "")) or ""
        if not key:
            return _plain(403, "This link was used already, or is of another phone.", *page_headers(host))
        body = msgspec.json.encode({"key": key})
        return HttpResponse(200, body, "application/json", headers=page_headers(host))

    async def _journal(self, shown: dict[str, str], host: str) -> HttpResponse:
        if not self._access.admits(shown.get("key", "")):
            return _plain(403, "This key is of another phone.", *page_headers(host))
        try:
            journal = await self._switchboard.read_journal(int(shown.get("number", "")))
        except ValueError as error:
            return _plain(404, f"{error}", *page_headers(host))
        return HttpResponse(200, journal, "application/jsonl", headers=page_headers(host))

    async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
        """Let the page connect, and nothing else."""
        keys = [offer.removeprefix(KEY) for offer in request.subprotocols if offer.startswith(KEY)]
        if request.peer.path != "/phone" or SUBPROTOCOL not in request.subprotocols:
            return _plain(404, "There is no such websocket.")
        if not from_the_page(request.peer.headers, self._port):
            return _plain(403, "Only the page itself may connect.")
        if not any(self._access.admits(key) for key in keys):
            return _plain(403, "This key is of another phone.")
        return Admission(SUBPROTOCOL, self._serve)

    async def _serve(self, transport: Transport) -> None:
        send, receive = anyio.create_memory_object_stream[str | bytes](WAITING_FRAMES)
        page = _Page(transport)

        async def read() -> None:
            await transport.run(_Sink(send, transport))
            tasks.cancel_scope.cancel()

        with send, receive:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(read)
                with self._switchboard.joined(page):
                    async for frame in receive:
                        try:
                            if isinstance(frame, str):
                                await self._switchboard.take(page, read_asked(frame))
                            else:
                                self._switchboard.hear(page, *read_sound(frame))
                        except ValueError as error:
                            page.tell(told("refused", why=str(error)))


class _Page:
    """One browser tab, as the switchboard knows it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def tell(self, message: str) -> None:
        """Send a message."""
        self._transport.push(message)

    def play(self, frame: bytes) -> None:
        """Send sound; what would come too late anyway is left out."""
        if self._transport.backlog < len(frame) * 50:
            self._transport.push(frame)


class _Sink:
    """Where the frames of one page go."""

    def __init__(self, frames: MemoryObjectSendStream[str | bytes], transport: Transport) -> None:
        self._frames = frames
        self._transport = transport

    def frame(self, data: str | bytes) -> None:
        """Hand on a frame. A page that sends faster than it can be answered is no page."""
        try:
            self._frames.send_nowait(data)
        except anyio.WouldBlock:
            self._transport.abort()
        except anyio.BrokenResourceError:
            pass

    def receipt(self, count: int) -> None:
        """Nothing: no receipts are asked for."""

    def closed(self, closed: Closed) -> None:
        """Nothing: `run` returns then."""


def _plain(status: int, text: str, *headers: tuple[str, str]) -> HttpResponse:
    return HttpResponse(status, f"{text}\n".encode(), headers=headers)
