"""Speeches: who wrote which part of the streamed text, and what became of it.

The server knows one stream of text per call. An application thinks in answers: this one was spoken, that
one was cut off by the caller. The tracker keeps that account on top of the `TokenFlow`.

1. One speech is *open* at a time. Closing it sends a flush behind it. Opening the next one before the text
   of the closed one is accepted is fine: a flush lies between them.
2. A closed speech stays *live*: until the caller interrupts, the next speech opens, the server reports that
   it was spoken (`tts_spoken`), or the call ends. Then it is settled, once, with an `Outcome`.
3. A barge-in cuts the open speech and every live one. From then on a write to it raises
   `SpeechInterrupted`. The cut is kept for the barge-in's hook, which comes later and asks for it with
   `claim_cut`.
4. `spoken` is what the server reported, word for word; without a report it is None, for nobody else can
   know it.
5. Text may be written without opening anything, as the official SDKs have it. That is an *implicit* speech:
   it ends at a flush or a barge-in, and the next write begins another one, so such writes are never
   refused.
"""

from __future__ import annotations

from typing import Any

from msgspec import structs

from jambonz_core.wire.errors import LocalProtocolError, SpeechFailed, SpeechInterrupted
from jambonz_core.wire.limits import UNPROVED_SECONDS

from .flow_limits import DEFAULT_LIMITS, FlowLimits
from .flow_states import FlowState
from .messages import SpeechMessage
from .speech_events import (
    SpeechCut,
    SpeechDelivered,
    SpeechEvent,
    SpeechOpened,
    SpeechReportDropped,
    SpeechSettled,
    SpeechSpoken,
    SpeechStreamMissing,
    SpeechVendorFailed,
    TextAccepted,
    TextDiscarded,
    TextOfferedAgain,
)
from .speech_records import SavedSpeeches, SpeechRecord
from .text_pieces import index_after, utf16_units
from .token_flow import TokenFlow

_IDLE = FlowState.IDLE

_REMEMBERED = 16
"""How many ended speeches are remembered by number, for writes that come too late."""


