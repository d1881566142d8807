"""What a phone shows of a call: lines, each of a kind, and which lines a record of the call becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jambonz_core.simulator import CommandTaken, HookSent, MessageSent, StatusSent, VerbEnded, Warned

from ..testing.records import AppFailed, AppLogged, What
from ..testing.transcript import describe
from .errors import plain_error

_PEOPLE = re.compile(r"caller|b\d+|model|outside")
_RAW = 400
"""Characters of a payload that a line of kind `FINE` holds."""


class Kind(StrEnum):
    """What a line is about, and so how loud it is."""

    SAID = "said"
    """Somebody on the phone speaks: the application, the caller, a party that was dialled."""
    HAPPENED = "happened"
    """Somebody on the phone does or notices something else: it rings, a key, a sound, the end."""
    DETAIL = "detail"
    """Verbs, hooks, commands, connections."""
    FINE = "fine"
    """What only somebody wants to see who asks for all: payloads, statuses, streamed text."""
    LOG = "log"
    """The application's log, at level WARNING or above."""
    FAULT = "fault"
    REMARK = "remark"
    TOLD = "told"
    """What the phone says to whoever holds it."""


@dataclass(slots=True)
class LiveLine:
    """One line of the conversation. Its text grows while somebody speaks."""

    number: int
    at: float
    """Seconds since the call began."""
    kind: Kind
    who: str
    """``app``, a leg (``caller``, ``b1``), or what else there is: ``hook``, ``call``, ``network`` …"""
    text: str
    to: str = ""
    """Whom the application speaks to."""
    over: bool = True
    """Whether the text will not change any more."""
    cut: bool = False
    """Whether it was cut off before the whole was heard."""


def told_of(what: What, call_sid: str) -> Iterator[tuple[Kind, str, str]]:
    """Kind, actor and text of what is told of a record, but for speech, which grows."""
    described = describe(what)
    if described is None or isinstance(what, VerbEnded):
        fine = _fine(what)
        if fine is not None:
            yield Kind.FINE, *fine
    if described is None:
        return
    who, text = described
    # There is one call here, so its id at every line of the application's log tells nothing.
    yield _kind(what, who), who, text.replace(f"[{call_sid}] ", "", 1)
    if isinstance(what, AppLogged) and what.error is not None:
        yield Kind.LOG, who, plain_error(what.error)


def _kind(what: What, who: str) -> Kind:
    match what:
        case Warned(fault=fault):
            return Kind.FAULT if fault else Kind.REMARK
        case AppLogged():
            return Kind.LOG
        case AppFailed():
            return Kind.FAULT
        case _ if who in {"fault", "remark"}:
            return Kind(who)
        case _ if who == "note":
            return Kind.TOLD
        case _:
            return Kind.HAPPENED if _PEOPLE.fullmatch(who) else Kind.DETAIL


def _fine(what: What) -> tuple[str, str] | None:
    """What is shown to those who want to see all."""
    match what:
        case HookSent():
            return "hook", f"{what.type} {what.hook} is sent: {_raw(what.data)}".replace("  ", " ")
        case StatusSent():
            return "status", _raw(what.data)
        case MessageSent():
            return "message", f"{what.type} {_raw(what.data)}"
        case CommandTaken():
            return "command", f"{what.command} {_raw(what.data)}"
        case VerbEnded():
            return "call", f"{what.verb} is {what.outcome}"
        case _:
            return None


_EVERYWHERE = frozenset(
    {
        *("call_sid", "call_id", "direction", "from", "to", "caller_id", "sip", "sbc_callid"),
        *("account_sid", "application_sid", "trace_id", "fs_sip_address", "api_base_url"),
        *("originating_sip_ip", "originating_sip_trunk_name"),
    }
)
"""Fields of nearly every payload, always the same: they would hide what is new."""


def _raw(data: Any) -> str:
    if isinstance(data, Mapping):
        data = {name: value for name, value in data.items() if name not in _EVERYWHERE}
    text = str(data)
    return text if len(text) <= _RAW else f"{text[:_RAW]}…"
