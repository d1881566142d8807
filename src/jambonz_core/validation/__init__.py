"""Validation: a compiled verdict, and an explanation when it is no.

* `validate_app`, `validate_verb`: applications and verbs, raising `InvalidVerb`;
* `find_problems`: all of them at once, for tools;
* `check_callback`, `check`: payloads, commands and messages, as a list of findings;
* `normalize`: one spelling for every verb, without judging it.
"""

from __future__ import annotations

from jambonz_core.validation.documents import (
    check,
    check_callback,
    find_problems,
    is_valid,
    normalize,
    validate_app,
    validate_verb,
)

__all__ = [
    "check",
    "check_callback",
    "find_problems",
    "is_valid",
    "normalize",
    "validate_app",
    "validate_verb",
]
