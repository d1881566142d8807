"""Keeping every message below the size that the server accepts.

A larger one costs the whole connection (close code 1009). A verb array that is too large can be sent in parts
where that keeps its meaning, because verbs run one after the other: the first part goes as whatever it is (an
ack, a replacing redirect) and the others follow as redirects that append. Between two parts the server may
run dry for the time of the settle; it then waits, as a websocket call always does. What cannot be parted is
refused with the name of the part that is too large.

These cannot be parted: one verb; what is played or run on another leg (`dial:confirm`, wait, enter and hold
hooks), because an appended redirect would run on the caller's leg; any other command.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..wire.codec import encode, encoded_size
from ..wire.errors import MessageTooLarge

Message = dict[str, Any]
Verbs = list[dict[str, Any]]


def ack(msgid: str, data: Any) -> Message:
    """The ack of a message, with its data."""
    return {"type": "ack", "msgid": msgid, "data": data}


def empty_ack(msgid: str) -> str:
    """An ack without verbs, ready to send: the most frequent message of all.

    >>> empty_ack("dXAwKx3n1uYq6vGQTp4oQ9")
    '{"type":"ack","msgid":"dXAwKx3n1uYq6vGQTp4oQ9","data":[]}'
    """
    if msgid.isascii() and msgid.isalnum():
        return f'{{"type":"ack","msgid":"{msgid}","data":[]}}'
    return encode(ack(msgid, []))


def redirect(verbs: Verbs, *, queue: bool) -> Message:
    """A redirect command that brings verbs."""
    return {"type": "command", "command": "redirect", "queueCommand": queue, "data": verbs}


CALL_SID_CHARACTERS = 128
"""The longest id of a call that is taken; the server's own have 36 characters."""

MSGID_CHARACTERS = 128
"""The longest message id that is taken; the server's own have 22 characters."""

ENVELOPE = encoded_size(ack("m" * MSGID_CHARACTERS, []))
"""What any message that brings verbs takes beside them, at most."""


def whole(message: Message, limit: int, what: str) -> str:
    """Encode a message that cannot be parted."""
    text = encode(message)
    size = len(text) if text.isascii() else len(text.encode())
    if size > limit:
        raise too_large(what, size, limit)
    return text


def too_large(what: str, size: int, limit: int) -> MessageTooLarge:
    """The error for a message that is too large, with what to do about it."""
    return MessageTooLarge(
        f"{what} takes {size} bytes and the server accepts {limit}; shorten it, or name a URL that holds it",
        part=what,
        size=size,
        limit=limit,
    )


def parts(verbs: Verbs, limit: int) -> list[Verbs]:
    """Cut an array into as few pieces as fit, each below the limit in whatever envelope it travels.

    The room that is kept free is that of the largest envelope, an ack's: what went as a redirect may have to
    be given again as an ack after a drop.

    >>> [len(part) for part in parts([{"verb": "say", "text": "x" * 100}] * 3, 460)]
    [2, 1]
    """
    room = limit - ENVELOPE
    if encoded_size(verbs) - 2 <= room:
        return [verbs]
    pieces: list[Verbs] = [[]]
    left = room
    for position, verb in enumerate(verbs):
        size = encoded_size(verb)
        if size > room:
            raise too_large(f"verb {position} ({verb.get('verb')})", size + ENVELOPE, limit)
        if pieces[-1] and size + 1 > left:
            pieces.append([])
            left = room
        pieces[-1].append(verb)
        left -= size + 1
    return pieces


def ack_and_rest(msgid: str, verbs: Verbs, limit: int) -> tuple[str, Verbs, Sequence[Verbs]]:
    """An array in pieces, as `parts` cuts it: the ack that brings the first, encoded; that piece; the others.

    >>> ack_and_rest("m1", [{"verb": "answer"}], 460)
    ('{"type":"ack","msgid":"m1","data":[{"verb":"answer"}]}', [{'verb': 'answer'}], ())
    """
    text = encode(ack(msgid, verbs))
    # Nearly always everything fits, and is encoded once. No character takes more than four bytes.
    if (len(text) if text.isascii() else 4 * len(text)) <= limit - ENVELOPE:
        return text, verbs, ()
    first, *rest = parts(verbs, limit)
    return encode(ack(msgid, first)), first, rest
