"""How each vendor's verb wants to be told of a tool, and of other tools in mid-call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ..wire.errors import LocalProtocolError


class Declared(Protocol):
    """What a tool says of itself."""

    @property
    def name(self) -> str:
        """The name by which the model calls it."""
        ...

    @property
    def description(self) -> str:
        """What the model is told of it."""
        ...

    @property
    def parameters(self) -> dict[str, Any]:
        """The JSON Schema of its arguments."""
        ...


Declaration = dict[str, Any]


def _plain(tool: Declared) -> Declaration:
    return {"name": tool.name, "description": tool.description, "parameters": tool.parameters}


def _openai(tool: Declared) -> Declaration:
    return {"type": "function", **_plain(tool)}


def _openai_chat(tool: Declared) -> Declaration:
    return {"type": "function", "function": _plain(tool)}


def _anthropic(tool: Declared) -> Declaration:
    return {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}


def _google(tool: Declared) -> Declaration:
    return {"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.parameters}


def _ultravox(tool: Declared) -> Declaration:
    required = tool.parameters.get("required", [])
    parameters = [
        {"name": name, "location": "PARAMETER_LOCATION_BODY", "schema": schema, "required": name in required}
        for name, schema in tool.parameters.get("properties", {}).items()
    ]
    known = {"modelToolName": tool.name, "description": tool.description, "client": {}}
    return {"temporaryTool": {**known, "dynamicParameters": parameters}}


_DECLARED: Mapping[str, Callable[[Declared], Declaration]] = {
    "agent": _plain,
    "anthropic": _anthropic,
    "deepgram": _plain,
    "google": _google,
    "microsoft": _openai,
    "openai": _openai,
    "openai-chat": _openai_chat,
    "ultravox": _ultravox,
    "voiceagent": _plain,
}


def declared_for(vendor: str, tools: Sequence[Declared]) -> list[Declaration]:
    """Tools as somebody takes them: the `agent` verb (``agent``), the `llm` verb of a vendor, or an API of
    models (``openai-chat``, ``anthropic``).

    Google wants the list as the `functionDeclarations` of one tool. ElevenLabs has its tools on its own site.
    """
    declare = _DECLARED.get(vendor)
    if declare is None:
        raise LocalProtocolError(
            f"nobody knows how {vendor!r} wants to hear of tools; it is one of {', '.join(sorted(_DECLARED))}"
        )
    return [declare(tool) for tool in tools]


def tools_update(vendor: str, tools: Sequence[Declared]) -> Declaration:
    """The update of a running `llm` verb that tells the model of other tools.

    Raises `LocalProtocolError` for a vendor that hears of its tools when the verb begins, and never again.
    """
    if vendor not in ("openai", "microsoft"):
        raise LocalProtocolError(
            f"the model of {vendor or 'an unknown vendor'} cannot be told of other tools in mid-call: "
            "it hears of them when its verb begins"
        )
    return {"type": "session.update", "session": {"tools": declared_for(vendor, tools)}}
