"""Frames by wsproto: the default, and the reference for the other one.

What is absorbed here: wsproto reports a frame error as if the peer had closed, with its own state left open,
so that who waits for the close handshake waits for ever; it bounds no message; and it raises when it is fed
after the end. And it takes long: one masked frame of 320 bytes apart and its echo together are thirty calls
of functions and nine copies of the payload, so whole messages go past it.
"""

from __future__ import annotations

from functools import lru_cache

from wsproto.frame_protocol import Frame, FrameProtocol, Opcode, ParseFailed, XorMaskerSimple

from .frames import INVALID_TEXT, NO_STATUS, TOO_BIG, CloseFrame, FrameEvent, Ping, Pong, payload_size
from .whole_frames import WholeFrames

AUDIO_BYTES = 1024
"""Up to here one exclusive-or of two long numbers takes half the time of wsproto's four translations of every
fourth byte; from 4 KiB on it takes longer."""


def _unmask(data: bytes | memoryview, mask: bytes) -> bytes:
    """Unmask a payload."""
    size = len(data)
    if size <= AUDIO_BYTES:
        words = (size + 3) // 4
        key = int.from_bytes(mask, "little") * _every_fourth_byte(words)
        return (int.from_bytes(data, "little") ^ key).to_bytes(4 * words, "little")[:size]
    return bytes(XorMaskerSimple(mask).process(bytearray(data)))


@lru_cache(maxsize=64)
def _every_fourth_byte(words: int) -> int:
    """The number of so many words of four bytes that are each one: times a mask, it is the mask repeated."""
    return int.from_bytes(b"\1\0\0\0" * words, "little")


class WsprotoParser(WholeFrames):
    """Frames by wsproto.

    Its `FrameProtocol` is used rather than its `Connection`: the latter turns a frame error into something
    that looks like a close of the peer, and refuses to answer a ping once a close was sent.
    """

    __slots__ = ("_protocol",)

    def __init__(self, *, client: bool, message_bytes: int) -> None:
        super().__init__(_unmask, client=client, message_bytes=message_bytes)
        self._protocol: FrameProtocol | None = None

    @property
    def unfinished(self) -> int:
        """How many bytes are here of a message that is not whole yet; a frame is handed out as it comes."""
        return len(self._begun or b"")

    def _take_apart(self, data: bytes | memoryview, events: list[FrameEvent]) -> None:
        protocol = self._protocol = self._protocol or self._new()
        protocol.receive_bytes(bytes(data))
        try:
            for frame in protocol.received_frames():
                event = self._event(frame)
                if event is not None:
                    events.append(event)
                if self._over:
                    break
        except ParseFailed as exc:
            if exc.code == INVALID_TEXT:
                events.append(self._no_text())
            else:
                events.append(self._fault(int(exc.code), str(exc)))

    def _event(self, frame: Frame) -> FrameEvent | None:
        """What a frame means, or a part of one that wsproto hands out as it comes in."""
        payload = frame.payload
        if isinstance(payload, tuple):
            self._over = True
            return CloseFrame(int(payload[0]), payload[1])
        if isinstance(payload, str) or frame.opcode is Opcode.BINARY:
            return self._piece(payload, frame)
        return Ping(payload) if frame.opcode is Opcode.PING else Pong(payload)

    def _piece(self, piece: str | bytes, frame: Frame) -> FrameEvent | None:
        begun = self._begun
        if len(begun or b"") + payload_size(piece) > self._limit:
            return self._fault(TOO_BIG, f"message_bytes ({self._limit}) passed")
        if begun is None:
            if frame.message_finished:
                return piece
            begun = self._begun = bytearray()
        begun += piece.encode() if isinstance(piece, str) else piece
        if not frame.message_finished:
            return None
        self._begun = None
        return begun.decode() if isinstance(piece, str) else bytes(begun)

    def _new(self) -> FrameProtocol:
        return FrameProtocol(self._client, [])

    def _give_back(self) -> None:
        self._protocol = None

    def _put_together(self, data: bytes | str) -> bytes:
        return bytes(self._new().send_data(data))

    def _control(self, opcode: int, payload: bytes) -> bytes:
        new = self._new()
        return bytes(new.ping(payload) if opcode == Opcode.PING else new.pong(payload))

    def close(self, code: int, reason: str = "") -> bytes:
        """A close frame."""
        return bytes(self._new().close() if code == NO_STATUS else self._new().close(code, reason))
