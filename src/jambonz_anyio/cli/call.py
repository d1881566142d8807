"""`jambonz call`: a telephone in the terminal.

It calls an application in this process (`file.py:app`) or at a URL, shows what happens as it happens, and
lets a script, a pipe or a person at the keyboard be the caller. A scripted call in this process runs in
virtual time unless it is told otherwise: nothing waits, and the times shown are those a caller would have
measured.

A real server tries again when it cannot reach an application, and puts up with much else. Whoever sits at a
terminal wants to know at once, so this one ends the call and says what is wrong.
"""

from __future__ import annotations

import errno
import os
import re
import textwrap
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import typer

from .app_loader import load_app, names_app
from .call_display import CallDisplay
from .caller_input import Keyboard, is_keyboard, standard_input
from .caller_script import HELP, ScriptLine, parse_line, parse_script, perform
from .errors import CommandFailed, ExitCode, plain_error
from .event_loops import need, run_on

if TYPE_CHECKING:
    from ..app import App
    from ..testing import Phone

LISTEN_SECONDS = 3.0
"""When a script is over and the call is not: after so much silence the caller hangs up."""

WEBHOOK_SECRET = "JAMBONZ_WEBHOOK_SECRET"
"""The environment variable with the secret that signs the webhooks of an application in this process."""


@dataclass(frozen=True, slots=True)
class CallSettings:
    """What `jambonz call` was told."""

    target: str
    path: str
    script: Path | None
    outbound: bool
    from_: str | None
    to: str | None
    env: dict[str, str]
    credentials: tuple[str, str] | None
    profile: str | None
    backend: str
    real_time: bool
    quiet: bool
    as_json: bool
    strict: bool
    journal: Path | None
    journal_content: bool


def place_call(settings: CallSettings) -> None:
    """Make one call, and raise `CommandFailed` when it does not go as the script has it."""
    interactive = settings.script is None and is_keyboard()
    lines = None if interactive else parse_script(_script_text(settings))
    need(settings.backend)
    in_process = names_app(settings.target)
    app = load_app(settings.target) if in_process else None
    main = partial(_call, settings, app, _placing(settings, app), lines)
    if in_process and not interactive and not settings.real_time and settings.backend != "uvloop":
        from ..testing import run

        run(main, backend="trio" if settings.backend == "trio" else "asyncio")
    else:
        run_on(settings.backend, main)


def _script_text(settings: CallSettings) -> str:
    if settings.script is None or str(settings.script) == "-":
        return standard_input()
    try:
        return settings.script.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandFailed(
            f"Cannot read the script {settings.script}: {error.strerror or error}.", ExitCode.NOT_LOADED
        ) from error
    except UnicodeDecodeError as error:
        raise CommandFailed(
            f"The script {settings.script} is not UTF-8 text.", ExitCode.NOT_LOADED
        ) from error


def _placing(settings: CallSettings, app: App | None) -> Callable[[], AbstractAsyncContextManager[Phone]]:
    """A function that dials, with the settings of the command line."""
    from ..testing import dial, dial_url

    common: dict[str, Any] = {
        "direction": "outbound" if settings.outbound else "inbound",
        "from_": settings.from_,
        "to": settings.to,
        "env_vars": settings.env or None,
        "credentials": settings.credentials,
        "journal": settings.journal,
        "journal_content": settings.journal_content,
    }
    if settings.profile is not None:
        common["profile"] = settings.profile
    if app is not None:
        routes = app.routes
        if settings.path in routes["webhook"] and settings.path not in routes["call"]:
            common |= {"webhook": True, "webhook_secret": os.environ.get(WEBHOOK_SECRET) or None}
        return partial(dial, app, settings.path, **common)
    why = _wrong_with(settings.target)
    if why:
        raise CommandFailed(f"Cannot call {settings.target}: {why}.", ExitCode.USAGE)
    return partial(dial_url, settings.target, **common)


