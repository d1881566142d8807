"""Whatever happens, each speech is settled once, and each character of it is accounted for."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jambonz_core.speech import (
    Outcome,
    SpeechCut,
    SpeechDelivered,
    SpeechEvent,
    SpeechOpened,
    SpeechSettled,
    SpeechTracker,
    TextAccepted,
    TextDiscarded,
    TokensMessage,
)
from jambonz_core.wire.errors import JambonzError


class SpeechAccount(RuleBasedStateMachine):
    """A tracker under everything that can be done to it, and the account kept a second time by its events."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.tracker = SpeechTracker(stream_open=True)
        self.written: dict[int, str] = {}
        self.accepted: dict[int, str] = {}
        self.discarded: dict[int, str] = {}
        self.settled: dict[int, Outcome] = {}
        self.in_flight: int | None = None

    @rule()
    def open(self) -> None:
        if not self.tracker.open_speech or self.tracker.open_speech in self.implicit:
            self.happened(self.tracker.open(self.now))

    @property
    def implicit(self) -> set[int]:
        return {record.number for record in self.tracker._speeches if record.implicit}

    @rule(text=st.sampled_from(["Hello. ", "word", "\U0001f600", " ", "x" * 1500]), named=st.booleans())
    def write(self, text: str, named: bool) -> None:
        if not self.tracker.flow.stream_open or (named and not self.tracker.open_speech):
            return
        events = self.tracker.write(text, self.now, speech=self.tracker.open_speech if named else None)
        self.happened(events)
        self.written[self.tracker.open_speech] += text

    @rule()
    def close(self) -> None:
        self.happened(self.tracker.close(self.now))

    @rule()
    def flush(self) -> None:
        self.happened(self.tracker.flush(self.now))

    @rule()
    def clear(self) -> None:
        self.happened(self.tracker.clear(self.now))

    @rule(
        outcome=st.sampled_from([("ok", None)] * 4 + [("failed", "full"), ("failed", "broken"), (None, None)])
    )
    def result(self, outcome: tuple[str | None, str | None]) -> None:
        if self.in_flight is not None:
            id, self.in_flight = self.in_flight, None
            self.happened(self.tracker.tokens_result(id, *outcome, self.now))

    @rule(text=st.sampled_from(["Hello. ", "Hello. word", "", "other"]), bargein=st.booleans())
    def spoken(self, text: str, bargein: bool) -> None:
        data = {"text": text, "bargein": bargein}
        self.happened(self.tracker.streaming_event("tts_spoken", data, self.now))

    @rule()
    def interrupt(self) -> None:
        live = set(self.tracker.live_speeches)
        self.happened(self.tracker.streaming_event("user_interruption", {}, self.now))
        assert live <= self.settled.keys()
        assert self.tracker.flow.queued == self.tracker.flow.in_flight == ""

    @rule()
    def stream_closes(self) -> None:
        self.happened(self.tracker.stream_closed())

    @rule()
    def stream_opens(self) -> None:
        self.tracker.stream_opened()

    @rule()
    def drop_and_reconnect(self) -> None:
        self.happened(self.tracker.lost(self.now))
        self.now += 1.5
        self.happened(self.tracker.connected(self.now))

    @rule()
    def wait(self) -> None:
        self.now = max(self.now, self.tracker.deadline or self.now)
        self.happened(self.tracker.tick(self.now))

    @rule()
    def move_to_another_process(self) -> None:
        self.tracker = SpeechTracker.restore(json.loads(json.dumps(self.tracker.snapshot())))

    @invariant()
    def only_text_that_waits_is_not_accounted_for(self) -> None:
        text = "".join(self.written[number] for number in sorted(self.written))
        gone = "".join(self.accepted[number] + self.discarded[number] for number in sorted(self.written))
        assert len(text) - len(gone) == len(self.tracker.flow.in_flight + self.tracker.flow.queued)

    @invariant()
    def every_speech_is_live_or_settled(self) -> None:
        assert set(self.tracker.live_speeches) == self.written.keys() - self.settled.keys()

    @invariant()
    def a_speech_that_is_over_takes_nothing(self) -> None:
        for number in self.settled:
            before = self.tracker.snapshot()
            try:
                self.tracker.write("late", self.now, speech=number)
            except JambonzError:
                assert self.tracker.snapshot() == before
            else:
                raise AssertionError("text was taken for a speech that is over")

    def teardown(self) -> None:
        self.happened(self.tracker.call_over(self.now))
        assert self.settled.keys() == self.written.keys()
        for number, text in self.written.items():
            parts = self.accepted[number] + self.discarded[number]
            assert sorted(parts) == sorted(text)

    def happened(self, events: list[SpeechEvent]) -> None:
        for event in events:
            match event:
                case SpeechOpened(speech):
                    self.written[speech] = self.accepted[speech] = self.discarded[speech] = ""
                case TextAccepted(text, speech):
                    self.accepted[speech] += text
                case TextDiscarded(text, _, speech):
                    self.discarded[speech] += text
                case SpeechCut(speech, accepted, discarded):
                    assert (accepted, discarded) == (self.accepted[speech], self.discarded[speech])
                case SpeechDelivered(speech):
                    assert speech not in self.settled
                case SpeechSettled(speech, outcome, accepted, discarded):
                    assert speech not in self.settled
                    assert (accepted, discarded) == (self.accepted[speech], self.discarded[speech])
                    assert outcome is not Outcome.ACCEPTED or not discarded
                    self.settled[speech] = outcome
                case _:
                    pass
        for message in self.tracker.outgoing():
            if isinstance(message, TokensMessage):
                self.in_flight = message.id


TestSpeechAccount: Any = SpeechAccount.TestCase
TestSpeechAccount.settings = settings(max_examples=100, stateful_step_count=40)
