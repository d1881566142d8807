"""`jambonz schema`: read the schemas that verbs, hooks and messages are checked against."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

import typer

from jambonz_core.schemas import BUILTIN
from jambonz_core.validation.spelling import nearest

from .errors import CommandFailed, ExitCode

WIDTH = 100


def list_schemas(*, as_json: bool) -> None:
    """All verbs with what they are for, and how many other schemas there are."""
    verbs = {name: BUILTIN.verb(name) for name in sorted(BUILTIN.verbs)}
    if as_json:
        typer.echo(json.dumps(sorted(BUILTIN), indent=2))
        return
    widest = max(len(name) for name in verbs)
    for name, schema in verbs.items():
        typer.echo(f"{name:<{widest}}  {schema.get('title', '')}")
    others = len(BUILTIN) - len(verbs)
    typer.echo(
        f"\njambonz schema NAME tells more: of a verb, or of one of {others} components, callbacks,\n"
        "commands and messages, such as components/recognizer; jambonz schema --json lists them all."
    )


def show_schema(name: str, *, as_json: bool) -> None:
    """One schema, as text for people or as it stands."""
    schema = find_schema(name)
    if as_json:
        typer.echo(json.dumps(schema, indent=2, ensure_ascii=False))
        return
    typer.echo(f"{name}: {schema.get('title', '')}")
    if schema.get("minVersion"):
        typer.echo(f"since {schema['minVersion']}")
    _paragraph(str(schema.get("description", "")), "")
    required = set(schema.get("required", ()))
    for key, value in dict(schema.get("properties", {})).items():
        typer.echo(f"\n{key}: {_kind(value)}{', required' if key in required else ''}")
        if isinstance(value, Mapping):
            _paragraph(str(value.get("description", "")), "    ")
            if "default" in value:
                typer.echo(f"    default: {json.dumps(value['default'])}")
    for example in schema.get("examples", ())[:1]:
        typer.echo("\nexample:")
        typer.echo(textwrap.indent(json.dumps(example, indent=2, ensure_ascii=False), "    "))


def find_schema(name: str) -> Mapping[str, Any]:
    """The schema of a verb, or of whatever else is called so; says what there is when there is none."""
    if name in BUILTIN.verbs:
        return BUILTIN.verb(name)
    wanted = name.strip("/").removesuffix(".schema.json")
    found = [identity for identity in BUILTIN if identity == wanted or identity.endswith(f"/{wanted}")]
    if len(found) == 1:
        return BUILTIN[found[0]]
    if found:
        raise CommandFailed(f"{name!r} could be {', '.join(sorted(found))}.", ExitCode.USAGE)
    near = nearest(name, [*BUILTIN.verbs, *(identity.rsplit("/", 1)[-1] for identity in BUILTIN)])
    raise CommandFailed(
        f"There is no schema {name!r}{f'; did you mean {near!r}?' if near else '.'}", ExitCode.USAGE
    )


def _kind(schema: Any) -> str:
    """What values a schema allows, in a few words."""
    if not isinstance(schema, Mapping):
        return "anything"
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return " or ".join(_kind(part) for part in schema[choice])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"array of {_kind(schema.get('items', True))}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _paragraph(text: str, indent: str) -> None:
    if text:
        typer.echo(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent))
