"""What is said on a call is in no log, unless that is asked for; and nobody can fill a log."""

from __future__ import annotations

import json
import logging
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, AudioStream, Call, CallLimits
from jambonz_anyio._net.memory import open_memory_websocket
from jambonz_core.wire.limits import AUDIO_SUBPROTOCOL

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


async def converse(app: App, dial_anyhow: Any, caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """The lines that are logged while a caller says something to an app that answers it."""

    @app.call("/")
    async def greet(call: Call) -> None:
        heard = await call.say(text="the greeting").gather(input=["speech"]).result()
        await call.say(text=f"the answer to {heard.transcript}").done()

    with caplog.at_level(logging.DEBUG, "jambonz_anyio"):
        async with dial_anyhow(app) as phone:
            verbs = await phone.answered()
            hook = next(verb["actionHook"] for verb in verbs if verb["verb"] == "gather")
            phone.hook(
                hook,
                {
                    "reason": "speechDetected",
                    "speech": {"is_final": True, "alternatives": [{"transcript": "the secret"}]},
                },
            )
            await phone.next()
            await phone.hang_up()
            await phone.wait_closed()
    return [(record.getMessage(), getattr(record, "call_sid", "")) for record in caplog.records]


async def test_nothing_that_is_said_is_logged(dial_anyhow: Any, caplog: pytest.LogCaptureFixture) -> None:
    lines = await converse(App(), dial_anyhow, caplog)
    assert not [line for line, _ in lines if "the " in line and ("secret" in line or "greeting" in line)]


async def test_messages_are_logged_where_that_is_asked_for(
    dial_anyhow: Any, caplog: pytest.LogCaptureFixture
) -> None:
    lines = await converse(App(log_content=True), dial_anyhow, caplog)
    said = [(line, call_sid) for line, call_sid in lines if " received " in line or " sent " in line]
    assert "session:new" in said[0][0]
    assert any("sent" in line and "the greeting" in line for line, _ in said)
    assert any("received" in line and "the secret" in line for line, _ in said)
    assert {call_sid for _, call_sid in said} == {"call-1"}


async def test_above_debug_they_are_not(dial: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = App(log_content=True)

    @app.call("/")
    async def greet(call: Call) -> None:
        await call.say(text="the greeting").send()

    with caplog.at_level(logging.INFO, "jambonz_anyio"):
        async with dial(app) as phone:
            await phone.answered()
            await phone.hang_up()
            await phone.wait_closed()
    assert "greeting" not in caplog.text


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("no JSON", "not understood"),
        ('{"type": "dial:confirm", "msgid": "%d", "hook": "/x", "data": {}}', "Nobody receives"),
        ('{"type": "call:status", "data": {"call_status": "ringing"}}', "is not handled"),
    ],
)
async def test_nonsense_cannot_fill_the_log(
    dial: Any, caplog: pytest.LogCaptureFixture, message: str, line: str
) -> None:
    app = App(limits=CallLimits(log_lines=3, handlers=1, handlers_waiting=1))

    @app.call("/")
    async def greet(call: Call) -> None:
        async def take_long(status: Any) -> None:
            await anyio.sleep_forever()

        call.on("call:status", take_long)
        await call.gather(input=["digits"], actionHook="/digits").result()

    async with dial(app) as phone:
        await phone.answered()
        for number in range(50):
            phone.transport.push(message.replace("%d", str(number)))
        await phone.hang_up()
        await phone.wait_closed()
    lines = [record.getMessage() for record in caplog.records if "[call-1]" in record.getMessage()]
    assert [each for each in lines if line in each] == lines[:3]
    assert "log_lines (3) is reached" in lines[3]
    assert len(lines) == 4


async def test_audio_is_never_logged_but_its_messages_are(caplog: pytest.LogCaptureFixture) -> None:
    app = App(log_content=True)

    @app.audio("/audio")
    async def echo(stream: AudioStream) -> None:
        async for frame in stream:
            await stream.send(frame)

    class Media:
        def __init__(self) -> None:
            self.frames: list[str | bytes] = []

        def frame(self, data: str | bytes) -> None:
            self.frames.append(data)

        def receipt(self, count: int) -> None: ...

        def closed(self, closed: Any) -> None: ...

    with caplog.at_level(logging.DEBUG, "jambonz_anyio"):
        async with open_memory_websocket(app, "/audio", subprotocols=(AUDIO_SUBPROTOCOL,)) as transport:
            transport.push(json.dumps({"callSid": "call-2", "sampleRate": 8000, "mixType": "mono"}))
            transport.push(b"\x01\x02" * 160)
            transport.push(json.dumps({"event": "dtmf", "dtmf": "7"}))
            await transport.close()
            await transport.run(Media())
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert all(line.startswith("[call-2] received {") for line in lines)
