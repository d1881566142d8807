"""`jambonz run`: serve an application until it is told to stop."""

from __future__ import annotations

import gc
import logging
import os
import ssl
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import typer

from jambonz_core.wire.errors import LocalProtocolError

from ..app import ADVERTISE
from ..limits import ServerLimits
from ..logs import configure, report_blocked_loop
from ..stores import FileStore, MemoryStore
from .app_loader import load_app
from .errors import CommandFailed, ExitCode
from .event_loops import need, run_on
from .listeners import address_of, listening, listening_on_one_of
from .worker import Assignment, assignment, serve_as_worker

if TYPE_CHECKING:
    from .. import Server
    from ..app import App

_SERVED = {"call": "calls", "audio": "audio", "webhook": "webhooks"}

_PORT = "{port}"
"""What stands for the port in an advertised address."""

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
    log_format: str = "text"
    log_calls: bool = True
    """Whether a line says that a call begins or ends, or that a connection is refused."""
    journal: Path | None = None
    """A folder for a journal of each call."""
    journal_content: bool = False
    workers: int | None = None
    """How many processes serve; None for this one."""
    store: Path | None = None
    """A folder for the state of calls, which other processes may share."""
    advertise: str | None = None
    """Where jambonz reaches a single process, with ``{port}`` for its port."""
    startup: float = 60.0
    """How long a worker may take until it is ready."""
    own_ports: str | None = None
    """Where workers take their own ports from: the first and the last, with a hyphen between."""
    calls: int | None = None
    """How many websockets one process takes; None for as many as the server does by itself."""

    def arguments(self, *, drain: float) -> list[str]:
        """The command line that says the same, with another time to drain."""
        line = ["run", self.target, "--backend", self.backend, "--parser", self.parser]
        line += ["--log-level", self.log_level, "--log-format", self.log_format, "--drain", f"{drain:g}"]
        if not self.log_calls:
            line.append("--no-log-calls")
        line += ["--host", self.host, "--port", str(self.port)]
        for name, value in (("--uds", self.uds), ("--tls-cert", self.tls_cert), ("--tls-key", self.tls_key)):
            if value is not None:
                line += [name, str(value)]
        if self.journal is not None:
            line += ["--journal", str(self.journal), *(["--content"] if self.journal_content else [])]
        if self.advertise is not None:
            line += ["--advertise", self.advertise]
        if self.own_ports is not None:
            line += ["--own-ports", self.own_ports]
        if self.store is not None:
            line += ["--store", str(self.store)]
        if self.calls is not None:
            line += ["--calls", str(self.calls)]
        return line


def run_server(settings: ServeSettings, *, reload: bool) -> None:
    """Run the server until a signal stops it."""
    _open_standard_streams()
    level = logging.getLevelNamesMapping().get(settings.log_level.upper())
    if level is None:
        raise CommandFailed(
            f"There is no log level {settings.log_level!r}: use debug, info, warning or error.",
            ExitCode.USAGE,
        )
    _check_advertise(settings)
    worker = assignment()
    if settings.log_format not in {"text", "json"}:
        raise CommandFailed(
            f"There is no log format {settings.log_format!r}: use text or json.", ExitCode.USAGE
        )
    who = "" if worker is None else f"worker {worker.place} [{os.getpid()}]"
    configure(level, format=settings.log_format, calls=settings.log_calls, who=who)
    if settings.workers is not None:
        _serve_with_workers(settings, settings.workers)
    elif reload:
        from .reloading import DRAIN_SECONDS, serve_and_watch

        serve_and_watch(settings.target, settings.arguments(drain=min(settings.drain, DRAIN_SECONDS)))
    elif worker is not None:
        _serve_as_worker(settings, worker)
    else:
        _serve(settings)


