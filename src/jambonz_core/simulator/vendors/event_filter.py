"""Which events of a vendor's model reach the `eventHook` of an `llm` verb, given the verb's `events`.

The open server has a list of names for each vendor. Without `events`, and with `all` alone, exactly these
come; other events of the vendor are dropped. Some lists do not fit what the vendors send: all of Google's
events count as `llm_event`, which its list lacks, and Ultravox spells others than its list has. They come
when `events` names them, and when it has `all` with an exclusion, which then is all that is dropped.

Version 10 is documented to send all events unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_OPENAI = (
    "error",
    "session.created",
    "session.updated",
    "conversation.created",
    "input_audio_buffer.committed",
    "input_audio_buffer.cleared",
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "conversation.item.created",
    "conversation.item.input_audio_transcription.completed",
    "conversation.item.input_audio_transcription.failed",
    "conversation.item.truncated",
    "conversation.item.deleted",
    "response.created",
    "response.done",
    "response.output_item.added",
    "response.output_item.done",
    "response.content_part.added",
    "response.content_part.done",
    "response.text.delta",
    "response.text.done",
    "response.audio_transcript.delta",
    "response.audio_transcript.done",
    "response.audio.delta",
    "response.audio.done",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "rate_limits.updated",
    "output_audio.playback_started",
    "output_audio.playback_stopped",
)
_DEEPGRAM = (
    "Error",
    "Welcome",
    "SettingsApplied",
    "ConversationText",
    "UserStartedSpeaking",
    "EndOfThought",
    "AgentThinking",
    "FunctionCallRequest",
    "FunctionCalling",
    "AgentStartedSpeaking",
    "AgentAudioDone",
)

LISTED: Mapping[str, Sequence[str]] = {
    "openai": _OPENAI,
    "microsoft": _OPENAI,
    "google": ("error", "session.created", "session.updated"),
    "elevenlabs": (
        "conversation_initiation_metadata",
        "user_transcript",
        "agent_response",
        "client_tool_call",
    ),
    "deepgram": _DEEPGRAM,
    "voiceagent": _DEEPGRAM,
    "ultravox": (
        "createCall",
        "pong",
        "state",
        "transcript",
        "conversationText",
        "clientToolInvocation",
        "playbackClearBuffer",
    ),
}
"""By vendor: the events that the open server sends when it is told nothing else."""

WILDCARDS = frozenset({"openai", "microsoft", "google", "elevenlabs"})
"""The vendors for which `prefix.*` stands for all events with that prefix."""


def passes(vendor: str, name: str, wanted: Sequence[str] | None, *, open_server: bool) -> bool:
    """Whether an event of this name is sent.

    >>> passes("google", "llm_event", None, open_server=True)
    False
    >>> passes("google", "llm_event", ["llm_event"], open_server=True)
    True
    """
    return (_open_server if open_server else _documented)(vendor, name, wanted)


def _documented(vendor: str, name: str, wanted: Sequence[str] | None) -> bool:
    wanted = wanted or ["all"]
    if f"-{name}" in wanted:
        return False
    if "all" in wanted or name in wanted:
        return True
    return vendor in WILDCARDS and any(one.endswith(".*") and name.startswith(one[:-1]) for one in wanted)


def _open_server(vendor: str, name: str, wanted: Sequence[str] | None) -> bool:
    listed = LISTED.get(vendor, ())
    if wanted is None:
        return name in listed
    excluded = [one[1:] for one in wanted if one.startswith("-")]
    if "all" in wanted:
        return name not in _expanded(vendor, excluded) if excluded else name in listed
    included = _expanded(vendor, [one for one in wanted if not one.startswith("-")])
    # Nothing included is nothing filtered: exclusions count beside `all` only.
    return name in included if included else True


def _expanded(vendor: str, names: Sequence[str]) -> list[str]:
    """The names that are meant: a prefix stands for those on the vendor's list, and for no others."""
    if vendor not in WILDCARDS:
        return list(names)
    found: list[str] = []
    for one in names:
        prefix = one.removesuffix(".*")
        found += [one] if prefix == one else [each for each in LISTED[vendor] if each.startswith(prefix)]
    return found
