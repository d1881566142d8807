"""`jambonz call`: a telephone in the terminal.

It calls an application in this process (`file.py:app`) or at a URL, shows what happens as it happens, and
lets a script, a pipe or a person at a terminal be the caller. A scripted call in this process runs in virtual
time unless it is told otherwise: nothing waits, and the times shown are those a caller would have measured.

A real server tries again when it cannot reach an application, and puts up with much else. Whoever sits at a
terminal wants to know at once, so this one ends the call and says what is wrong.
"""

from __future__ import annotations

import errno
import os
import re
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Protocol

import anyio
import typer

from .app_loader import check_url, load_app, names_app, undeclared, undeclared_at, webhook_settings
from .call_display import CallDisplay
from .call_summary import summary
from .caller_input import is_keyboard, standard_input
from .caller_script import ScriptLine, parse_script, perform
from .course import Course
from .errors import CommandFailed, ExitCode, plain_error
from .event_loops import need, run_on
from .terminal_phone import PlainPhone, ScreenPhone, why_no_screen

if TYPE_CHECKING:
    from ..app import App
    from ..testing import Phone

LISTEN_SECONDS = 3.0
"""When a script is over and the call is not: after so much silence the caller hangs up."""


@dataclass(frozen=True, slots=True)
class CallSettings:
    """What `jambonz call` was told."""

    target: str
    start: str | None
    """A program that serves the target."""
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
    verbose: bool
    plain: bool
    as_json: bool
    strict: bool
    journal: Path | None
    journal_content: bool


class Caller(Protocol):
    """Whoever is the caller: a script, or a person at a terminal."""

    interrupted: bool
    """Whether the call was ended with Ctrl-C."""

    @property
    def warnings(self) -> int:
        """How many warnings were in the application's log."""
        ...

    def screen(self) -> AbstractContextManager[None]:
        """What is there around the event loop."""
        ...

    def reachable(self, stop: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        """What is there around the call; `stop` ends it at once."""
        ...

    async def conducts(self, phone: Phone) -> None:
        """Be the caller. When it returns, the call is hung up."""
        ...


class ScriptedCaller:
    """A script is the caller."""

    interrupted = False
    warnings = 0

    def __init__(self, script: list[ScriptLine]) -> None:
        self._script = script

    @contextmanager
    def screen(self) -> Iterator[None]:
        """Nothing."""
        yield

    @asynccontextmanager
    async def reachable(self, stop: Callable[[], None]) -> AsyncIterator[None]:
        """Nothing."""
        yield

    async def conducts(self, phone: Phone) -> None:
        """Do what the script says, and hear what comes of its last line."""
        await _follow(self._script, phone)


class MadeCall:
    """A call that is being made, and what is left of it."""

    def __init__(self, settings: CallSettings, caller: Caller, served: list[str] | None) -> None:
        self.settings = settings
        self.caller = caller
        self.served = served
        """The paths of an application in this process; None for one at a URL."""
        self.course: Course = Course()
        self.display: CallDisplay | None = None
        """What shows it in lines; a screen shows it by itself."""
        self.phone: Phone | None = None
        self.failure: Exception | None = None
        self.stopped: bool = False
        """Whether nobody has waited for its end."""
        if not isinstance(caller, ScreenPhone):
            self.display = CallDisplay(self.course, quiet=settings.quiet, as_json=settings.as_json)

    async def run(self, dial: Callable[[], AbstractAsyncContextManager[Phone]]) -> None:
        """Make the call."""
        from ..testing import ExpectationFailed

        journal = self.settings.journal
        with anyio.CancelScope() as scope:
            self.course.stop = scope.cancel
            async with self.caller.reachable(scope.cancel):
                try:
                    async with dial() as phone:
                        self._follow(phone)
                        await self.caller.conducts(phone)
                except ExpectationFailed as error:
                    self.failure = error
                except OSError as error:
                    if journal is None or error.filename != str(journal):
                        raise
                    raise CommandFailed(
                        f"Cannot write the journal {journal}: {error.strerror}.", ExitCode.NOT_LOADED
                    ) from error
        self.stopped = scope.cancelled_caught

    def _follow(self, phone: Phone) -> None:
        self.phone = phone
        for record in phone.records:
            self.course.notice(record)
        phone.watch(self.course.notice)
        if self.display is not None:
            self.display.follow(phone)


def place_call(settings: CallSettings) -> None:
    """Make one call, and raise `CommandFailed` when it does not go as the script has it."""
    caller = _caller(settings)
    need(settings.backend)
    in_process = names_app(settings.target)
    app = load_app(settings.target) if in_process else None
    if app is None:
        check_url(settings.target)
        faults = undeclared_at(settings.target, settings.env)
    else:
        faults = undeclared(settings.env, app.env_vars)
    if faults:
        raise CommandFailed(f"{faults[0]}.", ExitCode.USAGE)
    made = MadeCall(settings, caller, None if app is None else app.routes["call"])
    main: Callable[[], Awaitable[None]] = partial(made.run, _placing(settings, app))
    if settings.start is not None:
        if in_process:
            raise CommandFailed("--start is for a URL: an application in a file is loaded.", ExitCode.USAGE)
        main = partial(_beside, settings, main, show=not isinstance(caller, ScreenPhone))
    scripted = isinstance(caller, ScriptedCaller)
    try:
        with caller.screen():
            if in_process and scripted and not settings.real_time and settings.backend != "uvloop":
                from ..testing import run

                run(main, backend="trio" if settings.backend == "trio" else "asyncio")
            else:
                run_on(settings.backend, main)
    except KeyboardInterrupt:
        if not scripted:
            made.stopped = True
            _last_lines(made)
        raise
    _judge(made)


async def _beside(settings: CallSettings, call: Callable[[], Awaitable[None]], *, show: bool) -> None:
    from .started_program import started

    assert settings.start is not None
    async with started(settings.start, settings.target, show=show):
        await call()


def _caller(settings: CallSettings) -> Caller:
    if settings.script is not None or not is_keyboard():
        return ScriptedCaller(parse_script(_script_text(settings)))
    why = why_no_screen(as_json=settings.as_json, plain=settings.plain)
    if why is None:
        return ScreenPhone(quiet=settings.quiet, verbose=settings.verbose)
    if why:
        typer.echo(why, err=True)
    return PlainPhone()


def _last_lines(made: MadeCall) -> None:
    """What a person is told of the call in the end."""
    if made.phone is None or made.settings.as_json or made.course.unreachable:
        return
    if made.display is not None:
        made.display.catch_up(made.phone)
    width = get_terminal_size().columns
    warnings = made.caller.warnings
    for line in summary(made.phone, faults=made.course.faults, warnings=warnings, stopped=made.stopped):
        typer.echo(textwrap.fill(line, max(width, 20), subsequent_indent="  "))


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
        **webhook_settings(app, settings.path),
        "journal": settings.journal,
        "journal_content": settings.journal_content,
    }
    if settings.profile is not None:
        common["profile"] = settings.profile
    if app is not None:
        return partial(dial, app, settings.path, **common)
    return partial(dial_url, settings.target, **common)


