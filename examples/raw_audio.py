"""Work on the raw audio of a call: callers hear themselves as robots.

`listen` opens a second websocket, on which 16-bit samples come and go. What the caller says is multiplied
with a hum of 50 hertz and sent back as it comes, which is how the robots of old films were made. A key
changes the pitch of the robot.

Try it:  jambonz call examples/raw_audio.py
         (the telephone in the terminal has no microphone; a real one has)
Needs:   nothing
"""

from __future__ import annotations

import math
from array import array

import anyio

from jambonz_anyio import App, AudioStream, Call

RATE = 8000
LONGEST = 120.0

app = App(last_words="Sorry, something is broken here. Please call again later.")


class Robot:
    """Multiplies a voice with a hum; remembers where in the hum it is between two frames."""

    def __init__(self, hertz: float = 50.0) -> None:
        self.hertz = hertz
        self._phase = 0.0

    def speaks(self, pcm: bytes) -> bytes:
        """The same words, said by a robot."""
        step = 2 * math.pi * self.hertz / RATE
        samples = array("h", pcm)
        for place, sample in enumerate(samples):
            self._phase += step
            samples[place] = int(sample * math.sin(self._phase))
        self._phase %= 2 * math.pi
        return samples.tobytes()


@app.call("/")
async def answer(call: Call) -> None:
    """Explain, and open the stream."""
    welcome = call.say(text="Speak, and hear how you sound as a robot. The keys 1 to 9 change its pitch.")
    stream = welcome.listen(
        url="/robot",
        passDtmf=True,
        bidirectionalAudio={"enabled": True, "streaming": True, "sampleRate": RATE},
    )
    await stream.say(text="That was fun. Goodbye.").hangup().send()


@app.audio("/robot", streaming=True)
async def robot(stream: AudioStream) -> None:
    """Send every frame back, changed, for two minutes at most."""
    voice = Robot()

    async def follow_the_keys() -> None:
        async for key in stream.dtmf():
            if key.digit in "123456789":
                voice.hertz = 25.0 * int(key.digit)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(follow_the_keys)
        with anyio.move_on_after(LONGEST):
            async for pcm in stream:
                await stream.send(voice.speaks(pcm))
        tasks.cancel_scope.cancel()
