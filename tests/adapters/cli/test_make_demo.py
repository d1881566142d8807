"""`make demo`, as the README promises it: a conversation is shown, and it ends by itself with 0."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_the_demo_shows_a_conversation() -> None:
    # In the environment of the tests, and without looking whether something has to be installed first.
    environment = Path(sys.prefix)
    command = ["make", "--no-print-directory", "demo", f"VENV={environment}"]
    command += ["-o", f"{environment}/.ready-demo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "You said: good morning" in done.stdout
    assert "says “good morning”" in done.stdout
    assert "no faults" in done.stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_make_says_what_it_can_do() -> None:
    command = ["make", "--no-print-directory", "help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    for target in ("demo", "test", "lint", "types", "clean"):
        assert f"make {target} " in done.stdout
