"""What callers say, digits and all, in the log: `App(log_content=True)`, and no line of it otherwise.

The messages of a connection are logged as they come and go, at level DEBUG; audio is not. A connection does
not say at once whose it is, so the first message that names a call names it for all that follow. The tokens
of calls, which open their audio, are logged nowhere.
"""

from __future__ import annotations

import logging
import re

from jambonz_core.wire.call_token import without_tokens

from .._net.transport import Closed, FrameSink, Peer, Transport
from .call_log import CallLog

_CALL_SID = re.compile(r'"call_?[sS]id"\s*:\s*"([^"\\]+)"')


class LoggedTransport:
    """A transport whose text messages are logged."""

    def __init__(self, transport: Transport, logger: logging.Logger) -> None:
        self._transport = transport
        self._log = CallLog(logger, "")
        self._sink: FrameSink
        self.room = transport.room
        self.fits = transport.fits
        self.abort = transport.abort
        self.receipts = transport.receipts
        self.ask_receipt = transport.ask_receipt
        self.drop_audio = transport.drop_audio

    @property
    def peer(self) -> Peer:
        """What is known of the other end."""
        return self._transport.peer

    @property
    def backlog(self) -> int:
        """Bytes pushed and not yet taken by the socket."""
        return self._transport.backlog

    async def run(self, sink: FrameSink) -> Closed:
        """Read until the connection is over."""
        self._sink = sink
        return await self._transport.run(self)

    def frame(self, data: str | bytes) -> None:
        """Take a message (the transport calls this)."""
        self._note("received", data)
        self._sink.frame(data)

    def receipt(self, count: int) -> None:
        """Learn what the peer has read (the transport calls this)."""
        self._sink.receipt(count)

    def closed(self, closed: Closed) -> None:
        """Learn that the connection is gone (the transport calls this)."""
        self._sink.closed(closed)

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        """Log a message and send it."""
        self._note("sent", frame)
        return self._transport.push(frame, receipt=receipt)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection with a close frame."""
        await self._transport.close(code, reason)

    def _note(self, what: str, data: str | bytes) -> None:
        if isinstance(data, bytes) or not self._log.isEnabledFor(logging.DEBUG):
            return
        if not self._log.call_sid:
            found = _CALL_SID.search(data)
            if found:
                self._log = CallLog(self._log.logger, found[1])
        self._log.debug("%s %s", what, without_tokens(data))
