"""The first verbs of a call, which travel as an ack.

Until they have left, whatever the application sends is joined into them. The request that they answer is
`session:new`, or a `session:redirect` where a call was pointed here. If the connection is lost before the
answer to `session:new` has arrived, the server asks again through the `session:reconnect` of the next
connection, and the ack of that carries the first verbs; a `session:redirect` is not asked again.
"""

from __future__ import annotations

from typing import Any

from .obligations import Obligation


class FirstAnswer:
    """What is known of it."""

    __slots__ = ("aborted", "asked_again", "given", "request", "verbs")

    def __init__(self) -> None:
        self.request: Obligation | None = None
        """The message that can carry the answer on this connection."""
        self.verbs: list[dict[str, Any]] | None = None
        """The answer, once there is one, until it has left."""
        self.asked_again = False
        """Whether the server repeats the request after a drop, as long as the answer has not arrived."""
        self.given: list[dict[str, Any]] | None = None
        """What another process gave as the answer just before this one took over. It is repeated once."""
        self.aborted = False
        """Whether the connection that carried it in a `session:reconnect` was cut. Once is all that is tried.
        """

    def add(self, verbs: list[dict[str, Any]], *, replacing: bool) -> None:
        """Join verbs to the answer."""
        self.verbs = [*verbs] if replacing or self.verbs is None else [*self.verbs, *verbs]
