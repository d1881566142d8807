"""What is legal on the control connection: role, state, input, next state.

These tables are the only place where that is decided, and they are meant to be checked by eye. A machine
looks the next state up and stores it; it never works a state out from other facts. A missing entry *is* the
error: for an input that comes from this side the command is refused before anything changed, for one that
comes from the wire the message is reported as bad and has no effect.

The application's role is several machines, each with a file that owns its state, because a call outlives its
connections and an answer outlives both the question and the connection:

* `CALL` is the life of the call (`app_call.py`), and `LEG` what is known of the caller's leg;
* `LINK` is the connection that the call has, or has not, at the moment (`connection.py`), and `MARKER` the
  question whether a call that nobody here knows had begun (`marker.py`);
* `FIRST` is the first answer, from the question to its arrival (`delivery.py`), `HOLD` what waits behind an
  ack (`outbox.py`), and `RECEIPT` the proof that something was read (`receipts.py`).

The tables of streamed text stand beside that machine (`speech/flow_states.py`), so does that of a tool call
(`tools/tool_states.py`), and that of the latency of turns (`turn_states.py`); that of the right to a call,
where several processes may have it, in its machine (`ownership.py`), and the server's role is one machine in
a file of its own (`jambonz_states.py`). They are joined here, for diagrams and tests that treat every machine
alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..speech.flow_states import FLOW, STREAM
from ..tools.tool_states import TOOL
from ..wire.table_enum import TableEnum
from .jambonz_states import JAMBONZ, JambonzInput, JambonzState
from .ownership import OWNERSHIP
from .turn_states import TURN


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
    UNANNOUNCED = "empty session:reconnect"
    """The server is back with a call of which it has told nothing yet: its `session:new` is still to come."""
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
        _I.UNANNOUNCED: _S.OPENING,
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


class LegState(TableEnum):
    """What is known of the caller's leg."""

    RINGING = "ringing"
    """Nothing has shown that it was answered. A hangup may do nothing to it, a decline may end it."""
    ANSWERED = "answered"
    """It was answered. Only a hangup ends it."""
    ENDED = "ended"
    """The server has reported its end."""


class LegInput(TableEnum):
    """What is heard of the caller's leg."""

    PICKED_UP = "picked up"
    """Something shows that it was answered: its status, a hook's payload, or that we were called last."""
    FINISHED = "finished"
    """A final status of it came."""


LEG: Mapping[LegState, Mapping[LegInput, LegState]] = {
    LegState.RINGING: {
        LegInput.PICKED_UP: LegState.ANSWERED,
        LegInput.FINISHED: LegState.ENDED,
    },
    LegState.ANSWERED: {
        LegInput.PICKED_UP: LegState.ANSWERED,
        LegInput.FINISHED: LegState.ENDED,
    },
    LegState.ENDED: {
        LegInput.PICKED_UP: LegState.ENDED,
        LegInput.FINISHED: LegState.ENDED,
    },
}


class LinkState(TableEnum):
    """The application's view of the connection of a call."""

    NEW = "new"
    """There has been no connection yet."""
    UP = "up"
    """What is said leaves."""
    DOWN = "down"
    """The connection was lost. The server may come back."""
    WAITING = "waiting"
    """There is a new connection. Nothing leaves before the server's `session:reconnect` and its ack."""
    OWING = "owing"
    """The ack of this `session:reconnect` carries the first verbs, which are not decided yet."""
    DEAF = "deaf"
    """It has carried them: from now on the server keeps on this connection whatever it has to say."""
    MARKED = "marked"
    """Nobody here knows the call, and the ack of its `session:reconnect` carries a marker. When that was read
    the connection is cut.
    """
    PROVING = "proving"
    """The last connection may have lost something. Proof is awaited that the ack of `session:reconnect` was
    read, and nothing else leaves.
    """
    LISTENING = "listening"
    """A second proof is awaited: what the server has kept back comes before it, and may tell what was read.
    """


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
    MARKER = "marker"
    """The ack of `session:reconnect` has left with a marker in it."""
    HEARD = "heard"
    """Any other message came."""
    SURVEY = "survey"
    """Something that was written on an earlier connection may be lost."""
    RECEIPT = "receipt"
    """What was written is proved to have been read."""
    SURVEYED = "surveyed"
    """There will be no proof: what may be lost is judged by what was heard."""
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
        _N.MARKER: _L.MARKED,
        _N.FIRST_ACK: _L.UP,
        _N.SURVEY: _L.PROVING,
        _N.LOST: _L.DOWN,
    },
    _L.DOWN: {
        _N.CONNECTED: _L.WAITING,
    },
    _L.WAITING: {
        _N.RECONNECT: _L.UP,
        _N.RECONNECT_ARMED: _L.OWING,
        _N.MARKER: _L.MARKED,
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
    _L.MARKED: {
        _N.HEARD: _L.MARKED,
        _N.SURVEYED: _L.UP,
        _N.LOST: _L.DOWN,
    },
    _L.PROVING: {
        _N.HEARD: _L.PROVING,
        _N.RECEIPT: _L.LISTENING,
        _N.SURVEYED: _L.UP,
        _N.LOST: _L.DOWN,
    },
    _L.LISTENING: {
        _N.HEARD: _L.LISTENING,
        _N.RECEIPT: _L.UP,
        _N.SURVEYED: _L.UP,
        _N.LOST: _L.DOWN,
    },
}


