"""Text and verbs on one wire: neither overtakes the other in a way that the caller would hear."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    CallOver,
    ClearText,
    CloseSpeech,
    DeliveryDone,
    EndCall,
    FlushText,
    OpenSpeech,
    Reply,
    Send,
    SpeechCut,
    SpeechOpened,
    SpeechSettled,
    SpeechStreamMissing,
    StreamingEvent,
    TextAccepted,
    TextDiscarded,
    TextOfferedAgain,
    TokensResult,
    WriteText,
)
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, SpeechInterrupted

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
AGENT: list[dict[str, Any]] = [
    {
        "verb": "config",
        "ttsStream": {"enable": True},
        "bargeIn": {"enable": True, "sticky": True, "actionHook": "/heard"},
    }
]


def names(wire: Any) -> list[str]:
    return [message.get("command", message["type"]) for message in wire.sent()]


@pytest.fixture
def agent(wire: Any) -> Any:
    """A call with an open text stream, in the middle of things."""
    wire.running(AGENT)
    return wire


def interrupt(wire: Any) -> Any:
    return wire.hears("tts:streaming-event", {"event_type": "user_interruption"})


def accept(wire: Any, id: int) -> Any:
    return wire.hears("tts:tokens-result", {"id": id, "status": "ok"})


def test_a_speech_from_its_first_word_to_its_end(agent: Any) -> None:
    assert agent.do(OpenSpeech()) == [SpeechOpened(1)]
    agent.do(WriteText("Hello. ", speech=1))
    agent.do(WriteText("How are you?", speech=1, ticket=7))
    agent.do(CloseSpeech(1))
    assert names(agent) == ["tts:tokens"]
    events = accept(agent, 1)
    assert isinstance(events[0], TokensResult)
    assert events[1] == TextAccepted("Hello. ", 1)
    events = accept(agent, 2)
    assert DeliveryDone(7, True) in events
    assert names(agent) == ["tts:tokens", "tts:flush"]


def test_text_of_no_speech_in_particular(agent: Any) -> None:
    agent.do(WriteText("Hello."))
    agent.do(FlushText())
    accept(agent, 1)
    assert names(agent) == ["tts:tokens", "tts:flush"]


def test_after_an_interruption_clear_goes_first(agent: Any) -> None:
    agent.do(OpenSpeech())
    agent.do(WriteText("One. ", speech=1))
    agent.do(WriteText("Two. ", speech=1))
    agent.sent()
    events = interrupt(agent)
    assert isinstance(events[0], StreamingEvent)
    assert [type(event) for event in events[1:]] == [TextDiscarded, SpeechCut, SpeechSettled]
    assert names(agent) == ["tts:clear"]
    with pytest.raises(SpeechInterrupted):
        agent.do(WriteText("Three.", speech=1))
    accept(agent, 1)
    agent.do(WriteText("Four."))
    assert [message["data"]["tokens"] for message in agent.sent()] == ["Four."]


def test_an_interruption_with_nothing_in_flight_needs_no_clear(agent: Any) -> None:
    agent.do(WriteText("One. "))
    accept(agent, 1)
    agent.sent()
    interrupt(agent)
    assert agent.sent() == []


def test_text_follows_an_ack_with_verbs(agent: Any) -> None:
    agent.do(Reply(agent.hook("/heard"), SAY))
    agent.do(WriteText("Hello."))
    assert names(agent) == ["ack", "tts:tokens"]


def test_text_waits_behind_commands_that_wait(agent: Any, redirect: Callable[..., Any]) -> None:
    first, second = agent.hook("/heard"), agent.hook("/heard")
    agent.do(Reply(first, SAY))
    agent.do(Send(SAY))
    agent.do(Reply(second, SAY))
    agent.do(WriteText("Hello."))
    agent.do(Send(SAY))
    assert names(agent) == ["ack"]
    agent.advance(0.1)
    assert names(agent) == ["redirect", "ack"]
    agent.advance(0.1)
    assert names(agent) == ["redirect", "tts:tokens"]


@pytest.mark.parametrize("how", ["interruption", "clear"])
def test_a_clear_keeps_its_place_among_commands_that_wait(agent: Any, how: str) -> None:
    agent.do(WriteText("One. "))
    agent.do(Reply(agent.hook("/heard"), SAY))
    agent.do(Send(SAY))
    agent.sent()
    if how == "clear":
        agent.do(ClearText())
    else:
        interrupt(agent)
    agent.do(Send([{"verb": "say", "stream": True, "text": "new"}]))
    assert agent.sent() == []
    agent.advance(0.1)
    assert names(agent) == ["redirect", "tts:clear", "redirect"]


def test_a_clear_leaves_at_once_when_nothing_waits(agent: Any) -> None:
    agent.do(WriteText("One. "))
    agent.do(ClearText())
    assert names(agent) == ["tts:tokens", "tts:clear"]


def test_text_at_a_drop_is_offered_again_when_its_result_does_not_come(agent: Any) -> None:
    agent.do(WriteText("One. "))
    agent.sent()
    agent.lose()
    agent.do(WriteText("Two."))
    assert agent.sent() == []
    agent.reconnect()
    assert names(agent) == ["ack"]
    assert TextOfferedAgain("One. ", "connection lost", 1) in agent.advance(1)
    assert [message["data"]["tokens"] for message in agent.sent()] == ["One. Two."]


def test_a_result_that_comes_after_the_drop_counts(agent: Any) -> None:
    agent.do(WriteText("One. "))
    agent.lose()
    agent.sent()
    agent.reconnect()
    agent.sent()
    assert TextAccepted("One. ", 1) in accept(agent, 1)
    assert agent.advance(5) == []
    assert agent.sent() == []


def test_text_written_through_the_deaf_connection_waits_for_the_next(wire: Any) -> None:
    wire.new()
    wire.lose()
    wire.do(Send(AGENT))
    wire.reconnect()
    wire.do(WriteText("Hello."))
    assert names(wire) == ["ack"]
    wire.advance(0.5)
    wire.lose()
    wire.reconnect()
    assert names(wire) == ["ack"]
    wire.advance(0.1)
    assert names(wire) == ["tts:tokens"]


def test_a_session_without_a_buffer_is_reported(agent: Any) -> None:
    agent.do(WriteText("Hello."))
    assert agent.hears("tts:tokens-result", {"id": 1})[1:] == []
    agent.advance(0.25)
    assert names(agent) == ["tts:tokens", "tts:tokens"]
    events = agent.hears("tts:tokens-result", {"id": 2})
    assert [type(event) for event in events[1:3]] == [SpeechStreamMissing, TextDiscarded]


@pytest.mark.parametrize("how", ["completed", "hangup"])
def test_the_end_of_a_call_is_the_end_of_its_speech(agent: Any, how: str) -> None:
    agent.do(OpenSpeech())
    agent.do(WriteText("One. ", speech=1))
    agent.do(WriteText("Two. ", speech=1))
    agent.sent()
    if how == "completed":
        events = agent.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    else:
        events = agent.do(EndCall())
        assert names(agent) == ["redirect"]
    assert [event.reason for event in events if isinstance(event, TextDiscarded)] == ["call over"]
    assert any(isinstance(event, SpeechSettled) for event in events)
    for command in (OpenSpeech(), WriteText("x"), FlushText(), ClearText()):
        with pytest.raises(CallEnded):
            agent.do(command)
    agent.do(CloseSpeech(1))
    accept(agent, 1)
    agent.advance(10)
    assert agent.sent() == []
    assert isinstance(agent.lose(1000)[-1], CallOver)


def test_one_speech_at_a_time(agent: Any) -> None:
    agent.do(OpenSpeech())
    before = agent.call.snapshot()
    with pytest.raises(LocalProtocolError, match="still open"):
        agent.do(OpenSpeech())
    assert agent.call.snapshot() == before


def test_odd_results_and_events_change_nothing(agent: Any) -> None:
    agent.do(WriteText("One. "))
    agent.sent()
    odd: list[Any] = [{}, {"id": None}, {"id": [1], "status": "ok"}, {"id": 1, "status": 5}, [], "x", None]
    for data in odd:
        agent.hears_raw(json.dumps({"type": "tts:tokens-result", "data": data}))
        agent.hears_raw(json.dumps({"type": "tts:streaming-event", "data": data}))
    assert not agent.seen(TextAccepted)
