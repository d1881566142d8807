"""A server of language models for tests, on the loopback interface: it sends what it is told, and sees who hangs up."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import SocketAttribute, SocketStream

Step = bytes | anyio.Event
"""What is sent at once, or what is waited for."""


class ModelServer:
    """What it was asked, and what became of its answers."""

    def __init__(self, *scripts: Sequence[Step], status: int = 200, cut: bool = False) -> None:
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        """The bodies of the requests."""
        self.asked = anyio.Event()
        self.cancelled = anyio.Event()
        """Set when a client hangs up before its answer is complete."""
        self.answered = 0
        """Answers that were read to their end."""
        self.scripts: list[Sequence[Step]] = list(scripts)
        """What it answers to each request; the last one to all that follow."""
        self._status = status
        self._cut = cut

    async def serve(self, stream: SocketStream) -> None:
        """One request of one connection."""
        async with stream:
            head, body = b"", b""
            while b"\r\n\r\n" not in head:
                head += await stream.receive()
            head, _, body = head.partition(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            while len(body) < length:
                body += await stream.receive()
            self.requests.append(json.loads(body))
            self.asked.set()
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._watch, stream, tasks.cancel_scope)
                await stream.send(
                    b"HTTP/1.1 %d Said\r\ncontent-type: text/event-stream\r\n"
                    b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n" % self._status
                )
                for step in script:
                    if isinstance(step, anyio.Event):
                        await step.wait()
                    elif step:
                        await stream.send(b"%x\r\n%s\r\n" % (len(step), step))
                if not self._cut:
                    await stream.send(b"0\r\n\r\n")
                self.answered += 1
                tasks.cancel_scope.cancel()

    async def _watch(self, stream: SocketStream, scope: anyio.CancelScope) -> None:
        try:
            await stream.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            pass
        self.cancelled.set()
        scope.cancel()


@asynccontextmanager
async def serving(server: ModelServer) -> AsyncIterator[ModelServer]:
    """Serve on a port of its own while the block runs."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    failure: BaseException | None = None
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, server.serve)
        server.url = f"http://127.0.0.1:{listener.extra(SocketAttribute.local_port)}"
        try:
            yield server
        except BaseException as error:  # which a group would wrap
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure


def sse(*items: dict[str, Any], named: bool = False) -> bytes:
    """These items as server-sent events; with names, as OpenAI's responses and Anthropic have them."""
    lines = (
        (f"event: {item['type']}\n" if named else "") + f"data: {json.dumps(item, ensure_ascii=False)}\n\n"
        for item in items
    )
    return "".join(lines).encode()


def chat_chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """A chunk of a chat completion."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def chat_tool(index: int, arguments: str, id: str | None = None, name: str | None = None) -> dict[str, Any]:
    """A chunk with a piece of a tool call."""
    function = {"arguments": arguments, **({"name": name} if name else {})}
    piece = {"index": index, "function": function, **({"id": id, "type": "function"} if id else {})}
    return chat_chunk(tool_calls=[piece])


CHAT_COSTS = {
    **chat_chunk(),
    "choices": [],
    "usage": {
        "prompt_tokens": 20,
        "completion_tokens": 7,
        "total_tokens": 27,
        "prompt_tokens_details": {"cached_tokens": 16},
    },
}
DONE = b"data: [DONE]\n\n"

TEXT = ["Guten Morgen, ", "schöne ", "Grüße! 🥐"]
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("call_a", "opening_hours", {"day": "Sunday"}),
    ("call_b", "order", {"what": "Brötchen", "count": 6}),
]

CHAT = (
    sse(
        chat_chunk(role="assistant", content=""),
        *[chat_chunk(content=text) for text in TEXT],
        chat_tool(0, "", "call_a", "opening_hours"),
        chat_tool(0, '{"day": "Sun'),
        chat_tool(1, '{"what": "Brötchen",', "call_b", "order"),
        chat_tool(0, 'day"}'),
        chat_tool(1, ' "count": 6}'),
        chat_chunk("tool_calls"),
        CHAT_COSTS,
    )
    + DONE
)


def responses_call(index: int, id: str, name: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a function call, in the form of OpenAI's responses."""
    text = json.dumps(arguments)
    item = {"type": "function_call", "id": f"fc_{index}", "call_id": id, "name": name}
    place = {"output_index": index, "item_id": f"fc_{index}", "sequence_number": 0}
    return [
        {
            "type": "response.output_item.added",
            **place,
            "item": {**item, "arguments": "", "status": "in_progress"},
        },
        {"type": "response.function_call_arguments.delta", **place, "delta": text[:5]},
        {"type": "response.function_call_arguments.delta", **place, "delta": text[5:]},
        {"type": "response.function_call_arguments.done", **place, "arguments": text, "name": name},
        {
            "type": "response.output_item.done",
            **place,
            "item": {**item, "arguments": text, "status": "completed"},
        },
    ]


