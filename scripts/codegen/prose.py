"""Docstrings out of what schemas say about themselves, and lists of names."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from typing import Any

from codegen.reading import Schema, SchemaFiles

WIDTH = 108


def docstring(text: str, margin: int) -> str:
    """A docstring literal at `margin` columns, wrapped, ending in a newline; nothing for no text."""
    if not text:
        return ""
    space = " " * margin
    paragraphs = [
        textwrap.fill(part, WIDTH - margin, break_long_words=False, break_on_hyphens=False)
        for part in text.strip().split("\n")
    ]
    body = "\n".join(paragraphs).replace("\\", "\\\\").replace('"""', "'''")
    if body.endswith('"'):
        body += " "
    lines = body.split("\n")
    closing = '"""' if len(lines) == 1 else f'\n{space}"""'
    return (
        "\n".join(f"{space}{line}" if line else "" for line in (f'"""{lines[0]}', *lines[1:]))
        + f"{closing}\n"
    )


def shown(value: Any) -> str:
    """A value as it would be written in JSON."""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def limits(schema: Schema) -> str:
    """What the schema demands of a value beyond its type, in words."""
    said = []
    if "enum" in schema:
        said.append("One of " + ", ".join(map(shown, schema["enum"])) + ".")
    if "minimum" in schema and "maximum" in schema:
        said.append(f"Between {schema['minimum']} and {schema['maximum']}.")
    elif "minimum" in schema:
        said.append(f"At least {schema['minimum']}.")
    if "default" in schema:
        said.append(f"Left out: {shown(schema['default'])}.")
    return " ".join(said)


def property_prose(files: SchemaFiles, schema: Schema, base: str) -> str:
    """What one property means, with its values and what happens when it is left out."""
    about = schema.get("description", "")
    values = schema
    if "$ref" in schema:
        target, _ = files.resolve(schema["$ref"], base)
        about = about or target.get("description", "")
        values = {**target, **schema}
    elif schema.get("type") == "array" and "enum" in schema.get("items", {}):
        values = {**schema["items"], **schema}
    return " ".join(part for part in (about, limits(values)) if part)


def listed(names: Iterable[str], margin: int) -> str:
    """The lines of a list of names, with as many on each as it takes."""
    return textwrap.indent(textwrap.fill(", ".join(sorted(names)) + ",", WIDTH - margin), " " * margin) + "\n"


def imported(module: str, names: Iterable[str], margin: int = 0) -> str:
    """The lines of an import."""
    space = " " * margin
    return f"{space}from {module} import (\n{listed(names, margin + 4)}{space})\n"


def first_sentence(text: str) -> str:
    """The text up to its first full stop."""
    return re.split(r"(?<=[.!?])\s+", text, maxsplit=1)[0]
