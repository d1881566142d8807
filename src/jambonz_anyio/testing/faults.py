"""What a bad network does to a connection: where in it, how, and by which seed.

A `Fault` names a place in one direction of a connection, by frame and byte, and what happens there. A plan
is a function that gives each connection its faults; `random_faults` makes one from a seed. Nothing here
touches a socket: `FaultyStream` is fed the bytes of one direction and says what becomes of them, and
`fault_proxy` moves them.

Rules:

1. A place is counted in frames: 0 is the HTTP head, 1 the first frame behind it, of either side's own
   counting. A byte behind the end of a frame stands for its end. A connection that does not become a
   websocket is all head.
2. The plan of a connection depends on the seed, on what its request asks for (path and query) and on how
   often that was asked for before, and on nothing else. So a call whose URL is its own has the same faults in
   each run, alone or among thousands.
3. `corrupt` flips one bit of a byte so that it can be noticed: the highest, with which no ASCII text is
   UTF-8, and in the first byte of a frame a reserved one. The highest would make a message wait for its other
   part there, and a peer that answers pings meanwhile would seem to have read it. In audio it is a click.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias, get_args

FaultKind: TypeAlias = Literal[
    "delay", "throttle", "split", "coalesce", "stall", "corrupt", "cut", "reset", "half-open", "lost-pongs"
]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
"""Every kind of fault. The first five only cost time."""

Direction: TypeAlias = Literal["to_app", "to_server"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong on a connection, and where.

    >>> str(Fault("cut", "to_app", frame=3, byte=1))
    'cut in frame 3, byte 1, to the application'
    """

    kind: FaultKind
    """What happens at that place: ``corrupt`` flips a bit of the next byte; ``cut`` closes both connections,
    ``reset`` resets them; ``half-open`` swallows all that comes from either side for `seconds`, and resets
    then; ``stall`` stops this direction for `seconds`. And what holds from there on, in this direction:
    ``delay`` by `seconds`; ``throttle`` to `size` bytes per second; ``split`` into pieces of `size` bytes;
    ``coalesce`` what comes in `seconds` into one piece; ``lost-pongs`` swallows pongs.
    """
    direction: Direction = "to_app"
    frame: int = 1
    """The number of the frame; 0 is the HTTP head."""
    byte: int = 0
    """How many bytes of that frame still pass."""
    seconds: float = 0.1
    size: int = 64

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(f"no fault is called {self.kind!r}; there are: {', '.join(FAULT_KINDS)}")
        if self.direction not in get_args(Direction):
            raise ValueError(f"a fault's direction is to_app or to_server, not {self.direction!r}")
        if self.frame < 0 or self.byte < 0 or self.seconds < 0 or self.size < 1:
            raise ValueError(f"a fault has a place and a measure, none below zero: {self!r}")

    def __str__(self) -> str:
        where = "the HTTP head" if self.frame == 0 else f"frame {self.frame}"
        to = "the application" if self.direction == "to_app" else "the server"
        return f"{self.kind} in {where}, byte {self.byte}, to {to}"


FaultPlan: TypeAlias = Callable[[str, int], Sequence[Fault]]
"""The faults of a connection, by what its request asks for and how often that was asked for before."""


def random_faults(
    seed: int, *, kinds: Collection[FaultKind] = FAULT_KINDS, chance: float = 0.6, most: int = 3
) -> FaultPlan:
    """A plan in which `chance` is the share of connections that have faults: one to `most`, of these kinds.

    >>> plan = random_faults(7)
    >>> plan("/agent", 0) == plan("/agent", 0)
    True
    """
    if not kinds:
        raise ValueError("random faults need at least one kind")
    chosen = sorted(kinds, key=FAULT_KINDS.index)

    def plan(target: str, earlier: int) -> list[Fault]:
        random = Random(f"{seed} {earlier} {target}")
        if random.random() >= chance:
            return []
        return [_random_fault(random, chosen) for _ in range(random.randint(1, most))]

    return plan


def _random_fault(random: Random, kinds: Sequence[FaultKind]) -> Fault:
    kind = random.choice(kinds)
    # The beginning of a call is where most can go wrong; frames have no common length, but all have a header.
    frame = min(int(random.expovariate(1 / 6)), 60)
    byte = random.choice((0, 1, 2, random.randrange(3, 14), random.randrange(14, 600), 1 << 20))
    seconds = {
        "delay": random.uniform(0.001, 0.05),
        "coalesce": random.uniform(0.005, 0.1),
        "stall": random.uniform(0.05, 1.5),
        "half-open": random.uniform(0.2, 3.0),
    }.get(kind, 0.0)
    size = random.randint(1, 80) if kind == "split" else random.randint(4_000, 60_000)
    return Fault(kind, random.choice(get_args(Direction)), frame, byte, seconds, size)


