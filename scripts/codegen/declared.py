"""`verbs/declared.py`: each verb once, for everything that verbs can be said to."""

from __future__ import annotations

import keyword
import re
import textwrap
from pathlib import Path

from codegen.naming import class_name, python_name
from codegen.payload_names import result_of
from codegen.prose import WIDTH, docstring, first_sentence, imported, property_prose
from codegen.reading import CORE, Schema, SchemaFiles, header
from codegen.types import TypeWriter, collect

# Where a published schema's `minVersion` names a version of something else than the server.
SINCE = {"qwen_s2s": "10", "room": "10"}

ALONE = {"dtmf": "dtmf"}
"""The property that a verb's method takes as its positional argument, by verb."""

DOC = '''"""Each verb, declared once: its keywords, what they mean, and what its hook reports.

Nothing here is run. `say` makes a method of each declaration, and what that gives depends on whose method it
is: a builder gives itself, a call gives a chain. What stands as the return type is what the verb reports to
its action hook, None for a verb that has none.
"""
'''

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
        lead = first_sentence(about)
        rest = about.removeprefix(lead)
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
    if name in ALONE:
        body += f"\nA string without a name is its `{ALONE[name]}`.\n"
    body += f"\nOn servers from {SINCE.get(name, schema['minVersion'])}."
    required = files.required(schema, schema["$id"])
    shortcut = name == "s2s" or name.endswith("_s2s")
    body += " What it shares with `llm` is explained there at length.\n" if shortcut else "\n"
    lines = []
    for prop, (below, document) in files.properties(schema, schema["$id"]).items():
        if prop == "verb":
            continue
        prose = property_prose(files, below, document)
        if shortcut and document != schema["$id"]:
            prose = first_sentence(prose)
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


def signature(writer: TypeWriter, name: str, schema: Schema) -> str:
    """`def say(…) -> R:` over several lines, with its decorator."""
    given = f"{class_name(name)}Verb | Mapping[str, Any] | None"
    how = f'"{name}"'
    keywords = ""
    for prop, annotation in parameters(writer, name, schema).items():
        optional = annotation if annotation == "Any" else f"{annotation} | None"
        keywords += f"        {python_name(prop)}: {optional} = None,\n"
        if keyword.iskeyword(prop):
            how += f', {python_name(prop)}="{prop}"'
    if name in ALONE:
        given = f"str | {given}"
        how += f', alone="{ALONE[name]}"'
    text = f"    @verb({how})\n    def {python_name(name)}(\n        self,\n        given: {given} = None,\n"
    return text + f"        /,\n        *,\n{keywords}    ) -> {result_of(name)}:\n"


def generate(files: SchemaFiles) -> dict[Path, str]:
    writer = collect(files)
    body = f"class VerbMethods(VerbsByName):\n    {CLASS_DOC}\n    __slots__ = ()\n"
    for name, schema in files.verbs.items():
        body += f"\n{signature(writer, name, schema)}{described(files, name, schema)}        ...\n"
    results = {result for name in files.verbs if (result := result_of(name))}
    shapes = {name for name in writer.definitions if re.search(rf"\b{name}\b", body)}
    text = header("schemas/")
    text += "# mypy: disable-error-code=empty-body\n"
    text += f"{DOC}\nfrom __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\n"
    text += "from jambonz_core.verbs.methods import VerbsByName, verb\n\n"
    text += "if TYPE_CHECKING:\n    from collections.abc import Mapping, Sequence\n"
    text += "    from typing import Any, Literal\n\n"
    text += imported("jambonz_core.verbs.payloads", results, 4)
    text += imported("jambonz_core.verbs.types", shapes, 4)
    return {CORE / "verbs" / "declared.py": f"{text}\n\n{body}"}
