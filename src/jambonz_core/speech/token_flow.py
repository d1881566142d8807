"""The flow of streamed text: from what an application writes to what the server's buffer accepts.

Rules, with their reasons.

1. *One message is in flight.* The server refuses a message that does not fit, and may accept a shorter one
   behind it; the caller would hear the words out of order. So nothing that can be refused follows a message
   without a result.
2. *What is queued merges.* One small message per round trip is slow. While a message is in flight,
   everything that is written becomes the next message, up to what can be accepted (`DrainEstimate` says how
   much).
3. *A flush is a boundary.* Text from both its sides never shares a message, and it leaves when all text
   before it was accepted. Flushes with nothing between them are one.
4. *A refused message goes first.* It is offered again on `stream_resumed` or after a short timer, whichever
   is first: a flush that drains the buffer announces nothing.
5. *Results are matched by id*, and every offer has a new id. A result that is not about the message in
   flight is about text that is gone, and changes nothing.
6. *After a clear or a barge-in nothing stale leaves.* Text in flight at a barge-in would be accepted behind
   the server's own clear and spoken, so a `tts:clear` goes before anything else.
7. *Nothing waits for ever.* Each state but idle has a timer, and each timer ends in an event.
8. *White space alone waits for the text behind it*, because the server throws it away when its buffer is
   empty; and half of a surrogate pair waits for the other. Unless a flush follows, or somebody waits for the
   delivery.

`write` is on the path of every token of a language model, so it does no more than count and append.
"""

from __future__ import annotations

from typing import Any

from jambonz_core.wire.errors import LocalProtocolError, QueueFull, SpeechFailed
from jambonz_core.wire.limits import UNPROVED_SECONDS

from .drain_estimate import DrainEstimate
from .flow_limits import DEFAULT_LIMITS, FlowLimits
from .flow_states import FLOW, STREAM, FlowInput, FlowState, StreamInput, StreamState
from .messages import ClearMessage, FlushMessage, SpeechMessage, TokensMessage
from .pending_control import PendingControl
from .refusal_backoff import RefusalBackoff
from .saved_flow import SavedFlow, control_message, control_name
from .speech_events import (
    NO_BUFFER,
    NO_STREAM,
    DeliveryDone,
    SpeechEvent,
    SpeechStreamMissing,
    SpeechVendorFailed,
    TextAccepted,
    TextDiscarded,
    TextOfferedAgain,
    WindowOpen,
)
from .text_pieces import utf16_units
from .text_queue import TextQueue

# A member of a class is slower to get at than a global, and this one is asked for with every token.
_CLOSED = StreamState.CLOSED


