"""Recipes of CONTRIBUTING.md: a made-up property and a made-up verb reach the Python, and a made-up store passes."""

from __future__ import annotations

import ast
import copy
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest

from jambonz_anyio.stores import Store
from jambonz_anyio.testing.stores import STORE_CHECKS, StoreCheck
from jambonz_core.call.call_record import CallRecord, Claimed, Fence, Verdict

T = TypeVar("T")

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


class MadeUpStore:
    """What the recipe of a store says, over a dict: it reads a record, has it make the next one, and writes that."""

    seconds = 60.0

    def __init__(self) -> None:
        self._records: dict[str, CallRecord] = {}
        self._told: dict[str | None, Callable[[str], None]] = {}

    def _change(self, key: str, change: Callable[[CallRecord], tuple[CallRecord, T]]) -> T:
        self._records[key], answer = change(self._records.get(key, CallRecord()))
        return answer

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        clock = int(anyio.current_time() * 1000)
        claim = partial(CallRecord.claim, owner=owner, nonce=nonce, begin=begin, clock=clock)
        claimed = self._change(key, claim)
        if claimed.owner != owner and claimed.owner in self._told:
            self._told[claimed.owner](key)
        return claimed

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        return self._change(key, partial(CallRecord.save, fence=fence, snapshot=snapshot))

    async def end(self, key: str, fence: Fence) -> Verdict:
        return self._change(key, partial(CallRecord.end, fence=fence))

    async def hints(self, owner: str, told: Callable[[str], None]) -> None:
        self._told[owner] = told
        await anyio.sleep_forever()


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
def test_a_store_that_follows_the_recipe_passes_every_check(check: StoreCheck) -> None:
    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[Store, Store]]:
        store = MadeUpStore()
        yield store, store

    anyio.run(check, opened)


def test_what_the_recipe_of_a_store_names_is_there() -> None:
    recipe = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("### Add a store")[1].split("\n## ")[0]
    )
    named = re.findall(r"`((?:src|tests|scripts|\.ci)/[\w/.]+)`", recipe)
    assert len(named) >= 4
    for name in named:
        assert (ROOT / name).exists(), name
