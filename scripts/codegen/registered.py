"""The types of `on()`: which payload a handler gets, by the name of the message that it is registered for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from codegen.payload_names import CLASSES
from codegen.prose import listed
from codegen.reading import ADAPTERS, SchemaFiles, header
from jambonz_core.wire.registry import HOOK, REGISTRY, TURN, MessageRow

CHILD = "session:adulting"
"""What begins a call of its own: its handler gets that call, and no payload."""

FILE = '''"""`{owner}.on`, with the payload of each message in the types of its handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import {typing}

    from jambonz_core.verbs import payloads as p
    from jambonz_core.wire.events import TurnMeasured
{imports}
{types}

class {name}:
    """What `{owner}` is registered with: `on`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def _on(self, name: str, handler: Any, /) -> Any:
            """Keep a handler and give it back, or a decorator for one."""

{overloads}
    def on(self, name: str, handler: Any = None) -> Any:
        {doc}
        return self._on(name, handler)
'''

ON_CALL = '''"""Call `handler(payload)` whenever a hook of this path comes, or an event of this name.

        Names of events are those of the wire, such as ``call:status``, ``verb:status``, ``llm:tool-call`` or
        ``session:redirect``. ``verb:hook`` stands for every path that has no handler, and ``turn`` for what
        the library has measured of a turn (`TurnMeasured`). A handler of a hook answers it: with the verbs
        that it returns, or by `reply()`, or with nothing. It runs as a task of the call.

        ```python
        @call.on("/menu")
        async def menu(choice) -> Chain:
            return call.say(text=f"You pressed {choice.digits}.")
        ```
        """'''

ON_PATH = '"""`call.on` for every call of the path: a handler of the call and the payload."""'


OVERLOAD = """\
    @overload
    def on(self, name: {name}{more}) -> {gives}: ...{ignore}
"""
OVERLAPS = "  # type: ignore[overload-overlap]"
"""The name of a message is a `str` as well, for which another handler is taken: that is what it is about."""


def names(row: MessageRow, files: SchemaFiles) -> Iterator[str]:
    """The names under which nothing but this message comes: the path of a hook may bring others as well."""
    yield row.type
    for name in row.names:
        if name != HOOK:
            field = name[name.index("{") + 1 : name.index("}")]
            schema = files.group("callbacks")[row.type.replace(":", "-")]
            for variant in schema["oneOf"]:
                yield name.replace(f"{{{field}}}", variant["properties"][field]["const"])


def some_hook() -> str:
    """A class that is each of those which the hook of a path may bring."""
    rows = REGISTRY.messages.values()
    elsewhere = {row.payload for row in rows if HOOK not in row.names}
    bases = [name for name in CLASSES.values() if name not in elsewhere and name != "HookPayload"]
    text = "    class SomeHook(  # type: ignore[misc]  # they agree about nothing, and nobody makes one\n"
    text += listed((f"p.{name}" for name in bases), 8)
    return text + '    ):\n        """The payload of some hook, of whichever class a handler takes."""\n\n'


def module(owner: str, call: str, doc: str, files: SchemaFiles) -> str:
    """`call` is what handlers get before the payload."""
    types, overloads = "", ""

    def add(name: str, handler: str, ignore: str = OVERLAPS) -> None:
        nonlocal overloads
        gives = f"Callable[[{handler}], {handler}]"
        overloads += OVERLOAD.format(name=name, more="", gives=gives, ignore=ignore)
        overloads += OVERLOAD.format(name=name, more=f", handler: {handler}", gives=handler, ignore="")

    for row in REGISTRY.messages.values():
        if not row.received or not row.payload:
            continue  # the path of the hook decides: its payload is one of `SomeHook`
        # What comes by the path of a hook as well is told apart where `on` decorates. Given as an argument, a
        # handler of another hook still passes as that of a path: no type is all strings but these names.
        name = "Literal[" + ", ".join(f'"{name}"' for name in names(row, files)) + "]"
        kind = row.payload.removesuffix("Data") + "T"
        payload = "Call" if row.type == CHILD else f"p.{row.payload}"
        if row.type == CHILD and not call:
            # It is of the very class that `on` is a method of, which a bound cannot say.
            types += f'    {kind} = TypeVar("{kind}")\n'
            add(name, f"Callable[[Self], {kind}]")
        else:
            types += f'    {kind} = TypeVar("{kind}", bound="Callable[[{call}{payload}], object]")\n'
            add(name, kind)
    measured = "TurnMeasured"
    types += f'    TurnT = TypeVar("TurnT", bound="Callable[[{call}{measured}], object]")\n'
    add(f'Literal["{TURN}"]', "TurnT")
    types += f'    HookT = TypeVar("HookT", bound="Callable[[{call}SomeHook], object]")\n'
    add("str", "HookT", "")
    imports = "\n    from ..call import Call\n    from .on_call import SomeHook\n" if call else ""
    head = header("the registry of the wire")
    return head + FILE.format(
        owner=owner,
        name=f"{owner}Handlers",
        typing="Literal, TypeVar" if call else "Literal, Self, TypeVar",
        imports=imports,
        types=("" if call else some_hook()) + types,
        overloads=overloads,
        doc=doc,
    )


def generate(files: SchemaFiles) -> dict[Path, str]:
    return {
        ADAPTERS / "_call" / "on_call.py": module("Call", "", ON_CALL, files),
        ADAPTERS / "_call" / "on_call_path.py": module("CallPath", "Call, ", ON_PATH, files),
    }
