"""Play the caller's audio back to them.

The shortest audio stream there is. The `sampleRate` is the rate of what is sent back: without one, the media
server plays nothing; the library gives that of the stream where you leave it out.

Try it:  jambonz call examples/audio_loopback.py
         (the telephone in the terminal has no microphone; a real one has)
Needs:   nothing
"""

from __future__ import annotations

from jambonz_anyio import App, AudioStream, Call

LONGEST = 60.0

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """Open a stream, until the caller hangs up or a minute has passed."""
    play_back = {"enabled": True, "streaming": True, "sampleRate": 8000}
    stream = call.say(text="You can hear yourself now.").listen(
        url="/audio", maxLength=LONGEST, bidirectionalAudio=play_back
    )
    await stream.say(text="Goodbye.").hangup().send()


@app.audio("/audio", streaming=True)
async def loopback(stream: AudioStream) -> None:
    """Send every frame back as it comes."""
    async for pcm in stream:
        await stream.send(pcm)
