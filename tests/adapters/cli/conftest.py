"""Running the command line: inside this process, which is quick, or as a process of its own, which is real."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from jambonz_anyio.cli.command_line import run_command_line

ROOT = Path(__file__).resolve().parents[3]

ECHO = ROOT / "examples" / "echo.py"


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class Jambonz(Protocol):
    """The command line as a function of its words."""

    def __call__(self, *words: object, stdin: str = "") -> Outcome:
        """Run a command."""
        ...


@pytest.fixture(autouse=True)
def clean_imports() -> Iterator[None]:
    """Applications are imported by the commands; each test begins without those of the others."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if not name.startswith(("jambonz", "rich", "typer", "mcp", "httpx")) and _is_foreign(name):
            del sys.modules[name]


def _is_foreign(name: str) -> bool:
    file = getattr(sys.modules[name], "__file__", None) or ""
    return "site-packages" not in file and f"lib{os.sep}python" not in file and bool(file)


@pytest.fixture
def jambonz(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Jambonz:
    """Run a command in this process, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*words: object, stdin: str = "") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = run_command_line([str(word) for word in words])
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return run


@pytest.fixture
def app_file(tmp_path: Path) -> Callable[..., Path]:
    """Write an application into a file of the test's directory."""

    def write(body: str, name: str = "app.py", settings: str = "") -> Path:
        file = tmp_path / name
        file.write_text(
            f"from jambonz_anyio import App, Call\n\napp = App({settings})\n\n\n{body}", encoding="utf-8"
        )
        return file

    return write


@pytest.fixture
def process(traced_child: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a command as a process of its own; whatever still runs at the end is stopped."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: object, env: Mapping[str, str] = os.environ, **settings: Any) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "jambonz_anyio.cli", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**env, **traced_child},
            **settings,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        if child.poll() is None:
            child.kill()
        child.communicate()


@pytest.fixture
def unused_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


@pytest.fixture
def talker() -> Callable[[str], str]:
    """The source of an application that greets, listens for a word or a key, and reacts with a statement."""

    def source(reaction: str) -> str:
        return f"""
@app.call("/")
async def answer(call: Call) -> None:
    await call.say(text="Hello").send()
    heard = await call.gather(input=["speech", "digits"], timeout=8, numDigits=1).result()
    {reaction}
"""

    return source
