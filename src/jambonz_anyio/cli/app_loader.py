"""Finding the application that `module:app` or `file.py:app` names."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import msgspec

from jambonz_core.validation.spelling import nearest
from jambonz_core.wire.errors import ConnectionLost

from ..transport import http_request
from .errors import CommandFailed, ExitCode, plain_error

if TYPE_CHECKING:
    from ..app import App

WEBHOOK_SECRET = "JAMBONZ_WEBHOOK_SECRET"
"""The environment variable with the secret that signs webhooks."""

ASKING_SECONDS = 3.0
"""How long an application at a URL may take to say which variables it declares."""


def load_app(target: str) -> App:
    """The `App` that `target` names: `package.module:name` or `path/to/file.py:name`; the name may be left
    out when it is `app`.
    """
    from ..app import App

    where, name = parts_of(target)
    if not where:
        raise CommandFailed(
            f"{target!r} names no application: write file.py:app or module:app.", ExitCode.USAGE
        )
    module = _load_file(Path(where)) if where.endswith(".py") else _load_module(where)
    found = module
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            apps = [key for key, value in vars(module).items() if isinstance(value, App)]
            there = f"it has {', '.join(apps)}" if apps else "it has no App at all; app = App() makes one"
            raise CommandFailed(f"{where} has no {name!r}; {there}.", ExitCode.NOT_LOADED) from None
    if not isinstance(found, App):
        raise CommandFailed(
            f"{name!r} in {where} is of type {type(found).__name__}, not a jambonz_anyio.App.",
            ExitCode.NOT_LOADED,
        )
    return found


def parts_of(target: str) -> tuple[str, str]:
    """The module or file, and the name in it.

    >>> parts_of("shop/calls.py:app"), parts_of("shop.calls")
    (('shop/calls.py', 'app'), ('shop.calls', 'app'))
    """
    where, colon, name = target.rpartition(":")
    if not colon or "/" in name or name.endswith(".py"):
        return target, "app"
    return where, name


def undeclared(env: Iterable[str], declared: Iterable[str]) -> list[str]:
    """What is wrong with variables that are given: those that the application does not declare.

    >>> undeclared(["NMAE"], ["NAME", "SIZE"]), undeclared(["NAME"], ["NAME", "SIZE"])
    (['--env NMAE: the application declares no such variable (did you mean NAME?)'], [])
    """
    known = list(declared)
    faults = []
    for name in env:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"it declares {', '.join(known) or 'none'}"
            faults.append(f"--env {name}: the application declares no such variable ({hint})")
    return faults


def webhook_settings(app: App | None, path: str) -> dict[str, Any]:
    """How `dial` calls a path of an application by webhooks, where that is what it answers there.

    They are signed with the secret of the environment, as those at a URL are, for which there is no `app`.
    """
    secret = {"webhook_secret": os.environ.get(WEBHOOK_SECRET) or None}
    if app is None:
        return secret
    routes = app.routes
    return {**secret, "webhook": path in routes["webhook"] and path not in routes["call"]}


def undeclared_at(url: str, env: Iterable[str]) -> list[str]:
    """The same for an application at a URL: it is asked, as the portal does, where anything is given."""
    given = list(env)
    known = anyio.run(declared_at, url) if given else None
    return [] if known is None else undeclared(given, known)


async def declared_at(url: str) -> Mapping[str, Any] | None:
    """The variables that an application at a URL declares; None where it cannot be asked, or says nothing."""
    scheme, rest = url.split(":", 1)
    scheme = {"ws": "http", "wss": "https"}.get(scheme, scheme)
    try:
        with anyio.fail_after(ASKING_SECONDS):
            answer = await http_request("OPTIONS", f"{scheme}:{rest}")
    except (OSError, TimeoutError, ConnectionLost, ValueError):
        return None
    return declared_in(answer.status, answer.body)


def declared_in(status: int, body: bytes) -> Mapping[str, Any] | None:
    """The variables that the portal takes from an answer to its question.

    >>> declared_in(200, b'{"NAME": {"type": "string"}}'), declared_in(204, b""), declared_in(404, b"")
    ({'NAME': {'type': 'string'}}, {}, None)
    """
    if status == 204:
        return {}
    try:
        return msgspec.json.decode(body, type=dict[str, dict[str, Any]]) if status == 200 else None
    except (msgspec.DecodeError, UnicodeError):
        return None


def names_app(target: str) -> bool:
    """Whether a command's argument means an application in Python rather than a URL."""
    return "://" not in target


def check_url(url: str) -> None:
    """Refuse a URL at which no application can be called."""
    why = _wrong_with(url)
    if why:
        raise CommandFailed(f"Cannot call {url}: {why}.", ExitCode.USAGE)


def _wrong_with(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in {"ws", "wss", "http", "https"}:
        return "a URL begins with ws://, wss://, http:// or https://"
    return "" if host else "it names no host, as ws://127.0.0.1:3000/ does"


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise CommandFailed(
            f"There is no file {path} in {Path.cwd()}."
            if not path.is_absolute()
            else f"There is no file {path}.",
            ExitCode.NOT_LOADED,
        )
    path = path.resolve()
    # A file can import its neighbours, as if it had been started with `python file.py`.
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    # It must not take the place of a module of the same name that somebody else counts on.
    name = path.stem if path.stem not in sys.modules else f"{path.stem} of {path.parent}"
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise CommandFailed(f"{path} is not a Python file.", ExitCode.NOT_LOADED)
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _broken(str(path), error) from error
    return module


def _load_module(name: str) -> ModuleType:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise CommandFailed(
                f"There is no module {name!r} to import from here. For a file, write its name with .py.",
                ExitCode.NOT_LOADED,
            ) from None
        raise _broken(name, error) from error
    except (Exception, SystemExit) as error:
        raise _broken(name, error) from error


def _broken(where: str, error: BaseException) -> CommandFailed:
    return CommandFailed(f"Importing {where} failed: {plain_error(error)}.", ExitCode.NOT_LOADED)
