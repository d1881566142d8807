"""A jambonz server reduced to its traffic: calls that fire hooks one after the other, and one call whose text
buffer drains at once.

Bare sockets and frames built once, so that what this side costs stays out of what is measured.
"""

from __future__ import annotations

import heapq
import json
import select
import socket
import time
from collections import deque

from benchmarks.audio_load import masked, upgrade

SUBPROTOCOL = "ws.jambonz.org"


def message(**fields: object) -> bytes:
    """One message of the server, as a frame."""
    return masked(1, json.dumps(fields, separators=(",", ":")).encode())


def session_new(number: int) -> bytes:
    """The first message of a call."""
    data = {
        "call_sid": f"call-{number}",
        "direction": "inbound",
        "from": "+15551230001",
        "to": "+15551230002",
        "account_sid": "9351f46a-0000-4000-8000-00000000000a",
        "call_status": "trying",
        "sip_status": 100,
    }
    return message(type="session:new", msgid=f"new-{number}", call_sid=f"call-{number}", data=data)


def hook(number: int, turn: int) -> bytes:
    """A hook that wants an answer: what a recogniser understood."""
    data = {
        "call_sid": f"call-{number}",
        "direction": "inbound",
        "from": "+15551230001",
        "to": "+15551230002",
        "call_id": "a84b4c76e66710",
        "sip_status": 200,
        "sip_reason": "OK",
        "call_status": "in-progress",
        "account_sid": "9351f46a-0000-4000-8000-00000000000a",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "application_sid": "0e0681b0-0000-4000-8000-00000000000b",
        "reason": "speechDetected",
        "speech": {
            "language_code": "en-US",
            "channel_tag": 1,
            "is_final": True,
            "alternatives": [{"confidence": 0.97, "transcript": "I would like to book a table for two"}],
            "vendor": {"name": "deepgram", "evt": {"type": "Results", "start": 0.0, "duration": 2.1}},
        },
    }
    return message(
        type="verb:hook", msgid=f"m-{number}-{turn}", call_sid=f"call-{number}", hook="/echo", data=data
    )


class Frames:
    """Text frames out of a server's byte stream, and the pongs for its pings."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._pongs = bytearray()

    def take_pongs(self) -> bytes:
        """What answers the pings that came, each behind the frames that came before it."""
        pongs = bytes(self._pongs)
        self._pongs.clear()
        return pongs

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads that are complete now."""
        buffer, found = self._buffer, []
        buffer += data
        while len(buffer) >= 2:
            size, head = buffer[1] & 0x7F, 2
            if size == 126:
                size, head = int.from_bytes(buffer[2:4], "big"), 4
            elif size == 127:
                size, head = int.from_bytes(buffer[2:10], "big"), 10
            if len(buffer) < head + size:
                break
            opcode, payload = buffer[0] & 0x0F, bytes(buffer[head : head + size])
            if opcode == 1:
                found.append(payload)
            elif opcode == 9:
                self._pongs += masked(10, payload)
            del buffer[: head + size]
        return found


class HookLoad:
    """Calls in parallel, each with one hook under way at any time.

    With `command_follows`, the next one comes when a command was read behind the answer. The calls are
    numbered from `first`.
    """

    def __init__(
        self, port: int, calls: int, path: str = "/", *, command_follows: bool = False, first: int = 0
    ) -> None:
        self._last = b'"redirect"' if command_follows else b'"gather"'
        self._answer = b'"gather"'
        self._poll = select.epoll()
        self._socks: dict[int, tuple[int, socket.socket, Frames]] = {}
        for number in range(first, first + calls):
            sock = upgrade(port, path, SUBPROTOCOL)
            sock.sendall(session_new(number))
            frames = Frames()
            while not frames.feed(sock.recv(65536)):
                pass
            self._socks[sock.fileno()] = (number, sock, frames)
            self._poll.register(sock.fileno(), select.EPOLLIN)

    def run(self, rounds: int) -> tuple[int, list[float]]:
        """Round trips made, and how long each took."""
        prepared = {
            number: deque(hook(number, turn) for turn in range(rounds))
            for number, _, _ in self._socks.values()
        }
        began: dict[int, float] = {}
        latencies: list[float] = []
        for number, sock, _ in self._socks.values():
            began[number] = time.perf_counter()
            sock.sendall(prepared[number].popleft())
        open_calls = len(self._socks)
        patience = time.perf_counter() + 60
        while open_calls and time.perf_counter() < patience:
            for descriptor, _ in self._poll.poll(1):
                number, sock, frames = self._socks[descriptor]
                payloads = frames.feed(sock.recv(65536))
                if pongs := frames.take_pongs():
                    sock.sendall(pongs)
                for payload in payloads:
                    if self._last not in payload:
                        if self._answer not in payload:
                            raise RuntimeError(f"not the answer that was expected: {payload[:200]!r}")
                        continue
                    latencies.append(time.perf_counter() - began[number])
                    if prepared[number]:
                        began[number] = time.perf_counter()
                        sock.sendall(prepared[number].popleft())
                    else:
                        open_calls -= 1
        return len(latencies), latencies

    def close(self) -> None:
        """Cut all connections."""
        for _, sock, _ in self._socks.values():
            sock.close()
        self._poll.close()


class TokenLoad:
    """One call whose text buffer drains at once: each text is answered `ok`, `delay` seconds later."""

    def __init__(self, port: int, delay: float) -> None:
        self._delay = delay
        self._sock = upgrade(port, "/", SUBPROTOCOL)

    def run(self, tokens: int, patience: float) -> tuple[int, float, str]:
        """Tokens taken, over how many seconds, and the whole text."""
        sock, frames = self._sock, Frames()
        sock.sendall(session_new(1))
        sock.setblocking(False)
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        answers: list[tuple[float, int, bytes]] = []
        taken: list[str] = []
        received = count = 0
        began = ended = time.perf_counter()
        last = f"w{tokens - 1} "
        while not (taken and taken[-1].endswith(last)) and time.perf_counter() - began < patience:
            wait = max(0.0, answers[0][0] - time.perf_counter()) if answers else 0.05
            # A poll is rounded up to a millisecond; a shorter wait is made exact by asking again.
            if poll.poll(int(wait * 1000)):
                for payload in frames.feed(sock.recv(1 << 20)):
                    received += 1
                    command = json.loads(payload)
                    if command.get("command") != "tts:tokens":
                        continue
                    if not taken:
                        began = time.perf_counter()
                    text = command["data"]["tokens"]
                    taken.append(text)
                    count += text.count(" ")
                    ended = time.perf_counter()
                    result = {"id": command["data"]["id"], "status": "ok"}
                    reply = message(type="tts:tokens-result", call_sid="call-1", data=result)
                    heapq.heappush(answers, (ended + self._delay, received, reply))
            now = time.perf_counter()
            while answers and answers[0][0] <= now:
                sock.sendall(heapq.heappop(answers)[2])
        return count, max(ended - began, 1e-9), "".join(taken)

    def close(self) -> None:
        """Cut the connection."""
        self._sock.close()
