"""What becomes of a command that was written shortly before its connection was lost.

Nobody knows whether the server has read it. `REPEAT` sends it again, `REPORT` tells the application that it
may be lost, and `RESULT` waits for the message that answers the command. Repeated is what does no harm when
it is done twice: a mute, a setting, a sentence that the caller would otherwise miss. Reported is what acts
twice: a second call, a wrong PIN, a transfer. Where that depends on what a command carries, a function of its
`data` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Literal, TypeAlias

from msgspec import Struct


class IfUnsure(Enum):
    """What is done with a write of which nobody knows whether it was read."""

    REPEAT = "repeat"
    """The message is sent again."""
    REPORT = "report"
    """The message is not sent again, and an event names it."""
    RESULT = "result"
    """The message has an answer of its own; without that it is sent again after a while."""


UnsureChoice: TypeAlias = Literal["repeat", "report"]
"""What an application may choose for a command of its own."""


def chosen(if_unsure: UnsureChoice | None) -> IfUnsure | None:
    """The same as a member; None where nothing was chosen."""
    return None if if_unsure is None else IfUnsure(if_unsure)


class UnprovedWrite(Struct, frozen=True):
    """Something that has left for the server, of which nobody knows whether it was read."""

    command: str
    """The wire name of the command, or ``ack`` for verbs that answer what the server has sent."""
    data: Any
    """The verbs, or whatever else the command carries."""
    then: Literal["repeat", "report", "result"]
    """What becomes of it unless the server proves that it was read: a member of `IfUnsure` by its value."""

    @property
    def verbs(self) -> list[dict[str, Any]]:
        """The verbs that it brings; none for a command that brings something else."""
        return self.data if isinstance(self.data, list) else []


ByData: TypeAlias = Callable[[Any], IfUnsure]

ACT_TWICE = frozenset(
    {
        "agent",
        "conference",
        "dequeue",
        "dial",
        "dialogflow",
        "dtmf",
        "enqueue",
        "lex",
        "llm",
        "message",
        "pipeline",
        "rasa",
        "redirect",
        "rest:dial",
        "room",
        "s2s",
        "sip:refer",
        "sip:request",
        "transfer",
    }
)
"""Verbs that do something to the world, and would do it a second time. The vendors' shortcuts (`…_s2s`) are
among them, and `dub` where it says or plays something. The others speak, listen, wait or set something, and
`hangup` and `sip:decline` do nothing to a call that has ended.
"""

_TRACK_STATES = frozenset({"addTrack", "removeTrack", "silenceTrack"})
_AGENT_SETTINGS = frozenset({"update_instructions", "update_tools"})
_LLM_SETTINGS = frozenset({"session.update", "response.cancel"})


def verbs_if_unsure(verbs: list[Any]) -> IfUnsure:
    """By the verbs of an array: reported as soon as one of them acts.

    >>> verbs_if_unsure([{"verb": "say", "text": "Hello"}])
    <IfUnsure.REPEAT: 'repeat'>
    >>> verbs_if_unsure([{"verb": "say", "text": "Hello"}, {"verb": "dial", "target": []}])
    <IfUnsure.REPORT: 'report'>
    """
    return IfUnsure.REPORT if any(_acts(verb) for verb in verbs) else IfUnsure.REPEAT


def _acts(verb: Any) -> bool:
    name = verb.get("verb") if isinstance(verb, Mapping) else None
    if name == "dub":
        return dub_if_unsure(verb) is IfUnsure.REPORT
    return isinstance(name, str) and (name in ACT_TWICE or name.endswith("_s2s"))


def redirect_if_unsure(data: Any) -> IfUnsure:
    """`redirect`: report if a verb acts (dial, transfer, …) or a hook was to be asked, else repeat."""
    return verbs_if_unsure(data) if isinstance(data, list) else IfUnsure.REPORT


def dub_if_unsure(data: Any) -> IfUnsure:
    """`dub`: report what is said or played, repeat the state of a track."""
    return _by_field(data, "action", _TRACK_STATES)


def llm_update_if_unsure(data: Any) -> IfUnsure:
    """`llm:update`: repeat settings and cancellations, report the rest: it would speak twice."""
    return _by_field(data, "type", _LLM_SETTINGS)


def agent_update_if_unsure(data: Any) -> IfUnsure:
    """`agent:update`: repeat instructions and tools, report context and replies: it would speak twice."""
    return _by_field(data, "type", _AGENT_SETTINGS)


def _by_field(data: Any, field: str, repeated: frozenset[str]) -> IfUnsure:
    value = data.get(field) if isinstance(data, Mapping) else None
    return IfUnsure.REPEAT if isinstance(value, str) and value in repeated else IfUnsure.REPORT
