"""The schema files are sound, and those that jambonz publishes say exactly what jambonz says.

`published_structure.json` is the structure of the published sets with all prose left out. It is the reason why a
document valid for jambonz' own tools is valid here: titles, descriptions and examples are ours, nothing else may differ but what stands in `ADDED` and `REPAIRED`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
PUBLISHED_BASE = "https://jambonz.org/schema/"
OWN_BASE = "https://jambonz-anyio.dev/schema/"

PROSE = {"title", "description", "examples", "$comment"}
# Keywords whose value maps names that people chose to schemas: a key below one of them is never a keyword.
NAMED_SCHEMAS = {"properties", "$defs", "patternProperties", "dependentSchemas"}
# Keywords whose value is data, never a schema.
DATA = {"const", "enum", "default", "examples", "required", "discriminator"}

# What we say beyond the published structure, other than prose.
ADDED = {"verbs/rest_dial": {"minVersion": "0.9.6"}}
# What we say instead of what is published, because no document could be right: any string is a string and a hook.
REPAIRED = {("components/target", "confirmHook"): {"$ref": "actionHook"}}

PUBLISHED: dict[str, Schema] = json.loads(
    Path(__file__).with_name("published_structure.json").read_text(encoding="utf-8")
)


def structure(schema: Any) -> Any:
    """The schema without its prose. A property that happens to be called `title` is not prose."""
    if isinstance(schema, list):
        return [structure(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    bare: Schema = {}
    for keyword, value in schema.items():
        if keyword in PROSE:
            continue
        if keyword in NAMED_SCHEMAS:
            bare[keyword] = {name: structure(below) for name, below in value.items()}
        elif keyword in DATA:
            bare[keyword] = value
        else:
            bare[keyword] = structure(value)
    return bare


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)
    elif isinstance(schema, dict):
        for keyword, value in schema.items():
            if keyword == "$ref" and isinstance(value, str):
                yield value
            elif keyword not in DATA:
                yield from references(value)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_structure_is_unchanged(name: str, schemas: dict[str, Schema]) -> None:
    published = {"$schema": DRAFT, **PUBLISHED[name], **ADDED.get(name, {})}
    for (where, repaired), instead in REPAIRED.items():
        if where == name:
            published["properties"] = {**published["properties"], repaired: instead}
    assert structure(schemas[name]) == published


def test_structure_keeps_properties_that_are_named_like_prose() -> None:
    schema = {
        "title": "T",
        "properties": {"title": {"type": "string", "description": "D"}},
        "examples": [{"title": 1}],
    }
    assert structure(schema) == {"properties": {"title": {"type": "string"}}}


def test_what_is_not_published_has_an_id_of_ours(schemas: dict[str, Schema]) -> None:
    for name, schema in schemas.items():
        base = PUBLISHED_BASE if name in PUBLISHED else OWN_BASE
        # A colon of the wire's name is a hyphen or an underscore in the file's.
        assert schema["$id"].replace(":", "-") == f"{base}{name}".replace(":", "-").replace(
            "rest_dial", "rest-dial"
        )


def test_ids_are_unique(schemas: dict[str, Schema]) -> None:
    assert len({schema["$id"] for schema in schemas.values()}) == len(schemas)


def test_each_file_is_a_valid_2020_12_schema(schemas: dict[str, Schema]) -> None:
    for schema in schemas.values():
        assert schema["$schema"] == DRAFT
        Draft202012Validator.check_schema(schema)


def test_each_reference_resolves_inside_the_directory(
    schemas: dict[str, Schema], registry: Registry[Any]
) -> None:
    for schema in schemas.values():
        resolver = registry.resolver(base_uri=schema["$id"])
        for reference in references(schema):
            assert resolver.lookup(reference).contents


def test_files_are_written_one_way(schema_directory: Path) -> None:
    for path in schema_directory.rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n", path.name


def test_each_verb_says_since_when_it_exists(schemas: dict[str, Schema]) -> None:
    for name, schema in schemas.items():
        if name.startswith("verbs/"):
            assert all(part.isdigit() for part in schema["minVersion"].split(".")), name
