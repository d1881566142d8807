"""Every schema explains itself, and its examples keep its own rules.

The descriptions become docstrings and the pages that editors show, so a missing one is a hole in the documentation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from jsonschema import Draft202012Validator
from referencing import Registry

Schema = dict[str, Any]

SHORTEST = 15
# What stands below these is a condition on properties that are described elsewhere, or no schema at all.
UNDESCRIBED = {
    "if",
    "then",
    "else",
    "not",
    "default",
    "enum",
    "const",
    "required",
    "examples",
    "discriminator",
}


def described(schema: Any, pointer: str = "") -> Iterator[tuple[str, str, Schema]]:
    """Pointer, name and schema of each property and definition, at every depth."""
    if isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from described(item, f"{pointer}/{index}")
    elif isinstance(schema, dict):
        for keyword, value in schema.items():
            if keyword in {"properties", "$defs"}:
                for name, below in value.items():
                    yield f"{pointer}/{keyword}/{name}", name, below
                    yield from described(below, f"{pointer}/{keyword}/{name}")
            elif keyword not in UNDESCRIBED:
                yield from described(value, f"{pointer}/{keyword}")


def words(text: str) -> set[str]:
    """The words of a text or of a camelCase, snake_case or hyphenated name, without those that carry no meaning."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return set(re.findall(r"[a-z0-9]+", spaced.lower())) - {
        "a",
        "an",
        "and",
        "for",
        "in",
        "is",
        "of",
        "the",
        "to",
        "whether",
    }


def test_each_schema_has_a_title_and_a_description(schemas: dict[str, Schema]) -> None:
    for name, schema in schemas.items():
        assert schema["title"], name
        assert len(schema["description"]) > SHORTEST, name


def test_each_property_has_a_description_that_says_more_than_its_name(schemas: dict[str, Schema]) -> None:
    for file, schema in schemas.items():
        for pointer, name, below in described(schema):
            text = below.get("description", "")
            assert len(text) >= SHORTEST, f"{file}#{pointer}: {text!r}"
            assert words(text) - words(name), f"{file}#{pointer}: {text!r}"


def test_descriptions_are_sentences(schemas: dict[str, Schema]) -> None:
    for file, schema in schemas.items():
        for pointer, _, below in [("", "", schema), *described(schema)]:
            text = below["description"]
            assert text == text.strip(), f"{file}#{pointer}"
            assert text[-1] in ".?", f"{file}#{pointer}: {text!r}"
            assert "  " not in text, f"{file}#{pointer}"


def test_one_description_never_serves_two_different_names(schemas: dict[str, Schema]) -> None:
    names: dict[str, set[str]] = defaultdict(set)
    for schema in schemas.values():
        for _, name, below in described(schema):
            names[below["description"]].add(name)
    assert {text: used for text, used in names.items() if len(used) > 1} == {}


def test_no_two_schemas_are_described_alike(schemas: dict[str, Schema]) -> None:
    assert len({schema["description"] for schema in schemas.values()}) == len(schemas)


def test_each_schema_has_an_example_and_each_example_validates(
    schemas: dict[str, Schema], registry: Registry[Any]
) -> None:
    for name, schema in schemas.items():
        validator = Draft202012Validator(schema, registry=registry)
        assert schema["examples"], name
        for example in schema["examples"]:
            validator.validate(example)


def test_examples_of_verbs_are_verbs(schemas: dict[str, Schema]) -> None:
    for name, schema in schemas.items():
        if name.startswith("verbs/"):
            allowed = (schemas["verbs/conference"] if name == "verbs/room" else schema)["properties"]["verb"]
            for example in schema["examples"]:
                assert Draft202012Validator(allowed).is_valid(example["verb"]), name


def test_examples_use_only_properties_that_are_described(
    schemas: dict[str, Schema], registry: Registry[Any]
) -> None:
    """A misspelt property in an example would otherwise pass, since most published schemas allow further ones."""
    for name, schema in schemas.items():
        if not name.startswith(("verbs/", "components/")):
            continue
        known = set(known_properties(schema, registry))
        for example in schema["examples"]:
            if isinstance(example, dict) and known:
                assert set(example) <= known, name


def known_properties(schema: Schema, registry: Registry[Any]) -> Iterator[str]:
    yield from schema.get("properties", ())
    for part in (schema, *schema.get("allOf", ()), *schema.get("oneOf", ())):
        if part is not schema:
            yield from part.get("properties", ())
        if "$ref" in part:
            target: Schema = registry.resolver(base_uri=schema["$id"]).lookup(part["$ref"]).contents
            yield from known_properties(target, registry)


def test_each_verb_of_the_app_document_is_an_example_of_one_schema_only(
    schemas: dict[str, Schema], registry: Registry[Any]
) -> None:
    """The published document lists its verbs under `oneOf`: an example that fits two of them would be refused."""
    app = schemas["jambonz-app"]
    document = Draft202012Validator(app, registry=registry)
    by_id = {schema["$id"]: schema for schema in schemas.values()}
    branches = app["$defs"]["Verb"]["oneOf"]
    assert len(branches) > 30
    for branch in branches:
        document.validate(by_id[urljoin(app["$id"], branch["$ref"])]["examples"])
