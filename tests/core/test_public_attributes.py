"""What users see of the objects that they hold: an internal that sneaks onto one of them is noticed here.

The classes are those that the packages export. `public_attributes.txt` has the attributes of each that has
behaviour; of plain values (dataclasses, structs, enums, errors) every field is public by what they are. The
verbs, which calls, chains and builders have all alike, are left out as well.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import msgspec
import pytest

pytestmark = pytest.mark.untraced

LIST = Path(__file__).with_name("public_attributes.txt")

EXPORTING = (
    "jambonz_core",
    "jambonz_core.audio",
    "jambonz_core.call",
    "jambonz_core.journal",
    "jambonz_core.rest",
    "jambonz_core.simulator",
    "jambonz_core.speech",
    "jambonz_core.tools",
    "jambonz_core.webhooks",
    "jambonz_anyio",
    "jambonz_anyio.agents",
    "jambonz_anyio.logs",
    "jambonz_anyio.rest",
    "jambonz_anyio.testing",
    "jambonz_anyio.tools",
    "jambonz_anyio.transport",
)
"""Packages and modules with an `__all__`."""

OF_THE_SDK_FACE = {
    "jambonz_anyio.sdk.websocket.endpoint": ("Endpoint", "MakeService", "Runner"),
    "jambonz_anyio.sdk.websocket": ("AudioClient", "AudioStream", "WsClient", "WsRouter"),
    "jambonz_anyio.sdk.validator": ("JambonzValidator",),
    "jambonz_anyio.sdk.webhook": ("EnvVarsMiddleware", "WebhookResponse", "WsgiEnvVarsMiddleware"),
}
"""What `create_endpoint` hands out."""

VERBS = {"ChainVerbs", "UndeclaredVerbs", "VerbMethods", "VerbsByName"}

EXPLAINED_ELSEWHERE = {"Resources", "Calls", "Conferences", "Queues"}
"""Classes each of whose attributes is an object with a class of its own, or a method that has the docstring of the one
that describes it; editors show those."""

Attributes = dict[str, bool]
"""By name: whether the source explains it."""


def is_value(kind: type) -> bool:
    """Whether a class is made of its fields, so that each of them is public."""
    return (
        dataclasses.is_dataclass(kind)
        or issubclass(kind, (msgspec.Struct, Enum, BaseException))
        or hasattr(kind, "__total__")  # a TypedDict
    )


def classes() -> Iterator[tuple[str, type]]:
    """The classes by the name under which they are exported, wherever they are defined."""
    for module in EXPORTING:
        package = importlib.import_module(module)
        for name in package.__all__:
            kind = getattr(package, name)
            if inspect.isclass(kind) and kind.__module__.startswith("jambonz"):
                yield f"{module}.{name}", kind
    for module, names in OF_THE_SDK_FACE.items():
        yield from ((f"{module}.{name}", getattr(importlib.import_module(module), name)) for name in names)


_NAMES = {kind: name for name, kind in reversed(list(classes())) if not is_value(kind)}
CLASSES = {name: kind for kind, name in _NAMES.items()}


def definition(kind: type) -> ast.ClassDef:
    source = Path(str(sys.modules[kind.__module__].__file__)).read_text(encoding="utf-8")
    return next(
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__
    )


def assigned(body: list[ast.stmt], owner: str) -> Iterator[tuple[str, bool]]:
    """What a body assigns, to its own names or to attributes of `owner`; whether a docstring follows."""
    for position, node in enumerate(body):
        if isinstance(node, (ast.If, ast.With, ast.Try)):
            yield from assigned(node.body, owner)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)]
        follows = body[position + 1] if position + 1 < len(body) else None
        explained = isinstance(follows, ast.Expr) and isinstance(follows.value, ast.Constant)
        for target in targets:
            match target:
                case ast.Name(id=name) if not owner and isinstance(node, (ast.Assign, ast.AnnAssign)):
                    yield name, explained
                case ast.Attribute(value=ast.Name(id=holder), attr=name) if owner and holder == owner:
                    yield name, explained


def attributes(kind: type) -> Attributes:
    """The public attributes of a class and of its objects, those of its bases included."""
    found: Attributes = {}
    for base in reversed(kind.__mro__):
        if not base.__module__.startswith("jambonz") or base.__name__ in VERBS:
            continue
        described = base.__name__ in EXPLAINED_ELSEWHERE
        body = definition(base).body
        for name, explained in assigned(body, ""):
            found[name] = explained or described or found.get(name, False)
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                # A method that is written anew means what it meant in the base.
                found[node.name] = ast.get_docstring(node) is not None or found.get(node.name, False)
                for name, explained in assigned(node.body, "self"):
                    found[name] = explained or described or found.get(name, False)
    return {name: explained for name, explained in found.items() if not name.startswith("_")}


def listed() -> dict[str, list[str]]:
    known: dict[str, list[str]] = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        name, _, names = line.partition(":")
        known[name] = names.split()
    return known


def test_there_is_something_to_look_at() -> None:
    call = attributes(CLASSES["jambonz_anyio.Call"])
    assert {"locals", "state", "say", "mute", "from_", "on", "attached"} - set(call) == {"say"}
    assert len(CLASSES) > 40


def test_the_list_has_every_class() -> None:
    assert list(listed()) == sorted(CLASSES)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_users_see_what_they_call_and_no_more(name: str) -> None:
    """What only the library calls gets an underscore. What users call belongs into the list."""
    assert sorted(attributes(CLASSES[name])) == listed()[name]


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_what_users_see_is_explained(name: str) -> None:
    assert [which for which, explained in attributes(CLASSES[name]).items() if not explained] == []
