"""`schemas/_server_0_9.py`: the open server's verb table as JSON schemas, so that one engine judges
everything.

The table is `schemas/servers/verb-table-0.9.json`. Its checker is JavaScript, which decides how each entry is
read: `typeof [] === typeof null === "object"`; an entry of a kind that the checker does not handle makes it
throw, so such a property can never be used; `_` is always let through.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from codegen.reading import CORE, ROOT, Schema, SchemaFiles, header

SOURCE = ROOT / "schemas" / "servers" / "verb-table-0.9.json"
BASE = "https://jambonz-anyio.dev/schema/server-0.9/"

TYPES: dict[str, list[str]] = {
    "string": ["string"],
    "number": ["number"],
    "boolean": ["boolean"],
    "object": ["object", "array", "null"],
    "array": ["array"],
}


# Not `False`: the library that explains failures tells no path for that.
NEVER: Schema = {"not": {}}


def value(spec: Any, table: dict[str, Any]) -> Schema:
    """The schema for one property of the table."""
    if isinstance(spec, list):
        return {"type": "array", "items": value(spec[0], table)}
    if isinstance(spec, dict):
        kind = spec.get("type")
        if kind not in ("number", "string", "object", "boolean"):
            return NEVER  # its checker asserts that the type is one of these
        return {"enum": spec["enum"]} if kind == "string" and "enum" in spec else {}
    if spec.startswith("#"):
        return {"$ref": spec[1:]} if spec[1:] in table else NEVER
    # In a choice of types, a reference is compared with `typeof` and never matches.
    kinds = [kind.strip() for kind in spec.split("|")]
    names = [name for kind in kinds for name in TYPES.get(kind, ())]
    return {"type": list(dict.fromkeys(names))}


def read_table() -> dict[str, Any]:
    """The data file, with its provenance."""
    parsed: dict[str, Any] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return parsed


def generate(files: SchemaFiles) -> dict[Path, str]:
    source = read_table()
    table = source["table"]
    lines = [header(str(SOURCE.relative_to(ROOT)))]
    lines.append(f'"""What server 0.9 accepts: {source["package"]} {source["version"]}, by `$id`."""\n\n')
    lines.append("from __future__ import annotations\n\nTEXTS: dict[str, str] = {\n")
    for name, entry in table.items():
        schema = {
            "$id": BASE + name,
            "type": "object",
            "properties": {prop: value(spec, table) for prop, spec in entry["properties"].items()}
            | {"_": True},
            "required": entry.get("required", []),
            "additionalProperties": False,
        }
        lines.append(f"    {BASE + name!r}: {json.dumps(schema, separators=(',', ':'))!r},\n")
    lines.append("}\n")
    return {CORE / "schemas" / "_server_0_9.py": "".join(lines)}
