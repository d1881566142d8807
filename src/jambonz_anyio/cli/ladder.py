"""What the text and the picture of a ladder have in common: its lanes, what is left out, and what it sums up
to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from jambonz_core.journal import Journal, Step

_LAST = ("jambonz", "app")

_MINOR_ENDS = (" started", " finished")
_MINOR = frozenset({"idle", "finished", "text accepted", "window open", "delivery done", "verb done"})

_TOKENS = frozenset({"tts:tokens", "tts:flush", "tts:tokens-result ok"})
"""Streamed text and what becomes of it, while that goes well: one line for each word would bury the call."""


def lanes(ladder: Iterable[Step]) -> list[str]:
    """The parties from left to right: people, then jambonz, then the application."""
    parties = {party for step in ladder for party in (step.source, step.target)}
    people = sorted(parties.difference(_LAST), key=lambda party: (party != "caller", party))
    return [*people, *(party for party in _LAST if party in parties)]


def from_zero(ladder: Sequence[Step]) -> list[Step]:
    """The steps with the time since the first of them.

    Clocks of event loops begin anywhere: in the journal of an application, the numbers themselves say little.
    """
    began = ladder[0].at if ladder else 0.0
    return [replace(step, at=step.at - began) for step in ladder]


def is_minor(step: Step) -> bool:
    """Whether a reader does not miss a step: the words that are heard tell as much as that they begin."""
    if step.kind == "heard":
        return step.label.startswith("begins: ")
    if step.kind in ("command", "notice"):
        return step.label in _TOKENS
    return step.kind == "note" and (step.label in _MINOR or step.label.endswith(_MINOR_ENDS))


@dataclass(frozen=True, slots=True)
class Summary:
    """A ladder in numbers and words."""

    title: str
    """A headline that tells which call this is."""
    facts: str
    """How long it took, and how well it went."""
    remarks: tuple[str, ...]
    """What a reader has to know about the journal itself."""


def summary(journal: Journal, ladder: Sequence[Step]) -> Summary:
    """Count what happened in a ladder."""
    header = journal.header
    side = {"app": "the application", "jambonz": "a simulated server"}.get(header.role, header.role)
    title = f"A call as {side} saw it, server profile {header.profile}"
    if header.began:
        title += f", {header.began}"
    took = ladder[-1].at - ladder[0].at if ladder else 0.0
    latencies = [step.latency for step in ladder if step.kind == "ack" and step.latency is not None]
    slowest = f", the slowest in {milliseconds(max(latencies))}" if latencies else ""
    faults = sum(step.kind == "fault" for step in ladder)
    hooks = f"{len(latencies)} {'hook' if len(latencies) == 1 else 'hooks'} answered{slowest}"
    turns = [step.latency for step in ladder if step.kind == "turn"]
    answered = [latency for latency in turns if latency is not None]
    if turns:
        hooks += f"; {len(turns)} {'turn' if len(turns) == 1 else 'turns'}"
        hooks += f", the slowest answered in {milliseconds(max(answered))}" if answered else ""
    facts = f"{took:.1f} s; {hooks}; {faults or 'no'} {'fault' if faults == 1 else 'faults'}."
    remarks = []
    if header.redacted:
        remarks.append("Recorded without content: what people said, typed and were told shows as x.")
    if not journal.complete:
        remarks.append("The last line of the journal was cut off; what it told is missing.")
    return Summary(title, facts, tuple(remarks))


def milliseconds(seconds: float) -> str:
    """A latency, in the unit in which people think of it."""
    return f"{seconds * 1000:.0f} ms"
