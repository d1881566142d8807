"""Faults have the place that was asked for, whatever the pieces in which the bytes come."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio._net.parsers import frame_parser
from jambonz_anyio.testing import FAULT_KINDS, Fault, random_faults
from jambonz_anyio.testing.faults import End, FaultyStream, Forward, Wait

HEAD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
PONG = b"\x8a\x01x"
FRAMES = [b"\x81\x02hi", PONG, b"\x81\x7e\x01\x00" + b"y" * 256, b"\x82\x83mask123", b"\x81\x00"]
STREAM = HEAD + b"".join(FRAMES)


def cut_up(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces: list[bytes] = []
    at = 0
    while at < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    return pieces


def run(stream: FaultyStream, pieces: list[bytes]) -> tuple[bytes, Fault | None]:
    """What comes out, and what has ended it."""
    out = b""
    for piece in pieces:
        for step in stream.feed(piece):
            if isinstance(step, Forward):
                out += step.data
            elif isinstance(step, End):
                return out, step.fault
    return out, None


sizes = st.lists(st.integers(1, 40), min_size=1, max_size=5)


@given(sizes, st.integers(0, len(FRAMES)), st.integers(0, 400))
def test_a_cut_comes_behind_so_many_bytes_of_its_frame(sizes: list[int], frame: int, byte: int) -> None:
    fault = Fault("cut", frame=frame, byte=byte)
    parts = [HEAD, *FRAMES]
    before = sum(map(len, parts[:frame]))
    expected = STREAM[: before + min(byte, len(parts[frame]))]
    out, end = run(FaultyStream([fault]), cut_up(STREAM, sizes))
    assert out == expected
    assert end == fault


@given(sizes, st.integers(0, len(FRAMES)), st.integers(0, 300))
def test_corruption_flips_one_bit(sizes: list[int], frame: int, byte: int) -> None:
    out, end = run(FaultyStream([Fault("corrupt", frame=frame, byte=byte)]), cut_up(STREAM, sizes))
    assert end is None
    assert len(out) == len(STREAM)
    changed = [place for place, (ours, sent) in enumerate(zip(out, STREAM, strict=True)) if ours != sent]
    place = sum(map(len, [HEAD, *FRAMES][:frame])) + min(byte, len([HEAD, *FRAMES][frame]))
    assert changed == ([place] if place < len(STREAM) else [])
    bit = 0x40 if (frame and byte == 0) or byte >= len([HEAD, *FRAMES][frame]) else 0x80
    assert all(out[place] == STREAM[place] ^ bit for place in changed)


@given(sizes, st.integers(0, 4), st.integers(0, 9))
def test_only_whole_pongs_are_lost(sizes: list[int], frame: int, byte: int) -> None:
    stream = STREAM + PONG * 2 + FRAMES[0]
    out, _ = run(FaultyStream([Fault("lost-pongs", frame=frame, byte=byte)]), cut_up(stream, sizes))
    kept = frame > 2 or (frame == 2 and byte > 0)
    assert out == HEAD + FRAMES[0] + (PONG if kept else b"") + b"".join(FRAMES[2:]) + FRAMES[0]


@given(sizes, st.sampled_from(FAULT_KINDS[:5]), st.integers(1, 100))
def test_what_only_costs_time_changes_nothing(sizes: list[int], kind: Any, size: int) -> None:
    stream = FaultyStream([Fault(kind, frame=0, size=size, seconds=0.5)])
    assert run(stream, cut_up(STREAM, sizes)) == (STREAM, None)


def test_the_measures_of_what_costs_time() -> None:
    def steps(fault: Fault) -> list[Any]:
        stream = FaultyStream([fault])
        stream.feed(HEAD)
        return stream.feed(b"\x81\x06abcdef")

    assert steps(Fault("stall", frame=1, byte=2, seconds=3)) == [
        Forward(b"\x81\x06"),
        Wait(3),
        Forward(b"abcdef"),
    ]
    assert steps(Fault("delay", frame=0, seconds=2)) == [Wait(2), Forward(b"\x81\x06abcdef")]
    split = steps(Fault("split", frame=1, byte=0, size=3))
    assert [step.data for step in split if isinstance(step, Forward)] == [b"\x81\x06a", b"bcd", b"ef"]
    throttled = steps(Fault("throttle", frame=0, size=100))
    assert sum(step.seconds for step in throttled if isinstance(step, Wait)) == pytest.approx(0.08)
    stream = FaultyStream([Fault("coalesce", frame=0, seconds=0.2)])
    stream.feed(HEAD)
    assert stream.collect_seconds == 0.2


def test_a_corrupted_text_is_noticed_by_every_parser() -> None:
    for name in ("wsproto", "websockets"):
        for byte in range(14):
            parser = frame_parser(name)(client=True, message_bytes=1000)
            stream = FaultyStream([Fault("corrupt", frame=1, byte=byte)])
            stream.feed(HEAD)
            out, _ = run(stream, [b"\x81\x0cHello world.", b"\x81\x0cHello again."])
            events = parser.feed(out)
            texts = [event for event in events if isinstance(event, (str, bytes))]
            assert set(texts) <= {"Hello again."}, (name, byte, events)


def test_a_connection_that_is_no_websocket_is_all_head() -> None:
    stream = FaultyStream([Fault("cut", frame=1)])
    assert run(stream, [b"HTTP/1.1 200 OK\r\n\r\n", b"\x81\x02hi" * 5]) == (
        b"HTTP/1.1 200 OK\r\n\r\n" + b"\x81\x02hi" * 5,
        None,
    )


def test_random_faults_depend_on_seed_target_and_connection_alone() -> None:
    plan, same, other = random_faults(1), random_faults(1), random_faults(2)
    targets = [(f"/call/{number}", earlier) for number in range(300) for earlier in range(2)]
    faults = [plan(*target) for target in targets]
    assert faults == [same(*target) for target in targets]
    assert faults != [other(*target) for target in targets]
    assert faults[0::2] != faults[1::2]
    counts = Counter(fault.kind for one in faults for fault in one)
    assert set(counts) == set(FAULT_KINDS)
    assert 0.5 < sum(map(bool, faults)) / len(faults) < 0.7
    only = random_faults(1, kinds={"reset"}, chance=1, most=1)
    assert [fault.kind for target in targets for fault in only(*target)] == ["reset"] * len(targets)


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="no fault is called 'break'"):
        Fault("break")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="direction"):
        Fault("cut", "up")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="below zero"):
        Fault("cut", byte=-1)
    with pytest.raises(ValueError, match="at least one kind"):
        random_faults(1, kinds=())
    assert str(Fault("cut", "to_server", frame=0)) == "cut in the HTTP head, byte 0, to the server"