class MarkerState(TableEnum):
    """What is known of whether a call had begun that came to this process by `session:reconnect` alone."""

    NONE = "none"
    """It is no such call."""
    WRITTEN = "written"
    """A marker has left in the ack, and may be lost with the connection."""
    READ = "read"
    """The marker was read. Its hook comes with the next connection, or never."""
    FRESH = "fresh"
    """Its hook came: the call had never begun."""
    BEGUN = "begun"
    """Its hook did not come: the call had begun."""


class MarkerInput(TableEnum):
    """What can happen to the marker."""

    WRITE = "write"
    """An ack leaves with it."""
    READ = "read"
    """It is proved to have been read."""
    HOOK = "hook"
    """Its hook came."""
    END = "end"
    """All that the server had kept back has come, or nothing can be proved."""


_M, _Q = MarkerState, MarkerInput

MARKER: Mapping[MarkerState, Mapping[MarkerInput, MarkerState]] = {
    _M.NONE: {
        _Q.WRITE: _M.WRITTEN,
        _Q.END: _M.BEGUN,
    },
    _M.WRITTEN: {
        _Q.WRITE: _M.WRITTEN,
        _Q.READ: _M.READ,
        _Q.HOOK: _M.FRESH,
        _Q.END: _M.BEGUN,
    },
    _M.READ: {
        _Q.HOOK: _M.FRESH,
        _Q.END: _M.BEGUN,
    },
    _M.FRESH: {},
    _M.BEGUN: {},
}


class FirstState(TableEnum):
    """Where the first answer of a call stands."""

    NONE = "none"
    """Nobody has asked for it."""
    PREPARED = "prepared"
    """It is there before the question: the call was hung up before it had begun."""
    ASKED = "asked"
    """The server waits for it on this connection, and will ask again if that is lost."""
    ASKED_ONCE = "asked once"
    """The server waits for it on this connection, and will not ask again: a call was pointed here."""
    OWED = "owed"
    """The connection was lost before it is known to have arrived. The next `session:reconnect` asks again."""
    WRITTEN = "written"
    """It has left, and may be lost with the connection."""
    DONE = "done"
    """It has arrived, or can no longer be given as an answer."""


class FirstInput(TableEnum):
    """What can happen to the first answer."""

    PREPARE = "prepare"
    """The call is hung up before it has begun."""
    ASK = "ask"
    """`session:new`, or a `session:reconnect` that stands for it."""
    ASK_ONCE = "ask once"
    """A `session:redirect` that opens a call."""
    LEAVE = "leave"
    """It leaves as the ack that was asked for."""
    REPEAT = "repeat"
    """It leaves as the ack of a `session:reconnect` of which nobody knows whether it asks for it."""
    PROVE = "prove"
    """It is known to have arrived."""
    LOSE = "lose"
    """The connection is lost."""
    FORGET = "forget"
    """Nobody waits for it any more."""


_F, _A = FirstState, FirstInput

FIRST: Mapping[FirstState, Mapping[FirstInput, FirstState]] = {
    _F.NONE: {
        _A.PREPARE: _F.PREPARED,
        _A.ASK: _F.ASKED,
        _A.ASK_ONCE: _F.ASKED_ONCE,
        _A.LOSE: _F.NONE,
        _A.FORGET: _F.DONE,
    },
    _F.PREPARED: {
        _A.ASK: _F.ASKED,
        _A.LOSE: _F.DONE,
        _A.FORGET: _F.DONE,
    },
    _F.ASKED: {
        _A.LEAVE: _F.WRITTEN,
        _A.LOSE: _F.OWED,
        _A.FORGET: _F.DONE,
    },
    _F.ASKED_ONCE: {
        _A.LEAVE: _F.DONE,
        _A.LOSE: _F.DONE,
        _A.FORGET: _F.DONE,
    },
    _F.OWED: {
        _A.ASK: _F.ASKED,
        _A.REPEAT: _F.WRITTEN,
        _A.LOSE: _F.OWED,
        _A.FORGET: _F.DONE,
    },
    _F.WRITTEN: {
        _A.ASK: _F.ASKED,
        _A.PROVE: _F.DONE,
        _A.LOSE: _F.OWED,
        _A.FORGET: _F.DONE,
    },
    _F.DONE: {
        _A.ASK: _F.ASKED,
        _A.ASK_ONCE: _F.ASKED_ONCE,
        _A.LOSE: _F.DONE,
        _A.FORGET: _F.DONE,
    },
}


