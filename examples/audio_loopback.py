"""Plays every caller's audio back to them.

Start it with `jambonz run examples/audio_loopback.py:app` and send a call a `listen` verb with
`url="ws://<host>:3000/audio"` and `bidirectionalAudio={"enabled": True, "streaming": True, "sampleRate":
8000}`: without the rate the media server plays nothing.
"""

from __future__ import annotations

from jambonz_anyio import App, AudioStream

app = App()


@app.audio("/audio", streaming=True)
async def loopback(stream: AudioStream) -> None:
    """Send every frame back as it comes."""
    async for pcm in stream:
        await stream.send(pcm)
