"""What a voice agent is made with is looked at when it is made."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_anyio import JambonzError, LocalProtocolError
from jambonz_anyio.agents import TurnLatency, VoiceAgent


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (("Be kind.", "gpt"), {}, "is a function, not a str"),
        ((7, print), {}, "are a text, not a int"),
        (("Be kind.", print, [7]), {}, "a tool is a function"),
        (("Be kind.", print, 7), {}, "given as a list"),
        (("Be kind.", print), {"tool_rounds": -1}, "tool_rounds"),
        (("Be kind.", print), {"hand_over_to": ["billing"]}, "hand_over_to"),
        (("Be kind.", print), {"hand_over_to": [VoiceAgent("Be kind.", print)] * 2}, "different names"),
        (("Be kind.", print), {"prompts": "Hello?"}, "prompts"),
        (("Be kind.", print), {"silence_seconds": 0}, "silence_seconds"),
        (("Be kind.", print), {"name": "my agent"}, "name"),
    ],
)
def test_settings_that_are_wrong_are_told(arguments: Any, settings: Any, message: str) -> None:
    with pytest.raises(LocalProtocolError, match=message) as raised:
        VoiceAgent(*arguments, **settings)
    assert isinstance(raised.value, JambonzError)


def test_a_total_needs_all_its_parts() -> None:
    assert TurnLatency(0.25, 0.5, 0.125, 1.0).total == 1.875
    assert TurnLatency(0.25, 0.5, 0.125, 1.0).basis == "reported"
    assert TurnLatency(0.25, 0.5, None, 1.0).total is None
