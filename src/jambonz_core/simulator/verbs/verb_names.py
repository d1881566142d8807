"""How an application may spell a verb: two notations, synonyms, and names that only v10 knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..sessions.task import BadVerbs

SYNONYMS: Mapping[str, str] = {"stream": "listen", "room": "conference", "s2s": "llm", "pipeline": "agent"}
"""Names that mean another verb."""

S2S_VENDORS = (
    "openai",
    "microsoft",
    "google",
    "elevenlabs",
    "deepgram",
    "voiceagent",
    "ultravox",
    "qwen",
    "gptlive",
    "voicelive",
    "nova",
)
"""`<vendor>_s2s` is `llm` with that vendor."""

ONLY_V10 = frozenset({"agent", "transfer", "room", "qwen_s2s", "gptlive_s2s", "voicelive_s2s", "nova_s2s"})


def unfold(item: Any) -> tuple[str, dict[str, Any]]:
    """A verb's name and properties, from either spelling.

    >>> unfold({"say": {"text": "hi"}})
    ('say', {'text': 'hi'})
    """
    if not isinstance(item, Mapping):
        raise BadVerbs([f"a verb must be an object, not {item!r}"])
    if "verb" in item:
        return str(item["verb"]), {name: value for name, value in item.items() if name != "verb"}
    if len(item) == 1:
        ((name, spec),) = item.items()
        if isinstance(spec, Mapping):
            return str(name), dict(spec)
    raise BadVerbs(["an object without a verb's name"])


def canonical(name: str, spec: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The verb that a name stands for."""
    vendor, _, suffix = name.rpartition("_")
    if suffix == "s2s" and vendor in S2S_VENDORS:
        return "llm", {"vendor": vendor, **spec}
    return SYNONYMS.get(name, name), spec
