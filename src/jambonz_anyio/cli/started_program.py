"""A program that serves the URL of a call: started before it, and stopped behind it.

It may be written in anything. The call begins when the port of the URL takes connections.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import anyio
from anyio.abc import Process

from .errors import CommandFailed, ExitCode

START_SECONDS = 20.0
"""How long it may take until it serves."""

STOP_SECONDS = 10.0
"""How long it may take to end when it is asked to. Then it is killed."""

LOOK_SECONDS = 0.05
"""How often is looked whether it serves."""


@asynccontextmanager
async def started(command: str, url: str, *, show: bool) -> AsyncIterator[None]:
    """Run a program for as long as the block lasts, from when it serves a URL on.

    What it prints goes to our standard error, or nowhere.
    """
    if await _serves(url):
        raise CommandFailed(
            f"Something serves at {url} already: stop it, or leave --start out.", ExitCode.USAGE
        )
    output = 2 if show else subprocess.DEVNULL
    try:
        words = shlex.split(command)
        process = await anyio.open_process(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    except (OSError, ValueError, IndexError) as error:
        raise CommandFailed(f"Cannot start {command!r}: {error}.", ExitCode.NOT_LOADED) from error
    try:
        await _until_it_serves(process, command, url)
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await _stop(process)


async def _until_it_serves(process: Process, command: str, url: str) -> None:
    with anyio.move_on_after(START_SECONDS):
        while not await _serves(url):
            if process.returncode is not None:
                raise CommandFailed(
                    f"{command!r} has ended with exit code {process.returncode}, and serves nothing.",
                    ExitCode.NOT_REACHED,
                )
            await anyio.sleep(LOOK_SECONDS)
        return
    raise CommandFailed(
        f"{command!r} does not serve at {url}, {START_SECONDS:g} seconds after it was started.",
        ExitCode.NOT_REACHED,
    )


async def _serves(url: str) -> bool:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme in {"wss", "https"} else 80)
    try:
        stream = await anyio.connect_tcp(parts.hostname or "", port)
    except OSError:
        return False
    await stream.aclose()
    return True


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
        with anyio.move_on_after(STOP_SECONDS):
            await process.wait()
            return
        process.kill()
    await process.wait()
