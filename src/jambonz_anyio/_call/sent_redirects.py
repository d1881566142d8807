"""Where a call was sent by `redirect` verbs, so that it is known again when it comes from there.

A `redirect` to an absolute websocket URL makes jambonz open another connection, and it shows no credentials
on that one but those which the hook itself names. If the URL leads to this application, the call that begins
there goes on with what the one here began, though nothing but the call's id says so, which proves nothing.
What proves it is that a redirect to just that address was sent, and that nobody has come by it yet.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import unquote, urlsplit

from .._net.transport import Peer

REMEMBERED = 8
"""Redirects of one call that nobody has come by yet. jambonz follows the last one; others were replaced."""

Arrival: TypeAlias = tuple[str, str, tuple[str, str] | None]
"""Path, query and credentials with which a connection comes."""


class CameBy(NamedTuple):
    """What the connections of a call show that a redirect brought here: each of them the same."""

    identity: Hashable
    path: str
    query: str
    token: str
    """The token of the call that was redirected, where its URL had one."""

    @classmethod
    def of(cls, peer: Peer, token: str) -> CameBy:
        """What a connection shows."""
        return cls(peer.identity, peer.path, peer.query, token)


class SentRedirects:
    """The absolute URLs to which one call was redirected."""

    __slots__ = ("_awaited",)

    def __init__(self) -> None:
        self._awaited: tuple[Arrival, ...] = ()

    def learn(self, hook: Any) -> None:
        """Remember the `actionHook` of a redirect that is sent."""
        credentials = None
        if isinstance(hook, Mapping):
            if "username" in hook:
                credentials = str(hook["username"]), str(hook.get("password", ""))
            hook = hook.get("url")
        if isinstance(hook, str) and hook.startswith(("ws:", "wss:")):
            with suppress(ValueError):
                # What is no URL for us, nobody comes by.
                parts = urlsplit(hook)
                arrival = unquote(parts.path).strip("/"), parts.query, credentials
                self._awaited = (*self._awaited, arrival)[-REMEMBERED:]

    def take(self, peer: Peer) -> bool:
        """Whether a connection comes from where the call was sent. Each redirect counts once."""
        arrival = peer.path.strip("/"), peer.query, peer.credentials
        if arrival not in self._awaited:
            return False
        at = self._awaited.index(arrival)
        self._awaited = self._awaited[:at] + self._awaited[at + 1 :]
        return True
