"""The tokens of an application's calls: what proves that an audio connection belongs to one of them.

A token must not be where it could be read by others: in journals, in saved calls, in what events and
exceptions show. So up to the last moment something else has its place, which proves nothing; the driver of
the call puts the token in as a message leaves for the server. Both have the same length, because messages are
counted and cut by their size.

A token tells which application gave it. One of another process, which has the same addresses behind a
balancer, is not wrong: it proves nothing here, and the connection counts as one without any.

An application that knows an address at which jambonz reaches this very process gives that with the token, so
that a stream finds its call however many processes there are.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import structs

from jambonz_core.call.commands import BRING_VERBS, Command, Verbs
from jambonz_core.wire.call_token import with_token
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.live_commands import Configure

_STREAMS = ("listen", "stream")
_STREAMING = frozenset({*_STREAMS, "config", "dial", "conference", "room"})
"""These, and verbs that may hold a `listen` of their own."""


class CallTokens:
    """Makes the tokens of one application's calls."""

    def __init__(self, advertise: str | None = None) -> None:
        self.advertise: str = "" if advertise is None else advertised(advertise)
        """Where this process is reached, without a slash at the end; empty where nobody has said."""
        self._here = secrets.token_hex(4)
        self.stand_in: str = self.new()
        """What has the place of every token until it leaves."""

    def new(self) -> str:
        """A token that nobody has."""
        return f"{self._here}.{secrets.token_urlsafe(16)}"

    def given_here(self, token: str) -> bool:
        """Whether this application gives tokens like that."""
        return token.partition(".")[0] == self._here


class CallToken:
    """The token of one call."""

    __slots__ = ("_tokens", "given", "stand_in", "token")

    def __init__(self, tokens: CallTokens) -> None:
        self._tokens = tokens
        self.token: str = tokens.new()
        self.stand_in: str = tokens.stand_in
        self.given: bool = False
        """Whether anything was addressed with it."""

    def addressed(self, command: Command) -> Command:
        """The command as the core is to have it: with what stands for the token in addresses of ours."""
        if type(command) in BRING_VERBS:
            verbs = command.verbs  # type: ignore[union-attr]  # it is one of them
            if type(verbs) is list:
                for verb in verbs:
                    if verb.get("verb") in _STREAMING:
                        return self._in_verbs(command, verbs)
        elif isinstance(command, Configure):
            options = _options(command.config, self.stand_in, self._tokens.advertise)
            if options is not None:
                self.given = True
                return structs.replace(command, config=options)
        return command

    def _in_verbs(self, command: Command, verbs: Verbs) -> Command:
        changed: Verbs | None = None
        for at, verb in enumerate(verbs):
            name = verb.get("verb")
            if name not in _STREAMING:
                continue
            new = (_addressed if name in _STREAMS else _options)(verb, self.stand_in, self._tokens.advertise)
            if new is not None:
                changed = changed or list(verbs)
                changed[at] = new
        if changed is None:
            return command
        self.given = True
        return structs.replace(command, verbs=changed)

    def url(self, path: str) -> str:
        """An address of this application, for commands."""
        self.given = True
        return with_token(self._tokens.advertise + path, self.stand_in)

    def put_into(self, frames: list[str]) -> list[str]:
        """The messages as they leave."""
        return [frame.replace(self.stand_in, self.token) for frame in frames]


def advertised(url: str) -> str:
    """The address of a process, as paths are appended to it.

    >>> advertised("wss://worker-3.example/")
    'wss://worker-3.example'
    """
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"ws", "wss"} and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine or "?" in url or "#" in url:
        raise LocalProtocolError(
            f"{url!r} cannot be advertised: it has to be like wss://worker-3.example/, where jambonz reaches "
            "this process and no other"
        )
    return url.rstrip("/")


def _options(options: Mapping[str, Any], token: str, base: str) -> dict[str, Any] | None:
    new = {
        name: stream
        for name in _STREAMS
        if isinstance(options.get(name), dict)
        and (stream := _addressed(options[name], token, base)) is not None
    }
    return {**options, **new} if new else None


def _addressed(stream: dict[str, Any], token: str, base: str) -> dict[str, Any] | None:
    url = stream.get("url")
    if not isinstance(url, str) or not _relative(url):
        return None
    return {**stream, "url": with_token(base + url if url.startswith("/") else url, token)}


def _relative(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not (parts.scheme or parts.netloc)
