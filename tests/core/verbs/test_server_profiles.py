"""Profiles as objects: their names, their commands, what they are equal to."""

from __future__ import annotations

import pytest

from jambonz_core import V0_9, V10, Profile

ONLY_V10 = {
    "agent:update",
    "llm:status",
    "noiseIsolation:status",
    "room:play",
    "room:say",
    "stt:reconfigure",
    "tag",
}


def test_profiles_have_names() -> None:
    assert [profile.name for profile in (V0_9, V10, Profile("0.9"), Profile())] == [
        "0.9",
        "v10",
        "0.9",
        "v10",
    ]
    assert repr(Profile("0.9")) == "Profile('0.9')"
    with pytest.raises(ValueError, match=r"there is no server profile '11'; known are '0.9', 'v10'"):
        Profile("11")


def test_equal_profiles_are_equal() -> None:
    assert Profile("0.9") == V0_9
    assert hash(Profile("0.9")) == hash(V0_9)
    assert len({V0_9, V10, Profile("v10"), V10.lenient(), V10.with_schemas([])}) == 4
    assert V10 != "v10"


@pytest.mark.parametrize("command", sorted(ONLY_V10))
def test_commands_that_only_version_10_has(command: str) -> None:
    assert V10.knows_command(command)
    assert not V0_9.knows_command(command)


@pytest.mark.parametrize(
    "command",
    [
        "redirect",
        "call:status",
        "config",
        "dub",
        "dial",
        "record",
        "mute:status",
        "conf:mute-status",
        "conf:hold-status",
        "conf:participant-action",
        "listen:status",
        "stream:status",
        "transcribe:status",
        "whisper",
        "sip:request",
        "dtmf",
        "boostAudioSignal",
        "media:path",
        "llm:tool-output",
        "llm:update",
        "tts:tokens",
        "tts:flush",
        "tts:clear",
    ],
)
def test_commands_that_both_have(command: str) -> None:
    assert V10.knows_command(command)
    assert V0_9.knows_command(command)


def test_commands_that_nobody_has() -> None:
    assert not V10.knows_command("sing")
