"""Run the code of README.md and of every page under docs/, so that no page shows what does not work.

One page is one story: its blocks run in order, in an empty directory of their own.

* ``python`` blocks are executed in one namespace per page. A block whose first line is ``# name.py`` is written to
  that file as well, for the commands that follow (a file called test_*.py is only written: pytest runs it).
* ``sh`` blocks are run by bash, stopping at the first error, with the project's programs on the PATH.
* ``json`` blocks must parse. Other languages (text, mermaid, …) show output or pictures and are not run.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])

NOT_HERE = {
    "make test": "this very test is part of it",
    "make bench": "takes minutes, and times things",
    "make demo": "has its own test, which reads what it prints",
}
"""Commands that a page may show and this test does not run, each with the reason."""

FENCE = re.compile(r"^```(?P<language>[\w+-]*)[^\n]*\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    language: str
    code: str
    line: int


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(match["language"], match["code"], text.count("\n", 0, match.start("code")) + 1)
        for match in FENCE.finditer(text)
    ]


def run_python(block: Block, page: Path, module: types.ModuleType) -> None:
    first = block.code.split("\n", 1)[0]
    named = re.fullmatch(r"# (?P<name>[\w/]+\.py)", first)
    if named:
        target = Path(named["name"])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.code, encoding="utf-8")
        if target.name.startswith("test_"):
            return
    # Blank lines in front make tracebacks point at the line of the page.
    exec(compile("\n" * (block.line - 1) + block.code, str(page), "exec"), module.__dict__)


def run_shell(block: Block, page: Path) -> None:
    lines = [line for line in block.code.splitlines() if line.split("#")[0].strip() not in NOT_HERE]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "COLUMNS": "120",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{page}:{block.line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    module = types.ModuleType("docs_page")
    monkeypatch.setitem(sys.modules, "docs_page", module)
    for block in blocks_of(page):
        if block.language == "python":
            run_python(block, page, module)
        elif block.language == "sh":
            run_shell(block, page)
        elif block.language == "json":
            json.loads(block.code)


def test_every_page_is_found() -> None:
    assert ROOT / "README.md" in PAGES
    assert all(page.read_text(encoding="utf-8").startswith("# ") for page in PAGES)


def test_blocks_are_found_with_their_lines(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\n```python\nx = 1\n```\n\n```sh\ntrue\n```\n", encoding="utf-8")
    assert blocks_of(page) == [Block("python", "x = 1\n", 4), Block("sh", "true\n", 8)]
