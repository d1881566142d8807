"""What is legal on the control connection: role, state, input, next state.

These tables are the only place where that is decided, and they are meant to be checked by eye. A machine
looks the next state up and stores it; it never works a state out from other facts. A missing entry *is* the
error: for an input that comes from this side the command is refused before anything changed, for one that
comes from the wire the message is reported as bad and has no effect.

The application's role is two machines, because a call outlives its connections: `CALL` is the life of the
call, and `LINK` is the connection it has, or has not, at the moment. The server's role is one; it stands in a
file of its own (`jambonz_states.py`) and is joined here, for diagrams and tests that treat every role
alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wire.table_enum import TableEnum
from .jambonz_states import JAMBONZ, JambonzInput, JambonzState


class CallState(TableEnum):
    """The application's view of a call."""

    OPENING = "opening"
    """Nothing has asked for verbs yet; statuses of an outbound call may have come."""
    ANSWERING = "answering"
    """The server waits for the first verbs."""
    RUNNING = "running"
    """The first answer was given."""
    ENDING = "ending"
    """It was hung up, by whomever. Nothing can be asked of the call any more, but hooks still come and are
    acked.
    """
    OVER = "over"
    """Nothing more will come."""


class CallInput(TableEnum):
    """What can happen to a call."""

    SESSION_NEW = "session:new"
    """The server has a call, and wants its first verbs."""
    SESSION_RECONNECT = "session:reconnect"
    """The server is back on a new connection."""
    SESSION_REDIRECT = "session:redirect"
    """A call was pointed here."""
    SESSION_ADULTING = "session:adulting"
    """A child leg became a call of its own; it has its verbs."""
    HOOK = "hook"
    """`verb:hook` or `dial:confirm`."""
    NOTICE = "notice"
    """Any message that wants no ack."""
    FINAL_STATUS = "final status"
    """`call:status` with which the call's own leg has ended."""
    VERBS = "verbs"
    """The application wants verbs to run."""
    COMMAND = "command"
    """The application wants something else: a live command, or text to be spoken."""
    REPLY = "reply"
    """The application answers a hook."""
    HANG_UP = "hang up"
    """The application ends the call."""
    FIRST_ACK = "first ack"
    """The first answer has left, perhaps for the second time."""
    FIRST_LOST = "first answer lost"
    """The connection went with the request for the first verbs, and the server does not ask again."""
    CLOSED = "closed"
    """The server closed the connection for good."""
    EXPIRED = "expired"
    """The server did not come back in time, or does not close a call that has ended."""


_S, _I = CallState, CallInput

CALL: Mapping[CallState, Mapping[CallInput, CallState]] = {
    _S.OPENING: {
        _I.NOTICE: _S.OPENING,
        _I.SESSION_NEW: _S.ANSWERING,
        _I.SESSION_REDIRECT: _S.ANSWERING,
        _I.SESSION_ADULTING: _S.RUNNING,
        _I.SESSION_RECONNECT: _S.RUNNING,
        _I.HOOK: _S.RUNNING,
        _I.FINAL_STATUS: _S.ENDING,
        _I.HANG_UP: _S.ENDING,
        _I.CLOSED: _S.OVER,
        _I.EXPIRED: _S.OVER,
    },
    _S.ANSWERING: {
        _I.NOTICE: _S.ANSWERING,
        _I.HOOK: _S.ANSWERING,
        _I.SESSION_RECONNECT: _S.ANSWERING,
        _I.SESSION_REDIRECT: _S.ANSWERING,
        _I.VERBS: _S.ANSWERING,
        _I.COMMAND: _S.ANSWERING,
        _I.REPLY: _S.ANSWERING,
        _I.FIRST_ACK: _S.RUNNING,
        _I.FIRST_LOST: _S.RUNNING,
        _I.FINAL_STATUS: _S.ENDING,
        _I.HANG_UP: _S.ENDING,
        _I.CLOSED: _S.OVER,
        _I.EXPIRED: _S.OVER,
    },
    _S.RUNNING: {
        _I.NOTICE: _S.RUNNING,
        _I.HOOK: _S.RUNNING,
        _I.SESSION_RECONNECT: _S.RUNNING,
        _I.SESSION_REDIRECT: _S.RUNNING,
        _I.SESSION_ADULTING: _S.RUNNING,
        _I.VERBS: _S.RUNNING,
        _I.COMMAND: _S.RUNNING,
        _I.REPLY: _S.RUNNING,
        _I.FIRST_ACK: _S.RUNNING,
        _I.FINAL_STATUS: _S.ENDING,
        _I.HANG_UP: _S.ENDING,
        _I.CLOSED: _S.OVER,
        _I.EXPIRED: _S.OVER,
    },
    _S.ENDING: {
        _I.NOTICE: _S.ENDING,
        _I.SESSION_NEW: _S.ENDING,
        _I.HOOK: _S.ENDING,
        _I.SESSION_RECONNECT: _S.ENDING,
        _I.SESSION_REDIRECT: _S.ENDING,
        _I.FINAL_STATUS: _S.ENDING,
        _I.REPLY: _S.ENDING,
        _I.FIRST_ACK: _S.ENDING,
        _I.FIRST_LOST: _S.ENDING,
        _I.HANG_UP: _S.ENDING,
        _I.CLOSED: _S.OVER,
        _I.EXPIRED: _S.OVER,
    },
    _S.OVER: {
        _I.HANG_UP: _S.OVER,
    },
}


