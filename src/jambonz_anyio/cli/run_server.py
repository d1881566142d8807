"""`jambonz run`: serve an application, on any of the event loops, starting again on changes if asked."""

from __future__ import annotations

import logging
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .app_loader import load_app
from .errors import CommandFailed, ExitCode

LOOK_EVERY_SECONDS = 0.5
"""How often `--reload` looks for changed files."""

STOP_SECONDS = 10.0
"""How long a replaced process may take to stop."""


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """What `jambonz run` was told."""

    target: str
    host: str
    port: int
    uds: Path | None
    backend: str
    tls_cert: Path | None
    tls_key: Path | None
    parser: str
    drain: float
    log_level: str


def run_server(settings: ServeSettings, *, reload: bool) -> None:
    """Serve until stopped."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper())
    if level is None:
        raise CommandFailed(
            f"There is no log level {settings.log_level!r}: use debug, info, warning or error.",
            ExitCode.USAGE,
        )
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)-7s %(name)s %(message)s")
    if reload:
        _serve_and_watch()
    else:
        _serve(settings)


def _serve(settings: ServeSettings) -> None:
    app = load_app(settings.target)
    arguments: dict[str, Any] = {
        "tls": _tls(settings),
        "parser": settings.parser,
        "drain_seconds": settings.drain,
        "handle_signals": True,
    }
    if settings.uds is not None:
        arguments["path"] = settings.uds
    else:
        arguments |= {"host": settings.host, "port": settings.port}

    async def main() -> None:
        await app.serve(**arguments)

    try:
        run_on(settings.backend, main)
    except OSError as error:
        where = settings.uds or f"{settings.host}:{settings.port}"
        raise CommandFailed(
            f"Cannot listen on {where}: {error.strerror or error}.", ExitCode.NOT_REACHED
        ) from error


def run_on(backend: str, main: Any) -> Any:
    """Run an async function on one of the event loops by its name."""
    import anyio

    if backend == "trio":
        _need("trio", "trio")
        return anyio.run(main, backend="trio")
    if backend == "uvloop":
        _need("uvloop", "uvloop")
    return anyio.run(main, backend_options={"use_uvloop": backend == "uvloop"})


def _need(package: str, backend: str) -> None:
    try:
        __import__(package)
    except ModuleNotFoundError:
        raise CommandFailed(
            f"--backend {backend} needs the package {package}: pip install {package}", ExitCode.USAGE
        ) from None


def _tls(settings: ServeSettings) -> ssl.SSLContext | None:
    if settings.tls_cert is None:
        if settings.tls_key is not None:
            raise CommandFailed("--tls-key needs --tls-cert.", ExitCode.USAGE)
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise CommandFailed(
            f"Cannot use the certificate {settings.tls_cert}: {error}.", ExitCode.NOT_LOADED
        ) from error
    return context


def _serve_and_watch() -> None:
    """Run the same command without --reload in a child process, and start it anew when a file changes."""
    command = [sys.executable, "-c", "from jambonz_anyio.cli import main; main()"]
    command += [argument for argument in sys.argv[1:] if argument != "--reload"]
    log = logging.getLogger("jambonz_anyio.reload")
    while True:
        seen = _file_times()
        child = subprocess.Popen(command)
        try:
            while _file_times() == seen:
                time.sleep(LOOK_EVERY_SECONDS)
            log.info("a file has changed: starting again")
        finally:
            _stop(child)


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _file_times() -> dict[str, float]:
    return {str(path): path.stat().st_mtime for path in _python_files(Path.cwd())}


def _python_files(folder: Path) -> Iterator[Path]:
    """Python files below a folder, leaving out hidden folders and installed packages."""
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__")) and name != "node_modules"]
        yield from (Path(where, name) for name in files if name.endswith(".py"))