# --- what becomes of the bytes ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Forward:
    """Send this on, in one piece."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class End:
    """The connection is over, in this way."""

    fault: Fault


Step: TypeAlias = Forward | Wait | End

_PONG = 0xA
_HIGHEST = 0x80
_RESERVED = 0x40
_LENGTHS = {126: 4, 127: 10}
"""How long a header is without its mask, by its seven bits of length; otherwise 2."""
_SPLIT_BYTES = 4096
"""After so many bytes a split stream is whole again: more pieces show nothing new."""


class FaultyStream:
    """One direction of a connection with faults.

    >>> stream = FaultyStream([Fault("cut", frame=1, byte=1)])
    >>> [type(step).__name__ for step in stream.feed(b"HTTP/1.1 101 OK\\r\\n\\r\\n\\x81\\x02hi")]
    ['Forward', 'End']
    """

    def __init__(
        self, faults: Sequence[Fault] = (), *, on_fault: Callable[[Fault], None] = lambda _: None
    ) -> None:
        self._frames = _Frames()
        self._pending = sorted(faults, key=lambda fault: (fault.frame, fault.byte))
        self._on_fault = on_fault
        self._modes: dict[FaultKind, Fault] = {}
        self._corrupt = False
        self._pongs_lost_from = 0
        self._split = 0
        self._ready = bytearray()
        self._over = False

    @property
    def collect_seconds(self) -> float:
        """How long to wait before reading on, so that more comes in one piece."""
        mode = self._modes.get("coalesce")
        return 0.0 if mode is None else mode.seconds

    def feed(self, data: bytes) -> list[Step]:
        """What becomes of these bytes. Behind an `End` nothing more does."""
        steps: list[Step] = []
        delay = self._modes.get("delay")
        if delay is not None:
            steps.append(Wait(delay.seconds))
        for piece in self._frames.pieces(data):
            self._take(piece, steps)
            if self._over:
                return steps
        self._flush(steps)
        return steps

    def _take(self, piece: _Piece, steps: list[Step]) -> None:
        number, start, data = piece.frame, piece.start, piece.data
        while self._pending and self._pending[0].frame <= number:
            fault = self._pending[0]
            passed = max(0, fault.byte - start) if fault.frame == number else 0
            if passed > len(data) and not piece.last:
                break
            self._pass(piece, start, data[:passed])
            data, start = data[passed:], start + passed
            del self._pending[0]
            if fault.kind == "lost-pongs":
                # Half a pong would be a broken frame.
                self._pongs_lost_from = number if start == 0 else number + 1
            self._fire(fault, steps)
            if self._over:
                return
        self._pass(piece, start, data)

    def _pass(self, piece: _Piece, start: int, data: bytes) -> None:
        lost = "lost-pongs" in self._modes and piece.frame >= self._pongs_lost_from
        if not data or (lost and piece.opcode == _PONG):
            return
        if self._corrupt:
            self._corrupt = False
            bit = _RESERVED if piece.frame and not start else _HIGHEST
            data = bytes([data[0] ^ bit]) + data[1:]
        self._ready += data

    def _fire(self, fault: Fault, steps: list[Step]) -> None:
        self._on_fault(fault)
        self._flush(steps)
        match fault.kind:
            case "corrupt":
                self._corrupt = True
            case "stall":
                steps.append(Wait(fault.seconds))
            case "cut" | "reset" | "half-open":
                steps.append(End(fault))
                self._over = True
            case _:
                self._modes[fault.kind] = fault

    def _flush(self, steps: list[Step]) -> None:
        data, self._ready = bytes(self._ready), bytearray()
        throttle, split = self._modes.get("throttle"), self._modes.get("split")
        if throttle is not None:
            for piece in _cut_up(data, max(1, throttle.size // 50)):
                steps += [Forward(piece), Wait(len(piece) / throttle.size)]
        elif split is not None and self._split < _SPLIT_BYTES:
            self._split += len(data)
            for piece in _cut_up(data, split.size):
                steps += [Forward(piece), Wait(0.0)]
        elif data:
            steps.append(Forward(data))


def _cut_up(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


# --- where in the stream ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes of one frame."""

    frame: int
    start: int
    """How many bytes of the frame came before."""
    data: bytes
    last: bool
    """Whether the frame ends with it."""
    opcode: int


class _Frames:
    """Finds the borders of frames, and nothing else about them."""

    def __init__(self) -> None:
        self._number = 0
        self._header = bytearray()
        """What has come of the HTTP head, or of the header of this frame."""
        self._passed = 0
        self._size: int | None = None
        """The length of this frame with its header, once that is known."""
        self._plain = False

    def pieces(self, data: bytes) -> Iterator[_Piece]:
        at = 0
        while at < len(data):
            count = self._head(data, at) if self._number == 0 else self._frame(data, at)
            piece = data[at : at + count]
            at += count
            start, self._passed = self._passed, self._passed + count
            opcode = self._header[0] & 0x0F if self._number else 0
            last = self._passed == self._size
            yield _Piece(self._number, start, piece, last, opcode)
            if last:
                self._number += 1
                self._passed, self._size = 0, None
                self._header.clear()

    def _head(self, data: bytes, at: int) -> int:
        """How much of the data from there belongs to the HTTP head."""
        if self._plain:
            return len(data) - at
        before = len(self._header)
        self._header += data[at:]
        end = self._header.find(b"\r\n\r\n")
        if end < 0:
            return len(data) - at
        head = bytes(self._header[:end]).lower()
        if b" 101 " not in head.partition(b"\r\n")[0] + b" " and b"\nupgrade: websocket" not in head:
            self._plain = True
            return len(data) - at
        self._size = end + 4
        return self._size - before

    def _frame(self, data: bytes, at: int) -> int:
        """How much of it belongs to this frame; as long as that is not complete, of its header alone."""
        if self._size is None:
            needed = 2
            if len(self._header) >= 2:
                needed = _LENGTHS.get(self._header[1] & 0x7F, 2)
            if len(self._header) < needed:
                count = min(needed - len(self._header), len(data) - at)
                self._header += data[at : at + count]
                self._learn_size()
                return count
        assert self._size is not None
        return min(self._size - self._passed, len(data) - at)

    def _learn_size(self) -> None:
        header = self._header
        if len(header) < 2:
            return
        length, mask = header[1] & 0x7F, 4 if header[1] & 0x80 else 0
        needed = _LENGTHS.get(length, 2)
        if len(header) == needed:
            if needed > 2:
                length = int.from_bytes(header[2:], "big")
            self._size = needed + mask + length
