"""What type checkers see of the library, by programs with planted mistakes.

Each file in `planted/` is checked by mypy and by pyright. A line with ``# error:`` in it has a mistake that both
must report, one with ``# error (mypy):`` has one that only mypy can see; on every other line neither may report
anything. What a name is said to be is written down with `assert_type`, which both check.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(Path(__file__).parent.joinpath("planted").glob("*.py"))
Reported = dict[Path, set[int]]


def mypy(scratch: Path) -> Reported:
    """The lines that mypy reports, by file. What it found out about everything else is in the project's cache."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "--no-pretty", *map(str, FILES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: Reported = {path: set() for path in FILES}
    for line in done.stdout.splitlines():
        match = re.match(r"(?P<path>[^:]+):(?P<line>\d+): error: ", line)
        if match is not None:
            found[ROOT / match["path"]].add(int(match["line"]))
    return found


def pyright(scratch: Path) -> Reported:
    """The lines that pyright reports, by file. The project's settings leave these files out; here they are all."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pyright"]
    settings = {name: value for name, value in settings.items() if name not in ("include", "exclude")}
    settings["venvPath"] = str(ROOT)
    (scratch / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--project", str(scratch), "--outputjson", *map(str, FILES)],
        cwd=ROOT,
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    found: Reported = {path: set() for path in FILES}
    for one in json.loads(done.stdout)["generalDiagnostics"]:
        if one["severity"] == "error":
            found[Path(one["file"])].add(one["range"]["start"]["line"] + 1)
    return found


MARK = re.compile(r"# error(?: \((?P<only>mypy|pyright)\))?: (?P<what>.*)")


def planted(path: Path, checker: str) -> dict[int, str]:
    """The lines with a mistake that a checker must see, and what it is."""
    marks = enumerate(map(MARK.search, path.read_text(encoding="utf-8").splitlines()), 1)
    return {number: mark["what"] for number, mark in marks if mark and mark["only"] in (None, checker)}


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_every_planted_mistake_is_reported_and_nothing_else(
    checker: Callable[[Path], Reported], tmp_path: Path
) -> None:
    reported = checker(tmp_path)
    assert FILES
    for path in FILES:
        mistakes = planted(path, checker.__name__)
        assert mistakes, path
        assert {number: mistakes.get(number, "no mistake here") for number in reported[path]} == mistakes, (
            path
        )
