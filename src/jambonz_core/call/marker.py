"""Whether a call that nobody here knows had begun.

A process gets to know a call by a `session:reconnect` alone when the process that had it is gone, or when the
call's `session:new` never arrived. In the one case the caller is in the middle of a conversation, which must
not begin a second time; in the other nobody has said a word yet. The server itself can tell, because it takes
the data of this ack for the first verbs of the call if it still lacks them, and ignores it otherwise. The
rules; the table is `MARKER`:

1. The ack carries a marker: a `gather` that is over at once, with a hook path of its own.
2. If the server took it, it keeps what it has to say until the next connection. So the connection is cut when
   the marker is proved to have been read.
3. If the connection is lost before that, the next ack carries the marker again. At most one connection is cut
   on purpose: a call has five in all.
4. On the connection after that, all that the server has kept back comes before the second proof of reading
   (`connection.py`). If the marker's hook is among it, the call had never begun, and may begin now; its verbs
   go as redirects. Otherwise it had.
5. Without proofs of reading nothing can be told, and the call counts as begun.

Until then nothing else leaves.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ..wire.codec import encode
from ..wire.event import Event
from ..wire.events import UnknownCallJudged
from ..wire.message_reading import hook_path
from .obligations import PAUSE
from .size import ack
from .states import MARKER, MarkerInput, MarkerState

MARKER_HOOK = "/~marker"
"""The same in every process: what one has sent, another one may hear of."""

MARKER_VERBS: list[dict[str, Any]] = [
    {"verb": "gather", "input": ["digits"], "timeout": 0.1, "actionHook": MARKER_HOOK}
]


def come_back_later(msgid: str) -> str:
    """The ack of a `session:reconnect` for a call that cannot be served yet. The connection is cut behind it.

    It does nothing to a call that had begun, and little to one that had not.
    """
    return encode(ack(msgid, PAUSE))


class Marker(Struct, gc=False):
    """The question whether one call had begun."""

    state: MarkerState = MarkerState.NONE

    def step(self, what: MarkerInput) -> None:
        """Move to the next state. The input is known to be legal."""
        self.state = MARKER[self.state][what]

    def judged(self, what: MarkerInput) -> list[Event]:
        """It is known now whether the call had begun."""
        self.step(what)
        return [UnknownCallJudged(self.state is MarkerState.BEGUN)]

    @property
    def asking(self) -> bool:
        """Whether it is still to be found out."""
        return MarkerInput.HOOK in MARKER[self.state]

    def is_heard(self, kind: object, message: dict[str, Any]) -> bool:
        """Whether this message is the marker's hook, for which somebody waits."""
        return self.asking and kind == "verb:hook" and hook_path(message.get("hook")) == MARKER_HOOK
