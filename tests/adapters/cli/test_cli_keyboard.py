"""`jambonz call` with a person at the keyboard of a terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from jambonz_anyio.cli.caller_input import Keyboard

ROOT = Path(__file__).resolve().parents[3]
ECHO = ROOT / "examples" / "echo.py"


def run_in_terminal(
    words: list[str], lines: list[str], *, after: str = "", **settings: Any
) -> tuple[int, str]:
    """Run a command with a terminal as its input; returns its exit code and all that it says.

    The lines are typed when it has said `after`.
    """
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "jambonz_anyio.cli", *words]
    out = subprocess.STDOUT
    child = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=out, text=True, **settings)
    said = ""
    try:
        os.close(theirs)
        assert child.stdout is not None
        while after not in said:
            line = child.stdout.readline()
            assert line, said
            said += line
        os.write(ours, "".join(f"{line}\n" for line in lines).encode())
        said += child.communicate(timeout=30)[0]
    finally:
        child.kill()
        child.communicate()
        os.close(ours)
    return child.returncode, said


def test_a_person_types(app_file: Callable[..., Path], tmp_path: Path, talker: Callable[[str], str]) -> None:
    app_file(talker('await call.say(text=f"Bye {heard.transcript}.").send()'))
    lines = ["/help", "", "/nonsense", "/hears-nothing soon", "! Ann", "/ends jambonz"]
    code, said = run_in_terminal(["call", "app.py"], lines, after="runs gather", cwd=tmp_path)
    assert code == 0, said
    assert "Type what the caller says" in said
    assert "good morning              say it" in said
    assert "there is no /nonsense" in said
    assert "/hears-nothing needs a number" in said
    assert "hears “Bye Ann.”" in said
    assert "The call took " in said
    assert "1 turn, from your last word to the first sound: " in said


def test_what_is_typed_is_said_at_once_and_commands_do_not_wait(
    app_file: Callable[..., Path], tmp_path: Path, talker: Callable[[str], str]
) -> None:
    app_file(talker("pass").replace('"Hello"', "'A prompt that takes some time to be said'"))
    code, said = run_in_terminal(["call", "app.py"], ["hello?", "/hangup"], after="in-progress", cwd=tmp_path)
    assert code == 0, said
    assert "Nothing listens to your words now: it cannot be interrupted (no barge-in)." in said
    assert "cut off, the whole was “A prompt that takes some time to be said”" in said


def test_the_log_of_an_application_is_seen(app_file: Callable[..., Path], tmp_path: Path) -> None:
    app_file(
        """import logging\n\n@app.call("/")\nasync def answer(call: Call) -> None:
    logging.getLogger("shop").info("the shop is open")
    logging.getLogger("shop").info("%d apples", "no")
    try:
        raise KeyError("apples")
    except KeyError:
        logging.getLogger("shop").exception("no apples")
    await call.say(text="Bye").send()\n"""
    )
    code, said = run_in_terminal(["call", "app.py"], [], cwd=tmp_path)
    assert code == 0, said
    assert "INFO shop: the shop is open\n" in said
    assert "ERROR shop: no apples (KeyError: 'apples' (app.py, line 13, in answer))\n" in said
    assert "No faults, 1 warning of the application." in said


def test_the_end_of_the_input_hangs_up(
    app_file: Callable[..., Path], tmp_path: Path, talker: Callable[[str], str]
) -> None:
    app_file(talker("pass"))
    code, said = run_in_terminal(["call", "app.py"], ["\x04"], cwd=tmp_path)
    assert code == 0, said
    assert "ended by caller" in said


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_nobody_has_to_type_for_a_call_to_end(
    app_file: Callable[..., Path], tmp_path: Path, backend: str
) -> None:
    app_file(
        """@app.call("/")\nasync def answer(call: Call) -> None:\n    await call.say(text="Bye").send()\n"""
    )
    code, said = run_in_terminal(["call", "app.py", "--backend", backend], [], cwd=tmp_path)
    assert code == 0, said
    assert "ended by jambonz" in said


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_ctrl_c_ends_a_call(process: Callable[..., Any], backend: str) -> None:
    ours, theirs = pty.openpty()
    child = process("call", ECHO, "--backend", backend, stdin=theirs)
    os.close(theirs)
    while "runs gather" not in child.stdout.readline():
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    os.close(ours)
    assert child.returncode == 130
    assert "Traceback" not in err
    assert "you left it." in out
    assert "1 hook answered" in out


def test_letters_that_are_typed_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.pipe()
    written = "é\nlast".encode()

    async def type_and_read() -> list[str]:
        keyboard = Keyboard()
        lines: list[str] = []
        async with anyio.create_task_group() as tasks:

            async def read() -> None:
                while line := await keyboard.line():
                    lines.append(line)

            tasks.start_soon(read)
            for byte in written:
                os.write(theirs, bytes([byte]))
                await anyio.wait_all_tasks_blocked()
            os.close(theirs)
        return lines

    with open(ours, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert anyio.run(type_and_read) == ["é\n", "last"]
