"""The schema files, and the questions that generators ask of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "src" / "jambonz_core"
ADAPTERS = ROOT / "src" / "jambonz_anyio"

Schema = dict[str, Any]

COMMAND = "python scripts/generate.py"


NESTED: dict[str, dict[str, str]] = {
    "gather": {"say": "say", "play": "play"},
    "dial": {"listen": "listen", "stream": "listen", "transcribe": "transcribe"},
    "conference": {"listen": "listen", "stream": "listen"},
    "room": {"listen": "listen", "stream": "listen"},
    "config": {"listen": "listen", "stream": "listen", "transcribe": "transcribe"},
}
"""Properties that hold another verb without its name, by verb: schemas say only that they are objects."""


def header(source: str) -> str:
    """The first line of a generated file."""
    return f"# Generated from {source} by `{COMMAND}`. Do not edit.\n"


@dataclass(frozen=True)
class SchemaFiles:
    """Every schema of `schemas/`, by `$id`."""

    by_id: dict[str, Schema]

    @classmethod
    def read(cls) -> SchemaFiles:
        found: dict[str, Schema] = {}
        for path in sorted((ROOT / "schemas").rglob("*.schema.json")):
            schema = json.loads(path.read_text(encoding="utf-8"))
            found[schema["$id"]] = schema
        return cls(found)

    def group(self, name: str) -> dict[str, Schema]:
        """The schemas of one directory by the last part of their `$id`: `verbs`, `components`, …"""
        marker = f"/schema/{name}/"
        return {
            identity.rsplit("/", 1)[1]: schema
            for identity, schema in self.by_id.items()
            if marker in identity
        }

    @cached_property
    def verbs(self) -> dict[str, Schema]:
        """Verb schemas by the verb's name on the wire, those that people use most first."""
        verbs = self.group("verbs")
        first = [name for name in ("say", "play", "gather", "dial", "config", "hangup") if name in verbs]
        return {name: verbs[name] for name in (*first, *sorted(set(verbs) - set(first)))}

    def resolve(self, reference: str, base: str) -> tuple[Schema, str]:
        """The schema that a `$ref` in the document `base` means, and the document it stands in."""
        target = urljoin(base, reference)
        document, _, fragment = target.partition("#")
        schema = self.by_id[document]
        for part in fragment.split("/")[1:]:
            schema = schema[part]
        return schema, document

    def properties(self, schema: Schema, base: str) -> dict[str, tuple[Schema, str]]:
        """The properties that a schema declares, those it takes over from others included."""
        found: dict[str, tuple[Schema, str]] = {}
        inherited = list(schema.get("allOf", ()))
        if "$ref" in schema:
            inherited.append({"$ref": schema["$ref"]})
        for part in inherited:
            if "$ref" in part:
                found.update(self.properties(*self.resolve(part["$ref"], base)))
        found.update({name: (below, base) for name, below in schema.get("properties", {}).items()})
        return found

    def required(self, schema: Schema, base: str) -> set[str]:
        """The names of the properties that must be there."""
        names = set(schema.get("required", ()))
        inherited = list(schema.get("allOf", ()))
        if "$ref" in schema:
            inherited.append({"$ref": schema["$ref"]})
        for part in inherited:
            if "$ref" in part:
                names |= self.required(*self.resolve(part["$ref"], base))
        return names
