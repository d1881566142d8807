"""Our schemas and those in the official SDK's wheel give the same verdict.

The wheel is a development dependency and nothing else of it is used. Documents are made from either side's schemas, so
that what only one side knows is met too. Where we differ on purpose, the published schema is repaired before it is
compared: `repaired` says what and why.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from jambonz_core.schemas import BUILTIN, SchemaSet
from jambonz_core.validation.verdict import verdict

pytestmark = pytest.mark.untraced

ONLY_OURS = {
    "https://jambonz.org/schema/callbacks/pipeline-turn": "published until 0.1.1, with the verb `pipeline`",
    "https://jambonz.org/schema/commands/llm:tool-output": "published, but not in the wheel",
    "https://jambonz.org/schema/components/recognizer-cobaltOptions": "published until 0.1.1",
    "https://jambonz.org/schema/components/recognizer-nuanceOptions": "published until 0.1.1",
    "https://jambonz.org/schema/components/recognizer-verbioOptions": "published until 0.1.1",
    "https://jambonz.org/schema/verbs/pipeline": "published until 0.1.1; `agent` took its place",
}
"""Schemas with a published `$id` that the wheel does not have."""


def published() -> SchemaSet:
    spec = find_spec("jambonz_sdk")
    assert spec is not None, "jambonz-python-sdk is a development dependency"
    assert spec.origin is not None
    files = sorted((Path(spec.origin).parent / "schema").rglob("*.schema.json"))
    return SchemaSet(repaired(json.loads(path.read_text(encoding="utf-8"))) for path in files)


def repaired(schema: dict[str, Any]) -> dict[str, Any]:
    """A published schema, with what we do not repeat put right.

    The confirm hook of one party is published as either a string or a hook. A hook may be a string itself, so any
    string is both, and refused; the server takes it, and the wheel's own types do.
    """
    if schema["$id"] == "https://jambonz.org/schema/components/target":
        hook = schema["properties"]["confirmHook"]
        assert hook.pop("oneOf") == [{"type": "string", "format": "uri"}, {"$ref": "actionHook"}]
        hook["$ref"] = "actionHook"
    return schema


PUBLISHED = published()
SHARED = sorted(set(PUBLISHED) & set(BUILTIN))


def test_every_published_schema_is_here() -> None:
    assert set(PUBLISHED) <= set(BUILTIN)
    base = "https://jambonz.org/schema/"
    assert {each for each in BUILTIN if each.startswith(base)} - set(PUBLISHED) == set(ONLY_OURS)


def test_a_path_will_do_as_the_confirm_hook_of_a_party() -> None:
    from jambonz_core import VerbBuilder

    target = {"type": "phone", "number": "+15551230002", "confirmHook": "/accept"}
    [verb] = VerbBuilder().dial(target=[target])
    assert verb["target"] == [target]


@pytest.fixture(scope="module")
def published_maker(maker: Any) -> Any:
    return type(maker)(PUBLISHED, PUBLISHED.lookup)


def compare(identity: str, strategy: Any, check: Callable[[bool, bool, Any], None]) -> None:
    ours = verdict(BUILTIN, identity)
    theirs = verdict(PUBLISHED, identity)

    @settings(max_examples=25)
    @given(strategy)
    def same(document: Any) -> None:
        check(ours(document), theirs(document), document)

    same()


@pytest.mark.parametrize("identity", SHARED)
def test_same_verdict(identity: str, maker: Any, published_maker: Any) -> None:
    def check(ours: bool, theirs: bool, document: Any) -> None:
        assert ours == theirs, document

    compare(identity, maker.either(identity), check)
    compare(identity, published_maker.either(identity), check)


@pytest.mark.parametrize("identity", SHARED)
def test_published_examples_are_valid_here(identity: str) -> None:
    for example in PUBLISHED[identity].get("examples", ()):
        assert verdict(BUILTIN, identity)(example) == verdict(PUBLISHED, identity)(example), example


@pytest.mark.parametrize("verb", sorted(PUBLISHED.verbs))
def test_published_examples_of_verbs_can_be_built(verb: str) -> None:
    """Closing the schemas must not refuse what jambonz itself shows as right."""
    from jambonz_core import VerbBuilder

    for example in PUBLISHED.verb(verb).get("examples", ()):
        if verdict(PUBLISHED, PUBLISHED.verbs[verb])(example):
            assert len(VerbBuilder().verb(example)) == 1
