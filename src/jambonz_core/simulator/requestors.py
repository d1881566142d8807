"""How a session reaches its application: over a control connection, or by webhooks.

Both give a hook the same answer, so that verbs need not know which it is. The differences that callers
notice stay: notices and commands exist on a connection only, and an absolute http URL leaves the connection
for that one hook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from ..call import jambonz_events as wire
from ..call.jambonz_call import JambonzCall, JambonzOptions
from ..wire.limits import CLOSE_GRACEFUL, CONTROL_SUBPROTOCOL
from .engine_events import (
    CommandTaken,
    ConnectionDropped,
    HookAnswered,
    HookSent,
    HookUnanswered,
    MessageSent,
    StatusSent,
    Warned,
)
from .processes import Future, Timer
from .sockets import Answer, Sockets, credentials_of, hook_url, is_http
from .world import World

HTTP_NOTICES = frozenset({"call:status", "llm:event", "agent:event"})
"""The messages without an ack that webhook applications get as well; `verb:status`, `jambonz:error` and all
of `tts:*` exist on a connection only.
"""

CommandHandler = Callable[[wire.CommandReceived], None]


class Requestor:
    """Carries requests and commands between a session and its application."""

    websocket = False
    """Whether it is a connection: then an exhausted stack idles, and notices and commands exist."""

    def __init__(
        self, world: World, sockets: Sockets, url: str, credentials: tuple[str, str] | None = None
    ) -> None:
        self.world = world
        self.sockets = sockets
        self.url = url
        self.credentials = credentials
        self.left: bool = False
        """Whether the application has closed its connection gracefully, or this side has."""

    def request(self, type: str, data: Mapping[str, Any], hook: Any = None) -> Future[Answer]:
        """Send something that wants an ack."""
        return self.sockets.post(type, self.absolute(hook), data, self.credentials)

    def notify(self, type: str, data: Mapping[str, Any], hook: Any = None) -> None:
        """Send something that wants none. Over HTTP few of these exist; the others are not sent."""
        if type in HTTP_NOTICES:
            self.sockets.post(type, self.absolute(hook), data, self.credentials)

    def close(self, code: int = CLOSE_GRACEFUL) -> None:
        """Close the way to the application."""
        self.left = True

    def absolute(self, hook: Any) -> Any:
        """A hook with its URL made absolute."""
        if isinstance(hook, Mapping):
            return {**hook, "url": urljoin(self.url, hook_url(hook))}
        return urljoin(self.url, hook_url(hook))


class WebhookRequestor(Requestor):
    """An application that is called by HTTP."""


class WebsocketRequestor(Requestor):
    """An application behind a control connection."""

    websocket = True
    subprotocol = CONTROL_SUBPROTOCOL

    def __init__(
        self,
        world: World,
        sockets: Sockets,
        url: str,
        credentials: tuple[str, str] | None = None,
        *,
        call_sid: str = "",
    ) -> None:
        super().__init__(world, sockets, url, credentials)
        options = world.options
        self.on_command: CommandHandler | None = None
        """Who takes commands; without anybody they are lost."""
        self.on_reconnect_failed: Callable[[], None] = lambda: None
        self.on_handover: Callable[[Requestor], None] = lambda _: None
        self.on_left: Callable[[], None] = lambda: None
        self.socket: int = 0
        self.wire: JambonzCall = JambonzCall(
            url,
            call_sid=call_sid,
            options=JambonzOptions(
                ack_seconds=options.ack_seconds,
                message_bytes=options.message_bytes,
                connections=options.connections,
                first_backoff=options.first_backoff,
                read_window=options.read_window,
                credentials=credentials,
                b3=f"{world.setup.trace_id}-00f067aa0ba902b7-1" if options.b3 else None,
                registry=world.profile.registry,
            ),
            new_id=lambda: f"m{world.number('message')}",
        )
        self._waiting: dict[int, tuple[Future[Answer], str, str]] = {}
        self._timer: Timer | None = None

    def request(self, type: str, data: Mapping[str, Any], hook: Any = None) -> Future[Answer]:
        if is_http(hook):
            return self._leave_for(type, data, hook)
        answer: Future[Answer] = Future()
        number = self.wire.send(type, data, self.world.now, hook=hook_url(hook))
        self._waiting[number] = (answer, type, hook_url(hook))
        self._pump()
        return answer

    def notify(self, type: str, data: Mapping[str, Any], hook: Any = None) -> None:
        if is_http(hook):
            self.sockets.post(type, hook, data, credentials_of(hook))
            return
        self.wire.send(type, data, self.world.now, hook=hook_url(hook))
        self._pump()

    def close(self, code: int = CLOSE_GRACEFUL) -> None:
        self.left: bool = True
        self.wire.close(code)
        self._pump()

    def drop(self, code: int) -> None:
        """Break the connection, as a bad network would."""
        self.sockets.cut(self.socket)
        self.closed(code)

    def _leave_for(self, type: str, data: Mapping[str, Any], hook: Any) -> Future[Answer]:
        """An http hook: posted to, and after a redirect the call goes on without this connection."""
        if type == "session:redirect":
            self.close()
            self.on_handover(WebhookRequestor(self.world, self.sockets, hook_url(hook), credentials_of(hook)))
        return self.sockets.post(type, hook, data, credentials_of(hook))

    # As the user of a socket.

    def opened(self, protocol: str) -> None:
        if protocol != CONTROL_SUBPROTOCOL:
            self.world.warn(
                "wrong-subprotocol",
                f"The application chose the subprotocol {protocol!r}; the server gives up on that.",
                "Accept with ws.jambonz.org.",
            )
            self.sockets.cut(self.socket)
            self._after(self.wire.connect_failed("ct", self.world.now))
            return
        self._after(self.wire.connected(self.world.now))

    def failed(self, reason: str | int) -> None:
        self.sockets.gone(self.socket)
        self._after(self.wire.connect_failed(reason, self.world.now))

    def frames(self, frames: Sequence[str | bytes]) -> None:
        self._after(self.wire.receive_together(frames, self.world.now))

    def asked(self) -> None:
        self._after(self.wire.asked(self.world.now))

    def closed(self, code: int) -> None:
        self.sockets.gone(self.socket)
        self._after(self.wire.lost(code, self.world.now))

    # From the wire role to the session.

    def _pump(self) -> None:
        self._after(self.wire.events())

    def _after(self, events: list[wire.RoleEvent]) -> None:
        socket = self.socket
        for event in events:
            self._take(event)
        for frame in self.wire.outgoing():
            self.sockets.send(socket, frame)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.wire.deadline
        if deadline is not None:
            scheduler = self.world.scheduler
            self._timer = scheduler.after(deadline - scheduler.now, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._after(self.wire.tick(self.world.now))

    def _take(self, event: wire.RoleEvent) -> None:
        world = self.world
        match event:
            case wire.Connect():
                self.socket = self.sockets.open(
                    self, event.url, event.subprotocol, event.credentials, event.headers
                )
            case wire.Close():
                self.sockets.close(self.socket, event.code)
            case wire.Sent():
                self._sent(event.message)
            case wire.Acked():
                answer, type, hook = self._waiting.pop(event.request)
                world.emit(HookAnswered(type, hook, event.data, event.latency))
                answer.settle(Answer(event.data))
            case wire.Unanswered():
                answer, type, hook = self._waiting.pop(event.request)
                world.emit(HookUnanswered(type, hook, event.reason))
                answer.settle(Answer(None, "" if event.reason == "discarded" else event.reason))
            case wire.CommandReceived():
                world.emit(CommandTaken(event.command, event.data, event.queue))
                self._command(event)
            case wire.Dropped():
                world.emit(ConnectionDropped(self.socket, event.code))
            case wire.ClosedByApp():
                self.left = True
                self.on_left()
            case wire.ReconnectFailed():
                world.emit(HookUnanswered("session:reconnect", "", "timeout"))
                world.warn("reconnect-unacked", "session:reconnect was not acked: the server hangs up.")
                self.on_reconnect_failed()
            case wire.Reconnected():
                world.emit(HookAnswered("session:reconnect", "", event.data, event.latency))
            case wire.Warned():
                world.emit(Warned(event.code, event.text, event.hint))

    def _command(self, event: wire.CommandReceived) -> None:
        if self.on_command is None:
            self.world.warn(
                "command-lost",
                f"The command {event.command} came before the call existed for the server, and is lost.",
                "Wait a moment after the first ack.",
            )
        else:
            self.on_command(event)

    def _sent(self, message: dict[str, Any]) -> None:
        type, data = message["type"], message["data"]
        if type == "call:status":
            self.world.emit(StatusSent(data))
        elif type in self.world.profile.registry.wants_ack:
            self.world.emit(HookSent(type, message.get("hook", ""), data, message["msgid"]))
        else:
            self.world.emit(MessageSent(type, message.get("hook", ""), data))
