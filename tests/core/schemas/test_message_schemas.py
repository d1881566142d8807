"""The schemas of whole messages: each message belongs to one direction and to one schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry

Schema = dict[str, Any]

CONTROL_IN = "messages/control/from-jambonz"
CONTROL_OUT = "messages/control/from-app"
AUDIO_IN = "messages/audio/from-jambonz"
AUDIO_OUT = "messages/audio/from-app"

MSGID = "jTHvpQGdxr1mGPFJ3WoZ4u"


@pytest.fixture(scope="session")
def valid(schemas: dict[str, Schema], registry: Registry[Any]) -> Callable[[str, Any], bool]:
    validators = {
        name: Draft202012Validator(schemas[name], registry=registry)
        for name in (CONTROL_IN, CONTROL_OUT, AUDIO_IN, AUDIO_OUT)
    }
    return lambda name, message: validators[name].is_valid(message)


def members(index: str, schemas: dict[str, Schema]) -> dict[str, Schema]:
    """The schemas that an index lists, by name."""
    by_id = {schema["$id"]: name for name, schema in schemas.items()}
    listed = [urljoin(schemas[index]["$id"], branch["$ref"]) for branch in schemas[index]["oneOf"]]
    return {by_id[each]: schemas[by_id[each]] for each in listed}


@pytest.mark.parametrize("index", [CONTROL_IN, CONTROL_OUT, AUDIO_IN, AUDIO_OUT])
def test_examples_belong_to_their_direction_only(
    index: str, schemas: dict[str, Schema], valid: Callable[[str, Any], bool]
) -> None:
    other = {CONTROL_IN: CONTROL_OUT, CONTROL_OUT: CONTROL_IN, AUDIO_IN: AUDIO_OUT, AUDIO_OUT: AUDIO_IN}[
        index
    ]
    for name, schema in members(index, schemas).items():
        for example in schema["examples"]:
            assert valid(index, example), name
            assert not valid(other, example), name


def test_every_message_and_command_is_in_an_index(schemas: dict[str, Schema]) -> None:
    indexed = {
        name for index in (CONTROL_IN, CONTROL_OUT, AUDIO_IN, AUDIO_OUT) for name in members(index, schemas)
    }
    written = {name for name in schemas if name.startswith(("messages/", "commands/"))}
    assert written - indexed == {CONTROL_IN, CONTROL_OUT, AUDIO_IN, AUDIO_OUT, "messages/control/envelope"}


def test_the_types_of_the_wire_are_all_there(schemas: dict[str, Schema]) -> None:
    types = {schema["properties"]["type"]["const"] for schema in members(CONTROL_IN, schemas).values()}
    assert types == {
        "session:new", "session:redirect", "session:adulting", "session:reconnect", "verb:hook", "dial:confirm",
        "call:status", "verb:status", "jambonz:error", "llm:event", "llm:tool-call", "agent:event", "agent:tool-call",
        "tts:tokens-result", "tts:streaming-event",
    }  # fmt: skip
    commands = {
        schema["properties"]["command"]["const"]
        for name, schema in members(CONTROL_OUT, schemas).items()
        if name.startswith("commands/")
    }
    assert commands == {
        "redirect", "call:status", "config", "dub", "dial", "record", "mute:status", "conf:mute-status",
        "conf:hold-status", "conf:participant-action", "listen:status", "stream:status", "transcribe:status", "whisper",
        "sip:request", "dtmf", "boostAudioSignal", "media:path", "tag", "noiseIsolation:status", "room:say",
        "room:play", "stt:reconfigure", "llm:tool-output", "llm:status", "llm:update", "agent:update", "tts:tokens", "tts:flush",
        "tts:clear",
    }  # fmt: skip


def command(name: str, **fields: Any) -> Schema:
    return {"type": "command", "command": name, **fields}


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"type": "ack", "msgid": MSGID, "data": []}, id="an ack may be empty"),
        pytest.param(
            {"type": "ack", "msgid": MSGID, "data": {"outputParameters": {}}}, id="a tool of dialogflow"
        ),
        pytest.param(
            command("redirect", data=[], queueCommand=True), id="an empty redirect is legal, if dangerous"
        ),
        pytest.param(
            command("redirect", data=[{"verb": "rasa", "url": "https://bot.example.com"}]), id="own verb"
        ),
        pytest.param(command("redirect", data=[{"verb": "room", "name": "team"}]), id="room is a conference"),
        pytest.param(
            command("redirect", data={"child_call_hook": {"url": "/x", "method": "POST"}}), id="child hook"
        ),
        pytest.param(command("dtmf", data={"dtmf": {"digit": "1"}}), id="the open server's dtmf"),
        pytest.param(
            command("whisper", data={"whisper": [{"verb": "say", "text": "a"}]}), id="several whispers"
        ),
        pytest.param(command("tts:tokens", data={"id": 7, "tokens": " "}), id="a number as id"),
        pytest.param(command("mute:status", data={"mute_status": "mute"}, callSid="b"), id="aimed at a leg"),
    ],
)
def test_legal_messages_of_the_app(message: Schema, valid: Callable[[str, Any], bool]) -> None:
    assert valid(CONTROL_OUT, message)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"type": "ack"}, id="an ack without msgid"),
        pytest.param({"type": "tts:tokens", "data": {"id": "1", "tokens": "a"}}, id="a command as a type"),
        pytest.param(command("mute", data={"mute_status": "mute"}), id="no such command"),
        pytest.param(
            command("mute:status", data={"mute_status": "mute"}, call_sid="b"),
            id="snake case aims at nothing",
        ),
        pytest.param(command("config", data={"verb": "config"}), id="a verb where its fields belong"),
        pytest.param(command("redirect", data=[{"verb": "sey", "text": "a"}]), id="an unknown verb"),
        pytest.param(command("redirect", data={}), id="a redirect to nowhere"),
        pytest.param(command("whisper", data={"whisper": {"verb": "gather"}}), id="whisper something else"),
        pytest.param(command("boostAudioSignal", data=0), id="zero counts as missing"),
        pytest.param(command("tts:tokens", data={"id": "1", "tokens": "a" * 1001}), id="more than ever fits"),
        pytest.param(command("tts:flush", data={}), id="a flush has no data"),
        pytest.param(command("conf:participant-action", data={"action": "coach"}), id="coach without a tag"),
    ],
)
def test_illegal_messages_of_the_app(message: Schema, valid: Callable[[str, Any], bool]) -> None:
    assert not valid(CONTROL_OUT, message)


def test_messages_from_jambonz_may_grow(
    schemas: dict[str, Schema], valid: Callable[[str, Any], bool]
) -> None:
    """A newer server adds fields, and a schema that refused them would be of no use for what comes in."""
    strict = {"tts:streaming-event"}  # published so
    for schema in members(CONTROL_IN, schemas).values():
        for example in schema["examples"]:
            assert valid(CONTROL_IN, {**example, "new_field": 1})
            if example["type"] not in strict:
                assert valid(CONTROL_IN, {**example, "data": {**example["data"], "new_field": 1}})


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"type": "verb:hook", "msgid": MSGID, "data": {}}, id="a hook without its path"),
        pytest.param({"type": "call:status", "data": {"call_status": "ringing"}}, id="no msgid"),
        pytest.param(
            {"type": "call:status", "msgid": MSGID, "data": {"call_status": "rang"}}, id="no such status"
        ),
        pytest.param({"type": "call:gone", "msgid": MSGID, "data": {}}, id="an unknown type"),
    ],
)
def test_illegal_messages_from_jambonz(message: Schema, valid: Callable[[str, Any], bool]) -> None:
    assert not valid(CONTROL_IN, message)


@pytest.mark.parametrize(
    "latency", [{"stt_ms": 120, "llm_ms": 300}, {"transcriber_latency": 120, "preflight": {"result": "hit"}}]
)
def test_agent_events_come_in_both_spellings(latency: Schema, valid: Callable[[str, Any], bool]) -> None:
    data = {
        "type": "turn_end",
        "transcript": "hi",
        "response": "hello",
        "interrupted": False,
        "latency": latency,
    }
    event = {"type": "agent:event", "msgid": MSGID, "hook": "/agent", "data": data}
    assert valid(CONTROL_IN, event)
    data["latency"] = {"stt_ms": "fast", "transcriber_latency": "slow"}
    assert not valid(CONTROL_IN, event)


def test_raw_audio_needs_a_rate_that_the_server_knows(valid: Callable[[str, Any], bool]) -> None:
    clip = {"audioContent": "AAAA", "audioContentType": "raw", "sampleRate": 8000}
    assert valid(AUDIO_OUT, {"type": "playAudio", "data": clip})
    assert valid(
        AUDIO_OUT, {"type": "playAudio", "data": {"audioContent": "AAAA", "audioContentType": "wav"}}
    )
    assert not valid(AUDIO_OUT, {"type": "playAudio", "data": {**clip, "sampleRate": 11025}})
    assert not valid(
        AUDIO_OUT, {"type": "playAudio", "data": {"audioContent": "AAAA", "audioContentType": "raw"}}
    )


def test_the_first_audio_frame_may_hold_anything_beside_its_own_fields(
    valid: Callable[[str, Any], bool],
) -> None:
    frame = {
        "callSid": "c",
        "sampleRate": 16000,
        "mixType": "mono",
        "type": "translate",
        "speaker": {"name": "Ada"},
    }
    assert valid(AUDIO_IN, frame)


def test_formats_are_annotations(schemas: dict[str, Schema], registry: Registry[Any]) -> None:
    """Hooks are usually paths, though the published format calls them URIs."""
    hook = Draft202012Validator(schemas["components/actionHook"], registry=registry)
    assert hook.is_valid("/relative/path")
    assert hook.is_valid({"url": "relative"})
