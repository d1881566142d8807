"""What a language model answers, read from whatever its client library streams.

Nothing of those libraries is imported: what an item is, its shape tells. An item may be an object, as the
clients of `openai`, `anthropic` and `pydantic-ai` give them, or the same as a dict, as it stands in the JSON
of the stream:

1. text as it is, or an event of the stream (`ServerEvent`) with one of the others in it;
2. chunks of chat completions (`choices`), of OpenAI and of all servers that speak its protocol;
3. events of OpenAI's responses (`type` is ``response.…``);
4. events of Anthropic's messages (`type` is ``message_…`` or ``content_block_…``);
5. events of pydantic-ai (`event_kind`).

What has a `type` or an `event_kind` that is not known here is passed over: vendors add new ones all the time.
What has none of these is no stream of a model, and an error.

A tool call comes in pieces, several of them perhaps in turns, and is given when all of it is there, in the
order in which the model began them. Arguments that are no JSON object make a call with a `fault`, for its
model to be told; a stream that breaks off in the middle of a call makes `ModelFailed`, for then nobody knows
what the model wanted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from jambonz_core.wire.codec import encode
from jambonz_core.wire.errors import LocalProtocolError, ModelFailed

from .sse import ServerEvent

ANSWER_CHARACTERS = 200_000
"""What one answer may have: some four hours of speech."""

ARGUMENT_CHARACTERS = 256 * 1024
"""What the arguments of one answer's tool calls may have, together."""

TOOL_CALLS = 128
"""How many tools one answer may call."""


class CalledTool(Struct, frozen=True):
    """A tool that the model wants to be run."""

    id: str
    """The model's name for this call, which the output carries. Made up here where a server gives none."""
    name: str
    arguments: dict[str, Any] = {}
    fault: str = ""
    """What is wrong with the arguments, in a sentence for the model; empty when nothing is."""


class Usage(Struct, frozen=True):
    """What a model says that an answer has cost it. What it did not say is None."""

    input_tokens: int | None = None
    """As the vendor counts them: Anthropic's do not have the cached ones in them, OpenAI's do."""
    output_tokens: int | None = None
    cached_tokens: int | None = None
    """Those of the input that the vendor had kept."""


class _Pieces:
    """A tool call that is still coming."""

    __slots__ = ("arguments", "closed", "id", "name", "whole")

    def __init__(self, id: str, name: str) -> None:
        self.id = id
        self.name = name
        self.arguments: list[str] = []
        self.whole: Mapping[str, Any] | None = None
        """The arguments, where the vendor gives them as an object."""
        self.closed = False
        """Whether the vendor has said that the call is complete."""


