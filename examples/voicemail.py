"""Record a message of the caller into a WAV file.

`listen` sends the caller's audio to this program, which plays the tone, stops at a key or after two minutes,
and writes what it has got, also when the caller has just hung up.

Try it:  jambonz call examples/voicemail.py
Needs:   nothing; a folder in `MESSAGES` for the files, or they go into ./messages
"""

from __future__ import annotations

import math
import os
import wave
from array import array
from pathlib import Path
from uuid import UUID

import anyio

from jambonz_anyio import App, AudioStream, Call

MESSAGES = Path(os.environ.get("MESSAGES", "messages"))
RATE = 8000
TONE = array("h", (round(8000 * math.sin(2 * math.pi * 1000 * n / RATE)) for n in range(RATE // 3))).tobytes()
LONGEST = 120.0

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """Ask for a message, listen to it, and say thank you."""
    greeting = call.say(
        text="Nobody is here. Please leave a message after the tone, and press a key at its end."
    )
    listening = greeting.listen(
        url="/message",
        passDtmf=True,
        bidirectionalAudio={"enabled": True, "streaming": True, "sampleRate": RATE},
    )
    await listening.say(text="Thank you. Goodbye.").hangup().send()


@app.audio("/message", streaming=True)
async def message(stream: AudioStream) -> None:
    """Play the tone, record until something ends the message, and write the file."""
    await stream.play(TONE)
    pcm = bytearray()
    async with anyio.create_task_group() as tasks:

        async def stop_at_a_key() -> None:
            async for _ in stream.dtmf():
                tasks.cancel_scope.cancel()

        tasks.start_soon(stop_at_a_key)
        with anyio.move_on_after(LONGEST):
            async for frame in stream:
                pcm += frame
        tasks.cancel_scope.cancel()
    if pcm:
        name = UUID(stream.call_sid)  # what is no id of a call is no name of a file either
        await anyio.to_thread.run_sync(write_wav, MESSAGES / f"{name}.wav", bytes(pcm), stream.sample_rate)


def write_wav(path: Path, pcm: bytes, rate: int) -> None:
    """Write 16-bit mono audio to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