def _open_standard_streams() -> None:
    """Put something in the place of input, output and errors that are closed.

    Otherwise the first socket gets such a number, and a worker, whose input is nothing, would lose it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _announce(settings: ServeSettings, addresses: list[str], serves: str) -> None:
    """Print where it listens, as soon as it does. Where nobody reads that, calls come all the same."""
    try:
        _print_addresses(settings, addresses, serves)
    except OSError:
        # Nothing can be printed any more; also at the end, nobody is to complain of that.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _print_addresses(settings: ServeSettings, addresses: list[str], serves: str) -> None:
    scheme = "ws" if settings.tls_cert is None else "wss"
    unix = settings.uds is not None
    where = ", ".join(address if unix else f"{scheme}://{address}" for address in addresses)
    how = settings.backend if settings.workers is None else f"{settings.backend}, {settings.workers} workers"
    typer.echo(f"{settings.target} listens on {where} ({how})")
    hint = "" if settings.workers is None else f" kill -HUP {os.getpid()} renews the workers."
    typer.echo(f"It serves {serves}. Ctrl-C stops it.{hint}")
    if not unix and all(address.startswith(_LOOPBACK) for address in addresses):
        typer.echo("Only this machine can reach it: --host 0.0.0.0 lets others in.")


def _serves(app: App) -> str:
    """What an application serves, in words."""
    routes = app.routes
    served = [f"{_SERVED[kind]} at {', '.join(routes[kind])}" for kind in _SERVED if routes[kind]]
    return "; ".join(served) or "nothing"


def _serve(settings: ServeSettings) -> None:
    if settings.own_ports is not None:
        raise CommandFailed("--own-ports goes with --workers and --advertise.", ExitCode.USAGE)
    app = _application(settings)
    arguments = _arguments(settings)

    async def main() -> None:
        await app.serve(**arguments, sockets=sockets, task_status=announcement)

    need(settings.backend)
    with listening(settings.host, settings.port, settings.uds) as sockets:
        announcement: Any = _Announcement(settings, app)
        _run(settings, main)


def _serve_as_worker(settings: ServeSettings, worker: Assignment) -> None:
    app = _application(settings)
    if settings.store is None and isinstance(app.store, MemoryStore):
        app.store = FileStore(worker.store)
    arguments = _arguments(settings)
    if settings.advertise is None:
        _run(settings, partial(serve_as_worker, worker, app, arguments, _serves(app)))
        return
    with listening_on_one_of(settings.host, _own_ports(settings)) as own:
        app.advertise = _filled_in(settings.advertise, own[0].getsockname()[1])
        arguments["own_sockets"] = own
        _run(settings, partial(serve_as_worker, worker, app, arguments, _serves(app)))


def _serve_with_workers(settings: ServeSettings, workers: int) -> None:
    from .supervisor import SupervisorSettings, check_platform, supervise

    check_platform()
    if settings.own_ports is not None and settings.advertise is None:
        raise CommandFailed("--own-ports goes with --workers and --advertise.", ExitCode.USAGE)
    _own_ports(settings)
    need(settings.backend)
    with listening(settings.host, settings.port, settings.uds) as sockets:
        addresses = [address_of(sock) for sock in sockets]
        supervised = SupervisorSettings(
            workers=workers,
            drain=settings.drain,
            start_seconds=settings.startup,
            arguments=settings.arguments(drain=settings.drain),
            store=settings.store,
        )
        code = supervise(supervised, sockets, lambda serves: _announce(settings, addresses, serves))
    if code:
        raise typer.Exit(code)


@dataclass(frozen=True, slots=True)
class _Announcement:
    """Says where the server listens. What anyio calls a task status."""

    settings: ServeSettings
    app: App

    def started(self, server: Server) -> None:
        """Print it; the server calls this once it serves."""
        if self.settings.advertise is not None:
            self.app.advertise = _filled_in(self.settings.advertise, server.port)
        _announce(self.settings, server.addresses, _serves(self.app))


def _application(settings: ServeSettings) -> App:
    """The application, with what the command line says in place of what it would do by itself."""
    if settings.advertise is not None:
        # What it says is for this command, which fills in the port.
        os.environ.pop(ADVERTISE, None)
    app = load_app(settings.target)
    if settings.advertise is not None:
        try:
            app.advertise = _filled_in(settings.advertise, settings.port or 1)
        except LocalProtocolError as error:
            raise CommandFailed(f"--advertise: {error}.", ExitCode.USAGE) from error
    if settings.journal is not None:
        _keep_journals(app, settings.journal, content=settings.journal_content)
    if settings.store is not None:
        app.store = FileStore(settings.store)
    return app


def _check_advertise(settings: ServeSettings) -> None:
    """Say that workers cannot all have one address, before anything is started."""
    if settings.workers is not None and settings.advertise is not None and _PORT not in settings.advertise:
        raise CommandFailed(
            f"--advertise with --workers needs {_PORT}, which each worker fills in: ws://10.0.0.3:{_PORT}/.",
            ExitCode.USAGE,
        )


def _own_ports(settings: ServeSettings) -> Sequence[int]:
    """The ports of which a worker takes one. Says so where they cannot be enough."""
    if settings.own_ports is None:
        return (0,)
    first, _, last = settings.own_ports.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 0 < int(first) <= int(last) < 65536):
        raise CommandFailed(
            f"--own-ports is a first and a last port, such as 3100-3139, and not {settings.own_ports!r}.",
            ExitCode.USAGE,
        )
    ports = range(int(first), int(last) + 1)
    if settings.workers is not None and len(ports) < 2 * settings.workers:
        raise CommandFailed(
            f"--own-ports {settings.own_ports} are too few: {settings.workers} workers need "
            f"{2 * settings.workers}, because a reload starts new ones beside the old.",
            ExitCode.USAGE,
        )
    return ports


def _filled_in(advertise: str, port: int) -> str:
    return advertise.replace(_PORT, str(port))


def _arguments(settings: ServeSettings) -> dict[str, Any]:
    """What a server is told, but for what it listens on."""
    return {
        "tls": server_tls(settings.tls_cert, settings.tls_key),
        "parser": settings.parser,
        "limits": None if settings.calls is None else ServerLimits(calls=settings.calls),
        "drain_seconds": settings.drain,
        "handle_signals": True,
    }


def _run(settings: ServeSettings, main: Callable[[], Awaitable[None]]) -> None:
    async def watched() -> None:
        failure: BaseException | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(report_blocked_loop)
            try:
                await main()
            except BaseException as error:
                failure = error  # raised outside of the group, which would wrap it
            tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure

    # What is loaded now stays. A full collection, which stops the loop, need not go through it each time.
    gc.collect()
    gc.freeze()
    try:
        run_on(settings.backend, watched)
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
