"""Whatever comes in, only documented events come out, nothing raises, and what leaves is valid.

The corpus holds one message of every type and every oddity that was ever thought of or found; a new finding
belongs there as a file. Each of them is received whole, cut after every byte, and damaged, by a call in every
state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambonz_core.call import (
    AppCall,
    BadMessage,
    EndCall,
    Event,
    HookEvent,
    Reply,
    Send,
    UnknownMessage,
    WriteText,
)
from jambonz_core.wire.errors import InvalidSnapshot
from jambonz_core.wire.registry import REGISTRY

CORPUS = sorted((Path(__file__).parents[1] / "corpus" / "control").iterdir())
LIMIT = 24 * 1024
VERBS: list[dict[str, Any]] = [
    {"verb": "gather", "actionHook": "/~1", "id": "v1", "partialResultHook": "/partial"},
    {"verb": "enqueue", "name": "q", "waitHook": "/wait"},
    {"verb": "llm", "vendor": "openai", "llmOptions": {}, "actionHook": "/llm", "toolHook": "/tool"},
    {"verb": "config", "ttsStream": {"enable": True}, "bargeIn": {"enable": True, "actionHook": "/x"}},
]
NEW = '{"type":"session:new","msgid":"s1","call_sid":"c1","data":{"call_sid":"c1","direction":"inbound"}}'


def opening() -> AppCall:
    call = AppCall()
    call.connected(0.0)
    return call


def answering() -> AppCall:
    call = opening()
    call.receive(NEW, 0.0)
    return call


def running() -> AppCall:
    call = answering()
    call.do(Send(VERBS), 0.0)
    call.outgoing()
    call.tick(2.0)
    call.do(WriteText("Hello. "), 2.0)
    call.outgoing()
    return call


def reconnecting() -> AppCall:
    call = running()
    call.lost(1006, 2.0)
    call.do(Send(VERBS), 2.0)
    call.connected(2.0)
    return call


def owing() -> AppCall:
    call = answering()
    call.lost(1006, 2.0)
    call.connected(2.0)
    call.receive('{"type":"session:reconnect","msgid":"s2","data":{}}', 2.0)
    return call


def deaf() -> AppCall:
    call = owing()
    call.do(Send(VERBS), 2.0)
    call.outgoing()
    return call


def ending() -> AppCall:
    call = running()
    call.do(EndCall(), 2.0)
    call.outgoing()
    return call


def over() -> AppCall:
    call = running()
    call.lost(1000, 2.0)
    return call


STATES = [opening, answering, running, reconnecting, owing, deaf, ending, over]


def check(call: AppCall, events: list[Event]) -> None:
    """What is promised about whatever came in."""
    frames = call.outgoing()
    now = 2.0
    for event in events:
        assert isinstance(event, Event)
        if isinstance(event, HookEvent) and not event.acked and call.answered_first:
            call.do(Reply(event.msgid, []), now)
    frames += call.outgoing()
    for _ in range(20):
        deadline = call.deadline
        if deadline is None:
            break
        now = max(now, deadline)
        call.tick(now)
        frames += call.outgoing()
    for frame in frames:
        assert len(frame.encode()) <= LIMIT
        message = json.loads(frame)
        assert message["type"] in ("ack", "command")
    json.dumps(call.snapshot())
    if call.over is None:
        AppCall.restore(call.snapshot(), now=now)
    else:
        with pytest.raises(InvalidSnapshot):
            AppCall.restore(call.snapshot(), now=now)


def pieces(text: bytes) -> Iterator[bytes]:
    """The text, cut at some forty places, whole at the end."""
    step = max(1, len(text) // 40)
    yield from (text[:end] for end in range(0, len(text), step))
    yield text


@pytest.mark.parametrize("make", STATES)
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_corpus_whole(make: Callable[[], AppCall], path: Path) -> None:
    call = make()
    check(call, call.receive(path.read_bytes(), 2.0))


def test_what_carries_an_error_holds_on_to_nothing_else() -> None:
    [event] = running().receive('{"type": "call:status"', 2.0)
    assert isinstance(event, BadMessage)
    # It would lead to the frames of whoever called, one of which holds the event: nothing would ever be freed.
    error = event.error
    assert (error.__traceback__, error.__context__, error.__cause__) == (None, None, None)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_corpus_cut_short(path: Path) -> None:
    for text in pieces(path.read_bytes()):
        call = running()
        check(call, call.receive(text, 2.0))


@pytest.mark.parametrize(
    "path", [path for path in CORPUS if path.suffix == ".json"], ids=lambda path: path.stem
)
def test_what_is_well_formed_is_understood(path: Path) -> None:
    events = [*running().receive(path.read_bytes(), 2.0), *opening().receive(path.read_bytes(), 2.0)]
    assert not all(isinstance(event, BadMessage) for event in events)
    if path.stem != "unknown-type":
        assert not any(isinstance(event, UnknownMessage) for event in events)


@given(make=st.sampled_from(STATES), path=st.sampled_from(CORPUS), data=st.data())
@settings(max_examples=150)
def test_the_corpus_damaged(make: Callable[[], AppCall], path: Path, data: st.DataObject) -> None:
    text = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(text) - 1)))
        text[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    call = make()
    check(call, call.receive(bytes(text), 2.0))


@given(make=st.sampled_from(STATES), text=st.binary(max_size=60) | st.text(max_size=60))
def test_arbitrary_bytes(make: Callable[[], AppCall], text: bytes | str) -> None:
    call = make()
    check(call, call.receive(text, 2.0))


words = st.sampled_from(
    ["/~1", "/x", "/wait", "c1", "c2", "v1", "ok", "failed", "full", "completed", "in-progress", "finished", "gather", "", "s1", "s9"]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
types = st.sampled_from([*REGISTRY.messages, "other"])
fields = st.dictionaries(
    st.sampled_from(
        ["call_sid", "call_status", "direction", "reason", "speech", "event", "id", "status", "event_type", "text", "bargein", "verb", "msg", "failover", "tool_call_id", "name", "verb_id", "type"]
    ),
    json_values,
    max_size=6,
)  # fmt: skip
messages = st.fixed_dictionaries(
    {"type": types | json_values},
    optional={"msgid": words | json_values, "hook": words | json_values, "data": fields | json_values, "call_sid": words | json_values},
)  # fmt: skip


@given(make=st.sampled_from(STATES), sequence=st.lists(messages, max_size=8))
@settings(max_examples=150)
def test_arbitrary_messages(make: Callable[[], AppCall], sequence: list[Any]) -> None:
    call = make()
    events: list[Event] = []
    for message in sequence:
        events = call.receive(json.dumps(message), 2.0)
        call.outgoing()
    check(call, events)
