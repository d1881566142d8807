"""The text frames of an audio connection: reading what comes, building what goes."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from .audio_commands import PlayClip

_RATES = range(1, 1_000_000)


def number(value: object, default: int) -> int:
    """A count that the wire gives as a number or as a string.

    >>> number("16000", 8000), number(None, 8000)
    (16000, 8000)
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value in _RATES:
        return int(value)
    return default


def text(value: object) -> str:
    """A string of the wire, or an empty one where it should have been."""
    return value if isinstance(value, str) else ""


def record(value: object) -> dict[str, Any]:
    """An object of the wire, or an empty one where it should have been."""
    return value if isinstance(value, dict) else {}


def mark(name: str) -> dict[str, Any]:
    """Ask for a report when everything before it was played."""
    return {"type": "mark", "data": {"name": name}}


def clear_marks() -> dict[str, Any]:
    """The message that makes jambonz forget all marks."""
    return {"type": "clearMarks"}


def kill_audio() -> dict[str, Any]:
    """The message that makes jambonz stop playing."""
    return {"type": "killAudio"}


def disconnect() -> dict[str, Any]:
    """The message that ends the `listen` verb."""
    return {"type": "disconnect"}


def play_audio(clip: PlayClip, id: str, sample_rate: int | None) -> dict[str, Any]:
    """The message that makes jambonz play a clip."""
    data: dict[str, Any] = {
        "audioContent": b64encode(clip.audio).decode(),
        "audioContentType": clip.content_type,
        "id": id,
    }
    if sample_rate is not None:
        data["sampleRate"] = sample_rate
    if clip.queue:
        data["queuePlay"] = True
    if clip.text is not None:
        data["textContent"] = clip.text
    return {"type": "playAudio", "data": data}
