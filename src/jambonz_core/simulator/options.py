"""What kind of call it is, and how fast its world moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..wire.limits import MESSAGE_BYTES, SERVER_ACK_SECONDS


@dataclass(frozen=True, slots=True)
class CallSetup:
    """One call, as the server's database and the SIP request would describe it."""

    direction: str = "inbound"
    """``inbound``, or ``outbound`` for a call made by the REST API."""
    from_: str = "+15551230001"
    to: str = "+15551230002"
    caller_name: str = ""
    call_sid: str = "5b9d4a3e-0000-4000-8000-000000000001"
    account_sid: str = "9351f46a-0000-4000-8000-00000000000a"
    application_sid: str = "0e0681b0-0000-4000-8000-00000000000b"
    service_provider_sid: str = "2708b1b3-0000-4000-8000-00000000000c"
    trace_id: str = "4bf92f3577b34da6a3ce929d0e0e4736"
    call_id: str = "a84b4c76e66710"
    env_vars: Mapping[str, Any] | None = None
    status_hook: str | None = "/call-status"
    """Where `call:status` goes: a ws URL or a path uses the call's socket, an http URL is posted to, None
    is not.
    """
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    tag: Mapping[str, Any] | None = None
    """`customerData`, as a REST request can give it."""
    sip_headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers of the INVITE."""
    synthesizer: Mapping[str, Any] = field(
        default_factory=lambda: {"vendor": "deepgram", "language": "en-US", "voice": "aura-asteria-en"}
    )
    recognizer: Mapping[str, Any] = field(default_factory=lambda: {"vendor": "deepgram", "language": "en-US"})
    time_limit: float | None = None
    """Seconds after which an outbound call is ended, as a REST request can ask."""
    ring_timeout: float = 60.0
    api_base_url: str | None = None
    sip_request_hook: str | None = None
    """The `sipRequestWithinDialogHook` of the REST request."""
    amd: Mapping[str, Any] | None = None
    """Answering machine detection that the REST request asks for, with its `actionHook`."""


@dataclass(frozen=True, slots=True)
class SimulatorOptions:
    """The speed of things, and the settings of the server."""

    characters_per_second: float = 15.0
    """How fast text is spoken to a leg."""
    words_per_second: float = 2.5
    """How fast people on the legs speak, unless an action says otherwise."""
    clip_seconds: float = 2.0
    """How long a sound file is, unless `clips` knows it."""
    clips: Mapping[str, float] = field(default_factory=dict)
    """Lengths of sound files by URL; 0 or less is a file that does not exist."""
    endpointing_seconds: float = 0.5
    """Silence after which a recogniser takes speech for finished."""
    vendor_connect_seconds: float = 0.1
    """How long the streaming speech vendor takes to accept a connection."""
    answer_seconds: float = 0.05
    """How long it takes to answer a call."""
    ring_seconds: float | None = 0.5
    """After which a dialled phone rings by itself; None leaves that to an action."""
    pick_up_seconds: float | None = None
    """After which a dialled party picks up by itself; None leaves that to an action."""
    finished_within_seconds: float = 5.0
    """How long the socket of a call that was never connected stays open."""
    ack_seconds: float = SERVER_ACK_SECONDS
    message_bytes: int = MESSAGE_BYTES
    connections: int = 5
    first_backoff: float = 0.5
    read_window: float = 0.005
    """How close behind a non-empty ack a command must come to be lost to it."""
    stream_silence: bool = True
    """Whether audio streams carry silence, or a buzz for speech, all the time, as real ones do."""
    b3: bool = False
    """Whether messages carry a tracing header."""
    inject_content: bool = False
    """The server setting that inserts queued verbs before a queued `gather`."""

    def clip(self, url: str) -> float:
        """How long a sound file is; 0 or less when there is none."""
        return self.clips.get(url, self.clip_seconds)
