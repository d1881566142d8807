"""The account of speeches: who wrote what, and what became of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jambonz_core.speech import (
    ClearMessage,
    DeliveryDone,
    FlowLimits,
    FlushMessage,
    Outcome,
    SpeechCut,
    SpeechDelivered,
    SpeechEvent,
    SpeechOpened,
    SpeechReportDropped,
    SpeechSettled,
    SpeechSpoken,
    SpeechStreamMissing,
    SpeechTracker,
    SpeechVendorFailed,
    TextAccepted,
    TextDiscarded,
    TextOfferedAgain,
    TokensMessage,
)
from jambonz_core.wire.errors import InvalidSnapshot, LocalProtocolError, SpeechFailed, SpeechInterrupted


@pytest.fixture
def tracker() -> SpeechTracker:
    """A tracker whose stream is open."""
    tracker = SpeechTracker()
    tracker.stream_opened()
    assert tracker.streaming_event("stream_open", {}, 0.0) == []
    return tracker


def accept(tracker: SpeechTracker, now: float = 0.0) -> list[SpeechEvent]:
    """Let everything that waits be sent and accepted."""
    events: list[SpeechEvent] = []
    while messages := tracker.outgoing():
        for message in messages:
            if isinstance(message, TokensMessage):
                events += tracker.tokens_result(message.id, "ok", None, now)
    return events


def say(tracker: SpeechTracker, text: str) -> None:
    """A whole speech, accepted and live."""
    tracker.open(0.0)
    tracker.write(text, 0.0)
    accept(tracker)
    tracker.close(0.0)
    accept(tracker)


def in_flight_id(tracker: SpeechTracker) -> int:
    (message,) = (message for message in tracker.outgoing() if isinstance(message, TokensMessage))
    return message.id


# --- opening and closing --------------------------------------------------------------------------------------


def test_a_speech_is_delivered_when_it_is_closed_and_accepted(tracker: SpeechTracker) -> None:
    assert tracker.open(0.0) == [SpeechOpened(1)]
    assert tracker.open_speech == 1
    tracker.write("One.", 0.0, speech=1)
    assert tracker.close(0.0, speech=1) == []
    assert accept(tracker) == [TextAccepted("One.", 1), SpeechDelivered(1)]
    assert (tracker.open_speech, tracker.live_speeches) == (0, [1])


def test_closing_an_accepted_speech_delivers_it_at_once_and_flushes(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One.", 0.0)
    accept(tracker)
    assert tracker.close(0.0) == [SpeechDelivered(1)]
    assert tracker.outgoing() == [FlushMessage()]


def test_an_empty_speech_is_settled_as_soon_as_it_is_closed_and_sends_nothing(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    assert tracker.close(0.0) == [SpeechDelivered(1), SpeechSettled(1, Outcome.ACCEPTED, "", "")]
    assert tracker.outgoing() == []


def test_there_is_one_open_speech(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    with pytest.raises(LocalProtocolError, match="speech 1 is still open"):
        tracker.open(0.0)


def test_closing_what_is_not_open_does_nothing(tracker: SpeechTracker) -> None:
    assert tracker.close(0.0) == []
    tracker.open(0.0)
    assert tracker.close(0.0, speech=7) == []
    assert tracker.open_speech == 1


def test_a_closed_speech_takes_no_more_text(tracker: SpeechTracker) -> None:
    say(tracker, "One.")
    with pytest.raises(LocalProtocolError, match="closed"):
        tracker.write("Two.", 0.0, speech=1)
    tracker.open(0.0)
    with pytest.raises(SpeechInterrupted, match="speech 1 is over"):
        tracker.write("Two.", 0.0, speech=1)


def test_text_of_two_speeches_is_told_apart(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One.", 0.0)
    tracker.close(0.0)
    tracker.open(0.0)
    tracker.write("Two.", 0.0)
    tracker.close(0.0)
    assert accept(tracker) == [
        TextAccepted("One.", 1),
        SpeechDelivered(1),
        SpeechSettled(1, Outcome.ACCEPTED, "One.", ""),
        TextAccepted("Two.", 2),
        SpeechDelivered(2),
    ]


def test_the_next_speech_settles_the_last(tracker: SpeechTracker) -> None:
    say(tracker, "One.")
    assert tracker.open(0.0) == [SpeechSettled(1, Outcome.ACCEPTED, "One.", ""), SpeechOpened(2)]


def test_the_end_of_the_call_settles_everything(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One. ", 0.0)
    accept(tracker)
    tracker.write("Two.", 0.0)
    tracker.outgoing()
    assert tracker.call_over(0.0) == [
        TextDiscarded("Two.", "call over", 1),
        SpeechSettled(1, Outcome.CUT, "One. ", "Two."),
    ]
    assert tracker.outgoing() == []


def test_a_flush_needs_the_open_speech(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One", 0.0)
    assert tracker.flush(0.0, speech=1) == []
    assert accept(tracker) == [TextAccepted("One", 1)]
    tracker.close(0.0)
    with pytest.raises(LocalProtocolError):
        tracker.flush(0.0, speech=1)
    with pytest.raises(LocalProtocolError):
        tracker.clear(0.0, speech=1)


def test_a_full_window_closes_the_room(tracker: SpeechTracker) -> None:
    tracker.write("x" * 4000, 0.0)
    assert not tracker.room


# --- barge-in -------------------------------------------------------------------------------------------------


def test_a_barge_in_cuts_the_open_speech(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One. ", 0.0)
    accept(tracker)
    tracker.write("Two. ", 0.0, ticket=5)
    tracker.outgoing()
    assert tracker.streaming_event("user_interruption", {}, 0.1) == [
        TextDiscarded("Two. ", "barge-in", 1),
        DeliveryDone(5, False),
        SpeechCut(1, "One. ", "Two. ", "barge-in"),
        SpeechSettled(1, Outcome.CUT, "One. ", "Two. "),
    ]
    assert tracker.outgoing() == [ClearMessage()]
    with pytest.raises(SpeechInterrupted, match="speech 1 is interrupted"):
        tracker.write("Three.", 0.1, speech=1)
    assert tracker.close(0.1, speech=1) == []
    assert tracker.flow.queued == ""


def test_a_barge_in_cuts_a_live_speech(tracker: SpeechTracker) -> None:
    say(tracker, "One.")
    assert tracker.interrupt(1.0) == [
        SpeechCut(1, "One.", "", "barge-in"),
        SpeechSettled(1, Outcome.CUT, "One.", ""),
    ]


def test_a_barge_in_before_anything_was_accepted_discards(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One.", 0.0)
    assert tracker.interrupt(0.1)[-1] == SpeechSettled(1, Outcome.DISCARDED, "", "One.")


def test_an_open_speech_that_has_said_nothing_is_interrupted_too(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    assert tracker.interrupt(0.1)[-1] == SpeechSettled(1, Outcome.DISCARDED, "", "")
    with pytest.raises(SpeechInterrupted):
        tracker.write("Late.", 0.1, speech=1)


def test_what_was_cut_is_kept_for_the_hook_and_given_once(tracker: SpeechTracker) -> None:
    assert tracker.claim_cut() is None
    say(tracker, "One.")
    tracker.interrupt(1.0)
    assert tracker.claim_cut() == SpeechCut(1, "One.", "", "barge-in")
    assert tracker.claim_cut() is None


def test_the_cut_of_a_hook_is_of_the_speech_that_was_heard(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One. ", 0.0)
    accept(tracker)
    tracker.write("One and a half.", 0.0)
    tracker.close(0.0)
    tracker.open(0.0)
    tracker.write("Two.", 0.0)
    tracker.interrupt(0.1)
    assert tracker.claim_cut() == SpeechCut(1, "One. ", "One and a half.", "barge-in")


def test_a_barge_in_without_any_speech_cuts_nothing(tracker: SpeechTracker) -> None:
    assert tracker.interrupt(0.1) == []
    assert tracker.claim_cut() is None


def test_after_a_barge_in_the_next_speech_speaks(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.interrupt(0.1)
    assert tracker.open(0.2) == [SpeechOpened(2)]
    tracker.write("Two.", 0.2, speech=2)
    assert accept(tracker) == [TextAccepted("Two.", 2)]


def test_discarded_text_is_shared_out_among_its_speeches(tracker: SpeechTracker) -> None:
    say(tracker, "Zero.")
    tracker.open(0.0)
    tracker.write("One\U0001f600.", 0.0)
    tracker.close(0.0)
    tracker.open(0.0)
    tracker.close(0.0)
    tracker.open(0.0)
    tracker.write("Three.", 0.0)
    assert tracker.interrupt(0.1)[:2] == [
        TextDiscarded("One\U0001f600.", "barge-in", 2),
        TextDiscarded("Three.", "barge-in", 4),
    ]


def test_how_a_speech_ended_is_forgotten_after_a_while(tracker: SpeechTracker) -> None:
    for _ in range(20):
        tracker.open(0.0)
        tracker.interrupt(0.0)
    with pytest.raises(SpeechInterrupted, match="speech 1 is over"):
        tracker.write("x", 0.0, speech=1)
    with pytest.raises(SpeechInterrupted, match="speech 20 is interrupted"):
        tracker.write("x", 0.0, speech=20)


# --- clear ----------------------------------------------------------------------------------------------------


def test_a_clear_cuts_but_the_open_speech_goes_on(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One. ", 0.0)
    accept(tracker)
    tracker.write("Two.", 0.0)
    assert tracker.clear(0.0, speech=1) == [
        TextDiscarded("Two.", "cleared", 1),
        SpeechCut(1, "One. ", "Two.", "cleared"),
    ]
    tracker.write("Three.", 0.0, speech=1)
    assert accept(tracker) == [TextAccepted("Three.", 1)]
    tracker.close(0.0)
    assert tracker.call_over(0.0) == [SpeechSettled(1, Outcome.CUT, "One. Three.", "Two.")]
    assert tracker.claim_cut() is None


def test_a_clear_settles_a_live_speech(tracker: SpeechTracker) -> None:
    say(tracker, "One.")
    assert tracker.clear(0.0) == [
        SpeechCut(1, "One.", "", "cleared"),
        SpeechSettled(1, Outcome.CUT, "One.", ""),
    ]


def test_a_clear_of_nothing_cuts_nothing(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    assert tracker.clear(0.0) == []
    tracker.write("One.", 0.0)
    accept(tracker)
    tracker.close(0.0)
    assert tracker.call_over(0.0) == [SpeechSettled(1, Outcome.ACCEPTED, "One.", "")]


# --- text without a speech ------------------------------------------------------------------------------------


def test_text_may_be_written_without_opening_anything(tracker: SpeechTracker) -> None:
    assert tracker.write("One", 0.0, ticket=1) == [SpeechOpened(1)]
    assert tracker.write(" two", 0.0) == []
    assert accept(tracker) == [TextAccepted("One two", 1), DeliveryDone(1, True)]
    assert tracker.flush(0.0) == [SpeechDelivered(1)]
    assert tracker.write("Three", 0.0) == [SpeechSettled(1, Outcome.ACCEPTED, "One two", ""), SpeechOpened(2)]


def test_such_text_is_never_refused_because_of_a_barge_in(tracker: SpeechTracker) -> None:
    tracker.write("One", 0.0)
    tracker.interrupt(0.1)
    assert tracker.write("Two", 0.2) == [SpeechOpened(2)]


def test_a_speech_that_opens_ends_such_text(tracker: SpeechTracker) -> None:
    tracker.write("One", 0.0)
    assert tracker.open(0.0) == [SpeechOpened(2)]
    assert accept(tracker) == [
        TextAccepted("One", 1),
        SpeechDelivered(1),
        SpeechSettled(1, Outcome.ACCEPTED, "One", ""),
    ]


def test_text_without_a_stream_opens_nothing() -> None:
    tracker = SpeechTracker()
    with pytest.raises(SpeechFailed):
        tracker.write("One", 0.0)
    assert tracker.open_speech == 0


# --- failures and drops ---------------------------------------------------------------------------------------


def test_a_vendor_failure_ends_the_speech(tracker: SpeechTracker) -> None:
    say(tracker, "Zero.")
    tracker.open(0.0)
    tracker.write("One. ", 0.0)
    accept(tracker)
    tracker.write("Two.", 0.0)
    assert tracker.tokens_result(in_flight_id(tracker), "failed", "connection to deepgram failed", 0.1) == [
        SpeechVendorFailed("connection to deepgram failed", 2),
        TextDiscarded("Two.", "vendor failed", 2),
        SpeechSettled(2, Outcome.CUT, "One. ", "Two."),
    ]
    with pytest.raises(SpeechFailed, match="speech 2 failed: connection to deepgram failed"):
        tracker.write("Three.", 0.1, speech=2)


def test_a_failure_leaves_a_speech_that_was_delivered_as_it_was(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One.", 0.0)
    tracker.close(0.0)
    tracker.open(0.0)
    accept(tracker)
    say_nothing = tracker.live_speeches
    assert say_nothing == [2]
    tracker.write("Two.", 0.0)
    events = tracker.tokens_result(in_flight_id(tracker), "failed", "x", 0.1)
    assert events[-1] == SpeechSettled(2, Outcome.DISCARDED, "", "Two.")


def test_a_session_without_a_buffer_ends_the_speech(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One.", 0.0)
    tracker.tokens_result(in_flight_id(tracker), None, None, 0.0)
    assert tracker.deadline == 0.25
    tracker.tick(0.25)
    missing, discarded, settled = tracker.tokens_result(in_flight_id(tracker), None, None, 0.3)
    assert isinstance(missing, SpeechStreamMissing)
    assert missing.speech == 1
    assert discarded == TextDiscarded("One.", "stream missing", 1)
    assert settled == SpeechSettled(1, Outcome.DISCARDED, "", "One.")


def test_a_stream_that_the_verbs_close_discards_but_leaves_the_speech_to_be_closed(
    tracker: SpeechTracker,
) -> None:
    tracker.open(0.0)
    tracker.write("One.", 0.0)
    assert tracker.stream_closed() == [TextDiscarded("One.", "stream closed", 1)]
    with pytest.raises(SpeechFailed):
        tracker.write("Two.", 0.0, speech=1)
    assert tracker.close(0.0) == [SpeechSettled(1, Outcome.DISCARDED, "", "One.")]


def test_text_offered_again_names_its_speech(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One.", 0.0)
    tracker.outgoing()
    tracker.lost(0.1)
    tracker.connected(1.0)
    assert tracker.tick(2.0) == [TextOfferedAgain("One.", "connection lost", 1)]


# --- what was spoken ------------------------------------------------------------------------------------------


def spoken(text: Any, *, bargein: Any = False) -> tuple[str, dict[str, Any], float]:
    return "tts_spoken", {"text": text, "bargein": bargein}, 1.0


def test_a_report_settles_a_speech_and_is_exact(tracker: SpeechTracker) -> None:
    say(tracker, "One. Two.")
    assert tracker.streaming_event(*spoken("One.  Two.")) == [
        SpeechSettled(1, Outcome.ACCEPTED, "One. Two.", "", "One.  Two.")
    ]


def test_reports_come_in_parts(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One. Two. Three.", 0.0)
    accept(tracker)
    assert tracker.streaming_event(*spoken("One. ")) == []
    tracker.close(0.0)
    assert tracker.streaming_event(*spoken("Two. ")) == []
    assert tracker.streaming_event(*spoken("Three.")) == [
        SpeechSettled(1, Outcome.ACCEPTED, "One. Two. Three.", "", "One. Two. Three.")
    ]


def test_a_report_before_the_close_can_be_the_last(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One.", 0.0)
    accept(tracker)
    tracker.streaming_event(*spoken("One."))
    assert tracker.close(0.0) == [
        SpeechDelivered(1),
        SpeechSettled(1, Outcome.ACCEPTED, "One.", "", "One."),
    ]


def test_a_report_in_other_words_is_the_whole(tracker: SpeechTracker) -> None:
    say(tracker, "It is 5 €.")
    assert tracker.streaming_event(*spoken("It is five euros.")) == [
        SpeechSettled(1, Outcome.ACCEPTED, "It is 5 €.", "", "It is five euros.")
    ]


def test_a_report_of_a_barge_in_cuts(tracker: SpeechTracker) -> None:
    say(tracker, "One. Two.")
    cut = SpeechCut(1, "One. Two.", "", "barge-in", "One.")
    assert tracker.streaming_event(*spoken("One.", bargein=True)) == [
        cut,
        SpeechSettled(1, Outcome.CUT, "One. Two.", "", "One."),
    ]
    assert tracker.interrupt(1.0) == []
    assert tracker.claim_cut() == cut


def test_a_report_of_an_open_speech_is_in_the_cut(tracker: SpeechTracker) -> None:
    tracker.open(0.0)
    tracker.write("One. Two.", 0.0)
    accept(tracker)
    assert tracker.streaming_event(*spoken("One.", bargein=True)) == []
    assert tracker.interrupt(1.0)[0] == SpeechCut(1, "One. Two.", "", "barge-in", "One.")


def test_a_report_behind_the_barge_in_still_reaches_the_hook(tracker: SpeechTracker) -> None:
    say(tracker, "One. Two.")
    tracker.interrupt(1.0)
    assert tracker.streaming_event(*spoken("One.", bargein=True)) == [SpeechSpoken(1, "One.", True)]
    cut = tracker.claim_cut()
    assert cut is not None
    assert cut.spoken == "One."


def test_a_late_report_is_told_even_when_the_cut_was_claimed(tracker: SpeechTracker) -> None:
    say(tracker, "One. Two.")
    tracker.interrupt(1.0)
    tracker.claim_cut()
    assert tracker.streaming_event(*spoken("One.", bargein=True)) == [SpeechSpoken(1, "One.", True)]


def test_a_late_report_of_another_speech_leaves_the_cut_alone(tracker: SpeechTracker) -> None:
    say(tracker, "One.")
    tracker.interrupt(1.0)
    tracker.open(1.0)
    tracker.call_over(1.0)
    assert tracker.streaming_event(*spoken("Two.")) == [SpeechSpoken(2, "Two.", False)]
    cut = tracker.claim_cut()
    assert cut is not None
    assert cut.spoken is None


def test_a_report_without_any_speech_is_nothing(tracker: SpeechTracker) -> None:
    assert tracker.streaming_event(*spoken("One.")) == []


def test_a_report_without_a_text_says_that_nothing_was_heard(tracker: SpeechTracker) -> None:
    say(tracker, "One.")
    assert tracker.streaming_event("tts_spoken", {"bargein": True}, 1.0)[-1] == SpeechSettled(
        1, Outcome.CUT, "One.", "", ""
    )


def test_a_report_that_is_too_long_is_not_kept_and_nobody_knows_what_was_heard() -> None:
    tracker = SpeechTracker(FlowLimits(spoken_units=20), stream_open=True)
    tracker.open(0.0)
    tracker.write("One. Two.", 0.0)
    accept(tracker)
    assert tracker.streaming_event(*spoken("One. ")) == []
    assert tracker.streaming_event(*spoken("x" * 20)) == [SpeechReportDropped(1)]
    assert tracker.streaming_event(*spoken("x" * 20)) == []
    tracker.close(0.0)
    accept(tracker)
    assert tracker.live_speeches == [1]
    assert tracker.streaming_event(*spoken("Two.")) == []
    assert tracker.streaming_event(*spoken("Two.", bargein=True)) == [
        SpeechCut(1, "One. Two.", "", "barge-in", None),
        SpeechSettled(1, Outcome.CUT, "One. Two.", "", None),
    ]


def test_a_report_that_is_too_long_for_a_speech_that_is_settled() -> None:
    tracker = SpeechTracker(FlowLimits(spoken_units=20), stream_open=True)
    say(tracker, "One. Two.")
    tracker.interrupt(1.0)
    assert tracker.streaming_event(*spoken("x" * 30, bargein=True)) == [SpeechReportDropped(1)]
    assert tracker.streaming_event(*spoken("One.", bargein=True)) == []
    cut = tracker.claim_cut()
    assert cut is not None
    assert cut.spoken is None


# --- snapshots ------------------------------------------------------------------------------------------------


def test_a_desk_goes_on_from_its_snapshot(tracker: SpeechTracker) -> None:
    say(tracker, "Zero.")
    tracker.interrupt(0.0)
    tracker.open(0.0)
    tracker.write("One. ", 0.0, speech=2)
    accept(tracker)
    tracker.write("Two.", 0.0, speech=2)
    other = SpeechTracker.restore(json.loads(json.dumps(tracker.snapshot())))
    assert other.snapshot() == tracker.snapshot()
    assert accept(other) == accept(tracker) == [TextAccepted("Two.", 2)]
    assert other.claim_cut() == tracker.claim_cut() == SpeechCut(1, "Zero.", "", "barge-in")
    with pytest.raises(SpeechInterrupted):
        other.write("x", 0.0, speech=1)
    assert other.interrupt(1.0) == tracker.interrupt(1.0)


@pytest.mark.parametrize("state", [{}, {"version": 2}, None, []])
def test_what_is_no_snapshot_is_refused(state: Any) -> None:
    with pytest.raises(InvalidSnapshot):
        SpeechTracker.restore(state)


def test_a_pause_of_the_server_is_told(tracker: SpeechTracker) -> None:
    assert not tracker.paused
    tracker.streaming_event("stream_paused", {}, 0.0)
    assert tracker.paused
