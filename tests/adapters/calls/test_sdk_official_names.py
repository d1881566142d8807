"""Every public name of the official Python SDK, asked of the package itself, has its counterpart here."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.foreign

PAGE = Path(__file__).parents[3] / "docs" / "familiar.md"

LEFT_OUT = {
    "__version__": "the version of that SDK",
    "WsRouter.route": "connections are the server's",
    "WsClient.handle_connection": "connections are the server's",
}
"""What has no counterpart, and why. The page for those who come from there names each."""

FIELDS_LEFT_OUT = {
    "Recognizer.cobaltOptions",
    "Recognizer.nuanceOptions",
    "Recognizer.verbioOptions",
    "DialogflowVerb.event",
    "DialogflowVerb.thresholdWordCount",
}
"""Properties that no published schema of the server has, so that the library refuses them."""

OTHER_ARGUMENTS = {
    "JambonzValidator": {"schema_dir"},
    "Session": {"ws", "data", "msgid"},
    "AudioStream": {"ws"},
    "MakeService": {"router"},
    "CallsResource": {"client"},
    "ConferencesResource": {"client"},
    "QueuesResource": {"client"},
}
"""Classes that programs do not make themselves, or make of something else, with the arguments in question."""


def official() -> Any:
    return pytest.importorskip("jambonz_sdk", reason="the official Python SDK is not installed")


def modules() -> Iterator[ModuleType]:
    package = official()
    yield package
    for found in pkgutil.walk_packages(package.__path__, "jambonz_sdk."):
        if "._" not in found.name:
            yield importlib.import_module(found.name)


def names(module: ModuleType) -> set[str]:
    """What a module says that it exports, and what it defines."""
    defined = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not inspect.ismodule(value)
        and (getattr(value, "__module__", None) == module.__name__ or name.isupper())
    }
    return defined | set(getattr(module, "__all__", ()))


def here(module: ModuleType) -> ModuleType:
    return importlib.import_module(module.__name__.replace("jambonz_sdk", "jambonz_anyio.sdk", 1))


def test_every_module_and_name_is_there_when_the_prefix_is_changed() -> None:
    missing = [
        f"{module.__name__}.{name}"
        for module in modules()
        for name in sorted(names(module))
        if name not in LEFT_OUT and not hasattr(here(module), name)
    ]
    assert missing == []
    assert sum(len(names(module)) for module in modules()) > 200


def methods(kind: type) -> Iterator[tuple[str, Any]]:
    for name, value in inspect.getmembers(kind):
        if not name.startswith("_") and callable(value):
            yield name, value


def parameters(function: Any) -> set[str]:
    return {
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "self" and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }


def takes(function: Any, name: str) -> bool:
    found = inspect.signature(function).parameters
    return name in found or any(parameter.kind is parameter.VAR_KEYWORD for parameter in found.values())


def counterparts() -> Iterator[tuple[str, type, type]]:
    for module in modules():
        for name in sorted(names(module)):
            theirs = vars(module).get(name)
            ours = getattr(here(module), name, None)
            if inspect.isclass(theirs) and inspect.isclass(ours):
                yield name, theirs, ours


def test_every_method_is_there_and_takes_the_same_arguments() -> None:
    missing: set[str] = set()
    for kind, theirs, ours in counterparts():
        if issubclass(theirs, (dict, str)) or hasattr(theirs, "model_fields"):
            continue
        for name, method in methods(theirs):
            full = f"{kind}.{name}"
            if full in LEFT_OUT:
                continue
            mine = getattr(ours, name, None)
            if mine is None:
                missing.add(full)
            elif not hasattr(mine, "__wrapped__"):  # verbs: their keywords are those of the schemas
                missing |= {f"{full}({one}=)" for one in parameters(method) if not takes(mine, one)}
    assert missing == set()


def test_every_function_and_class_takes_the_same_arguments() -> None:
    missing: set[str] = set()
    for module in modules():
        for name in sorted(names(module) - set(LEFT_OUT)):
            theirs, mine = getattr(module, name), getattr(here(module), name)
            if not callable(theirs) or hasattr(theirs, "model_fields") or not inspect.getmodule(theirs):
                continue
            if inspect.isclass(theirs) and issubclass(theirs, (dict, str)):
                continue
            if inspect.isclass(theirs) or inspect.isfunction(theirs):
                wanted = parameters(theirs) - OTHER_ARGUMENTS.get(name, set())
                missing |= {f"{name}({one}=)" for one in wanted if not takes(mine, one)}
    assert missing == set()


def test_the_fields_of_its_types_are_those_of_ours() -> None:
    """Types of payloads and verbs are dicts on both sides; ours may know more."""
    missing: set[str] = set()
    for module in modules():
        if not module.__name__.startswith("jambonz_sdk.types."):
            continue
        for name in sorted(names(module)):
            theirs, mine = getattr(module, name), getattr(here(module), name)
            if inspect.isclass(theirs) and issubclass(theirs, dict):
                fields = {field.rstrip("_") for field in theirs.__annotations__}
                missing |= {f"{name}.{field}" for field in fields - set(mine.__annotations__)}
            elif inspect.isclass(theirs) and issubclass(theirs, Enum):
                missing |= {f"{name}.{one}" for one in theirs.__members__ if one not in mine.__members__}
    assert missing == FIELDS_LEFT_OUT


def test_what_is_left_out_is_told() -> None:
    page = PAGE.read_text(encoding="utf-8")
    untold = [name for name in (*LEFT_OUT, *FIELDS_LEFT_OUT) if f"`{name}`" not in page]
    assert untold == []
