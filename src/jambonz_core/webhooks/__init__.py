"""Webhooks: what to answer, whom to believe, and which variables to ask for. Usable from any framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jambonz_core.webhooks.environment import Declaration, Env, Environment
    from jambonz_core.webhooks.response import WebhookResponse
    from jambonz_core.webhooks.signature import (
        SignatureFault,
        check_signature,
        checked_secrets,
        sign,
        verify_signature,
    )
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "jambonz_core.webhooks.environment": "Declaration Env Environment",
            "jambonz_core.webhooks.response": "WebhookResponse",
            "jambonz_core.webhooks.signature": (
                "SignatureFault check_signature checked_secrets sign verify_signature"
            ),
        },
    )

__all__ = [
    "WebhookResponse",
    "sign",
    "check_signature",
    "checked_secrets",
    "verify_signature",
    "SignatureFault",
    "Environment",
    "Env",
    "Declaration",
]
