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
    """A desk under everything that can be done to it, and the account kept a second time by its events."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.desk = SpeechTracker(stream_open=True)
        self.written: dict[int, str] = {}
        self.accepted: dict[int, str] = {}
        self.discarded: dict[int, str] = {}
        self.settled: dict[int, Outcome] = {}
        self.in_flight: int | None = None

    @rule()
    def open(self) -> None:
        if not self.desk.open_speech or self.desk.open_speech in self.implicit:
            self.happened(self.desk.open(self.now))

    @property
    def implicit(self) -> set[int]:
        return {record.number for record in self.desk._speeches if record.implicit}

    @rule(text=st.sampled_from(["Hello. ", "word", "\U0001f600", " ", "x" * 1500]), named=st.booleans())
    def write(self, text: str, named: bool) -> None:
        if not self.desk.flow.stream_open or (named and not self.desk.open_speech):
            return
        events = self.desk.write(text, self.now, speech=self.desk.open_speech if named else None)
        self.happened(events)
        self.written[self.desk.open_speech] += text

    @rule()
    def close(self) -> None:
        self.happened(self.desk.close(self.now))

    @rule()
    def flush(self) -> None:
        self.happened(self.desk.flush(self.now))

    @rule()
    def clear(self) -> None:
        self.happened(self.desk.clear(self.now))

    @rule(
        outcome=st.sampled_from([("ok", None)] * 4 + [("failed", "full"), ("failed", "broken"), (None, None)])
    )
    def result(self, outcome: tuple[str | None, str | None]) -> None:
        if self.in_flight is not None:
            id, self.in_flight = self.in_flight, None
            self.happened(self.desk.tokens_result(id, *outcome, self.now))

    @rule(text=st.sampled_from(["Hello. ", "Hello. word", "", "other"]), bargein=st.booleans())
    def spoken(self, text: str, bargein: bool) -> None:
        data = {"text": text, "bargein": bargein}
        self.happened(self.desk.streaming_event("tts_spoken", data, self.now))

    @rule()
    def interrupt(self) -> None:
        live = set(self.desk.live_speeches)
        self.happened(self.desk.streaming_event("user_interruption", {}, self.now))
        assert live <= self.settled.keys()
        assert self.desk.flow.queued == self.desk.flow.in_flight == ""

    @rule()
    def stream_closes(self) -> None:
        self.happened(self.desk.stream_closed())

    @rule()
    def stream_opens(self) -> None:
        self.desk.stream_opened()

    @rule()
    def drop_and_reconnect(self) -> None:
        self.happened(self.desk.lost(self.now))
        self.now += 1.5
        self.happened(self.desk.connected(self.now))

    @rule()
    def wait(self) -> None:
        self.now = max(self.now, self.desk.deadline or self.now)
        self.happened(self.desk.tick(self.now))

    @rule()
    def move_to_another_process(self) -> None:
        self.desk = SpeechTracker.restore(json.loads(json.dumps(self.desk.snapshot())))

    @invariant()
    def only_text_that_waits_is_not_accounted_for(self) -> None:
        text = "".join(self.written[number] for number in sorted(self.written))
        gone = "".join(self.accepted[number] + self.discarded[number] for number in sorted(self.written))
        assert len(text) - len(gone) == len(self.desk.flow.in_flight + self.desk.flow.queued)

    @invariant()
    def every_speech_is_live_or_settled(self) -> None:
        assert set(self.desk.live_speeches) == self.written.keys() - self.settled.keys()

    @invariant()
    def a_speech_that_is_over_takes_nothing(self) -> None:
        for number in self.settled:
            before = self.desk.snapshot()
            try:
                self.desk.write("late", self.now, speech=number)
            except JambonzError:
                assert self.desk.snapshot() == before
            else:
                raise AssertionError("text was taken for a speech that is over")

    def teardown(self) -> None:
        self.happened(self.desk.call_over(self.now))
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
        for message in self.desk.outgoing():
            if isinstance(message, TokensMessage):
                self.in_flight = message.id


TestSpeechAccount: Any = SpeechAccount.TestCase
TestSpeechAccount.settings = settings(max_examples=100, stateful_step_count=40)
