"""The sans-IO protocol core of jambonz-anyio: what jambonz and an application say to each other.

Names are loaded when they are first used, so that a program pays only for what it touches. Editors and type
checkers see them through the imports below, which never run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jambonz_core.schemas import BUILTIN, SchemaSet
    from jambonz_core.validation import find_problems, validate_app, validate_verb
    from jambonz_core.verbs.builder import Verb, VerbBuilder, make
    from jambonz_core.verbs.profiles import V0_9, V10, Profile
    from jambonz_core.webhooks.environment import Env, Environment
    from jambonz_core.webhooks.response import WebhookResponse
    from jambonz_core.webhooks.signature import SignatureFault, check_signature, sign, verify_signature
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "jambonz_core.schemas": "BUILTIN SchemaSet",
            "jambonz_core.validation": "find_problems validate_app validate_verb",
            "jambonz_core.verbs.builder": "Verb VerbBuilder make",
            "jambonz_core.verbs.profiles": "V0_9 V10 Profile",
            "jambonz_core.webhooks.environment": "Env Environment",
            "jambonz_core.webhooks.response": "WebhookResponse",
            "jambonz_core.webhooks.signature": "SignatureFault check_signature sign verify_signature",
        },
    )

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
