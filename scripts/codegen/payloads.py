"""`verbs/payloads.py`: a class for each callback, and for each object inside one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from codegen.naming import class_name, python_name
from codegen.payload_names import CLASSES, EXTRAS, ITEM_NAMES, NESTED_EXTRAS, RESULTS
from codegen.prose import docstring, imported, listed, property_prose
from codegen.reading import CORE, Schema, SchemaFiles, header

Properties = dict[str, tuple[Schema, str]]

FIELDS = {
    "string": ("text", "str | None"),
    "integer": ("whole", "int | None"),
    "number": ("number", "float | None"),
    "boolean": ("flag", "bool | None"),
    "object": ("free", "dict[str, Any]"),
    "array": ("items", "tuple[Any, ...]"),
}
"""What makes a field of each kind, and the type of its values."""

CALL_INFO = {"customerData", "parent_call_sid"}
"""What `payload_extras.CallInfo` reads for all of them."""

OPEN = {"details"}
"""Documented as an object, sent as text by the open server."""


@dataclass
class PayloadClass:
    """One payload class that is to be written."""

    base: str
    about: str
    properties: Properties = field(default_factory=dict)


def snake(name: str) -> str:
    """`customerData` as `customer_data`: payloads are no verbs, so Python's spelling applies."""
    return python_name(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())


class PayloadWriter:
    """Collects classes, nested ones first."""

    def __init__(self, files: SchemaFiles) -> None:
        self.files = files
        self.classes: dict[str, PayloadClass] = {}

    def merged(self, schema: Schema, base: str) -> Properties:
        """The properties of a payload in all its variants together."""
        found: Properties = {}
        for keyword in ("oneOf", "anyOf"):
            for variant in schema.get(keyword, ()):
                found.update({**self.merged(variant, base), **found})
        found.update({name: (below, base) for name, below in schema.get("properties", {}).items()})
        return found

    def parents(self, schema: Schema) -> list[str]:
        references = [part["$ref"] for part in schema.get("allOf", ()) if "$ref" in part]
        return [CLASSES[reference.rsplit("/", 1)[-1]] for reference in references]

    def base_properties(self) -> Properties:
        return self.classes["HookPayload"].properties

    def callback(self, name: str, schema: Schema) -> None:
        properties = self.merged(schema, schema["$id"])
        parents = self.parents(schema)
        if not parents and name != "base" and "account_sid" in properties:
            # One published schema repeats the base instead of referring to it.
            parents = ["HookPayload"]
            properties = {prop: properties[prop] for prop in properties if prop not in self.base_properties()}
        if "HookPayload" in parents:
            properties = {prop: found for prop, found in properties.items() if prop not in CALL_INFO}
        bases = [*([EXTRAS[name]] if name in EXTRAS else []), *parents] or ["Payload"]
        about = schema.get("description") or f"The payload `{name}`."
        self.define(CLASSES[name], ", ".join(bases), about, properties)

    def define(self, name: str, base: str, about: str, properties: Properties) -> None:
        if name not in self.classes:
            self.classes[name] = PayloadClass(base, about)
        for prop, (below, document) in properties.items():
            self.classes[name].properties.setdefault(prop, (below, document))
            self.nested_class(prop, below, document, name)

    def nested_class(self, prop: str, schema: Schema, document: str, owner: str) -> str | None:
        """The class of a nested object or array item, defined on the way; None when it has none."""
        inner = schema.get("items", {}) if schema.get("type") == "array" else schema
        properties = self.merged(inner, document)
        if not properties:
            return None
        name = ITEM_NAMES.get(prop) or class_name(prop)
        if name in CLASSES.values() or owner == "Defaults":
            name = f"{owner}{name}"
        about = inner.get("description") or schema.get("description") or f"The object `{prop}` of a payload."
        self.define(name, NESTED_EXTRAS.get(name, "Payload"), about, properties)
        return name

    def field(self, prop: str, schema: Schema, document: str, owner: str) -> tuple[str, str]:
        """The expression that makes a property's field, and the type of its values."""
        kind: str = schema.get("type", "string" if "const" in schema or "enum" in schema else "")
        if isinstance(kind, list):
            kind = kind[0]
        if prop in OPEN:
            return f'anything("{prop}")', "Any"
        name = self.nested_class(prop, schema, document, owner)
        if name and kind == "array":
            return f'nested_items("{prop}", {name})', f"tuple[{name}, ...]"
        if name:
            return f'nested("{prop}", {name})', name
        maker, annotation = FIELDS.get(kind, ("anything", "Any"))
        return f'{maker}("{prop}")', annotation

    def written(self, name: str) -> str:
        found = self.classes[name]
        text = f"class {name}({found.base}):\n{docstring(found.about, 4)}\n    __slots__ = ()\n"
        for prop, (below, document) in found.properties.items():
            maker, annotation = self.field(prop, below, document, name)
            text += f"    {snake(prop)}: Field[{annotation}] = {maker}\n"
            text += docstring(property_prose(self.files, below, document) or f"The field `{prop}`.", 4)
        return text

    def ordered(self) -> list[str]:
        """The names of all classes, each behind those that it mentions."""
        order: dict[str, None] = {}

        def visit(name: str) -> None:
            mentioned = re.findall(r"(?:, |\()(\w+)\)", self.written(name)) if name in self.classes else []
            for other in mentioned:
                if other not in order and other != name and other in self.classes:
                    visit(other)
            order.setdefault(name)

        for name in self.classes:
            visit(name)
        return list(order)


def generate(files: SchemaFiles) -> dict[Path, str]:
    writer = PayloadWriter(files)
    callbacks = files.group("callbacks")
    for name in CLASSES:
        writer.callback(name, callbacks[name])
    written = "".join(f"\n\n{writer.written(name)}" for name in writer.ordered())
    makers = set(re.findall(r"\] = (\w+)\(", written))
    text = header("schemas/callbacks/")
    text += '"""A class for each payload that the server sends; written from the schemas of callbacks."""\n\n'
    text += "from __future__ import annotations\n\nfrom typing import Any\n\n"
    text += imported("jambonz_core.verbs.payload_base", {"Field", "Payload", *makers})
    text += imported("jambonz_core.verbs.payload_extras", {*EXTRAS.values(), *NESTED_EXTRAS.values()})
    text += written
    quoted = listed((f'"{name}"' for name in writer.classes), 4)
    text += f"\n\n__all__ = [\n{quoted}]\n"
    text += "\nCALLBACKS: dict[str, type[Payload]] = {\n"
    text += "".join(f'    "{name}": {CLASSES[name]},\n' for name in CLASSES)
    text += '}\n"""The class of each callback, by the name of its schema."""\n\n'
    text += "RESULTS: dict[str, type[HookPayload]] = {\n"
    verbs = {**RESULTS, **{verb: "LlmResult" for verb in files.verbs if verb.endswith("_s2s")}}
    text += "".join(f'    "{verb}": {name},\n' for verb, name in verbs.items())
    text += '}\n"""What the action hook of a verb delivers, by the verb\'s name on the wire."""\n'
    return {CORE / "verbs" / "payloads.py": text}
