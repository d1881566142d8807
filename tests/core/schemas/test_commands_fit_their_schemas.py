"""What the typed commands put on the wire is what the schemas of the commands describe, under every profile."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry

from jambonz_core.verbs.profiles import Profile
from jambonz_core.wire import live_commands as live
from jambonz_core.wire.errors import UnsupportedByProfile
from jambonz_core.wire.live_command_base import LiveCommand
from jambonz_core.wire.registry import REGISTRY

Schema = dict[str, Any]

PROFILES = ("0.9", "v10")
VARIANTS: list[LiveCommand] = [
    live.Redirect(call_hook="/a", child_call_hook={"url": "/b"}),
    live.Redirect(parent_call=[{"verb": "hangup"}]),
    live.Configure(config={"verb": "config", "notifyEvents": True}),
    live.Dub(dub={"verb": "dub", "action": "addTrack", "track": "music"}),
    live.Record(
        action="startCallRecording", options={"siprecServerURL": ["sip:a", "sip:b"], "headers": {"X-Case": 1}}
    ),
    live.Mute(mute=True, leg="c2"),
    live.ConferenceMute(mute=False),
    live.TranscribeControl(status="resume"),
    live.Whisper(
        verbs=[{"verb": "say", "text": "hi"}, {"verb": "play", "url": "https://media.example.com/a.wav"}]
    ),
    live.SipRequest(method="INFO", content="{}", content_type="application/json", headers={"X-Case": "1"}),
    live.Dtmf(digit="5", duration=300),
    live.BoostAudio(level=0),
    live.NoiseIsolation(enable=True, vendor="krisp", level=80),
    live.RoomSay(say={"verb": "say", "text": "Closing soon."}),
    live.RoomPlay(url="https://media.example.com/gong.wav", id="gong", replace=True),
    live.ToolOutput(tool_call_id="call_8Zt2", result={"result": 21}, verbatim=True),
    live.UpdateAgent.instructions("Be brief."),
    live.UpdateAgent.context([{"role": "user", "content": "hi"}]),
    live.UpdateAgent.tools([]),
    live.UpdateAgent.reply("hi", interrupt=True),
]
"""Other bodies than those of the registry's samples."""

SAMPLES = [*(row.sample for row in REGISTRY.commands.values()), *VARIANTS]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.command)
def test_messages_fit_the_schema(
    sample: LiveCommand, profile: str, schemas: dict[str, Schema], registry: Registry[Any]
) -> None:
    try:
        message = sample.message(Profile(profile))
    except UnsupportedByProfile:
        assert profile == "0.9"
        return
    name = f"commands/{sample.command.replace(':', '-')}"
    for schema in (schemas[name], schemas["messages/control/from-app"]):
        Draft202012Validator(schema, registry=registry).validate(message)