def _wrong_with(url: str) -> str:
    """Why nobody can be called at a URL."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in {"ws", "wss", "http", "https"}:
        return "a URL begins with ws://, wss://, http:// or https://"
    return "" if host else "it names no host, as ws://127.0.0.1:3000/ does"


async def _call(
    settings: CallSettings,
    app: App | None,
    dial: Callable[[], AbstractAsyncContextManager[Phone]],
    script: list[ScriptLine] | None,
) -> None:
    from ..testing import ExpectationFailed

    display = CallDisplay(quiet=settings.quiet, as_json=settings.as_json)
    failure: ExpectationFailed | None = None
    phone: Phone | None = None
    with anyio.CancelScope() as scope:
        try:
            async with dial() as phone:
                display.follow(phone, scope.cancel)
                await (_be_the_caller(phone) if script is None else _follow(script, phone))
        except ExpectationFailed as error:
            failure = error
        except OSError as error:
            if settings.journal is None or error.filename != str(settings.journal):
                raise
            raise CommandFailed(
                f"Cannot write the journal {settings.journal}: {error.strerror}.", ExitCode.NOT_LOADED
            ) from error
    assert phone is not None
    display.catch_up(phone)
    _judge(settings, display, phone, failure, served=None if app is None else app.routes["call"])


def _judge(
    settings: CallSettings,
    display: CallDisplay,
    phone: Phone,
    failure: Exception | None,
    *,
    served: list[str] | None,
) -> None:
    """Decide how the command ends: the cause comes before what followed from it.

    `served` are the paths of an application in this process; None for one at a URL.
    """
    # Whoever is at a URL may be something else altogether.
    doubt = "" if served is not None else " Is an application for jambonz served there, and at this path?"
    if display.closed:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))  # which typer ends quietly on
    if display.unreachable:
        where = f" It serves calls at {', '.join(served)}." if served else ""
        if ": refused with " in display.unreachable:
            where += doubt
        if "CERTIFICATE_VERIFY_FAILED" in display.unreachable:
            where += " To trust a certificate that is not public, name its file in SSL_CERT_FILE."
        raise CommandFailed(
            f"The application cannot be reached: {_without_page(display.unreachable)}.{where}",
            ExitCode.NOT_REACHED,
        ) from failure
    # The transcript that the failure ends with has been shown line by line.
    unmet = str(failure).partition("\n")[0] if failure is not None else ""
    if display.app_error is not None:
        missed = f" So the script failed: {unmet}." if unmet.startswith("line ") else ""
        raise CommandFailed(
            f"The application failed: {plain_error(display.app_error)}.{missed}"
        ) from display.app_error
    if not display.answered:
        reasons = [
            hook.unanswered or "its first answer holds no verbs"
            for hook in phone.hooks
            if hook.unanswered or hook.answered
        ]
        why = f": {reasons[0]}" if reasons else ""
        raise CommandFailed(f"The application never answered{why}.{doubt}", ExitCode.NOT_REACHED) from failure
    if failure is not None and display.lost:
        raise CommandFailed(
            f"The application went away, and did not come back: {_without_page(display.lost)}. "
            f"So the script failed: {unmet}.",
            ExitCode.NOT_REACHED,
        ) from failure
    if failure is not None:
        raise CommandFailed(f"{unmet[:1].upper()}{unmet[1:]}.") from failure
    display.summary(phone)
    if settings.strict and display.faults:
        faults = "fault was" if display.faults == 1 else "faults were"
        raise CommandFailed(f"{display.faults} {faults} found (--strict).")


def _without_page(reason: str) -> str:
    """A reason in one sentence: a web server puts a whole page into its refusal."""
    reason = re.sub(r":?\s*<.*", "", reason, flags=re.DOTALL)
    return textwrap.shorten(reason, 200, placeholder=" …").removesuffix(".")


async def _follow(script: list[ScriptLine], phone: Phone) -> None:
    from ..testing import ExpectationFailed

    for line in script:
        try:
            await perform(line, phone)
        except ExpectationFailed as failure:
            raise ExpectationFailed(f"line {line.number}: {failure}") from failure
    try:
        # Whoever said the last word wants to hear what comes of it.
        await phone.expects(lambda: phone.over or None, "the call to end", LISTEN_SECONDS)
    except ExpectationFailed:
        return


async def _be_the_caller(phone: Phone) -> None:
    """Let the person at the keyboard be the caller, until the call is over or the input ends."""
    typer.echo(
        "Type what the caller says; digits are keys; /hangup ends the call; /help tells more.", err=True
    )
    async with anyio.create_task_group() as tasks:

        async def watch_for_the_end() -> None:
            await phone.expects(lambda: phone.over or None, "the call to end", timeout=float("inf"))
            tasks.cancel_scope.cancel()

        tasks.start_soon(watch_for_the_end)
        keyboard = Keyboard()
        while text := await keyboard.line():
            if text.strip() == "/help":
                typer.echo(HELP, err=True)
                continue
            try:
                line = parse_line(text)
                if line is not None:
                    await perform(line, phone)
            except (CommandFailed, AssertionError) as failure:
                typer.echo(str(failure).partition("\n")[0].removeprefix("line 1: "), err=True)
        tasks.cancel_scope.cancel()
