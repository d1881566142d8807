"""What each layer imports, proved on the source of every module.

The core touches nothing outside itself, so that it can be bound to any runtime; the adapter contains no event
loop of its own choosing; what is made for users is made with what users have.
"""

from __future__ import annotations

import ast
import contextlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.untraced

SOURCE = Path(__file__).parents[2] / "src"

OUTSIDE = frozenset(
    {
        "_thread",
        "asyncio",
        "concurrent",
        "glob",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "queue",
        "random",
        "sched",
        "secrets",
        "select",
        "selectors",
        "shutil",
        "signal",
        "socket",
        "socketserver",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "uuid",
    }
)
"""Modules of the standard library through which a program touches the world, or learns of time and chance."""

CODEC = frozenset({"msgspec"})
VALIDATORS = frozenset({"jsonschema", "jsonschema_rs", "referencing"})
VOCABULARY = frozenset(
    {
        "jambonz_core.wire.table_enum",
        "jambonz_core.wire.unproved",
        "jambonz_core.wire.errors",
        "jambonz_core.wire.event",
        "jambonz_core.wire.limits",
    }
)
"""Words that every part of the core may use. They depend on nothing."""

PLAIN_VALUES = {
    "jambonz_core.wire.events": set(),
    "jambonz_core.call.commands": {"jambonz_core.wire.live_command_base", "jambonz_core.wire.tool_call"},
    "jambonz_core.wire.live_command_base": set(),
    "jambonz_core.wire.live_commands": {
        "jambonz_core.wire.live_command_base",
        "jambonz_core.wire.tool_output",
    },
    "jambonz_core.wire.tool_output": {"jambonz_core.wire.codec"},
    "jambonz_core.wire.tool_call": {"jambonz_core.wire.codec"},
    "jambonz_core.speech.speech_events": set(),
    "jambonz_core.speech.messages": set(),
    "jambonz_core.audio.audio_events": set(),
    "jambonz_core.audio.audio_commands": set(),
}
"""Events, commands and messages, and what they may use beside the vocabulary: no machine, and no state."""

EVENT_LOOPS = frozenset({"asyncio", "trio", "sniffio", "uvloop", "curio"})
MAY_NAME_A_LOOP = ("jambonz_anyio._net.fast_streams", "jambonz_anyio.testing._virtual_clock")


@dataclass(frozen=True)
class Import:
    """One name that a module imports."""

    module: str
    """The module that imports."""
    name: str
    """The module that it is imported from."""
    line: int
    typing_only: bool
    """Whether it stands under `if TYPE_CHECKING`."""

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.name}"


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in SOURCE.rglob("*.py")}

# What follows is read when a test asks for it: every worker of a run collects this file, one or two run its tests.


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def package_of(module: str) -> str:
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


