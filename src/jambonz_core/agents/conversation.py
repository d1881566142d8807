"""A conversation with a caller, as a language model is to know it: what was said, and what was *heard*.

A caller who interrupts has heard a part of an answer, or nothing of it. A model that believes that all of it
was heard goes on from there, and nobody understands why. So the conversation notes of each answer what the
server reports: what it took, what was cut off, and where it tells, what was spoken word for word.

1. What the caller said is a `CallerSaid`, what the agent said an `AgentSaid`, tools are `ToolsCalled`, and
   what the model should know besides is a `Note`. They stand in `items`, in their order.
2. Tool calls and their outputs are one item, so none can be without the other, whatever is cut off, dropped
   or shortened. A call whose output never came has one that says so.
3. An answer follows its speech: what is known of it is read from there whenever messages are made, also when
   the server's report comes later than the next question.
4. The messages that are made (`vendor_messages`) are such that the vendors accept them after any sequence of
   events.
5. A hook may shorten the conversation when the caller begins to speak. It chooses among whole items.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

import msgspec
from msgspec import Struct

from jambonz_core.wire.errors import InvalidSnapshot, LocalProtocolError

from . import vendor_messages
from .conversation_items import (
    AgentSaid,
    CallerSaid,
    Item,
    Note,
    OutcomeName,
    ToolExchange,
    ToolsCalled,
    plain,
)
from .model_answers import CalledTool

ITEMS = 1000
"""How many items are kept; older ones are forgotten."""

SPEECHES_FOLLOWED = 4
"""How many of the last speeches are looked at again: reports of what was heard come late."""

Shorten: TypeAlias = Callable[[list[Item]], Sequence[Item]]
"""Chooses what of a conversation is kept: items that are there, and notes in place of others."""


class FollowedSpeech(Protocol):
    """What a conversation reads of a speech. `jambonz_anyio.Speech` is one."""

    @property
    def outcome(self) -> Any:
        """What became of it, an `Outcome`; None while it is live."""
        ...

    @property
    def accepted(self) -> str:
        """What the server has taken."""
        ...

    @property
    def discarded(self) -> str:
        """What it has not taken, and will not."""
        ...

    @property
    def spoken(self) -> str | None:
        """What the caller heard, where the server reports it."""
        ...

    @property
    def interrupted(self) -> bool:
        """Whether the caller cut it off."""
        ...


class _Saved(Struct, kw_only=True):
    """The plain form of a conversation."""

    version: Literal[1] = 1
    instructions: str
    items: list[Item]


class Conversation:
    """What was said in one call.

    >>> conversation = Conversation("You answer the telephone of a bakery.")
    >>> conversation.caller("Are you open?")
    >>> _ = conversation.agent("From two to six.")
    >>> conversation.anthropic()[0]
    {'role': 'user', 'content': [{'type': 'text', 'text': 'Are you open?'}]}
    """

    def __init__(self, instructions: str = "", *, shorten: Shorten | None = None) -> None:
        self.instructions: str = instructions
        """What the model is told of its part; the system prompt."""
        self.items: list[Item] = []
        """All that happened, oldest first."""
        self.shorten: Shorten | None = shorten
        """Chooses what is kept, whenever the caller has said something."""
        self._followed: list[tuple[FollowedSpeech, list[AgentSaid]]] = []
        self._heard_caller = False
        """Of a turn of an `agent` verb: whether its transcript was reported before its end."""
        self._answer: AgentSaid | None = None
        """The same for the answer."""

    # --- what happens ---------------------------------------------------------------------------------------

    def caller(self, text: str) -> None:
        """The caller said this."""
        self.refresh()
        self.items.append(CallerSaid(_checked(text, "what the caller said")))
        if self.shorten is not None:
            self._replace(self.shorten(list(self.items)))
        if len(self.items) > ITEMS:
            self.items = list(keep_last(ITEMS * 3 // 4)(self.items))

    def agent(self, text: str = "", *, speech: FollowedSpeech | None = None) -> AgentSaid:
        """The agent says this, or begins to: `text` of what is returned may grow.

        With `speech` it is noted what becomes of it. Several answers may share a speech, in their order.
        Where `text` stays empty, it is taken from there.
        """
        said = AgentSaid(_checked(text, "what the agent said"))
        self.items.append(said)
        if speech is not None:
            if not (self._followed and self._followed[-1][0] is speech):
                self._followed.append((speech, []))
                self.refresh()
            self._followed[-1][1].append(said)
        return said

    def note(self, text: str) -> None:
        """The model should know this, too."""
        self.items.append(Note(_checked(text, "a note")))

    def tools(self, calls: Sequence[CalledTool]) -> list[ToolExchange]:
        """The model called these tools, all in one answer. Each waits for its output."""
        exchanges = [ToolExchange(call.id, call.name, plain(call.arguments)) for call in calls]
        if exchanges:
            self.items.append(ToolsCalled(exchanges))
        return exchanges

    def tool_output(self, id: str, output: Any, *, is_error: bool = False) -> bool:
        """What a tool gave. False when no open call has this id: then nothing was noted."""
        for item in reversed(self.items):
            for call in item.calls if isinstance(item, ToolsCalled) else ():
                if call.id == id and not call.answered:
                    call.settle(output, is_error=is_error)
                    return True
        return False

    def agent_event(self, event: Any) -> None:
        """Take an event of an `agent` verb: what its eventHook and its toolHook get, as object or as dict.

        Events of the call are taken, too, in whose order they come right: handlers of `on` run side by side.
        Of those, tool calls are passed over, because `noted_tools` of `jambonz_anyio.agents` notes them with
        their outputs, and so is everything else. Where the caller interrupted an answer, nobody tells how
        much of it was heard.
        """
        data = event if isinstance(event, Mapping) else getattr(event, "raw", None)
        if isinstance(data, Mapping) and data.get("type") in ("agent:event", "agent:tool-call"):
            data = data.get("data") if data["type"] == "agent:event" else None
        if not isinstance(data, Mapping):
            return
        kind, transcript, response = data.get("type"), data.get("transcript"), data.get("response")
        if isinstance(data.get("tool_call_id"), str) and isinstance(data.get("name"), str):
            arguments = data.get("arguments", data.get("args"))
            given = dict(arguments) if isinstance(arguments, Mapping) else {}
            self.tools([CalledTool(data["tool_call_id"], data["name"], given)])
        elif kind == "user_transcript" and isinstance(transcript, str):
            self.caller(transcript)
            self._heard_caller = True
        elif kind in ("agent_response", "llm_response") and isinstance(response, str):
            # Newer servers report both, one behind the other.
            if self._answer is None or self._answer.text != response:
                self._answer = self.agent(response)
        elif kind == "turn_end":
            if not self._heard_caller and isinstance(transcript, str) and transcript:
                self.caller(transcript)
            said = self._answer or self.agent()
            if isinstance(response, str) and response:
                said.text = response
            said.interrupted = data.get("interrupted") is True
            said.outcome = "cut" if said.interrupted else "accepted"
            self._heard_caller, self._answer = False, None

    def refresh(self) -> None:
        """Note what became of the speeches meanwhile. Whatever makes messages does this itself."""
        for speech, parts in self._followed:
            outcome = speech.outcome
            if parts and not any(part.text for part in parts):
                parts[0].text = speech.accepted + speech.discarded
            if outcome is not None:
                _share_out(speech, outcome.value, parts)
        del self._followed[:-SPEECHES_FOLLOWED]

    def _replace(self, items: object) -> None:
        if not isinstance(items, Sequence) or not all(isinstance(item, Item) for item in items):
            raise LocalProtocolError("what shortens a conversation returns items of it, and notes")
        self.items = list(items)

    # --- for models -----------------------------------------------------------------------------------------

    def openai_chat(self) -> list[dict[str, Any]]:
        """As `messages` of OpenAI's chat completions, and of servers that speak their protocol."""
        self.refresh()
        return vendor_messages.openai_chat(self.instructions, self.items)

    def openai_responses(self) -> list[dict[str, Any]]:
        """As `input` of OpenAI's responses, with `instructions=conversation.instructions` beside it."""
        self.refresh()
        return vendor_messages.openai_responses(self.items)

    def anthropic(self) -> list[dict[str, Any]]:
        """As `messages` of Anthropic's API, with `system=conversation.instructions` beside it."""
        self.refresh()
        return vendor_messages.anthropic(self.items)

    # --- for another process --------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """All of it as JSON, for `call.state`."""
        self.refresh()
        plain: dict[str, Any] = msgspec.to_builtins(_Saved(instructions=self.instructions, items=self.items))
        return plain

    @classmethod
    def restore(cls, state: object, *, shorten: Shorten | None = None) -> Conversation:
        """A conversation that goes on where the one that gave `snapshot` stood.

        Raises `InvalidSnapshot` when this is no such state.
        """
        try:
            saved = msgspec.convert(state, _Saved)
        except (msgspec.ValidationError, RecursionError) as error:
            raise InvalidSnapshot(f"this is not the state of a conversation of version 1: {error}") from error
        conversation = cls(saved.instructions, shorten=shorten)
        conversation.items = saved.items
        return conversation


