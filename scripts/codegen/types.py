"""`verbs/types.py`: a TypedDict for each verb and each object inside one."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from codegen.naming import class_name, python_name
from codegen.prose import docstring, listed, property_prose
from codegen.reading import CORE, NESTED, Schema, SchemaFiles, header

DOC = '''"""The verbs and what stands inside them, as dicts with exact types: `Synthesizer(vendor="google")`.

At run time each of them is a plain dict. A method of a verb takes one wherever it takes a dict, and a dict of
other origin just as well. The keys of a whole verb, such as `SayVerb`, are the keywords of its method in
`declared.VerbMethods`, and are explained there.
"""
'''

SCALARS = {"string": "str", "number": "float", "integer": "int", "boolean": "bool", "null": "None"}


def alternatives(annotation: str) -> list[str]:
    """The members of a union; a union inside brackets stays whole."""
    return re.split(r" \| (?![^\[]*\])", annotation)


class TypeWriter:
    """Turns schemas into annotations, and collects the TypedDicts that those need."""

    def __init__(self, files: SchemaFiles) -> None:
        self.files = files
        self.definitions: dict[str, str] = {}

    def annotation(self, schema: Schema, base: str, name: str) -> str:
        """The annotation for a value; `name` is what a TypedDict would be called if one is needed."""
        if "$ref" in schema:
            target, document = self.files.resolve(schema["$ref"], base)
            own = class_name(re.split("[/#]", schema["$ref"])[-1])
            if "/schema/verbs/" in document and "#" not in schema["$ref"]:
                return f"{self.verb(own, target, document)} | Mapping[str, Any]"
            return self.annotation(target, document, own)
        if "const" in schema:
            return f"Literal[{schema['const']!r}]"
        if "enum" in schema:
            return f"Literal[{', '.join(map(repr, schema['enum']))}]"
        if "oneOf" in schema:
            parts = [self.annotation(part, base, name) for part in schema["oneOf"]]
            return " | ".join(dict.fromkeys(part for each in parts for part in alternatives(each)))
        kind = schema.get("type")
        if isinstance(kind, list):
            return " | ".join(SCALARS[each] for each in kind)
        if kind == "array":
            items = schema.get("items")
            inner = self.annotation(items, base, f"{name}Item") if items else "Any"
            return f"Sequence[{inner}]"
        if kind == "object" or "properties" in schema:
            return self.mapping(schema, base, name)
        return SCALARS[kind] if kind else "Any"

    def mapping(self, schema: Schema, base: str, name: str) -> str:
        properties = self.files.properties(schema, base)
        if properties:
            self.define(name, schema, base)
            return f"{name} | Mapping[str, Any]"
        values = schema.get("additionalProperties")
        if isinstance(values, dict):
            return f"Mapping[str, {self.annotation(values, base, f'{name}Value')}]"
        return "Mapping[str, Any]"

    def stem(self, name: str, document: str, base: str) -> str:
        """What a nested TypedDict's name begins with; what comes from a component has that one's name."""
        return name.removesuffix("Verb") if document == base else class_name(document.rsplit("/", 1)[1])

    def property(self, prop: str, schema: Schema, document: str, stem: str) -> str:
        """The annotation for a property; one that holds another verb has that verb's fields."""
        nested = NESTED.get(document.rsplit("/verbs/", 1)[-1], {}).get(prop)
        if nested is not None:
            return f"{class_name(nested)}Verb | Mapping[str, Any]"
        return self.annotation(schema, document, stem + class_name(prop))

    def verb(self, own: str, schema: Schema, base: str) -> str:
        """The TypedDict of a whole verb, as one may be nested in another."""
        name = f"{own}Verb"
        if name not in self.definitions:
            wire = base.rsplit("/", 1)[1]
            method = python_name(wire)
            about = f"The verb `{wire}` as a dict: `VerbMethods.{method}` explains the keys."
            self.define(name, schema, base, about=about)
        return name

    def define(self, name: str, schema: Schema, base: str, *, about: str | None = None) -> None:
        """Write the TypedDict `name`, once. One whose keys are explained elsewhere says so in `about`."""
        if name in self.definitions:
            return
        self.definitions[name] = ""  # taken, for schemas that contain themselves
        properties = self.files.properties(schema, base)
        required = self.files.required(schema, base)
        text, body, parent = "", docstring(about or schema.get("description", ""), 4), "TypedDict"
        for prop, (below, document) in properties.items():
            annotation = self.property(prop, below, document, self.stem(name, document, base))
            if prop in required:
                annotation = f"Required[{annotation}]"
            if keyword.iskeyword(prop):
                # It cannot be written as an attribute.
                parent = f"_{name}{class_name(prop)}"
                text += f'{parent} = TypedDict("{parent}", {{"{prop}": "{annotation}"}}, total=False)\n\n\n'
                continue
            body += f"    {prop}: {annotation}\n"
            if about is None:
                body += docstring(property_prose(self.files, below, document), 4)
        self.definitions[name] = f"{text}class {name}({parent}, total=False):\n{body}"


def collect(files: SchemaFiles) -> TypeWriter:
    """A writer that has seen every verb."""
    writer = TypeWriter(files)
    for name, schema in files.verbs.items():
        writer.verb(class_name(name), schema, schema["$id"])
    return writer


def generate(files: SchemaFiles) -> dict[Path, str]:
    definitions = collect(files).definitions
    text = header("schemas/") + DOC
    text += "\nfrom __future__ import annotations\n\nfrom collections.abc import Mapping, Sequence\n"
    text += "from typing import Any, Literal, Required, TypedDict\n"
    for name in sorted(definitions):
        text += f"\n\n{definitions[name]}"
    quoted = listed((f'"{name}"' for name in definitions), 4)
    text += f"\n\n__all__ = [\n{quoted}]\n"
    return {CORE / "verbs" / "types.py": text}
