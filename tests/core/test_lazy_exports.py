"""What packages export: said three ways that agree, loaded when it is first used, and known to type checkers."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jambonz_core.lazy_exports import lazy

SOURCE = Path(__file__).parents[2] / "src"
LAZY = {
    ".".join(path.parent.relative_to(SOURCE).parts): ast.parse(path.read_text(encoding="utf-8"))
    for path in SOURCE.rglob("__init__.py")
    if "lazy(" in path.read_text(encoding="utf-8")
}
packages = pytest.mark.parametrize("package", sorted(LAZY))


def block_of(package: str) -> ast.If:
    """``if TYPE_CHECKING: … else: …``"""
    [found] = [node for node in LAZY[package].body if isinstance(node, ast.If)]
    assert ast.unparse(found.test) == "TYPE_CHECKING"
    return found


def imported(package: str) -> dict[str, set[str]]:
    """Module -> the names that type checkers see imported from it."""
    found: dict[str, set[str]] = {}
    for node in block_of(package).body:
        assert isinstance(node, ast.ImportFrom)
        home = found.setdefault("." * node.level + (node.module or ""), set())
        home |= {alias.asname or alias.name for alias in node.names}
    return found


def homes(package: str) -> dict[str, set[str]]:
    """Module -> the names that come from it at run time."""
    [call] = [node for node in ast.walk(block_of(package)) if isinstance(node, ast.Call)]
    assert ast.unparse(call.args[0]) == "__name__"
    return {home: set(names.split()) for home, names in ast.literal_eval(call.args[1]).items()}


def test_every_package_that_loads_names_late_is_looked_at() -> None:
    assert {"jambonz_core", "jambonz_core.rest", "jambonz_core.webhooks"} <= set(LAZY)
    assert {"jambonz_anyio", "jambonz_anyio.rest", "jambonz_anyio.testing"} <= set(LAZY)


@packages
def test_what_is_loaded_late_has_not_the_name_of_a_module_there(package: str) -> None:
    """Whoever imported that module first would get the module."""
    folder = SOURCE.joinpath(*package.split("."))
    modules = {path.stem for path in folder.iterdir()}
    assert not modules & set().union(*(names for home, names in homes(package).items() if home != "."))


@packages
def test_what_type_checkers_see_is_what_programs_get(package: str) -> None:
    assert homes(package) == imported(package)
    told = importlib.import_module(package).__all__
    assert set(told) == set().union(*imported(package).values())
    assert len(told) == len(set(told))


@packages
def test_all_is_a_literal_for_tools_that_only_read(package: str) -> None:
    [found] = [
        node.value
        for node in LAZY[package].body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert ast.literal_eval(found) == importlib.import_module(package).__all__


@packages
def test_names_are_there_and_no_others(package: str) -> None:
    module = importlib.import_module(package)
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert set(module.__all__) <= set(dir(module))
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'Nothing'"):
        getattr(module, "_Nothing"[1:])
    with pytest.raises(ImportError, match="cannot import name 'Nothing'"):
        exec(f"from {package} import Nothing")


@packages
def test_importing_the_package_loads_none_of_what_it_exports(package: str) -> None:
    program = (
        f"import sys, {package}\n"
        "print(*[name for name in sys.modules if name.startswith('jambonz_')])\n"
        f"print(*[name for name in {package}.__all__ if name in vars({package})])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded, there = done.stdout.splitlines()
    # A package's parents are loaded with it; of the homes of its names, nothing.
    parents = {package.rsplit(".", count)[0] for count in range(package.count(".") + 1)}
    assert set(loaded.split()) == parents | {"jambonz_core", "jambonz_core.lazy_exports"}
    assert there == ""


@packages
def test_a_star_import_brings_all_of_it(package: str) -> None:
    found: dict[str, Any] = {}
    exec(f"from {package} import *", found)
    assert set(importlib.import_module(package).__all__) <= set(found)


def test_a_name_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    package = type(sys)("made_up")
    monkeypatch.setitem(sys.modules, "made_up", package)
    get, names = lazy("made_up", {"json": "dumps loads", "collections.abc": "Mapping"})
    assert "dumps" not in vars(package)
    assert get("dumps") is importlib.import_module("json").dumps
    assert vars(package)["dumps"] is get("dumps")
    assert {"dumps", "loads", "Mapping", "__name__"} <= set(names())
    with pytest.raises(AttributeError, match="module 'made_up' has no attribute 'dump'"):
        get("dump")


def test_a_module_of_the_package_can_be_exported() -> None:
    get, _ = lazy("email", {".": "charset", ".header": "Header"})
    assert get("charset").__name__ == "email.charset"
    assert get("Header").__module__ == "email.header"
