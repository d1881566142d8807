"""What programs import from ``jambonz_sdk.websocket``, under the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .audio_client import AudioClient
    from .audio_stream import AudioStream
    from .client import WsClient
    from .endpoint import MakeService, create_endpoint
    from .router import WsRouter
    from .session import Session
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            ".audio_client": "AudioClient",
            ".audio_stream": "AudioStream",
            ".client": "WsClient",
            ".endpoint": "MakeService create_endpoint",
            ".router": "WsRouter",
            ".session": "Session",
        },
    )

__all__ = ["create_endpoint", "MakeService", "WsClient", "WsRouter", "Session", "AudioClient", "AudioStream"]
