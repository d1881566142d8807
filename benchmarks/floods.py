"""What floods cost: memory of the process, and how long others wait meanwhile.

    python -m benchmarks.floods                        # every flood on every event loop, some minutes
    python -m benchmarks.floods --loops uvloop --only statuses,audio
    python -m benchmarks.floods --src ../other/src     # the package of another checkout

For each flood a server is started, a call on it is asked and answers all the time, and then something comes
in without end that nobody takes. Printed are the memory that the flood has added to the process at most, what
is left of that when the flood is over, the longest wait of the other call for an answer, the longest time the
event loop stood still, how much CPU it took then, and how long the garbage collector took at most. `ends`,
`drops`, `expiries` and `drain` are no floods: a thousand calls end at once, and what they cost begins there.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.audio_load import METADATA, upgrade
from benchmarks.contenders import APPS, BACKENDS, Contender, Running
from benchmarks.control_load import SUBPROTOCOL, Frames, hook, session_new

APP = APPS / "flooded.py"
MESSAGE_BYTES = 1024 * 1024 - 4096
"""Just below what a server takes at once."""
THOUSAND = 1000
LISTS = 16_000
"""A few less than a message may have: see `jambonz_core.wire.limits.MESSAGE_MARKS`."""


def frame(payload: bytes, opcode: int = 1, *, whole: int | None = None) -> bytes:
    """A frame as a client sends it. Its mask is zero, so that what it costs here is next to nothing."""
    size = len(payload) if whole is None else whole
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65536:
        length = b"\xfe" + struct.pack("!H", size)
    else:
        length = b"\xff" + struct.pack("!Q", size)
    return bytes([0x80 | opcode]) + length + bytes(4) + payload


def large(lists: int = LISTS, **fields: object) -> bytes:
    """A message as large as may be, that takes much more when it is parsed: by default with as many lists.

    With more `lists` it is refused.
    """
    given = json.dumps(fields)[:-1]
    pad = ",".join(["[]"] * lists)
    text = "x" * (MESSAGE_BYTES - len(given) - len(pad) - 100)
    data = f'{{"call_sid": "c", "call_status": "ringing", "text": "{text}", "pad": [{pad}]}}'
    return frame(f'{given}, "data": {data}}}'.encode())


class Served(Running):
    """A server of ours in a process of its own, which can be asked what a flood costs it."""

    def __init__(self, loop: str, src: str | None, grace: float) -> None:
        environment = {"BACKEND": loop, "GRACE": str(grace)}
        if src is not None:
            environment["PYTHONPATH"] = src
        super().__init__(Contender("flooded", [sys.executable, str(APP)], environment), subprocess.PIPE)

    def memory(self, key: str = "VmRSS") -> float:
        """Memory of the process, in MiB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) / 1024
        return 0.0

    def forget_peak(self) -> None:
        """Begin to look for the most memory anew."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stall(self) -> list[float]:
        """For how many ms its event loop stood still at most since this was asked last; see the app."""
        self.process.send_signal(signal.SIGUSR1)
        assert self.process.stdout is not None
        return [float(number) for number in self.process.stdout.readline().split()]

    def last_stall(self) -> list[float]:
        """The same, of a process that ends by itself."""
        assert self.process.stdout is not None
        return [float(number) for number in self.process.stdout.readlines()[-1].split()]


class OtherCall(threading.Thread):
    """A call on the same server that is asked, and answers, all the time."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.longest = 0.0
        self.answers = 0
        self.over = False
        self._sock = upgrade(port, "/", SUBPROTOCOL)
        self._sock.settimeout(60)
        self._sock.sendall(session_new(0))
        self._frames = Frames()
        while not self._frames.feed(self._sock.recv(65536)):
            pass

    def run(self) -> None:
        """Ask and wait, fifty times a second."""
        turn = 0
        while not self.over:
            began = time.perf_counter()
            try:
                self._sock.sendall(hook(0, turn))
                while data := self._sock.recv(65536):
                    if any(b'"ack"' in text for text in self._frames.feed(data)):
                        break
                    self.longest = max(self.longest, time.perf_counter() - began)
                else:
                    return
            except OSError:
                return
            self.longest = max(self.longest, time.perf_counter() - began)
            self.answers += 1
            turn += 1
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask no more."""
        self.over = True
        self.join(60)
        self._sock.close()


def pour(socks: list[socket.socket], data: Callable[[int], bytes], count: int, seconds: float = 20) -> None:
    """Send that many messages on each connection, on all of them at once, as fast as they are taken."""
    left: dict[int, tuple[socket.socket, memoryview, int]] = {}
    for sock in socks:
        sock.setblocking(False)
        left[sock.fileno()] = sock, memoryview(data(0)), 1
    poll = select.epoll()
    for descriptor in left:
        poll.register(descriptor, select.EPOLLOUT | select.EPOLLIN)
    deadline = time.monotonic() + seconds
    while left and time.monotonic() < deadline:
        for descriptor, mask in poll.poll(1):
            sock, rest, sent = left[descriptor]
            try:
                if mask & select.EPOLLIN and not sock.recv(65536):
                    raise ConnectionError
                if mask & select.EPOLLOUT:
                    rest = rest[sock.send(rest[: 256 * 1024]) :]
            except BlockingIOError:
                continue
            except OSError:
                poll.unregister(descriptor)
                del left[descriptor]
                continue
            if not rest:
                if sent == count:
                    poll.unregister(descriptor)
                    del left[descriptor]
                    continue
                rest, sent = memoryview(data(sent)), sent + 1
            left[descriptor] = sock, rest, sent
    poll.close()


def begun(port: int, path: str, number: int) -> socket.socket:
    """A call that was answered."""
    sock = upgrade(port, path, SUBPROTOCOL)
    sock.sendall(session_new(number))
    sock.settimeout(20)
    sock.recv(65536)
    return sock


# --- the floods: each gives its connections, to be closed later ---------------------------------------------


def statuses(port: int) -> list[socket.socket]:
    """Three connections report statuses of a call that never begins."""
    socks = [upgrade(port, "/", SUBPROTOCOL) for _ in range(3)]
    text = large(type="call:status", call_sid="c")
    pour(socks, lambda _: text, 100)
    return socks


def hooks(port: int) -> list[socket.socket]:
    """A call that asked for the hooks of a path, and takes none."""
    socks = [begun(port, "/hooks", 1)]
    pour(socks, lambda at: large(type="verb:hook", msgid=f"m{at}", call_sid="call-1", hook="/echo"), 100)
    return socks


def events(port: int) -> list[socket.socket]:
    """A call that asked for all events, and takes none."""
    socks = [begun(port, "/events", 1)]
    text = large(type="llm:event", call_sid="call-1")
    pour(socks, lambda _: text, 300)
    return socks


def handlers(port: int) -> list[socket.socket]:
    """A call whose handler of events takes its time."""
    socks = [begun(port, "/handlers", 1)]
    text = large(type="llm:event", call_sid="call-1")
    pour(socks, lambda _: text, 100)
    return socks


def payloads(port: int) -> list[socket.socket]:
    """Fifty calls that begin with as much as a message holds."""
    socks = [upgrade(port, "/events", SUBPROTOCOL) for _ in range(50)]
    for number, sock in enumerate(socks):
        sock.sendall(large(type="session:new", msgid="new", call_sid=f"many-{number}"))
    return socks


def parsing(port: int) -> list[socket.socket]:
    """Fifty calls are told as much as takes longest to parse, and as takes longest to refuse, all at once."""
    socks = [begun(port, "/", number + 1) for number in range(50)]
    texts = [large(lists, type="llm:event", call_sid="call") for lists in (LISTS, 340_000)]
    pour(socks, lambda at: texts[at % 2], 6)
    return socks


def audio(port: int) -> list[socket.socket]:
    """A stream with frames of a MiB that nobody takes."""
    sock = upgrade(port, "/audio")
    sock.sendall(frame(METADATA))
    data = frame(bytes(MESSAGE_BYTES), 2)
    pour([sock], lambda _: data, 500)
    return [sock]


def bodies(port: int) -> list[socket.socket]:
    """Five hundred requests that never finish to send their body."""
    head = (
        "POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        f"Content-Length: {1024 * 1024}\r\n\r\n"
    ).encode()
    socks = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(500)]
    data = head + bytes(MESSAGE_BYTES)
    pour(socks, lambda _: data, 1)
    return socks


def halves(port: int) -> list[socket.socket]:
    """Three hundred websockets that never finish their message."""
    socks = [upgrade(port, "/", SUBPROTOCOL) for _ in range(300)]
    data = frame(bytes(MESSAGE_BYTES - 1), 1, whole=MESSAGE_BYTES)
    pour(socks, lambda _: data, 1)
    return socks


def talkers(port: int) -> list[socket.socket]:
    """Twenty calls whose server does not read."""
    socks = [upgrade(port, "/talker", SUBPROTOCOL) for _ in range(20)]
    for number, sock in enumerate(socks):
        sock.sendall(session_new(number + 1))
    time.sleep(5)
    return socks


def tiny(port: int) -> list[socket.socket]:
    """Frames of one byte, and pings, as many as fit."""
    socks = [begun(port, "/events", 1)]
    data = (frame(b"x") + frame(b"", 9)) * 20_000
    pour(socks, lambda _: data, 20)
    return socks


def ends(calls: list[socket.socket]) -> None:
    """A thousand calls whose server hangs up at once."""
    goodbye = frame(struct.pack("!H", 1000), 8)
    for sock in calls:
        sock.sendall(goodbye)


def drops(calls: list[socket.socket]) -> None:
    """A thousand calls whose connections are lost at once. They are detached, and wait."""
    for sock in calls:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()


def expiries(calls: list[socket.socket]) -> None:
    """A thousand calls whose connections were lost at once, and that nobody comes back to."""
    drops(calls)
    time.sleep(GRACE_SECONDS + 1)


def drain(calls: list[socket.socket]) -> None:
    """A thousand calls on a server that drains, whose server does not answer its close."""


GRACE_SECONDS = 15.0
"""How long calls live without a connection here; longer than it takes to open them all."""

FLOODS: dict[str, Callable[[int], list[socket.socket]]] = {
    flood.__name__: flood
    for flood in (
        statuses,
        hooks,
        events,
        handlers,
        payloads,
        parsing,
        audio,
        bodies,
        halves,
        talkers,
        tiny,
    )
}

ENDINGS: dict[str, Callable[[list[socket.socket]], None]] = {
    ending.__name__: ending for ending in (ends, drops, expiries, drain)
}
"""What happens to a thousand calls that are there. To open them is no part of it."""

AT_MOST_MIB = 200.0
"""What a flood may add to the process, with `--check`. Messages that are made up for it take twenty times as
much when they are parsed, and the garbage collector comes when it likes."""

AT_MOST_CPU_MS = 100.0
"""How long these may hold up the event loop, with `--check`."""

HOLD_UP = ("payloads", "parsing", *ENDINGS)


@contextlib.contextmanager
def served(loop: str, src: str | None, grace: float) -> Iterator[Served]:
    """A server, for the duration of a block."""
    server = Served(loop, src, grace)
    try:
        yield server
    finally:
        server.stop()


def measure(name: str, loop: str, src: str | None) -> bool:
    """Let one flood come over one server, and print what it did. False: it was too much."""
    with served(loop, src, GRACE_SECONDS if name == "expiries" else 45.0) as server:
        other = OtherCall(server.port)
        other.start()
        time.sleep(0.3)
        server.stall()
        before = server.memory()
        server.forget_peak()
        began = time.monotonic()
        if name in ENDINGS:
            socks = [begun(server.port, "/", number + 1) for number in range(THOUSAND)]
            time.sleep(0.5)
            server.stall()
            other.longest = 0.0
            ENDINGS[name](socks)
        else:
            socks = FLOODS[name](server.port)
        time.sleep(1)
        seconds = time.monotonic() - began
        if name == "drain":
            server.process.send_signal(signal.SIGTERM)
            time.sleep(4)
        peak = server.memory("VmHWM") - before
        held = server.memory() - before
        stall, stall_cpu, collector = server.last_stall() if name == "drain" else server.stall()
        other.stop()
        for sock in socks:
            sock.close()
        print(
            f"{name:<10} {loop:<8} {peak:>8.0f} {held:>8.0f} {other.longest * 1000:>10.0f} {stall:>8.0f}"
            f" {stall_cpu:>7.0f} {collector:>7.0f}"
            f" {other.answers:>8} {seconds:>8.1f}",
            flush=True,
        )
        return peak <= AT_MOST_MIB and (name not in HOLD_UP or stall_cpu <= AT_MOST_CPU_MS)


def main(arguments: list[str]) -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default=",".join((*FLOODS, *ENDINGS)), help="some floods, by comma")
    parser.add_argument("--loops", default=",".join(BACKENDS), help="some event loops, by comma")
    parser.add_argument("--src", help="the directory of the packages to measure; these by default")
    parser.add_argument("--check", action="store_true", help="fail when something takes too much")
    chosen = parser.parse_args(arguments)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    print("flood      loop     MiB most MiB held ms to answer ms stall  ms CPU   ms GC  answers  seconds")
    fine = [
        measure(name, loop, chosen.src) for name in chosen.only.split(",") for loop in chosen.loops.split(",")
    ]
    return 0 if all(fine) or not chosen.check else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
