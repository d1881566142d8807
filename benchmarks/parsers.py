"""What the frame parsers cost: one masked audio frame of 320 bytes taken apart, and its echo put together.

    python -m benchmarks.parsers

`websockets, the long way` is that library without the short cut of ours for whole audio frames: its frame
comes in two pieces, so that the price of one more call is in it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial

from benchmarks.audio_load import masked

from jambonz_anyio._net.parsers import frame_parser

FRAMES = 50_000


def microseconds(step: Callable[[], object]) -> float:
    """The best time of five runs, in microseconds."""
    best = float("inf")
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(FRAMES):
            step()
        best = min(best, time.perf_counter() - begin)
    return best / FRAMES * 1e6


def main() -> None:
    """Measure, and print a table."""
    payload = os.urandom(320)
    frame = memoryview(masked(2, payload))
    one, other = frame[:4], frame[4:]
    print(f"{'':28} {'in':>8} {'out':>8}")
    for name in ("wsproto", "websockets"):
        parser = frame_parser(name)(client=False, message_bytes=100_000)
        taken = microseconds(partial(parser.whole, frame))
        written = microseconds(partial(parser.message, payload))
        print(f"{name:28} {taken:5.2f} µs {written:5.2f} µs")
    parser = frame_parser("websockets")(client=False, message_bytes=100_000)
    taken = microseconds(lambda: parser.feed(one) or parser.feed(other))
    print(f"{'websockets, the long way':28} {taken:5.2f} µs")


if __name__ == "__main__":
    main()
