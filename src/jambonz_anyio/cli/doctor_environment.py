"""What `jambonz doctor` looks at without an application: Python, packages, event loops, the port, TLS."""

from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from .doctor_findings import DoctorSettings, Finding, Weight
from .errors import CommandFailed
from .run_server import server_tls

NAME = "jambonz-anyio"
OLDEST_PYTHON = (3, 11)

EXTRAS = {
    "cli": "the `jambonz` command",
    "fast": "uvloop and a faster websocket parser, for many calls or audio",
    "rest": "the REST client, and `jambonz rest`",
    "mcp": "`jambonz mcp`, tools for coding assistants",
    "otel": "traces and metrics by OpenTelemetry",
}
"""What an extra is good for."""

INSTEAD = {"httpx2": "httpx"}
"""A package that will do as well as the one that an extra installs."""

OTHERS = {"trio": "--backend trio", "pytest": "tests with `virtual_time`"}
"""Packages beside the extras, and what needs them."""

VARIABLES = ("JAMBONZ_REST_API_BASE_URL", "JAMBONZ_BASE_URL", "JAMBONZ_ACCOUNT_SID", "JAMBONZ_API_KEY")

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(\[.*?\])?[^;]*(;(?P<marker>.*))?")
_EXTRA = re.compile(r"extra\s*==\s*['\"](?P<extra>[\w-]+)['\"]")

OPEN_FILES = 4096
"""With less, a server that is full (`ServerLimits.calls`) runs out of them first."""


def look_at_environment(settings: DoctorSettings) -> Iterator[Finding]:
    """Python, packages, and what a server needs of this machine."""
    yield from look_at_python()
    yield from look_at_packages()
    yield from look_at_machine()
    yield look_at_port(settings.host, settings.port)
    if settings.tls_cert is not None or settings.tls_key is not None:
        yield look_at_tls(settings.tls_cert, settings.tls_key)


def look_at_python(running: tuple[int, ...] = sys.version_info[:3]) -> Iterator[Finding]:
    """Report the Python interpreter and its version."""
    text = f"{platform.python_implementation()} {'.'.join(map(str, running))} at {sys.executable}"
    if running < OLDEST_PYTHON:
        needed = ".".join(map(str, OLDEST_PYTHON))
        yield Finding("Python", Weight.FAULT, f"{text}; {needed} or newer is needed")
    else:
        yield Finding("Python", Weight.OK, text)


def look_at_packages() -> Iterator[Finding]:
    """Report the installed packages, by what they are needed for."""
    needed = requirements(requires(NAME) or [])
    missing = [name for name in needed.get("", ()) if _version(name) is None]
    told = ", ".join(f"{name} {_version(name)}" for name in needed.get("", ()) if name not in missing)
    yield Finding("packages", Weight.OK, f"{NAME} {_version(NAME)} with {told}")
    if missing:
        yield Finding("packages", Weight.FAULT, f"missing: pip install {' '.join(missing)}")
    for extra, purpose in EXTRAS.items():
        names = [_found_instead(name) for name in needed.get(extra, ())]
        absent = [name for name in names if _version(name) is None]
        if absent:
            advice = f"not here: pip install '{NAME}[{extra}]' for {purpose}"
            yield Finding("packages", Weight.NOTE, f"{', '.join(absent)} {advice}")
        else:
            told = ", ".join(f"{name} {_version(name)}" for name in names)
            yield Finding("packages", Weight.OK, f"[{extra}] {told}")
    for name, purpose in OTHERS.items():
        found = _version(name)
        text = f"{name} {found}" if found else f"{name} not here: pip install {name} for {purpose}"
        yield Finding("packages", Weight.OK if found else Weight.NOTE, text)


def requirements(lines: list[str]) -> Mapping[str, list[str]]:
    """The names of required packages by extra; the empty one has those that are always needed.

    >>> requirements(["anyio>=4", "httpx2>=2.5; extra == 'rest'"])
    {'': ['anyio'], 'rest': ['httpx2']}
    """
    found: dict[str, list[str]] = {}
    for line in lines:
        match = _REQUIREMENT.match(line)
        if match is None:
            continue
        extra = _EXTRA.search(match["marker"] or "")
        found.setdefault(extra["extra"] if extra else "", []).append(match["name"])
    return found


def _found_instead(name: str) -> str:
    """The package itself, or the one that is installed in its place."""
    other = INSTEAD.get(name)
    return other if other is not None and _version(name) is None and _version(other) is not None else name


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def look_at_machine(environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Event loops, open files, Node, and the settings of the REST client."""
    loops = ["asyncio", *(name for name in ("uvloop", "trio") if _version(name))]
    yield Finding("machine", Weight.OK, f"event loops: {', '.join(loops)}")
    files = open_files()
    if files is not None and files < OPEN_FILES:
        advice = f"`ulimit -n {OPEN_FILES * 2}` before `jambonz run` allows more"
        yield Finding("machine", Weight.NOTE, f"{files} open files at most, one per connection; {advice}")
    elif files is not None:
        yield Finding("machine", Weight.OK, f"{files} open files at most, one per connection")
    node = shutil.which("node")
    if node is not None:
        yield Finding("machine", Weight.NOTE, f"Node at {node}; only comparisons with its SDK use it")
    given = [name for name in VARIABLES if environ.get(name)]
    if given:
        yield Finding("machine", Weight.NOTE, f"set for the REST client: {', '.join(given)}")


def open_files() -> int | None:
    """How many files this process may have open, where the system tells."""
    try:
        import resource
    except ModuleNotFoundError:
        return None
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def look_at_port(host: str, port: int) -> Finding:
    """Whether a server could listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
            sock.listen(1)
    except OSError as error:
        text = f"nothing can listen on {host}:{port} now: {error.strerror}; choose with --host and --port"
        return Finding("port", Weight.WARNING, text)
    return Finding("port", Weight.OK, f"{host}:{port} is free")


def look_at_tls(cert: Path | None, key: Path | None) -> Finding:
    """Whether certificate and key can serve: a handshake with them, in memory."""
    try:
        server = server_tls(cert, key)
    except CommandFailed as failed:
        return Finding("TLS", Weight.FAULT, str(failed))
    assert server is not None
    assert cert is not None
    client = ssl.create_default_context(cafile=str(cert))
    client.check_hostname = False
    # Trust the certificate itself, whoever signed it: what is asked is whether it works, and until when.
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        shown = _handshake(client, server)
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or str(error)
        return Finding("TLS", Weight.FAULT, f"{cert}: clients will refuse it: {why}")
    names = ", ".join(str(name) for _, name in shown.get("subjectAltName", ()))
    until = shown.get("notAfter", "")
    return Finding("TLS", Weight.OK, f"{cert} and its key work, for {names or 'no name'}, until {until}")


def _handshake(client: ssl.SSLContext, server: ssl.SSLContext) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Connect a client to a server without a socket; returns what the server's certificate says."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server)
    other = server.wrap_bio(to_server, to_client, server_side=True)
    open_sides = [one, other]
    while open_sides:
        for side in list(open_sides):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            open_sides.remove(side)
    return one.getpeercert() or {}  # type: ignore[return-value]  # the stubs know no names of its fields
