"""What a hook, a frame, a token and an idle call consist of: `python -m benchmarks.parts`.

Instructions are counted by valgrind, see `benchmarks.instructions`: of whole paths and of parts of them that
can be done alone, and by the kind of work that the interpreter does for them. The memory of an idle call is
traced to the packages that asked for it.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.contenders import ROOT, Contender, Running, take_the_loads_core
from benchmarks.control_load import HookLoad
from benchmarks.instructions import PATHS, Counter
from benchmarks.results import say

SPLIT = ("hook", "audio", "audio-function", "token")
"""Paths whose instructions are told apart by kind of work."""

KINDS: dict[str, str] = {
    "running bytecode": r"^_PyEval_EvalFrameDefault",
    "reading JSON, writing JSON": r"^(mpack|json|ms_|Encoder|Decoder|Struct|parse_|convert_|TypeNode)",
    "calling functions": r"[Vv]ectorcall|PyFunction|PyCFunction|_PyEval|Frame|_locals|method_|[Cc]all|CheckF",
    "dicts, lists, text": r"[Dd]ict|keys|[Ll]ist|[Tt]uple_|set_|[Uu]nicode|[Bb]ytes|str|mem(cpy|cmp|set)",
    "garbage and references": r"dealloc|Dealloc|_PyGC|^gc_|visit_|PyObject_GC|clear|NewReference",
    "asking for memory": r"[Mm]alloc|_Free$|^free$|^_int_|[Rr]ealloc|calloc|arena|_PyObject_New|GenericAlloc",
    "finding attributes": r"_PyType_|[Aa]ttr|descr|slot_tp|super_|GetMethod|PyMember",
    "the event loop and contexts": r"[Tt]ask|[Ff]uture|[Cc]ontext|hamt|gen_|PyGen|coro|heap",
}
"""Patterns of C functions, the first of which that fits decides. What fits none is "else"."""


def kind_of(function: str) -> str:
    """The kind of work that a C function does."""
    return next((kind for kind, pattern in KINDS.items() if re.search(pattern, function)), "else")


def by_kind(text: str) -> dict[str, int]:
    """Instructions by kind of work, out of what cachegrind has written."""
    found: dict[str, int] = {}
    kind = "else"
    for line in text.splitlines():
        if line.startswith("fn="):
            kind = kind_of(line[3:])
        elif line[:1].isdigit():
            found[kind] = found.get(kind, 0) + int(line.split()[1])
    return found


def instructions(layouts: int = 1) -> dict[str, Any] | None:
    """Counts of every path, and of some by kind of work. None where valgrind is not installed."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        say("  not counted, because valgrind is not installed")
        return None
    with tempfile.TemporaryDirectory(prefix="jambonz-parts-") as scratch:
        counter = Counter(ROOT / "src", valgrind, Path(scratch), layouts)
        paths = {}
        for name in PATHS:
            paths[name] = counter.count(name)
            say(f"  {name:16} {paths[name]:12,} instructions")
        kinds = {}
        for name in SPLIT:
            first, second, third = map(by_kind, counter.snapshots(name, 0))
            each = {
                kind: round(
                    (third[kind] - 2 * second.get(kind, 0) + first.get(kind, 0)) / counter.repetitions
                )
                for kind in third
            }
            kinds[name] = dict(sorted(each.items(), key=lambda one: -one[1]))
    return {"paths": paths, "kinds": kinds}


CALLS = 300


def idle_call() -> dict[str, Any]:
    """Bytes of an idle call that was answered, by the package that holds them."""
    contender = Contender("traced", [sys.executable, "-m", "benchmarks.apps.traced"])
    running = Running(contender, stdout=subprocess.PIPE)
    loads = []

    def held() -> dict[str, int]:
        time.sleep(0.3)
        running.process.send_signal(signal.SIGUSR1)
        assert running.process.stdout is not None
        found: dict[str, int] = json.loads(running.process.stdout.readline())
        return found

    try:
        loads.append(HookLoad(running.port, 100))
        held()  # what telling takes itself is there after the first time
        before = held()
        loads.append(HookLoad(running.port, CALLS, first=100))
        after = held()
    finally:
        for load in loads:
            load.close()
        running.stop()
    each = {room: (after[room] - before.get(room, 0)) / CALLS for room in after}
    large = {room: round(size) for room, size in each.items() if size >= 64}
    rest = round(sum(each.values()) - sum(large.values()))
    found = {**dict(sorted(large.items(), key=lambda one: -one[1])), "else": rest}
    for room, size in found.items():
        say(f"  {room:28} {size:8,} bytes of a call")
    return found


def main() -> None:
    """Measure, and print."""
    take_the_loads_core()
    idle_call()
    found = instructions(layouts=1)
    if found is not None:
        for name, kinds in found["kinds"].items():
            print(name)
            for kind, count in kinds.items():
                print(f"  {kind:32} {count:10,}")


if __name__ == "__main__":
    main()