class TokenFlow:
    """The text of one call, on its way into the server's buffer.

    >>> flow = TokenFlow(stream_open=True)
    >>> for token in ("Hel", "lo ", "you."):
    ...     _ = flow.write(token, now=0.0)
    >>> flow.outgoing()
    [TokensMessage(id=1, text='Hello you.')]
    >>> flow.result(1, "ok", "", now=0.02)
    [TextAccepted(text='Hello you.', speech=0, confirmed=True, raw=None)]
    """

    __slots__ = (
        *("_backoff", "_control", "_estimate", "_in_flight", "_in_flight_units", "_missed", "_next_id"),
        *("_nothing_to_flush", "_now", "_out", "_queue", "_result_by", "_tickets"),
        *("accepted", "attached", "discarded", "limits", "proven"),
        *("server_opened", "server_paused", "settled_units", "state", "stream", "written_units"),
    )

    def __init__(self, limits: FlowLimits = DEFAULT_LIMITS, *, stream_open: bool = False) -> None:
        self.limits = limits
        """How much may be under way, and for how long."""
        self.state: FlowState = FlowState.IDLE
        """Where it is in the exchange of texts and their results."""
        self.stream = StreamState.OPEN if stream_open else StreamState.CLOSED
        """The text stream, as the verbs that were sent have left it."""
        self.server_opened: bool = False
        """Whether the server announced `stream_open`, and no `stream_closed` since."""
        self.server_paused: bool = False
        """Whether the server announced `stream_paused`, and nothing since that ends it."""
        self.attached: bool = True
        """Whether the call has a connection."""
        self.proven: bool = False
        """Whether this call's server has ever accepted text."""
        self.accepted: list[str] = []
        """The text that was accepted since `begin`, message by message."""
        self.discarded: list[str] = []
        """The text that was discarded since `begin`."""
        self.written_units: int = 0
        """All that was ever written; with `settled_units`, a position in the text."""
        self.settled_units: int = 0
        """All that was ever accepted or discarded."""
        self._queue = TextQueue()
        self._in_flight: TokensMessage | None = None
        self._in_flight_units = 0
        self._next_id = 1
        self._estimate = DrainEstimate(limits.piece_units)
        self._out: list[SpeechMessage] = []
        self._tickets: list[tuple[int, int]] = []
        self._nothing_to_flush = False
        self._control = PendingControl()
        self._now = 0.0
        self._missed = 0
        self._result_by: float | None = None
        self._backoff = RefusalBackoff(limits)

    # --- what an application does ---------------------------------------------------------------------------

    @property
    def room(self) -> bool:
        """Whether a writer should go on; when False, it should wait for `WindowOpen`."""
        return self.written_units - self.settled_units < self.limits.window_units

    @property
    def paused(self) -> bool:
        """Whether the server takes no text at the moment: it has said so, or it refuses what is offered."""
        return self.server_paused or self._backoff.refusals > 0

    @property
    def stream_open(self) -> bool:
        """Whether streamed text can be spoken, as far as this side knows."""
        return self.stream is not StreamState.CLOSED or self.server_opened

    def begin(self) -> None:
        """Start a new account of what was accepted and discarded."""
        self.accepted = []
        self.discarded = []

    def write(self, text: str, now: float, ticket: int | None = None) -> list[SpeechEvent]:
        """Queue text. With a ticket, `DeliveryDone` follows once all text up to here is accepted or gone."""
        if not isinstance(text, str):
            # Whatever is no text would be in the way of all that is written after it.
            raise LocalProtocolError(
                f"what is spoken is a str, and this is {type(text).__name__}: leave out what has no text"
            )
        if self.stream is _CLOSED and not self.server_opened:
            raise SpeechFailed(NO_STREAM)
        units = len(text) if text.isascii() else utf16_units(text)
        if self.written_units - self.settled_units + units > self.limits.queue_units:
            raise QueueFull(
                f"more than {self.limits.queue_units} characters of streamed text wait to be accepted; "
                "wait for room before writing more"
            )
        self._now = now
        self.written_units += units
        if units:
            self._queue.last_run.append(text)
        if ticket is None:
            return []
        self._tickets.append((self.written_units, ticket))
        return self._due_tickets(accepted=True)

    def flush(self, now: float) -> None:
        """Have everything written so far spoken, without waiting for the end of its sentence."""
        self._now = now
        if self._in_flight is not None or not self._nothing_to_flush or self._queue:
            self._queue.end_run()

    def clear(self, now: float, reason: str = "cleared") -> list[SpeechEvent]:
        """Drop what is queued, and tell the server to drop what it has."""
        self._now = now
        self.server_paused = False  # a clear ends the pause, and nothing is said of it
        self._push_clear()
        return self._discard(reason)

    def interrupt(self, now: float) -> list[SpeechEvent]:
        """The caller interrupted: the server has emptied its buffer, but text in flight comes behind that."""
        self._now = now
        self.server_paused = False
        if self._in_flight is not None:
            self._push_clear()
        else:
            self._control.cleared_by_server(connected=self.server_opened)
            self._estimate.emptied()
            self._nothing_to_flush = True
        return self._discard("barge-in")

    def drop(self, reason: str, now: float) -> list[SpeechEvent]:
        """Drop what is queued and in flight, and tell the server nothing."""
        self._now = now
        return self._discard(reason)

    # --- what the server and the network do -----------------------------------------------------------------

    def result(self, id: object, status: str | None, reason: str | None, now: float) -> list[SpeechEvent]:
        """A `tts:tokens-result` came; `status` is empty or None when the message had none."""
        self._now = now
        message = self._in_flight
        if message is None or id not in (message.id, str(message.id)):
            return []
        if not status:
            return self._missing()
        if status != "failed":
            return self._accept(message, confirmed=True)
        if reason == "full":
            self._refuse()
            return []
        return self._fail(SpeechVendorFailed(reason or "unknown reason"), "vendor failed")

    def streaming_event(self, event_type: str, data: dict[str, Any], now: float) -> list[SpeechEvent]:
        """A `tts:streaming-event` came. Types that say nothing about the flow change nothing."""
        self._now = now
        if event_type == "user_interruption":
            return self.interrupt(now)
        if event_type == "stream_paused":
            self.server_paused = True
        elif event_type == "stream_resumed":
            self.server_paused = False
            self._estimate.resumed()
            self._offer_again()
        elif event_type == "stream_open":
            self.server_opened = True
            self._offer_again()
            self._out += self._control.stream_opened()
        elif event_type == "stream_closed":
            self.server_opened = self.server_paused = False
            before, self.stream = self.stream, STREAM[self.stream][StreamInput.CLOSED_BY_SERVER]
            if before is not self.stream:
                return self._silenced()
        return []

    def stream_opened(self) -> None:
        """A verb or command that was sent opens a text stream."""
        self.stream = STREAM[self.stream][StreamInput.OPEN]

    def stream_closed(self, *, at_once: bool = True) -> list[SpeechEvent]:
        """A verb or command that was sent closes the text stream.

        A verb that is queued closes it when it is reached, and until then what was written may still be
        spoken. So only when nothing is on its way does the stream count as closed before the server says so.
        """
        later = not at_once and self.written_units != self.settled_units
        self.stream = STREAM[self.stream][StreamInput.CLOSE_LATER if later else StreamInput.CLOSE]
        return [] if later else self._silenced()

    def controls_proved(self) -> None:
        """Every flush and clear that has left was read."""
        self._control.proven()

    def unproved_control(self, now: float, within: float) -> str:
        """The flush or clear that would be sent again if the connection were lost now, by its name."""
        message = self._control.unproved_since(now, within)
        return "" if message is None else f"tts:{control_name(message)}"

    def lost(self, now: float, within: float = UNPROVED_SECONDS) -> list[SpeechEvent]:
        """The connection is gone. The server's buffer survives that; what was on its way may not have.

        What was written longer ago than `within` was read.
        """
        self._now = now
        self.attached = False
        self._step(FlowInput.LOSE)
        self._out = self._control.lost(now, within) + self._out
        self._result_by = None
        return []

    def connected(self, now: float) -> list[SpeechEvent]:
        """Messages can leave again. All timers start anew, also those of another process's clock."""
        self._now = now
        self.attached = True
        self._step(FlowInput.CONNECT)
        if self.state is FlowState.UNSURE:
            self._result_by = now + self.limits.reconnect_seconds
            if any(isinstance(message, ClearMessage) for message in self._out):
                # The clear that is sent again would also drop the text behind it, if that has arrived.
                return self._offer_unsure("connection lost")
        elif self.state is FlowState.WAITING:
            self._backoff.connected(now)
        return []

    # --- time and output ------------------------------------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """The time at which `tick` is to be called, or None."""
        if self.state is FlowState.IDLE or not self.attached:
            return None
        return self._backoff.deadline if self.state is FlowState.WAITING else self._result_by

    def tick(self, now: float) -> list[SpeechEvent]:
        """Do what is due at `now`."""
        self._now = now
        deadline = self.deadline
        if deadline is None or now < deadline:
            return []
        if self._in_flight is not None:
            if self.state is FlowState.UNSURE:
                return self._offer_unsure("connection lost")
            return self._no_answer(self._in_flight)
        backoff = self._backoff
        if backoff.give_up_at is not None and now >= backoff.give_up_at:
            self._push_clear()
            return self._fail(SpeechVendorFailed("stalled"), "vendor failed")
        if backoff.flush_at is not None and now >= backoff.flush_at:
            backoff.flushed(now)
            self._push_flush()
        if backoff.retry_at is not None and now >= backoff.retry_at:
            self._offer_again()
        return []

    def outgoing(self, now: float | None = None) -> list[SpeechMessage]:
        """What is to be sent now, in order. Each call gives only what is new.

        Timers start at the last moment that the flow was told; a caller that holds messages back for longer
        tells `now` here.
        """
        if now is not None:
            self._now = now
        if not self.attached or (self.state is not FlowState.IDLE and not self._out):
            return []
        if self.state is FlowState.IDLE:
            self._fill()
        out, self._out = self._out, []
        self._control.left(out, self._now, connected=self.server_opened, unfinished=self._estimate.held > 0)
        return out

    @property
    def waits_to_leave(self) -> bool:
        """Whether `outgoing` has something to give, or nearly so."""
        return bool(self._out) or (self.state is FlowState.IDLE and bool(self._queue))

    @property
    def in_flight(self) -> str:
        """The text whose result is awaited."""
        return "" if self._in_flight is None else self._in_flight.text

    @property
    def queued(self) -> str:
        """The text that has not left, or that was refused."""
        return self._queue.text

    # --- inside ---------------------------------------------------------------------------------------------

    def _step(self, what: FlowInput) -> None:
        self.state = FLOW[self.state][what]

    def _silenced(self) -> list[SpeechEvent]:
        """The text stream is closed; what is not yet accepted cannot be spoken any more."""
        self.server_opened = False
        self._estimate.emptied()
        return self._discard("stream closed")

    def _fill(self) -> None:
        """Append what may leave now: flushes that are due, and one message of text."""
        queue = self._queue
        while queue.at_boundary:
            queue.pass_boundary()
            self._push_flush()
        patient = not self._tickets
        piece = queue.take(self._estimate.piece_units, self.limits.piece_units, patient=patient)
        if not piece:
            return
        message = TokensMessage(self._next_id, piece)
        self._next_id += 1
        self._in_flight = message
        self._in_flight_units = utf16_units(piece)
        self._out.append(message)
        self._nothing_to_flush = False
        self._result_by = self._now + self.limits.result_seconds
        self._step(FlowInput.SEND)

    def _push_flush(self) -> None:
        self._out.append(FlushMessage())
        self._estimate.flushed()
        self._nothing_to_flush = True

    def _push_clear(self) -> None:
        if not (self._out and isinstance(self._out[-1], ClearMessage)):
            self._out.append(ClearMessage())
        self._estimate.emptied()
        self._nothing_to_flush = True

    def _accept(self, message: TokensMessage, *, confirmed: bool) -> list[SpeechEvent]:
        self.proven = True
        self._control.proven()
        self.accepted.append(message.text)
        self._estimate.accepted(message.text, self._in_flight_units)
        self._forget_trouble(FlowInput.ACCEPT)
        events: list[SpeechEvent] = [TextAccepted(message.text, confirmed=confirmed)]
        return self._settle(self._in_flight_units, events, accepted=True)

    def _settle(self, units: int, events: list[SpeechEvent], *, accepted: bool) -> list[SpeechEvent]:
        """Move the position behind `units` more, and report what that completes."""
        had_room = self.room
        self.settled_units += units
        if not had_room and self.room:
            events.append(WindowOpen())
        return events + self._due_tickets(accepted=accepted)

    def _due_tickets(self, *, accepted: bool) -> list[SpeechEvent]:
        due: list[SpeechEvent] = []
        while self._tickets and self._tickets[0][0] <= self.settled_units:
            due.append(DeliveryDone(self._tickets.pop(0)[1], accepted))
        return due

    def _put_back(self) -> str:
        """The text in flight becomes the first of the queue again."""
        text = self.in_flight
        self._in_flight = None
        self._queue.put_back(text)
        self._result_by = None
        return text

    def _idle(self, what: FlowInput) -> None:
        self._step(what)
        self._in_flight = None
        self._result_by = None
        self._backoff.offered()

    def _forget_trouble(self, what: FlowInput) -> None:
        self._idle(what)
        self._missed = 0
        if self._backoff.refusals:
            # What was refused is accepted, and the server need not say so: a flush that drains its buffer
            # ends the pause without a word.
            self.server_paused = False
        self._backoff.over()

    def _refuse(self) -> None:
        self._put_back()
        self._estimate.refused(self._in_flight_units)
        self._backoff.refused(self._now)
        self._step(FlowInput.REFUSE)

    def _missing(self) -> list[SpeechEvent]:
        """The server has no buffer for this text, or not yet."""
        self._missed += 1
        if self._missed > 1:
            return self._fail(SpeechStreamMissing(NO_BUFFER), "stream missing")
        self._put_back()
        self._backoff.pause(self._now, self.limits.missing_seconds)
        self._step(FlowInput.REFUSE)
        return []

    def _no_answer(self, message: TokensMessage) -> list[SpeechEvent]:
        """No result came. What that means depends on whether anybody ever listened.

        A refusal is sent at once, an acceptance when the speech vendor took the text. So a server that has
        answered before accepted this and is busy. One that never answered may have lost it.
        """
        if self.proven:
            return self._accept(message, confirmed=False)
        self._missed += 1
        if self._missed > 1:
            return self._fail(SpeechStreamMissing(NO_BUFFER), "stream missing")
        return self._offer_unsure("no answer")

    def _offer_unsure(self, reason: str) -> list[SpeechEvent]:
        text = self._put_back()
        self._idle(FlowInput.TAKE_BACK)
        return [TextOfferedAgain(text, reason)]

    def _offer_again(self) -> None:
        if FlowInput.RETRY in FLOW[self.state]:
            self._idle(FlowInput.RETRY)

    def _fail(self, event: SpeechEvent, reason: str) -> list[SpeechEvent]:
        self._estimate.emptied()
        return [event, *self._discard(reason)]

    def _discard(self, reason: str) -> list[SpeechEvent]:
        """Drop everything that is not accepted."""
        text = self.in_flight + self.queued
        self._forget_trouble(FlowInput.DISCARD)
        self._queue = TextQueue()
        events: list[SpeechEvent] = []
        if text:
            self.discarded.append(text)
            events.append(TextDiscarded(text, reason))
        return self._settle(self.written_units - self.settled_units, events, accepted=False)

    # --- taking the state out and putting it back -----------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """The state as plain data, for `restore`. Timers are on the clock of whoever gave `now`."""
        message = self._in_flight
        return SavedFlow(
            state=self.state,
            stream=self.stream,
            server_opened=self.server_opened,
            attached=self.attached,
            proven=self.proven,
            accepted="".join(self.accepted),
            discarded="".join(self.discarded),
            written_units=self.written_units,
            settled_units=self.settled_units,
            runs=self._queue.runs,
            in_flight=(message.id, message.text) if message else None,
            next_id=self._next_id,
            held=self._estimate.held,
            floor=self._estimate.floor,
            ceiling=self._estimate.ceiling,
            behind_flush=self._estimate.behind_flush,
            out=[isinstance(message, ClearMessage) for message in self._out],
            tickets=list(self._tickets),
            nothing_to_flush=self._nothing_to_flush,
            unproven=control_name(self._control.unproven),
            control_at=self._control.left_at,
            unheard=control_name(self._control.unheard),
            now=self._now,
            missed=self._missed,
            refusals=self._backoff.refusals,
            result_by=self._result_by,
            retry_at=self._backoff.retry_at,
            flush_at=self._backoff.flush_at,
            give_up_at=self._backoff.give_up_at,
        ).plain()

    @classmethod
    def restore(cls, state: dict[str, Any], limits: FlowLimits = DEFAULT_LIMITS) -> TokenFlow:
        """A flow that goes on where the one that gave `snapshot` stood.

        In another process, call `connected` next: it starts all timers on the new clock.
        """
        saved = SavedFlow.of(state)
        flow = cls(limits)
        flow.state = saved.state
        flow.stream = saved.stream
        flow.server_opened = saved.server_opened
        flow.attached = saved.attached
        flow.proven = saved.proven
        flow.accepted = [saved.accepted]
        flow.discarded = [saved.discarded]
        flow.written_units = saved.written_units
        flow.settled_units = saved.settled_units
        flow._queue = TextQueue(saved.runs)
        if saved.in_flight is not None:
            flow._in_flight = TokensMessage(*saved.in_flight)
            flow._in_flight_units = utf16_units(flow._in_flight.text)
        flow._next_id = saved.next_id
        flow._estimate.held = saved.held
        flow._estimate.floor = saved.floor
        flow._estimate.ceiling = saved.ceiling
        flow._estimate.behind_flush = saved.behind_flush
        flow._out = [ClearMessage() if clear else FlushMessage() for clear in saved.out]
        flow._tickets = list(saved.tickets)
        flow._nothing_to_flush = saved.nothing_to_flush
        flow._control.unproven = control_message(saved.unproven)
        flow._control.left_at = saved.control_at
        flow._control.unheard = control_message(saved.unheard)
        flow._now = saved.now
        flow._missed = saved.missed
        flow._result_by = saved.result_by
        flow._backoff.refusals = saved.refusals
        flow._backoff.retry_at = saved.retry_at
        flow._backoff.flush_at = saved.flush_at
        flow._backoff.give_up_at = saved.give_up_at
        return flow
