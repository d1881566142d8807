"""The server's own check of a verb array, which accepts or refuses it as a whole.

The open server knows its verbs and properties by heart and refuses everything else; its own table is what
counts, not what is published. What v10 refuses is what its published schemas call invalid; a property that
they do not know is let through there, and warned about here, because it is nearly always a slip of the pen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...schemas.schema_set import SERVER_0_9, SERVER_0_9_BASE
from ...validation.checking import check_verb
from ...validation.explain import explain
from ...validation.verdict import verdict
from ...verbs.server_demands import demand
from ...wire.errors import InvalidVerb
from ..sessions.task import BadVerbs
from ..world import World
from .verb_classes import CLASSES
from .verb_names import ONLY_V10, canonical, unfold


def faults_of(data: list[Any], world: World) -> list[str]:
    """What the server would refuse; empty when it accepts. Warns of what it lets through."""
    faults: list[str] = []
    for position, item in enumerate(data):
        try:
            name, spec = unfold(item)
        except BadVerbs as bad:
            faults += [f"[{position}] {fault}" for fault in bad.faults]
            continue
        check = _open_server if world.strict else _published
        found = check(name, spec, world) or _unmade(name, spec, world)
        faults += [f"[{position}] {fault}" for fault in found]
    return faults


def _unmade(name: str, spec: Mapping[str, Any], world: World) -> list[str]:
    """What the server does not find when it makes the verb: it makes all of an array before any runs."""
    verb, fields = canonical(name, dict(spec))
    missing = demand(verb, fields, open_server=world.strict)
    return [f"{name}: {missing}"] if missing is not None else []


def _open_server(name: str, spec: Mapping[str, Any], world: World) -> list[str]:
    """What the open server's table says."""
    schemas = world.profile.schemas
    if name in schemas.verbs and schemas.given(schemas.verbs[name]):
        # Whoever gives the schema of a verb says that the server knows it.
        return _published(name, spec, world)
    verb, fields = canonical(name, dict(spec))
    identity = SERVER_0_9_BASE + verb
    if name in ONLY_V10 or verb not in CLASSES or identity not in SERVER_0_9:
        return [f"there is no verb {name!r} on this server"]
    if verdict(SERVER_0_9, identity)(fields):
        return []
    return [f"{name}: {finding}" for finding in explain(fields, SERVER_0_9[identity], SERVER_0_9, _names)]


def _names(schema: Any) -> list[str]:
    return list(schema.get("properties", ()))


def _published(name: str, spec: Mapping[str, Any], world: World) -> list[str]:
    """What the published schemas say."""
    verb, _ = canonical(name, dict(spec))
    if verb in {"lex", "rasa"} or not (verb in CLASSES or name in world.profile.schemas.verbs):
        return [f"there is no verb {name!r} on this server"]
    document = {**spec, "verb": name}
    try:
        check_verb(document, world.profile.lenient())
    except InvalidVerb as invalid:
        return [str(invalid)]
    try:
        check_verb(document, world.profile)
    except InvalidVerb as invalid:
        world.warn("unknown-property", str(invalid), "The open server refuses the whole array for this.")
    return []
