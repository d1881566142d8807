"""`jambonz call` on real terminals: pseudo terminals of several kinds, which pyte reads."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyte
import pytest

ROOT = Path(__file__).resolve().parents[3]
ECHO = ROOT / "examples" / "echo.py"

SHOP = """
import logging
import os
import time

from jambonz_anyio import App, Call

log = logging.getLogger("shop")
app = App()


@app.call("/")
async def answer(call: Call) -> None:
    log.info("the shop is open")
    print("printed")
    os.write(2, b"written to descriptor 2\\n")
    await call.say(text="Hello").send()
    heard = await call.gather(input=["speech", "digits"], numDigits=1, timeout=60).result()
    if heard.digits == "9":
        time.sleep(60)
    if heard.digits == "8":
        raise ValueError("no database")
    await call.say(text=f"Bye {heard.transcript}").send()
"""


class Terminal:
    """A terminal with a program in it. It is no controlling terminal: the program has none."""

    def __init__(self, child: subprocess.Popen[bytes], ours: int, columns: int, rows: int) -> None:
        self.child = child
        self._ours = ours
        self._screen = pyte.HistoryScreen(columns, rows, history=1000)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""

    @property
    def text(self) -> str:
        """What stands on it, with what has left it at the top."""
        left = ("".join(row[column].data for column in range(len(row))) for row in self._screen.history.top)
        return "\n".join(row.rstrip() for row in [*left, *self._screen.display] if row.strip())

    def waits_for(self, words: str) -> None:
        end = time.monotonic() + 30
        while words not in self.text:
            assert self._read(end), f"no {words!r} in\n{self.text}"

    def types(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def ends(self) -> int:
        """Read until the program is gone, and return its exit code."""
        end = time.monotonic() + 30
        while self._read(end):
            pass
        return self.child.wait(30)

    def presses_until_it_ends(self, key: str) -> None:
        """Press a key again and again, as somebody without patience does."""
        for _ in range(60):
            self.types(key)
            pause = time.monotonic() + 0.3
            while self._read(pause):
                pass
            if time.monotonic() < pause:  # The other end is closed.
                return

    def vanishes(self) -> None:
        os.close(self._ours)
        self._ours = -1

    def _read(self, end: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(end - time.monotonic(), 0))
        if not ready:
            return False
        try:
            more = os.read(self._ours, 65536)
        except OSError:  # nobody has the other end any more
            return False
        self.written += more
        self._stream.feed(more)
        return bool(more)

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        if self._ours >= 0:
            os.close(self._ours)


@contextmanager
def jambonz_call(
    *words: object, columns: int = 80, rows: int = 40, without: str = "", env: dict[str, str] | None = None
) -> Iterator[Terminal]:
    """`jambonz call` on a terminal of that size; `without` a package that is not installed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    missing = f"import sys; sys.modules[{without!r}] = None; " if without else ""
    start = [sys.executable, "-c", f"{missing}from jambonz_anyio.cli import main; main()", "call"]
    plain = {
        name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS", "LINES"}
    }
    child = subprocess.Popen(
        [*start, *map(str, words)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**plain, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(env or {})},
    )
    os.close(theirs)
    terminal = Terminal(child, ours, columns, rows)
    try:
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.py"
    file.write_text(SHOP, encoding="utf-8")
    return file


def test_a_conversation_on_a_screen(shop: Path, traced_child: dict[str, str]) -> None:
    with jambonz_call(shop, env=traced_child) as terminal:
        terminal.waits_for("gather waits for words or keys")
        shown = terminal.text
        # What the application writes, wherever it writes it, stands in lines of its own.
        for line in ("INFO shop: the shop is open", "printed", "written to descriptor 2"):
            assert any(row.strip() == line for row in shown.splitlines()), shown
        terminal.types("Ann\r")
        terminal.waits_for("you     Ann")
        terminal.waits_for("app     Bye Ann")
        assert terminal.ends() == 0
        assert "you>" not in terminal.text
        assert "the application hung up." in terminal.text
        assert "1 turn, from your last word to the first sound: " in terminal.text
        assert "No faults, no warnings of the application." in terminal.text


@pytest.mark.parametrize("backend", ["trio", "uvloop"])
def test_a_narrow_screen_and_ctrl_c(backend: str, traced_child: dict[str, str]) -> None:
    with jambonz_call(ECHO, "--backend", backend, "-v", columns=40, env=traced_child) as terminal:
        terminal.waits_for("Please say something, and")
        terminal.types("half a line")
        terminal.waits_for("you> half a line")
        terminal.types("\x03")
        assert terminal.ends() == 130
        text = terminal.text
        assert "— cut off" in " ".join(text.split())
        assert "status" in text  # -v
        assert "The call took" in text
        assert "the caller hung up" in " ".join(text.split())
        assert "1 hook answered" in text
        assert "Traceback" not in text


def test_a_handler_that_blocks_and_an_impatient_person(shop: Path, traced_child: dict[str, str]) -> None:
    with jambonz_call(shop, env=traced_child) as terminal:
        terminal.waits_for("gather waits for words or keys")
        terminal.types("9\r")
        terminal.waits_for("The event loop is blocked for")
        terminal.types("is anybody there\r")
        terminal.waits_for("blocked for 3 s")
        terminal.presses_until_it_ends("\x03")
        assert terminal.ends() == 130
        assert "The call took" in terminal.text


BASIC = """
import logging

from jambonz_anyio import App, Call

logging.basicConfig(format="MINE %(message)s", level="INFO")
app = App()


@app.lifespan
async def running(app):
    import anyio

    logging.info("opening")
    await anyio.sleep(3600 if SLOW else 0)
    yield


@app.call("/", on_return="stay")
async def answer(call: Call) -> None:
    logging.getLogger("shop").info("the shop %s", "is open")
    await call.answer().send()
"""


