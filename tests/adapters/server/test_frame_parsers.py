"""Both frame parsers, against each other and against frames put together by hand, whole and in pieces."""

from __future__ import annotations

import gc
import importlib
import sys
import time
import tracemalloc
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio._net.frames import CloseFrame, Fault, FrameEvent, FrameParser, Ping, Pong
from jambonz_anyio._net.parsers import frame_parser
from jambonz_core.wire.errors import LocalProtocolError

PARSERS = ("wsproto", "websockets")
LIMIT = 2000


def make(name: str, *, client: bool = False, limit: int = LIMIT) -> FrameParser:
    return frame_parser(name)(client=client, message_bytes=limit)


def raw_frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, rsv: int = 0
) -> bytes:
    """A frame by hand, as a client sends it."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    mask_bit = 0x80 if masked else 0
    size = len(payload)
    if size < 126:
        head = bytes([first, mask_bit | size])
    elif size < 65536:
        head = bytes([first, mask_bit | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([first, mask_bit | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + payload
    key = b"\x11\x22\x33\x44"
    return head + key + bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))


def fed(parser: FrameParser, chunks: Iterable[bytes]) -> list[FrameEvent]:
    """What a transport gets: it tries the shortest ways with each read first."""
    events: list[FrameEvent] = []
    for chunk in chunks:
        if (message := parser.whole(chunk)) is not None:
            events.append(message)
        elif (payload := parser.whole_pong(chunk)) is not None:
            events.append(Pong(payload))
        else:
            events += parser.feed(chunk)
    return events


def bytewise(data: bytes) -> list[bytes]:
    return [data[index : index + 1] for index in range(len(data))]


def pieces_of(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut at these places, taken modulo the length."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[begin:end] for begin, end in pairwise(places) if end > begin]


# What goes in and what must come out ------------------------------------------------------------------------

texts = st.text(max_size=200)
binaries = st.binary(max_size=400)
controls = st.binary(max_size=125)


@st.composite
def fragmented(draw: st.DrawFn) -> tuple[bytes, list[FrameEvent]]:
    """A message over several frames, with control frames in between."""
    text = draw(st.booleans())
    whole = draw(texts).encode() if text else draw(binaries)
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), min_size=1, max_size=4)))
    places = [0, *cuts, len(whole)]
    wire = b""
    events: list[FrameEvent] = []
    for number, (begin, end) in enumerate(pairwise(places)):
        last = number == len(places) - 2
        opcode = (1 if text else 2) if number == 0 else 0
        wire += raw_frame(opcode, whole[begin:end], fin=last)
        if not last and draw(st.booleans()):
            payload = draw(controls)
            wire += raw_frame(9, payload)
            events.append(Ping(payload))
    events.append(whole.decode() if text else whole)
    return wire, events


single = st.one_of(
    texts.map(lambda text: (raw_frame(1, text.encode()), [text])),
    binaries.map(lambda data: (raw_frame(2, data), [data])),
    binaries.map(lambda data: (raw_frame(2, data), [data])),
    controls.map(lambda data: (raw_frame(9, data), [Ping(data)])),
    controls.map(lambda data: (raw_frame(10, data), [Pong(data)])),
    fragmented(),
)


@pytest.mark.parametrize("name", PARSERS)
@given(messages=st.lists(single, max_size=8), cuts=st.lists(st.integers(0, 10_000), max_size=8))
def test_frames_come_out_as_they_went_in(name: str, messages: list[Any], cuts: list[int]) -> None:
    wire = b"".join(part for part, _ in messages)
    expected = [event for _, events in messages for event in events]
    assert fed(make(name), [wire]) == expected
    assert fed(make(name), pieces_of(wire, cuts)) == expected
    assert fed(make(name), bytewise(wire)) == expected
    assert fed(make(name), [memoryview(wire)]) == expected  # type: ignore[list-item]  # feed() takes both


@pytest.mark.parametrize("name", PARSERS)
@given(
    messages=st.lists(single, max_size=4),
    code=st.sampled_from([1000, 1001, 1011, 1012, 3000, 4999]),
    reason=st.text(max_size=20),
)
def test_nothing_comes_after_a_close(name: str, messages: list[Any], code: int, reason: str) -> None:
    before = b"".join(part for part, _ in messages)
    expected = [event for _, events in messages for event in events]
    close = raw_frame(8, code.to_bytes(2, "big") + reason.encode())
    wire = before + close + raw_frame(1, b"late")
    for chunks in ([wire], bytewise(wire)):
        parser = make(name)
        assert fed(parser, chunks) == [*expected, CloseFrame(code, reason)]
        assert parser.feed(raw_frame(1, b"later")) == []


@pytest.mark.parametrize("name", PARSERS)
def test_a_close_inside_of_a_message_is_a_close(name: str) -> None:
    """A control frame may come between the frames of a message, and nothing is missing then."""
    for body, close in ((b"\x03\xe8bye", CloseFrame(1000, "bye")), (b"", CloseFrame(1005))):
        wire = raw_frame(1, b"begun", fin=False) + raw_frame(8, body) + raw_frame(0, b"late")
        for chunks in ([wire], bytewise(wire)):
            assert fed(make(name), chunks) == [close]


@pytest.mark.parametrize("name", PARSERS)
def test_what_can_be_no_text_any_more_is_refused_before_the_message_is_whole(name: str) -> None:
    """Bytes are cut anywhere, also within a character; only what can become none is a fault."""
    parser = make(name)
    snowman = "\N{SNOWMAN}".encode()
    assert parser.feed(raw_frame(1, b"good" + snowman[:1], fin=False)) == []
    assert parser.feed(raw_frame(0, snowman[1:2], fin=False)) == []
    [fault] = parser.feed(raw_frame(0, b"\xff", fin=False))
    assert isinstance(fault, Fault)
    assert fault.code == 1007


@pytest.mark.untraced
@pytest.mark.parametrize("name", PARSERS)
def test_a_message_in_very_many_pieces_takes_linear_time(name: str) -> None:
    def seconds(pieces: int) -> float:
        wire = raw_frame(1, b"", fin=False) + raw_frame(0, b"", fin=False) * pieces + raw_frame(0, b"end")
        parser = make(name)
        before = time.process_time()
        assert fed(parser, [wire]) == ["end"]
        return time.process_time() - before

    # Ten times as many take ten times as long; were it their square, a hundred times.
    assert seconds(50_000) < 40 * seconds(5_000)


@pytest.mark.parametrize("name", PARSERS)
def test_a_close_without_a_body_is_1005(name: str) -> None:
    assert make(name).feed(raw_frame(8)) == [CloseFrame(1005, "")]


FAULTS = {
    "reserved opcode": (raw_frame(3, b"x"), {1002}),
    "reserved control opcode": (raw_frame(11, b"x"), {1002}),
    "reserved bit": (raw_frame(1, b"x", rsv=4), {1002}),
    "unmasked": (raw_frame(1, b"x", masked=False), {1002}),
    "unmasked audio": (raw_frame(2, b"x" * 320, masked=False), {1002}),
    "two bytes for a short length": (b"\x81\xfe\0\x02\0\0\0\0hi", {1002}),
    "two bytes for no length": (b"\x82\xfe\0\0\0\0\0\0", {1002}),
    "two bytes for 125": (b"\x82\xfe\0\x7d\0\0\0\0" + bytes(125), {1002}),
    "eight bytes for a short length": (b"\x81\xff" + (2).to_bytes(8, "big") + b"\0\0\0\0hi", {1002}),
    "eight bytes for 65535": (b"\x82\xff" + (65535).to_bytes(8, "big") + bytes(4), {1002}),
    "two bytes inside a message": (
        raw_frame(1, b"x", fin=False) + b"\x80\xfe\0\x02\0\0\0\0hi",
        {1002},
    ),
    "fragmented ping": (raw_frame(9, b"x", fin=False), {1002}),
    "long ping": (raw_frame(9, b"x" * 126), {1002}),
    "continuation of nothing": (raw_frame(0, b"x"), {1002}),
    "audio inside a message": (raw_frame(1, b"x", fin=False) + raw_frame(2, b"x"), {1002}),
    "text inside a message": (raw_frame(2, b"", fin=False) + raw_frame(1, b"x"), {1002}),
    "close of one byte": (raw_frame(8, b"x"), {1002}),
    "close with 1005": (raw_frame(8, (1005).to_bytes(2, "big")), {1002}),
    "close with 999": (raw_frame(8, (999).to_bytes(2, "big")), {1002}),
    "close with an odd reason": (raw_frame(8, (1000).to_bytes(2, "big") + b"\xff"), {1007}),
    "text that is none": (raw_frame(1, b"\xff\xfe"), {1007}),
    "text that ends early": (raw_frame(1, "é".encode()[:1]), {1007}),
    "fragments of no text": (raw_frame(1, b"\xc3", fin=False) + raw_frame(0, b"(", fin=True), {1007}),
    "large text": (raw_frame(1, b"x" * (LIMIT + 1)), {1009}),
    "large audio": (raw_frame(2, b"x" * (LIMIT + 1)), {1009}),
    "large in pieces": (raw_frame(2, b"x" * LIMIT, fin=False) + raw_frame(0, b"xx"), {1009}),
    "endless": (bytes([0x82, 0xFF]) + (1 << 40).to_bytes(8, "big") + bytes(4 + LIMIT + 1), {1009}),
    "impossible length": (bytes([0x82, 0xFF]) + (1 << 63).to_bytes(8, "big") + bytes(4), {1002, 1009}),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", PARSERS)
def test_faults_have_the_right_code_and_are_the_last_word(name: str, fault: str) -> None:
    wire, codes = FAULTS[fault]
    good = raw_frame(1, b"good") + raw_frame(2, b"\0" * 320)
    for chunks in ([good + wire], [good, wire], bytewise(good + wire)):
        parser = make(name)
        *events, last = fed(parser, chunks)
        assert events == ["good", b"\0" * 320]
        assert isinstance(last, Fault)
        assert last.code in codes
        assert last.reason
        assert parser.feed(raw_frame(1, b"later")) == []


@pytest.mark.parametrize("name", PARSERS)
def test_the_limit_counts_bytes_and_not_characters(name: str) -> None:
    assert make(name, limit=8).feed(raw_frame(1, "ééé".encode())) == ["ééé"]
    [fault] = make(name, limit=8).feed(raw_frame(1, "ééééé".encode()))
    assert isinstance(fault, Fault)
    assert fault.code == 1009
    assert "message_bytes (8)" in fault.reason


@pytest.mark.untraced
@pytest.mark.parametrize("opcode", [1, 2])
@pytest.mark.parametrize("payload", [b"", b"x"])
@pytest.mark.parametrize("name", PARSERS)
def test_a_message_in_tiny_pieces_takes_no_more_memory_than_its_bytes(
    name: str, payload: bytes, opcode: int
) -> None:
    """Nothing bounds the number of empty pieces, so each of them must cost nothing."""
    parser = make(name, limit=100_000)
    pieces = raw_frame(0, payload, fin=False) * 100
    parser.feed(raw_frame(opcode, payload, fin=False) + pieces)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(200):
            assert parser.feed(pieces) == []
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < 20_000 * len(payload) * 2 + 20_000
    [whole] = parser.feed(raw_frame(0, b"end"))
    assert whole == (payload * 20_101 + b"end" if opcode == 2 else payload.decode() * 20_101 + "end")


@pytest.mark.parametrize("name", PARSERS)
def test_messages_of_every_size_class_arrive(name: str) -> None:
    for size in (0, 1, 125, 126, 127, 1024, 1025, 65535, 65536, 70000):
        for masked_side in (True, False):
            sender = make(name, client=masked_side)
            taker = make(name, client=not masked_side, limit=100_000)
            for message in (b"\1" * size, "a" * size):
                assert taker.feed(sender.message(message)) == [message]


@given(message=st.one_of(binaries, texts), control=controls, reason=st.text(max_size=200))
def test_what_one_parser_writes_the_other_reads(message: str | bytes, control: bytes, reason: str) -> None:
    for writer in PARSERS:
        for reader in PARSERS:
            for client in (True, False):
                wire = make(writer, client=client)
                parser = make(reader, client=not client)
                data = (
                    wire.message(message) + wire.ping(control) + wire.pong(control) + wire.close(1012, reason)
                )
                *events, close = parser.feed(data)
                assert events == [message, Ping(control), Pong(control)]
                assert isinstance(close, CloseFrame)
                assert close.code == 1012
                # A close frame has room for 123 bytes, and never for half a character.
                assert reason.startswith(close.reason)
                assert len(close.reason.encode()) <= 123
                assert len(reason.encode()) > 120 or close.reason == reason


@given(messages=st.lists(st.one_of(texts, binaries), min_size=1, max_size=5))
def test_the_server_side_writes_the_same_bytes_with_either_parser(messages: list[str | bytes]) -> None:
    one, other = make("wsproto"), make("websockets")
    assert [one.message(each) for each in messages] == [other.message(each) for each in messages]


@pytest.mark.parametrize("name", PARSERS)
@given(
    sizes=st.lists(st.integers(0, 400), min_size=1, max_size=6),
    text_at=st.integers(0, 6),
    cuts=st.lists(st.integers(0, 5000), max_size=6),
)
def test_the_short_way_for_audio_is_equal_to_the_long_way(
    name: str, sizes: list[int], text_at: int, cuts: list[int]
) -> None:
    """Byte by byte no audio frame is ever whole in one chunk, so that is the long way."""
    frames = [raw_frame(2, bytes([number % 256]) * size) for number, size in enumerate(sizes)]
    frames.insert(text_at, raw_frame(1, b"{}"))
    wire = b"".join(frames)
    long_way = fed(make(name), bytewise(wire))
    assert fed(make(name), pieces_of(wire, cuts)) == long_way
    assert len(long_way) == len(frames)


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_one_message_goes_the_shortest_way(name: str) -> None:
    for size in (126, 127, 128, 320, 321, 1600):
        payload = bytes(range(256))[-size % 256 :] * 8
        frame = raw_frame(2, payload[:size])
        assert make(name).whole(frame) == payload[:size]
        assert make(name).whole(memoryview(frame)) == payload[:size]
        text = ("grüße " * 400).encode()[: size - size % 8]
        if size >= 134:
            assert make(name).whole(raw_frame(1, text)) == text.decode()


@pytest.mark.parametrize("name", PARSERS)
def test_a_pong_that_is_alone_has_a_way_of_its_own(name: str) -> None:
    for payload in (b"", b"7", bytes(range(125))):
        frame = raw_frame(10, payload)
        assert make(name).whole_pong(frame) == payload
        assert make(name).whole_pong(memoryview(frame)) == payload
    frame = raw_frame(10, b"7")
    others = (
        *(frame + frame, frame + b"\x82", frame[:-1], frame[:6], frame[:5], frame[:1], b""),
        *(raw_frame(9, b"7"), raw_frame(1, b"7"), raw_frame(10, b"7", fin=False), raw_frame(10, b"7", rsv=4)),
        *(raw_frame(10, b"1234567", masked=False), raw_frame(10, bytes(126)), b"\x8a\xfe" + bytes(130)),
    )
    for data in others:
        assert make(name).whole_pong(data) is None
    assert make(name, client=True).whole_pong(frame) is None
    assert make(name, limit=3).whole_pong(raw_frame(10, b"four")) is None
    for begun in (frame[:1], raw_frame(1, b"begun", fin=False), raw_frame(8)):
        parser = make(name)
        parser.feed(begun)
        assert parser.whole_pong(frame) is None
    parser = make(name)
    parser.end()
    assert parser.whole_pong(frame) is None


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_anything_else_does_not(name: str) -> None:
    frame = raw_frame(2, bytes(320))
    others = (
        *(frame + frame, frame + b"\x82", frame[:-1], frame[:7], b"", raw_frame(2, bytes(125))),
        *(raw_frame(1, b"\xff" * 320), raw_frame(2, bytes(320), fin=False), raw_frame(0, bytes(320))),
        *(raw_frame(1, b"x" * 320, fin=False), raw_frame(9, b"x" * 125), raw_frame(1, b"x" * 30_000)),
        *(raw_frame(2, bytes(320), rsv=4), raw_frame(2, bytes(320), masked=False) + bytes(4)),
        *(raw_frame(2, bytes(LIMIT + 1)), raw_frame(2, bytes(70_000)), b"\x82\xfe\x00\x05" + bytes(9)),
    )
    for data in others:
        assert make(name).whole(data) is None
    assert make(name, client=True).whole(frame) is None
    # What takes its turn with other large messages does not pass them here.
    assert make(name, limit=1 << 20).whole(raw_frame(2, bytes(30_000))) is None


@pytest.mark.parametrize("name", PARSERS)
def test_nothing_passes_what_has_begun(name: str) -> None:
    frame = raw_frame(2, bytes(320))
    for begun in (frame[:1], frame[:200], raw_frame(1, b"begun", fin=False), raw_frame(8)):
        parser = make(name)
        assert parser.whole(frame) == bytes(320)
        parser.feed(begun)
        assert parser.whole(frame) is None
    parser = make(name)
    for chunk in pieces_of(
        frame + raw_frame(2, b"a", fin=False) + raw_frame(9) + raw_frame(0, b"b"), [90, 340]
    ):
        parser.feed(chunk)
    assert parser.whole(frame) == bytes(320), "what had begun is over"
    parser.end()
    assert parser.whole(frame) is None


@given(junk=st.binary(min_size=1, max_size=300), cuts=st.lists(st.integers(0, 300), max_size=5))
def test_junk_never_raises(junk: bytes, cuts: list[int]) -> None:
    for name in PARSERS:
        for client in (True, False):
            whole = fed(make(name, client=client), [junk])
            assert fed(make(name, client=client), bytewise(junk)) == whole
            assert fed(make(name, client=client), pieces_of(junk, cuts)) == whole


@pytest.mark.parametrize("name", PARSERS)
def test_half_a_character_cannot_be_sent(name: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        make(name).message("\ud800")


@pytest.mark.parametrize("name", PARSERS)
def test_a_close_without_a_code_has_no_body(name: str) -> None:
    assert make(name).close(1005) == b"\x88\x00"


def test_auto_is_the_faster_one_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(make("auto")).__name__ == "WebsocketsParser"
    monkeypatch.setitem(sys.modules, "jambonz_anyio._net.fast_frames", None)
    assert type(make("auto")).__name__ == "WsprotoParser"
    with pytest.raises(LocalProtocolError, match="fast"):
        make("websockets")


def test_an_unknown_parser_is_named() -> None:
    with pytest.raises(LocalProtocolError, match="'picows'"):
        frame_parser("picows")


@pytest.mark.parametrize("first", range(1, 10))
def test_an_audio_frame_cut_within_its_header(first: int) -> None:
    wire = raw_frame(2, b"\1" * 320)
    for name in PARSERS:
        assert fed(make(name), [wire[:first], wire[first:] + wire]) == [b"\1" * 320] * 2


def test_without_its_speedups_websockets_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are platforms without wheels, and the slow way there is more particular about its arguments."""
    monkeypatch.setitem(sys.modules, "websockets.speedups", None)
    monkeypatch.delitem(sys.modules, "jambonz_anyio._net.fast_frames")
    slow = importlib.import_module("jambonz_anyio._net.fast_frames").WebsocketsParser
    wire = raw_frame(2, b"\1\2\3" * 100) + raw_frame(1, b"text")
    assert slow(client=False, message_bytes=1000).feed(memoryview(wire)) == [b"\1\2\3" * 100, "text"]


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_over_keeps_nothing_of_what_has_come(name: str) -> None:
    parser = make(name)
    assert fed(parser, [raw_frame(2, b"1" * 1000, fin=False)]) == []
    assert parser.unfinished >= 1000
    parser.end()
    assert parser.unfinished == 0
    assert fed(parser, [raw_frame(1, b"text")]) == []


