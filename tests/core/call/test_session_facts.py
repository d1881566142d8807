"""What verbs that were sent mean for the session: streams, barge-in, the vendor of `llm`."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from jambonz_core.call import Configure, Replace, Send, TextDiscarded, WriteText
from jambonz_core.call.hook_roles import verb_name
from jambonz_core.call.session_facts import SessionFacts
from jambonz_core.wire.errors import SpeechFailed

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
OPEN = {"verb": "config", "ttsStream": {"enable": True}}
CLOSE = {"verb": "config", "ttsStream": {"enable": False}}


@pytest.mark.parametrize(
    ("verb", "opens"),
    [
        (OPEN, True),
        (CLOSE, False),
        ({"verb": "config", "ttsStream": {}}, False),
        ({"verb": "config", "ttsStream": "odd"}, None),
        ({"verb": "config"}, None),
        ({"verb": "say", "stream": True}, True),
        ({"verb": "say", "text": "x"}, None),
        ({"verb": "gather", "say": {"stream": True}}, True),
        ({"verb": "gather", "say": {"text": "x"}}, None),
        ({"verb": "gather", "say": "odd"}, None),
        ({"verb": "gather"}, None),
        ({"verb": "play"}, None),
        ({}, None),
    ],
)
def test_some_verbs_open_or_close_the_text_stream(verb: dict[str, Any], opens: bool | None) -> None:
    assert SessionFacts().learn(verb, verb_name(verb)) is opens


@pytest.mark.parametrize(
    ("verb", "vendor"),
    [
        ({"verb": "llm", "vendor": "openai"}, "openai"),
        ({"verb": "s2s", "vendor": "google"}, "google"),
        ({"verb": "elevenlabs_s2s"}, "elevenlabs"),
        ({"verb": "voiceagent_s2s"}, "voiceagent"),
        ({"verb": "openai_s2s", "vendor": "microsoft"}, "microsoft"),
        ({"verb": "llm"}, ""),
        ({"verb": "s2s"}, ""),
    ],
)
def test_the_vendor_of_the_llm_verb(verb: dict[str, Any], vendor: str) -> None:
    facts = SessionFacts()
    facts.learn(verb, verb_name(verb))
    assert facts.llm_vendor == vendor


@pytest.mark.parametrize(
    ("verb", "model"), [("llm", "llm"), ("voiceagent_s2s", "voiceagent"), ("agent", "agent")]
)
def test_a_verb_that_starts_a_model_tells_it_by_its_name_alone(wire: Any, verb: str, model: str) -> None:
    wire.running([{"verb": verb}])
    assert wire.call._verbs.facts.model == model


def test_facts_survive_a_snapshot() -> None:
    facts = SessionFacts()
    barge_in = {"enable": True, "input": ["digits"], "actionHook": {"url": "/b"}}
    facts.learn({"verb": "config", "bargeIn": barge_in}, "config")
    facts.learn({"verb": "llm", "vendor": "openai"}, "llm")
    assert facts.barged_in(quirk=True)
    again = msgspec.convert(json.loads(json.dumps(msgspec.to_builtins(facts))), SessionFacts)
    assert again == facts
    assert not again.barged_in(quirk=True)
    assert again.barged_in(quirk=False)


def test_a_stream_is_open_from_the_verb_on(wire: Any) -> None:
    wire.running()
    assert not wire.call.speech.flow.stream_open
    with pytest.raises(SpeechFailed, match="no text stream"):
        wire.do(WriteText("x"))
    wire.do(Send([OPEN]))
    assert wire.call.speech.flow.stream_open
    wire.do(Replace([CLOSE]))
    assert not wire.call.speech.flow.stream_open
    wire.do(Configure(OPEN))
    assert wire.call.speech.flow.stream_open


def test_a_queued_verb_that_closes_the_stream_lets_the_text_out_first(wire: Any) -> None:
    wire.running([OPEN])
    wire.do(WriteText("One. "))
    wire.do(WriteText("Two."))
    wire.do(Send([CLOSE]))
    assert wire.call.speech.flow.stream_open
    wire.hears("tts:tokens-result", {"id": 1, "status": "ok"})
    assert [message["data"] for message in wire.sent() if message["command"] == "tts:tokens"] == [
        {"id": 1, "tokens": "One. "},
        {"id": 2, "tokens": "Two."},
    ]
    wire.hears("tts:tokens-result", {"id": 2, "status": "ok"})
    wire.hears("tts:streaming-event", {"event_type": "stream_closed"})
    assert not wire.call.speech.flow.stream_open


def test_a_command_that_closes_the_stream_does_it_at_once(wire: Any) -> None:
    wire.running([OPEN])
    wire.do(WriteText("One. "))
    wire.do(WriteText("Two."))
    discarded = [event for event in wire.do(Configure(CLOSE)) if isinstance(event, TextDiscarded)]
    assert "".join(event.text for event in discarded) == "One. Two."
    assert not wire.call.speech.flow.stream_open


def test_a_stream_that_is_opened_again_stays_open(wire: Any) -> None:
    wire.running([OPEN])
    wire.do(WriteText("One."))
    wire.do(Send([CLOSE, OPEN]))
    wire.hears("tts:streaming-event", {"event_type": "stream_closed"})
    assert wire.call.speech.flow.stream_open