def imports_of(module: str) -> Iterator[Import]:
    tree = tree_of(module)
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    package = package_of(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            # A name may itself be a module: `from . import outbox`.
            whole = [f"{source}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else source for name in whole]
        else:
            continue
        for name in names:
            yield Import(module, name, node.lineno, id(node) in typing_only)


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


@cache
def imports() -> tuple[Import, ...]:
    """Every import of every module."""
    return tuple(found for module in sorted(MODULES) for found in imports_of(module))


@cache
def imports_within(package: str) -> tuple[Import, ...]:
    return tuple(found for found in imports() if inside(found.module, package))


def core() -> tuple[Import, ...]:
    return imports_within("jambonz_core")


def adapter() -> tuple[Import, ...]:
    return imports_within("jambonz_anyio")


def test_there_is_something_to_prove() -> None:
    assert len(MODULES) > 50
    assert any(found.name == "jambonz_core.call.outbox" for found in core())
    assert any(found.typing_only for found in imports())


def test_the_core_imports_the_standard_library_the_codec_and_the_validator() -> None:
    allowed = (sys.stdlib_module_names - OUTSIDE) | CODEC | VALIDATORS | {"jambonz_core"}
    assert [str(found) for found in core() if found.top not in allowed] == []


def test_only_validation_imports_a_validator() -> None:
    users = [found for found in core() if found.top in VALIDATORS]
    assert users
    assert [str(found) for found in users if not inside(found.module, "jambonz_core.validation")] == []


def test_the_core_opens_nothing_and_asks_no_clock() -> None:
    """Builtins and `datetime` could do what the forbidden modules do."""
    found: list[str] = []
    for module in MODULES:
        if not inside(module, "jambonz_core"):
            continue
        for node in ast.walk(tree_of(module)):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name in ("open", "input", "print", "breakpoint", "__import__"):
                found.append(f"{module}:{node.lineno} calls {name}")
            elif name.rpartition(".")[2] in ("now", "utcnow", "today") and "date" in name:
                found.append(f"{module}:{node.lineno} asks {name}")
    assert found == []


def test_the_vocabulary_depends_on_nothing() -> None:
    assert [
        str(found) for found in core() if found.module in VOCABULARY and found.top == "jambonz_core"
    ] == []


@pytest.mark.parametrize("module", PLAIN_VALUES)
def test_events_and_commands_depend_on_no_machine(module: str) -> None:
    allowed = VOCABULARY | PLAIN_VALUES[module]
    used = {
        found.name
        for found in core()
        if found.module == module and not found.typing_only and found.top == "jambonz_core"
    }
    assert used <= allowed


def test_the_words_of_the_wire_depend_on_each_other_only() -> None:
    """So that anything may ask the registry, and commands are built without a machine."""
    used = [found for found in core() if inside(found.module, "jambonz_core.wire")]
    foreign = [found for found in used if found.top == "jambonz_core"]
    assert [str(found) for found in foreign if not inside(found.name, "jambonz_core.wire")] == []


def test_the_codec_is_at_the_edge() -> None:
    """It knows nothing of what it carries, and the machines of a call parse and write JSON through it alone."""
    used = {found.name for found in core() if found.module == "jambonz_core.wire.codec"}
    assert {name for name in used if name.startswith("jambonz_core")} <= VOCABULARY
    machines = ("jambonz_core.call", "jambonz_core.speech")
    direct = [
        found
        for found in core()
        if found.name == "json" and any(inside(found.module, name) for name in machines)
    ]
    assert [str(found) for found in direct] == []


def test_nothing_of_the_core_imports_the_simulator() -> None:
    users = [found for found in core() if inside(found.name, "jambonz_core.simulator")]
    assert [str(found) for found in users if not inside(found.module, "jambonz_core.simulator")] == []


def layers_of_the_simulator() -> list[list[str]]:
    """The modules and packages of each layer, from below, as the package's own docstring lists them."""
    text = ast.get_docstring(tree_of("jambonz_core.simulator")) or ""
    items = re.findall(r"^\d\. (.+?): ", text, re.MULTILINE | re.DOTALL)
    return [[f"jambonz_core.simulator.{name}" for name in re.findall(r"`(\w+)`", item)] for item in items]


def test_the_simulator_is_built_in_the_layers_that_it_names() -> None:
    layers = layers_of_the_simulator()

    def layer_of(module: str) -> int:
        (number,) = [n for n, names in enumerate(layers) if any(inside(module, name) for name in names)]
        return number

    package = "jambonz_core.simulator"
    used = [found for found in core() if inside(found.module, package) and found.module != package]
    within = [found for found in used if inside(found.name, package)]
    assert {layer_of(found.module) for found in within} == set(range(len(layers)))
    assert [str(found) for found in within if layer_of(found.name) > layer_of(found.module)] == []


def test_in_the_adapter_only_testing_and_the_command_line_simulate() -> None:
    users = [found for found in adapter() if inside(found.name, "jambonz_core.simulator")]
    made_for_users = ("jambonz_anyio.testing", "jambonz_anyio.cli")
    assert [
        str(found) for found in users if not any(inside(found.module, name) for name in made_for_users)
    ] == []


def graph() -> dict[str, set[str]]:
    """Which modules of ours each one imports."""
    found: dict[str, set[str]] = {module: set() for module in MODULES}
    for one in imports():
        if one.name in MODULES and one.name != one.module:
            found[one.module].add(one.name)
    return found


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other, wherever the imports stand: strongly connected components."""

    def reached(module: str) -> set[str]:
        seen: set[str] = set()
        waiting = [module]
        while waiting:
            for name in imports[waiting.pop()] - seen:
                seen.add(name)
                waiting.append(name)
        return seen

    reach = {module: reached(module) for module in imports}
    groups = {
        tuple(sorted(other for other in reach[module] if module in reach[other]))
        for module in imports
        if module in reach[module]
    }
    return sorted(map(list, groups))


def test_no_modules_import_each_other() -> None:
    assert circles(graph()) == []


def test_a_circle_would_be_found() -> None:
    imported = graph()
    user = next(module for module in imported if "jambonz_core.wire.errors" in imported[module])
    found = circles({**imported, "jambonz_core.wire.errors": {user}})
    assert any({user, "jambonz_core.wire.errors"} <= set(circle) for circle in found)


def test_the_core_knows_no_adapter() -> None:
    assert [str(found) for found in core() if found.top == "jambonz_anyio"] == []


def test_the_adapter_names_no_event_loop() -> None:
    users = [found for found in adapter() if found.top in EVENT_LOOPS]
    assert users
    assert [str(found) for found in users if not found.module.startswith(MAY_NAME_A_LOOP)] == []


# --- what is private ----------------------------------------------------------------------------------

ROOT = SOURCE.parent
PACKAGES = ("jambonz_core", "jambonz_anyio")
MADE_FOR_USERS = ("jambonz_anyio.testing", "jambonz_anyio.cli", "jambonz_anyio.sdk", "jambonz_anyio.tools")
"""Rooms that stand where a program of a user's stands: what they are made of, users have, too."""

FOREIGN_INTERNALS = {
    # Where another thread stands; the standard library offers that under this name only.
    "jambonz_anyio.logs": {"_current_frames"},
    # It knows the event loops from inside: what a cancel scope of anyio is about to do.
    "jambonz_anyio._net.fast_streams": {
        "_cancel_called",
        "_child_scopes",
        "_cancel_status",
        "_current_tasks",
        "_parent_scope",
        "_shield",
        "_task_states",
    },
    # A loop of its own, and whether anybody else's thread or task is still to be waited for.
    "jambonz_anyio.testing._virtual_clock_asyncio": {"_scheduled"},
    # As pytest's own runner learns which fixtures a test wants.
    "jambonz_anyio.testing.plugin": {"_fixtureinfo"},
}
"""Modules that look into what others wrote, and the names that they use there."""


PUBLIC_ANYWAY = {"os._exit"}


@dataclass(frozen=True)
class PrivateUse:
    """A place where something is used that has an underscore, and is not the user's own."""

    line: int
    name: str
    source: str
    """The module that the name is imported from; empty where it is an attribute of some object."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def private_uses(tree: ast.Module, package: str = "") -> Iterator[PrivateUse]:
    """Attributes of other objects than `self` and the class, and imports, that have an underscore."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            owner = ast.unparse(node.value)
            if owner not in ("self", "cls", "super()") and f"{owner}.{node.attr}" not in PUBLIC_ANYWAY:
                yield PrivateUse(node.lineno, node.attr, "")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "setattr", "hasattr"):
            match node.args[1:]:
                case [ast.Constant(value=str(name)), *_] if is_private(name):
                    yield PrivateUse(node.lineno, name, "")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if any(map(is_private, alias.name.split("."))):
                    yield PrivateUse(node.lineno, alias.name, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                if any(map(is_private, whole.split("."))) and source != "__future__":
                    yield PrivateUse(node.lineno, whole, source)


def private_names(tree: ast.Module) -> Iterator[str]:
    """The names with an underscore that a module defines, on its objects or on itself."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                yield name


@cache
def defined(module: str) -> frozenset[str]:
    return frozenset(name for name in private_names(tree_of(module)) if is_private(name))


@cache
def used_by(module: str) -> tuple[PrivateUse, ...]:
    return tuple(private_uses(tree_of(module), package_of(module)))


def defined_in(room: str) -> set[str]:
    return {name for module in MODULES if inside(module, room) for name in defined(module)}


def strangers(room: str) -> Iterator[str]:
    """Where code of a room uses what is private, and not known to be the room's own."""
    own = defined_in(room)
    for module in MODULES:
        if not inside(module, room):
            continue
        for use in used_by(module):
            if use.name in FOREIGN_INTERNALS.get(module, ()):
                continue
            if not (inside(use.source, room) if use.source else use.name in own):
                yield f"{module}:{use.line} uses {use.name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_private_names_are_used_within_their_package(package: str) -> None:
    assert any(used_by(module) for module in MODULES if inside(module, package))
    assert list(strangers(package)) == []


@pytest.mark.parametrize("room", MADE_FOR_USERS)
def test_what_is_made_for_users_uses_public_names_only(room: str) -> None:
    """Names are told by their spelling, so one that somebody else has, too, is used in its own file only."""
    elsewhere = {name for module in MODULES if not inside(module, room) for name in defined(module)}
    assert any(inside(module, room) for module in MODULES)
    shared = [
        f"{module}:{use.line} uses {use.name}"
        for module in MODULES
        if inside(module, room)
        for use in used_by(module)
        if not use.source and use.name in elsewhere - defined(module)
    ]
    assert list(strangers(room)) == []
    assert shared == []


PROGRAM = re.compile(r"^```python[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
"""A block of code in the docs."""

OF_INTERNALS = {"benchmarks/parsers.py": "the frame parsers, one against the other"}
"""What measures a part that users do not see."""


def programs() -> Iterator[tuple[str, ast.Module]]:
    """What shows users how things are done: examples, benchmarks, and the code in the docs."""
    for folder in ("examples", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *SOURCE.rglob("*.md")):
        for code in PROGRAM.findall(path.read_text(encoding="utf-8")):
            with contextlib.suppress(SyntaxError):  # a piece of a program: its page's own test reads it
                yield str(path.relative_to(ROOT)), ast.parse(code)


def test_examples_benchmarks_and_docs_use_public_names_only() -> None:
    shown = list(programs())
    assert len(shown) > 100
    assert [
        f"{name}:{use.line} uses {use.name}"
        for name, tree in shown
        if name not in OF_INTERNALS
        for use in private_uses(tree)
        # What a program defines itself, as a class of its own does.
        if use.source or use.name not in set(private_names(tree))
    ] == []


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("call._runtime.room()", ["_runtime"]),
        ("self._runtime.room()", []),
        ("self._runtime._group", ["_group"]),
        ("super()._add()", []),
        ("getattr(call, '_runtime')", ["_runtime"]),
        ("call.__class__", []),
        ("from jambonz_anyio._call import inbox", ["jambonz_anyio._call.inbox"]),
        ("from jambonz_anyio.chain import _hidden", ["jambonz_anyio.chain._hidden"]),
        ("import jambonz_anyio._net.server", ["jambonz_anyio._net.server"]),
        ("from __future__ import annotations", []),
    ],
)
def test_private_uses_are_found(program: str, found: list[str]) -> None:
    assert [use.name for use in private_uses(ast.parse(program))] == found
