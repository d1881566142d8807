"""What goes over the page's websocket: what a page asks for, and the frames of sound in both directions.

A page sends JSON objects, told apart by ``do``, and is sent JSON objects, told apart by ``is``. A binary
frame is sound: eight bytes of header (what it is, three bytes of nothing, the rate as a 32-bit number), then
L16 mono; all little-endian.
"""

from __future__ import annotations

import struct
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

SUBPROTOCOL = "phone.jambonz-anyio"
"""What the page's websocket speaks. Its key is offered as a second subprotocol, ``key.…``."""

KEY = "key."

HIGHEST_RATE = 192_000
_HEADER = struct.Struct("<B3xI")

STREAM = 1
"""Sound of an audio stream: what the application plays, or the caller's microphone."""
VOICE = 2
"""A text, as the program's voice speaks it."""

Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=4000)]
Short: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]
Path: TypeAlias = Annotated[str, msgspec.Meta(max_length=400, pattern=r"^/[^\s\x00-\x1f\x7f]*$")]


class Asked(Struct, tag_field="do", forbid_unknown_fields=True):
    """Something that a page wants done."""


class PlaceCall(Asked, tag="call"):
    """Call the application, or be called by it."""

    path: Path = "/"
    direction: Literal["inbound", "outbound"] = "inbound"
    from_: Short = msgspec.field(name="from", default="")
    to: Short = ""
    env: dict[Short, Text] = {}


class TypeLine(Asked, tag="line"):
    """Do what a line says, as in the terminal: words are spoken, digits are keys, ``/`` begins a command."""

    text: Text
    party: Annotated[str, msgspec.Meta(pattern=r"^(caller|b\d{1,3})$")] = "caller"


class ListVariables(Asked, tag="variables"):
    """Say which variables the application offers to fill in for a path."""

    path: Path


class ShowCall(Asked, tag="show"):
    """Send the ladder and the conversation of a call again."""

    number: int


class SaveTest(Asked, tag="test"):
    """Make a test of a call, in a file beside the application."""

    number: int


class TakeSound(Asked, tag="sound"):
    """Have the call's sound in this page, and in no other, or no longer."""

    on: bool
    voice: bool = False
    """Whether the program's voice is to speak texts, rather than the browser's or nobody."""
    ears: bool = False
    """Whether the program's recognizer is to understand the microphone."""


class NewLink(Asked, tag="link"):
    """Have a link for another browser."""


Anything: TypeAlias = PlaceCall | TypeLine | ListVariables | ShowCall | SaveTest | TakeSound | NewLink
"""Everything that a page can ask for."""

_asked: msgspec.json.Decoder[Anything] = msgspec.json.Decoder(Anything)


def read_asked(frame: str) -> Anything:
    """What a page asks for. Raises `ValueError` for anything else.

    >>> read_asked('{"do":"line","text":"hello"}')
    TypeLine(text='hello', party='caller')
    """
    try:
        return _asked.decode(frame)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ValueError(f"the page asked for something unknown: {error}") from error


def told(kind: str, /, **fields: Any) -> str:
    """A message to a page.

    >>> told("refused", why="no call")
    '{"is":"refused","why":"no call"}'
    """
    return msgspec.json.encode({"is": kind, **fields}, enc_hook=repr).decode()


def sound_frame(kind: int, rate: int, pcm: bytes) -> bytes:
    """Sound as a binary frame."""
    return _HEADER.pack(kind, rate) + pcm


def read_sound(frame: bytes) -> tuple[int, bytes]:
    """The rate and the samples of a page's microphone. Raises `ValueError` for anything else.

    >>> read_sound(sound_frame(STREAM, 16000, bytes(4)))
    (16000, b'\\x00\\x00\\x00\\x00')
    """
    if len(frame) < _HEADER.size:
        raise ValueError("a binary frame of the page is too short for sound")
    kind, rate = _HEADER.unpack_from(frame)
    if kind != STREAM or not 0 < rate <= HIGHEST_RATE or len(frame) % 2:
        raise ValueError("a binary frame of the page is no sound")
    return rate, frame[_HEADER.size :]
