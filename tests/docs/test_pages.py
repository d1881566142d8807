"""Run the code of README.md, of every page under docs/, and of the pages inside the package, so that none shows
what does not work.

One page is one story: its blocks run in order, in an empty directory of their own.

* ``python`` blocks are executed in one namespace per page. A block whose first line is ``# name.py`` is written to
  that file as well, for the commands that follow (a file called test_*.py is only written: pytest runs it);
  ``# name.py, continued`` adds to it. A block inside of an HTML comment is run like any other: so a call can try the
  program above it without standing in the reader's way.
* ``sh`` blocks are run by bash, stopping at the first error, with the project's programs on the PATH.
* ``sh server`` blocks start a server, which serves until the page ends, or another one takes its port. So that two
  pages do not fight for the ports 3000 to 3009 that they name, each gets others, wherever its commands name those.
* ``text output`` blocks show what the commands before them print: each of their lines, but for a lone ``…``, has
  to be among what was printed.
* ``json`` blocks must parse. Other languages (text, mermaid, …) show output or pictures and are not run.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("src/**/*.md")]
)

NOT_HERE = {
    "make test": "this very test is part of it",
    "make bench": "takes minutes, and times things",
    "make demo": "has its own test, which reads what it prints",
    ". .venv/bin/activate": "the programs of the environment that runs the tests are on the PATH",
    "pip install -e '.[all]' pytest": "is installed there",
}
"""Commands that a page may show and this test does not run, each with the reason."""

PORT = re.compile(r"\b300\d\b")
"""Ports that pages name in their commands."""

PATIENCE = 120
"""Seconds that a command may take."""

FRONT_MATTER = re.compile(r"\A---\n.*?^---\n\s*", re.MULTILINE | re.DOTALL)
"""What is known about a skill before it is read."""

FENCE = re.compile(r"^```(?P<language>[\w+-]*)(?P<role>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    language: str
    code: str
    line: int
    role: str = ""


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            match["language"],
            match["code"],
            text.count("\n", 0, match.start("code")) + 1,
            match["role"].strip(),
        )
        for match in FENCE.finditer(text)
    ]


@dataclass
class Story:
    """What the blocks of one page share."""

    page: Path
    module: types.ModuleType
    ports: dict[str, str] = field(default_factory=dict)
    """Ports by those that the page names."""
    said: str = ""
    """What the latest commands have printed."""
    servers: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    """What is being served, by its port."""

    def run(self, block: Block) -> None:
        match block.language, block.role:
            case "python", _:
                self.run_python(block)
            case "sh", "server":
                self.start_server(block)
            case "sh", _:
                self.run_shell(block)
            case "text", "output":
                self.check_output(block)
            case "json", _:
                json.loads(block.code)
            case _:
                pass

    def run_python(self, block: Block) -> None:
        first = block.code.split("\n", 1)[0]
        named = re.fullmatch(r"# (?P<name>[\w/]+\.py)(?P<more>, continued)?", first)
        if named:
            target = Path(named["name"])
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("a" if named["more"] else "w", encoding="utf-8") as file:
                file.write(block.code)
            if target.name.startswith("test_"):
                return
        # Blank lines in front make tracebacks point at the line of the page.
        code = compile("\n" * (block.line - 1) + block.code, str(self.page), "exec")
        exec(code, self.module.__dict__)

    def run_shell(self, block: Block) -> None:
        code = self.with_ports(block.code)
        lines = [line for line in code.splitlines() if line.split("#")[0].strip() not in NOT_HERE]
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        self.said = done.stdout
        assert done.returncode == 0, f"{self.page}:{block.line}\n{done.stdout}"

    def start_server(self, block: Block) -> None:
        code = self.with_ports(block.code)
        port = next(port for port in self.ports.values() if port in code)
        self.stop_server(port)
        server = self.servers[port] = subprocess.Popen(
            ["bash", "-euc", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert server.stdout is not None
        said = ""
        # Whatever a server is, it says where it listens.
        while f":{port} " not in said:
            line = server.stdout.readline()
            assert line, f"{self.page}:{block.line}\nno server: {said}"
            said += line

    def stop_server(self, port: str) -> None:
        server = self.servers.pop(port, None)
        if server is not None:
            os.killpg(server.pid, signal.SIGKILL)
            server.communicate()

    def check_output(self, block: Block) -> None:
        printed = {line.rstrip() for line in self.said.splitlines()}
        shown = [line.rstrip() for line in self.with_ports(block.code).splitlines()]
        missing = [line for line in shown if line != "…" and line not in printed]
        assert not missing, f"{self.page}:{block.line}: not printed: {missing}\n{self.said}"

    def with_ports(self, code: str) -> str:
        """The code with ports of this page's own, if anything is served on it."""
        if not any(block.role == "server" for block in blocks_of(self.page)):
            return code
        return PORT.sub(lambda named: self.ports.setdefault(named[0], free_port()), code)

    def end(self) -> None:
        for port in list(self.servers):
            self.stop_server(port)


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@contextmanager
def story_of(page: Path) -> Iterator[Story]:
    story = Story(page, types.ModuleType("docs_page"))
    try:
        yield story
    finally:
        story.end()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    before = set(sys.modules)
    with story_of(page) as story:
        monkeypatch.setitem(sys.modules, "docs_page", story.module)
        for block in blocks_of(page):
            story.run(block)
    # Two pages may have files of the same name.
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


def test_every_page_is_found() -> None:
    assert ROOT / "README.md" in PAGES
    assert ROOT / "src/jambonz_anyio/AGENTS.md" in PAGES
    assert all(FRONT_MATTER.sub("", page.read_text(encoding="utf-8")).startswith("# ") for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_comment_hides_nothing_but_code(page: Path) -> None:
    """One that is not closed would hide the rest of the page."""
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    hidden = re.findall(r"<!--(.*?)-->", prose, re.DOTALL)
    assert prose.count("<!--") == prose.count("-->") == len(hidden), page
    assert all(len(told.split()) < 40 for told in hidden), page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page}: {target}"
        if anchor:
            assert anchor in anchors_of(file), f"{page}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_pip_is_told_to_install_can_be_installed(page: Path) -> None:
    """No index has this library yet, so it comes from a checkout, with extras that there are."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for command in re.findall(r"pip install ([^\n`]+)", page.read_text(encoding="utf-8")):
        assert not re.search(r"(^|[\s'\"])jambonz", command), f"{page}: pip install {command}"
        for extras in re.findall(r"\[([\w,]+)\]", command):
            assert set(extras.split(",")) <= set(known["optional-dependencies"]), f"{page}: {command}"


def anchors_of(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_command_of_the_readme_is_in_a_block_that_is_run() -> None:
    prose = FENCE.sub("", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert not re.findall(r"^(?: {4}|\t)\S.*$", prose, re.MULTILINE)


def test_blocks_are_found_with_their_lines(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\n```python\nx = 1\n```\n\n```sh server\ntrue\n```\n", encoding="utf-8")
    assert blocks_of(page) == [Block("python", "x = 1\n", 4), Block("sh", "true\n", 8, "server")]


def test_output_that_was_not_printed_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n", encoding="utf-8")
    with story_of(page) as story:
        story.run(Block("sh", "echo one; echo two\n", 1))
        story.run(Block("text", "one\n…\n", 1, "output"))
        with pytest.raises(AssertionError, match="not printed"):
            story.run(Block("text", "three\n", 1, "output"))
        with pytest.raises(AssertionError):
            story.run(Block("sh", "exit 3\n", 1))
