"""Voices and ears of the program: what speaks texts to the caller, and what understands the microphone.

Both are small protocols, so that a program can bring its own: `--voice module:name` and `--recognizer
module:name` name an object that is one, or a class or function that makes one. There is one adapter for each
here, for what a user may have installed; `espeak-ng:de` and `faster-whisper:small` name another voice and
another model.
"""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeVar

import anyio
import anyio.to_thread

from ..errors import CommandFailed, ExitCode

AUTO = "auto"
NONE = "none"

WORD_LETTERS = 6
"""Letters that a word takes, with the space behind it: what voices call words per minute counts these."""

SLOWEST, FASTEST = 80, 450
"""Words per minute, between which espeak-ng can be understood."""


@dataclass(frozen=True, slots=True)
class Sound:
    """L16 little-endian mono, at a rate."""

    pcm: bytes
    rate: int


class Voice(Protocol):
    """Speaks texts."""

    name: str
    """What the page calls it."""

    async def speak(self, text: str, seconds: float) -> Sound:
        """Say a text, in about so many seconds: that is how long the simulated call takes to say it."""
        ...


class Recognizer(Protocol):
    """Understands what is said."""

    name: str
    """What the page calls it."""
    rate: int
    """The rate that it wants sound in."""

    async def understand(self, pcm: bytes) -> str:
        """What was said in a piece of L16 mono between two silences; an empty text for nothing."""
        ...


class EspeakVoice:
    """`espeak-ng`, as Debian and others have it."""

    name: str = "espeak-ng"

    def __init__(self, voice: str = "en") -> None:
        self._voice = voice

    async def speak(self, text: str, seconds: float) -> Sound:
        """Say a text by a process of its own."""
        pace = 60 * len(text) / WORD_LETTERS / seconds if seconds else FASTEST
        speed = round(min(max(pace, SLOWEST), FASTEST))
        command = [self.name, "--stdout", "--stdin", "-v", self._voice, "-s", str(speed)]
        done = await anyio.run_process(command, input=text.encode("utf-8", "replace"))
        return sound_of_wav(done.stdout)


class WhisperRecognizer:
    """`faster-whisper`. Its model is loaded when it is first needed, and fetched if it is not here."""

    name: str = "faster-whisper"
    rate: int = 16000

    def __init__(self, model: str = "base.en") -> None:
        self._size = model
        self._model: Any = None

    async def understand(self, pcm: bytes) -> str:
        """Understand sound, in a thread."""
        return await anyio.to_thread.run_sync(self._understand, pcm)

    def _understand(self, pcm: bytes) -> str:
        numpy = importlib.import_module("numpy")
        if self._model is None:
            whisper = importlib.import_module("faster_whisper")
            self._model = whisper.WhisperModel(self._size, compute_type="int8")
        samples = numpy.frombuffer(pcm, "<i2").astype("float32") / 32768
        segments, _ = self._model.transcribe(samples, beam_size=1)
        return " ".join(segment.text.strip() for segment in segments).strip()


def sound_of_wav(data: bytes) -> Sound:
    """The sound in a 16-bit mono WAV that was written to a pipe, whose lengths are therefore not known.

    Raises `ValueError` for anything else.
    """
    place = data.find(b"data")
    if data[:4] != b"RIFF" or place < 0 or data[22:24] != b"\1\0" or data[34:36] != b"\x10\0":
        raise ValueError("this is no WAV with 16-bit mono samples")
    pcm = data[place + 8 :]
    return Sound(pcm[: len(pcm) // 2 * 2], int.from_bytes(data[24:28], "little"))


def choose_voice(wanted: str) -> Voice | None:
    """The voice that the command line names."""
    there = shutil.which("espeak-ng") is not None
    return _choose(wanted, EspeakVoice, "espeak-ng", there, "apt-get install espeak-ng", "voice")


def choose_recognizer(wanted: str) -> Recognizer | None:
    """The recognizer that the command line names."""
    there = find_spec("faster_whisper") is not None
    make = WhisperRecognizer
    return _choose(wanted, make, "faster-whisper", there, "pip install faster-whisper", "recognizer")


T = TypeVar("T")


def _choose(
    wanted: str, make: Callable[..., T], name: str, there: bool, install: str, option: str
) -> T | None:
    if wanted == NONE or (wanted == AUTO and not there):
        return None
    module, colon, attribute = wanted.partition(":")
    if wanted == AUTO or module == name:
        if not there:
            raise CommandFailed(f"--{option} {name} needs {name}: {install}.", ExitCode.USAGE)
        return make(attribute) if attribute else make()
    if not colon:
        raise CommandFailed(
            f"--{option} is {AUTO}, {NONE}, {name} or module:name, not {wanted!r}.", ExitCode.USAGE
        )
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise CommandFailed(f"--{option} {wanted}: {error}.", ExitCode.NOT_LOADED) from error
    made: T = found if hasattr(found, "name") and not isinstance(found, type) else found()
    return made
