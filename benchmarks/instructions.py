"""How many machine instructions the hot paths take, counted by valgrind: nearly the same number in every run.

    python -m benchmarks.instructions                     # counts and prints, more than a minute
    python -m benchmarks.instructions --only hook,hook-core
    python -m benchmarks.instructions --write             # keeps the counts in benchmarks/instructions.json
    python -m benchmarks.instructions --check             # fails when a path takes more than was kept
    python -m benchmarks.instructions --against ../other  # beside the package of another checkout

Times say more about the machine than about the library, and differ by a tenth from run to run. These numbers
differ by a thousandth, on a busy machine as well, so a build may fail on them. They are no times: an
instruction that waits for memory counts as much as one that does not.

Each path is done by an interpreter of its own: when it is warm, for a number of repetitions, and then for
twice as many. What those take more, for one repetition, is the count, so all that is around them is not in
it. The interpreter has a fixed hash seed, no garbage collector and nothing of this one's environment, and its
clock is moved by hand: see `hot_paths.py`.

What lies where in memory makes a difference of up to a fiftieth, and any change of the code moves all of it.
So each path is counted in several layouts, and the least counts: the one where least was in its way. Between
two trees two or three thousandths are left of that, and a smaller difference says nothing; more `--layouts`
leave less. Between two runs of one tree only chance is left: hash keys in jsonschema-rs are new every time.

Counts can only be compared where the interpreter and all that it loads are the same: they are kept under a
key of these. Valgrind is needed (`apt-get install valgrind`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PROGRAM = HERE / "hot_paths.py"
STORE = HERE / "instructions.json"
AT_MOST = 1.03
BESIDE = {"hook-receipts": ("hook", 1.20), "hook-no-op": ("hook", AT_MOST)}
"""Paths that may take no more than so many times the instructions of another."""
LAYOUTS = 3
REPETITIONS = 400
PATIENCE_SECONDS = 600.0

INHERITED = ("LD_LIBRARY_PATH", "VALGRIND_LIB")
"""What of this environment an interpreter or valgrind might not start without."""

DEPENDENCIES = (
    *("anyio", "attrs", "h11", "idna", "jsonschema", "jsonschema-rs", "msgspec", "referencing", "rpds-py"),
    *("sniffio", "typing-extensions", "uvloop", "websockets", "wsproto"),
)
"""What the package imports at run time, or what that imports in turn, if it is installed."""

PATHS = {
    "hook": "a hook and its answer, through App",
    "hook-receipts": "the same, where receipts are possible",
    "hook-no-op": "the same, instrumented without an SDK",
    "hook-exported": "the same, with an SDK that exports",
    "hook-core": "a hook and its answer, through AppCall",
    "hook-parse": "the text of a hook, parsed",
    "hook-verbs": "the two verbs of an answer, validated",
    "audio": "an echoed audio frame, through App",
    "audio-function": "the same, by a plain function",
    "audio-core": "the same, through AudioApp",
    "token": "a token of a speech, through AppCall",
    "verbs": "three verbs, built and validated",
}
"""What is counted. `hot_paths.py` has each under the same name."""

Counts: TypeAlias = dict[str, int]
"""Instructions for doing a path once, by its name."""


class CannotCount(Exception):
    """Something is missing or went wrong; the text is for whoever started this."""


class Counter:
    """Counts for the package of one source directory."""

    def __init__(self, src: Path, valgrind: str, scratch: Path, layouts: int) -> None:
        self._src = src
        self._valgrind = valgrind
        self._scratch = scratch
        self._layouts = layouts

    def count(self, name: str) -> int:
        """Instructions for doing the path once."""
        # As it is, first: that compiles the modules, and tells quickly and plainly what does not work.
        self._run([], name, 0)
        return min(self._count(name, layout) for layout in range(self._layouts))

    @property
    def repetitions(self) -> int:
        """How often a path is done between the first and the second snapshot."""
        return REPETITIONS

    def _count(self, name: str, layout: int) -> int:
        """The same, in one layout of memory."""
        first, second, third = (_summary(name, text) for text in self.snapshots(name, layout))
        return round(((third - second) - (second - first)) / REPETITIONS)

    def snapshots(self, name: str, layout: int) -> tuple[str, str, str]:
        """What cachegrind has written before the repetitions, behind them, and behind twice as many more."""
        # Of the tools that count, this one takes the least time. Nobody needs what it can tell of caches.
        tool = ("--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={self._scratch}/out.%p")
        processes = self._run([self._valgrind, "-q", *tool], name, layout).split()
        if len(processes) != 4:
            raise CannotCount(f"{name} of {self._src} printed something else than process ids: {processes}")
        _, first, second, third = (self._written(name, process) for process in processes)
        return first, second, third

    def _written(self, name: str, process: str) -> str:
        out = self._scratch / f"out.{process}"
        try:
            text = out.read_text(errors="replace")
        except OSError as error:
            raise CannotCount(f"valgrind has written nothing about {name}: {error}") from error
        out.unlink()
        return text

    def _run(self, before: list[str], name: str, layout: int) -> str:
        """Do the path; returns what was printed."""
        environment = {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "PATH": os.defpath,
            "PYTHONHASHSEED": str(layout),
            "PYTHONPATH": str(self._src),
            # Apart from the others, so that none is stale and another checkout stays as it is.
            "PYTHONPYCACHEPREFIX": str(self._scratch / "compiled"),
            "PYTHONUTF8": "1",
        }
        # -s and -P: nothing of the user's or of this directory is found instead of what is meant.
        python = [sys.executable, "-s", "-P", str(PROGRAM), str(self._src)]
        try:
            done = subprocess.run(
                [*before, *python, name, str(REPETITIONS), str(layout)],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CannotCount(f"{name} did not end in {PATIENCE_SECONDS:g} seconds") from error
        except OSError as error:
            raise CannotCount(f"{[*before, *python][0]} does not start: {error}") from error
        if done.returncode:
            said = "\n".join(f"    {line}" for line in done.stderr.splitlines()[-15:])
            how = "under valgrind" if before else "without valgrind"
            raise CannotCount(f"{name} of {self._src} failed {how}, exit code {done.returncode}:\n{said}")
        return done.stdout


def _summary(name: str, text: str) -> int:
    """All instructions up to a snapshot."""
    summary = re.search(r"^summary: (\d+)", text, re.MULTILINE)
    if summary is None:
        raise CannotCount(f"valgrind has written no sum of {name}")
    return int(summary[1])


# --- what is kept -------------------------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """Everything that counts depend on beside the package itself."""
    found = {
        # The whole text: two builds of one version can differ by a third.
        "python": f"{platform.python_implementation()} {' '.join(sys.version.split())}",
        "machine": platform.machine(),
        "libc": " ".join(platform.libc_ver()).strip() or platform.system(),
    }
    for name in DEPENDENCIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def key_of(found: dict[str, str]) -> str:
    """The name under which counts of this environment are kept."""
    digest = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:12]
    return f"{sys.implementation.name}-{platform.python_version()}-{platform.machine()}-{digest}"


def read_store(store: Path) -> dict[str, Any]:
    """All counts that are kept, by key."""
    try:
        stored = json.loads(store.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CannotCount(f"{store} cannot be read: {error}") from error
    if not isinstance(stored, dict):
        raise CannotCount(f"{store} is not a file of counts")
    return stored


def kept_counts(store: Path) -> Counts:
    """The counts that are kept for this environment; none if there are none."""
    kept = read_store(store).get(key_of(environment()), {})
    try:
        return {name: int(count) for name, count in kept.get("instructions", {}).items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise CannotCount(f"{store} is not a file of counts: {error}") from error


def keep(counts: Counts, store: Path) -> None:
    """Keep these counts, beside those of other paths and of other environments."""
    found = environment()
    stored = read_store(store)
    together = {**kept_counts(store), **counts}
    stored[key_of(found)] = {
        "environment": found,
        "instructions": {name: together[name] for name in PATHS if name in together},
    }
    try:
        store.write_text(json.dumps(stored, indent=2, sort_keys=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise CannotCount(f"{store} cannot be written: {error}") from error


# --- the tables ---------------------------------------------------------------------------------------------


def row(name: str, count: int, other: int | None = None) -> None:
    """Print one line of the table."""
    compared = f" {other:12,} {count / other:8.4f}" if other else ""
    print(f"{name:14} {PATHS[name]:40} {count:12,}{compared}", flush=True)


def heading(count: str, other: str = "") -> None:
    """Print the first line of the table."""
    print(f"{'path':14} {'':40} {count:>12}" + (f" {other:>12} {'ratio':>8}" if other else ""), flush=True)


def show(counter: Counter, names: list[str]) -> Counts:
    """Count, and print a table."""
    heading("instructions")
    counts = {}
    for name in names:
        counts[name] = counter.count(name)
        row(name, counts[name])
    return counts


def compare(counter: Counter, other: Counter, names: list[str]) -> None:
    """Count two packages, and print a table."""
    heading("this", "the other")
    for name in names:
        row(name, counter.count(name), other.count(name))


def grown(counter: Counter, names: list[str], kept: Counts, at_most: float) -> bool:
    """Count, print a table beside what was kept, and tell whether a path takes too much more."""
    heading("instructions", "kept")
    counts = {}
    for name in names:
        counts[name] = counter.count(name)
        row(name, counts[name], kept[name])
    dearer = [
        (name, other, allowed)
        for name, (other, allowed) in BESIDE.items()
        if {name, other} <= {*names} and counts[name] > counts[other] * allowed
    ]
    for name, other, allowed in dearer:
        ratio = counts[name] / counts[other]
        print(f"{name} takes {ratio:.3f} times what {other} does; {allowed:g} is allowed.")
    more = [name for name in names if counts[name] > kept[name] * at_most]
    less = [name for name in names if counts[name] * at_most < kept[name]]
    for name in more:
        print(f"{name} takes {counts[name] / kept[name]:.3f} times what it did; {at_most:g} is allowed.")
    if less:
        print(f"{', '.join(less)}: less than was kept. --write makes that the measure of what comes.")
    return bool(more or dearer)


# --- the program --------------------------------------------------------------------------------------------


def source_directory(text: str) -> Path:
    """A directory with the package: a checkout, or its `src`."""
    for candidate in (Path(text) / "src", Path(text)):
        if (candidate / "jambonz_core" / "__init__.py").is_file():
            return candidate.resolve()
    raise argparse.ArgumentTypeError(f"neither {text} nor {text}/src has the package jambonz_core")


def path_names(text: str) -> list[str]:
    """Names of paths, with commas."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in PATHS:
            raise argparse.ArgumentTypeError(f"there is no path {name!r}, but {', '.join(PATHS)}")
    return [name for name in PATHS if name in names]


