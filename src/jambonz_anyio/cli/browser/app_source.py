"""Where the application comes from that the page calls: a file, which may change between calls, or a URL."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import anyio.to_thread

from jambonz_core.journal import JournalWriter

from ...app import App
from ...testing import Checks, Phone, dial, dial_url
from ...transport import HttpRequest, Peer
from ..app_loader import declared_at, declared_in, load_app, parts_of, undeclared, webhook_settings
from ..errors import CommandFailed, ExitCode
from ..reloading import file_times, folders_of
from .page_messages import PlaceCall

SHOWN_ONLY = Checks(unanswered="ignore", app_errors="ignore", leftovers="ignore")
"""What a test would fail for stands in the conversation."""


class AppSource(Protocol):
    """An application that can be called."""

    name: str
    """What the command line calls it."""
    module: str
    """How a test imports it, as ``module:name``."""
    broken: str
    """Why it cannot be called now; empty when it can."""

    @property
    def paths(self) -> list[str]:
        """The paths that it serves; only those that are known."""
        ...

    async def look(self) -> str:
        """Look for something new, between calls: what has changed, in words, or nothing."""
        ...

    def ignore(self, file: Path) -> None:
        """A file that comes beside the application is no part of it."""

    async def variables(self, path: str) -> Mapping[str, Any]:
        """The variables that it offers to fill in, as the portal would be told."""
        ...

    def dial(self, asked: PlaceCall, journal: JournalWriter) -> AbstractAsyncContextManager[Phone]:
        """Call it."""
        ...


@dataclass(slots=True)
class Dialling:
    """What the command line says of every call."""

    profile: str | None = None
    credentials: tuple[str, str] | None = None
    env: Mapping[str, str] = field(default_factory=dict)

    def arguments(self, asked: PlaceCall, journal: JournalWriter) -> dict[str, Any]:
        """What `dial` and `dial_url` are told."""
        given: dict[str, Any] = {
            "direction": asked.direction,
            "from_": asked.from_ or None,
            "to": asked.to or None,
            "env_vars": {**self.env, **asked.env} or None,
            "credentials": self.credentials,
            "checks": SHOWN_ONLY,
            "journal": journal,
        }
        if self.profile is not None:
            given["profile"] = self.profile
        return given


class AppInFile:
    """An application in Python. It is loaded anew when one of its files has changed.

    Modules of the working directory and of the application's folder are loaded again, and no others. What the
    old ones have started and not ended, such as a thread, goes on.
    """

    def __init__(self, target: str, dialling: Dialling) -> None:
        self.name: str = target
        self.module: str = module_of(target)
        self.broken: str = ""
        self._dialling = dialling
        self._app: App = load_app(target)
        if fault := self._undeclared():
            raise CommandFailed(fault, ExitCode.USAGE)
        self._seen = file_times(folders_of(target))
        self._ignored: set[str] = set()

    @property
    def paths(self) -> list[str]:
        """The paths of its calls; of one that answers webhooks alone, those of the webhooks."""
        routes = self._app.routes
        return routes["call"] or routes["webhook"]

    async def look(self) -> str:
        """Load it again if a file has changed."""
        found = await anyio.to_thread.run_sync(file_times, folders_of(self.name))
        now = {name: time for name, time in found.items() if name not in self._ignored}
        if now == self._seen:
            return ""
        changed = sorted(name for name in {*self._seen, *now} if self._seen.get(name) != now.get(name))
        self._seen = now
        what = Path(changed[0]).name + (f" and {len(changed) - 1} more" if len(changed) > 1 else "")
        try:
            with _forgotten(set(now) | set(changed)):
                self._app = load_app(self.name)
        except CommandFailed as failed:
            self.broken = str(failed)
            return f"{what} has changed, and the application cannot be loaded. {failed}"
        self.broken = self._undeclared()
        if self.broken:
            return f"{what} has changed, and the application cannot be called. {self.broken}"
        return f"{what} has changed: the next call is to the new application."

    def _undeclared(self) -> str:
        """What is wrong with the variables of the command line; empty when nothing is."""
        faults = undeclared(self._dialling.env, self._app.env_vars)
        return f"{'; '.join(faults)}." if faults else ""

    def ignore(self, file: Path) -> None:
        """Do not load it anew for this file."""
        self._ignored.add(str(file))

    async def variables(self, path: str) -> Mapping[str, Any]:
        """What it tells the portal."""
        answer = await self._app.respond(HttpRequest("OPTIONS", Peer(path)))
        return declared_in(answer.status, answer.body) or {}

    def dial(self, asked: PlaceCall, journal: JournalWriter) -> AbstractAsyncContextManager[Phone]:
        """Call it in memory."""
        by_webhook = webhook_settings(self._app, asked.path)
        return dial(self._app, asked.path, **by_webhook, **self._dialling.arguments(asked, journal))


class AppAtUrl:
    """An application that is served somewhere, in whatever language it is written."""

    def __init__(self, url: str, dialling: Dialling) -> None:
        self.name: str = url
        self.module: str = "app:app"
        self.broken: str = ""
        self._dialling = dialling

    @property
    def paths(self) -> list[str]:
        """The one that the command line named."""
        return [urlsplit(self.name).path or "/"]

    async def look(self) -> str:
        """Nothing: who serves it looks after it."""
        return ""

    def ignore(self, file: Path) -> None:
        """Nothing: no file is looked at."""

    async def variables(self, path: str) -> Mapping[str, Any]:
        """What it tells the portal, if it is there."""
        return await declared_at(self._url(path)) or {}

    def dial(self, asked: PlaceCall, journal: JournalWriter) -> AbstractAsyncContextManager[Phone]:
        """Call it over the network."""
        signed = webhook_settings(None, asked.path)
        return dial_url(self._url(asked.path), **signed, **self._dialling.arguments(asked, journal))

    def _url(self, path: str) -> str:
        parts = urlsplit(self.name)
        return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def module_of(target: str) -> str:
    """How a test imports the application that the command line names.

    >>> module_of("shop/calls.py:app"), module_of("shop.calls")
    ('calls:app', 'shop.calls:app')
    """
    where, name = parts_of(target)
    return f"{Path(where).stem if where.endswith('.py') else where}:{name}"


@contextmanager
def _forgotten(files: set[str]) -> Iterator[None]:
    """Without the modules of these files, so that they are imported again; put back where that fails."""
    kept = {
        name: module
        for name, module in sys.modules.items()
        if name != "__main__"
        and not name.startswith(("jambonz_anyio", "jambonz_core"))
        and str(Path(getattr(module, "__file__", None) or "/").resolve()) in files
    }
    for name in kept:
        del sys.modules[name]
    # A compiled file is trusted by the second in which its source was changed; two changes fit into one.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    except BaseException:
        sys.modules.update(kept)
        raise
    finally:
        sys.dont_write_bytecode = before
