"""Running `jambonz call`, `doctor` and `trace` for coding assistants: in processes of their own, with bounds.

Such a process runs code of a project as it is now. It may never end, print for ever, or start processes
itself: it has so many seconds, what it prints is cut, and at the end its whole process group is gone."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, Process

from .app_loader import parts_of
from .caller_script import parse_script
from .errors import CommandFailed, ExitCode

TOKEN = "JAMBONZ_MCP_TOKEN"
"""The environment variable with the secret of `jambonz mcp --http`, which what is run here does not get."""

CALL_SECONDS = 60.0
"""How long a command may take, in real time. A scripted call is in virtual time: minutes of talking take less
than a second."""

OUTPUT_BYTES = 200_000
"""What is kept of what a command prints: the first and the last half of so much."""

JOURNAL_BYTES = 16 * 1024 * 1024
"""The largest journal of a call that is kept."""

RUNNING_AT_ONCE = 4
"""Commands that run at the same time; more wait."""


@dataclass(slots=True)
class Printed:
    """What a process has printed on one stream, with the middle left out when it is too much."""

    first: bytearray = field(default_factory=bytearray)
    last: bytearray = field(default_factory=bytearray)
    left_out: int = 0

    def add(self, data: bytes) -> None:
        room = OUTPUT_BYTES // 2 - len(self.first)
        self.first += data[:room] if room > 0 else b""
        self.last += data[max(0, room) :]
        too_much = len(self.last) - OUTPUT_BYTES // 2
        if too_much > 0:
            del self.last[:too_much]
            self.left_out += too_much

    @property
    def text(self) -> str:
        middle = f"\n… {self.left_out} bytes are left out here …\n" if self.left_out else ""
        return (self.first + middle.encode() + self.last).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


class Runs:
    """The commands that one server runs, below one folder; and the journal of its last call."""

    def __init__(self, folder: Path) -> None:
        self.root: Path = folder.resolve()
        self.journal: bytes | None = None
        self._free = anyio.CapacityLimiter(RUNNING_AT_ONCE)

    async def place_call(
        self,
        application: str,
        script: str,
        *,
        path: str,
        profile: str | None,
        env: dict[str, str],
        strict: bool,
    ) -> str:
        """Run `jambonz call`; returns what it prints, and how it ended."""
        target = self.application(application)
        parse_script(script)
        with tempfile.TemporaryDirectory(prefix="jambonz-mcp-") as folder:
            journal = Path(folder) / "call.jsonl"
            # Options with their values in one word: a value that begins with a dash stays a value.
            options = ["--script=-", f"--path={path}", f"--journal={journal}", "--content"]
            options += [f"--profile={profile}"] if profile else []
            options += ["--strict"] if strict else []
            options += [f"--env={key}={value}" for key, value in env.items()]
            done = await self.run("call", *options, "--", target, given=script)
            kept = journal.is_file() and journal.stat().st_size <= JOURNAL_BYTES
            self.journal = journal.read_bytes() if kept else None
        if done.code in (ExitCode.USAGE, ExitCode.NOT_LOADED):
            raise CommandFailed(done.err.strip())
        outcome = "It went as the script has it." if done.code == 0 else f"It failed: {done.err.strip()}"
        return f"{done.out}\n{outcome}"

    async def examine(self, application: str | None) -> str:
        """Run `jambonz doctor`; returns its findings."""
        named = [] if application is None else ["--", self.application(application)]
        done = await self.run("doctor", *named)
        if done.code not in (ExitCode.OK, ExitCode.NO):
            raise CommandFailed(done.err.strip())
        return done.out + done.err

    async def trace(self, *options: str) -> str:
        """Run `jambonz trace` with the journal of the last call."""
        if self.journal is None:
            raise CommandFailed("There is no journal: call_application has to place a call first.")
        with tempfile.TemporaryDirectory(prefix="jambonz-mcp-") as folder:
            journal = Path(folder) / "call.jsonl"
            journal.write_bytes(self.journal)
            done = await self.run("trace", *options, "--", str(journal))
        if done.code:
            raise CommandFailed(done.err.strip())
        return done.out

    def application(self, named: str) -> str:
        """`file.py:name` with the whole path of the file, which has to be below the folder."""
        where, name = parts_of(named)
        try:
            file = (self.root / where).resolve()
        except (OSError, RuntimeError, ValueError):  # links in a circle, or what is no path at all
            file = self.root
        if file.suffix != ".py" or not file.is_relative_to(self.root):
            raise CommandFailed(f"{named!r} is no Python file below {self.root}: use file.py:app.")
        return f"{file}:{name}"

    async def run(self, *words: str, given: str = "") -> Done:
        """Run one command of `jambonz`, and wait for its end."""
        command = [sys.executable, "-m", "jambonz_anyio.cli", *words]
        environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "140"}
        environment.pop(TOKEN, None)
        out, err = Printed(), Printed()
        async with self._free:
            try:
                process = await anyio.open_process(
                    command, cwd=self.root, env=environment, start_new_session=True
                )
            except (
                OSError,
                ValueError,
            ) as error:  # arguments that are too long, or hold what no argument can
                raise CommandFailed(f"It cannot be run: {error}.") from error
            try:
                with anyio.fail_after(CALL_SECONDS):
                    async with anyio.create_task_group() as tasks:
                        tasks.start_soon(_keep, process.stdout, out)
                        tasks.start_soon(_keep, process.stderr, err)
                        await _give(process, given.encode("utf-8", "replace"))
                        code = await process.wait()
                        # What it has started may hold its output open, and must not outlive it.
                        kill_group(process)
            except TimeoutError:
                raise CommandFailed(f"It was not over within {CALL_SECONDS:g} seconds.\n{out.text}") from None
            finally:
                if process.returncode is None:
                    kill_group(process)
                with anyio.CancelScope(shield=True):
                    await process.aclose()
        return Done(code, out.text, err.text)


async def _give(process: Process, data: bytes) -> None:
    assert process.stdin is not None
    try:
        await process.stdin.send(data)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        pass  # it has ended without reading
    await process.stdin.aclose()


async def _keep(stream: ByteReceiveStream | None, printed: Printed) -> None:
    assert stream is not None
    async for data in stream:
        printed.add(data)


def kill_group(process: Process) -> None:
    """End a process and all that it has started, where the system has process groups."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass
