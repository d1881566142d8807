"""The face of the official SDKs, for programs and habits that come from there.

``jambonz_sdk.websocket`` is `jambonz_anyio.sdk.websocket` here, and so with every other module: that prefix
is all that a program has to change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jambonz_anyio.rest import JambonzClient
    from jambonz_anyio.sdk.validator import JambonzValidator
    from jambonz_anyio.sdk.verb_builder import VerbBuilder
    from jambonz_anyio.sdk.webhook import WebhookResponse
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "jambonz_anyio.rest": "JambonzClient",
            "jambonz_anyio.sdk.validator": "JambonzValidator",
            "jambonz_anyio.sdk.webhook": "WebhookResponse",
            "jambonz_anyio.sdk.verb_builder": "VerbBuilder",
        },
    )

__all__ = ["JambonzClient", "JambonzValidator", "VerbBuilder", "WebhookResponse"]
