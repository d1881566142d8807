"""What models answer, item by item, in each of the shapes, with what vendors do that their documents do not say."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from jambonz_core.agents.model_answers import AnswerReader, CalledTool, Usage
from jambonz_core.agents.sse import ServerEvent
from jambonz_core.wire.errors import LocalProtocolError, ModelFailed


def read(*items: Any, **limits: Any) -> tuple[str, AnswerReader]:
    reader = AnswerReader(**limits)
    text = "".join([reader.take(item) for item in items])
    reader.end()
    return text, reader


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def tool(arguments: Any, *, index: Any = 0, id: str | None = None, name: str | None = None) -> dict[str, Any]:
    return chunk(tool_calls=[{"index": index, "id": id, "function": {"name": name, "arguments": arguments}}])


def objects(value: Any) -> Any:
    """The same with attributes, as clients give it."""
    if isinstance(value, dict):
        return SimpleNamespace(**{key: objects(item) for key, item in value.items()})
    return [objects(item) for item in value] if isinstance(value, list) else value


class TestChat:
    @pytest.mark.parametrize("form", [lambda item: item, objects])
    def test_text_tools_and_the_end(self, form: Any) -> None:
        items = [
            chunk(role="assistant"),
            chunk(content="One "),
            chunk(content=None, refusal="moment."),
            tool("", id="a", name="f"),
            tool('{"x"', index=1, id="b", name="g"),
            tool('{"y": 2}'),
            tool(": 1}", index=1),
            chunk("tool_calls"),
            {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
        ]
        text, reader = read(*[form(item) for item in items])
        assert text == "One moment."
        assert reader.tool_calls == [CalledTool("a", "f", {"y": 2}), CalledTool("b", "g", {"x": 1})]
        assert (reader.finish_reason, reader.usage) == ("tool_calls", Usage(3, 4, None))

    def test_another_choice_is_not_spoken(self) -> None:
        text, _ = read(
            {"choices": [{"index": 1, "delta": {"content": "two"}}, {"delta": {"content": "one"}}]}
        )
        assert text == "one"

    def test_calls_of_servers_that_number_all_of_them_zero(self) -> None:
        _, reader = read(
            tool('{"x": 1}', id="a", name="f"), tool('{"y": 2}', id="b", name="f"), chunk("stop")
        )
        assert reader.tool_calls == [CalledTool("a", "f", {"x": 1}), CalledTool("b", "f", {"y": 2})]

    def test_calls_of_servers_that_do_not_number_them_nor_give_ids(self) -> None:
        one = {"function": {"name": "f", "arguments": {"x": 1}}}
        _, reader = read(chunk(tool_calls=[one, one]), chunk("stop"))
        assert reader.tool_calls == [CalledTool("call_1", "f", {"x": 1}), CalledTool("call_2", "f", {"x": 1})]

    def test_a_chunk_in_an_event_of_the_client(self) -> None:
        assert read({"type": "chunk", "chunk": chunk(content="x")})[0] == "x"
        assert read({"type": "content.delta", "delta": "x"})[0] == ""

    def test_no_arguments_are_an_empty_object(self) -> None:
        assert read(tool("", id="a", name="f"), chunk("stop"))[1].tool_calls == [CalledTool("a", "f")]

    @pytest.mark.parametrize("arguments", ["", '{"x": ', "{"])
    def test_a_call_that_breaks_off(self, arguments: str) -> None:
        with pytest.raises(ModelFailed, match="broke off while it called f"):
            read(tool(arguments, id="a", name="f"))

    def test_a_call_that_breaks_off_before_its_name(self) -> None:
        with pytest.raises(ModelFailed, match="broke off while it called a tool"):
            read(tool(""))

    @pytest.mark.parametrize(
        ("arguments", "fault"),
        [('{"x": ', "no JSON"), ("[1]", "no JSON object, but a list"), ("[" * 100_000, "no JSON")],
    )
    def test_arguments_that_cannot_be_used(self, arguments: str, fault: str) -> None:
        _, reader = read(tool(arguments, id="a", name="f"), chunk("tool_calls"))
        [call] = reader.tool_calls
        assert fault in call.fault
        assert call.arguments == {}

    def test_too_many_calls(self) -> None:
        with pytest.raises(ModelFailed, match="more than 128 tools"):
            read(*[tool("{}", index=index, id=str(index)) for index in range(129)])

    @pytest.mark.parametrize("piece", ["x" * 60, {"x": "x" * 60}])
    def test_arguments_without_end(self, piece: Any) -> None:
        with pytest.raises(ModelFailed, match="too long to be kept"):
            read(tool(piece, name="f"), tool(piece), argument_characters=100)

    def test_an_answer_without_end(self) -> None:
        with pytest.raises(ModelFailed, match="longer than any"):
            read(*["x" * 60] * 2, answer_characters=100)

    def test_costs_that_are_no_numbers_are_not_told(self) -> None:
        usage = {"prompt_tokens": "3", "completion_tokens": -1, "prompt_tokens_details": {"cached_tokens": 2}}
        assert read({"choices": [], "usage": usage})[1].usage == Usage(None, None, 2)


class TestServerEvents:
    def test_items_in_events(self) -> None:
        text, reader = read(
            ServerEvent(json.dumps(chunk(content="x"))),
            ServerEvent(""),
            ServerEvent("[DONE]"),
            ServerEvent("?"),
        )
        assert (text, reader.done) == ("x", True)

    def test_done_completes_a_call(self) -> None:
        _, reader = read(tool("", id="a", name="f"), ServerEvent("[DONE]"))
        assert reader.tool_calls == [CalledTool("a", "f")]

    @pytest.mark.parametrize(
        ("event", "message"),
        [
            (ServerEvent("<html>"), "no JSON: '<html>'"),
            (ServerEvent("[" * 100_000), "no JSON"),
            (ServerEvent('{"error": {"message": "busy"}}'), "the model failed: busy"),
            (ServerEvent('{"error": "busy"}'), "the model failed: busy"),
            (ServerEvent('{"message": "busy"}', "error"), "the model failed: busy"),
            (ServerEvent("[1]"), "does not say why"),
            (ServerEvent('{"type": "error", "error": {}}'), "does not say why"),
        ],
    )
    def test_failures(self, event: ServerEvent, message: str) -> None:
        with pytest.raises(ModelFailed, match=message):
            read(event)


def added(item: dict[str, Any], index: int = 0, how: str = "added") -> dict[str, Any]:
    return {"type": f"response.output_item.{how}", "output_index": index, "item": item}


CALL = {"type": "function_call", "call_id": "a", "name": "f"}


class TestResponses:
    def test_text_and_the_end(self) -> None:
        text, reader = read(
            {"type": "response.created"},
            added({"type": "message"}),
            {"type": "response.output_text.delta", "delta": "No"},
            {"type": "response.refusal.delta", "delta": "."},
            {
                "type": "response.incomplete",
                "response": {"incomplete_details": {"reason": "max_output_tokens"}},
            },
        )
        assert (text, reader.finish_reason, reader.usage) == ("No.", "max_output_tokens", None)

    def test_calls_come_whole_and_in_the_order_of_their_beginning(self) -> None:
        _, reader = read(
            added({**CALL, "arguments": ""}, 1),
            added({**CALL, "call_id": "b", "name": "g", "arguments": ""}, 2),
            {"type": "response.function_call_arguments.delta", "output_index": 2, "delta": "{"},
            added({**CALL, "call_id": "b", "name": "g", "arguments": "{}"}, 2, "done"),
            added({**CALL, "arguments": '{"x": 1}'}, 1, "done"),
            {"type": "response.completed", "response": {"status": "completed"}},
        )
        assert reader.tool_calls == [CalledTool("a", "f", {"x": 1}), CalledTool("b", "g")]
        assert reader.finish_reason == "completed"

    def test_a_status_that_is_not_told(self) -> None:
        assert read({"type": "response.completed"})[1].finish_reason == "completed"

    def test_a_call_that_breaks_off(self) -> None:
        with pytest.raises(ModelFailed, match="broke off"):
            read(added({**CALL, "arguments": ""}))

    def test_a_failure(self) -> None:
        with pytest.raises(ModelFailed, match="the model failed: busy"):
            read({"type": "response.failed", "response": {"error": {"message": "busy"}}})


def block(kind: str, index: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": f"content_block_{kind}", "index": index, **more}


class TestAnthropic:
    def test_text_tools_and_the_end(self) -> None:
        usage = {"input_tokens": 3, "output_tokens": 1, "cache_read_input_tokens": 2}
        text, reader = read(
            {"type": "message_start", "message": {"usage": usage}},
            {"type": "ping"},
            block("start", content_block={"type": "text", "text": "O"}),
            block("delta", delta={"type": "text_delta", "text": "ne"}),
            block("delta", delta={"type": "citations_delta"}),
            block("stop"),
            block("start", 1, content_block={"type": "tool_use", "id": "a", "name": "f", "input": {}}),
            block("delta", 1, delta={"type": "input_json_delta", "partial_json": '{"x": 1}'}),
            block("stop", 1),
            block("start", 2, content_block={"type": "tool_use", "id": "b", "name": "g", "input": {"y": 2}}),
            block("stop", 2),
            block("start", 3, content_block={"type": "server_tool_use", "id": "c", "name": "search"}),
            block("delta", 3, delta={"type": "input_json_delta", "partial_json": "{"}),
            block("stop", 3),
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 7}},
            {"type": "message_stop"},
        )
        assert text == "One"
        assert reader.tool_calls == [CalledTool("a", "f", {"x": 1}), CalledTool("b", "g", {"y": 2})]
        assert (reader.finish_reason, reader.usage) == ("tool_use", Usage(3, 7, 2))

    def test_a_call_that_breaks_off(self) -> None:
        with pytest.raises(ModelFailed, match="broke off"):
            read(block("start", content_block={"type": "tool_use", "id": "a", "name": "f", "input": {}}))


def part(kind: str, index: int = 0, **more: Any) -> SimpleNamespace:
    return objects({"event_kind": kind, "index": index, **more})  # type: ignore[no-any-return]


def starts(id: str, args: Any, index: int = 1) -> SimpleNamespace:
    return part(
        "part_start",
        index,
        part={"part_kind": "tool-call", "tool_call_id": id, "tool_name": "f", "args": args},
    )


class TestPydanticAi:
    def test_text_and_tools(self) -> None:
        text, reader = read(
            part("part_start", part={"part_kind": "text", "content": "O"}),
            part("part_delta", delta={"part_delta_kind": "text", "content_delta": "ne"}),
            part("part_start", part={"part_kind": "thinking", "content": "Hm"}),
            part("part_delta", delta={"part_delta_kind": "thinking", "content_delta": "…"}),
            starts("a", '{"x"'),
            part("part_delta", 1, delta={"part_delta_kind": "tool_call", "args_delta": ": 1}"}),
            SimpleNamespace(event_kind="part_start", index=2, part=SimpleNamespace(
                part_kind="tool-call", tool_call_id="b", tool_name="g", args={"y": 2})),
            part("final_result"),
        )  # fmt: skip
        assert text == "One"
        assert reader.tool_calls == [CalledTool("a", "f", {"x": 1}), CalledTool("b", "g", {"y": 2})]

    def test_tools_that_it_runs_itself_are_not_wanted(self) -> None:
        _, reader = read(
            starts("a", "{}"),
            part("function_tool_call", part={"tool_call_id": "a"}),
            part("function_tool_result"),
            starts("b", "{}"),
        )
        assert reader.tool_calls == [CalledTool("b", "f")]

    def test_the_next_step_numbers_its_parts_anew(self) -> None:
        assert read(starts("a", "{"), starts("b", "{}"))[1].tool_calls == [CalledTool("b", "f")]


class TestOtherThings:
    def test_text_is_text_and_nothing_is_nothing(self) -> None:
        assert read("One ", None, "two")[0] == "One two"

    @pytest.mark.parametrize("item", [7, b"bytes", [], {}, {"choices": 3}, object()])
    def test_what_is_no_stream_of_a_model(self, item: Any) -> None:
        with pytest.raises(LocalProtocolError, match="gives texts, or what openai"):
            read(item)

    def test_an_error_without_anything_else(self) -> None:
        with pytest.raises(ModelFailed, match="the model failed: busy"):
            read({"error": {"message": "busy"}})
