"""Tools as each vendor's verb wants to hear of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from jambonz_core.tools import declared_for, tools_update
from jambonz_core.wire.errors import LocalProtocolError

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}, "days": {}}, "required": ["city"]}


@dataclass
class Weather:
    name: str = "weather"
    description: str = "Tell the weather."
    parameters: dict[str, Any] = field(default_factory=lambda: SCHEMA)


PLAIN = {"name": "weather", "description": "Tell the weather.", "parameters": SCHEMA}


@pytest.mark.parametrize(
    ("vendor", "declared"),
    [
        ("agent", PLAIN),
        ("deepgram", PLAIN),
        ("openai", {"type": "function", **PLAIN}),
        ("microsoft", {"type": "function", **PLAIN}),
        ("openai-chat", {"type": "function", "function": PLAIN}),
        ("anthropic", {"name": "weather", "description": "Tell the weather.", "input_schema": SCHEMA}),
        ("google", {"name": "weather", "description": "Tell the weather.", "parametersJsonSchema": SCHEMA}),
        (
            "ultravox",
            {
                "temporaryTool": {
                    "modelToolName": "weather",
                    "description": "Tell the weather.",
                    "client": {},
                    "dynamicParameters": [
                        {
                            "name": "city",
                            "location": "PARAMETER_LOCATION_BODY",
                            "schema": {"type": "string"},
                            "required": True,
                        },
                        {
                            "name": "days",
                            "location": "PARAMETER_LOCATION_BODY",
                            "schema": {},
                            "required": False,
                        },
                    ],
                }
            },
        ),
    ],
)
def test_a_declaration_for_each_vendor(vendor: str, declared: Any) -> None:
    assert declared_for(vendor, [Weather()]) == [declared]


def test_other_vendors_are_refused() -> None:
    with pytest.raises(LocalProtocolError, match="it is one of agent, anthropic"):
        declared_for("elevenlabs", [Weather()])


def test_in_mid_call_only_some_models_can_be_told() -> None:
    assert tools_update("openai", [Weather()]) == {
        "type": "session.update",
        "session": {"tools": [{"type": "function", **PLAIN}]},
    }
    with pytest.raises(LocalProtocolError, match="the model of google cannot be told"):
        tools_update("google", [])
    with pytest.raises(LocalProtocolError, match="an unknown vendor"):
        tools_update("", [])
