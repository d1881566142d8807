"""`jambonz run`: serve an application until it is told to stop."""

from __future__ import annotations

import errno
import logging
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from jambonz_core.wire.errors import LocalProtocolError

from .app_loader import load_app
from .errors import CommandFailed, ExitCode
from .event_loops import run_on

if TYPE_CHECKING:
    from ..app import App

_SERVED = {"call": "calls", "audio": "audio", "webhook": "webhooks"}

_NOT_HERE = " --host has to be an address of this machine; 0.0.0.0 stands for all of them."

_HINTS = {
    errno.EADDRINUSE: " Choose another one with --port.",
    errno.EACCES: " Choose a port above 1023 with --port.",
    errno.EADDRNOTAVAIL: _NOT_HERE,
    socket.EAI_NONAME: _NOT_HERE,
}
"""What to do when nothing can listen there."""

_LOOPBACK = ("127.", "[::1]", "localhost")


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
    journal: Path | None = None
    """A folder for a journal of each call."""
    journal_content: bool = False

    def arguments(self, *, drain: float) -> list[str]:
        """The command line that says the same, with another time to drain."""
        line = ["run", self.target, "--backend", self.backend, "--parser", self.parser]
        line += ["--log-level", self.log_level, "--drain", f"{drain:g}"]
        line += ["--host", self.host, "--port", str(self.port)]
        for name, value in (("--uds", self.uds), ("--tls-cert", self.tls_cert), ("--tls-key", self.tls_key)):
            if value is not None:
                line += [name, str(value)]
        if self.journal is not None:
            line += ["--journal", str(self.journal), *(["--content"] if self.journal_content else [])]
        return line


def run_server(settings: ServeSettings, *, reload: bool) -> None:
    """Run the server until a signal stops it."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper())
    if level is None:
        raise CommandFailed(
            f"There is no log level {settings.log_level!r}: use debug, info, warning or error.",
            ExitCode.USAGE,
        )
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)-7s %(name)s %(message)s")
    if reload:
        from .reloading import DRAIN_SECONDS, serve_and_watch

        serve_and_watch(settings.target, settings.arguments(drain=min(settings.drain, DRAIN_SECONDS)))
    else:
        _serve(settings)


class _Announcement:
    """Says where the server listens, as soon as it does. What anyio calls a task status."""

    def __init__(self, app: App, settings: ServeSettings) -> None:
        self._app = app
        self._settings = settings

    def started(self, server: Any) -> None:
        """Print where the server listens; the server calls this once it does."""
        scheme = "ws" if self._settings.tls_cert is None else "wss"
        unix = self._settings.uds is not None
        where = ", ".join(address if unix else f"{scheme}://{address}" for address in server.addresses)
        typer.echo(f"{self._settings.target} listens on {where} ({self._settings.backend})")
        routes = self._app.routes
        served = [f"{_SERVED[kind]} at {', '.join(routes[kind])}" for kind in _SERVED if routes[kind]]
        typer.echo(f"It serves {'; '.join(served) or 'nothing'}. Ctrl-C stops it.")
        if not unix and all(address.startswith(_LOOPBACK) for address in server.addresses):
            typer.echo("Only this machine can reach it: --host 0.0.0.0 lets others in.")


def _serve(settings: ServeSettings) -> None:
    from .. import serve

    app = load_app(settings.target)
    if settings.journal is not None:
        _keep_journals(app, settings.journal, content=settings.journal_content)
    arguments: dict[str, Any] = {
        "tls": server_tls(settings.tls_cert, settings.tls_key),
        "parser": settings.parser,
        "drain_seconds": settings.drain,
        "handle_signals": True,
        "task_status": _Announcement(app, settings),
    }
    if settings.uds is not None:
        arguments["path"] = settings.uds
    else:
        arguments |= {"host": settings.host, "port": settings.port}

    async def main() -> None:
        async with app.running():
            try:
                await serve(app, **arguments)
            except OSError as error:
                where = settings.uds or f"{settings.host}:{settings.port}"
                hint = "" if settings.uds is not None else _HINTS.get(error.errno or 0, "")
                raise CommandFailed(
                    f"Cannot listen on {where}: {error.strerror or error}.{hint}", ExitCode.NOT_REACHED
                ) from error

    try:
        run_on(settings.backend, main)
    except LocalProtocolError as error:
        raise CommandFailed(f"Cannot serve: {error}.", ExitCode.USAGE) from error


def _keep_journals(app: App, folder: Path, *, content: bool) -> None:
    """Have the application write a journal of each of its calls, whatever it would do by itself."""
    from ..journals import JournalDirectory

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandFailed(
            f"Cannot keep journals in {folder}: {error.strerror}.", ExitCode.NOT_LOADED
        ) from error
    app.journals = JournalDirectory(folder, content=content)


def server_tls(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """The TLS settings of a server with this certificate, or None without one."""
    if cert is None:
        if key is not None:
            raise CommandFailed("--tls-key needs --tls-cert.", ExitCode.USAGE)
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        why = error.strerror if isinstance(error, FileNotFoundError | PermissionError) else str(error)
        raise CommandFailed(f"Cannot use the certificate {cert}: {why}.", ExitCode.NOT_LOADED) from error
    return context
