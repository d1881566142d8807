"""What takes each type of message that the server may send, worked out once for each registry of the wire.

A message that wants an ack is taken with its id, its hook and its payload, if it has an id that an ack can be
given under. Any other becomes its event, and then may be concluded from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ..wire.event import Event
from ..wire.events import UnknownMessage
from ..wire.message_reading import bad_message, hook_path, text_of
from ..wire.registry import MessageRow, Registry
from .obligations import Fate
from .size import MSGID_CHARACTERS, Message

Take: TypeAlias = Callable[[Any, Message], list[Event]]
"""Takes a message of a call, and tells what happened."""
TakeHook: TypeAlias = Callable[[Any, Message, str, str, Message], list[Event]]
"""Takes a message that wants an ack."""
TakePlainHook: TypeAlias = Callable[[Any, Message, str, str, Message, MessageRow], list[Event]]
"""The same, for whatever there is a row of."""
Infer: TypeAlias = Callable[[Any, Any], list[Event]]
"""Takes the event of a message that wants none, and tells it with what follows from it."""

_WRONG_ID = "a message that wants an ack, without an id that one can be given under"


def takers(
    registry: Registry,
    hooks: Mapping[type[Event], TakeHook],
    plain: TakePlainHook,
    notices: Mapping[type[Event], Infer],
) -> Mapping[str, Take]:
    """What takes each type of message that there is a row for."""
    found: dict[str, Take] = {}
    for row in registry.messages.values():
        if row.read is None:
            found[row.type] = _asking(hooks.get(row.event) or _with_row(plain, row))
        else:
            found[row.type] = _telling(row.read, notices.get(row.event))
    return found


def take_other(_: Any, message: Message) -> list[Event]:
    """A message that there is no row for."""
    kind = message.get("type")
    if type(kind) is not str:
        return bad_message(message, "a message without a type")
    return [UnknownMessage(kind, text_of(message, "msgid"), message.get("data"), raw=message)]


def _asking(take: TakeHook) -> Take:
    def taken(call: Any, message: Message) -> list[Event]:
        msgid, hook, data = message.get("msgid"), message.get("hook", ""), message.get("data")
        if type(msgid) is not str or not msgid or len(msgid) > MSGID_CHARACTERS:
            return bad_message(message, _WRONG_ID)
        known = call._obligations.known.get(msgid)
        if known is not None and known.fate is Fate.OPEN:
            return bad_message(message, _WRONG_ID)
        if type(hook) is not str:
            hook = hook_path(hook)
        if type(data) is not dict:
            data = {}
        return take(call, message, msgid, hook, data)

    return taken


def _with_row(plain: TakePlainHook, row: MessageRow) -> TakeHook:
    return lambda call, message, msgid, hook, data: plain(call, message, msgid, hook, data, row)


def _telling(read: Callable[[Message], Event], conclude: Infer | None) -> Take:
    if conclude is None:
        return lambda _, message: [read(message)]
    return lambda call, message: conclude(call, read(message))
