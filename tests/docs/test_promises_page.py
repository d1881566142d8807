"""What `docs/what-we-promise.md` promises is held by the tests that it names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "what-we-promise.md").read_text(encoding="utf-8")
PROMISES, _, _ = PAGE.partition("## What is not promised")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def names_in(path: Path) -> set[str]:
    """The tests of a file: functions, and the classes that Hypothesis makes of state machines."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if name.lower().startswith("test")}


def test_each_promise_names_a_test_that_exists() -> None:
    rows = [line for line in PROMISES.splitlines() if line.startswith("| ") and "held by" not in line]
    promises = [row for row in rows if set(row) - set("| -")]
    assert len(promises) > 20
    assert [row for row in promises if not NAMED.search(row)] == []
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(PROMISES)
        if not (ROOT / path).exists() or name not in names_in(ROOT / path)
    ]
    assert missing == []


def test_a_test_that_does_not_exist_is_noticed() -> None:
    assert "test_each_promise_names_a_test_that_exists" in names_in(Path(__file__))
    assert "names_in" not in names_in(Path(__file__))
    assert "test_nothing_of_this_name" not in names_in(Path(__file__))
