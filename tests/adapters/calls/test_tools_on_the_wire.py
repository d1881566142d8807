"""Tools on a connection as it is, in memory and over sockets: what comes as text or as nothing, and what leaves."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.tools import tool

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


@tool
async def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


def serving() -> App:
    app = App()

    @app.call("/")
    async def serve(call: Call) -> None:
        call.tools("/tool", [add])
        await call.agent(
            llm={"vendor": "openai"}, stt={"vendor": "x"}, tts={"vendor": "x"}, toolHook="/tool"
        ).send()

    return app


async def test_arguments_of_every_kind(dial_anyhow: Any) -> None:
    async with dial_anyhow(serving()) as phone:
        await phone.answered()
        for given, output in (
            ({"arguments": {"a": 1}}, {"result": 2}),
            ({"arguments": '{"a": 2}'}, {"result": 3}),
            ({"args": {"a": 3}}, {"result": 4}),
            ({"arguments": "{"}, "bad arguments: the arguments cannot be read"),
            ({"arguments": [1]}, "bad arguments: the arguments must be an object, not list"),
            ({}, "bad arguments: Object missing required field `a`"),
        ):
            id = f"t{output}"
            phone.say("agent:tool-call", {"tool_call_id": id, "name": "add", **given}, hook="/tool")
            answer = await phone.command("llm:tool-output")
            assert answer["tool_call_id"] == id
            if isinstance(output, str):
                assert answer["data"]["is_error"] is True
                assert answer["data"]["result"].startswith(output)
            else:
                assert answer["data"] == output


async def test_what_has_no_id_or_no_name_ends_no_call(dial: Any) -> None:
    async with dial(serving()) as phone:
        await phone.answered()
        phone.say("agent:tool-call", {"name": "add", "arguments": {"a": 1}}, hook="/tool")
        phone.say("agent:tool-call", {"tool_call_id": 7, "name": "add"}, hook="/tool")
        await phone.silence()
        phone.say("agent:tool-call", {"tool_call_id": "t1", "name": None}, hook="/tool")
        answer = await phone.command("llm:tool-output")
        assert answer["data"] == {"result": "there is no tool ", "is_error": True}


async def test_a_flood_of_tool_calls_is_bounded_by_name_and_the_call_goes_on(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answered: list[str] = []

    async with dial(serving()) as phone:
        # What would answer the tools waits behind the first answer, until that is known to be read.
        phone.transport.connection.hold_pongs()
        await phone.answered()
        for number in range(1000):
            name = "add" if number % 2 else "other"
            phone.say(
                "agent:tool-call",
                {"tool_call_id": f"t{number}", "name": name, "arguments": {"a": number}},
                hook="/tool",
            )
        phone.say("agent:event", {"type": "the end of the flood"}, hook="/event")
        await anyio.wait_all_tasks_blocked()
        phone.transport.connection.hold_pongs(False)
        with anyio.move_on_after(2):
            while True:
                answered.append((await phone.command("llm:tool-output"))["tool_call_id"])
        assert len(set(answered)) == len(answered) >= 64
        phone.say(
            "agent:tool-call", {"tool_call_id": "last", "name": "add", "arguments": {"a": 1}}, hook="/tool"
        )
        answer = await phone.command("llm:tool-output")
        assert (answer["tool_call_id"], answer["data"]) == ("last", {"result": 2})
    assert "is not run: too many" in caplog.text
