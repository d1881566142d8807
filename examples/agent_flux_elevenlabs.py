"""Let a voice agent answer fast: Deepgram's Flux knows when a turn ends, ElevenLabs speaks.

Flux finds the end of a turn by itself (`turnDetection="stt"`), and says so before it is sure: with
`earlyGeneration` the model is asked then, and its answer thrown away if the caller goes on. That costs
tokens, and saves silence. A caller who says nothing is spoken to after six seconds, twice.

Try it:  jambonz call examples/agent_flux_elevenlabs.py
         (you play the caller and the model: say something, then /model Hello!)
Needs:   nothing; jambonz 10.1 or newer on a real server, with credentials of Deepgram, ElevenLabs and OpenAI
"""

from __future__ import annotations

from jambonz_anyio import App, Call

EARS = {"model": "flux-general-en", "eotThreshold": 0.7, "eagerEotThreshold": 0.4}
VOICE = {"vendor": "elevenlabs", "language": "en", "voice": "EXAVITQu4vr4xnSDxMaL"}
INSTRUCTIONS = "You answer the telephone of a bakery, which is open from six to two. Be brief."

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """Describe the agent, and wait until it is done."""
    agent = call.answer().agent(
        stt={"vendor": "deepgram", "language": "en-US", "deepgramOptions": EARS},
        tts=VOICE,
        llm={"vendor": "openai", "model": "gpt-4.1-mini", "llmOptions": {"systemPrompt": INSTRUCTIONS}},
        turnDetection="stt",
        earlyGeneration=True,
        bargeIn={"enable": True, "minSpeechDuration": 0.3, "sticky": True},
        noResponseTimeout=6,
        noResponseMaxPrompts=2,
    )
    over = await agent.result()
    if over.raw.get("error"):
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
