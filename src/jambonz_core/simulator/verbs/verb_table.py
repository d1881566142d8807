"""From what an application sends to verbs that run: spellings, synonyms, the server's own check, and the
classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .verb_stack import BadVerbs, Verb

if TYPE_CHECKING:
    from ..session import Session

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


def make_verbs(session: Session, data: Any) -> list[Verb]:
    """Verbs for a session. Raises `BadVerbs` when the server refuses the array, all of it."""
    from .call_steering import Unsimulated
    from .verb_checks import faults_of
    from .verb_classes import CLASSES

    if not isinstance(data, list):
        raise BadVerbs(["verbs must come in an array"])
    faults = faults_of(data, session.world)
    if faults:
        raise BadVerbs(faults)
    verbs = []
    for item in data:
        name, spec = canonical(*unfold(item))
        verbs.append(CLASSES[name](session, spec) if name in CLASSES else Unsimulated(session, spec, name))
    return verbs
