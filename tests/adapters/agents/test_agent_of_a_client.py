"""A voice agent with the real client of OpenAI, over real connections: words, a tool, and an interruption."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.agents import Conversation, Turn, VoiceAgent
from jambonz_anyio.testing import HURRIED, dial
from jambonz_anyio.tools import tool
from jambonz_core.tools import declared_for

from .model_server import DONE, ModelServer, Step, chat_chunk, chat_tool, serving, sse
from .test_texts_of_clients import left_by_the_client, openai_client

pytestmark = [pytest.mark.anyio, pytest.mark.real_time, left_by_the_client]


async def test_an_agent_of_openai() -> None:
    @tool
    def opening_hours(day: str) -> str:
        """Tell the opening hours of a day."""
        return f"{day}: two to six"

    wanted = chat_tool(0, '{"day": "Sunday"}', "call_a", "opening_hours")
    scripts: list[list[Step]] = [
        [sse(wanted, chat_chunk("tool_calls")) + DONE],
        [sse(chat_chunk(content="From two to six. Would you like ")), anyio.Event()],
        [sse(chat_chunk(content="Good bye."), chat_chunk("stop")) + DONE],
    ]
    turns: list[Turn] = []
    app = App()
    async with serving(ModelServer(*scripts)) as server, openai_client(server.url) as client:

        def model(conversation: Conversation, tools: Any) -> Any:
            declared: Any = declared_for("openai-chat", tools)
            messages: Any = conversation.openai_chat()
            return client.chat.completions.create(model="m", messages=messages, tools=declared, stream=True)

        agent = VoiceAgent("Be kind.", model, [opening_hours], greeting="Hello!", on_turn=turns.append)

        @app.call("/")
        async def main(call: Call) -> None:
            await agent.run(call)

        async with dial(app, options=HURRIED) as phone:
            await phone.hears("Hello!")
            await phone.says("Are you open on Sunday?", pause=0.05)
            await phone.hears("From two to six.")
            assert not server.cancelled.is_set()
            await phone.speaks_anyway("Thank you.")
            with anyio.fail_after(5):
                await server.cancelled.wait()
            await phone.hears("Good bye.")
    first, second, third = server.requests
    assert first["tools"][0]["function"]["name"] == "opening_hours"
    assert second["messages"][-1] == {
        "role": "tool",
        "tool_call_id": "call_a",
        "content": "Sunday: two to six",
    }
    assert [message["role"] for message in third["messages"]][-3:] == ["assistant", "system", "user"]
    assert turns[0].interrupted
