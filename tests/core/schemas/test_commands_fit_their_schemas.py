"""What the typed commands put on the wire is what the schemas of the commands describe, under every profile."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry

from jambonz_core.verbs.profiles import Profile
from jambonz_core.wire import live_commands as live
from jambonz_core.wire.errors import UnsupportedByProfile

Schema = dict[str, Any]

PROFILES = ("0.9", "v10")
SAMPLES: list[live.LiveCommand] = [
    live.Redirect(call_hook="/a", child_call_hook={"url": "/b"}),
    live.Redirect(parent_call=[{"verb": "hangup"}]),
    live.Configure(config={"verb": "config", "notifyEvents": True}),
    live.Dub(dub={"verb": "dub", "action": "addTrack", "track": "music"}),
    live.DialOut(
        call={
            "from": "+18005551212",
            "to": {"type": "phone", "number": "+15085551000"},
            "application_sid": "08d78564-d3f6-4db4-95ce-513ae757c2c9",
        }
    ),
    live.Record(
        action="startCallRecording", options={"siprecServerURL": ["sip:a", "sip:b"], "headers": {"X-Case": 1}}
    ),
    live.Mute(mute=True, leg="c2"),
    live.ConferenceMute(mute=False),
    live.ConferenceHold(hold=True, wait_hook="/music"),
    live.ConferenceParticipant(action="coach", tag="trainee"),
    live.ListenControl(status="pause"),
    live.TranscribeControl(status="resume"),
    live.Whisper(verbs=[{"verb": "say", "text": "hi"}]),
    live.Whisper(
        verbs=[{"verb": "say", "text": "hi"}, {"verb": "play", "url": "https://media.example.com/a.wav"}]
    ),
    live.SipRequest(method="INFO", content="{}", content_type="application/json", headers={"X-Case": "1"}),
    live.Dtmf(digit="5", duration=300),
    live.BoostAudio(level=-3.5),
    live.BoostAudio(level=0),
    live.MediaPath(path="partial-media"),
    live.Tag(data={"case": 4711}),
    live.NoiseIsolation(enable=True, vendor="krisp", level=80),
    live.RoomSay(say={"verb": "say", "text": "Closing soon."}),
    live.RoomPlay(url="https://media.example.com/gong.wav", id="gong", replace=True),
    live.ReconfigureStt(languageHints=["pt", "en"]),
    live.ToolOutput(tool_call_id="call_8Zt2", result=21, vendor="openai"),
    live.ToolOutput(tool_call_id="call_8Zt2", result={"result": 21}, verbatim=True),
    live.UpdateLlm(update={"type": "response.cancel"}),
    live.UpdateAgent(type="update_instructions", fields={"instructions": "Be brief."}),
    live.UpdateAgent(type="inject_context", fields={"messages": [{"role": "user", "content": "hi"}]}),
    live.UpdateAgent(type="update_tools", fields={"tools": []}),
    live.UpdateAgent(type="generate_reply", fields={"user_input": "hi", "interrupt": True}),
]


def test_every_command_class_has_a_sample() -> None:
    assert {type(sample) for sample in SAMPLES} | {live.Inject} == set(live.LiveCommand.__subclasses__())


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_messages_fit_the_schema(
    sample: live.LiveCommand, profile: str, schemas: dict[str, Schema], registry: Registry[Any]
) -> None:
    try:
        message = sample.message(Profile(profile))
    except UnsupportedByProfile:
        assert profile == "0.9"
        return
    name = f"commands/{sample.command.replace(':', '-')}"
    for schema in (schemas[name], schemas["messages/control/from-app"]):
        Draft202012Validator(schema, registry=registry).validate(message)
