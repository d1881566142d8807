"""Record `jambonz call examples/echo.py` on a real terminal, as an asciinema file (version 2).

    .venv/bin/python scripts/record_phone.py docs/phone.cast

Somebody at that terminal types what is below, letter by letter. Everything else is what the program writes,
when it writes it.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from codecs import getincrementaldecoder
from pathlib import Path

COLUMNS, ROWS = 80, 24

ROOT = Path(__file__).resolve().parents[1]

TYPED = (
    # Seconds since the beginning, and what is typed then.
    (1.6, "too early\r"),
    (5.0, "good morning\r"),
    (9.6, "/why\r"),
    (11.0, "/slow 1\r"),
    (12.5, "a table for two\r"),
    (19.5, "/why\r"),
    (21.0, "/hangup\r"),
)

LETTERS_PER_SECOND = 14.0


def record(command: list[str]) -> list[tuple[float, str, str]]:
    """Run a command on a terminal while somebody types; returns what was written to it, and when."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=env)
    os.close(theirs)
    letters = [
        (at + position / LETTERS_PER_SECOND, letter)
        for at, text in TYPED
        for position, letter in enumerate(text)
    ]
    events: list[tuple[float, str, str]] = []
    decode = getincrementaldecoder("utf-8")().decode
    # The time in which Python starts tells nothing.
    began: float | None = None
    while True:
        now = time.monotonic()
        due = letters[0][0] - (now - began) if letters and began is not None else 60.0
        ready, _, _ = select.select([ours], [], [], max(due, 0.0))
        if not ready:
            if not letters or began is None:
                raise SystemExit("The program hangs.")
            os.write(ours, letters.pop(0)[1].encode())
            continue
        try:
            written = os.read(ours, 65536)
        except OSError:
            written = b""
        if not written:
            break
        began = time.monotonic() if began is None else began
        events.append((round(time.monotonic() - began, 3), "o", decode(written)))
    os.close(ours)
    if child.wait() != 0:
        raise SystemExit(f"The program failed with {child.returncode}.")
    return events


def main() -> None:
    """Write the file that is named on the command line."""
    start = "from jambonz_anyio.cli import main; main()"
    events = record([sys.executable, "-c", start, "call", "examples/echo.py:app"])
    head = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "jambonz call examples/echo.py:app"}
    lines = [json.dumps(head), *(json.dumps(event, ensure_ascii=False) for event in events)]
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
