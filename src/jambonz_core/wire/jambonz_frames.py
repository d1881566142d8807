"""What the server expects of messages, and what it says of one that is none."""

from __future__ import annotations

from typing import Any

WANTS_ACK = frozenset(
    {
        "session:new",
        "session:reconnect",
        "session:redirect",
        "session:adulting",
        "dial:confirm",
        "verb:hook",
    }
)
WITH_HOOK = frozenset(
    {
        "verb:hook",
        "dial:confirm",
        "session:redirect",
        "llm:event",
        "llm:tool-call",
        "agent:event",
        "agent:tool-call",
    }
)
"""Messages whose envelope names the hook."""

COMMANDS_WITHOUT_DATA = frozenset({"llm:tool-output", "tts:flush", "tts:clear"})


def fault_of(message: dict[str, Any]) -> str:
    """What is wrong with a message, in the server's words, or nothing."""
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
    return "data property not supplied" if missing and command not in COMMANDS_WITHOUT_DATA else ""
