"""The schema set as Python: JSON text by `$id`, one module per group, parsed when it is first used."""

from __future__ import annotations

import json
from pathlib import Path

from codegen.profiles import read_table
from codegen.reading import CORE, NESTED, SchemaFiles, header

GROUPS = ("app", "verbs", "components", "callbacks", "commands", "messages")


def group_of(identity: str) -> str:
    """Which module holds a schema: the directory below `schema/`, or `app` for what stands there itself."""
    path = identity.split("/schema/", 1)[1]
    return path.split("/", 1)[0] if "/" in path else "app"


def generate(files: SchemaFiles) -> dict[Path, str]:
    texts: dict[Path, str] = {}
    by_group: dict[str, list[str]] = {group: [] for group in GROUPS}
    for identity in sorted(files.by_id):
        by_group[group_of(identity)].append(identity)
    for group, identities in by_group.items():
        lines = [header("schemas/"), f'"""The text of the schemas in the group `{group}`, by `$id`."""\n\n']
        lines.append("from __future__ import annotations\n\nTEXTS: dict[str, str] = {\n")
        for identity in identities:
            text = json.dumps(files.by_id[identity], ensure_ascii=False, separators=(",", ":"))
            lines.append(f"    {identity!r}: {text!r},\n")
        lines.append("}\n")
        texts[CORE / "schemas" / f"_{group}.py"] = "".join(lines)
    index = [header("schemas/"), '"""Which schemas there are, without their text."""\n\n']
    index.append("from __future__ import annotations\n\nGROUPS: dict[str, str] = {\n")
    index += [f"    {identity!r}: {group_of(identity)!r},\n" for identity in sorted(files.by_id)]
    index.append("}\n\nVERBS: dict[str, str] = {\n")
    index += [f"    {name!r}: {schema['$id']!r},\n" for name, schema in sorted(files.verbs.items())]
    index.append("}\n\nTABLE_0_9: tuple[str, ...] = (\n")
    index += [f"    {name!r},\n" for name in read_table()["table"]]
    index.append(")\n\nNESTED: dict[str, dict[str, str]] = {\n")
    index += [f"    {verb!r}: {places!r},\n" for verb, places in NESTED.items()]
    index.append("}\n")
    texts[CORE / "schemas" / "_index.py"] = "".join(index)
    return texts
