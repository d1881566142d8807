"""`verbs/methods.py`: one method per verb, for everything that verbs can be said to."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from codegen.naming import class_name, python_name
from codegen.prose import WIDTH, docstring, property_prose
from codegen.reading import CORE, Schema, SchemaFiles, header
from codegen.types import TypeWriter, collect

# Where a published schema's `minVersion` names a version of something else than the server.
SINCE = {"qwen_s2s": "10", "room": "10"}

CLASS_DOC = '''"""One method per verb, for everything that verbs can be said to.

    A method takes keyword arguments, or one positional argument: a plain dict with the verb's fields, or a
    verb that was made before. None means "not given"; what is not given never goes on the wire. A class that
    binds the methods has `_add`, which gets the verb's name, the positional argument and the keywords, and
    whose value every method returns.
    """
'''


def parameters(writer: TypeWriter, name: str, schema: Schema) -> dict[str, str]:
    """The annotation of each keyword, by the wire's name."""
    files = writer.files
    stem = class_name(name)
    own = schema["$id"]
    return {
        prop: writer.property(prop, below, document, writer.stem(stem, document, own))
        for prop, (below, document) in files.properties(schema, own).items()
        if prop != "verb"
    }


def described(files: SchemaFiles, name: str, schema: Schema) -> str:
    """The docstring of a verb's method."""
    resolved, base = schema, schema["$id"]
    about = schema.get("description", "")
    if "$ref" in schema:
        resolved, base = files.resolve(schema["$ref"], base)
        about = about or resolved.get("description", "")
    about = about or f"The verb `{name}`."
    lead, _, rest = about.partition("\n")
    if not rest:
        sentences = re.split(r"(?<=[.!?])\s+", lead, maxsplit=1)
        lead, rest = sentences[0], "".join(sentences[1:])
    text = docstring(lead, 8).rstrip("\n").removesuffix('"""').rstrip()
    body = ""
    if rest:
        body += (
            "\n"
            + "\n".join(
                textwrap.fill(part, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
                for part in rest.strip().split("\n")
            )
            + "\n"
        )
    body += f"\nOn servers from {SINCE.get(name, schema['minVersion'])}.\n"
    required = files.required(schema, schema["$id"])
    lines = []
    for prop, (below, document) in files.properties(schema, schema["$id"]).items():
        if prop == "verb":
            continue
        prose = property_prose(files, below, document)
        must = "(required) " if prop in required else ""
        item = f"{python_name(prop)}: {must}{prose}".rstrip().rstrip(":")
        lines.append(
            textwrap.fill(
                item,
                WIDTH - 12,
                initial_indent="    ",
                subsequent_indent="        ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    if lines:
        body += "\nArgs:\n" + "\n".join(lines) + "\n"
    body = body.replace("\\", "\\\\").replace('"""', "'''")
    return text + "\n" + textwrap.indent(body, "        ") + '        """\n'


def signature(writer: TypeWriter, name: str, schema: Schema, returns: str) -> str:
    """`def say(…) -> R:` over several lines."""
    verb_type = f"{class_name(name)}Verb"
    text = f"    def {python_name(name)}(\n        self,\n"
    text += f"        given: {verb_type} | Mapping[str, Any] | None = None,\n        /,\n        *,\n"
    for prop, annotation in parameters(writer, name, schema).items():
        optional = annotation if annotation == "Any" else f"{annotation} | None"
        text += f"        {python_name(prop)}: {optional} = None,\n"
    return text + f"        **unknown: Never,\n    ) -> {returns}:\n"


def imported_types(text: str, writer: TypeWriter) -> list[str]:
    """The TypedDicts that a module's text mentions."""
    return sorted((name for name in writer.definitions if re.search(rf"\b{name}\b", text)), key=str.lower)


def generate(files: SchemaFiles) -> dict[Path, str]:
    writer = collect(files)
    body = f"class VerbMethods(DynamicVerbs[R_co]):\n    {CLASS_DOC}\n    __slots__ = ()\n"
    for name, schema in files.verbs.items():
        fields = "".join(
            f'                "{prop}": {python_name(prop)},\n' for prop in parameters(writer, name, schema)
        )
        body += f"\n{signature(writer, name, schema, 'R_co')}{described(files, name, schema)}"
        body += f'        return self._add(\n            "{name}",\n            given,\n'
        body += f"            {{\n{fields}                **unknown,\n            }},\n        )\n"
    text = header("schemas/")
    text += '"""The verbs as methods, with exact types; written from the schemas."""\n\n'
    text += "from __future__ import annotations\n\n"
    text += "from collections.abc import Mapping, Sequence\n"
    text += "from typing import TYPE_CHECKING, Any, Literal, Never\n\n"
    text += "from jambonz_core.verbs.dynamic import DynamicVerbs, R_co\n\n"
    text += "if TYPE_CHECKING:\n    from jambonz_core.verbs.types import (\n"
    text += "".join(f"        {name},\n" for name in imported_types(body, writer))
    text += "    )\n\n"
    text += "METHODS: dict[str, str] = {\n"
    text += "".join(f"    {python_name(name)!r}: {name!r},\n" for name in files.verbs)
    text += '}\n"""The verb on the wire behind each method."""\n\n\n'
    return {CORE / "verbs" / "methods.py": text + body}
