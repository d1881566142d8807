"""Webhooks: what to answer, whom to believe, and which variables to ask for. Usable from any framework."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jambonz_core.webhooks.environment import Declaration, Env, Environment
    from jambonz_core.webhooks.response import WebhookResponse
    from jambonz_core.webhooks.signature import SignatureFault, check_signature, sign, verify_signature

_HOMES = {
    "Declaration": "environment",
    "Env": "environment",
    "Environment": "environment",
    "WebhookResponse": "response",
    "SignatureFault": "signature",
    "check_signature": "signature",
    "sign": "signature",
    "verify_signature": "signature",
}
"""Loaded when first used: checking a signature needs no verbs, and verbs are much."""

__all__ = [
    "WebhookResponse",
    "sign",
    "check_signature",
    "verify_signature",
    "SignatureFault",
    "Environment",
    "Env",
    "Declaration",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
