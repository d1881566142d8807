"""Verbs as types: plain dicts at run time."""

from __future__ import annotations

from typing import TypeAlias

from jambonz_core.verbs.types import (
    AgentVerb,
    AlertVerb,
    AnswerVerb,
    ConferenceVerb,
    ConfigVerb,
    DeepgramS2sVerb,
    DequeueVerb,
    DialogflowVerb,
    DialVerb,
    DtmfVerb,
    DubVerb,
    ElevenlabsS2sVerb,
    EnqueueVerb,
    GatherVerb,
    GoogleS2sVerb,
    HangupVerb,
    LeaveVerb,
    ListenVerb,
    LlmVerb,
    MessageVerb,
    OpenaiS2sVerb,
    PauseVerb,
    PlayVerb,
    RedirectVerb,
    S2sVerb,
    SayVerb,
    SipDeclineVerb,
    SipReferVerb,
    SipRequestVerb,
    StreamVerb,
    TagVerb,
    TranscribeVerb,
    UltravoxS2sVerb,
)

AnyVerb: TypeAlias = (
    AgentVerb
    | AlertVerb
    | AnswerVerb
    | ConferenceVerb
    | ConfigVerb
    | DeepgramS2sVerb
    | DequeueVerb
    | DialVerb
    | DialogflowVerb
    | DtmfVerb
    | DubVerb
    | ElevenlabsS2sVerb
    | EnqueueVerb
    | GatherVerb
    | GoogleS2sVerb
    | HangupVerb
    | LeaveVerb
    | ListenVerb
    | LlmVerb
    | MessageVerb
    | OpenaiS2sVerb
    | PauseVerb
    | PlayVerb
    | RedirectVerb
    | S2sVerb
    | SayVerb
    | SipDeclineVerb
    | SipReferVerb
    | SipRequestVerb
    | StreamVerb
    | TagVerb
    | TranscribeVerb
    | UltravoxS2sVerb
)
"""Any of them."""

__all__ = [
    "AnyVerb",
    "AgentVerb",
    "AlertVerb",
    "AnswerVerb",
    "ConferenceVerb",
    "ConfigVerb",
    "DeepgramS2sVerb",
    "DequeueVerb",
    "DialVerb",
    "DialogflowVerb",
    "DtmfVerb",
    "DubVerb",
    "ElevenlabsS2sVerb",
    "EnqueueVerb",
    "GatherVerb",
    "GoogleS2sVerb",
    "HangupVerb",
    "LeaveVerb",
    "ListenVerb",
    "LlmVerb",
    "MessageVerb",
    "OpenaiS2sVerb",
    "PauseVerb",
    "PlayVerb",
    "RedirectVerb",
    "S2sVerb",
    "SayVerb",
    "SipDeclineVerb",
    "SipReferVerb",
    "SipRequestVerb",
    "StreamVerb",
    "TagVerb",
    "TranscribeVerb",
    "UltravoxS2sVerb",
]
