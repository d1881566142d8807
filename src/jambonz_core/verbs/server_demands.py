"""What the server demands of a verb beyond its table of properties.

The server makes an object of every verb of an array before any of them runs, and some of these objects refuse
to be made. That refuses the whole array: as a first answer it ends the call with 480. The rules are those of
the open server. Where version 10 can hardly differ (there is nothing to say without a text), they hold there
as well; what a model's vendor needs is left to version 10, whose accounts may have it.

>>> print(demand("dialogflow", {"model": "cx"}, open_server=False))
agent: a dialogflow of the model cx needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

VENDORS_0_9 = ("openai", "microsoft", "google", "elevenlabs", "deepgram", "voiceagent", "ultravox")
"""The speech-to-speech vendors that the open server's `llm` implements."""

_PROVIDER = "llmOptions.Settings.agent.think.provider"

_VENDOR_NEEDS: Mapping[str, tuple[str, ...]] = {
    "openai": ("auth.apiKey", "llmOptions.response_create"),
    "microsoft": ("auth.apiKey", "llmOptions.response_create", "connectOptions.host"),
    "google": ("auth.apiKey", "llmOptions.setup"),
    "elevenlabs": ("auth.agent_id",),
    "deepgram": ("auth.apiKey", f"{_PROVIDER}.model", f"{_PROVIDER}.type"),
    "voiceagent": ("auth.apiKey", f"{_PROVIDER}.model", f"{_PROVIDER}.type"),
    "ultravox": ("auth.apiKey",),
}
"""What the open server's `llm` needs, by vendor: paths inside the verb."""

_OBJECTS = frozenset({"llmOptions.response_create", "llmOptions.setup"})
"""Those of them that must be objects. The server takes none of the others when it is empty."""


class Demand(NamedTuple):
    """A property that the server demands and a verb lacks."""

    path: str
    reason: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}. {self.hint}".rstrip()


def demand(verb: str, fields: Mapping[str, Any], *, open_server: bool) -> Demand | None:
    """What the server does not find in a verb (by the name that the server runs), or None."""
    match verb:
        case "say":
            return _say(fields)
        case "gather":
            nested = fields.get("say")
            found = _say(nested) if isinstance(nested, Mapping) else None
            return found and found._replace(path=f"say.{found.path}")
        case "dialogflow" if fields.get("model") == "cx" and not fields.get("agent"):
            return Demand("agent", "a dialogflow of the model cx needs it")
        case "llm" if open_server:
            return _llm(fields)
        case _:
            return None


def _say(fields: Mapping[str, Any]) -> Demand | None:
    if isinstance(fields.get("text"), (str, list)) or fields.get("stream") is True:
        return None
    return Demand(
        "text", "there is nothing to say", "Give it a text, or stream=True for text that comes later."
    )


def _llm(fields: Mapping[str, Any]) -> Demand | None:
    vendor = fields.get("vendor")
    needs = _VENDOR_NEEDS.get(vendor) if isinstance(vendor, str) else None
    if needs is None:
        known = ", ".join(VENDORS_0_9)
        return Demand("vendor", f"server 0.9 has no vendor {vendor!r}; it knows {known}")
    for path in needs:
        found = _at(fields, path)
        if path in _OBJECTS:
            if not isinstance(found, Mapping):
                return Demand(path, f"server 0.9 needs it for {vendor}, as an object")
        elif not found:
            return Demand(path, f"server 0.9 needs it for {vendor}")
    return None


def _at(fields: Any, path: str) -> Any:
    for step in path.split("."):
        fields = fields.get(step) if isinstance(fields, Mapping) else None
    return fields
