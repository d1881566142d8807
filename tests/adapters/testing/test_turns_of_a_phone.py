"""What a caller feels of turns: answers of files, of models, and of callers who fall silent."""

from __future__ import annotations

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.testing import dial
from jambonz_core.simulator import ModelTurn, Speak

pytestmark = pytest.mark.usefixtures("virtual_time")

LLM = {"vendor": "openai", "model": "gpt-4o", "llmOptions": {}}
AGENT = {"verb": "agent", "stt": {"vendor": "deepgram"}, "tts": {"vendor": "elevenlabs"}, "llm": LLM}


async def test_a_sound_file_answers_when_it_begins() -> None:
    app = App()

    @app.call("/")
    async def answer(call: Call) -> None:
        await call.gather(input=["speech"], timeout=20).result()
        await anyio.sleep(0.25)
        await call.play(url="https://sounds.test/hello.mp3").pause(length=9).send()

    async with dial(app) as phone:
        await phone.waits(0.5)
        phone.act(Speak("good morning"))  # takes as long as so many words take
        await phone.waits(2)
        latency = await phone.answered_within(1.0)
        assert latency.app == pytest.approx(0.25, abs=0.01)
        assert latency.total == pytest.approx(0.75, abs=0.05)
    assert [turn.way for turn in phone.turns] == ["queue"]


async def test_a_caller_who_stops_in_the_middle_is_answered_from_there() -> None:
    app = App()

    @app.call("/")
    async def answer(call: Call) -> None:
        await call.gather(input=["speech"], timeout=20).result()
        await call.say(text="I see.").send()

    async with dial(app) as phone:
        await phone.waits(0.5)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(phone.speaks_anyway, "well this is a very long story indeed")
            await phone.waits(1)
            phone.falls_silent()
            await phone.answered_within(0.6)
            tasks.cancel_scope.cancel()


async def test_a_model_answers_by_itself() -> None:
    app = App()

    @app.call("/")
    async def answer(call: Call) -> None:
        await call.send([AGENT])
        await anyio.sleep(60)

    async with dial(app) as phone:
        await phone.model.starts()
        await phone.says("How is it?")
        await phone.waits(1)
        phone.act(ModelTurn("It is cold."))
        await phone.hears("It is cold.")
        latency = await phone.answered_within(2.0)
        assert latency.app == pytest.approx(0.5, abs=0.05)
    [turn] = phone.turns
    assert (turn.by, turn.way) == ("model", "model")