@pytest.mark.parametrize("client", [False, True], ids=["server", "client"])
@given(
    messages=st.lists(single, min_size=1, max_size=5),
    at=st.integers(0, 10_000),
    bit=st.integers(0, 7),
    cuts=st.lists(st.integers(0, 10_000), max_size=5),
)
def test_one_wrong_bit_is_judged_alike(
    client: bool, messages: list[Any], at: int, bit: int, cuts: list[int]
) -> None:
    """By both parsers, in both roles, whole and in pieces: the same messages, and a fault or none."""
    wire = bytearray(b"".join(part if not client else unmasked(part) for part, _ in messages))
    wire[at % len(wire)] ^= 1 << bit
    # Of a frame that is not whole yet, one parser says earlier than the other that it will be wrong.
    wire += bytes(LIMIT + 16)
    verdicts = []
    for name in PARSERS:
        whole = fed(make(name, client=client), [bytes(wire)])
        assert fed(make(name, client=client), bytewise(bytes(wire))) == whole
        assert fed(make(name, client=client), pieces_of(bytes(wire), cuts)) == whole
        # Where two things are wrong with one frame, either may be named.
        verdicts.append(["a fault" if isinstance(event, Fault) else event for event in whole])
    assert verdicts[0] == verdicts[1]


def unmasked(frames: bytes) -> bytes:
    """The same frames as a server sends them."""
    out = b""
    while frames:
        size = frames[1] & 0x7F
        start = {126: 4, 127: 10}.get(size, 2)
        if start > 2:
            size = int.from_bytes(frames[2:start], "big")
        key, payload = frames[start : start + 4], frames[start + 4 : start + 4 + size]
        out += bytes((frames[0], frames[1] & 0x7F)) + frames[2:start]
        out += bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))
        frames = frames[start + 4 + size :]
    return out


def test_a_parser_that_ends_gives_back_what_it_has_of_a_message_at_once() -> None:
    """Its library has it in a circle, which is left to the garbage collector."""
    parser: Any = make("websockets")
    parser.feed(raw_frame(2, bytes(LIMIT))[:-1])
    buffer = parser._protocol.reader.buffer
    assert len(buffer) > LIMIT // 2
    parser.end()
    assert not buffer
