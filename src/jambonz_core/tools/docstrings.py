"""What the docstring of a function says of the function and of each of its parameters.

The three forms that are in use are understood: a Google section `Args:`, a NumPy section `Parameters` with a
line under it, and the fields `:param name:` of reStructuredText.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import NamedTuple

_GOOGLE_PARAMETERS = ("args:", "arguments:", "parameters:", "params:")
_GOOGLE_SECTION = re.compile(r"[A-Z]\w*( \w+)?:$")
_GOOGLE_ITEM = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_NUMPY_ITEM = re.compile(r"\*{0,2}(\w+(?:\s*,\s*\w+)*)\s*(?::.*)?$")
_FIELD = re.compile(r":(\w+)(?:\s+([^:]*))?:\s*(.*)$")


class Explained(NamedTuple):
    """A docstring, taken apart."""

    summary: str
    """What stands before the sections, as one paragraph for each of its own."""
    parameters: dict[str, str]


def explained(docstring: str | None) -> Explained:
    """Take a docstring apart.

    >>> explained("Add two numbers.\\n\\nArgs:\\n    a: The first.\\n    b (int): The second.")
    Explained(summary='Add two numbers.', parameters={'a': 'The first.', 'b': 'The second.'})
    """
    lines = inspect.cleandoc(docstring or "").splitlines()
    end, parameters = len(lines), dict[str, str]()
    for at, line in enumerate(lines):
        if line.strip().lower() in _GOOGLE_PARAMETERS and not line.startswith(" "):
            parameters |= _items(_section(lines[at + 1 :]), _GOOGLE_ITEM)
        elif _is_numpy_heading(lines, at):
            if line.strip().lower() in ("parameters", "other parameters"):
                parameters |= _numpy_items(_numpy_section(lines, at + 2))
        elif _FIELD.match(line):
            parameters |= _fields(lines[at:]) if end > at else {}
        elif not _is_google_heading(line):
            continue
        end = min(end, at)
    return Explained(_paragraphs(lines[:end]), parameters)


def _is_google_heading(line: str) -> bool:
    return _GOOGLE_SECTION.match(line) is not None


def _is_numpy_heading(lines: list[str], at: int) -> bool:
    under = lines[at + 1] if at + 1 < len(lines) else ""
    return bool(lines[at].strip()) and len(under) >= 3 and set(under.strip()) == {"-"}


def _section(lines: list[str]) -> list[str]:
    """The indented lines of a section."""
    taken: list[str] = []
    for line in lines:
        if line.strip() and not line.startswith((" ", "\t")):
            break
        taken.append(line)
    return inspect.cleandoc("\n".join(["", *taken])).splitlines()


def _items(lines: list[str], item: re.Pattern[str]) -> dict[str, str]:
    """Items at the margin, each with what is indented below it."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        match = None if line.startswith((" ", "\t")) else item.match(line)
        if match is not None:
            name = match[1]
            found[name] = [match[2]]
        elif name:
            found[name].append(line.strip())
    return {name: _joined(texts) for name, texts in found.items()}


def _numpy_section(lines: list[str], begin: int) -> list[str]:
    end = next((at for at in range(begin, len(lines)) if _is_numpy_heading(lines, at)), len(lines))
    return lines[begin:end]


def _numpy_items(lines: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in lines:
        match = None if line.startswith((" ", "\t")) or not line.strip() else _NUMPY_ITEM.match(line)
        if match is not None:
            names = [name.strip() for name in match[1].split(",")]
            found |= {name: [] for name in names}
        else:
            for name in names:
                found[name].append(line.strip())
    return {name: _joined(texts) for name, texts in found.items()}


def _fields(lines: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        match = _FIELD.match(line)
        if match is not None:
            words = (match[2] or "").split()
            name = words[-1] if match[1] in ("param", "parameter", "arg", "argument") and words else ""
            if name:
                found[name] = [match[3]]
        elif name:
            found[name].append(line.strip())
    return {name: _joined(texts) for name, texts in found.items()}


def _joined(texts: list[str]) -> str:
    return " ".join(text for text in texts if text)


def _paragraphs(lines: list[str]) -> str:
    return "\n\n".join(_joined(list(part)) for part in _split(lines))


def _split(lines: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            part.append(line.strip())
        elif part:
            yield part
            part = []
