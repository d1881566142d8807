"""An echo written with the official Python SDK, and a model with tools at `/tools`; the test kit calls them over
real sockets. Arguments: the port.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from jambonz_sdk.websocket import create_endpoint


async def main(port: int) -> None:
    make_service, runner = await create_endpoint(host="127.0.0.1", port=port)
    service = make_service(path="/")

    async def on_session(session: Any) -> None:
        async def on_echo(event: dict[str, Any]) -> None:
            if event.get("reason") == "speechDetected":
                heard = event["speech"]["alternatives"][0]["transcript"]
                session.say(text=f"You said: {heard}")
                session.gather(input=["speech", "digits"], numDigits=1, actionHook="/echo", timeout=15)
            else:
                session.say(text="Goodbye.").hangup()
            await session.reply()

        session.on("/echo", on_echo)
        session.gather(
            input=["speech", "digits"],
            numDigits=1,
            actionHook="/echo",
            timeout=15,
            say={"text": "Please say something."},
        )
        await session.send()

    async def on_model(session: Any) -> None:
        outputs = {"weather": {"celsius": -3}, "time": "noon"}

        async def on_tool(event: dict[str, Any]) -> None:
            await session.tool_output(event["tool_call_id"], outputs[event["name"]])

        session.on("llm:tool-call", on_tool)
        session.llm(
            vendor="openai",
            model="gpt-realtime",
            auth={"apiKey": "key"},
            llmOptions={"response_create": {}},
            toolHook="/tool",
        )
        await session.send()

    service.on("session:new", on_session)
    make_service(path="/tools").on("session:new", on_model)
    print("listening", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


asyncio.run(main(int(sys.argv[1])))