def _judge(made: MadeCall) -> None:
    """Decide how the command ends: the cause comes before what followed from it."""
    display, course, failure, phone = made.display, made.course, made.failure, made.phone
    if phone is None:
        raise KeyboardInterrupt  # The person has left before there was a call.
    if display is not None:
        display.catch_up(phone)
    if display is not None and display.closed:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))  # which typer ends quietly on
    scripted = isinstance(made.caller, ScriptedCaller)
    if not scripted:
        _last_lines(made)
    if made.caller.interrupted:
        raise KeyboardInterrupt
    # Whoever is at a URL may be something else altogether.
    doubt = (
        "" if made.served is not None else " Is an application for jambonz served there, and at this path?"
    )
    if course.unreachable:
        where = f" It serves calls at {', '.join(made.served)}." if made.served else ""
        if ": refused with " in course.unreachable:
            where += doubt
        if "CERTIFICATE_VERIFY_FAILED" in course.unreachable:
            where += " To trust a certificate that is not public, name its file in SSL_CERT_FILE."
        raise CommandFailed(
            f"The application cannot be reached: {_without_page(course.unreachable)}.{where}",
            ExitCode.NOT_REACHED,
        ) from failure
    # The transcript that the failure ends with has been shown line by line.
    unmet = str(failure).partition("\n")[0] if failure is not None else ""
    if course.app_error is not None:
        missed = f" So the script failed: {unmet}." if unmet.startswith("line ") else ""
        raise CommandFailed(
            f"The application failed: {plain_error(course.app_error)}.{missed}"
        ) from course.app_error
    if not course.answered:
        reasons = [
            hook.unanswered or "its first answer holds no verbs"
            for hook in phone.hooks
            if hook.unanswered or hook.answered
        ]
        why = f": {reasons[0]}" if reasons else ""
        raise CommandFailed(f"The application never answered{why}.{doubt}", ExitCode.NOT_REACHED) from failure
    if failure is not None and course.lost:
        raise CommandFailed(
            f"The application went away, and did not come back: {_without_page(course.lost)}. "
            f"So the script failed: {unmet}.",
            ExitCode.NOT_REACHED,
        ) from failure
    if failure is not None:
        raise CommandFailed(f"{unmet[:1].upper()}{unmet[1:]}.") from failure
    if scripted and display is not None:
        display.summary(phone)
    if made.settings.strict and course.faults:
        faults = "fault was" if course.faults == 1 else "faults were"
        raise CommandFailed(f"{course.faults} {faults} found (--strict).")


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
