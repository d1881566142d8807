"""The server's own check of a verb array, which accepts or refuses it as a whole.

The open server knows its verbs and properties by heart and refuses everything else. What v10 refuses is
what its published schemas call invalid; a property that they do not know is let through there, and warned
about here, because it is nearly always a slip of the pen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InvalidVerb
from ..profiles import Profile
from ..validation.checking import check_verb
from .verb_stack import BadVerbs
from .verb_table import ONLY_V10, canonical, unfold

if TYPE_CHECKING:
    from .world import World


def faults_of(data: list[Any], world: World) -> list[str]:
    """What the server would refuse; empty when it accepts. Warns of what it lets through."""
    faults: list[str] = []
    for position, item in enumerate(data):
        try:
            name, spec = unfold(item)
        except BadVerbs as bad:
            faults += [f"[{position}] {fault}" for fault in bad.faults]
            continue
        faults += [f"[{position}] {fault}" for fault in _verb_faults(name, spec, world)]
    return faults


def _verb_faults(name: str, spec: Mapping[str, Any], world: World) -> list[str]:
    from .verb_classes import CLASSES

    canonical_name, _ = canonical(name, dict(spec))
    if canonical_name not in CLASSES or (world.strict and name in ONLY_V10):
        return [f"there is no verb {name!r} on this server"]
    document = {"verb": name, **spec}
    try:
        _check(document, world.profile)
    except InvalidVerb as invalid:
        return [str(invalid)]
    if not world.strict:
        try:
            check_verb(document, world.profile)
        except InvalidVerb as invalid:
            world.warn("unknown-property", str(invalid), "The open server refuses the whole array for this.")
    return []


def _check(document: Mapping[str, Any], profile: Profile) -> None:
    check_verb(document, profile if profile.name == "0.9" else profile.lenient())
