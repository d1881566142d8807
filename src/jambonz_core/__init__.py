"""The sans-IO protocol core of jambonz-anyio: what jambonz and an application say to each other.

Names are loaded when they are first used, so that a program pays only for what it touches. Editors and type
checkers see them through the imports below, which never run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jambonz_core.schemas import BUILTIN, SchemaSet
    from jambonz_core.validation import find_problems, validate_app, validate_verb
    from jambonz_core.verbs.builder import Verb, VerbBuilder, make
    from jambonz_core.verbs.profiles import V0_9, V10, Profile
    from jambonz_core.webhooks.environment import Env, Environment
    from jambonz_core.webhooks.response import WebhookResponse
    from jambonz_core.webhooks.signature import SignatureFault, check_signature, sign, verify_signature

_HOMES = {
    "BUILTIN": "jambonz_core.schemas",
    "Profile": "jambonz_core.verbs.profiles",
    "SchemaSet": "jambonz_core.schemas",
    "V0_9": "jambonz_core.verbs.profiles",
    "V10": "jambonz_core.verbs.profiles",
    "Verb": "jambonz_core.verbs.builder",
    "VerbBuilder": "jambonz_core.verbs.builder",
    "make": "jambonz_core.verbs.builder",
    "find_problems": "jambonz_core.validation",
    "validate_app": "jambonz_core.validation",
    "validate_verb": "jambonz_core.validation",
    "Env": "jambonz_core.webhooks.environment",
    "Environment": "jambonz_core.webhooks.environment",
    "WebhookResponse": "jambonz_core.webhooks.response",
    "SignatureFault": "jambonz_core.webhooks.signature",
    "check_signature": "jambonz_core.webhooks.signature",
    "sign": "jambonz_core.webhooks.signature",
    "verify_signature": "jambonz_core.webhooks.signature",
}
"""The module that each name comes from."""

__all__ = [
    "BUILTIN",
    "Profile",
    "SchemaSet",
    "V0_9",
    "V10",
    "Verb",
    "VerbBuilder",
    "make",
    "find_problems",
    "validate_app",
    "validate_verb",
    "WebhookResponse",
    "check_signature",
    "verify_signature",
    "sign",
    "SignatureFault",
    "Environment",
    "Env",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