class HoldState(TableEnum):
    """What is held behind a non-empty ack until the server has read it."""

    FREE = "free"
    """Nothing is held."""
    VERBS = "verbs"
    """Verbs, and what was given behind them: a hook was answered."""
    ALL = "all"
    """Everything: the first answer has left."""


class HoldInput(TableEnum):
    """What begins and ends the hold."""

    HOOK_ACK = "ack of a hook"
    """A non-empty ack has left."""
    FIRST_ACK = "first ack"
    """The first answer has left, and is not empty."""
    SETTLE = "settle"
    """The ack was read, for all that can be known, or is gone with its connection."""


_H, _B = HoldState, HoldInput

HOLD: Mapping[HoldState, Mapping[HoldInput, HoldState]] = {
    _H.FREE: {
        _B.HOOK_ACK: _H.VERBS,
        _B.FIRST_ACK: _H.ALL,
    },
    _H.VERBS: {
        _B.HOOK_ACK: _H.VERBS,
        _B.FIRST_ACK: _H.ALL,
        _B.SETTLE: _H.FREE,
    },
    _H.ALL: {
        _B.HOOK_ACK: _H.ALL,
        _B.FIRST_ACK: _H.ALL,
        _B.SETTLE: _H.FREE,
    },
}


class ReceiptState(TableEnum):
    """Whether a connection proves what was read."""

    NONE = "none"
    """It cannot; time takes the place of proof."""
    QUIET = "quiet"
    """It can, and no ping is out."""
    ASKED = "asked"
    """A ping is out."""
    LATE = "late"
    """It has answered before, and now a pong is missing: what was written stays unproved, and time lets go
    what waits.
    """


class ReceiptInput(TableEnum):
    """What happens to pings."""

    CONNECT = "connect"
    """There is a connection that can be pinged."""
    ASK = "ask"
    """A ping leaves."""
    ANSWER = "answer"
    """The pong of the last ping came."""
    MISS = "miss"
    """It did not come, and none has come before."""
    STALL = "stall"
    """It did not come, where others have."""


_R, _P = ReceiptState, ReceiptInput

RECEIPT: Mapping[ReceiptState, Mapping[ReceiptInput, ReceiptState]] = {
    _R.NONE: {
        _P.CONNECT: _R.QUIET,
        _P.ANSWER: _R.QUIET,
    },
    _R.QUIET: {
        _P.ASK: _R.ASKED,
    },
    _R.ASKED: {
        _P.ASK: _R.ASKED,
        _P.ANSWER: _R.QUIET,
        _P.MISS: _R.NONE,
        _P.STALL: _R.LATE,
    },
    _R.LATE: {
        _P.ASK: _R.ASKED,
        _P.ANSWER: _R.QUIET,
    },
}

TABLES: Mapping[str, Mapping[Any, Mapping[Any, Any]]] = {
    "app: the call": CALL,
    "app: the caller's leg": LEG,
    "app: the connection": LINK,
    "app: the marker": MARKER,
    "app: the first answer": FIRST,
    "app: the hold behind an ack": HOLD,
    "app: receipts": RECEIPT,
    "app: streamed text": FLOW,
    "app: the text stream": STREAM,
    "app: a tool call": TOOL,
    "app: the right to a call": OWNERSHIP,
    "app: the latency of a turn": TURN,
    "jambonz: the connection": JAMBONZ,
}
"""Every machine by role and name."""

__all__ = [
    "CallState",
    "CallInput",
    "CALL",
    "LegState",
    "LegInput",
    "LEG",
    "LinkState",
    "LinkInput",
    "LINK",
    "MarkerState",
    "MarkerInput",
    "MARKER",
    "FirstState",
    "FirstInput",
    "FIRST",
    "HoldState",
    "HoldInput",
    "HOLD",
    "ReceiptState",
    "ReceiptInput",
    "RECEIPT",
    "FLOW",
    "STREAM",
    "TOOL",
    "TURN",
    "JambonzState",
    "JambonzInput",
    "JAMBONZ",
    "TABLES",
]
