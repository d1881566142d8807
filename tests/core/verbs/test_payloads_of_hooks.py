"""Payloads read what the schemas document, and never fail on what they do not."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambonz_core.schemas import BUILTIN
from jambonz_core.speech.speech_events import SpeechCut
from jambonz_core.verbs import payloads
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.verbs.payloads import (
    CALLBACKS,
    RESULTS,
    AgentEventData,
    AgentTurn,
    DialResult,
    GatherPartial,
    GatherResult,
    HookPayload,
    LlmToolCallData,
    PlayResult,
    SessionData,
    SessionReconnectData,
    TranscribeEvent,
)

CLASSES: list[type[Payload]] = [
    each
    for each in vars(payloads).values()
    if isinstance(each, type) and issubclass(each, Payload) and each.__module__ == payloads.__name__
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)


def fields_of(kind: type[Payload]) -> list[str]:
    return [name for name in dir(kind) if isinstance(getattr(kind, name), property)]


def callback(name: str) -> str:
    [identity] = [each for each in BUILTIN if each.endswith(f"/callbacks/{name}")]
    return identity


def test_every_callback_has_a_class() -> None:
    assert set(CALLBACKS) == {each.rsplit("/", 1)[1] for each in BUILTIN if "/callbacks/" in each}
    assert len(set(CALLBACKS.values())) == len(CALLBACKS)


def test_results_belong_to_verbs() -> None:
    assert set(RESULTS) <= set(BUILTIN.verbs)
    with_hooks = {name for name in BUILTIN.verbs if "actionHook" in BUILTIN.verb(name).get("properties", {})}
    assert with_hooks - set(RESULTS) == {"redirect"}
    assert all(issubclass(kind, HookPayload) for kind in RESULTS.values())


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_empty_payload_reads_as_nothing(kind: type[Payload]) -> None:
    payload = kind.from_payload({})
    assert not payload
    for name in fields_of(kind):
        value = getattr(payload, name)
        assert not value, name


def documented(kind: type[Payload]) -> set[str]:
    """The fields of a class, those of its bases included, that have a docstring, or a text behind them."""
    found: set[str] = set()
    for each in kind.__mro__[:-1]:
        [written] = ast.parse(inspect.getsource(each)).body
        assert isinstance(written, ast.ClassDef)
        for statement, behind in pairwise([*written.body, ast.Pass()]):
            if isinstance(statement, ast.FunctionDef) and ast.get_docstring(statement):
                found.add(statement.name)
            elif isinstance(statement, ast.AnnAssign) and isinstance(behind, ast.Expr):
                found.add(ast.unparse(statement.target))
    return found


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_field_is_documented(kind: type[Payload]) -> None:
    assert kind.__doc__
    assert set(fields_of(kind)) <= documented(kind)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_no_value_makes_reading_fail(kind: type[Payload]) -> None:
    keys = {name.rstrip("_") for name in fields_of(kind)} | {"from", "customerData", "speech", "alternatives"}

    @settings(max_examples=10)
    @given(st.dictionaries(st.sampled_from(sorted(keys)), anything) | anything)
    def readable(raw: Any) -> None:
        payload = kind.from_payload(raw)
        for name in fields_of(kind):
            getattr(payload, name)
        assert payload.raw == (raw if isinstance(raw, dict) else {})

    readable()


@pytest.mark.parametrize("name", sorted(CALLBACKS))
def test_fields_deliver_what_the_schema_documents(name: str, maker: Any) -> None:
    """Every documented scalar of a valid payload comes out of the property that is named like it."""
    kind = CALLBACKS[name]
    identity = callback(name)

    @settings(max_examples=15)
    @given(maker.valid(identity))
    def delivered(raw: Any) -> None:
        payload = kind.from_payload(raw)
        for key, value in raw.items():
            attribute = "from_" if key == "from" else key
            if isinstance(value, (str, int, float, bool)) and hasattr(kind, attribute):
                found = getattr(payload, attribute)
                assert found == value or found == str(value), key

    delivered()


@pytest.mark.parametrize("identity", sorted(each for each in BUILTIN if "/callbacks/" in each))
def test_the_examples_of_the_schemas_are_read(identity: str) -> None:
    kind = CALLBACKS[identity.rsplit("/", 1)[1]]
    for example in BUILTIN[identity].get("examples", ()):
        payload = kind.from_payload(example)
        assert payload.raw == example
        known = [name for name in example if hasattr(kind, name)]
        assert all(getattr(payload, name) is not None for name in known)


HEARD = {
    "reason": "speechDetected",
    "call_sid": "c1",
    "speech": {
        "is_final": True,
        "alternatives": [{"transcript": "good morning", "confidence": 0.9}, {"transcript": "x"}],
    },
}


@pytest.mark.parametrize("kind", [GatherResult, GatherPartial, TranscribeEvent])
def test_what_was_heard(kind: Any) -> None:
    heard = kind.from_payload(HEARD)
    assert (heard.transcript, heard.confidence, heard.is_final) == ("good morning", 0.9, True)
    assert [each.transcript for each in heard.speech.alternatives] == ["good morning", "x"]
    assert heard.speech.vendor.name is None
    assert heard.call_sid == "c1"


@pytest.mark.parametrize(
    "speech",
    [
        None,
        5,
        {},
        {"alternatives": []},
        {"alternatives": [5]},
        {"alternatives": 5},
        {"alternatives": [{"transcript": {}}]},
    ],
)
def test_nothing_was_heard(speech: Any) -> None:
    heard = GatherResult.from_payload({"reason": "timeout", "speech": speech})
    assert (heard.transcript, heard.confidence, heard.is_final) == ("", None, False)


def test_numbers_and_text_are_told_apart_kindly() -> None:
    result = GatherResult.from_payload(
        {"digits": 123, "sip_status": "200", "reason": True, "details": "no speech key"}
    )
    assert (result.digits, result.sip_status, result.reason) == ("123", 200, None)
    assert result.details == "no speech key"
    played = PlayResult.from_payload({"playback_seconds": "4.5", "playback_milliseconds": "x", "status": []})
    assert (played.playback_seconds, played.playback_milliseconds, played.status) == (None, None, None)
    assert HookPayload.from_payload({"sip_status": True}).sip_status is None
    assert HookPayload.from_payload({"sip_status": float("inf")}).sip_status is None
    assert HookPayload.from_payload({"sip_status": float("nan")}).sip_status is None


@pytest.mark.parametrize(
    "latency",
    [
        {"transcriber_latency": 1, "turn_detection_latency": 2, "model_latency": 3, "voice_latency": 4},
        {"stt_ms": 1, "eot_ms": 2, "llm_ms": 3, "tts_ms": 4, "tool_ms": 5},
    ],
)
@pytest.mark.parametrize("kind", [AgentEventData, AgentTurn])
def test_both_spellings_of_an_agent_s_latency(kind: Any, latency: dict[str, int]) -> None:
    turn = kind.from_payload(
        {"type": "turn_end", "latency": {**latency, "preflight": {"result": "hit", "tokens": 7}}}
    )
    found = turn.latency
    assert (found.stt, found.end_of_turn, found.llm, found.tts) == (1, 2, 3, 4)
    assert (found.preflight.result, found.preflight.tokens) == ("hit", 7)


@pytest.mark.parametrize(
    ("kind", "is_response"), [("agent_response", True), ("llm_response", True), ("turn_end", False)]
)
def test_both_names_of_an_agent_s_answer(kind: str, is_response: bool) -> None:
    assert AgentEventData.from_payload({"type": kind, "response": "Hi"}).is_response == is_response


def test_tags_come_in_two_spellings() -> None:
    assert SessionData.from_payload({"customerData": {"a": 1}}).customer_data == {"a": 1}
    assert SessionData.from_payload({"customerdata": {"a": 1}}).customer_data == {"a": 1}
    assert SessionData.from_payload({"verb_id": "v", "parent_call_sid": "p"}).verb_id == "v"


def test_a_session_is_read_deeply_without_looking_first() -> None:
    session = SessionReconnectData.from_payload(
        {"defaults": {"recognizer": {"vendor": "deepgram"}}, "from": "1"}
    )
    assert isinstance(session, SessionData)
    assert session.defaults.recognizer.vendor == "deepgram"
    assert session.defaults.synthesizer.vendor is None
    assert session.from_ == "1"
    assert not session.sip
    assert session.env_vars == {}


def test_dialling_was_answered_or_not() -> None:
    assert DialResult.from_payload({"dial_call_status": "completed"}).answered
    assert not DialResult.from_payload({"dial_call_status": "busy"}).answered


def test_tool_calls_of_both_kinds() -> None:
    assert LlmToolCallData.from_payload({"name": "f", "args": {"x": 1}}).args == {"x": 1}
    [call] = LlmToolCallData.from_payload(
        {"function_calls": [{"name": "f", "id": "1", "args": {}}]}
    ).function_calls
    assert (call.name, call.id) == ("f", "1")


def test_payloads_are_values() -> None:
    cut = SpeechCut(1, "Good", " morning", "barge-in")
    payload = GatherResult.from_payload(HEARD, cut=cut)
    assert payload.cut is cut
    assert payload == GatherResult(HEARD)
    assert hash(payload) == hash(GatherResult(dict(HEARD)))
    assert payload != GatherPartial(HEARD)
    assert payload != HEARD
    assert GatherResult() == GatherResult.from_payload("junk")
    with pytest.raises(AttributeError):
        payload.reason = "x"  # type: ignore[assignment]  # frozen, as the type checker says too


def test_the_repr_shows_no_content() -> None:
    assert repr(GatherResult(HEARD)) == "GatherResult(reason, call_sid, speech)"
