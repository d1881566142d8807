"""The last lines of a call that a person has made: how it ended, and how quick the application was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jambonz_core.simulator import CallCompleted

if TYPE_CHECKING:
    from ..testing import Phone

_SHOWN = 6
"""Turns whose latencies are told one by one."""

_ENDED_BY = {"caller": "the caller hung up", "jambonz": "the application hung up"}


def how_it_ended(reason: str) -> str:
    """The reason of `CallCompleted`, in words.

    >>> how_it_ended("caller"), how_it_ended("busy")
    ('the caller hung up', 'it ended with busy')
    """
    return _ENDED_BY.get(reason, f"it ended with {reason}")


def summary(phone: Phone, *, faults: int, warnings: int, stopped: bool = False) -> list[str]:
    """The lines. `warnings` are those of the log; `stopped` says that the end was not waited for."""
    return [
        f"The call took {_seconds(phone):.1f} s: {_end(phone, stopped)}.",
        f"{_hooks(phone)}.",
        f"{_turns(phone)}.",
        f"{_count(faults, 'fault')}, {_count(warnings, 'warning')} of the application.".capitalize(),
    ]


def in_one_line(phone: Phone, *, faults: int) -> str:
    """The same in one line, for whoever reads the lines of the call as well."""
    answered = [hook.latency for hook in phone.hooks if hook.latency is not None]
    heard = _totals(phone)
    told = f"{len(answered)} {'hook' if len(answered) == 1 else 'hooks'} answered"
    if answered:
        told += f", the slowest in {max(answered) * 1000:.0f} ms"
    if heard:
        told += f", {_count(len(heard), 'turn')} answered within {max(heard):.2f} s"
    return f"The call took {_seconds(phone):.1f} s: {told}; {_count(faults, 'fault')}."


def _completed(phone: Phone) -> tuple[float, CallCompleted] | None:
    ends = ((record.at, record.what) for record in phone.records)
    return next(((at, what) for at, what in ends if isinstance(what, CallCompleted)), None)


def _seconds(phone: Phone) -> float:
    completed = _completed(phone)
    return phone.records[-1].at if completed is None else completed[0]


def _end(phone: Phone, stopped: bool) -> str:
    completed = _completed(phone)
    if completed is None:
        return "you left it" if stopped else "it did not end"
    return how_it_ended(completed[1].reason)


def _hooks(phone: Phone) -> str:
    answered = [hook for hook in phone.hooks if hook.latency is not None]
    unanswered = sum(1 for hook in phone.hooks if hook.unanswered)
    missing = f", {unanswered} unanswered" if unanswered else ""
    if not answered:
        return f"No hooks answered{missing}"
    slowest = max(answered, key=lambda hook: hook.latency or 0.0)
    name = f"{slowest.type} {slowest.hook}".strip()
    told = f"{_count(len(answered), 'hook')} answered, the slowest in {(slowest.latency or 0) * 1000:.0f} ms"
    return f"{told} ({name}){missing}"


def _totals(phone: Phone) -> list[float]:
    """From the last word to the first sound, of each turn of which that is known."""
    return [turn.latency.total for turn in phone.turns if turn.latency.total is not None]


def _turns(phone: Phone) -> str:
    latencies = _totals(phone)
    if not latencies:
        return "No turns"
    shown = ", ".join(f"{one:.2f}" for one in latencies[:_SHOWN])
    more = f" … the longest {max(latencies):.2f}" if len(latencies) > _SHOWN else ""
    return f"{_count(len(latencies), 'turn')}, from your last word to the first sound: {shown}{more} s"


def _count(number: int, what: str) -> str:
    """
    >>> [_count(number, "turn") for number in (0, 1, 2)]
    ['no turns', '1 turn', '2 turns']
    """
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
