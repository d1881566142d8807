"""`jambonz run --reload`: the server in a child process, which is started anew when a Python file changes.

A fresh process is the only reload that is always right: nothing of the old code is left in it. The parent
serves nothing and only watches. A child that could not start, because of a syntax error for instance, is left
alone until the next change.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import typer

from .app_loader import parts_of

LOOK_EVERY_SECONDS = 0.3
"""How often files are looked at."""

DRAIN_SECONDS = 1.0
"""What live calls of the old process get. jambonz connects them to the new one, which tells them goodbye
unless the application saves its calls."""

STOP_SECONDS = 8.0
"""How long the old process may take to stop before it is killed: its drain, and its clean-up."""


def serve_and_watch(target: str, arguments: list[str]) -> None:
    """Run `jambonz` with these arguments in a child process until a signal comes, again and again."""
    command = [sys.executable, "-m", "jambonz_anyio.cli", *arguments]
    gc.enable()
    before = signal.signal(signal.SIGTERM, _stopped)
    child: subprocess.Popen[bytes] | None = None
    try:
        while True:
            seen = file_times(folders_of(target))
            child = subprocess.Popen(command)
            while (now := file_times(folders_of(target))) == seen:
                time.sleep(LOOK_EVERY_SECONDS)
            changed = sorted(name for name in {*seen, *now} if seen.get(name) != now.get(name))
            typer.echo(f"{os.path.relpath(changed[0])} has changed: starting again", err=True)
            _stop(child)
    except (KeyboardInterrupt, _Stopped):
        typer.echo("stopping", err=True)
    finally:
        if child is not None:
            _stop(child)
        signal.signal(signal.SIGTERM, before)


class _Stopped(Exception):
    """The process was told to end by SIGTERM."""


def _stopped(number: int, frame: FrameType | None) -> None:
    raise _Stopped


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def folders_of(target: str) -> set[Path]:
    """Where to look: the working directory, and that of the application's file."""
    folders = {Path.cwd()}
    where, _ = parts_of(target)
    file = Path(where).resolve()
    if where.endswith(".py") and Path.cwd() not in file.parents:
        folders.add(file.parent)
    return folders


def file_times(folders: set[Path]) -> dict[str, int]:
    """When each Python file was changed last."""
    times: dict[str, int] = {}
    for folder in folders:
        for path in _python_files(folder):
            try:
                times[str(path)] = path.stat().st_mtime_ns
            except OSError:
                # It went away between the listing and this look, as editors' temporary files do.
                continue
    return times


def _python_files(folder: Path) -> Iterator[Path]:
    """Python files below a folder, leaving out hidden folders and installed packages."""
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__")) and not _installed(name)]
        yield from (Path(where, name) for name in files if name.endswith(".py"))


def _installed(name: str) -> bool:
    return name in {"node_modules", "site-packages", "venv"}
