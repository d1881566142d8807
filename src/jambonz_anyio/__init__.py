"""Voice applications for jambonz on asyncio, uvloop and trio.

```python
from jambonz_anyio import App, Call

app = App()


@app.call("/")
async def hello(call: Call) -> None:
    await call.say(text="Hello!").hangup().send()
```

Started by `jambonz run module.py:app`, by `await app.serve(port=3000)`, or by any ASGI server.

Names are loaded when they are first used, so importing this package costs little, whatever a program then
needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jambonz_anyio._call.inbox import Inbox
    from jambonz_anyio._call.marks import Mark
    from jambonz_anyio._call.own_tools import RunningTool
    from jambonz_anyio._call.receivers import Hook
    from jambonz_anyio._net.server import Server, ServerSettings, serve
    from jambonz_anyio._net.transport import HttpRequest, HttpResponse
    from jambonz_anyio.app import App, CallPath
    from jambonz_anyio.call import AudioStream, Call, Leg
    from jambonz_anyio.chain import Chain, UnsentChainWarning
    from jambonz_anyio.limits import CallLimits, ServerLimits
    from jambonz_anyio.posted import Posted
    from jambonz_anyio.redis_store import RedisStore
    from jambonz_anyio.rest import JambonzClient, SyncJambonzClient
    from jambonz_anyio.sdk.websocket.endpoint import create_endpoint
    from jambonz_anyio.sdk.websocket.session import Session
    from jambonz_anyio.speech import Speech
    from jambonz_anyio.stores import FileStore, MemoryStore, Store
    from jambonz_anyio.webhooks import WebhookRequest
    from jambonz_core.audio.audio_events import PlayOutcome
    from jambonz_core.call.options import CallOptions
    from jambonz_core.rest.errors import CallFailed
    from jambonz_core.speech.speech_events import Outcome
    from jambonz_core.verbs.builder import VerbBuilder, make
    from jambonz_core.verbs.profiles import V0_9, V10, Profile
    from jambonz_core.webhooks.response import WebhookResponse
    from jambonz_core.wire.errors import (
        CallEnded,
        InvalidVerb,
        JambonzError,
        LocalProtocolError,
        RestError,
        SpeechFailed,
        SpeechInterrupted,
        StoreError,
        UnsupportedByProfile,
        VerbDropped,
    )
    from jambonz_core.wire.unproved import UnprovedWrite
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "jambonz_anyio._call.inbox": "Inbox",
            "jambonz_anyio._call.marks": "Mark",
            "jambonz_anyio._call.own_tools": "RunningTool",
            "jambonz_anyio._call.receivers": "Hook",
            "jambonz_anyio._net.server": "Server ServerSettings serve",
            "jambonz_anyio._net.transport": "HttpRequest HttpResponse",
            "jambonz_anyio.app": "App CallPath",
            "jambonz_anyio.call": "AudioStream Call Leg",
            "jambonz_anyio.chain": "Chain UnsentChainWarning",
            "jambonz_anyio.limits": "CallLimits ServerLimits",
            "jambonz_anyio.posted": "Posted",
            "jambonz_anyio.redis_store": "RedisStore",
            "jambonz_anyio.rest": "JambonzClient SyncJambonzClient",
            "jambonz_anyio.sdk.websocket.endpoint": "create_endpoint",
            "jambonz_anyio.sdk.websocket.session": "Session",
            "jambonz_anyio.speech": "Speech",
            "jambonz_anyio.stores": "FileStore MemoryStore Store",
            "jambonz_anyio.webhooks": "WebhookRequest",
            "jambonz_core.audio.audio_events": "PlayOutcome",
            "jambonz_core.call.options": "CallOptions",
            "jambonz_core.rest.errors": "CallFailed",
            "jambonz_core.speech.speech_events": "Outcome",
            "jambonz_core.verbs.builder": "VerbBuilder make",
            "jambonz_core.verbs.profiles": "V0_9 V10 Profile",
            "jambonz_core.webhooks.response": "WebhookResponse",
            "jambonz_core.wire.errors": (
                "CallEnded InvalidVerb JambonzError LocalProtocolError RestError SpeechFailed "
                "SpeechInterrupted StoreError UnsupportedByProfile VerbDropped"
            ),
            "jambonz_core.wire.unproved": "UnprovedWrite",
        },
    )

__all__ = [
    # calls
    "App",
    "Call",
    "Leg",
    "CallPath",
    "Chain",
    "UnsentChainWarning",
    "Posted",
    "Hook",
    "Inbox",
    "RunningTool",
    "Speech",
    "Outcome",
    "CallLimits",
    "CallOptions",
    # audio
    "AudioStream",
    "Mark",
    "PlayOutcome",
    # state
    "Store",
    "MemoryStore",
    "FileStore",
    "RedisStore",
    "UnprovedWrite",
    # serving
    "Server",
    "ServerLimits",
    "ServerSettings",
    "serve",
    "HttpRequest",
    "HttpResponse",
    # webhooks and REST
    "WebhookRequest",
    "WebhookResponse",
    "JambonzClient",
    "SyncJambonzClient",
    # the familiar face
    "create_endpoint",
    "Session",
    # verbs and servers
    "VerbBuilder",
    "make",
    "Profile",
    "V0_9",
    "V10",
    # errors
    "JambonzError",
    "LocalProtocolError",
    "InvalidVerb",
    "UnsupportedByProfile",
    "CallEnded",
    "VerbDropped",
    "SpeechInterrupted",
    "SpeechFailed",
    "StoreError",
    "RestError",
    "CallFailed",
]
