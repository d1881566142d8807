"""What the jambonz role of the control connection reports to whoever plays the server with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a websocket, and answer with `connected` or `connect_failed`."""

    url: str
    subprotocol: str
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    """For HTTP Basic authentication on the upgrade request."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Close:
    """Close the websocket with this code. Its end must *not* be reported with `lost`: it is known."""

    code: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A message was handed to `outgoing`. `request` is what `send` returned, or None for the role's own
    messages.
    """

    request: int | None
    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Acked:
    """The application has answered a message."""

    request: int
    data: Any
    """The data of the ack, or None when it had none."""
    latency: float


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A message that wanted an ack will get none."""

    request: int
    reason: str
    """``timeout``, ``connection lost``, ``not connected``, ``reconnect failed``, ``closed`` or ``discarded``.

    The last one is not a failure: after the application has closed gracefully the server goes on as if the
    answer had been empty.
    """


@dataclass(frozen=True, slots=True)
class CommandReceived:
    """The application wants something."""

    command: str
    data: Any
    queue: bool
    call_sid: str
    """The leg that is meant: `callSid` of the message, or the call's own."""
    tool_call_id: str | None
    behind_ack: bool
    """True when it was read together with a non-empty ack, whose effect comes after it and may undo it."""
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection ended without grace. The server may come back on a new one."""

    code: int


@dataclass(frozen=True, slots=True)
class Reconnected:
    """The application acked `session:reconnect`; what was held back has left."""

    data: Any = field(default=None, compare=False)
    """What the ack carried; the server ignores it."""
    latency: float = field(default=0.0, compare=False)
    """Seconds from the message to its ack."""


@dataclass(frozen=True, slots=True)
class ReconnectFailed:
    """`session:reconnect` was not acked. The server hangs up on this."""


@dataclass(frozen=True, slots=True)
class ClosedByApp:
    """The application closed with 1000. The server will never come back to it."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a real server writes to its log at most, though the application counts on it."""

    code: str
    """A stable name such as ``ack-late``."""
    text: str
    """What happened, in one sentence."""
    hint: str = ""
    """What the application should do instead."""


RoleEvent: TypeAlias = (
    Connect
    | Close
    | Sent
    | Acked
    | Unanswered
    | CommandReceived
    | Dropped
    | Reconnected
    | ReconnectFailed
    | ClosedByApp
    | Warned
)
