"""`jambonz phone`: serve a telephone to this machine's browser."""

from __future__ import annotations

import logging
import tempfile
import webbrowser
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import typer

from ...transport import serve
from ..app_loader import check_url, names_app, parts_of, undeclared_at
from ..errors import CommandFailed, ExitCode
from ..event_loops import need, run_on
from ..listeners import listening
from .access import Access
from .app_source import AppAtUrl, AppInFile, AppSource, Dialling
from .page_application import PageApplication
from .switchboard import Switchboard
from .voices import AUTO, choose_recognizer, choose_voice

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """What `jambonz phone` was told."""

    target: str
    port: int = 0
    open: bool = True
    backend: str = "asyncio"
    profile: str | None = None
    credentials: tuple[str, str] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    journals: Path | None = None
    voice: str = AUTO
    recognizer: str = AUTO


def serve_phone(settings: PhoneSettings) -> None:
    """Serve the page until Ctrl-C."""
    need(settings.backend)
    source = _source(settings)
    logging.getLogger("jambonz_anyio.server").setLevel(logging.WARNING)
    with ExitStack() as stack:
        sockets = stack.enter_context(listening(HOST, settings.port, None))
        journals = settings.journals
        if journals is None:
            journals = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jambonz-phone-")))
        else:
            journals.mkdir(mode=0o700, parents=True, exist_ok=True)
        board = partial(
            Switchboard,
            source,
            journals=journals,
            tests=_tests_of(source),
            voice=choose_voice(settings.voice),
            recognizer=choose_recognizer(settings.recognizer),
        )
        run_on(settings.backend, partial(_serve, settings, board, sockets[0]))


def _source(settings: PhoneSettings) -> AppSource:
    dialling = Dialling(settings.profile, settings.credentials, settings.env)
    if names_app(settings.target):
        return AppInFile(settings.target, dialling)
    check_url(settings.target)
    for fault in undeclared_at(settings.target, settings.env):
        raise CommandFailed(f"{fault}.", ExitCode.USAGE)
    return AppAtUrl(settings.target, dialling)


def _tests_of(source: AppSource) -> Path:
    """Where a saved test finds the application: beside its file, or in the working directory."""
    where, _ = parts_of(source.name)
    return Path(where).resolve().parent if where.endswith(".py") else Path.cwd()


async def _serve(settings: PhoneSettings, make: Callable[..., Switchboard], sock: socket) -> None:
    access = Access()
    port = sock.getsockname()[1]

    def link() -> str:
        return f"http://{HOST}:{port}/#{access.token()}"

    async with anyio.create_task_group() as tasks:
        board = make(tasks=tasks, link=link)
        tasks.start_soon(board.watch_the_application)
        page = PageApplication(access, board, port)
        tasks.start_soon(_tell, settings, link())
        await serve(
            page,
            sockets=[sock],
            handle_signals=True,
            drain_seconds=0,
            health_path=None,
            readiness_path=None,
        )
        tasks.cancel_scope.cancel()


async def _tell(settings: PhoneSettings, url: str) -> None:
    typer.echo(
        f"The telephone for {settings.target} is on {urlsplit(url).netloc} for this machine's browser:"
    )
    typer.echo(f"  {url}")
    typer.echo("The link is good once. Ctrl-C ends the telephone.")
    if settings.open:
        await anyio.to_thread.run_sync(webbrowser.open, url, abandon_on_cancel=True)