def test_an_application_that_logs_by_itself_and_a_person_who_types_late(tmp_path: Path) -> None:
    file = tmp_path / "basic.py"
    file.write_text(f"SLOW = False\n{BASIC}", encoding="utf-8")
    with jambonz_call(file) as terminal:
        terminal.waits_for("idles: there are no verbs left")
        assert [row.strip() for row in terminal.text.splitlines() if "is open" in row] == [
            "MINE the shop is open"
        ]
        terminal.types("/hangup\r/hears nothing\rlate\r")
        assert terminal.ends() == 0
        assert "Traceback" not in terminal.text


def test_a_person_who_leaves_before_there_is_a_call(tmp_path: Path) -> None:
    file = tmp_path / "basic.py"
    file.write_text(f"SLOW = True\n{BASIC}", encoding="utf-8")
    with jambonz_call(file) as terminal:
        terminal.waits_for("MINE opening")
        terminal.types("too early\r")
        # Not once: while a line is printed the terminal is an ordinary one, in which a key is a signal, and this
        # one, which is nobody's controlling terminal, has nobody to send it to.
        terminal.presses_until_it_ends("\x03")
        assert terminal.ends() == 130
        assert "Traceback" not in terminal.text
        assert "jambonz:" not in terminal.text


def test_a_handler_that_fails(shop: Path) -> None:
    with jambonz_call(shop) as terminal:
        terminal.waits_for("gather waits for words or keys")
        terminal.types("8\r")
        assert terminal.ends() == 1
        text = " ".join(terminal.text.split())
        assert "ValueError: no database" in text
        assert text.index("The call took") < text.index("jambonz: The application failed")


def test_without_colours_and_without_utf_8() -> None:
    env = {"NO_COLOR": "1", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with jambonz_call(ECHO, env=env) as terminal:
        terminal.waits_for("gather waits for words")
        terminal.types("hello\r")
        terminal.waits_for('redirect [say "You said: hello", gather]')
        terminal.types("\x04")
        assert terminal.ends() == 0
        assert terminal.written.isascii()
        assert b"\x1b[31m" not in terminal.written
        assert b"\x1b[32m" not in terminal.written
        assert "The call took" in terminal.text


@pytest.mark.parametrize(
    ("settings", "note"),
    [
        (
            {"env": {"TERM": "dumb"}},
            "This terminal cannot move its cursor (TERM), so this is the plain phone.",
        ),
        ({"without": "prompt_toolkit"}, "pip install prompt_toolkit"),
    ],
    ids=["dumb", "not-installed"],
)
def test_the_plain_phone_and_why_it_is_plain(
    settings: dict[str, Any], note: str, traced_child: dict[str, str]
) -> None:
    env = {**traced_child, **settings.get("env", {})}
    with jambonz_call(ECHO, columns=200, **{**settings, "env": env}) as terminal:
        terminal.waits_for(note)
        terminal.waits_for("runs gather")
        terminal.types("/why\n")
        terminal.waits_for("gather waits for words, until")
        terminal.types("/hangup\n")
        assert terminal.ends() == 0
        assert "The call took" in terminal.text


def test_the_plain_phone_that_was_asked_for() -> None:
    env = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with jambonz_call(ECHO, "--plain", columns=200, env=env) as terminal:
        terminal.waits_for('caller   hears "Please say something, and I will repeat it."')
        os.kill(terminal.child.pid, signal.SIGINT)
        assert terminal.ends() == 130
        assert "plain phone" not in terminal.text
        assert "you left it" in terminal.text


def test_a_program_that_is_told_to_end_leaves_the_terminal_as_it_was() -> None:
    with jambonz_call(ECHO) as terminal:
        terminal.waits_for("Please say")
        terminal.child.terminate()
        assert terminal.ends() == 130
        assert "The call took" in terminal.text
        assert "you>" not in terminal.text


def test_a_terminal_that_goes_away() -> None:
    with jambonz_call(ECHO) as terminal:
        terminal.waits_for("Please say")
        terminal.vanishes()
        assert terminal.child.wait(30) in {0, 1}


def test_a_reader_that_goes_away(process: Callable[..., subprocess.Popen[str]]) -> None:
    ours, theirs = pty.openpty()
    child = process("call", ECHO, stdin=theirs)
    os.close(theirs)
    assert child.stdout is not None
    child.stdout.readline()
    child.stdout.close()
    assert child.wait(30) == 1
    assert child.stderr is not None
    assert "Traceback" not in child.stderr.read()
    os.close(ours)
    child.stdout = None


def test_nobody_there(unused_port: int) -> None:
    with jambonz_call(f"ws://127.0.0.1:{unused_port}/") as terminal:
        assert terminal.ends() == 4
        assert "The application cannot be reached" in terminal.text
        assert "The call took" not in terminal.text


def test_the_recording_in_the_documentation() -> None:
    head, *events = map(json.loads, (ROOT / "docs" / "phone.cast").read_text(encoding="utf-8").splitlines())
    assert (head["version"], head["width"], head["height"]) == (2, 80, 24)
    times = [at for at, _, _ in events]
    assert times == sorted(times)
    screen = pyte.Screen(80, 60)
    stream = pyte.Stream(screen)
    for _, kind, text in events:
        assert kind == "o"
        stream.feed(text)
    assert any(row.rstrip().endswith("app     You said: good morning") for row in screen.display)
    assert any(row.startswith("3 turns, from your last word to the first sound: ") for row in screen.display)
