"""The flow of streamed text, rule by rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.speech import (
    ClearMessage,
    DeliveryDone,
    FlowLimits,
    FlowState,
    FlushMessage,
    SpeechEvent,
    SpeechMessage,
    SpeechStreamMissing,
    SpeechVendorFailed,
    TextAccepted,
    TextDiscarded,
    TextOfferedAgain,
    TokenFlow,
    TokensMessage,
    WindowOpen,
    utf16_units,
)
from jambonz_core.wire import codec
from jambonz_core.wire.errors import InvalidSnapshot, LocalProtocolError, QueueFull, SpeechFailed

FLUSH, CLEAR = FlushMessage(), ClearMessage()


@pytest.fixture
def flow() -> TokenFlow:
    """A flow whose stream is open, and whose server has accepted text before."""
    flow = TokenFlow(stream_open=True)
    flow.streaming_event("stream_open", {}, 0.0)
    flow.write("Start.", 0.0)
    accept(flow)
    return flow


def accept(flow: TokenFlow, now: float = 0.0) -> list[SpeechEvent]:
    """Let everything that waits be sent and accepted."""
    events: list[SpeechEvent] = []
    while messages := flow.outgoing():
        for message in messages:
            if isinstance(message, TokensMessage):
                events += flow.result(message.id, "ok", None, now)
    return events


def only(messages: list[SpeechMessage]) -> TokensMessage:
    """The text message, which is the only message."""
    (message,) = messages
    assert isinstance(message, TokensMessage)
    return message


def texts(messages: list[SpeechMessage]) -> list[str]:
    """The messages in short."""
    return [
        message.text if isinstance(message, TokensMessage) else message.message()["command"]
        for message in messages
    ]


# --- one in flight, the rest merges ---------------------------------------------------------------------------


def test_one_message_is_in_flight_and_the_rest_merges(flow: TokenFlow) -> None:
    flow.write("One ", 1.0)
    first = only(flow.outgoing())
    for token in ("two ", "three ", "four"):
        flow.write(token, 1.0)
        assert flow.outgoing() == []
    assert (flow.in_flight, flow.queued) == ("One ", "two three four")
    assert flow.result(first.id, "ok", None, 1.1) == [TextAccepted("One ")]
    assert texts(flow.outgoing()) == ["two three four"]


def test_a_message_never_has_more_units_than_the_server_takes(flow: TokenFlow) -> None:
    flow.write("\U0001f600" * 501, 1.0)
    assert texts(flow.outgoing()) == ["\U0001f600" * 500]


def test_no_message_passes_the_size_of_a_frame_whatever_the_characters() -> None:
    flow = TokenFlow(FlowLimits(message_bytes=400), stream_open=True)
    flow.write("\x00" * 1000, 0.0)
    message = only(flow.outgoing())
    assert len(codec.encode(message.message()).encode()) <= 400
    assert message.text == "\x00" * 45


def test_limits_without_room_for_a_pair_are_refused() -> None:
    with pytest.raises(ValueError, match="surrogate pair"):
        FlowLimits(message_units=1)
    with pytest.raises(ValueError, match="surrogate pair"):
        FlowLimits(message_bytes=139)
    assert FlowLimits(message_bytes=140).piece_units == 2


@given(
    st.lists(st.text(max_size=30) | st.sampled_from(["\U0001f600" * 9, "e" + "\u0301" * 40]), max_size=8),
    st.integers(2, 1000),
    st.integers(140, 24 * 1024),
)
def test_every_text_arrives_whatever_the_limits(texts: list[str], units: int, size: int) -> None:
    flow = TokenFlow(FlowLimits(message_units=units, message_bytes=size), stream_open=True)
    for text in texts:
        flow.write(text, 0.0)
    flow.flush(0.0)
    arrived = ""
    while messages := flow.outgoing():
        for message in messages:
            if isinstance(message, TokensMessage):
                assert utf16_units(message.text) <= units
                assert len(codec.encode(message.message()).encode()) <= size
                arrived += message.text
                flow.result(message.id, "ok", None, 0.0)
    assert arrived == "".join(texts)


def test_write_works_while_the_window_has_room_and_says_when_it_has_again() -> None:
    flow = TokenFlow(FlowLimits(window_units=10), stream_open=True)
    flow.write("123456789", 0.0)
    assert flow.room
    flow.write("0abc.", 0.0)
    assert not flow.room
    message = only(flow.outgoing())
    assert flow.result(message.id, "ok", None, 0.1) == [TextAccepted("1234567890abc."), WindowOpen()]
    assert flow.room


def test_a_writer_that_never_looks_at_room_is_stopped() -> None:
    flow = TokenFlow(FlowLimits(queue_units=10), stream_open=True)
    flow.write("1234567890", 0.0)
    with pytest.raises(QueueFull, match="10 characters"):
        flow.write("x", 0.0)
    assert flow.queued == "1234567890"


def test_five_thousand_tokens_a_second_at_twenty_milliseconds(flow: TokenFlow) -> None:
    # A peer that drains at once answers every message after one round trip.
    tokens = [f"w{number} " for number in range(10_000)]
    now = 1.0
    written = iter(tokens)
    exhausted = False
    while not exhausted or flow.in_flight or flow.queued.strip():
        while flow.room and not exhausted:
            token = next(written, None)
            if token is None:
                exhausted = True
                flow.flush(now)
            else:
                flow.write(token, now)
        messages = flow.outgoing()
        now += 0.020
        for message in messages:
            if isinstance(message, TokensMessage):
                flow.result(message.id, "ok", None, now)
    assert "".join(flow.accepted) == "Start." + "".join(tokens)
    assert now - 1.0 < len(tokens) / 5000


# --- flush ----------------------------------------------------------------------------------------------------


def test_a_flush_is_a_boundary_and_leaves_when_its_text_was_accepted(flow: TokenFlow) -> None:
    flow.write("One", 1.0)
    first = only(flow.outgoing())
    flow.write(" and", 1.0)
    flow.flush(1.0)
    flow.write(" two.", 1.0)
    flow.result(first.id, "ok", None, 1.1)
    second = only(flow.outgoing())
    assert second.text == " and"
    flow.result(second.id, "ok", None, 1.2)
    assert texts(flow.outgoing()) == ["tts:flush", " two."]


def test_flushes_with_nothing_between_them_are_one(flow: TokenFlow) -> None:
    flow.write("One", 1.0)
    for _ in range(3):
        flow.flush(1.0)
    accept(flow, 1.0)
    flow.flush(1.0)
    assert flow.outgoing() == []


def test_the_first_flush_of_a_call_leaves_whoever_sent_the_text() -> None:
    flow = TokenFlow(stream_open=True)
    flow.flush(0.0)
    assert flow.outgoing() == [FLUSH]
    flow.flush(0.0)
    assert flow.outgoing() == []


def test_a_flush_while_text_is_in_flight_waits_for_it(flow: TokenFlow) -> None:
    flow.write("One", 1.0)
    message = only(flow.outgoing())
    flow.flush(1.0)
    flow.flush(1.0)
    assert flow.outgoing() == []
    flow.result(message.id, "ok", None, 1.1)
    assert flow.outgoing() == [FLUSH]


# --- white space, half a pair ---------------------------------------------------------------------------------


def test_white_space_alone_waits_for_the_text_behind_it(flow: TokenFlow) -> None:
    flow.write(" ", 1.0)
    assert flow.outgoing() == []
    flow.write("\n", 1.0)
    assert flow.outgoing() == []
    flow.write("word", 1.0)
    assert texts(flow.outgoing()) == [" \nword"]


def test_white_space_alone_leaves_before_a_flush(flow: TokenFlow) -> None:
    flow.write(" ", 1.0)
    flow.flush(1.0)
    assert texts(flow.outgoing()) == [" "]


def test_white_space_alone_leaves_when_somebody_waits_for_it(flow: TokenFlow) -> None:
    flow.write(" ", 1.0, ticket=1)
    assert texts(flow.outgoing()) == [" "]


def test_half_a_pair_waits_for_the_other_half(flow: TokenFlow) -> None:
    flow.write("ab\ud83d", 1.0)
    assert accept(flow, 1.0) == [TextAccepted("ab")]
    assert flow.outgoing() == []
    flow.write("\ude00", 1.0)
    assert texts(flow.outgoing()) == ["\ud83d\ude00"]


def test_half_a_pair_leaves_when_nothing_can_follow(flow: TokenFlow) -> None:
    flow.write("\ud83d", 1.0)
    flow.flush(1.0)
    assert texts(flow.outgoing()) == ["\ud83d"]


# --- tickets --------------------------------------------------------------------------------------------------


def test_a_ticket_is_released_when_its_own_text_was_accepted(flow: TokenFlow) -> None:
    flow.write("one ", 1.0, ticket=1)
    first = only(flow.outgoing())
    flow.write("two ", 1.0, ticket=2)
    flow.write("three", 1.0)
    assert flow.result(first.id, "ok", None, 1.1) == [TextAccepted("one "), DeliveryDone(1, True)]
    second = only(flow.outgoing())
    assert flow.result(second.id, "ok", None, 1.2) == [TextAccepted("two three"), DeliveryDone(2, True)]


def test_a_ticket_for_text_that_is_dropped_is_released_as_such(flow: TokenFlow) -> None:
    flow.write("one ", 1.0, ticket=1)
    assert flow.clear(1.0) == [TextDiscarded("one ", "cleared"), DeliveryDone(1, False)]


def test_a_ticket_for_no_text_is_released_with_what_is_before_it(flow: TokenFlow) -> None:
    assert flow.write("", 1.0, ticket=1) == [DeliveryDone(1, True)]
    flow.write("one", 1.0)
    assert flow.write("", 1.0, ticket=2) == []
    assert accept(flow) == [TextAccepted("one"), DeliveryDone(2, True)]


# --- refusal --------------------------------------------------------------------------------------------------


def refuse(flow: TokenFlow, text: str = "Long text. ", now: float = 1.0) -> None:
    flow.write(text, now)
    assert flow.result(only(flow.outgoing()).id, "failed", "full", now) == []
    assert flow.state is FlowState.WAITING
    assert flow.outgoing() == []


def test_a_refused_message_is_offered_again_first_when_the_stream_resumes(flow: TokenFlow) -> None:
    refuse(flow)
    flow.write("Behind it.", 1.0)
    assert flow.outgoing() == []
    flow.streaming_event("stream_paused", {}, 1.0)
    assert flow.outgoing() == []
    flow.streaming_event("stream_resumed", {}, 1.1)
    assert texts(flow.outgoing()) == ["Long text. Behind it."]


def test_a_refused_message_is_offered_again_by_the_timer(flow: TokenFlow) -> None:
    refuse(flow)
    assert flow.deadline == 1.25
    assert flow.tick(1.2) == []
    assert flow.outgoing() == []
    flow.tick(1.25)
    assert texts(flow.outgoing()) == ["Long text. "]


def test_the_timer_grows_to_a_second_and_starts_anew(flow: TokenFlow) -> None:
    now, waits = 1.0, []
    flow.write("Text.", now)
    for _ in range(5):
        (message,) = (m for m in flow.outgoing() if isinstance(m, TokensMessage))
        flow.result(message.id, "failed", "full", now)
        waits.append((flow._backoff.retry_at or 0) - now)
        now = now + waits[-1]
        flow.tick(now)
    assert waits == [0.25, 0.5, 1.0, 1.0, 1.0]
    accept(flow, now)
    refuse(flow, now=now)
    assert flow.deadline == now + 0.25


def test_pieces_become_smaller_with_each_refusal_and_grow_with_what_is_accepted(flow: TokenFlow) -> None:
    # A scrap that nothing moves keeps out what is long, but not what is short.
    text = "word " * 1000
    flow.write(text, 1.0)
    refused, accepted = [], []
    now = 1.0
    for _ in range(5):
        (message,) = (m for m in flow.outgoing() if isinstance(m, TokensMessage))
        refused.append(len(message.text))
        flow.result(message.id, "failed", "full", now)
        now += 1.0
        flow.tick(now)
    for _ in range(7):
        (message,) = (m for m in flow.outgoing() if isinstance(m, TokensMessage))
        accepted.append(len(message.text))
        flow.result(message.id, "ok", None, now)
    assert refused == [1000, 250, 60, 15, 15]
    assert accepted == [15, 30, 60, 125, 255, 510, 500]
    assert "".join(flow.accepted) == "Start." + text[: sum(accepted)]


def test_after_a_resume_no_more_is_offered_than_certainly_fits(flow: TokenFlow) -> None:
    flow.write("word " * 1000, 1.0)
    first = only(flow.outgoing())
    flow.result(first.id, "ok", None, 1.0)
    second = only(flow.outgoing())
    assert (len(first.text), len(second.text)) == (1000, 500)
    flow.result(second.id, "failed", "full", 1.0)
    flow.streaming_event("stream_resumed", {}, 1.1)
    assert len(only(flow.outgoing()).text) == 800


def test_a_buffer_that_nothing_moves_is_flushed(flow: TokenFlow) -> None:
    refuse(flow)
    now, sent = 1.0, []
    while now < 4.0:
        now = flow.deadline or now
        flow.tick(now)
        for message in flow.outgoing():
            sent.append((now, message))
            if isinstance(message, TokensMessage):
                flow.result(message.id, "failed", "full", now)
    flushes = [at for at, message in sent if message == FLUSH]
    assert flushes == [3.5]


def test_refusals_without_end_are_a_failure(flow: TokenFlow) -> None:
    refuse(flow)
    events: list[SpeechEvent] = []
    out: list[SpeechMessage] = []
    now = 1.0
    while not events:
        now = flow.deadline or 0.0
        events = flow.tick(now)
        out = flow.outgoing()
        for message in out:
            if isinstance(message, TokensMessage):
                flow.result(message.id, "failed", "full", now)
    assert now == 61.0
    assert events == [SpeechVendorFailed("stalled"), TextDiscarded("Long text. ", "vendor failed")]
    assert out == [CLEAR]
    assert flow.deadline is None


# --- results --------------------------------------------------------------------------------------------------


def test_results_are_matched_by_id(flow: TokenFlow) -> None:
    flow.write("One", 1.0)
    message = only(flow.outgoing())
    for id in (message.id + 1, None, "x", {"a": 1}):
        assert flow.result(id, "failed", "full", 1.0) == []
    assert flow.in_flight == "One"
    assert flow.result(str(message.id), "ok", None, 1.0) == [TextAccepted("One")]
    assert flow.result(message.id, "ok", None, 1.0) == []


def test_a_late_refusal_of_cleared_text_changes_nothing(flow: TokenFlow) -> None:
    flow.write("Old text.", 1.0)
    old = only(flow.outgoing())
    flow.clear(1.0)
    flow.write("New text.", 1.0)
    assert texts(flow.outgoing()) == ["tts:clear", "New text."]
    assert flow.result(old.id, "failed", "full", 1.1) == []
    assert flow.in_flight == "New text."


def test_a_vendor_failure_discards_and_is_reported(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    message = only(flow.outgoing())
    flow.write("Two.", 1.0)
    assert flow.result(message.id, "failed", "connection to deepgram failed", 1.1) == [
        SpeechVendorFailed("connection to deepgram failed"),
        TextDiscarded("One.Two.", "vendor failed"),
    ]
    flow.write("Three.", 1.2)
    message = only(flow.outgoing())
    assert flow.result(message.id, "failed", None, 1.3)[0] == SpeechVendorFailed("unknown reason")


def test_a_status_nobody_knows_is_no_refusal(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    assert flow.result(only(flow.outgoing()).id, "queued", None, 1.0) == [TextAccepted("One.")]


def test_a_result_without_status_is_asked_for_once_more(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    assert flow.result(only(flow.outgoing()).id, "", "", 1.0) == []
    assert flow.deadline == 1.25
    flow.tick(1.25)
    again = only(flow.outgoing())
    assert again.text == "One."
    assert flow.result(again.id, "ok", None, 1.3) == [TextAccepted("One.")]


def test_a_session_without_a_buffer_is_an_error_that_says_what_is_missing(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    flow.result(only(flow.outgoing()).id, None, None, 1.0)
    flow.tick(1.25)
    missing, discarded = flow.result(only(flow.outgoing()).id, None, None, 1.3)
    assert isinstance(missing, SpeechStreamMissing)
    assert "ttsStream" in missing.message
    assert discarded == TextDiscarded("One.", "stream missing")
    assert flow.deadline is None


def test_a_result_that_never_comes_on_a_stream_that_works_is_taken_as_accepted(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    old = only(flow.outgoing())
    assert flow.deadline == 6.0
    assert flow.tick(6.0) == [TextAccepted("One.", confirmed=False)]
    flow.write("Two.", 6.0)
    assert texts(flow.outgoing()) == ["Two."]
    assert flow.result(old.id, "ok", None, 6.1) == []


def test_a_first_result_that_never_comes_is_asked_for_once_more_and_then_an_error() -> None:
    flow = TokenFlow(stream_open=True)
    flow.write("One.", 0.0)
    flow.outgoing()
    assert flow.tick(5.0) == [TextOfferedAgain("One.", "no answer")]
    assert texts(flow.outgoing()) == ["One."]
    missing, discarded = flow.tick(10.0)
    assert isinstance(missing, SpeechStreamMissing)
    assert discarded == TextDiscarded("One.", "stream missing")


def test_text_that_was_held_back_has_its_whole_time_for_a_result(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    flow.outgoing(4.5)
    assert flow.deadline == 9.5


def test_a_tick_too_early_or_for_nothing_does_nothing(flow: TokenFlow) -> None:
    assert flow.tick(1.0) == []
    flow.write("One.", 1.0)
    flow.outgoing()
    assert flow.tick(5.9) == []


# --- is a stream open? ----------------------------------------------------------------------------------------


def test_writing_without_a_stream_is_refused_where_it_is_done() -> None:
    flow = TokenFlow()
    with pytest.raises(SpeechFailed, match="ttsStream"):
        flow.write("One.", 0.0)
    assert flow.queued == ""
    flow.stream_opened()
    flow.write("One.", 0.0)
    assert texts(flow.outgoing()) == ["One."]


@pytest.mark.parametrize("chunk", [None, 5, b"bytes"])
def test_what_is_no_text_is_refused_before_it_is_in_the_way(chunk: Any) -> None:
    flow = TokenFlow()
    flow.stream_opened()
    flow.write("One.", 0.0)
    with pytest.raises(LocalProtocolError, match=f"is a str, and this is {type(chunk).__name__}"):
        flow.write(chunk, 0.0)
    assert texts(flow.outgoing()) == ["One."]


def test_a_stream_that_the_server_announced_will_do() -> None:
    flow = TokenFlow()
    flow.streaming_event("stream_open", {}, 0.0)
    assert flow.stream_open
    flow.streaming_event("stream_closed", {}, 0.0)
    assert not flow.stream_open


def test_closing_the_stream_discards_what_cannot_be_spoken_any_more(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    flow.outgoing()
    flow.write("Two.", 1.0)
    assert flow.stream_closed() == [TextDiscarded("One.Two.", "stream closed")]
    with pytest.raises(SpeechFailed):
        flow.write("Three.", 1.0)


def test_a_refused_message_is_offered_when_the_vendor_is_connected(flow: TokenFlow) -> None:
    refuse(flow)
    flow.streaming_event("stream_open", {}, 1.1)
    assert texts(flow.outgoing()) == ["Long text. "]


def test_a_flush_before_the_vendor_was_connected_is_repeated_then() -> None:
    flow = TokenFlow(stream_open=True)
    flow.write("An unfinished", 0.0)
    flow.flush(0.0)
    accept(flow)
    assert flow.streaming_event("stream_open", {}, 0.5) == []
    assert flow.outgoing() == [FLUSH]
    flow.streaming_event("stream_open", {}, 0.6)
    assert flow.outgoing() == []


def test_a_flush_behind_whole_sentences_needs_no_repetition() -> None:
    flow = TokenFlow(stream_open=True)
    flow.write("A sentence.", 0.0)
    flow.flush(0.0)
    accept(flow)
    flow.streaming_event("stream_open", {}, 0.5)
    assert flow.outgoing() == []


def test_a_clear_before_the_vendor_was_connected_is_repeated_unless_text_followed() -> None:
    flow = TokenFlow(stream_open=True)
    flow.write("A sentence.", 0.0)
    accept(flow)
    flow.clear(0.0)
    assert flow.outgoing() == [CLEAR]
    flow.streaming_event("stream_open", {}, 0.5)
    assert flow.outgoing() == [CLEAR]
    flow.streaming_event("stream_closed", {}, 0.6)
    flow.clear(0.6)
    flow.write("New.", 0.6)
    accept(flow)
    flow.streaming_event("stream_open", {}, 0.7)
    assert flow.outgoing() == []


def test_a_barge_in_before_the_vendor_was_connected_is_followed_by_a_clear_then() -> None:
    flow = TokenFlow(stream_open=True)
    flow.write("Hello", 0.0)
    accept(flow)
    flow.interrupt(0.1)
    assert flow.outgoing() == []
    flow.streaming_event("stream_open", {}, 0.5)
    assert flow.outgoing() == [CLEAR]


def test_events_about_something_else_change_nothing(flow: TokenFlow) -> None:
    before = flow.snapshot()
    assert flow.streaming_event("something_new", {"a": 1}, 0.0) == []
    assert flow.snapshot() == before


# --- clear, barge-in ------------------------------------------------------------------------------------------


def test_a_clear_discards_what_is_queued_and_goes_before_anything_new(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    flow.outgoing()
    flow.write("Two.", 1.0)
    assert flow.clear(1.0) == [TextDiscarded("One.Two.", "cleared")]
    flow.write("Three.", 1.0)
    assert texts(flow.outgoing()) == ["tts:clear", "Three."]


def test_clears_with_nothing_between_them_are_one_and_need_no_flush(flow: TokenFlow) -> None:
    flow.clear(1.0)
    flow.clear(1.0)
    flow.flush(1.0)
    assert flow.outgoing() == [CLEAR]


def test_text_in_flight_at_a_barge_in_is_cleared_before_anything_new(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    flow.outgoing()
    flow.write("Two.", 1.0)
    assert flow.streaming_event("user_interruption", {}, 1.1) == [TextDiscarded("One.Two.", "barge-in")]
    assert flow.outgoing() == [CLEAR]
    flow.write("New.", 1.2)
    assert texts(flow.outgoing()) == ["New."]


def test_without_text_in_flight_a_barge_in_needs_no_clear(flow: TokenFlow) -> None:
    assert flow.interrupt(1.0) == []
    flow.write("New.", 1.2)
    assert texts(flow.outgoing()) == ["New."]


def test_refused_text_is_not_in_flight_at_a_barge_in(flow: TokenFlow) -> None:
    refuse(flow)
    assert flow.interrupt(1.1) == [TextDiscarded("Long text. ", "barge-in")]
    assert flow.outgoing() == []
    assert flow.deadline is None


def test_what_is_dropped_without_telling_the_server_sends_nothing(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    flow.outgoing()
    assert flow.drop("call over", 1.1) == [TextDiscarded("One.", "call over")]
    assert flow.outgoing() == []


# --- drops ----------------------------------------------------------------------------------------------------


def test_text_in_flight_at_a_drop_is_offered_again_when_no_result_comes(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    flow.outgoing()
    flow.write("Two.", 1.0)
    assert flow.lost(1.1) == []
    assert flow.state is FlowState.UNSURE
    assert flow.deadline is None
    assert flow.outgoing() == []
    assert flow.connected(3.0) == []
    assert flow.outgoing() == []
    assert flow.deadline == 4.0
    assert flow.tick(4.0) == [TextOfferedAgain("One.", "connection lost")]
    assert texts(flow.outgoing()) == ["One.Two."]


def test_a_result_that_comes_after_the_reconnect_is_in_time(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    message = only(flow.outgoing())
    flow.lost(1.1)
    flow.connected(3.0)
    assert flow.result(message.id, "ok", None, 3.9) == [TextAccepted("One.")]
    assert flow.deadline is None


def test_refused_text_is_offered_at_once_after_a_reconnect(flow: TokenFlow) -> None:
    refuse(flow)
    flow.lost(1.1)
    assert flow.deadline is None
    flow.connected(9.0)
    assert flow.deadline == 9.0
    flow.tick(9.0)
    assert texts(flow.outgoing()) == ["Long text. "]


def test_text_that_met_no_buffer_is_offered_at_once_after_a_reconnect(flow: TokenFlow) -> None:
    flow.write("One.", 1.0)
    flow.result(only(flow.outgoing()).id, "", "", 1.0)
    flow.lost(1.1)
    flow.connected(9.0)
    flow.tick(9.0)
    assert texts(flow.outgoing()) == ["One."]


def test_a_flush_or_clear_just_before_a_drop_is_sent_again(flow: TokenFlow) -> None:
    flow.write("One", 1.0)
    flow.flush(1.0)
    accept(flow, 1.0)
    flow.lost(1.9)
    assert flow.outgoing() == []
    flow.connected(3.0)
    assert flow.outgoing() == [FLUSH]


def test_one_long_before_a_drop_is_not(flow: TokenFlow) -> None:
    flow.write("One", 1.0)
    flow.flush(1.0)
    accept(flow, 1.0)
    flow.lost(2.0)
    flow.connected(3.0)
    assert flow.outgoing() == []


def test_one_that_was_proven_by_later_text_is_not(flow: TokenFlow) -> None:
    flow.clear(1.0)
    flow.write("One.", 1.0)
    accept(flow, 1.0)
    flow.lost(1.1)
    flow.connected(3.0)
    assert flow.outgoing() == []


def test_text_behind_a_clear_that_is_sent_again_is_offered_again_too(flow: TokenFlow) -> None:
    flow.clear(1.0)
    flow.write("One.", 1.0)
    assert texts(flow.outgoing()) == ["tts:clear", "One."]
    flow.lost(1.1)
    assert flow.connected(3.0) == [TextOfferedAgain("One.", "connection lost")]
    assert texts(flow.outgoing()) == ["tts:clear", "One."]


def test_what_is_written_while_detached_leaves_after_the_reconnect(flow: TokenFlow) -> None:
    flow.lost(1.0)
    flow.write("One.", 1.1)
    flow.clear(1.2)
    flow.write("Two.", 1.3)
    assert flow.outgoing() == []
    flow.connected(3.0)
    assert texts(flow.outgoing()) == ["tts:clear", "Two."]


def test_a_barge_in_that_is_learned_after_the_reconnect_drops_text_that_was_in_flight(
    flow: TokenFlow,
) -> None:
    flow.write("One.", 1.0)
    flow.outgoing()
    flow.lost(1.1)
    flow.connected(3.0)
    assert flow.interrupt(3.1) == [TextDiscarded("One.", "barge-in")]
    assert flow.outgoing() == [CLEAR]


# --- the account, and snapshots -------------------------------------------------------------------------------


def test_the_account_tells_what_was_accepted_and_discarded(flow: TokenFlow) -> None:
    flow.begin()
    flow.write("One. ", 1.0)
    accept(flow)
    flow.write("Two.", 1.0)
    flow.clear(1.0)
    assert (flow.accepted, flow.discarded) == (["One. "], ["Two."])


def states() -> list[TokenFlow]:
    """A flow in each state, with something in every corner of it."""
    flows = []
    for number in range(5):
        flow = TokenFlow(stream_open=True)
        flow.write("One. ", 0.0, ticket=1)
        flow.flush(0.0)
        flow.write("Two", 0.0)
        if number > 0:
            flow.outgoing()
        if number == 2:
            flow.result(1, "failed", "full", 0.1)
        if number == 3:
            flow.lost(0.1)
            flow.clear(0.2)
            flow.write("Three", 0.2)
        if number == 4:
            flow.result(1, "ok", None, 0.1)
            flow.outgoing()
        flows.append(flow)
    return flows


@pytest.mark.parametrize("flow", states())
def test_a_flow_goes_on_from_its_snapshot(flow: TokenFlow) -> None:
    saved: dict[str, Any] = json.loads(json.dumps(flow.snapshot()))
    other = TokenFlow.restore(saved)
    assert other.snapshot() == flow.snapshot()
    for now in (0.5, 1.5, 6.0, 7.5):
        assert flow.tick(now) == other.tick(now)
        assert flow.connected(now) == other.connected(now)
        assert accept(flow, now) == accept(other, now)
    assert other.snapshot() == flow.snapshot()
    assert flow.queued == flow.in_flight == ""


def test_a_restored_flow_starts_its_timers_on_the_new_clock(flow: TokenFlow) -> None:
    flow.write("One.", 1_000_000.0)
    flow.outgoing()
    other = TokenFlow.restore(flow.snapshot())
    other.connected(5.0)
    assert other.state is FlowState.UNSURE
    assert other.deadline == 6.0


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"runs": []}, {"state": "elsewhere"}, {"out": ["flush"]}, {"now": "yesterday"}],
)
def test_what_is_no_snapshot_is_refused(flow: TokenFlow, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidSnapshot):
        TokenFlow.restore(flow.snapshot() | change)


def test_nothing_at_all_is_no_snapshot() -> None:
    with pytest.raises(InvalidSnapshot):
        TokenFlow.restore({})


def test_a_pause_begins_and_ends_as_the_server_has_it() -> None:
    flow = TokenFlow(stream_open=True)
    ends: list[Callable[[], object]] = [
        lambda: flow.streaming_event("stream_resumed", {}, 1.0),
        lambda: flow.streaming_event("user_interruption", {}, 1.0),
        lambda: flow.streaming_event("stream_closed", {}, 1.0),
        lambda: flow.clear(1.0),
    ]
    for end in ends:
        assert not flow.paused
        flow.streaming_event("stream_paused", {}, 1.0)
        assert flow.paused
        end()
    assert not flow.paused


def test_what_is_accepted_after_a_refusal_ends_a_pause_that_nobody_will_end() -> None:
    flow = TokenFlow(stream_open=True)
    flow.write("Hello. ", 0.0)
    [first] = flow.outgoing()
    assert isinstance(first, TokensMessage)
    flow.result(first.id, "failed", "full", 0.1)
    flow.streaming_event("stream_paused", {}, 0.1)
    flow.tick(5.0)
    second = next(message for message in flow.outgoing() if isinstance(message, TokensMessage))
    assert flow.paused
    flow.result(second.id, "ok", None, 5.1)
    assert not flow.paused


def test_what_is_accepted_in_a_pause_does_not_end_it() -> None:
    flow = TokenFlow(stream_open=True)
    flow.write("Hello. ", 0.0)
    [first] = flow.outgoing()
    assert isinstance(first, TokensMessage)
    flow.streaming_event("stream_paused", {}, 0.1)
    flow.result(first.id, "ok", None, 0.2)
    assert flow.paused
