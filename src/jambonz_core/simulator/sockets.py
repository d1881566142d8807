"""The sockets and HTTP requests of a call, by number, and who they belong to.

The engine owns no sockets; it asks for them and is told what happens to them. A number is given out once,
so a report about a socket that the engine has meanwhile closed finds nobody and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..wire.casing import snake_keys
from ..wire.codec import decode, encode
from ..wire.errors import RemoteProtocolError
from .engine_events import (
    AbortConnection,
    CloseConnection,
    Connect,
    HookAnswered,
    HookSent,
    HookUnanswered,
    HttpRequest,
    StatusSent,
)
from .processes import Future
from .world import World

HTTP_SECONDS = 10.0
"""How long the server waits for the answer of a webhook."""

_SUCCESS = {200, 202, 204}


class SocketUser(Protocol):
    """The part of the simulator that asked for a websocket."""

    subprotocol: str

    def opened(self, protocol: str) -> None:
        """Take note that the websocket is open."""

    def failed(self, reason: str | int) -> None:
        """Take note that the websocket could not be opened."""

    def frames(self, frames: Sequence[str | bytes]) -> None:
        """Take frames that arrived in one read."""

    def asked(self) -> None:
        """A ping is about to be answered."""

    def closed(self, code: int) -> None:
        """The other side, or the network, ended it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a message that wants an ack."""

    data: Any = None
    failure: str = ""
    """Why nothing came; empty when something did, or when the server no longer expects anything."""


def hook_url(hook: Any) -> str:
    """The URL of a hook, which may be a string or an object."""
    return str(hook.get("url", "")) if isinstance(hook, Mapping) else str(hook or "")


def credentials_of(hook: Any) -> tuple[str, str] | None:
    """What an absolute hook is called with: its own credentials, and never the application's."""
    if not isinstance(hook, Mapping) or "username" not in hook:
        return None
    return str(hook["username"]), str(hook.get("password", ""))


def is_http(hook: Any) -> bool:
    """Whether a hook is an absolute http URL, which is posted to instead of sent over the socket."""
    return hook_url(hook).lower().startswith(("http://", "https://"))


def is_websocket_url(hook: Any) -> bool:
    """Whether a hook is an absolute websocket URL."""
    return hook_url(hook).lower().startswith(("ws://", "wss://"))


class Sockets:
    """Every connection of one simulated call."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.outgoing: list[tuple[int, str | bytes]] = []
        self._users: dict[int, SocketUser] = {}
        self._requests: dict[int, tuple[Future[Answer], str, str, float]] = {}

    # Websockets.

    def open(
        self,
        user: SocketUser,
        url: str,
        subprotocol: str,
        credentials: tuple[str, str] | None,
        headers: Mapping[str, str],
    ) -> int:
        """Ask the adapter to open a websocket."""
        number = self.world.number("socket")
        self._users[number] = user
        self.world.emit(Connect(number, url, subprotocol, credentials, headers))
        return number

    def user(self, socket: int) -> SocketUser | None:
        """The user of a socket; None when it is closed."""
        return self._users.get(socket)

    def send(self, socket: int, frame: str | bytes) -> None:
        """Hand a frame to the adapter."""
        if socket in self._users:
            self.outgoing.append((socket, frame))

    def close(self, socket: int, code: int) -> None:
        """Have a websocket closed, politely."""
        if self._users.pop(socket, None) is not None:
            self.world.emit(CloseConnection(socket, code))

    def cut(self, socket: int) -> None:
        """Ask the adapter to cut a websocket."""
        if self._users.pop(socket, None) is not None:
            self.world.emit(AbortConnection(socket))

    def gone(self, socket: int) -> None:
        """Forget a websocket that ended by itself."""
        self._users.pop(socket, None)

    # HTTP.

    def post(
        self, type: str, hook: Any, data: Mapping[str, Any], credentials: tuple[str, str] | None = None
    ) -> Future[Answer]:
        """Call a webhook with a payload; a GET carries none."""
        number = self.world.number("request")
        method = str(hook.get("method", "POST")).upper() if isinstance(hook, Mapping) else "POST"
        url, payload = hook_url(hook), snake_keys(dict(data))
        answer: Future[Answer] = Future()
        self._requests[number] = (answer, type, url, self.world.now)
        body = encode(payload) if method == "POST" else ""
        headers = {"content-type": "application/json"} if body else {}
        self.world.emit(StatusSent(payload) if type == "call:status" else HookSent(type, url, payload))
        self.world.emit(HttpRequest(number, url, method, body, headers, credentials))
        self.world.scheduler.after(HTTP_SECONDS, lambda: self._answered(number, Answer(None, "timeout")))
        return answer

    def http_answered(self, number: int, status: int, body: str | bytes, content_type: str) -> None:
        """The answer to an HTTP request; a status of 0 stands for none at all."""
        if status not in _SUCCESS:
            self._answered(number, Answer(None, f"status {status}" if status else "not connected"))
            return
        data: Any = None
        if body and content_type.partition(";")[0].strip().lower().endswith("json"):
            try:
                # The codec reads messages, which are objects; an answer is usually an array.
                text = body if isinstance(body, str) else body.decode("utf-8", "replace")
                data = decode(f'{{"answer":{text}}}')["answer"]
            except RemoteProtocolError:
                self.world.warn("invalid-answer", "An HTTP answer says that it is JSON and is not.")
        elif body:
            self.world.warn(
                "answer-not-json",
                f"An HTTP answer of type {content_type!r} counts as empty.",
                "Answer with content-type application/json.",
            )
        self._answered(number, Answer(data))

    def _answered(self, number: int, answer: Answer) -> None:
        request = self._requests.pop(number, None)
        if request is None:
            return
        future, type, url, since = request
        if answer.failure:
            self.world.emit(HookUnanswered(type, url, answer.failure))
        elif type != "call:status":
            self.world.emit(HookAnswered(type, url, answer.data, self.world.now - since))
        future.settle(answer)
