"""A jambonz server reduced to its traffic: calls that fire hooks one after the other, and one call whose text
buffer drains at once.

Bare sockets and frames built once, so that what this side costs stays out of what is measured.
"""

from __future__ import annotations

import gc
import heapq
import itertools
import json
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.audio_load import AT_ONCE, Traffic, masked, upgrade, upgrades

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


def _hook_to_fill_in() -> bytes:
    """A hook whose ids are filled in: a mask of zeros leaves it as it is, so nothing has to be built."""
    # Six digits each, as in `hook()`, where they are not the same number: so they can be told apart.
    frame = masked(1, _unmasked(hook(777777, 888888)), b"\0\0\0\0")
    frame = frame.replace(b"%", b"%%").replace(b"m-777777-888888", b"m-%013d").replace(b"777777", b"%06d")
    assert frame.count(b"%06d") == 2, "an id that is not filled in"
    return frame


def _unmasked(frame: bytes) -> bytes:
    """The payload of a frame with a long length."""
    key, body = frame[4:8], frame[8:]
    return bytes(byte ^ key[index % 4] for index, byte in enumerate(body))


HOOK = _hook_to_fill_in()
ANSWER = b'"gather"'
"""What is in the answer to a hook."""


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
        if not buffer and data[:2] == b"\x81\x7e" and len(data) == 4 + int.from_bytes(data[2:4], "big"):
            return [data[4:]]  # the usual one, alone: without a copy more
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


def answered_calls(port: int, path: str, numbers: Sequence[int]) -> list[tuple[int, socket.socket, Frames]]:
    """New calls, the first message of each of which was answered.

    The Node SDK sometimes loses what follows right behind an upgrade. Such a call is made once more.
    """
    found: list[tuple[int, socket.socket, Frames]] = []
    left = list(numbers)
    for _ in range(5):
        lost: list[int] = []
        while left:
            part, left = left[:AT_ONCE], left[AT_ONCE:]
            calls = [
                (one, sock, Frames())
                for one, sock in zip(part, upgrades(port, path, SUBPROTOCOL, len(part)), strict=True)
            ]
            for number, sock, _ in calls:
                sock.settimeout(3)
                sock.sendall(session_new(number))
            for number, sock, frames in calls:
                try:
                    while not frames.feed(sock.recv(65536)):
                        pass
                except TimeoutError:
                    lost.append(number)
                    sock.close()
                else:
                    found.append((number, sock, frames))
        left = lost
        if not left:
            return found
    raise ConnectionError(f"{len(left)} calls were never answered")


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
        for number, sock, frames in answered_calls(port, path, range(first, first + calls)):
            sock.settimeout(10)
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


@dataclass(slots=True)
class _PacedCall:
    """One call of `PacedHooks`, with what is on its way."""

    number: int
    sock: socket.socket
    frames: Frames
    began: deque[float] = field(default_factory=deque)
    """When the hooks were sent that have no answer."""


class PacedHooks:
    """Calls that have their hooks by the clock, whether the server keeps up or not.

    Hooks are spread evenly over the time, as those of unrelated calls are.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._poll = select.epoll()
        self._calls: dict[int, _PacedCall] = {}
        self._order: list[_PacedCall] = []
        self._turn = self._hooks = 0

    def __len__(self) -> int:
        return len(self._order)

    def open(self, count: int) -> None:
        """So many calls more, each answered."""
        while count > 0:
            numbers = range(len(self._order), len(self._order) + min(AT_ONCE, count))
            for call in itertools.starmap(_PacedCall, answered_calls(self._port, "/", numbers)):
                call.sock.setblocking(False)
                self._calls[call.sock.fileno()] = call
                self._order.append(call)
                self._poll.register(call.sock.fileno(), select.EPOLLIN)
            count -= len(numbers)
            # The calls that are open already must not seem dead to the server meanwhile.
            self._take(Traffic(), 0)

    def run(self, seconds: float, a_second: float) -> Traffic:
        """Have so many hooks a second, over all calls; none: only keep the calls alive."""
        found = Traffic()
        order, late = self._order, found.late
        gap = 1 / a_second if a_second else seconds
        gc.disable()
        cpu = time.thread_time()
        begin = time.perf_counter()
        due = begin if a_second else begin + seconds
        while (now := time.perf_counter()) - begin < seconds:
            while due <= now:
                call = order[self._turn]
                self._turn = (self._turn + 1) % len(order)
                self._hooks += 1
                try:
                    call.sock.send(HOOK % (self._hooks, call.number, call.number))
                except BlockingIOError:
                    pass
                else:
                    call.began.append(now)
                    found.sent += 1
                late.append(now - due)
                due += gap
            self._take(found, max(0.0, due - time.perf_counter()))
        found.seconds = time.perf_counter() - begin
        found.cpu = time.thread_time() - cpu
        patience = time.perf_counter() + 1.0
        while found.taken < found.sent and time.perf_counter() < patience:
            self._take(found, 0.05)
        gc.enable()
        return found

    def _take(self, found: Traffic, patience: float) -> None:
        # epoll rounds its timeout up to a millisecond: a shorter one is no wait at all.
        ready = self._poll.poll(min(patience, 0.1) if patience > 0.001 else 0)
        if not ready and 0 < patience <= 0.001:
            time.sleep(patience)
        for descriptor, _ in ready:
            call = self._calls[descriptor]
            data = call.sock.recv(65536)
            if not data:
                raise ConnectionError("the server has closed the connection of a call")
            answers = sum(ANSWER in payload for payload in call.frames.feed(data))
            if pongs := call.frames.take_pongs():
                call.sock.send(pongs)
            now = time.perf_counter()
            for _ in range(min(answers, len(call.began))):
                found.latencies.append(now - call.began.popleft())
                found.taken += 1

    def close(self) -> None:
        """Cut all connections."""
        for call in self._order:
            call.sock.close()
        self._poll.close()


def word(number: int) -> str:
    """What is written to the text stream, in this order."""
    return f"w{number} "


class TokenLoad:
    """One call whose text buffer drains at once: each text is answered `ok`, `delay` seconds later."""

    def __init__(self, port: int, delay: float) -> None:
        self._delay = delay
        self._sock = upgrade(port, "/tokens", SUBPROTOCOL)

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
        last = word(tokens - 1)
        while not (taken and taken[-1].endswith(last)) and time.perf_counter() - began < patience:
            # Without a sleep: who answers a load that sleeps pays for waking it, up to 0.2 ms.
            if poll.poll(0):
                payloads = frames.feed(sock.recv(1 << 20))
                if pongs := frames.take_pongs():
                    sock.send(pongs)
                for payload in payloads:
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
