"""Streamed text on its way to the caller's ear: cut, merged, accepted or refused, spoken or cut off."""

from .flow_limits import FlowLimits
from .flow_states import FlowState
from .messages import ClearMessage, FlushMessage, SpeechMessage, TokensMessage
from .speech_events import (
    DeliveryDone,
    Outcome,
    SpeechCut,
    SpeechDelivered,
    SpeechEvent,
    SpeechOpened,
    SpeechReportDropped,
    SpeechSettled,
    SpeechSpoken,
    SpeechStreamMissing,
    SpeechVendorFailed,
    TextAccepted,
    TextDiscarded,
    TextOfferedAgain,
    WindowOpen,
)
from .speech_tracker import SpeechTracker
from .text_pieces import split_text, utf16_units
from .token_flow import TokenFlow

__all__ = [
    "SpeechTracker",
    "TokenFlow",
    "FlowLimits",
    "FlowState",
    "SpeechMessage",
    "TokensMessage",
    "FlushMessage",
    "ClearMessage",
    "SpeechEvent",
    "SpeechOpened",
    "SpeechDelivered",
    "SpeechCut",
    "SpeechSettled",
    "SpeechSpoken",
    "SpeechReportDropped",
    "Outcome",
    "TextAccepted",
    "TextDiscarded",
    "TextOfferedAgain",
    "WindowOpen",
    "DeliveryDone",
    "SpeechStreamMissing",
    "SpeechVendorFailed",
    "split_text",
    "utf16_units",
]
