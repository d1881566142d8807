"""What stands inside verbs, as types: plain dicts at run time."""

from __future__ import annotations

from typing import TypeAlias, TypedDict

from jambonz_core.verbs.types import ActionHook as ActionHookObject
from jambonz_core.verbs.types import (
    ActionHookDelayAction,
    Amd,
    AmdTimers,
    BidirectionalAudio,
    FillerNoise,
    Recognizer,
    Synthesizer,
    Target,
    Vad,
)
from jambonz_core.verbs.types import ConfigBargeIn as BargeIn
from jambonz_core.verbs.types import ConfigNoiseIsolation as NoiseIsolation
from jambonz_core.verbs.types import ConfigTtsStream as TtsStream
from jambonz_core.verbs.types import ConfigTurnTaking as TurnTaking
from jambonz_core.verbs.types import LlmBaseMcpServersItem as McpServer
from jambonz_core.verbs.types import LlmVerb as LlmBase
from jambonz_core.verbs.types import TargetFrom as FromHeader


class Auth(TypedDict, total=False):
    """Credentials: a name and a password, or a vendor's key. The library has a type for each place."""

    username: str
    password: str
    apiKey: str
    agent_id: str
    api_key: str


ActionHook: TypeAlias = str | ActionHookObject
"""A hook: its path or URL, or that with a method and credentials."""

__all__ = [
    "ActionHook",
    "ActionHookDelayAction",
    "ActionHookObject",
    "Amd",
    "AmdTimers",
    "Auth",
    "BargeIn",
    "BidirectionalAudio",
    "FillerNoise",
    "FromHeader",
    "LlmBase",
    "McpServer",
    "NoiseIsolation",
    "Recognizer",
    "Synthesizer",
    "Target",
    "TtsStream",
    "TurnTaking",
    "Vad",
]
