"""The server's text buffer: when text leaves it, when it refuses, and what it says."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.simulator import processes
from jambonz_core.simulator.vendors import token_buffer
from jambonz_core.simulator.vendors.token_buffer import (
    BufferEvent,
    Result,
    Streaming,
    TokenBuffer,
    ToVendor,
    Unheard,
    VendorClear,
    VendorFlush,
    VendorState,
    code_units,
    sentence_end,
    streams,
    word_end,
)

PAUSED, RESUMED, OPEN, CLOSED = (
    Streaming(f"stream_{what}") for what in ("paused", "resumed", "open", "closed")
)


def opened(**settings: Any) -> TokenBuffer:
    buffer = TokenBuffer(**settings)
    buffer.open(0.0)
    return buffer


def ok(id: int) -> Result:
    return Result({"id": id, "status": "ok"})


def refused(id: int, reason: str = "full") -> Result:
    return Result({"id": id, "status": "failed", "reason": reason})


def tokens(id: int, text: str) -> dict[str, Any]:
    return {"id": id, "tokens": text}


def spoken(events: list[BufferEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ToVendor))


@pytest.mark.parametrize("module", [processes, token_buffer])
def test_the_examples_in_the_docstrings(module: Any) -> None:
    failures, attempted = doctest.testmod(module)
    assert (failures, attempted > 0) == (0, True)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("Hello there.", 12),
        ("Hello there. How", 12),
        ("One! Two? Three", 9),
        ("", -1),
        ("no end", -1),
        ("3.14 is", -1),
        ("it is 3. ", -1),
        ("e.g.x", -1),
        (" . ", -1),
        ("مرحبا؟ نعم", 6),
        ("你好。再见", 3),
        ("a\n\nb", 3),
        ("room 5\n\nb", 8),
        ("\n\nb", -1),
        ("end.\ufeffnext", 4),
        ("end.\x1cnext", -1),
    ],
)
def test_where_a_sentence_ends(text: str, end: int) -> None:
    assert sentence_end(text) == end


@pytest.mark.parametrize(("text", "end"), [("a b c", 3), ("ab", -1), (" How", 0), ("a b ", 3)])
def test_where_a_word_surely_ends(text: str, end: int) -> None:
    assert word_end(text) == end


def test_length_is_counted_in_utf_16_code_units() -> None:
    assert code_units("a😀é") == 4
    buffer = opened()
    assert buffer.offer(tokens(1, "😀" * 501), 0.0) == [PAUSED, refused(1)]
    assert buffer.offer(tokens(2, "😀" * 500), 0.0) == [ok(2)]


def test_only_some_vendors_stream() -> None:
    assert streams("deepgram")
    assert streams("custom:mine")
    assert not streams("polly")


def test_a_sentence_leaves_at_once_and_the_rest_waits_for_a_second_of_silence() -> None:
    buffer = opened()
    assert buffer.offer(tokens(1, "Hello there. How are"), 0.0) == [ToVendor("Hello there."), ok(1)]
    assert buffer.deadline == 1.0
    assert buffer.offer(tokens(2, " you to"), 0.6) == [ok(2)]
    assert buffer.tick(1.0) == []  # text came 0.4 s ago: the timer starts over
    assert buffer.deadline == 2.0
    assert buffer.tick(2.0) == [ToVendor(" How are you")]
    assert buffer.held == " to"
    assert buffer.tick(3.0) == []  # an unfinished word waits for a flush, for ever
    assert buffer.flush(3.1) == []
    assert buffer.tick(4.0) == [ToVendor(" to"), VendorFlush()]
    assert buffer.held == ""
    assert buffer.deadline is None


def test_white_space_into_an_empty_buffer_is_accepted_and_thrown_away() -> None:
    buffer = opened()
    assert buffer.offer(tokens(1, " \n\n "), 0.0) == [ok(1)]
    assert buffer.held == ""
    buffer.offer(tokens(2, "word"), 0.0)
    buffer.offer(tokens(3, " "), 0.0)
    assert buffer.held == "word "


def test_a_full_buffer_refuses_whole_messages_and_pauses_once() -> None:
    buffer = opened()
    assert buffer.offer(tokens(1, "word " * 120), 0.0) == [ok(1)]
    assert buffer.offer(tokens(2, "word " * 100), 0.1) == [PAUSED, refused(2)]
    assert buffer.offer(tokens(3, "word " * 100), 0.2) == [refused(3)]
    assert buffer.offer(tokens(4, "word " * 80), 0.3) == [ok(4)]  # a shorter one behind it still fits
    assert buffer.size == 1000
    assert buffer.tick(1.0) == []
    assert buffer.tick(2.0) == [ToVendor(("word " * 200)[:-1]), RESUMED]


def test_draining_by_flush_brings_no_resume() -> None:
    buffer = opened()
    buffer.offer(tokens(1, "a" * 1000), 0.0)
    assert buffer.offer(tokens(2, "b"), 0.0) == [PAUSED, refused(2)]
    buffer.flush(0.1)
    assert buffer.tick(1.0) == [ToVendor("a" * 1000), VendorFlush()]
    assert buffer.full
    assert buffer.offer(tokens(3, "Later. "), 1.5) == [ToVendor("Later."), RESUMED, ok(3)]


def test_a_refusal_while_only_a_scrap_is_held_is_never_resumed() -> None:
    buffer = opened()
    buffer.offer(tokens(1, " How"), 0.0)
    assert buffer.offer(tokens(2, "x" * 999), 0.0) == [PAUSED, refused(2)]
    assert buffer.tick(60.0) == []


def test_clear_ends_a_pause_without_a_word() -> None:
    buffer = opened()
    buffer.offer(tokens(1, "a" * 1000), 0.0)
    buffer.offer(tokens(2, "b"), 0.0)
    assert buffer.clear(0.1) == [VendorClear()]
    assert (buffer.full, buffer.size, buffer.deadline) == (False, 0, None)
    assert buffer.offer(tokens(3, "b"), 0.2) == [ok(3)]


def test_an_interruption_is_announced_and_clears() -> None:
    buffer = opened()
    buffer.offer(tokens(1, "some words"), 0.0)
    assert buffer.interrupt(0.1) == [Streaming("user_interruption"), VendorClear()]
    assert buffer.held == ""
    assert TokenBuffer().interrupt(0.0) == [Streaming("user_interruption")]


def test_flushes() -> None:
    buffer = opened(connect_seconds=0.5)
    assert buffer.state is VendorState.CONNECTING
    assert buffer.flush(0.1) == []
    assert buffer.flush(0.1) == []
    assert buffer.tick(0.5) == [VendorFlush(), OPEN]  # one: consecutive flushes collapse
    assert buffer.flush(0.6) == [VendorFlush()]
    buffer.offer(tokens(1, "one"), 0.6)
    buffer.flush(0.6)
    buffer.flush(0.6)
    assert buffer.offer(tokens(2, "two"), 0.7) == [ToVendor("one"), VendorFlush(), ok(2)]


def test_flush_and_clear_without_a_vendor_are_ignored() -> None:
    buffer = TokenBuffer()
    for command in (buffer.flush, buffer.clear):
        (event,) = command(0.0)
        assert isinstance(event, Unheard)
        assert "not connected" in event.what


def test_text_is_held_until_a_stream_opens_and_goes_out_before_the_announcement() -> None:
    buffer = TokenBuffer()
    assert buffer.offer(tokens(1, "Early bird. "), 0.0) == [ok(1)]
    assert buffer.deadline is None
    assert buffer.open(5.0) == [ToVendor("Early bird."), OPEN]


def test_a_second_stream_on_a_living_connection_is_not_announced() -> None:
    buffer = opened()
    assert buffer.suspend(1.0) == []
    assert buffer.offer(tokens(1, "Held. "), 1.0) == [ok(1)]
    assert buffer.open(2.0) == [ToVendor("Held.")]


def test_closing_drops_the_text_and_says_so() -> None:
    buffer = opened()
    buffer.offer(tokens(1, "held"), 0.0)
    assert buffer.close(0.5) == [CLOSED]
    assert (buffer.held, buffer.deadline, buffer.state) == ("", None, VendorState.NOT_CONNECTED)
    connecting = TokenBuffer(connect_seconds=1.0)
    connecting.open(0.0)
    connecting.open(0.1)
    connecting.close(0.5)
    assert connecting.tick(2.0) == []


def test_a_vendor_that_fails_shows_only_in_later_results() -> None:
    buffer = TokenBuffer(vendor="rimelabs")
    assert buffer.vendor_failed(0.0) == []
    assert buffer.open(0.0) == []
    assert buffer.offer(tokens(1, "x"), 0.0) == [refused(1, "connection to rimelabs failed")]
    buffer.vendor_up = True
    assert buffer.open(1.0) == [OPEN]
    buffer.offer(tokens(2, "x"), 1.0)
    assert buffer.vendor_failed(2.0) == []
    assert buffer.held == ""


def test_odd_messages() -> None:
    buffer = opened()
    (event,) = buffer.offer({"tokens": "x"}, 0.0)
    assert isinstance(event, Unheard)
    assert buffer.offer({"id": 1}, 0.0) == [refused(1, "missing tokens")]
    assert buffer.offer({"id": 1, "tokens": 5}, 0.0) == [refused(1, "missing tokens")]


def test_with_a_slow_vendor_a_refusal_overtakes_an_acceptance() -> None:
    buffer = opened(push_seconds=0.5)
    assert buffer.offer(tokens(1, "A sentence. "), 0.0) == [ToVendor("A sentence.")]
    buffer.offer(tokens(2, "z" * 990), 0.1)
    assert buffer.offer(tokens(3, "z" * 20), 0.2) == [PAUSED, refused(3)]
    assert buffer.tick(0.5) == [ok(1)]


def test_a_slow_vendor_takes_chunks_one_after_the_other() -> None:
    buffer = opened(push_seconds=0.5)
    buffer.offer(tokens(1, "One. "), 0.0)
    buffer.offer(tokens(2, "Two. "), 0.1)
    assert buffer.tick(0.5) == [ok(1)]
    assert buffer.tick(0.9) == []
    assert buffer.tick(1.0) == [ok(2)]


def test_a_clear_while_the_vendor_is_busy_leaves_no_trace() -> None:
    buffer = opened(push_seconds=0.5)
    buffer.offer(tokens(1, "One. Two"), 0.0)
    assert buffer.clear(0.1) == [VendorClear()]
    assert buffer.tick(0.5) == [ok(1)]
    assert buffer.tick(5.0) == []


def test_text_of_the_servers_own_say() -> None:
    buffer = opened()
    assert buffer.put("Short. ").value is None
    assert buffer.put("x" * 1001).value == "full"


@given(st.lists(st.text(alphabet="ab .!?。\n3", max_size=12), max_size=12), st.sampled_from([0.0, 0.3]))
def test_accepted_text_comes_out_once_and_in_order(texts: list[str], push_seconds: float) -> None:
    buffer = opened(push_seconds=push_seconds)
    accepted = ""
    events: list[BufferEvent] = []
    for position, text in enumerate(texts):
        now = position * 0.4
        events += buffer.tick(now)
        if buffer.size or not token_buffer.is_blank(text):
            accepted += text
        events += buffer.offer(tokens(position, text), now)
    end = len(texts) * 0.4
    events += buffer.flush(end) + buffer.tick(end + 5.0)
    assert spoken(events) + buffer.held == accepted
    results = [event.data["id"] for event in events if isinstance(event, Result)]
    assert sorted(results) == list(range(len(texts)))
