"""The live calls of an application, and who may find which.

A call id is no secret and proves nothing: with several tenants on one server, one of them can name the id of
another's call. So calls are found by whose they are, too. Where two identities have a call of the same id,
both live, each with its own connections, and `App.calls` goes on showing the one that was there first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._net.transport import Peer
from .saved_call import CallKey

if TYPE_CHECKING:
    from ..call import Call
    from .runtime import Runtime


class CallRegistry:
    """Runtimes of calls by identity, path and id."""

    def __init__(self, shown: dict[str, Call]) -> None:
        self._shown = shown
        """What `App.calls` shows."""
        self._by_key: dict[CallKey, Runtime] = {}
        self._by_sid: dict[str, list[Runtime]] = {}
        """All calls of an id, in the order in which they began here."""

    def get(self, key: CallKey) -> Runtime | None:
        """The call of this identity, path and id."""
        return self._by_key.get(key)

    def __contains__(self, key: CallKey) -> bool:
        return key in self._by_key

    def find(self, identity: Hashable, call_sid: str) -> Call | None:
        """The newest call of this id that the identity may know of, whatever its path."""
        for runtime in reversed(self._by_sid.get(call_sid, ())):
            if identity == runtime.peer.identity or identity in runtime.continues:
                return runtime.call
        return None

    def redirected_to(self, peer: Peer, call_sid: str) -> Runtime | None:
        """The call that was redirected to where this connection comes from."""
        for runtime in reversed(self._by_sid.get(call_sid, ())):
            if runtime.redirects.take(peer):
                return runtime
        return None

    @contextmanager
    def holding(self, key: CallKey, runtime: Runtime) -> Iterator[None]:
        """The time in which a call can be found."""
        call_sid = key.call_sid
        self._by_key[key] = runtime
        self._by_sid.setdefault(call_sid, []).append(runtime)
        self._show(call_sid)
        try:
            yield
        finally:
            # Only what is still ours: a newer call may have taken the place.
            if self._by_key.get(key) is runtime:
                del self._by_key[key]
            self._by_sid[call_sid].remove(runtime)
            self._show(call_sid)

    def _show(self, call_sid: str) -> None:
        """Show the newest of the calls that belong to whoever was there first."""
        runtimes = self._by_sid[call_sid]
        if not runtimes:
            del self._by_sid[call_sid]
            del self._shown[call_sid]
            return
        first = runtimes[0].peer.identity
        self._shown[call_sid] = next(
            runtime.call for runtime in reversed(runtimes) if runtime.peer.identity == first
        )