def keep_last(count: int) -> Shorten:
    """A hook that keeps the last items of a conversation, from something that the caller said on.

    Notes in front of everything else stay.
    """
    if count < 1:
        raise LocalProtocolError(f"keep_last() keeps at least one item, not {count}")

    def shorten(items: list[Item]) -> list[Item]:
        if len(items) <= count:
            return items
        notes = 0
        while notes < count and isinstance(items[notes], Note):
            notes += 1
        kept = items[max(len(items) - count + notes, notes) :]
        begins = next((at for at, item in enumerate(kept) if isinstance(item, CallerSaid)), 0)
        return items[:notes] + kept[begins:]

    return shorten


def _share_out(speech: FollowedSpeech, outcome: OutcomeName, parts: list[AgentSaid]) -> None:
    """Tell the parts of a speech what became of each of them."""
    heard = speech.accepted if speech.spoken is None else speech.spoken
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        share = heard if last else heard[: len(part.text)]
        heard = heard[len(share) :]
        part.exact = speech.spoken is not None
        part.interrupted = speech.interrupted and (last or len(share) < len(part.text))
        if outcome == "accepted" or (
            outcome == "cut" and share and not last and len(share) == len(part.text)
        ):
            part.outcome, part.heard = "accepted", None
        else:
            part.outcome, part.heard = ("cut" if share else "discarded"), share


def _checked(text: object, what: str) -> str:
    if not isinstance(text, str):
        raise LocalProtocolError(f"{what} is a text, not a {type(text).__name__}")
    return text