class AnswerReader:
    """Reads one answer, item by item.

    >>> reader = AnswerReader()
    >>> reader.take({"choices": [{"delta": {"content": "Hello!"}}]})
    'Hello!'
    >>> reader.take({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    ''
    >>> reader.end()
    >>> reader.finish_reason, reader.tool_calls
    ('stop', [])
    """

    def __init__(
        self,
        *,
        answer_characters: int = ANSWER_CHARACTERS,
        argument_characters: int = ARGUMENT_CHARACTERS,
    ) -> None:
        self.tool_calls: list[CalledTool] = []
        """The tools that the model wants to be run; complete when the answer is."""
        self.usage: Usage | None = None
        """What the answer has cost, where the model tells."""
        self.finish_reason: str | None = None
        """Why the model stopped, in its vendor's words, such as ``stop`` or ``tool_use``."""
        self.done: bool = False
        """Whether the stream has said that nothing more comes."""
        self._characters = answer_characters
        self._argument_characters = argument_characters
        self._calls: dict[object, _Pieces] = {}
        """By what the vendor numbers them with, in the order in which they began."""

    def take(self, item: Any) -> str:
        """Take the next item of the stream; returned is the text in it, perhaps none.

        Raises `ModelFailed` when the item says that the model failed, or brings more than an answer may have.
        """
        text = item if isinstance(item, str) else self._read(item)
        self._characters -= len(text)
        if self._characters < 0:
            raise ModelFailed("the model's answer is longer than any that could be spoken")
        return text

    def end(self) -> None:
        """The stream is over: the tool calls are complete now, or never will be."""
        calls, self._calls = self._calls, {}
        for number, pieces in enumerate(calls.values(), len(self.tool_calls) + 1):
            self.tool_calls.append(self._call(pieces, number))

    def _call(self, pieces: _Pieces, number: int) -> CalledTool:
        id, name = pieces.id or f"call_{number}", pieces.name
        complete = pieces.closed or self.finish_reason is not None or self.done
        if pieces.whole is not None:
            return CalledTool(id, name, dict(pieces.whole))
        text = "".join(pieces.arguments).strip()
        try:
            arguments = json.loads(text or ("{}" if complete else ""))
        except (ValueError, RecursionError) as error:
            if not complete:
                raise ModelFailed(f"the model broke off while it called {name or 'a tool'}") from None
            return CalledTool(id, name, fault=f"the arguments are no JSON: {error}")
        if not isinstance(arguments, dict):
            return CalledTool(id, name, fault=f"the arguments are no JSON object, but {_kind(arguments)}")
        return CalledTool(id, name, arguments)

    # --- the shapes -----------------------------------------------------------------------------------------

    def _read(self, item: Any) -> str:
        if item is None:
            return ""
        if isinstance(item, ServerEvent):
            return self._server_event(item)
        kind = _get(item, "type")
        if isinstance(_get(item, "choices"), (list, tuple)):
            return self._chat(item)
        if isinstance(kind, str):
            if kind.startswith("response."):
                return self._response(kind, item)
            if kind == "chunk":  # what the streams of `client.chat.completions.stream` wrap chunks in
                return self._read(_get(item, "chunk"))
            if kind == "error":
                raise ModelFailed(_failure(item))
            return self._anthropic(kind, item)
        event_kind = _get(item, "event_kind")
        if isinstance(event_kind, str):
            return self._pydantic(event_kind, item)
        if _get(item, "error") is not None:
            raise ModelFailed(_failure(item))
        raise LocalProtocolError(
            f"a stream of a language model gives texts, or what openai, anthropic or pydantic-ai give; "
            f"{_kind(item)} is none of them"
        )

    def _server_event(self, event: ServerEvent) -> str:
        """An event of the stream itself, with one of the others in it as JSON."""
        if event.data.startswith("[DONE]"):
            self.done = True
        if self.done or not event.data:
            return ""
        try:
            item = json.loads(event.data)
        except (ValueError, RecursionError):
            raise ModelFailed(f"the model's server sent what is no JSON: {event.data[:200]!r}") from None
        if event.event == "error" or not isinstance(item, dict):
            raise ModelFailed(_failure(item))
        return self._read(item)

    def _chat(self, chunk: Any) -> str:
        """A chunk of a chat completion."""
        self._costs(_get(chunk, "usage"), "prompt_tokens", "completion_tokens", "prompt_tokens_details")
        text = ""
        for choice in _get(chunk, "choices"):
            if _get(choice, "index"):
                continue  # another answer to the same question, which nobody can hear at the same time
            delta = _get(choice, "delta")
            text += _text(delta, "content") + _text(delta, "refusal")
            for position, piece in enumerate(_get(delta, "tool_calls") or ()):
                self._chat_tool(piece, position)
            self._stops(_get(choice, "finish_reason"))
        return text

    def _chat_tool(self, piece: Any, position: int) -> None:
        function, id = _get(piece, "function"), _text(piece, "id")
        index = _get(piece, "index")
        key: object = position if index is None else index
        known = self._calls.get(key)
        if known is not None and id and known.id and id != known.id:
            # Some servers number every call 0, and give each of them whole.
            key = id
        self._add(key, id, _text(function, "name"), _get(function, "arguments"))

    def _response(self, kind: str, event: Any) -> str:
        """An event of OpenAI's responses."""
        match kind.removeprefix("response."):
            case "output_text.delta" | "refusal.delta":
                return _text(event, "delta")
            case "output_item.added" | "output_item.done":
                item = _get(event, "item")
                if _get(item, "type") == "function_call":
                    # The pieces between the two are all in the second again.
                    done = kind.endswith("done")
                    arguments = _get(item, "arguments") if done else None
                    id, name = _text(item, "call_id"), _text(item, "name")
                    self._add(_get(event, "output_index"), id, name, arguments, closed=done)
            case "completed" | "incomplete":
                response = _get(event, "response")
                self._costs(_get(response, "usage"), "input_tokens", "output_tokens", "input_tokens_details")
                why = _get(_get(response, "incomplete_details"), "reason")
                self._stops(why or _get(response, "status") or kind.removeprefix("response."))
            case "failed":
                raise ModelFailed(_failure(_get(event, "response")))
        return ""

    def _anthropic(self, kind: str, event: Any) -> str:
        """An event of Anthropic's messages."""
        match kind:
            case "message_start":
                self._costs(_get(_get(event, "message"), "usage"), "input_tokens", "output_tokens")
            case "message_delta":
                self._costs(_get(event, "usage"), "input_tokens", "output_tokens")
                self._stops(_get(_get(event, "delta"), "stop_reason"))
            case "content_block_start":
                block = _get(event, "content_block")
                if _get(block, "type") == "tool_use":
                    given = _get(block, "input") or None
                    self._add(_get(event, "index"), _text(block, "id"), _text(block, "name"), given)
                elif _get(block, "type") == "text":
                    return _text(block, "text")
            case "content_block_delta":
                delta = _get(event, "delta")
                if _get(delta, "type") == "text_delta":
                    return _text(delta, "text")
                # A server's own tools send such pieces too, of a block that is no call of ours.
                if _get(delta, "type") == "input_json_delta" and _get(event, "index") in self._calls:
                    self._add(_get(event, "index"), "", "", _get(delta, "partial_json"))
            case "content_block_stop" if _get(event, "index") in self._calls:
                self._calls[_get(event, "index")].closed = True
        return ""

    def _pydantic(self, kind: str, event: Any) -> str:
        """An event of pydantic-ai. The tools that it runs itself are none that anybody else shall run."""
        part = _get(event, "part")
        match kind:
            case "part_start":
                if _get(part, "part_kind") == "text":
                    return _text(part, "content")
                if _get(part, "part_kind") == "tool-call":
                    id = _text(part, "tool_call_id")
                    # The next step of a run numbers its parts from zero again.
                    self._calls.pop(_get(event, "index"), None)
                    name, arguments = _text(part, "tool_name"), _get(part, "args")
                    self._add(_get(event, "index"), id, name, arguments, closed=True)
            case "part_delta":
                delta = _get(event, "delta")
                if _get(delta, "part_delta_kind") == "text":
                    return _text(delta, "content_delta")
                if _get(delta, "part_delta_kind") == "tool_call":
                    id, name = _text(delta, "tool_call_id"), _text(delta, "tool_name_delta")
                    self._add(_get(event, "index"), id, name, _get(delta, "args_delta"))
            case "function_tool_call" | "output_tool_call":
                for key in [
                    key for key, call in self._calls.items() if call.id == _get(part, "tool_call_id")
                ]:
                    del self._calls[key]
        return ""

    # --- what they have in common ---------------------------------------------------------------------------

    def _add(self, key: object, id: str, name: str, arguments: object, *, closed: bool = False) -> None:
        """A piece of a tool call."""
        pieces = self._calls.get(key)
        if pieces is None:
            if len(self._calls) >= TOOL_CALLS:
                raise ModelFailed(f"the model calls more than {TOOL_CALLS} tools at once")
            pieces = self._calls[key] = _Pieces("", "")
        pieces.id = pieces.id or id
        pieces.name = pieces.name or name
        pieces.closed = pieces.closed or closed
        if isinstance(arguments, Mapping):
            pieces.whole = {**(pieces.whole or {}), **arguments}
            arguments = encode(pieces.whole)
        elif isinstance(arguments, str):
            pieces.arguments.append(arguments)
        else:
            return
        self._argument_characters -= len(arguments)
        if self._argument_characters < 0:
            raise ModelFailed(f"the arguments of the model's call of {pieces.name} are too long to be kept")

    def _stops(self, reason: object) -> None:
        if isinstance(reason, str) and reason:
            self.finish_reason = reason

    def _costs(self, usage: object, given: str, made: str, details: str = "") -> None:
        """Note what was told of the usage; later numbers take the place of earlier ones."""
        if usage is None:
            return
        known = self.usage or Usage()
        cached = _get(_get(usage, details), "cached_tokens") if details else None
        self.usage = Usage(
            _count(_get(usage, given), known.input_tokens),
            _count(_get(usage, made), known.output_tokens),
            _count(cached if details else _get(usage, "cache_read_input_tokens"), known.cached_tokens),
        )


def _get(item: Any, name: str) -> Any:
    """A field of an object or of a dict; None when it is not there."""
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


def _text(item: Any, name: str) -> str:
    value = _get(item, name)
    return value if isinstance(value, str) else ""


def _count(value: object, known: int | None) -> int | None:
    return value if type(value) is int and value >= 0 else known


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"


def _failure(item: Any) -> str:
    """What a server says of its failure."""
    error = _get(item, "error")
    said = error if isinstance(error, str) else _text(error if error is not None else item, "message")
    return f"the model failed: {said[:500]}" if said else "the model failed, and its server does not say why"
