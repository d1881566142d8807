"""Which handler serves a path.

A table of patterns, looked up once per connection. Four kinds of segment are known:

* ``/agent``: itself;
* ``/tenants/{tenant}``: one segment, captured under a name;
* ``/legs/*/audio``: one segment, whatever it is;
* ``/files/*`` or ``/files/{rest:path}``, at the end only: one segment or more, the second form captured. A
  lone ``*`` takes everything, the root too.

The most telling pattern wins, and not the first that was registered: segment by segment, a literal beats a
capture, a capture beats ``*``, and anything beats a prefix. So the order in which modules are imported never
decides who answers a call. A slash at the end makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from jambonz_core.wire.errors import LocalProtocolError

T = TypeVar("T")

_NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(:path)?\}")


class _Kind(IntEnum):
    """How much a segment tells; the smaller, the more. Patterns are compared by their lists of these."""

    LITERAL = 0
    CAPTURE = 1
    ANY = 2
    REST = 3


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: _Kind
    text: str
    """The literal, or the name of the capture; empty when nothing is captured."""


def _parse(pattern: str) -> tuple[_Segment, ...]:
    if pattern == "*":
        return (_Segment(_Kind.REST, ""),)
    if not pattern.startswith("/"):
        raise LocalProtocolError(f"A path begins with a slash, or is a lone *: {pattern!r} does neither")
    parts = pattern.strip("/").split("/") if pattern.strip("/") else []
    segments: list[_Segment] = []
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        if part == "*":
            segments.append(_Segment(_Kind.REST if last else _Kind.ANY, ""))
        elif match := _NAME.fullmatch(part):
            name, rest = match.groups()
            if rest and not last:
                raise LocalProtocolError(
                    f"{part} takes all that follows, so it must end the path {pattern!r}"
                )
            segments.append(_Segment(_Kind.REST if rest else _Kind.CAPTURE, name))
        elif "{" in part or "}" in part or "*" in part:
            raise LocalProtocolError(
                f"{part!r} in {pattern!r} is no segment: write a literal, {{name}}, {{name:path}} or *"
            )
        else:
            segments.append(_Segment(_Kind.LITERAL, part))
    names = [segment.text for segment in segments if segment.kind is not _Kind.LITERAL and segment.text]
    if len(set(names)) != len(names):
        raise LocalProtocolError(f"{pattern!r} captures two segments under one name")
    return tuple(segments)


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What serves a path, and what the path says."""

    target: T
    params: dict[str, str]
    """The segments of the path that the pattern captured, by name."""


class RouteTable(Generic[T]):
    """Patterns and what they lead to.

    >>> table = RouteTable[str]()
    >>> table.add("/tenants/{tenant}", "tenant")
    >>> table.match("/tenants/blue/").params
    {'tenant': 'blue'}
    >>> table.match("/elsewhere") is None
    True
    """

    def __init__(self) -> None:
        self._exact: dict[str, T] = {}
        self._patterns: list[tuple[tuple[_Segment, ...], T]] = []
        self._shapes: set[tuple[tuple[_Kind, str], ...]] = set()

    def __bool__(self) -> bool:
        return bool(self._shapes)

    def __iter__(self) -> Iterator[T]:
        yield from self._exact.values()
        for _, target in self._patterns:
            yield target

    def add(self, pattern: str, target: T) -> None:
        """Lead `pattern` to `target`. Raises `LocalProtocolError` for a bad pattern, or one that is taken."""
        segments = _parse(pattern)
        shape = tuple((s.kind, s.text if s.kind is _Kind.LITERAL else "") for s in segments)
        if shape in self._shapes:
            raise LocalProtocolError(f"The path {pattern!r} is served already")
        self._shapes.add(shape)
        if all(segment.kind is _Kind.LITERAL for segment in segments):
            self._exact["/".join(segment.text for segment in segments)] = target
        else:
            self._patterns.append((segments, target))
            # Sorted once here, so that the first pattern that fits is the most telling one. The lists of
            # kinds are compared segment by segment; of two prefixes with equal beginnings the longer is the
            # more telling.
            self._patterns.sort(key=lambda entry: ([s.kind for s in entry[0]], -len(entry[0])))

    def match(self, path: str) -> Match[T] | None:
        """What serves `path`, or None."""
        key = path.strip("/")
        if key in self._exact:
            return Match(self._exact[key], {})
        parts = key.split("/") if key else []
        for segments, target in self._patterns:
            params = _fit(segments, parts)
            if params is not None:
                return Match(target, params)
        return None


def _fit(segments: tuple[_Segment, ...], parts: list[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for position, segment in enumerate(segments):
        if segment.kind is _Kind.REST:
            rest = "/".join(parts[position:])
            if not rest and position:
                return None
            if segment.text:
                params[segment.text] = rest
            return params
        if position >= len(parts) or not parts[position]:
            return None
        if segment.kind is _Kind.LITERAL and segment.text != parts[position]:
            return None
        if segment.kind is _Kind.CAPTURE:
            params[segment.text] = parts[position]
    return params if len(parts) == len(segments) else None
