"""What the server says of a message that is none."""

from __future__ import annotations

from collections.abc import Container
from typing import Any


def fault_of(message: dict[str, Any], without_data: Container[str]) -> str:
    """What is wrong with a message, in the server's words, or nothing.

    `without_data` are the commands that the server takes without `data`.
    """
    kind = message.get("type")
    if not kind:
        return "type property not supplied"
    if kind == "ack":
        return "" if message.get("msgid") else "msgid not supplied"
    if kind != "command":
        return f"invalid type property: {kind}"
    command = message.get("command")
    if not command or not isinstance(command, str):
        return "command property not supplied"
    # Zero, false, null and the empty text count as missing; an empty array or object does not.
    data = message.get("data")
    missing = data is None or data is False or data == "" or (isinstance(data, (int, float)) and data == 0)
    return "data property not supplied" if missing and command not in without_data else ""
