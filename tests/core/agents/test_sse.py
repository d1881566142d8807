"""Server-sent events: every form of their lines, cut at every byte, and no more memory than is allowed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.agents.sse import ServerEvent, SseReader
from jambonz_core.wire.errors import ModelFailed

STREAM = (
    "\ufeff: hello\r\n"
    "data: {\"text\": \"schön 🥐\"}\r\n\r\n"
    "event: delta\rdata: one\rdata:two\r\r"
    "id: 7\nretry: 10\n\n"
    "data\n\n"
    "event: alone\n\n"
    "data: last"
).encode()  # fmt: skip

EVENTS = [
    ServerEvent('{"text": "schön 🥐"}'),
    ServerEvent("one\ntwo", "delta"),
    ServerEvent(""),
    ServerEvent("last"),
]


def read(*pieces: bytes) -> list[ServerEvent]:
    reader = SseReader()
    events = [event for piece in pieces for event in reader.feed(piece)]
    return events + reader.end()


def test_a_stream_as_a_whole() -> None:
    assert read(STREAM) == EVENTS


@pytest.mark.parametrize("at", range(len(STREAM) + 1))
def test_a_stream_in_two_pieces(at: int) -> None:
    assert read(STREAM[:at], STREAM[at:]) == EVENTS


def test_a_stream_byte_by_byte() -> None:
    assert read(*[STREAM[at : at + 1] for at in range(len(STREAM))]) == EVENTS


@given(data=st.binary(max_size=80), cuts=st.lists(st.integers(0, 80), max_size=6))
def test_any_bytes_read_the_same_however_they_are_cut(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(places)]
    assert read(*pieces) == read(data)


def test_half_a_character_at_the_end_is_replaced() -> None:
    assert read("data: schön 🥐".encode()[:-1]) == [ServerEvent("schön \ufffd")]


def test_nothing_comes_of_nothing() -> None:
    assert read() == []
    assert read(b"", b"") == []


@pytest.mark.parametrize(
    "data", [b"data: " + b"x" * 100, b"data: " + b"x" * 60 + b"\ndata: " + b"x" * 40, b"x" * 101]
)
def test_an_event_without_end_is_refused(data: bytes) -> None:
    with pytest.raises(ModelFailed, match="more than 100 bytes"):
        SseReader(event_bytes=100).feed(data)


def test_comments_and_events_that_are_over_take_no_room() -> None:
    reader = SseReader(event_bytes=30)
    assert (
        reader.feed(b": still here\n" * 50 + b"data: twenty bytes or so\n\n" * 50)
        == [ServerEvent("twenty bytes or so")] * 50
    )
