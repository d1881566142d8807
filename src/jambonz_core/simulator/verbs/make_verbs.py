"""From what an application sends to verbs that run: the server's own check, and then the classes."""

from __future__ import annotations

from typing import Any

from ..sessions.session import CallSession
from ..sessions.task import BadVerbs, Task
from .call_steering import Unsimulated
from .verb_checks import faults_of
from .verb_classes import CLASSES
from .verb_names import canonical, unfold


def make_verbs(session: CallSession, data: Any) -> list[Task]:
    """Verbs for a session. Raises `BadVerbs` when the server refuses the array, all of it."""
    if not isinstance(data, list):
        raise BadVerbs(["verbs must come in an array"])
    faults = faults_of(data, session.world)
    if faults:
        raise BadVerbs(faults)
    verbs: list[Task] = []
    for item in data:
        name, spec = canonical(*unfold(item))
        verbs.append(CLASSES[name](session, spec) if name in CLASSES else Unsimulated(session, spec, name))
    return verbs
