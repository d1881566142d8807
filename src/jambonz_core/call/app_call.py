"""The application's role on the control connection: one `AppCall` per call.

It knows the protocol and touches nothing else. Whoever owns the socket and the clock drives it with five
calls, and after any of them does the same three things: pushes what `outgoing()` gives, sets a timer to
`deadline`, and deals with the events. `docs/binding-the-core.md` shows a complete adapter.

    call = AppCall()
    call.connected(now)                    # a websocket was accepted
    events = call.receive(text, now)       # a message came
    events = call.do(Send(verbs), now)     # the application wants something
    events = call.tick(now)                # `deadline` has passed
    events = call.lost(1006, now)          # the websocket is gone; the call may go on over the next one

A call outlives its connections. When the server comes back, the adapter finds the `AppCall` by the `call_sid`
of the `session:reconnect` message and gives it the new connection with `connected` and `receive`.

What it decides by itself stands in `obligations.py` (answers that are owed), `outbox.py` (what leaves when),
`call_connections.py` (drops), `pending_results.py` (which results can still come), `hook_roles.py` (what a
hook's answer can do), and the tables of what is legal in `states.py`.
"""

from __future__ import annotations

from ..wire.event import Event
from .call_commands import CallCommands
from .call_messages import CallMessages
from .call_snapshot import CallSnapshots
from .obligations import Fate, Obligation
from .states import CallState, LinkState

_UP = LinkState.UP


class AppCall(CallMessages, CallCommands, CallSnapshots):
    """One call, as an application sees it.

    >>> from jambonz_core.call import AppCall, Send, SessionNew
    >>> call = AppCall()
    >>> call.connected(now=0.0)
    []
    >>> message = '{"type":"session:new","msgid":"m1","call_sid":"c1","data":{"direction":"inbound"}}'
    >>> [event] = call.receive(message, now=0.0)
    >>> isinstance(event, SessionNew), call.call_sid
    (True, 'c1')
    >>> call.do(Send([{"verb": "say", "text": "Hello"}]), now=0.1)
    []
    >>> call.outgoing()
    ['{"type":"ack","msgid":"m1","data":[{"verb":"say","text":"Hello"}]}']
    """

    __slots__ = ()

    def outgoing(self) -> list[str]:
        """What is to be sent now, in order. Each call gives only what is new.

        Nothing counts as sent before it was taken here. So what was sent before the first answer leaves is
        joined in it, and what a program says while a connection breaks waits for the next one.
        """
        first = self._first
        if first.verbs is not None and first.request is not None:
            self._give_first(first.request, first.verbs, Fate.ANSWERED)
        if self._speech_may_send or self._outbox.queue:
            self._pump()
        return self._outbox.take()

    @property
    def deadline(self) -> float | None:
        """When `tick` is due, or None while nothing waits for time to pass. Look after `outgoing()`."""
        # Asked for after everything that happens, and mostly there is one or none.
        first = self._obligations.deadline
        others: tuple[float | None, ...] = (self._abort_at, self._end_by)
        if self._link is _UP:
            outbox = self._outbox
            held = outbox.hold_until > self._now and (self._speech_may_send or outbox.queue)
            hold_until = outbox.hold_until if held else None
            others += (self._pending_results.deadline, self.speech.deadline, hold_until)
        for at in others:
            if at is not None and (first is None or at < first):
                first = at
        return first

    def tick(self, now: float) -> list[Event]:
        """Time has passed. Harmless when called early."""
        self._now = now
        events: list[Event] = []
        for obligation in self._obligations.due(now):
            events += self._default(obligation)
        events += self._connection_due()
        if self.state is CallState.OVER:
            return events
        if self._link is LinkState.UP:
            events += self._pending_results.tick(now)
            events += self.speech.tick(now)
            self._speech_may_send = True
        return events

    # --- looking --------------------------------------------------------------------------------------------

    @property
    def answered_first(self) -> bool:
        """Whether the first answer of the call was given."""
        return self.state not in (CallState.OPENING, CallState.ANSWERING)

    @property
    def obligations(self) -> list[Obligation]:
        """The hooks that wait for an answer, oldest first."""
        return list(self._obligations.open.values())

    @property
    def stream_open(self) -> bool:
        """Whether streamed text can be spoken, as far as this side knows."""
        return self.speech.flow.stream_open

    @property
    def barge_in_hook(self) -> str:
        """The hook path of the background barge-in, or empty when none was switched on."""
        return self._facts.barge_in_hook

    def new_hook(self) -> str:
        """A hook path that no other verb of this call has.

        >>> call = AppCall()
        >>> call.new_hook(), call.new_hook()
        ('/~1', '/~2')
        """
        self._hooks_given += 1
        return f"/{self._name(self._hooks_given)}"

    def new_verb_id(self) -> str:
        """A verb `id` that no other verb of this call has."""
        self._verb_ids_given += 1
        return self._name(self._verb_ids_given)

    def _name(self, number: int) -> str:
        """A name that no process which had this call before has given, also after its last snapshot."""
        return f"~{number}" if not self._restored else f"~{self._restored}~{number}"
