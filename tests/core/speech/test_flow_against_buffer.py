"""The token flow against the model of the server's buffer, over a network that delays, loses and reconnects.

The model is the one that the simulator uses. What is held at every step:

1. Nothing that leaves passes a limit, and text never leaves while other text is without a result.
2. Accepted, in flight and queued text is the written text, in order, up to a clear or a barge-in.
3. What the server accepted without the flow knowing it was offered again, or discarded, and reported.
4. When the network behaves again, everything is accepted and spoken: nothing is stuck, no flush is lost.
5. The same steps give the same output, and taking the state out and putting it back changes nothing.
"""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jambonz_core.simulator.vendors.token_buffer import BufferEvent, Result, Streaming, TokenBuffer
from jambonz_core.speech import (
    ClearMessage,
    FlowState,
    FlushMessage,
    SpeechEvent,
    SpeechMessage,
    TextAccepted,
    TextDiscarded,
    TextOfferedAgain,
    TokenFlow,
    TokensMessage,
    utf16_units,
)
from jambonz_core.wire import codec
from jambonz_core.wire.limits import MESSAGE_BYTES, TOKENS_HIGH_WATER, UNPROVED_SECONDS

tokens = st.one_of(
    st.sampled_from(
        ["Hello", " there", ".", " ", "\n\n", "! ", "。", "\U0001f600", "e\u0301", " 3. ", "\ud83d"]
    ),
    st.text(max_size=5),
    st.builds(
        lambda word, times: word * times, st.sampled_from(["ab ", "字", "Yes. ", "x"]), st.integers(100, 700)
    ),
)


