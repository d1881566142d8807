"""What programs import from ``jambonz_sdk.websocket``, under the same names."""

from __future__ import annotations

from .audio import AudioService as AudioClient
from .audio import FamiliarAudioStream as AudioStream
from .endpoint import MakeService, create_endpoint
from .session import Service as WsClient
from .session import Session

__all__ = ["create_endpoint", "MakeService", "WsClient", "Session", "AudioClient", "AudioStream"]
