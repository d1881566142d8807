"""Run a voice agent in the caller's language, with Speechmatics' ears and Rime's voice.

The number that was called tells the language: the recogniser, the voice and the instructions follow from it.

Try it:  jambonz call examples/agent_speechmatics_rime.py
         (you play the caller and the model: say something, then /model Hello!)
Needs:   nothing; jambonz 10.1 or newer on a real server, with credentials of Speechmatics, Rime and Anthropic
"""

from __future__ import annotations

from jambonz_anyio import App, Call
from jambonz_anyio.components import Recognizer, Synthesizer

LANGUAGES = {
    "+34": ("es", "spa", "Responde con frases cortas. Contestas el teléfono de una panadería."),
    "+49": ("de", "ger", "Antworte in kurzen Sätzen. Du nimmst in einer Bäckerei das Telefon ab."),
    "": ("en", "eng", "Answer in short sentences. You answer the telephone of a bakery."),
}

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """Choose the language, and let the agent have the call."""
    called = call.to or ""
    heard, spoken, instructions = next(LANGUAGES[code] for code in LANGUAGES if called.startswith(code))
    agent = call.answer().agent(
        stt=Recognizer(vendor="speechmatics", language=heard),
        tts=Synthesizer(vendor="rimelabs", language=spoken, voice="luna"),
        llm={
            "vendor": "anthropic",
            "model": "claude-haiku-4-5",
            "llmOptions": {"systemPrompt": instructions, "maxTokens": 200},
        },
    )
    over = await agent.result()
    if over.raw.get("error"):
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
