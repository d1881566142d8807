"""How each vendor's model tells what was said, in the events of an `llm` verb.

Vendors have many more events. These are the ones by which an application follows a conversation; any other
one is the action `ModelSends`. A vendor that is not named here is taken to speak like OpenAI, as most do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Event = Mapping[str, Any]


def heard_event(vendor: str, text: str) -> Event:
    """The vendor has understood the caller.

    >>> heard_event("ultravox", "hello")["role"]
    'user'
    """
    match vendor:
        case "google":
            return {"serverContent": {"inputTranscription": {"text": text}}}
        case "elevenlabs":
            return {"type": "user_transcript", "user_transcription_event": {"user_transcript": text}}
        case "deepgram" | "voiceagent":
            return {"type": "ConversationText", "role": "user", "content": text}
        case "ultravox":
            return {"type": "transcript", "role": "user", "medium": "voice", "text": text, "final": True}
        case _:
            return {"type": "conversation.item.input_audio_transcription.completed", "transcript": text}


def said_event(vendor: str, text: str) -> Event:
    """The model says something to the caller."""
    match vendor:
        case "google":
            return {"serverContent": {"outputTranscription": {"text": text}}}
        case "elevenlabs":
            return {"type": "agent_response", "agent_response_event": {"agent_response": text}}
        case "deepgram" | "voiceagent":
            return {"type": "ConversationText", "role": "assistant", "content": text}
        case "ultravox":
            return {"type": "transcript", "role": "agent", "medium": "voice", "text": text, "final": True}
        case _:
            return {"type": "response.audio_transcript.done", "transcript": text}


def interruption_event(vendor: str) -> Event:
    """The caller speaks over the model, which falls silent."""
    match vendor:
        case "google":
            return {"serverContent": {"interrupted": True}}
        case "elevenlabs":
            return {"type": "interruption", "interruption_event": {"reason": "user"}}
        case "deepgram" | "voiceagent":
            return {"type": "UserStartedSpeaking"}
        case "ultravox":
            return {"type": "playback_clear_buffer"}
        case _:
            return {"type": "input_audio_buffer.speech_started"}


def error_event(vendor: str, details: str) -> Event:
    """The vendor cannot go on."""
    match vendor:
        case "deepgram" | "voiceagent":
            return {"type": "Error", "description": details}
        case _:
            return {"type": "error", "error": {"type": "server_error", "message": details}}
