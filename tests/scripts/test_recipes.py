"""The recipes of CONTRIBUTING.md for what is generated: a made-up property and a made-up verb reach the Python."""

from __future__ import annotations

import ast
import copy
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def generators(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What `scripts/generate.py` runs, by name."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import codegen.chains
    import codegen.declared
    import codegen.payloads
    import codegen.reading
    import codegen.types

    yield codegen
    for name in [name for name in sys.modules if name.partition(".")[0] == "codegen"]:
        monkeypatch.delitem(sys.modules, name)


def method(text: str, name: str) -> ast.FunctionDef:
    """A method of the only class that has it."""
    [found] = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    return found


def fields_of(text: str, name: str) -> set[str]:
    """The annotated names of a class."""
    [found] = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef) and node.name == name
    ]
    return {
        node.target.id
        for node in found.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def test_a_property_that_a_schema_gets_becomes_a_keyword_with_its_type_and_explanation(
    generators: Any,
) -> None:
    schemas = copy.deepcopy(generators.reading.SchemaFiles.read().by_id)
    [say] = [schema for identity, schema in schemas.items() if identity.endswith("/verbs/say")]
    say["properties"]["whisperingly"] = {"type": "boolean", "description": "Says it in a low voice."}
    files = generators.reading.SchemaFiles(schemas)

    [declared] = generators.declared.generate(files).values()
    said = method(declared, "say")
    assert "whisperingly" in {argument.arg for argument in said.args.kwonlyargs}
    assert "whisperingly: Says it in a low voice." in " ".join((ast.get_docstring(said) or "").split())
    [types] = generators.types.generate(files).values()
    assert "whisperingly" in fields_of(types, "SayVerb")


def test_a_verb_that_gets_a_schema_becomes_a_method_of_builders_and_calls(generators: Any) -> None:
    schemas = copy.deepcopy(generators.reading.SchemaFiles.read().by_id)
    [say] = [identity for identity in schemas if identity.endswith("/verbs/say")]
    identity = say.removesuffix("say") + "sing"
    schemas[identity] = {
        "$id": identity,
        "title": "Sing",
        "minVersion": "0.9.6",
        "description": "Sings a song.",
        "type": "object",
        "properties": {"verb": {"const": "sing"}, "song": {"type": "string", "description": "Which one."}},
        "required": ["song"],
        "examples": [{"verb": "sing", "song": "Daisy Bell"}],
    }
    files = generators.reading.SchemaFiles(schemas)

    [declared] = generators.declared.generate(files).values()
    assert "song" in {argument.arg for argument in method(declared, "sing").args.kwonlyargs}
    assert any(re.search(r"\bsing\b", text) for text in generators.chains.generate(files).values())


def test_every_recipe_names_files_that_there_are() -> None:
    """A path with a placeholder, such as `<verb>`, is looked at as far as its directory."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|schemas|scripts|docs|benchmarks)/[^`\s]+)`", page)
    assert len(named) > 20
    missing = [path for path in named if not (ROOT / path.partition("<")[0].rpartition("/")[0]).is_dir()]
    assert missing == []
    assert [path for path in named if "<" not in path and not (ROOT / path).exists()] == []
