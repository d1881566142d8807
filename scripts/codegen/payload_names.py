"""Which class stands for which callback, and which verb's result it is."""

from __future__ import annotations

CLASSES = {
    "base": "HookPayload",
    "session-new": "SessionData",
    "session-reconnect": "SessionReconnectData",
    "session-redirect": "SessionRedirectData",
    "session-adulting": "SessionAdultingData",
    "call-status": "CallStatusData",
    "verb-status": "VerbStatusData",
    "jambonz-error": "ErrorData",
    "gather": "GatherResult",
    "gather-partial": "GatherPartial",
    "play": "PlayResult",
    "dial": "DialResult",
    "dial-confirm": "DialConfirmData",
    "dial-dtmf": "DialDtmf",
    "dial-hold": "DialHold",
    "dial-refer": "DialRefer",
    "conference": "ConferenceResult",
    "conference-status": "ConferenceStatus",
    "conference-wait": "ConferenceWait",
    "enqueue": "EnqueueResult",
    "enqueue-wait": "EnqueueWait",
    "queue-status": "QueueStatus",
    "dequeue": "DequeueResult",
    "listen": "ListenResult",
    "transcribe": "TranscribeEvent",
    "transcribe-translation": "TranslationEvent",
    "amd": "AmdEvent",
    "llm": "LlmResult",
    "llm-event": "LlmEventData",
    "llm-tool-call": "LlmToolCallData",
    "agent-event": "AgentEventData",
    "agent-turn": "AgentTurn",
    "agent-tool-call": "AgentToolCallData",
    "pipeline-turn": "PipelineTurn",
    "message": "MessageResult",
    "sip-refer": "ReferResult",
    "sip-refer-event": "ReferEvent",
    "sip-request": "SipRequestResult",
    "sip-request-within-dialog": "SipRequestWithinDialog",
    "transfer": "TransferResult",
    "dialogflow": "DialogflowResult",
    "dialogflow-event": "DialogflowEvent",
    "lex": "LexResult",
    "lex-event": "LexEvent",
    "rasa": "RasaResult",
    "rasa-event": "RasaEvent",
    "tts-streaming-event": "TtsStreamingEventData",
    "tts-tokens-result": "TtsTokensResultData",
}
"""The class of each callback schema, by the last part of its `$id`."""

RESULTS = {
    "play": "PlayResult",
    "gather": "GatherResult",
    "dial": "DialResult",
    "conference": "ConferenceResult",
    "room": "ConferenceResult",
    "enqueue": "EnqueueResult",
    "dequeue": "DequeueResult",
    "listen": "ListenResult",
    "stream": "ListenResult",
    "message": "MessageResult",
    "sip:refer": "ReferResult",
    "sip:request": "SipRequestResult",
    "transfer": "TransferResult",
    "dialogflow": "DialogflowResult",
    "lex": "LexResult",
    "rasa": "RasaResult",
    "llm": "LlmResult",
    "s2s": "LlmResult",
    "agent": "HookPayload",
    "pipeline": "HookPayload",
}
"""What a verb's action hook delivers. `redirect` is not here: its hook asks for verbs and reports nothing."""


def result_of(verb: str) -> str | None:
    """The class of a verb's result; None when no hook reports one."""
    return RESULTS.get("llm" if verb.endswith("_s2s") else verb)


EXTRAS = {
    "base": "CallInfo",
    "gather": "Heard",
    "gather-partial": "Heard",
    "transcribe": "Heard",
    "dial": "Bridged",
    "agent-event": "Replied",
    "agent-turn": "Replied",
    "pipeline-turn": "Replied",
}
"""Bases from `payload_extras` with what programs ask beyond the fields, by callback."""

NESTED_EXTRAS = {"Latency": "LatencyBase"}

ITEM_NAMES = {
    "alternatives": "Alternative",
    "tool_calls": "ToolCall",
    "function_calls": "FunctionCall",
    "vendor": "SpeechVendor",
    "sip": "SipRequest",
}
"""Names of classes of nested objects where the property's own name would mislead."""
