"""Names that a package exports, each loaded when it is first used.

A package says three things about its exports, and a test holds them together: imports under `TYPE_CHECKING`,
which never run and by which editors and type checkers see the names; where they live at run time, for
`lazy`; and `__all__`, which is the order in which they are told of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and the `__dir__` of a package.

    Args:
        package: Its `__name__`.
        homes: Module, as an import statement names it (``.`` for a module of the package itself) -> the names
            that come from it, separated by spaces.
    """
    home_of = {name: home for home, names in homes.items() for name in names.split()}

    def getattribute(name: str) -> Any:
        home = home_of.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if home == ".":
            return import_module(f".{name}", package)  # which sets the attribute itself
        value = getattr(import_module(home, package), name)
        setattr(import_module(package), name, value)  # from now on it is found without asking here
        return value

    def directory() -> list[str]:
        return sorted({*vars(import_module(package)), *home_of})

    return getattribute, directory
