"""The live calls of an application, and who may find which.

A call id is no secret and proves nothing: with several tenants on one server, one of them can name the id of
another's call. So calls are found by whose they are, too. Where two identities have a call of the same id,
both live, each with its own connections, and `App.calls` goes on showing the one that was there first.
"""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import AbstractContextManager

from .._net.transport import Peer
from ..call import Call
from .saved_call import CallKey
from .sent_redirects import CameBy


class _Holding:
    """What `holding` gives. No generator: it is held as long as a call lives, and takes a tenth of one."""

    __slots__ = ("_call", "_key", "_registry")

    def __init__(self, registry: CallRegistry, key: CallKey, call: Call) -> None:
        self._registry = registry
        self._key = key
        self._call = call

    def __enter__(self) -> None:
        self._registry._add(self._key, self._call)

    def __exit__(self, *_: object) -> None:
        self._registry._remove(self._key, self._call)


class CallRegistry:
    """Calls by identity, path and id."""

    def __init__(self) -> None:
        self.shown: dict[str, Call] = {}
        """What `App.calls` shows."""
        self._by_key: dict[CallKey, Call] = {}
        self._by_token: dict[str, Call] = {}
        self._came_by: dict[CameBy, list[Call]] = {}
        """Calls that a redirect brought here, by what their connections show."""
        self._by_sid: dict[str, list[Call]] = {}
        """All calls of an id, in the order in which they began here."""

    def get(self, key: CallKey) -> Call | None:
        """The call of this identity, path and id."""
        return self._by_key.get(key)

    def having(self, token: str) -> Call | None:
        """The call with this token."""
        return self._by_token.get(token)

    def __contains__(self, key: CallKey) -> bool:
        return key in self._by_key

    def find(self, identity: Hashable, call_sid: str) -> Call | None:
        """The newest call of this id that the identity may know of, whatever its path."""
        for call in reversed(self._by_sid.get(call_sid, ())):
            runtime = call._runtime
            if identity == runtime.peer.identity or identity in runtime.continues:
                return call
        return None

    def redirected_to(self, peer: Peer, call_sid: str) -> Call | None:
        """The call that was redirected to where this connection comes from."""
        for call in reversed(self._by_sid.get(call_sid, ())):
            redirects = call._runtime.sent.redirects
            if redirects is not None and redirects.take(peer):
                return call
        return None

    def nameless(self, came_by: CameBy) -> Call | None:
        """The call whose server is back without saying which call it has.

        It repeats the first payload of a call, and one that a redirect brought here had none. So it must be
        the only one here that has come this way, and wait for its server; and this way must be one that not
        everybody can come.
        """
        if came_by.identity is None and not came_by.token:
            return None
        calls = self._came_by.get(came_by, ())
        return calls[0] if len(calls) == 1 and not calls[0].attached else None

    def holding(self, key: CallKey, call: Call) -> AbstractContextManager[None]:
        """The time in which a call can be found."""
        return _Holding(self, key, call)

    def _add(self, key: CallKey, call: Call) -> None:
        self._by_token[call._driver.token.token] = call
        self._by_key[key] = call
        self._by_sid.setdefault(key.call_sid, []).append(call)
        came_by = call._runtime.came_by
        if came_by is not None:
            self._came_by.setdefault(came_by, []).append(call)
        self._show(key.call_sid)

    def _remove(self, key: CallKey, call: Call) -> None:
        del self._by_token[call._driver.token.token]
        # Only what is still ours: a newer call may have taken the place.
        if self._by_key.get(key) is call:
            del self._by_key[key]
        self._by_sid[key.call_sid].remove(call)
        self._show(key.call_sid)
        came_by = call._runtime.came_by
        if came_by is not None:
            self._came_by[came_by].remove(call)
            if not self._came_by[came_by]:
                del self._came_by[came_by]

    def _show(self, call_sid: str) -> None:
        """Show the newest of the calls that belong to whoever was there first."""
        calls = self._by_sid[call_sid]
        if not calls:
            del self._by_sid[call_sid]
            del self.shown[call_sid]
            return
        first = calls[0]._runtime.peer.identity
        self.shown[call_sid] = next(call for call in reversed(calls) if call._runtime.peer.identity == first)
