"""Tools that a model calls on a call: each tool call gets one answer, whatever the tool does."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import anyio
import pytest

from jambonz_anyio import App, Call, LocalProtocolError
from jambonz_anyio.testing import Checks, Phone, dial
from jambonz_anyio.tools import Steer, Tool, ToolError, register_tools, tool

pytestmark = pytest.mark.usefixtures("virtual_time")

AGENT: dict[str, Any] = {
    "verb": "agent",
    "stt": {"vendor": "deepgram"},
    "tts": {"vendor": "elevenlabs"},
    "llm": {"vendor": "openai", "model": "gpt-4o", "llmOptions": {}},
    "toolHook": "/tool",
    "actionHook": "/done",
}


@tool
async def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


@asynccontextmanager
async def talking(
    *tools: Any,
    prepare: Callable[[Call], object] | None = None,
    verb: Any = None,
    fails: bool = False,
    **app: Any,
) -> AsyncIterator[Phone]:
    """A call with a model that has these tools."""
    served = App(**app)

    @served.call("/")
    async def handler(call: Call) -> None:
        if tools:
            call.tools("/tool", tools)
        if prepare is not None:
            prepare(call)
        await call.send([verb or AGENT])

    checks = Checks(app_errors="ignore" if fails else "fail")
    async with dial(served, "/", checks=checks) as phone:
        yield phone


async def test_what_a_tool_returns_is_what_the_model_gets() -> None:
    async with talking(add) as phone:
        assert (await phone.model.calls("add", {"a": 3})).data == {"result": 4}
        assert (await phone.model.calls("add", {"a": "3", "b": 4})).data == {"result": 7}


async def test_a_plain_function_is_a_tool_and_may_block() -> None:
    def lookup(key: str) -> dict[str, str]:
        return {"found": key}

    async with talking(lookup) as phone:
        assert (await phone.model.calls("lookup", {"key": "k"})).data == {"found": "k"}


async def test_the_call_goes_where_it_is_asked_for() -> None:
    @tool
    async def caller(call: Call) -> str:
        """Tell who calls."""
        return call.from_

    assert caller.parameters["properties"] == {}
    async with talking(caller) as phone:
        assert (await phone.model.calls("caller")).data == {"result": "+15551230001"}


async def test_what_goes_wrong_is_an_error_for_the_model(caplog: pytest.LogCaptureFixture) -> None:
    @tool
    async def breaks() -> str:
        raise RuntimeError("a secret")

    @tool
    async def refuses() -> str:
        raise ToolError("no such city")

    @tool
    async def strange() -> object:
        return object()

    async with talking(add, breaks, refuses, strange, fails=True) as phone:
        bad = (await phone.model.calls("add", {"a": "x"})).data
        assert bad == {"result": "bad arguments: Expected `int`, got `str` - at `$.a`", "is_error": True}
        assert (await phone.model.calls("breaks")).data == {
            "result": "the tool breaks has failed",
            "is_error": True,
        }
        assert (await phone.model.calls("refuses")).data == {"result": "no such city", "is_error": True}
        assert (await phone.model.calls("strange")).data["is_error"]
        assert (await phone.model.calls("other")).data == {
            "result": "there is no tool other",
            "is_error": True,
        }
        assert "a secret" in caplog.text
        # The call goes on.
        assert (await phone.model.calls("add", {"a": 1})).data == {"result": 2}


async def test_a_tool_that_never_returns_times_out() -> None:
    ended: list[str] = []

    @tool
    async def never() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("cancelled")

    async with talking(never) as phone:
        began = anyio.current_time()
        late = (await phone.model.calls("never", timeout=20)).data
        assert late == {"result": "the tool has not answered in time", "is_error": True}
        assert anyio.current_time() - began == pytest.approx(10, abs=0.1)
    assert ended == ["cancelled"]


async def test_names_that_repeat_are_refused_where_they_are_registered() -> None:
    problems: list[str] = []

    def prepare(call: Call) -> None:
        for tools in ([add], [Tool(lambda: 1, name="x"), Tool(lambda: 2, name="x")], "add", [3]):
            try:
                call.tools("/tool", tools)
            except LocalProtocolError as error:
                problems.append(str(error))

    async with talking(add, prepare=prepare) as phone:
        assert (await phone.model.calls("add", {"a": 1})).data == {"result": 2}
    assert problems == [
        "/tool has a tool of the name add already; update_tools() exchanges them",
        "there are two tools of the name x",
        "tools are given as a list, not as str",
        "a tool is a function, a Tool, or an object with schema and execute, not int",
    ]


async def test_a_tool_may_steer_the_call() -> None:
    @tool
    def goodbye() -> Steer:
        """Say goodbye."""
        return Steer("said", [{"verb": "say", "text": "Bye then."}, {"verb": "hangup"}])

    async with talking(goodbye) as phone:
        assert (await phone.model.calls("goodbye")).data == {"result": "said"}
        await phone.hears("Bye then.")


async def test_a_filler_is_said_when_a_tool_takes_longer_than_a_second() -> None:
    @tool(filler="One moment.")
    async def slow(seconds: float) -> str:
        await anyio.sleep(seconds)
        return "done"

    async with talking(slow) as phone:
        assert (await phone.model.calls("slow", {"seconds": 0.5})).data == {"result": "done"}
        assert (await phone.model.calls("slow", {"seconds": 3})).data == {"result": "done"}
        await phone.hears("One moment.")


async def test_the_known_form_of_registering() -> None:
    class Weather:
        schema: ClassVar[dict[str, Any]] = {
            "name": "weather",
            "description": "Tell the weather.",
            "parameters": {
                "type": "object",
                "required": ["city"],
                "properties": {"city": {"type": "string"}},
            },
        }

        async def execute(self, arguments: dict[str, Any]) -> str:
            return f"sunny in {arguments['city']}"

    def prepare(call: Call) -> None:
        register_tools(call, "/tool", [Weather(), add], logger=logging.getLogger("mine"))

    async with talking(prepare=prepare) as phone:
        assert (await phone.model.calls("weather", {"city": "Oslo"})).data == {"result": "sunny in Oslo"}
        missing = (await phone.model.calls("weather")).data
        assert missing == {"result": "bad arguments: 'city' is a required property", "is_error": True}


@pytest.mark.anyio
@pytest.mark.real_time
async def test_a_plain_function_may_return_a_coroutine() -> None:
    async def looks_up(order_id: str) -> str:
        return f"shipped {order_id}"

    def get_order(order_id: str) -> object:
        """Look up an order."""
        return looks_up(order_id)

    assert (await tool(get_order).run({"order_id": "7"})).output == "shipped 7"
