"""Stream a language model's words to the caller, and let the caller interrupt.

The parts that `VoiceAgent` is made of, by hand: a text stream (`ttsStream`), barge-in that listens all the
time, one turn for each thing that the caller says, and a conversation that knows what was heard of each
answer. `model` stands in for a language model here; `texts` takes what a real client streams in its place.

Try it:  jambonz call examples/llm_streaming.py
         (a line that begins with ! interrupts)
Needs:   nothing
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio

from jambonz_anyio import App, Call, SpeechFailed
from jambonz_anyio.agents import Conversation, texts
from jambonz_anyio.components import ConfigBargeIn
from jambonz_anyio.payloads import GatherResult

app = App(last_words="Sorry, something is broken here. Please call again later.")


async def model(messages: list[dict[str, Any]]) -> AsyncIterator[str]:
    """Stand in for a language model, at the speed of one."""
    answer = f"You asked about {messages[-1]['content']}. We bake every night, and sell out every morning. "
    for word in f"{answer}So come early, and bring a bag.".split(" "):
        await anyio.sleep(0.05)
        yield f"{word} "


@app.call("/")
async def answer(call: Call) -> None:
    """Set up the call, then answer whatever the caller says."""
    conversation = Conversation("You answer the telephone of a bakery. Be brief.")
    call.locals["conversation"] = conversation

    async def turn(heard: GatherResult) -> None:
        """One answer. It is cancelled when the caller says something else."""
        conversation.caller(heard.transcript)
        async with call.speak() as speech:
            messages = conversation.openai_chat()
            conversation.agent(speech=speech)  # follows what becomes of it
            await speech.feed(texts(model(messages)))

    barge_in = ConfigBargeIn(enable=True, sticky=True, input=["speech"], actionHook="/heard")
    settings = call.config(ttsStream={"enable": True}, trackTtsPlayout=True, bargeIn=barge_in)
    await settings.say(text="Hello! What would you like to know?").send()
    try:
        await call.turns("/heard", turn)
    except SpeechFailed as error:
        call.log.warning("the voice has failed: %s", error)
        await call.say(text="Sorry, I have lost my voice. Please call again later.").hangup().replace()
