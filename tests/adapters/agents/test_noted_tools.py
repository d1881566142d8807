"""Tools of the verb `agent`, noted in a conversation: their calls, their outputs, and what was interrupted."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from tests.vendor_rules import check_anthropic, check_chat, check_responses

from jambonz_anyio import App, Call
from jambonz_anyio.agents import Conversation, noted_tools
from jambonz_anyio.testing import dial
from jambonz_anyio.tools import Steer, ToolError, tool
from jambonz_core.call import ToolCallSettled

pytestmark = pytest.mark.usefixtures("virtual_time")


@tool
async def whose(order: int, call: Call) -> str:
    """Tell whose order it is."""
    return f"{order} of {call.from_}"


@tool
def refuse() -> None:
    """Refuse."""
    raise ToolError("not today")


@tool(seconds=1, on_interrupt="cancel")
async def hang() -> None:
    """Never end."""
    await anyio.sleep_forever()


@tool
def connect(call: Call) -> Any:
    """Connect the caller."""
    return Steer("connecting", call.say(text="A human takes over."))


async def test_calls_and_outputs_are_in_the_conversation() -> None:
    app, conversation = App(), Conversation("Be kind.")
    settled: list[tuple[str, str, str]] = []

    @app.call("/")
    async def main(call: Call) -> None:
        call.tools("/tool", noted_tools(call, conversation, [whose, refuse, hang, connect]))

        async def note() -> None:
            async for event in call.events():
                conversation.agent_event(event)
                if isinstance(event, ToolCallSettled):
                    settled.append((event.name, event.hook, event.by))

        call.start_soon(note)
        llm = {"vendor": "openai", "model": "m", "llmOptions": {}}
        stt, tts = {"vendor": "deepgram"}, {"vendor": "elevenlabs"}
        await call.agent(stt=stt, tts=tts, llm=llm, toolHook="/tool", eventHook="/event").send()

    async with dial(app, from_="+4930123") as phone:
        await phone.says("Whose is order seven?")
        assert (await phone.model.calls("whose", order=7)).value == "7 of +4930123"
        assert (await phone.model.calls("whose", order="seven")).is_error
        assert (await phone.model.calls("refuse")).is_error
        assert (await phone.model.calls("hang")).is_error
        await phone.model.replies("It is yours.")
        await phone.hears("It is yours.")
        await phone.model.calls("connect")
        await phone.hears("A human takes over.")
    # Each once, though one tool runs the other.
    assert [(name, by) for name, _, by in settled] == [
        *[("whose", "value"), ("whose", "error"), ("refuse", "error"), ("hang", "time-out")],
        ("connect", "value"),
    ]
    assert {hook for _, hook, _ in settled} == {"/tool"}
    messages = conversation.openai_chat()
    assert [message["content"] for message in messages if message["role"] == "tool"] == [
        "7 of +4930123",
        "Error: not today",
        "Error: hang was stopped before it had an output",
        "connecting",
    ]
    assert {"role": "user", "content": "Whose is order seven?"} in messages
    assert {"role": "assistant", "content": "It is yours."}.items() <= messages[-2].items()
    check_chat(messages)
    check_responses(conversation.openai_responses())
    check_anthropic(conversation.anthropic())