class FlowAgainstBuffer(RuleBasedStateMachine):
    """One call's text, from `write` to the speech vendor."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.flow = TokenFlow(stream_open=True)
        self.twin = TokenFlow(stream_open=True)
        self.buffer = TokenBuffer()
        self.connected = True
        self.to_server: deque[SpeechMessage] = deque()
        self.sent_at: deque[float] = deque()
        self.to_app: deque[BufferEvent] = deque()
        self.unaccepted = ""
        """Written, and neither accepted nor discarded, as the events told."""
        self.offers: dict[int, str] = {}
        self.server_took: list[int] = []
        self.confirmed: list[str] = []
        self.excused: list[str] = []
        """Text that was reported as offered again, or as discarded."""
        self.unresolved: int | None = None

    @initialize(push=st.sampled_from([0.0, 0.0, 0.05, 0.7]), connect=st.sampled_from([0.0, 0.4, 3.0]))
    def start(self, push: float, connect: float) -> None:
        self.buffer = TokenBuffer(push_seconds=push, connect_seconds=connect)
        self.server_says(self.buffer.open(self.now))

    # What the application does.

    @rule(text=tokens, ticket=st.none() | st.integers(0, 9))
    def write(self, text: str, ticket: int | None) -> None:
        self.unaccepted += text
        self.happened(self.flow.write(text, self.now, ticket), self.twin.write(text, self.now, ticket))

    @rule()
    def flush(self) -> None:
        self.flow.flush(self.now)
        self.twin.flush(self.now)
        self.send()

    @rule()
    def clear(self) -> None:
        self.happened(self.flow.clear(self.now), self.twin.clear(self.now))

    @rule()
    def move_to_another_process(self) -> None:
        self.flow = TokenFlow.restore(json.loads(json.dumps(self.flow.snapshot())))

    # What the network does.

    @precondition(lambda self: self.connected and self.to_server)
    @rule()
    def server_reads(self) -> None:
        message = self.to_server.popleft()
        self.sent_at.popleft()
        if isinstance(message, TokensMessage):
            self.server_says(self.buffer.offer(message.message()["data"], self.now))
        elif isinstance(message, FlushMessage):
            self.server_says(self.buffer.flush(self.now))
        else:
            self.server_says(self.buffer.clear(self.now))

    @precondition(lambda self: self.connected and self.to_app)
    @rule()
    def app_reads(self) -> None:
        event = self.to_app.popleft()
        if isinstance(event, Result):
            result = event.data["id"], event.data["status"], event.data.get("reason"), self.now
            if self.unresolved == event.data["id"]:
                self.unresolved = None
            self.happened(self.flow.result(*result), self.twin.result(*result))
        elif isinstance(event, Streaming):
            in_flight = self.flow.in_flight
            streaming: tuple[str, dict[str, Any], float] = event.event_type, {}, self.now
            self.happened(self.flow.streaming_event(*streaming), self.twin.streaming_event(*streaming))
            if event.event_type == "user_interruption" and in_flight:
                assert isinstance(self.to_server[-1], ClearMessage)

    @precondition(lambda self: self.connected and (self.to_server or self.to_app))
    @rule()
    def everything_arrives(self) -> None:
        while self.to_server or self.to_app:
            while self.to_server:
                self.server_reads()
            while self.to_app:
                self.app_reads()

    @precondition(lambda self: self.connected)
    @rule(lost=st.integers(0, 3), unread=st.integers(0, 3))
    def drop(self, lost: int, unread: int) -> None:
        """The last messages of either side are lost: of ours, those of the last second."""
        self.connected = False
        while lost and self.sent_at and self.now - self.sent_at[-1] < UNPROVED_SECONDS:
            self.to_server.pop()
            self.sent_at.pop()
            lost -= 1
        while self.to_server:
            self.connected = True
            self.server_reads()
        self.connected = False
        for _ in range(min(unread, len(self.to_app))):
            self.to_app.pop()
        self.happened(self.flow.lost(self.now), self.twin.lost(self.now))

    @precondition(lambda self: not self.connected)
    @rule()
    def reconnect(self) -> None:
        self.connected = True
        self.happened(self.flow.connected(self.now), self.twin.connected(self.now))

    # What time and the caller do.

    @rule(seconds=st.sampled_from([0.001, 0.02, 0.25, 1.0, 2.6]))
    def wait(self, seconds: float) -> None:
        self.pass_time(self.now + seconds)

    @rule()
    def caller_interrupts(self) -> None:
        self.server_says(self.buffer.interrupt(self.now))

    # What must hold.

    @invariant()
    def the_account_is_exact(self) -> None:
        assert self.flow.in_flight + self.flow.queued == self.unaccepted
        assert self.flow.written_units - self.flow.settled_units == utf16_units(self.unaccepted)

    @invariant()
    def both_are_the_same(self) -> None:
        assert self.flow.snapshot() == self.twin.snapshot()

    @invariant()
    def what_waits_has_a_timer(self) -> None:
        if self.connected and self.flow.state is not FlowState.IDLE:
            assert self.flow.deadline is not None

    def teardown(self) -> None:
        """The network behaves from now on: everything must be accepted, within bounded time."""
        if not self.connected:
            self.reconnect()
        self.flush()
        end = self.now + 60.0
        while self.to_server or self.to_app or self.flow.in_flight or self.flow.queued:
            self.everything_arrives()
            if not self.to_server:
                due = [at for at in (self.flow.deadline, self.buffer.deadline) if at is not None]
                self.pass_time(min(due, default=self.now))
            assert self.now < end, "the flow is stuck"
        self.the_account_is_exact()
        # The last flush reached the server, whatever happened to it on the way: nothing is held unspoken.
        self.pass_time(self.now + 5.0)
        self.everything_arrives()
        self.pass_time(self.now + 5.0)
        assert self.buffer.held.strip() == ""
        told = [self.offers[id] for id in self.server_took]
        # Every acceptance of the server is one of ours, or it was reported as possibly repeated or lost.
        for text in self.confirmed:
            assert text in told
            told.remove(text)
        for text in told:
            assert any(text in excuse for excuse in self.excused)

    # Inside.

    def pass_time(self, to: float) -> None:
        """Let both sides' timers run up to that moment, in order."""
        while True:
            due = [at for at in (self.buffer.deadline, self.flow.deadline) if at is not None and at <= to]
            if not due:
                break
            self.now = max(self.now, min(due))
            self.server_says(self.buffer.tick(self.now))
            self.happened(self.flow.tick(self.now), self.twin.tick(self.now))
        self.now = max(self.now, to)

    def happened(self, events: list[SpeechEvent], twins: list[SpeechEvent]) -> None:
        assert events == twins
        for event in events:
            match event:
                case TextAccepted(text=text, confirmed=confirmed):
                    assert self.unaccepted.startswith(text)
                    self.unaccepted = self.unaccepted[len(text) :]
                    if confirmed:
                        self.confirmed.append(text)
                    else:
                        self.excused.append(text)
                        self.unresolved = None
                case TextDiscarded(text=text):
                    assert text == self.unaccepted
                    self.unaccepted = ""
                    self.unresolved = None
                    self.excused.append(text)
                case TextOfferedAgain(text=text):
                    assert self.unaccepted.startswith(text)
                    self.unresolved = None
                    self.excused.append(text)
                case _:
                    pass
        self.send()

    def send(self) -> None:
        messages = self.flow.outgoing()
        assert messages == self.twin.outgoing()
        assert self.connected or not messages
        for message in messages:
            assert len(codec.encode(message.message()).encode()) <= MESSAGE_BYTES
            if isinstance(message, TokensMessage):
                assert self.unresolved is None
                assert 0 < utf16_units(message.text) <= TOKENS_HIGH_WATER
                assert message.id not in self.offers
                self.unresolved = message.id
                self.offers[message.id] = message.text
            self.to_server.append(message)
            self.sent_at.append(self.now)

    def server_says(self, events: list[BufferEvent]) -> None:
        for event in events:
            if isinstance(event, Result) and event.data["status"] == "ok":
                self.server_took.append(event.data["id"])
        self.to_app += events


TestFlowAgainstBuffer: Any = FlowAgainstBuffer.TestCase
TestFlowAgainstBuffer.settings = settings(max_examples=150, stateful_step_count=40)
