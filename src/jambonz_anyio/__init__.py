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

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jambonz_anyio._call.handlers import Hook as Hook
    from jambonz_anyio._call.inbox import Inbox as Inbox
    from jambonz_anyio._net.server import Server as Server
    from jambonz_anyio._net.server import serve as serve
    from jambonz_anyio._net.transport import HttpRequest as HttpRequest
    from jambonz_anyio._net.transport import HttpResponse as HttpResponse
    from jambonz_anyio.app import App as App
    from jambonz_anyio.app import CallPath as CallPath
    from jambonz_anyio.audio import AudioStream as AudioStream
    from jambonz_anyio.audio import Mark as Mark
    from jambonz_anyio.call import Call as Call
    from jambonz_anyio.call import Leg as Leg
    from jambonz_anyio.chain import Chain as Chain
    from jambonz_anyio.chain import UnsentChainWarning as UnsentChainWarning
    from jambonz_anyio.limits import CallLimits as CallLimits
    from jambonz_anyio.limits import ServerLimits as ServerLimits
    from jambonz_anyio.rest import JambonzClient as JambonzClient
    from jambonz_anyio.rest import SyncJambonzClient as SyncJambonzClient
    from jambonz_anyio.sdk.endpoint import create_endpoint as create_endpoint
    from jambonz_anyio.sdk.session import Session as Session
    from jambonz_anyio.speech import Speech as Speech
    from jambonz_anyio.stores import FileStore as FileStore
    from jambonz_anyio.stores import MemoryStore as MemoryStore
    from jambonz_anyio.stores import StateStore as StateStore
    from jambonz_anyio.webhooks import WebhookRequest as WebhookRequest
    from jambonz_core.audio.audio_events import PlayOutcome as PlayOutcome
    from jambonz_core.call.options import CallOptions as CallOptions
    from jambonz_core.rest.errors import CallFailed as CallFailed
    from jambonz_core.speech.speech_events import Outcome as Outcome
    from jambonz_core.verbs.builder import VerbBuilder as VerbBuilder
    from jambonz_core.verbs.builder import make as make
    from jambonz_core.verbs.profiles import V0_9 as V0_9
    from jambonz_core.verbs.profiles import V10 as V10
    from jambonz_core.verbs.profiles import Profile as Profile
    from jambonz_core.webhooks.response import WebhookResponse as WebhookResponse
    from jambonz_core.wire.errors import CallEnded as CallEnded
    from jambonz_core.wire.errors import InvalidVerb as InvalidVerb
    from jambonz_core.wire.errors import JambonzError as JambonzError
    from jambonz_core.wire.errors import LocalProtocolError as LocalProtocolError
    from jambonz_core.wire.errors import RestError as RestError
    from jambonz_core.wire.errors import SpeechFailed as SpeechFailed
    from jambonz_core.wire.errors import SpeechInterrupted as SpeechInterrupted
    from jambonz_core.wire.errors import UnsupportedByProfile as UnsupportedByProfile
    from jambonz_core.wire.errors import VerbDropped as VerbDropped

_HOMES = {
    # calls
    "App": "jambonz_anyio.app",
    "Call": "jambonz_anyio.call",
    "Leg": "jambonz_anyio.call",
    "CallPath": "jambonz_anyio.app",
    "Chain": "jambonz_anyio.chain",
    "UnsentChainWarning": "jambonz_anyio.chain",
    "Hook": "jambonz_anyio._call.handlers",
    "Inbox": "jambonz_anyio._call.inbox",
    "Speech": "jambonz_anyio.speech",
    "Outcome": "jambonz_core.speech.speech_events",
    "CallLimits": "jambonz_anyio.limits",
    "CallOptions": "jambonz_core.call.options",
    # audio
    "AudioStream": "jambonz_anyio.audio",
    "Mark": "jambonz_anyio.audio",
    "PlayOutcome": "jambonz_core.audio.audio_events",
    # state
    "StateStore": "jambonz_anyio.stores",
    "MemoryStore": "jambonz_anyio.stores",
    "FileStore": "jambonz_anyio.stores",
    # serving
    "Server": "jambonz_anyio._net.server",
    "ServerLimits": "jambonz_anyio.limits",
    "serve": "jambonz_anyio._net.server",
    "HttpRequest": "jambonz_anyio._net.transport",
    "HttpResponse": "jambonz_anyio._net.transport",
    # webhooks and REST
    "WebhookRequest": "jambonz_anyio.webhooks",
    "WebhookResponse": "jambonz_core.webhooks.response",
    "JambonzClient": "jambonz_anyio.rest",
    "SyncJambonzClient": "jambonz_anyio.rest",
    # the familiar face
    "create_endpoint": "jambonz_anyio.sdk.endpoint",
    "Session": "jambonz_anyio.sdk.session",
    # verbs and servers
    "VerbBuilder": "jambonz_core.verbs.builder",
    "make": "jambonz_core.verbs.builder",
    "Profile": "jambonz_core.verbs.profiles",
    "V0_9": "jambonz_core.verbs.profiles",
    "V10": "jambonz_core.verbs.profiles",
    # errors
    "JambonzError": "jambonz_core.wire.errors",
    "LocalProtocolError": "jambonz_core.wire.errors",
    "InvalidVerb": "jambonz_core.wire.errors",
    "UnsupportedByProfile": "jambonz_core.wire.errors",
    "CallEnded": "jambonz_core.wire.errors",
    "VerbDropped": "jambonz_core.wire.errors",
    "SpeechInterrupted": "jambonz_core.wire.errors",
    "SpeechFailed": "jambonz_core.wire.errors",
    "RestError": "jambonz_core.wire.errors",
    "CallFailed": "jambonz_core.rest.errors",
}
"""Where each name lives."""

__all__ = list(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]  # the names above, spelled once


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