class SpeechTracker:
    """All streamed text of one call.

    >>> tracker = SpeechTracker(stream_open=True)
    >>> tracker.open(now=0.0)
    [SpeechOpened(speech=1, raw=None)]
    >>> _ = tracker.write("Hello.", now=0.0, speech=1), tracker.close(now=0.0, speech=1)
    >>> [message.message()["command"] for message in tracker.outgoing()]
    ['tts:tokens']
    >>> for event in tracker.tokens_result(1, "ok", "", now=0.02):
    ...     print(event)
    TextAccepted(text='Hello.', speech=1, confirmed=True, raw=None)
    SpeechDelivered(speech=1, raw=None)
    >>> tracker.outgoing()
    [FlushMessage()]
    """

    __slots__ = (
        *("_cut", "_ended", "_flow", "_last", "_limits", "_open", "_settled", "_speeches"),
        "may_send",
    )

    def __init__(self, limits: FlowLimits = DEFAULT_LIMITS, *, stream_open: bool = False) -> None:
        self._limits = limits
        self._flow = TokenFlow(limits, stream_open=True) if stream_open else None
        """The flow, once something has happened to it: most calls never stream any text."""
        self.may_send: bool = False
        """Whether something has happened since `outgoing` was last asked that may give it something."""
        self._speeches: tuple[SpeechRecord, ...] = ()
        """The speeches that are not settled, oldest first; only the last one can be open."""
        self._open = 0
        """The number of the open speech, or 0."""
        self._last = 0
        """The number of the latest speech."""
        self._ended: tuple[tuple[int, str], ...] = ()
        """How speeches ended that were settled lately, for those who still write to them."""
        self._cut: SpeechCut | None = None
        self._settled: SpeechRecord | None = None
        """The speech that was settled last, until the server reports what was heard of it."""

    @property
    def flow(self) -> TokenFlow:
        """The one flow of text that all of them go through."""
        flow = self._flow
        if flow is None:
            flow = self._flow = TokenFlow(self._limits)
        return flow

    # --- what an application does ---------------------------------------------------------------------------

    @property
    def room(self) -> bool:
        """Whether a writer should go on; when False, it should wait for `WindowOpen`."""
        return self.flow.room

    @property
    def paused(self) -> bool:
        """Whether the server takes no text at the moment: it has said so, or it refuses what is offered."""
        return self.flow.paused

    @property
    def open_speech(self) -> int:
        """The number of the open speech, or 0."""
        return self._open

    @property
    def live_speeches(self) -> list[int]:
        """The numbers of all speeches that are not settled, oldest first, the open one included."""
        return [record.number for record in self._speeches]

    def open(self, now: float) -> list[SpeechEvent]:
        """Begin a speech; its number is in the `SpeechOpened` event."""
        events: list[SpeechEvent] = []
        if self._open:
            if not self._speeches[-1].implicit:
                raise LocalProtocolError(
                    f"speech {self._open} is still open: one speech at a time; leave its block, or close it"
                )
            events = self.close(now)
        return events + self._begin(implicit=False, start=self.flow.written_units)

    def write(
        self, text: str, now: float, *, speech: int | None = None, ticket: int | None = None
    ) -> list[SpeechEvent]:
        """Queue text of a speech, or of the call when `speech` is None.

        Raises `SpeechInterrupted` when the speech was cut, and `SpeechFailed` when nothing can be spoken.
        """
        # A property is a call, and this is on the path of every token of a language model.
        flow = self._flow or self.flow
        if flow.state is _IDLE:
            # Otherwise it waits for the result of what is in flight.
            self.may_send = True
        if speech is None:
            if not self._open:
                start = flow.written_units
                return flow.write(text, now, ticket) + self._begin(implicit=True, start=start)
        elif speech != self._open:
            raise self._refusal(speech)
        return flow.write(text, now, ticket)

    def flush(self, now: float, *, speech: int | None = None) -> list[SpeechEvent]:
        """Have everything written so far spoken, without waiting for the end of its sentence."""
        if speech is not None and speech != self._open:
            raise self._refusal(speech)
        if self._open and self._speeches[-1].implicit:
            return self.close(now)
        self.may_send = True
        self.flow.flush(now)
        return []

    def clear(self, now: float, *, speech: int | None = None) -> list[SpeechEvent]:
        """Drop what is not yet spoken. An open speech stays open; what is written next comes first."""
        if speech is not None and speech != self._open:
            raise self._refusal(speech)
        self.may_send = True
        return self._cut_all(self.flow.clear(now), "cleared")

    def close(self, now: float, *, speech: int | None = None) -> list[SpeechEvent]:
        """End the open speech: a flush follows its text. Does nothing for a speech that is not open."""
        if not self._open or (speech is not None and speech != self._open):
            return []
        self.may_send = True
        record = self._speeches[-1]
        record.end_units = self.flow.written_units
        self._open = 0
        if record.end_units > record.start_units:
            self.flow.flush(now)
        return self._deliver()

    def claim_cut(self) -> SpeechCut | None:
        """What the last barge-in cut, once: for the hook that reports the barge-in."""
        cut, self._cut = self._cut, None
        return cut

    # --- what the server and the network do -----------------------------------------------------------------

    def tokens_result(
        self, id: object, status: str | None, reason: str | None, now: float
    ) -> list[SpeechEvent]:
        """Take a `tts:tokens-result` of the server."""
        self.may_send = True
        return self._attribute(self.flow.result(id, status, reason, now))

    def streaming_event(self, event_type: str, data: dict[str, Any], now: float) -> list[SpeechEvent]:
        """A `tts:streaming-event` came."""
        self.may_send = True
        if event_type == "user_interruption":
            return self.interrupt(now)
        if event_type == "tts_spoken":
            return self._spoken(data)
        return self._attribute(self.flow.streaming_event(event_type, data, now))

    def interrupt(self, now: float) -> list[SpeechEvent]:
        """Cut all speeches, because the caller interrupted."""
        return self._cut_all(self.flow.interrupt(now), "barge-in")

    def stream_opened(self) -> None:
        """A verb or command that was sent opens a text stream."""
        self.flow.stream_opened()

    def stream_closed(self, *, at_once: bool = True) -> list[SpeechEvent]:
        """A verb or command that was sent closes the text stream, at once or when it is reached."""
        return self._attribute(self.flow.stream_closed(at_once=at_once))

    def lost(self, now: float, within: float = UNPROVED_SECONDS) -> list[SpeechEvent]:
        """The connection is gone; what was written longer ago than `within` was read."""
        # What the connection took waits again.
        self.may_send = True
        return self._attribute(self.flow.lost(now, within))

    def connected(self, now: float) -> list[SpeechEvent]:
        """Take note that messages can leave again."""
        self.may_send = True
        return self._attribute(self.flow.connected(now))

    @property
    def begun(self) -> bool:
        """Whether there is a text stream, or was one."""
        return self._flow is not None

    def controls_proved(self) -> None:
        """Every flush and clear that has left was read."""
        self.flow.controls_proved()

    def call_over(self, now: float) -> list[SpeechEvent]:
        """The call is over: every speech is settled, and text that waits is discarded."""
        if self._flow is None:
            return []
        events = self._attribute(self._flow.drop("call over", now))
        return events + self._settle_all("over")

    @property
    def deadline(self) -> float | None:
        """The time at which `tick` is to be called, or None."""
        return None if self._flow is None else self._flow.deadline

    def tick(self, now: float) -> list[SpeechEvent]:
        """Do what is due at `now`."""
        self.may_send = True
        return [] if self._flow is None else self._attribute(self._flow.tick(now))

    @property
    def waits_to_leave(self) -> bool:
        """Whether `outgoing` has something to give, or nearly so."""
        return self.may_send and self._flow is not None and self._flow.waits_to_leave

    def outgoing(self, now: float | None = None) -> list[SpeechMessage]:
        """The messages to be sent now, in order."""
        self.may_send = False
        return [] if self._flow is None else self._flow.outgoing(now)

    # --- inside ---------------------------------------------------------------------------------------------

    def _begin(self, *, implicit: bool, start: int) -> list[SpeechEvent]:
        self.flow.begin()
        events: list[SpeechEvent] = []
        while self._speeches and self._speeches[0].delivered:
            events += self._settle_first()
        self._last += 1
        self._open = self._last
        self._speeches += (SpeechRecord(number=self._last, implicit=implicit, start_units=start),)
        events.append(SpeechOpened(self._last))
        return events

    def _refusal(self, speech: int) -> Exception:
        """Why nothing can be written to this speech."""
        if any(record.number == speech for record in self._speeches):
            return LocalProtocolError(f"speech {speech} is closed; open another one to say more")
        how = dict(self._ended).get(speech, "over")
        if how.startswith("failed"):
            return SpeechFailed(f"speech {speech} {how}")
        return SpeechInterrupted(f"speech {speech} is {how}: nothing more of it will be spoken")

    def _attribute(self, events: list[SpeechEvent]) -> list[SpeechEvent]:
        """Tell which speech the events of the flow are about, and what follows from them."""
        if not events:
            return events
        told, failure = self._tell(events)
        if failure:
            for record in self._speeches:
                record.failed = record.failed or not record.delivered
            return told + self._settle_all(failure)
        return told + self._deliver()

    def _tell(self, events: list[SpeechEvent]) -> tuple[list[SpeechEvent], str]:
        """The same events with the number of their speech; and how all of them failed, if they did."""
        told: list[SpeechEvent] = []
        failure = ""
        for event in events:
            match event:
                case TextAccepted():
                    record = self._current()
                    record.accepted.append(event.text)
                    told.append(TextAccepted(event.text, record.number, event.confirmed))
                case TextOfferedAgain():
                    told.append(TextOfferedAgain(event.text, event.reason, self._current().number))
                case TextDiscarded():
                    told += self._share_out(event)
                case SpeechStreamMissing():
                    failure = f"failed: {event.message}"
                    told.append(SpeechStreamMissing(event.message, self._current().number))
                case SpeechVendorFailed():
                    failure = f"failed: {event.reason}"
                    told.append(SpeechVendorFailed(event.reason, self._current().number))
                case _:
                    told.append(event)
        return told, failure

    def _current(self) -> SpeechRecord:
        """The speech whose text is on its way: pieces never span two, because a flush lies between."""
        return next(record for record in self._speeches if not record.delivered)

    def _share_out(self, event: TextDiscarded) -> list[SpeechEvent]:
        """Split discarded text among the speeches that it belongs to."""
        shares: list[SpeechEvent] = []
        text = event.text
        position = self.flow.settled_units - utf16_units(text)
        for record in self._speeches:
            if record.end_units is None:
                share = text
            else:
                share = text[: index_after(text, 0, max(record.end_units - position, 0))]
            text = text[len(share) :]
            position += utf16_units(share)
            if share:
                record.discarded += share
                record.failed = record.failed or event.reason not in ("cleared", "barge-in")
                shares.append(TextDiscarded(share, event.reason, record.number))
        return shares

    def _deliver(self) -> list[SpeechEvent]:
        """Report the closed speeches whose text has all been taken, and settle what need not stay live."""
        events: list[SpeechEvent] = []
        for record in [record for record in self._speeches if not record.delivered]:
            if record.end_units is None or self.flow.settled_units < record.end_units:
                break
            record.delivered = True
            if not record.failed:
                events.append(SpeechDelivered(record.number))
        while self._speeches and self._speeches[0].delivered:
            record = self._speeches[0]
            if len(self._speeches) == 1 and record.lives_on:
                break
            events += self._settle_first()
        return events

    def _cut_all(self, events: list[SpeechEvent], by: str) -> list[SpeechEvent]:
        """Every speech that is not settled was cut; after a clear, the open one goes on."""
        told, _ = self._tell(events)
        for record in self._speeches:
            record.cut = record.cut or bool(record.accepted or record.discarded) or by == "barge-in"
            if not record.cut:
                continue
            cut = SpeechCut(record.number, record.accepted_text, record.discarded, by, record.spoken_text)
            told.append(cut)
            if by == "barge-in" and (self._cut is None or record.accepted or not self._cut.accepted):
                self._cut = cut
        if by == "barge-in":
            return told + self._settle_all("interrupted")
        closed = [record for record in self._speeches if record.number != self._open]
        self._speeches = tuple(record for record in self._speeches if record.number == self._open)
        return told + [self._settle(record, "over") for record in closed]

    def _settle_all(self, how: str) -> list[SpeechEvent]:
        self._open = 0
        settled: list[SpeechEvent] = [self._settle(record, how) for record in self._speeches]
        self._speeches = ()
        return settled

    def _settle(self, record: SpeechRecord, how: str) -> SpeechSettled:
        self._settled = record
        self._ended = (*self._ended, (record.number, how))[-_REMEMBERED:]
        return SpeechSettled(
            record.number, record.outcome, record.accepted_text, record.discarded, record.spoken_text
        )

    def _spoken(self, data: dict[str, Any]) -> list[SpeechEvent]:
        """The server reports what was heard."""
        text, bargein = str(data.get("text", "")), data.get("bargein") is True
        record = next((record for record in self._speeches if record.accepted), None)
        if record is None:
            # Of a speech that is settled: cut short a moment ago, or followed by one that has said nothing
            # yet.
            record = self._settled
            if record is None:
                return []
            dropped = self._report(record, text)
            if self._cut is not None and self._cut.speech == record.number:
                self._cut = structs.replace(self._cut, spoken=record.spoken_text)
            if record.report_dropped:
                return dropped
            return [SpeechSpoken(record.number, record.spoken_text or "", bargein)]
        dropped = self._report(record, text)
        if not record.delivered:
            return dropped
        if bargein:
            record.cut = True
            self._cut = SpeechCut(record.number, record.accepted_text, "", "barge-in", record.spoken_text)
            return [*dropped, self._cut, *self._settle_first()]
        return self._settle_first() if record.all_spoken else dropped

    def _report(self, record: SpeechRecord, text: str) -> list[SpeechEvent]:
        """Add to what was heard of a speech. Told, once, is that this is too much to be kept."""
        if record.report_dropped:
            return []
        if sum(map(len, record.spoken)) + len(text) > self._limits.spoken_units:
            record.report_dropped, record.reported = True, False
            record.spoken.clear()
            return [SpeechReportDropped(record.number)]
        record.reported = True
        record.spoken.append(text)
        return []

    def _settle_first(self) -> list[SpeechEvent]:
        first, self._speeches = self._speeches[0], self._speeches[1:]
        return [self._settle(first, "over")]

    # --- taking the state out and putting it back -----------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """The state as plain data, for `restore`."""
        return SavedSpeeches(
            flow=(self._flow or TokenFlow(self._limits)).snapshot(),
            speeches=list(self._speeches),
            open=self._open,
            last=self._last,
            ended=list(self._ended),
            cut=self._cut,
            settled=self._settled,
        ).plain()

    @classmethod
    def restore(cls, state: dict[str, Any], limits: FlowLimits = DEFAULT_LIMITS) -> SpeechTracker:
        """A tracker that goes on where the one that gave `snapshot` stood."""
        saved = SavedSpeeches.of(state)
        tracker = cls(limits)
        tracker._flow = TokenFlow.restore(saved.flow, limits)
        tracker.may_send = True
        tracker._speeches = tuple(saved.speeches)
        tracker._open = saved.open
        tracker._last = saved.last
        tracker._ended = tuple(saved.ended)
        tracker._cut = saved.cut
        tracker._settled = saved.settled
        return tracker
