"""What `jambonz doctor` is told, and what its checks give."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Weight(StrEnum):
    """How much a finding weighs."""

    OK = "ok"
    NOTE = "note"
    """Something worth knowing that does no harm."""
    WARNING = "warning"
    """Wrong for some, or probably not meant."""
    FAULT = "fault"
    """Something that is wrong for everybody."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    weight: Weight
    text: str


@dataclass(frozen=True, slots=True)
class DoctorSettings:
    """What `jambonz doctor` was told."""

    target: str | None = None
    host: str = "127.0.0.1"
    port: int = 3000
    tls_cert: Path | None = None
    tls_key: Path | None = None
    credentials: tuple[str, str] | None = None
    env: dict[str, str] = field(default_factory=dict)
    calls: bool = True
    backend: str = "asyncio"
    as_json: bool = False


def count(number: int, what: str) -> str:
    """A number of things.

    >>> count(0, "fault"), count(1, "hook"), count(2, "verb")
    ('no faults', '1 hook', '2 verbs')
    """
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
