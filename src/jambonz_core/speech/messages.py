"""What the text machines send: three commands, each of which knows its shape on the wire."""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Struct


class TokensMessage(Struct, frozen=True, gc=False):
    """A piece of text for the server's buffer; the server answers with the same id."""

    id: int
    text: str

    def message(self) -> dict[str, Any]:
        """The command as it goes on the wire.

        >>> TokensMessage(7, "Hello").message()
        {'type': 'command', 'command': 'tts:tokens', 'data': {'id': 7, 'tokens': 'Hello'}}
        """
        return {"type": "command", "command": "tts:tokens", "data": {"id": self.id, "tokens": self.text}}


class FlushMessage(Struct, frozen=True, gc=False):
    """Speak everything that was sent before this."""

    def message(self) -> dict[str, Any]:
        """The command as it goes on the wire."""
        return {"type": "command", "command": "tts:flush"}


class ClearMessage(Struct, frozen=True, gc=False):
    """Forget everything that was sent before this and is not yet spoken."""

    def message(self) -> dict[str, Any]:
        """The command as it goes on the wire."""
        return {"type": "command", "command": "tts:clear"}


ControlMessage: TypeAlias = FlushMessage | ClearMessage
SpeechMessage: TypeAlias = TokensMessage | ControlMessage
