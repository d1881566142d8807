"""An application as a fleet serves it: whichever process jambonz reaches goes on with the call."""

from __future__ import annotations

import os

from jambonz_anyio import App, Call, FileStore, MemoryStore, RedisStore, Store


def store() -> Store:
    """What the processes share: a server, a folder of one machine, or nothing."""
    if url := os.environ.get("REDIS_URL"):
        return RedisStore(url)
    if folder := os.environ.get("CALLS_FOLDER"):
        return FileStore(folder)
    return MemoryStore()


def credentials() -> tuple[str, str] | None:
    """What jambonz has to show, as its application in the portal says."""
    user, _, password = os.environ.get("JAMBONZ_CREDENTIALS", "").partition(":")
    return (user, password) if user and password else None


app = App(store=store(), auth=credentials(), last_words="Sorry, something went wrong. Goodbye.")


@app.call("/")
async def answer(call: Call) -> None:
    """Greet, and repeat what is said."""
    call.state["heard"] = []
    await call.say(text="Hello! Please say something.").send()
    await talk(call)


@app.on_resume
async def go_on(call: Call) -> None:
    """Go on where the process was that had the call before."""
    await call.say(text="Sorry for the interruption. Please go on.").replace()
    await talk(call)


async def talk(call: Call) -> None:
    """Until the caller says nothing more."""
    heard: list[str] = call.state.setdefault("heard", [])
    while True:
        said = await call.gather(input=["speech"], timeout=15).result()
        if not said.transcript:
            break
        heard.append(said.transcript)
        await call.checkpoint()
        await call.say(text=f"You said: {said.transcript}").send()
    await call.say(text="Goodbye.").hangup().send()
