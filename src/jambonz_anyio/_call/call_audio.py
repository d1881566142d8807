"""The audio streams of a call: a control connection and its audio connections find each other by the call's
id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint

from jambonz_core.wire.errors import CallEnded

from .one_shot import Notifier

if TYPE_CHECKING:
    from ..audio import AudioStream


class CallAudio:
    """Open audio streams of one call in this process."""

    def __init__(self, keep_alive: Callable[[], AbstractContextManager[None]]) -> None:
        self.streams: list[AudioStream] = []
        """In the order in which they began."""
        self._keep_alive = keep_alive
        self._news = Notifier()
        self._over = False

    @contextmanager
    def carry(self, stream: AudioStream) -> Iterator[None]:
        """A stream of the call is open for the duration of the block."""
        with self._keep_alive():
            self.streams.append(stream)
            self._news.notify()
            try:
                yield
            finally:
                self.streams.remove(stream)

    async def newest(self) -> AudioStream:
        """The newest stream, as soon as there is one."""
        await checkpoint()
        while not self.streams:
            if self._over:
                raise CallEnded("the call ended before an audio stream began")
            await self._news.wait()
        return self.streams[-1]

    def finish(self) -> None:
        """The call is over. Streams end with their own connections."""
        self._over = True
        self._news.notify()
