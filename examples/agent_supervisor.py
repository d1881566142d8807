"""Let a supervisor call in, and tell a running voice agent what to say.

Agents answer at `/`. A supervisor calls `/supervisor`, and whatever they say reaches the agent whose call has
lasted longest: the agent stops in the middle of a word and says it in its own words (`generate_reply` with
`interrupt`).

Try it:  jambonz call examples/agent_supervisor.py
         (and --path /supervisor; both at once need `jambonz run` and two terminals that call ws://127.0.0.1:3000/)
Needs:   nothing; jambonz 10.1 or newer on a real server, with credentials of Deepgram, Cartesia and OpenAI
"""

from __future__ import annotations

from jambonz_anyio import App, Call, CallEnded

INSTRUCTIONS = "You answer the telephone of a bakery. Be brief. Do what a supervisor tells you."

app = App(last_words="Sorry, something is broken here. Please call again later.")
running: list[Call] = []
"""The calls of agents, the longest first."""


@app.call("/")
async def answer(call: Call) -> None:
    """Let an agent have the call."""
    agent = call.answer().agent(
        stt={"vendor": "deepgram", "language": "en-US"},
        tts={"vendor": "cartesia", "language": "en"},
        llm={"vendor": "openai", "model": "gpt-4.1-mini", "llmOptions": {"systemPrompt": INSTRUCTIONS}},
    )
    running.append(call)
    try:
        over = await agent.result()
    finally:
        running.remove(call)
    if over.raw.get("error"):
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()


@app.call("/supervisor")
async def supervise(call: Call) -> None:
    """Pass on what the supervisor says, until they have nothing more to say."""
    chain = call.say(text="What should the agent say?")
    while True:
        heard = await chain.gather(input=["speech"], timeout=20).result()
        if not heard.transcript:
            break
        chain = call.say(text="It is told." if await tell(heard.transcript) else "No agent has a call now.")
    await call.say(text="Goodbye.").hangup().send()


async def tell(words: str) -> bool:
    """Interrupt the agent, if there is one."""
    if not running:
        return False
    instructions = f"Your supervisor says: {words} Tell the caller, in your own words."
    try:
        await running[0].update_agent(
            "generate_reply", user_input=words, instructions=instructions, interrupt=True
        )
    except CallEnded:
        return False
    return True
