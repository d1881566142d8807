"""Whose call it is: what the first message tells of it, and the statuses that came before that."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ..wire.bounded import BoundedQueue
from ..wire.codec import fields_that_fit, size_as_json
from ..wire.event import Event
from ..wire.events import CallStatus, LimitReached
from ..wire.message_reading import call_status
from .options import CallOptions
from .size import CALL_SID_CHARACTERS, Message

_NAMED = 200
"""Characters of the names of fields that are left out of a first payload."""


class Introduction(Struct):
    """What is known of one call, within the bounds of its options."""

    options: CallOptions
    call_sid: str = ""
    """The id of the call, as soon as a message has told it."""
    session: dict[str, Any] = {}
    """The first payload of the call."""
    _early: BoundedQueue[CallStatus] | None = None
    """Statuses that came before it, once there are any."""

    @property
    def early(self) -> list[CallStatus]:
        """Statuses that came before it; the latest of them."""
        return list(self._early or ())

    def learn_sid(self, message: Message, data: Message) -> list[Event]:
        """Learn the id of the call, where it is not known yet."""
        sid = message.get("call_sid") or data.get("call_sid")
        if self.call_sid or not isinstance(sid, str):
            return []
        if len(sid) > CALL_SID_CHARACTERS:
            return [LimitReached("CALL_SID_CHARACTERS", "the id of a call")]
        self.call_sid = sid
        return []

    def take(self, message: Message, data: Message, size: int) -> list[Event]:
        """The first message, of so many characters. Of a payload too large to be kept the largest fields go.

        A later message tells nothing new.
        """
        events = self.learn_sid(message, data)
        if self.session:
            return events
        self.session = data
        # No character takes more than four bytes, so most payloads need not be measured.
        most = self.options.session_bytes
        if 4 * size <= most:
            return events
        self.session, left_out = fields_that_fit(data, most)
        if left_out:
            what = f"of the first payload: {left_out[:_NAMED]}"
            events.append(LimitReached("CallOptions.session_bytes", what))
        return events

    def take_early(self, status: CallStatus, size: int) -> list[Event]:
        """A status came before the call; the oldest go where there are too many.

        That of a leg which another call has dialled tells nothing of whose call this is.
        """
        events: list[Event] = []
        if "parent_call_sid" not in status.data:
            events = self.learn_sid(status.data, status.data)
        early = self._early_statuses()
        gone = early.put(status, size)
        limit = "CallOptions.early_statuses" if early.full else "CallOptions.early_bytes"
        return events + [LimitReached(limit, "call:status") for _ in gone]

    def _early_statuses(self) -> BoundedQueue[CallStatus]:
        options = self.options
        if self._early is None:
            self._early = BoundedQueue(most=options.early_statuses, most_bytes=options.early_bytes)
        return self._early

    def saved_statuses(self) -> list[Message]:
        """The early statuses for a snapshot."""
        return [status.raw or {} for status in self.early]

    @classmethod
    def restore(
        cls, options: CallOptions, call_sid: str, session: Message, statuses: list[Message]
    ) -> Introduction:
        """What another process knew."""
        introduction = cls(options, call_sid, session)
        for raw in statuses:
            introduction._early_statuses().put(call_status(raw), size_as_json(raw))
        return introduction
