"""What a conversation is made of. `conversation` says how the items come about."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct

from jambonz_core.wire.codec import decode, encode
from jambonz_core.wire.errors import JambonzError

OUTPUT_CHARACTERS = 32 * 1024
"""How much is kept of the output of a tool: more than enough for any answer that can be spoken."""

OutcomeName = Literal["live", "accepted", "cut", "discarded"]


class CallerSaid(Struct, tag="caller"):
    """What the caller said, as the recogniser understood it."""

    text: str


class AgentSaid(Struct, tag="agent"):
    """What the agent said, or wanted to say."""

    text: str = ""
    """All of it, as the model wrote it."""
    outcome: OutcomeName = "live"
    """What became of it: as `Outcome` has it, or ``live`` while that is not known."""
    heard: str | None = None
    """What the caller has heard of it, at most. None where nothing is known to have stopped it."""
    exact: bool = False
    """Whether `heard` is what the server reports as spoken, word for word."""
    interrupted: bool = False
    """Whether the caller cut it off."""

    @property
    def known(self) -> str:
        """What the model should know of it: what the caller heard, as far as anybody can tell."""
        return self.text if self.heard is None else self.heard


class ToolExchange(Struct):
    """A tool that the model called, with its output."""

    id: str
    name: str
    arguments: dict[str, Any] = {}
    answered: bool = False
    output: Any = None
    """JSON, as the tool gave it."""
    is_error: bool = False

    def settle(self, output: Any, *, is_error: bool = False) -> None:
        """This is what the tool gave. Of more than any model would read, the beginning is kept."""
        self.answered, self.output, self.is_error = True, plain(output), is_error
        text = self.output if isinstance(self.output, str) else encode(self.output)
        if len(text) > OUTPUT_CHARACTERS:
            self.output = (
                f"{text[:OUTPUT_CHARACTERS]} (The rest was left out: {len(text)} characters in all.)"
            )


class ToolsCalled(Struct, tag="tools"):
    """The tools that one answer of the model called, each with its output."""

    calls: list[ToolExchange]


class Note(Struct, tag="note"):
    """What the model should know, and nobody has said: a summary, or who the caller is."""

    text: str


Item: TypeAlias = CallerSaid | AgentSaid | ToolsCalled | Note


def plain(value: Any) -> Any:
    """The value as JSON has it; what cannot be written as JSON becomes the text of it."""
    try:
        return decode(encode({"value": value}))["value"]
    except JambonzError:
        return str(value)
