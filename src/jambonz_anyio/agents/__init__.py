"""Voice agents: what a language model says, and what the caller heard of it.

`docs/voice-agents.md` is the guide. Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jambonz_core.agents.conversation import Conversation, keep_last
    from jambonz_core.agents.conversation_items import (
        AgentSaid,
        CallerSaid,
        Item,
        Note,
        ToolExchange,
        ToolsCalled,
    )
    from jambonz_core.agents.model_answers import CalledTool, Usage
    from jambonz_core.wire.errors import ModelFailed
    from jambonz_core.wire.events import TurnLatency

    from .caller_silence import CallerSilence
    from .persona import Persona
    from .spoken_answer import Model, SpokenAnswer, ToolRun
    from .text_stream import TextStream, texts
    from .tool_notes import noted_tools
    from .turn_events import Turn
    from .voice_agent import VoiceAgent
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            ".caller_silence": "CallerSilence",
            ".persona": "Persona",
            ".spoken_answer": "Model SpokenAnswer ToolRun",
            ".text_stream": "TextStream texts",
            ".tool_notes": "noted_tools",
            ".turn_events": "Turn",
            ".voice_agent": "VoiceAgent",
            "jambonz_core.agents.conversation": "Conversation keep_last",
            "jambonz_core.agents.conversation_items": (
                "AgentSaid CallerSaid Item Note ToolExchange ToolsCalled"
            ),
            "jambonz_core.agents.model_answers": "CalledTool Usage",
            "jambonz_core.wire.errors": "ModelFailed",
            "jambonz_core.wire.events": "TurnLatency",
        },
    )

__all__ = [
    # what models give
    "texts",
    "TextStream",
    "CalledTool",
    "Usage",
    "ModelFailed",
    # conversations
    "Conversation",
    "keep_last",
    "noted_tools",
    "Item",
    "CallerSaid",
    "AgentSaid",
    "ToolsCalled",
    "ToolExchange",
    "Note",
    # what agents are made of
    "SpokenAnswer",
    "CallerSilence",
    # agents
    "VoiceAgent",
    "Persona",
    "Model",
    "Turn",
    "TurnLatency",
    "ToolRun",
]