def factor(text: str) -> float:
    """A factor of at least one."""
    value = float(text)
    if not value >= 1:
        raise argparse.ArgumentTypeError("a path that stays as it is takes 1 times what it did")
    return value


def number_of_layouts(text: str) -> int:
    """A number of layouts, of at least one."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("one layout there always is")
    return value


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.instructions",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    what = options.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help="keep the counts, for --check")
    what.add_argument("--check", action="store_true", help="compare with the counts that were kept")
    what.add_argument(
        "--against", type=source_directory, metavar="DIR", help="compare with another checkout, or its src"
    )
    options.add_argument(
        "--src",
        type=source_directory,
        metavar="DIR",
        default=str(ROOT),
        help="the checkout, or its src, whose package is counted; this one if left out",
    )
    options.add_argument(
        "--only",
        type=path_names,
        metavar="NAMES",
        default=list(PATHS),
        help=f"some of the paths, with commas: {', '.join(PATHS)}",
    )
    options.add_argument(
        "--at-most",
        type=factor,
        metavar="FACTOR",
        default=AT_MOST,
        help=f"how much more than the kept count passes --check; {AT_MOST} if left out",
    )
    options.add_argument(
        "--strict",
        action="store_true",
        help="--check also fails when there is nothing to compare, or no valgrind",
    )
    options.add_argument(
        "--layouts",
        type=number_of_layouts,
        metavar="NUMBER",
        default=LAYOUTS,
        help=f"of memory, of which the least count is taken; {LAYOUTS} if left out, and more are steadier",
    )
    options.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        default=STORE,
        help=f"where counts are kept; {STORE.relative_to(ROOT)} if left out",
    )
    return options.parse_args()


def unchecked(why: str, *, strict: bool) -> int:
    """Say what could not be compared; that alone fails only if it was asked for."""
    print(f"Not checked: {why}", file=sys.stderr if strict else sys.stdout, flush=True)
    return int(strict)


def run(given: argparse.Namespace) -> int:
    """Do what was asked for. Returns the exit code."""
    names: list[str] = given.only
    kept = kept_counts(given.store) if given.check else {}
    unknown = [name for name in names if name not in kept]
    if given.check and len(unknown) == len(names):
        why = f"no counts of {', '.join(names)} are kept in {given.store} for {key_of(environment())}."
        return unchecked(f"{why} --write keeps them.", strict=given.strict)
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        why = "valgrind is not installed, or not in PATH."
        if given.check:
            return unchecked(why, strict=given.strict)
        raise CannotCount(f"{why} On Debian: apt-get install valgrind")
    with tempfile.TemporaryDirectory(prefix="jambonz-instructions-") as scratch:
        counter = Counter(given.src, valgrind, Path(scratch), given.layouts)
        if given.against:
            other = Counter(given.against, valgrind, Path(scratch), given.layouts)
            compare(counter, other, names)
        elif given.check:
            failed = grown(counter, [name for name in names if name in kept], kept, given.at_most)
            if unknown:
                why = f"no counts of {', '.join(unknown)} are kept. --write keeps them."
                failed = bool(unchecked(why, strict=given.strict)) or failed
            return int(failed)
        else:
            counts = show(counter, names)
            if given.write:
                keep(counts, given.store)
                print(f"kept in {given.store} for {key_of(environment())}")
    return 0


def main() -> int:
    """Count; the exit code says whether all is well."""
    given = arguments()
    try:
        return run(given)
    except CannotCount as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