def response(status: str, **more: Any) -> dict[str, Any]:
    """The whole of a response, as its first and last events repeat it."""
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "model": "m", "output": [], "status": status,
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], **more,
    }  # fmt: skip


RESPONSES_COSTS = {
    "input_tokens": 20,
    "input_tokens_details": {"cached_tokens": 16},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 27,
}
MESSAGE_PLACE = {"output_index": 0, "content_index": 0, "item_id": "msg_1", "sequence_number": 0}
MESSAGE_ITEM = {"type": "message", "id": "msg_1", "role": "assistant", "status": "in_progress", "content": []}
TEXT_PART = {"type": "output_text", "text": "", "annotations": []}
MESSAGE_DONE = {**MESSAGE_ITEM, "status": "completed", "content": [{**TEXT_PART, "text": "".join(TEXT)}]}

RESPONSES = sse(
    {"type": "response.created", "response": response("in_progress"), "sequence_number": 0},
    {"type": "response.output_item.added", "output_index": 0, "item": MESSAGE_ITEM, "sequence_number": 1},
    {"type": "response.content_part.added", **MESSAGE_PLACE, "part": TEXT_PART},
    *[
        {"type": "response.output_text.delta", **MESSAGE_PLACE, "delta": text, "logprobs": []}
        for text in TEXT
    ],
    {"type": "response.output_text.done", **MESSAGE_PLACE, "text": "".join(TEXT), "logprobs": []},
    {"type": "response.output_item.done", "output_index": 0, "item": MESSAGE_DONE, "sequence_number": 1},
    *responses_call(1, *CALLS[0]),
    *responses_call(2, *CALLS[1]),
    {
        "type": "response.completed",
        "response": response("completed", usage=RESPONSES_COSTS),
        "sequence_number": 9,
    },
    named=True,
)


def anthropic_call(index: int, id: str, name: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a tool's use, in the form of Anthropic's messages."""
    text = json.dumps(arguments)
    block = {"type": "tool_use", "id": id, "name": name, "input": {}}
    pieces = ["", text[:4], text[4:]]
    return [
        {"type": "content_block_start", "index": index, "content_block": block},
        *[
            {"type": "content_block_delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": piece}}
            for piece in pieces
        ],
        {"type": "content_block_stop", "index": index},
    ]  # fmt: skip


MESSAGE_START = {
    "type": "message_start",
    "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m",
        "stop_reason": None, "stop_sequence": None,
        "usage": {"input_tokens": 20, "output_tokens": 1, "cache_read_input_tokens": 16},
    },
}  # fmt: skip

ANTHROPIC_TEXT = [
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
    for text in TEXT
]

ANTHROPIC = sse(
    MESSAGE_START,
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    *ANTHROPIC_TEXT,
    {"type": "content_block_stop", "index": 0},
    *anthropic_call(1, *CALLS[0]),
    *anthropic_call(2, *CALLS[1]),
    {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 7},
    },
    {"type": "message_stop"},
    named=True,
)
