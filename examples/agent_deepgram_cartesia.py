"""Run a voice agent on the server, with Deepgram's ears and Cartesia's voice.

The verb `agent` does everything where the call is: it listens, finds out when the caller has finished, asks
the model and speaks. This program chooses who does what, and is told how long each turn has taken.

Try it:  jambonz call examples/agent_deepgram_cartesia.py
         (you play the caller and the model: say something, then /model Hello!)
Needs:   nothing; jambonz 10.1 or newer on a real server, with credentials of Deepgram, Cartesia and OpenAI
"""

from __future__ import annotations

from jambonz_anyio import App, Call
from jambonz_anyio.payloads import AgentEventData

VOICE = "9626c31c-bec5-4cca-baa8-f8ba9e84c8bc"
INSTRUCTIONS = "You answer the telephone of a bakery, which is open from six to two. Be brief."

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """Describe the agent, and wait until it is done."""

    @call.on("/event")
    async def event(event: AgentEventData) -> None:
        if event.type == "turn_end":
            latency = event.latency
            call.log.info("recogniser %s ms, model %s ms, voice %s ms", latency.stt, latency.llm, latency.tts)

    agent = call.answer().agent(
        stt={"vendor": "deepgram", "language": "en-US", "deepgramOptions": {"model": "nova-3"}},
        tts={"vendor": "cartesia", "language": "en", "voice": VOICE},
        llm={"vendor": "openai", "model": "gpt-4.1-mini", "llmOptions": {"systemPrompt": INSTRUCTIONS}},
        turnDetection="krisp",
        eventHook="/event",
    )
    over = await agent.result()  # nothing may be queued behind the verb
    if over.raw.get("error"):
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
    else:
        await call.hangup()  # because the handler of events keeps the call
