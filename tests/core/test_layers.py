"""What each layer imports, proved on the source of every module.

The core touches nothing outside itself, so that it can be bound to any runtime; the adapter contains no event
loop of its own choosing; what is made for users is made with what users have.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

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
        "jambonz_core.wire.errors",
        "jambonz_core.wire.event",
        "jambonz_core.wire.limits",
    }
)
"""Words that every part of the core may use. They depend on nothing."""

PLAIN_VALUES = {
    "jambonz_core.wire.events": set(),
    "jambonz_core.call.commands": {"jambonz_core.wire.live_command_base"},
    "jambonz_core.wire.live_command_base": set(),
    "jambonz_core.wire.live_commands": {
        "jambonz_core.wire.live_command_base",
        "jambonz_core.wire.tool_output",
    },
    "jambonz_core.wire.tool_output": {"jambonz_core.wire.codec"},
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


def imports_of(module: str) -> Iterator[Import]:
    path = MODULES[module]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
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


ALL = [found for module in sorted(MODULES) for found in imports_of(module)]
CORE = [found for found in ALL if inside(found.module, "jambonz_core")]
ADAPTER = [found for found in ALL if inside(found.module, "jambonz_anyio")]


def test_there_is_something_to_prove() -> None:
    assert len(MODULES) > 50
    assert any(found.name == "jambonz_core.call.outbox" for found in CORE)
    assert any(found.typing_only for found in ALL)


def test_the_core_imports_the_standard_library_the_codec_and_the_validator() -> None:
    allowed = (sys.stdlib_module_names - OUTSIDE) | CODEC | VALIDATORS | {"jambonz_core"}
    assert [str(found) for found in CORE if found.top not in allowed] == []


def test_only_validation_imports_a_validator() -> None:
    users = [found for found in CORE if found.top in VALIDATORS]
    assert users
    assert [str(found) for found in users if not inside(found.module, "jambonz_core.validation")] == []


def test_the_core_opens_nothing_and_asks_no_clock() -> None:
    """Builtins and `datetime` could do what the forbidden modules do."""
    found: list[str] = []
    for module, path in MODULES.items():
        if not inside(module, "jambonz_core"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name in ("open", "input", "print", "breakpoint", "__import__"):
                found.append(f"{module}:{node.lineno} calls {name}")
            elif name.rpartition(".")[2] in ("now", "utcnow", "today") and "date" in name:
                found.append(f"{module}:{node.lineno} asks {name}")
    assert found == []


def test_the_vocabulary_depends_on_nothing() -> None:
    assert [str(found) for found in CORE if found.module in VOCABULARY and found.top == "jambonz_core"] == []


@pytest.mark.parametrize("module", PLAIN_VALUES)
def test_events_and_commands_depend_on_no_machine(module: str) -> None:
    allowed = VOCABULARY | PLAIN_VALUES[module]
    used = {
        found.name
        for found in CORE
        if found.module == module and not found.typing_only and found.top == "jambonz_core"
    }
    assert used <= allowed


def test_the_words_of_the_wire_depend_on_each_other_only() -> None:
    """So that anything may ask the registry, and commands are built without a machine."""
    used = [found for found in CORE if inside(found.module, "jambonz_core.wire")]
    foreign = [found for found in used if found.top == "jambonz_core"]
    assert [str(found) for found in foreign if not inside(found.name, "jambonz_core.wire")] == []


def test_the_codec_is_at_the_edge() -> None:
    """It knows nothing of what it carries, and the machines of a call parse and write JSON through it alone."""
    used = {found.name for found in CORE if found.module == "jambonz_core.wire.codec"}
    assert {name for name in used if name.startswith("jambonz_core")} <= VOCABULARY
    machines = ("jambonz_core.call", "jambonz_core.speech")
    direct = [
        found
        for found in CORE
        if found.name == "json" and any(inside(found.module, name) for name in machines)
    ]
    assert [str(found) for found in direct] == []


def test_nothing_of_the_core_imports_the_simulator() -> None:
    users = [found for found in CORE if inside(found.name, "jambonz_core.simulator")]
    assert [str(found) for found in users if not inside(found.module, "jambonz_core.simulator")] == []


def test_in_the_adapter_only_testing_and_the_command_line_simulate() -> None:
    users = [found for found in ADAPTER if inside(found.name, "jambonz_core.simulator")]
    made_for_users = ("jambonz_anyio.testing", "jambonz_anyio.cli")
    assert [
        str(found) for found in users if not any(inside(found.module, name) for name in made_for_users)
    ] == []


IN_CIRCLES = {
    "jambonz_core.simulator.legs.child_sessions",
    "jambonz_core.simulator.legs.dialogs",
    "jambonz_core.simulator.legs.outdial",
    "jambonz_core.simulator.legs.switchboard",
    "jambonz_core.simulator.session",
    "jambonz_core.simulator.verbs.amd",
    "jambonz_core.simulator.verbs.background",
    "jambonz_core.simulator.verbs.dial",
    "jambonz_core.simulator.verbs.gather",
    "jambonz_core.simulator.verbs.listen",
    "jambonz_core.simulator.verbs.speech",
    "jambonz_core.simulator.verbs.transcribe",
    "jambonz_core.simulator.verbs.verb_stack",
    "jambonz_anyio._call",
    "jambonz_anyio.audio",
    "jambonz_anyio.call",
    "jambonz_anyio.chain",
    "jambonz_anyio.speech",
}
"""Where modules still import each other. This list gets shorter, never longer."""


def circles() -> list[list[str]]:
    """Groups of modules that import each other, wherever the imports stand: strongly connected components."""
    imports: dict[str, set[str]] = {module: set() for module in MODULES}
    for found in ALL:
        if found.name in MODULES and found.name != found.module:
            imports[found.module].add(found.name)

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
    found = [
        circle
        for circle in circles()
        if not all(any(inside(module, known) for known in IN_CIRCLES) for module in circle)
    ]
    assert found == []


def test_what_is_in_no_circle_any_more_leaves_the_list() -> None:
    caught = {module for circle in circles() for module in circle}
    assert [known for known in IN_CIRCLES if not any(inside(module, known) for module in caught)] == []


def test_the_core_knows_no_adapter() -> None:
    assert [str(found) for found in CORE if found.top == "jambonz_anyio"] == []


def test_the_adapter_names_no_event_loop() -> None:
    users = [found for found in ADAPTER if found.top in EVENT_LOOPS]
    assert users
    assert [str(found) for found in users if not found.module.startswith(MAY_NAME_A_LOOP)] == []


@pytest.mark.parametrize("package", ["jambonz_anyio.testing", "jambonz_anyio.cli"])
def test_testing_and_the_command_line_use_public_names_only(package: str) -> None:
    def is_private(found: Import) -> bool:
        return any(part.startswith("_") for part in found.name.split("."))

    used = [found for found in ADAPTER if inside(found.module, package)]
    assert used
    foreign = [found for found in used if found.top.startswith("jambonz") and not inside(found.name, package)]
    assert [str(found) for found in foreign if is_private(found)] == []
