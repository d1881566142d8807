"""What programs import from ``jambonz_sdk.webhook``, under the same names."""

from __future__ import annotations

from .middleware import (
    EnvVarsMiddleware,
    WsgiEnvVarsMiddleware,
    env_vars_middleware,
    verify_signature_middleware,
)
from .response import WebhookResponse

__all__ = [
    "WebhookResponse",
    "verify_signature_middleware",
    "env_vars_middleware",
    "EnvVarsMiddleware",
    "WsgiEnvVarsMiddleware",
]