class LinkState(TableEnum):
    """The application's view of the connection of a call."""

    NEW = "new"
    """There has been no connection yet."""
    UP = "up"
    """What is said leaves, at once or after the settle time."""
    DOWN = "down"
    """The connection was lost. The server may come back."""
    WAITING = "waiting"
    """There is a new connection. Nothing leaves before the server's `session:reconnect` and its ack."""
    OWING = "owing"
    """The ack of this `session:reconnect` carries the first verbs, which are not decided yet."""
    DEAF = "deaf"
    """It has carried them: from now on the server keeps on this connection whatever it has to say."""


class LinkInput(TableEnum):
    """What can happen to a connection."""

    CONNECTED = "connected"
    """The server has opened a connection."""
    RECONNECT = "session:reconnect"
    """Acked on arrival."""
    RECONNECT_ARMED = "armed session:reconnect"
    """It stands for a `session:new` that was never acked, or whose ack may not have arrived."""
    FIRST_ACK = "first ack"
    """The first answer has left on this connection."""
    HEARD = "heard"
    """Any other message came."""
    LOST = "lost"
    """It is gone, with or without a close."""


_L, _N = LinkState, LinkInput

LINK: Mapping[LinkState, Mapping[LinkInput, LinkState]] = {
    _L.NEW: {
        _N.CONNECTED: _L.UP,
    },
    _L.UP: {
        _N.HEARD: _L.UP,
        _N.RECONNECT: _L.UP,
        _N.FIRST_ACK: _L.UP,
        _N.LOST: _L.DOWN,
    },
    _L.DOWN: {
        _N.CONNECTED: _L.WAITING,
    },
    _L.WAITING: {
        _N.RECONNECT: _L.UP,
        _N.RECONNECT_ARMED: _L.OWING,
        _N.HEARD: _L.UP,
        _N.LOST: _L.DOWN,
    },
    _L.OWING: {
        _N.FIRST_ACK: _L.DEAF,
        _N.HEARD: _L.OWING,
        _N.LOST: _L.DOWN,
    },
    _L.DEAF: {
        _N.HEARD: _L.UP,
        _N.LOST: _L.DOWN,
    },
}

TABLES: Mapping[str, Mapping[Any, Mapping[Any, Any]]] = {
    "app: the call": CALL,
    "app: the connection": LINK,
    "jambonz: the connection": JAMBONZ,
}
"""Every machine by role and name."""

__all__ = [
    "CallState",
    "CallInput",
    "CALL",
    "LinkState",
    "LinkInput",
    "LINK",
    "JambonzState",
    "JambonzInput",
    "JAMBONZ",
    "TABLES",
]
