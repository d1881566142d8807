"""No message above the server's limit leaves, and what can be parted is."""

from __future__ import annotations

import doctest
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.call import AppCall, CallOptions, Dub, Inject, Reply, Send
from jambonz_core.call import size as size_budget
from jambonz_core.call.size import ENVELOPE, MSGID_CHARACTERS, ack, parts, redirect, whole
from jambonz_core.wire.errors import MessageTooLarge

LIMIT = 24 * 1024


def say(size: int, character: str = "x") -> dict[str, Any]:
    return {"verb": "say", "text": character * size}


def on_the_wire(message: Any) -> int:
    return len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())


def test_the_examples_are_right() -> None:
    assert doctest.testmod(size_budget).failed == 0


def test_an_array_that_fits_stays_whole() -> None:
    verbs = [say(0)]
    verbs[0]["text"] = "x" * (LIMIT - ENVELOPE - (on_the_wire(verbs) - 2))
    assert parts(verbs, LIMIT) == [verbs]
    assert on_the_wire(ack("m" * MSGID_CHARACTERS, verbs)) == LIMIT
    assert on_the_wire(redirect(verbs, queue=False)) <= LIMIT
    verbs[0]["text"] += "x"
    with pytest.raises(MessageTooLarge) as caught:
        parts(verbs, LIMIT)
    assert (caught.value.part, caught.value.size, caught.value.limit) == ("verb 0 (say)", LIMIT + 1, LIMIT)


def test_bytes_are_counted_and_not_characters() -> None:
    with pytest.raises(MessageTooLarge):
        parts([say(9000, "語")], LIMIT)
    assert parts([say(9000, "x")], LIMIT) == [[say(9000)]]


@given(
    sizes=st.lists(st.integers(0, 400), max_size=30),
    character=st.sampled_from(["x", "é", "語", "🙂", '"', "\x01"]),
)
def test_parts_keep_order_and_fit(sizes: list[int], character: str) -> None:
    verbs = [say(size, character) for size in sizes]
    limit = 1000
    if any(on_the_wire(ack("m" * MSGID_CHARACTERS, [verb])) > limit for verb in verbs):
        with pytest.raises(MessageTooLarge):
            parts(verbs, limit)
        return
    pieces = parts(verbs, limit)
    assert [verb for piece in pieces for verb in piece] == verbs
    for piece in pieces:
        assert on_the_wire(ack("m" * MSGID_CHARACTERS, piece)) <= limit
        assert on_the_wire(redirect(piece, queue=False)) <= limit
        assert piece or not verbs
    for before, after in itertools.pairwise(pieces):
        assert on_the_wire(ack("m" * MSGID_CHARACTERS, [*before, after[0]])) > limit


def test_a_message_that_cannot_be_parted_names_itself() -> None:
    assert whole({"a": "é"}, 10, "this") == '{"a":"é"}'
    with pytest.raises(MessageTooLarge, match="this takes 10 bytes and the server accepts 9"):
        whole({"a": "é"}, 9, "this")


def test_nothing_changes_when_a_verb_is_too_large(wire: Any) -> None:
    msgid = wire.new()
    before = wire.call.snapshot()
    with pytest.raises(MessageTooLarge, match=r"verb 1 \(say\)"):
        wire.do(Send([say(1), say(LIMIT)]))
    assert wire.call.snapshot() == before
    wire.do(Send([say(1)]))
    wire.advance(1)
    assert wire.sent() == [ack(msgid, [say(1)])]
    before = wire.call.snapshot()
    with pytest.raises(MessageTooLarge):
        wire.do(Send([say(LIMIT)]))
    assert wire.call.snapshot() == before


@pytest.mark.parametrize("path", ["/wait", "/confirm"])
def test_what_runs_on_another_leg_cannot_be_parted(wire: Any, path: str) -> None:
    wire.running([{"verb": "enqueue", "name": "x", "waitHook": "/wait"}])
    wire.hears("verb:hook" if path == "/wait" else "dial:confirm", {}, hook=path)
    with pytest.raises(MessageTooLarge, match="the reply"):
        wire.do(Reply(wire.last_msgid, [say(15_000), say(15_000)]))
    wire.do(Reply(wire.last_msgid, [say(15_000)]))
    assert len(wire.sent()) == 1


def test_a_live_command_cannot_be_parted(wire: Any) -> None:
    wire.running()
    with pytest.raises(MessageTooLarge, match="the command dub"):
        wire.do(Dub({"action": "sayOnTrack", "track": "t", "say": "x" * LIMIT}))
    with pytest.raises(MessageTooLarge, match="the command x"):
        wire.do(Inject("x", {"y": "x" * LIMIT}))
    assert wire.sent() == []


@given(st.lists(st.integers(0, 430), min_size=1, max_size=12), st.integers(900, 3000))
def test_every_way_out_keeps_the_limit(sizes: list[int], limit: int) -> None:
    """As the first answer, as a redirect, as a reply, and again after a drop."""
    call = AppCall(options=CallOptions(message_bytes=limit + ENVELOPE))
    frames: list[str] = []

    def turn(act: Callable[[], object]) -> None:
        act()
        frames.extend(call.outgoing())

    verbs = [say(size, "é") for size in sizes]
    reconnect = '{"type":"session:reconnect","msgid":"r","data":{}}'
    turn(lambda: call.connected(0.0))
    turn(lambda: call.receive('{"type":"session:new","msgid":"m","data":{}}', 0.0))
    turn(lambda: call.do(Send(verbs), 0.0))
    turn(lambda: call.do(Send(verbs), 0.1))
    turn(lambda: call.lost(1006, 0.5))
    turn(lambda: call.connected(1.0))
    turn(lambda: call.receive(reconnect, 1.0))
    turn(lambda: call.tick(1.1))
    hook = '{"type":"verb:hook","hook":"/h","msgid":"h","data":{"reason":"timeout"}}'
    turn(lambda: call.receive(hook, 1.2))
    turn(lambda: call.do(Reply("h", verbs), 1.2))
    turn(lambda: call.lost(1006, 1.3))
    turn(lambda: call.connected(2.0))
    turn(lambda: call.receive(reconnect, 2.0))
    turn(lambda: call.tick(2.1))
    assert frames
    assert all(len(frame.encode()) <= limit + ENVELOPE for frame in frames)
