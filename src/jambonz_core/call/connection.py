"""The connection that a call has, or has not, at the moment.

The server comes back by itself after a drop: with a new connection whose first message is
`session:reconnect`, and until that is acked it holds back everything else. The rules here; the table is
`LINK`:

1. Nothing leaves on a new connection before the ack of `session:reconnect`. Then follows what is owed, and
   then what the application has sent meanwhile, in order.
2. Having taken its first verbs in the ack of a `session:reconnect`, the server never says anything more on
   that connection: it is deaf in reverse. So a moment after that ack was read the adapter is asked to cut it,
   once; the server comes back, and speaks.
3. A server that says anything at all is not deaf.
4. A call that nobody here knows has a connection of its own kind: see `marker.py`.
5. Where an earlier connection may have lost something, that comes first. All that the server has kept back
   comes before the second proof of reading, and tells what it has read: a result proves the verb, and what
   was written before it. Where there is no proof, the settle time is waited for.
"""

from __future__ import annotations

from msgspec import Struct

from .states import LINK, LinkInput, LinkState

SILENT_SECONDS = 5.0
"""A server that says nothing for so long behind a first answer that was repeated may have nothing to say, or
have lacked it. Cutting the connection once does no harm to the former.
"""


class SavedConnection(Struct, frozen=True):
    """What another process must know of it."""

    began: bool
    """Whether there ever was a connection."""
    cut: bool


class Connection(Struct, gc=False):
    """The connection of one call: its state, and when it is to be cut."""

    state: LinkState = LinkState.NEW
    cut: bool = False
    """Whether one that carried the first answer in the ack of a `session:reconnect` was cut. Once is all that
    is tried.
    """
    cut_at: float | None = None
    """When a deaf connection is to be cut."""
    survey_until: float | None = None
    """When the survey ends without proof."""

    def step(self, what: LinkInput) -> None:
        """Move to the next state. The input is known to be legal."""
        self.state = LINK[self.state][what]

    @property
    def absent(self) -> bool:
        """Whether there is no connection."""
        return self.state is LinkState.NEW or self.state is LinkState.DOWN

    def answered_first(self, cut_at: float | None) -> None:
        """The first answer leaves on it. A deaf one is cut then, or later, once that was read."""
        self.step(LinkInput.FIRST_ACK)
        if self.state is LinkState.DEAF:
            self.cut_at = cut_at

    def suspect(self, now: float) -> None:
        """It has carried the first answer to a server that may have lacked it, and waits to be cut off."""
        if not self.cut:
            self.cut_at = now + SILENT_SECONDS

    def first_read(self, cut_at: float) -> None:
        """The first answer was read."""
        if self.state is LinkState.DEAF and self.cut_at is None:
            self.cut_at = cut_at

    def survey(self, until: float | None) -> None:
        """See what an earlier connection has lost, for so long, or until there is proof."""
        self.step(LinkInput.SURVEY)
        self.survey_until = until

    @property
    def surveying(self) -> bool:
        """Whether it is being found out what the last connection has lost."""
        return LinkInput.SURVEYED in LINK[self.state]

    def surveyed(self, what: LinkInput) -> bool:
        """There is proof, or there will be none. Tells whether the survey is over."""
        self.step(what)
        if self.state is not LinkState.UP:
            return False
        self.survey_until = None
        return True

    def heard(self) -> bool:
        """Something other than `session:reconnect` came while nothing might leave. May it leave now?"""
        self.step(LinkInput.HEARD)
        return self.state is LinkState.UP

    def marker_read(self, cut_at: float) -> None:
        """The marker was read: whatever the server does with it, it does without this connection."""
        self.cut_at = cut_at

    def lost(self) -> None:
        """Take note that the connection is gone."""
        self.step(LinkInput.LOST)
        self.cut_at = self.survey_until = None

    def cut_is_due(self, now: float) -> bool:
        """Whether the adapter is to be asked to cut it, now and not again."""
        if self.cut_at is None or now < self.cut_at:
            return False
        self.cut_at = None
        self.cut = True
        return True

    def saved(self) -> SavedConnection:
        """The state of the connection for a snapshot."""
        return SavedConnection(self.state is not LinkState.NEW, self.cut)

    @classmethod
    def restore(cls, saved: SavedConnection) -> Connection:
        """One that has just been lost, if there ever was one."""
        connection = cls()
        connection.cut = saved.cut
        if saved.began:
            connection.step(LinkInput.CONNECTED)
            connection.step(LinkInput.LOST)
        return connection
